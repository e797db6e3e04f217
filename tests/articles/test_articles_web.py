"""Web pages, feeds and exports of sites: what is taken, what is refused, which extra is missing."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from searchlib.articles import Article, read_articles
from searchlib.articles.formats import html
from searchlib.articles.formats.standfirst import add_standfirst
from searchlib.articles.xml_stream import DEPTH_LIMIT
from searchlib.errors import Notice, Problem
from tests.tables import each

Read = Callable[..., list[Article | Problem]]
ReadOne = Callable[..., Article]

TEXT = "<p>The ferry to the islands ran again on Friday, for the first time since the storm.</p>"


def page(body: str = TEXT, head: str = "") -> str:
    return (
        f"<!doctype html><html><head><title>A title</title>{head}</head><body>{body}</body></html>"
    )


@pytest.mark.parametrize(
    ("extra", "library", "name", "content"),
    [
        ("html", "trafilatura", "a.html", page()),
        ("html", "trafilatura", "a.txt", page()),
        ("feeds", "feedparser", "a.rss", "<rss><channel/></rss>"),
        ("office", "striprtf", "a.rtf", "{\\rtf1 a}"),
    ],
)
def test_a_missing_extra_is_a_problem_that_names_it(
    extra: str, library: str, name: str, content: str, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [module for module in sys.modules if module.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, library, None)
    (problem,) = read(name, content)
    assert isinstance(problem, Problem)
    assert f"pip install 'searchlib[{extra}]'" in problem.reason
    assert problem.kind == f"needs searchlib[{extra}]"


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta property="article:published_time" content="2025-03-04T10:00:00Z">', "2025-03-04"),
        ('<meta name="date" content="4 March 2025">', "2025-03-04"),
        ('<meta itemprop="datePublished" content="2025-03-04">', "2025-03-04"),
        ('<meta name="date" content="soon">', None),
        ("", None),
    ],
)
def test_a_page_has_the_date_that_it_gives(
    head: str, published: str | None, read_one: ReadOne
) -> None:
    article = read_one("a.html", page(f"{TEXT}<p>It had been closed on January 7, 2019.</p>", head))
    assert article.published == (date.fromisoformat(published) if published else None)


def test_scripts_styles_and_comments_are_no_text(read_one: ReadOne) -> None:
    body = (
        f"<script>let ad = 1</script><style>p {{}}</style><!-- note -->{TEXT}<script>let b</script>"
    )
    for content in (body, body.replace(TEXT, "<p>Short.</p>")):
        article = read_one("a.html", page(content))
        assert not any(word in article.body for word in ("ad", "{}", "note", "let"))
        assert article.body.endswith(("storm.", "Short."))


def test_data_for_search_engines_is_read(read_one: ReadOne) -> None:
    data = (
        '<script type="application/ld+json">{"@context": "https://schema.org", "@type": '
        '"NewsArticle", "headline": "A title", "author": {"@type": "Person", "name": "Ida Blom"},'
        '"datePublished": "2025-03-04"}</script>'
    )
    assert read_one("a.html", page(head=data)).authors == ["Ida Blom"]


LINKED = """{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "QT"}, {
    "@type": ["NewsArticle"], "headline": "Ferry sails", "author": [{"name": "Ida Blom"}],
    "datePublished": "2025-03-04T10:00:00+01:00", "keywords": "port, storm"}]%s}"""


@pytest.mark.parametrize("mistake", ["", ","])
def test_what_a_page_tells_search_engines(mistake: str, read_one: ReadOne) -> None:
    head = f'<script type="application/ld+json">{LINKED % mistake}</script>'
    article = read_one("a.html", page(head=head))
    assert article.categories == ["port", "storm"]
    assert article.authors == ["Ida Blom"]
    assert str(article.document_date) == "2025-03-04 10:00:00+01:00"


@pytest.mark.parametrize(
    "data", ["[" * 100_000, "{", "null", '{"@type": 1}', f"[{LINKED % ''}, {LINKED % ''}]"]
)
def test_data_for_search_engines_that_is_of_no_use(data: str, read_one: ReadOne) -> None:
    article = read_one("a.html", page(head=f'<script type="application/ld+json">{data}</script>'))
    assert "ferry" in article.body
    assert (article.categories, article.document_date) == ([], None)


@pytest.mark.parametrize(
    ("mark", "address"),
    [
        ("<!-- saved from url=(0021)https://qt.example/a -->", "https://qt.example/a"),
        (
            "<!--\n Page saved with SingleFile \n url: https://qt.example/a \n saved date: Tue -->",
            "https://qt.example/a",
        ),
        (
            "<!-- Mirrored from qt.example/a.html by HTTrack Website Copier/3.x [XR&CO'2014] -->",
            "http://qt.example/a.html",
        ),
    ],
)
def test_the_address_that_a_saved_page_is_from(mark: str, address: str, read_one: ReadOne) -> None:
    text = page().replace("<head>", f"{mark}<head>")
    assert read_one("a.html", text).url == address


def test_a_page_of_a_title_alone_has_a_notice(read_all: Callable[..., list[object]]) -> None:
    data = '{"@type": "LiveBlogPosting", "headline": "Storm"}'
    head = f'<script type="application/ld+json">{data}</script>'
    article, notice = read_all("a.html", page("<h1>Storm</h1><div id=app></div>", head))
    assert isinstance(article, Article)
    assert article.body == ""
    assert isinstance(notice, Notice)
    assert "no text" in str(notice)


def test_images_in_a_page_do_not_count(read_one: ReadOne) -> None:
    image = f'<img src="data:image/png;base64,{"A" * (html.PAGE_LIMIT + 1)}">'
    assert "ferry" in read_one("a.html", page(image + TEXT)).body


def test_a_page_of_very_many_elements_keeps_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "ELEMENT_LIMIT", 100)
    texts = [f"Paragraph {number}" for number in range(200)]
    (tmp_path / "a.html").write_text(page("".join(f"<p>{text}</p>" for text in texts)))
    article, notice = read_articles(tmp_path)
    assert isinstance(article, Article)
    assert article.body == "\n\n".join(texts)
    assert isinstance(notice, Notice)
    assert notice.kind == "page"


@pytest.mark.parametrize(
    "body",
    [
        "x" * (html.PAGE_LIMIT + 1),
        "<p " + " ".join(f"a{n}='1'" for n in range(1000)) + ">x</p>",
        "<p " + " ".join(f"a{n}='>'" for n in range(1000)) + ">x</p>",
        "<p " + " ".join(f"a{n}=<" for n in range(1000)) + ">x</p>",
        "<b>" * (DEPTH_LIMIT + 1) + "x",
        "<div>" * 100_000 + "x",
    ],
    ids=["size", "attributes", "quoted", "unquoted", "depth", "much depth"],
)
def test_a_page_that_would_take_too_long_is_refused(body: str, read: Read) -> None:
    (problem,) = read("a.html", page(body))
    assert isinstance(problem, Problem)
    assert "expected a web page" in problem.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("MIME-Version: 1.0\nContent-Type: text/plain\n\nA text.", "without a page"),
        ("Content-Type: multipart/related; boundary=b\n\n" * 200, "parts of parts"),
    ],
)
def test_a_saved_page_without_a_page(content: str, reason: str, read: Read) -> None:
    (problem,) = read("a.mhtml", content)
    assert isinstance(problem, Problem)
    assert reason in problem.reason


def test_a_feed_of_elements_without_end_is_refused(read: Read) -> None:
    (problem,) = read("a.rss", "<rss>" + "<a>" * 100_000)
    assert isinstance(problem, Problem)


def test_a_feed_of_attributes_without_end_is_refused(read: Read) -> None:
    attributes = " ".join(f"a{number}='1'" for number in range(50_000))
    item = f"<item {attributes}><title>A</title></item>"
    (problem,) = read("a.rss", f"<rss version='2.0'><channel>{item}</channel></rss>")
    assert isinstance(problem, Problem)
    assert "200 attributes" in problem.reason


def test_comments_and_hidden_fields_of_a_site(read: Read) -> None:
    meta = "<wp:meta_key>{}</wp:meta_key><wp:meta_value>{}</wp:meta_value>"
    metas = "".join(
        f"<wp:postmeta>{meta.format(key, value)}</wp:postmeta>"
        for key, value in (("desk", "home"), ("_edit", 1))
    )
    comment = "<wp:comment><wp:comment_content>Nice</wp:comment_content></wp:comment>"
    item = f"<item><title>A</title>{metas}{comment}</item>"
    (article,) = read(
        "a.xml", f"<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel>{item}</channel></rss>"
    )
    assert isinstance(article, Article)
    assert article.extra == {"meta desk": "home"}


@each(
    ("body", "text", "expected"),
    [
        ("A text. More.", "In short.", "In short.\n\nA text. More."),
        ("A text. More.", "A text", "A text. More."),
        ("<p>A <b>text</b>.</p>", "A text.", "<p>A <b>text</b>.</p>"),
        ("", "In short.", "In short."),
        ("A text.", "", "A text."),
    ],
)
def test_a_summary_stands_above_a_text_that_does_not_have_it(
    body: str, text: str, expected: str
) -> None:
    assert add_standfirst(body, text) == expected
    assert add_standfirst(body, text, text) == expected


def test_an_export_of_a_press_database_as_a_page_is_cut(read: Read) -> None:
    texts = [
        line
        for number in (1, 2)
        for line in (
            f"{number} of 2 DOCUMENTS", "The Post", f"March {number}, 2025", f"Title {number}",
            "LENGTH: 2 words", f"Text {number}.",
        )
    ]  # fmt: skip
    found = read("a.html", page("".join(f"<p>{text}</p>" for text in texts)))
    titles = [(item.title, item.body) for item in found if isinstance(item, Article)]
    assert titles == [("Title 1", "Text 1."), ("Title 2", "Text 2.")]


def test_what_is_no_article_in_the_export_of_a_blog(tmp_path: Path) -> None:
    scheme = "http://schemas.google.com/g/2005#kind"
    kind = f"<category scheme='{scheme}' term='http://schemas.google.com/blogger/2008/kind#{{}}'/>"
    entry = "<entry><title>{0}</title>{1}<category term='Sea'/></entry>"
    entries = "".join(entry.format(name, kind.format(name)) for name in ("post", "settings"))
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>B</title>{entries}</feed>"
    (tmp_path / "a.xml").write_text(feed)
    article, notice = read_articles(tmp_path)
    assert isinstance(article, Article)
    assert (article.title, article.categories) == ("post", ["Sea"])
    assert "1 settings" in str(notice)


def test_an_export_of_a_blog_of_today(tmp_path: Path) -> None:
    entry = (
        "<entry><id>tag:{0}</id><blogger:type>{0}</blogger:type><content>A {0}</content></entry>"
    )
    entries = "".join(map(entry.format, ("POST", "COMMENT", "PAGE")))
    names = (
        "xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018'"
    )
    (tmp_path / "feed.atom").write_text(f"<feed {names}><title>B</title>{entries}</feed>")
    post, page, notice = read_articles(tmp_path)
    assert isinstance(post, Article)
    assert isinstance(page, Article)
    assert (post.body, page.body, post.url) == ("A POST", "A PAGE", None)
    assert "1 comment" in str(notice)


def test_an_id_that_is_an_address_is_one(read_one: ReadOne) -> None:
    item = "<item><guid>https://x.example/1</guid><title>A</title></item>"
    assert read_one("a.rss", f"<rss><channel>{item}</channel></rss>").url == "https://x.example/1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[caption id="a" width="3"]<img src="x"/> A ship[/caption] It sails.', "A ship It sails."),
        (
            '[gallery ids="1,2"]It sails.[embed]https://x.example[/embed]',
            "It sails.https://x.example",
        ),
        ("[sic] It sails [captions].", "[sic] It sails [captions]."),
    ],
)
def test_marks_of_wordpress_are_no_text(text: str, expected: str, read_one: ReadOne) -> None:
    names = "xmlns:wp='http://wordpress.org/export/1.2/' xmlns:content='c'"
    item = f"<item><title>A</title><content:encoded><![CDATA[{text}]]></content:encoded></item>"
    article = read_one("a.xml", f"<rss {names}><channel>{item}</channel></rss>")
    assert article.body == expected


def test_a_story_of_medium(read_one: ReadOne) -> None:
    head = '<header><h1 class="p-name">A title</h1></header>'
    subtitle = '<section data-field="subtitle" class="p-summary">\nA subtitle\n</section>'
    body = f'<section class="e-content"><h3>A title</h3>{TEXT * 4}</section>'
    link = '<footer><a href="https://m.example/1" class="p-canonical">Canonical link</a></footer>'
    story = f'<article class="h-entry">{head}{subtitle}{body}{link}</article>'
    article = read_one("a.html", page(story))
    assert (article.title, article.url) == ("A title", "https://m.example/1")
    assert article.body.startswith("A subtitle\n\nThe ferry to the islands")
