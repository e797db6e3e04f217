"""A facet of several choices counts as if the filter had no condition on its own field."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Histogram, Index, Key, Keyword, Number, Ranges, Stats, Terms, Text
from searchlib.query import MatchAll, Not, Or, Query, Range, Term, Word
from searchlib.query.filters import Condition
from searchlib.search.order import Sort
from tests.conftest import examples

if TYPE_CHECKING:
    from searchlib.search.searcher import Searcher


class Item(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text(language=None)] = ""
    source: Annotated[str, Keyword(facet=True)]
    tags: Annotated[list[str], Keyword(facet=True)]
    pages: Annotated[int, Number(sortable=True)]


SOURCES, TAGS = ["bbc", "zeit", "echo"], ["red", "green", "blue"]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Searcher, list[Item]]:
    chance = random.Random(3)
    items = [
        Item(
            id=str(number), body=chance.choice(["storm", "storm flood", "calm"]),
            source=chance.choice(SOURCES), tags=chance.sample(TAGS, chance.randrange(4)),
            pages=chance.randrange(5),
        )
        for number in range(80)
    ]  # fmt: skip
    index = Index.create(tmp_path_factory.mktemp("several") / "index", Item)
    index.add(items[:30])
    index.add(items[30:])
    gone = {str(number) for number in range(0, 80, 7)}
    index.delete(*gone)
    return index._local.current.get(), [item for item in items if item.id not in gone]


CONDITIONS: list[tuple[str | None, Query, Any]] = [
    ("source", Term("source", "bbc"), lambda one: one.source == "bbc"),
    ("source", Not(Term("source", "zeit")), lambda one: one.source != "zeit"),
    ("tags", Or((Term("tags", "red"), Term("tags", "blue"))),
     lambda one: bool({"red", "blue"} & {*one.tags})),
    ("pages", Range("pages", 1, 3), lambda one: 1 <= one.pages <= 3),
    (None, Word("flood"), lambda one: "flood" in one.body),
    (None, Term("source", "echo"), lambda one: one.source == "echo"),
]  # fmt: skip


@settings(max_examples=examples(120))
@given(
    chosen=st.lists(st.sampled_from(CONDITIONS), max_size=4),
    several=st.sets(st.sampled_from(["source", "tags", "pages", "ranges"])),
    sort=st.sampled_from([(), (Sort("pages", descending=True),)]),
    everything=st.booleans(),
)
def test_each_facet_leaves_the_conditions_on_its_field_out(
    searched: tuple[Searcher, list[Item]],
    chosen: list[tuple[str | None, Query, Any]],
    several: set[str],
    sort: Any,
    everything: bool,
) -> None:
    searcher, items = searched
    requests = {
        "source": Terms("source", multi_select="source" in several),
        "tags": Terms("tags", multi_select="tags" in several),
        "pages": Histogram("pages", by=1, multi_select="pages" in several),
        "ranges": Ranges("pages", [(0, 1), (2, 4)], multi_select="ranges" in several),
        "stats": Stats("pages"),
    }
    query: Query = MatchAll() if everything else Word("storm")
    candidates = [item for item in items if everything or "storm" in item.body]
    conditions = [Condition(name, condition) for name, condition, _ in chosen]
    best, countable = searcher.find(query, 9, conditions, sort, [*requests.values()])
    hits = [one for one in candidates if all(holds(one) for *_, holds in chosen)]
    assert best.total == len(hits)
    keys = [searcher.snapshot.keys("id")(docnum) for docnum in best.docnums.tolist()]
    assert set(keys) <= {one.id for one in hits}
    assert len(keys) == min(9, len(hits))
    if sort:
        pages = sorted((one.pages for one in hits), reverse=True)
        by_key = {one.id: one.pages for one in hits}
        assert [by_key[key] for key in keys] == pages[:9]
    for name, request in requests.items():
        leaves_out = request.field if name in several else "nothing"
        counted = [
            one for one in candidates
            if all(holds(one) for field, _, holds in chosen if field != leaves_out)
        ]  # fmt: skip
        assert countable is not None
        facet: Any = countable.count(request)
        assert facet.total == len(counted)
        if name == "source":
            assert {one.label: one.count for one in facet} == {
                label: count
                for label in SOURCES
                if (count := sum(one.source == label for one in counted))
            }
        elif name == "tags":
            assert sum(one.count for one in facet) == sum(len(one.tags) for one in counted)
        elif name == "pages":
            assert sum(one.count for one in facet) == len(counted)
            assert [one.count for one in facet] == [
                count for page in range(5) if (count := sum(one.pages == page for one in counted))
            ]
        elif name == "stats":
            assert (facet.sum or 0) == sum(one.pages for one in counted)


def test_the_query_is_evaluated_once(
    searched: tuple[Searcher, list[Item]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from searchlib.search import matcher

    evaluated = []
    for name in ("all_documents", "best_documents", "best_and_all"):
        kernel = getattr(matcher, name)

        def counted(*arguments: Any, kernel: Any = kernel, name: str = name) -> Any:
            evaluated.append(name)
            return kernel(*arguments)

        monkeypatch.setattr(matcher, name, counted)
    requests = [Terms("tags"), Histogram("pages", by=1), Stats("pages")]
    _, countable = searched[0].find(Word("storm"), 5, [], (), requests)
    assert countable is not None
    for request in requests:
        countable.count(request)
    assert evaluated == ["best_and_all"]
