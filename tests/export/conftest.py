"""What the tests of exports share: an index of hostile articles, in several segments."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from searchlib import Article, Index

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE: list[dict[str, Any]] = [
    {"id": "formula", "title": '=HYPERLINK("http://evil","storm")', "body": 'a storm, "quoted"'},
    {"id": "lines", "title": "Storm on\u2028two lines", "body": "one\r\ntwo\n\nthree, four;\tfive"},
    {"id": "script", "title": "<script>alert('storm')</script>", "source": "<b onload=\"x\">"},
    {"id": "minus", "title": "-1 storm", "categories": ["=1+1", "a; b", "c,d"]},
    {
        "id": "tex", "title": "100% of {storms} & $5_000 #1 \\input{x} ~^",
        "authors": ["Ana Korvac", "Reuters and AP", "Smith, John"], "published": "2025-03-04",
        "source": "Zürcher Zeitung", "url": "http://x.example/a_b?c=%20d}e",
        "categories": ["Wetter", "Küste"], "dateline": "ZÜRICH",
    },
    {"id": "lone } brace", "title": "storm } {", "source": "}", "authors": ["{"]},
    {"id": "tag", "title": "storm\nER  - \nTY  - JOUR", "body": "\u0000\u0007 storm"},
    {"id": "rich", "title": "Storm", "extra": {"a": [1, None, {"b": "ü"}], "c": "=2"}, "line": 7,
     "document_date": "2025-11-16T18:43:04+02:00"},
    {"id": "emoji", "title": "\U0001f30a storm שלום", "document_date": "0001-01-01T00:00:00"},
]  # fmt: skip


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Index[Article]:
    """Its articles all have "storm", and lie in two segments, of which one has a deletion."""
    made = Index.create(tmp_path_factory.mktemp("hostile") / "index", Article)
    made.add(HOSTILE[:5])
    made.add([*HOSTILE[5:], {"id": "gone", "title": "storm"}])
    made.delete("gone")
    return made


@pytest.fixture(scope="session")
def many_to_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of 60 articles with "storm", of which later ones are shorter and so better."""
    made = Index.create(tmp_path_factory.mktemp("many") / "many.index", Article)
    for start in (0, 25, 50):
        made.add(
            Article(
                id=f"{number:02}",
                title="Storm",
                body="calm " * (80 - number),
                source="Odd" if number % 2 else "Even",
                published=f"2025-01-{1 + number * 7 % 30:02}",
            )
            for number in range(start, min(start + 25, 60))
        )
    return made.path


@pytest.fixture
def many(many_to_copy: Path, tmp_path: Path) -> Index[Article]:
    """A copy of that index, for a test to change."""
    return Index.open(shutil.copytree(many_to_copy, tmp_path / "many.index"), Article)
