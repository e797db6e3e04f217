"""What do texts such as ``-published`` and ``published:30d`` ask of a ranking?

The command line and the API take them under the same names, and read them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from searchlib.errors import QueryError
from searchlib.search.order import Sort

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.search.collapse import Collapse
    from searchlib.search.recency import Recency

Missing = Literal["last", "first"]


def scoring_of(*, recencies: Iterable[str] = (), searched: str | None = None) -> dict[str, Any]:
    """Read what decides the scores.

    Args:
        recencies: Boosts for what is new, as :func:`recency_of` reads them.
        searched: Where to search, as :func:`fields_of` reads it.

    Returns:
        Keyword arguments of :meth:`searchlib.Index.explain`, and of searches.

    Raises:
        QueryError: One is something else.
    """
    return {
        "boost": [recency_of(text) for text in recencies] or None,
        "fields": fields_of(searched),
    }


def ranking_of(
    *,
    sorts: Iterable[str] = (),
    missing: Missing | None = None,
    collapse: str | None = None,
    best: int | None = None,
    **scoring: Any,
) -> dict[str, Any]:
    """Read what decides which hits there are, and their order.

    Args:
        sorts: What to sort by, as :func:`sorts_of` reads it.
        missing: Where documents come that have no value to sort by.
        collapse: What makes documents a group.
        best: How many of a group are hits.
        scoring: What :func:`scoring_of` takes.

    Returns:
        Keyword arguments of :meth:`searchlib.Index.search`.

    Raises:
        QueryError: One is something else, or has no effect without another.
    """
    order = sorts_of(sorts, missing or "last")
    if missing is not None and not order:
        raise QueryError(
            "expected sort with missing, which says where articles come that have no value to "
            "sort by"
        )
    if best is not None and collapse is None:
        raise QueryError("expected collapse with best, which says how many of a group are hits")
    return {
        "sort": order,
        "collapse": None if collapse is None else _collapse(collapse, best),
        **scoring_of(**scoring),
    }


def sorts_of(texts: Iterable[str], missing: Missing = "last") -> list[Sort]:
    """Read what to sort by: names between commas, in one text or in several.

    Raises:
        QueryError: A name is missing, or comes twice.
    """
    given = list(texts)
    names = _names("sort", ",".join(given)) if given else []
    return [Sort.named(name, missing=missing) for name in names]


def recency_of(text: str) -> Recency:
    """Read a boost: ``published:30d``, or ``published:30d:0.8`` with its weight.

    Raises:
        QueryError: It is something else.
    """
    from searchlib.search.recency import Recency

    field, _, rest = text.partition(":")
    if not rest:
        raise QueryError(
            f"expected a field and a half-life such as published:30d for recency, got {text!r:.80}"
        )
    half_life, _, weight = rest.partition(":")
    return (
        Recency(field, half_life, weight=_number(weight)) if weight else Recency(field, half_life)
    )


def fields_of(text: str | None) -> list[str] | dict[str, float] | None:
    """Read where to search: ``title,body``, or ``title^3,body`` with weights; ``None`` as itself.

    Raises:
        QueryError: A name is missing or comes twice, or a weight is no number.
    """
    if text is None:
        return None
    pairs = [name.partition("^") for name in _names("fields", text)]
    names = [name for name, _, _ in pairs]
    if not any(sign for _, sign, _ in pairs):
        return names
    return {name: _number(weight) if sign else 1.0 for name, sign, weight in pairs}


def _collapse(field: str, best: int | None) -> Collapse:
    from searchlib.search.collapse import Collapse

    return Collapse(field, best=1 if best is None else best)


def _names(option: str, text: str) -> list[str]:
    """Take names apart; one that comes twice would say two things, or nothing.

    Raises:
        QueryError: One is missing, or comes twice.
    """
    names = [part.strip() for part in text.split(",")]
    if not all(names):
        raise QueryError(f"expected {option} as names with commas between them, got {text!r:.80}")
    fields = [name.removeprefix("-").partition("^")[0] for name in names]
    for name in fields:
        if fields.count(name) > 1:
            raise QueryError(f"expected {option} to name {name!r:.80} once, got {text!r:.80}")
    return names


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise QueryError(f"expected a weight as a number, got {text!r:.80}") from error
