"""The demo: an index for a moment, a few searches, and a prompt."""

from __future__ import annotations

import sys
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.markup import escape

from searchlib.articles import Article, read_articles
from searchlib.cli.prompt import Prompt
from searchlib.cli.reports import Outcome, print_outcome
from searchlib.cli.terminal import add_with_bar, print_results, terminal
from searchlib.errors import SourceNotFoundError
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

    Raises:
        SourceNotFoundError: There is nothing to search.
    """
    console = terminal()
    with tempfile.TemporaryDirectory(prefix="searchlib-") as folder:
        index = Index.create(Path(folder) / "demo.index", Article)
        if paths:
            _add(index, paths)
        else:
            with resources.as_file(resources.files("searchlib") / "sample_archive") as sample:
                _add(index, [sample], meant=True)
            for caption, query in QUERIES:
                _show(index, console, query, caption)
        if sys.stdin.isatty():
            Prompt(index, console).run()
        if not paths:
            console.print("[dim]In a browser:[/] searchlib serve --demo --open", highlight=False)


def _add(index: Index, paths: Sequence[Path], *, meant: bool = False) -> None:
    outcome = Outcome.of_add(add_with_bar(index, read_articles(paths)))
    print_outcome(outcome, meant=meant)
    if outcome.is_nothing:
        raise SourceNotFoundError("expected files of articles, got none that could be used")


def _show(index: Index, console: Console, query: str, caption: str) -> None:
    console.rule(f"[dim]{escape(caption)}[/]", align="left")
    console.print(f"[bold green]search[/] {escape(query)}\n", highlight=False)
    print_results(index.search(query, limit=2), console)
    console.print()
