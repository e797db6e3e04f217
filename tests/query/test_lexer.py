"""A query string is cut into the same pieces, whether it is read as bare words or by all rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchlib.query.lexer import Token, tokens

WORDS = st.one_of(
    st.sampled_from(["AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE", "and", "NEAR", "W", "2"]),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6),
)
BARE = st.lists(st.tuples(WORDS, st.sampled_from([" ", "  ", "   "]))).map(
    lambda parts: "".join(word + blank for word, blank in parts)
)


def no_field(_: str, __: str) -> bool:
    return False


@given(st.sampled_from(["", " "]), BARE, st.sampled_from([3, 4_000]))
def test_bare_words_are_cut_as_the_rules_cut_them(blank: str, words: str, most: int) -> None:
    text = blank + words
    by_rules = tokens(text + ",", no_field, 4_000)[:-2] if text.endswith(" ") else []
    end = Token("end", "", len(text), len(text))
    assert tokens(text, no_field, most) == [*by_rules[: most + 1], end]


def test_bare_words_have_their_places() -> None:
    assert tokens(" storm  OR flood2", no_field, 4_000) == [
        Token("plain", "storm", 1, 6),
        Token("operator", "OR", 8, 10),
        Token("plain", "flood2", 11, 17),
        Token("end", "", 17, 17),
    ]
