"""The command that makes an index of one that Whoosh wrote."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.commands.indexing import end_with, problems_option, strict_option
from searchlib.cli.commands.options import friendly_errors, json_option
from searchlib.cli.query_words import OnceCommand
from searchlib.cli.reports import Outcome
from searchlib.cli.terminal import migrate_with_bar

if TYPE_CHECKING:
    from pydantic import BaseModel


@click.command("migrate", cls=OnceCommand)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--trust", is_flag=True, help="Say that OLD is yours: reading it can run code in it.")
@click.option("--key", metavar="FIELD", help="The key. [default: the one unique field]")
@click.option("--drop", metavar="FIELD,...", default="", help="Fields to do without.")
@click.option("--model", "model_name", metavar="MODULE:CLASS", help="The model of the documents.")
@problems_option
@json_option
@strict_option
@friendly_errors
def migrate_command(
    old: Path,
    new: Path,
    trust: bool,
    key: str | None,
    drop: str,
    model_name: str | None,
    problems_path: Path | None,
    as_json: bool,
    strict: bool,
) -> None:
    """Make a new index of the documents that an index of Whoosh keeps.

    An index of Whoosh holds pickles, and to read one is to run the code that is in it. So OLD is
    read only with --trust. It stays as it is; NEW must be empty or not be there, and is there when
    it is whole. What can't be carried over is named before anything is written.

    \b
    Examples:
      searchlib migrate indexdir news.index --trust
      searchlib migrate indexdir news.index --trust --drop content --model shop.models:Product
    """
    model = _find_model(model_name) if model_name and trust else None
    dropped = [name.strip() for name in drop.split(",") if name.strip()]
    report = migrate_with_bar(old, new, trust=trust, key=key, drop=dropped, model=model)
    outcome = Outcome.of_add(report)
    end_with(outcome, str(new), problems_path, as_json=as_json, strict=strict)


def _find_model(name: str) -> type[BaseModel]:
    module_name, _, class_name = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))  # a program's own models are where it is run
    try:
        found: Any = getattr(import_module(module_name), class_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise click.UsageError(
            f"expected --model MODULE:CLASS, such as shop.models:Product, got {name!r} ({error})"
        ) from error
    finally:
        sys.path.pop(0)
    return found  # type: ignore[no-any-return]
