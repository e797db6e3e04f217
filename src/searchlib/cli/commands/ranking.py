"""Options that say how hits are scored and in which order they come."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Literal

import click

from searchlib.cli.commands.options import friendly_errors
from searchlib.errors import QueryError
from searchlib.search.order import Sort
from searchlib.search.recency import Recency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

sort_option = click.option(
    "--sort",
    "sorts",
    multiple=True,
    metavar="FIELD,...",
    help='Sort by fields; "-published" for newest first, "score" for best first.',
)
missing_option = click.option(
    "--missing",
    type=click.Choice(["last", "first"]),
    default="last",
    show_default=True,
    help="Where articles come that have no value to sort by.",
)
_recency_option = click.option(
    "--recency",
    "recencies",
    multiple=True,
    metavar="FIELD:HALF-LIFE[:WEIGHT]",
    help="Let new articles count for more: published:30d, or published:1y:0.8.",
)
_fields_option = click.option(
    "--fields",
    metavar="FIELD[^WEIGHT],...",
    help="Where to search if the query names no field: title^3,body.",
)


def scoring_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of scores; it gets them as one ``scoring``.

    ``scoring`` holds keyword arguments of :meth:`searchlib.Index.search`.
    """

    @friendly_errors
    @wraps(command)
    def wrapped(*args: Any, recencies: tuple[str, ...], fields: str | None, **kwargs: Any) -> None:
        scoring = {
            "boost": [recency_of(text) for text in recencies],
            "fields": None if fields is None else fields_of(fields),
        }
        command(*args, scoring=scoring, **kwargs)

    for option in (_fields_option, _recency_option):
        wrapped = option(wrapped)
    return wrapped


def sort_of(sorts: Iterable[str], missing: Literal["last", "first"] = "last") -> list[Sort]:
    """Read what to sort by: names between commas, in one text or in several."""
    return [Sort.named(name, missing=missing) for text in sorts for name in _parts(text)]


def recency_of(text: str) -> Recency:
    """Read a boost: ``published:30d``, or ``published:30d:0.8`` with its weight.

    Raises:
        QueryError: It is something else.
    """
    field, _, rest = text.partition(":")
    if not rest:
        raise QueryError(
            f"expected a field and a half-life such as published:30d for --recency, got {text!r}"
        )
    half_life, _, weight = rest.partition(":")
    return (
        Recency(field, half_life, weight=_number(weight)) if weight else Recency(field, half_life)
    )


def fields_of(text: str) -> list[str] | dict[str, float]:
    """Read where to search: ``title,body``, or ``title^3,body`` with weights.

    Raises:
        QueryError: A weight is no number.
    """
    names = _parts(text)
    if not any("^" in name for name in names):
        return names
    pairs = (name.partition("^") for name in names)
    return {name: _number(weight) if sign else 1.0 for name, sign, weight in pairs}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise QueryError(f"expected a weight as a number, got {text!r}") from error
