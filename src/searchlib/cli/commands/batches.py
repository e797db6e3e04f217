"""The command that runs a list of queries."""

from __future__ import annotations

import hashlib
import json
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from searchlib.cli.commands.options import (
    filter_option,
    friendly_errors,
    index_option,
    json_option,
    lenient_option,
    match_option,
    open_index,
    zone_option,
)
from searchlib.cli.terminal import progress_bar
from searchlib.query.filter_texts import filters_of
from searchlib.schema.roles import Headings
from searchlib.storage import filesystem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib.cli.batch_report import BatchReport
    from searchlib.cli.query_lists import ListedQuery
    from searchlib.index import Index
    from searchlib.query.parser import Match
    from searchlib.search.batch_rows import CsvRows, JsonRows


_CHUNK: Final = 1000
"""After so many queries a file is written, and taken down how far it is."""


@click.command("batch")
@click.argument(
    "list_path",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, allow_dash=True, dir_okay=False),
)
@index_option
@click.option(
    "--column",
    metavar="NAME",
    help="The column of a table that has the queries, or its number. [default: the first]",
)
@click.option("--no-header", is_flag=True, help="The first row of the table is a query.")
@click.option(
    "--phrase",
    is_flag=True,
    help="Find each name word for word, as a phrase; nothing in it is an operator.",
)
@click.option(
    "--hits",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="How many hits of each query are listed; 0 for a row with its total alone.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file. If writing it is interrupted, the same command goes on. "
    "[default: standard output]",
)
@json_option
@click.option("--safe", is_flag=True, help="Let no spreadsheet take text in CSV for a formula.")
@filter_option
@match_option
@lenient_option
@zone_option
@friendly_errors
def batch_command(
    list_path: Path,
    index_path: Path,
    column: str | None,
    no_header: bool,
    phrase: bool,
    hits: int,
    output: Path | None,
    as_json: bool,
    safe: bool,
    filters: tuple[str, ...],
    match: Match,
    lenient: bool,
    zone: str,
) -> None:
    """Run a list of queries: a column of a CSV file, or a text with a query on each line.

    A query that is wrong is reported, with the number of its row, and the others go on.

    \b
    Examples:
      searchlib batch names.csv --column name --phrase -o totals.csv --index news.index
      searchlib batch queries.txt --hits 5 -o hits.csv --index news.index
      cat queries.txt | searchlib batch - --json --index news.index
    """
    from searchlib.cli.batch_report import BatchReport
    from searchlib.cli.query_lists import read_list
    from searchlib.cli.resuming import ResumableFile
    from searchlib.search.batch_rows import CsvRows, JsonRows

    queries = read_list(list_path, column, header=not no_header)
    index = open_index(index_path, zone=zone)
    options: dict[str, Any] = {
        "limit": hits,
        "match": match,
        "lenient": lenient,
        "phrases": phrase,
        "filter": filters_of(filters),
    }
    headings = Headings(index.schema)
    written = JsonRows(headings) if as_json else CsvRows(headings, hits=hits > 0, safe=safe)
    report = BatchReport()
    with progress_bar("Searching") as progress:
        if output is None:
            for text, _ in _answered(index, queries, 0, options, written, report, progress):
                sys.stdout.buffer.write(text.encode())
        else:
            form = [as_json, safe, zone]
            origin = _origin(index, queries, {**options, "filter": list(filters), "form": form})
            writing = filesystem.explaining("write the rows", output)
            with writing, ResumableFile(output, origin) as file:
                report.resumed, report.anew = file.done, file.started_anew
                rest = _answered(index, queries, file.done, options, written, report, progress)
                for text, done in rest:
                    file.write(text, done)
                file.finish()
    report.show(output)


def _answered(
    index: Index[Any],
    queries: Sequence[ListedQuery],
    start: int,
    options: dict[str, Any],
    written: JsonRows | CsvRows,
    report: BatchReport,
    progress: Callable[[int, int], None] | None,
) -> Iterator[tuple[str, int]]:
    """Run the queries from one on, and give what is written of some thousand of them each time."""
    rows = zip(
        queries[start:],
        index.search_many((query.text for query in queries[start:]), **options),
        strict=True,
    )
    done = start
    if not start:
        yield written.head(), 0
    while chunk := [(listed.row, found) for listed, found in islice(rows, _CHUNK)]:
        for row, found in chunk:
            report.take(row, found)
        done += len(chunk)
        if progress is not None:
            progress(done, len(queries))
        yield written.rows(chunk), done


def _origin(index: Index[Any], queries: Sequence[ListedQuery], options: dict[str, Any]) -> str:
    """Tell one list from others, with all that decides what is found."""
    told = json.dumps([index.revision, queries, options])
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
