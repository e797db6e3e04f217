"""Which terms does a pattern match? Wildcards and regular expressions that can't run away.

Python's matcher tries one way after another, so some patterns take time without end. A wildcard
becomes an expression in which each star, once it has found what comes next, is settled. Regular
expressions are those of :mod:`searchlib.query.regexes`; all of them in a query have a time limit.
"""

from __future__ import annotations

import fnmatch
import re
import time
from functools import lru_cache, partial
from re import _constants as codes  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from searchlib.errors import QueryTooCostly
from searchlib.query.regexes import MAX_REGEX_TERM, compiled_regex, expect_length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.arrays import Int64Array
    from searchlib.search.positions import Expansion
    from searchlib.segment.dictionary import TermDictionary

MAX_SECONDS: Final = 2.0
"""How long the regular expressions of a query may take."""

_TERMS_BETWEEN_CLOCKS: Final = 16
_END: Final = b"\xff"
_LETTER: Final = rb"(?:[\x00-\x7f]|[\xc0-\xfe][\x80-\xbf]*+)"
_LITERAL: Final = re.compile(r"[^*?\[]*")


def wildcard_finder(pattern: str) -> Expansion:
    """Make what finds the terms that match a pattern with ``*``, ``?`` and ``[...]``.

    Raises:
        QueryTooCostly: The pattern is too long.
    """
    expect_length(pattern)
    literal = _LITERAL.match(pattern)
    assert literal is not None
    head = literal.group().encode("utf-8", "replace")
    encoded = pattern.encode("utf-8", "replace")
    return partial(_wildcard_terms, pattern=pattern, head=head, encoded=encoded)


def _wildcard_terms(
    terms: TermDictionary, pattern: str, head: bytes, encoded: bytes
) -> range | Int64Array:
    first, last = terms.prefix_range(head)
    if first == last:
        return range(0)
    if "[" in pattern:  # rare enough for one call per term; translate() settles stars, too
        match = re.compile(fnmatch.translate(pattern)).match
        found = enumerate(terms.words(first, last), first)
        return _ordinals(number for number, word in found if match(word))
    if terms.compiled is not None:
        return terms.compiled.matching(encoded, first, last)
    text, ordinal = terms.text(first, last)
    ordinals, at = [], 0
    for hit in _wildcard_expression(pattern).finditer(text):
        ordinal += text.count(_END, at, hit.start())
        at = hit.start()
        ordinals.append(ordinal)
    return _ordinals(ordinals)


@lru_cache(maxsize=64)
def _wildcard_expression(pattern: str) -> re.Pattern[bytes]:
    """Write a pattern of ``*`` and ``?`` as an expression over terms that ``FF`` separates."""
    head, *pieces = (_piece(piece) for piece in re.split(r"\*+", pattern))
    if not pieces:
        return re.compile(_END + head + b"(?=\xff)")
    *middle, tail = pieces
    settled = b"".join(rb"(?>[^\xff]*?" + piece + b")" for piece in middle)
    if _LETTER in tail:
        return re.compile(_END + head + settled + rb"[^\xff]*" + tail + b"(?=\xff)")
    least = len(re.sub(rb"\\(.)", rb"\1", tail, flags=re.DOTALL))
    ending = rb"[^\xff]{%d,}+(?<=%s)" % (least, tail) if least else rb"[^\xff]*+"
    return re.compile(_END + head + settled + ending)


def _piece(piece: str) -> bytes:
    return _LETTER.join(re.escape(part.encode("utf-8", "replace")) for part in piece.split("?"))


def regex_terms(terms: TermDictionary, pattern: str, deadline: float) -> Int64Array:
    """Find the terms that begin with what a regular expression describes.

    Args:
        terms: The dictionary.
        pattern: The regular expression.
        deadline: When to give up, by :func:`time.monotonic`.

    Returns:
        Their ordinals, ascending. Shape (number found,), int64.

    Raises:
        QuerySyntaxError, QueryTooCostly: As :func:`~searchlib.query.regexes.compiled_regex`, or it
            took too long.
    """
    tree, match = compiled_regex(pattern)
    first, last = terms.prefix_range(_literal_prefix(tree).encode())
    ordinals = []
    for number, word in enumerate(terms.words(first, last), first):
        if number % _TERMS_BETWEEN_CLOCKS == 0 and time.monotonic() > deadline:
            raise QueryTooCostly(
                f"{pattern!r} took more than {MAX_SECONDS:g} seconds; begin it with some letters"
            )
        if len(word) <= MAX_REGEX_TERM and match(word):
            ordinals.append(number)
    return _ordinals(ordinals)


def _literal_prefix(tree: Any) -> str:
    """Find the letters that each match begins with."""
    letters: list[str] = []
    if tree.state.flags & re.IGNORECASE:
        return ""
    for operation, argument in tree:
        if operation is codes.LITERAL and not 0xD800 <= argument < 0xE000:
            letters.append(chr(argument))
        elif letters or (operation, argument) != (codes.AT, codes.AT_BEGINNING):
            break
    return "".join(letters)


def _ordinals(found: Iterable[int]) -> Int64Array:
    return np.array(list(found), np.int64)
