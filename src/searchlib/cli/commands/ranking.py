"""Options that say which hits there are, how they are scored and in which order they come."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from searchlib.cli.commands.options import collapse_option, friendly_errors, synonyms_option
from searchlib.search.neighbours import RERANKS
from searchlib.search.ranking_texts import ranking_of, scoring_of
from searchlib.search.typos import TYPOS

if TYPE_CHECKING:
    from collections.abc import Callable

    from searchlib.search.neighbours import Rerank
    from searchlib.search.typos import Typos

    Command = Callable[..., None]
    Decorator = Callable[[Command], Command]

_READ: Final = ("sorts", "missing", "recencies", "searched", "collapse", "best")
"""What :func:`ranking_of` reads."""

_sort_option = click.option(
    "--sort",
    "sorts",
    multiple=True,
    metavar="FIELD,...",
    help='Sort by fields; "-published" for newest first, "score" for best first.',
)
_missing_option = click.option(
    "--missing",
    type=click.Choice(["last", "first"]),
    help="With --sort: where articles come that have no value to sort by. [default: last]",
)
_recency_option = click.option(
    "--recency",
    "recencies",
    multiple=True,
    metavar="FIELD:HALF-LIFE[:WEIGHT]",
    help="Let new articles count for more: published:30d, or published:1y:0.8.",
)
_best_option = click.option(
    "--best",
    type=int,
    help="With --collapse: how many of each group are hits. [default: 1]",
)
typos_option = click.option(
    "--typos",
    type=click.Choice(TYPOS),
    default="off",
    show_default=True,
    help="Whether words also find words like them: one typo from 5 letters on, two from 9.",
)
_rerank_option = click.option(
    "--rerank",
    type=click.Choice(RERANKS),
    help="Smooth the scores of the best hundred hits over those most like them.",
)


def _searched_option(name: str) -> Decorator:
    return click.option(
        name,
        "searched",
        metavar="FIELD[^WEIGHT],...",
        help="Where to search if the query names no field: title^3,body.",
    )


fields_option = _searched_option("--fields")


def scoring_options(command: Command) -> Command:
    """Give a command the options of scores; it gets them as one ``scoring``.

    ``scoring`` holds keyword arguments of :meth:`searchlib.Index.explain`.
    """

    @friendly_errors
    @wraps(command)
    def wrapped(
        *args: Any,
        recencies: tuple[str, ...],
        searched: str | None,
        typos: Typos,
        synonyms: bool,
        **kwargs: Any,
    ) -> None:
        scoring = scoring_of(recencies=recencies, searched=searched)
        command(*args, scoring={**scoring, "typos": typos, "synonyms": synonyms}, **kwargs)

    return _with(wrapped, _recency_option, fields_option, typos_option, synonyms_option)


def ranking_options(searched: str = "--fields") -> Decorator:
    """Make what gives a command the options of a search; it gets them as one ``ranking``.

    ``ranking`` holds keyword arguments of :meth:`searchlib.Index.search`.

    Args:
        searched: What the option is called that says where to search.
    """

    def decorate(command: Command) -> Command:
        @friendly_errors
        @wraps(command)
        def wrapped(
            *args: Any, typos: Typos, synonyms: bool, rerank: Rerank | None, **kwargs: Any
        ) -> None:
            read = {name: kwargs.pop(name) for name in _READ}
            asked = {"typos": typos, "synonyms": synonyms, "rerank": rerank}
            command(*args, ranking={**ranking_of(**read), **asked}, **kwargs)

        return _with(
            wrapped,
            _sort_option,
            _missing_option,
            _recency_option,
            _searched_option(searched),
            collapse_option,
            _best_option,
            typos_option,
            synonyms_option,
            _rerank_option,
        )

    return decorate


def _with(command: Command, *options: Decorator) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
