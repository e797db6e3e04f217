"""Is a line a label with a value, such as ``Published on February 17, 2025``?

The archive's own labels ("Published on", "Document Date", "Category", "Show on website") may stand
without a colon. Any other label is a key of :data:`searchlib.articles.field_keys.KEYS` and needs
one ("Source: RKI"). Case does not matter, nor do heading marks and asterisks around it. Whether
a line that looks like a label is one depends on where it stands: see
:mod:`searchlib.articles.header`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from searchlib.articles.dates import read_date
from searchlib.articles.field_keys import DATE_FIELDS, find_field
from searchlib.articles.paragraphs import ends_sentence

_LONGEST = 400  # characters of a line with a label
_LONGEST_UNREADABLE = 40  # characters of a date that can't be read, to be taken for one
_FEW_WORDS = 6  # a value that ends in a full stop may have so many; more are a sentence

_MARKS = r"[*_]{0,3}"
_START = rf"(?:#{{1,6}}\s+)?{_MARKS}"
_WITH_COLON = re.compile(
    rf"{_START}(?P<label>[a-z][a-z _-]{{1,30}}?){_MARKS}\s?:{_MARKS}\s*(?P<value>.*)",
    re.IGNORECASE | re.ASCII,
)
_OWN = re.compile(
    rf"{_START}(?P<label>published\s+on|document\s+date|category|show\s+on\s+website)"
    rf"{_MARKS}(?:\s+{_MARKS}(?P<value>\S.*)|$)",
    re.IGNORECASE | re.ASCII,
)
_OWN_NAMES = frozenset({"published on", "document date", "category", "show on website"})
_URL = re.compile(r"https?://[^\s<>()\[\]\"']+", re.IGNORECASE)
_END_MARKS = re.compile(r"\s*(?:\*+|__)$")


class Label(NamedTuple):
    """A label and its value.

    Attributes:
        name: The label in small letters.
        field: The field of an article that it stands for.
        value: What follows it.
        has_colon: Whether there is a colon between them.
    """

    name: str
    field: str
    value: str
    has_colon: bool

    @property
    def is_own(self) -> bool:
        """Whether it is one of the labels that an archive export has."""
        return self.name in _OWN_NAMES

    @property
    def is_date(self) -> bool:
        """Whether it announces a date."""
        return self.field in DATE_FIELDS

    @property
    def is_readable(self) -> bool:
        """Whether it announces a date and a date follows."""
        return self.is_date and read_date(self.value) is not None

    def is_plausible(self, is_first: bool) -> bool:
        """Whether this can be a line of a header, not of prose.

        Args:
            is_first: Whether nothing of the header stands before it, not even a title. Without a
                colon it then is the title itself ("Category killers"), unless a date follows.
        """
        if self.is_readable:
            return True
        is_announced = self.has_colon or not is_first
        if self.is_date:
            is_short = len(self.value) <= _LONGEST_UNREADABLE and not ends_sentence(self.value)
            return is_announced and self.is_own and is_short
        is_sentence = ends_sentence(self.value) and len(self.value.split()) > _FEW_WORDS
        return is_announced and not is_sentence


def read_label(text: str) -> Label | None:
    """Split a line into label and value, or return ``None`` if it has no label we know."""
    if len(text) > _LONGEST:
        return None
    found = _WITH_COLON.match(text)
    label = found and _make(found, has_colon=True)
    if label:
        return label
    found = _OWN.match(text)
    return _make(found, has_colon=False) if found else None


def _make(found: re.Match[str], has_colon: bool) -> Label | None:
    name = " ".join(found["label"].lower().split())
    value = _END_MARKS.sub("", found["value"] or "")
    if name == "show on website":
        url = _URL.search(value)
        return Label(name, "url", url[0] if url else "", has_colon)
    place = find_field(name)
    if place is None or place[0] == "body" or not (value or has_colon):
        return None
    return Label(name, place[0], value, has_colon)
