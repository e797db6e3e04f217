"""The commands that add articles to an index."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.commands.options import (
    EXIT_REJECTED,
    PLACE,
    STANDARD_STREAM,
    friendly_errors,
    index_option,
    inputs_argument,
    json_option,
    named_place,
    print_error,
    reading_options,
)
from searchlib.cli.query_words import OnceCommand
from searchlib.cli.reports import Outcome, print_outcome, print_problems, write_problems
from searchlib.cli.terminal import add_with_bar, print_json, reindex_with_bar, sync_with_bar
from searchlib.errors import SchemaMismatchError, SearchlibError, SourceNotFoundError
from searchlib.frozen import frozen
from searchlib.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from searchlib.articles import Article
    from searchlib.errors import Notice, Problem


strict_option = click.option(
    "--strict", is_flag=True, help="Exit with 3 when something could not be used."
)
language_option = click.option(
    "--language",
    metavar="NAME",
    help="The language of a new index, such as german or de; auto for articles that are each in "
    "their own; none to index words as they are written. [default: english]",
)
problems_option = click.option(
    "--problems",
    "problems_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what could not be used to a file, as JSON Lines.",
)


@click.command("index", cls=OnceCommand)
@inputs_argument
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
@language_option
@problems_option
@json_option
@strict_option
@friendly_errors
@reading_options
def index_command(
    inputs: tuple[Path, ...],
    index_path: Path | str,
    reading: dict[str, Any],
    sync: bool,
    full: bool,
    allow_empty: bool,
    watch: bool,
    format_: str | None,
    language: str | None,
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
      searchlib index archiv/ --language german --index archiv.index
      searchlib index agencies/ --language auto --index agencies.index
    """
    own_files = () if problems_path is None else (problems_path,)
    job = _Job(
        inputs, reading, format_, own_files, sync=sync, allow_empty=allow_empty, as_json=as_json
    )
    job.expect_options_that_fit(watch=watch, full=full)
    from searchlib.cli.watching import watch_files

    changes = watch_files(inputs, index_path) if watch else ()
    if problems_path is not None:
        write_problems(problems_path, [])  # an error before the work, not after it
    with open_or_create(index_path, language) as index:
        outcome = job.run(index, full=full)
        if problems_path is not None:
            write_problems(problems_path, outcome.problems)
        if outcome.is_nothing and not allow_empty:
            print_problems(outcome.problems)
            raise SourceNotFoundError("expected files of articles, got none that could be used")
    print_report(outcome, named_place(index_path), as_json=as_json)
    for _ in changes:
        outcome = job.go_on(index, outcome)
    if strict and outcome.problems:
        sys.exit(EXIT_REJECTED)


@click.command("reindex", cls=OnceCommand)
@click.argument("old", type=PLACE)
@click.argument("new", type=PLACE, required=False)
@click.option(
    "--language", metavar="NAME", help="The language of the new index. [default: that of the old]"
)
@problems_option
@json_option
@strict_option
@friendly_errors
def reindex_command(
    old: Path | str,
    new: Path | str | None,
    language: str | None,
    problems_path: Path | None,
    as_json: bool,
    strict: bool,
) -> None:
    """Index the documents that an index keeps anew.

    For an index that another version of searchlib has made, whose words would not be found, and to
    index the same documents in another language. With NEW, OLD stays as it is; NEW must be empty or
    not be there, and is there when it is whole. Without NEW, the new index takes the place of OLD
    in one step, if all documents could be indexed.

    \b
    Examples:
      searchlib reindex news.index
      searchlib reindex news.index new.index
      searchlib reindex news.index german.index --language german
    """
    run = Index.reindex if as_json else reindex_with_bar
    report = run(old, new, language=language)
    outcome = Outcome.of_add(report)
    place = named_place(old if new is None else new)
    end_with(outcome, place, problems_path, as_json=as_json, strict=strict)


@frozen
class _Job:
    """What is to be indexed, and how.

    Attributes:
        inputs: The files and folders, or :data:`STANDARD_STREAM`.
        reading: How they are read.
        format_: The format of standard input.
        own_files: Files that are written, and not read.
        sync: Whether to synchronise, or only to add.
        allow_empty: Whether a folder may be empty.
        as_json: Whether a program reads what is printed.
    """

    inputs: tuple[Path, ...]
    reading: dict[str, Any]
    format_: str | None
    own_files: Sequence[Path]
    sync: bool
    allow_empty: bool
    as_json: bool

    @property
    def is_stream(self) -> bool:
        """Whether standard input is read."""
        return STANDARD_STREAM in self.inputs

    def expect_options_that_fit(self, *, watch: bool, full: bool) -> None:
        """Look at everything that can be wrong before an index is made.

        Raises:
            UsageError: Options do not go together.
            SourceNotFoundError: There is no such file or folder.
        """
        if self.is_stream and len(self.inputs) > 1:
            raise click.UsageError("expected files, or a single - for standard input, got both")
        if self.format_ is not None and not self.is_stream:
            raise click.UsageError("--format goes with - for standard input: files tell theirs")
        if (self.is_stream or not self.sync) and (watch or full or self.allow_empty):
            raise click.UsageError(
                "--watch, --full and --allow-empty go with --sync, and with files"
            )
        if not self.is_stream:
            from searchlib.articles.paths import find_paths

            find_paths(self.inputs)

    def run(self, index: Index, *, full: bool = False) -> Outcome:
        """Index everything."""
        if self.sync and not self.is_stream:
            options = {
                **self.reading,
                "leave_out": self.own_files,
                "full": full,
                "allow_empty": self.allow_empty,
            }
            if self.as_json:
                return Outcome.of_sync(index.sync(self.inputs, **options))
            return Outcome.of_sync(sync_with_bar(index, self.inputs, **options))
        from searchlib.articles import Article
        from searchlib.articles.fitting import fit_for

        fit = fit_for(index.schema)
        documents = (fit(one) if isinstance(one, Article) else one for one in self._read())
        report = index.add(documents) if self.as_json else add_with_bar(index, documents)
        return Outcome.of_add(report)

    def _read(self) -> Iterator[Article | Problem | Notice]:
        from searchlib.articles.reading import read_articles, read_stream

        if not self.is_stream:
            return read_articles(self.inputs, leave_out=self.own_files, **self.reading)
        return read_stream(sys.stdin.buffer, format=self.format_, **self.reading)

    def go_on(self, index: Index, before: Outcome) -> Outcome:
        """Index once more, and say so if anything is new; no error ends the watch."""
        try:
            outcome = self.run(index)
        except SearchlibError as error:
            print_error(error)
            return before
        if outcome.has_changed or outcome.problems != before.problems:
            print_report(outcome, index.address, as_json=self.as_json)
        return outcome


def end_with(
    outcome: Outcome, place: str, problems_path: Path | None, *, as_json: bool, strict: bool
) -> None:
    """Write problems where they are wanted, print what has become of an index, and exit by that."""
    if problems_path is not None:
        write_problems(problems_path, outcome.problems)
    print_report(outcome, place, as_json=as_json)
    if strict and outcome.problems:
        sys.exit(EXIT_REJECTED)


def print_report(outcome: Outcome, place: str, *, as_json: bool) -> None:
    """Print what has become of an index, for a program or for a person."""
    if as_json:
        print_json(outcome.to_json())
    else:
        print_outcome(outcome, place)


@contextmanager
def open_or_create(path: Path | str, language: str | None = None) -> Iterator[Index]:
    """Open an index, or make one of articles, of which nothing is left if the body raises.

    Raises:
        SchemaMismatchError: There is an index, and it is in another language.
    """
    from searchlib.articles import Article

    if isinstance(path, str):
        yield Index.open_or_create(path, Article, language=language)
        return
    if (path / "manifest.json").exists():
        index = Index.open(path)
        _expect_language(index, language)
        yield index
        return

    was_there = path.exists()
    index = Index.create(path, Article, language=language)
    try:
        yield index
    except BaseException:
        for file in path.iterdir():
            file.unlink()  # it was empty, or Index.create would have refused it
        if not was_there:
            path.rmdir()
        raise


def _expect_language(index: Index, language: str | None) -> None:
    wanted = index.schema.in_language(language)
    differences = index.schema.differences(wanted)
    if differences:
        raise SchemaMismatchError(
            f"expected an index in {wanted.language}, got one in "
            f"{index.schema.language or 'the languages of its model'}; make another of the same "
            f"documents: searchlib reindex {index.address} NEW --language {wanted.language}",
            differences,
        )
