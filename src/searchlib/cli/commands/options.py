"""What do several commands share? Options, messages of errors, and the opening of an index."""

from __future__ import annotations

import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.text import Text

from searchlib.backends.opensearch import is_address
from searchlib.cli.terminal import terminal
from searchlib.errors import IndexNotFoundError, NotAnIndexError, SearchlibError
from searchlib.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    _ParamType = click.ParamType[Path | str]
else:
    _ParamType = click.ParamType  # which is not generic in older versions

EXIT_ERROR: Final = 1
EXIT_REJECTED: Final = 3
DEFAULT_INDEX: Final = "news.index"
STANDARD_STREAM: Final = Path("-")
"""What stands for standard input, or output, in the place of a file."""


class _Place(_ParamType):
    """Where an index is: a folder, or an address on a server."""

    name = "place"

    def convert(self, value: Any, param: Any, ctx: Any) -> Path | str:
        """Leave an address as it is, and make a path of anything else."""
        if value == "":  # which pathlib takes for the folder that the program is in
            self.fail("expected a folder, got ''; write . for this one", param, ctx)
        return value if is_address(value) else Path(value)


class _Source(click.Path):
    """A file or folder of articles."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Make a path of what has a name."""
        if value == "":  # as for an index
            self.fail("expected a file or folder, got ''; write . for this folder", param, ctx)
        return super().convert(value, param, ctx)


PLACE: Final = _Place()


def named_place(place: Path | str) -> str:
    """Name where an index is, without what is secret in an address."""
    if not isinstance(place, str):
        return str(place)
    from searchlib.backends.opensearch.address import Address

    return str(Address.parse(place))


inputs_argument = click.argument("inputs", nargs=-1, required=True, type=_Source(path_type=Path))
index_option = click.option(
    "--index",
    "index_path",
    default=DEFAULT_INDEX,
    show_default=True,
    envvar="SEARCHLIB_INDEX",
    show_envvar=True,
    type=PLACE,
    metavar="DIR",
    help="The folder of the index, or its address: opensearch://host:9200/name.",
)
index_argument = click.argument(
    "index_path",
    default=DEFAULT_INDEX,
    envvar="SEARCHLIB_INDEX",
    type=PLACE,
    metavar="[INDEX]",
)
limit_option = click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many hits to show.",
)
offset_option = click.option(
    "--offset",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="How many of the best to skip.",
)
collapse_option = click.option(
    "--collapse",
    metavar="FIELD",
    help='One hit of each group: "copies" for articles that are nearly the same, or a field.',
)
chars_option = click.option(
    "--chars",
    default=240,
    show_default=True,
    type=click.IntRange(min=20),
    help="How long a snippet may be.",
)
safe_option = click.option(
    "--safe", is_flag=True, help="Let no spreadsheet take text in CSV for a formula."
)
bom_option = click.option(
    "--bom", is_flag=True, help="Begin CSV with the byte order mark that Excel wants."
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
synonyms_option = click.option(
    "--synonyms/--no-synonyms",
    default=True,
    show_default=True,
    help="Whether words also find their synonyms, if the index has some.",
)
filter_option = click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="CONDITION",
    help="What hits must match besides: FIELD=VALUE, FIELD!=VALUE, FIELD>=VALUE, FIELD=FROM..TO, "
    "or a query. Repeat FIELD=VALUE for any of several values.",
)
zone_option = click.option(
    "--zone",
    default="UTC",
    show_default=True,
    metavar="NAME",
    help='Where days begin, for dates such as "today": a time zone such as Europe/Berlin.',
)
_map_option = click.option(
    "--map",
    "mappings",
    multiple=True,
    metavar="FIELD=KEY,...",
    help="Which key is which field, in JSON, CSV and front matter: body=content,author=by. "
    "Several keys for one field: body=lead+content. A key in an object: title=headline.main.",
)
_map_file_option = click.option(
    "--map-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help='The same from a TOML file: body = "content", authors = ["by", "with"].',
)
_dates_option = click.option(
    "--dates",
    type=click.Choice(["dmy", "mdy"]),
    help="What comes first in dates such as 07/01/2025. [default: what others in the file show]",
)
_encoding_option = click.option(
    "--encoding",
    metavar="NAME",
    help="The encoding of text that is not in UTF-8, such as cp1251. [default: it is guessed]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def friendly_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command print searchlib's own errors, without a traceback, and exit with 1."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except SearchlibError as error:
            print_error(error)
            sys.exit(EXIT_ERROR)

    return wrapped


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of how files are read; it gets them as one ``reading``.

    ``reading`` holds keyword arguments of :func:`searchlib.read_articles`.
    """

    @wraps(command)
    def wrapped(
        *args: Any,
        mappings: tuple[str, ...],
        map_file: Path | None,
        dates: str | None,
        encoding: str | None,
        **kwargs: Any,
    ) -> None:
        from searchlib.articles.options import load_mapping, parse_mapping

        mapping = load_mapping(map_file) if map_file else {}
        mapping |= parse_mapping(",".join(mappings))
        reading = {"mapping": mapping, "dates": dates, "encoding": encoding}
        command(*args, reading=reading, **kwargs)

    for option in (_encoding_option, _dates_option, _map_file_option, _map_option):
        wrapped = option(wrapped)
    return wrapped


def expect_csv(form: str, *, safe: bool, bom: bool = False) -> None:
    """Refuse options of CSV where something else is written.

    Raises:
        click.UsageError: There is one.
    """
    from searchlib.export.formats import SPREADSHEETS

    for option, given in (("--safe", safe), ("--bom", bom)):
        if given and form not in SPREADSHEETS:
            raise click.UsageError(
                f"Expected {option} with {' or '.join(SPREADSHEETS)}, got {form}."
            )


def written_form(output: Path | None, chosen: str | None, endings: Mapping[str, str]) -> str | None:
    """Tell what is written: what an option says, or else the ending of the file.

    Args:
        output: The file, if there is one.
        chosen: What an option says, if it does.
        endings: What each ending stands for.

    Returns:
        It; ``None`` if neither says.

    Raises:
        click.UsageError: The file says something else than the option.
    """
    ending = None if output is None else endings.get(output.suffix.lower())
    if chosen is not None and ending is not None and ending != chosen:
        fit = " or ".join(one for one, form in endings.items() if form == chosen)
        raise click.UsageError(
            f"Expected a file that ends with {fit} for --{chosen}, got {str(output)!r}."
        )
    return chosen or ending


def print_error(error: SearchlibError) -> None:
    """Print an error and its notes on standard error."""
    number = f"[Errno {error.errno}] " if isinstance(error, OSError) else ""
    said = "\n".join([str(error).removeprefix(number), *getattr(error, "__notes__", ())])
    terminal(errors=True).print(Text("Error: ", "bold red") + Text(said))


def open_index(path: Path | str, *, zone: str = "UTC") -> Index:
    """Open an index, or say which command makes one."""
    try:
        return Index.open(path, zone=zone)
    except (IndexNotFoundError, NotAnIndexError) as error:
        index = "" if str(path) == DEFAULT_INDEX else f" --index {named_place(path)}"
        error.add_note(
            f"On the command line: searchlib index ARTICLES{index}; or name another index with "
            "--index, or in the environment variable SEARCHLIB_INDEX"
        )
        raise
