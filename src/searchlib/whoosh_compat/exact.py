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

    from searchlib.arrays import Float64Array, Int64Array


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
        if context is not None and context.needs_current:
            matcher: Matcher = self.child.matcher(searcher, context)
            return matcher if self.boost == 1.0 else WrappingMatcher(matcher, self.boost)
        docnums, scores = matches_of(self.child, searcher, context)
        return _listed(docnums, scores * self.boost)


def matches_of(
    query: q.Query, searcher: Any, context: Any = None
) -> tuple[Int64Array, Float64Array]:
    """Let Whoosh find what a query object matches, walking simply from first to last.

    Args:
        query: The object.
        searcher: A searcher of Whoosh's, as :func:`~searchlib.whoosh_compat.whoosh_searcher`
            makes it.
        context: What Whoosh tells matchers about the search; that of a scored one if not given.

    Returns:
        The docnums of all documents that match, ascending and without those deleted, shape (N,),
        int64; and their scores, shape (N,), float64.
    """
    matcher: Matcher = query.matcher(searcher, context or searcher.context())
    is_deleted = searcher.reader().is_deleted
    docnums: list[int] = []
    scores: list[float] = []
    while matcher.is_active():
        if not is_deleted(matcher.id()):
            docnums.append(matcher.id())
            # A matcher of columns has no score, whatever it says.
            scores.append(1.0 if isinstance(matcher, q.ColumnMatcher) else matcher.score())
        matcher.next()
    return np.array(docnums, np.int64), np.array(scores, np.float64)


def _alike(docnums: Iterable[int], score: float) -> Matcher:
    """Make a matcher of some documents that all have the same score."""
    found = np.array(sorted(docnums), np.int64)
    return _listed(found, np.full(len(found), score))


def _listed(docnums: Int64Array, scores: Any) -> Matcher:
    """Make a matcher of some documents, ascending, with their scores."""
    if not len(docnums):
        nothing: Matcher = NullMatcher()
        return nothing
    # Without a scorer, a score is the frequency.
    postings = Postings(docnums.astype(np.int32), scores)
    return PostingMatcher(("", b""), postings, Existence(), None)
