"""The benchmark of similar articles counts what it says, and reads as tables."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest
from benchmarks import report, results, similar

from searchlib import Article, Index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TOPICS = {
    "crude": ["oil", "barrel", "refinery", "tanker"],
    "corn": ["corn", "harvest", "acre", "grain"],
}


def articles(count: int) -> list[Article]:
    rng = random.Random(1)
    return [
        Article(
            id=f"{n}",
            title=f"{tag} oil corn",
            body=" ".join(rng.choices(TOPICS[tag], k=6)),
            categories=[tag] if n % 5 else [],
        )
        for n in range(count)
        for tag in [rng.choice([*TOPICS])]
    ]


def test_articles_with_tags_are_drawn_the_same_for_the_same_seed() -> None:
    every = articles(50)
    drawn = similar.draw(every, 12, 1)
    assert drawn == similar.draw(every, 12, 1) != similar.draw(every, 12, 2)
    assert len(drawn) == 12
    assert all(article.categories for article in drawn)
    assert len(similar.draw(every, 100, 1)) == 40


def test_precision_counts_the_ten_best_others_that_share_a_tag() -> None:
    every = [Article(id=str(n), title="x", categories=["a" if n < 5 else "b"]) for n in range(15)]

    def alike(_: Article) -> Sequence[str]:
        return [str(n) for n in range(15)]

    found = similar.tried(every[:2], every, alike)
    assert found["precision"] == pytest.approx(0.4)  # itself is not counted, nor the eleventh


def test_tags_are_written_as_words() -> None:
    every = [
        Article(id=str(n), title="Crude oil, cocoa", categories=["crude", "cocoa", "zz"])
        for n in range(10)
    ]
    assert similar.queries_of_tags(every) == {"crude": "crude oil", "cocoa": "cocoa"}
    assert similar.queries_of_tags(every[1:]) == {}


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_other_engines_find_articles_of_the_topic(engine: str) -> None:
    if engine == "tantivy":
        pytest.importorskip("tantivy")
    every = articles(60)
    make = similar.tantivy_alike if engine == "tantivy" else similar.whoosh_alike
    for alike in make(every).values():
        tags = [every[int(key)].categories for key in alike(every[1])[1:11]]
        assert tags
        assert sum(one == every[1].categories for one in tags) > len(tags) / 2


def test_a_run_reads_as_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus, output = tmp_path / "corpus.jsonl", tmp_path / "run.json"
    corpus.write_text("\n".join(article.model_dump_json() for article in articles(60)))
    arguments = [
        "--dataset", str(corpus), "--cache", str(tmp_path), "--output", str(output),
        "--articles", "5", "--rounds", "1", "--no-others",
    ]  # fmt: skip
    assert similar.main(arguments) == 0
    assert "Similar articles" in capsys.readouterr().out
    run = results.load(output)
    assert run["dataset"] == {"name": str(corpus), "documents": 60, "drawn": 5}
    assert 0.5 < run["similar"]["searchlib"]["precision"] <= 1
    assert run["rerank"]["queries"] == 2
    assert "### Rankings" in report.to_markdown([run])
    assert json.loads(output.read_text())["part"] == "similar"
    unfinished = {**run, "finished": None}
    for part in ("similar", "rerank", "significant", "dataset"):
        del unfinished[part]
        assert "stopped" in report.to_markdown([unfinished])


def test_the_same_index_serves_all(tmp_path: Path) -> None:
    with Index.create(tmp_path / "i", Article) as index:
        every = articles(40)
        index.add(every)
        [alike] = similar.ours(index)(every).values()
        assert every[3].id not in alike(every[3])
