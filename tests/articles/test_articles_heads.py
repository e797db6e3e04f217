"""What stands above a text: front matter of every kind, title, byline and date, labels."""

from collections.abc import Callable
from datetime import date

import pytest

from searchlib.articles import Article
from searchlib.articles.formats.markdown import MARKDOWN
from searchlib.errors import Notice, Problem
from tests.tables import each

Read = Callable[..., list[Article | Problem]]
ReadAll = Callable[..., list[Article | Problem | Notice]]
ReadOne = Callable[..., Article]

TEXT = "The harbour of Orlin reopened on Monday after a year of repairs, the port said.\n\nMore.\n"
BODY = TEXT.strip()

FRONTS = {
    "YAML": "---\ntitle: Harbour\ndate: 2025-03-04\ntags: [ships]\n---\n",
    "TOML": '+++\ntitle = "Harbour"\ndate = 2025-03-04\ntags = ["ships"]\n+++\n',
    "JSON": '{\n  "title": "Harbour",\n  "date": "2025-03-04",\n  "tags": ["ships"]\n}\n',
    "JSON on a line": '\n{"title": "Harbour", "date": "2025-03-04", "tags": ["ships"]}\n',
}


@each("front", FRONTS)
@each("name", ["a.md", "a.mdx", "a.mkd", "a.mdown"])
@each("end", ["\n", "\r\n"])
def test_front_matter_of_a_text(front: str, name: str, end: str, read_one: ReadOne) -> None:
    article = read_one(name, f"{FRONTS[front]}\n{TEXT}".replace("\n", end))
    assert (article.title, article.body, article.published) == ("Harbour", BODY, date(2025, 3, 4))
    assert (article.categories, article.extra) == (["ships"], {})


@pytest.mark.parametrize("front", ["YAML", "TOML"])
def test_front_matter_of_plain_text(front: str, read_one: ReadOne) -> None:
    article = read_one("a.txt", f"{FRONTS[front]}\n{TEXT}")
    assert (article.title, article.body, article.categories) == ("Harbour", BODY, ["ships"])


@pytest.mark.parametrize("front", ["YAML", "TOML"])
def test_front_matter_of_a_page(front: str, read_one: ReadOne) -> None:
    body = f"<article><h1>Another</h1><p>{TEXT * 3}</p></article>"
    article = read_one("a.html", f"{FRONTS[front]}{body}\n")
    assert (article.title, article.published) == ("Harbour", date(2025, 3, 4))
    assert article.categories == ["ships"]
    assert BODY[:40] in article.body


@pytest.mark.parametrize(
    "text",
    ["{a brace, and text}\n\nMore.\n", '{"a": 1} is JSON.\n\nMore.\n', '{"a": 1}', "{}\nText.\n"],
)
def test_a_brace_that_begins_no_front_matter(text: str, read_one: ReadOne) -> None:
    article = read_one("a.md", text)
    assert "{" in f"{article.title}{article.body}"


def test_what_begins_no_front_matter_of_plain_text() -> None:
    assert not MARKDOWN.guess(b"---\ntitle: a: b\n---\n\nText\n")
    assert not MARKDOWN.guess(b"---\nA rule, and text.\n")
    assert not MARKDOWN.guess(b"Title: a\n---\n")


def test_labels_between_two_rules(read: Read) -> None:
    (article,) = read("a.txt", f"-----\nTitle: a: b\nDate: 2025-03-04\n-----\n\n{TEXT}")
    assert isinstance(article, Article)
    assert (article.title, article.published) == ("a: b", date(2025, 3, 4))


# ---------------------------------------------------------------- title, byline, date

HEADS = [
    "Harbour reopens\nBy Ida Blom\nMarch 4, 2025\n",
    "Harbour reopens\n\nBy Ida Blom\n\nMarch 4, 2025\n",
    "Harbour reopens\n4 March 2025\nBy Ida Blom\n",
    "March 4, 2025\n\nHarbour reopens\n\nBy Ida Blom\n",
    "By Ida Blom\nMarch 4, 2025\n\nHarbour reopens\n",
    "# Harbour reopens\nBY Ida Blom\n2025-03-04\n",
    "**Harbour reopens**\nVon Ida Blom\n4. März 2025\n",
]


@pytest.mark.parametrize("head", HEADS)
def test_a_title_a_byline_and_a_date(head: str, read_one: ReadOne) -> None:
    article = read_one("a.txt", f"{head}\n{TEXT}")
    assert (article.title, article.authors) == ("Harbour reopens", ["Ida Blom"])
    assert (article.published, article.body) == (date(2025, 3, 4), BODY)


def test_a_title_and_only_one_of_them(read_one: ReadOne) -> None:
    article = read_one("a.txt", f"Harbour reopens\n04.03.2025\n\n{TEXT}")
    assert (article.title, article.published) == ("Harbour reopens", date(2025, 3, 4))
    article = read_one("b.txt", f"Harbour reopens\nBy Ida Blom\n\n{TEXT}")
    assert (article.title, article.authors, article.body) == ("Harbour reopens", ["Ida Blom"], BODY)


@pytest.mark.parametrize(
    "text",
    [
        "Harbour reopens\nby the end of March\n\nMore text of it.\n",
        "Harbour reopens\n\nBy Monday, March 4, 2025\n\nMore text of it.\n",
        "Harbour reopens\nBy noon it was open.\n\nMore text of it.\n",
        "Harbour reopens\n2025\n\nMore text of it.\n",
        "Harbour reopens\nMarch 2025\n\nMore text of it.\n",
        "March 4, 2025\nThe ferry sails at noon, the\nharbour said, and then back.\n",
        "The harbour reopened.\nBy Ida Blom\n\nMore text of it.\n",
        "By Ida Blom\nMarch 4, 2025\n",
    ],
)
def test_lines_that_are_text(text: str, read_one: ReadOne) -> None:
    article = read_one("a.txt", text)
    assert (article.authors, article.published) == ([], None)
    words = f"{article.title} {article.body}".split()
    assert sorted(words) == sorted(text.split())


SIGNED = {
    "By Ida Blom, 4 March 2025": "Ida Blom",
    "By Ida Blom, March 4, 2025": "Ida Blom",
    "By Ida Blom, Tuesday 4 March 2025 10:30": "Ida Blom",
    "By Ida Blom | 4 March 2025": "Ida Blom",
    "By Ida Blom - March 4, 2025": "Ida Blom",
    "BY IDA BLOM — 2025-03-04": "IDA BLOM",
    "By Ida Blom (4 March 2025)": "Ida Blom",
    "By Ida Blom on March 4, 2025": "Ida Blom",
    "By Ida Blom March 4, 2025": "Ida Blom",
    "By Ida Blom, Published: 4 March 2025": "Ida Blom",
    "By Ida Blom and Jo Quist, Orlin Post, 4 March 2025": "Ida Blom and Jo Quist, Orlin Post",
    "4 March 2025 | By Ida Blom": "Ida Blom",
    "Von Ida Blom, 4. März 2025": "Ida Blom",
    "Par Ida Blom le 4 mars 2025": "Ida Blom",
}


@each("line", SIGNED)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_byline_with_a_date(line: str, name: str, read_one: ReadOne) -> None:
    title = "# Harbour reopens" if name == "a.md" else "Harbour reopens"
    article = read_one(name, f"{title}\n\n{line}\n\n{TEXT}")
    assert (article.title, article.authors) == ("Harbour reopens", [SIGNED[line]])
    assert (article.published, article.body) == (date(2025, 3, 4), BODY)


def test_a_byline_with_a_month(read_one: ReadOne) -> None:
    article = read_one("a.txt", f"Harbour reopens\nBy Ida Blom, March 2025\n\n{TEXT}")
    assert (article.authors, article.published) == (["Ida Blom"], date(2025, 3, 1))
    assert article.published_last == date(2025, 3, 31)


@pytest.mark.parametrize("name", ["Ida Blom, May 5", "Ida Blom, 23", "Unit 2024"])
def test_a_byline_with_a_number_that_is_no_date(name: str, read_one: ReadOne) -> None:
    article = read_one("a.txt", f"Harbour reopens\nBy {name}\n\n{TEXT}")
    assert (article.authors, article.published) == ([name], None)


def test_a_date_that_may_have_either_order_is_told(read_all: ReadAll) -> None:
    article, notice = read_all("a.txt", f"Harbour reopens\n03/04/2025\n\n{TEXT}")
    assert isinstance(article, Article)
    assert isinstance(notice, Notice)
    assert (article.published, notice.kind) == (date(2025, 3, 4), "date")


MARKED = [
    "Harbour reopens\n=====\n",
    "Harbour reopens\n-----\n",
    "# Harbour reopens\n",
    "## Harbour reopens\n",
]


@pytest.mark.parametrize("title", MARKED)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    "beside",
    [
        "\nBy Ida Blom\n\n4 March 2025\n",
        "By Ida Blom\n4 March 2025\n",
        "\n4 March 2025\nBy Ida Blom\n",
    ],
)
def test_a_byline_and_a_date_below_a_title_with_marks(
    title: str, name: str, beside: str, read_one: ReadOne
) -> None:
    article = read_one(name, f"{title}{beside}\n{TEXT}")
    assert (article.title, article.authors) == ("Harbour reopens", ["Ida Blom"])
    assert (article.published, article.body) == (date(2025, 3, 4), BODY)


@pytest.mark.parametrize("title", MARKED)
def test_a_title_with_marks_alone_is_the_same_in_markdown(title: str, read_one: ReadOne) -> None:
    for name in ("a.txt", "a.md"):
        article = read_one(name, f"{title}\n{TEXT}")
        assert (article.title, article.body) == ("Harbour reopens", BODY)


def test_front_matter_says_who_wrote_a_text(read_one: ReadOne) -> None:
    beside = "By Ida Blom\n\n4 March 2025"
    article = read_one("a.md", f"---\nauthor: Jo\n---\n# Harbour\n\n{beside}\n\n{TEXT}")
    assert (article.title, article.authors, article.published) == ("Harbour", ["Jo"], None)
    assert article.body == f"{beside}\n\n{BODY}"


SMALL = [
    "eBay and Apple said on Tuesday that sales fell.",
    "iPhones sold badly,\nApple said on Tuesday.",
    "de Gaulle had foreseen it.",
    "von der Leyen said on Tuesday that\nit was so.",
    "“we will go on,” the minister said.",
    '"we will go on," the minister said.',
    "adidas said so.",
]


@pytest.mark.parametrize("text", SMALL)
@pytest.mark.parametrize("between", ["\n\n", "\n\f", "\n \n\n"])
def test_text_that_begins_with_a_small_letter(text: str, between: str, read_one: ReadOne) -> None:
    article = read_one("a.txt", f"Results disappoint{between}{text}\n\nMore.\n")
    assert article.title == "Results disappoint"
    assert article.body == " ".join(text.split()) + "\n\nMore."
    article = read_one("a.md", f"Results disappoint{between}{text}\n\nMore.\n")
    assert article.body == "Results disappoint\n\n" + " ".join(text.split()) + "\n\nMore."
    article = read_one("b.txt", f"Date: 2025-03-04\n\nResults disappoint{between}{text}\n\nMore.\n")
    assert (article.title, article.published) == ("Results disappoint", date(2025, 3, 4))


def test_a_first_sentence_that_page_breaks_cut_has_no_title(read_one: ReadOne) -> None:
    text = "Envoys met on Monday in the old\n\ntown hall, said Deputy Prime\n\nminister Korvac.\n"
    article = read_one("a.txt", text)
    assert (article.title, article.body) == ("", " ".join(text.split()))


@pytest.mark.parametrize("rule", ["===============", "---", "-" * 40])
def test_a_title_that_is_underlined(rule: str, read_one: ReadOne) -> None:
    article = read_one("a.txt", f"Harbour reopens\n{rule}\n{TEXT}")
    assert (article.title, article.body) == ("Harbour reopens", BODY)


@pytest.mark.parametrize("text", ["It rained.\n---\nThen not.\n", "a\n---\n"])
def test_a_rule_that_underlines_no_title(text: str, read_one: ReadOne) -> None:
    assert read_one("a.txt", text).title == ""


# ---------------------------------------------------------------- several articles with labels

ONE = "Title: Fog\nDate: 2025-03-04\nAuthor: Ida\n\nIt is thick.\n"
TWO = "Title: Sun\nDate: 2025-03-05\nAuthor: Jo\n\nIt is warm.\n"


@pytest.mark.parametrize("between", ["\n", "\n-----\n\n", "\n\n* * *\n\n", "\n=====\n"])
def test_the_same_labels_begin_another_article(between: str, read: Read) -> None:
    items = read("a.txt", f"{ONE}{between}{TWO}{between}{ONE.replace('Fog', 'Rain')}")
    articles = [item for item in items if isinstance(item, Article)]
    assert [article.title for article in articles] == ["Fog", "Sun", "Rain"]
    assert [article.body for article in articles] == ["It is thick.", "It is warm.", "It is thick."]


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\nTitle: a book\n\nIt is a good one.\n",
        f"{ONE}\nTitle: a book\nDate: 2025\n\nIt is a good one.\n",
        f"Fog\n\nIt is thick.\n\n{TWO}",
    ],
)
def test_other_labels_in_a_text_are_text(text: str, read: Read) -> None:
    assert len(read("a.txt", text)) == 1


def test_a_title_with_a_label_and_one_more_label_are_a_header(read_one: ReadOne) -> None:
    article = read_one("a.txt", f"Title: Fog\n\nAuthor: Ida Blom\n\n{TEXT}")
    assert (article.title, article.authors, article.body) == ("Fog", ["Ida Blom"], BODY)


def test_a_name_without_an_ending_is_read_if_it_looks_like_something(read: Read) -> None:
    (article,) = read("export", '{"title": "Fog", "text": "It is thick."}')
    assert isinstance(article, Article)
    (problem,) = read("notes", TEXT)
    assert isinstance(problem, Problem)
    assert "no reader for a name without an ending" in problem.reason
