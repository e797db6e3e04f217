"""Do two engines answer the same question? Their numbers of hits tell, before anything is timed."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

Answer = tuple[int | None, list[str], int, float]
"""The number of hits, the ids of the best, the number of snippets, and the seconds it took."""

_NEAR_RATIO: Final = 0.1
_NEAR_HITS: Final = 2


def compare(
    answers: Sequence[Answer], reference: Sequence[Answer], least_near: float
) -> dict[str, Any]:
    """Compare the answers of an engine with those of searchlib to the same queries.

    Args:
        answers: The engine's, one for each query.
        reference: searchlib's.
        least_near: The least share of queries with nearly the same number of hits.

    Returns:
        ``equal`` and ``near``: the shares of queries with the same number of hits, and with one
        that is off by at most a tenth or two hits; ``hits``: all hits, and ``reference_hits``;
        ``same_best``: the mean share of the best ten that are the same; ``ok``.
    """
    best = mean(map(_same_best, answers, reference)) if answers else 1.0
    pairs = [
        (ours[0], theirs[0])
        for ours, theirs in zip(answers, reference, strict=True)
        if ours[0] is not None and theirs[0] is not None
    ]
    if not pairs:
        return {"ok": True, "counted": False, "same_best": round(best, 3)}
    near = mean(_is_near(ours, theirs) for ours, theirs in pairs)
    return {
        "ok": near >= least_near,
        "counted": True,
        "equal": round(mean(ours == theirs for ours, theirs in pairs), 3),
        "near": round(near, 3),
        "hits": sum(ours for ours, _ in pairs),
        "reference_hits": sum(theirs for _, theirs in pairs),
        "same_best": round(best, 3),
    }


def _is_near(ours: int, theirs: int) -> bool:
    return abs(ours - theirs) <= max(_NEAR_HITS, _NEAR_RATIO * theirs)


def _same_best(ours: Answer, theirs: Answer) -> float:
    size = max(len(ours[1]), len(theirs[1]))
    return len(set(ours[1]) & set(theirs[1])) / size if size else 1.0
