"""Patterns match the same where the groups of a Python give nothing back, and where they may."""

import re
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchlib.analysis import tokens
from searchlib.analysis.possessive import compile_possessive, without_possessive_groups
from searchlib.articles import conversion
from searchlib.query import lexer

PATTERNS = {
    "tokens": (tokens.TOKEN_PATTERN, 0),
    "tokens of ASCII": (tokens._ASCII_WORD, 0),
    "tokens of Latin letters": (tokens._LATIN_WORD, 0),
    "numbers with dots": (tokens._DOTTED_NUMBER, 0),
    "queries": (lexer._RULES, re.VERBOSE),
    "lists of labels": (conversion._QUOTED_LIST.pattern, 0),
}
TEXTS = st.text(
    st.sampled_from(
        "abI \u00e9\u0301\u00e4_.,'\"\\0012345\u00a0\u2019\u202f\u00ad\u200b&|()[]{}^~:<>=-+!?/*"
        "\u0631\u064e\u0661\u066b\u066c\u0e01\u0e4d\u0e32\u1100\u1161\u11a8\uac00\u4e2d"
    ),
    max_size=40,
)


@pytest.mark.skipif(
    sys.version_info < (3, 11, 5), reason="this Python gets possessive groups wrong"
)
@pytest.mark.parametrize("name", PATTERNS)
@given(TEXTS)
@example("u.s.-led a.b. x_ _y_")
@example("1,234,567,8 1.234.567. 12,34,567,")
@example('"a b"~2. (flood OR x.y.)^2.5! a&b&&c published:>2025')
@example("['a', \"b\\\"c\" , 'd\\']")
def test_the_same_is_matched_without_possessive_groups(name: str, text: str) -> None:
    pattern, flags = PATTERNS[name]
    other = without_possessive_groups(pattern)
    assert other != pattern
    found, also = (
        [match.span() for match in re.finditer(one, text, flags)] for one in (pattern, other)
    )
    assert found == also


def test_only_groups_are_changed() -> None:
    assert without_possessive_groups(r"(?:a*+\)?+|b++){2,3}+(?:c)++(d)?+\)*+") == (
        r"(?:a*+\)?+|b++){2,3}(?:c)+(d)?\)*+"
    )


def test_a_try_that_fails_half_way_consumes_nothing() -> None:
    found = compile_possessive(r"[a-z]++(?:-[a-z]++)*+").match("ab-c-d--e")
    assert found is not None
    assert found.group() == "ab-c-d"
