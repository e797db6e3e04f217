"""The commands that add articles to an index."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from searchlib.cli.commands.options import (
    EXIT_REJECTED,
    friendly_errors,
    index_option,
    json_option,
    print_error,
    reading_options,
)
from searchlib.cli.reports import Outcome, print_outcome, print_problems, write_problems
from searchlib.cli.terminal import add_with_bar, print_json, reindex_with_bar, sync_with_bar
from searchlib.errors import SearchlibError, SourceNotFoundError
from searchlib.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from searchlib.articles import Article
    from searchlib.errors import Notice, Problem

STANDARD_INPUT: Final = Path("-")

strict_option = click.option(
    "--strict", is_flag=True, help="Exit with 3 when something could not be used."
)
problems_option = click.option(
    "--problems",
    "problems_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what could not be used to a file, as JSON Lines.",
)


@click.command("index")
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@click.option(
    "--sync/--no-sync",
    default=True,
    show_default=True,
    help="Skip unchanged files and delete the articles of files that are gone; or only add.",
)
@click.option("--full", is_flag=True, help="Read unchanged files again, too.")
@click.option(
    "--allow-empty", is_flag=True, help="Let a folder without files delete all its articles."
)
@click.option("--watch", is_flag=True, help="Go on whenever a file changes, until Ctrl-C.")
@click.option(
    "--format",
    "format_",
    metavar="NAME",
    help="The format of standard input: jsonl, csv, eml... [default: told from its beginning]",
)
@problems_option
@json_option
@strict_option
@friendly_errors
@reading_options
def index_command(
    inputs: tuple[Path, ...],
    index_path: Path,
    reading: dict[str, Any],
    sync: bool,
    full: bool,
    allow_empty: bool,
    watch: bool,
    format_: str | None,
    problems_path: Path | None,
    as_json: bool,
    strict: bool,
) -> None:
    """Make an index what files and folders of articles are now.

    The index is made if there is none. Run the command again when files have changed: new files are
    added, changed ones are replaced, those that are gone are deleted, and the others are not read.
    A file that can't be read is reported, and keeps the articles that the index has of it.

    Reads exports of news archives and press databases, plain text, Markdown, JSON, tables, web
    pages, feeds, WordPress exports, news standards and more (see docs/articles.md), each also
    compressed or in a zip or tar archive. INPUTS may be a single "-": what comes from standard
    input is added.

    \b
    Examples:
      searchlib index articles/
      searchlib index articles/ --watch
      searchlib index monday.txt archive.jsonl.gz --no-sync --index other.index
      searchlib index export.json --map body=content,author=by
      curl https://news.example/feed | searchlib index -
    """
    is_stream = STANDARD_INPUT in inputs
    if is_stream and len(inputs) > 1:
        raise click.UsageError("expected files, or a single - for standard input, got both")
    if format_ is not None and not is_stream:
        raise click.UsageError("--format goes with - for standard input: files tell theirs")
    if (is_stream or not sync) and (watch or full or allow_empty):
        raise click.UsageError("--watch, --full and --allow-empty go with --sync, and with files")

    from searchlib.articles.reading import find_paths, read_articles, read_stream
    from searchlib.cli.watching import watch_files

    if not is_stream:
        find_paths(inputs)  # here, before an index is made
    changes = watch_files(inputs, index_path) if watch else ()

    def run(index: Index) -> Outcome:
        if is_stream:
            items = read_stream(sys.stdin.buffer, format=format_, **reading)
            return _add(index, items, as_json=as_json)
        if not sync:
            return _add(index, read_articles(inputs, **reading), as_json=as_json)
        options = {**reading, "full": full, "allow_empty": allow_empty}
        return _sync(index, inputs, options, as_json=as_json)

    with open_or_create(index_path) as index:
        outcome = run(index)
        if problems_path is not None:
            write_problems(problems_path, outcome.problems)
        if outcome.is_nothing and not allow_empty:
            print_problems(outcome.problems)
            raise SourceNotFoundError("expected files of articles, got none that could be used")
    _print(outcome, index_path, as_json=as_json)
    for _ in changes:
        _go_on(run, index, as_json=as_json)
    if strict and outcome.problems:
        sys.exit(EXIT_REJECTED)


@click.command("reindex")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@problems_option
@json_option
@strict_option
@friendly_errors
def reindex_command(
    old: Path, new: Path, problems_path: Path | None, as_json: bool, strict: bool
) -> None:
    """Make a new index of the documents that an index keeps.

    For an index that another version of searchlib has made, whose words would not be found. OLD
    stays as it is; NEW must be empty or not be there, and is there when it is whole.

    \b
    Examples:
      searchlib reindex news.index new.index
    """
    report = Index.reindex(old, new) if as_json else reindex_with_bar(old, new)
    outcome = Outcome.of_add(report)
    if problems_path is not None:
        write_problems(problems_path, outcome.problems)
    _print(outcome, new, as_json=as_json)
    if strict and outcome.problems:
        sys.exit(EXIT_REJECTED)


def _sync(
    index: Index, inputs: Sequence[Path], options: dict[str, Any], *, as_json: bool
) -> Outcome:
    report = index.sync(inputs, **options) if as_json else sync_with_bar(index, inputs, **options)
    return Outcome.of_sync(report)


def _add(index: Index, items: Iterable[Article | Problem | Notice], *, as_json: bool) -> Outcome:
    from searchlib.articles import Article
    from searchlib.articles.fitting import fit_for

    fit = fit_for(index.schema)
    documents = (fit(one) if isinstance(one, Article) else one for one in items)
    return Outcome.of_add(index.add(documents) if as_json else add_with_bar(index, documents))


def _go_on(run: Callable[[Index], Outcome], index: Index, *, as_json: bool) -> None:
    """Run once more, and say so if anything came of it; no error ends the watch."""
    try:
        outcome = run(index)
    except SearchlibError as error:
        print_error(error)
        return
    if outcome.has_changed:
        _print(outcome, index.path, as_json=as_json)


def _print(outcome: Outcome, index_path: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(outcome.to_json())
    else:
        print_outcome(outcome, index_path)


@contextmanager
def open_or_create(path: Path) -> Iterator[Index]:
    """Open an index, or make one of articles, of which nothing is left if the body raises."""
    if (path / "manifest.json").exists():
        yield Index.open(path)
        return
    from searchlib.articles import Article

    was_there = path.exists()
    index = Index.create(path, Article)
    try:
        yield index
    except BaseException:
        for file in path.iterdir():
            file.unlink()  # it was empty, or Index.create would have refused it
        if not was_there:
            path.rmdir()
        raise
