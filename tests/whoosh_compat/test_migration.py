"""An index that Whoosh wrote becomes one of ours, and nothing in it is run unasked."""

from __future__ import annotations

import json
import pickle
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
from click.testing import CliRunner
from pydantic import BaseModel
from whoosh import fields
from whoosh.analysis import LanguageAnalyzer, StandardAnalyzer, StemmingAnalyzer
from whoosh.index import create_in

from searchlib import Index, Key, SearchlibError, Text
from searchlib.cli.commands import cli
from searchlib.errors import (
    ArgumentError,
    CorruptIndexError,
    IndexExistsError,
    IndexNotFoundError,
    NotAnIndexError,
    SchemaError,
)
from searchlib.whoosh_compat import migrate

DATA = Path(__file__).parents[1] / "data" / "whoosh"
STORED: dict[str, Any] = {
    "path": fields.ID(unique=True, stored=True),
    "content": fields.TEXT(stored=True),
    "tags": fields.KEYWORD(stored=True, commas=True),
    "words": fields.KEYWORD(stored=True),
    "size": fields.NUMERIC(stored=True, sortable=True),
    "when": fields.DATETIME(stored=True),
    "ok": fields.BOOLEAN(stored=True),
    "more": fields.STORED(),
}
HARBOUR: dict[str, Any] = {
    "path": "/a",
    "content": "Harbour and quay",
    "tags": "Big Ships, sea",
    "words": "Two words",
    "size": 7,
    "when": datetime(2024, 5, 6, 7, 8, 9, 10),
    "ok": True,
    "more": {"a": [1, None]},
}
WHOOSH_LEAVES_FILES_OPEN = pytest.mark.filterwarnings(
    "ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"
)


class Page(BaseModel):
    """A model of the user's."""

    path: Annotated[str, Key()]
    content: Annotated[str, Text()]


class Exploit:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.path), "w")


def whoosh_index(path: Path, /, *documents: dict[str, Any], **types: Any) -> Path:
    path.mkdir()
    index = create_in(str(path), fields.Schema(**types))
    for document in documents:  # a segment each
        writer = index.writer()
        writer.add_document(**document)
        writer.commit(merge=False)
    index.close()
    return path


def test_all_that_is_stored_comes_over(tmp_path: Path) -> None:
    old = whoosh_index(tmp_path / "old", HARBOUR, {"path": "/b"}, **STORED)
    report = migrate(old, tmp_path / "new", trust=True)
    assert (report.added, report.rejected) == (2, [])
    index = Index.open(tmp_path / "new")
    labels = {"tags": ["Big Ships", "sea"], "words": ["Two", "words"]}
    found = index.get("/a")
    assert found is not None
    assert found.model_dump() == HARBOUR | labels
    for query in ("quay", 'tags:"Big Ships"', "words:Two", "size:7", "when:2024-05-06", "ok:true"):
        assert [hit.key for hit in index.search(query)] == ["/a"], query


def test_deleted_documents_stay_behind(tmp_path: Path) -> None:
    from whoosh.index import open_dir

    old = whoosh_index(tmp_path / "old", HARBOUR, {"path": "/b"}, **STORED)
    writer = open_dir(str(old)).writer()
    writer.delete_by_term("path", "/b")
    writer.commit(merge=False)
    assert migrate(old, tmp_path / "new", trust=True).added == 1


@WHOOSH_LEAVES_FILES_OPEN
def test_without_trust_nothing_is_unpickled(tmp_path: Path) -> None:
    old = whoosh_index(tmp_path / "old", HARBOUR, **STORED)
    ran = tmp_path / "ran"
    table = next(old.glob("*.toc"))
    clean = pickle.dumps(fields.Schema(), 2)
    evil = pickle.dumps(Exploit(ran), 2)
    assert clean != evil
    content = table.read_bytes()
    start = content.index(b"\x80\x02")
    table.write_bytes(content[:start] + evil + content[start:])
    with pytest.raises(ArgumentError, match=r"trust=True.*--trust.*nothing has been read"):
        migrate(old, tmp_path / "new")
    result = CliRunner().invoke(cli, ["migrate", str(old), str(tmp_path / "new")])
    assert result.exit_code == 1
    assert "--trust" in result.stderr
    assert not ran.exists()
    assert not (tmp_path / "new").exists()
    with pytest.raises(CorruptIndexError):  # the trap is a real one
        migrate(old, tmp_path / "new", trust=True)
    assert ran.exists()


@pytest.mark.parametrize("trust", [1, "yes", None])
def test_trust_is_only_true(tmp_path: Path, trust: Any) -> None:
    old = whoosh_index(tmp_path / "old", HARBOUR, **STORED)
    with pytest.raises(ArgumentError):
        migrate(old, tmp_path / "new", trust=trust)


@pytest.mark.parametrize(
    ("name", "field", "reason"),
    [
        ("lost", fields.TEXT(), "not stored"),
        ("lost", fields.NGRAM(stored=True), "NGRAM field has no counterpart"),
        ("lost", fields.TEXT(StemmingAnalyzer(stemfn=str.upper), stored=True), "TEXT field has no"),
    ],
    ids=["unstored", "ngram", "stemmer"],
)
def test_what_would_be_lost_is_named_first(
    tmp_path: Path, name: str, field: Any, reason: str
) -> None:
    old = whoosh_index(tmp_path / "old", HARBOUR, **STORED, **{name: field})
    with pytest.raises(SchemaError, match=rf"lost \(.*{reason}.*--drop lost"):
        migrate(old, tmp_path / "new", trust=True)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert migrate(old, tmp_path / "new", trust=True, drop="lost").added == 1
    assert "lost" not in Index.open(tmp_path / "new").schema.fields


@pytest.mark.parametrize("drop", ["lsot", ["lost", "Lost"], "lost ", "", "path", ["tags", "path"]])
def test_what_can_not_be_dropped_is_an_error(tmp_path: Path, drop: Any) -> None:
    old = whoosh_index(tmp_path / "old", HARBOUR, **STORED, lost=fields.ID())
    with pytest.raises(ArgumentError, match=r"expected drop to name fields"):
        migrate(old, tmp_path / "new", trust=True, drop=drop)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_field_that_could_be_carried_over_is_left_out(tmp_path: Path) -> None:
    old = whoosh_index(tmp_path / "old", HARBOUR, **STORED)
    assert migrate(old, tmp_path / "new", trust=True, drop=["tags"]).added == 1
    index = Index.open(tmp_path / "new")
    assert "tags" not in index.schema.fields
    assert not hasattr(index.get("/a"), "tags")
    with pytest.raises(ArgumentError, match="'content', which is its key or in its model"):
        migrate(old, tmp_path / "other", trust=True, model=Page, drop=["content", *STORED])


@pytest.mark.parametrize(
    ("analyzer", "language", "asked"),
    [
        (LanguageAnalyzer("de"), "german", "Häuser"),
        (LanguageAnalyzer("fr"), "french", "maisons"),
        (StemmingAnalyzer(), "english", "houses"),
        (StandardAnalyzer(), None, "haus"),
    ],
    ids=["german", "french", "english", "none"],
)
def test_a_text_keeps_its_language(
    tmp_path: Path, analyzer: Any, language: str | None, asked: str
) -> None:
    kinds = {"key": fields.ID(unique=True, stored=True), "text": fields.TEXT(analyzer, stored=True)}
    old = whoosh_index(tmp_path / "old", {"key": "1", "text": "Haus, maison, house"}, **kinds)
    migrate(old, tmp_path / "new", trust=True)
    index: Index[Any] = Index.open(tmp_path / "new")
    assert index.schema.fields["text"].languages == (language,)
    assert index.search(asked).total == 1


def test_decimals_stay_exact(tmp_path: Path) -> None:
    kinds = {
        "key": fields.ID(unique=True, stored=True),
        "price": fields.NUMERIC(int, decimal_places=2, stored=True),
    }
    stored = [{"key": "a", "price": Decimal("0.10")}, {"key": "b", "price": Decimal("12.30")}]
    old = whoosh_index(tmp_path / "old", *stored, **kinds)
    migrate(old, tmp_path / "new", trust=True)
    index: Index[Any] = Index.open(tmp_path / "new")
    assert [document.price for document in index] == [Decimal("0.10"), Decimal("12.30")]
    assert [hit.key for hit in index.search("price:>0.1")] == ["b"]


def test_dynamic_fields_are_named(tmp_path: Path) -> None:
    schema = fields.Schema(path=fields.ID(unique=True, stored=True))
    schema.add("*_d", fields.DATETIME(stored=True), glob=True)
    (tmp_path / "old").mkdir()
    create_in(str(tmp_path / "old"), schema).close()
    with pytest.raises(SchemaError, match=r"\*_d \("):
        migrate(tmp_path / "old", tmp_path / "new", trust=True)


def test_a_key_is_chosen_where_none_is_unique(tmp_path: Path) -> None:
    types = {"number": fields.NUMERIC(stored=True), "name": fields.ID(stored=True)}
    old = whoosh_index(tmp_path / "old", {"number": 5, "name": "x"}, {"name": "y"}, **types)
    with pytest.raises(SchemaError, match=r"--key\): name, number"):
        migrate(old, tmp_path / "new", trust=True)
    with pytest.raises(SchemaError, match="got 'nope'"):
        migrate(old, tmp_path / "new", trust=True, key="nope")
    report = migrate(old, tmp_path / "new", trust=True, key="number")
    assert [document.number for document in Index.open(tmp_path / "new")] == ["5"]
    assert len(report.rejected) == 1


def test_a_model_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whoosh_index(tmp_path / "old", HARBOUR, {"path": "/b"}, **STORED)
    (tmp_path / "my_pages.py").write_text(
        "from tests.whoosh_compat.test_migration import Page\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SchemaError, match=r"tags \(the model has no such field\)"):
        migrate("old", "new", trust=True, model=Page)
    rest = ",".join(sorted(STORED.keys() - Page.model_fields.keys()))
    arguments = ["migrate", "old", "new", "--trust", "--drop", rest, "--json", "--strict"]
    result = CliRunner().invoke(cli, [*arguments, "--model", "my_pages:Page"])
    assert result.exit_code == 3  # one has no content
    assert json.loads(result.stdout)["added"] == 1
    assert Index.open("new", Page).get("/a") == Page(path="/a", content="Harbour and quay")
    for wrong in ("my_pages", "my_pages:Nope", "nowhere_at_all:Page"):
        assert CliRunner().invoke(cli, [*arguments, "--model", wrong]).exit_code == 2


def test_only_an_index_of_whoosh_is_read(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError):
        migrate(tmp_path / "nothing", tmp_path / "new", trust=True)
    ours = Index.create(tmp_path / "ours", Page).path
    with pytest.raises(NotAnIndexError):
        migrate(ours, tmp_path / "new", trust=True)
    old = whoosh_index(tmp_path / "old", HARBOUR, **STORED)
    with pytest.raises(IndexExistsError):
        migrate(old, ours, trust=True)


@WHOOSH_LEAVES_FILES_OPEN
def test_a_damaged_one_leaves_nothing(tmp_path: Path) -> None:
    old = whoosh_index(tmp_path / "old", HARBOUR, **STORED)
    for file in old.glob("*.seg"):
        file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(SearchlibError):
        migrate(old, tmp_path / "new", trust=True)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


@WHOOSH_LEAVES_FILES_OPEN
@pytest.mark.parametrize("name", ["whoosh-2.7.4", "whoosh-reloaded-2.7.5"])
def test_an_index_that_another_whoosh_wrote(tmp_path: Path, name: str) -> None:
    """tests/data/whoosh/make.py has written them."""
    shutil.unpack_archive(DATA / f"{name}.zip", tmp_path / "old")
    with pytest.raises(SchemaError, match=r"drop=\['lost', 'parts'\]"):
        migrate(tmp_path / "old", tmp_path / "new", trust=True)
    report = migrate(tmp_path / "old", tmp_path / "new", trust=True, drop=["lost", "parts"])
    assert (report.added, report.rejected) == (3, [])
    index = Index.open(tmp_path / "new")
    pages = {page.path: page for page in index}
    assert pages.keys() == {"/a", "/b", "/c"}
    assert pages["/a"].model_dump() == {
        "path": "/a", "title": "Ships in harbours", "content": "Harbour and quay",
        "german": "Die Schiffe im Hafen", "french": "Les chevaux noirs", "place": "New York",
        "codes": ["X1", "Y2"], "words": ["Two", "words"], "tags": ["Big Ships", "sea"],
        "size": -7, "ratio": 0.1, "price": Decimal("12.30"),
        "day": datetime(2024, 5, 6, 7, 8, 9, 10), "ok": True, "more": {"a": [1, None, "é"]},
    }  # fmt: skip
    assert (pages["/b"].title, pages["/b"].size) == ("Replaced", 2**31 - 1)
    assert (pages["/c"].title, pages["/c"].day) == ("Storm \N{SNOWMAN}", datetime(1, 1, 1))
    for query in (
        "title:ship", "german:schiff", "french:cheval", "content:quays OR content:quay",
        'place:"New York"', "codes:X1", "words:Two", 'tags:"big ships"', "size:-7", "ratio:0.1",
        "price:12.3", "day:2024-05", "ok:yes",
    ):  # fmt: skip
        assert [hit.key for hit in index.search(query)] == ["/a"], query
