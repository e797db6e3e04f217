"""The demo: an index for a moment, a few searches, and a prompt."""

from __future__ import annotations

import sys
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.markup import escape

from searchlib.articles import Article, read_articles
from searchlib.cli.terminal import (
    add_with_bar,
    print_report,
    print_results,
    search_helpfully,
    terminal,
)
from searchlib.errors import QueryError
from searchlib.index import Index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

QUERIES: Final = (
    ("Words are found in any form: talks, talk, talking", "peace talks"),
    ("A phrase, though a page break has cut it in two in some of the files", '"prime minister"'),
    ("A label, a span of time, and what must not be there",
     "strike NOT categories:sport published:[2025-02 TO 2025-09]"),
    ("The beginning of a word", "turbin*"),
)  # fmt: skip


def run_demo(paths: Sequence[Path]) -> None:
    """Index files into a folder that is deleted afterwards, show searches, and offer a prompt.

    Args:
        paths: The user's own files and folders; none for the archive that ships.
    """
    console = terminal()
    articles = read_articles(paths) if paths else None
    with tempfile.TemporaryDirectory(prefix="searchlib-") as folder:
        index = Index.create(Path(folder) / "demo.index", Article)
        if articles is not None:
            print_report(add_with_bar(index, articles))
        else:
            with resources.as_file(resources.files("searchlib") / "sample_archive") as sample:
                print_report(add_with_bar(index, read_articles(sample)))
            for caption, query in QUERIES:
                _show(index, console, query, caption)
        if sys.stdin.isatty():
            _prompt(index, console)


def _show(index: Index, console: Console, query: str, caption: str) -> None:
    console.rule(f"[dim]{escape(caption)}[/]", align="left")
    console.print(f"[bold green]search[/] {escape(query)}\n", highlight=False)
    print_results(index.search(query, limit=2), console)
    console.print()


def _prompt(index: Index, console: Console) -> None:
    """Answer queries until an empty line or the end of the input."""
    console.print("[dim]Your turn. An empty line ends the demo.[/]")
    while True:
        try:
            query = console.input("[bold green]search[/] ").strip()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        if not query:
            return
        try:
            results, matched = search_helpfully(index, query, limit=5)
            print_results(results, console, relaxed=matched == "any")
        except QueryError as error:
            console.print(f"[red]{escape(str(error))}[/]", highlight=False)
