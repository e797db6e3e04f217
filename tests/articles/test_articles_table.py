"""Tables: dialects, headers, quotes, and rows that don't fit."""

import csv
import io
import tempfile
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.articles import Article, read_articles
from searchlib.articles import source as source_module
from searchlib.errors import Notice, Problem
from tests.articles.conftest import only_articles
from tests.conftest import examples

Read = Callable[..., list[Article | Problem]]

HEADER = ["id", "title", "body", "date", "tags", "desk"]
ROWS = [
    ["1", "Ferry sails", "The ferry sails at noon, they say.", "2025-03-04", "Sea, Port", "night"],
    ["2", 'A "quick" stop', "First line.\n\nSecond; line\twith all |.", "5 March 2025", "", ""],
    ["3", "Costs 3,50", "It costs 3,50.", "", "Money", "day"],
]


def written(delimiter: str, **options: object) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, **options)  # type: ignore[arg-type]
    writer.writerows([HEADER, *ROWS])
    return text.getvalue()


DIALECTS = {
    "comma": written(","),
    "semicolon": written(";"),
    "tab": written("\t"),
    "pipe": written("|"),
    "all quoted": written(",", quoting=csv.QUOTE_ALL),
    "escaped": written(",", quoting=csv.QUOTE_ALL, doublequote=False, escapechar="\\"),
    "Excel": "sep=;\r\n" + written(";"),
    "line feeds": written(",", lineterminator="\n"),
    "mark": "\ufeff" + written(";"),
    "blank lines": written(",").replace("\r\n3,", "\r\n\r\n\r\n3,"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects(dialect: str, read: Read) -> None:
    articles = only_articles(read("a.csv", DIALECTS[dialect]))
    assert [article.id for article in articles] == ["1", "2", "3"]
    assert [article.title for article in articles] == [row[1] for row in ROWS]
    assert [article.body for article in articles] == [row[2] for row in ROWS]
    assert [article.published for article in articles] == [date(2025, 3, 4), date(2025, 3, 5), None]
    assert articles[0].categories == ["Sea", "Port"]
    assert articles[0].extra == {"desk": "night"}


def test_places_in_the_file(read: Read) -> None:
    articles = only_articles(read("a.csv", DIALECTS["comma"]))
    assert [(article.line, article.record) for article in articles] == [(2, 1), (3, 2), (6, 3)]
    articles = only_articles(read("a.csv", DIALECTS["Excel"]))
    assert [article.line for article in articles] == [3, 4, 7]


def test_values_between_tabs_need_no_quotes(read: Read) -> None:
    text = 'title\tbody\n"Quick" is late\tSo it is.\nB\t"Yes, we said.\nC\tLast\n'
    articles = only_articles(read("a.tsv", text))
    assert [article.title for article in articles] == ['"Quick" is late', "B", "C"]
    assert articles[1].body == '"Yes, we said.'


def test_carriage_returns_end_lines(read: Read) -> None:
    articles = only_articles(read("a.csv", DIALECTS["line feeds"].replace("\n", "\r")))
    assert [article.line for article in articles] == [2, 3, 6]
    assert articles[1].body == ROWS[1][2]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1251"])
def test_encodings(encoding: str, read: Read) -> None:
    text = "title;body\nПаром снова ходит;Билеты продают на пристани, сообщила служба порта.\n"
    (article,) = only_articles(read("a.csv", text.encode(encoding)))
    assert article.title == "Паром снова ходит"


def test_a_table_in_a_text_file_is_a_table(read: Read) -> None:
    text = "title\tbody\tdate\nA\tText.\t2025-03-04\nB\tMore.\t2025-03-05\n"
    assert [article.title for article in only_articles(read("a.txt", text))] == ["A", "B"]


@pytest.mark.parametrize(
    "text",
    ["Ferry sails,The ferry sails at noon.\nB,C\n", "1;2;3\n", "id,date\n1,2025-03-04\n", "x\n"],
)
def test_no_header_is_a_problem(text: str, read: Read) -> None:
    (problem,) = read("a.csv", text)
    assert isinstance(problem, Problem)
    assert "names of columns" in problem.reason
    assert problem.line == 1
    assert text[:1] in problem.reason


def test_columns_of_a_table_without_a_header_go_by_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('2025-03-04,Fog,"It is thick, they say."\n2025-03-05,Sun,It is warm.\n')
    mapping = {"date": "column 1", "title": "column 2", "body": "Column 3"}
    fog, sun = only_articles(read_articles(path, mapping=mapping))
    assert (fog.title, fog.body, fog.published) == (
        "Fog",
        "It is thick, they say.",
        date(2025, 3, 4),
    )
    assert (sun.title, sun.line, sun.extra) == ("Sun", 2, {})


ABOVE = {
    "a title": "Export of articles;;\n;;\n",
    "remarks": "# exported on 4 March\n# by hand; by night\n",
    "a date": "2025-03-04;Orlin Post;\n",
}


@pytest.mark.parametrize("name", ABOVE)
def test_rows_above_the_header_are_left_out_with_a_notice(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{ABOVE[name]}title;body;date\nA;b, c;2025-03-04\n")
    notice, article = read_articles(path)
    assert isinstance(notice, Notice)
    assert (notice.line, notice.kind) == (1, "table")
    assert ABOVE[name][:10] in notice.message
    assert isinstance(article, Article)
    assert (article.title, article.body, article.line) == ("A", "b, c", 2 + ABOVE[name].count("\n"))


def test_a_header_is_not_looked_for_without_end(read: Read) -> None:
    (problem,) = read("a.csv", "1;2\n" * 11 + "title;body\nA;b\n")
    assert isinstance(problem, Problem)
    assert problem.line == 1


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_a_blank_before_a_quote(delimiter: str, read: Read) -> None:
    rows = [["title", "body", "date"], ['"A"', f'"b{delimiter} c"', "2025-03-04"]]
    text = "\n".join(f"{delimiter} ".join(row) for row in rows)
    (article,) = only_articles(read("a.csv", text))
    assert (article.title, article.body) == ("A", f"b{delimiter} c")


def test_a_table_of_one_column_has_no_delimiter(read: Read) -> None:
    articles = only_articles(read("a.csv", 'headline\nFog, thick\nSun\n"Rain, ""heavy"""\n'))
    assert [article.title for article in articles] == ["Fog, thick", "Sun", 'Rain, "heavy"']


@pytest.mark.parametrize("delimiter", ["\t", ";", ",", "|"])
def test_a_table_in_a_text_file_with_any_delimiter(delimiter: str, read: Read) -> None:
    rows = [["title", "body", "date"], ["A", "b", "2025-03-04"]]
    text = "\n".join(map(delimiter.join, rows))
    (article,) = only_articles(read("a.txt", text))
    assert (article.title, article.body) == ("A", "b")


@pytest.mark.parametrize(
    "text", ["Title, text, date\n\nThey are words.\n", "Title, text and date\nof a, b, c\n"]
)
def test_words_that_look_like_a_header_are_text(text: str, read: Read) -> None:
    (article,) = only_articles(read("a.txt", text))
    assert "Title, text" in f"{article.title} {article.body}"


def test_a_header_alone_is_empty(read: Read) -> None:
    (problem,) = read("a.csv", "title,body\n")
    assert isinstance(problem, Problem)
    assert "is empty" in problem.reason


def test_rows_that_do_not_fit(read: Read) -> None:
    text = "title,body,desk\nA,Text\nB,Text, and more, unquoted,x\nC,Text,d,,\nD,Text,d\n,,\n,,d\n"
    items = read("a.csv", text)
    assert [type(item) for item in items] == [Article, Problem, Article, Article, Problem]
    wide, empty = (item for item in items if isinstance(item, Problem))
    assert (wide.line, empty.line) == (3, 7)
    assert "expected 3 values" in wide.reason
    assert "got 5" in wide.reason
    assert "title or a body" in empty.reason


def test_columns_without_a_name_or_with_one_twice(read: Read) -> None:
    text = ",title,body,desk,desk\n0,A,Text,x,y\n"
    (article,) = only_articles(read("a.csv", text))
    assert article.extra == {"column 1": "0", "desk": "x", "desk (column 5)": "y"}


def test_what_databases_write_for_nothing(read: Read) -> None:
    (article,) = only_articles(read("a.csv", "title,body,date,url\nA,Text,NULL,\\N\n"))
    assert (article.published, article.url) == (None, None)


@pytest.mark.parametrize("text", ['"Text, and no end\nB,C\nD,E\n', '"'])
def test_a_quote_without_an_end(text: str, read: Read) -> None:
    items = read("a.csv", f"title,body\nZ,Text\nA,{text}")
    assert [type(item) for item in items] == [Article, Problem]
    problem = items[-1]
    assert isinstance(problem, Problem)
    assert problem.line == 3
    assert "quote" in problem.reason


def test_values_of_any_size(read: Read) -> None:
    body = "word " * 100_000
    (article,) = only_articles(read("a.csv", f'title,body\nA,"{body}"\n'))
    assert article.body == body.strip()


def test_a_row_has_a_limit(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "RECORD_LIMIT", 1000)
    items = read("a.csv", 'title,body\nA,Text\nB,"' + "word\n" * 1000)
    assert [type(item) for item in items] == [Article, Problem]
    items = read("a.csv", "title,body\nA,Text\nB," + "x" * 2000 + "\nC,Text\n")
    assert [type(item) for item in items] == [Article, Problem, Article]


def test_a_line_that_is_no_text(read: Read) -> None:
    items = read("a.csv", b"title,body\nA,Text\nB,\0\nC,Text\n")
    assert [type(item) for item in items] == [Article, Problem, Article]
    items = read("a.csv", b"title,body\n" + b"A,Text\n" * 6000 + b"B,\0\nC,Text\n")
    problems = [item for item in items if isinstance(item, Problem)]
    assert [problem.line for problem in problems] == [6002]
    assert len(items) == 6002


def test_rows_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("title,body\n" + f"Ferry,{'The ferry sails at noon. ' * 12}\n" * 4_000)
    assert path.stat().st_size > 1 << 20
    tracemalloc.start()
    count = sum(isinstance(item, Article) for item in read_articles(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4_000
    assert peak < 1 << 20


CELLS = st.text(
    st.characters(exclude_categories=["C"], exclude_characters="\ue000"), max_size=20
).filter(lambda text: text not in ("NULL", "\\N"))
TITLES = st.sampled_from(["Ferry", 'A "b" c', "x, y; z", "Ça va", "日本"])


@given(
    st.lists(st.tuples(TITLES, CELLS, CELLS), min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(max_examples=examples(300))
def test_no_value_is_lost(rows: list[tuple[str, str, str]], delimiter: str, quoting: int) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("title", "x", "y"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(text.getvalue().encode())
        items = [item for item in read_articles(path) if not isinstance(item, Notice)]
    articles = only_articles(items)
    assert [article.title for article in articles] == [
        " ".join(title.split()) for title, _, _ in rows
    ]
    for article, (_, first, second) in zip(articles, rows, strict=True):
        assert article.extra == {"x": first.strip(), "y": second.strip()}
