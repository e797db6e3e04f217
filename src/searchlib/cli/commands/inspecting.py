"""The command that shows how files would be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click
from rich.text import Text

from searchlib.cli.commands.options import (
    friendly_errors,
    inputs_argument,
    json_option,
    reading_options,
)
from searchlib.cli.query_words import OnceCommand
from searchlib.cli.terminal import print_json, printable, terminal
from searchlib.errors import Notice, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from searchlib.articles.inspection import Inspected

_SHOWN: Final = 300  # characters of a value on the screen


@click.command("inspect", cls=OnceCommand)
@inputs_argument
@click.option(
    "-n", "--limit", default=3, show_default=True, type=click.IntRange(min=1),
    help="How many articles and problems to show.",
)  # fmt: skip
@json_option
@friendly_errors
@reading_options
def inspect_command(
    inputs: tuple[Path, ...], reading: dict[str, Any], limit: int, as_json: bool
) -> None:
    """Show how files would be read, field by field, without an index.

    For each field it shows the value and the key of the file that the value is from. What no
    field takes is "extra": it is kept with the article, but not searched.

    \b
    Examples:
      searchlib inspect export.json
      searchlib inspect export.json --map body=content,author=by
      searchlib inspect mail.csv --dates dmy --json
    """
    from searchlib.articles.inspection import inspect

    shown = _first(inspect(inputs, **reading), limit)
    if as_json:
        print_json([_to_json(item) for item in shown])
        return
    for item in shown:
        if isinstance(item, Notice | Problem):
            label = "notice: " if isinstance(item, Notice) else "problem: "
            terminal().print(Text(label, "yellow") + Text(printable(str(item))))
        else:
            _print(item)


def _first(
    items: Iterable[Inspected | Problem | Notice], limit: int
) -> list[Inspected | Problem | Notice]:
    """Take the first articles and problems, and the notices between them and right behind."""
    shown: list[Inspected | Problem | Notice] = []
    for item in items:
        if not isinstance(item, Notice):
            limit -= 1
        if limit < 0:
            break
        shown.append(item)
    return shown


def _to_json(item: Inspected | Problem | Notice) -> dict[str, Any]:
    if isinstance(item, Notice):
        return {"notice": item.message, "kind": item.kind, **_place(item)}
    if isinstance(item, Problem):
        return {"problem": item.reason, "field": item.field, **_place(item)}
    return item.to_json()


def _place(item: Problem | Notice) -> dict[str, Any]:
    return {"path": None if item.path is None else str(item.path), "line": item.line}


def _print(item: Inspected) -> None:
    from rich.table import Table

    said = item.to_json()
    place = said["file"] if said["line"] is None else f"{said['file']}:{said['line']}"
    table = Table("field", "from", "value", title=Text(place), title_justify="left", box=None)
    for name, field in said["fields"].items():
        key = field["key"]
        table.add_row(name, "" if key is None else _short(key, "cyan"), _short(field["value"]))
    for key, value in said["extra"].items():
        table.add_row(Text("extra", "dim"), _short(key, "cyan"), _short(value))
    terminal().print(table)
    terminal().print()


def _short(value: Any, style: str = "") -> Text:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = printable(text.replace("\n", " "))
    more = f"… ({len(shown):,} characters)" if len(shown) > _SHOWN else ""
    return Text(shown[:_SHOWN] + more, style)
