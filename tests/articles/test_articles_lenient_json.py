"""JSON as people have it: put together, with commas too many, by columns, with parts elsewhere."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.articles import Article
from searchlib.articles.conversion import to_body
from searchlib.articles.frames import rows_of
from searchlib.articles.shapes import records_in
from searchlib.errors import Notice, Problem
from tests.conftest import examples
from tests.tables import each

Read = Callable[..., list[Article | Problem]]
ReadAll = Callable[..., list[Article | Problem | Notice]]
ReadOne = Callable[..., Article]

A, B = '{"title": "A", "text": "one"}', '{"title": "B", "text": "two"}'
PRETTY = json.dumps({"title": "A", "text": "one"}, indent=2)

AS_LINES = {
    "a list": f"[{A}, {B}]",
    "a list over several lines": f"[\n  {A},\n  {B}\n]\n",
    "objects over several lines": f"{PRETTY}\n{PRETTY.replace('A', 'B').replace('one', 'two')}\n",
    "objects whose first line has a key": f"{A},\n{B}".replace('", "', '",\n"'),
    "objects one behind another": A + B,
    "commas behind the lines": f"{A},\n{B},\n",
    "commas before the lines": f"{A}\n,{B}",
    "a comma between two on a line": f"{A} , {B}",
    "record separators": f"\x1e{A}\n\x1e{B}\n",
    "byte order marks and blank lines": f"\ufeff\n{A}\r\n\r\n\ufeff{B}\r\n",
    "a comma too many": f"[{A}, {B}, ]",
}


@each("name", AS_LINES)
@each("ending", [".json", ".jsonl", ".ndjson", ".jsonld"])
def test_objects_however_they_are_put_together(name: str, ending: str, read: Read) -> None:
    items = read(f"a{ending}", AS_LINES[name])
    assert [type(item) for item in items] == [Article, Article], items
    found = [(item.title, item.body) for item in items if isinstance(item, Article)]
    assert found == [("A", "one"), ("B", "two")]


def test_a_first_line_that_is_cut_costs_no_other_line(read: Read) -> None:
    items = read("a.jsonl", f'{{"title": "A", "te\n{B}\n')
    assert [type(item) for item in items] == [Problem, Article]


# ---------------------------------------------------------------- data frames

ROWS = [{"title": "A", "text": "one", "n": 1}, {"title": "B", "text": "two", "n": 2}]
FRAMES: dict[str, dict[str, object]] = {
    "columns of pandas": {key: {"0": ROWS[0][key], "1": ROWS[1][key]} for key in ROWS[0]},
    "lists": {key: [row[key] for row in ROWS] for key in ROWS[0]},
    "split": {"columns": [*ROWS[0]], "index": [0, 1], "data": [[*row.values()] for row in ROWS]},
    "columns with types": {
        "schema": "x",
        "fields": [{"name": key, "type": "string"} for key in ROWS[0]],
        "rows": [[*row.values()] for row in ROWS],
    },
    "a sheet": {"range": "A1:C3", "values": [[*ROWS[0]], *([*row.values()] for row in ROWS)]},
}


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_a_data_frame(name: str, ending: str, read: Read) -> None:
    items = read(f"a{ending}", json.dumps(FRAMES[name]))
    found = [(item.title, item.body, item.extra) for item in items if isinstance(item, Article)]
    assert found == [("A", "one", {"n": 1}), ("B", "two", {"n": 2})]


def test_columns_that_hold_nothing_but_texts(read: Read) -> None:
    items = read("a.jsonl", '{"title": ["A", "B"], "text": ["one", "two"]}')
    found = [(item.title, item.body) for item in items if isinstance(item, Article)]
    assert found == [("A", "one"), ("B", "two")]


@each(
    "value",
    [
        {"title": ["A"], "text": ["one"]},
        {"title": "A", "text": ["one", "two"], "tags": ["x", "y"]},
        {"title": {"0": "A"}, "text": "one"},
        {"tags": ["x", "y"], "authors": ["v", "w"]},
        {"data": [[1, 2], [3, 4]]},
        {},
    ],
)
def test_what_is_no_data_frame(value: dict[str, object]) -> None:
    assert rows_of(value, _has) is None  # type: ignore[arg-type]


def _has(value: object, field: str) -> bool:
    assert isinstance(value, dict)
    return {"title": "title", "body": "text", "text": "text"}.get(field) in value


def test_a_sheet_without_anything_around_it(read: Read) -> None:
    rows = [["title", "text", "n"], ["A", "one", 1], ["B", "two", 2]]
    for ending in (".json", ".jsonl"):
        items = read(f"a{ending}", json.dumps(rows))
        found = [(item.title, item.body, item.extra) for item in items if isinstance(item, Article)]
        assert found == [("A", "one", {"n": 1}), ("B", "two", {"n": 2})]
    assert [type(item) for item in read("b.json", "[[1, 2], [3, 4]]")] == [Problem, Problem]


def test_a_row_that_is_longer_than_the_header_loses_nothing(read_one: ReadOne) -> None:
    article = read_one("a.json", '{"columns": ["title", ""], "data": [["A", "b", "c"]]}')
    assert (article.title, article.extra) == ("A", {"column 2": "b", "column 3": "c"})


# ---------------------------------------------------------------- envelopes

STORY = {"title": "A", "text": "one"}
DEEP: dict[str, object] = {
    "a page of content": {"content": [STORY, {"title": "B", "text": "two"}], "page": 0},
    "stories that are called content_elements": {
        "type": "results",
        "content_elements": [
            {"headlines": {"basic": "A"}, "content_elements": [{"type": "text", "content": "one"}]},
            {"headlines": {"basic": "B"}, "content_elements": [{"type": "text", "content": "two"}]},
        ],
    },
    "tables of a database": {
        "db": [
            {
                "meta": {"version": "5"},
                "data": {
                    "tags": [{"id": 1, "name": "t", "description": "A topic"}],
                    "posts": [STORY, {"title": "B", "text": "two"}],
                },
            }
        ]
    },
    "an empty list before one that is not": {
        "items": [], "posts": [STORY, {"title": "B", "text": "two"}],
    },
    "lists of several names": {"posts": [STORY], "pages": [{"title": "B", "text": "two"}]},
    "lists of several known names": {"articles": [STORY], "docs": [{"title": "B", "text": "two"}]},
}  # fmt: skip


@pytest.mark.parametrize("name", DEEP)
def test_articles_deep_in_an_envelope(name: str, read: Read) -> None:
    items = read("a.json", json.dumps(DEEP[name]))
    found = [(item.title, item.body) for item in items if isinstance(item, Article)]
    assert found == [("A", "one"), ("B", "two")]
    assert len(items) == 2


@pytest.mark.parametrize(
    "value",
    [
        {"response": {"status": "ok", "content": {"webTitle": "A", "id": "x/1", "body": "one"}}},
        {"response": {"story": {"title": "A", "text": "one"}, "status": "ok"}},
        {"object": "page", "properties": {"title": "A", "text": "one"}},
        {"tweet": {"headline": "A", "full_text": "one"}},
    ],
)
def test_one_article_in_an_envelope(value: dict[str, object], read_one: ReadOne) -> None:
    article = read_one("a.json", json.dumps(value))
    assert (article.title, article.body) == ("A", "one")


def test_one_article_in_an_envelope_keeps_what_is_beside_it(read_one: ReadOne) -> None:
    value = {"status": "ok", "story": {"title": "A", "text": "one", "status": "draft"}}
    extra = read_one("a.json", json.dumps(value)).extra
    assert extra == {"status": "draft", "story": {"status": "ok"}}


def test_parts_of_a_text_with_titles_are_no_articles(read_one: ReadOne) -> None:
    parts = [{"title": "Part one", "text": "one"}, {"title": "Part two", "text": "two"}]
    article = read_one("a.json", json.dumps({"headline": "A", "content": parts}))
    assert (article.title, article.body) == ("A", "one\n\ntwo")
    article = read_one("b.json", json.dumps({"date": "2025-03-04", "content": parts}))
    assert article.body == "one\n\ntwo"


# ---------------------------------------------------------------- texts of editors

BOLD = {"type": "text", "text": "back", "marks": [{"type": "strong"}]}
STOP = {"type": "text", "text": "."}
LINES: dict[str, object] = {
    "Contentful": {
        "nodeType": "document",
        "content": [
            {
                "nodeType": "paragraph",
                "content": [
                    {"nodeType": "text", "value": "Ships are ", "marks": []},
                    {
                        "nodeType": "hyperlink",
                        "data": {"uri": "https://x.example"},
                        "content": [{"nodeType": "text", "value": "back", "marks": []}],
                    },
                    {"nodeType": "text", "value": ".", "marks": []},
                ],
            },
            {"nodeType": "embedded-asset-block", "data": {"target": {}}, "content": []},
            {"nodeType": "heading-2", "content": [{"nodeType": "text", "value": "More"}]},
        ],
    },
    "Sanity": [
        {
            "_type": "block",
            "children": [
                {"_type": "span", "text": "Ships are ", "marks": []},
                {"_type": "span", "text": "back", "marks": ["strong"]},
                {"_type": "span", "text": "."},
            ],
        },
        {"_type": "image", "asset": {"_ref": "image-1"}},
        {"_type": "block", "children": [{"_type": "span", "text": "More"}]},
    ],
    "ProseMirror": {
        "type": "doc",
        "content": [
            {
                "type": "paragraph",
                "content": [{"type": "text", "text": "Ships are "}, BOLD, STOP],
            },
            {"type": "heading", "content": [{"type": "text", "text": "More"}]},
        ],
    },
    "Lexical": {
        "root": {
            "type": "root",
            "children": [
                {"type": "paragraph", "children": [{"text": "Ships are "}, {"text": "back."}]},
                {"type": "paragraph", "children": [{"text": "More"}]},
            ],
        }
    },
    "Quill": {
        "ops": [
            {"insert": "Ships are "},
            {"insert": "back", "attributes": {"bold": True}},
            {"insert": {"image": "a.png"}},
            {"insert": ".\n\nMore"},
        ]
    },
    "Notion": {
        "type": "rich_text",
        "rich_text": [
            {"type": "text", "plain_text": "Ships are "},
            {"type": "text", "plain_text": "back.\n\nMore"},
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_a_word_in_bold_stands_in_its_paragraph(name: str, read_one: ReadOne) -> None:
    article = read_one("a.json", json.dumps({"title": "A", "body": LINES[name]}))
    assert article.body == "Ships are back.\n\nMore"


def test_a_title_in_pieces(read_one: ReadOne) -> None:
    pieces = [{"plain_text": "Ships are "}, {"plain_text": "back"}]
    assert read_one("a.json", json.dumps({"title": pieces, "text": "x"})).title == "Ships are back"


def test_a_title_in_several_languages_is_the_first(read_one: ReadOne) -> None:
    title = {"en-US": "Harbour", "de": "Hafen"}
    article = read_one("a.json", json.dumps({"title": title, "text": title}))
    assert (article.title, article.body) == ("Harbour", "Harbour\n\nHafen")
    assert article.extra["title"] == title


@pytest.mark.parametrize("body", [{"a": {"b": 1}}, [{"type": "image"}], {"type": "doc"}])
def test_a_text_without_text_costs_no_title(body: object, read_one: ReadOne) -> None:
    article = read_one("a.json", json.dumps({"title": "A", "body": body}))
    assert (article.title, article.body) == ("A", "")
    assert article.extra == {"body": body}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "content", "children", "ops", "title", "data", "en"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["title", "content", "data", "posts", "x"]), JSON))
@settings(max_examples=examples(100))
def test_no_shape_raises_an_error(value: dict[str, object]) -> None:
    records_in(value, _has)  # type: ignore[arg-type]
    to_body(value)  # type: ignore[arg-type]


# ---------------------------------------------------------------- names that are elsewhere


def test_labels_within_others(read_one: ReadOne) -> None:
    record = {
        "title": "A",
        "author": {"data": {"id": 1, "attributes": {"name": "Ida Blom"}}},
        "categories": {"nodes": [{"name": "Sport"}]},
        "tags": {"edges": [{"node": {"name": "ships"}}]},
        "places": {"type": "multi_select", "multi_select": [{"id": "1", "name": "Orlin"}]},
    }
    article = read_one("a.json", json.dumps(record))
    assert article.authors == ["Ida Blom"]
    assert article.categories == ["Sport", "ships"]
    assert article.places == ["Orlin"]


@pytest.mark.parametrize(
    "link",
    [
        {"_ref": "c", "_type": "reference", "_key": "k"},
        {"sys": {"type": "Link", "linkType": "Entry", "id": "a1"}},
    ],
)
def test_what_refers_to_a_label_is_none(link: dict[str, object], read_one: ReadOne) -> None:
    article = read_one("a.json", json.dumps({"title": "A", "author": link, "tags": [link]}))
    assert (article.authors, article.categories) == ([], [])
    assert article.extra == {"author": link, "tags": [link]}


POST = {
    "id": 7,
    "guid": {"rendered": "https://x.example/?p=7"},
    "title": {"rendered": "A"},
    "content": {"rendered": "<p>one</p>", "protected": False},
    "author": 3,
    "categories": [5],
    "tags": [11, 12],
}


def test_the_names_of_wordpress(read_one: ReadOne) -> None:
    embedded = {
        "author": [{"id": 3, "name": "Ida Blom"}],
        "wp:term": [[{"id": 5, "name": "Sport"}], [{"id": 11, "name": "ships"}]],
    }
    article = read_one("a.json", json.dumps([{**POST, "_embedded": embedded}]))
    assert (article.categories, article.authors) == (["Sport", "ships"], ["Ida Blom"])


def test_numbers_of_wordpress_are_no_names(read_one: ReadOne) -> None:
    article = read_one("a.json", json.dumps([POST]))
    assert (article.id, article.categories, article.authors) == ("7", [], [])
    assert article.extra["categories (numbers)"] == [5]
    assert article.extra["tags (numbers)"] == [11, 12]
    assert article.extra["author (numbers)"] == 3


@pytest.mark.parametrize("left_out", [["guid"], ["guid", "title"], ["guid", "content"]])
def test_fields_of_wordpress(left_out: list[str], read_one: ReadOne) -> None:
    post = {key: value for key, value in POST.items() if key not in left_out}
    article = read_one("a.json", json.dumps([post]))
    assert (article.categories, article.authors) == ([], [])
    assert article.extra["tags (numbers)"] == [11, 12]
    embedded = {
        "author": [{"id": 3, "name": "Ida Blom"}],
        "wp:term": [[{"id": 5, "name": "Sport"}], [{"id": 11, "name": "ships"}]],
    }
    article = read_one("b.json", json.dumps([{**post, "_embedded": embedded}]))
    assert (article.categories, article.authors) == (["Sport", "ships"], ["Ida Blom"])


def test_the_names_of_json_api(read_one: ReadOne) -> None:
    term = {"type": "taxonomy_term--tags", "id": "t9"}
    node = {
        "type": "node--article",
        "id": "f3d",
        "attributes": {"title": "A", "body": {"value": "<p>one</p>"}, "langcode": "en"},
        "relationships": {
            "field_tags": {"data": [term, {**term, "id": "unknown"}]},
            "uid": {"data": {"type": "user--user", "id": "u"}},
            "field_image": {"data": None},
        },
    }
    included = [
        {**term, "attributes": {"name": "Ports"}},
        {"type": "user--user", "id": "u", "attributes": {"display_name": "Ida Blom"}},
    ]
    article = read_one("a.json", json.dumps({"data": [node], "included": included}))
    assert (article.categories, article.authors) == (["Ports"], ["Ida Blom"])
    assert (article.id, article.language, article.body) == ("f3d", "en", "one")


def test_the_names_of_contentful(read_one: ReadOne) -> None:
    link = {"sys": {"type": "Link", "linkType": "Entry", "id": "a1"}}
    value = {
        "items": [{"sys": {"id": "c1"}, "fields": {"title": "A", "text": "one", "author": link}}],
        "includes": {"Entry": [{"sys": {"id": "a1"}, "fields": {"name": "Ida Blom"}}]},
    }
    assert read_one("a.json", json.dumps(value)).authors == ["Ida Blom"]


def test_the_names_of_ghost(read_one: ReadOne) -> None:
    tables = {
        "posts": [{"id": "6", "title": "A", "html": "<p>one</p>", "plaintext": "one"}],
        "posts_tags": [{"post_id": "6", "tag_id": "t"}, {"post_id": [], "tag_id": {}}],
        "tags": [{"id": "t", "name": "News"}, {"id": [], "name": "x"}],
        "posts_authors": [{"post_id": "6", "author_id": "u"}],
        "users": [{"id": "u", "name": "Ida Blom"}],
    }
    article = read_one("a.json", json.dumps({"db": [{"meta": {}, "data": tables}]}))
    assert (article.categories, article.authors) == (["News"], ["Ida Blom"])


# ---------------------------------------------------------------- what can't be searched

LONG = "The harbour of Orlin reopened on Monday after a year of repairs, it was said. " * 4


def test_a_text_twice_in_an_object_is_no_text_that_is_lost(read_all: ReadAll) -> None:
    body = {"value": f"<p>{LONG}</p>", "format": "basic_html", "processed": f"<p>{LONG}</p>"}
    (article,) = read_all("a.json", json.dumps({"title": "A", "body": body}))
    assert isinstance(article, Article)
    assert article.extra["body"] == {"format": "basic_html", "processed": body["processed"]}


def test_another_text_in_an_object_is_told_by_its_path(read_all: ReadAll) -> None:
    body = {"value": "short", "format": "basic_html", "more": f"<p>{LONG}</p>"}
    _, notice = read_all("a.json", json.dumps({"title": "A", "body": body}))
    assert isinstance(notice, Notice)
    assert "map it: --map body=body+body.more" in str(notice)
    (article,) = read_all(
        "a.json", json.dumps({"title": "A", "body": body}), mapping={"body": ["body", "body.more"]}
    )
    assert isinstance(article, Article)
    assert article.body.startswith("short\n\nThe harbour of Orlin")


def test_many_labels_are_no_text_that_is_lost(read_all: ReadAll) -> None:
    labels = [{"name": "subject", "value": f"A long subject, number {at}"} for at in range(40)]
    record = {"title": "A", "keywords": labels, "tags": labels[:30], "author": labels}
    (article,) = read_all("a.json", json.dumps(record))
    assert isinstance(article, Article)
    assert len(article.categories) == len(article.authors) == 40


# ---------------------------------------------------------------- keys in other languages


@pytest.mark.parametrize(
    "record",
    [
        {"Titel": "A", "Inhalt": "one", "Datum": "4. März 2025", "Autor": "Ida", "Ressort": "x"},
        {"titre": "A", "contenu": "one", "date": "4 mars 2025", "auteur": "Ida", "rubrique": "x"},
        {"título": "A", "texto": "one", "fecha": "4 marzo 2025", "autor": "Ida", "sección": "x"},
        {"ÜBERSCHRIFT": "A", "Text": "one", "Datum": "04.03.2025", "Verfasser": "Ida", "tag": "x"},
        {"заголовок": "A", "текст": "one", "дата": "4 марта 2025", "автор": "Ida", "рубрика": "x"},
        {"标题": "A", "正文": "one", "日期": "2025年3月4日", "作者": "Ida", "tags": "x"},
    ],
)
@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_keys_in_other_languages(record: dict[str, str], ending: str, read_one: ReadOne) -> None:
    rows = [";".join(record), ";".join(record.values())]
    text = json.dumps(record) if ending == ".json" else "\n".join(rows)
    article = read_one(f"a{ending}", text)
    assert (article.title, article.body, article.authors) == ("A", "one", ["Ida"])
    assert (str(article.published), article.categories) == ("2025-03-04", ["x"])
