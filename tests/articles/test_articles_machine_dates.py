"""A date that a program wrote and nobody can read costs no article."""

from collections.abc import Callable
from datetime import date

import pytest

from searchlib.articles import Article
from searchlib.errors import Notice, Problem
from tests.tables import each

ReadAll = Callable[..., list[Article | Problem | Notice]]

MAIL = "From: ida@example.org\nSubject: Ferry\nMessage-ID: <{0}@x>\nDate: {0}\n\nThe ferry sails.\n"
SENT = "From ida@example.org Tue Mar  4 22:30:00 2025\n"
PROSE = "The ferry sails at noon, the harbour said on Monday, and the pier is open again. " * 6
FILES = {
    "a.eml": MAIL,
    "a.mbox": SENT + MAIL,
    "a.rss": '<rss version="2.0"><channel><title>F</title><item><title>Ferry</title>'
    "<pubDate>{0}</pubDate></item></channel></rss>",
    "a.atom": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Ferry</title>'
    "<published>{0}</published></entry></feed>",
    "a.json": '{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"title": "Ferry", '
    '"date_published": "{0}"}}]}}',
    "a.wxr": '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><title>Ferry</title>'
    "<wp:post_date>{0}</wp:post_date></item></channel></rss>",
    "nitf.xml": '<nitf><head><docdata><date.issue norm="{0}"/></docdata></head><body><body.head>'
    "<hedline><hl1>Ferry</hl1></hedline></body.head></body></nitf>",
    "g2.xml": '<newsItem guid="a"><itemMeta><versionCreated>{0}</versionCreated></itemMeta>'
    "<contentMeta><headline>Ferry</headline></contentMeta></newsItem>",
    "a.html": '<html><head><title>Ferry</title><meta name="date" content="{0}"></head>'
    f"<body><article><p>{PROSE}</p></article></body></html>",
    "b.html": '<html><head><title>Ferry</title><meta name="date" content="{0}"></head>'
    "<body><p>Brief.</p></body></html>",
}  # fmt: skip


@each("name", FILES)
@each("written", ["nonsense", "Tue, 31 Feb 2025 10:00:00 +0000"])
def test_the_article_is_kept_and_its_date_too(name: str, written: str, read_all: ReadAll) -> None:
    article, *notices = read_all(name, FILES[name].format(written))
    assert isinstance(article, Article)
    assert article.title == "Ferry"
    assert article.published is article.document_date is None
    assert written in article.extra.values()
    (notice,) = [each for each in notices if isinstance(each, Notice) and "date" in each.kind]
    assert repr(written) in notice.message
    assert notice.line == article.line


@pytest.mark.parametrize("name", FILES)
def test_a_date_that_can_be_read_is_no_notice(name: str, read_all: ReadAll) -> None:
    article, *notices = read_all(name, FILES[name].format("2025-03-04"))
    assert isinstance(article, Article)
    assert article.published == date(2025, 3, 4)
    assert not [each for each in notices if "date" in str(each)]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("short", "year"), [(49, 2049), (50, 1950), (69, 1969)])
def test_a_year_of_two_digits(name: str, short: int, year: int, read_all: ReadAll) -> None:
    article, *_ = read_all(name, FILES[name].format(f"Tue, 4 Mar {short} 10:00:00 GMT"))
    assert isinstance(article, Article)
    assert article.published == date(year, 3, 4)


DAYS = {
    "a.xml": "<news><article><title>Ferry</title><date>{0}</date></article></news>",
    "g2.xml": '<newsItem guid="a"><contentMeta><contentCreated>{0}</contentCreated>'
    "<headline>Ferry</headline></contentMeta></newsItem>",
    "a.json": '{{"title": "Ferry", "date": "{0}"}}',
    "a.csv": "title,date\nFerry,{0}\n",
    "a.txt": f"Ferry\n{{0}}\n\n{PROSE}\n",
}


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("zone", ["Z", "+01:00", "-05:00"])
def test_a_day_with_a_zone_has_no_time(name: str, zone: str, read_all: ReadAll) -> None:
    (article,) = read_all(name, DAYS[name].format(f"2025-03-04{zone}"))
    assert isinstance(article, Article)
    assert (article.published, article.document_date) == (date(2025, 3, 4), None)
    assert article.published_last is None


def test_a_mailbox_has_a_notice_for_each(read_all: ReadAll) -> None:
    mails = "\n".join(SENT + MAIL.format(text) for text in ("soon", "2025-03-04", "late"))
    items = read_all("a.mbox", mails)
    assert [type(item) for item in items] == [Article, Notice, Article, Article, Notice]
    assert [item.line for item in items if isinstance(item, Notice)] == [1, 17]


def test_the_date_that_can_be_read_is_taken(read_all: ReadAll) -> None:
    text = FILES["a.wxr"].format("soon").replace("<title>", "<pubDate>4 Mar 2025</pubDate><title>")
    (article,) = read_all("a.wxr", text)
    assert isinstance(article, Article)
    assert article.published == date(2025, 3, 4)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "title,date\nFerry,nonsense\n"),
        ("a.jsonl", '{"title": "Ferry", "date": "nonsense"}'),
        ("a.md", "---\ntitle: Ferry\ndate: nonsense\n---\nText.\n"),
    ],
)
def test_what_people_wrote_is_theirs_to_correct(name: str, text: str, read_all: ReadAll) -> None:
    (problem,) = read_all(name, text)
    assert isinstance(problem, Problem)
    assert problem.field == "published"
