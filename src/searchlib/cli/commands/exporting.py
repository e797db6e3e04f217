"""The command that takes hits elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from searchlib.cli.commands.options import (
    STANDARD_STREAM,
    bom_option,
    expect_csv,
    filter_option,
    friendly_errors,
    index_option,
    lenient_option,
    match_option,
    open_index,
    safe_option,
    zone_option,
)
from searchlib.cli.commands.ranking import ranking_options
from searchlib.cli.query_words import QueryCommand
from searchlib.cli.terminal import counted, print_notes, printable, progress_bar, terminal
from searchlib.export.field_texts import read_fields
from searchlib.export.formats import ENDINGS, FORMATS, SPREADSHEETS
from searchlib.query.filter_texts import filters_of

if TYPE_CHECKING:
    from searchlib.query.parser import Match


@click.command("export", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@index_option
@click.option(
    "--format",
    "format_",
    type=click.Choice([*FORMATS]),
    help="What is written. [default: what the ending of the file says, or else csv]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The file. It appears when it is complete. [default: standard output]",
)
@click.option(
    "--fields",
    metavar="NAME,...",
    help="The columns: fields, rank, score, key, snippet. [default: all fields] For bibtex and "
    "ris, which field is what: title=headline,source=paper.",
)
@safe_option
@bom_option
@click.option(
    "-n", "--limit", type=click.IntRange(min=0), help="How many of the best hits. [default: all]"
)
@match_option
@lenient_option
@zone_option
@filter_option
@ranking_options("--search-fields")
@friendly_errors
def export_command(
    query: tuple[str, ...],
    index_path: Path | str,
    format_: str | None,
    output: Path | None,
    fields: str | None,
    safe: bool,
    bom: bool,
    limit: int | None,
    match: Match,
    lenient: bool,
    zone: str,
    filters: tuple[str, ...],
    ranking: dict[str, Any],
) -> None:
    """Write all hits of a query as a table, as JSON, or as a bibliography.

    The query * stands for all articles. Text goes to standard output if there is no --output.

    \b
    Examples:
      searchlib export "peace talks" --fields published,source,title,url -o talks.csv
      searchlib export '*' -o archive.parquet
      searchlib export storm --format bibtex --filter published=2025-02
      searchlib export storm --format jsonl --fields key,score --limit 100
      searchlib export storm --collapse copies --recency published:30d -o storm.csv
    """
    output = None if output == STANDARD_STREAM else output
    chosen = _format_of(format_, output)
    expect_csv(chosen, safe=safe, bom=bom)
    options: dict[str, Any] = {
        "fields": read_fields(fields, chosen),
        "hits": "all" if limit is None else "page",
    }
    if chosen in SPREADSHEETS:
        options |= {"safe": safe, "encoding": "utf-8-sig" if bom else "utf-8"}
    results = open_index(index_path, zone=zone).search(
        " ".join(query),
        match=match,
        lenient=lenient,
        limit=limit or 0,
        filter=filters_of(filters),
        **ranking,
    )
    written = 0
    with progress_bar("Exporting", writes_output=output is None) as bar:

        def progress(done: int, total: int) -> None:
            nonlocal written
            written = done
            if bar is not None:
                bar(done, total)

        target: Any = sys.stdout.buffer if output is None else output
        FORMATS[chosen].write(results, target, **options, progress=progress)
    console = terminal(errors=True)
    print_notes(results.notes, console)
    if output is not None:
        said = f"{counted(written, 'hit')} written to {printable(str(output))}"
        console.print(Text(said))


def _format_of(format_: str | None, output: Path | None) -> str:
    """Choose the format.

    Raises:
        click.UsageError: The file does not say, or the format is not for a terminal.
    """
    if format_ is None and output is not None:
        format_ = ENDINGS.get(output.suffix.lower())
        if format_ is None:
            excel = output.suffix.lower() in (".xlsx", ".xls")
            raise click.UsageError(
                f"Expected a file that ends with {', '.join(ENDINGS)}, or --format; got "
                f"{str(output)!r}.{' Excel opens .csv, best with --safe --bom.' if excel else ''}"
            )
    if format_ is not None and output is None and not FORMATS[format_].is_text:
        raise click.UsageError(f"Expected --output FILE for {format_}, which is not text.")
    return format_ or "csv"
