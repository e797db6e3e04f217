"""Envelopes are opened, wrapped values unwrapped, and what is not understood is told."""

import json
from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Notice
from searchlib.articles import Article
from searchlib.errors import Problem
from tests.articles.test_articles_properties import VALUES, read
from tests.conftest import examples
from tests.tables import each

Read = Callable[..., list[Article | Problem | Notice]]
ReadOne = Callable[..., Article]

TWO = [{"title": "A", "text": "one"}, {"headline": "B", "body": "two"}]
TITLES = [{"title": "A"}, {"title": "B"}]

ENVELOPES: dict[str, object] = {
    "articles": {"status": "ok", "totalResults": 2, "articles": TWO},
    "a titled feed": {"title": "Starred", "description": "What I liked", "items": TWO},
    "in a response": {"response": {"status": "ok", "results": TWO}},
    "docs": {"response": {"meta": {"hits": 2}, "docs": TWO}},
    "data": {"data": TWO},
    "a name of its own": {"meldungen": TWO, "stand": "2025"},
    "hits of a search engine": {
        "took": 3,
        "hits": {"total": 2, "hits": [{"_id": "1", "_source": one} for one in TWO]},
    },
    "edges and nodes": {"data": {"posts": {"edges": [{"node": one} for one in TWO]}}},
    "attributes": {"data": [{"type": "article", "attributes": one} for one in TWO]},
    "children": {"kind": "List", "data": {"children": [{"kind": "p", "data": one} for one in TWO]}},
    "a feed from XML": {"rss": {"channel": {"title": "Feed", "item": TWO}}},
    "by id": {"a1": TWO[0], "b2": TWO[1]},
    "an envelope in a list": [{"articles": TWO[:1]}, {"articles": TWO[1:]}],
}
WITH_A_TEXT = [
    {"title": "T", "body": "b", "related": TITLES},
    {"title": "T", "body": "b", "items": TITLES},
    {"title": "T", "related": TITLES},
    {"title": "T", "description": "d", "data": {"related": TITLES}},
    {"title": "T", "content": {"rendered": "<p>b</p>"}, "comments": [{"text": "c"}]},
]


@each("name", ENVELOPES)
@each("ending", [".json", ".jsonl"])
def test_the_articles_of_an_envelope(name: str, ending: str, read: Read) -> None:
    value = ENVELOPES[name]
    lines = value if isinstance(value, list) and ending == ".jsonl" else [value]
    items = read(f"a{ending}", "\n".join(map(json.dumps, lines)))
    articles = [item for item in items if isinstance(item, Article)]
    assert len(articles) == len(items)
    assert [(one.title, one.body) for one in articles] == [("A", "one"), ("B", "two")]


def test_the_keys_of_an_envelope_are_the_ids(read: Read) -> None:
    items = read("a.json", json.dumps(ENVELOPES["by id"]))
    assert [item.id for item in items if isinstance(item, Article)] == ["a1", "b2"]


@pytest.mark.parametrize("value", WITH_A_TEXT)
def test_an_object_with_a_text_of_its_own_is_an_article(
    value: dict[str, object], read_one: ReadOne
) -> None:
    article = read_one("a.json", json.dumps(value))
    assert article.title == "T"
    (lost,) = {"related", "items", "data", "comments"} & value.keys()
    assert article.extra[lost] == value[lost]


@pytest.mark.parametrize("value", [{"articles": []}, {"response": {"docs": []}, "title": None}])
def test_an_empty_envelope(value: object, read: Read) -> None:
    (item,) = read("a.json", json.dumps(value))
    assert isinstance(item, Problem)


def test_what_is_no_object_in_an_envelope(read: Read) -> None:
    items = read("a.json", '{"articles": [{"title": "A"}, 7, null]}')
    assert [type(item) for item in items] == [Article, Problem, Problem]


def test_an_inner_object_gives_what_the_outer_lacks(read_one: ReadOne) -> None:
    record = {"id": "x/1", "webTitle": "Outer", "fields": {"headline": "H", "body": "<p>B</p>"}}
    article = read_one("a.json", json.dumps(record))
    assert (article.id, article.title, article.body) == ("x/1", "H", "B")
    assert article.extra == {"webTitle": "Outer"}
    record = {"type": "outer", "text": "t", "meta": {"title": "T", "type": "inner"}}
    article = read_one("b.json", json.dumps(record))
    assert article.title == "T"
    assert article.extra == {"type": "inner", "meta": {"type": "outer"}}


WRAPPED: list[tuple[dict[str, object], str, object]] = [
    ({"title": {"rendered": "A &#8217;s"}}, "title", "A ’s"),
    ({"title": {"main": "A", "print": None}}, "title", "A"),
    ({"title": {"#text": "A", "@lang": "en"}}, "title", "A"),
    ({"title": {"de": "A"}}, "title", "A"),
    ({"title": ["A"]}, "title", "A"),
    ({"title": 1984}, "title", "1984"),
    ({"text": {"rendered": "<p>a</p><p>b</p>"}}, "body", "a\n\nb"),
    ({"text": ["a", "b"]}, "body", "a\n\nb"),
    ({"paragraphs": [{"text": "a"}, {"text": "b"}]}, "body", "a\n\nb"),
    ({"blocks": [{"type": "p", "data": {"text": "a"}}, {"type": "image"}]}, "body", "a"),
    ({"content_elements": [{"type": "text", "content": "<p>a</p>"}]}, "body", "a"),
    ({"text": {"p": ["a", "b"]}}, "body", "a\n\nb"),
    ({"text": {"en": "a", "de": "b"}}, "body", "a\n\nb"),
    ({"_id": {"$oid": "5f2a"}}, "id", "5f2a"),
    ({"date": {"year": 2025, "month": 3, "day": 4}}, "published", date(2025, 3, 4)),
    ({"date": {"year": 2025}}, "published", date(2025, 1, 1)),
    ({"date": "/Date(1607738460000+0100)/"}, "published", date(2020, 12, 12)),
    ({"tags": {"1": "a", "2": "b"}}, "categories", ["a", "b"]),
    ({"tags": [["a"], [{"name": "b"}], {"x": {"y": 1}}]}, "categories", ["a", "b"]),
    ({"date": {"$date": "2025-03-04T10:00:00Z"}}, "published", date(2025, 3, 4)),
    ({"date": {"$date": 1607738460000}}, "published", date(2020, 12, 12)),
    ({"date": {"$date": {"$numberLong": "1607738460000"}}}, "published", date(2020, 12, 12)),
    ({"date": ["2025-03-04"]}, "published", date(2025, 3, 4)),
    ({"keywords": [{"name": "persons", "value": "Roe, Jane"}]}, "categories", ["Roe, Jane"]),
    ({"tags": [{"name": "a"}, {"label": "b"}, {"term": "c"}]}, "categories", ["a", "b", "c"]),
    ({"tags": "a;b"}, "categories", ["a", "b"]),
    ({"tags": "a|b, c"}, "categories", ["a", "b, c"]),
    ({"tags": '["a", "b"]'}, "categories", ["a", "b"]),
    ({"author": "Jane; John"}, "authors", ["Jane", "John"]),
    ({"author": "Roe, Jane"}, "authors", ["Roe, Jane"]),
    ({"author": "Ren&eacute;; John"}, "authors", ["René", "John"]),
    ({"author": r"['Jane', 'O\'Neil', 'Ida']"}, "authors", ["Jane", "O'Neil", "Ida"]),
    ({"author": "[sic]"}, "authors", ["[sic]"]),
    ({"author": [{"firstname": "Jane", "lastname": "Roe"}]}, "authors", ["Jane Roe"]),
    ({"author": {"original": "By Jane", "person": []}}, "authors", ["Jane"]),
    ({"byline": "BY Jane Roe; by Jo"}, "authors", ["Jane Roe", "Jo"]),
    ({"byline": "by the sea"}, "authors", ["by the sea"]),
    ({"author": ["Bynum, Jo", "By Ida"]}, "authors", ["Bynum, Jo", "Ida"]),
    ({"publisher": {"@type": "Organization", "name": "QT"}}, "source", "QT"),
    ({"source": {"domain": "qt.example"}}, "source", "qt.example"),
    ({"source": {"x": [1]}}, "source", None),
    ({"language": {"a": "x", "b": "y"}}, "language", None),
    ({"link": {"rel": "x", "to": "y"}}, "url", None),
    (
        {"alternate": [{"href": "https://x.example", "type": "text/html"}]},
        "url",
        "https://x.example",
    ),
    ({"issued": {"date-parts": [[2025, 3, 4]]}}, "published", date(2025, 3, 4)),
    ({"issued": {"date-parts": [[2025, 3]]}}, "published_last", date(2025, 3, 31)),
    ({"issued": {"date-parts": [["2025", "3", "04"]]}}, "published", date(2025, 3, 4)),
    ({"issued": {"date-parts": [["2025", 3]]}}, "published_last", date(2025, 3, 31)),
    ({"issued": {"date-parts": [["2025"]]}}, "published_last", date(2025, 12, 31)),
    ({"date": {"day": "4", "month": "03", "year": "2025"}}, "published", date(2025, 3, 4)),
    ({"date": {"day": "4", "month": "March", "year": "2025"}}, "published", date(2025, 3, 4)),
    ({"date": {"month": "Mar", "year": 2025}}, "published_last", date(2025, 3, 31)),
    ({"date": {"day": 4, "year": 2025}}, "published_last", date(2025, 12, 31)),
    ({"date": {"year": "2025"}}, "published", date(2025, 1, 1)),
    ({"content": {"rendered": "", "protected": True}}, "body", ""),
    ({"content": {"rendered": "", "protected": False}, "excerpt": "s"}, "body", ""),
    ({"body": {"x": 1, "y": [2]}}, "body", ""),
    ({"source": "{'id': None, 'name': 'QT'}"}, "source", "QT"),
    ({"source": '{"id": null, "name": "QT"}'}, "source", "QT"),
    ({"source": "{sic}"}, "source", "{sic}"),
    ({"source": "{'id': 1}"}, "source", "{'id': 1}"),
    ({"source": "{" * 400 + "}" * 400}, "source", "{" * 400 + "}" * 400),
    ({"publishedAt": [2025, 3, 4]}, "published", date(2025, 3, 4)),
    ({"publishedAt": [2025, 3, 4, 10, 5]}, "document_date", datetime(2025, 3, 4, 10, 5)),
    ({"publishedAt": [2025, 3, 4, 10, 5, 6, 700]}, "document_date", datetime(2025, 3, 4, 10, 5, 6)),
    ({"date": {"seconds": 1607738460, "nanoseconds": 0}}, "published", date(2020, 12, 12)),
    ({"date": {"_seconds": 1607738460}}, "published", date(2020, 12, 12)),
    ({"dcterms:creator": "Ida"}, "authors", ["Ida"]),
    ({"og:url": "https://x.example"}, "url", "https://x.example"),
    ({"article": "It sails at noon.", "summary": "s"}, "body", "It sails at noon."),
    ({"document": "D-123", "summary": "It sails at noon."}, "body", "It sails at noon."),
    ({"story": [1, 2]}, "body", ""),
    ({"text": ["a ", {"type": "bold", "text": "b"}, "."]}, "body", "a b."),
    ({"text": ["a", {"type": "quote", "text": "b"}]}, "body", "a\n\nb"),
    ({"source": ["AP"]}, "source", "AP"),
]


@each(("record", "field", "expected"), WRAPPED)
def test_a_wrapped_value(
    record: dict[str, object], field: str, expected: object, read_one: ReadOne
) -> None:
    article = read_one("a.json", json.dumps({"headline": "There is one", **record}))
    assert getattr(article, field) == expected


def test_what_is_besides_a_wrapped_value_is_kept_without_its_text(read_one: ReadOne) -> None:
    value = {"rendered": "<p>The text</p>", "protected": False}
    assert read_one("a.json", json.dumps({"content": value})).extra == {
        "content": {"protected": False}
    }


def test_of_several_values_where_one_has_room_all_are_kept(read_one: ReadOne) -> None:
    article = read_one("a.json", '{"title": "A", "source": ["AP", "Reuters"]}')
    assert (article.source, article.extra) == ("AP", {"source": ["AP", "Reuters"]})


PRESS: list[tuple[dict[str, object], str, str]] = [
    ({"headline": "H", "articleBody": "b", "datePublished": "2025-03-04"}, "H", "b"),
    ({"title": "T", "maintext": "m", "date_publish": "2025-03-04 10:00:00"}, "T", "m"),
    ({"headline": "H", "body_text": "b", "versioncreated": "2025-03-04T10:00:00Z"}, "H", "b"),
    ({"full_text": "f", "created_at": "Tue Mar 04 20:19:24 +0000 2025"}, "", "f"),
    ({"title": "T", "description": "d", "pubDate": "Tue, 04 Mar 2025 10:00:00 GMT"}, "T", "d"),
    ({"title": "T", "summary": "s", "published": True, "date": "2025-03-04"}, "T", "s"),
    ({"headline": "H", "standfirst": "s", "web_publication_date": "2025-03-04"}, "H", "s"),
]


@pytest.mark.parametrize(("record", "title", "body"), PRESS)
def test_keys_of_many_sources(
    record: dict[str, object], title: str, body: str, read_one: ReadOne
) -> None:
    article = read_one("a.json", json.dumps(record))
    assert (article.title, article.body, article.published) == (title, body, date(2025, 3, 4))


def test_a_summary_gives_way_to_the_text(read_one: ReadOne) -> None:
    article = read_one("a.json", '{"summary": "s", "description": "d", "text": "t"}')
    assert (article.body, article.extra) == ("t", {"summary": "s", "description": "d"})


def test_a_key_that_may_be_a_date_refuses_no_article(read_one: ReadOne) -> None:
    article = read_one("a.json", '{"title": "A", "created": "by Ida", "timestamp": "x"}')
    assert article.published is None
    assert article.extra == {"created": "by Ida", "timestamp": "x"}


def test_the_keys_of_an_object_that_is_no_article(read: Read) -> None:
    (item,) = read("a.json", '{"kopf": "T", "rumpf": "b"}')
    assert isinstance(item, Problem)
    assert "'kopf', 'rumpf'" in item.reason
    assert "--map body=KEY" in item.reason


LONG = "Nobody knows under which of so many keys a text may be. " * 8


@pytest.mark.parametrize(
    ("record", "how"),
    [
        ({"transcript": LONG}, "--map body=transcript"),
        ({"text": "short", "transcript": LONG}, "--map body=text+transcript"),
        ({"text": "short", "rumpf": [LONG[:150], LONG[:150]]}, "--map body=text+rumpf"),
        ({"text": "short", "rumpf": {"html": f"<p>{LONG}"}}, "--map body=text+rumpf"),
        ({"text": "short", "summary": LONG}, "--map body=text+summary"),
        ({"text": "short", "a key": LONG}, "--map-file"),
    ],
)
def test_a_long_text_that_can_not_be_searched_is_told_once(
    record: dict[str, object], how: str, read_all: Read
) -> None:
    items = read_all("a.json", json.dumps([{"title": "A", **record}, {"title": "B", **record}]))
    assert [type(item) for item in items] == [Article, Notice, Article]
    notice = items[1]
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.line) == ("text", 1)
    assert how in notice.message


@pytest.mark.parametrize(
    "extra",
    [
        {"body_html": f"<p>{LONG}</p>"},
        {"summary": LONG[:210]},
        {"image": "https://a.example/" + "x" * 300},
        {"words": 300, "desk": "night"},
        {"numbers": [*range(300)]},
    ],
)
def test_what_is_no_text_or_is_searched_already_is_not_told(
    extra: dict[str, object], read_all: Read
) -> None:
    items = read_all("a.json", json.dumps([{"title": "A", "body": LONG, **extra}] * 8))
    assert [type(item) for item in items] == [Article] * 8


NAMES = st.sampled_from(
    ["articles", "items", "data", "hits", "_source", "fields", "title", "headline", "body", "text",
     "rendered", "main", "$date", "$oid", "value", "name", "date", "tags", "author", "id", "x"]
)  # fmt: skip
DEEP = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(DEEP)
@settings(max_examples=examples(300))
def test_whatever_the_shape_there_are_articles_or_problems(value: object) -> None:
    items = read("a.json", json.dumps(value).encode())
    assert items
    for item in items:
        assert isinstance(item, (Article, Problem, Notice))
        str(item).encode()
        if isinstance(item, Article):
            assert Article.model_validate_json(item.model_dump_json()) == item


def test_the_name_of_what_has_a_date_and_a_text_is_its_title(read_one: ReadOne) -> None:
    record = {"name": "A", "description": "d", "datePublished": "2025-03-04"}
    assert read_one("a.json", json.dumps({"value": [record]})).title == "A"
    assert read_one("b.json", json.dumps({**record, "title": "B"})).extra["name"] == "A"
    assert read_one("c.json", '{"name": "A", "description": "d"}').title == ""
