"""Why does a document have the score that it has? The tree of what its parts contribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.postings import Scoring
    from searchlib.search.index_view import IndexView


@frozen
class Explanation:
    """A number, and what it is made of.

    Attributes:
        value: The number.
        description: What it is, and how it is made of the details: "sum of", "product of" ...
        details: What it is made of.
    """

    value: float
    description: str
    details: tuple[Explanation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Write the tree as JSON has it."""
        return {
            "value": self.value,
            "description": self.description,
            "details": [detail.to_json() for detail in self.details],
        }

    def __str__(self) -> str:
        return "\n".join(self._lines(0))

    def _lines(self, depth: int) -> Iterable[str]:
        yield f"{'  ' * depth}{self.value:.6g} = {self.description}"
        for detail in self.details:
            yield from detail._lines(depth + 1)


def sum_of(details: Sequence[Explanation], description: str) -> Explanation:
    """Explain a sum; a sum of one thing is this."""
    if len(details) == 1:
        return details[0]
    total = sum(detail.value for detail in details)
    return Explanation(float(total), f"{description}, sum of", tuple(details))


def factors_of_boost(boost: float) -> list[Explanation]:
    """Explain the boost of a part of the query, if it has one."""
    return [] if boost == 1 else [Explanation(boost, "boost in the query")]


def idf_factor(idf: float, index: IndexView, df: int) -> Explanation:
    """Explain an inverse document frequency."""
    return Explanation(
        idf, f"idf, ln(1 + (N - df + 0.5) / (df + 0.5)) with df {df:,} of N {index.doc_count:,}"
    )


def burstiness_factor(scoring: Scoring, df: int, cf: int) -> Explanation:
    """Explain how much more a word says that comes several times where it comes at all."""
    return Explanation(
        scoring.burstiness(df, cf),
        f"burstiness, ((cf + 1) / (df + 1))^{scoring.burst:g} with cf {cf:,}",
    )


def saturated_factor(
    index: IndexView, docnum: int, fields: Iterable[tuple[str, int, float]]
) -> Explanation:
    """Explain the saturated frequency of something in a document.

    Args:
        index: Where.
        docnum: The document.
        fields: For each text field its name, how often it is there, and the weight of that.
    """
    return saturated_sum(index, weighted_frequencies(index, docnum, fields))


def saturated_sum(index: IndexView, there: Sequence[Explanation]) -> Explanation:
    """Explain the saturation of what some weighted frequencies add up to."""
    scoring = index.scoring
    x = sum(part.value for part in there)
    return Explanation(
        (scoring.k1 + 1) * x / (scoring.k1 + x),
        f"saturated frequency, (k1 + 1) x / (k1 + x) with k1 {scoring.k1:g} and x {x:.6g}, "
        "where x is the sum of",
        tuple(there),
    )


def weighted_frequencies(
    index: IndexView, docnum: int, fields: Iterable[tuple[str, int, float]]
) -> list[Explanation]:
    """Explain what the frequency in each field counts where it is not 0, as for all fields."""
    return [_weighted(index, docnum, *field) for field in fields if field[1]]


def _weighted(
    index: IndexView, docnum: int, field: str, frequency: int, boost: float
) -> Explanation:
    length, average, b = index.length(field, docnum), index.average_length(field), index.scoring.b
    return Explanation(
        boost * frequency / (1 - b + b * length / average),
        f"{field}, boost tf / (1 - b + b dl / avgdl) with boost {boost:g}, tf {frequency}, "
        f"b {b:g}, dl {length}, avgdl {average:.6g}",
    )


def product_of(score: float, description: str, factors: Sequence[Explanation]) -> Explanation:
    """Explain a product, whose value was computed in 32 bits."""
    return Explanation(score, f"{description}, product of", tuple(factors))
