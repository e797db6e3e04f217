"""The command that copies an index from one place to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from searchlib.cli.commands.indexing import end_with, problems_option, strict_option
from searchlib.cli.commands.options import (
    PLACE,
    friendly_errors,
    json_option,
    named_place,
)
from searchlib.cli.query_words import OnceCommand
from searchlib.cli.reports import Outcome
from searchlib.cli.terminal import progress_bar

if TYPE_CHECKING:
    from pathlib import Path


@click.command("copy", cls=OnceCommand)
@click.argument("source", type=PLACE)
@click.argument("target", type=PLACE)
@click.option("--overwrite", is_flag=True, help="Copy the articles that TARGET has already, too.")
@problems_option
@json_option
@strict_option
@friendly_errors
def copy_command(
    source: Path | str,
    target: Path | str,
    overwrite: bool,
    problems_path: Path | None,
    as_json: bool,
    strict: bool,
) -> None:
    """Copy an index: from a folder to a cluster of OpenSearch, back, or between two of a kind.

    TARGET is made if it is not there. Articles that it has already are not copied again, so a copy
    that was stopped goes on where it was when the command is called again.

    \b
    Examples:
      searchlib copy news.index opensearch://localhost:9200/news
      searchlib copy opensearch://localhost:9200/news back.index
      searchlib copy news.index "opensearch://localhost:9200/news?shards=3" --overwrite
    """
    from searchlib.backends.copying import copy_index

    with progress_bar("Copying") as progress:
        report = copy_index(source, target, overwrite=overwrite, progress=progress)
    outcome = Outcome.of_copy(report)
    end_with(outcome, named_place(target), problems_path, as_json=as_json, strict=strict)
