"""Of documents that belong together only the best are hits. Which are they?"""

from __future__ import annotations

from dataclasses import KW_ONLY  # noqa: TC003 - dataclasses look it up
from typing import TYPE_CHECKING, Final

from searchlib.arguments import whole_number
from searchlib.errors import NoFingerprintsError, QueryError
from searchlib.frozen import frozen
from searchlib.memory import unlocked_cached_property
from searchlib.postings import best_of_groups, first_of_groups, highest
from searchlib.query.checks import shown
from searchlib.schema.markers import Key, Keyword
from searchlib.search.collectors import feed
from searchlib.search.groups import COPIES
from searchlib.search.left_out import FoundLeftOut
from searchlib.search.matcher import TopDocs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.collectors import Collector
    from searchlib.search.groups import GroupColumn
    from searchlib.search.matcher import Matcher, Matches
    from searchlib.search.sorting import SortedCollector

_ROOM: Final = 16
"""So many more documents are looked at, beside half as many as are wanted."""
_MARGIN: Final = 0.5
"""By so much the likely number of groups must be more than that of those wanted."""


@frozen
class Collapse:
    """What makes documents a group, and how many of each group are hits.

    Attributes:
        field: ``"copies"``, or a field with one label for each document, such as a source.
            Documents without a label are each on their own, and so are all of them by the key.
        best: How many of a group are hits: the best ones in the order of the results.
    """

    field: str
    _: KW_ONLY
    best: int = 1


def collapse_of(collapse: str | Collapse, schema: DocumentSchema) -> Collapse:
    """Read what to collapse by.

    Raises:
        QueryError: There is no such field, or it is of another kind.
        NoFingerprintsError: No field has texts that tell copies.
    """
    if isinstance(collapse, str):
        collapse = Collapse(collapse)
    if not isinstance(collapse, Collapse):
        raise QueryError(f"expected a field's name or a Collapse, got {collapse!r:.80}")
    whole_number("best", collapse.best, 1, error=QueryError)
    there = [COPIES, *_single_labels(schema)]
    if collapse.field not in there:
        raise QueryError(
            "expected to collapse copies, or by a field with one label for each document, got "
            f"{shown(collapse.field)}{_why_not(collapse.field, schema)}; there are "
            f"{', '.join(there)}"
        )
    if collapse.field == COPIES:
        expect_texts(schema)
    return collapse


def expect_texts(schema: DocumentSchema) -> None:
    """Make sure that there are texts by which copies can be told.

    Raises:
        NoFingerprintsError: There are none.
    """
    if not schema.default_fields:
        raise NoFingerprintsError(
            "expected a model with a default text field, to tell copies by its texts, got none"
        )


def _single_labels(schema: DocumentSchema) -> list[str]:
    return [
        spec.name
        for spec in schema.fields.values()
        if isinstance(spec.marker, Key | Keyword) and not spec.many
    ]


def _why_not(name: object, schema: DocumentSchema) -> str:
    spec = schema.fields.get(name) if isinstance(name, str) else None
    is_many = spec is not None and isinstance(spec.marker, Keyword)
    return " (a document may have several labels there, and be in one group only)" * is_many


class Collapsing:
    """Finds the best documents of each group.

    The best of all are looked at first, a few more than are wanted. If too many of them are of the
    same groups, the best documents of each group are found among all that match.

    Args:
        matcher: What is looked for.
        column: The group of each document.
        best: How many of each group are wanted.
        ranking: Makes a collector of the best documents, so many; ``None`` for those with the
            highest scores.
        collectors: What else is to be learned of all documents that match.
    """

    def __init__(
        self,
        matcher: Matcher,
        column: GroupColumn,
        best: int,
        ranking: Callable[[int], SortedCollector] | None,
        collectors: Sequence[Collector],
    ) -> None:
        self._matcher = matcher
        self._column = column
        self._best = best
        self._ranking = ranking
        self._collectors = collectors

    def top(self, k: int) -> TopDocs:
        """Find the best documents, so many.

        Raises:
            CorruptIndexError: A segment is damaged.
            QueryTooCostly: It would take too long.
        """
        if self._collectors:
            feed(self._matcher.index, *self._matching, self._collectors)
        most = k + k // 2 + _ROOM
        if self._ranking is not None:
            docnums, scores = self._matching
            ranked = self._rank(docnums, scores, most)
            found = self._hits(ranked, k, docnums)
            if len(found.docnums) < min(k, len(docnums)):
                found = self._hits(self._rank(docnums, scores, len(docnums)), k, docnums)
            return found
        for look in (most, 2 * most, 4 * most):
            if self._column.likely(look) >= self._enough(k):
                ranked, docnums = self._matcher.top_and_all(look)
                found = self._hits(ranked, k, docnums)
                if len(docnums) <= look or self._are_all(found, k):
                    return found
                break
        return self._of_all(k)

    def _enough(self, k: int) -> float:
        """Tell how many groups some documents must probably be of, to be looked at first."""
        column = self._column
        return min(k + _MARGIN, column.count + column.single - 1 + _MARGIN)

    def _are_all(self, found: TopDocs, k: int) -> bool:
        """Tell whether so many hits are all there can be."""
        column, count = self._column, len(found.docnums)
        return count == k or (self._best == 1 and not column.single and count == column.count)

    def _of_all(self, k: int) -> TopDocs:
        """Find the hits among the best documents of each group."""
        found, all_scores = self._matcher.listed()
        column = self._column
        places = best_of_groups(found, all_scores, column.numbers, column.count, self._best)
        docnums, scores = found.take(places), all_scores.take(places)
        return self._hits(self._rank(docnums, scores, k), k, found)

    @unlocked_cached_property
    def _matching(self) -> Matches:
        return self._matcher.matches()

    def _rank(self, docnums: Int64Array, scores: Float64Array, k: int) -> TopDocs:
        """Find the best of some documents; with another order than scores, their numbers ascend."""
        if self._ranking is None:
            places = highest(scores, k, docnums)
            return TopDocs(docnums.take(places), scores.take(places), len(docnums))
        ranking = self._ranking(k)
        feed(self._matcher.index, docnums, scores, [ranking])
        return ranking.best

    def _hits(self, ranked: TopDocs, k: int, found: Int64Array) -> TopDocs:
        """Take of documents in order the first of each group, up to k in all.

        Args:
            ranked: The documents.
            k: How many.
            found: All that match, in any order.
        """
        groups = self._column.numbers.take(ranked.docnums)
        places, before = first_of_groups(groups, self._best)
        places = places[:k]
        left_out = FoundLeftOut(
            self._column,
            self._best,
            found,
            lambda: self._matching,
            lambda docnums, scores, most: self._rank(docnums, scores, most).docnums,
            groups.take(places),
            before,
        )
        docnums, scores = ranked.docnums.take(places), ranked.scores.take(places)
        return TopDocs(docnums, scores, len(found), left_out=left_out)
