"""Where is searchlib slower or larger than another engine? Every such row, the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from benchmarks.engines import REFERENCE
from benchmarks.queries import KINDS
from benchmarks.tables import Table, best_indexing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that searchlib takes more of than another engine.

    Attributes:
        what: Of what.
        peer: The other engine.
        ours: How much searchlib takes.
        theirs: How much the other takes, in the same unit.
        unit: The unit.
    """

    what: str
    peer: str
    ours: float
    theirs: float
    unit: str

    @property
    def times(self) -> float:
        """How many times as much searchlib takes."""
        return self.ours / self.theirs if self.theirs else float("inf")


_STATISTICS: Final = (
    ("all", "p50", "median"),
    ("all", "p99", "99th percentile"),
    ("hits_only", "p50", "median without reading ids"),
    ("hits_only", "p99", "99th percentile without reading ids"),
)


def losses_of(run: dict[str, Any]) -> list[Loss]:
    """Find the losses of a comparison."""
    compared = _compared(run)
    return sorted(compared, key=lambda loss: -loss.times)


def _compared(run: dict[str, Any]) -> Iterator[Loss]:
    yield from indexing_losses(best_indexing(run["engines"]))
    yield from time_losses(run["times"])
    rates = {
        name: engine["queries_per_second"]
        for name, engine in run["engines"].items()
        if "queries_per_second" in engine
    }
    for threads in rates.get(REFERENCE, {}):
        seconds = {name: 1000 / rate[threads] for name, rate in rates.items() if threads in rate}
        what = f"a query of {threads} thread{'s' * (threads != '1')}"
        yield from _lost(what, seconds, "ms")


def indexing_losses(measured: Mapping[str, dict[str, Any]]) -> Iterator[Loss]:
    """Compare time, size and memory of indexing."""
    yield from _lost("indexing", {name: one["seconds"] for name, one in measured.items()}, "s")
    yield from _lost("size", {name: one["bytes"] / 1e6 for name, one in measured.items()}, "MB")
    memory = {name: one["memory"]["more"] / 1e6 for name, one in measured.items() if one["memory"]}
    yield from _lost("peak memory of indexing", memory, "MB")


def time_losses(times: Mapping[str, dict[str, Any]]) -> Iterator[Loss]:
    """Compare the times of queries."""
    for kind, engines in times.items():
        for which, statistic, name in _STATISTICS:
            measured = {
                engine: found[which][statistic]
                for engine, found in engines.items()
                if which in found
            }
            yield from _lost(f"{KINDS[kind]}: {name}", measured, "ms")


def _lost(what: str, measured: Mapping[str, float], unit: str) -> Iterator[Loss]:
    ours = measured.get(REFERENCE)
    if ours is None:
        return
    for peer, theirs in measured.items():
        if ours > theirs:
            yield Loss(what, peer, ours, theirs, unit)


def loss_table(losses: Iterable[Loss]) -> Iterator[Table]:
    """Show losses, if there are any."""
    rows = [
        [
            loss.what,
            loss.peer,
            f"{loss.times:,.2f}",
            f"{loss.ours:,.3g} {loss.unit}",
            f"{loss.theirs:,.3g} {loss.unit}",
        ]
        for loss in losses
    ]
    if rows:
        columns = ["what", "engine", "searchlib takes times", "searchlib", "the other"]
        yield Table("Where searchlib loses", columns, rows)
