"""How does a trend look? A drawing by matplotlib, which the extra ``charts`` brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import MissingExtraError

if TYPE_CHECKING:
    from typing import BinaryIO

    from searchlib.search.trend import Trend

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
}
_MARKED: Final = 40
"""With no more spans than this, each has a dot."""


def draw_trend(
    trend: Trend,
    target: BinaryIO,
    *,
    format: str,  # noqa: A002 - matplotlib's name for it
    share: bool,
) -> None:
    """Draw a trend into a file.

    Args:
        trend: The trend.
        target: A file that takes bytes.
        format: "svg", "png" or "pdf".
        share: Whether shares are drawn, in per cent, instead of counts.

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
    with rc_context(_STYLE):
        figure = Figure(figsize=(9, 4), layout="constrained")
        _draw(figure.subplots(), trend, share=share)
        metadata = {"Date": None} if format == "svg" else {}
        figure.savefig(target, format=format, dpi=150, metadata=metadata)


def _draw(axes: Any, trend: Trend, *, share: bool) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    starts = [span.start for span in trend.spans]
    marker = "o" if len(starts) <= _MARKED else None
    for number, one in enumerate(trend.series):
        axes.plot(
            starts,
            one.shares if share else one.counts,
            color=_COLOURS[number % len(_COLOURS)],
            linestyle=("-", "--", ":")[number // len(_COLOURS) % 3],
            marker=marker,
            markersize=3.5,
            label=f"{one.name} ({one.total:,})",
        )
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    if share:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.set_ylabel(f"{'share of all articles' if share else 'articles'} per {trend.by}")
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.15), ncols=3)
