"""What is to be done for a Whoosh query? The query tree as a tree of nodes."""

from __future__ import annotations

import time
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from whoosh import query as q
from whoosh.fields import NUMERIC
from whoosh.lang.morph_en import variations
from whoosh.util.times import datetime_to_long

from searchlib.errors import QueryError
from searchlib.schema.markers import Date, Key, Keyword, Number, Text
from searchlib.schema.values import indexed_time
from searchlib.search.boolean import Conjunction, Disjunction, DisjunctionMaxMatcher
from searchlib.search.constant import ConstantScore, MatchAll
from searchlib.search.matcher import Matcher, MatchNone
from searchlib.search.multiterm import (
    MultiTermMatcher,
    existing_terms,
    prefix_terms,
    similar_terms,
    terms_between,
)
from searchlib.search.patterns import MAX_SECONDS, regex_terms, wildcard_terms
from searchlib.search.ranges import RangeMatcher
from searchlib.search.term_matchers import PhraseMatcher, TermMatcher, WordMatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.schema.models import DocumentSchema
    from searchlib.search.index_view import IndexView
    from searchlib.search.term_postings import TermLookup


MAX_FACTOR: Final = 1e30
"""Boosts and constant scores are below it, so that what they are multiplied by stays finite."""


class Unsupported(Exception):  # noqa: N818 - not an error: the caller takes another way
    """A query, or a part of it, that only Whoosh's own searcher can evaluate."""


class Compiler:
    """Makes nodes of queries.

    Args:
        index: Where terms are looked up.
        lookup: Looks a term of a field up.
        schema: The fields.
    """

    def __init__(self, index: IndexView, lookup: TermLookup, schema: DocumentSchema) -> None:
        self._index = index
        self._lookup = lookup
        self._schema = schema
        markers = {name: type(spec.marker) for name, spec in schema.fields.items()}
        self._texts: Final = {name for name, kind in markers.items() if kind is Text}
        self._labels: Final = {name for name, kind in markers.items() if kind in (Key, Keyword)}
        self._numbers: Final = {name for name, kind in markers.items() if kind in (Date, Number)}
        self._makers: Final[dict[type[Any], Callable[[Any, float], Matcher]]] = {
            q.Term: self._term,
            q.Or: self._or,
            q.And: self._and,
            q.Phrase: self._phrase,
            q.Not: self._not,
            q.AndNot: self._and_not,
            q.AndMaybe: self._and_maybe,
            q.Require: self._require,
            q.DisjunctionMax: self._best_of,
            q.NumericRange: self._range,
            q.DateRange: self._range,
            q.TermRange: self._term_range,
            q.Prefix: self._prefix,
            q.Wildcard: self._wildcard,
            q.Regex: self._regex,
            q.FuzzyTerm: self._fuzzy,
            q.Variations: self._variations,
            q.Every: self._every,
            q.ConstantScoreQuery: self._constant,
            type(q.NullQuery): self._nothing,
        }

    def compile(self, query: q.Query, boost: float = 1.0) -> Matcher:
        """Make the node of a query.

        Args:
            query: The query.
            boost: Factor on its scores.

        Raises:
            Unsupported: It has a part of a kind that is not known here.
            QueryError: A part makes no sense for its field.
        """
        make = self._makers.get(type(query))
        if make is None:
            raise Unsupported(f"no vectorised evaluation of {type(query).__name__}")
        _expect_finite(boost * getattr(query, "boost", 1.0), query)
        return make(query, boost)

    def _nothing(self, query: q.Query, boost: float) -> Matcher:
        return MatchNone(self._index)

    def _term(self, query: q.Term, boost: float) -> Matcher:
        field, text = query.fieldname, query.text
        boost *= query.boost
        if field in self._numbers:
            number = self._number(field, text)
            return (
                MatchNone(self._index)
                if number is None
                else RangeMatcher(self._index, field, number, number, boost)
            )
        if field not in self._labels and field not in self._texts:
            return MatchNone(self._index)
        return self._remembered((field, term_bytes(text), boost))

    def _remembered(self, key: tuple[str, bytes, float]) -> TermMatcher:
        """Make the node of a term, or find the one that was made before."""
        node: TermMatcher | None = self._index.nodes.get(key)
        if node is None:
            field, text, boost = key
            node = TermMatcher(self._index, self._lookup(field, text), boost)
            self._index.keep(key, node)
        return node

    def _or(self, query: q.Or, boost: float) -> Matcher:
        if query.scale:
            raise Unsupported("no vectorised evaluation of Or with a scale")
        boost *= query.boost
        words: dict[Any, list[tuple[str, bytes, float]]] = {}
        phrases: dict[tuple[tuple[str, ...], int], list[q.Phrase]] = {}
        parts: list[Matcher] = []
        for part in query.subqueries:
            if type(part) is q.Term and part.fieldname in self._texts:
                _expect_finite(boost * part.boost, part)
                term = (part.fieldname, term_bytes(part.text), boost * part.boost)
                words.setdefault(part.text, []).append(term)
                continue
            if type(part) is q.Phrase and part.fieldname in self._texts and len(part.words) > 1:
                _expect_finite(boost * part.boost, part)
                phrases.setdefault((tuple(part.words), part.slop), []).append(part)
                continue
            node = self.compile(part, boost)
            if isinstance(node, Disjunction):  # Or within Or is the same as one
                parts += node.parts
            elif not isinstance(node, MatchNone):
                parts.append(node)
        parts += map(self._word, words.values())
        parts += [self._same_phrases(same, boost) for same in phrases.values()]
        if len(parts) == 1:
            return parts[0]
        return Disjunction(self._index, parts) if parts else MatchNone(self._index)

    def _word(self, terms: list[tuple[str, bytes, float]]) -> Matcher:
        """Make the node of a word in several fields, or find the one that was made before."""
        if len(terms) == 1:
            return self._remembered(terms[0])
        key = tuple(terms)
        node: WordMatcher | None = self._index.nodes.get(key)
        if node is None:
            node = WordMatcher(self._index, list(map(self._remembered, terms)))
            self._index.keep(key, node)
        node.meet()
        return node

    def _and(self, query: q.And, boost: float) -> Matcher:
        if not query.subqueries:
            return MatchNone(self._index)
        required: list[Matcher] = []
        filters: list[Matcher] = []
        excluded: list[Matcher] = []
        optional: list[Matcher] = []
        for part in query.subqueries:
            node = self.compile(part, boost * query.boost)
            if isinstance(node, MatchNone):
                return node
            if isinstance(node, Conjunction):  # And within And, and its kin, are the same as one
                required += node.required
                filters += node.filters
                excluded += node.excluded
                optional += node.optional
            else:
                required.append(node)
        if len(required) == 1 and not (filters or excluded or optional):
            return required[0]
        return Conjunction(self._index, required, filters, excluded, optional)

    def _not(self, query: q.Not, boost: float) -> Matcher:
        return Conjunction(self._index, [], excluded=[self.compile(query.query)])

    def _and_not(self, query: q.AndNot, boost: float) -> Matcher:
        return Conjunction(
            self._index, [self.compile(query.a, boost)], excluded=[self.compile(query.b)]
        )

    def _and_maybe(self, query: q.AndMaybe, boost: float) -> Matcher:
        required = self.compile(query.a, boost)
        return Conjunction(self._index, [required], optional=[self.compile(query.b, boost)])

    def _require(self, query: q.Require, boost: float) -> Matcher:
        return self.restricted(self.compile(query.a, boost), self.compile(query.b))

    def restricted(self, node: Matcher, condition: Matcher) -> Matcher:
        """Make the node of the documents of a node that match a condition, too."""
        return Conjunction(self._index, [node], filters=[condition])

    def _best_of(self, query: q.DisjunctionMax, boost: float) -> Matcher:
        # A boost must not come in before the maximum is taken: it might be negative.
        _expect_finite(query.tiebreak, query)
        parts = [self.compile(part) for part in query.subqueries]
        return DisjunctionMaxMatcher(self._index, parts, query.tiebreak, boost * query.boost)

    def _phrase(self, query: q.Phrase, boost: float) -> Matcher:
        field = query.fieldname
        if not query.words:
            return MatchNone(self._index)
        if len(query.words) == 1:
            return self._term(q.Term(field, query.words[0]), boost * query.boost)
        if field in self._texts:
            return self._same_phrases([query], boost)
        if field in self._schema.fields:
            raise QueryError(
                f"expected a text field for the phrase {query!s}, got {field!r}, which has no "
                "positions; use a term"
            )
        return MatchNone(self._index)

    def _same_phrases(self, queries: Sequence[q.Phrase], boost: float) -> Matcher:
        """Make the node of the same phrase in several text fields."""
        phrases = [
            [self._lookup(query.fieldname, term_bytes(word)) for word in query.words]
            for query in queries
        ]
        boosts = [boost * query.boost for query in queries]
        return PhraseMatcher(self._index, phrases, queries[0].slop, boosts)

    def _range(self, query: q.NumericRange, boost: float) -> Matcher:
        return self._number_range(query, query.start, query.end, boost)

    def _number_range(self, query: Any, start: Any, end: Any, boost: float) -> Matcher:
        field = query.fieldname
        if field not in self._numbers:
            if field in self._schema.fields:
                raise QueryError(f"expected a number or date field for {query!s}, got {field!r}")
            return MatchNone(self._index)
        low = None if start is None else self._number(field, start)
        high = None if end is None else self._number(field, end)
        if (low is None) != (start is None) or (high is None) != (end is None):
            return MatchNone(self._index)
        return RangeMatcher(
            self._index, field, low, high, boost * query.boost,
            open_start=query.startexcl, open_end=query.endexcl,
        )  # fmt: skip

    def _number(self, field: str, value: Any) -> int | float | None:
        """Read a number or a date as it is in the segments, or ``None`` for what is neither."""
        if isinstance(value, date):
            return int(datetime_to_long(indexed_time(value)))
        if isinstance(value, int | float):
            return value
        whoosh_field = self._schema.whoosh[field]
        assert isinstance(whoosh_field, NUMERIC)
        try:
            encoded = value if isinstance(value, bytes) else whoosh_field.to_bytes(value)
            decoded = whoosh_field.from_bytes(encoded)
        except Exception:  # Whoosh raises whatever it comes upon, a bare Exception too
            return None
        if isinstance(decoded, datetime):
            return int(datetime_to_long(decoded))
        return decoded if isinstance(decoded, int | float) else None

    def _term_range(self, query: q.TermRange, boost: float) -> Matcher:
        if query.fieldname in self._numbers:
            return self._number_range(query, query.start, query.end, boost)
        start = None if query.start is None else term_bytes(query.start)
        end = None if query.end is None else term_bytes(query.end)
        expand = partial(
            terms_between,
            start=start, end=end, open_start=query.startexcl, open_end=query.endexcl,
        )  # fmt: skip
        return self._terms(query, boost, expand)

    def _prefix(self, query: q.Prefix, boost: float) -> Matcher:
        prefix = term_bytes(query.text)
        if not prefix:
            return MatchAll(self._index, query.fieldname, boost * query.boost)
        return self._terms(query, boost, partial(prefix_terms, prefix=prefix))

    def _wildcard(self, query: q.Wildcard, boost: float) -> Matcher:
        pattern = str(query.text)
        if pattern and not pattern.strip("*"):
            return MatchAll(self._index, query.fieldname, boost * query.boost)
        if not set(pattern.rstrip("*")) & set("*?[") and pattern.endswith("*"):
            prefix = term_bytes(pattern.rstrip("*"))
            return self._terms(query, boost, partial(prefix_terms, prefix=prefix))
        return self._terms(query, boost, partial(wildcard_terms, pattern=pattern))

    def _regex(self, query: q.Regex, boost: float) -> Matcher:
        if query.text == ".*":
            return MatchAll(self._index, query.fieldname, boost * query.boost)
        deadline = time.monotonic() + MAX_SECONDS  # for all regular expressions of the query
        expand = partial(regex_terms, pattern=str(query.text))
        return self._terms(query, boost, expand, deadline=deadline)

    def _fuzzy(self, query: q.FuzzyTerm, boost: float) -> Matcher:
        expand = partial(
            similar_terms,
            text=str(query.text),
            most_edits=int(query.maxdist),
            prefix_length=int(query.prefixlength),
        )
        return self._terms(query, boost, expand)

    def _variations(self, query: q.Variations, boost: float) -> Matcher:
        words = sorted(map(term_bytes, variations(query.text)))
        return self._terms(query, boost, partial(existing_terms, words=tuple(words)))

    def _terms(self, query: Any, boost: float, expand: partial[Any], **limits: float) -> Matcher:
        """Make the node of all terms that a function finds; limits do not change which."""
        field = query.fieldname
        if field in self._numbers:
            raise Unsupported(f"no vectorised evaluation of patterns in numbers: {query!s}")
        if field not in self._texts and field not in self._labels:
            return MatchNone(self._index)
        key = (field, expand.func, *expand.keywords.values())
        expand = partial(expand, **limits)
        return MultiTermMatcher(self._index, field, expand, boost * query.boost, query, key)

    def _every(self, query: q.Every, boost: float) -> Matcher:
        return MatchAll(self._index, query.fieldname, boost * query.boost)

    def _constant(self, query: q.ConstantScoreQuery, boost: float) -> Matcher:
        _expect_finite(boost * query.score, query)
        return ConstantScore(self.compile(query.child), boost * query.score)


def _expect_finite(factor: float, query: q.Query) -> None:
    """Refuse factors with which scores would be no numbers any more.

    Raises:
        QueryError: The factor is not a number, or too large.
    """
    if not abs(factor) < MAX_FACTOR:
        raise QueryError(
            f"expected factors on scores below {MAX_FACTOR:g}, got {factor:g} in a "
            f"{type(query).__name__}"
        )


def term_bytes(text: Any) -> bytes:
    """Write a term as the dictionaries know it: in UTF-8."""
    if isinstance(text, bytes):
        return text
    return str(text).encode("utf-8", "surrogatepass")
