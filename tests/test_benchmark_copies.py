"""The benchmark of copies counts what it says, and reads as tables."""

from __future__ import annotations

import json
import random
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from benchmarks import copies, report, results
from benchmarks.edits import Editor
from hypothesis import given
from hypothesis import strategies as st

from searchlib import Article
from searchlib.fingerprints.similarity import exact_similarity

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SETS = st.lists(st.sets(st.integers(0, 12), min_size=1), min_size=1, max_size=10)


@given(SETS, st.sampled_from([0.5, 0.8, 1.0]))
def test_exact_pairs_are_all_pairs(members: list[set[int]], least: float) -> None:
    sets = [np.array(sorted(one), np.uint64) for one in members]
    expected = {
        (a, b)
        for a, b in combinations(range(len(sets)), 2)
        if exact_similarity(sets[a], sets[b]) >= least
    }
    assert copies.exact_pairs(sets, least) == expected


def articles(count: int) -> list[Article]:
    rng = random.Random(1)
    words = [
        f"{letter}{end}" for letter in "bcdfghjklmnp" for end in ("oat", "ine", "ack", "umber")
    ]
    return [
        Article(
            id=f"{n}",
            title=f"Title {n}",
            body=" ".join(" ".join(rng.choices(words, k=8)) + "." for _ in range(8)),
            categories=["News"],
            published="2025-03-04",
        )
        for n in range(count)
    ]  # fmt: skip


def test_copies_are_spread_and_the_same_for_the_same_seed() -> None:
    originals = articles(40)
    made = [list(Editor(originals, 3).copies(originals, 200)) for _ in range(2)]
    assert made[0] == made[1]
    sets = copies.analyse([article for pair in made[0] for article in pair])[1]
    similar = [exact_similarity(a, b) for a, b in zip(sets[::2], sets[1::2], strict=True)]
    counts, _ = np.histogram(similar, [0.5, 0.6, 0.7, 0.8, 0.9, 1.01])
    assert counts.min() > 5


def test_a_run_reads_as_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus, output = tmp_path / "corpus.jsonl", tmp_path / "run.json"
    corpus.write_text("\n".join(article.model_dump_json() for article in articles(60)))
    arguments = [
        "--dataset", str(corpus), "--cache", str(tmp_path), "--output", str(output),
        "--edited", "50", "--queries", "2", "--rounds", "1", "--index-rounds", "1",
    ]  # fmt: skip
    assert copies.main(arguments) == 0
    assert "Pairs of copies" in capsys.readouterr().out
    run = results.load(output)
    assert run["found"]["edited articles"]["exact"] > 5
    assert run["collapse"]["documents"] == 60
    assert run["cost"]["bytes"]["with"] > run["cost"]["bytes"]["without"]
    assert "### Cost of fingerprints" in report.to_markdown([run])
    assert json.loads(output.read_text())["part"] == "copies"
    unfinished = {**run, "finished": None}
    for part in ("found", "cost", "collapse", "dataset"):
        del unfinished[part]
        assert "stopped" in report.to_markdown([unfinished])
