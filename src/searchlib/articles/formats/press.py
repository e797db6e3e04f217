"""How is the text export of a press database read: Nexis, Factiva, ProQuest, Europresse, Genios?

Such a file holds many articles, one after another. What parts them, a line that each database
has, is looked for first; it alone decides that a file is of this kind, and where it is cut. Each
part is then read by the form of its database (:mod:`searchlib.articles.formats.press_forms`,
:mod:`searchlib.articles.formats.press_bases`); one whose form is not known is read as plain text.
So nothing is lost, and several articles never become one.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from searchlib.articles.formats.plain import add_text, read_plain
from searchlib.articles.formats.press_bases import ABOVE, AFTER, BASES, UNDER, read_ebsco
from searchlib.articles.formats.press_forms import FORMS, tagged_articles
from searchlib.articles.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from searchlib.articles.formats.press_forms import Form
    from searchlib.articles.records import Item
    from searchlib.articles.source import Source
    from searchlib.articles.text import Line

_NOUN = r"(?:documents?|dokumente?n?|documentos?|documenti|documenten)"
_OF = r"(?:of|von|de|di|van|sur)"
# "1 of 3 DOCUMENTS" and "Document 1 of 3" stand above an article.
_ABOVE = re.compile(rf"\d+ {_OF} \d+ {_NOUN}|{_NOUN} \d+ {_OF} \d+", re.IGNORECASE)
# Nexis Uni has words under an article, and Factiva the number of the document.
_UNDER = re.compile(
    r"End of Document|Ende des Dokuments?|Fin du document|Fin del documento"
    r"|Document [A-Z]{2,12}\d{5,}[a-z0-9]{6,30}"
)
_RULE = re.compile(r"_{20,}")
_PAGE = re.compile(r"(?:page|seite|página|pagina) \d+ (?:of|von|sur|de|di|van) \d+", re.IGNORECASE)
_SUMMARY = "Search Summary"  # what Factiva puts under the last article: what was searched


def read_press(lines: Sequence[Line], source: Source) -> Iterator[Item]:
    """Yield the articles of an export, if the lines are one; else nothing."""
    start, parts = _cut(lines)
    if parts and _has_text(_strip(lines[:start])):
        number = next(line.number for line in lines if line.text)
        message = "left out: what stands above the first article of this export of a press database"
        yield source.notice(message, "press", number)
    for part in parts:
        first = next(line for line in part if line.text)
        if first.text == _SUMMARY:
            message = "left out: the summary of the search that this export was made with"
            yield source.notice(message, "press", first.number)
        else:
            yield _read_part(part, source)


def _cut(lines: Sequence[Line]) -> tuple[int, list[Sequence[Line]]]:
    """Find where the first article begins, and the lines of each; there are none elsewhere."""
    begins = [at for at, line in enumerate(lines) if _ABOVE.fullmatch(line.text)]
    begins = begins or _numbered_records(lines)
    if not begins:
        under = [_after(lines, at) for at, line in enumerate(lines) if _is_under(line.text)]
        begins = [0, *under] if under else tagged_articles(lines)
    parts = [lines[start:end] for start, end in pairwise([*begins, len(lines)])]
    return begins[0] if begins else 0, [part for part in map(_strip, parts) if _has_text(part)]


def _numbered_records(lines: Sequence[Line]) -> list[int]:
    """Find the records of EBSCO: their number, and a title below it."""
    solid = [(at, line.text) for at, line in enumerate(lines) if line.text]
    return [
        at
        for (at, text), (_, below) in pairwise(solid)
        if ABOVE.fullmatch(text) and below.startswith("Title:")
    ]


def _is_under(text: str) -> bool:
    return bool(_UNDER.fullmatch(text) or UNDER.fullmatch(text))


def _after(lines: Sequence[Line], at: int) -> int:
    """Find where the next article begins: not with what still belongs to the one above."""
    end = at + 1
    if UNDER.fullmatch(lines[at].text):
        for number in range(at + 1, len(lines)):
            text = lines[number].text
            if AFTER.fullmatch(text):
                end = number + 1
            elif text:
                break
    return end


def _strip(part: Sequence[Line]) -> list[Line]:
    """Leave out the lines that only part one article from the next."""
    return [
        line
        for line in part
        if not any(mark.fullmatch(line.text) for mark in (_ABOVE, _RULE, _PAGE))
        and not (line is part[-1] and not line.text)
    ]


def _has_text(part: Sequence[Line]) -> bool:
    return any(line.text and not _is_under(line.text) for line in part)


def _read_part(part: Sequence[Line], source: Source) -> Record:
    source.line = next(line.number for line in part if line.text)
    form = _read_base(part)
    if form is not None:
        return Record(add_text(form.record, form.body), source.line)
    # The line under an article is data: the number of the document.
    lines = [line for line in part if not _UNDER.fullmatch(line.text)]
    number = next((line.text for line in part if _UNDER.fullmatch(line.text)), "")
    for read in FORMS:
        form = read(lines)
        if form is not None:
            if number.startswith("Document "):
                form.record["id"] = number.removeprefix("Document ")
            return Record(add_text(form.record, form.body), source.line)
    return read_plain(lines, source)


def _read_base(part: Sequence[Line]) -> Form | None:
    """Read an article in the form of the database whose line stands above or under it."""
    if ABOVE.fullmatch(part[0].text):
        return read_ebsco(part[1:])
    for at, line in enumerate(part):
        if mark := UNDER.fullmatch(line.text):
            base = next(name for name in BASES if mark[name])
            form = BASES[base](part[:at], mark)
            below = [line.text for line in part[at + 1 :] if line.text]
            if form is not None and below:
                form.record["copyright"] = " ".join(below)
            return form
    return None
