"""How is XML read, one element at a time, without trusting it?

The parser is expat, through handlers of our own: it is in Python itself, and only handlers see a
document type before it has done anything. Refused are an internal subset, the only place where
entities can be declared (so there are no billion laughs and no files from elsewhere), and nesting
without end. A document type that merely names a DTD is passed over, as NITF files have one; the DTD
is never looked for, and the entities of HTML (``&eacute;``) are known without it, and without a
document type too. What exports get wrong most often ends no file: an ``&`` that begins no entity is
one, and a character that XML forbids (``&#11;``) is a space.

Memory holds the element that is wanted and is being read, never the document.
"""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from searchlib.articles.encoding import known_encoding
from searchlib.articles.text import UnusableError
from searchlib.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from searchlib.articles.source import Source

DEPTH_LIMIT = 200
"""Elements in one another."""

ATTRIBUTE_LIMIT = 200
"""Attributes of one element, where a parser compares each with all before it."""

_LONG_TAG = 1000  # characters in which that many attributes fit
_TAG = re.compile(r"<[a-z](?>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")

_ELEMENT_COST = 200  # bytes that an element takes besides its text
# XML forbids these, and exports of databases hold them all the same.
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})
_TO_SPACE = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_DECLARED = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,100}?\sencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']"
)
# What it says is settled when the parser gets it. Many an export has blank lines above, where a
# parser would refuse it.
_DECLARATION = re.compile(rb"^\s*<\?xml\s[^>]{0,200}\?>")
_SOUND = (  # what the parser takes; most of what is beyond, it takes too
    rb"(?:amp|lt|gt|quot|apos|#(?:[3-9]\d|[1-9]\d{2,3}|x[2-9a-f][0-9a-f]|x[1-9a-c][0-9a-f]{3}));"
)
_DOUBTFUL = re.compile(rb"&(?!%s)" % _SOUND)
_REFERENCE_OR_CDATA = re.compile(
    rb"(?P<cdata><!\[CDATA\[|\]\]>)"
    rb"|&(?!%s)(?:#(?P<digits>\d{1,9}|[xX][0-9a-fA-F]{1,8});|(?P<name>[a-zA-Z]\w{1,31});)?" % _SOUND
)
_REST = "the rest of the file could not be read"

_SKIPPED = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_OPENING = re.compile(r"<(?P<doctype>!doctype\s+)?(?:[\w.-]+:)?(?P<name>[\w.-]+)", re.IGNORECASE)


def root_name(head: bytes) -> str:
    """Find the name of the root element, or of the document type, at the beginning of a file.

    Args:
        head: The first bytes. They may be HTML, or no markup at all.

    Returns:
        The name without a prefix, or "" where there is none.
    """
    text = head.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    at = 0
    while found := _SKIPPED.match(text, at):
        at = found.end()
    opening = _OPENING.match(text, at)
    return opening["name"] if opening else ""


def read_elements(
    source: Source, wanted: Collection[str], *, prefixes: bool = False
) -> Iterator[Element]:
    """Yield each element of the names wanted that is in no other of them.

    ``source.line`` is set to the line that the element begins on.

    Args:
        source: A file of XML.
        wanted: The names of elements; ``channel>title`` are those
            right inside a ``channel``.
        prefixes: Whether names keep the prefix of their name space, as in ``content:encoded``.

    Raises:
        UnusableError: The document is refused or broken; what stands before that place has been
            yielded.
    """
    collector = _Collector(wanted, str if prefixes else _local, source.limit)
    for chunk in _chunks(source):
        failure = collector.feed(chunk)
        for element, line in collector.take():
            source.line = line
            yield element
        if failure is not None:
            raise failure


def has_many_attributes(markup: str) -> bool:
    """Whether an element has more attributes than :data:`ATTRIBUTE_LIMIT`."""
    return any(map(_is_overfull, _TAG.findall(markup)))


def _is_overfull(tag: str) -> bool:
    if len(tag) < _LONG_TAG:
        return False
    bare = _QUOTED.sub("x ", tag)
    return max(len(bare.split()), bare.count("=")) > ATTRIBUTE_LIMIT


def text_of(element: Element | None) -> str:
    """Give the text of an element and of those in it, on one line."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def paragraphs_of(element: Element | None) -> str:
    """Give the text of an element of XML or HTML, with a blank line between its blocks."""
    parts: list[str] = []
    if element is not None:
        _collect(element, parts)
    blocks = (" ".join(block.split()) for block in "".join(parts).split("\0"))
    return "\n\n".join(filter(None, blocks))


_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdo", "big", "br", "cite", "code", "del", "em", "font", "i",
    "img", "ins", "kbd", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt",
    "u", "var", "alt-code", "chron", "city", "classifier", "copyrite", "country", "event", "frac",
    "frac-den", "frac-num", "function", "lang", "location", "money", "num", "object.title", "org",
    "person", "postaddr", "pronounce", "region", "state", "sublocation", "virtloc", "mark",
})  # fmt: skip
"""The elements of HTML and NITF that stand within a line; all others are blocks."""


_NO_TEXT = frozenset({"script", "style", "template"})


def _collect(element: Element, parts: list[str]) -> None:
    if element.tag in _NO_TEXT:
        return
    edge = "" if element.tag.lower() in _INLINE else "\0"
    parts.append(" " if element.tag == "br" else edge)
    parts.append(element.text or "")
    for child in element:
        _collect(child, parts)
        parts.append(child.tail or "")
    parts.append(edge)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Collector:
    """Builds the elements that are wanted, and nothing else."""

    def __init__(self, wanted: Collection[str], name_of: Callable[[str], str], limit: int) -> None:
        self.wanted = wanted
        self.limit = limit
        self.name_of = name_of
        self.found: list[tuple[Element, int]] = []
        self.builder: TreeBuilder | None = None
        self.open: list[str] = []
        self.within = 0  # how many elements are open, from the wanted one on
        self.size = self.line = self.fed = 0
        # Bytes are made UTF-8 before they come here, whatever the document says of itself.
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data

    def feed(self, chunk: bytes) -> UnusableError | None:
        """Parse some more, an empty chunk being the end; what ends it all is returned."""
        try:
            self.parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code)
            return UnusableError(f"expected XML, got what is none ({what}); {_REST}", error.lineno)
        except UnusableError as error:
            return UnusableError(str(error), self.parser.CurrentLineNumber)
        self.fed += len(chunk)
        if self.fed - max(self.parser.CurrentByteIndex, 0) > self.limit:
            return _too_large(self.limit)
        return None

    def take(self) -> list[tuple[Element, int]]:
        """Give the elements that are complete, and the lines that they begin on."""
        found, self.found = self.found, []
        return found

    def _doctype(self, _name: str, _system: object, _public: object, has_subset: bool) -> None:
        if has_subset:
            raise _refused()

    def _entity(self, *_: object) -> None:
        raise _refused()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = self.name_of(name)
        self.open.append(name)
        if len(self.open) > DEPTH_LIMIT:
            raise UnusableError(
                f"expected XML of at most {DEPTH_LIMIT} elements in one another, got more; {_REST}"
            )
        if self.builder is None and (name in self.wanted or self._path() in self.wanted):
            self.builder, self.within, self.size = TreeBuilder(), 0, 0
            self.line = self.parser.CurrentLineNumber
        if self.builder is not None:
            self.within += 1
            self._grow(_ELEMENT_COST + sum(map(len, attributes.values())))
            self.builder.start(name, {self.name_of(key): attributes[key] for key in attributes})

    def _path(self) -> str:
        return ">".join(self.open[-2:])

    def _data(self, text: str) -> None:
        if self.builder is not None:
            self._grow(len(text))
            self.builder.data(text)

    def _end(self, _: str) -> None:
        name = self.open.pop()
        if self.builder is None:
            return
        self.builder.end(name)
        self.within -= 1
        if not self.within:
            self.found.append((self.builder.close(), self.line))
            self.builder = None

    def _grow(self, size: int) -> None:
        self.size += size
        if self.size > self.limit:
            raise _too_large(self.limit)


def _refused() -> UnusableError:
    return UnusableError(
        "expected XML without declarations of its own, got some in its document type (<!DOCTYPE "
        f"... [...]>), which are refused for safety; remove them; {_REST}"
    )


def _too_large(limit: int) -> UnusableError:
    return UnusableError(
        f"expected an element of at most {limit >> 20} MiB, got a larger one; {_REST}"
    )


def _chunks(source: Source) -> Iterator[bytes]:
    """Give a file piece by piece in UTF-8, and at last an empty piece."""
    use_declared_encoding(source, _DECLARED)
    is_first = True
    mend = _Mender().mend
    for piece in source.pieces():
        data = mend(piece.encode("utf-8", "replace").translate(_TO_SPACE))
        if is_first:
            data, is_first = _DECLARATION.sub(_only_lines, data), False
        if data:
            yield data
    yield b""


class _Mender:
    """Writes references to characters as XML has them, but not in CDATA, where they are text.

    No piece ends within a reference or a mark of CDATA: see :meth:`Source.pieces`.
    """

    def __init__(self) -> None:
        self._is_cdata = False

    def mend(self, data: bytes) -> bytes:
        """Mend a piece; mostly, nothing is to be done."""
        if _DOUBTFUL.search(data):
            return _REFERENCE_OR_CDATA.sub(self._mended, data)
        begin, end = data.rfind(b"<![CDATA["), data.rfind(b"]]>")
        if begin != end:  # one of them is there
            self._is_cdata = begin > end
        return data

    def _mended(self, found: re.Match[bytes]) -> bytes:
        if found["cdata"]:
            self._is_cdata = found["cdata"] != b"]]>"
        if found["cdata"] or self._is_cdata:
            return found[0]
        if digits := found["digits"]:
            return _reference(int(digits) if digits.isdigit() else int(digits[1:], 16))
        text = html5.get(f"{(found['name'] or b'').decode()};", "")
        return b"".join(_reference(ord(letter)) for letter in text) or b"&amp;" + found[0][1:]


def _reference(number: int) -> bytes:
    """Refer to a character, or give a space for one that XML forbids."""
    is_good = 32 <= number < 0xD800 or number in (9, 10, 13) or 0xE000 <= number < 0xFFFE
    return b"&#%d;" % number if is_good or 0x10000 <= number < 0x110000 else b" "


def _only_lines(found: re.Match[bytes]) -> bytes:
    return b"\n" * found[0].count(b"\n")


def use_declared_encoding(source: Source, declaration: re.Pattern[bytes]) -> None:
    """Read text in the encoding that a file says it is in, unless the caller told another.

    Args:
        source: The file, of which nothing has been read.
        declaration: Finds the name of the encoding in its first bytes.
    """
    found = declaration.search(source.head())
    name = found[1].decode("latin-1").lower() if found else "utf-8"
    # One that began with the byte order mark of UTF-16 has been recoded, and still says so.
    if source.encoding is None and not name.startswith(("utf-8", "utf8", "utf-16", "utf-32")):
        try:
            source.encoding = known_encoding(_WIDER.get(name, name))
        except ArgumentError:
            return


# What browsers take these names for, as WHATWG's encoding standard says.
_WIDER = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "euc-kr": "cp949", "big5": "big5hkscs", "tis-620": "cp874",
}  # fmt: skip
