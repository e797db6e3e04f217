"""The command that shows every occurrence in its line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.cells import cell_len, set_cell_size
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
    synonyms_option,
    written_form,
    zone_option,
)
from searchlib.cli.commands.ranking import fields_option, typos_option
from searchlib.cli.query_words import QueryCommand
from searchlib.cli.terminal import counted, print_notes, printable, progress_bar, terminal
from searchlib.query.filter_texts import filters_of
from searchlib.search.ranking_texts import fields_of

if TYPE_CHECKING:
    from rich.console import Console

    from searchlib.query.parser import Match
    from searchlib.search.concordance import Concordance, ConcordanceLine, LineOrder
    from searchlib.search.typos import Typos

_ENDINGS: Final = {".csv": "csv", ".jsonl": "json", ".ndjson": "json"}
_KEY: Final = 16
"""How many columns the key of an article has at most, where a terminal decides the width."""
_MATCH: Final = 12
_NARROWEST: Final = 10


@click.command("kwic", cls=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@index_option
@click.option(
    "--width",
    type=click.IntRange(min=0),
    help="How many characters there are on each side. [default: as many as fit]",
)
@click.option(
    "--sort",
    type=click.Choice(["left", "right", "date"]),
    help="Order lines by the words before the match, by those behind it, or by date.",
)
@click.option(
    "-n", "--limit", type=click.IntRange(min=0), help="How many lines at most. [default: all]"
)
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV.")
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object for each line.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a .csv or .jsonl file instead. It appears when it is complete.",
)
@safe_option
@bom_option
@filter_option
@match_option
@lenient_option
@zone_option
@fields_option
@typos_option
@synonyms_option
@friendly_errors
def kwic_command(
    query: tuple[str, ...],
    index_path: Path,
    width: int | None,
    sort: LineOrder | None,
    limit: int | None,
    as_csv: bool,
    as_json: bool,
    output: Path | None,
    safe: bool,
    bom: bool,
    filters: tuple[str, ...],
    match: Match,
    lenient: bool,
    zone: str,
    searched: str | None,
    typos: Typos,
    synonyms: bool,
) -> None:
    """Show every occurrence of a query in its line, aligned at the match.

    A phrase is one occurrence. All articles that the query finds are read.

    \b
    Examples:
      searchlib kwic "peace talks" --index news.index
      searchlib kwic '"climate change"' --sort right --filter published=2025 --index news.index
      searchlib kwic storm --width 100 -o storm.csv --index news.index
    """
    output = None if output == STANDARD_STREAM else output
    form = _form_of(output, as_csv=as_csv, as_json=as_json)
    expect_csv(form, safe=safe, bom=bom)
    console = terminal()
    concordance = open_index(index_path, zone=zone).concordance(
        " ".join(query),
        width=_side(console) if width is None else width,
        sort=sort,
        limit=limit,
        filter=filters_of(filters),
        match=match,
        lenient=lenient,
        fields=fields_of(searched),
        typos=typos,
        synonyms=synonyms,
    )
    if form == "text":
        lines, articles = print_lines(concordance, console, width)
        said = f"{counted(lines, 'line')} in {counted(articles, 'article')}"
        if articles != concordance.documents:  # lines are left out, or none is in what matches
            matching = counted(concordance.documents, "article matches", "articles match")
            said = f"{said}; {matching}"
        console.print(f"[bold]{said}[/]", highlight=False)
    else:
        _write(concordance, form, output, safe=safe, bom=bom)
    print_notes(concordance.notes, terminal(errors=True))


def _form_of(output: Path | None, *, as_csv: bool, as_json: bool) -> str:
    """Choose what is written.

    Raises:
        click.UsageError: Several things are asked for, or none.
    """
    if as_csv and as_json:
        raise click.UsageError("Expected --csv or --json, got both.")
    given = "csv" if as_csv else "json" if as_json else None
    form = written_form(output, given, _ENDINGS)
    if form is None and output is not None:
        raise click.UsageError(
            f"Expected a file that ends with {', '.join(_ENDINGS)}, or --csv or --json; got "
            f"{str(output)!r}."
        )
    return form or "text"


def _write(
    concordance: Concordance, form: str, output: Path | None, *, safe: bool, bom: bool
) -> None:
    target = sys.stdout.buffer if output is None else output
    with progress_bar("Reading", writes_output=output is None) as progress:
        if form == "json":
            concordance.to_jsonl(target, progress=progress)
        else:
            encoding = "utf-8-sig" if bom else "utf-8"
            concordance.to_csv(target, safe=safe, encoding=encoding, progress=progress)
    if output is not None:
        terminal(errors=True).print(Text(f"Written to {printable(str(output))}"))


def _side(console: Console) -> int:
    """Tell how many columns are on each side of a match of the usual length."""
    return max((console.width - _KEY - _MATCH - 2) // 2, _NARROWEST)


def print_lines(concordance: Concordance, console: Console, width: int | None) -> tuple[int, int]:
    """Print lines aligned at the match, and count them and the articles that they are of.

    Args:
        concordance: The lines.
        console: Where to.
        width: How many columns each side has; ``None`` for what the terminal has room for.
    """
    side = _side(console) if width is None else width
    behind = None if width is not None else max(console.width - side - _KEY - 2, _NARROWEST)
    count, keys = 0, set()
    for line in concordance:
        count += 1
        keys.add(line.key)
        console.print(_shown(line, side, behind), no_wrap=True, crop=False, soft_wrap=True)
    return count, len(keys)


def _shown(line: ConcordanceLine, side: int, behind: int | None) -> Text:
    """Write a line: what is before the match, the match with what is behind it, and the key."""
    match = Text(printable(line.match))
    for start, end in line.marks:
        match.stylize("bold black on bright_yellow", start, end)
    rest = match + Text(printable(line.right))
    room = cell_len(match.plain) + side if behind is None else behind
    rest.truncate(room, pad=True)
    key = printable(line.key)
    key = key if behind is None or cell_len(key) <= _KEY else f"{set_cell_size(key, _KEY - 1)}…"
    return Text(_right_aligned(printable(line.left), side)) + rest + Text(f"  {key}", "dim")


def _right_aligned(text: str, columns: int) -> str:
    """Give the end of a text in just as many columns of a terminal."""
    while cell_len(text) > columns:
        text = text[1:]
    return " " * (columns - cell_len(text)) + text
