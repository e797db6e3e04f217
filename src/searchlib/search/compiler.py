"""What is to be done for a query? The tree of what is asked for as a tree of matchers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.query import tree
from searchlib.query.one_of import OneOf
from searchlib.search.boolean import Conjunction, Disjunction, DisjunctionMaxMatcher
from searchlib.search.constant import ConstantScore, MatchAll
from searchlib.search.matcher import Found, Matcher, MatchNone
from searchlib.search.synonym_matchers import Occurring, SynonymMatcher
from searchlib.search.term_matchers import WordMatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from searchlib.query.tree import Query
    from searchlib.search.index_view import IndexView
    from searchlib.search.matcher import Matches

N = TypeVar("N")
N_co = TypeVar("N_co", covariant=True)
"""What a query is compiled to: a matcher, or what a server understands."""

MAX_FACTOR: Final = 1e30
"""Boosts and constant scores are below it, so that what they are multiplied by stays finite."""


@frozen
class _How:
    """How a part of a query is compiled.

    Attributes:
        boost: Factor on its scores.
        keep_stop_words: Whether stop words count.
        verbatim: Whether its words are terms already.
    """

    boost: float = 1.0
    keep_stop_words: bool = False
    verbatim: bool = False


_PLAINLY: Final = _How()
_KEEPING_STOP_WORDS: Final = _How(keep_stop_words=True)


class Leaves(Protocol[N_co]):
    """Makes nodes of the leaves of queries; ``None`` for what says nothing."""

    @property
    def mixes_languages(self) -> bool:
        """Whether a word may be a stop word in one field, or language, and none in another."""

    def is_partly_stop_word(self, word: Query) -> bool:
        """Tell whether a word is a stop word in a field, or language, that it is looked for in."""

    def word(
        self, word: tree.Word, boost: float, *, keep_stop_words: bool, verbatim: bool
    ) -> N_co | None:
        """Make the node of a word."""

    def phrase(
        self, phrase: tree.Phrase, boost: float, *, keep_stop_words: bool, verbatim: bool
    ) -> N_co | None:
        """Make the node of a phrase."""

    def pattern(self, leaf: Any, boost: float, *, verbatim: bool) -> N_co | None:
        """Make the node of a pattern."""

    def term(self, query: tree.Term, boost: float, *, verbatim: bool = False) -> N_co:
        """Make the node of a value."""

    def range(self, query: tree.Range, boost: float, *, verbatim: bool) -> N_co:
        """Make the node of values from one to another."""

    def exists(self, query: tree.Exists, boost: float) -> N_co:
        """Make the node of all documents that have something in a field."""

    def near(self, query: tree.Near, boost: float, *, verbatim: bool) -> N_co | None:
        """Make the node of what stands close together."""


class ConjunctionParts(Protocol[N_co]):
    """What a conjunction consists of."""

    @property
    def required(self) -> Sequence[N_co]:
        """The parts that must match."""

    @property
    def filters(self) -> Sequence[N_co]:
        """The parts that must match, too, without a score."""

    @property
    def excluded(self) -> Sequence[N_co]:
        """The parts that must not match."""

    @property
    def optional(self) -> Sequence[N_co]:
        """The parts that need not match."""


class Nodes(Protocol[N]):
    """Puts nodes together."""

    def everything(self, boost: float) -> N:
        """Match all documents."""

    def nothing(self) -> N:
        """Match none."""

    def foreign(self, query: Query, boost: float) -> N:
        """Match what a query does of a kind that is not known here."""

    def conjunction(
        self,
        required: Sequence[N],
        filters: Sequence[N] = (),
        excluded: Sequence[N] = (),
        optional: Sequence[N] = (),
    ) -> N:
        """Match what all required parts and filters do, and nothing that is excluded."""

    def parts(self, node: N) -> ConjunctionParts[N] | None:
        """Give what a conjunction consists of; ``None`` for another node."""

    def disjunction(self, parts: Sequence[N]) -> N:
        """Match what any of several parts does."""

    def disjunction_max(self, parts: Sequence[N], tie_breaker: float, boost: float) -> N:
        """Match what any of some parts does, with the highest of the scores."""

    def one_of(self, parts: Sequence[N], boost: float) -> N:
        """Match what any of some parts does that mean the same."""

    def constant(self, part: N, score: float) -> N:
        """Match what a part does, with one score."""


class MatcherNodes:
    """Puts matchers together.

    Args:
        index: Where they look.
        matches: Finds what a query of a kind that is not known here matches.
    """

    def __init__(self, index: IndexView, matches: Callable[[Query], Matches]) -> None:
        self._index = index
        self._matches = matches

    def everything(self, boost: float) -> Matcher:
        """Match all documents."""
        return MatchAll(self._index, None, boost)

    def nothing(self) -> Matcher:
        """Match none."""
        return MatchNone(self._index)

    def foreign(self, query: Query, boost: float) -> Matcher:
        """Match what a query does of a kind that is not known here."""
        return Found(self._index, self._matches(query), boost)

    def conjunction(
        self,
        required: Sequence[Matcher],
        filters: Sequence[Matcher] = (),
        excluded: Sequence[Matcher] = (),
        optional: Sequence[Matcher] = (),
    ) -> Matcher:
        """Match what all required parts and filters do, and nothing that is excluded."""
        return Conjunction(self._index, required, filters, excluded, optional)

    def parts(self, node: Matcher) -> Conjunction | None:
        """Give a conjunction itself, which knows its parts."""
        return node if type(node) is Conjunction else None

    def disjunction(self, parts: Sequence[Matcher]) -> Matcher:
        """Match what any of several parts does."""
        return Disjunction(self._index, parts)

    def disjunction_max(
        self, parts: Sequence[Matcher], tie_breaker: float, boost: float
    ) -> Matcher:
        """Match what any of some parts does, with the highest of the scores."""
        return DisjunctionMaxMatcher(self._index, parts, tie_breaker, boost)

    def one_of(self, parts: Sequence[Matcher], boost: float) -> Matcher:
        """Match what any of some parts does that mean the same: they count as one word."""
        one_word = [matcher for matcher in parts if isinstance(matcher, Occurring)]
        if len(one_word) == len(parts):
            return SynonymMatcher(self._index, one_word, boost)
        # In fields of several languages a word may be one in some and a phrase in others.
        return DisjunctionMaxMatcher(self._index, parts, 0.0, boost)

    def constant(self, part: Matcher, score: float) -> Matcher:
        """Match what a part does, with one score."""
        return ConstantScore(part, score)


class Compiler(Generic[N]):
    """Makes nodes of queries: matchers for the index in a folder.

    Stop words say nothing, unless there is nothing else in a query, or nothing else that must
    match in a group.

    Args:
        nodes: Puts nodes together.
        leaves: Makes the nodes of leaves.
    """

    def __init__(self, nodes: Nodes[N], leaves: Leaves[N]) -> None:
        self._nodes = nodes
        self._leaves = leaves

    def compile(self, query: Query) -> N:
        """Make the matcher of a query.

        Raises:
            QueryError: A part makes no sense for its field.
            QueryTooCostly: A pattern stands for too many terms.
        """
        keep = self._leaves.mixes_languages and self._has_only_stop_words(query)
        matcher = None if keep else self._make(query, _PLAINLY)
        if matcher is None:
            matcher = self._make(query, _KEEPING_STOP_WORDS)
        return self._nodes.nothing() if matcher is None else matcher

    def word_of_term(self, term: str) -> WordMatcher | None:
        """Make the matcher of a term in the default fields; ``None`` if there are none of text."""
        word = tree.Word(term)
        found = self._leaves.word(word, 1.0, keep_stop_words=True, verbatim=True)
        return found if type(found) is WordMatcher else None

    def _has_only_stop_words(self, query: Query) -> bool:
        """Tell whether each word is a stop word in one of its fields, and there is nothing else."""
        leaves = (part for part in tree.walk(query) if not part.children())
        return all(self._leaves.is_partly_stop_word(leaf) for leaf in leaves)

    def restricted(self, matcher: N, conditions: Sequence[Query]) -> N:
        """Make the matcher of the documents of one that match conditions, too.

        Each condition is compiled by itself, so a stop word alone in one counts.

        Raises:
            QueryError, QueryTooCostly: As :meth:`compile`.
        """
        filters = [self.compile(condition) for condition in conditions]
        return self._nodes.conjunction([matcher], filters) if filters else matcher

    def _make(self, query: Query, how: _How) -> N | None:
        """Make the matcher of a part; ``None`` if it says nothing."""
        make = _MAKERS.get(type(query))
        if make is None:
            return self._nodes.foreign(query, how.boost)
        made: N | None = make(self, query, how)
        return made

    def _members(self, parts: Sequence[Query], how: _How) -> Iterable[tuple[Query, N | None]]:
        """Make the matchers of a group, with equal words as one that the query has several times.

        Words are equal if they have the same terms, fields and boost. Other leaves that are equal
        share a matcher, so that what they find is found once.
        """
        found: dict[Hashable, tuple[Query, Any]] = {}
        made: dict[Query, Any] = {}
        for place, part in enumerate(parts):
            if type(part) in _SHARED:
                matcher = made[part] if part in made else self._make(part, how)
                made[part] = matcher
            else:
                matcher = self._make(part, how)
            if type(matcher) is not WordMatcher or not _is_word(part):
                found[place] = part, matcher
                continue
            first, before = found.get(matcher.key, (part, None))
            again = matcher if before is None else matcher.repeated(before.count + 1)
            found[matcher.key] = first, again
        return found.values()

    def _match_all(self, query: Query, how: _How) -> N:
        return self._nodes.everything(how.boost)

    def _exists(self, query: tree.Exists, how: _How) -> N:
        return self._leaves.exists(query, how.boost)

    def _word(self, query: tree.Word, how: _How) -> N | None:
        return self._leaves.word(
            query, how.boost, keep_stop_words=how.keep_stop_words, verbatim=how.verbatim
        )

    def _phrase(self, query: tree.Phrase, how: _How) -> N | None:
        return self._leaves.phrase(
            query, how.boost, keep_stop_words=how.keep_stop_words, verbatim=how.verbatim
        )

    def _pattern(self, query: Any, how: _How) -> N | None:
        return self._leaves.pattern(query, how.boost, verbatim=how.verbatim)

    def _term(self, query: tree.Term, how: _How) -> N:
        return self._leaves.term(query, how.boost, verbatim=how.verbatim)

    def _range(self, query: tree.Range, how: _How) -> N:
        return self._leaves.range(query, how.boost, verbatim=how.verbatim)

    def _near(self, query: tree.Near, how: _How) -> N | None:
        return self._leaves.near(query, how.boost, verbatim=how.verbatim)

    def _and(self, query: tree.And, how: _How) -> N | None:
        required: list[N] = []
        optional: list[N] = []
        excluded: list[N] = []
        filters: list[N] = []
        says_nothing = False
        for part, matcher in self._members(query.parts, how):
            if matcher is None:
                says_nothing = says_nothing or type(part) is not tree.Not
            elif type(matcher) is MatchNone:
                return matcher
            elif self._need_not_match(part, how):
                optional.append(matcher)
            elif inner := self._nodes.parts(matcher):  # And within And, and its kin, are one
                required += inner.required
                filters += inner.filters
                excluded += inner.excluded
                optional += inner.optional
            else:
                required.append(matcher)
        if not required and not filters and (says_nothing or optional) and not how.keep_stop_words:
            return self._and(query, _keeping(how)) if excluded else None
        if len(required) == 1 and not (filters or excluded or optional):
            return required[0]
        if not (required or filters or excluded or optional):
            return None if says_nothing else self._nodes.nothing()
        return self._nodes.conjunction(required, filters, excluded, optional)

    def _need_not_match(self, part: Query, how: _How) -> bool:
        """Tell whether a part is stop words of one of its fields, and so required in none.

        A part that consists of others is that if each of those is that must match.
        """
        if how.keep_stop_words or how.verbatim or not self._leaves.mixes_languages:
            return False
        match part:
            case tree.Not(part=tree.Not(negated=inner)) | tree.AndMaybe(part=inner):
                return self._need_not_match(inner, how)
            case tree.Not() | tree.Near() | tree.Verbatim():
                return False
            case _ if parts := part.children():
                return all(self._need_not_match(one, how) for one in parts)
            case _:
                return self._leaves.is_partly_stop_word(part)

    def _required(self, part: Query, how: _How) -> N | None:
        """Make the matcher of a part that must match; ``None`` if it need not or says nothing."""
        return None if self._need_not_match(part, how) else self._make(part, how)

    def _or(self, query: tree.Or, how: _How) -> N | None:
        found = [matcher for _, matcher in self._members(query.parts, how)]
        if query.parts and all(matcher is None for matcher in found):
            return None
        parts: list[N] = []
        for matcher in found:
            whole: Any = matcher
            if type(matcher) is Disjunction:  # Or within Or is the same as one
                parts += whole.parts
            elif matcher is not None and type(matcher) is not MatchNone:
                parts.append(matcher)
        if len(parts) == 1:
            return parts[0]
        return self._nodes.disjunction(parts) if parts else self._nodes.nothing()

    def _one_of(self, query: OneOf, how: _How) -> N | None:
        inner = _How(1.0, how.keep_stop_words, how.verbatim)
        found = [self._make(part, inner) for part in query.parts]
        parts = [matcher for matcher in found if matcher is not None]
        return self._nodes.one_of(parts, how.boost) if parts else None

    def _not(self, query: tree.Not, how: _How) -> N | None:
        part = self._make(query.negated, _How(1.0, how.keep_stop_words, how.verbatim))
        return None if part is None else self._nodes.conjunction([], excluded=[part])

    def _and_maybe(self, query: tree.AndMaybe, how: _How) -> N | None:
        required = self._required(query.part, how)
        found = [self._make(part, how) for part in query.optional]
        optional = [matcher for matcher in found if matcher is not None]
        if required is None:
            return self._nodes.disjunction(optional) if optional else None
        return self._nodes.conjunction([required], optional=optional)

    def _require(self, query: tree.Require, how: _How) -> N | None:
        unscored = _How(1.0, how.keep_stop_words, how.verbatim)
        found = [self._required(part, unscored) for part in query.conditions]
        filters = [matcher for matcher in found if matcher is not None]
        scored = self._required(query.part, how)
        if scored is None:
            return self._nodes.conjunction(filters) if filters else None
        return self._nodes.conjunction([scored], filters=filters)

    def _disjunction_max(self, query: tree.DisjunctionMax, how: _How) -> N | None:
        # A boost must not come in before the maximum is taken: it might be negative.
        _expect_finite(query.tie_breaker, query)
        inner = _How(1.0, how.keep_stop_words, how.verbatim)
        found = [self._make(part, inner) for part in query.parts]
        parts = [matcher for matcher in found if matcher is not None]
        if query.parts and not parts:
            return None
        return self._nodes.disjunction_max(parts, query.tie_breaker, how.boost)

    def _boost(self, query: tree.Boost, how: _How) -> N | None:
        _expect_finite(how.boost * query.factor, query)
        boost = how.boost * query.factor
        return self._make(query.part, _How(boost, how.keep_stop_words, how.verbatim))

    def _constant_score(self, query: tree.ConstantScore, how: _How) -> N | None:
        _expect_finite(how.boost * query.score, query)
        part = self._make(query.part, _How(1.0, how.keep_stop_words, how.verbatim))
        return None if part is None else self._nodes.constant(part, how.boost * query.score)

    def _verbatim(self, query: tree.Verbatim, how: _How) -> N | None:
        return self._make(query.part, _How(how.boost, keep_stop_words=True, verbatim=True))


_SHARED: Final = frozenset(
    {tree.Phrase, tree.Prefix, tree.Wildcard, tree.Regex, tree.Fuzzy, tree.Near}
)
"""Kinds of leaves that take long to evaluate."""


def _is_word(query: Query) -> bool:
    while isinstance(query, (tree.Boost, tree.Verbatim)):
        query = query.part
    return isinstance(query, (tree.Word, tree.Term))


def _keeping(how: _How) -> _How:
    return _How(how.boost, keep_stop_words=True, verbatim=how.verbatim)


def _expect_finite(factor: float, query: Query) -> None:
    """Refuse factors with which scores would be no numbers any more.

    Raises:
        QueryError: The factor is not a number, or too large.
    """
    if not abs(factor) < MAX_FACTOR:
        raise QueryError(
            f"expected factors on scores below {MAX_FACTOR:g}, got {factor:g} in a "
            f"{type(query).__name__}"
        )


_MAKERS: Final[dict[type[Query], Callable[[Any, Any, _How], Any]]] = {
    tree.MatchAll: Compiler._match_all,
    tree.Exists: Compiler._exists,
    tree.Word: Compiler._word,
    tree.Phrase: Compiler._phrase,
    tree.Prefix: Compiler._pattern,
    tree.Wildcard: Compiler._pattern,
    tree.Regex: Compiler._pattern,
    tree.Fuzzy: Compiler._pattern,
    tree.Term: Compiler._term,
    tree.Range: Compiler._range,
    tree.Near: Compiler._near,
    tree.And: Compiler._and,
    tree.Or: Compiler._or,
    OneOf: Compiler._one_of,
    tree.Not: Compiler._not,
    tree.AndMaybe: Compiler._and_maybe,
    tree.Require: Compiler._require,
    tree.DisjunctionMax: Compiler._disjunction_max,
    tree.Boost: Compiler._boost,
    tree.ConstantScore: Compiler._constant_score,
    tree.Verbatim: Compiler._verbatim,
}
"""Not bound to a compiler, which would then refer to itself, and hold its commit until gc runs."""
