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
    STANDARD_STREAM,
    expect_csv,
    filter_option,
    friendly_errors,
    index_option,
    json_option,
    lenient_option,
    match_option,
    open_index,
    safe_option,
    synonyms_option,
    written_form,
    zone_option,
)
from searchlib.cli.commands.ranking import fields_option, typos_option
from searchlib.cli.query_words import OnceCommand
from searchlib.cli.terminal import progress_bar
from searchlib.frozen import frozen
from searchlib.query.filter_texts import filters_of
from searchlib.search.ranking_texts import fields_of
from searchlib.storage import filesystem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib.cli.batch_report import BatchReport
    from searchlib.cli.query_lists import ListedQuery
    from searchlib.index import Index
    from searchlib.query.parser import Match
    from searchlib.search.batch_rows import CsvRows, JsonRows
    from searchlib.search.typos import Typos


_ENDINGS: Final = {".csv": "csv", ".jsonl": "json", ".ndjson": "json"}
_CHUNK: Final = 1000
"""After so many queries a file is written, and taken down how far it is."""


@click.command("batch", cls=OnceCommand)
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
    help="The file: CSV, or JSON if it ends with .jsonl. If writing it is interrupted, the same "
    "command goes on. "
    "[default: standard output]",
)
@json_option
@safe_option
@filter_option
@match_option
@lenient_option
@zone_option
@fields_option
@typos_option
@synonyms_option
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
    searched: str | None,
    typos: Typos,
    synonyms: bool,
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

    output = None if output == STANDARD_STREAM else output
    form = written_form(output, "json" if as_json else None, _ENDINGS) or "csv"
    expect_csv(form, safe=safe)
    queries = read_list(list_path, column, header=not no_header)
    index = open_index(index_path, zone=zone)
    batch = _Batch(
        index,
        queries,
        {
            "limit": hits,
            "match": match,
            "lenient": lenient,
            "phrases": phrase,
            "fields": fields_of(searched),
            "typos": typos,
            "synonyms": synonyms,
        },
        filters,
        JsonRows() if form == "json" else CsvRows(hits=hits > 0, safe=safe),
    )
    report = BatchReport()
    with progress_bar("Searching", writes_output=output is None) as progress:
        if output is None:
            for text, _ in batch.answered(0, report, progress):
                sys.stdout.buffer.write(text.encode())
        else:
            origin = batch.origin(form, safe, zone)
            writing = filesystem.writing("write the rows", output)
            with writing, ResumableFile(output, origin) as file:
                report.resumed, report.anew = file.done, file.started_anew
                for text, done in batch.answered(file.done, report, progress):
                    file.write(text, done)
                file.finish()
    report.show(output)


@frozen
class _Batch:
    """A list of queries that is run.

    Attributes:
        index: Where.
        queries: The list.
        options: What :meth:`searchlib.Index.search_many` takes besides.
        filters: What hits must match besides, as it was typed.
        written: Writes rows.
    """

    index: Index[Any]
    queries: Sequence[ListedQuery]
    options: dict[str, Any]
    filters: tuple[str, ...]
    written: JsonRows | CsvRows

    def answered(
        self, start: int, report: BatchReport, progress: Callable[[int, int], None] | None
    ) -> Iterator[tuple[str, int]]:
        """Run the queries from one on; give what is written of a thousand, and how many are done.

        Args:
            start: How many were done before.
            report: Is told of each query.
            progress: Is told how many of how many are done.
        """
        left, filters = self.queries[start:], filters_of(self.filters)
        texts = (query.text for query in left)
        found = self.index.search_many(texts, filter=filters, **self.options)
        rows = zip((query.row for query in left), found, strict=True)
        done = start
        if not start:
            yield self.written.head(), 0
        while chunk := [*islice(rows, _CHUNK)]:
            for row, one in chunk:
                report.take(row, one)
            done += len(chunk)
            if progress is not None:
                progress(done, len(self.queries))
            yield self.written.rows(chunk), done

    def origin(self, *form: object) -> str:
        """Tell this list from others, by all that decides what is written."""
        told = json.dumps(
            [
                self.index.revision,
                self.index.kept_revision,
                self.queries,
                self.options,
                self.filters,
                form,
            ]
        )
        return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
