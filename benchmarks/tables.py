"""What is a table of measurements, and what do the tables of all parts have in common?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text. The first column names the rows; the others are numbers, if not prose."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    prose: bool = False


def machine_table(run: dict[str, Any]) -> Table:
    """Show what a run was made with, and which engines it had to leave out."""
    machine, versions = run["machine"], dict(run["versions"])
    for engine in run["engines"].values():
        versions.update(engine.get("versions", {}))
    rows = [
        ["CPU", f"{machine['cpu']}, {machine['cores']} cores"],
        ["memory", f"{machine['memory_mb']:,} MB" if machine["memory_mb"] else "unknown"],
        ["system", machine["system"]],
        ["load before", ", ".join(map(str, machine["load_average"]))],
        ["load after", ", ".join(map(str, machine.get("load_average_after", [])))],
        ["date", run["started"]],
        ["versions", ", ".join(f"{name} {number}" for name, number in versions.items())],
    ]
    for name, engine in run["engines"].items():
        if "left_out" in engine:
            rows.append([f"{name} left out", engine["left_out"].strip().splitlines()[-1]])
    return Table("Machine", ["", ""], rows, prose=True)


def differences_table(engines: dict[str, Any]) -> Iterator[Table]:
    """Show what the engines do otherwise than searchlib, if anything."""
    rows = [
        [name, difference]
        for name, engine in engines.items()
        for difference in engine["differences"]
    ]
    if rows:
        yield Table("What differs from searchlib", ["engine", ""], rows, prose=True)


def best_indexing(engines: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Choose the fastest round of indexing of each engine, and the memory of the one with most.

    A later round works in memory that the process has kept from an earlier one.
    """
    return {
        name: {
            **min(engine["indexing"], key=lambda measured: float(measured["seconds"])),
            "memory": _most([measured["memory"] for measured in engine["indexing"]]),
        }
        for name, engine in engines.items()
        if engine.get("indexing")
    }


def _most(memory: list[dict[str, int] | None]) -> dict[str, int] | None:
    known = [one for one in memory if one]
    return max(known, key=lambda one: one["more"]) if known else None


def ratio(theirs: float | None, ours: float | None) -> str:
    """Write how many times as much theirs is."""
    if theirs is None or not ours:
        return "–"
    times = theirs / ours
    return f"{times:,.0f}" if times >= 20 else f"{times:.2f}"


def milliseconds(value: float | None) -> str:
    """Write a time, or a dash for none."""
    return "–" if value is None else f"{value:,.3f}"
