"""The commands that help to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from searchlib.cli.commands.options import (
    filter_option,
    friendly_errors,
    index_option,
    json_option,
    match_option,
    open_index,
)
from searchlib.cli.query_words import QueryCommand
from searchlib.cli.terminal import counted, print_json, print_suggestion, printable, terminal
from searchlib.query.filter_texts import filters_of

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.query.parser import Match


@click.command("suggest", cls=QueryCommand)
@click.argument("text", nargs=-1, required=True)
@index_option
@json_option
@match_option
@filter_option
@friendly_errors
def suggest_command(
    text: tuple[str, ...],
    index_path: Path | str,
    as_json: bool,
    match: Match,
    filters: tuple[str, ...],
) -> None:
    """Say what may have been meant by a query with misspelt words.

    \b
    Examples:
      searchlib suggest ceasfire tlaks --index news.index
      searchlib suggest 'source:Reutres' --json --index news.index
    """
    query = " ".join(text)
    found = open_index(index_path).suggest(query, match=match, filter=filters_of(filters))
    if as_json:
        print_json({"query": query, "suggestion": None if found is None else found.to_json()})
    elif found is None:
        terminal().print("Nothing to suggest.")
    else:
        print_suggestion(found, terminal())


@click.command("complete", cls=QueryCommand)
@click.argument("text", nargs=-1, required=True)
@index_option
@json_option
@click.option(
    "-n", "--limit", default=8, show_default=True, help="How many to show at most; up to 100."
)
@filter_option
@friendly_errors
def complete_command(
    text: tuple[str, ...],
    index_path: Path | str,
    as_json: bool,
    limit: int,
    filters: tuple[str, ...],
) -> None:
    """Complete the beginning of a query: words, phrases, labels and titles.

    \b
    Examples:
      searchlib complete storm da --index news.index
      searchlib complete harb --limit 3 --json --index news.index
    """
    typed = " ".join(text)
    found = open_index(index_path).complete(typed, limit=limit, filter=filters_of(filters))
    if as_json:
        print_json({"text": typed, "completions": [one.to_json() for one in found]})
        return
    if not found:
        terminal().print("Nothing to complete.")
    for one in found:
        what = one.kind if one.field is None else f"{one.kind}, {one.field}"
        things = "title" if one.counted == "titles" else "article"
        count = "" if one.count is None else f", {counted(one.count, things)}"
        shown = Text(printable(one.text))
        terminal().print(shown + Text(f"  ({what}{count})", "dim"))
