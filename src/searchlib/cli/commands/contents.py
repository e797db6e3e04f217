"""The commands that show what an index holds."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.text import Text

from searchlib.cli.commands.options import (
    EXIT_ERROR,
    friendly_errors,
    index_option,
    json_option,
    open_index,
)
from searchlib.cli.query_words import OnceCommand
from searchlib.cli.terminal import counted, print_json, terminal

if TYPE_CHECKING:
    from pathlib import Path


@click.command("stats", cls=OnceCommand)
@index_option
@json_option
@friendly_errors
def stats_command(index_path: Path | str, as_json: bool) -> None:
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
            "languages": stats.languages,
            "scoring": asdict(stats.scoring),
            "kernels": stats.kernels,
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
    if stats.languages:
        console.print(f"languages: {', '.join(stats.languages)}")
    console.print(f"kernels: {stats.kernels}")


@click.command("check", cls=OnceCommand)
@index_option
@json_option
@friendly_errors
def check_command(index_path: Path | str, as_json: bool) -> None:
    """Compare the files of an index with their checksums.

    Exits with 1 if a file is damaged.
    """
    faults = open_index(index_path).check()
    if as_json:
        print_json({"faults": faults})
    else:
        for fault in faults:
            terminal(errors=True).print(Text("Fault: ", "bold red") + Text(fault))
        click.echo(counted(len(faults), "fault") if faults else "The index is sound.")
    if faults:
        sys.exit(EXIT_ERROR)


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"
