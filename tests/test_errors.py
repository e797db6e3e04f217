"""Errors go where results go: through pickles and copies, from one process to another."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel

import searchlib
from searchlib import (
    Article,
    Index,
    Key,
    QuerySyntaxError,
    SchemaMismatchError,
    SearchlibError,
    StorageError,
    SynonymsError,
)
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable


class Note(BaseModel):
    id: Annotated[str, Key()]


MADE = {
    QuerySyntaxError: QuerySyntaxError("expected a word", "a AND", 5),
    SchemaMismatchError: SchemaMismatchError("the fields differ", ["title: str"]),
    SynonymsError: SynonymsError("expected words", "words.txt", 3, 4),
    StorageError: StorageError(28, "No space left on device", "/disk/news.index"),
}
ALL = [
    getattr(searchlib, name) for name in searchlib.__all__ if name.endswith(("Error", "TooCostly"))
]


@each("kind", ALL)
@each("way", [lambda one: pickle.loads(pickle.dumps(one)), copy.copy, copy.deepcopy])
def test_an_error_is_the_same_when_it_is_read_again(
    kind: type[SearchlibError], way: Callable[[Any], Any]
) -> None:
    error = MADE.get(kind) or kind("expected this, got that")
    error.add_note("on the second shelf")
    again = way(error)
    assert type(again) is kind
    assert str(again) == str(error)
    assert again.args == error.args
    assert vars(again) == vars(error)
    assert getattr(again, "filename", None) == getattr(error, "filename", None)


def test_an_error_of_a_query_leaves_the_pool_as_it_is() -> None:
    with Index.in_memory(Article) as index:
        index.add(Article(id="1", title="Storm"))
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
            answer = pool.submit(_total, "storm AND (", index.address)
            with pytest.raises(QuerySyntaxError, match="expected a") as caught:
                answer.result()
            assert (caught.value.query, caught.value.position) == ("storm AND (", 10)
            with pytest.raises(SchemaMismatchError, match="fields differ") as mismatch:
                pool.submit(_open_as_notes, index.address).result()
            assert any(one.startswith("title: ") for one in mismatch.value.differences)
            assert pool.submit(_total, "storm", index.address).result() == 1


def _total(query: str, path: str) -> int:
    return Index.open(path).count(query)


def _open_as_notes(path: str) -> int:
    return len(Index.open(path, Note))
