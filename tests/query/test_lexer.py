"""A query string is cut into the same pieces, whether it is read as bare words or by all rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchlib.query.lexer import Token, tokens

PLAIN = st.one_of(
    st.sampled_from(["AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE", "and", "NEAR", "W", "2"]),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6),
)
NAMES = st.sampled_from(["title", "été", "x1", "1x", "²", "AND", "a:b", "", "unknown"])
WORDS = st.one_of(PLAIN, st.tuples(NAMES, st.one_of(PLAIN, st.just(""))).map(":".join))
BARE = st.lists(st.tuples(WORDS, st.sampled_from([" ", "  ", "   "]))).map(
    lambda parts: "".join(word + blank for word, blank in parts)
)


def is_field(name: str, behind: str) -> bool:
    return name.rstrip(": ") in ("title", "été", "x1", "1x", "²", "AND") and behind != "W"


@given(st.sampled_from(["", " "]), BARE, st.sampled_from([3, 4_000]))
def test_bare_words_and_fields_are_cut_as_the_rules_cut_them(
    blank: str, words: str, most: int
) -> None:
    text = blank + words
    by_rules = tokens(text + ",", is_field, 4_000)[:-2] if text.endswith(" ") else []
    end = Token("end", "", len(text), len(text))
    assert tokens(text, is_field, most) == [*by_rules[: most + 1], end]


def test_bare_words_have_their_places() -> None:
    assert tokens(" storm  OR title:flood2", is_field, 4_000) == [
        Token("plain", "storm", 1, 6),
        Token("operator", "OR", 8, 10),
        Token("field", "title:", 11, 17),
        Token("plain", "flood2", 17, 23),
        Token("end", "", 23, 23),
    ]
