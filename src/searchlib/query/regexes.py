"""Which regular expressions can be compared with terms without running away?

Python's matcher tries one way after another, so some expressions take time without end. One is
refused if there are too many ways in which it could match a term of :data:`MAX_REGEX_TERM`
characters; longer terms are not looked at.
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from searchlib.errors import QuerySyntaxError, QueryTooCostly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_PATTERN: Final = 500
"""The characters of a pattern."""
MAX_REGEX_TERM: Final = 64
"""The characters of the longest term that a regular expression is compared with."""
MAX_WAYS: Final = 300_000
"""In how many ways a regular expression may match: enough for three times ``.*``."""


class CompiledRegex(NamedTuple):
    """A regular expression that can be compared with terms.

    Attributes:
        tree: What Python's parser makes of it.
        match: Matches it at the beginning of a term.
    """

    tree: Any
    match: Callable[[str], re.Match[str] | None]


@lru_cache(maxsize=64)
def compiled_regex(pattern: str) -> CompiledRegex:
    """Compile a regular expression.

    Raises:
        QuerySyntaxError: It is not a regular expression.
        QueryTooCostly: It is too long, or could match in too many ways.
    """
    expect_length(pattern)
    try:
        tree = parser.parse(pattern)
        ways = _ways(tree)
        match = re.compile(pattern).match
    except (re.error, OverflowError) as error:
        raise QuerySyntaxError(
            f"expected a regular expression, got {pattern!r}: {error}", pattern
        ) from error
    except RecursionError as error:
        raise QueryTooCostly(f"expected fewer brackets in {pattern!r}") from error
    if ways > MAX_WAYS:
        raise QueryTooCostly(
            f"expected a regular expression that matches in at most {MAX_WAYS:,} ways, got "
            f"{pattern!r}; use fewer of * + ? {{}} and none around another, or a wildcard"
        )
    return CompiledRegex(tree, match)


def expect_length(pattern: str) -> None:
    """Make sure that a pattern is not too long.

    Raises:
        QueryTooCostly: It is.
    """
    if len(pattern) > MAX_PATTERN:
        raise QueryTooCostly(
            f"expected a pattern of at most {MAX_PATTERN} characters, got {len(pattern)}"
        )


def _ways(tree: Iterable[tuple[Any, Any]]) -> float:
    """Bound the number of ways in which a part of an expression matches the same text."""
    ways = 1.0
    for operation, argument in tree:
        if operation is codes.BRANCH:
            ways *= sum(map(_ways, argument[1]))
        elif operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            ways *= _ways_to_repeat(*argument)
        elif operation is codes.SUBPATTERN:
            ways *= _ways(argument[-1])
        elif operation is codes.ATOMIC_GROUP:
            ways *= _ways(argument)
        elif operation not in _SIMPLE:
            return float("inf")
        if ways > MAX_WAYS:
            return float("inf")
    return ways


def _ways_to_repeat(least: int, most: int, part: Iterable[tuple[Any, Any]]) -> float:
    once = _ways(part)
    most = min(most, MAX_REGEX_TERM)
    counts = max(most - least, 0) + 1
    if once == 1:
        return counts
    return counts * once**most if once <= MAX_WAYS else float("inf")


_SIMPLE: Final = frozenset(
    {codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN, codes.AT, codes.CATEGORY}
)
