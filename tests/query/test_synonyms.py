"""Files of synonyms are read, and queries are widened by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import Article, SynonymsError
from searchlib.query.notes import Note
from searchlib.query.one_of import OneOf
from searchlib.query.parser import QueryParser
from searchlib.query.synonym_rules import MAX_WORDS, parse_rules, rules_of
from searchlib.query.synonyms import MAX_ADDED, MAX_SYNONYMS, Synonyms
from searchlib.query.tree import (
    And,
    Boost,
    DisjunctionMax,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Verbatim,
    Wildcard,
    Word,
)
from searchlib.schema.models import DocumentSchema
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = DocumentSchema.of(Article)
PARSER = QueryParser(SCHEMA)
FILE = "ceasefire, truce, cease fire\nUN => United Nations\n"


def synonyms(text: str) -> Synonyms:
    return Synonyms(text, SCHEMA)


def widened(query: str | Query, text: str = FILE) -> Query:
    tree = PARSER.parse(query).query if isinstance(query, str) else query
    return synonyms(text).widen(tree, SCHEMA.default_fields)[0]


def one_of(*texts: str, fields: Iterable[str] = ()) -> OneOf:
    return OneOf(tuple(Word(text, tuple(fields)) for text in texts))


def test_lines_say_which_words_find_which() -> None:
    rules = parse_rules(
        "# a comment\n\na, b , c d\r\n  # another\nx,y=>z, w\\, v\\=>\\#\n \\#e => f"
    )
    assert [rule[:3] for rule in rules] == [
        (("a", "b", "c d"), ("a", "b", "c d"), 3),
        (("x", "y"), ("z", "w, v=>#"), 5),
        (("#e",), ("f",), 6),
    ]
    assert rules[0].columns == (1, 4, 8)
    assert parse_rules("") == []


@each(
    ("text", "line", "column", "reason"),
    [
        ("a", 1, 2, "expected another word"),
        ("a, b\n\n  word  ", 3, 7, "expected another word"),
        ("a, , b", 1, 4, "expected a word"),
        ("a, b,", 1, 6, "expected a word"),
        ("=> b", 1, 1, "expected a word"),
        ("a =>", 1, 5, "expected a word"),
        ("a => b => c", 1, 8, "expected one =>"),
        ("a, !!!", 1, 4, "expected a word, got '!!!'"),
        ("a, b\\", 1, 5, "character behind the backslash"),
        ("x, " + "a " * (MAX_WORDS + 1), 1, 4, f"at most {MAX_WORDS} words, got {MAX_WORDS + 1}"),
    ],
)
def test_what_can_not_be_read_is_told_by_line_and_column(
    text: str, line: int, column: int, reason: str
) -> None:
    with pytest.raises(SynonymsError, match=reason) as caught:
        parse_rules(text, "my.txt")
    error = caught.value
    assert (error.source, error.line, error.column) == ("my.txt", line, column)
    assert str(error).startswith(f"my.txt, line {line}, column {column}: ")


def test_a_word_has_so_many_synonyms_at_most() -> None:
    lines = [f"storm => w{n}x" for n in range(MAX_SYNONYMS)]
    assert len(synonyms("\n".join(lines)).of_words("storms", ["body"])) == MAX_SYNONYMS
    with pytest.raises(SynonymsError, match="at most 100 synonyms of 'Storms', got 101") as caught:
        synonyms("\n".join([*lines, "x, y", "  Storms => more"]))
    assert (caught.value.line, caught.value.column) == (MAX_SYNONYMS + 2, 3)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6).map(
    lambda text: f"x{' '.join(text.split())}y"
)


@settings(max_examples=examples(100))
@given(st.dictionaries(words, st.lists(words, min_size=1, max_size=3), max_size=3))
def test_what_is_written_is_read(mapping: dict[str, list[str]]) -> None:
    rules = parse_rules(rules_of(mapping))
    assert {rule.words[0]: list(rule.synonyms) for rule in rules} == mapping


@settings(max_examples=examples(200))
@given(st.text("ab ,=>\\#\n\r!é", max_size=30))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    lines = text.split("\n")
    try:
        places = [(rule.line, column) for rule in parse_rules(text) for column in rule.columns]
    except SynonymsError as error:
        places = [(error.line or 0, error.column or 0)]
    assert all(1 <= column <= len(lines[line - 1]) + 1 for line, column in places)


def test_words_find_each_other_in_any_form() -> None:
    found = synonyms(FILE)
    for form in ("ceasefire", "Ceasefires", "cease-fire", "cease fires"):
        assert set(found.of_words(form, ["body"])) < {"ceasefire", "truce", "cease fire"}
        assert len(found.of_words(form, ["body"])) == 2
    assert found.of_words("un", ["body"]) == ("United Nations",)
    assert found.of_words("united nations", ["body"]) == ()
    assert found.of_words("un", ["source"]) == ()


def test_lines_add_up_and_lead_one_step() -> None:
    found = synonyms("a1, b1\nb1, c1\nc1 => a1")
    assert found.of_words("a1", ["body"]) == ("b1",)
    assert found.of_words("b1", ["body"]) == ("a1", "c1")
    assert found.of_words("c1", ["body"]) == ("b1", "a1")


CEASEFIRE = one_of("ceasefire", "truce", "cease fire")
CEASE_FIRE = DisjunctionMax(
    (
        And((Word("cease"), Word("fire"))),
        OneOf((Phrase("cease fire"), Word("ceasefire"), Word("truce"))),
    )
)
STORM = Word("storm")


@each(
    ("query", "expected"),
    [
        ("ceasefire", CEASEFIRE),
        ("storm", STORM),
        ("ceasefire storm", And((CEASEFIRE, STORM))),
        ("ceasefire OR storm", Or((CEASEFIRE, STORM))),
        ("ceasefire^2", Boost(CEASEFIRE, 2.0)),
        ("title:UN", one_of("UN", "United Nations", fields=["title"])),
        ("cease fire", And((CEASE_FIRE,))),
        ("storm cease fire storm", And((STORM, CEASE_FIRE, STORM))),
        ("cease  fire", And((CEASE_FIRE,))),
        ("cease OR fire", Or((Word("cease"), Word("fire")))),
        ("cease AND fire", And((Word("cease"), Word("fire")))),
        ("cease title:fire", And((Word("cease"), Word("fire", ("title",))))),
        ("cease-fire", one_of("cease-fire", "ceasefire", "truce")),
        ('"cease fire"', OneOf((Phrase("cease fire"), Word("ceasefire"), Word("truce")))),
        ('"cease fire talks"', Phrase("cease fire talks")),
        ('"cease fire"~2', Phrase("cease fire", slop=2)),
        ("storm -truce", And((STORM, Not(Word("truce"))))),
        ("truc*", Prefix("truc")),
        ("source:truce", Term("source", "truce")),
        ("truce NEAR/5 storm", Near((one_of("truce", "ceasefire", "cease fire"), STORM), 5)),
        ('"truce * storm"', Near((Word("truce"), Wildcard("*"), STORM), ordered=True)),
        (Verbatim(Word("truce")), Verbatim(Word("truce"))),
        (And((Word("cease"), Word("fire"))), And((CEASE_FIRE,))),
        (Or((Word("cease"), Word("fire"))), Or((Word("cease"), Word("fire")))),
    ],
)
def test_widening(query: str | Query, expected: Query) -> None:
    assert widened(query) == expected


def test_of_words_any_of_which_will_do_synonyms_are_added() -> None:
    found = widened(PARSER.parse("storm cease fire", "any").query)
    both = OneOf((Phrase("cease fire"), Word("ceasefire"), Word("truce")))
    assert found == Or((STORM, Word("cease"), Word("fire"), both))


def test_the_longest_entry_from_the_left_counts() -> None:
    file = "new york, ny\nnew york city, nyc\nyork => eboracum"
    assert [str(part) for part in widened("new york city hall", file).children()] == [
        "DisjunctionMax((And((Word('new'), Word('york'), Word('city'))), "
        "OneOf((Phrase('new york city'), Word('nyc')))))",
        "Word('hall')",
    ]
    assert widened("york new", file).children()[0] == one_of("york", "eboracum")


def test_a_stop_word_alone_has_no_synonyms() -> None:
    assert widened("who", "WHO, World Health Organization") == Word("who")
    found = widened("world health organization", "WHO, World Health Organization")
    assert Word("WHO") in found.children()[0].children()[1].children()


def test_notes_say_what_was_added() -> None:
    notes = synonyms(FILE).widen(PARSER.parse("UN truce").query, ["body"])[1]
    assert notes == [
        Note("synonym", "UN also finds United Nations", (0, 2)),
        Note("synonym", "truce also finds ceasefire, cease fire", (3, 8)),
    ]


def test_a_query_gets_so_many_synonyms_at_most() -> None:
    file = "storm => " + ", ".join(f"w{n}x" for n in range(MAX_SYNONYMS))
    text = " ".join(["storm"] * (MAX_ADDED // MAX_SYNONYMS + 2))
    found, notes = synonyms(file).widen(PARSER.parse(text).query, ["body"])
    assert [type(part) for part in found.children()].count(OneOf) == MAX_ADDED // MAX_SYNONYMS
    assert [note.kind for note in notes] == ["synonym", "limit"]
