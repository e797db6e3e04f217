"""A model grows: what needs no new postings is taken, what does is named, and reindex takes it."""

from __future__ import annotations

import json
import zlib
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel, Field, computed_field, create_model

from searchlib import Article, Date, Index, Key, Keyword, Number, Stored, Text
from searchlib.errors import DocumentError, SchemaError, SchemaMismatchError
from searchlib.schema.models import DocumentSchema
from searchlib.storage import IndexDirectory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Base(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""
    tags: Annotated[list[str], Keyword()] = []
    words: Annotated[int | None, Number()] = None
    note: str = ""


FIRST = [
    Base(id="1", title="A storm", tags=["Weather"], words=5, note="x"),
    Base(id="2", title="A calm", words=7),
]


class Room(BaseModel):
    name: Annotated[str, Keyword()] = ""
    seats: Annotated[int | None, Number(sortable=True)] = None
    about: Annotated[str, Text()] = ""


class Grown(Base):
    note: str = Field("y", exclude=True)
    title: Annotated[str, Text(boost=5.0, default=False)] = "none"
    tags: Annotated[list[str], Keyword(facet=True)] = Field(default_factory=list)
    words: Annotated[int | None, Number(sortable=True)] = 3
    more: dict[str, int] = {}
    summary: Annotated[str, Text()] = ""
    marks: Annotated[set[str], Keyword(facet=True)] = set()
    day: Annotated[date | None, Date(sortable=True)] = None
    price: Annotated[float | None, Number(sortable=True)] = None
    rooms: Annotated[list[Room], Stored()] = []
    hall: Room | None = None


class Reordered(BaseModel):
    words: Annotated[int | None, Number()] = None
    tags: Annotated[list[str], Keyword()] = []
    title: Annotated[str, Text()] = ""
    id: Annotated[str, Key()]


def keys(index: Index[Any], query: str, **options: Any) -> list[str]:
    return [hit.key for hit in index.search(query, **options)]


def made(path: Path) -> Path:
    Index.create(path, Base).add(FIRST)
    return path


def in_segments(path: Path) -> int:
    return len(IndexDirectory.open(path).manifest().segments)


NEW = Grown(
    id="3",
    title="New storm",
    summary="rain",
    marks={"Wet"},
    day="2025-02-03",
    price=1.5,
    hall=Room(name="Blue", seats=5, about="wide"),
    more={"a": 1},
)


def test_what_needs_no_postings_is_taken_and_recorded_by_the_next_commit(tmp_path: Path) -> None:
    path = made(tmp_path / "index")
    before = IndexDirectory.open(path).manifest().schema
    index = Index.open(path, Grown)
    assert IndexDirectory.open(path).manifest().schema == before
    assert index.get("2") == Grown(id="2", title="A calm", words=7, note="")
    assert keys(index, "title:storm", sort="-words") == ["1"]
    assert keys(index, "summary:rain OR marks:wet OR day:2025 OR price:>1 OR hall.name:b*") == []
    assert keys(index, "*", sort=["price", "day", "hall.seats"]) == ["1", "2"]
    assert keys(index, "NOT day:* words:5") == ["1"]
    index.add(NEW)
    assert IndexDirectory.open(path).manifest().schema == DocumentSchema.of(Grown).to_json()
    assert in_segments(path) == 2
    for _ in range(2):
        for one in (index, Index.open(path, Grown), Index.open(path)):
            for query in (
                "rain", "summary:rain", "marks:wet", "day:2025-02", "price:[1 TO 2]",
                "hall.name:blue", "hall.seats:5", "hall.about:wide",
            ):  # fmt: skip
                assert keys(one, query) == ["3"], query
            assert keys(one, "marks:wett") == []
            assert keys(one, "*", sort="-price") == ["3", "1", "2"]
            assert keys(one, "*", sort="day") == ["3", "1", "2"]
            assert set(keys(one, "NOT price:*")) == {"1", "2"}
        assert index.get("3") == NEW
        index.optimize()
        assert in_segments(path) == 1
        assert index.check() == []


def test_whoosh_reads_segments_without_the_new_fields(tmp_path: Path) -> None:
    path = made(tmp_path / "index")
    index = Index.open(path, Grown)
    with index.reader() as reader:
        assert [*reader.field_terms("marks")] == []
        assert reader.column_reader("price")[0] is not None
    index.add(NEW)
    with index.reader() as reader:
        assert [*reader.field_terms("marks")] == ["wet"]
        assert reader.doc_field_length(2, "summary") == 1
        assert reader.doc_field_length(0, "summary") == 0
        assert reader.stored_fields(2)["day"] is not None


def test_order_and_removed_stored_fields_do_not_matter(tmp_path: Path) -> None:
    path = made(tmp_path / "index")
    index = Index.open(path, Reordered)
    assert index.get("1") == Reordered(id="1", title="A storm", tags=["Weather"], words=5)
    index.add(Reordered(id="3"))
    assert [*Index.open(path).schema.fields] == ["words", "tags", "title", "id"]
    assert Index.open(path, Base).get("1") == FIRST[0]  # what is stored stays there


class Slugged(Base):
    @computed_field  # type: ignore[prop-decorator]
    @property
    def slug(self) -> Annotated[str, Keyword()]:
        return self.title.casefold()


def changed(**fields: Any) -> type[BaseModel]:
    hints = {name: hint for name, (hint, _) in fields.items()}
    defaults = {name: default for name, (_, default) in fields.items() if default is not ...}
    return type("Changed", (Base,), {"__annotations__": hints, **defaults, "__module__": __name__})


@pytest.mark.parametrize(
    ("model", "field", "reason"),
    [
        (changed(title=(Annotated[str, Text(language="german")], "")), "title", "german"),
        (changed(title=(Annotated[str, Keyword()], "")), "title", "Keyword"),
        (changed(title=(str, "")), "title", r"Stored\(\)"),
        (changed(tags=(Annotated[list[str], Keyword(lowercase=False)], [])), "tags", "lowercase"),
        (changed(tags=(Annotated[str, Keyword()], "")), "tags", "str, Keyword"),
        (changed(words=(Annotated[float | None, Number()], None)), "words", "float"),
        (changed(note=(Annotated[str, Text()], "")), "note", "Text"),
        (changed(new=(Annotated[str, Keyword()], "open")), "new", "default that is not indexed"),
        (changed(new=(Annotated[str, Text()], "open")), "new", "default that is not indexed"),
        (changed(new=(Annotated[bool, Keyword()], False)), "new", "default that is not indexed"),
        (changed(new=(Annotated[int, Number()], 0)), "new", "default that is not indexed"),
        (changed(new=(Room, Room(name="a"))), "new.name", "default that is not indexed"),
        (changed(new=(int, ...)), "new", "no default"),
        (changed(new=(Annotated[str, Text()], ...)), "new", "no default"),
        (Slugged, "slug", "values that are not indexed"),
        (type("Other", (BaseModel,), {"__annotations__": {"no": Annotated[str, Key()]},
                                      "__module__": __name__}), "id", "missing"),
        (type("Less", (BaseModel,), {"__annotations__": {"id": Annotated[str, Key()]},
                                     "__module__": __name__}), "title", "missing"),
    ],
)  # fmt: skip
def test_what_needs_new_postings_is_named_and_reindex_takes_it(
    tmp_path: Path, model: type[BaseModel], field: str, reason: str
) -> None:
    path = made(tmp_path / "index")
    with pytest.raises(SchemaMismatchError, match=reason) as caught:
        Index.open(path, model)
    assert any(line.startswith(f"{field}: ") for line in caught.value.differences)
    assert "Index.reindex(path, model=" in str(caught.value)
    if reason == "no default" or reason == "str, Keyword" or "id" not in model.model_fields:
        with pytest.raises(DocumentError, match="nothing has changed"):
            Index.reindex(path, model=model)
        assert len(Index.open(path, Base)) == 2
        return
    assert Index.reindex(path, model=model).added == 2
    index = Index.open(path, model)
    assert len(index) == 2
    assert index.check() == []


def test_reindexing_in_place_makes_the_values_found(tmp_path: Path) -> None:
    path = made(tmp_path / "index")
    old = Index.open(path, Base)
    page = old.search("storm")
    with old.writer() as writer:
        writer.delete("2")
    generation = old.stats().generation
    assert Index.reindex(path, model=Slugged).added == 1
    index = Index.open(path, Slugged)
    assert keys(index, 'slug:"a storm"') == ["1"]
    assert index.stats().generation == generation + 1
    assert page[0].document == FIRST[0]
    assert keys(old, "storm") == ["1"]  # what is opened with the fields that it had goes on reading
    with pytest.raises(SchemaMismatchError):
        old.add(Base(id="4"))
    assert {file.suffix for file in path.iterdir()} <= {".json", ".seg", ".lock"}
    assert len([*path.glob("*.seg")]) == 1


def test_an_index_opened_before_it_was_written_in_another_way_says_so(tmp_path: Path) -> None:
    path = made(tmp_path / "index")
    old = Index.open(path, Base)
    Index.reindex(path, model=changed(title=(Annotated[str, Text(language="german")], "")))
    with pytest.raises(SchemaMismatchError, match="open it again"):
        old.search("storm")


def test_a_reader_of_earlier_fields_goes_on_while_the_index_grows(tmp_path: Path) -> None:
    path = made(tmp_path / "index")
    old, bare = Index.open(path, Base), Index.open(path)
    Index.open(path, Grown).add(NEW)
    assert keys(old, "title:storm") == ["1", "3"]
    assert old.get("3") == Base(id="3", title="New storm", note="y", words=3)
    for index in (old, bare):
        with pytest.raises(SchemaMismatchError, match="summary"):
            index.add({"id": "4"})
    assert Index.open(path).add({"id": "4", "summary": "hail"}).added == 1
    assert keys(Index.open(path, Grown), "hail") == ["4"]


def test_a_writer_at_work_keeps_reindexing_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from searchlib.errors import IndexLockedError

    path = made(tmp_path / "index")
    monkeypatch.setattr("searchlib.index.LOCK_TIMEOUT", 0.05)
    with Index.open(path, Base).writer(), pytest.raises(IndexLockedError):
        Index.reindex(path)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, OSError])
def test_reindexing_in_place_changes_nothing_if_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]
) -> None:
    path = made(tmp_path / "index")
    before = {file.name: file.read_bytes() for file in path.glob("[!w]*")}

    def fail(*_: object) -> None:
        raise kind("stopped")

    monkeypatch.setattr("searchlib.indexing.writer.IndexWriter.commit", fail)
    with pytest.raises(kind):
        Index.reindex(path, model=Slugged)
    assert {file.name: file.read_bytes() for file in path.glob("[!w]*")} == before


def edit_schema(path: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    """Change the schema in a manifest as another version of searchlib would write it."""
    manifest = path / "manifest.json"
    document = json.loads(manifest.read_text())
    del document["checksum"]
    edit(document["schema"])
    body = json.dumps(document, indent=2).removesuffix("\n}").encode()
    manifest.write_bytes(body + f',\n  "checksum": "{zlib.crc32(body):08x}"\n}}\n'.encode())


def test_options_that_are_absent_have_their_defaults(tmp_path: Path) -> None:
    path = made(tmp_path / "index")

    def edit(schema: dict[str, Any]) -> None:
        for field in schema["fields"]:
            for option in ("boost", "default", "facet", "sortable", "lowercase", "binding"):
                field.pop(option, None)

    edit_schema(path, edit)
    assert keys(Index.open(path, Base), "storm tags:weather") == ["1"]
    assert keys(Index.open(path), "storm tags:weather") == ["1"]


def test_an_option_of_a_later_searchlib_is_ignored_unless_it_changes_what_is_written(
    tmp_path: Path,
) -> None:
    path = made(tmp_path / "index")

    def add(schema: dict[str, Any]) -> None:
        for field in schema["fields"]:
            field["later"] = {"weight": 5}

    def bind(schema: dict[str, Any]) -> None:
        schema["fields"][2]["binding"] = ["lowercase", "later"]

    edit_schema(path, add)
    index = Index.open(path, Base)
    assert keys(index, "storm") == ["1"]
    index.add(Base(id="3"))
    edit_schema(path, bind)
    with pytest.raises(SchemaError, match="'later'.*upgrade searchlib"):
        Index.open(path)


def test_each_field_names_the_options_that_change_what_is_written() -> None:
    written = {spec["name"]: spec.get("binding") for spec in
               DocumentSchema.of(Base).to_json()["fields"]}  # fmt: skip
    assert written == {
        "id": None, "title": ["language"], "tags": ["lowercase"], "words": None, "note": None,
    }  # fmt: skip


def test_an_index_of_an_earlier_article_is_still_one_of_articles(tmp_path: Path) -> None:
    path = tmp_path / "index"
    Index.create(path, Article).add(Article(id="a", title="Storm"))

    def forget(schema: dict[str, Any]) -> None:
        schema["fields"] = [
            {**field, "boost": 3.0} if field["name"] == "title" else field
            for field in schema["fields"]
            if field["name"] not in ("record", "file")
        ]

    edit_schema(path, forget)
    index = Index.open(path)
    assert index.get("a") == Article(id="a", title="Storm")
    index.add(Article(id="b", title="Calm", file="b.txt"))
    assert keys(Index.open(path), "file:b.txt") == ["b"]


class Mixed(Base):
    summary: Annotated[str, Text(language="auto")] = ""
    language: Annotated[str | None, Keyword()] = None


def test_a_text_in_the_language_of_its_document_may_be_new(tmp_path: Path) -> None:
    path = made(tmp_path / "index")
    index = Index.open(path, Mixed)
    index.add(Mixed(id="3", summary="Häuser am Meer", language="de"))
    assert keys(index, "summary:haus") == ["3"]
    assert [hit.snippets["title"].text for hit in index.search("title:storm")] == ["A storm"]
    index.optimize()
    assert keys(index, "summary:haus") == ["3"]
    assert index.search("title:storm")[0].document == Mixed(**dict(FIRST[0]))


def test_stored_marks_what_is_not_looked_into(tmp_path: Path) -> None:
    class Inner(BaseModel):
        name: Annotated[str, Keyword()] = ""

    class Outer(BaseModel):
        id: Annotated[str, Key()]
        seen: Inner = Inner()
        unseen: Annotated[dict[str, Inner], Stored()] = {}

    index = Index.create(tmp_path / "index", Outer)
    assert [*index.schema.fields] == ["id", "seen", "seen.name", "unseen"]


class Door(BaseModel):
    number: int = 1


class Hall(BaseModel):
    door: Door = Door()


class Wing(BaseModel):
    door: Door = Door()
    floor: int = 2


class WithHall(Base):
    hall: Hall | None = Hall()


class WithWing(Base):
    hall: Wing | None = Wing()
    stars: int = 3
    marks: list[str] = Field(default_factory=lambda: ["new"])
    until: date = date(2025, 1, 2)
    nothing: str | None = None
    room: Room | None = None


@pytest.mark.parametrize(
    ("before", "after", "value", "found"),
    [
        (str, int, "17", 17),
        (int, bool, 1, True),
        (Decimal, float, Decimal("1.5"), 1.5),
        (datetime, date, datetime(2025, 3, 4), date(2025, 3, 4)),
        (str, list[int], "no list", None),
    ],
)
def test_arrow_has_values_of_earlier_types_as_they_are_read(
    tmp_path: Path, before: Any, after: Any, value: Any, found: Any
) -> None:
    pytest.importorskip("pyarrow")
    old, new = (create_model("Model", __base__=Base, more=(kind, ...)) for kind in (before, after))
    index = Index.create(tmp_path / "index", old)
    index.add([old(id="1", title="storm", more=value), old(id="2", title="storm", more=value)])
    results = Index.open(index.path, new).search("storm")
    if found is None:
        with pytest.raises(DocumentError, match="'more': expected values that fit Arrow's type"):
            results.to_arrow()
    else:
        assert results.to_arrow(fields=["more"])["more"].to_pylist() == [found, found]


def test_what_can_not_be_read_is_an_error_of_ours_where_results_are_dumped(tmp_path: Path) -> None:
    class Renumbered(Base):
        note: int = 0  # type: ignore[assignment]

    index = Index.create(tmp_path / "index", Base)
    index.add(FIRST)
    results = Index.open(index.path, Renumbered).search("storm")
    for dump in (results.model_dump, results.model_dump_json, results[0].model_dump_json):
        with pytest.raises(DocumentError, match="'1': note: expected int, got 'x'"):
            dump()


def test_exports_of_documents_older_than_a_field_have_its_default(tmp_path: Path) -> None:
    path = tmp_path / "index"
    Index.create(path, WithHall).add(
        [WithHall(id="a", title="storm"), WithHall(id="b", title="storm", hall=None)]
    )
    index = Index.open(path, WithWing)
    index.add(WithWing(id="c", title="storm", stars=9, marks=[]))
    results = index.search("storm", limit=1, sort="id")
    documents = [document.model_dump(mode="json") for document in index]
    results.to_jsonl(tmp_path / "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    exported = [json.loads(line) for line in lines]
    assert exported == documents
    assert [one["stars"] for one in exported] == [3, 3, 9]
    results.to_jsonl(tmp_path / "some.jsonl", fields=["id", "room.name", "until"])
    some = [json.loads(line) for line in (tmp_path / "some.jsonl").read_text().splitlines()]
    assert some[0] == {"id": "a", "room.name": None, "until": "2025-01-02"}


def test_exports_leave_what_a_model_can_not_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "index"
    Index.create(path, Base).add(Base(id="a", title="storm"))

    class Stricter(Base):
        needed: int = 3

        def model_post_init(self, context: object) -> None:
            raise ValueError("no document is good enough")

    index = Index.open(path, Stricter)
    index.search("storm").to_jsonl(tmp_path / "all.jsonl")
    [line] = (tmp_path / "all.jsonl").read_text().splitlines()
    assert json.loads(line)["title"] == "storm"
    assert json.loads(line)["needed"] is None
