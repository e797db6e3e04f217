"""Does a text that nothing cuts hold several articles all the same?

What an article has once is counted: its copyright, its length in words, its labels. A text that has
them twice is still read as one, since nobody knows where to cut it, but never silently.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from searchlib.articles.field_keys import find_field
from searchlib.articles.formats.press_forms import COPYRIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from searchlib.articles.source import Source
    from searchlib.articles.text import Line
    from searchlib.errors import Notice

_ONCE: Final = re.compile(
    rf"(?P<copyright>{COPYRIGHT}.{{0,120}}"
    r"|(?:copyright and )?protected by applicable law\W*)"
    r"|(?P<length>(?:[\w ]{1,20}: ?)?[\d.,]+ (?:words|wörter|mots|palabras|parole|woorden))"
    r"|(?P<load>Load-Date ?: ?.+|(?:Document|Record|Accession) (?:Number|ID) ?: ?.+"
    r"|Dokumentnummer ?: ?.+)",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"([^\W\d_][\w /-]{1,30}?) ?: ?\S.{0,300}")
_FIELDS: Final = 2  # that have labels twice


def notices_of_several(lines: Iterable[Line], source: Source) -> Iterator[Notice]:
    """Say that a text was read as one article, and that it seems to be several."""
    if _seem_several(lines):
        yield source.notice(
            "several articles seem to be in this text, and nothing tells for certain where one "
            "ends: it was read as one; split it, or export it in another form",
            "several",
        )


def _seem_several(lines: Iterable[Line]) -> bool:
    marks: Counter[str] = Counter()
    fields: dict[str, Counter[str]] = {}
    for line in lines:
        if found := _ONCE.fullmatch(line.text):
            marks[found.lastgroup or ""] += 1
        elif (label := _LABEL.fullmatch(line.text)) and (place := find_field(label[1])):
            fields.setdefault(place[0], Counter())[label[1].lower()] += 1
    twice = [name for name, labels in fields.items() if max(labels.values()) > 1]
    return max(marks.values(), default=0) > 1 or len(twice) >= _FIELDS
