"""What do several commands share? Options, messages of errors, and the opening of an index."""

from __future__ import annotations

import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.text import Text

from searchlib.cli.terminal import terminal
from searchlib.errors import IndexNotFoundError, NotAnIndexError, SearchlibError
from searchlib.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable

EXIT_ERROR: Final = 1
EXIT_REJECTED: Final = 3

index_option = click.option(
    "--index",
    "index_path",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder of the index.",
)
match_option = click.option(
    "--match",
    type=click.Choice(["all", "any"]),
    default="all",
    show_default=True,
    help="How words are joined that no operator joins.",
)
lenient_option = click.option(
    "--lenient", is_flag=True, help="Do what can be done with any query, and note what was not."
)
zone_option = click.option(
    "--zone",
    default="UTC",
    show_default=True,
    metavar="NAME",
    help='Where days begin, for dates such as "today": a time zone such as Europe/Berlin.',
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def friendly_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command print searchlib's own errors, without a traceback, and exit with 1."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except SearchlibError as error:
            said = "\n".join([str(error), *getattr(error, "__notes__", ())])
            terminal(errors=True).print(Text("Error: ", "bold red") + Text(said))
            sys.exit(EXIT_ERROR)

    return wrapped


def open_index(path: Path, *, zone: str = "UTC") -> Index:
    """Open an index, or say which command makes one."""
    try:
        return Index.open(path, zone=zone)
    except (IndexNotFoundError, NotAnIndexError) as error:
        error.add_note(f"On the command line: searchlib index ARTICLES --index {path}")
        raise
