"""The command that serves an index as web pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from searchlib.cli.commands.options import (
    friendly_errors,
    index_option,
    open_index,
    zone_option,
)
from searchlib.cli.query_words import OnceCommand
from searchlib.cli.terminal import terminal
from searchlib.errors import ArgumentError

if TYPE_CHECKING:
    from searchlib.index import Index

_TOKEN: str = "SEARCHLIB_TOKEN"  # noqa: S105 - the name of a variable


@click.command("serve", cls=OnceCommand)
@index_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port to listen on.",
)
@click.option("--open", "is_to_open", is_flag=True, help="Open the first page in a browser.")
@click.option("--demo", is_flag=True, help="Serve the archive that ships instead of an index.")
@click.option("--title", default="News archive", show_default=True, help="The head of every page.")
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A host name that requests may be for, besides those of this machine. Repeat it for more.",
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"Holds a token that requests must carry; or name one in {_TOKEN}.",
)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FIELD[:HOW]",
    help="A field of labels that results are counted by, in order, perhaps with how: "
    "source, places:20,sort=label. [default: those of the model]",
)
@click.option(
    "--theme",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A file of CSS that is loaded behind the own style.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="How many processes serve.",
)
@click.option("--log", is_flag=True, help="Print a line for every request.")
@zone_option
@friendly_errors
def serve_command(
    index_path: Path | str,
    host: str,
    port: int,
    is_to_open: bool,
    demo: bool,
    title: str,
    hosts: tuple[str, ...],
    token_file: Path | None,
    facets: tuple[str, ...],
    theme: Path | None,
    workers: int,
    log: bool,
    zone: str,
) -> None:
    """Serve an index as web pages and a JSON API, until Ctrl-C.

    Pages show what an index is at each moment; nothing is written. Only programs of this machine
    can reach them, unless --host says otherwise.

    \b
    Examples:
      searchlib serve --open
      searchlib serve --demo --open
      searchlib serve --index news.index --port 8080 --workers 2
      searchlib serve --host 0.0.0.0 --allow-host news.example --token-file token.txt
    """
    from searchlib.server.extra import need_web

    need_web()
    from searchlib.server import Settings, create_app
    from searchlib.server.running import address_of, allowed_hosts, expect_free, is_loopback, serve

    if demo and _is_given("index_path"):
        raise click.UsageError("Expected --demo or --index, got both.")
    if demo and workers > 1:
        raise click.UsageError("--demo has one worker: its index is in the memory of one process.")
    token = _token_in(token_file) if token_file else os.environ.get(_TOKEN)
    settings = Settings(
        title="Sample archive" if demo and title == "News archive" else title,
        hosts=allowed_hosts(host, hosts),
        token=token,
        facets=facets or None,
        theme=theme,
    )
    index = _sample(zone) if demo else open_index(index_path, zone=zone)
    app = create_app(index, settings)  # also for workers, which could only tell their errors late
    expect_free(host, port)
    console = terminal(errors=True)
    console.print(f"Serving {len(index):,} articles on {address_of(host, port)}  (Ctrl-C ends it)")
    if not is_loopback(host):
        console.print(_warning(host, is_open=not token, any_host=not hosts), style="yellow")
    options: dict[str, Any] = {"workers": workers, "zone": zone, "log": log}
    serve(app, index, settings, host=host, port=port, open_browser=is_to_open, **options)


def _token_in(file: Path) -> str:
    """Read a token.

    Raises:
        ArgumentError: There is none in the file.
    """
    try:
        token = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise ArgumentError(f"expected --token-file in UTF-8, got {str(file)!r}: {error}") from None
    if not token:
        raise ArgumentError(f"expected a token in {str(file)!r}, got an empty file")
    return token


def _warning(host: str, *, is_open: bool, any_host: bool) -> str:
    said = [f"Whoever can reach {host} over the network can reach the server."]
    if is_open:
        said.append("They can read and export every article: no token is asked for.")
    said.append("Nothing is encrypted; put it behind a proxy with TLS (docs/serve.md).")
    if any_host:
        said.append("It answers for any host name; --allow-host names those that it should.")
    return " ".join(said)


def _is_given(name: str) -> bool:
    """Tell whether an option stands on the command line, and not only in the environment."""
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.COMMANDLINE


def _sample(zone: str) -> Index[Any]:
    """Make an index of the archive that ships, in memory."""
    from importlib import resources

    from searchlib.articles import Article, read_articles
    from searchlib.index import Index

    index = Index.in_memory(Article, zone=zone)
    with resources.as_file(resources.files("searchlib") / "sample_archive") as sample:
        index.add(read_articles(sample))
    return index
