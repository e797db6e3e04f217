"""The commands that compare articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from searchlib.cli.commands.options import (
    chars_option,
    collapse_option,
    filter_option,
    friendly_errors,
    index_option,
    json_option,
    lenient_option,
    limit_option,
    match_option,
    offset_option,
    open_index,
    synonyms_option,
    zone_option,
)
from searchlib.cli.commands.ranking import fields_option, typos_option
from searchlib.cli.query_words import OnceCommand, QueryCommand
from searchlib.cli.terminal import counted, print_json, print_results, printable, terminal
from searchlib.highlight import SnippetOptions
from searchlib.query.filter_texts import filters_of
from searchlib.search.ranking_texts import fields_of

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.query.parser import Match
    from searchlib.search.significant import SignificantTerms
    from searchlib.search.typos import Typos


@click.command("similar", cls=OnceCommand)
@click.argument("key", nargs=-1, required=True, metavar="KEY|TEXT...")
@index_option
@json_option
@limit_option
@offset_option
@filter_option
@zone_option
@collapse_option
@chars_option
@friendly_errors
def similar_command(
    key: tuple[str, ...],
    index_path: Path,
    as_json: bool,
    limit: int,
    offset: int,
    filters: tuple[str, ...],
    zone: str,
    collapse: str | None,
    chars: int,
) -> None:
    """Find the articles that are most like one, or like a text.

    KEY is the key of the article, as "searchlib search" shows it. The article itself and its copies
    are left out. Below each hit stand the words that both share.

    \b
    Examples:
      searchlib similar bbc-17
      searchlib similar bbc-17 --filter "published>=2025-02" --json
      searchlib similar "Storm damage closes the harbour of Marrick" -n 5
    """
    wanted = " ".join(key)
    results = open_index(index_path, zone=zone).similar(
        wanted,
        limit=limit,
        offset=offset,
        filter=filters_of(filters),
        collapse=collapse,
        snippets=SnippetOptions(max_chars=chars),
    )
    if as_json:
        print_json({"similar_to": wanted, **results.to_json()})
    else:
        print_results(results, collapsed=collapse or "")


@click.command("significant", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@index_option
@json_option
@click.option(
    "--field", metavar="FIELD", help="Text or labels. [default: the text with the most words]"
)
@click.option("-n", "--limit", default=20, show_default=True, help="How many to show at most.")
@filter_option
@match_option
@lenient_option
@zone_option
@fields_option
@typos_option
@synonyms_option
@friendly_errors
def significant_command(
    query: tuple[str, ...],
    index_path: Path,
    as_json: bool,
    field: str | None,
    limit: int,
    filters: tuple[str, ...],
    match: Match,
    lenient: bool,
    zone: str,
    searched: str | None,
    typos: Typos,
    synonyms: bool,
) -> None:
    """List the words or labels that set the hits of a query apart from all other articles.

    Before each stands its score, the log-likelihood ratio: above 10.8 it is chance in fewer than 1
    of 1,000 cases.

    \b
    Examples:
      searchlib significant storm --index news.index
      searchlib significant storm --field categories --index news.index
      searchlib significant '*' --filter "source=Harbour News" --json
    """
    text = " ".join(query)
    found = open_index(index_path, zone=zone).significant(
        text,
        field=field,
        limit=limit,
        match=match,
        lenient=lenient,
        fields=fields_of(searched),
        typos=typos,
        synonyms=synonyms,
        filter=filters_of(filters),
    )
    if as_json:
        print_json({"query": text, **found.to_json()})
    else:
        _print_terms(found)


def _print_terms(found: SignificantTerms) -> None:
    console = terminal()
    for one in found:
        line = Text(f"{one.score:>9,.1f}  ", "cyan") + Text(printable(one.text), "bold")
        console.print(line + Text(f"  {one.count:,} of {one.total:,}", "dim"))
    articles = f"{found.found:,} of {counted(found.documents, 'article')}"
    console.print(f"[bold]{articles}[/], by their {found.field}", highlight=False)
