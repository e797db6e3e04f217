"""Each line of the tables of docs/whoosh.md runs, with Whoosh and with searchlib."""

from __future__ import annotations

import ast
import copy
import os
import pickle
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
import whoosh.fields
import whoosh.index
import whoosh.qparser
import whoosh.query
import whoosh.searching
import whoosh.sorting
import whoosh.writing
from pydantic import BaseModel
from whoosh import scoring
from whoosh.analysis import LanguageAnalyzer, StemmingAnalyzer
from whoosh.filedb.filestore import RamStorage

import searchlib
from searchlib import Date, Hit, Index, Key, Keyword, Number, Results, SchemaError, Stored, Text
from searchlib.indexing.writer import IndexWriter
from searchlib.schema.models import DocumentSchema
from searchlib.whoosh_compat import schema_from_whoosh
from searchlib.whoosh_compat.fields import marker_of
from searchlib.whoosh_compat.hints import HINTS
from tests.tables import each

PAGE = (Path(__file__).parents[2] / "docs" / "whoosh.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")


def rows(title: str, number: int = 0) -> list[list[str]]:
    """Read the cells of a table of the page: the one of this number under a heading."""
    section = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    [text] = [part for part in section if part.startswith(title)]
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [line[1:-1].split(" | ") for line in tables[number].splitlines()[2:]]


def code_of(cell: str) -> str:
    return cell.strip().strip("`")


class Page(BaseModel):
    path: Annotated[str, Key()]
    content: Annotated[str | None, Text(language=None)] = None
    place: Annotated[str | None, Keyword(lowercase=False)] = None
    tags: Annotated[list[str], Keyword()] = []
    size: Annotated[int | None, Number(sortable=True)] = None
    price: Annotated[Decimal | None, Number()] = None
    day: Annotated[datetime | None, Date()] = None
    done: Annotated[bool | None, Keyword()] = None


F = whoosh.fields
SCHEMA = F.Schema(
    path=F.ID(unique=True, stored=True),
    content=F.TEXT(stored=True),
    place=F.ID(stored=True, sortable=True),
    tags=F.KEYWORD(stored=True, commas=True, lowercase=True),
    size=F.NUMERIC(stored=True, sortable=True),
    price=F.NUMERIC(Decimal, decimal_places=2, stored=True),
    day=F.DATETIME(stored=True),
    done=F.BOOLEAN(stored=True),
)
PAGES: list[dict[str, Any]] = [
    {"path": "/a", "content": "Harbour with quay and quay", "place": "Rome", "tags": "Big, sea",
     "size": 3, "price": Decimal("1.25"), "day": datetime(2025, 1, 31), "done": True},
    {"path": "/b", "content": "Closed quay", "place": "Oslo", "tags": "sea", "size": 1,
     "price": Decimal("2.50"), "day": datetime(2025, 2, 1), "done": False},
    {"path": "/c", "content": "Town near sea", "place": "Rome", "tags": "land", "size": 2,
     "price": Decimal("9.75"), "day": datetime(2024, 1, 31), "done": True},
]  # fmt: skip

WHOOSH: dict[str, Any] = {
    **{name: getattr(whoosh.query, name) for name in ("Every", "Term")},
    **vars(whoosh.sorting),
    "scoring": scoring, "QueryParser": whoosh.qparser.QueryParser,
    "MultifieldParser": whoosh.qparser.MultifieldParser,
    "AsyncWriter": whoosh.writing.AsyncWriter,
}  # fmt: skip
THEIRS = {
    name: getattr(home, name)
    for home, names in {
        whoosh.index: "create_in open_dir exists_in",
        whoosh.fields: "Schema TEXT ID KEYWORD NUMERIC DATETIME BOOLEAN STORED",
    }.items()
    for name in names.split()
}
OURS = {
    "searchlib": searchlib, "BaseModel": BaseModel, "Annotated": Annotated, "datetime": datetime,
    "Page": Page, "Not": searchlib.Not, "schema": SCHEMA.copy(),
}  # fmt: skip


class Names(dict[str, Any]):
    """The names of one side; results are made when they are asked for."""

    def __init__(self, index: Any, *given: dict[str, Any]) -> None:
        super().__init__({"ix": index, **WHOOSH})
        for one in given:
            self.update(one)

    def __missing__(self, name: str) -> Any:
        if name == "results":
            index = self["ix"]
            searcher = index if isinstance(index, Index) else index.searcher()
            return searcher.search(whoosh.query.Term("content", "quay"))
        if name == "hit":
            return self["results"][0]
        if isinstance(self["ix"], Index) and name in {*THEIRS}:
            return getattr(searchlib, name)  # as if it had been imported from here
        raise KeyError(name)


def run(code: str, names: Names) -> Any:
    """Run a line, and give the value of its last expression."""
    body = ast.parse(code).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), code, "exec"), {}, names)
    if not isinstance(last, ast.Expr):
        return None
    value = eval(compile(ast.Expression(last.value), code, "eval"), {}, names)
    if isinstance(value, whoosh.query.Query):
        return repr(value)
    if isinstance(value, str):
        return re.sub(r"<(/?)(?:b|mark)\b[^>]*>", r"<\1mark>", value)
    return value if type(value) in (bool, int, float, list, dict, bytes, set) else None


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for side in ("theirs", "ours"):
        for name in ("indexdir", "new"):
            (tmp_path / side / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Names:
    monkeypatch.chdir(tmp_path / "theirs")
    schema = SCHEMA.copy()  # a line may change it
    index = whoosh.index.create_in("indexdir", schema)
    with index.writer() as writer:
        for page in PAGES:
            writer.add_document(**page)
    return Names(index, THEIRS, {"schema": schema})


def our_names(model: type[BaseModel]) -> Names:
    os.chdir("../ours")
    index: Index[Any] = Index.create("indexdir", model)
    split = [{**page, "tags": page["tags"].split(", ")} for page in PAGES]
    assert index.add(split, strict=True).added == 3
    return Names(index, OURS)


def contents(names: Names) -> dict[str, Any]:
    """Give what the index of one side holds now."""
    index = names["ix"]
    if isinstance(index, Index):
        return {page.path: page.content for page in Index.open("indexdir", Page)}
    with whoosh.index.open_dir("indexdir").searcher() as searcher:
        return {page["path"]: page["content"] for page in searcher.documents()}


def both(code: str, theirs: Names, other: str | None = None) -> None:
    """Run a line with Whoosh and one with searchlib, and compare what came of it."""
    expected, left = run(code, theirs), contents(theirs)
    ours = our_names(Page)
    got = run(other or code, ours)
    assert got == expected or expected is None
    assert contents(ours) == left


@pytest.mark.parametrize("code", [code_of(row[0]) for row in rows("What runs unchanged")])
def test_what_runs_unchanged(code: str, theirs: Names) -> None:
    both(code, theirs)


OTHERWISE = [tuple(map(code_of, row)) for row in rows("What is written otherwise")]


@pytest.mark.parametrize(("code", "other"), OTHERWISE)
def test_what_is_an_error_that_says_what_to_write(code: str, other: str, theirs: Names) -> None:
    both(code, theirs, other)
    ours = Names(Index.open("indexdir", Page), OURS)
    before = contents(ours)
    with pytest.raises((AttributeError, TypeError), match="; write ") as caught:
        run(code, ours)
    told = str(caught.value).partition("; write ")[2].split(", or ")
    assert any(stands_for(one, other) for one in told), told
    assert contents(ours) == before


def stands_for(told: str, other: str) -> bool:
    """Whether a line is one that an error tells, in which ``...`` stands for anything."""
    pattern = re.escape(told.replace('"', "'")).replace(re.escape("..."), ".+")
    return re.search(pattern, other.replace("ix", "index").replace('"', "'")) is not None


@pytest.mark.parametrize(
    ("code", "other"),
    [tuple(map(code_of, row)) for row in rows("What is written otherwise", 1)],
)
def test_what_has_another_form(code: str, other: str, theirs: Names) -> None:
    both(code, theirs, other)


# Fields

FIELD_NAMES = {
    **vars(whoosh.fields), "Decimal": Decimal, "StemmingAnalyzer": StemmingAnalyzer,
    "LanguageAnalyzer": LanguageAnalyzer,
}  # fmt: skip
MARKERS = {one.__name__: one for one in (Key, Keyword, Text, Date, Number, Stored)}
FIELDS = [
    (field, markers[min(place, len(markers) - 1)])
    for left, right in rows("Schemas")
    for place, field in enumerate(CODE.findall(left))
    for markers in [[one for one in CODE.findall(right) if "(" in one]]
]
SAMPLES: list[tuple[type[Any], Any, list[str]]] = [
    (F.KEYWORD, "Big Ships,sea", ["Big", "big", "ships", "sea", "Ships,sea", "Big Ships"]),
    (F.IDLIST, "Big sea", ["Big", "sea", "big"]),
    (F.ID, "Big Ships", ["Big", "Big Ships", "big ships"]),
    (F.TEXT, "chevaux Schiffe boats", ["cheval", "chevaux", "schiff", "boat", "boats"]),
    (F.DATETIME, "20250301", ["2025", "20250301", "20250302"]),
    (F.BOOLEAN, "yes", ["yes", "no", "true", "t", "0"]),
]


@pytest.mark.parametrize(("field", "marker"), FIELDS)
def test_fields(field: str, marker: str) -> None:
    made: Any = whoosh.fields.Schema(f=eval(field, FIELD_NAMES))["f"]
    expected = eval(marker, {**MARKERS})
    assert marker_of("f", made)[0] == expected
    key = {} if isinstance(expected, Key) else {"id": F.ID(unique=True)}
    schema = F.Schema(f=made, **key)
    given, queries = next(
        ((given, queries) for kind, given, queries in SAMPLES if isinstance(made, kind)),
        ("7", ["7", "8"]),
    )
    if isinstance(made, F.NUMERIC) and made.decimal_places:
        given = Decimal(given)
    document = {"f": given, **({"id": "1"} if key else {})}
    index = Index.in_memory(schema_from_whoosh(schema).model)
    assert index.add(document, strict=True).added == 1
    if isinstance(made, F.STORED):
        assert next(iter(index)).f == given  # type: ignore[attr-defined]
        return
    other = RamStorage().create_index(schema)
    with other.writer() as writer:
        writer.add_document(**document)
    for text in queries:
        if isinstance(made, F.NUMERIC | F.DATETIME | F.BOOLEAN):
            query = whoosh.qparser.QueryParser("f", schema).parse(text)
        else:
            query = whoosh.query.And(
                [whoosh.query.Term("f", term) for term in made.process_text(text, mode="query")]
            )
        with other.searcher() as searcher:
            found = len(searcher.search(query))
        assert index.count("*", filter={"f": text}) == found, text
        if isinstance(made, F.NUMERIC) and not isinstance(made, F.DATETIME):
            assert index.count(whoosh.query.NumericRange("f", int(text), int(text))) == found
        else:
            assert index.count(query) == found, (text, query)


def test_fields_that_have_no_counterpart_say_so() -> None:
    with pytest.raises(SchemaError, match=r"got NGRAM; write TEXT, and \*part\* in queries"):
        schema_from_whoosh(F.Schema(id=F.ID(unique=True), f=F.NGRAM))
    dynamic = F.Schema(id=F.ID(unique=True))
    dynamic.add("*_d", F.DATETIME, glob=True)
    with pytest.raises(SchemaError, match=r"field '\*_d': expected fields with names"):
        schema_from_whoosh(dynamic)


def test_labels_as_one_text_are_an_error_that_writes_the_list() -> None:
    index = Index.in_memory(Page)
    [problem] = index.add({"path": "/d", "tags": "Big Ships, sea"}).rejected
    assert problem.reason == (
        "tags: Input should be a valid list, got 'Big Ships, sea'; write ['Big Ships', 'sea']"
    )
    [problem] = index.add({"path": "/d", "tags": 7}).rejected
    assert "write" not in problem.reason


def test_a_query_made_by_hand_can_not_be_corrected(theirs: Names) -> None:
    code = 'ix.searcher().correct_query(Term("content", "quoy"), "quoy")'
    with pytest.raises(TypeError):
        run(code, theirs)
    ours = our_names(Page)
    with pytest.raises(searchlib.QueryError, match=r"write index\.suggest\(\.\.\.\), or "):
        run(code, ours)
    parsed = whoosh.qparser.QueryParser("content", ours["ix"].schema.whoosh).parse("quoy")
    assert ours["ix"].searcher().correct_query(parsed, "quoy").string == "quay"


@pytest.mark.usefixtures("theirs")
def test_a_number_as_whoosh_encodes_it_for_another_schema_is_an_error() -> None:
    index = our_names(Page)["ix"]
    for field in ("size", "price"):
        query = whoosh.qparser.QueryParser(field, SCHEMA).parse("3")
        with pytest.raises(searchlib.QueryError, match=r"write QueryParser\(\.\.\., index\.schema"):
            index.search(query)
        query = whoosh.qparser.QueryParser(field, index.schema.whoosh).parse("[2 TO 3]")
        assert index.count(query) == {"size": 2, "price": 1}[field]


# Names

OWNERS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "Index": (
        Index, (whoosh.index.FileIndex, whoosh.searching.Searcher, whoosh.writing.SegmentWriter)
    ),
    "WriterBlock": (
        searchlib.index.changes.WriterBlock, (whoosh.writing.SegmentWriter,)
    ),
    "IndexWriter": (IndexWriter, (whoosh.writing.SegmentWriter,)),
    "Results": (Results, (whoosh.searching.Results, whoosh.searching.ResultsPage)),
    "Hit": (Hit, (whoosh.searching.Hit,)),
    "DocumentSchema": (DocumentSchema, (whoosh.fields.Schema,)),
    "searchlib": (searchlib, (whoosh.index, whoosh.fields, whoosh.qparser)),
}  # fmt: skip
SET_IN_INIT = {
    "runtime", "fragmenter", "formatter", "highlighter", "docnum", "pos", "pagenum", "pagelen",
    "pagecount", "offset", "all_stored_fields",
}  # fmt: skip


@each(("owner", "name"), [(owner, name) for owner, hints in HINTS.items() for name in hints])
def test_hints_are_for_names_that_whoosh_has_and_we_have_not(owner: str, name: str) -> None:
    ours, theirs = OWNERS[owner]
    assert not hasattr(ours, name)
    assert name in SET_IN_INIT or any(hasattr(one, name) for one in theirs)
    for line in HINTS[owner][name].write:
        ast.parse(line.replace("{...}", "{}").replace("....", ".x"))


def test_a_writer_without_a_block_says_how_to_begin_one() -> None:
    for name in ("add", "delete", "report"):
        with pytest.raises(AttributeError, match=f"write with index.writer.* writer.{name}"):
            getattr(Index.in_memory(Page).writer(), name)


def test_missing_names_stay_missing() -> None:
    index = Index.in_memory(Page)
    index.add({"path": "/a", "content": "quay"})
    results = index.search("quay")
    for one in (index, results, results[0], index.writer(), index.schema, searchlib):
        for name in ("add_document", "highlights", "names", "TEXT", "nothing_of_the_kind"):
            assert not hasattr(one, name) or (one is index.schema and name == "names")
        assert getattr(one, "nothing_of_the_kind", 7) == 7
        with pytest.raises(AttributeError, match="no attribute 'nothing_of_the_kind'"):
            _ = one.nothing_of_the_kind  # type: ignore[union-attr]
    assert copy.deepcopy(results) == results == pickle.loads(pickle.dumps(results))
    with pytest.raises(TypeError, match="not iterable"):
        iter(results[0])  # type: ignore[call-overload]
