"""How are references written for BibTeX and biblatex?"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from searchlib.export.references import Reference

_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
# BibTeX counts braces, also those behind a backslash.
_ESCAPES: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
        "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    }
)  # fmt: skip
_IN_URLS: Final = re.compile(r"[\\{}^`\"<>|\s]")
_PLAIN_KEY: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
_AND: Final = re.compile(r"\band\b", re.IGNORECASE)
_LONGEST_NAME: Final = 20


def bibtex(batches: Iterable[list[Reference]]) -> Iterator[str]:
    """Write references, a batch at a time: as ``@article`` where the source is known."""
    for batch in batches:
        yield "".join([_entry(reference) for reference in batch])


def _entry(reference: Reference) -> str:
    lines = [f"  {name} = {value},\n" for name, value in _fields(reference) if value]
    kind = "article" if reference.source else "misc"
    return f"@{kind}{{{cite_key(reference)},\n{''.join(lines)}}}\n\n"


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    year, month, day = reference.date
    # A second pair of braces keeps the case of names, which styles change otherwise.
    yield "title", f"{{{_braced(reference.title)}}}"
    yield "author", _braced_names(reference.authors)
    yield "journal", _braced(reference.source)
    yield "date", _braced("-".join(part for part in reference.date if part))
    yield "year", _braced(year)
    yield "month", _MONTHS[int(month) - 1] if month and 1 <= int(month) <= 12 else ""
    yield "day", _braced(day.lstrip("0"))
    yield "url", f"{{{_IN_URLS.sub(_quoted, reference.url)}}}" if reference.url else ""
    yield "keywords", _braced(", ".join(reference.keywords))
    yield "address", _braced(reference.place)
    yield "language", _braced(reference.language)
    yield "abstract", _braced(reference.abstract)


def _braced(text: str) -> str:
    return f"{{{escaped(text)}}}" if text else ""


def _braced_names(names: list[str]) -> str:
    """Join names by ``and``. One that has an "and", or too many commas, is taken as a whole."""
    written = [
        f"{{{escaped(name)}}}" if _AND.search(name) or name.count(",") > 1 else escaped(name)
        for name in names
    ]
    return f"{{{' and '.join(written)}}}" if written else ""


def escaped(text: str) -> str:
    """Write text so that TeX shows it as it is."""
    return text.translate(_ESCAPES)


def _quoted(found: re.Match[str]) -> str:
    return quote(found.group())


def cite_key(reference: Reference) -> str:
    """Make the key of an entry, of ASCII: who, when, and the key of the document.

    No two documents have the same, also where case makes no difference, as for BibTeX: a key of a
    document that is not written out gets a checksum.
    """
    key = reference.key
    if not _PLAIN_KEY.fullmatch(key):
        checksum = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        key = f"{_ascii(key)[:_LONGEST_NAME]}-{checksum}"
    name = reference.source or next(iter(reference.authors), "")
    return f"{_ascii(name)[:_LONGEST_NAME] or 'article'}{reference.date[0]}-{key}"


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", folded)
