"""CSV that the csv module, spreadsheets and other programs read back as it was."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Article, Index, Key, Keyword, Number, Stored, Text
from searchlib.errors import ArgumentError
from searchlib.export.csv_text import CsvOptions, csv_text
from searchlib.export.rows import Column
from tests.tables import each

from .conftest import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

ORDER = [article["id"] for article in HOSTILE]


def read(text: str, **options: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), **options))


def by_key(text: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def test_hostile_text_comes_back(hostile: Index[Article]) -> None:
    rows = by_key(hostile.search("storm OR storms").to_csv())
    assert sorted(rows) == sorted(ORDER)
    assert list(next(iter(rows.values()))) == list(Article.model_fields)
    for key in ORDER:
        document = hostile.get(key)
        assert document is not None
        assert rows[key]["title"] == document.title
        assert rows[key]["body"] == document.body
        assert rows[key]["source"] == (document.source or "")
    assert rows["minus"]["categories"] == "=1+1; a; b; c,d"
    assert json.loads(rows["rich"]["extra"]) == {"a": [1, None, {"b": "ü"}], "c": "=2"}
    assert rows["rich"]["line"] == "7"
    assert rows["rich"]["document_date"] == "2025-11-16T18:43:04+02:00"
    assert rows["tex"]["published"] == "2025-03-04"
    assert rows["lines"]["extra"] == rows["lines"]["categories"] == rows["lines"]["url"] == ""


def test_lines_end_as_rfc_4180_has_it(hostile: Index) -> None:
    text = hostile.search("id:minus").to_csv(fields=["id", "title"])
    assert text == "id,title\r\nminus,-1 storm\r\n"
    assert hostile.search("id:minus").to_csv(fields="id", header=False) == "minus\r\n"


def test_no_hits_are_a_header(hostile: Index) -> None:
    results = hostile.search("unheard")
    assert results.to_csv(fields=["id", "rank"]) == "id,rank\r\n"
    assert results.to_csv(fields=["id", "rank"], header=False) == ""


def test_a_list_may_be_json_and_a_delimiter_a_tab(hostile: Index) -> None:
    results = hostile.search("id:minus")
    row = read(results.to_csv(fields="categories", separator=None))[1]
    assert json.loads(row[0]) == ["=1+1", "a; b", "c,d"]
    assert read(results.to_csv(fields="categories", separator=" | "))[1] == ["=1+1 | a; b | c,d"]
    text = results.to_csv(fields=["title", "id"], delimiter="\t")
    assert text == "title\tid\r\n-1 storm\tminus\r\n"


def test_safe_cells_begin_no_formula(hostile: Index) -> None:
    rows = by_key(hostile.search("storm OR storms").to_csv(safe=True))
    assert rows["formula"]["title"] == '\'=HYPERLINK("http://evil","storm")'
    assert rows["minus"]["title"] == "'-1 storm"
    assert rows["minus"]["categories"] == "'=1+1; a; b; c,d"
    assert rows["lines"]["title"] == "Storm on\u2028two lines"
    assert rows["rich"]["line"] == "7"


class Parcel(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = "parcel"
    weight: Annotated[float | None, Number()] = None
    count: Annotated[int | None, Number(sortable=True)] = None
    fragile: Annotated[bool | None, Keyword()] = None
    flags: Annotated[list[bool], Keyword()] = []
    size: Annotated[list[float], Stored()] = []
    score: Annotated[int, Stored()] = 0


def test_other_models(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Parcel)
    index.add(Parcel(id="a", weight=-2.5, count=-3, fragile=True, flags=[True, False], score=42))
    index.add(Parcel(id="+b", size=[1.5, 2]))
    results = index.search("parcel", sort="count")
    head, first, second = read(results.to_csv(safe=True))
    assert head == ["id", "title", "weight", "count", "fragile", "flags", "size", "score"]
    assert first == ["a", "parcel", "-2.5", "-3", "true", "true; false", "", "42"]
    assert second == ["'+b", "parcel", "", "", "", "", "1.5; 2.0", "0"]
    # The field of a model comes before what a hit has of that name.
    assert read(results.to_csv(fields=["key", "score", "rank"])) == [
        ["key", "score", "rank"], ["a", "42", "1"], ["+b", "0", "2"],
    ]  # fmt: skip


CELLS = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from(list('",;\t\r\n=+-@\'"＝ 1a')), max_size=8
)  # fmt: skip


class Rows:
    """Rows in batches of two."""

    def __init__(self, rows: list[list[Any]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Any:
        return ([list(row) for row in self.rows[at : at + 2]] for at in range(0, len(self.rows), 2))


def written(rows: list[list[Any]], kinds: Any, **options: Any) -> str:
    columns = [Column(str(n), kind, many=False, field="x") for n, kind in enumerate(kinds)]
    return "".join(csv_text(columns, Rows(rows), CsvOptions(**options)))


@given(st.lists(st.tuples(CELLS, CELLS).map(list), max_size=5), st.sampled_from(",;\t|-^]\\"))
def test_any_text_comes_back(rows: list[list[str]], delimiter: str) -> None:
    text = written(rows, ["str", "str"], delimiter=delimiter)
    assert read(text, delimiter=delimiter) == [["0", "1"], *rows]


@given(st.lists(st.tuples(CELLS).map(list), max_size=5), st.booleans())
def test_one_column_of_any_text_comes_back(rows: list[list[str]], safe: bool) -> None:
    back = read(written(rows, ["str"], safe=safe))
    assert [[cell.removeprefix("'") if safe else cell] for (cell,) in back[1:]] == [
        [cell.removeprefix("'") if safe else cell] for (cell,) in rows
    ]


@given(st.lists(st.integers() | st.floats(allow_nan=False) | st.none(), max_size=5))
def test_numbers_come_back_also_between_their_own_signs(numbers: list[float | None]) -> None:
    for delimiter in ",-.e1":
        text = written([numbers], ["json"] * len(numbers), delimiter=delimiter, header=False)
        shown = [[] if not numbers else ["" if one is None else str(one) for one in numbers]]
        assert read(text, delimiter=delimiter) == shown


@given(st.lists(st.tuples(CELLS, st.integers(-9, 9)).map(list), max_size=5))
def test_any_safe_text_begins_no_formula_in_whatever_program(rows: list[list[Any]]) -> None:
    text = written(rows, ["str", "int"], safe=True)
    back = read(text)[1:]
    for (was, number), (cell, shown) in zip(rows, back, strict=True):
        assert cell in (was, f"'{was}")
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
        assert not cell.startswith(("\t", "\r", "\n"))
        begins_one = was[:1] in [*"\t\r\n"] or was.lstrip()[:1] in [*"=+-@＝＋－＠"]
        assert (cell != was) == begins_one
        assert shown == str(number)
    # Also where another character separates cells, as ; does in a German spreadsheet.
    for row in read(text, delimiter=";"):
        for cell in row[1:]:
            assert not cell.startswith(("=", "+", "@"))


@each(
    ("options", "message"),
    [
        ({"delimiter": ""}, "expected delimiter to be one character, got ''"),
        ({"delimiter": '"'}, "expected delimiter"),
        ({"delimiter": "\n"}, "expected delimiter"),
        ({"delimiter": ", "}, "expected delimiter"),
        ({"delimiter": None}, "expected delimiter"),
        ({"separator": 3}, "expected separator to be text or None, got 3"),
        ({"encoding": "latin-1"}, "expected encoding to be 'utf-8' or 'utf-8-sig', got 'latin-1'"),
    ],
)
def test_wrong_options(hostile: Index, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        hostile.search("storm").to_csv(**options)
