"""From articles to a commit, in one process and step by step."""

from __future__ import annotations

import json
import shutil
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import pytest

from benchmarks.hot_paths.conftest import ARTICLES, make_articles
from searchlib import Article, Index, read_articles
from searchlib.analysis.batch import BatchAnalyzer
from searchlib.segment.inversion import invert

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_benchmark.fixture import BenchmarkFixture

_SOME: Final = 2000
_ROUNDS: Final = 7


@pytest.mark.benchmark(group=f"indexing {_SOME} articles")
def test_reading_articles(
    benchmark: BenchmarkFixture, articles: list[Article], tmp_path: Path
) -> None:
    path = tmp_path / "articles.jsonl"
    lines = [json.dumps(article.model_dump(mode="json")) for article in articles[:_SOME]]
    path.write_text("\n".join(lines))
    assert len(benchmark(lambda: list(read_articles(path)))) == _SOME


@pytest.mark.benchmark(group=f"indexing {_SOME} articles")
def test_analysis_with_no_word_met_before(
    benchmark: BenchmarkFixture, articles: list[Article]
) -> None:
    bodies = [article.body for article in articles[:_SOME]]
    batch = benchmark(lambda: BatchAnalyzer("english").analyze(bodies))
    assert len(batch.terms) > 0


@pytest.mark.benchmark(group=f"indexing {_SOME} articles")
def test_analysis_with_all_words_met_before(
    benchmark: BenchmarkFixture, articles: list[Article]
) -> None:
    bodies = [article.body for article in articles[:_SOME]]
    analyzer = BatchAnalyzer("english")
    analyzer.analyze(bodies)
    assert len(benchmark(analyzer.analyze, bodies).terms) > 0


@pytest.mark.benchmark(group=f"indexing {_SOME} articles")
def test_inversion(benchmark: BenchmarkFixture, articles: list[Article]) -> None:
    analyzer = BatchAnalyzer("english")
    batch = analyzer.analyze([article.body for article in articles[:_SOME]])
    inverted = benchmark(lambda: invert([batch], analyzer.vocabulary))
    assert len(inverted.terms) == len(analyzer.vocabulary)


@pytest.mark.benchmark(group=f"indexing {_SOME} articles")
def test_index_in_one_process(
    benchmark: BenchmarkFixture, articles: list[Article], tmp_path: Path
) -> None:
    numbers = count()

    def empty() -> Any:
        return (Index.create(tmp_path / f"{next(numbers)}.index", Article),), {}

    def add(index: Index) -> int:
        return index.add(articles[:_SOME], workers=0).added

    assert benchmark.pedantic(add, setup=empty, rounds=_ROUNDS) == _SOME


@pytest.mark.benchmark(group=f"merging {ARTICLES} articles")
def test_merge(benchmark: BenchmarkFixture, index_path: Path, tmp_path: Path) -> None:
    numbers = count()

    def copy() -> Any:
        return (Index.open(_copied(index_path, tmp_path / f"{next(numbers)}.index")),), {}

    def merge(index: Index) -> int:
        index.optimize()
        return index.stats().segments

    assert benchmark.pedantic(merge, setup=copy, rounds=_ROUNDS) == 1


@pytest.mark.benchmark(group=f"commits to {ARTICLES} articles")
def test_commit_of_ten_new_articles(
    benchmark: BenchmarkFixture, index_path: Path, tmp_path: Path
) -> None:
    index = Index.open(_copied(index_path, tmp_path / "news.index"))
    starts = count(ARTICLES, 10)

    def new() -> Any:
        return (make_articles(10, next(starts)),), {}

    assert benchmark.pedantic(index.add, setup=new, rounds=_ROUNDS, warmup_rounds=1).added == 10


@pytest.mark.benchmark(group=f"commits to {ARTICLES} articles")
def test_commit_that_replaces_a_thousand_articles(
    benchmark: BenchmarkFixture, articles: list[Article], index_path: Path, tmp_path: Path
) -> None:
    index = Index.open(_copied(index_path, tmp_path / "news.index"))
    report = benchmark.pedantic(index.add, (articles[:1000],), rounds=_ROUNDS, warmup_rounds=1)
    assert report.replaced == 1000


@pytest.mark.benchmark(group=f"commits to {ARTICLES} articles")
def test_commit_of_a_deletion(
    benchmark: BenchmarkFixture, articles: list[Article], index_path: Path, tmp_path: Path
) -> None:
    index = Index.open(_copied(index_path, tmp_path / "news.index"))
    keys = (article.id for article in articles)

    def next_key() -> Any:
        return (next(keys),), {}

    assert benchmark.pedantic(index.delete, setup=next_key, rounds=_ROUNDS, warmup_rounds=1) == 1


def _copied(index: Path, copy: Path) -> Path:
    shutil.copytree(index, copy)
    return copy
