"""How does the help of a group of commands list them?"""

from __future__ import annotations

from typing import Final

import click

_WHOLE: Final = 1_000
"""No first sentence of a help has as many characters."""


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
