"""The comparison with other engines runs, compares what it says, and its page shows its runs."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from benchmarks import everyday, peers, report, results
from benchmarks.agreement import Answer, compare
from benchmarks.charts import charts_of, draw, source_of
from benchmarks.datasets import DatasetError, find_corpus, survey
from benchmarks.engines import ENGINES, make_engine
from benchmarks.engines.language import whoosh_text
from benchmarks.goals import judge
from benchmarks.losses import losses_of
from benchmarks.machine import MemoryWatch
from benchmarks.queries import KINDS, Query, draw_queries
from benchmarks.synthetic import generate
from benchmarks.tables import best_indexing
from benchmarks.worker import Worker

from searchlib import Article, Index
from tests.engines_in_threads import engines_in_threads  # noqa: F401

KINDS_RUN = ["word", "and2", "or3", "phrase2", "prefix", "date_word", "keyword_word", "snippets"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return find_corpus("synthetic:50", tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def run(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A comparison of fifty articles, in which tantivy can't be imported."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "tantivy.py").write_text("raise ImportError('no engine of this name')")
    output = folder / "run.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)  # of the engines' processes too
        status = peers.main(
            [f"--dataset={corpus}", "--engines=searchlib,tantivy,sqlite", f"--output={output}",
             f"--kinds={','.join(KINDS_RUN)}", "--queries=5", "--rounds=2", "--parts=none",
             f"--cache={folder}"]
        )  # fmt: skip
    assert status == 0
    assert [path.name for path in folder.glob("run-*")] == []
    return results.load(output)


def test_engines_that_are_installed_are_compared(run: dict[str, Any]) -> None:
    assert run["finished"]
    assert run["dataset"]["articles"] == 50
    for name in ("searchlib", "sqlite"):
        engine = run["engines"][name]
        assert engine["versions"]
        assert engine["indexing"][0]["seconds"] > 0
        assert engine["indexing"][0]["bytes"] > 10_000
        for kind in KINDS_RUN:
            assert run["checks"][kind][name]["ok"], kind
            assert run["times"][kind][name]["all"]["rounds"] == 2
    assert run["checks"]["word"]["searchlib"]["hits"] >= 5
    assert run["checks"]["snippets"]["sqlite"]["snippets"] >= 5
    assert "hits_only" in run["times"]["word"]["searchlib"]


def test_an_engine_that_is_not_installed_is_left_out(run: dict[str, Any]) -> None:
    assert "no engine of this name" in run["engines"]["tantivy"]["left_out"]
    assert all("tantivy" not in engines for engines in run["times"].values())


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_finds_what_searchlib_finds(corpus: Path, tmp_path: Path, name: str) -> None:
    try:
        make_engine(name)
    except ImportError as error:
        pytest.skip(str(error))
    queries = draw_queries(survey(corpus, 50, seed=1).sample, list(KINDS), 5, seed=1)
    ours = answers_of("searchlib", queries, corpus, tmp_path)
    for kind, theirs in answers_of(name, queries, corpus, tmp_path).items():
        check = compare(theirs, ours[kind], make_engine(name).agreement)
        assert check["ok"], kind
        assert check.get("reference_hits") != 0, kind
        if kind == "snippets":
            assert all(snippets for _, _, snippets, _ in theirs)


def answers_of(
    engine: str, queries: dict[str, list[Query]], corpus: Path, folder: Path
) -> dict[str, list[Answer]]:
    worker = Worker(engine)
    worker.load(corpus)
    worker.index(folder / engine)
    worker.open(folder / engine)
    for kind in worker.describe()["kinds"]:
        worker.prepare(kind, queries[kind], hits_only=False)
    return {kind: worker.check(kind) for kind in worker.describe()["kinds"]}


def test_a_run_reads_as_tables(run: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    text = report.to_markdown([run])
    assert "| engine | times ours | articles/s |" in text
    assert "sqlite, times ours | searchlib, ms | sqlite, ms" in text
    for table in report.tables_of(run):
        assert {len(row) for row in table.rows} == {len(table.columns)}, table.title
    report.show_run(run)
    assert "tantivy left out" in capsys.readouterr().out


@pytest.mark.usefixtures("engines_in_threads")
def test_a_run_that_is_stopped_keeps_what_it_measured(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    arguments = [f"--dataset={corpus}", "--engines=searchlib", "--kinds=word", "--queries=2",
                 f"--output={tmp_path / 'run.json'}", f"--cache={tmp_path}"]  # fmt: skip
    for method, kept in (("_index", "dataset"), ("_open", "engines")):
        monkeypatch.setattr(peers.Comparison, method, stop)
        assert peers.main(arguments) == 1
        stopped = results.load(tmp_path / "run.json")
        assert stopped["finished"] is None
        assert stopped[kept]
        assert "stopped" in report.to_markdown([stopped])
        monkeypatch.undo()


def test_memory_is_that_of_the_round_that_took_most() -> None:
    rounds = [
        {"seconds": 2.0, "bytes": 5, "memory": {"more": 70}},
        {"seconds": 1.0, "bytes": 6, "memory": {"more": 0}},
    ]
    found = best_indexing({"tantivy": {"indexing": rounds}, "gone": {"left_out": "why"}})
    assert found == {"tantivy": {"seconds": 1.0, "bytes": 6, "memory": {"more": 70}}}


def test_every_row_in_which_searchlib_takes_more_is_a_loss() -> None:
    def summary(p50: float, p99: float) -> dict[str, Any]:
        return {"all": {"p50": p50, "p99": p99}}

    def engine(seconds: float, size: int, rate: float) -> dict[str, Any]:
        indexing = [{"seconds": seconds, "bytes": size, "memory": {"more": size}}]
        return {"indexing": indexing, "queries_per_second": {"2": rate}}

    found = losses_of({
        "engines": {"searchlib": engine(2.0, 100, 50), "sqlite": engine(1.0, 100, 60),
                    "bm25s": {"left_out": "why"}},
        "times": {"word": {"searchlib": summary(3.0, 4.0), "sqlite": summary(1.0, 5.0)},
                  "prefix": {"sqlite": summary(1.0, 1.0)}},
    })  # fmt: skip
    assert [(loss.what, loss.peer, round(loss.times, 2)) for loss in found] == [
        ("one word: median", "sqlite", 3.0),
        ("indexing", "sqlite", 2.0),
        ("a query of 2 threads", "sqlite", 1.2),
    ]


def test_goals_are_judged_by_ratios(run: dict[str, Any]) -> None:
    times = {name: {"all": {"p50": p50, "p99": 1.0}} for name, p50 in
             {"searchlib": 2.0, "tantivy": 1.0, "sqlite": 4.0}.items()}  # fmt: skip
    first = {name: {"first": {"p50": p50, "p99": 6.0}} for name, p50 in
             {"searchlib": 1.5, "tantivy": 2.0}.items()}  # fmt: skip
    engines = {"searchlib": {"queries_per_second": {"1": 10.0, "2": 15.0}}}
    found = {
        goal: row
        for goal, *row in judge(
            {**run, "engines": engines, "times": {"word": times}, "checks": {"word": first}}
        )
    }
    for goal, *row in (
        ("one word, repeated: median against tantivy", "at most 0.7 times", "2 times", "no"),
        ("one word, repeated: median against sqlite", "at most 1 times", "0.5 times", "yes"),
        ("one word, first: median against tantivy", "at most 0.8 times", "0.75 times", "yes"),
        ("one word, first: 99th percentile against tantivy", "at most 1 times", "1 times", "yes"),
        ("queries of 2 threads: against one", "at least 1.3 times", "1.5 times", "yes"),
    ):
        assert found[goal] == row


def test_docs_and_readme_show_the_runs_that_are_committed() -> None:
    runs = report.committed_runs()
    assert {run["part"] for run in runs} >= {"peers"}
    for page, text in (
        (report.PAGE, report.to_markdown(runs)),
        (report.README, report.headlines(runs)),
    ):
        committed = page.read_text(encoding="utf-8")
        assert report.with_tables(committed, text) == committed, "run make bench-report"


def test_charts_in_the_docs_are_drawn_from_the_runs_that_are_committed() -> None:
    drawn = {chart.name: run for run in report.committed_runs() for chart in charts_of(run)}
    charts = {path.stem for path in report.CHARTS.glob("*.svg")}
    assert charts == set(drawn)
    for name, run in drawn.items():
        svg = (report.CHARTS / f"{name}.svg").read_text(encoding="utf-8")
        assert source_of(run) in svg, "run make bench-report"


def test_a_run_is_drawn(run: dict[str, Any], tmp_path: Path) -> None:
    [path] = draw(run, tmp_path)
    svg = path.read_text(encoding="utf-8")
    ElementTree.fromstring(svg)
    for said in ("searchlib", "sqlite", *(KINDS[kind] for kind in KINDS_RUN), source_of(run)):
        assert said in svg
    changed = {**run, "seed": 2}
    assert source_of(changed) != source_of(run)
    [again] = draw(run, tmp_path / "again")
    assert again.read_bytes() == path.read_bytes()


def test_everyday_costs_are_measured(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_STARTS", "_SMALL_COMMITS", "_UPSERTS"):
        monkeypatch.setattr(everyday, name, 1)
    index = Index.create(tmp_path / "news.index", Article)
    index.add([Article(**article) for article in generate(50)])
    word = next(iter(draw_queries(survey(corpus, 50, 1).sample, ["word"], 1, 1)["word"])).words[0]
    measured = dict(everyday.measure_everyday(index.path, corpus, word))
    assert set(measured) == {
        "import", "first_query", "first_query_and_imports", "commit_10", "upsert_1000",
    }  # fmt: skip
    assert len(index) == 60  # ten new ones; the fifty were replaced


def test_queries_are_the_same_for_the_same_seed_and_of_all_kinds(corpus: Path) -> None:
    articles = survey(corpus, 40, seed=1).sample
    assert len(articles) == 40
    drawn = draw_queries(articles, list(KINDS), 10, seed=1)
    assert drawn == draw_queries(articles, list(KINDS), 10, seed=1)
    assert drawn != draw_queries(articles, list(KINDS), 10, seed=2)
    assert all(len(set(queries)) == 10 for queries in drawn.values())
    assert all(len(query.words) == 12 for query in drawn["or12"])


def test_words_of_queries_are_plain_ones() -> None:
    body = "The U.S. and 3.5 mln well-known don't Café x_y markets-led e-mail Zebra."
    drawn = draw_queries([Article(title="Numbers", body=body)], ["word"], 5, seed=1)
    assert {query.words for query in drawn["word"]} == {("mln",), ("zebra",)}


def test_a_query_in_whooshs_language() -> None:
    days = (date(2025, 1, 2), date(2025, 1, 9))
    query = Query("date_word", "and", ("peace",), category="world", days=days)
    wanted = "peace AND categories:world AND published:[2025-01-02 TO 2025-01-09]"
    assert whoosh_text(query) == wanted
    assert whoosh_text(Query("phrase2", "phrase", ("peace", "talks"))) == '"peace talks"'


def answers(*totals: int | None) -> list[Answer]:
    return [(total, ["a", "b"], 0, 0.001) for total in totals]


def test_hits_are_compared_before_anything_is_timed() -> None:
    reference = answers(100, 100, 3, 0)
    same = compare(reference, reference, 1.0)
    assert (same["ok"], same["equal"], same["same_best"]) == (True, 1.0, 1.0)
    off = compare(answers(109, 120, 5, 0), reference, 0.9)
    assert (off["ok"], off["equal"], off["near"]) == (False, 0.25, 0.75)
    assert compare(answers(None, None, None, None), reference, 1.0)["counted"] is False


def test_times_are_summarized_over_queries() -> None:
    summary = results.summarize([[0.004, 0.001], [0.002, 0.003]])
    assert (summary["rounds"], summary["p50"], summary["raw_p50"]) == (2, 1.5, 2.5)


def test_a_dataset_that_is_not_there_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="synthetic:20000"):
        find_corpus(str(tmp_path / "missing.jsonl"), tmp_path)
    with pytest.raises(DatasetError, match="expected a number"):
        find_corpus("synthetic:many", tmp_path)
    arguments = [f"--dataset={tmp_path / 'missing.jsonl'}", f"--cache={tmp_path}"]
    assert peers.main([*arguments, f"--output={tmp_path / 'run.json'}"]) == 2


def test_memory_of_descendants_counts() -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("the kernel does not tell the memory of processes")
    taker = "taken = bytes(range(256)) * 400_000; import time; time.sleep(0.5)"
    starter = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    # Not of this process, which is so large by now that looking at it takes too long.
    process = subprocess.Popen([sys.executable, "-c", starter, taker])
    with MemoryWatch(process.pid) as memory:
        assert process.wait() == 0
    found = memory.to_json()
    assert found is not None
    assert found["more"] > 90_000_000
