"""Which commands does a group have, and how does its help list them?"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHOLE: Final = 1_000
"""No first sentence of a help has as many characters."""


class LateCommands(Mapping[str, click.Command]):
    """Commands by their names, of which each is imported when it is asked for."""

    def __init__(self, homes: Mapping[str, str]) -> None:
        """Import nothing.

        Args:
            homes: Where each command is: ``package.module:name``.
        """
        self._homes: Final = homes

    def __getitem__(self, name: str) -> click.Command:
        module, _, attribute = self._homes[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


class ListedGroup(click.Group):
    """Commands that are listed with their first sentence, on as many lines as it takes.

    click cuts the sentence at the edge of the terminal.
    """

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list."""
        rows = [
            (name, command.get_short_help_str(limit=_WHOLE))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
