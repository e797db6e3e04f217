"""How is a file in Rich Text Format read? Its text, which striprtf finds, as that of a ``.txt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.articles.formats.base import Format, guarded
from searchlib.articles.formats.text import read_prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source


def read_rtf(source: Source) -> Iterator[Item]:
    """Yield the articles in the text of an RTF file."""
    from striprtf.striprtf import rtf_to_text

    data = source.read()
    if not data.strip():
        return
    with guarded("a file in Rich Text Format"):
        # RTF is ASCII, and says itself what its escapes stand for.
        text = str(rtf_to_text(data.decode("latin-1"), errors="replace"))
    yield from read_prose(text, source)


RTF = Format(
    name="Rich Text file",
    endings=(".rtf",),
    read=read_rtf,
    sniff=lambda head: head.lstrip().startswith(b"{\\rtf"),
    extra="office",
)
