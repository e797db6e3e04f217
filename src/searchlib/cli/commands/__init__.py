"""The command line: a thin shell over :class:`searchlib.Index`."""

from __future__ import annotations

import click

from searchlib import __version__
from searchlib.cli.command_list import LateCommands, ListedGroup
from searchlib.postings.choice import KERNELS

# A search should not wait for what reads articles, nor for bars and tables: each command is
# imported when it is called.
_MODULES = {
    "alerts": "alerts",
    "batch": "batches",
    "check": "contents",
    "complete": "suggesting",
    "copies": "documents",
    "copy": "copying",
    "delete": "documents",
    "demo": "demonstrating",
    "explain": "searching",
    "export": "exporting",
    "get": "documents",
    "index": "indexing",
    "inspect": "inspecting",
    "kwic": "concordances",
    "migrate": "migrating",
    "parse": "searching",
    "reindex": "indexing",
    "search": "searching",
    "serve": "serving",
    "show": "documents",
    "significant": "comparing",
    "similar": "comparing",
    "stats": "contents",
    "suggest": "suggesting",
    "synonyms": "synonyms",
    "trend": "trending",
}
_HOMES = {name: f"{__name__}.{module}:{name}_command" for name, module in _MODULES.items()}


@click.group(
    cls=ListedGroup,
    commands=LateCommands(_HOMES),
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
