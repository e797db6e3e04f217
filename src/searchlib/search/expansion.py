"""What finds the terms that a pattern stands for in a dictionary?"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from searchlib.query.tree import Fuzzy, Prefix, Query, Range, Regex, Wildcard
from searchlib.search.multiterm import prefix_terms, similar_terms, terms_between
from searchlib.search.patterns import MAX_SECONDS, regex_terms, wildcard_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from searchlib.arrays import Int64Array
    from searchlib.segment.dictionary import TermDictionary


class Expansion(NamedTuple):
    """How the terms of a pattern are found.

    Attributes:
        find: Finds their ordinals in a dictionary, ascending.
        key: What is the same for patterns that stand for the same terms.
    """

    find: Callable[[TermDictionary], range | Int64Array]
    key: Hashable


def expansion(patterns: Sequence[Query]) -> Expansion:
    """Make what finds the terms of any of some patterns, whose texts are terms already."""
    found = [_of(pattern) for pattern in patterns]
    if len(found) == 1:
        return found[0]
    finders = [one.find for one in found]
    return Expansion(partial(_any_of, finders=finders), tuple(one.key for one in found))


def _any_of(
    terms: TermDictionary, finders: Sequence[Callable[[TermDictionary], Any]]
) -> Int64Array:
    return np.unique(np.concatenate([np.asarray(find(terms), np.int64) for find in finders]))


def _of(pattern: Query) -> Expansion:
    match pattern:
        case Prefix(text=text):
            return _made(prefix_terms, prefix=term_bytes(text))
        case Wildcard(pattern=text) if text.endswith("*") and not set(text[:-1]) & set("*?["):
            return _made(prefix_terms, prefix=term_bytes(text[:-1]))
        case Wildcard(pattern=text):
            return _made(wildcard_terms, pattern=text)
        case Regex(pattern=text):
            key = (regex_terms, text)
            # The time is for all regular expressions of the query.
            find = partial(regex_terms, pattern=text, deadline=time.monotonic() + MAX_SECONDS)
            return Expansion(find, key)
        case Fuzzy(text=text, edits=edits, prefix_length=kept):
            return _made(similar_terms, text=text, most_edits=edits, prefix_length=kept)
        case Range(low=low, high=high):
            return _made(
                terms_between,
                start=None if low is None else term_bytes(low),
                end=None if high is None else term_bytes(high),
                open_start=not pattern.include_low,
                open_end=not pattern.include_high,
            )
        case _:
            raise TypeError(f"expected a pattern of terms, got {pattern!r}")


def _made(find: Callable[..., Any], **options: Any) -> Expansion:
    return Expansion(partial(find, **options), (find, *options.values()))


def term_bytes(text: object) -> bytes:
    """Write a term as the dictionaries know it: in UTF-8."""
    return str(text).encode("utf-8", "surrogatepass")
