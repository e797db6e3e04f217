"""What is typed is completed by what an archive has."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Article, Index, Key, Keyword, Text
from searchlib.errors import QueryError
from tests.tables import each

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


@each(
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


@each("typed", ["harb", "harbour n", "Harbour News", "new"])
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
    assert archive.complete("storm", limit=100)
    with pytest.raises(QueryError, match="expected limit to be at most 100, got 500"):
        archive.complete("storm", limit=500)
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
        "counted": "documents",
    }


class Item(BaseModel):
    """A document with odd labels, and a text that is not searched by default."""

    id: Annotated[str, Key()]
    text: Annotated[str, Text()]
    caption: Annotated[str, Text(default=False)] = ""
    source: Annotated[str | None, Keyword(facet=True)] = None
    place: Annotated[str | None, Keyword()] = None


ODD = ['AP: "x" OR *', "back\\", "Ends with“", "AND", "who?", "A (b"]


@pytest.fixture(scope="module")
def items() -> Any:
    with Index.in_memory(Item) as index:
        index.add(
            Item(
                id=str(n),
                text=f"Storms and oil prices, oil production; the company's profit. {LONG}",
                caption="Storm coast",
                source=source,
                place=["usa", "ussr", "uk"][n % 3],
            )
            for n, source in enumerate(ODD)
        )
        index.add([Item(id="none", text=f"A stormy profit {LONG}")])
        yield index


def all_true(index: Index[Any], typed: str) -> list[str]:
    """Make sure that each query can be searched and finds what its completion says."""
    found = index.complete(typed, limit=50)
    for one in found:
        total = index.count(one.query)
        if one.counted == "titles":
            assert total >= (one.count or 0) > 0, one
        elif one.kind != "title":
            assert total == one.count, one
        assert total, one
    return [one.query for one in found]


@each("label", ODD)
def test_a_label_is_quoted_so_that_it_is_found(items: Index[Item], label: str) -> None:
    found = [one for one in items.complete(label[:2]) if one.text == label]
    assert [one.count for one in found] == [1]
    assert [hit.stored["source"] for hit in items.search(found[0].query)] == [label]
    assert all_true(items, f"source:{label[:1]}")


@each(
    ("typed", "query"),
    [
        ("-sto", "-storm"),
        ("-oil pr", "-oil profit"),
        ("-(oil pr", "-(oil prices)"),
        ("(sto", "(storm)"),
        ("oil AND (sto", "oil AND (storm)"),
        ("oil OR sto", "oil OR storm"),
        ('"oil pr', '"oil prices"'),
        ('("oil pr', '("oil prices")'),
        ("text:sto", "text:storm"),
        ("text:(oil pr", "text:(oil prices)"),
        ("place:us", "place:usa"),
        ("-place:us", "-place:ussr"),
        ("place:(us", "place:(ussr)"),
        ("place:", "place:uk"),
        ('place:"us', "place:usa"),
        ("place:'us", "place:usa"),
        ("caption:sto", "caption:storm"),
        ("caption:sto", 'caption:"storm coast"'),
        ("caption:(storm co", "caption:(storm coast)"),
        ("storm co", 'caption:"storm coast"'),
        ("oil pr", "oil prices"),
    ],
)
def test_what_is_typed_is_read_as_a_query(items: Index[Item], typed: str, query: str) -> None:
    assert query in all_true(items, typed)


@each(
    "typed",
    ['"' + "oil " * 400 + "pr", "oil)", '"oil"', "sto*", "text:", "id:no", "nofield:st", "\\"],
)
def test_nothing_goes_on_there(items: Index[Item], typed: str) -> None:
    assert not all_true(items, typed)


def test_a_phrase_is_looked_for_where_it_stands(items: Index[Item]) -> None:
    (phrase,) = [one for one in items.complete("storm c") if one.kind == "phrase"]
    assert (phrase.text, phrase.field, phrase.count) == ("storm coast", "caption", len(ODD))


class Captioned(BaseModel):
    """A document of which no text is searched by default."""

    id: Annotated[str, Key()]
    caption: Annotated[str, Text(default=False)]


def test_an_archive_that_searches_no_text_by_default_completes_phrases() -> None:
    with Index.in_memory(Captioned) as index:
        index.add(Captioned(id=str(n), caption="Storm coast") for n in range(3))
        assert 'caption:"storm coast"' in all_true(index, "storm c")
        assert all_true(index, "caption:st") == ["caption:storm", 'caption:"storm coast"']


APOSTROPHES = [
    "The minister doesn't know",
    "She doesn't know O'Brien",
    "O’Brien says it didn't rain, the company's loss",
    "West-German company's profit; they don't pay, says O'Brien",
    "West-German boat of the company",
    *["東京都の天気"] * 2,
]


@pytest.fixture(scope="module")
def written() -> Any:
    with Index.in_memory(Article) as index:
        index.add(Article(id=str(n), title=text, body="") for n, text in enumerate(APOSTROPHES))
        yield index


@each(
    ("typed", "text"),
    [
        ("doesn", "doesn't"),
        ("doesn", "doesn't know"),
        ("doesn'", "doesn't"),
        ("doesn’", "doesn't"),
        ("o", "o'brien"),
        ("o'", "o'brien"),
        ("o'b", "o'brien"),
        ("O’B", "o'brien"),
        ("don", "don't"),
        ("company's", "company's"),
        ("west-", "west-german"),
        ("west-g", "west-german"),
        ("west g", "west-german"),
        ("東", "東京"),
        ("東京", "東京都"),
        ("-doesn", "-doesn't"),
        ('"minister doesn', '"minister doesn\'t"'),
    ],
)
def test_words_are_shown_with_their_apostrophes(
    written: Index[Article], typed: str, text: str
) -> None:
    all_true(written, typed)
    assert text in [one.text for one in written.complete(typed)]


def test_a_part_of_a_word_is_no_word(written: Index[Article]) -> None:
    for typed in ("d", "do", "doesn", "didn", "o", "don", "t", "s", "company's", "it's", "o'n"):
        texts = {one.text for one in written.complete(typed, limit=50) if one.kind != "title"}
        assert not texts & {"doesn", "didn", "don", "o", "t", "s", "company's"} - {typed}
        assert not any("company'" in text and "company's" not in text for text in texts)
        all_true(written, typed)


def test_several_words_are_counted_in_titles_or_else_in_texts(archive: Index[Article]) -> None:
    phrase = archive.complete("storm da")[0]
    assert (phrase.text, phrase.count, phrase.counted) == ("storm damage", 3, "titles")
    (both,) = [one for one in archive.complete("damages hop") if one.kind == "word"]
    assert (both.text, both.count, both.counted) == ("damages hopes", 7, "documents")


def test_counts_are_of_the_synonyms_too() -> None:
    with Index.in_memory(Note) as index:
        index.add([Note(id="1", text=f"storm {LONG}"), Note(id="2", text=f"gale {LONG}")])
        index.synonyms.set("storm, gale")
        assert all_true(index, "sto") == ["storm"]
        assert index.complete("sto")[0].count == 2


@given(st.text("st\"(-:o \\)O'“", max_size=10))
def test_whatever_is_offered_can_be_searched(items: Index[Item], text: str) -> None:
    all_true(items, text)
