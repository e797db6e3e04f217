"""What do counts of hits look like in a terminal?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from searchlib.cli.terminal import printable, shows
from searchlib.search.facets.values import DistinctCount, Facet, FieldStats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

_LONGEST_LABEL: Final = 40  # cells
_LEAST_BAR: Final = 10
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"


def print_facets(facets: Mapping[str, Any], console: Console) -> None:
    """Print counts: labels and spans with bars as wide as the terminal allows."""
    for name, facet in facets.items():
        console.print(Text(printable(name), "bold"))
        if isinstance(facet, Facet):
            _print_bars(facet, console)
        elif isinstance(facet, FieldStats):
            _print_stats(facet, console)
        elif isinstance(facet, DistinctCount):
            console.print(Text(f"  {facet.count:,} different values"))
        console.print()


def _print_bars(facet: Facet, console: Console) -> None:
    labels = [printable(one.label) for one in facet]
    label_width = min(max(map(cell_len, labels), default=0), _LONGEST_LABEL)
    most = max((one.count for one in facet), default=0)
    count_width = len(f"{most:,}")
    room = max(console.width - label_width - count_width - 7, _LEAST_BAR)
    blocks = shows(console, f"█{_EIGHTHS}")
    for label, one in zip(labels, facet, strict=True):
        bar = _bar(one.count / most * room if most else 0, blocks)
        line = Text(f"  {set_cell_size(label, label_width)}  {one.count:>{count_width},}")
        console.print(line + Text(f"  {bar}" if bar else "", "cyan"), soft_wrap=True)
    rest = [
        f"{count:,} {what}"
        for count, what in ((facet.other, "others"), (facet.missing, "without"))
        if count
    ]
    if rest:
        console.print(Text(f"  {', '.join(rest)}", "dim"))


def _bar(width: float, blocks: bool) -> str:
    """Draw a bar as long as some cells, to an eighth of a cell."""
    if not blocks:
        return "#" * max(round(width), int(width > 0))
    eighths = max(round(width * 8), int(width > 0))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _print_stats(stats: FieldStats, console: Console) -> None:
    facts = stats.to_json()
    for name in ("count", "missing", "min", "max", "mean", "sum", "stddev"):
        if facts[name] is not None:
            value = getattr(stats, name)
            shown = f"{value:,}" if isinstance(value, int | float) else str(value)
            console.print(Text(f"  {name:<8}{shown}"))
