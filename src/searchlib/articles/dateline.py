"""Where was an article filed from? Its dateline, if the text begins with one.

A dateline is one place or several in capital letters, then perhaps a country, a date and an
agency, then a dash: ``PARIS –``, ``GAZA/JERUSALEM —``, ``NEW YORK, Feb. 3 (AP) —``. What is
returned is the part in capitals; the text keeps all of it.
"""

from __future__ import annotations

import re

_WINDOW = 120  # characters: a dash further on is not a dateline's
_WORD = r"[^\W\d_a-z](?:[^\W\d_a-z]|[.'’‑-])*"
_PLACE = rf"{_WORD}(?: {_WORD}){{0,3}}"
_DATELINE = re.compile(
    rf"(?P<place>{_PLACE}(?: ?/ ?{_PLACE}|, {_PLACE}){{0,3}})"
    r"(?P<more>(?:, ?[^,()–—]{2,30}){0,2})"  # a country, a date
    r"(?: ?\([^()]{2,40}\))?"  # an agency
    r"(?:\s?[–—]\s?|\s?--\s?|\s-\s)"
    r"(?P<next>[\"'“‘«„¿¡(]*\w)"
)
_NAME = re.compile(r"\w{3}|\w{2}\W+\w{2}")  # "U.S. – Russia" is no dateline
# Capitals and a dash that announce something else.
_NO_PLACES = frozenset({
    "ANALYSIS", "BREAKING", "CORRECTED", "CORRECTION", "EDITORIAL", "EXCLUSIVE", "EXPLAINER",
    "FACTBOX", "FEATURE", "INTERVIEW", "LIVE", "NEWS", "NOTE", "OPINION", "PHOTO", "PHOTOS",
    "PROFILE", "REFILE", "TIMELINE", "UPDATE", "URGENT", "VIDEO", "WATCH",
})  # fmt: skip


def find_dateline(text: str) -> str | None:
    """Find the place at the head of a text, as it stands there, or ``None``."""
    found = _DATELINE.match(text[:_WINDOW])
    if not found or found["next"][-1].islower():
        return None
    place = found["place"]
    is_place = place.isupper() and _NAME.search(place) and place.split()[0] not in _NO_PLACES
    # A line all in capitals is a headline, where a dash means nothing.
    return place if is_place and not text[:_WINDOW].isupper() else None
