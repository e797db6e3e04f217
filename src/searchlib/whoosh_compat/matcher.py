"""How does Whoosh walk along the postings of a term?"""

from __future__ import annotations

import copy
import math
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Self

from whoosh.matching import Matcher, ReadTooFar

from searchlib.memory import unlocked_cached_property
from searchlib.whoosh_compat.scoring import ArrayScorer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whoosh.formats import Existence, Positions
    from whoosh.scoring import BaseScorer

    from searchlib.whoosh_compat.terms import Postings


class PostingMatcher(Matcher):
    """Walks along the postings of a term. Not for use by several threads at once.

    It claims no bound on its scores. A Whoosh collector then looks at every document, so that its
    ten best are those of the complete ranking, and its count of hits is exact: with bounds they
    are not, for disjunctions within conjunctions among others.

    Args:
        term: The field and the term.
        postings: Its postings, without deleted documents.
        posting_format: The format of the field: it says what a posting can be asked for.
        scorer: Gives the scores; without one a score is the frequency.
    """

    def __init__(
        self,
        term: tuple[str, bytes],
        postings: Postings,
        posting_format: Existence | Positions,
        scorer: BaseScorer | None,
    ) -> None:
        self._term = term
        self._postings = postings
        self._format = posting_format
        self._scorer = scorer
        self._ids: list[int] = postings.docnums.tolist()
        self._end = len(self._ids)
        self._at = 0

    def is_active(self) -> bool:
        """Tell whether there is a current posting."""
        return self._at < self._end

    def reset(self) -> None:
        """Go back to the first posting."""
        self._at = 0

    def copy(self) -> Self:
        """Make another that stands at the same posting."""
        return copy.copy(self)

    def term(self) -> tuple[str, bytes]:
        """Give the field and the term."""
        return self._term

    def id(self) -> int:
        """Give the document of the current posting; of the last one, after the end."""
        at = self._at
        return self._ids[at if at < self._end else -1]

    def all_ids(self) -> Iterator[int]:
        """Iterate over the documents from the current posting on."""
        return iter(self._ids[self._at :])

    def next(self) -> None:
        """Go to the next posting.

        Raises:
            ReadTooFar: There is no current posting.
        """
        if self._at >= self._end:
            raise ReadTooFar
        self._at += 1

    def skip_to(self, id: int) -> None:  # noqa: A002 - as Whoosh names it
        """Go on to the first posting whose document is not below this one.

        Raises:
            ReadTooFar: There is no current posting.
        """
        if self._at >= self._end:
            raise ReadTooFar
        self._at = bisect_left(self._ids, id, self._at)

    def weight(self) -> float:
        """Give the frequency of the term in the document."""
        return self._weights[self._at]

    def score(self) -> float:
        """Give the score of the document."""
        scores = self._scores
        if scores is not None:
            return scores[self._at]
        return self.weight() if self._scorer is None else self._scorer.score(self)

    @unlocked_cached_property
    def _weights(self) -> list[float]:
        weights: list[float] = self._postings.frequencies.astype(float).tolist()
        return weights

    @unlocked_cached_property
    def _scores(self) -> list[float] | None:
        if not isinstance(self._scorer, ArrayScorer):
            return None
        postings = self._postings
        scores: list[float] = self._scorer.scores(postings.frequencies, postings.lengths).tolist()
        return scores

    @unlocked_cached_property
    def _positions(self) -> tuple[list[int], list[int]]:
        """Positions, posting after posting, and where each posting's begin."""
        assert self._postings.load_positions is not None
        positions, starts = self._postings.load_positions()
        return positions.tolist(), starts.tolist()

    def supports(self, astype: str) -> bool:
        """Tell whether a posting has such a value: "frequency", "positions" ..."""
        return self._format.supports(astype)

    def value_as(self, astype: str) -> Any:
        """Give a value of the current posting.

        Raises:
            ValueError: A posting has no such value.
        """
        match astype:
            case "frequency":
                return int(self.weight())
            case "weight":
                return self.weight()
            case "positions" if self.supports("positions"):
                positions, starts = self._positions
                return positions[starts[self._at] : starts[self._at + 1]]
            case "position_boosts" if self.supports("positions"):
                return [(position, 1.0) for position in self.value_as("positions")]
        fieldname, _ = self._term
        raise ValueError(f"field {fieldname!r}: expected a value that postings have, got {astype}")

    def value(self) -> bytes:
        """Give the current posting as it would be written by Whoosh."""
        positions = self.value_as("positions") if self.supports("positions") else []
        value: bytes = self._format.encode(positions)
        return value

    def supports_block_quality(self) -> bool:
        """Tell that there are no bounds for blocks of postings."""
        return False

    def max_quality(self) -> float:
        """Give a score that no posting exceeds; Whoosh asks for one also where there are none."""
        return math.inf

    def block_quality(self) -> float:
        """Give a score that no posting of the current block exceeds."""
        return math.inf

    def skip_to_quality(self, minquality: float) -> int:
        """Skip no block, and return how many were skipped."""
        return 0
