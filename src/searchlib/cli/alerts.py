"""Which saved queries match new articles, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from searchlib.cli.terminal import counted, printable, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.indexing.report import Alert

_SHOWN_KEYS: Final = 5


def print_alerts(alerts: Iterable[Alert]) -> None:
    """Print a line for each saved query that matches, or that can't be evaluated."""
    console = terminal()
    for alert in alerts:
        name = Text("Alert ", "bold yellow") + Text(printable(alert.name), "bold")
        console.print(name + _said(alert))


def _said(alert: Alert) -> Text:
    if alert.problem is not None:
        return Text(printable(f" can't be evaluated: {alert.problem}"), "red")
    keys = ", ".join(alert.keys[:_SHOWN_KEYS])
    more = len(alert.keys) - _SHOWN_KEYS
    rest = f" and {more:,} more" if more > 0 else ""
    return Text(printable(f": {counted(len(alert.keys), 'article')}: {keys}{rest}"))
