"""The commands that change an index."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.commands.options import (
    EXIT_REJECTED,
    friendly_errors,
    index_option,
    json_option,
    reading_options,
)
from searchlib.cli.terminal import add_with_bar, print_json, print_report, reindex_with_bar
from searchlib.errors import Problem, SourceNotFoundError
from searchlib.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from searchlib.articles import Article
    from searchlib.errors import Notice
    from searchlib.indexing.writer import AddReport


@click.command("index")
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@json_option
@click.option("--strict", is_flag=True, help="Exit with 3 when a file could not be used.")
@friendly_errors
@reading_options
def index_command(
    inputs: tuple[Path, ...],
    index_path: Path,
    reading: dict[str, Any],
    as_json: bool,
    strict: bool,
) -> None:
    """Add articles from files and folders to an index.

    The index is made if there is none. Reads exports of news archives and press databases, plain
    text, Markdown, JSON, tables, web pages, feeds, WordPress exports, news standards and more (see
    docs/articles.md), each also compressed. Adding an article again replaces it. A file that can't
    be read is reported and left out.

    \b
    Examples:
      searchlib index articles/ --index news.index
      searchlib index monday.txt archive.jsonl.gz --index news.index
      searchlib index export.json --index news.index --map body=content,author=by
    """
    from searchlib.articles import read_articles

    articles = expect_some(read_articles(inputs, **reading))
    index = open_or_create(index_path)
    report = index.add(articles) if as_json else add_with_bar(index, articles)
    _finish(report, index_path, as_json=as_json, strict=strict)


@click.command("reindex")
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


def open_or_create(path: Path) -> Index:
    """Open an index of articles, or make one where there is nothing."""
    from searchlib.articles import Article

    return (
        Index.open(path, Article)
        if (path / "manifest.json").exists()
        else Index.create(path, Article)
    )


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
