"""One pass serves any number of collectors, each told of all documents once, chunk by chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from searchlib.query import And, Or, Prefix, Word
from searchlib.search import collectors
from searchlib.search.collectors import (
    BitsetCollector,
    Collector,
    CountCollector,
    TopDocsCollector,
    collect,
)
from searchlib.search.order import Sort
from searchlib.search.searcher import Searcher
from tests.search.corpora import Archive, some_documents

if TYPE_CHECKING:
    from searchlib.arrays import Float64Array, Int64Array
    from searchlib.query import Query
    from searchlib.search.index_view import SegmentPart

QUERIES: list[Query] = [
    Word("a"),
    Or((Word("a"), Word("talks"), Prefix("c"))),
    And((Word("a"), Word("b"))),
    Word("nowhere"),
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    documents = some_documents(200, seed=5)
    batches = [documents[:90], documents[90:91], [], documents[91:]]
    archive = Archive(tmp_path_factory.mktemp("collected"), batches, range(3, 200, 9))
    return Searcher(archive.snapshot, archive.schema)


class Chunks(Collector):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[SegmentPart, list[int]]] = []

    def collect(self, segment: SegmentPart, docnums: Int64Array, scores: Float64Array) -> None:
        assert len(docnums) == len(scores) > 0
        self.told.append((segment, docnums.tolist()))


@pytest.mark.parametrize("chunk", [1, 7, 64, 1 << 16])
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_all_of_them_in_one_pass(
    searcher: Searcher, query: Query, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collectors, "CHUNK", chunk)
    expected, matching = searcher.top(query, 12), searcher.matching(query).tolist()
    count, bits, chunks = CountCollector(), BitsetCollector(200), Chunks()
    best = searcher.top(query, 12, collectors=[count, bits, chunks])
    assert best.docnums.tolist() == expected.docnums.tolist()
    assert best.scores.tolist() == expected.scores.tolist()
    assert best.total == expected.total == count.count == len(matching)
    assert bits.bits.nonzero()[0].tolist() == matching
    assert [docnum for _, some in chunks.told for docnum in some] == matching
    for segment, some in chunks.told:
        assert segment.first <= some[0] <= some[-1] < segment.end
        assert (some[0] - segment.first) // chunk == (some[-1] - segment.first) // chunk


def test_sorted_hits_and_a_count_come_from_one_pass(searcher: Searcher) -> None:
    query = Word("a")
    by_day, count = (Sort("day", descending=True),), CountCollector()
    expected = searcher.top(query, 9, sort=by_day)
    best = searcher.top(query, 9, sort=by_day, collectors=[count])
    assert best.docnums.tolist() == expected.docnums.tolist()
    assert best.total == count.count == len(searcher.matching(query))


def test_no_hits_are_kept_where_none_are_wanted(searcher: Searcher) -> None:
    best = TopDocsCollector(0)
    collect(searcher._compiler.compile(Word("a")), [best])
    assert best.best.docnums.tolist() == []
    assert best.best.total == len(searcher.matching(Word("a")))
