"""Arrow, Parquet and data frames: the types of the model, and the values that were added."""

from __future__ import annotations

import importlib
import io
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel

from searchlib import Article, Date, Index, Key, Keyword, Number, Stored, Text
from searchlib.errors import ArgumentError, DocumentError, MissingExtraError
from searchlib.search import all_hits

pa = pytest.importorskip("pyarrow", reason="the extra arrow is not installed")

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE_TYPES = {
    "id": "string", "title": "string", "body": "string", "published": "date32[day]",
    "published_last": "date32[day]", "published_text": "string",
    "document_date": "timestamp[us, tz=UTC]", "categories": "list<item: string>",
    "source": "string", "dateline": "string", "places": "list<item: string>",
    "authors": "list<item: string>", "language": "string", "url": "string", "extra": "string",
    "file": "string", "line": "int64", "record": "int64",
}  # fmt: skip


def types_of(schema: Any) -> dict[str, str]:
    return {field.name: str(field.type).replace("element", "item") for field in schema}


def test_a_table_has_the_types_of_the_model(hostile: Index) -> None:
    table = hostile.search("storm OR storms", limit=2).to_arrow()
    assert table.num_rows == 9
    assert types_of(table.schema) == ARTICLE_TYPES


def test_values_come_back(hostile: Index[Article]) -> None:
    for row in hostile.search("storm OR storms").to_arrow().to_pylist():
        article = hostile.get(row["id"])
        assert article is not None
        for name in ("title", "body", "published", "categories", "source", "url", "line"):
            assert row[name] == getattr(article, name)
        moment = article.document_date
        zoned = None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC)
        assert row["document_date"] == zoned


@pytest.mark.parametrize("query", ["unheard", "storm"])
def test_streams_are_read_batch_by_batch(
    many: Index, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr(all_hits, "BATCH", 25)
    results = many.search(query)
    reader = pa.RecordBatchReader.from_stream(results)
    assert types_of(reader.schema) == ARTICLE_TYPES
    assert [batch.num_rows for batch in reader] == ([25, 25, 10] if results.total else [])
    assert pa.table(results).equals(results.to_arrow())


def test_a_stream_may_be_cast(many: Index) -> None:
    results = many.search("storm")
    wanted = results.to_arrow().schema
    wanted = wanted.set(0, pa.field("id", pa.large_string()))
    assert pa.RecordBatchReader.from_stream(results, schema=wanted).read_all().schema == wanted


@pytest.mark.parametrize("method", ["to_parquet", "to_ipc"])
@pytest.mark.parametrize("query", ["storm", "unheard"])
def test_files(
    many: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, query: str
) -> None:
    parquet, feather = map(importlib.import_module, ("pyarrow.parquet", "pyarrow.feather"))
    monkeypatch.setattr(all_hits, "BATCH", 7)
    monkeypatch.setattr("searchlib.export.arrow._GROUP_BYTES", 3000)
    results = many.search(query)
    data = io.BytesIO()
    getattr(results, method)(data, fields=["id", "published", "score"])
    getattr(results, method)(tmp_path / "file", fields=["id", "published", "score"])
    read = parquet.read_table if method == "to_parquet" else feather.read_table
    expected = results.to_arrow(fields=["id", "published", "score"])
    assert read(tmp_path / "file").equals(expected)
    assert read(io.BytesIO(data.getvalue())).equals(expected)
    if method == "to_parquet" and query == "storm":
        assert parquet.ParquetFile(tmp_path / "file").num_row_groups == 1
        results.to_parquet(tmp_path / "file")
        assert 1 < parquet.ParquetFile(tmp_path / "file").num_row_groups < 9


def test_pandas(hostile: Index[Article]) -> None:
    pandas = pytest.importorskip("pandas", reason="the extra pandas is not installed")
    frame = hostile.search("storm OR storms", limit=1).to_pandas()
    assert len(frame) == 9
    assert list(frame.columns) == list(Article.model_fields)
    assert frame["published"].dtype.kind == frame["document_date"].dtype.kind == "M"
    tex = frame.set_index("id").loc["tex"]
    assert tex["published"] == pandas.Timestamp("2025-03-04")
    assert tex["title"].startswith("100% of {storms}")
    assert list(tex["categories"]) == ["Wetter", "Küste"]
    empty = hostile.search("unheard").to_pandas(fields=["id", "published"])
    assert empty["published"].dt.month.tolist() == []


def test_polars(hostile: Index[Article]) -> None:
    pytest.importorskip("polars", reason="the extra polars is not installed")
    frame = hostile.search("storm OR storms", limit=1).to_polars()
    rows = {row["id"]: row for row in frame.to_dicts()}
    assert len(rows) == 9
    assert rows["tex"]["published"] == date(2025, 3, 4)
    assert rows["tex"]["categories"] == ["Wetter", "Küste"]
    assert rows["emoji"]["title"] == "\U0001f30a storm שלום"
    assert hostile.search("unheard").to_polars(fields=["id", "rank"]).shape == (0, 2)


class Everything(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = "thing"
    lines: Annotated[list[str], Text()] = []
    flag: Annotated[bool | None, Keyword()] = None
    flags: Annotated[list[bool], Keyword()] = []
    whole: Annotated[int | None, Number()] = None
    part: Annotated[float | None, Number()] = None
    moment: Annotated[datetime | None, Date()] = None
    days: list[date] = []
    pair: tuple[float, float] | None = None
    mixed: tuple[int, str] | None = None
    nested: list[list[int]] = []
    large: int = 0
    table: Annotated[dict[str, int] | None, Stored()] = None


@pytest.fixture
def things(tmp_path: Path) -> Index[Everything]:
    index = Index.create(tmp_path / "things.index", Everything)
    index.add(Everything(id="none"))
    index.add(
        Everything(
            id="all", lines=["a", "b"], flag=False, flags=[True], whole=-(2**63), part=1,
            moment=datetime.fromisoformat("2025-01-01T00:30:00+02:00"),
            days=[date(2025, 1, 2)], pair=(1, 2), mixed=(1, "a"), nested=[[1], []], table={"a": 1},
        )
    )  # fmt: skip
    return index


def test_types_of_other_models(things: Index) -> None:
    table = things.search("thing").to_arrow()
    assert types_of(table.schema) == {
        "id": "string", "title": "string", "lines": "list<item: string>", "flag": "bool",
        "flags": "list<item: bool>", "whole": "int64", "part": "double",
        "moment": "timestamp[us, tz=UTC]", "days": "list<item: date32[day]>",
        "pair": "list<item: double>", "mixed": "string", "nested": "string", "large": "int64",
        "table": "string",
    }  # fmt: skip
    row = next(row for row in table.to_pylist() if row["id"] == "all")
    assert row == {
        "id": "all", "title": "thing", "lines": ["a", "b"], "flag": False, "flags": [True],
        "whole": -(2**63), "part": 1.0, "moment": datetime(2024, 12, 31, 22, 30, tzinfo=UTC),
        "days": [date(2025, 1, 2)], "pair": [1.0, 2.0], "mixed": '[1, "a"]', "nested": "[[1], []]",
        "large": 0, "table": '{"a": 1}',
    }  # fmt: skip


def test_without_the_model_stored_fields_are_text(things: Index) -> None:
    table = Index.open(things.path).search("thing").to_arrow(fields=["whole", "large", "table"])
    assert types_of(table.schema) == {"whole": "int64", "large": "string", "table": "string"}
    assert table["large"].to_pylist() == ["0", "0"]
    assert {*table["table"].to_pylist()} == {None, '{"a": 1}'}


def test_a_value_that_fits_no_column_is_explained(things: Index) -> None:
    things.add(Everything(id="large", large=10**30))
    results = things.search("thing")
    with pytest.raises(DocumentError, match="field 'large': expected values that fit Arrow's type"):
        results.to_arrow()
    assert results.to_arrow(fields=["id"]).num_rows == 3
    assert str(10**30) in results.to_csv()


@pytest.mark.parametrize(
    ("method", "package", "extra"),
    [
        ("to_arrow", "pyarrow", "arrow"),
        ("__arrow_c_stream__", "pyarrow", "arrow"),
        ("to_pandas", "pandas", "pandas"),
        ("to_polars", "polars", "polars"),
    ],
)
def test_what_is_not_installed_is_named(
    many: Index, monkeypatch: pytest.MonkeyPatch, method: str, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    expected = rf"needs {package}, which is not installed: pip install 'searchlib\[{extra}\]'"
    with pytest.raises(MissingExtraError, match=expected):
        getattr(many.search("storm"), method)()


def test_wrong_arguments(many: Index) -> None:
    with pytest.raises(ArgumentError, match="expected a field to export, got 'x'"):
        many.search("storm").to_arrow(fields=["x"])
