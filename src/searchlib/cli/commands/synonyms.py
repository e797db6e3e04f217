"""The command that shows and changes the synonyms of an index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from searchlib.cli.commands.options import (
    friendly_errors,
    index_argument,
    json_option,
    named_place,
    open_index,
)
from searchlib.cli.query_words import OnceCommand
from searchlib.cli.terminal import counted, print_json, printable, terminal

if TYPE_CHECKING:
    from searchlib.index.synonyms import IndexSynonyms


@click.command("synonyms", cls=OnceCommand)
@index_argument
@click.option(
    "--load",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Put the synonyms of a file in the place of those there are.",
)
@click.option("--clear", is_flag=True, help="Remove all synonyms.")
@json_option
@friendly_errors
def synonyms_command(index_path: Path | str, load: Path | None, clear: bool, as_json: bool) -> None:
    """Show, load or clear the words that mean the same in queries.

    A line of the file says "ceasefire, truce" for words that find each other, and "un => united
    nations" for one that also finds another. No article is indexed anew.

    \b
    Examples:
      searchlib synonyms news.index --load synonyms.txt
      searchlib synonyms news.index
      searchlib synonyms news.index --clear
    """
    if clear and load is not None:
        raise click.UsageError("expected --load or --clear, got both")
    synonyms = open_index(index_path).synonyms
    if load is not None:
        synonyms.load(load)
    elif clear:
        synonyms.clear()
    if as_json:
        print_json({word: list(others) for word, others in synonyms.items()})
    elif load is not None or clear:
        terminal().print(f"{named_place(index_path)}: {_counted(synonyms)}")
    else:
        _print_synonyms(synonyms)


def _print_synonyms(synonyms: IndexSynonyms) -> None:
    console = terminal()
    for word, others in synonyms.items():
        said = Text(printable(word), "bold") + Text(f" also finds {printable(', '.join(others))}")
        console.print(said)
    console.print(_counted(synonyms))


def _counted(synonyms: IndexSynonyms) -> str:
    return f"{counted(len(synonyms), 'word')} with synonyms"
