"""What becomes of XML that is no news? A problem, never an article of tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.articles.formats.base import Format
from searchlib.articles.xml_stream import root_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.articles.source import Source
    from searchlib.errors import Problem


def read_other_xml(source: Source) -> Iterator[Problem]:
    """Say what a file of XML is, if it is not empty."""
    root = root_name(source.head())
    if not root and not source.read().strip():
        return
    kind = f"no reader for XML of <{root}>" if root else "no reader for XML without an element"
    yield source.problem(
        f"{kind}; expected a feed (RSS, Atom), a WordPress export, NITF or NewsML, or an XHTML "
        "page; convert it to JSON Lines or CSV, or leave it out",
        kind=kind,
    )


def _looks_like_xml(head: bytes) -> bool:
    """Whether a text begins with an element that is closed again, as in the corpora of TREC."""
    root = root_name(head).encode("latin-1", "replace")
    return bool(root) and b"</" + root in head


OTHER_XML = Format(
    name="XML",
    endings=(".xml",),
    read=read_other_xml,
    sniff=lambda head: head.removeprefix(b"\xef\xbb\xbf").lstrip()[:5].lower() == b"<?xml",
    guess=_looks_like_xml,
)
