"""JSON Lines and JSON: which key means what, and what is refused."""

import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from searchlib.articles import Article, read_articles
from searchlib.articles.conversion import split_list
from searchlib.articles.field_keys import KEYS
from searchlib.articles.mapping import build_article, sort_out
from searchlib.errors import Notice, Problem
from tests.articles.conftest import without_place
from tests.tables import each

Read = Callable[..., list[Article | Problem]]
ReadAll = Callable[..., list[Article | Problem | Notice]]
ReadOne = Callable[..., Article]
SHARED = Path(os.environ.get("SEARCHLIB_SHARED", Path(__file__).parents[3] / "shared"))

FULL = {
    "id": "a1",
    "title": "Ferries to run all night",
    "body": "The ferries will run.\nAll night.",
    "published": "2025-02-17",
    "published_last": "2025-02-18",
    "published_text": "17-18 February 2025",
    "document_date": "2025-11-16T18:43:04",
    "categories": ["Transport", "Islands"],
    "source": "Quay Times",
    "dateline": "PIRAEUS",
    "places": ["Greece"],
    "authors": ["Ida Blom"],
    "language": "en",
    "url": "https://quay.example/1",
}


def to_article(
    record: dict[str, Any], path: Path | None = None, line: int | None = None
) -> Article | Problem:
    return build_article(sort_out(record), path, line)


def make(**record: object) -> Article | Problem:
    return to_article({"title": "A title", **record})


def article(**record: object) -> Article:
    made = make(**record)
    assert isinstance(made, Article), str(made)
    return made


def problem(**record: object) -> Problem:
    made = make(**record)
    assert isinstance(made, Problem), made
    return made


def test_every_field() -> None:
    made = to_article(FULL)
    assert isinstance(made, Article)
    assert made == Article.model_validate(FULL)
    assert made.extra == {}


@each(("field", "key"), [(f, key) for f, keys in KEYS.items() for key in keys])
@each("spell", [str, str.upper, str.title, lambda key: key.replace("_", "-")])
def test_every_key_in_every_spelling(field: str, key: str, spell: Callable[[str], str]) -> None:
    record = {("title" if field != "title" else "body"): "text", spell(key): FULL[field]}
    made = to_article(record)
    assert isinstance(made, Article)
    assert getattr(made, field) == getattr(Article.model_validate(FULL), field)


def test_camel_case() -> None:
    assert article(publishedAt="2025-02-17").published == date(2025, 2, 17)


def test_an_article_is_read_back_as_it_was_written(read_one: ReadOne) -> None:
    made = Article(**FULL, extra={"wire": {"desk": 3}, "tags": ["x"]})
    assert without_place(read_one("a.jsonl", made.model_dump_json())) == made


def test_unknown_keys_go_to_extra_under_their_own_names() -> None:
    made = article(Desk="night", words=300, nested={"a": [1, None]}, nothing=None)
    assert made.extra == {
        "Desk": "night",
        "words": 300,
        "nested": {"a": [1, None]},
        "nothing": None,
    }


def test_the_first_key_in_the_table_wins_and_the_others_go_to_extra() -> None:
    made = article(link="a", URL="b", headline="Another")
    assert made.url == "b"
    assert made.title == "A title"
    assert made.extra == {"link": "a", "headline": "Another"}


def test_the_categories_of_all_keys_are_put_together_in_the_order_of_the_table() -> None:
    made = article(tags=["a", {"name": "d", "id": 4}], Category="b; c", categories="c", flag=True)
    assert made.categories == ["c", "b", "a", "d"]
    assert made.extra == {"tags": ["a", {"name": "d", "id": 4}], "flag": True}
    made = article(section="World", keywords=["x"], subject="What is it about, then")
    assert made.categories == ["x", "World"]
    assert made.extra == {"subject": "What is it about, then"}


def test_what_is_null_or_empty_is_missing() -> None:
    made = article(body=None, text="  ", content="Some text", source=" ", tags=[], author=None)
    assert made.body == "Some text"
    assert made.source is None
    assert made.extra == {}


def test_an_extra_that_is_in_the_way_stays_what_it_is() -> None:
    assert article(extra="large").extra == {"extra": "large"}
    assert article(a=1, extra={"a": 2}).extra == {"a": 1, "extra": {"a": 2}}


def test_a_number_is_an_id() -> None:
    assert article(id=17).id == "17"


def test_a_single_value_is_a_list_of_one() -> None:
    made = article(author="Ida Blom", place="Paris, Texas", tags=2025)
    assert made.authors == ["Ida Blom"]
    assert made.places == ["Paris, Texas"]
    assert made.categories == ["2025"]


def test_values_in_a_list() -> None:
    assert article(tags=["a, b", 3, None, " "]).categories == ["a, b", "3"]


def test_categories_in_one_string() -> None:
    assert split_list(",English,International - ,Snippets") == [
        "English", "International", "Snippets",
    ]  # fmt: skip
    assert article(category="Asia-Pacific, – ,Sport –").categories == ["Asia-Pacific", "Sport"]


def test_objects_with_a_name() -> None:
    source = {"id": None, "name": "Quay Times"}
    made = article(source=source, authors=[{"name": "Ida Blom"}, "Jo Quist"])
    assert made.source == "Quay Times"
    assert made.authors == ["Ida Blom", "Jo Quist"]
    assert made.extra == {"source": source, "authors": [{"name": "Ida Blom"}, "Jo Quist"]}


def test_a_title_is_put_on_one_line() -> None:
    assert article(title=" Ferries\nto  run ").title == "Ferries to run"


def test_ends_of_lines_in_a_body() -> None:
    assert article(body="a\r\nb\rc").body == "a\nb\nc"


def test_a_time_of_publication_is_kept_as_the_document_date() -> None:
    moment = datetime(2025, 2, 17, 10, 30, tzinfo=UTC)
    made = article(date="2025-02-17T10:30:00Z")
    assert (made.published, made.document_date) == (date(2025, 2, 17), moment)
    made = article(date="2025-02-17T10:30:00Z", document_date="2025-03-01")
    assert made.document_date == datetime(2025, 3, 1)
    assert article(date="2025-02-17").document_date is None


def test_a_number_is_a_date_in_seconds() -> None:
    assert article(date=1739750400).published == date(2025, 2, 17)


@each("value", ["Sometime soon", 12, ["soon"], {}, 1.7e30, "5 May"])
def test_a_date_that_can_not_be_read(value: object) -> None:
    if value == {}:
        assert article(date=value).published is None
        return
    found = problem(date=value, id=7)
    assert found.field == "published"
    assert found.key == "7"
    assert "2025-02-17" in found.reason


@each(
    ("field", "value"),
    [
        ("title", True),
        ("body", [1, 2]),
        ("source", 3.5),
        ("url", 3.5),
        ("id", True),
        ("id", 1.5),
        ("authors", [True]),
        ("language", [["en"]]),
        ("title", "\ud800"),
        ("extra_key", "\ud800"),
        ("extra_key", float("nan")),
        ("extra_key", [[float("inf")]]),
    ],
)
def test_a_value_of_another_kind_is_a_problem_of_its_field(field: str, value: object) -> None:
    found = problem(**{field: value})
    assert found.field == ("extra" if field == "extra_key" else field)
    str(found).encode()


def test_nesting_has_a_limit(read_problem: Callable[..., Problem]) -> None:
    deep: object = "x"
    for _ in range(99):
        deep = [deep]
    assert article(deep=deep).extra == {"deep": deep}
    assert Article.model_validate_json(article(deep=deep).model_dump_json())
    assert "levels" in problem(deep=[deep, [deep]]).reason
    text = '{"title": "a", "deep": ' + "[" * 100_000 + "]" * 100_000 + "}"
    assert "nests too deep" in read_problem("a.jsonl", text).reason
    assert "nests too deep" in read_problem("a.json", text).reason
    text = '{"title": ' + "[" * 900 + "]" * 900 + "}"
    assert isinstance(read_problem("a.jsonl", text), Problem)


def test_neither_title_nor_body() -> None:
    found = to_article({"id": "x", "source": "Quay Times"}, Path("a.jsonl"), 3)
    assert isinstance(found, Problem)
    assert "title or a body" in found.reason
    assert (found.path, found.line, found.key) == (Path("a.jsonl"), 3, "x")


REFUSED = {
    "not JSON": "what is not JSON",
    '{"title": "a"': "what is not JSON",
    '{"title": "a"} {"title": "b"} x': "what is not JSON",
    '{"title": "a"} "b"': "what is not JSON",
    "[1, 2]": "a list",
    '"text"': "a string",
    "12": "a number",
    "null": "null",
    "true": "true or false",
    '{"title": "a", "n": 1e999}': "too large",
    '{"title": "a", "title": "b"}': "two keys",
    '{"title": "a", "title" : "b"}': "two keys",
    '{"title": "a", "title": "b", "body": "\\":\\":"}': "two keys",
    '{"title": "a", "tags": ["x"], "tags": ["\\"", "y"]}': "two keys",
    '{"title": "a", "n": [1e999]}': "too large",
    '{"title": "a", "n": ' + "9" * 5000 + "}": "digits",
    '{"title": "\\ud800"}': "unicode",
    '{"title": "a", "\\udfff": 1}': "unicode",
    '{"title": "a\0"}': "looks binary",
    '{"title": "a\x01"}': "control character",
}


@each("line", REFUSED)
def test_a_bad_line_is_reported_and_reading_goes_on(line: str, read: Read) -> None:
    items = read("a.jsonl", f'{{"title": "a"}}\n\n{line}\n{{"title": "b"}}')
    assert [type(item) for item in items] == [Article, Problem, Article]
    bad = items[1]
    assert isinstance(bad, Problem)
    assert bad.line == 3
    assert bad.path is not None
    assert REFUSED[line] in bad.reason
    str(bad).encode()


NO_VALUES = ["NaN", "Infinity", "-Infinity", '{"deep": [NaN, 1, NaN]}']
BAD_PARTS = {
    "1e999": "too large",
    '{"x": 1, "x": 2}': "two keys 'x'",
    '[{"b": {"x": 1, "x": 2}}]': "two keys 'x'",
    "9" * 5000: "5,000 digits",
    '"\\ud800"': "unicode",
}
BODIES = {
    "a.json": '[{"title": "b", "n": %s}, {"title": "o"}]',
    "b.json": '{"articles": [{"title": "b", "n": %s}, {"title": "o"}]}',
    "c.json": '{"title": "b", "n": %s}\n{"title": "o"}\n',
    "d.jsonl": '{"title": "b", "n": %s}\n{"title": "o"}\n',
    "e.json": '{"version": "https://jsonfeed.org/version/1.1", "items": '
    '[{"title": "b", "n": %s}, {"title": "o"}]}',
}


@each("part", BAD_PARTS)
@each("name", BODIES)
def test_what_cannot_be_stored_costs_its_record_alone(name: str, part: str, read: Read) -> None:
    bad, good = read(name, BODIES[name] % part)
    assert isinstance(bad, Problem)
    assert BAD_PARTS[part] in bad.reason
    assert isinstance(good, Article)
    assert good.title == "o"


@each("part", NO_VALUES)
@each("name", BODIES)
def test_what_is_no_number_is_null_and_noticed(name: str, part: str, read_all: ReadAll) -> None:
    first, second, notice = read_all(name, BODIES[name] % part)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert [first.title, second.title] == ["b", "o"]
    value = first.extra.get("n")
    assert value is None or value == {"deep": [None, 1, None]}
    assert isinstance(notice, Notice)
    assert part[:3] in notice.message or "NaN" in notice.message


def test_no_number_where_a_field_is_meant_is_no_value(read_all: ReadAll) -> None:
    article, _ = read_all("a.jsonl", '{"title": "a", "date": NaN, "author": NaN, "url": Infinity}')
    assert isinstance(article, Article)
    assert (article.published, article.authors, article.url) == (None, [], None)


def test_a_notice_of_numbers_hides_none_of_the_encoding(read_all: ReadAll) -> None:
    items = read_all(
        "a.jsonl", '{"title": "a", "n": NaN}\n{"title": "Z\xfcrich"}'.encode("latin-1")
    )
    assert [item.kind for item in items if isinstance(item, Notice)] == ["no JSON", "encoding"]


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "a\nb", "x": "\\"]}"}, {"title": "o"}]',  # a line end that is no escape
        '[{"title": "a", "x": %s}, {"title": "o"}]' % ("[" * 30_000 + '"]"' + "]" * 30_000),
        '{"title": "a", "body": wrong}\n{"title": "o"}\n',
    ],
)
def test_a_value_whose_end_can_be_told_ends_nothing_else(text: str, read: Read) -> None:
    bad, good = read("a.json", text)
    assert isinstance(bad, Problem)
    assert isinstance(good, Article)
    assert good.title == "o"


def test_lines_in_several_encodings(read: Read) -> None:
    lines = [b'\xef\xbb\xbf{"title": "Z\xc3\xbcrich"}\r\n', b'{"title": "Z\xfcrich"}\n']
    items = read("a.ndjson", b"".join(lines))
    assert [item.title for item in items if isinstance(item, Article)] == ["Zürich", "Zürich"]
    items = read("b.jsonl", '{"title": "a"}\n{"title": "b"}\n'.encode("utf-16"))
    assert [item.title for item in items if isinstance(item, Article)] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "a"}, {"title": "b"}]',
        '[\n  {"title": "a"},\n  {"title": "b"}\n]\n',
        '{"title": "a"}\n{"title": "b"}\n',
        '{"title":\n"a"} {"title": "b"}',
        '[{"title": "a"}]\n[{"title": "b"}]',
        '\ufeff[{"title": "a"}, {"title": "b"}]',
    ],
)
def test_json(text: str, read: Read) -> None:
    items = read("a.json", text)
    assert [item.title for item in items if isinstance(item, Article)] == ["a", "b"]
    assert len(items) == 2


def test_one_object_over_several_lines(read_one: ReadOne) -> None:
    made = read_one("a.json", json.dumps(FULL, indent=2))
    assert without_place(made) == Article.model_validate(FULL)


def test_problems_in_json_have_their_lines(read: Read) -> None:
    items = read("a.json", '[\n{"title": "a"},\n\n{"date":\n"soon", "title": "b"},\n7,\n{"x"}]')
    assert [type(item) for item in items] == [Article, Problem, Problem, Problem]
    assert [item.line for item in items[1:] if isinstance(item, Problem)] == [4, 6, 7]


@pytest.mark.parametrize(
    "text", ['[{"title": "a"}', '[{"title": "a"} {"b": 1}]', '[{"title": "a"},,]']
)
def test_what_comes_before_an_error_in_json_is_used(text: str, read: Read) -> None:
    items = read("a.json", text)
    assert [type(item) for item in items] == [Article, Problem]


@pytest.mark.parametrize("text", ["[]", "[ ]", "", " \n"])
def test_json_without_articles(text: str, read_problem: Callable[..., Problem]) -> None:
    assert "is empty" in read_problem("a.json", text).reason


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9-APR-1987 00:00:00.00    #...added as guesswork", date(1987, 4, 9)),
        ("31-MAR-1987 605:12:19.12", date(1987, 3, 31)),
        ("February 17, 2025 (updated)", date(2025, 2, 17)),
    ],
)
def test_a_date_with_more_behind_it_is_taken_and_kept_whole(text: str, day: date) -> None:
    made = article(date=text)
    assert (made.published, made.document_date) == (day, None)
    assert made.extra == {"date": text}


@pytest.mark.parametrize("text", ["guesswork of 9-APR-1987", "perhaps April 1987", "17 2025 x"])
def test_a_date_that_is_not_whole_or_not_first_is_refused(text: str) -> None:
    assert problem(date=text).field == "published"


def test_a_real_archive_is_read_whole() -> None:
    archive = SHARED / "data" / "news21k.jsonl.gz"
    if not archive.exists():
        pytest.skip(f"the archive of real news is not at {archive}")
    items = list(read_articles(archive))
    assert len(items) == 21_268
    assert all(isinstance(item, Article) for item in items)
