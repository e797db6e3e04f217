"""What finds the terms that a pattern stands for in a dictionary?"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from searchlib.query.tree import Fuzzy, Prefix, Query, Range, Regex, Wildcard
from searchlib.search.multiterm import prefix_terms, similar_terms, terms_between
from searchlib.search.patterns import MAX_SECONDS, regex_terms, wildcard_finder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import Int64Array
    from searchlib.search.positions import Expansion
    from searchlib.segment.dictionary import TermDictionary


def expansion(patterns: Sequence[str | bytes | Query]) -> Expansion:
    """Make what finds any of some terms, or of patterns whose texts are terms already."""
    found = [_of(pattern) for pattern in patterns]
    return found[0] if len(found) == 1 else partial(_any_of, finders=found)


def _any_of(terms: TermDictionary, finders: Sequence[Expansion]) -> Int64Array:
    return np.unique(np.concatenate([np.asarray(find(terms), np.int64) for find in finders]))


def _of(pattern: str | bytes | Query) -> Expansion:
    match pattern:
        case bytes():
            return partial(_one_term, term=pattern)
        case str():
            return partial(_one_term, term=term_bytes(pattern))
        case Prefix(text=text):
            return partial(prefix_terms, prefix=term_bytes(text))
        case Wildcard(pattern=text) if text.endswith("*") and not set(text[:-1]) & set("*?["):
            return partial(prefix_terms, prefix=term_bytes(text[:-1]))
        case Wildcard(pattern=text):
            return wildcard_finder(text)
        case Regex(pattern=text):
            # The time is for all regular expressions of the query.
            return partial(regex_terms, pattern=text, deadline=time.monotonic() + MAX_SECONDS)
        case Fuzzy(text=text, edits=edits, prefix_length=kept):
            return partial(similar_terms, text=text, most_edits=edits, prefix_length=kept)
        case Range(low=low, high=high):
            return partial(
                terms_between,
                start=None if low is None else term_bytes(low),
                end=None if high is None else term_bytes(high),
                open_start=not pattern.include_low,
                open_end=not pattern.include_high,
            )
        case _:
            raise TypeError(f"expected a pattern of terms, got {pattern!r}")


def _one_term(terms: TermDictionary, term: bytes) -> range:
    ordinal = terms.lookup(term)
    return range(0) if ordinal is None else range(ordinal, ordinal + 1)


def term_bytes(text: object) -> bytes:
    """Write a term as the dictionaries know it: in UTF-8."""
    return str(text).encode("utf-8", "surrogatepass")
