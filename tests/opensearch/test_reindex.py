"""An index on a real server is indexed anew, and no search fails meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel

from searchlib import Article, Index, Key, Keyword, Text
from searchlib.backends.opensearch import making
from searchlib.backends.opensearch.address import Address
from searchlib.backends.opensearch.client import Client
from searchlib.backends.opensearch.mapping import read_meta
from searchlib.errors import (
    AnalysisVersionError,
    DocumentError,
    IndexExistsError,
    IndexLockedError,
    SchemaMismatchError,
    SearchlibError,
    ServerTimeoutError,
)
from tests.opensearch.reports import articles, mistake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Plain(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()]
    words: Annotated[str, Keyword()] = ""


class Other(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Keyword()]
    words: Annotated[str, Text()] = ""


class Strict(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()]
    words: Annotated[int, Keyword()]


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    client = Client(Address.parse(address))
    yield client
    client.close()


def real(client: Client) -> list[str]:
    """Name the real indexes that there are, whether their name stands for them or not."""
    return sorted(client.request("GET", f"/{client.address.index}-*/_alias"))


def test_another_model_takes_the_place_of_the_first(address: str, client: Client) -> None:
    with Index.create(f"{address}?shards=2&replicas=0&full_text=true", Plain) as index:
        index.add(Plain(id=f"{n}", title="Two words", words=f"w{n}") for n in range(700))
        before = real(client)
        with pytest.raises(SchemaMismatchError):
            Index.open(address, Other)
        calls: list[tuple[int, int | None]] = []
        report = Index.reindex(address, model=Other, progress=lambda *done: calls.append(done))
    assert (report.added, report.rejected, calls[-1]) == (700, [], (700, 700))
    assert len(real(client)) == 1
    assert real(client) != before
    with Index.open(address, Other) as index:
        assert index.search("title:two words").total == 0
        assert index.search('title:"two words"').total == 700
        assert index.search("w5").total == 1
        assert [document.id for document in index] == [f"{n}" for n in range(700)]
        index.add(Other(id="new", title="t"))
        assert len(index) == 701
    settings = client.settings()
    assert (settings["number_of_shards"], settings["number_of_replicas"]) == ("2", "0")
    assert read_meta(client.mapping(), client.address).full_text


def test_no_search_fails_meanwhile(address: str) -> None:
    count = 1000
    failed: list[object] = []
    done = threading.Event()
    with Index.create(address, Article) as index:
        index.add(articles(count))

        def search() -> None:
            number = 0
            while not done.is_set():
                number += 1
                try:
                    failed.extend(filter(None, [mistake(index, number, count)]))
                except SearchlibError as error:
                    failed.append(error)

        thread = threading.Thread(target=search)
        thread.start()
        try:
            for _ in range(2):
                Index.reindex(address)
        finally:
            done.set()
            thread.join()
        assert failed == []


def test_documents_that_do_not_fit_leave_everything_as_it_was(address: str, client: Client) -> None:
    with Index.create(address, Plain) as index:
        index.add([Plain(id="a", title="t", words="5"), Plain(id="b", title="t", words="no")])
        before = real(client)
        with pytest.raises(DocumentError, match="nothing has changed"):
            Index.reindex(address, model=Strict)
        assert real(client) == before
        assert index.add(Plain(id="c", title="t")).added == 1
        assert len(index) == 3


def test_nobody_writes_into_the_old_index_meanwhile(address: str, client: Client) -> None:
    with Index.create(address, Article) as index:
        index.add(articles(20))
        meta = read_meta(client.mapping(), client.address)
        with making.successor(client, index.schema, meta):
            with pytest.raises(IndexLockedError, match="indexed anew"):
                index.add(articles(3))
            with pytest.raises(IndexLockedError):
                index.delete("1")
        assert len(index) == 0  # nobody has filled the new one
        index.add(articles(3))


def test_what_was_stopped_halfway_is_done_again(address: str, client: Client) -> None:
    with Index.create(address, Article) as index:
        index.add(articles(20))
        meta = read_meta(client.mapping(), client.address)
        client.block_writes(index=meta.index)  # as a process that was killed leaves it
        client.create_index(f"{client.address.index}-0badcafe", {})
        Index.reindex(address)
        assert len(real(client)) == 1
        index.add(articles(21))
        assert len(index) == 21


def test_of_two_at_once_one_fails_and_leaves_nothing(address: str, client: Client) -> None:
    with Index.create(address, Article) as index:
        index.add(articles(20))
        meta = read_meta(client.mapping(), client.address)
        with pytest.raises(SearchlibError), making.successor(client, index.schema, meta):
            Index.reindex(address)
        assert len(real(client)) == 1
        assert len(index) == 20
        index.add(articles(21))


@pytest.mark.parametrize("is_done", [True, False])
def test_an_alias_whose_change_is_not_answered(
    address: str, client: Client, monkeypatch: pytest.MonkeyPatch, is_done: bool
) -> None:
    """Whether the change is made or not, the index that the name stands for is never deleted."""
    change = Client.change_aliases

    def unanswered(self: Client, actions: Any) -> None:
        if is_done:
            change(self, actions)
        raise ServerTimeoutError("no answer")

    with Index.create(address, Article) as index:
        index.add(articles(20))
        monkeypatch.setattr(Client, "change_aliases", unanswered)
        if is_done:
            Index.reindex(address)
        else:
            with pytest.raises(ServerTimeoutError):
                Index.reindex(address)
        assert mistake(index, 3, 20) is None
        index.add(articles(21))
        assert len(real(client)) == (1 if is_done else 2)
        monkeypatch.undo()
        Index.reindex(address)
        assert len(real(client)) == 1
        assert len(index) == 21


def test_an_index_of_another_analysis(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("searchlib.backends.opensearch.mapping.ANALYSIS_VERSION", 1)
        Index.create(address, Article).add(articles(20))
    with pytest.raises(AnalysisVersionError, match="searchlib reindex"):
        Index.open(address)
    Index.reindex(address)
    with Index.open(address) as index:
        assert mistake(index, 3, 20) is None


@pytest.mark.parametrize(
    ("from_folder", "to_folder"), [(True, False), (False, True), (False, False)]
)
def test_into_another_index(
    address: str, tmp_path: Path, from_folder: bool, to_folder: bool
) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "a.txt").write_text("Storm\n\nA storm.\n")
    old: Any = tmp_path / "old" if from_folder else address
    new: Any = tmp_path / "new" if to_folder else f"{address}-new"
    with Index.create(old, Article) as index:
        index.add(articles(30))
        index.sync(archive)
    report = Index.reindex(old, new, language="german")
    assert (report.added, report.rejected) == (31, [])
    with Index.open(new) as made, Index.open(old) as before:
        assert made.schema.language == "german"
        assert [*made] == [*before]
        assert made.sync(archive).unchanged == 1
        assert made.search("storm").total == 1
    with pytest.raises(IndexExistsError):
        Index.reindex(old, new)
