"""The command line: a thin shell over :class:`searchlib.Index`."""

from __future__ import annotations

from pathlib import Path

import click

from searchlib import __version__
from searchlib.cli.command_list import ListedGroup
from searchlib.cli.commands.alerts import alerts_command
from searchlib.cli.commands.batches import batch_command
from searchlib.cli.commands.comparing import significant_command, similar_command
from searchlib.cli.commands.concordances import kwic_command
from searchlib.cli.commands.contents import check_command, stats_command
from searchlib.cli.commands.copying import copy_command
from searchlib.cli.commands.documents import (
    copies_command,
    delete_command,
    get_command,
    show_command,
)
from searchlib.cli.commands.exporting import export_command
from searchlib.cli.commands.indexing import index_command, reindex_command
from searchlib.cli.commands.inspecting import inspect_command
from searchlib.cli.commands.migrating import migrate_command
from searchlib.cli.commands.options import friendly_errors
from searchlib.cli.commands.searching import explain_command, parse_command, search_command
from searchlib.cli.commands.serving import serve_command
from searchlib.cli.commands.suggesting import complete_command, suggest_command
from searchlib.cli.commands.synonyms import synonyms_command
from searchlib.cli.commands.trending import trend_command
from searchlib.cli.query_words import OnceCommand
from searchlib.postings.choice import KERNELS

# What only some commands need is imported by them: a search should not wait for what reads
# articles, nor for bars and tables.


@click.group(
    cls=ListedGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    __version__,
    prog_name="searchlib",
    message=f"%(prog)s, version %(version)s (kernels: {KERNELS})",
)
def cli() -> None:
    """Full-text search for archives of news articles.

    \b
    A first tour:
      searchlib demo                  search the archive that ships
      searchlib index articles/       make an index of your files, and keep it so
      searchlib search "peace talks"  search it
      searchlib serve --open          search it in a browser

    \b
    The index is the folder news.index, or what --index or SEARCHLIB_INDEX names.

    \b
    Exit codes:
      0  all right, also when nothing was found
      1  an error, which is explained
      2  the command was called in a wrong way
      3  with --strict: some files could not be used
    """


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
    from searchlib.cli.demo import run_demo

    run_demo(paths)


for command in (
    index_command,
    reindex_command,
    copy_command,
    migrate_command,
    inspect_command,
    search_command,
    export_command,
    kwic_command,
    batch_command,
    parse_command,
    explain_command,
    suggest_command,
    complete_command,
    similar_command,
    significant_command,
    synonyms_command,
    alerts_command,
    trend_command,
    show_command,
    get_command,
    copies_command,
    delete_command,
    stats_command,
    check_command,
    serve_command,
    demo_command,
):
    cli.add_command(command)
