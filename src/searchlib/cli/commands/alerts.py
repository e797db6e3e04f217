"""The commands about saved queries."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from searchlib.cli.alerts import print_alerts
from searchlib.cli.command_list import ListedGroup
from searchlib.cli.commands.options import (
    DEFAULT_INDEX,
    EXIT_ERROR,
    friendly_errors,
    index_argument,
    inputs_argument,
    json_option,
    match_option,
    open_index,
    reading_options,
    zone_option,
)
from searchlib.cli.query_words import QueryCommand
from searchlib.cli.reports import print_problems
from searchlib.cli.terminal import print_json, printable, terminal
from searchlib.errors import Notice, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from searchlib.articles import Article
    from searchlib.query.parser import Match


class _IndexFirst(ListedGroup):
    """Commands behind an index, which may be left out as the option ``--index`` may elsewhere."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the usual index before a command that comes without one."""
        if args and args[0] in self.commands:
            args = [os.environ.get("SEARCHLIB_INDEX", DEFAULT_INDEX), *args]
        return super().parse_args(ctx, args)


@click.group("alerts", cls=_IndexFirst, no_args_is_help=True)
@index_argument
@click.pass_context
def alerts_command(ctx: click.Context, index_path: Path) -> None:
    """Keep queries under a name, and tell which of them match new articles.

    "searchlib index" tells it as well, of the articles that it adds.

    \b
    Examples:
      searchlib alerts news.index add storms "storm OR flood"
      searchlib alerts news.index list
      searchlib alerts news.index match monday/
      searchlib alerts news.index remove storms
    """
    ctx.obj = index_path


@alerts_command.command("list")
@json_option
@click.pass_obj
@friendly_errors
def list_command(index_path: Path, as_json: bool) -> None:
    """List the saved queries."""
    saved = open_index(index_path).alerts.values()
    if as_json:
        print_json([one.to_json() for one in saved])
        return
    console = terminal()
    for one in saved:
        console.print(Text(f"{printable(one.name)}: ", "bold") + Text(printable(str(one))))
    console.print(_counted(len(saved)))


@alerts_command.command("add", cls=QueryCommand)
@click.argument("name")
@click.argument("query", nargs=-1, required=True)
@match_option
@click.option("--replace", is_flag=True, help="Put it in the place of another one of the name.")
@click.pass_obj
@friendly_errors
def add_command(
    index_path: Path, name: str, query: tuple[str, ...], match: Match, replace: bool
) -> None:
    """Keep a query under a name."""
    alerts = open_index(index_path).alerts
    alerts.add(name, " ".join(query), match=match, replace=replace)
    terminal().print(_counted(len(alerts)))


@alerts_command.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.pass_obj
@friendly_errors
def remove_command(index_path: Path, names: tuple[str, ...]) -> None:
    """Remove saved queries."""
    alerts = open_index(index_path).alerts
    missing = [name for name in dict.fromkeys(names) if name not in alerts]
    removed = alerts.remove(*names)
    terminal().print(f"{removed:,} removed; {_counted(len(alerts))}")
    for name in missing:
        said = Text(f"There is no saved query {printable(name)!r}.", "yellow")
        terminal(errors=True).print(said)
    if missing:
        sys.exit(EXIT_ERROR)


@alerts_command.command("match")
@inputs_argument
@json_option
@zone_option
@click.pass_obj
@friendly_errors
@reading_options
def match_command(
    index_path: Path,
    inputs: tuple[Path, ...],
    as_json: bool,
    zone: str,
    reading: dict[str, Any],
) -> None:
    """Tell which saved queries match the articles of files, which are not added."""
    from searchlib.articles.fitting import fit_for
    from searchlib.articles.reading import read_articles

    index = open_index(index_path, zone=zone)
    fit = fit_for(index.schema)
    problems: list[Problem] = []
    read = _used(read_articles(inputs, **reading), problems)
    alerts = index.alerts.match(fit(article) for article in read)
    if as_json:
        print_json([alert.to_json() for alert in alerts])
    else:
        print_alerts(alerts)
        match = "matches" if len(index.alerts) == 1 else "match"
        terminal().print(f"{len(alerts):,} of {_counted(len(index.alerts))} {match}")
    print_problems([*problems, *alerts.rejected])


def _used(
    items: Iterable[Article | Problem | Notice], problems: list[Problem]
) -> Iterator[Article]:
    """Give the articles, and keep the problems."""
    for item in items:
        if isinstance(item, Problem):
            problems.append(item)
        elif not isinstance(item, Notice):
            yield item


def _counted(count: int) -> str:
    return "1 saved query" if count == 1 else f"{count:,} saved queries"
