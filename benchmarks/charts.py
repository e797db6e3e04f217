"""How does a run look? Charts as SVG, drawn from its JSON alone.

A chart says which measurements it was drawn from, so that a test can tell when they have changed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from benchmarks.engines import ENGINES
from benchmarks.queries import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_COLOURS: Final = dict(
    zip(
        ENGINES,
        ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"),
        strict=True,
    )
)  # Okabe and Ito's, which the colour-blind can tell apart
_MARKERS: Final = dict(zip(ENGINES, "os^DvP", strict=True))
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "searchlib",  # the same ids in every drawing
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "figure.constrained_layout.use": True,
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of a run.

    Attributes:
        name: The name of its file, without the ending.
        shows: What can be seen, for those who can't.
        figure: Makes it, as a figure of matplotlib's.
    """

    name: str
    shows: str
    figure: Callable[[dict[str, Any]], Any]


def charts_of(run: dict[str, Any]) -> list[Chart]:
    """Find the charts that can be drawn of a run."""
    if run["part"] == "peers" and run["times"]:
        dataset = run["dataset"]["name"]
        shows = f"{dataset}: the median time of each kind of query for each engine"
        return [Chart(f"{dataset.replace(':', '-')}-queries", shows, _draw_peers)]
    if run["part"] == "scale" and _finished_sizes(run):
        return [
            Chart(
                "scale-indexing",
                "articles indexed per second, size and memory against the number of articles",
                _draw_scale_indexing,
            ),
            Chart(
                "scale-queries",
                "the time of each kind of query against the number of articles",
                _draw_scale_queries,
            ),
        ]
    return []


def source_of(run: dict[str, Any]) -> str:
    """Identify the measurements that a chart is drawn from."""
    said = json.dumps(run, sort_keys=True).encode()
    return f"measurements {hashlib.blake2b(said, digest_size=8).hexdigest()}"


def draw(run: dict[str, Any], folder: Path) -> list[Path]:
    """Draw the charts of a run.

    Args:
        run: What was measured.
        folder: Where to.

    Returns:
        The files.

    Raises:
        ImportError: matplotlib is not installed.
    """
    import matplotlib as mpl

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for chart in charts_of(run):
        path = folder / f"{chart.name}.svg"
        with mpl.rc_context(_STYLE):
            figure = chart.figure(run)
            figure.savefig(path, metadata={"Date": None, "Description": source_of(run)})
        written.append(path)
    return written


def _draw_peers(run: dict[str, Any]) -> Any:
    """Draw a row for each kind of query, and in it a point for each engine."""
    from matplotlib.figure import Figure

    kinds = list(run["times"])
    figure = Figure(figsize=(7.5, 0.34 * len(kinds) + 1.3))
    axes: Any = figure.subplots()
    for name in run["engines"]:
        points = [
            (run["times"][kind][name]["all"]["p50"], -row)
            for row, kind in enumerate(kinds)
            if name in run["times"][kind]
        ]
        if points:
            style = {"color": _COLOURS[name], "marker": _MARKERS[name]}
            axes.plot(*zip(*points, strict=True), linestyle="", label=name, alpha=0.9, **style)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks([-row for row in range(len(kinds))], [KINDS[kind] for kind in kinds])
    axes.set_xlabel("median, ms")
    figure.legend(loc="outside upper center", ncols=6, frameon=False)
    return figure


def _finished_sizes(run: dict[str, Any]) -> list[str]:
    return [size for size, found in run["sizes"].items() if found["finished"]]


def _draw_scale_indexing(run: dict[str, Any]) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.0))
    panels: list[tuple[str, Callable[[dict[str, Any], dict[str, Any]], float | None]]] = [
        ("articles indexed per second", lambda size, one: size["articles"] / one["seconds"]),
        ("index, times the text", lambda size, one: one["bytes"] / size["text_bytes"]),
        (
            "peak memory of indexing, MB more",
            lambda _, one: one["memory"]["more"] / 1e6 if one["memory"] else None,
        ),
    ]
    for axes, (title, value) in zip(figure.subplots(1, 3), panels, strict=True):
        for name in _engines(run):
            points = [
                (int(size), value(run["sizes"][size], run["sizes"][size]["indexing"][name]))
                for size in _finished_sizes(run)
            ]
            _line(axes, points, name, "-", label=name)
        axes.set_title(title, fontsize=9)
        axes.set_ylim(bottom=0)
        _by_size(axes, run)
    figure.supxlabel("articles", fontsize=9)
    _legend(figure)
    return figure


def _draw_scale_queries(run: dict[str, Any]) -> Any:
    """Draw a panel for each kind of query: medians, and 99th percentiles in dashes."""
    from matplotlib.figure import Figure

    kinds = list(run["queries"])
    rows = -(-len(kinds) // 5)
    figure = Figure(figsize=(11.0, 2.4 * rows + 0.5))
    panels = figure.subplots(rows, 5, sharex=True, sharey=True, squeeze=False).flat
    for axes, kind in zip(panels, kinds, strict=False):
        for name in _engines(run):
            for statistic, style in (("p50", "-"), ("p99", "--")):
                label = f"{name}, {'median' if style == '-' else '99th percentile'}"
                _line(axes, list(_times(run, kind, name, statistic)), name, style, label=label)
        axes.set_title(KINDS[kind], fontsize=9)
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
        _by_size(axes, run)
    figure.supxlabel("articles", fontsize=9)
    figure.supylabel("ms", fontsize=9)
    _legend(figure)
    return figure


def _times(
    run: dict[str, Any], kind: str, name: str, statistic: str
) -> Iterator[tuple[int, float | None]]:
    for size in _finished_sizes(run):
        measured = run["sizes"][size]["times"].get(kind, {}).get(name)
        yield int(size), None if measured is None else measured["all"][statistic]


def _engines(run: dict[str, Any]) -> list[str]:
    sizes = [run["sizes"][size]["indexing"] for size in _finished_sizes(run)]
    return [name for name in run["engines"] if all(name in indexing for indexing in sizes)]


def _line(axes: Any, points: list[Any], name: str, style: str, label: str) -> None:
    known = [(size, value) for size, value in points if value is not None]
    if known:
        colour, marker = _COLOURS[name], _MARKERS[name]
        axes.plot(
            *zip(*known, strict=True), style, color=colour, marker=marker, markersize=3, label=label
        )


def _by_size(axes: Any, run: dict[str, Any]) -> None:
    """Put the sizes, and nothing else, under a logarithmic axis."""
    sizes = list(map(int, _finished_sizes(run)))
    axes.set_xscale("log")
    axes.set_xticks(sizes, [_short(size) for size in sizes])
    axes.minorticks_off()


def _short(size: int) -> str:
    if size >= 1_000_000:
        return f"{size / 1_000_000:g} M"
    return f"{size / 1000:g} k"


def _legend(figure: Any) -> None:
    """Name the lines once for all panels."""
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4, frameon=False)
