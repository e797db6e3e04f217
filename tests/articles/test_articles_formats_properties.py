"""Whatever is in a file of any format: nothing raises, and no word of a text is lost."""

import json
from html import escape
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.articles import Article
from searchlib.articles.formats.registry import BY_ENDING
from searchlib.errors import Problem
from tests.articles.test_articles_properties import everything, read, words
from tests.conftest import examples

slow = settings(max_examples=examples(80))

# ---------------------------------------------------------------- nothing raises

PIECES = {
    "xml": [
        '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>', "<!DOCTYPE nitf>",
        '<!DOCTYPE nitf SYSTEM "a.dtd">', "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<nitf>", "</nitf>",
        "<body.content>", "<p>", "</p>", "<hl1>a</hl1>", "&amp;", "&b;", "&eacute;", "&#8;", "\x08",
        "<newsItem guid='a'>", "</newsItem>", "<contentSet>", "<inlineXML>", "<NewsItem>", "<a:b ",
        "<rss>", "<rss xmlns:wp='http://wordpress.org/export/1.2/'>", "<channel>", "<item>",
        "</item>", "<title>a</title>", "<wp:post_type>attachment</wp:post_type>", "<feed>",
        "<entry>", "<![CDATA[", "]]>", "<!--", "-->", "text ", "<pubDate>soon</pubDate>", "\ufffe",
        "<pubDate>Tue, 04 Mar 2025 10:11:12 GMT</pubDate>", "<category/>", "<guid>", "\ud7ff",
    ],
    "html": [
        "<!doctype html>", "<html>", "<head>", "<title>a", "</title>", "<meta charset='x'>", "<p>",
        "<body>", "<article>", "<h1>b</h1>", "<script>", "</script>", "<!--", "-->", "<a href='b'>",
        "<meta name=date content='2025-03-04'>", "<meta name='author' content='c'>", "&eacute;",
        "<table><tr><td>", "<ul><li>", "words of a text that goes on. ", "<", ">", '"', "&#0;",
        "MIME-Version: 1.0\n", "Content-Type: multipart/related; boundary=b\n\n", "--b\n", "--b--",
        "Content-Type: text/html\n\n", "Content-Transfer-Encoding: base64\n", "=C3", "<br>", "é",
        "<script type='application/ld+json'>", '{"@type": "NewsArticle", "author": [1, null]}',
    ],
    "rtf": [
        "{\\rtf1", "\\ansi", "\\ansicpg932", "\\par ", "\\u8222?", "\\u-1?", "\\'e9", "\\'", "{",
        "}", "\\*\\x ", "\\pict 00ff", "\\bin3 abc", "text ", "\\", "\\ucx", "\\uc9 ", "\\tab",
        "{\\fonttbl{\\f0\\fcharset128 a;}}", "\\f0", "\n",
    ],
    "press": [
        "1 of 2 DOCUMENTS\n", "Document 2 of 2\n", "End of Document\n", "\n", "Body\n", "BODY:\n",
        "HD a\n", "PD 4 March 2025\n", "LP\n", "TD text\n", "AN Document A\n", "NS : | \n", "a\n",
        "March 4, 2025 Tuesday\n", "BYLINE: By\n", "LENGTH: 1 words\n", "12 words\n", "x\n",
        "4 May 2025\n",
        "Document ABCD000020250304el3400123\n", "Copyright 2025 b\n", "(c) 2025\n", "Subject: ;\n",
        "Full text: \n", "____________________________\n", "Classification\n", "SECTION:\n",
    ],
    "json": [
        '{"version": "https://jsonfeed.org/version/1"', ', "items": [', "{", "}", "]", ",", "null",
        '"content_html": "<p>a"', '"date_published": 7', '"authors": [null]', '"id": {}', "1", '"',
    ],
}  # fmt: skip


@given(st.data(), st.sampled_from(sorted(PIECES)), st.sampled_from(sorted(BY_ENDING)))
@settings(max_examples=examples(600))
def test_no_content_raises(data: st.DataObject, kind: str, ending: str) -> None:
    pieces = data.draw(st.lists(st.sampled_from(PIECES[kind]), max_size=25))
    items = read(f"a{ending}", "".join(pieces).encode("utf-8", "replace"))
    for item in items:
        if isinstance(item, Article):
            assert Article.model_validate_json(item.model_dump_json()) == item
            assert item.file == f"a{ending}"
        else:
            assert item.path is not None


@pytest.mark.parametrize("ending", sorted({".xml", ".nitf", ".html", ".rtf", ".rss", ".mhtml"}))
@given(content=st.binary(max_size=300))
@slow
def test_no_bytes_raise(ending: str, content: bytes) -> None:
    heads = {".xml": b"<?xml?><nitf>", ".nitf": b"<nitf>", ".html": b"<html>", ".rtf": b"{\\rtf1 "}
    read(f"a{ending}", heads.get(ending, b"") + content)


# ---------------------------------------------------------------- no word is lost

WORD = st.sampled_from(
    ["the", "minister", "said", "U.S.", "R&D", "1 < 2", "首相", "“so”", "Sánchez", "café", "x>y"]
)
PARAGRAPH = st.lists(WORD, min_size=1, max_size=15).map(" ".join)
TEXT = st.lists(PARAGRAPH, min_size=1, max_size=6)


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def only(items: list[Article | Problem]) -> Article:
    (item,) = items
    assert isinstance(item, Article), str(item)
    return item


@given(TEXT, st.sampled_from(["utf-8", "utf-16", "iso-8859-1"]))
@slow
def test_nitf_keeps_the_text(texts: list[str], encoding: str) -> None:
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?><nitf><body><body.head><hedline><hl1>A</hl1>'
        f"</hedline></body.head><body.content>{paragraphs(texts)}</body.content></body></nitf>"
    )
    article = only(read("a.xml", xml.encode(encoding, "xmlcharrefreplace")))
    assert article.body == "\n\n".join(" ".join(text.split()) for text in texts)


@given(TEXT)
@slow
def test_newsml_keeps_the_text(texts: list[str]) -> None:
    inner = f"<html><body>{paragraphs(texts)}</body></html>"
    xml = (
        "<newsItem><contentMeta><headline>A</headline></contentMeta><contentSet><inlineXML>"
        f"{inner}</inlineXML></contentSet></newsItem>"
    )
    assert words(only(read("a.xml", xml.encode())).body) == words("\n".join(texts))


WXR = "<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel><title>S</title>{}</channel></rss>"


@given(st.lists(TEXT, min_size=1, max_size=4))
@slow
def test_a_wordpress_export_keeps_every_text(articles: list[list[str]]) -> None:
    items = "".join(
        f"<item><title>Item {number}</title><content:encoded><![CDATA[{paragraphs(texts)}]]>"
        "</content:encoded><wp:post_type>post</wp:post_type></item>"
        for number, texts in enumerate(articles)
    )
    found = read("a.xml", WXR.format(items).encode())
    assert [item.title for item in found if isinstance(item, Article)] == [
        f"Item {number}" for number in range(len(articles))
    ]
    for item, texts in zip(found, articles, strict=True):
        assert isinstance(item, Article)
        assert set(words("\n".join(texts))) <= set(words(item.body))


@given(st.lists(TEXT, min_size=1, max_size=4))
@slow
def test_feeds_keep_every_text(articles: list[list[str]]) -> None:
    bodies = [paragraphs(texts) for texts in articles]
    rss = "".join(
        f"<item><title>A</title><description>{escape(body)}</description></item>" for body in bodies
    )
    xhtml = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{}</div></content>'
    atom = "".join(f"<entry><title>A</title>{xhtml.format(body)}</entry>" for body in bodies)
    items = [{"content_html": body} for body in bodies]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    for name, content in [
        ("a.rss", f"<rss version='2.0'><channel><title>S</title>{rss}</channel></rss>"),
        ("a.atom", f"<feed xmlns='http://www.w3.org/2005/Atom'><title>S</title>{atom}</feed>"),
        ("a.json", json.dumps(feed)),
    ]:
        found = read(name, content.encode())
        assert len(found) == len(articles)
        for item, texts in zip(found, articles, strict=True):
            assert isinstance(item, Article)
            assert set(words("\n".join(texts))) <= set(words(item.body))


@given(TEXT, st.sampled_from(["utf-8", "utf-16", "cp1252"]))
@slow
def test_a_page_keeps_its_text(texts: list[str], encoding: str) -> None:
    page = (
        f"<html><head><meta charset={quoteattr(encoding)}><title>Of it</title></head>"
        f"<body>{paragraphs(texts)}</body></html>"
    )
    article = only(read("a.html", page.encode(encoding, "xmlcharrefreplace")))
    assert set(words("\n".join(texts))) <= set(words(everything(article)))


LINE = st.sampled_from(
    [
        "{} and {}.", "{}", "By {}", "{}: {}", "BYLINE: {}", "Subject: {}", "HD {}", "(c) 2025 {}",
        "", "", "Copyright {}", "LENGTH: {} words", "March 4, 2025", "Body", "12 words",
    ]
)  # fmt: skip
LINES = st.lists(LINE, min_size=1, max_size=12)
ABOVE = ["{} of {} DOCUMENTS", "Document {} of {}", "DOKUMENT {} VON {}"]


@given(st.lists(LINES, min_size=1, max_size=4), st.sampled_from([*ABOVE, "End of Document"]))
@settings(max_examples=examples(400))
def test_an_export_of_a_press_database_is_cut_and_keeps_every_word(
    parts: list[list[str]], mark: str
) -> None:
    marked, numbered, count = [], [], 0
    for number, part in enumerate(parts, 1):
        lines = []
        for line in part:
            lines.append(line.format(f"Alpha{count}", f"beta{count}"))
            count += 1
        numbered += lines
        text = "\n".join([*lines, f"Gamma{number} ended."])
        edge = mark.format(number, len(parts))
        marked.append(f"{text}\n{edge}\n" if mark.startswith("End") else f"{edge}\n\n{text}\n")
    items = read("a.txt", "\n".join(marked).encode())
    assert len(items) == len(parts)
    said = " ".join(everything(item) for item in items if isinstance(item, Article))
    expected = {word for word in words("\n".join(numbered)) if word.startswith(("Alpha", "beta"))}
    assert expected <= set(words(said)) or any(isinstance(item, Problem) for item in items)


@given(TEXT)
@slow
def test_rich_text_keeps_the_text(texts: list[str]) -> None:
    def escaped(text: str) -> str:
        return "".join(
            char if char.isascii() and char not in "\\{}" else f"\\u{ord(char)}?" for char in text
        )

    rtf = "{\\rtf1\\ansi " + "\\par\n\\par\n".join(map(escaped, texts)) + "\\par}"
    article = only(read("a.rtf", rtf.encode("ascii")))
    assert words(f"{article.title}\n{article.body}") == words("\n".join(texts))
