"""What are the pieces of a query string? Found in one pass, in linear time.

Characters behind a backslash mean nothing but themselves. They are hidden first: each such pair
is replaced by two characters that no rule knows, so that places stay what they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from searchlib.analysis.possessive import compile_possessive

if TYPE_CHECKING:
    from collections.abc import Callable, Container

# Quotes that a word processor has curled, and lines that a paste has broken.
_AS_TYPED: Final = str.maketrans(
    dict.fromkeys("“”„‟«»", '"')
    | dict.fromkeys("\n\r\t\v\f\x85\u2028\u2029", " ")
    | {"\N{MINUS SIGN}": "-"}
)
# Blanks that keep the groups of digits of a number together.
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[\u00a0\u2007\u2009\u202f](?=\d{3}(?!\d))")

# A hidden character is its code above this one; another private one stands for the backslash.
_HIDDEN: Final = 0xF0000
_BACKSLASH: Final = "\uf8ff"
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
# What means something in quotes, or would be read as something else; a question mark at the end of
# a word does not.
_MEANS_SOMETHING: Final = re.compile(
    '["\\\\*\n\r\t\v\f\x85\u2028\u2029“”„‟«»\N{MINUS SIGN}]'
    "|\\?(?=\\w)|[\u00a0\u2007\u2009\u202f](?=\\d)"
)
_ESCAPED: Final = re.compile(_BACKSLASH + r"(.)", re.DOTALL)
_TO: Final = re.compile(r"[Tt][Oo](?<=[\s\[{]..)(?=[\s\]}])")  # it begins with what can be sought

# Hebrew writes acronyms with a mark before the last letter, for which keyboards have a quote.
_IN_ACRONYM: Final = re.compile(r'(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea])')
_QUOTE_IN_WORD: Final = "\uf8fe"

# In these rules \u2010-\u2015, \ufe63 and \uff0d are what is typed for a minus sign: hyphens,
# dashes, and the forms of East Asia.
# What has a meaning attached may have punctuation behind it, as a word may ("flood"~2, ferry).
_RULES: Final = r"""
    \s*+(?:
      (?P<plain>\w[\w'’-]*+(?:\.[\w'’-]++)*+(?![^\s)|])(?!\s++[:\uff1a<>\u2264\u2265]))
    | (?P<operator>(?:ANDNOT|ANDMAYBE|REQUIRE|AND|OR|NOT)(?![^\s()"])|\|\|?+|&&)
    | (?P<field>(?<![^\s(+!")\]}|&\u2010-\u2015\ufe63\uff0d-])
        [^\W\d]\w*+(?:\.\w++)*+\s*+(?::(?!//)|\uff1a|(?=[<>\u2264\u2265])))
    | (?P<open>\()
    | (?P<close>\))
    | (?P<phrase>"[^"]*+"(?:~\d{1,9}+(?=[?!.,;:…]*+(?:[\s()^]|\Z)))?+)
    | (?P<unclosed>")
    | (?P<boost>(?<=[)"\]}'\d/])\^(?:\d{1,9}+(?:\.\d{0,9}+)?+|\.\d{1,9}+)
        (?=[?!.,;:…]*+(?:[\s()]|\Z)))
    | (?P<quoted>(?<![^\s(:<>=+!|&\u2010-\u2015\ufe63\uff0d-])'[^']*+'(?![^\s)\]}^|]))
    | (?P<regex>(?<![^\s(:+!|&\u2010-\u2015\ufe63\uff0d-])/[^\s/]++/
        (?=[?!.,;:…]*+(?:[\s)^|]|\Z)))
    | (?P<range>[\[{][^\[\]{}]*+[\]}](?=[?!.,;:…]*+(?:[\s)^|]|\Z)))
    | (?P<within>(?i:NEAR|W|PRE)/\d{1,6}+(?![^\s()"]))
    | (?P<near>(?<![^\s(+!:|&\u2010-\u2015\ufe63\uff0d-])NEAR\()
    | (?P<prefix>(?<![^\s(+!:")\]}|&<>=\u2264\u2265-])(?:-++|[+!\u2010-\u2015\ufe63\uff0d])
        (?=[^\s)\-+!\u2010-\u2015\ufe63\uff0d&|=<>.,;:?]))
    | (?P<compare>[<>]=?+|[\u2264\u2265])
    | (?P<word>(?:[^\s()"|&]++|&(?!&))++)
    )"""


BEHIND_NAME: Final = ": \t\u3000\uff1a"
"""What stands between the name of a field and what is looked for in it."""

OPERATORS: Final = frozenset({"AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE"})
"""Words that join, exclude or require what is beside them."""

_BEHIND_NAMES: Final = frozenset(":\uff1a<>\u2264\u2265")
_DOUBTFUL: Final = frozenset({"range", "field"})
PLAIN_WORD: Final = compile_possessive(r"\w[\w'’-]*+(?:\.[\w'’-]++)*+").fullmatch
"""Tells whether nothing in a word means anything special."""

_WORD: Final = compile_possessive(r"""(?:[^\s()"|&]++|&(?!&))++""")


@dataclass(slots=True)
class Token:
    """A piece of a query string.

    Attributes:
        kind: The name of its rule; "plain" for a word in which nothing means anything special,
            and "end" behind the last piece.
        text: Its characters; those behind a backslash are still hidden.
        start: Where its first character stands.
        end: Where the character behind its last stands.
    """

    kind: str
    text: str
    start: int
    end: int


@cache
def _rules() -> re.Pattern[str]:
    """Compile the rules, which queries of plain words need not wait for."""
    return compile_possessive(_RULES, re.VERBOSE)


END: Final = Token("end", "", 0, 0)
"""What stands behind the last piece. It has no place."""


def tokens(
    text: str, fields: Container[str], is_field: Callable[[str, str], bool], most: int
) -> list[Token]:
    """Find the pieces of a query string, in O(length).

    Args:
        text: The string, from :func:`hide_escapes`.
        fields: Names of fields of letters and digits, with a letter first.
        is_field: Tells whether a name before a colon is that of a field, given it with blanks and
            colon as they stand, and the character behind.
        most: How many pieces to look for. What is behind them is not read; a piece that has no
            room any more is there, before the end, if there is one.
    """
    end = len(text)
    found, at = _plain_words(text, fields) if end <= most else ([], 0)
    match = _rules().match
    while at < end and len(found) <= most and (piece := match(text, at)) is not None:
        kind: str = piece.lastgroup  # type: ignore[assignment]  # all alternatives have names
        start, at = piece.span(piece.lastindex)  # type: ignore[arg-type]
        said = text[start:at]
        if kind == "plain":
            kind = "operator" if said in OPERATORS else kind
        elif kind in _DOUBTFUL and not _is_meant(kind, said, text[at : at + 1], is_field):
            kind, at = "word", _end_of_word(text, start)
            said = text[start:at]
        found.append(Token(kind, said, start, at))
    found.append(END)
    return found


def _plain_words(text: str, fields: Container[str]) -> tuple[list[Token], int]:
    """Find the pieces at the beginning of a text that are plain words, as the rules do.

    Returns:
        The pieces, with the names of fields right before them; where the rules have to go on.
    """
    found: list[Token] = []
    at = 0
    for word in text.split(" "):
        end = at + len(word)
        if word and not word.isalnum():
            if ":" in word:
                name, _, value = word.partition(":")
                if name in fields and value[:2] != "//":
                    behind = end - len(value)
                    found.append(Token("field", text[at:behind], at, behind))
                    at, word = behind, value
            if word and not (word.isalnum() or PLAIN_WORD(word)):
                if found and (word[0] in _BEHIND_NAMES or word[0].isspace()):
                    at = found.pop().start  # it may be a name, with blanks behind it
                return found, at
        if word:
            kind = "operator" if word in OPERATORS else "plain"
            found.append(Token(kind, word, at, end))
        at = end + 1
    return found, at


def _is_meant(kind: str, text: str, behind: str, is_field: Callable[[str, str], bool]) -> bool:
    """Tell whether what looks like a range or the name of a field is one."""
    if kind == "field":
        return is_field(text, behind)
    return " TO " in text or _TO.search(text) is not None


def _end_of_word(text: str, start: int) -> int:
    word = _WORD.match(text, start)
    assert word is not None
    return word.end()


def range_bounds(text: str) -> tuple[str, str]:
    """Give what stands before and behind the TO of a range, without quotes and backslashes."""
    to = _TO.search(text)
    assert to is not None
    begin, end = to.span()
    return _unquoted(text[1:begin].strip()), _unquoted(text[end:-1].strip())


def _unquoted(text: str) -> str:
    in_quotes = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return literal(text[1:-1] if in_quotes else text)


def hide_escapes(text: str) -> str:
    """Make a query string of the same length in which a backslash hides what follows it."""
    text = _ESCAPE.sub(_hidden, text) if "\\" in text else text
    if text.isascii() and text.isprintable():
        return text
    text = _BETWEEN_DIGITS.sub(",", text.translate(_AS_TYPED))
    return _IN_ACRONYM.sub(_QUOTE_IN_WORD, text) if '"' in text else text


def _hidden(found: re.Match[str]) -> str:
    code = ord(found.group(1))  # beyond the first plane no character means anything special
    return _BACKSLASH + chr(_HIDDEN + code if code <= 0xFFFF else code)


def literal(text: str) -> str:
    """Give the characters that a piece stands for, without backslashes."""
    if text.isascii():  # no stand-in is
        return text
    text = text.replace(_QUOTE_IN_WORD, '"')
    return _ESCAPED.sub(_shown, text) if _BACKSLASH in text else text


def quoted(text: str) -> str:
    """Write a text in quotes, so that a query means just it: the opposite of reading it."""
    return f'"{_MEANS_SOMETHING.sub(_escaped, text)}"'


def label_text(label: str) -> str:
    """Write a label behind the name of its field: in quotes, if it would not be read as it is."""
    is_plain = re.fullmatch(r"\w+", label) is not None and label not in OPERATORS
    return label if is_plain else quoted(label)


def _escaped(found: re.Match[str]) -> str:
    return "\\" + found.group()


def _shown(found: re.Match[str]) -> str:
    code = ord(found.group(1))
    return chr(code - _HIDDEN if code >= _HIDDEN else code)
