"""Which of Whoosh's queries find or score wrongly, and what is in their place?

Those that stand for a query of Whoosh's equal it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh import query as q
from whoosh.formats import Existence
from whoosh.matching import IntersectionMatcher, Matcher, NullMatcher, WrappingMatcher

from searchlib.whoosh_compat.matcher import PostingMatcher
from searchlib.whoosh_compat.terms import Postings

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExactNot(q.Not):
    """Documents that do not match a query, with the score 0.

    Whoosh gives them the score 1, and finds deleted documents among them.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, q.Not) and bool(other.query == self.query)

    def __hash__(self) -> int:
        return hash(q.Not(self.query, self.boost))

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Make the matcher of the documents."""
        excluded = set(self.query.docs(searcher))
        return _alike(set(searcher.reader().all_doc_ids()) - excluded, 0.0)


class ExactRequire(q.Require):
    """Documents that match a query and a condition, with the scores of the query.

    Whoosh's matcher goes on with the query alone where one of the two ends.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, q.Require) and bool(other.a == self.a and other.b == self.b)

    def __hash__(self) -> int:
        return hash(q.Require(self.a, self.b))

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Make the matcher of the documents."""
        condition = _alike(self.b.docs(searcher), 0.0)
        both: Any = IntersectionMatcher  # whose values are those of neither, so that it has none
        matcher: Matcher = both(self.a.matcher(searcher, context), condition)
        return matcher


class ExactConstantScore(q.ConstantScoreQuery):
    """Documents of a query, all with the same score. Whoosh makes a score of 0 one of 1."""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, q.ConstantScoreQuery)
            and bool(other.child == self.child)
            and other.score == self.score
        )

    def __hash__(self) -> int:
        return hash(q.ConstantScoreQuery(self.child, self.score))

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Make the matcher of the documents."""
        return _alike(self.child.docs(searcher), self.score)


class ForeignQuery(q.WrappingQuery):
    """Any query object, with a boost and made fit to be a part of others.

    Some classes can't tell how many documents they find, which Whoosh asks a part for; the
    matchers of some skip documents or fail where they are not simply walked from first to last,
    and some find deleted documents. So the documents are listed first, but within a span query.
    """

    def __init__(self, child: q.Query, boost: float = 1.0) -> None:
        super().__init__(child)
        self.boost = boost

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ForeignQuery)
            and other.child is self.child
            and other.boost == self.boost
        )

    def __hash__(self) -> int:
        return id(self.child)

    def estimate_size(self, ixreader: Any) -> int:
        """Give the number of documents it finds at most."""
        try:
            return int(self.child.estimate_size(ixreader))
        except NotImplementedError:
            return int(ixreader.doc_count())

    def estimate_min_size(self, ixreader: Any) -> int:
        """Give the number of documents it finds at least."""
        return 0

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Make the matcher of the documents."""
        matcher: Matcher = self.child.matcher(searcher, context)
        if context is not None and context.needs_current:
            return matcher if self.boost == 1.0 else WrappingMatcher(matcher, self.boost)
        is_deleted = searcher.reader().is_deleted
        scores: dict[int, float] = {}
        while matcher.is_active():
            if not is_deleted(matcher.id()):
                # A matcher of columns has no score, other than Whoosh has it.
                score = 1.0 if isinstance(matcher, q.ColumnMatcher) else matcher.score()
                scores[matcher.id()] = self.boost * score
            matcher.next()
        return _listed(scores)


def _alike(docnums: Iterable[int], score: float) -> Matcher:
    """Make a matcher of some documents that all have the same score."""
    return _listed(dict.fromkeys(sorted(docnums), score))


def _listed(scores: dict[int, float]) -> Matcher:
    """Make a matcher of some documents, ascending, with their scores."""
    if not scores:
        nothing: Matcher = NullMatcher()
        return nothing
    frequencies: Any = np.array([*scores.values()], np.float64)  # without a scorer, it is these
    postings = Postings(np.array([*scores], np.int32), frequencies)
    return PostingMatcher(("", b""), postings, Existence(), None)
