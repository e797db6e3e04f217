"""Archive exports: the golden cases, their encodings, splitting, and the seed article."""

import itertools
import json
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from searchlib.articles import Article, read_articles
from searchlib.articles.header import find_headers
from searchlib.articles.text import split_lines
from searchlib.errors import Notice, Problem
from tests.tables import each

Read = Callable[..., list[Article | Problem]]
ReadOne = Callable[..., Article]

CASES = sorted((Path(__file__).parents[1] / "cases" / "articles").glob("*.txt"))
SHARED = Path(os.environ.get("SEARCHLIB_SHARED", Path(__file__).parents[3] / "shared"))


def describe(item: Article | Problem | Notice) -> dict[str, object]:
    """What an expectation on file says of an article, or of a problem."""
    if isinstance(item, Problem):
        return {"problem": item.reason, "line": item.line, "field": item.field}
    assert isinstance(item, Article)
    fields = item.model_dump(mode="json", exclude={"id", "file", "line", "record"})
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


@each("case", CASES)
def test_golden_case(case: Path) -> None:
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    assert [describe(item) for item in read_articles(case)] == expected


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "lone CR": lambda text: text.replace("\n", "\r").encode(),
    "BOM": lambda text: text.encode("utf-8-sig"),
    "Windows-1252": lambda text: text.encode("cp1252"),
    "UTF-16 little endian": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "UTF-16 big endian": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "mixed": lambda text: b"\n".join(
        line.encode("cp1252" if number % 2 else "utf-8")
        for number, line in enumerate(text.split("\n"))
    ),
}


@each("encoding", ENCODINGS)
@each("case", CASES)
def test_golden_case_in_another_encoding(case: Path, encoding: str, read: Read) -> None:
    text = case.read_text(encoding="utf-8")
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    items = read("article.txt", ENCODINGS[encoding](text))
    assert [describe(item) for item in items] == expected


TITLE = "Ferries to run all night"
LABELS = [
    "Published on February 17, 2025",
    "Document Date: Sun, Nov 16 2025 06:43:04 pm",
    "Category: ,English,International - ,Snippets",
    "Show on website: Click Here",
]
BODY = ["PARIS – The ferries will run all night, the company said.", "They are full by day."]


@pytest.mark.parametrize("source", ["## **Quay Times**", "**Quay Times**"])
@pytest.mark.parametrize("title", [f"## {TITLE}", f"# **{TITLE}**", TITLE])
def test_header_lines_in_every_order(title: str, source: str) -> None:
    wrong = []
    for order in itertools.permutations([title, *LABELS, source]):
        if order[0] == source and order[-1] == title == TITLE:
            continue  # nothing tells that the last line is the title, and not the first
        headers = find_headers(split_lines("\n\n".join([*order, *BODY])))
        found = [(header.title, header.source, len(header.labels)) for header in headers]
        if found != [(TITLE, "Quay Times", 4)]:
            wrong.append((order, found))
    assert not wrong


def test_the_body_is_not_part_of_the_header(read_one: ReadOne) -> None:
    article = read_one("a.txt", "\n\n".join([f"## {TITLE}", *LABELS, "**Quay Times**", *BODY]))
    assert article.body == "\n\n".join(BODY)
    assert article.dateline == "PARIS"
    assert article.categories == ["English", "International", "Snippets"]


def export(title: str = f"## {TITLE}", labels: list[str] = LABELS, body: list[str] = BODY) -> str:
    return "\n\n".join([title, *labels, *body]) + "\n"


@pytest.mark.parametrize(
    "line",
    [
        "Category: five hurricanes",
        "Category five hurricanes are rare",
        "Published on Monday, the report names nobody.",
        "Published on the eve of the vote",
        "Document Date: unknown",
        "Show on website: no, said the minister, and left.",
        "Source: the minister",
        "**Category: five**",
        "## Category: five",
        "- Category: five",
        "Date: 2025-02-03",
    ],
)
def test_a_body_line_like_a_label_stays_in_the_body(line: str, read_one: ReadOne) -> None:
    body = ["It began at noon.", line, "It ended at night."]
    article = read_one("a.txt", export(body=body))
    assert article.body == f"It began at noon.\n\n{line.strip('*# ')}\n\nIt ended at night."
    assert article.categories == ["English", "International", "Snippets"]


@pytest.mark.parametrize(
    "lines",
    [
        ["## A heading", "Category: five hurricanes"],
        ["## A heading", "Source: an official", "Location: the pier"],
        ["## A heading", "Published on the eve of the vote"],
        ["A short line", "Published on February 3, 2025"],
        ["A short line", "Category: A", "Tags: B"],
        ["He said so. It was late.", "Published on February 3, 2025", "Category: A"],
        ["Published on February 3, 2025", "Category: A"],
        ["- an item", "Published on February 3, 2025", "Category: A"],
    ],
)
def test_weak_evidence_does_not_split(lines: list[str], read: Read) -> None:
    items = read("a.txt", export(body=["It began at noon.", *lines, "It ended at night."]))
    assert len(items) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ["## A title", "Published on February 3, 2025"],
        ["**A title**", "Date: 2025-02-03"],
        ["## A title", "Category: A", "Source: B"],
        ["A title", "Published on February 3, 2025", "Category: A"],
        ["## A title", "### A subtitle", "Published on February 3, 2025"],
        ["**ENDS**", "## A title", "Published on February 3, 2025"],
        ["Published on February 3, 2025", "Category: A", "## A title"],
        ["## A title", "Published on Sometime soon", "Category: A"],
    ],
)
def test_strong_evidence_splits(lines: list[str], read: Read) -> None:
    items = read("a.txt", export(body=["It began at noon.", *lines, "It ended at night."]))
    assert len(items) == 2
    assert isinstance(items[0], Article)
    assert items[0].title == TITLE
    if isinstance(items[1], Article):
        assert items[1].title == "A title"
        assert items[1].body.endswith("It ended at night.")


def test_labels_at_the_foot_belong_to_the_article_above(read: Read) -> None:
    foot = ["Published on February 3, 2025", "Category: A"]
    items = read("a.txt", export(labels=LABELS[:1], body=[*BODY, *foot]) + "\n" + export())
    assert [item.title for item in items if isinstance(item, Article)] == [TITLE, TITLE]
    assert isinstance(items[0], Article)
    assert items[0].body.endswith("Category: A")


def test_an_article_that_can_not_be_used_does_not_stop_the_others(read: Read) -> None:
    bad = export(labels=["Published on Sometime soon", "Category: A"])
    items = read("a.txt", export() + "\n" + bad + "\n" + export())
    assert [type(item) for item in items] == [Article, Problem, Article]
    problem = items[1]
    assert isinstance(problem, Problem)
    assert problem.field == "published"
    assert problem.line == export().count("\n") + 4
    assert "Sometime soon" in problem.reason


def test_a_header_and_nothing_else_is_a_problem(read_problem: Callable[..., Problem]) -> None:
    problem = read_problem("a.txt", "\n\n" + "\n\n".join(LABELS))
    assert "title or a body" in problem.reason
    assert problem.line == 3


def test_two_labels_for_one_field_lose_nothing(read_one: ReadOne) -> None:
    labels = [*LABELS, "Date: 3 May 2020", "Tags: a, b", "Source: B", "Link: https://x.example/1"]
    article = read_one("a.txt", export(labels=[*labels, "**Quay Times**"]))
    assert article.published == date(2025, 2, 17)
    assert article.source == "Quay Times"
    assert article.url == "https://x.example/1"
    assert article.extra == {"date": "3 May 2020", "source": "B"}
    assert article.categories[-2:] == ["a", "b"]


def test_a_title_may_be_cut_by_a_page_break(read_one: ReadOne) -> None:
    article = read_one("a.txt", export(title="## Ferries to run all night\n\nbetween all islands"))
    assert article.title == "Ferries to run all night between all islands"


def test_a_title_that_begins_like_a_label(read_one: ReadOne) -> None:
    article = read_one("a.txt", export(title="Category killers close their last shops"))
    assert article.title == "Category killers close their last shops"
    assert article.categories == ["English", "International", "Snippets"]


def test_seed_article() -> None:
    seeds = sorted((SHARED / "seed").glob("*.txt"))
    if not seeds:
        pytest.skip(f"the seed article is not at {SHARED / 'seed'}")
    (article,) = read_articles(seeds)
    assert isinstance(article, Article)
    assert article.title == (
        "European Leaders meet in Paris as Trump accelerates Ukraine-Russia peace push"
    )
    assert article.published == date(2025, 2, 17)
    assert article.document_date == datetime(2025, 11, 16, 18, 43, 4)
    assert article.categories == ["English", "International", "Snippets"]
    assert article.source == "RKI Network"
    assert article.dateline == "PARIS"
    assert article.url is None
    assert article.extra == {}
    paragraphs = article.body.split("\n\n")
    assert len(paragraphs) == 7
    assert paragraphs[0].startswith("PARIS – European leaders convened")
    assert "Polish Prime Minister Donald Tusk" in paragraphs[1]
    assert "European Commission President Ursula von der Leyen" in paragraphs[1]
    assert "NATO Secretary General Mark Rutte." in paragraphs[1]
    assert "greater responsibility for supporting Kyiv" in paragraphs[5]
