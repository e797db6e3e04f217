"""A query of plain words asks for the same, whether the grammar reads it or what is quicker."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from searchlib.query import And, Or, Phrase, Prefix, Range, Term, Wildcard, Word
from searchlib.query.field_names import FieldNames
from searchlib.query.field_values import SYSTEM_CLOCK
from searchlib.query.grammar import Reading
from searchlib.query.plain import plain_query
from searchlib.query.tree import walk
from searchlib.schema.models import DocumentSchema
from tests.query.small_index import Report

NAMES = FieldNames(DocumentSchema.of(Report))
WORDS = st.one_of(
    st.sampled_from(["AND", "OR", "NOT", "REQUIRE", "or", "near", "NEAR", "to", "storm", "2025"]),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6),
    st.text("aé7_-'’.:/\"(*?\u00a0\n", max_size=4),
    st.text("aÉ北7²*?", min_size=1, max_size=5),
    st.sampled_from(["[2025-01-01 TO 2025-01-31]", "[1 TO 5]", "[5 TO 1]", "[2025-13 TO 2026]"]),
    st.text("[]17-TO* ", min_size=5, max_size=10),
)
FIELDS = st.sampled_from(
    ["", "", "title:", "note:", "source:", "id:", "pages:", "published:", "url:", "b:", ":"]
)
BETWEEN = st.sampled_from([" ", " ", " AND ", " OR ", " OR ", " AND AND ", "  ", "\t"])
PARTS = st.tuples(FIELDS, WORDS, BETWEEN).map("".join)


@given(st.sampled_from(["", "", " "]), st.lists(PARTS, min_size=1, max_size=5), st.booleans())
@example("", ["storm ", "title:flood ", "source:Reuters "], False)
@example("", ["prime ", "OR ", "2025 "], True)
@example("", ["storm OR ", "flood ", "rain "], False)
def test_it_is_read_as_the_grammar_reads_it(blank: str, parts: list[str], in_quotes: bool) -> None:
    quote = '"' * in_quotes
    for whole in (blank + "".join(parts).rstrip(), blank + "".join(parts)):
        text = quote + whole + quote
        query = plain_query(text, NAMES)
        if query is not None:
            reading = Reading(text, NAMES, SYSTEM_CLOCK, lenient=False)
            read = reading.whole(any_word=False)
            assert query == read
            assert [part.span for part in walk(query)] == [part.span for part in walk(read)]
            assert not reading.notes


def test_each_word_has_its_field_and_its_place() -> None:
    query = plain_query("storm title:flood source:Reuters", NAMES)
    assert query == And((Word("storm"), Word("flood", ("title",)), Term("source", "Reuters")))
    assert [part.span for part in walk(query)] == [(0, 32), (0, 5), (12, 17), (25, 32)]


def test_operators_that_are_alike_join_words() -> None:
    storm, flood, ap = Word("storm"), Word("flood", ("title",)), Term("source", "AP")
    assert plain_query("storm AND title:flood source:AP", NAMES) == And((storm, flood, ap))
    query = plain_query("storm OR title:flood OR source:AP", NAMES)
    assert query == Or((storm, flood, ap))
    assert [part.span for part in walk(query)] == [(0, 33), (0, 5), (15, 20), (31, 33)]


def test_a_phrase_has_its_words_as_they_stand() -> None:
    assert plain_query('"prime minister"', NAMES) == Phrase("prime minister")


def test_one_pattern_is_read_as_it_stands() -> None:
    read = {"sto*": Prefix("sto"), "st*m": Wildcard("st*m"), "?torm": Wildcard("?torm")}
    for text, query in read.items():
        found = plain_query(text, NAMES)
        assert found == query
        assert found.span == (0, len(text))


def test_a_range_of_digits_is_one_of_the_words() -> None:
    text = "published:[2025-01-01 TO 2025-01-31] AND storm"
    days, storm = Range("published", "2025-01-01", "2025-01-31"), Word("storm")
    query = plain_query(text, NAMES)
    assert query == And((days, storm))
    assert [part.span for part in walk(query)] == [(0, 46), (10, 36), (41, 46)]
    assert plain_query("pages:[1 TO 5]", NAMES) == Range("pages", "1", "5")
    assert plain_query("storm OR pages:[1 TO 5]", NAMES) == Or((storm, Range("pages", "1", "5")))


def test_what_is_special_is_left_to_the_grammar() -> None:
    special = [
        "", " ", "storm ", "storm  flood", "storm OR flood rain", "OR", "storm or flood", "near",
        "AND storm", "storm AND", "storm AND AND flood", "storm OR flood AND rain", "storm OR",
        "storm OR OR flood", "OR storm OR flood", "storm flood OR", "storm NOT flood", "AND",
        "storm-flood", '"storm"', "title:", ":storm", "title:OR", "a:b", "title:a:b",
        "url:a", "pages:5", "published:2025", "title: storm", "storm : flood", "(storm flood",
        "storm?", "storm**", "*", "storm* flood", "st*m flood", "title:st*m", "st*m:", "title:st*",
        "pages:[5 TO 1]", "published:[2025-13 TO 2026]", "pages:[* TO 5]", "pages:[1 TO 5}",
        "title:[1 TO 5]", "[1 TO 5]", "pages:[1 TO 5", "pages:[1  TO 5]", "pages:[1 TO 5]^2",
        '"storm', '"storm  flood"', '"storm* flood"', '"storm" flood"', '"storm flood"~2',
    ]  # fmt: skip
    assert not any(plain_query(text, NAMES) for text in special)
