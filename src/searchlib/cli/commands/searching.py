"""The commands that take a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from searchlib.cli.commands.options import (
    chars_option,
    filter_option,
    friendly_errors,
    index_option,
    json_option,
    lenient_option,
    limit_option,
    match_option,
    offset_option,
    open_index,
    zone_option,
)
from searchlib.cli.commands.ranking import ranking_options, scoring_options
from searchlib.cli.query_words import QueryCommand
from searchlib.cli.terminal import (
    print_json,
    print_notes,
    print_results,
    print_under,
    terminal,
)
from searchlib.highlight import SnippetOptions
from searchlib.index.helpful import search_helpfully
from searchlib.query.filter_texts import conditions_json, filters_of
from searchlib.search.facets import FACET_SYNTAX

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.index import Index
    from searchlib.query.parser import Match
    from searchlib.search.facets.requests import FacetRequest

_facet_option = click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FIELD[:HOW]",
    help=f"Count all hits: {FACET_SYNTAX} May be given several times.",
)


@click.command("search", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@index_option
@json_option
@limit_option
@offset_option
@click.option(
    "--match",
    type=click.Choice(["all", "any"]),
    help="Which words a hit must hold. [default: all, or any where no article has all]",
)
@lenient_option
@zone_option
@filter_option
@_facet_option
@ranking_options()
@click.option(
    "--after", metavar="CURSOR", help='The next page, by "next" of the page before (--json).'
)
@chars_option
@friendly_errors
def search_command(
    query: tuple[str, ...],
    index_path: Path | str,
    as_json: bool,
    limit: int,
    offset: int,
    match: Match | None,
    lenient: bool,
    zone: str,
    filters: tuple[str, ...],
    ranking: dict[str, Any],
    after: str | None,
    chars: int,
    facets: tuple[str, ...],
) -> None:
    """Search an index, best hits first.

    \b
    Words:     ceasefire talks             both words, in title or body
    Any word:  ceasefire OR truce
    Not:       strike -dockers             strike NOT dockers
    Phrase:    "prime minister"            within 3 words: "minister resigns"~3
    Near:      peace NEAR/5 talks          in any order, at most 5 words apart
    Beginning: ceasef*                     pattern: w?man   misspelt: ceasfire~
    Field:     title:storm  categories:sport  source:"Harbour News"
    Dates:     published:2025-02  published:>=2025-02  published:"last week"

    \b
    Examples:
      searchlib search "peace talks" --index news.index
      searchlib search title:storm --index news.index --sort=-published,source
      searchlib search storm --index news.index --recency published:30d
      searchlib search '"wind farm"' --index news.index --json
      searchlib search storm --filter "source=Harbour News" --filter "published>=2025-02"
      searchlib search storm --facet source --facet published:month --index news.index
      searchlib search storm --index news.index --collapse copies
      searchlib search storm damage --rerank neighbours --index news.index
      searchlib search storm -flood --index news.index
      searchlib search ceasfire --typos auto --index news.index
      searchlib search --index news.index -- -flood storm
    """
    text, conditions = " ".join(query), filters_of(filters)
    index = open_index(index_path, zone=zone)
    results, matched = search_helpfully(
        index,
        text,
        match,
        lenient=lenient,
        limit=limit,
        offset=offset,
        filter=conditions,
        after=after,
        **ranking,
        snippets=SnippetOptions(max_chars=chars),
        facets=_requests(facets, index),
    )
    if as_json:
        applied = conditions_json(index.parse_filter(conditions, lenient=lenient))
        head = {"query": text, "match": matched, "filter": applied}
        print_json({**head, **results.to_json()})
    else:
        relaxed = matched != (match or "all")
        collapse = ranking["collapse"]
        collapsed = "" if collapse is None else collapse.field
        print_results(results, relaxed=relaxed, tells_more=True, collapsed=collapsed)
        if results.facets:
            from searchlib.cli.facets import print_facets

            terminal().print()
            print_facets(results.facets, terminal())


def _requests(facets: tuple[str, ...], index: Index) -> dict[str, FacetRequest] | None:
    if not facets:
        return None
    from searchlib.search.facets.texts import read_facets

    return read_facets(facets, index.schema)


@click.command("parse", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@index_option
@json_option
@match_option
@lenient_option
@friendly_errors
def parse_command(
    query: tuple[str, ...], index_path: Path | str, as_json: bool, match: Match, lenient: bool
) -> None:
    """Show how a query is read: its tree, and the notes on it.

    With --json the tree has the form that searchlib.query.from_json reads.

    \b
    Examples:
      searchlib parse storm -flood --index news.index
      searchlib parse 'published:"last week" OR ceasf~' --index news.index
    """
    parsed = open_index(index_path).parse_with_notes(" ".join(query), match=match, lenient=lenient)
    if as_json:
        notes = [note.to_json() for note in parsed.notes]
        from searchlib.query import to_json

        print_json({**to_json(parsed.query), "notes": notes})
    else:
        terminal().print(Text(repr(parsed.query)))
        print_notes(parsed.notes, terminal())


@click.command("explain", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@click.argument("key")
@index_option
@json_option
@match_option
@lenient_option
@zone_option
@scoring_options
@friendly_errors
def explain_command(
    query: tuple[str, ...],
    key: str,
    index_path: Path | str,
    as_json: bool,
    match: Match,
    lenient: bool,
    zone: str,
    scoring: dict[str, Any],
) -> None:
    """Show how the score of an article comes about.

    The last argument is the key of the article, as "searchlib search" shows it.

    \b
    Examples:
      searchlib explain storm flood bbc-17 --index news.index
      searchlib explain '"wind farm"' bbc-17 --index news.index --json
    """
    index = open_index(index_path, zone=zone)
    explanation = index.explain(" ".join(query), key, match=match, lenient=lenient, **scoring)
    if as_json:
        print_json(explanation.to_json())
    else:
        for line in str(explanation).splitlines():
            value, sign, meaning = line.partition(" = ")
            print_under(terminal(), Text(value + sign), Text(meaning))
