"""Is a term one of those that a pattern stands for?"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

from searchlib.errors import QueryError
from searchlib.query.regexes import MAX_REGEX_TERM, compiled_regex
from searchlib.query.tree import Fuzzy, Prefix, Query, Range, Regex, Wildcard

TermTest = Callable[[str], bool]


def term_test(pattern: Query) -> tuple[TermTest, str] | None:
    """Make the test whether a term is one of those that a pattern stands for.

    Args:
        pattern: One of :mod:`searchlib.query.field_terms`, whose texts are terms.

    Returns:
        The test, and how all terms that pass it begin; ``None`` for a pattern of everything, which
        would mark everything.
    """
    match pattern:
        case Prefix(text=prefix) if prefix:
            return lambda term: term.startswith(prefix), prefix
        case Wildcard(pattern=text) if text.strip("*"):
            matches = re.compile(fnmatch.translate(text)).match
            return lambda term: matches(term) is not None, re.split(r"[*?\[]", text)[0]
        case Regex(pattern=text) if text != ".*":
            return _regex_test(text)
        case Fuzzy(text=text, edits=limit, prefix_length=kept):
            return lambda term: _is_similar(term, text, limit, kept), text[:kept]
        case Range():
            return _range_test(pattern), ""
        case _:
            return None


def _regex_test(pattern: str) -> tuple[TermTest, str] | None:
    try:
        begins = compiled_regex(pattern).match
    except QueryError:  # it stands where evaluation did not get, or it would have been refused
        return None
    return lambda term: len(term) <= MAX_REGEX_TERM and begins(term) is not None, ""


def _is_similar(term: str, text: str, limit: int, kept: int) -> bool:
    # First what most terms fail, and takes little time.
    if abs(len(term) - len(text)) > limit or len(set(term) ^ set(text)) > 2 * limit:
        return False
    return term[:kept] == text[:kept] and edit_distance(term, text) <= limit


def edit_distance(one: str, other: str) -> int:
    """Count the edits between two words.

    An edit inserts, leaves out or replaces a letter, or swaps two neighbours of which neither is
    edited again (optimal string alignment). Takes O(length of one · length of other).
    """
    two_ago: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, other_letter in enumerate(other, 1):
            best = min(last[j], row[j - 1]) + 1
            best = min(best, last[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
                best = min(best, two_ago[j - 2] + 1)
            row.append(best)
        two_ago, last = last, row
    return last[-1]


def _range_test(query: Range) -> TermTest:
    low = None if query.low is None else str(query.low)
    high = None if query.high is None else str(query.high)

    def test(term: str) -> bool:
        above = low is None or (term >= low if query.include_low else term > low)
        return above and (high is None or (term <= high if query.include_high else term < high))

    return test
