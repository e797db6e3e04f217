"""The command that compares queries over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.text import Text

from searchlib.cli.commands.options import (
    filter_option,
    friendly_errors,
    index_option,
    json_option,
    lenient_option,
    match_option,
    open_index,
    safe_option,
    synonyms_option,
    zone_option,
)
from searchlib.cli.commands.ranking import fields_option, typos_option
from searchlib.cli.query_words import QueryCommand
from searchlib.cli.terminal import counted, print_json, print_notes, printable, shows, terminal
from searchlib.query.filter_texts import filters_of
from searchlib.search.facets.requests import AUTO, UNITS
from searchlib.search.ranking_texts import fields_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.query.notes import Note
    from searchlib.query.parser import Match
    from searchlib.search.facets.requests import Unit
    from searchlib.search.trend import Trend, TrendSeries
    from searchlib.search.typos import Typos

_HEIGHT: Final = 3
"""How many lines the curve of a query has."""
_WIDEST: Final = 4
"""How many characters wide a column is at most."""
_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_PLAIN: Final = " .:#"
"""Where a terminal has no blocks."""


@click.command("trend", cls=QueryCommand)
@click.argument("queries", nargs=-1, required=True, metavar="QUERY...")
@index_option
@json_option
@click.option(
    "--by",
    type=click.Choice([*UNITS, AUTO]),
    default="month",
    show_default=True,
    help="How long each span is.",
)
@click.option("--field", metavar="FIELD", help="The date that counts. [default: the first]")
@click.option("--share", is_flag=True, help="Draw the share of all articles, not their number.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a .csv, .json, .svg, .png or .pdf file instead.",
)
@safe_option
@filter_option
@match_option
@lenient_option
@zone_option
@fields_option
@typos_option
@synonyms_option
@friendly_errors
def trend_command(
    queries: tuple[str, ...],
    index_path: Path | str,
    as_json: bool,
    by: Unit,
    field: str | None,
    share: bool,
    output: Path | None,
    safe: bool,
    filters: tuple[str, ...],
    match: Match,
    lenient: bool,
    zone: str,
    searched: str | None,
    typos: Typos,
    synonyms: bool,
) -> None:
    """Compare queries over time: how many articles match each, by month or year.

    Each argument is a query of its own; put one of several words in quotes.

    \b
    Examples:
      searchlib trend ceasefire "peace talks" --index news.index
      searchlib trend storm flood --by year --share --index news.index
      searchlib trend storm flood -o storms.svg --index news.index
    """
    trend = open_index(index_path, zone=zone).trend(
        queries,
        by=by,
        field=field,
        filter=filters_of(filters),
        match=match,
        lenient=lenient,
        fields=fields_of(searched),
        typos=typos,
        synonyms=synonyms,
    )
    if output is not None:
        trend.save(output, share=share, safe=safe)
        errors = terminal(errors=True)
        print_notes(_notes(trend), errors)
        errors.print(Text(f"Written to {printable(str(output))}"))
    if as_json:
        print_json(trend.to_json())
    elif output is None:
        print_trend(trend, share=share)


def print_trend(trend: Trend, *, share: bool = False) -> None:
    """Draw a trend with blocks, as wide as the terminal, all curves in one scale.

    Args:
        trend: The trend.
        share: Whether shares are drawn instead of numbers.
    """
    console = terminal()
    if not trend.spans:
        console.print("No article has a date.")
        return
    width = max(min(console.width, 120) - 2, 10)
    group = -(-len(trend.spans) // width)
    wide = max(min(width // len(trend.spans), _WIDEST), 1)
    curves = [_columns(trend, one, group, share=share) for one in trend.series]
    highest = max(map(max, curves))
    blocks = _BLOCKS if shows(console, _BLOCKS) else _PLAIN
    unit = trend.by if group == 1 else f"{group} {trend.by}s"
    for one, curve in zip(trend.series, curves, strict=True):
        console.print(Text(printable(one.name), "bold") + Text(f"  {_said(trend, one)}", "dim"))
        for line in _drawn(curve, highest, wide, blocks):
            console.print(Text(f"  {line}", "cyan"), no_wrap=True)
    first, last = trend.spans[0].label, trend.spans[-1].label
    gap = max(len(curves[0]) * wide - len(first) - len(last), 1)
    axis = first if len(trend.spans) == 1 else f"{first}{' ' * gap}{last}"
    top = f"{highest:.1%}" if share else counted(int(highest), "article")
    console.print(Text(f"  {axis}", "dim"))
    console.print(Text(f"  a column: {unit}; a full one: {top}", "dim"))
    print_notes(_notes(trend), console)


def _notes(trend: Trend) -> list[Note]:
    """Give each note on the queries once."""
    return [*dict.fromkeys(note for one in trend.series for note in one.notes)]


def _columns(trend: Trend, one: TrendSeries, group: int, *, share: bool) -> list[float]:
    """Add up spans until they fit the screen, and give the height of each column."""
    starts = range(0, len(trend.spans), group)
    counts = [sum(one.counts[start : start + group]) for start in starts]
    if not share:
        return [float(count) for count in counts]
    parts = (trend.spans[start : start + group] for start in starts)
    articles = [sum(span.articles for span in part) for part in parts]
    return [count / of if of else 0.0 for count, of in zip(counts, articles, strict=True)]


def _drawn(curve: Sequence[float], highest: float, wide: int, blocks: str) -> list[str]:
    """Draw columns of blocks; one that is not empty has at least the lowest block."""
    full = len(blocks) - 1
    heights = [
        max(round(value / highest * _HEIGHT * full), 1) if value and highest else 0
        for value in curve
    ]
    return [
        "".join(blocks[min(max(height - base, 0), full)] * wide for height in heights)
        for base in range((_HEIGHT - 1) * full, -1, -full)
    ]


def _said(trend: Trend, one: TrendSeries) -> str:
    """Say the number of articles, and when there were most."""
    if not one.total:
        return "no article"
    most = max(range(len(one.counts)), key=one.counts.__getitem__)
    peak = f"{one.counts[most]:,}, {one.shares[most]:.1%} of all"
    return f"{counted(one.total, 'article')}, most in {trend.spans[most].label} ({peak})"
