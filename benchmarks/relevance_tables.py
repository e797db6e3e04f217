"""How does an evaluation over a judged collection read as a table?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.tables import Table, differences_table, machine_table

if TYPE_CHECKING:
    from collections.abc import Iterator

_FEW_DOCUMENTS: Final = 1000
_FEW_QUERIES: Final = 25


def title_of_relevance(run: dict[str, Any]) -> str:
    """Name a run by its collection."""
    data = run.get("collection")
    if not data:
        return "an evaluation that was stopped at once"
    return (
        f"{data['name']}: {data['documents']:,} documents, {data['queries']:,} queries, "
        f"{data['judgments']:,} judgments"
    )


def tables_of_relevance(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run, as far as it came."""
    if "collection" not in run:
        return
    yield machine_table(run)
    engines = {name: engine for name, engine in run["engines"].items() if "measures" in engine}
    if engines:
        yield _quality(run, engines)
    yield from differences_table(engines)


def _quality(run: dict[str, Any], engines: dict[str, Any]) -> Table:
    names = list(next(iter(engines.values()))["measures"])
    rows = [
        [
            name,
            *(f"{engine['measures'][measure]:.3f}" for measure in names),
            str(engine["found_nothing"]),
        ]
        for name, engine in engines.items()
    ]
    note = f"Documents with {run['match']} of a query's words; means over all queries."
    data = run["collection"]
    if data["documents"] < _FEW_DOCUMENTS or data["queries"] < _FEW_QUERIES:
        note += " So small a collection says nothing about the quality of an engine."
    return Table("Quality of rankings", ["engine", *names, "found nothing"], rows, note)
