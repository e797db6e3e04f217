"""Markdown with front matter in YAML and TOML, and without."""

import builtins
import sys
from collections.abc import Callable
from datetime import date, datetime

import pytest

from searchlib.articles import Article
from searchlib.articles.frontmatter import FRONT_MATTER_LIMIT, split_front_matter
from searchlib.errors import Problem
from tests.tables import each

Read = Callable[..., list[Article | Problem]]
ReadOne = Callable[..., Article]
ReadProblem = Callable[..., Problem]

YAML = """---
# from the old system
Title: Ferries to run all night
date: 2025-02-17 10:30
tags: [Transport, Islands]
author: Ida Blom
language: no
number: 007
words: 312
ratio: 0.5
draft: false
editor: ~
---
"""
TOML = """+++
title = "Ferries to run all night"
date = 2025-02-17T10:30:00
tags = ["Transport", "Islands"]
author = "Ida Blom"
language = "no"
number = "007"
words = 312
ratio = 0.5
draft = false
+++
"""
TEXT = """
PIRAEUS – The ferries
will run.

## When?

At night.
"""


@pytest.mark.parametrize("front", [YAML, TOML, YAML.replace("\n", "\r\n"), "\ufeff" + YAML])
@pytest.mark.parametrize("name", ["a.md", "a.markdown", "a.MD"])
def test_front_matter(name: str, front: str, read_one: ReadOne) -> None:
    article = read_one(name, front + TEXT)
    assert article.title == "Ferries to run all night"
    assert article.body == "PIRAEUS – The ferries will run.\n\nWhen?\n\nAt night."
    assert article.published == date(2025, 2, 17)
    assert article.document_date == datetime(2025, 2, 17, 10, 30)
    assert article.categories == ["Transport", "Islands"]
    assert article.authors == ["Ida Blom"]
    assert article.language == "no"
    assert article.dateline == "PIRAEUS"
    rest = {"number": "007", "words": 312, "ratio": 0.5, "draft": False}
    assert {**article.extra, "editor": None} == {**rest, "editor": None}


def test_marks_go_and_words_stay(read_one: ReadOne) -> None:
    article = read_one(
        "a.md",
        "# The **big** [story](https://a.example)\n\n**7 percent** said _no_.\n\n"
        "> A quote\n> of two lines.\n\n```python\nsnake_case = 1\n```\n\n- an *item*\n\n"
        "<p>caf&eacute;</p>\n",
    )
    assert article.title == "The big story"
    assert article.body == (
        "7 percent said no.\n\nA quote of two lines.\n\nsnake_case = 1\n\n- an item\n\ncafé"
    )


@pytest.mark.parametrize(
    ("front", "title", "published", "extra"),
    [
        ("published: true\ndate: 2025-02-17", "", date(2025, 2, 17), {"published": True}),
        ("published: false", "", None, {"published": False}),
        ("title: 1984\ndate: 1987", "1984", date(1987, 1, 1), {}),
        ("title: 1.10\nratio: 0.50", "1.10", None, {"ratio": "0.50"}),
        ("date: 20250217\ntags: a;b", "", date(2025, 2, 17), {}),
    ],
)
def test_cases_of_front_matter(
    front: str, title: str, published: date | None, extra: dict[str, object], read_one: ReadOne
) -> None:
    article = read_one("a.md", f"---\n{front}\n---\nText.")
    assert (article.title, article.published, article.extra) == (title, published, extra)
    assert article.body == "Text."


@pytest.mark.parametrize("above", ["\n", "\ufeff\n\n", "  \n\t\n", "\r\n"])
@pytest.mark.parametrize("front", [YAML, TOML])
def test_blank_lines_above_front_matter(above: str, front: str, read_one: ReadOne) -> None:
    assert read_one("a.md", above + front + TEXT).authors == ["Ida Blom"]


@pytest.mark.parametrize("heading", ["# A title #", "# **A title**", "A title\n======="])
def test_the_first_heading_of_level_1_is_the_title(heading: str, read_one: ReadOne) -> None:
    article = read_one("a.md", f"---\nlang: en\n---\n## Above\n\n{heading}\n\nText.\n\n# Below\n")
    assert article.title == "A title"
    assert article.body == "Above\n\nText.\n\nBelow"


def test_a_title_in_the_front_matter_leaves_the_headings_in_the_body(read_one: ReadOne) -> None:
    article = read_one("a.md", "---\nheadline: A\n---\n# B\n\nText.")
    assert (article.title, article.body) == ("A", "B\n\nText.")


def test_no_heading_no_title(read_one: ReadOne) -> None:
    assert read_one("a.md", "Some text\n\n## A heading\n\nMore.").title == ""


def test_code_has_no_headings(read_one: ReadOne) -> None:
    article = read_one("a.md", "Run this.\n\n```\n# a comment\nrun\n```\n\n# A title\n\nText.")
    assert article.title == "A title"
    assert "# a comment" not in article.title
    assert "a comment" in article.body


def test_an_export_in_markdown(read: Read) -> None:
    text = "## A\n\nPublished on May 3, 2020\n\nText.\n\n## B\n\nPublished on May 4, 2020\n\nText."
    items = read("a.md", text)
    assert [item.title for item in items if isinstance(item, Article)] == ["A", "B"]


def test_a_body_in_the_front_matter(read_one: ReadOne) -> None:
    assert read_one("a.md", "---\nbody: Short.\n---\n").body == "Short."
    article = read_one("a.md", "---\nbody: Short.\ntext: Shorter.\n---\nLong.")
    assert article.body == "Long."
    assert article.extra == {"body (front matter)": "Short.", "text": "Shorter."}


@each(
    "text",
    [
        "---\n\nText between rules\n\n---\n\nText.",
        "---\n# A title\n\nSome text\n---\nText.",
        "---\n- a\n- b\n---\nText.",
        "---\nno end: here\n",
        "--- a\nb: c\n---\n",
        "Text.\n---\na: b\n---\n",
        "+++\nno end",
    ],
)
def test_rules_are_no_front_matter(text: str) -> None:
    assert split_front_matter(text) is None


def test_empty_front_matter(read_one: ReadOne) -> None:
    assert split_front_matter("---\n---\nText.") is None
    assert read_one("a.md", "---\n---\nText.").body == "Text."
    found = split_front_matter("+++\n+++\nText.")
    assert found == ({}, "Text.", 3)


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"
REFUSED = {
    f"---\n{BOMB}\n---\n": "anchors, aliases and tags",
    "---\na: 1\nb: *a\n---\n": "anchors, aliases and tags",
    "---\na: !!python/object/apply:os.getcwd []\n---\n": "anchors, aliases and tags",
    "---\na: !!timestamp x\n---\n": "anchors, aliases and tags",
    "---\na: [1\n---\n": "can't be read",
    "---\na: b: c\n---\n": "can't be read",
    "---\na: 1\na: 2\n---\n": "a key occurs twice",
    "---\na: \x01\n---\n": "can't be read",
    f"---\na: {'9' * 5000}\n---\n": "can't be read",
    f"---\na: {'[' * 1000}\n---\n": "can't be read",
    "---\n? [a, b]\n: c\nd: e\n---\n": "",
    f"---\na: {'x' * FRONT_MATTER_LIMIT}\n---\n": "at most 64 KiB",
    "+++\na = \n+++\n": "can't be read",
    "+++\na = 1\na = 2\n+++\n": "can't be read",
    f"+++\na = {'[' * 1000}\n+++\n": "can't be read",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_front_matter_that_is_refused(text: str, read: Read) -> None:
    items = read("a.md", text + "Text.")
    assert len(items) == 1
    if REFUSED[text]:
        assert isinstance(items[0], Problem)
        assert REFUSED[text] in items[0].reason
        assert items[0].line


def test_the_line_of_an_error_in_yaml(read_problem: ReadProblem) -> None:
    assert read_problem("a.md", "---\na: 1\nb: *c\n---\n").line == 3
    assert read_problem("a.md", "\n\n---\na: 1\nb: *c\n---\n").line == 5


def test_a_date_that_can_not_be_read(read_problem: ReadProblem) -> None:
    found = read_problem("a.md", "---\ndate: 2025-02-30\nid: 5\n---\nText.")
    assert (found.field, found.key) == ("published", "5")


@pytest.mark.parametrize(
    ("front", "published"),
    [
        ("title: A", date(2025, 3, 4)),
        ("title: A\ndate: 2024-01-01", date(2024, 1, 1)),
        ("title: A\ncreated: 2024-01-01", date(2024, 1, 1)),
        ("title: A\ndate:", date(2025, 3, 4)),
    ],
)
def test_the_name_of_a_post_has_its_date(front: str, published: date, read_one: ReadOne) -> None:
    text = f"---\n{front}\n---\nText.\n"
    assert read_one("2025-03-04-fog.md", text).published == published
    assert read_one("1.2025-03-04-fog.md", text).published != date(2025, 3, 4)


def test_a_name_of_no_date(read_one: ReadOne) -> None:
    assert read_one("2025-03-04-fog.md", "Text without front matter.\n").published is None


def test_without_pyyaml(
    read_one: ReadOne, read_problem: ReadProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def no_yaml(name: str, *args: object, **kwargs: object) -> object:
        if name == "yaml":
            raise ImportError(name)
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "yaml", raising=False)
    monkeypatch.setattr(builtins, "__import__", no_yaml)
    assert "pip install 'searchlib[markdown]'" in read_problem("a.md", YAML + TEXT).reason
    assert read_one("b.md", TOML + TEXT).title == "Ferries to run all night"
    assert read_one("c.md", "# A\n\nText.").title == "A"
