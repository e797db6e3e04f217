"""What becomes of XML that is no news? Its records are read if it has some; else it is a problem.

Never does it become an article of tags.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from searchlib.articles.formats.base import Format
from searchlib.articles.formats.xml_records import find_records, to_records
from searchlib.articles.records import Record
from searchlib.articles.xml_stream import read_elements, root_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source


def read_other_xml(source: Source) -> Iterator[Item]:
    """Yield the records of a file of XML, or say what it is, if it is not empty."""
    head, fields = source.head(), source.options.fields
    wanted = find_records(head, fields)
    if wanted is None:
        yield from _complain(source, root_name(head))
        return
    elements = read_elements(source, {wanted})
    first = next(elements, None)
    if first is None:
        yield from _complain(source, root_name(head))
        return
    for element in chain([first], elements):
        for record in to_records(element, fields):
            yield Record(record, source.line)


def _complain(source: Source, root: str) -> Iterator[Item]:
    if not root and not source.read().strip():
        return
    kind = f"no reader for XML of <{root}>" if root else "no reader for XML without an element"
    yield source.problem(
        f"{kind}; expected a feed (RSS, Atom), a WordPress export, NITF or NewsML, an XHTML page, "
        "or records with fields such as <title>, <body> and <date>; tell what its elements mean "
        "(--map body=NAME), convert it to JSON Lines or CSV, or leave it out",
        kind=kind,
    )


def _looks_like_xml(head: bytes) -> bool:
    """Whether a text begins with an element that is closed again."""
    root = root_name(head).encode("latin-1", "replace")
    return bool(root) and b"</" + root in head


OTHER_XML = Format(
    name="XML",
    endings=(".xml",),
    read=read_other_xml,
    sniff=lambda head: head.removeprefix(b"\xef\xbb\xbf").lstrip()[:5].lower() == b"<?xml",
    guess=_looks_like_xml,
)
