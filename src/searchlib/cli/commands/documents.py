"""The commands about single articles."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click
from pydantic_core import from_json
from rich.text import Text

from searchlib.cli.commands.options import (
    EXIT_ERROR,
    friendly_errors,
    index_option,
    json_option,
    named_place,
    open_index,
    zone_option,
)
from searchlib.cli.query_words import OnceCommand
from searchlib.cli.showing import print_article
from searchlib.cli.terminal import counted, print_json, printable, terminal
from searchlib.errors import ArgumentError
from searchlib.schema.values import json_values

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.index import Index

_WEB: Final = ("http://", "https://")


@click.command("show", cls=OnceCommand)
@click.argument("key")
@index_option
@click.option("--open", "is_to_open", is_flag=True, help="Open its address, or else its file.")
@friendly_errors
def show_command(key: str, index_path: Path | str, is_to_open: bool) -> None:
    """Print an article with all that is known about it.

    KEY is the key of the article, as "searchlib search" shows it.

    \b
    Examples:
      searchlib show 59b048c980e0e2a2
      searchlib show bbc-17 --open
    """
    index = open_index(index_path)
    document = _document(index, key)
    source = index.source(key)
    print_article(terminal(), document, source)
    if is_to_open:
        _open(document, source)


@click.command("get", cls=OnceCommand)
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@index_option
@json_option
@friendly_errors
def get_command(keys: tuple[str, ...], index_path: Path | str, as_json: bool) -> None:
    """Print articles as they are stored, as JSON.

    With --json each is on a line of its own, as JSON Lines.

    \b
    Examples:
      searchlib get bbc-17
      searchlib get bbc-17 bbc-18 --json
    """
    index = open_index(index_path)
    for document in [_document(index, key) for key in keys]:
        if as_json:
            print_json(document)
        else:
            print_json(document, indent=2)


@click.command("copies", cls=OnceCommand)
@click.argument("key")
@index_option
@json_option
@friendly_errors
def copies_command(key: str, index_path: Path | str, as_json: bool) -> None:
    """List the articles that are nearly the same as one, the most similar first.

    The number before each is its similarity: what the two share of the runs of three words that
    either has, from 80% on.

    \b
    Examples:
      searchlib copies bbc-17
      searchlib copies bbc-17 --json
    """
    index = open_index(index_path)
    copies = index.copies(key)
    if as_json:
        print_json({"key": key, "copies": [copy.to_json() for copy in copies]})
        return
    for copy in copies:
        title = printable(_document(index, copy.key).get("title") or "(untitled)")
        line = Text(f"{copy.similarity:>4.0%}  ", "cyan") + Text(title, "bold")
        terminal().print(line + Text(f" · {printable(copy.key)}", "dim"))
    terminal().print(f"[bold]{counted(len(copies), 'copy', 'copies')}[/]", highlight=False)


@click.command("delete", cls=OnceCommand)
@click.argument("keys", nargs=-1, metavar="[KEY...]")
@index_option
@click.option("--query", metavar="QUERY", help="Delete all that matches a query.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@zone_option
@friendly_errors
def delete_command(
    keys: tuple[str, ...],
    index_path: Path | str,
    query: str | None,
    yes: bool,
    as_json: bool,
    zone: str,
) -> None:
    """Delete articles from an index, by their keys or by a query.

    Files are not deleted. "searchlib index" brings an article back when its file has changed.

    \b
    Examples:
      searchlib delete bbc-17 bbc-18
      searchlib delete --query 'file:2019/*' --yes
    """
    if bool(keys) == (query is not None):
        raise click.UsageError("Give either the keys of articles, or --query.")
    index = open_index(index_path, zone=zone)
    if query is None:
        found = [key for key in dict.fromkeys(keys) if key in index]
        count, missing = len(found), [key for key in keys if key not in index]
    else:
        count, missing = index.search(query, limit=0, snippets=False).total, []
    if count and not yes:
        click.confirm(
            f"Delete {counted(count, 'article')} from {named_place(index_path)}?",
            abort=True,
            err=True,
        )
    if count:
        count = index.delete(*found) if query is None else index.delete_by_query(query)
    _report_deleted(count, missing, index_path, as_json=as_json)


def _report_deleted(
    count: int, missing: list[str], index_path: Path | str, *, as_json: bool
) -> None:
    if as_json:
        print_json({"deleted": count, "missing": missing})
    else:
        terminal().print(
            f"[bold]{counted(count, 'article')}[/] deleted from {named_place(index_path)}",
            highlight=False,
        )
    for key in missing:
        terminal(errors=True).print(Text(f"There is no article {printable(key)!r}.", "yellow"))
    if missing:
        sys.exit(EXIT_ERROR)


def _document(index: Index, key: str) -> dict[str, Any]:
    found = index.get(key)
    if found is None:
        raise ArgumentError(
            f"expected the key of an article in {index.address}, got {key!r:.80}; "
            '"searchlib search" shows the keys'
        )
    return json_values(found, lambda: from_json(index.schema.store(found)))


def _open(document: dict[str, Any], source: Path | None) -> None:
    """Open the address of an article on the web, or its file.

    An address comes from the archive, so only those of the web are opened.
    """
    url = document.get("url")
    if isinstance(url, str) and url.lower().startswith(_WEB):
        click.launch(url)
    elif source is not None and source.exists():
        click.launch(str(source))
    else:
        raise ArgumentError(
            "expected an article with an address on the web, or with a file that is there, to open "
            f"it; got the address {url!r:.200} and the file {str(source) if source else None!r}"
        )
