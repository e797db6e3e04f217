"""Hits are made when they are asked for, and seem to have been there all the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib import Article, Index
from searchlib.search import hits as hits_module
from searchlib.search.hits import Hit, Hits

if TYPE_CHECKING:
    from pathlib import Path


class Source:
    """It counts what is read of it."""

    def __init__(self) -> None:
        self.read = 0

    def key(self, docnum: int) -> str:
        self.read += 1
        return f"key {docnum}"

    def document(self, docnum: int) -> Any:
        raise NotImplementedError

    def stored(self, docnum: int) -> dict[str, Any]:
        return {"number": docnum}

    def snippets(self, docnum: int) -> dict[str, Any]:
        return {}

    def shared(self, docnum: int) -> tuple[str, ...]:
        return ()

    def kept(self, docnum: int) -> Source:
        return self


def hits_of(count: int, source: Source | None = None) -> Hits:
    docnums = np.arange(count, dtype=np.int64) * 3
    return Hits(docnums, docnums / 7, range(5, 5 + count), source or Source())


@given(st.integers(0, 12), st.slices(12), st.slices(12))
def test_slices_of_slices_are_those_of_a_list(count: int, first: slice, second: slice) -> None:
    hits = hits_of(count)
    listed = list(hits)
    assert len(listed) == len(hits) == count
    assert list(hits[first]) == listed[first]
    assert list(hits[first][second]) == listed[first][second]
    assert [hit.rank for hit in hits[first]] == [hit.rank for hit in listed[first]]
    assert list(reversed(hits)) == listed[::-1]


@given(st.integers(0, 5), st.integers(-7, 7))
def test_an_index_is_that_of_a_list(count: int, index: int) -> None:
    hits = hits_of(count)
    if -count <= index < count:
        assert hits[index] == list(hits)[index]
        assert hits[index].rank == 5 + index % count
    else:
        with pytest.raises(IndexError):
            hits[index]


def test_hits_are_equal_if_they_show_the_same() -> None:
    source = Source()
    assert hits_of(3, source) == hits_of(3, source)
    assert hash(hits_of(3, source)) == hash(hits_of(3, source))
    assert hits_of(3, source) != hits_of(4, source)
    assert hits_of(3, source) == hits_of(3) == tuple(hits_of(3))
    assert hash(hits_of(3, source)) == hash(tuple(hits_of(3)))
    assert hits_of(3, source)[:2] == hits_of(2, source)
    assert hits_of(3, source)[1:] != hits_of(2, source)
    assert hits_of(3, source) != [*hits_of(3, source)]
    assert hits_of(3, source)[0] in hits_of(3, source)
    assert hits_of(2)[1] not in hits_of(1)
    assert hits_of(1)[0] != "a hit"
    assert len({*hits_of(3, source), *hits_of(3, source)}) == 3


def test_a_hit_that_is_asked_for_again_is_the_same_and_reads_once() -> None:
    source = Source()
    hits = hits_of(3, source)
    assert hits[0].key == hits[0].key == hits[:2][0].key == next(iter(hits)).key == "key 0"
    assert hits[0] is hits[:2][0]
    assert source.read == 1


def test_a_million_hits_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits_module, "_KEPT", 2)
    source = Source()
    hits = hits_of(5, source)
    for _ in range(2):
        assert [hit.key for hit in hits] == [f"key {number}" for number in (0, 3, 6, 9, 12)]
    assert source.read == 2 + 3 + 3


def test_no_hit_is_made_by_searching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index.create(tmp_path / "index", Article)
    index.add(Article(title=f"Storm {number}") for number in range(30))
    made: list[int] = []
    make = Hit.__init__

    def counted(hit: Hit, rank: int, *rest: Any) -> None:
        made.append(rank)
        make(hit, rank, *rest)

    monkeypatch.setattr(Hit, "__init__", counted)
    results = index.search("storm", limit=None)
    assert len(results) == results.total == 30
    assert not made
    assert results[29].rank == 30
    assert made == [30]


def test_the_text_of_results_and_of_hits_is_short(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article)
    index.add(Article(id=str(number), title="Storm") for number in range(30))
    results = index.search("storm", limit=20)
    assert repr(results).startswith("Results(total=30, hits=20, took_ms=")
    assert repr(results.hits).count("Hit(") == 10
    assert repr(results.hits).endswith(", ...]")
    assert repr(results.hits[:2]).endswith("key='1')]")
    assert "notes=1" in repr(index.search("(storm", lenient=True))
