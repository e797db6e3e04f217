"""What says nothing in one field is not asked for in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Index, Key, Keyword, Text
from searchlib.analysis import analyze, stop_terms
from searchlib.query import (
    And,
    AndMaybe,
    Boost,
    ConstantScore,
    DisjunctionMax,
    Not,
    Or,
    Phrase,
    Query,
    Require,
    Term,
    Word,
)
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Story(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(language="english")] = ""
    summary: Annotated[str, Text(language="french")] = ""
    text: Annotated[str, Text(language="german")] = ""
    note: Annotated[str, Text(language="english", default=False)] = ""
    tags: Annotated[list[str], Keyword()] = []


STORIES = [
    Story(id="floods", title="Floods on the coast", summary="Les inondations sur la côte",
          text="Die Fluten an der Küste", note="the last word"),
    Story(id="floods-en", title="Floods along the coast road", tags=["the"]),
    Story(id="floods-fr", summary="Des inondations dans les ports de la côte"),
    Story(id="tea", title="A cup", summary="Le thé des Anglais", tags=["tea"]),
    Story(id="paz", title="La Paz on strike", summary="Grève à La Paz"),
    Story(id="die", title="To die on the coast", text="Sterben an der Küste"),
    Story(id="being", title="To be or not to be", summary="Être ou ne pas être"),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index.create(tmp_path_factory.mktemp("stories") / "index", Story)
    index.add(STORIES[:4])
    index.add(STORIES[4:])
    return index


@pytest.fixture(scope="module")
def keys(index: Index) -> Callable[..., set[str]]:
    def search(query: str | Query, **options: Any) -> set[str]:
        results = index.search(query, limit=None, **options)
        assert results.total == len(results)
        return {hit.key for hit in results}

    return search


@each(
    ("query", "expected"),
    [
        ("floods on the coast", {"floods", "floods-en"}),
        ("les inondations", {"floods", "floods-fr"}),
        ("les inondations sur la côte", {"floods", "floods-fr"}),
        ("die Fluten", {"floods"}),
        ("the inondations", {"floods", "floods-fr"}),
        ("die coast", {"floods", "floods-en", "die"}),  # a stop word of the German field
        ("floods AND on AND the AND coast", {"floods", "floods-en"}),
        ("(floods on) (the coast)", {"floods", "floods-en"}),
        ("floods (on the)", {"floods", "floods-en"}),
        ("the^3 floods", {"floods", "floods-en"}),
        ("(the OR les) floods", {"floods", "floods-en"}),
        ("(the^2 OR la)^3 floods", {"floods", "floods-en"}),
        ("floods +the", {"floods", "floods-en"}),
        ("floods REQUIRE the", {"floods", "floods-en"}),
        ("the REQUIRE floods", {"floods", "floods-en"}),
        ("the ANDMAYBE floods", {"floods", "floods-en"}),
        ("floods ANDMAYBE the", {"floods", "floods-en"}),
        ("floods (on REQUIRE the)", {"floods", "floods-en"}),
        ("floods (on ANDMAYBE the)^2", {"floods", "floods-en"}),
        ("floods ((on the) OR (the la))", {"floods", "floods-en"}),
        ("floods (on ANDMAYBE road)", {"floods", "floods-en"}),
        ("(on the) REQUIRE (floods the)", {"floods", "floods-en"}),
        ("floods REQUIRE (on OR the)", {"floods", "floods-en"}),
        ("floods NOT NOT on", {"floods", "floods-en"}),
        ("floods NOT (NOT (on OR the))", {"floods", "floods-en"}),
        ("floods 'the'", {"floods", "floods-en"}),
        ('floods "the"', {"floods", "floods-en"}),
        ('floods "the,"', {"floods", "floods-en"}),
        ("floods NOT the", {"floods", "floods-en"}),  # excluded where it is a word: in "thé"
        ("the coast -die", {"floods", "floods-en"}),  # excluded where it is a word: in English
        ("anglais the", {"tea"}),
        ("coast tags:the", {"floods-en"}),
        ("title:the coast", {"floods", "floods-en", "die"}),
        ("nothing the", set()),
        ("the nothing OR floods", {"floods", "floods-en"}),
    ],
)  # fmt: skip
def test_stop_words_of_one_field_are_required_in_none(
    keys: Callable[..., set[str]], query: str, expected: set[str]
) -> None:
    assert keys(query) == expected


@each(
    ("query", "expected"),
    [
        ("floods on the coast", {"floods", "floods-en", "die", "tea"}),
        ("les inondations", {"floods", "floods-fr"}),
        ("+floods the", {"floods", "floods-en"}),
        ("floods tags:the", {"floods-en"}),
        ("floods paz -la", {"floods", "floods-en"}),
    ],
)
def test_where_any_word_will_do_a_stop_word_counts_where_it_is_a_word(
    keys: Callable[..., set[str]], query: str, expected: set[str]
) -> None:
    assert keys(query, match="any") == expected


@each(
    ("query", "match", "expected"),
    [
        ("the", "all", {"floods", "floods-en", "tea", "die"}),
        ("la", "all", {"floods", "floods-fr", "paz"}),
        ("on the", "all", {"floods", "die"}),
        ("on the", "any", {"floods", "floods-en", "tea", "paz", "die"}),
        ("to be or not to be", "all", {"being"}),
        ("NOT the", "all", {"floods-fr", "paz", "being"}),
        ("NOT NOT the", "all", {"floods", "floods-en", "tea", "die"}),
        ("the^2", "all", {"floods", "floods-en", "tea", "die"}),
        ("the OR sur", "all", {"floods", "floods-en", "tea", "die"}),
        ("the ANDMAYBE on", "all", {"floods", "floods-en", "tea", "die"}),
        ("the REQUIRE on", "all", {"floods", "die"}),
        ('"the"', "all", {"floods", "floods-en", "tea", "die"}),
        ('"the,"', "all", {"floods", "floods-en", "tea", "die"}),
        ("title:the", "all", {"floods", "floods-en", "die"}),
        ("note:the", "all", {"floods"}),
    ],
)
def test_stop_words_count_where_there_is_nothing_else(
    keys: Callable[..., set[str]], query: str, match: str, expected: set[str]
) -> None:
    assert keys(query, match=match) == expected


@each(
    ("query", "expected"),
    [
        ('"on the coast"', {"floods", "die"}),
        ('"floods the coast"', set()),
        ('"la côte"', {"floods", "floods-fr"}),
        ('"les inondations sur la côte"', {"floods"}),
        ('"to be or not to be"', {"being"}),
        ('"on the"', {"floods", "die"}),
        ('floods "on the"', {"floods"}),
        ("on w/1 the", {"floods", "die"}),
        ('"floods coast"~3', {"floods", "floods-en"}),
    ],
)
def test_stop_words_count_in_phrases_and_near_others(
    keys: Callable[..., set[str]], query: str, expected: set[str]
) -> None:
    assert keys(query) == expected


def test_trees_are_compiled_alike(keys: Callable[..., set[str]]) -> None:
    the, floods = Word("the"), Word("floods")
    both = {"floods", "floods-en"}
    for query in (
        And((the, floods)),
        And((Boost(Boost(the, 2.0), 3.0), floods)),
        And((ConstantScore(the), floods)),
        And((DisjunctionMax((the, Word("la"))), floods)),
        And((Or((the, Boost(Word("la"), 2.0))), floods)),
        And((Not(Not(the)), floods)),
        And((Not(Not(Not(Not(Boost(the, 2.0))))), floods)),
        And((Or((And((the, Word("on"))), Not(Not(Word("la"))))), floods)),
        And((Require(the, (Word("on"),)), floods)),
        And((AndMaybe(the, (Word("on"),)), floods)),
        Require(floods, (Or((the, Not(Not(Word("on"))))),)),
        AndMaybe(DisjunctionMax((the, ConstantScore(Word("on")))), (floods,)),
        And((And((the, Word("on"))), floods)),
        And((Phrase("the"), floods)),
        AndMaybe(the, (floods,)),
        AndMaybe(And((the, floods)), (Word("on"),)),
        Require(floods, (the, Word("la"))),
        Require(the, (floods,)),
        Or((And((the, floods)), And((Word("on"), Word("nowhere"))))),
        Boost(And((the, floods)), 2.0),
    ):
        assert keys(query) == both, query
    assert keys(And((Or((the, Word("nowhere"))), floods))) == set()  # one of them is no stop word
    assert keys(And((the, Term("tags", "tea")))) == {"tea"}
    assert keys(And((floods, Not(Word("on"))))) == both


def test_scores_of_stop_words_are_added_where_they_are_words(index: Index) -> None:
    with_it, without = index.search("anglais the"), index.search("anglais")
    assert with_it[0].score > without[0].score
    [floods, _] = index.search("floods the")  # which is said in no French text of these
    assert floods.score == index.search("floods")[0].score


# Any words

LANGUAGES = {"title": "english", "summary": "french", "text": "german"}
VOCABULARY = ["the", "on", "la", "die", "der", "les", "to", "storm", "côte", "Hafen", "not"]
some_words = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4)
some_texts = st.lists(st.sampled_from(VOCABULARY), max_size=5).map(" ".join)
stories = st.lists(st.tuples(some_texts, some_texts, some_texts), min_size=1, max_size=6)


def has(word: str, story: tuple[str, ...], *, stop_words: bool) -> bool:
    """Look for a word in each field, but not where it is a stop word, if these do not count."""
    for text, language in zip(story, LANGUAGES.values(), strict=True):
        [terms] = analyze(word, language)
        if not stop_words and terms[0] in stop_terms(language):
            continue
        if set(terms) & {term for alternatives in analyze(text, language) for term in alternatives}:
            return True
    return False


def is_stop_word(word: str) -> bool:
    return any(
        analyze(word, language)[0][0] in stop_terms(language) for language in LANGUAGES.values()
    )


@given(stories, st.lists(st.tuples(some_words, some_words), min_size=1, max_size=8))
@settings(max_examples=examples(40))
def test_words_are_required_unless_they_are_stop_words_of_any_field(
    tmp_path_factory: pytest.TempPathFactory,
    stories: list[tuple[str, str, str]],
    queries: list[tuple[list[str], list[str]]],
) -> None:
    path: Path = tmp_path_factory.mktemp("any") / "index"
    index = Index.create(path, Story)
    made = (dict(zip(LANGUAGES, story, strict=True)) for story in stories)
    index.add((Story(id=str(n), **texts) for n, texts in enumerate(made)), workers=0)
    for words, others in queries:
        required = [word for word in words if not is_stop_word(word)]
        expected = {
            number
            for number, story in enumerate(stories)
            if all(has(word, story, stop_words=not required) for word in required or words)
        }
        assert {int(hit.key) for hit in index.search(" ".join(words), limit=None)} == expected
        if required:
            excluding = " ".join([*words, *(f"-{word}" for word in others)])
            kept = {
                number
                for number in expected
                if not any(has(word, stories[number], stop_words=False) for word in others)
            }
            assert {int(hit.key) for hit in index.search(excluding, limit=None)} == kept


class Plain(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2.0)] = ""
    body: Annotated[str, Text()] = ""
    note: Annotated[str, Text(language="french", default=False)] = ""


@pytest.mark.parametrize("model", [Plain, Story])
def test_a_plain_word_is_what_any_word_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: type[BaseModel]
) -> None:
    """Where all default fields have one language, its terms are found in fewer steps."""
    index: Index[Any] = Index.create(tmp_path / "index", model)
    index.add(model(id="1", title="The Storm of 1987"))
    leaves: Any = index._searcher._compiler._leaves
    assert (leaves.default_group is None) == (model is Story)
    texts = ["storm", "Storms", "THE", "of", "1987", "x", "café", "covid19", "running", "nothing"]
    words = [Word(text, fields) for text in texts for fields in ((), ("title",))]
    options = [(keep, verbatim) for keep in (False, True) for verbatim in (False, True)]

    def made() -> list[Any]:
        found = [leaves._new_word(word, 2.0, *how) for word in words for how in options]
        return [one and (type(one), one.describe(), getattr(one, "key", None)) for one in found]

    as_usual = made()
    monkeypatch.setattr(leaves, "default_group", None)
    assert made() == as_usual
