"""The command line: a thin shell over :class:`searchlib.Index`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from functools import wraps
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.text import Text

from searchlib import __version__
from searchlib.cli.query_words import QueryCommand
from searchlib.cli.terminal import (
    add_with_bar,
    counted,
    print_json,
    print_notes,
    print_report,
    print_results,
    reindex_with_bar,
    search_helpfully,
    terminal,
)
from searchlib.errors import (
    IndexNotFoundError,
    NotAnIndexError,
    Problem,
    SearchlibError,
    SourceNotFoundError,
)
from searchlib.highlight import SnippetOptions
from searchlib.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from searchlib.articles import Article
    from searchlib.errors import Notice
    from searchlib.indexing.writer import AddReport
    from searchlib.query.parser import Match

# What only some commands need is imported by them: a search should not wait for what reads
# articles, nor for bars and tables.

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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="searchlib")
def cli() -> None:
    """Full-text search for archives of news articles.

    \b
    A first tour:
      searchlib demo                                search the archive that ships
      searchlib index articles/ --index news.index  make an index of your files
      searchlib search "peace talks" --index news.index

    \b
    Exit codes:
      0  all right, also when nothing was found
      1  an error, which is explained
      2  the command was called in a wrong way
      3  with --strict: some files could not be used
    """


@cli.command("index")
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@json_option
@click.option("--strict", is_flag=True, help="Exit with 3 when a file could not be used.")
@friendly_errors
def index_command(inputs: tuple[Path, ...], index_path: Path, as_json: bool, strict: bool) -> None:
    """Add articles from files and folders to an index.

    The index is made if there is none. Reads exports of news archives and plain text (.txt),
    Markdown with front matter (.md), JSON and JSON Lines (.json, .jsonl), each also compressed
    (.gz). Adding an article again replaces it. A file that can't be read is reported and left out.

    \b
    Examples:
      searchlib index articles/ --index news.index
      searchlib index monday.txt archive.jsonl.gz --index news.index
    """
    from searchlib.articles import read_articles

    articles = expect_some(read_articles(inputs))
    index = open_or_create(index_path)
    report = index.add(articles) if as_json else add_with_bar(index, articles)
    _finish(report, index_path, as_json=as_json, strict=strict)


@cli.command("reindex")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@json_option
@click.option("--strict", is_flag=True, help="Exit with 3 when a document could not be used.")
@friendly_errors
def reindex_command(old: Path, new: Path, as_json: bool, strict: bool) -> None:
    """Make a new index of the documents that an index keeps.

    For an index that another version of searchlib has made, whose words would not be found. OLD
    stays as it is; NEW must be empty or not be there, and is there when it is whole.

    \b
    Examples:
      searchlib reindex news.index new.index
    """
    report = Index.reindex(old, new) if as_json else reindex_with_bar(old, new)
    _finish(report, new, as_json=as_json, strict=strict)


def _finish(report: AddReport, index_path: Path, *, as_json: bool, strict: bool) -> None:
    if as_json:
        print_json(_report_json(report))
    else:
        print_report(report, index_path)
    if strict and report.rejected:
        sys.exit(EXIT_REJECTED)


@cli.command("search", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@index_option
@json_option
@click.option("-n", "--limit", default=10, show_default=True, help="How many hits to show.")
@click.option("--offset", default=0, show_default=True, help="How many of the best to skip.")
@click.option(
    "--match",
    type=click.Choice(["all", "any"]),
    help="Which words a hit must hold. [default: all, or any where no article has all]",
)
@lenient_option
@zone_option
@click.option("--filter", "filter_", metavar="QUERY", help="What hits must match besides.")
@click.option("--sort", metavar="FIELD", help='Sort by a field; "-published" for newest first.')
@click.option(
    "--chars",
    default=240,
    show_default=True,
    type=click.IntRange(min=20),
    help="How long a snippet may be.",
)
@friendly_errors
def search_command(
    query: tuple[str, ...],
    index_path: Path,
    as_json: bool,
    limit: int,
    offset: int,
    match: Match | None,
    lenient: bool,
    zone: str,
    filter_: str | None,
    sort: str | None,
    chars: int,
) -> None:
    """Search an index, best hits first.

    \b
    Words:     ceasefire talks             both words, in title or body
    Any word:  ceasefire OR truce
    Not:       strike -dockers             strike NOT dockers
    Phrase:    "prime minister"            within 3 words: "minister resigns"~3
    Near:      peace NEAR/5 talks          in any order, at most 5 words apart
    Beginning: ceasef*                     pattern: w?man   misspelt: ceasfire~
    Field:     title:storm  categories:sport  source:"Harbour News"
    Dates:     published:2025-02  published:>=2025-02  published:"last week"

    \b
    Examples:
      searchlib search "peace talks" --index news.index
      searchlib search title:storm --index news.index --sort=-published
      searchlib search '"wind farm"' --index news.index --json
      searchlib search storm -flood --index news.index
      searchlib search --index news.index -- -flood storm
    """
    text = " ".join(query)
    results, matched = search_helpfully(
        open_index(index_path, zone=zone),
        text,
        match,
        lenient=lenient,
        limit=limit,
        offset=offset,
        filter=filter_,
        sort=sort,
        snippets=SnippetOptions(max_chars=chars),
    )
    if as_json:
        head = {"query": text, "match": matched}
        print_json({**head, **results.to_json()})
    else:
        print_results(results, relaxed=matched != (match or "all"))


@cli.command("parse", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@index_option
@json_option
@match_option
@lenient_option
@friendly_errors
def parse_command(
    query: tuple[str, ...], index_path: Path, as_json: bool, match: Match, lenient: bool
) -> None:
    """Show how a query is read: its tree, and the notes on it.

    With --json the tree has the form that searchlib.query.from_json reads.

    \b
    Examples:
      searchlib parse storm -flood --index news.index
      searchlib parse 'published:"last week" OR ceasf~' --index news.index
    """
    parsed = open_index(index_path).parse_with_notes(" ".join(query), match=match, lenient=lenient)
    if as_json:
        notes = [note.to_json() for note in parsed.notes]
        from searchlib.query import to_json

        print_json({**to_json(parsed.query), "notes": notes})
    else:
        terminal().print(Text(repr(parsed.query)))
        print_notes(parsed.notes, terminal())


@cli.command("explain", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@click.argument("key")
@index_option
@json_option
@match_option
@lenient_option
@zone_option
@friendly_errors
def explain_command(
    query: tuple[str, ...],
    key: str,
    index_path: Path,
    as_json: bool,
    match: Match,
    lenient: bool,
    zone: str,
) -> None:
    """Show how the score of an article comes about.

    The last argument is the key of the article, as "searchlib search --json" shows it.

    \b
    Examples:
      searchlib explain storm flood bbc-17 --index news.index
      searchlib explain '"wind farm"' bbc-17 --index news.index --json
    """
    index = open_index(index_path, zone=zone)
    explanation = index.explain(" ".join(query), key, match=match, lenient=lenient)
    if as_json:
        print_json(explanation.to_json())
    else:
        terminal().print(Text(str(explanation)))


@cli.command("stats")
@index_option
@json_option
@friendly_errors
def stats_command(index_path: Path, as_json: bool) -> None:
    """Say what an index holds."""
    stats = open_index(index_path).stats()
    if as_json:
        shown = {
            "path": str(stats.path),
            "documents": stats.documents,
            "deleted": stats.deleted,
            "segments": stats.segments,
            "generation": stats.generation,
            "size": stats.size,
            "model": stats.model,
            "fields": stats.fields,
            "scoring": asdict(stats.scoring),
        }
        print_json(shown)
        return
    console = terminal()
    console.print(
        f"[bold]{counted(stats.documents, 'document')}[/], {_size(stats.size)} on disk in "
        f"{counted(stats.segments, 'segment')}, after {counted(stats.generation, 'commit')}"
    )
    from rich.table import Table

    table = Table("field", "holds", title=Text(stats.model), title_justify="left", box=None)
    for name, description in stats.fields.items():
        table.add_row(name, Text(description))
    console.print(table)


@cli.command("check")
@index_option
@json_option
@friendly_errors
def check_command(index_path: Path, as_json: bool) -> None:
    """Compare the files of an index with their checksums.

    Exits with 1 if a file is damaged.
    """
    faults = open_index(index_path).check()
    if as_json:
        print_json({"faults": faults})
    else:
        for fault in faults:
            terminal(errors=True).print(Text("Fault: ", "bold red") + Text(fault))
        click.echo(f"{len(faults)} faults" if faults else "The index is sound.")
    if faults:
        sys.exit(EXIT_ERROR)


@cli.command("demo")
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


def expect_some(
    articles: Iterable[Article | Problem | Notice],
) -> Iterator[Article | Problem | Notice]:
    """Give articles and problems on, if there is more than folders with nothing in them.

    Raises:
        SourceNotFoundError: There is not.
    """
    seen = []
    rest = iter(articles)
    for one in rest:
        seen.append(one)
        if not (isinstance(one, Problem) and one.path is not None and one.path.is_dir()):
            return chain(seen, rest)
    raise SourceNotFoundError("\n".join(map(str, seen)))


def open_index(path: Path, *, zone: str = "UTC") -> Index:
    """Open an index, or say which command makes one."""
    try:
        return Index.open(path, zone=zone)
    except (IndexNotFoundError, NotAnIndexError) as error:
        error.add_note(f"On the command line: searchlib index ARTICLES --index {path}")
        raise


def open_or_create(path: Path) -> Index:
    """Open an index of articles, or make one where there is nothing."""
    from searchlib.articles import Article

    return (
        Index.open(path, Article)
        if (path / "manifest.json").exists()
        else Index.create(path, Article)
    )


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"


def _report_json(report: AddReport) -> dict[str, Any]:
    rejected = [
        {
            "path": None if problem.path is None else str(problem.path),
            "line": problem.line,
            "field": problem.field,
            "key": problem.key,
            "reason": problem.reason,
        }
        for problem in report.rejected
    ]
    notices = [
        {
            "path": None if notice.path is None else str(notice.path),
            "line": notice.line,
            "kind": notice.kind,
            "message": notice.message,
        }
        for notice in report.notices
    ]
    return {
        "added": report.added,
        "replaced": report.replaced,
        "rejected": rejected,
        "notices": notices,
    }
