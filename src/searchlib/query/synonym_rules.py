"""How is a file of synonyms read?

The file has the format of Solr, Elasticsearch and OpenSearch: ``a, b, c`` says that each of them
also finds the others, ``a, b => c, d`` that a and b also find c and d. A word may be several words.
``#`` begins a comment at the beginning of a line, and a backslash takes the character behind it as
it is.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.analysis import analyze
from searchlib.errors import SynonymsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MAX_CHARACTERS: Final = 20_000_000
MAX_WORDS: Final = 10
"""How many words one entry of a file may consist of."""

_ARROW: Final = "=>"
_MARKS: Final = re.compile(r"\\(?P<escaped>.?)|=>|,")


class _Piece(NamedTuple):
    """An entry as it stands in a line: the text, and its column."""

    text: str
    column: int


class Rule(NamedTuple):
    """What a line of a file says.

    Attributes:
        words: The words that find others.
        synonyms: What each of them finds, but for itself.
        line: The number of the line, from 1 on.
        columns: Where each of the words begins, from 1 on.
    """

    words: tuple[str, ...]
    synonyms: tuple[str, ...]
    line: int
    columns: tuple[int, ...]


def parse_rules(text: str, source: str = "synonyms") -> list[Rule]:
    """Read a file of synonyms.

    Args:
        text: What it holds.
        source: Its name, for messages.

    Raises:
        SynonymsError: It can't be read; the message says where and why.
    """
    if len(text) > MAX_CHARACTERS:
        what = f"expected at most {MAX_CHARACTERS:,} characters, got {len(text):,}"
        raise SynonymsError(what, source)
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_rule(line, number, source))
    return found


def _rule(line: str, number: int, source: str) -> Rule:
    wrong = partial(_wrong, source, number)
    sides: list[list[_Piece]] = [[]]
    text, start, at = "", 0, 0
    for mark in _MARKS.finditer(line):
        text += line[at : mark.start()]
        at = mark.end()
        escaped = mark["escaped"]
        if escaped is not None:
            if not escaped:
                raise wrong("expected a character behind the backslash", mark.start() + 1)
            text += escaped
            continue
        sides[-1].append(_piece(text, line, start, wrong))
        if mark[0] == _ARROW:
            if len(sides) == 2:
                raise wrong("expected one => at most", mark.start() + 1)
            sides.append([])
        text, start = "", at
    sides[-1].append(_piece(text + line[at:], line, start, wrong))
    words, synonyms = sides[0], sides[-1]
    if len(sides) == 1 and len(words) == 1:
        raise wrong("expected another word, behind a comma or =>", len(line.rstrip()) + 1)
    return Rule(
        tuple(piece.text for piece in words),
        tuple(piece.text for piece in synonyms),
        number,
        tuple(piece.column for piece in words),
    )


def _wrong(source: str, number: int, what: str, column: int) -> SynonymsError:
    return SynonymsError(what, source, number, column)


def _piece(text: str, line: str, start: int, wrong: Callable[[str, int], SynonymsError]) -> _Piece:
    """Take an entry from a line, in which it begins behind some blanks.

    Raises:
        SynonymsError: There is no word, or too many.
    """
    blanks = len(line) - start - len(line[start:].lstrip())
    column = start + blanks + 1
    text = " ".join(text.split())
    count = len(analyze(text, None))
    if not count:
        raise wrong(f"expected a word, got {text!r}" if text else "expected a word", column)
    if count > MAX_WORDS:
        raise wrong(f"expected at most {MAX_WORDS} words, got {count}", column)
    return _Piece(text, column)


def rules_of(synonyms: Mapping[str, Iterable[str]]) -> str:
    """Write a file by which each word also finds others, but not the other way round."""
    lines = (
        f"{_escaped(word)} => {', '.join(map(_escaped, others))}\n"
        for word, others in synonyms.items()
    )
    return "".join(lines)


def _escaped(text: str) -> str:
    text = " ".join(text.split()).replace("\\", "\\\\")
    text = text.replace(",", "\\,").replace(_ARROW, "\\=>")
    return f"\\{text}" if text.startswith("#") else text
