"""BibTeX and RIS that other programs read, of whatever stands in articles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Article, Index, Key, Keyword, Text
from searchlib.errors import ArgumentError
from searchlib.export.bibtex import bibtex, cite_key, escaped
from searchlib.export.references import Reference, one_line
from searchlib.export.ris import ris
from tests.tables import each

pybtex = pytest.importorskip("pybtex.database", reason="pybtex is not installed")
rispy = pytest.importorskip("rispy", reason="rispy is not installed")

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib import Results

ESCAPED = re.compile(
    r"\\text(backslash|braceleft|braceright|asciitilde|asciicircum)\{\}|\\([$&%#_])"
)
MEANT = {
    "backslash": "\\", "braceleft": "{", "braceright": "}", "asciitilde": "~", "asciicircum": "^",
}  # fmt: skip


def unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: found[2] or MEANT[found[1]], text)


def entries(text: str) -> Any:
    return pybtex.parse_string(text, "bibtex").entries


def test_an_article_as_bibtex(hostile: Index) -> None:
    assert hostile.search("id:tex").to_bibtex() == (
        "@article{zurcherzeitung2025-tex,\n"
        "  title = {{100\\% of \\textbraceleft{}storms\\textbraceright{} \\& \\$5\\_000 \\#1 "
        "\\textbackslash{}input\\textbraceleft{}x\\textbraceright{} "
        "\\textasciitilde{}\\textasciicircum{}}},\n"
        "  author = {Ana Korvac and {Reuters and AP} and Smith, John},\n"
        "  journal = {Zürcher Zeitung},\n"
        "  date = {2025-03-04},\n"
        "  year = {2025},\n"
        "  month = mar,\n"
        "  day = {4},\n"
        "  url = {http://x.example/a_b?c=%20d%7De},\n"
        "  keywords = {Wetter, Küste},\n"
        "  address = {ZÜRICH},\n"
        "}\n\n"
    )


def test_an_article_as_ris(hostile: Index) -> None:
    assert hostile.search("id:tex").to_ris() == (
        "TY  - NEWS\r\nID  - tex\r\nTI  - 100% of {storms} & $5_000 #1 \\input{x} ~^\r\n"
        "AU  - Ana Korvac\r\nAU  - Reuters and AP\r\nAU  - Smith, John\r\n"
        "T2  - Zürcher Zeitung\r\nPY  - 2025\r\nDA  - 2025/03/04\r\nCY  - ZÜRICH\r\n"
        "UR  - http://x.example/a_b?c=%20d}e\r\nKW  - Wetter\r\nKW  - Küste\r\nER  - \r\n"
    )


@each(
    ("until", "expected"),
    [
        (None, ("2025-03-04", "2025/03/04")),
        ("2025-03-04", ("2025-03-04", "2025/03/04")),
        ("2025-03-05", ("2025-03", "2025/03")),
        ("2025-04-03", ("2025", "2025")),
        ("2026-03-04", ("2025", "2025")),
    ],
)
def test_a_date_of_several_days_has_what_they_share(
    until: str | None, expected: tuple[str, str]
) -> None:
    index = Index.in_memory(Article)
    index.add({"id": "1", "title": "Ferries", "published": "2025-03-04", "published_last": until})
    results = index.search("ferries")
    (entry,), (record,) = entries(results.to_bibtex()).values(), rispy.loads(results.to_ris())
    assert (entry.fields["date"], record["date"]) == expected


def test_all_hits_are_read_by_other_programs(hostile: Index[Article]) -> None:
    results = hostile.search("storm OR storms", limit=1)
    read = entries(results.to_bibtex())
    assert len(read) == results.total == 9
    titles = {one_line(article.title) for article in articles(results)}
    assert {unescaped(entry.fields["title"][1:-1]) for entry in read.values()} == titles
    records = rispy.loads(results.to_ris())
    assert {record["title"] for record in records} == titles
    assert {record["type_of_reference"] for record in records} == {"NEWS"}
    kinds = {entry.type: "journal" in entry.fields for entry in read.values()}
    assert kinds == {"article": True, "misc": False}


def articles(results: Results[Article]) -> list[Article]:
    return [Article.model_validate_json(line) for line in results.to_jsonl().splitlines()]


def test_text_may_be_taken_along(hostile: Index) -> None:
    results = hostile.search("id:lines")
    (record,) = rispy.loads(results.to_ris(fields={"abstract": "body"}))
    assert record["abstract"] == "one two three, four; five"
    (entry,) = entries(results.to_bibtex(fields={"abstract": "snippet"})).values()
    assert entry.fields["abstract"].startswith("one two")


def test_no_hits_are_no_entries(hostile: Index) -> None:
    assert hostile.search("unheard").to_bibtex() == hostile.search("unheard").to_ris() == ""


class Report(BaseModel):
    number: Annotated[str, Key()]
    heading: Annotated[str, Text()] = ""
    paper: Annotated[list[str], Keyword()] = []
    date: str = ""
    author: str | None = None


@pytest.fixture
def reports(tmp_path: Path) -> Index[Report]:
    index = Index.create(tmp_path / "reports.index", Report)
    index.add(Report(number="1", heading="Storm", paper=["A", "B"], date="2025-13", author="X, Y"))
    return index


def test_other_models_say_which_field_is_what(reports: Index[Report]) -> None:
    results = reports.search("storm")
    text = results.to_bibtex(fields={"title": "heading", "source": "paper"})
    (entry,) = entries(text).values()
    assert entry.fields["title"] == "{Storm}"
    assert entry.fields["journal"] == "A; B"
    assert entry.fields["year"] == "2025"
    assert "month" not in entry.fields
    assert str(entry.persons["author"][0]) == "X, Y"
    (record,) = rispy.loads(results.to_ris(fields={"title": "heading"}))
    assert record["authors"] == ["X, Y"]
    assert "secondary_title" not in record


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (None, "expected a field that is the title of a reference.*there are number, heading"),
        ({"source": "paper"}, "expected a field that is the title"),
        ({"title": "headline"}, "expected a field to export, got 'headline'"),
        ({"titel": "heading"}, "expected fields to say which field is what"),
        (["heading"], "expected fields to say which field is what"),
    ],
)
@pytest.mark.parametrize("method", ["to_bibtex", "to_ris"])
def test_what_is_missing_is_said(
    reports: Index[Report], method: str, fields: Any, message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        getattr(reports.search("storm"), method)(fields=fields)


TEXT = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from(list("{}\\\"@%#&$_~^,=\n\r\u2028 aA-'`")), max_size=12
)  # fmt: skip
LINE = TEXT.map(one_line)
DATES = st.sampled_from([("", "", ""), ("2025", "", ""), ("2025", "03", ""), ("2025", "12", "31")])
REFERENCES = st.builds(
    Reference, key=TEXT.filter(bool), title=LINE.filter(bool),
    authors=st.lists(LINE.filter(bool), max_size=3), date=DATES, source=LINE, url=LINE,
    keywords=st.lists(LINE.filter(bool), max_size=3), place=LINE, language=LINE, abstract=LINE,
)  # fmt: skip


def spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@given(st.lists(REFERENCES, max_size=4, unique_by=lambda one: one.key))
def test_any_text_is_read_back_from_bibtex(made: list[Reference]) -> None:
    read = entries("".join(bibtex([made])))
    assert list(read) == [cite_key(one) for one in made]
    for one, entry in zip(made, read.values(), strict=True):
        assert spaced(unescaped(entry.fields["title"])[1:-1]) == spaced(one.title)
        for name, value in (
            ("journal", one.source), ("address", one.place), ("abstract", one.abstract),
            ("year", one.date[0]), ("keywords", ", ".join(one.keywords)),
        ):  # fmt: skip
            assert spaced(unescaped(entry.fields.get(name, ""))) == spaced(value)
        assert not set(entry.fields.get("url", "")) & set("{}\\^ ")


@given(st.lists(REFERENCES, max_size=4))
def test_any_text_is_read_back_from_ris(made: list[Reference]) -> None:
    text = "".join(ris([made]))
    records = text.split("TY  - NEWS\r\n")[1:]
    assert len(records) == len(made)
    for one, record in zip(made, records, strict=True):
        lines = record.split("\r\n")
        assert lines[-2:] == ["ER  - ", ""]
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
        values = [(line[:2], line[6:]) for line in lines[:-2]]
        assert [value for tag, value in values if tag == "TI"] == [one.title]
        assert [value for tag, value in values if tag == "AU"] == one.authors
        assert [value for tag, value in values if tag == "KW"] == one.keywords
        assert len(record.splitlines()) == len(lines) - 1  # whatever counts as the end of a line


@given(st.lists(REFERENCES, max_size=6, unique_by=lambda one: one.key))
def test_keys_are_ascii_and_unlike(made: list[Reference]) -> None:
    keys = [cite_key(one) for one in made]
    assert all(re.fullmatch(r"[a-z0-9.-]+", key) for key in keys)
    assert len(set(keys)) == len(keys)


@each("others", [("BBC-1", "bbc-1"), ("a b", "a  b"), ("é", "e"), ("x" * 99, "x" * 98)])
def test_keys_that_look_alike_are_told_apart(others: tuple[str, str]) -> None:
    first, second = (
        cite_key(Reference(key, "t", [], ("", "", ""), "", "", [], "", "", "")) for key in others
    )
    assert first != second
    assert first.startswith("article-")


@given(TEXT)
def test_escapes_can_be_undone_and_braces_are_balanced(text: str) -> None:
    written = escaped(text)
    assert unescaped(written) == text
    depth = 0
    for char in written:
        depth += (char == "{") - (char == "}")
        assert depth in (0, 1)
    assert depth == 0
