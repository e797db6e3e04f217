"""Rows of tables: the short way for most of them gives what the way of all records gives."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchlib.articles import Article, read_articles
from searchlib.articles.field_keys import FieldMap
from searchlib.articles.model import as_taken
from searchlib.articles.rows import Row, RowReader
from searchlib.errors import Notice, Problem

COLUMNS = [
    "title", "headline", "body", "description", "article", "published", "created_at", "pub_date",
    "document_date", "id", "section", "tags", "subject", "author", "place", "url", "source", "desk",
    "name", "extra", "file", "notes",
]  # fmt: skip
VALUES = [
    "", " ", "\x1c", "NULL", "A ferry sails", "AT&T", "&lt;b&gt;", "<p>The <b>ferry</b></p>",
    "a  b", "\u3000wide ", "\x1fodd\x1f", "café\n\nnoir\n", "x\ry", "2025-03-04",
    "2025-03-04T10:00:00+02:00",
    "03/04/2025", "13/04/2025", "4-5 March 2025", "n.d.", "soon", "Sport, Rugby", "Jane; By John",
    "{'id': None, 'name': 'QT'}",
    '["a", 3]', '["\\ud800"]', "[true]", ",", "Sport", "word " * 60, "0",
]  # fmt: skip
MAPPINGS = [None, {"body": "desk"}, {"categories": ["desk", "tags"]}, {"title": "name"}]

Item = Article | Problem | Notice


def written(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def told(items: list[Item]) -> list[object]:
    """Everything that can be seen of articles: what was set, too, and in which order."""
    return [
        (
            repr(item),
            item.model_fields_set,
            item.model_extra,
            item == Article.model_validate(item.model_dump()),
        )
        if isinstance(item, Article)
        else item
        for item in items
    ]


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_ways_give_the_same(tmp_path: Path, data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from(COLUMNS[1:]), unique=True, max_size=8))
    columns = data.draw(st.permutations(["title", *others]))
    row = st.lists(st.sampled_from(VALUES), min_size=1, max_size=len(columns))
    path = tmp_path / "a.csv"
    path.write_bytes(written([columns, *data.draw(st.lists(row, max_size=6))]))
    mapping = data.draw(st.sampled_from(MAPPINGS))

    short = [*read_articles(path, mapping=mapping)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RowReader, "read", lambda *_: None)
        long = [*read_articles(path, mapping=mapping)]
    assert told(short) == told(long)


@pytest.mark.parametrize(
    "row",
    [
        ["1", "Ferry sails", "The ferry sails.", "2025-03-04", "Sea, Port", "boats", "night"],
        ["", "AT&amp;T <b>sails</b>", "", "", "", "", ""],
        ["é", " Ferry ", "The ferry\nsails.\n", "4 March 2025 10:00", "Sea", "", "x" * 300],
    ],
)
def test_usual_rows_take_the_short_way(row: list[str]) -> None:
    columns = ["id", "title", "body", "date", "section", "tags", "desk"]
    assert RowReader(FieldMap(), "a.csv").read(Row(columns, row, 2), 1, None) is not None


@pytest.mark.parametrize(
    "value", ["a ferry", " a ", "\u3000a\u2028", "\x1fa\x1c", "\x1f a \x1f", "\xa0"]
)
def test_texts_are_taken_as_the_model_takes_them(value: str) -> None:
    assert as_taken(value) == Article(title="title", body=value).body


def test_white_space_is_that_of_the_model() -> None:
    spaces = [chr(code) for code in range(0x3100) if chr(code).isspace()]
    for space in spaces:
        assert as_taken(f"{space}a") == Article(title=f"{space}a").title


def test_a_text_that_the_model_refuses_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        as_taken("\ud800")
    with pytest.raises(ValueError, match="valid"):
        Article(title="\ud800")


def test_many_ways_to_miss_values(read: Callable[..., list[Item]]) -> None:
    columns = ["title", "author", "source", "url", "place", "lang", "tags", "body", "id"]
    rows = [["Ferry", *("x" * (at >> bit & 1) for bit in range(8))] for at in range(256)]
    articles = read("a.csv", written([columns, *rows]))
    assert len(articles) == 256
    for article, row in zip(articles, rows, strict=True):
        assert isinstance(article, Article)
        assert (article.source or "", article.url or "", article.body) == (row[2], row[3], row[7])
