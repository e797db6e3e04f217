"""How does a trend look? A drawing by matplotlib, which the extra ``charts`` brings."""

from __future__ import annotations

import io
import warnings
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol

from searchlib.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Span(Protocol):
    """A span of time."""

    @property
    def start(self) -> Any:
        """Its first day or moment."""


class Series(Protocol):
    """A curve: a value for each span."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def counts(self) -> Sequence[int]:
        """Numbers of articles."""

    @property
    def shares(self) -> Sequence[float]:
        """Shares of all articles."""

    @property
    def total(self) -> int:
        """The sum of the counts."""


class Curves(Protocol):
    """Curves over the same spans, such as a :class:`searchlib.Trend`."""

    @property
    def by(self) -> str:
        """How long a span is."""

    @property
    def spans(self) -> Sequence[Span]:
        """The spans."""

    @property
    def series(self) -> Sequence[Series]:
        """The curves."""


_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's, which the colour-blind can tell apart; more series go through them dashed."""
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "searchlib",  # the same ids in every drawing
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.parse_math": False,  # a dollar in a query is a dollar
    "text.usetex": False,  # and nothing in it is a command of TeX
}
_MARKED: Final = 40
"""With no more spans than this, each has a dot."""
_NAME: Final = 60
"""Longer names are cut, in characters."""
_LINE: Final = 100
"""How many characters of names fit beside one another."""


def draw_trend(trend: Curves, *, format: str, share: bool) -> bytes:  # noqa: A002 - as matplotlib's
    """Draw a trend.

    Args:
        trend: The trend.
        format: "svg", "png" or "pdf".
        share: Whether shares are drawn, in per cent, instead of counts.

    Returns:
        The contents of a file.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError(
            "drawing needs matplotlib: pip install 'searchlib[charts]'"
        ) from error
    drawn = io.BytesIO()
    labels = [f"{_shown(one.name)} ({one.total:,})" for one in trend.series]
    columns = max(min(3, _LINE // max(map(len, labels))), 1)
    with rc_context(_STYLE), warnings.catch_warnings():
        if format == "svg":  # whose text is drawn by what shows it, in fonts of its own
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(9, 4 + 0.22 * len(labels) / columns), layout="constrained")
        lines = _draw(figure.subplots(), trend, share=share)
        figure.legend(lines, labels, frameon=False, loc="outside upper left", ncols=columns)
        metadata = {"Date": None} if format == "svg" else {}
        figure.savefig(drawn, format=format, dpi=150, metadata=metadata)
    return drawn.getvalue()


def _draw(axes: Any, trend: Curves, *, share: bool) -> list[Any]:
    """Draw the curves, and give them for a legend."""
    starts = [span.start for span in trend.spans]
    marker = "o" if len(starts) <= _MARKED else None
    lines = [
        axes.plot(
            starts,
            one.shares if share else one.counts,
            color=_COLOURS[number % len(_COLOURS)],
            linestyle=("-", "--", ":")[number // len(_COLOURS) % 3],
            marker=marker,
            markersize=3.5,
        )[0]
        for number, one in enumerate(trend.series)
    ]
    _set_dates(axes, starts)
    _set_heights(axes, share=share)
    axes.set_ylabel(f"{'share of all articles' if share else 'articles'} per {trend.by}")
    return lines


def _set_dates(axes: Any, starts: list[date]) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

    if not starts:
        axes.set_xticks([])
        axes.text(0.5, 0.5, "no article has a date", ha="center", transform=axes.transAxes)
        return
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    first, last, earliest, latest = date2num([starts[0], starts[-1], date.min, date.max])
    margin = max((last - first) * 0.02, 0.5)
    axes.set_xlim(max(first - margin, earliest), min(last + margin, latest))


def _set_heights(axes: Any, *, share: bool) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    if share:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", alpha=0.3)


def _shown(name: str) -> str:
    """Put a name on one line that no file format objects to: XML has no control characters."""
    line = " ".join(name.split())
    short = line if len(line) <= _NAME else f"{line[: _NAME - 1]}…"
    return "".join(char if char.isprintable() else "\ufffd" for char in short)
