"""Judged collections are read in the field's forms, and rankings get the field's numbers."""

from __future__ import annotations

import gzip
import json
from math import log2
from typing import TYPE_CHECKING

import pytest
from benchmarks import relevance, report, results
from benchmarks.datasets import DatasetError
from benchmarks.judged import Document, read_documents, read_judgments, read_queries
from benchmarks.measures import evaluate
from benchmarks.relevance import words_of

from tests.engines_in_threads import engines_in_threads  # noqa: F401

if TYPE_CHECKING:
    from pathlib import Path

TREC_DOCUMENTS = """
<DOC>
<DOCNO> FT911-1 </DOCNO>
<HEADLINE>
13 MAY 91 / Ferries
stay in port
</HEADLINE>
<TEXT>
Gales &amp; rain, said <F P=102>them</F>.
</TEXT>
</DOC>
<doc><docno>2</docno><title>lower case</title><text>one</text><text>two</text></doc>
<DOC><DOCNO>3</DOCNO><TEXT>no headline, 3 < 4</TEXT></DOC>
"""
TREC_TOPICS = """
<top>
<num> Number: 301
<title> International Organized Crime

<desc> Description:
Identify organizations.
</top>
<top><num>302</num><title>Topic: Polio &amp; its vaccine</title></top>
"""


def write(path: Path, text: str) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def test_trec_files_are_read(tmp_path: Path) -> None:
    assert list(read_documents(write(tmp_path / "ft911.sgml", TREC_DOCUMENTS))) == [
        Document("FT911-1", "13 MAY 91 / Ferries stay in port", "Gales & rain, said  them ."),
        Document("2", "lower case", "one\n\ntwo"),
        Document("3", "", "no headline, 3 < 4"),
    ]  # fmt: skip
    assert read_queries(write(tmp_path / "topics.301-302", TREC_TOPICS)) == {
        "301": "International Organized Crime", "302": "Polio & its vaccine",
    }  # fmt: skip
    qrels = write(tmp_path / "qrels", "301 0 FT911-1 1\n301 0 FT911-2 0\n\n302 Q0 X 2\n")
    assert read_judgments(qrels) == {"301": {"FT911-1": 1, "FT911-2": 0}, "302": {"X": 2}}


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz"])
def test_beir_files_are_read(tmp_path: Path, ending: str) -> None:
    documents = [{"_id": "a", "title": "T", "text": "x", "metadata": {}}, {"_id": "b", "text": "y"}]
    lines = "\n".join(map(json.dumps, documents))
    corpus = write(tmp_path / f"corpus.{ending}", lines)
    assert list(read_documents(corpus)) == [Document("a", "T", "x"), Document("b", "", "y")]
    queries = write(tmp_path / f"queries.{ending}", '{"_id": "1", "text": "why?"}')
    assert read_queries(queries) == {"1": "why?"}
    qrels = write(tmp_path / "test.tsv", "query-id\tcorpus-id\tscore\n1\ta\t2\n1\tb\t0\n")
    assert read_judgments(qrels) == {"1": {"a": 2, "b": 0}}


def test_a_folder_of_files_is_read(tmp_path: Path) -> None:
    write(tmp_path / "b.gz", TREC_DOCUMENTS)
    write(tmp_path / "a.jsonl", '{"id": 7, "contents": "z"}')
    assert [document.id for document in read_documents(tmp_path)] == ["7", "FT911-1", "2", "3"]


def test_files_in_no_known_form_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="line 1 of .*'1 2'"):
        read_judgments(write(tmp_path / "qrels", "1 2"))
    with pytest.raises(DatasetError, match="TREC topics"):
        read_queries(write(tmp_path / "topics", "what is this?"))
    with pytest.raises(DatasetError, match="expected one of text, body, contents"):
        list(read_documents(write(tmp_path / "a.jsonl", '{"_id": "1"}')))
    with pytest.raises(DatasetError, match="there is none"):
        read_queries(tmp_path / "missing.jsonl")


def test_measures_by_hand() -> None:
    """Two relevant documents of grades 3 and 1; found at ranks 3 and 1, one that is not at 2."""
    judgments = {"q": {"best": 3, "good": 1, "bad": 0}}
    found = evaluate({"q": ["good", "unknown", "best"]}, judgments)
    gain = 1 / log2(2) + 3 / log2(4)
    ideal = 3 / log2(2) + 1 / log2(3)
    assert found["nDCG@10"] == pytest.approx(gain / ideal, abs=1e-4)
    assert found["nDCG@10"] == pytest.approx(0.6885, abs=1e-4)
    assert found["MAP"] == pytest.approx((1 / 1 + 2 / 3) / 2, abs=1e-4)
    assert found["Judged@10"] == pytest.approx(2 / 3, abs=1e-4)


def test_only_the_first_ten_count_for_the_gain_but_all_for_precision() -> None:
    found = evaluate({"q": [*map(str, range(10)), "good"]}, {"q": {"good": 1}})
    assert found["nDCG@10"] == 0
    assert found["MAP"] == pytest.approx(1 / 11, abs=1e-4)


def test_a_query_that_found_nothing_counts() -> None:
    judgments = {"q": {"good": 1}, "lost": {"other": 1}}
    found = evaluate({"q": ["good"], "lost": [], "unjudged": ["x"]}, judgments)
    assert (found["nDCG@10"], found["MAP"]) == (0.5, 0.5)


def test_words_of_a_query_are_no_operators() -> None:
    assert words_of("Who's NOT at \"the\" strike - AND title:what (port)? Port's") == (
        "strike", "title", "port",
    )  # fmt: skip
    assert words_of("To be or not to be") == ("to", "be", "or", "not")


@pytest.mark.usefixtures("engines_in_threads")
@pytest.mark.parametrize("match", ["any", "all"])
def test_the_sample_is_evaluated(tmp_path: Path, match: str) -> None:
    output = tmp_path / "run.json"
    arguments = ["--engines=searchlib,sqlite", f"--match={match}", f"--cache={tmp_path}"]
    assert relevance.main([*arguments, f"--output={output}"]) == 0
    run = results.load(output)
    assert run["collection"]["documents"] == 30
    for name in ("searchlib", "sqlite"):
        engine = run["engines"][name]
        assert 0 < engine["measures"]["MAP"] <= engine["measures"]["nDCG@10"] < 1
        assert (engine["found_nothing"] > 0) == (match == "all")
    text = report.to_markdown([run])
    assert "| engine | nDCG@10 | MAP | Judged@10 | found nothing |" in text
    assert "says nothing about the quality" in text


def test_the_result_of_the_sample_is_not_among_those_shown(tmp_path: Path) -> None:
    def is_shown(*arguments: str) -> bool:
        folder: Path = relevance._options([*arguments]).output.parent
        return folder == report.RESULTS

    assert not is_shown()
    assert not is_shown("--match=all")
    assert is_shown(f"--collection={tmp_path}")


def test_queries_without_a_relevant_document_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "corpus.jsonl", '{"_id": "a", "text": "storm"}\n{"_id": "b", "text": " "}')
    write(tmp_path / "queries.jsonl", '{"_id": "1", "text": "storm"}\n{"_id": "2", "text": "sun"}')
    (tmp_path / "qrels").mkdir()
    write(tmp_path / "qrels" / "test.tsv", "1\ta\t1\n2\ta\t0\n3\ta\t1\n")
    output = tmp_path / "run.json"
    arguments = [f"--collection={tmp_path}", f"--cache={tmp_path}", f"--output={output}"]
    assert relevance.main([*arguments, "--engines=searchlib"]) == 0
    run = results.load(output)
    assert {name: run["collection"][name] for name in ("documents", "queries", "judgments")} == {
        "documents": 1, "queries": 1, "judgments": 1,
    }  # fmt: skip
    assert run["engines"]["searchlib"]["measures"]["MAP"] == 1


def test_a_collection_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    arguments = [f"--collection={tmp_path / 'missing'}", f"--cache={tmp_path}"]
    assert relevance.main([*arguments, f"--output={tmp_path / 'run.json'}"]) == 2
