"""Articles on a server are compared with each other as those in a folder are."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel

from searchlib import Index, Key, Keyword, Text
from searchlib.backends.opensearch import significance
from searchlib.backends.opensearch.address import Address
from searchlib.backends.opensearch.backend import OpenSearchBackend
from searchlib.backends.opensearch.client import Client
from searchlib.backends.opensearch.term_statistics import TermStatistics
from searchlib.errors import ArgumentError, PartialResultsError, QueryError, UnsupportedError
from tests.opensearch.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from searchlib.search.similar import Likeness
    from tests.opensearch.cluster import Cluster
    from tests.opensearch.proxy import Asked

DESKS = ["Foreign", "City", "Sport", "Weather"]


class Story(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2.0)]
    body: Annotated[list[str], Text()] = []
    desk: Annotated[str | None, Keyword()] = None
    tags: Annotated[list[str], Keyword()] = []


def stories(count: int) -> list[Story]:
    """Make documents about four subjects, whose words are rarer the higher their number is."""
    rng = random.Random(7)

    def words(subject: int, size: int) -> str:
        own = (f"word{subject}x{int(rng.paretovariate(0.7))}" for _ in range(size))
        return " ".join(rng.choice([one, f"common{rng.randrange(40)}"]) for one in own)

    return [
        Story(
            id=f"s/{number}",
            title=words(number % 4, 5).title(),
            body=[f"The {words(number % 4, 30)}.", words(number % 4, 8)],
            desk=[DESKS[number % 4], DESKS[number % 4].upper()][number % 3 == 0],
            tags=[f"tag{number % 7}", f"tag{number % 4}"],
        )
        for number in range(count)
    ]


STORIES = stories(160)


@pytest.fixture(scope="module")
def local() -> Iterator[Index[Story]]:
    with Index.in_memory(Story) as index:
        index.add(STORIES)
        yield index


@pytest.fixture(scope="module")
def server(opensearch: Cluster) -> Iterator[Index[Story]]:
    """The same documents on three shards."""
    opensearch.request("DELETE", "/comparing*")
    with Index.create(opensearch.address("comparing", shards=3), Story) as index:
        index.add(STORIES)
        yield index
    opensearch.request("DELETE", "/comparing*")


def likeness(index: Index[Any], key_or_text: str) -> Likeness:
    backend = index._backend
    if isinstance(backend, OpenSearchBackend):
        return backend.likenesses(index.schema).of(key_or_text, key_or_text)
    return index._searcher.likenesses.of(key_or_text, key_or_text)


def keys(results: Any) -> list[str]:
    return [hit.key for hit in results]


TEXTS = ["s/0", "s/17", "s/99", "Word1x1 word1x2 the common3", "word2x5 nowhere at all \ud800"]


@pytest.mark.parametrize("wanted", TEXTS)
def test_the_same_terms_are_chosen_with_the_same_weights(
    local: Index[Story], server: Index[Story], wanted: str
) -> None:
    here, there = likeness(local, wanted), likeness(server, wanted)
    assert there.weights == pytest.approx(here.weights, rel=1e-9)
    assert [*there.weights] == [*here.weights]
    assert there.written == here.written
    assert len(there.weights) > 2 if wanted.startswith("s/") else there.weights


@pytest.mark.parametrize("wanted", TEXTS)
def test_the_same_documents_are_similar_and_much_in_the_same_order(
    local: Index[Story], server: Index[Story], wanted: str
) -> None:
    here, there = (index.similar(wanted, limit=None) for index in (local, server))
    assert wanted not in keys(there)
    assert set(keys(there)) == set(keys(here))
    assert there.total == here.total > 10
    assert len({*keys(there)[:10]} & {*keys(here)[:10]}) >= 6
    shared = {hit.key: hit for hit in here}
    for hit in there:
        assert hit.shared == shared[hit.key].shared
        assert hit.snippets == shared[hit.key].snippets
        assert hit.document == shared[hit.key].document


def test_results_are_as_of_any_search(server: Index[Story], tmp_path: Path) -> None:
    every = keys(server.similar("s/5", limit=None))
    found = server.similar("s/5", limit=4, offset=3)
    assert keys(found) == every[3:7]
    assert (found[0].rank, found.total, found.next) == (4, len(every), None)
    assert found.to_json()["hits"][0]["shared"] == [*found[0].shared]
    city = server.similar("s/5", limit=None, filter={"desk": "city"}, snippets=False)
    assert keys(city) == [key for key in every if int(key[2:]) % 4 == 1]
    assert city[0].snippets == {}
    best = server.similar("s/5", limit=None, collapse="desk")
    assert sorted(int(hit.key[2:]) % 4 for hit in best) == [0, 1, 2, 3]
    assert (best.groups, keys(best)[0]) == (4, every[0])
    server.similar("s/5", limit=1).to_jsonl(tmp_path / "all.jsonl")
    assert len((tmp_path / "all.jsonl").read_text().splitlines()) == len(every)


@pytest.mark.parametrize("wrong", ["none", "", " ", 7, None])
def test_what_is_neither_key_nor_text(server: Index[Story], wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="expected .* key"):
        server.similar(wrong)


@pytest.mark.parametrize("key", ["", "\ud800", "storm \ud800", "x" * 600])
def test_a_key_that_no_document_can_have(server: Index[Story], key: str) -> None:
    assert server.get(key) is None
    assert key not in server


def test_what_is_not_known_of_copies_is_said(server: Index[Story]) -> None:
    with pytest.raises(UnsupportedError, match="'copies'"):
        server.similar("s/5", collapse="copies")


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("word1x1", {}),
        ("word1x1", {"field": "title"}),
        ("word1x1", {"field": "desk"}),
        ("word1x1 word1x2", {"field": "tags", "match": "any", "limit": 3}),
        ("*", {"filter": {"desk": "City"}, "limit": 200}),
        ("*", {"filter": {"desk": "City"}, "field": "tags"}),
        ("nowhere", {}),
        ("nowhere", {"field": "desk"}),
        ("*", {}),
        ("common1", {"limit": 0}),
    ],
    ids=str,
)
def test_the_same_sets_articles_apart(
    local: Index[Story], server: Index[Story], query: str, options: Any
) -> None:
    here, there = (index.significant(query, **options) for index in (local, server))
    assert there == here


def test_a_field_of_neither_words_nor_labels(server: Index[Story]) -> None:
    with pytest.raises(QueryError, match="there are title, body, desk, tags"):
        server.significant("*", field="id")


@pytest.mark.parametrize(
    ("query", "few"),
    [("tags:tag6 common1", True), ("word1x1 OR word1x2", False), ("-tags:tag1", False)],
)
def test_of_many_hits_some_are_looked_at_and_all_are_counted(
    local: Index[Story],
    server: Index[Story],
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    few: bool,
) -> None:
    monkeypatch.setattr(significance, "SAMPLE", 5 if few else 15)
    found = server.significant(query, limit=10)
    every = local.significant(query, limit=1000)
    assert found.found == every.found > significance.SAMPLE
    assert (4 * found.found < found.documents) is few
    assert found.terms
    assert set(found) <= set(every)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert server.significant(query, limit=10) == found


def test_words_are_written_as_the_hits_have_them(address: str) -> None:
    bodies = ["The ferries came.", "Ferries left.", "A ferry sank.", "No news.", "None at all."]
    with Index.create(address, Story) as index:
        index.add(Story(id=f"{n}", title="", body=[text]) for n, text in enumerate(bodies))
        index.add(Story(id="4", title="", body=["Less than none."]))
        found = index.significant("ferry")
        ferry = found.terms[0]
        assert (ferry.text, ferry.count, ferry.total) == ("ferries", 3, 3)
        index.delete("0", "1")
        found = index.significant("ferry")
        assert {(one.text, one.count, one.total) for one in found} == {
            ("ferry", 1, 1), ("sank", 1, 1),
        }  # fmt: skip
        assert (found.found, found.documents) == (1, 3)


def test_documents_that_are_each_in_their_own_language(address: str) -> None:
    texts = [
        "Die Häuser am Hafen sind nach dem Sturm ohne Strom, sagte die Feuerwehr.",
        "Das Haus am Hafen blieb nach dem Sturm stehen, berichtete die Feuerwehr gestern.",
        "The houses at the harbour lost their roofs in the storm, the fire service said.",
        "A house at the harbour burned down after the storm, the fire service reported.",
    ]
    made = [Story(id=f"{n}", title="", body=[text]) for n, text in enumerate(texts)]
    with (
        Index.create(address, Story, language="auto") as there,
        Index.in_memory(Story, language="auto") as here,
    ):
        for index in (here, there):
            index.add(made)
        for key in ("0", "2", "Häuser nach dem Sturm am Hafen ohne Strom"):
            found, wanted = there.similar(key), here.similar(key)
            assert keys(found) == keys(wanted) != []
            assert [hit.shared for hit in found] == [hit.shared for hit in wanted]
        assert there.significant("feuerwehr") == here.significant("feuerwehr")


def test_another_index_with_other_shards_takes_the_place(address: str) -> None:
    with Index.create(address, Story) as index:
        assert index.similar("any text").total == 0
        assert index.significant("*").terms == ()
        index.add(STORIES[:50])
        before = likeness(index, "s/7").weights
        Index.reindex(f"{address}?shards=4")
        assert likeness(index, "s/7").weights == pytest.approx(before)
        assert index.similar("s/7").total


def test_an_index_without_texts(address: str) -> None:
    class Label(BaseModel):
        id: Annotated[str, Key()]
        tags: Annotated[list[str], Keyword()] = []

    with Index.create(address, Label) as index:
        index.add(Label(id=f"{n}", tags=["Ferry", f"t{n}"]) for n in range(3))
        assert index.similar("1").total == 0
        [only] = index.significant("id:1", field="tags")
        assert (only.text, only.count, only.total) == ("t1", 1, 1)
        with pytest.raises(QueryError, match="there are tags"):
            index.significant("id:1")


def test_shards_that_are_on_no_node(opensearch: Cluster) -> None:
    client = Client(Address.parse(opensearch.address("comparing-red")))
    nowhere = {"settings": {"index.routing.allocation.require._name": "none"}}
    client.request("PUT", "/comparing-red", nowhere, wait_for_active_shards=0)
    with pytest.raises(PartialResultsError, match="none from 1 of 1"):
        TermStatistics(client).of_texts(["title"])
    client.close()
    opensearch.request("DELETE", "/comparing-red")


NO_SHARD = {
    "type": "no_shard_available_action_exception",
    "reason": "No shard available for [comparing]",
}


def test_a_shard_that_does_not_tell_of_its_terms(
    opensearch: Cluster, server: Index[Story], local: Index[Story]
) -> None:
    def change(asked: Asked, answer: Any) -> Any:
        if "_mtermvectors" in asked.path:
            answer["docs"][1] = {"_index": "comparing", "error": NO_SHARD}
        return answer

    with Proxy(opensearch.nodes[0].url) as proxy:
        proxy.change = change
        behind = f"opensearch://{proxy.host}/comparing"
        with (
            Index.open(behind, Story) as whole,
            pytest.raises(PartialResultsError, match=r"No shard available.*partial=true"),
        ):
            whole.similar("s/0")
        with Index.open(f"{behind}?partial=true", Story) as part:
            assert 0 < len(part.similar("s/0")) <= 10
            weights = likeness(part, "s/0").weights
        assert weights.keys() & likeness(local, "s/0").weights.keys()
        assert weights != pytest.approx(likeness(server, "s/0").weights)


def test_words_that_can_not_be_counted(opensearch: Cluster, server: Index[Story]) -> None:
    def change(asked: Asked, answer: Any) -> Any:
        if "_msearch" in asked.path:
            answer["responses"][2] = {"status": 503, "error": NO_SHARD}
        return answer

    assert len(server.significant("word1x1"))
    with Proxy(opensearch.nodes[0].url) as proxy:
        proxy.change = change
        with (
            Index.open(f"opensearch://{proxy.host}/comparing", Story) as index,
            pytest.raises(PartialResultsError, match="No shard available"),
        ):
            index.significant("word1x1")
