"""A query string is cut into the same pieces, whether it is read as plain words or by all rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchlib.query.lexer import END, Token, tokens

PLAIN = st.one_of(
    st.sampled_from(["AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE", "and", "NEAR", "W", "2"]),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6),
    st.text("aé7_-'’.", min_size=1, max_size=6),
)
NAMES = st.sampled_from(["title", "été", "x1", "1x", "²", "AND", "a:b", "", "unknown"])
SPECIAL = st.text("a1:/<≥：\u00a0\"'([]*-+|&.,~^", max_size=4)
WORDS = st.one_of(PLAIN, st.tuples(NAMES, st.one_of(PLAIN, SPECIAL)).map(":".join), SPECIAL)
WORDS_OF_A_QUERY = st.lists(st.tuples(WORDS, st.sampled_from([" ", "  ", ""]))).map(
    lambda parts: "".join(word + blank for word, blank in parts)
)


FIELDS = frozenset({"title", "été", "x1", "²", "AND"})


def is_field(name: str, behind: str) -> bool:
    return name.rstrip(": ") in FIELDS or (name == "1x:" and behind != "W")


@given(st.sampled_from(["", " "]), WORDS_OF_A_QUERY)
def test_plain_words_are_cut_as_the_rules_cut_them(blank: str, words: str) -> None:
    text = blank + words
    by_rules = tokens(text + 1_000 * " ", FIELDS, is_field, 1_000)
    assert tokens(text, FIELDS, is_field, 1_000) == by_rules


def test_no_more_pieces_are_looked_for_than_are_read() -> None:
    pieces = tokens("storm title:flood OR rain", FIELDS, is_field, 3)
    assert [piece.text for piece in pieces] == ["storm", "title:", "flood", "OR", ""]


def test_plain_words_have_their_places() -> None:
    assert tokens(" storm  OR title:flood2", FIELDS, is_field, 4_000) == [
        Token("plain", "storm", 1, 6),
        Token("operator", "OR", 8, 10),
        Token("field", "title:", 11, 17),
        Token("plain", "flood2", 17, 23),
        END,
    ]
