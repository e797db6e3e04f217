"""The command that shows what the others do."""

from __future__ import annotations

from pathlib import Path

import click

from searchlib.cli.commands.options import friendly_errors
from searchlib.cli.demo import run_demo
from searchlib.cli.query_words import OnceCommand


@click.command("demo", cls=OnceCommand)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@friendly_errors
def demo_command(paths: tuple[Path, ...]) -> None:
    """Index an archive for a moment, and search it.

    It is the one that ships, or your own files. In a terminal it then asks for queries, until an
    empty line ends it. Nothing is left behind.

    \b
    Examples:
      searchlib demo
      searchlib demo ~/articles
    """
    run_demo(paths)
