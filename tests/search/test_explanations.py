"""An explanation adds up to the score that a search gives, for every kind of query."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from searchlib import Article, Explanation, Index
from searchlib.cli.commands import cli
from searchlib.errors import ArgumentError, QueryError
from searchlib.query.tree import (
    And,
    AndMaybe,
    Boost,
    ConstantScore,
    DisjunctionMax,
    Exists,
    Fuzzy,
    MatchAll,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Require,
    Term,
    Wildcard,
    Word,
)
from searchlib.search.searcher import Searcher
from searchlib.whoosh_compat.queries import from_whoosh
from tests.conftest import examples
from tests.search.corpora import Archive, some_documents
from tests.search.queries import trees
from tests.tables import each

if TYPE_CHECKING:
    from whoosh import query as q

patient = settings(
    max_examples=examples(80), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
A, B = Word("a"), Word("b", ("body",))
KINDS: list[Query] = [
    MatchAll(), Exists("tags"), A, Or((A, A, B)), Phrase("a b"), Phrase("a c", slop=3),
    Prefix("t"), Wildcard("t?l*"), Regex("a.*", ("body",)), Fuzzy("talk"),
    Term("tags", "red"), Term("weight", 0.5), Range("weight", 0, 2), Near((A, Word("b")), 3),
    Near((Or((A, Word("c"))), Word("b")), 4, ordered=True), Near((A, A), 3), Wildcard("b t*"),
    And((A, B)), And((A, Not(B))), Not(A), AndMaybe(A, (B, Term("tags", "red"))),
    Require(A, (B,)), DisjunctionMax((A, B), 0.3), Boost(DisjunctionMax((A, B)), -2.0),
    Boost(Or((A, Boost(B, 2.0))), 0.5), ConstantScore(And((A, B)), 3.0),
    Word("a", ("title", "tags")), Word("unknown"),
]  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    documents = some_documents(50, seed=6)
    batches = [documents[:20], documents[20:]]
    return Archive(tmp_path_factory.mktemp("explained"), batches, range(1, 50, 6))


def expect_sums(explanation: Explanation) -> None:
    """Make sure that sums and products are those of their details."""
    values = [detail.value for detail in explanation.details]
    if explanation.description.endswith("sum of"):
        expected = sum(values)
        if "where x is the" in explanation.description:
            k1 = 1.2
            expected = (k1 + 1) * expected / (k1 + expected)
        assert explanation.value == pytest.approx(expected, rel=1e-6)
    elif explanation.description.endswith("product of"):
        assert explanation.value == pytest.approx(math.prod(values), rel=1e-6)
    for detail in explanation.details:
        expect_sums(detail)


def expect_explained(archive: Archive, query: Query) -> int:
    searcher = Searcher(archive.snapshot, archive.schema)
    found = searcher.top(query, 1000)
    scores = dict(zip(found.docnums.tolist(), found.scores.tolist(), strict=True))
    for docnum in range(len(archive.documents)):
        if docnum not in archive.brute_force.deleted:
            explanation = searcher.explain(query, docnum)
            assert explanation.value == pytest.approx(scores.get(docnum, 0.0), rel=1e-6)
            assert explanation.description.startswith("no match") == (docnum not in scores)
            expect_sums(explanation)
    return found.total


@each("query", KINDS)
def test_every_kind_of_query(archive: Archive, query: Query) -> None:
    assert expect_explained(archive, query) or query == Word("unknown")


def test_these_are_all_kinds() -> None:
    def kinds(query: Query) -> set[type[Query]]:
        return {type(query)}.union(*map(kinds, query.children()))

    ours = {kind for kind in Query.__subclasses__() if kind.__module__ == Query.__module__}
    assert {kind.__name__ for kind in ours} - {"Verbatim"} == {
        kind.__name__ for kind in set().union(*map(kinds, KINDS))
    }


@patient
@given(query=trees)
def test_any_tree(archive: Archive, query: q.Query) -> None:
    expect_explained(archive, from_whoosh(query, archive.schema))


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index.create(tmp_path_factory.mktemp("news") / "index", Article)
    index.add(
        [
            Article(id="1", title="Harbour closed", body="The harbour is closed by ice, ice."),
            Article(id="2", title="Ice cream", body="A harbour of taste."),
            Article(id="3", title="Nothing", body="Nothing at all."),
        ]
    )
    return index


def test_an_explanation_can_be_read(news: Index) -> None:
    [first, _] = news.search("harbour ice")
    explanation = news.explain("harbour ice", first.key)
    assert explanation.value == first.score
    lines = str(explanation).splitlines()
    assert lines[0] == f"{first.score:.6g} = all, sum of"
    assert lines[1].endswith("= word 'harbour' in title, body, product of")
    assert any("tf 2" in line and "body" in line for line in lines)
    assert json.loads(json.dumps(explanation.to_json()))["value"] == first.score


def test_a_word_that_is_there_twice_names_the_same_fields(news: Index) -> None:
    for query in ("cream", "cream OR cream"):
        assert "word 'cream' in title, body" in str(news.explain(query, "2"))


def test_a_document_that_does_not_match_has_nothing(news: Index) -> None:
    explanation = news.explain("harbour", "3")
    assert explanation == Explanation(0.0, "no match of word 'harbour' in title, body")
    assert str(news.explain("unheard", "3")) == "0 = no match of word 'unheard' in title, body"


@pytest.mark.parametrize(("key", "message"), [("9", "got '9'"), (3, "got 3")])
def test_a_key_of_no_document_is_an_error(news: Index, key: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        news.explain("harbour", key)
    with pytest.raises(QueryError):
        news.explain('"', "1")


def test_the_command_explains(news: Index) -> None:
    def run(*args: str) -> str:
        result = CliRunner().invoke(cli, ["explain", *args, "--index", str(news.path)])
        assert result.exit_code == 0, result.output
        return result.output

    explanation = news.explain("ice OR harbour", "2")
    assert run("ice", "OR", "harbour", "2") == f"{explanation}\n"
    assert run("ice", "harbour", "2", "--match=any") == f"{explanation}\n"
    assert json.loads(run("ice OR harbour", "2", "--json")) == explanation.to_json()
