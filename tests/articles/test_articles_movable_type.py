"""Exports of Movable Type: entries, their labels and texts, and what is none of them."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.articles import Article, read_articles
from searchlib.articles.formats.movable_type import MOVABLE_TYPE
from searchlib.errors import Notice, Problem
from tests.conftest import examples

ReadAll = Callable[..., list[Article | Problem | Notice]]

FOG = """AUTHOR: Ida Blom
TITLE: Fog
STATUS: Publish
DATE: 03/04/2025 10:11:12 PM
PRIMARY CATEGORY: News
CATEGORY: News
CATEGORY: Weather
UNIQUE URL: https://x.example/fog
-----
BODY:
<p>It is thick.</p>
-----
EXTENDED BODY:
And it stays.
-----
EXCERPT:
In short, fog.
-----
KEYWORDS:
ships, sea
-----
COMMENT:
AUTHOR: Jo
DATE: 03/05/2025 10:11:12 AM
True.
-----
--------
"""
SUN = "TITLE: Sun\nDATE: 12/31/2025 01:02:03\n-----\nBODY:\nIt is warm.\n\nMore.\n-----\n--------\n"


@pytest.mark.parametrize("name", ["a.txt", "a.mt", "a.text", "export"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_entries(name: str, end: str, read_all: ReadAll) -> None:
    fog, sun, notice = read_all(name, (FOG + SUN).replace("\n", end))
    assert isinstance(fog, Article)
    assert (fog.title, fog.authors, fog.url) == ("Fog", ["Ida Blom"], "https://x.example/fog")
    assert (fog.published, fog.line) == (date(2025, 3, 4), 1)
    assert fog.body == "In short, fog.\n\nIt is thick.\n\nAnd it stays."
    assert fog.categories == ["News", "Weather", "ships", "sea"]
    assert fog.extra == {"status": "Publish"}
    assert isinstance(sun, Article)
    assert (sun.title, sun.body, sun.line) == ("Sun", "It is warm.\n\nMore.", 1 + FOG.count("\n"))
    assert isinstance(notice, Notice)
    assert "1 comment" in notice.message


def test_a_rule_in_a_text_loses_nothing(read_all: ReadAll) -> None:
    (article,) = read_all("a.txt", SUN.replace("More.", "-----\nMore of it.\n-----\nEND: it."))
    assert isinstance(article, Article)
    assert article.body.split() == ["It", "is", "warm.", "More", "of", "it.", "END:", "it."]


@pytest.mark.parametrize(
    "text", ["TITLE: a\n-----\nText.\n", "BODY:\nText.\n", "A\n-----\nBODY:\n"]
)
def test_what_is_none(text: str) -> None:
    assert not MOVABLE_TYPE.guess(text.encode())


LINES = ["TITLE: a", "BODY:", "EXCERPT:", "KEYWORDS:", "-----", "--------", "", "X: y"]


@given(st.lists(st.sampled_from([*LINES, "word"])))
@settings(max_examples=examples(200))
def test_no_word_is_lost(lines: list[str]) -> None:
    numbered = [f"{line}{at}" if line == "word" else line for at, line in enumerate(lines)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.mt")
        path.write_text("\n".join(numbered))
        found = [item for item in read_articles(path) if isinstance(item, Article)]
    said = " ".join(f"{item.title} {item.body} {' '.join(item.categories)}" for item in found)
    entries = "\n".join(numbered).split("--------")
    for entry in entries:
        words = [line for line in entry.split("\n") if line.startswith("word")]
        is_article = "TITLE: a" in entry or "BODY:" in entry
        assert not is_article or all(word in said for word in words)
