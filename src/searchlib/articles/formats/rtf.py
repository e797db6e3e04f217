"""How is a file in Rich Text Format read? Its text, which striprtf finds, as that of a ``.txt``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from searchlib.articles.formats.base import Format, guarded
from searchlib.articles.formats.text import read_prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source


_RAW: Final = re.compile(rb"[\x80-\xff]")
# Notes and comments are text; striprtf leaves out what stands behind these words.
_NOTE: Final = re.compile(rb"(?:\\\*)?\\(?:footnote|annotation)(?![a-z]) ?")


def read_rtf(source: Source) -> Iterator[Item]:
    """Yield the articles in the text of an RTF file."""
    from striprtf.striprtf import rtf_to_text

    data = source.read()
    if not data.strip():
        return
    with guarded("a file in Rich Text Format"):
        # RTF is ASCII, and says itself what its escapes stand for. Not all programs escape.
        data = _RAW.sub(lambda found: b"\\'%02x" % found[0][0], _NOTE.sub(b" ", data))
        text = str(rtf_to_text(data.decode("ascii"), errors="replace"))
    yield from read_prose(text, source)


RTF = Format(
    name="Rich Text file",
    endings=(".rtf",),
    read=read_rtf,
    sniff=lambda head: head.lstrip().startswith(b"{\\rtf"),
    extra="office",
)
