"""The texts of damaged, careless and unusual files are read or reported: none is lost quietly."""

import io
import json
import tarfile
from base64 import b64encode
from collections.abc import Callable
from datetime import date

import pytest

from searchlib.articles import Article
from searchlib.errors import Notice, Problem
from tests.tables import each

ReadAll = Callable[..., list[Article | Problem | Notice]]
PROSE = "The ferry sails at noon today, the harbour said on Monday. " * 3


def texts(items: list[Article | Problem | Notice]) -> list[tuple[str, str]]:
    return [(item.title, item.body) for item in items if isinstance(item, Article)]


# ---------------------------------------------------------------- tar


def tar(count: int = 3) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for number in range(count):
            data = f"Title {number}\n\nThe text of it.".encode()
            info = tarfile.TarInfo(f"{number}.txt")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


@pytest.mark.parametrize("at", [1024 + 10, 1024 + 100, 1024 + 150])
def test_a_damaged_header_in_a_tar_archive_is_told(at: int, read_all: ReadAll) -> None:
    data = bytearray(tar())
    data[at : at + 4] = b"zzzz"
    items = read_all("a.tar", bytes(data))
    assert [type(item) for item in items] == [Article, Problem]
    assert "damaged header" in str(items[-1])


@pytest.mark.parametrize("size", [1025, 1400, 1535, 1536, 1600])
def test_a_cut_tar_archive_is_told(size: int, read_all: ReadAll) -> None:
    items = read_all("a.tar", tar()[:size])
    assert isinstance(items[0], Article)
    assert isinstance(items[-1], Problem)


# ---------------------------------------------------------------- XML

NITF = (
    '<?xml version="1.0"?>{}<nitf><body><body.head><hedline><hl1>H</hl1></hedline></body.head>'
    "<body.content><p>{}</p></body.content></body></nitf>"
)
REFERENCES = {
    "caf&eacute; &hellip;": "café …",
    "R&D, AT&T & more": "R&D, AT&T & more",
    "&foo; stays": "&foo; stays",
    "a&#11;b&#x1f;c": "a b c",
    "a &#xD800; &#1114112; b": "a b",
    "&#0065;&#X42;&#128512;": "AB😀",
    "&AMP; &#38; &amp; & &": "& & & & &",
    "<![CDATA[a & b &#11; ]] x]]> & c": "a & b &#11; ]] x & c",
    "<!-- a & b -->c": "c",
    "&# &#x; &; &": "&# &#x; &; &",
}


@each("doctype", ["", '<!DOCTYPE nitf SYSTEM "nitf.dtd">'])
@each("written", REFERENCES)
def test_references_that_xml_does_not_know(written: str, doctype: str, read_all: ReadAll) -> None:
    items = read_all("a.xml", NITF.format(doctype, written))
    assert texts(items) == [("H", REFERENCES[written])]


def test_cdata_that_is_longer_than_a_piece(
    read_all: ReadAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchlib.articles.source._PIECE", 7)
    written = "a &eacute; <![CDATA[ b & c &eacute; ]]> &nosuch; <![CDATA[d]]> e & f"
    (item,) = texts(read_all("a.xml", NITF.format("", written)))
    assert item == ("H", "a é b & c é &nosuch; d e & f")


def test_one_careless_item_ends_no_wordpress_export(read_all: ReadAll) -> None:
    items = (f"<item><title>{title}</title></item>" for title in ("A", "B & C &nbsp;D", "E"))
    export = (
        '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
        f"{''.join(items)}</channel></rss>"
    )
    assert [title for title, _ in texts(read_all("a.wxr", export))] == ["A", "B & C D", "E"]


def test_several_values_of_one_key_of_wordpress(read_all: ReadAll) -> None:
    metas = "".join(
        "<wp:postmeta><wp:meta_key>desk</wp:meta_key>"
        f"<wp:meta_value>{value}</wp:meta_value></wp:postmeta>"
        for value in "abc"
    )
    export = (
        '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><title>T</title>'
        f"{metas}</item></channel></rss>"
    )
    (article,) = read_all("a.wxr", export)
    assert isinstance(article, Article)
    assert article.extra["meta desk"] == ["a", "b", "c"]


def test_all_texts_of_nitf(read_all: ReadAll) -> None:
    (article,) = read_all(
        "a.xml",
        "<nitf><body><body.head><hedline><hl1>One</hl1><hl1>Two</hl1></hedline></body.head>"
        "<body.content><p>A</p></body.content><body.content><p>B</p></body.content>"
        "<body.end><tagline>Edited by X</tagline></body.end></body></nitf>",
    )
    assert isinstance(article, Article)
    assert (article.title, article.body) == ("One", "Two\n\nA\n\nB")
    assert article.extra == {"tagline": "Edited by X"}


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (
            "<inlineXML><section><para>One</para><para>two</para></section></inlineXML>",
            "One\n\ntwo",
        ),
        ("<inlineData>One\n\ntwo</inlineData>", "One\n\ntwo"),
        (
            '<inlineData encoding="base64" contenttype="text/plain">'
            f"{b64encode('café'.encode()).decode()}</inlineData>",
            "café",
        ),
        ('<inlineData encoding="base64" contenttype="image/png">QUJD</inlineData>', ""),
    ],
)
def test_contents_of_newsml(content: str, body: str, read_all: ReadAll) -> None:
    (article,) = read_all(
        "a.xml",
        "<newsItem guid='a'><contentMeta><headline>H</headline><headline>Second</headline>"
        f"</contentMeta><contentSet>{content}</contentSet></newsItem>",
    )
    assert isinstance(article, Article)
    assert article.title == "H"
    assert article.body == "\n\n".join(filter(None, ["Second", body]))


# ---------------------------------------------------------------- web pages and feeds


@pytest.mark.parametrize(
    "before", ["", "\n\n", f"<!-- {'x' * 80} -->", f"<div class='{'a' * 60}'></div>", "<h1>A</h1>"]
)
def test_a_piece_of_a_page_is_a_page(before: str, read_all: ReadAll) -> None:
    pytest.importorskip("trafilatura")
    ((_, body),) = texts(read_all("a.html", f"{before}<p>{PROSE}</p><p>The end.</p>"))
    assert "ferry sails" in body


def test_a_page_without_text_is_told(read_all: ReadAll) -> None:
    pytest.importorskip("trafilatura")
    page = "<html><head><title>T</title></head><body><script>show()</script></body></html>"
    article, notice = read_all("a.html", page)
    assert isinstance(article, Article)
    assert isinstance(notice, Notice)
    assert "no text" in notice.message


FEED = (
    '<rss version="2.0"><channel><title>F</title><item><title>A</title></item>'
    "<item><title>B</title><description>It goes on</description></item></channel></rss>\n"
)


@pytest.mark.parametrize("cut", ["</rss>", "</channel>", "goes on"])
def test_a_cut_feed_is_told(cut: str, read_all: ReadAll) -> None:
    pytest.importorskip("feedparser")
    items = read_all("a.rss", FEED[: FEED.index(cut)])
    assert isinstance(items[0], Article)
    assert isinstance(items[-1], Problem)
    assert "ends within" in items[-1].reason


def test_a_whole_feed_is_none(read_all: ReadAll) -> None:
    pytest.importorskip("feedparser")
    assert [type(item) for item in read_all("a.rss", FEED + "<!-- end -->")] == [Article, Article]


# ---------------------------------------------------------------- Rich Text


@pytest.mark.parametrize(
    ("written", "body"),
    [
        (r"Sails.{\footnote At noon.} Late.", "Sails. At noon. Late."),
        (r"Sails.{\*\footnote\pard\plain Noon}", "Sails. Noon"),
        (r"Sails {\super{\annotation So.}}", "Sails So."),
        (r"\'8akola", "Škola"),
    ],
)
def test_notes_of_rich_text(written: str, body: str, read_all: ReadAll) -> None:
    pytest.importorskip("striprtf")
    items = read_all("a.rtf", rf"{{\rtf1\ansi\ansicpg1250 {written}}}")
    assert [" ".join(text.split()) for _, text in texts(items)] == [body]


@pytest.mark.parametrize(("encoding", "text"), [("1250", "Žluťoučký kůň"), ("1251", "Паром идёт")])
def test_rich_text_that_is_not_escaped(encoding: str, text: str, read_all: ReadAll) -> None:
    pytest.importorskip("striprtf")
    data = rf"{{\rtf1\ansi\ansicpg{encoding} {text}}}".encode(f"cp{encoding}")
    assert texts(read_all("a.rtf", data)) == [("", text)]


# ---------------------------------------------------------------- values


def test_ninjs_of_the_second_version(read_all: ReadAll) -> None:
    (article,) = read_all(
        "a.json",
        '{"uri": "urn:1", "headlines": [{"role": "main", "value": "H"}], "contentcreated": '
        '"2025-03-04T10:00:00Z", "bodies": [{"role": "main", "value": "<p>One</p><p>Two</p>"}], '
        '"subjects": [{"name": "Sea"}]}',
    )
    assert isinstance(article, Article)
    assert (article.title, article.body, article.categories) == ("H", "One\n\nTwo", ["Sea"])
    assert article.published == date(2025, 3, 4)


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        ({"source": 17}, "source", "17"),
        ({"language": 5}, "language", "5"),
        ({"url": 12}, "url", "12"),
        ({"id": 17.0}, "id", "17"),  # as pandas writes it
        ({"id": ["a"]}, "id", "a"),  # as Solr writes it
        ({"body": 5}, "body", "5"),
        ({"author": False}, "authors", []),  # as PHP writes nothing
        ({"section": False}, "categories", []),
        ({"tags": ["a", False, "b"]}, "categories", ["a", "b"]),
        ({"source": True}, "source", None),
    ],
)
def test_a_number_or_a_flag_costs_no_article(
    record: dict[str, object], field: str, value: object, read_all: ReadAll
) -> None:
    (article,) = read_all("a.json", json.dumps({"title": "T", **record}))
    assert isinstance(article, Article)
    assert getattr(article, field) == value
    ((key, written),) = record.items()
    if isinstance(written, bool):
        assert article.extra == {key: written}


def test_lists_in_blocks_of_an_editor(read_all: ReadAll) -> None:
    blocks = [
        {"type": "paragraph", "data": {"text": "One <b>two</b>"}},
        {"type": "list", "data": {"items": ["Three", "Four"]}},
        {"type": "table", "data": {"rows": [{"cells": ["Five", "Six"]}]}},
    ]
    (article,) = read_all("a.json", json.dumps({"title": "T", "body": {"blocks": blocks}}))
    assert isinstance(article, Article)
    assert article.body == "One two\n\nThree\n\nFour\n\nFive\n\nSix"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_number_in_toml_is_text(value: str, read_all: ReadAll) -> None:
    (article,) = read_all(
        "a.md", f'+++\ntitle = "A"\nscore = {value}\nall = [{value}]\n+++\nText.\n'
    )
    assert isinstance(article, Article)
    assert article.extra == {"score": value, "all": [value]}
