"""What is typed is completed by what an archive has."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Article, Index, Key, Keyword, Text
from searchlib.errors import QueryError

TITLES = [
    *["Storm damage in the valley"] * 3,
    *["Bank of Valmy lends", "The Bank of Valmy closes"],
    "Storm dampens hopes",
    "Élysée says no",
]

LONG = "On and on it went. " * 10


@pytest.fixture(scope="module")
def archive() -> Any:
    with Index.in_memory(Article) as index:
        index.add(
            Article(
                id=str(n),
                title=title,
                body=f"A storm, storms and the damages; naïve hopes of the harbour. {LONG}",
                source=["Harbour News", "Valley Post"][n % 2],
                categories=["Bad Weather"] if n < 3 else [],
            )
            for n, title in enumerate(TITLES)
        )
        yield index


def shown(archive: Index[Any], text: str, **options: Any) -> list[tuple[str, str]]:
    return [(one.text, one.kind) for one in archive.complete(text, **options)]


def test_phrases_come_before_words_that_only_go_together(archive: Index[Article]) -> None:
    assert shown(archive, "storm da") == [
        ("storm damage", "phrase"),
        ("storm dampens", "word"),
        ("Storm dampens hopes", "title"),  # the shortest
        ("Storm damage in the valley", "title"),
    ]


def test_words_are_ranked_by_use(archive: Index[Article]) -> None:
    found = archive.complete("st")
    assert [one.text for one in found if one.kind == "word"] == ["storm"]  # not "storms" as well
    assert found[0].count == archive.count("storm") == 7
    assert [one.text for one in found if one.kind == "phrase"] == ["storm damage"]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("nai", "naïve"),
        ("naï", "naïve"),
        ("NAI", "naïve"),
        ("ely", "élysée"),
        ("the ely", "the élysée"),
    ],
)
def test_accents_and_capitals_make_no_difference(
    archive: Index[Article], typed: str, text: str
) -> None:
    assert archive.complete(typed)[0].text == text


def test_stop_words_are_inside_phrases_only(archive: Index[Article]) -> None:
    assert ("bank of valmy", "phrase") in shown(archive, "bank o")
    assert ("bank of valmy", "phrase") in shown(archive, "bank of v")
    assert ("bank of valmy", "phrase") in shown(archive, "ban")
    assert not [one for one in shown(archive, "th") if one[1] in ("word", "phrase")]


@pytest.mark.parametrize("typed", ["harb", "harbour n", "Harbour News", "new"])
def test_labels_are_found_by_any_of_their_words(archive: Index[Article], typed: str) -> None:
    (label,) = [one for one in archive.complete(typed) if one.kind == "label"]
    assert (label.text, label.field) == ("Harbour News", "source")
    assert label.query == 'source:"Harbour News"'
    assert label.count == archive.count(label.query) == 4


def test_a_blank_asks_for_the_next_word(archive: Index[Article]) -> None:
    assert shown(archive, "storm ")[:1] == [("storm damage", "phrase")]


def test_a_filter_holds_for_all_kinds(archive: Index[Article]) -> None:
    assert shown(archive, "val", filter={"source": "Harbour News"})
    for typed in ("st", "storm da", "val", "bad", "e", "harb", "ban", "bank of v"):
        for source in ("Harbour News", "Valley Post"):
            only = {"source": source}
            for one in archive.complete(typed, filter=only):
                assert archive.count(one.query, filter=only) >= (one.count or 1) > 0
    assert shown(archive, "bad", filter={"source": "none"}) == []
    kinds = {kind for _, kind in shown(archive, "bad", filter="bank")}
    assert "label" not in kinds


def test_the_query_of_a_completion_finds_what_it_says(archive: Index[Article]) -> None:
    for typed in ("st", "storm da", "val", "bad", "e", "harb", "ban", "bank of v", "hope"):
        for one in archive.complete(typed):
            assert archive.count(one.query) >= (one.count or 1), one


def test_how_many(archive: Index[Article]) -> None:
    assert archive.complete("storm", limit=0) == []
    for limit in range(1, 9):
        assert len(archive.complete("s", limit=limit)) <= limit
    with pytest.raises(QueryError, match="expected limit"):
        archive.complete("storm", limit=-1)
    with pytest.raises(QueryError, match="expected the beginning of a query, got 3"):
        archive.complete(3)  # type: ignore[arg-type]


@given(st.text(max_size=12), st.integers(0, 10))
def test_whatever_is_typed(archive: Index[Article], text: str, limit: int) -> None:
    found = archive.complete(text, limit=limit)
    assert len(found) <= limit
    assert len({(one.text, one.field) for one in found}) == len(found)
    assert found == archive.complete(text, limit=limit)


def test_what_only_deleted_articles_have_is_not_offered() -> None:
    with Index.in_memory(Article) as index:
        index.add(
            Article(id=str(n), title=f"{word} damage", body=word, categories=[word])
            for n, word in enumerate(["storm", "storm", "stork", "stork"])
        )
        assert ("stork damage", "phrase") in shown(index, "sto")
        index.delete("2", "3")
        texts = {text for text, _ in shown(index, "sto", limit=100)}
        assert texts == {"storm", "storm damage"}


def test_segments_are_put_together() -> None:
    with Index.in_memory(Article) as index:
        for n, title in enumerate(
            ["A storm damages roofs", "Storm damages towns", "storm damages"]
        ):
            index.add([Article(id=str(n), title=title, categories=["Storms"])])
        found = index.complete("storm d")
        assert [(one.text, one.count) for one in found if one.kind == "phrase"] == [
            ("storm damages", 3)
        ]
        (label,) = [one for one in index.complete("stor") if one.kind == "label"]
        assert label.count == 3


def test_stop_words_are_those_of_the_languages_of_the_index() -> None:
    with Index.in_memory(Article, language="auto") as index:
        index.add(
            Article(id=str(n), title=title, body=f"{title}. {LONG}", language=language)
            for n, (title, language) in enumerate(
                [("Die Wahlen in Berlin", "de")] * 2 + [("Les élections à Paris", "fr")] * 2
            )
        )
        assert shown(index, "die") == [("Die Wahlen in Berlin", "title")]
        assert shown(index, "les")[0] == ("Les élections à Paris", "title")
        assert shown(index, "wah")[0] == ("wahlen", "word")
        found = index.suggest("Whalen elecions")
        assert found is None  # no article has both
        found = index.suggest("elecions")
        assert (found and found.text) == "élections"


class Note(BaseModel):
    """A document without titles and labels."""

    id: Annotated[str, Key()]
    text: Annotated[str, Text()]
    tag: Annotated[str | None, Keyword()] = None


def test_an_archive_without_titles_completes_words() -> None:
    with Index.in_memory(Note) as index:
        assert index.complete("st") == []
        text = f"storm damage {LONG}"
        index.add([Note(id="1", text=text, tag="stormy"), Note(id="2", text=text)])
        assert shown(index, "st") == [("storm", "word")]
        assert shown(index, "storm da") == [("storm damage", "word")]


def test_to_json(archive: Index[Article]) -> None:
    assert archive.complete("bad weather")[-1].to_json() == {
        "text": "Bad Weather",
        "kind": "label",
        "query": 'categories:"Bad Weather"',
        "count": 3,
        "field": "categories",
    }
