"""A pattern stands for words as they are written, although the index holds their stems."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Article, Index, Key, Text
from searchlib.query import Near, Wildcard, Word
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path


class Story(BaseModel):
    id: Annotated[str, Key()]
    english: Annotated[str, Text(language="english")] = ""
    french: Annotated[str, Text(language="french", default=False)] = ""
    german: Annotated[str, Text(language="german", default=False)] = ""
    plain: Annotated[str, Text(language=None, default=False)] = ""


WORDS = {
    "english": "driving organisation organization minister ministers running cities happily lines "
    "hopping relational worker wind wand women stories elected",
    "french": "élections inondations gouvernement tempêtes rapidement nationales",
    "german": "Überschwemmungen Regierung Häuser Stürme Mitteilungen",
    "plain": "driving ministers",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    path: Path = tmp_path_factory.mktemp("patterns") / "index"
    index = Index.create(path, Story)
    index.add(
        (
            Story.model_validate({"id": f"{language}/{word}", language: word})
            for language, words in WORDS.items()
            for word in words.split()
        ),
        workers=0,
    )
    index.add(Story(id="self", english="The self-driving tram, and a minister's resignation"))
    return index


@each(
    ("query", "word"),
    [
        ("driv?ng", "driving"), ("self-driv?ng", "self"), ("dr?v?ng", "driving"),
        ("m?nister", "minister"), ("minist?rs", "ministers"),
        ("organi?ation", "organisation"), ("organi?ation", "organization"),
        ("runn?ng", "running"),
        ("cit?es", "cities"), ("happ?ly", "happily"), ("l?nes", "lines"), ("h?pping", "hopping"),
        ("rel?tional", "relational"), ("work?r", "worker"), ("w?nd", "wand"), ("w?men", "women"),
        ("stor?es", "stories"), ("elect?d", "elected"), ("D?IVING", "driving"),
        ("r?nn?ng", "running"), ("*riv?ng", "driving"), ("o?g?ni?ation", "organization"),
        ("french:?lections", "élections"), ("french:élect?ons", "élections"),
        ("french:elect?ons", "élections"), ("french:gouvernem?nt", "gouvernement"),
        ("french:temp?tes", "tempêtes"), ("french:nat?onales", "nationales"),
        ("german:Überschwemm?ngen", "Überschwemmungen"), ("german:H?user", "Häuser"),
        ("german:Regier?ng", "Regierung"), ("german:Mitt?ilungen", "Mitteilungen"),
        ("plain:driv?ng", "driving"),
    ],
)  # fmt: skip
def test_a_pattern_finds_the_words_that_fit_it(index: Index, query: str, word: str) -> None:
    field = query.partition(":")[0] if ":" in query else "english"
    hits = {hit.key: hit for hit in index.search(query, limit=None)}
    key = "self" if word == "self" else f"{field}/{word}"
    assert key in hits
    assert "<mark>" in hits[key].snippets[field].html


@each(
    ("pattern", "word"),
    [
        ("organi[sz]ation", "organisation"), ("driv[aeiou]ng", "driving"),
        ("driv[!a]ng", "driving"),
        ("driv[h-j]ng", "driving"), ("[dt]riv?ng", "driving"), ("*in[g-i]st?r", "minister"),
        ("minist?r?", "ministers"), ("m???ster", "minister"),
    ],
)  # fmt: skip
def test_letters_in_brackets_are_tried_too(index: Index, pattern: str, word: str) -> None:
    found = {hit.key for hit in index.search(Wildcard(pattern), limit=None)}
    assert f"english/{word}" in found
    assert "english/women" not in found


@each(
    ("query", "word"),
    [("w?nd", "women"), ("driv?d", "lines"), ("m?nister", "lines"), ("plain:driv?", "driving"),
     ("plain:m?nister", "ministers"), ("h?pping", "happily"), ("worke?", "women")],
)  # fmt: skip
def test_a_pattern_finds_no_other_words(index: Index, query: str, word: str) -> None:
    field, _, pattern = query.rpartition(":")
    found = index.search(Wildcard(pattern, (field or "english",)), limit=None)
    assert f"{field or 'english'}/{word}" not in {hit.key for hit in found}


def test_a_pattern_within_a_phrase_finds_them_too(index: Index) -> None:
    for query in ('"self-driv?ng tram"', '"the self driv?ng"', "self NEAR/2 driv?ng",
                  '"m?nister\'s resignat?on"'):  # fmt: skip
        assert [hit.key for hit in index.search(query)] == ["self"], query
    near = Near((Wildcard("m?nister"), Word("resignation")), 2)
    assert [hit.key for hit in index.search(near)] == ["self"]


@given(st.sampled_from(sorted(WORDS)), st.data())
@settings(max_examples=examples(300))
def test_any_letter_of_a_word_may_be_a_question_mark(
    index: Index, field: str, data: st.DataObject
) -> None:
    word = data.draw(st.sampled_from(WORDS[field].split()))
    places = data.draw(st.sets(st.integers(0, len(word) - 1), min_size=1, max_size=2))
    pattern = "".join("?" if place in places else letter for place, letter in enumerate(word))
    assert fnmatch.fnmatchcase(word, pattern)
    hits = index.search(Wildcard(pattern, (field,)), limit=None)
    assert f"{field}/{word}" in {hit.key for hit in hits}


@pytest.mark.parametrize(
    ("parts", "text", "found"),
    [
        ("prime * resigned", "prime x resigned", True),
        ("prime * resigned", "the prime minister resigned today", True),
        ("prime * resigned", "prime resigned", False),
        ("prime * resigned", "prime x y resigned", False),
        ("prime * * resigned", "prime x y resigned", True),
        ("prime * * resigned", "prime x resigned", False),
        ("* prime * resigned *", "prime x resigned", True),
        ("prim* ** resign?d", "prime x resigned", True),
        ("prime * re-signed", "prime x re signed", True),
        ("prime * resigned", "resigned x prime", False),
        ("prime resigned *", "prime resigned", True),
        ("prime-* resigned", "the prime-x resigned", True),
        ("prime-* resigned", "prime resigned", False),
        ("prime *-resigned", "prime x-resigned", True),
        ("prime *-resigned", "prime resigned", False),
        ("prime-* resigned-*", "prime x resigned", True),
        ("prime resigned-*", "prime resigned", True),
        ("* *", "prime resigned", False),
    ],
)
def test_a_star_between_words_is_any_word(
    tmp_path: Path, parts: str, text: str, found: bool
) -> None:
    index = Index.create(tmp_path / "index", Story)
    index.add([Story(id="a", english=text), Story(id="b", english="prime"), Story(id="c")])
    leaves = [Wildcard(part) if {*part} & {*"*?"} else Word(part) for part in parts.split()]
    hits = index.search(Near(tuple(leaves), 1, ordered=True))
    assert [hit.key for hit in hits] == ["a"] * found
    if found:
        html = hits[0].snippets["english"].html
        assert "<mark>prime" in html
        assert "<mark>x</mark>" not in html


def test_a_star_counts_no_word_where_words_may_stand_apart(index: Index) -> None:
    for near in (
        Near((Word("self"), Wildcard("*"), Word("tram")), 5, ordered=True),
        Near((Word("tram"), Wildcard("*"), Word("self")), 5),
    ):
        assert [hit.key for hit in index.search(near)] == ["self"]


BEGUN = {
    "english": "analysis analyst analysed lawyer bicycle styles Élysée anyone animal flyer flight "
    "recycle recital physics philosophy Libya libido business run elections government minor "
    "minus nationality happiness part parties AP",
    "french": "élections gouvernement nationalité Égalité",
    "german": "Regierung Häuser Verhandlungen",
    "plain": "business",
}


@pytest.fixture(scope="module")
def begun() -> Index:
    index = Index.in_memory(Story)
    index.add(
        Story.model_validate({"id": f"{field}/{word}", field: word})
        for field, words in BEGUN.items()
        for word in words.split()
    )
    return index


@each(
    ("query", "words"),
    [
        ("analys*", "analysis analyst analysed"), ("lawy*", "lawyer"), ("bicy*", "bicycle"),
        ("sty*", "styles"), ("elys*", "Élysée"), ("ELYS*", "Élysée"), ("Élys*", "Élysée"),
        ("any*", "anyone"), ("fly*", "flyer"), ("recy*", "recycle"), ("phy*", "physics"),
        ("liby*", "Libya"), ("busines*", "business"), ("business*", "business"),
        ("running*", "run"), ("electi*", "elections"), ("elections*", "elections"),
        ("governm*", "government"), ("nationali*", "nationality"), ("happine*", "happiness"),
        ("parti*", "parties"), ("party*", "parties"), ("app*", ""), ("minis*", ""),
        ("min*s", "minus"), ("m?n*s", "minus"),
        ("french:electi*", "élections"), ("french:Électio*", "élections"),
        ("french:gouvernem*", "gouvernement"), ("french:égalit*", "Égalité"),
        ("german:Regierun*", "Regierung"), ("german:Regieru*", "Regierung"),
        ("german:Häuse*", "Häuser"), ("german:Verhandlunge*", "Verhandlungen"),
        ("plain:busine*", "business"), ("plain:businesses*", ""),
    ],
)  # fmt: skip
def test_a_beginning_finds_the_words_that_begin_so(begun: Index, query: str, words: str) -> None:
    field = query.partition(":")[0] if ":" in query else "english"
    hits = begun.search(query, limit=None)
    assert {hit.key for hit in hits} == {f"{field}/{word}" for word in words.split()}
    assert all("<mark>" in hit.snippets[field].html for hit in hits)


@each(("beginning", "word"), [("studen", "studenten"), ("studente", "studenten")])
def test_a_beginning_in_a_language_that_doubles_letters(beginning: str, word: str) -> None:
    index = Index.in_memory(Article, language="dutch")
    index.add(Article(id=word, title=word))
    assert [hit.key for hit in index.search(f"{beginning}*")] == [word]


def test_a_beginning_within_a_phrase_finds_its_words() -> None:
    index = Index.in_memory(Article)
    index.add(
        [Article(id="a", title="Small business analysts"), Article(id="b", title="An animal")]
    )
    for query in ('"small busines*"', "small NEAR/2 analys*", '"business analys*"'):
        [hit] = index.search(query)
        assert "<mark>" in hit.snippets["title"].html, query


def test_a_pattern_that_adds_to_the_score_finds_nothing_by_itself(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article)
    index.add(Article(title=title) for title in ("apple berry cherry", "berry", "cherry", "apple"))
    results = index.search("(app* OR ber*) ANDMAYBE che*")
    assert results.total == 3
    assert [hit.document.title for hit in results] == ["apple berry cherry", "berry", "apple"]
