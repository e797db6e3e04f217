"""How does text with marks become plain text? HTML tags and entities go, and so do Markdown's.

Feeds and content management systems deliver HTML where text is expected: ``caf&eacute;``, ``<p>The
rink <b>opened</b>``. What is between tags is kept; scripts, styles and comments are not text. Only
the names of HTML's own elements count as tags, and only in a text that has an end tag, an
attribute or the like, so "if a < b", "<John>" and "DU PONT CO <DD>" stay what they are.

Everything here takes linear time, whatever is in the text, and needs no library: each text of an
archive comes this way, and nearly all have nothing to take out.
"""

from __future__ import annotations

import html
import re
from typing import Final

_BLOCK_NAMES: Final = (
    "address article aside blockquote body br caption center dd details div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html legend li main nav ol "
    "option p pre section summary table tbody td tfoot th thead title tr ul"
)
_INLINE_NAMES: Final = (
    "a abbr acronym audio b bdi bdo big button canvas cite code col colgroup data datalist "
    "del dfn dir em embed font i iframe img input ins kbd label link map mark meta meter noscript "
    "object output param picture progress q rp rt ruby s samp script select slot small source span "
    "strike strong style sub sup svg template textarea time track tt u var video wbr"
)
_MARKS: Final = {
    **dict.fromkeys(_INLINE_NAMES.split(), ""),
    **dict.fromkeys(_BLOCK_NAMES.split(), "\0\0"),
    **dict.fromkeys(("br", "td", "th"), "\0"),
}
"""What stands for a tag meanwhile: zero bytes for the edges of blocks."""

_WITH_FLAGS: Final = frozenset({"audio", "details", "iframe", "input", "option", "script", "video"})
_PREFIXES: Final = frozenset({"fb", "g", "html", "jats", "m", "media", "o", "st1", "svg", "v", "w"})

# An attribute may hold ">" in quotes. In an atomic group, what has matched is not tried otherwise.
_TAG: Final = re.compile(
    r"<(?:(?P<special>!--|!doctype|\?xml)"
    r"|(?P<end>/?)(?P<name>[a-z][a-z0-9:-]{0,30})(?![^\s/>])"
    r"(?P<rest>(?>(?:[^<>\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}')*)(?=>)|[^<>]*)>)",
    re.IGNORECASE,
)
_CLOSING: Final = {"!--": "-->", "!doctype": ">", "?xml": "?>"}
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ESCAPED_TAG: Final = re.compile(
    r"&lt;/?(?:p|br|b|i|a|em|strong|div|span|ul|li|h[1-6]|img)(?:\s|\s?/?&gt;)", re.IGNORECASE
)
# Stock tickers, as in "DU PONT CO <DD>", are names of elements too: it takes more to be HTML.
_IS_HTML: Final = re.compile(
    r"</[a-zA-Z][a-zA-Z0-9:-]{0,30}\s*>|<(?:p|br|hr|li|img|div|span|h[1-6])\s?/?>"
    r"|<[a-zA-Z][a-zA-Z0-9]{0,30}\s+[a-zA-Z-]{1,30}\s?=|<!--|<!doctype|<!DOCTYPE|<\?xml"
)
# Each begins with one certain letter: a text is searched for that, and the rest tried only there.
_SINGLE_LINE_END: Final = re.compile(r"\n(?<!\n\n)(?!\n)")
_LINE_ENDS: Final = re.compile(r"\n\n\n+")
_SPACES: Final = re.compile(r"  +")
_BLANKS: Final = "".join(filter(str.isspace, map(chr, range(0x3001)))).translate(
    {ord("\n"): None, ord("\xa0"): None}
)
"""All white space within a line but the no-break space."""


def strip_html(text: str) -> str:
    """Take tags and entities out of a text; blocks become paragraphs.

    A text that was escaped twice, as in many feeds, is unescaped twice.

    Args:
        text: Any text; one without tags and entities comes back as it is.
    """
    if "<" not in text and "&" not in text:
        return text
    if "&" in text and "<" not in text and _ESCAPED_TAG.search(text):
        text = _unescape(text)
    if "<![CDATA[" in text:
        text = text.replace("<![CDATA[", "").replace("]]>", "")
    if "<" in text and _IS_HTML.search(text):
        text = _Stripper(text).run()
    return _unescape(text) if "&" in text else text


def _unescape(text: str) -> str:
    """Replace entities, but only whole ones: of "AT&T" and "?a=1&copy=2" nothing is one."""
    return _ENTITY.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    character = html.unescape(found[0])
    return found[0] if character in ("", "\0", "\ufffd") else character


class _Stripper:
    """Takes the tags out of one text. A zero byte stands for the edge of a block meanwhile."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\0", "")
        self.parts: list[str] = []
        self.missing: set[str] = set()  # closing marks that no longer come

    def run(self) -> str:
        at = 0
        while found := _TAG.search(self.text, at):
            self.parts.append(self.text[at : found.start()])
            at = self._special(found) if found["special"] else self._tag(found)
        self.parts.append(self.text[at:])
        text = "".join(self.parts)
        return _set_lines(text) if "\0" in text else text

    def _special(self, found: re.Match[str]) -> int:
        kind = found["special"].lower()
        end = self._find(_CLOSING[kind], found.end())
        if end is None:
            self.parts.append("<")
            return found.start() + 1
        return end + len(_CLOSING[kind])

    def _tag(self, found: re.Match[str]) -> int:
        name = found["name"].lower()
        mark = _MARKS.get(name)
        is_tag = mark is not None or _is_prefixed(name)
        if not is_tag or (found["rest"] and not _has_attributes(found)):
            self.parts.append("<")
            return found.start() + 1
        if mark:
            self.parts.append(mark)
        elif name in ("script", "style") and not found["end"]:
            end = self._find(f"</{found['name']}", found.end())
            return found.end() if end is None else end
        return found.end()

    def _find(self, mark: str, start: int) -> int | None:
        """Find a closing mark; what was not found once is not looked for again."""
        if mark in self.missing:
            return None
        end = self.text.find(mark, start)
        if end < 0:
            self.missing.add(mark)
        return None if end < 0 else end


def _has_attributes(found: re.Match[str]) -> bool:
    """Whether attributes follow the name, or nothing: "<B and R International>" is a company."""
    rest = found["rest"].strip(" /\t\r\n")
    return not rest or "=" in rest or found["name"] in _WITH_FLAGS


def _is_prefixed(name: str) -> bool:
    """Whether it is an element of word processors and the like: ``<o:p>``."""
    prefix, _, rest = name.partition(":")
    return prefix in _PREFIXES and rest.isalnum()


def _set_lines(text: str) -> str:
    """Make paragraphs of a text in blocks.

    To HTML the end of a line is a space. But many a text has its paragraphs apart by blank lines,
    and a few blocks between them: blank lines stay.
    """
    first, *lines = text.split("\n")
    if lines:
        *inner, last = lines
        inner = [line.strip(_BLANKS) for line in inner]
        text = "\n".join([first.rstrip(_BLANKS), *inner, last.lstrip(_BLANKS)])
    text = _LINE_ENDS.sub("\n\n", _SINGLE_LINE_END.sub(" ", text))
    return _set_blocks(_SPACES.sub(" ", text))


def _set_blocks(text: str) -> str:
    """Put a line end for one edge of a block, a blank line for several or beside a blank line."""
    parts: list[str] = []
    edges, after = 0, ""
    for piece in text.split("\0"):
        begun = piece.lstrip(" \n")
        bare = begun.rstrip(" \n")
        if bare:
            blanks = after + piece[: len(piece) - len(begun)]
            is_line = edges == 1 and "\n" not in blanks
            parts += ["\n" if is_line else "\n\n", bare]
            edges, after = 0, begun[len(bare) :]
        edges += 1
    return "".join(parts).strip()


# ---------------------------------------------------------------- Markdown

_LINK: Final = re.compile(
    r"!?\[(?P<text>(?>(?:[^\[\]\n]|\[[^\[\]\n]{0,300}\]){0,300}))\]"
    r"\((?P<target>(?=[^\s()]*[:/.#@])[^()\s\[]{1,2000}(?:\([^()\s\[]{0,200}\)[^()\s\[]{0,2000})?)"
    r"(?:\s+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\)"
)
_PIECE: Final = re.compile(
    r"(?P<escaped>\\[!-/:-@\[-`{-~])"
    r"|(?P<code>(?<!`)(?P<ticks>`{1,2})(?!`)(?P<inner>[^`\n]{1,2000})(?P=ticks)(?!`))"
    r"|(?P<address><(?:https?://|mailto:)[^<>\s]{1,2000}>)"
    r"|(?P<url>\b(?:https?://|www\.)[^\s<>]{1,2000})"
    r"|(?P<marks>\*{1,3}|_{1,3}|~~)",
)


def strip_markdown(text: str) -> str:
    """Take the marks of emphasis, links and code out of a paragraph; its words stay.

    A link leaves its text, an image what describes it. Marks without a partner, as in "2 * 3" and
    "5*", stay, and so do those within words ("snake_case").
    """
    text = _LINK.sub(_link_text, text) if "](" in text else text
    return _without_marks(text) if any(mark in text for mark in "*_`\\~<") else text


def _link_text(found: re.Match[str]) -> str:
    return found["text"] or found["target"]


def _without_marks(text: str) -> str:
    parts: list[str] = []
    open_marks: dict[str, list[int]] = {}
    at = 0
    for found in _PIECE.finditer(text):
        parts.append(text[at : found.start()])
        at = found.end()
        marks = found["marks"]
        if marks and _pairs(found, text, open_marks, parts):
            continue
        parts.append(marks or _shown(found))
    return "".join([*parts, text[at:]])


def _pairs(
    found: re.Match[str], text: str, open_marks: dict[str, list[int]], parts: list[str]
) -> bool:
    """Whether marks close others: these are taken out. Else they may be closed later on."""
    marks, before, after = (
        found[0],
        text[found.start() - 1 : found.start()],
        text[found.end() : found.end() + 1],
    )
    if marks[0] == "*" and before.isdigit() and after.isdigit():
        return False
    is_within = marks[0] == "_" and before.isalnum() and after.isalnum()
    waiting = open_marks.setdefault(marks, [])
    if waiting and before.strip() and not is_within:
        parts[waiting.pop()] = ""
        return True
    if after.strip() and not (marks[0] == "_" and before.isalnum()):
        waiting.append(len(parts))
    return False


def _shown(found: re.Match[str]) -> str:
    if found["escaped"]:
        return found["escaped"][1]
    if found["code"]:
        return found["inner"]
    return found["address"][1:-1] if found["address"] else found["url"]
