"""``searchlib search --filter`` takes conditions on fields as a shell user writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from searchlib import Article, Between, Index, Not
from searchlib.errors import QueryError
from searchlib.query import from_json
from searchlib.query.filter_texts import filters_of
from tests.tables import each
from tests.test_cli import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def index_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filters") / "index"
    Index.create(path, Article).add(ARTICLES, workers=0)
    return path


ARTICLES = [
    Article(id="1", title="Storm", body="a storm", source='AP: "x" OR *', categories=["a=b"],
            published="2025-01-31"),
    Article(id="2", title="Storm returns", body="a storm", source="BBC", published="2025-03-31"),
    Article(id="3", title="Flood", body="a flood", source="Harbour News", published="2025-04-01"),
    Article(id="4", title="No date", body="a storm"),
]  # fmt: skip


def search(index_path: Path, *filters: str, query: str = "*") -> dict[str, Any]:
    options = [option for text in filters for option in ("--filter", text)]
    done = run("search", query, *options, "--index", index_path, "--json", "--limit", 9)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@each(
    ("filters", "expected"),
    [
        ([], "1234"),
        (['source=AP: "x" OR *'], "1"),
        (["source=bbc"], "2"),
        (["source = BBC"], "2"),
        (["source=BBC", "source=harbour news"], "23"),
        (["source!=BBC"], "134"),
        (["source!=BBC", "source!=Harbour News"], "14"),
        (["source="], "4"),
        (["source!="], "123"),
        (["source=", "source=BBC"], "24"),
        (["categories=a=b"], "1"),
        (["published>=2025-03"], "23"),
        (["published>2025-03"], "3"),
        (["published<=2025-03"], "12"),
        (["published<2025-03"], "1"),
        (["published=2025-01..2025-03"], "12"),
        (["published=..2025-03"], "12"),
        (["published=2025-03"], "2"),
        (["published!=2025-03"], "134"),
        (["published>=2025-01", "published<2025-04", "source!=BBC"], "1"),
        (["published=last week"], ""),
        (["title=storm returning"], "2"),
        (["title=storm", "title=flood"], "123"),
        (["source:BBC"], "2"),
        (["published:>=2025-04"], "3"),
        (["storm -returns"], "14"),
        (["storm", "source=BBC"], "2"),
    ],
)
def test_what_a_filter_leaves(index_path: Path, filters: list[str], expected: str) -> None:
    found = search(index_path, *filters)
    assert sorted(hit["key"] for hit in found["hits"]) == [*expected]
    assert found["total"] == len(expected)


def test_json_shows_the_filter_as_it_was_read(index_path: Path) -> None:
    filters = ["source=BBC", "published>2025-01", "storm"]
    shown = search(index_path, *filters)["filter"]
    read = Index.open(index_path).parse_filter(
        [{"source": ["BBC"]}, {"published": Between("2025-01", include_low=False)}, "storm"]
    )
    assert tuple((one.pop("field"), from_json(one)) for one in shown) == read
    assert search(index_path)["filter"] == []


@each(
    ("text", "message"),
    [
        ("sorce=BBC", "filter: no field 'sorce'; did you mean 'source'?"),
        ("published=soon", "field 'published': expected a date such as"),
        ("published>=", "filter 'published>=': expected a value behind >="),
        ("=BBC", "filter '=BBC': expected the name of a field before ="),
        (" != BBC", "filter ' != BBC': expected the name of a field before ="),
        (">=2025", "filter '>=2025': expected the name of a field before ="),
        ("title>=a", "field 'title': expected words, got Between"),
        ("title=-", "field 'title': expected words, got '-'"),
        ("line=5", "filter: field 'line' is stored, not searched"),
        ("(storm", "expected"),
    ],
)
def test_mistakes_are_said(index_path: Path, text: str, message: str) -> None:
    done = run("search", "*", "--filter", text, "--index", index_path)
    assert done.exit_code == 1
    assert message in " ".join(done.stderr.split())


def test_a_label_that_is_not_there_is_noted(index_path: Path) -> None:
    done = run("search", "*", "--filter", "source=Harbour", "--index", index_path)
    assert "no document has the label 'Harbour' in 'source'; there is 'Harbour News'" in " ".join(
        done.stdout.split()
    )


@pytest.mark.parametrize("text", ["source", " published ", "title"])
def test_the_name_of_a_field_alone_is_noted(index_path: Path, text: str) -> None:
    notes = [note["message"] for note in search(index_path, text)["notes"]]
    assert notes[:1] == [
        f"filter {text.strip()!r} looks for that word; a condition on the field is "
        f"{text.strip()}=VALUE or {text.strip()}:VALUE"
    ]
    assert search(index_path, "storm")["notes"] == []


def test_conditions_become_values() -> None:
    assert filters_of(["a=1", "b!=", "a=", "c<=5", "x y", "d:>=1", "e=a\nb"]) == [
        {"a": ["1", None]},
        {"e": ["a\nb"]},
        {"b": Not(None)},
        {"c": Between(None, "5")},
        "x y",
        "d:>=1",
    ]
    with pytest.raises(QueryError, match="expected a value behind <"):
        filters_of(["a<"])
