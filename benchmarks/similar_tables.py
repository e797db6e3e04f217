"""How does a run over similar articles read as tables?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.tables import Table, machine_table, milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator


def title_of_similar(run: dict[str, Any]) -> str:
    """Name a run by its articles."""
    data = run.get("dataset")
    if not data:
        return "a search for similar articles that was stopped at once"
    return f"Similar articles in {data['name']}: {data['documents']:,} articles"


def tables_of_similar(run: dict[str, Any]) -> Iterator[Table]:
    """Make the tables of a run, as far as it came."""
    yield machine_table(run)
    if run.get("similar"):
        yield _similar(run)
    if "rerank" in run:
        yield _rerank(run["rerank"])
    if "significant" in run:
        yield _significant(run["significant"])


def _similar(run: dict[str, Any]) -> Table:
    rows = [
        [name, f"{one['precision']:.3f}", milliseconds(one["p50"]), milliseconds(one["p95"])]
        for name, one in run["similar"].items()
    ]
    note = (
        f"Of the ten articles named for each of {run['dataset']['drawn']}, those that share a tag "
        "with it. searchlib leaves copies out. CPU milliseconds, each article once."
    )
    return Table("Similar articles", ["", "precision at 10", "p50", "p95"], rows, note)


def _rerank(run: dict[str, Any]) -> Table:
    names = {"plain": "by score", "neighbours": "smoothed over neighbours"}
    rows = [
        [
            name,
            f"{run['measures'][way]['nDCG@10']:.3f}",
            f"{run['measures'][way]['MAP']:.3f}",
            milliseconds(run["p50"][way]),
        ]
        for way, name in names.items()
    ]
    note = (
        f"{run['queries']} tags as queries. CPU milliseconds of ten hits; smoothing takes "
        f"{milliseconds(run['more']['p50'])} more (p95: {milliseconds(run['more']['p95'])}), and "
        f"{run['first_seconds']:.2f} s once for each commit."
    )
    return Table("Rankings", ["", "nDCG@10", "MAP", "p50"], rows, note)


def _significant(run: dict[str, float]) -> Table:
    rows = [[field, milliseconds(taken)] for field, taken in run.items()]
    note = "What sets the hits of the same queries apart: CPU milliseconds."
    return Table("Significant words and labels", ["field", "p50"], rows, note)
