"""The end of a query that is being typed is found as the query will be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchlib import Article
from searchlib.query.field_names import FieldNames
from searchlib.query.lexer import hide_escapes, label_text, literal, quoted, tokens
from searchlib.query.parser import QueryParser
from searchlib.query.tree import Term
from searchlib.schema.models import DocumentSchema
from tests.tables import each

PARSER = QueryParser(DocumentSchema.of(Article))


@each(
    ("text", "before", "words", "ending"),
    [
        ("storm da", "", "storm da", ""),
        ("storm ", "", "storm ", ""),
        ("-sto", "-", "sto", ""),
        ("-oil pr", "-oil ", "pr", ""),
        ("-oil storm da", "-oil ", "storm da", ""),
        ("(sto", "(", "sto", ")"),
        ("a (b OR (sto", "a (b OR (", "sto", "))"),
        ("(a) sto", "(a) ", "sto", ""),
        ('"oil pr', '"', "oil pr", '"'),
        ('(x "oil pr', '(x "', "oil pr", '")'),
        ("“oil pr", "“", "oil pr", '"'),
        ("source:ha", "source:", "ha", ""),
        ("source:", "source:", "", ""),
        ("title:oil pr", "title:oil ", "pr", ""),
        ("oil OR pr", "oil OR ", "pr", ""),
        ("oil OR gas pr", "oil OR gas ", "pr", ""),
        ("oil AND ", "oil AND ", "", ""),
        ("company's", "", "company's", ""),
        (r"oil \(pr", "", "oil (pr", ""),
    ],
)
def test_what_is_before_and_behind(text: str, before: str, words: str, ending: str) -> None:
    at = PARSER.unfinished(text)
    assert at is not None
    assert (text[: at.first], at.words, at.ending) == (before, words, ending)


@each("text", ["(oil)", '"oil"', "sto*", "st?rm", "sto~", "[1 TO 2]", '"a" "b"', "a\\"])
def test_no_word_goes_on_behind_what_is_whole(text: str) -> None:
    assert PARSER.unfinished(text) is None


@each(
    ("text", "name", "is_bound"),
    [
        ("oil", None, False),
        ("title:oi", "title", True),
        ("title:(oil pr", "title", False),
        ("title:(oil) pr", None, False),
        ("title:oil pr", None, False),
        ('source:"ha', "source", True),
        ("-source:ha", "source", True),
        ("title:-oi", "title", True),
        ("oil AND pr", None, True),
        ("oil NEAR/3 pr", None, True),
    ],
)
def test_which_field_is_meant(text: str, name: str | None, is_bound: bool) -> None:
    at = PARSER.unfinished(text)
    assert at is not None
    assert (at.spec and at.spec.name, at.is_bound) == (name, is_bound)


@given(st.text('ab "()\\:-“', max_size=12))
def test_what_is_closed_has_nothing_open(text: str) -> None:
    closed = PARSER.closed(text)
    assert closed.startswith(text)
    assert PARSER.closed(closed) == closed


@given(st.text(max_size=12) | st.text('a"\\*?“” \n−1\u00a0', max_size=12))
def test_a_quoted_text_is_read_as_it_is(text: str) -> None:
    names = FieldNames(DocumentSchema.of(Article))
    pieces = tokens(hide_escapes(quoted(text)), names.bare, names.is_meant, 10)
    assert [piece.kind for piece in pieces] == ["phrase", "end"]
    assert literal(pieces[0].text[1:-1]) == text


@each(
    "label",
    ["AP", "AND", "Harbour News", 'AP: "x" OR *', "back\\", "“x”", "-3", "a?b", "a\nb", "²"],
)
def test_a_label_is_read_as_it_is(label: str) -> None:
    query = PARSER.parse(f"source:{label_text(label)}").query
    assert query == Term("source", label)
