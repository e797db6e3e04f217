"""Documents get to a real server, each one acknowledged, counted and found."""

import itertools
import time
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict

from searchlib import (
    ArgumentError,
    DocumentError,
    Index,
    IndexClosedError,
    Key,
    Keyword,
    Notice,
    Number,
    Problem,
    SchemaMismatchError,
    ServerUnreachableError,
    Text,
)
from searchlib.backends.opensearch import bulk, writer
from searchlib.backends.opensearch.address import Address
from searchlib.backends.opensearch.client import Client
from searchlib.backends.opensearch.making import create_index
from searchlib.backends.opensearch.mapping import (
    ALL,
    document_id,
    group_field,
    label_field,
    text_field,
)
from searchlib.backends.opensearch.scanning import scan
from searchlib.backends.opensearch.writer import OpenSearchWriter
from searchlib.schema.models import DocumentSchema

Json = dict[str, Any]


class Note(BaseModel):
    key: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2)] = ""
    text: Annotated[list[str], Text(language="french")] = []
    desk: Annotated[str | None, Keyword()] = None
    pages: Annotated[int | None, Number()] = None


SCHEMA = DocumentSchema.of(Note)


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    client = Client(Address.parse(address))
    create_index(client, SCHEMA)
    yield client
    client.close()


def writing(
    client: Client, schema: DocumentSchema = SCHEMA, **options: Any
) -> OpenSearchWriter[Any]:
    return OpenSearchWriter(client, schema, as_it_is, **options)


def as_it_is(query: object) -> Json:
    assert isinstance(query, dict)
    return query


def keys(client: Client, query: Json | None = None) -> list[str]:
    return [hit["_id"] for hit in scan(client, query, source=False)]


def notes(count: int, **values: Any) -> list[Note]:
    return [Note(key=f"n{number}", title=f"storm {number}", **values) for number in range(count)]


def test_documents_are_added_replaced_and_deleted(client: Client) -> None:
    with writing(client) as first:
        first.add(notes(3))
        first.commit()
    with writing(client) as second:
        second.add([Note(key="n1", title="calm"), Note(key="new"), {"key": "mapped"}])
        assert second.delete("n2", "nowhere", "new") == 2
        second.commit()
    assert (first.report.added, first.report.replaced) == (3, 0)
    assert (second.report.added, second.report.replaced) == (2, 1)
    assert keys(client) == ["n0", "n1", "mapped"]
    assert keys(client, {"match": {text_field("title"): "calm"}}) == ["n1"]
    assert keys(client, {"match": {ALL: "storm"}}) == ["n0"]


def test_of_two_documents_with_one_key_the_later_stays(client: Client) -> None:
    with writing(client) as changes:
        changes.add(Note(key="a", title=f"version {number}") for number in range(200))
        changes.commit()
    assert (changes.report.added, changes.report.replaced) == (1, 199)
    (hit,) = scan(client)
    assert hit["_source"]["title"] == "version 199"


def test_nothing_is_seen_before_the_commit(client: Client) -> None:
    with writing(client) as changes:
        changes.add(notes(2))
        changes.flush()
        assert keys(client) == []
        changes.commit()
        assert keys(client) == ["n0", "n1"]


def test_what_the_model_rejects_is_reported(
    client: Client,
) -> None:
    with writing(client) as changes:
        changes.add([{"key": ""}, Problem("unreadable"), Notice("guessed"), *notes(2)])
        changes.add({"key": "k", "pages": 2**70})
        changes.commit()
    assert [problem.key for problem in changes.report.rejected] == ["", None, "k"]
    assert changes.report.added == 2
    assert len(changes.report.notices) == 1


def test_what_the_server_rejects_is_one_problem_of_many(client: Client) -> None:
    client.put_mapping({"properties": {"desk": {"type": "keyword", "ignore_above": 2**31 - 1}}})
    with writing(client) as changes:
        changes.add([*notes(2), Note(key="long", desk="d" * 40_000), Note(key="last")])
        changes.commit()
    (problem,) = changes.report.rejected
    assert problem.key == "long"
    assert "immense term" in problem.reason
    assert changes.report.added == 3
    assert keys(client) == ["n0", "n1", "last"]


def test_neither_document_nor_iterable(client: Client) -> None:
    with writing(client) as changes, pytest.raises(DocumentError, match="an iterable"):
        changes.add(7)
    with pytest.raises(ArgumentError, match="workers"):
        writing(client, workers=-1)
    with pytest.raises(ArgumentError, match="memory"):
        writing(client, memory=0)


def test_documents_are_deleted_by_a_query_that_sees_what_was_added_just_now(
    client: Client,
) -> None:
    with writing(client) as changes:
        changes.add(notes(3, desk="Sport"))
        changes.add(Note(key="k" * 600, desk="sport"))
        changes.add(Note(key="other"))
        assert changes.delete_by_query({"term": {label_field("desk"): "sport"}}) == 4
        changes.commit()
    assert keys(client) == ["other"]


def test_many_documents_go_through_other_processes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_BATCH_BYTES", 4096)
    monkeypatch.setattr(bulk, "LANES", 3)
    with writing(client, workers=2, memory=1) as changes:
        changes.add(notes(5000))
        changes.add(notes(10, text=["égalité"]))
        changes.commit()
    assert (changes.report.added, changes.report.replaced) == (5000, 10)
    assert client.count() == 5000
    assert keys(client, {"match": {text_field("text"): "egal"}}) == [f"n{n}" for n in range(10)]


def test_documents_come_in_the_order_in_which_they_were_added(client: Client) -> None:
    for start in (0, 700):
        with writing(client) as changes:
            changes.add(notes(1300)[start : start + 700])
            changes.commit()
    assert keys(client) == [f"n{number}" for number in range(1300)]


def test_a_clock_that_went_back_does_not_undo_newer_documents(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(client) as changes:
        changes.add(Note(key="a", title="old"))
        changes.commit()
    monkeypatch.setattr(time, "time_ns", lambda: 5)
    with writing(client) as changes:
        changes.add(Note(key="a", title="new"))
        changes.commit()
    assert changes.report.replaced == 1
    (hit,) = scan(client)
    assert hit["_source"]["title"] == "new"


def test_keys_of_every_kind(client: Client) -> None:
    odd = ["a/b c?d#e", "ä" * 250, "k" * 501, "../x", "日本", "%2F", " "]
    with writing(client) as changes:
        changes.add(Note(key=key) for key in odd)
        changes.commit()
        assert [hit["_source"]["key"] for hit in scan(client)] == odd
        assert all(client.get(document_id(key)) for key in odd)
        assert changes.delete(*odd) == len(odd)


def test_a_document_without_a_label_is_a_group_of_its_own(client: Client) -> None:
    with writing(client) as changes:
        changes.add([*notes(2), *(Note(key=f"s{n}", desk="Sport") for n in range(2))])
        changes.commit()
    found = client.search({"query": {"match_all": {}}, "collapse": {"field": group_field("desk")}})
    assert len(found["hits"]["hits"]) == 3


def test_a_model_that_has_grown(client: Client) -> None:
    class Grown(Note):
        mood: Annotated[str | None, Keyword()] = None

    class Other(Note):
        title: Annotated[str, Keyword()] = ""

    with writing(client, DocumentSchema.of(Grown)) as changes:
        changes.add(Grown(key="g", mood="calm"))
        changes.commit()
    assert keys(client, {"term": {label_field("mood"): "calm"}}) == ["g"]
    with pytest.raises(SchemaMismatchError, match="title"):
        writing(client, DocumentSchema.of(Other))


def test_a_field_of_the_name_that_is_ours_is_rejected(client: Client) -> None:
    class Open(Note):
        model_config = ConfigDict(extra="allow")

    with writing(client, DocumentSchema.of(Open)) as changes:
        changes.add([{"key": "a", "searchlib": 1}, {"key": "b", "other": 1}])
        changes.commit()
    assert [problem.key for problem in changes.report.rejected] == ["a"]


def test_a_writer_whose_block_fails_leaves_no_thread(client: Client) -> None:
    with pytest.raises(ZeroDivisionError), writing(client) as changes:
        changes.add(notes(10))
        raise ZeroDivisionError
    assert not [lane for lane in changes._sender._lanes if lane._thread.is_alive()]
    assert keys(client) == []


def test_a_writer_takes_nothing_after_its_block(client: Client) -> None:
    with writing(client) as changes:
        changes.add(notes(1))
        changes.commit()
    for use in (
        lambda: changes.add(notes(2)),
        lambda: changes.delete("n0"),
        lambda: changes.delete_by_query({"match_all": {}}),
        changes.commit,
    ):
        with pytest.raises(IndexClosedError, match="this writer is closed"):
            use()
    assert (changes.report.added, keys(client)) == (1, ["n0"])


def test_an_index_that_was_deleted_is_not_made_by_writing(client: Client) -> None:
    with writing(client) as changes:
        client.delete_index(client.aliases()[0])
        changes.add(notes(2))
        with pytest.raises(FileNotFoundError, match="2 documents"):
            changes.commit()
    assert not client.exists()


class Flaky:
    """A client whose bulk requests fail now and then, before or after they have arrived."""

    def __init__(self, client: Client, failures: str) -> None:
        self._client = client
        self._failures = itertools.chain(failures, itertools.repeat("."))
        self.calls = 0

    def __call__(self, lines: bytes, **options: Any) -> Json:
        self.calls += 1
        failure = next(self._failures)
        if failure == "b":
            raise ServerUnreachableError("before")
        answer = bulk_of(self._client, lines, **options)
        if failure == "a":
            raise ServerUnreachableError("after")
        if failure == "n":  # the node is busy, and says so for each second document
            for item in answer["items"][::2]:
                item["index"] |= {"status": 429, "error": {"type": "busy", "reason": "busy"}}
        return answer


bulk_of = Client.bulk


@pytest.mark.parametrize("failures", ["b", "a", "ab", "n", "nna", "bnbn"])
def test_what_is_not_acknowledged_is_sent_again(
    client: Client, monkeypatch: pytest.MonkeyPatch, failures: str
) -> None:
    flaky = Flaky(client, failures)
    monkeypatch.setattr(client, "bulk", flaky)
    with writing(client) as changes:
        changes.add([Note(key="same", title="1"), Note(key="same", title="2"), *notes(40)])
        changes.commit()
    assert flaky.calls > len(failures)
    assert changes.report.rejected == []
    assert client.count() == 41
    assert client.get("same")["_source"]["title"] == "2"  # type: ignore[index]


def test_a_cluster_that_stays_away_is_an_error_that_says_how_much_is_lost(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "bulk", Flaky(client, "b" * 1000))
    monkeypatch.setattr(bulk, "_PATIENCE", 0)
    with writing(client) as changes:
        changes.add(notes(5))
        with pytest.raises(ServerUnreachableError, match="5 documents"):
            changes.commit()
        with pytest.raises(ServerUnreachableError):
            changes.commit()


def test_an_answer_that_makes_no_sense_does_not_hang(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "bulk", lambda *_, **__: {"items": None})
    with writing(client) as changes:
        changes.add(notes(1))
        with pytest.raises(Exception, match="answer to a bulk"):
            changes.commit()


class Person(BaseModel):
    name: Annotated[str, Keyword()]


class Desk(BaseModel):
    head: Person | None = None
    others: list[Person | str] = []


class Signed(BaseModel):
    key: Annotated[str, Key()]
    author: Person | str | None = None
    desk: Desk | None = None


def test_what_may_be_an_object_or_a_text(client: Client, address: str) -> None:
    """Others find labels in what is always an object under their own names."""
    name = f"{address}-signed"
    with Index.create(name, Signed) as index:
        ida = Person(name="Ida")
        report = index.add(
            [
                Signed(key="1", author=ida, desk=Desk(head=ida, others=["Jo", ida])),
                Signed(key="2", author="Jo"),
                Signed(key="3"),
            ]
        )
        assert (report.added, report.rejected) == (3, [])
        for query in ("author.name:ida", "desk.head.name:ida", "desk.others.name:ida"):
            assert [hit.key for hit in index.search(query)] == ["1"]
        facets = index.search("*", facets=["author.name", "desk.head.name"]).facets
        assert [value.label for value in facets["desk.head.name"]] == ["Ida"]
        assert [value.label for value in facets["author.name"]] == ["ida"]
    found = client.search({"query": {"term": {"desk.head.name": "Ida"}}}, index=name.split("/")[-1])
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]
