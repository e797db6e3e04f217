"""How are references written as RIS?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from searchlib.export.references import Reference


def ris(batches: Iterable[list[Reference]]) -> Iterator[str]:
    """Write references, a batch at a time: each value on a line of its own, behind its tag."""
    for batch in batches:
        lines = [
            f"{tag}  - {value}\r\n"
            for reference in batch
            for tag, value in _tags(reference)
            if value or tag == "ER"
        ]
        yield "".join(lines)


def _tags(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    yield "ID", " ".join(reference.key.split())
    yield "TI", reference.title
    for author in reference.authors:
        yield "AU", author
    yield "T2", reference.source
    yield "PY", reference.date[0]
    yield "DA", "/".join(part for part in reference.date if part)
    yield "CY", reference.place
    yield "LA", reference.language
    yield "UR", reference.url
    for keyword in reference.keywords:
        yield "KW", keyword
    yield "AB", reference.abstract
    yield "ER", ""
