"""The same questions to an index on this machine and to a cluster, over the same articles.

Documents, totals, facets and snippets are equal. Scores are not, as a cluster knows frequencies for
each shard; how far the ten best are the same is measured, where a question ranks at all.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks.datasets import articles_of

from searchlib import Article, Histogram, Index, QueryTooCostly
from tests.conftest import shared_file
from tests.opensearch.questions import Question, questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.opensearch.cluster import Cluster

pytestmark = pytest.mark.cluster

KINDS = (
    *("word", "and", "or", "not", "nested", "phrase", "slop", "phrase with a pattern", "near"),
    *("pre", "near of several", "prefix", "wildcard", "fuzzy", "regex", "field", "label", "dates"),
    *("boosts", "trees", "filters", "any", "fields", "fixed"),
)
RANKING = ("word", "and", "or", "not", "nested", "phrase", "near", "field", "boosts", "any")
FACETS = {
    "categories": "categories",
    "places": "places",
    "months": Histogram("published", by="month"),
}
MOST = 3_000
"""Up to how many documents are compared one by one; more are counted by month and label."""


class Both:
    """The same articles in two places."""

    def __init__(self, local: Index, remote: Index, articles: list[Article]) -> None:
        self.local, self.remote = local, remote
        self.articles = articles
        self.questions = questions(articles)

    def ask(self, question: Question, **options: Any) -> tuple[Any, Any]:
        """Ask both."""
        given = question.options | options
        return (
            self.local.search(question.query, **given),
            self.remote.search(question.query, **given),
        )


@pytest.fixture(scope="module")
def both(three_nodes: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    articles = list(articles_of(shared_file("data", "news21k.jsonl.gz")))
    local = Index.create(tmp_path_factory.mktemp("local") / "news.index", Article)
    remote = Index.create(three_nodes.address("news", shards=3, replicas=1, timeout=60), Article)
    for index in (local, remote):
        assert index.add(articles).added == len(articles)
    yield Both(local, remote, articles)
    remote.close()
    three_nodes.clear()


def test_there_are_enough(both: Both) -> None:
    assert tuple(both.questions) == KINDS
    assert sum(map(len, both.questions.values())) >= 300


@pytest.mark.parametrize("kind", KINDS)
def test_documents_totals_and_facets(both: Both, kind: str) -> None:
    wrong = []
    for question in both.questions[kind]:
        local, remote = both.ask(question, limit=10, facets=FACETS, snippets=False)
        if local.total != remote.total:
            wrong.append(f"{question}: {local.total} documents, on the cluster {remote.total}")
        others = (name for name in FACETS if local.facets[name] != remote.facets[name])
        wrong += [f"{question}: other {name}" for name in others]
        if local.total <= MOST:
            here, there = (
                {hit.key for hit in found}
                for found in both.ask(question, limit=None, snippets=False)
            )
            wrong += [f"{question}: {key}" for key in sorted(here ^ there)[:5]]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_snippets(both: Both, kind: str) -> None:
    wrong = []
    for question in both.questions[kind][::2]:
        local, remote = both.ask(question, sort="id", limit=5)
        here, there = ({hit.key: hit.snippets for hit in found} for found in (local, remote))
        if here != there:
            wrong.append(str(question))
    assert not wrong, "\n".join(wrong)


def test_rankings_are_much_the_same(
    both: Both, record_property: Callable[[str, object], None]
) -> None:
    overlaps = []
    for kind in RANKING:
        for question in both.questions[kind]:
            here, there = (
                {hit.key for hit in found} for found in both.ask(question, snippets=False)
            )
            if len(here) == 10:
                overlaps.append(len(here & there) / 10)
    assert len(overlaps) > 100
    mean = sum(overlaps) / len(overlaps)
    record_property("mean overlap of the ten best", mean)
    assert mean > 0.8


def test_similar_articles_are_much_the_same(
    both: Both, record_property: Callable[[str, object], None]
) -> None:
    overlaps = []
    for article in both.articles[::500]:
        here, there = (
            index.similar(article.id, snippets=False) for index in (both.local, both.remote)
        )
        assert there.total == here.total
        if here:
            found = {hit.key for hit in here}
            overlaps.append(len(found & {hit.key for hit in there}) / len(found))
    assert len(overlaps) > 30
    mean = sum(overlaps) / len(overlaps)
    record_property("mean overlap of ten similar articles", mean)
    assert mean > 0.85


@pytest.mark.parametrize("query", ["oil", "japan", "trade OR bank", "-oil"])
def test_what_sets_articles_apart(both: Both, query: str) -> None:
    here, there = (index.significant(query, field="places") for index in (both.local, both.remote))
    assert there == here
    here, there = (index.significant(query) for index in (both.local, both.remote))
    assert (there.found, there.documents) == (here.found, here.documents)
    told = [[(one.count, one.total, one.score) for one in found] for found in (here, there)]
    assert len({*told[0]} & {*told[1]}) >= 18


def test_a_pattern_beside_other_words_that_stands_for_too_much(both: Both) -> None:
    """A server allows for fewer terms."""
    with pytest.raises(QueryTooCostly, match="fewer terms"):
        both.remote.search('"of a*"')
    found = both.remote.search('"of a*"', lenient=True, facets=["places"])
    assert (found.total, len(found), sum(one.count for one in found.facets["places"])) == (0, 0, 0)
    assert [note.kind for note in found.notes] == ["limit"]


def test_pages_are_all_hits_once(both: Both) -> None:
    question = Question("oil", {})
    local, _ = both.ask(question, limit=None, snippets=False)
    found, after = [], None
    while True:
        page = both.remote.search("oil", limit=500, after=after, snippets=False)
        found += [hit.key for hit in page]
        if (after := page.next) is None:
            break
    assert len(found) == len(set(found))
    assert set(found) == {hit.key for hit in local}


def test_documents_come_back_equal(both: Both) -> None:
    for article in islice(both.local, 0, None, 500):
        assert both.remote.get(article.id) == article
