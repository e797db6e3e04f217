"""Of each group of hits the best are shown: what collapsing gives is worked out hit by hit."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Collapse, Index, Key, Keyword, Number, Text
from searchlib.errors import QueryError
from searchlib.search import collapse, collectors, left_out
from searchlib.search.left_out import MAX_KEYS
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.query import Query
    from searchlib.search.matcher import TopDocs


class Report(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text(language=None)]
    paper: Annotated[str | None, Keyword()] = None
    is_wire: Annotated[bool, Keyword()] = False
    page: Annotated[int | None, Number(sortable=True)] = None
    tags: Annotated[list[str], Keyword()] = []


PAPERS = [None, None, "Herald", "Courier", "Post", "Star", *(f"paper {n}" for n in range(40))]
WORDS = ["storm", "flood", "rain", "sun", "wind"]
QUERIES = ["storm", "storm OR flood OR rain", "storm flood", "sto*", "*", "nowhere", "-storm"]


def reports(count: int, seed: int) -> list[Report]:
    rng = random.Random(seed)
    return [
        Report(
            id=f"{seed}-{number}",
            body=" ".join(rng.choices(WORDS, k=rng.randint(1, 9))),
            paper=rng.choice(PAPERS[: rng.choice([4, 46])]),
            is_wire=rng.random() < 0.3,
            page=rng.choice([None, 1, 2, 3]),
        )
        for number in range(count)
    ]  # fmt: skip


@pytest.fixture(scope="module", params=[1, 2])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Index[Report]:
    """Several segments, with deletions; the same labels have other ordinals in each."""
    made = Index.create(tmp_path_factory.mktemp("collapse") / "index", Report)
    for part, count in enumerate((150, 3, 70)):
        made.add(reports(count, 10 * request.param + part))
    made.delete(*(f"{10 * request.param}-{number}" for number in range(0, 150, 11)))
    assert made.stats().segments > 1
    return made


@dataclass
class Expected:
    hits: list[tuple[str, float, int, list[str]]]
    groups: int
    total: int


def collapsed(index: Index[Report], query: str, field: str, best: int, sort: Any) -> Expected:
    """Collapse all hits, one after the other."""
    groups: dict[object, list[Any]] = {}
    for hit in index.search(query, limit=None, sort=sort, snippets=False):
        label = getattr(hit.document, field)
        groups.setdefault(hit.key if label is None else ("label", label), []).append(hit)
    hits = []
    for group in groups.values():
        for number, hit in enumerate(group[:best]):
            rest = group[best:] if number == best - 1 else []
            keys = [one.key for one in rest[:MAX_KEYS]]
            hits.append((hit.rank, (hit.key, hit.score, len(rest), keys)))
    total = sum(map(len, groups.values()))
    return Expected([hit for _, hit in sorted(hits, key=lambda hit: hit[0])], len(groups), total)


@given(
    query=st.sampled_from(QUERIES),
    field=st.sampled_from(["paper", "is_wire"]),
    best=st.integers(1, 4),
    sort=st.sampled_from([None, "page", ["-page"]]),
    offset=st.integers(0, 30),
    limit=st.sampled_from([0, 1, 3, 10, 60, None]),
)
def test_it_is_what_collapsing_hit_by_hit_gives(
    index: Index[Report],
    query: str,
    field: str,
    best: int,
    sort: Any,
    offset: int,
    limit: int | None,
) -> None:
    expected = collapsed(index, query, field, best, sort)
    results = index.search(
        query, collapse=Collapse(field, best=best), sort=sort, offset=offset, limit=limit,
        snippets=False,
    )  # fmt: skip
    found = [(hit.key, hit.score, hit.collapsed.count, hit.collapsed.keys) for hit in results]
    end = None if limit is None else offset + limit
    assert found == expected.hits[offset:end]
    assert [hit.rank for hit in results] == [*range(offset + 1, offset + 1 + len(found))]
    assert (results.groups, results.total) == (expected.groups, expected.total)


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_chunks_make_no_difference(
    index: Index[Report], chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collectors, "CHUNK", chunk)
    for sort in (None, "page"):
        results = index.search("storm", collapse="paper", sort=sort, limit=None, snippets=False)
        found = [(hit.key, hit.score, hit.collapsed.count, hit.collapsed.keys) for hit in results]
        assert found == collapsed(index, "storm", "paper", 1, sort).hits


@pytest.mark.parametrize("enough", [0.0, float("inf")])
@pytest.mark.parametrize("query", QUERIES)
def test_a_look_at_the_best_first_makes_no_difference(
    index: Index[Report], query: str, enough: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collapse, "_ROOM", 0)
    monkeypatch.setattr(collapse.Collapsing, "_enough", lambda *_: enough)
    for best in (1, 2):
        by = Collapse("paper", best=best)
        expected = collapsed(index, query, "paper", best, None)
        for limit in (1, 3, 60):
            results = index.search(query, collapse=by, limit=limit, snippets=False)
            found = [(hit.key, hit.score) for hit in results]
            assert found == [(key, score) for key, score, *_ in expected.hits[:limit]]
            assert results.groups == expected.groups


def test_hits_of_all_groups_are_all_hits(tmp_path: Path) -> None:
    """Three papers and no report without one: the first look finds one of each, and no fourth."""
    made = Index.create(tmp_path / "index", Report)
    one = [Report(id=f"{n}", body="storm", paper=f"paper {n % 3}") for n in range(300)]
    made.add(one)
    results = made.search("storm", collapse="paper", limit=5, snippets=False)
    assert [hit.key for hit in results] == ["0", "1", "2"]
    assert results.next is None
    made.add(Report(id="alone", body="storm"))
    assert [hit.key for hit in made.search("storm", collapse="paper", limit=5)][3:] == ["alone"]


def test_other_collectors_are_told_of_all_documents(index: Index[Report]) -> None:
    searcher = index._local.current.get()
    query: Query = index.parse("storm")
    count = collectors.CountCollector()
    alone = searcher.top(query, 5, collapse=Collapse("paper"))
    found: TopDocs = searcher.top(query, 5, collectors=[count], collapse=Collapse("paper"))
    assert count.count == found.total == alone.total == index.search("storm").total
    assert found.docnums.tolist() == alone.docnums.tolist()


def test_a_filter_leaves_out_before_groups_are_made(index: Index[Report]) -> None:
    results = index.search("storm", filter="paper:Herald", collapse="paper")
    assert results.groups == len(results) == 1
    assert results[0].collapsed.count == results.total - 1


def test_only_the_first_hundred_keys_are_listed(
    index: Index[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(left_out, "MAX_KEYS", 3)
    (first, *_) = index.search("*", collapse="is_wire")
    expected = collapsed(index, "*", "is_wire", 1, None).hits[0]
    assert first.collapsed.count == expected[2] > 3
    assert first.collapsed.keys == expected[3][:3]


def test_without_collapse_nothing_is_left_out(index: Index[Report]) -> None:
    results = index.search("storm")
    assert results.groups is None
    assert [(hit.collapsed.count, hit.collapsed.keys) for hit in results] == [(0, [])] * 10
    assert "groups" not in results.to_json()
    assert not results[0].collapsed
    assert "collapsed" not in results[0].to_json()


def test_json_has_what_is_left_out(index: Index[Report]) -> None:
    results = index.search("storm", collapse="is_wire")
    shown = results.to_json()
    assert shown["groups"] == 2
    hit = results[0].collapsed
    assert shown["hits"][0]["collapsed"] == {"count": hit.count, "keys": hit.keys}
    assert repr(hit) == f"Collapsed(count={hit.count})"


@each("limit", [1, 3, None])
def test_by_the_key_each_document_is_its_own_group(index: Index[Report], limit: int | None) -> None:
    plain = index.search("storm", limit=limit)
    for how in ("id", Collapse("id", best=3)):
        results = index.search("storm", limit=limit, collapse=how)
        assert [(hit.key, hit.score) for hit in results] == [(hit.key, hit.score) for hit in plain]
        assert results.groups == results.total == plain.total
        assert [hit.collapsed.count for hit in results] == [0] * len(plain)
    by_key = index.search("storm", limit=limit, collapse="id", sort="-id")
    assert [hit.key for hit in by_key] == [
        hit.key for hit in index.search("storm", limit=limit, sort="-id")
    ]


def test_an_error_says_why_several_labels_make_no_groups(index: Index[Report]) -> None:
    with pytest.raises(QueryError, match="'tags' .a document may have several labels there, and"):
        index.search("storm", collapse="tags")


@each("field", ["tags", "body", "page", "nothing", ""])
def test_fields_without_one_label_for_each_document_are_refused(
    index: Index[Report], field: str
) -> None:
    for lenient in (False, True):
        with pytest.raises(QueryError, match="there are copies, id, paper, is_wire"):
            index.search("storm", collapse=field, lenient=lenient)


@each("collapse", [Collapse("paper", best=0), Collapse("paper", best=True), 7])
def test_other_arguments_are_refused(index: Index[Report], collapse: Any) -> None:
    with pytest.raises(QueryError, match="expected"):
        index.search("storm", collapse=collapse)
