"""Misspelt words find the right one, whatever the stemmer takes off it."""

import pytest

from searchlib import Article, Index
from searchlib.analysis import terms_of
from searchlib.query import Fuzzy
from searchlib.query.similar_stems import stems_of_similar
from searchlib.whoosh_compat import to_whoosh
from tests.tables import each

WORDS = {
    "english": [
        "president", "elections", "government", "ministers", "operation", "parliament", "flooded",
        "inflation", "terrorists", "development", "negotiations", "Milosevic", "Andrew",
    ],
    "french": ["présidente", "élections", "gouvernement", "inondations", "négociations"],
    "german": ["Wahlen", "Regierungen", "Überschwemmung", "Verhandlungen"],
    "spanish": ["elecciones", "gobierno", "inundaciones", "presidente"],
    "russian": ["правительство", "выборами", "наводнения", "президентский"],
    None: ["presidents", "elections"],
}  # fmt: skip


def slips(word: str) -> list[str]:
    """Leave out, double, or swap one letter of a word, at all places but the first."""
    places = range(1, len(word) - 1)
    return [
        *(word[:place] + word[place + 1 :] for place in places),
        *(word[:place] + word[place] + word[place:] for place in places),
        *(word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in places),
    ]


@pytest.mark.parametrize("language", WORDS)
def test_nearly_every_slip_in_a_word_is_found(language: str | None) -> None:
    index = Index.in_memory(Article, language=language or "english")
    if language is None:
        index = Index.in_memory(Article, language="sesotho")  # which leaves these words alone
    index.add(Article(id=word, title=word) for word in WORDS[language])
    tried = [(word, slip) for word in WORDS[language] for slip in slips(word)]
    missed = [
        (word, slip)
        for word, slip in tried
        if word not in {hit.key for hit in index.search(Fuzzy(slip), limit=None)}
    ]
    assert len(missed) * 40 < len(tried), missed  # as "parliamment", which the stemmer shortens


def test_the_hit_is_marked() -> None:
    index = Index.in_memory(Article)
    index.add([Article(id="a", title="The president spoke"), Article(id="b", title="A resident")])
    [hit] = index.search("presidnet~")
    assert hit.snippets["title"].html == "The <mark>president</mark> spoke"
    assert [hit.key for hit in index.search('the NEAR/3 "spoke" presidnet~')] == ["a"]
    assert [hit.key for hit in index.search(to_whoosh(Fuzzy("presidnet"), index.schema))] == ["a"]


def test_what_must_be_right_at_the_beginning_is() -> None:
    assert "presid" in stems_of_similar("presidnet", "english", 0)
    assert "presid" not in stems_of_similar("presidnet", "english", 8)


@each("word", ["nato", "2025ing", "a" * 40, "u.s", ""])
def test_no_stems_of_what_has_no_ending(word: str) -> None:
    assert stems_of_similar(word, "english", 0) == ()
    assert stems_of_similar("elction", None, 0) == ()


def test_stems_that_are_as_similar_as_the_words_are_left_to_the_comparison() -> None:
    stem = terms_of("english")
    assert stem("goverment")[0] == "gover"  # one letter from "govern"
    assert "govern" not in stems_of_similar("goverment", "english", 0)


@each(
    ("slip", "word"),
    [("paly", "play"), ("balde", "blade"), ("golbe", "globe"), ("stlye", "style")],
)
def test_a_word_one_edit_away_is_found_whatever_its_stem(slip: str, word: str) -> None:
    index = Index.in_memory(Article)
    index.add([Article(id=word, title=f"The {word}"), Article(id="other", title="Elections")])
    [hit] = index.search(f"{slip}~")
    assert hit.snippets["title"].html == f"The <mark>{word}</mark>"


def test_no_edit_is_the_stem_alone() -> None:
    index = Index.in_memory(Article)
    index.add(Article(id=word, title=word) for word in ("play", "plays", "pla"))
    assert {hit.key for hit in index.search(Fuzzy("plays", edits=0))} == {"play", "plays"}
