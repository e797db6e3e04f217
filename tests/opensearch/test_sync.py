"""Folders are synchronised with an index on a real server, and their catalogue is kept there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from searchlib import Article, Index
from searchlib.backends.opensearch import catalogue
from searchlib.backends.opensearch.address import Address
from searchlib.backends.opensearch.catalogue import CatalogueStore
from searchlib.backends.opensearch.client import Client
from searchlib.errors import CorruptIndexError, ServerConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("rink", "port", "vote"):
        write(tmp_path / "archive" / f"{name}.txt", f"{name}\n\nThe {name} of Monday.\n")
    return tmp_path / "archive"


def write(path: Path, text: str, *, seconds: int = 1_500_000_000) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, (seconds, seconds))


@pytest.fixture
def index(address: str) -> Iterator[Index[Article]]:
    with Index.create(address, Article) as index:
        yield index


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    client = Client(Address.parse(address))
    yield client
    client.close()


def counts(report: Any) -> str:
    names = (
        "added", "changed", "removed", "unchanged", "failed",
        "articles_added", "articles_replaced", "articles_deleted",
    )  # fmt: skip
    return ", ".join(f"{getattr(report, name)} {name}" for name in names if getattr(report, name))


def test_new_changed_and_gone_files(index: Index[Article], root: Path) -> None:
    assert counts(index.sync(root)) == "3 added, 3 articles_added"
    assert counts(index.sync(root)) == "3 unchanged"
    before = {hit.document.title: hit.key for hit in index.search("*")}
    write(root / "rink.txt", "rink\n\nThe rink of Tuesday.\n", seconds=1_600_000_000)
    (root / "port.txt").unlink()
    write(root / "dam.txt", "dam\n\nThe dam.\n")
    assert counts(index.sync(root)) == (
        "1 added, 1 changed, 1 removed, 1 unchanged, 1 articles_added, 1 articles_replaced, "
        "1 articles_deleted"
    )
    (hit,) = index.search("Tuesday")
    assert hit.key == before["rink"]
    assert len(index) == 3
    assert index.source(hit.key) == root / "rink.txt"


def test_what_the_server_rejects_is_in_the_report_of_the_sync(
    index: Index[Article], client: Client, root: Path
) -> None:
    natural = {"source": {"type": "keyword", "ignore_above": 2**31 - 1}}
    client.put_mapping({"properties": natural})
    write(root / "long.md", f"---\ntitle: long\nsource: {'s' * 40_000}\n---\nText.\n")
    report = index.sync(root)
    (problem,) = report.problems
    assert "immense term" in problem.reason
    assert report.articles_added == 3


def test_the_catalogue_is_in_pieces(
    index: Index[Article], client: Client, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_PIECE_BYTES", 100)
    index.sync(root)
    assert len([*CatalogueStore(client).read()]) == 3
    assert counts(index.sync(root)) == "3 unchanged"


def lines_of(client: Client) -> list[bytes]:
    return [*CatalogueStore(client).read()]


def put(client: Client, *lines: bytes) -> CatalogueStore:
    store = CatalogueStore(client)
    with store.write() as new:
        for line in lines:
            new.append(line)
    return store


def test_a_catalogue_is_in_force_from_the_commit_on(client: Client) -> None:
    assert lines_of(client) == []
    store = put(client, b"a", b"", b'{"b": "\xc3\xa4"}')
    assert lines_of(client) == []
    store.commit()
    assert lines_of(client) == [b"a", b"", b'{"b": "\xc3\xa4"}']
    put(client).commit()
    assert lines_of(client) == []


def test_of_two_that_change_it_at_once_one_is_told(client: Client) -> None:
    first, second = put(client, b"first"), put(client, b"second")
    first.commit()
    with pytest.raises(ServerConflictError):
        second.commit()
    third, fourth = put(client, b"third"), put(client, b"fourth")
    fourth.commit()
    with pytest.raises(ServerConflictError):
        third.commit()
    assert lines_of(client) == [b"fourth"]


def test_the_same_store_commits_again(client: Client) -> None:
    store = put(client, b"1")
    store.commit()
    with store.write() as new:
        new.append(b"2")
    store.commit()
    assert lines_of(client) == [b"2"]


def test_an_answer_that_is_lost_is_no_conflict(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = put(client, b"a")
    put_once = client.put

    def twice(document: str, source: Any, **options: Any) -> Any:
        if document == "current":
            put_once(document, source, **options)
        return put_once(document, source, **options)

    monkeypatch.setattr(client, "put", twice)
    store.commit()
    assert lines_of(client) == [b"a"]


def test_pieces_that_nobody_needs_go(client: Client) -> None:
    for number in range(4):
        put(client, b"%d" % number).commit()
    put(client, b"3").commit()  # the same: nothing new
    put(client, b"lost")
    put(client, b"last").commit()
    name = f"{client.address.index}.catalogue"
    client.refresh(index=name)
    body = {"query": {"exists": {"field": "generation"}}, "size": 100}
    pieces = client.search(body, index=name)["hits"]["hits"]
    assert len([one for one in pieces if one["_id"] != "current"]) == 2


def test_a_damaged_catalogue_is_an_error(client: Client) -> None:
    put(client, b"a", b"b").commit()
    name = f"{client.address.index}.catalogue"
    current = client.get("current", index=name)
    assert current is not None
    piece = f"{current['_source']['generation']}-0"
    for damage in ({"lines": "?"}, {"lines": "AAAA"}, {}):
        client.put(piece, damage, index=name)
        with pytest.raises(CorruptIndexError, match="catalogue of files"):
            lines_of(client)
    client.put("current", {**current["_source"], "checksum": 7}, index=name)
    with pytest.raises(CorruptIndexError):
        lines_of(client)
    client.put("current", {**current["_source"], "pieces": 2}, index=name)
    with pytest.raises(CorruptIndexError):
        lines_of(client)
