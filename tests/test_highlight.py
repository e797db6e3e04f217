"""The right passage, the right marks, and nothing but marks in the html."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as wq

from searchlib import Article, Snippet, SnippetOptions
from searchlib.analysis import tokenize, tokens
from searchlib.highlight import FieldText, Highlighter, sentences, texts, words
from searchlib.query import Query
from searchlib.query.parser import QueryParser
from searchlib.schema.models import DocumentSchema
from searchlib.whoosh_compat.queries import from_whoosh
from tests.tables import each

SCHEMA = DocumentSchema.of(Article)
PARSER = QueryParser(SCHEMA)


def tree_of(query: str | wq.Query) -> Query:
    return PARSER.parse(query).query if isinstance(query, str) else from_whoosh(query, SCHEMA)


def highlighter_of(query: str | wq.Query, **options: Any) -> Highlighter:
    return Highlighter(tree_of(query), SCHEMA.fields["body"], **options)


def snippet(query: str | wq.Query, text: str, **options: object) -> Snippet:
    return highlighter_of(query).snippet(FieldText(text), SnippetOptions(**options))  # type: ignore[arg-type]


def marked(query: str | wq.Query, text: str, **options: object) -> list[str]:
    found = snippet(query, text, **options)
    return [found.text[start:end] for start, end in found.spans]


TEXT = "Peace talks were held; the peace was near. Talks of a talk about peace-talks, he said."


@each(
    ("query", "marks"),
    [
        ("talk", ["talks", "Talks", "talk", "talks"]),
        ('"peace talks"', ["Peace talks", "peace-talks"]),
        ('"near talks"', ["near. Talks"]),
        ('"peace near"~2', ["peace", "near"]),
        ("peac*", ["Peace", "peace", "peace"]),
        ("ta?k", ["talks", "Talks", "talk", "talks"]),
        ("title:talk", []),
        ("held NOT peace", ["held"]),
        ("held ANDNOT talks", ["held"]),
        ("held ANDMAYBE near", ["held", "near"]),
        (wq.FuzzyTerm("body", "peax"), ["Peace", "peace", "peace"]),
        (wq.Regex("body", "h.l"), ["held"]),
        (wq.TermRange("body", "he", "hell"), ["held", "he"]),
        (wq.TermRange("body", "he", "held", startexcl=True, endexcl=True), []),
        (wq.Variations("body", "talk"), ["talks", "Talks", "talk", "talks"]),
        (wq.Term("body", b"talk"), ["talks", "Talks", "talk", "talks"]),
        (wq.Regex("body", ".*"), []),
        (wq.Every("body"), []),
        ("*", []),
        (wq.Not(wq.Not(wq.Term("body", "held"))), ["held"]),
        (wq.AndNot(wq.Term("body", "held"), wq.Not(wq.Term("body", "near"))), ["held", "near"]),
        (wq.DisjunctionMax([wq.Term("body", "held"), wq.Term("body", "near")]), ["held", "near"]),
        (wq.ConstantScoreQuery(wq.Term("body", "held")), ["held"]),
        (wq.Require(wq.Term("body", "held"), wq.Term("title", "near")), ["held"]),
        (wq.Otherwise(wq.Term("body", "held"), wq.Term("body", "near")), ["held", "near"]),
    ],
)
def test_what_was_asked_for_is_marked(query: str | wq.Query, marks: list[str]) -> None:
    assert marked(query, TEXT) == marks


def term(word: str, field: str = "body") -> wq.Term:
    return wq.Term(field, word)


@each(
    ("query", "marks"),
    [
        (wq.SpanNear(term("c"), term("d")), ["c d"]),
        (wq.SpanNear(term("d"), term("a"), slop=2), ["d", "a"]),
        (wq.SpanNear(term("a"), term("c"), slop=2, ordered=False), ["a", "c", "a", "c", "a"]),
        (wq.SpanNear(term("a"), term("b", "title")), []),
        (wq.SpanNear2([term("a"), term("b"), term("c")]), ["a b c", "a b c"]),
        (wq.SpanOr([wq.SpanNear(term("c"), term("d")), term("e")]), ["c d", "e"]),
        (wq.SpanNot(term("a"), wq.SpanNear(term("x"), term("a"))), ["a", "a", "a"]),
        (wq.SpanFirst(term("b"), limit=2), ["b", "b"]),
        (wq.SpanContains(wq.SpanNear(term("a"), term("d"), slop=3), term("c")), ["a", "d"]),
        (wq.SpanBefore(term("b"), term("d")), ["b", "d", "b"]),
        (wq.SpanCondition(term("d"), term("a")), ["d"]),
        (wq.Sequence([term("c"), term("d")]), ["c d"]),
        (wq.Ordered([term("d"), term("e")]), ["d", "e"]),
        (wq.Sequence([term("a"), wq.Or([term("b"), wq.Prefix("body", "x")])]), ["a b", "a b"]),
        (wq.And([wq.SpanNear(term("c"), term("d")), wq.Not(term("a"))]), ["c d"]),
    ],
)
def test_words_near_each_other_are_marked_where_they_are(query: wq.Query, marks: list[str]) -> None:
    assert marked(query, "a b c d x a b c e a") == marks


@each(
    ("query", "text", "marks"),
    [
        ('"x y"~2', "x x y", ["x", "x y"]),
        ('"x y z"~2', "x x y q z y z", ["x", "x y", "z"]),
        ('"x y"~2', "x q q y x", []),
        ('"x y x"', "x y x y x", ["x y x", "y x"]),
        ('"x x"', "x x x", ["x x", "x"]),
        ('"x y" OR y', "y x y", ["y", "x y"]),
        ('"New York"', "New-York, New.\n\nYork", ["New-York", "New.\n\nYork"]),
    ],
)
def test_all_occurrences_of_a_phrase_are_marked(query: str, text: str, marks: list[str]) -> None:
    assert marked(query, text) == marks


def test_no_phrase_reaches_from_one_value_to_the_next() -> None:
    highlighter = highlighter_of('"peace talks"')
    found = highlighter.snippet(FieldText(["a peace", "talks on peace talks"]), SnippetOptions())
    assert found.text == "a peace\n\ntalks on peace talks"
    assert [found.text[a:b] for a, b in found.spans] == ["peace talks"]


@each("slop", [99, 100, 101, 150])
def test_a_phrase_reaches_to_the_next_value_where_the_index_has_it_so(slop: int) -> None:
    highlighter = highlighter_of(wq.Phrase("body", ["peac", "talk"], slop=slop))
    found = highlighter.snippet(FieldText(["peace", "", "talks"]), SnippetOptions())
    assert bool(found.spans) is (slop > 100)


def test_the_html_is_escaped_and_the_marks_can_be_chosen() -> None:
    found = snippet("talks", '<b>Talks</b> & "talks"', before="[", after="]")
    assert found.html == "&lt;b&gt;[Talks]&lt;/b&gt; &amp; &quot;[talks]&quot;"
    assert found.text == '<b>Talks</b> & "talks"'


SENTENCES = (
    "The U.S. delegation arrived first. Mr. J. Smith of the F.A.O. spoke of grain. "
    "Later a ceasefire was mentioned by Gen. Orlov in passing. Nobody answered him. "
    "Then the ceasefire and the grain corridor were agreed on. Everyone went home."
)


def test_the_passage_with_most_different_words_is_chosen_and_begins_with_a_sentence() -> None:
    found = snippet("ceasefire grain", SENTENCES, max_chars=80)
    assert (
        found.text
        == "…Then the ceasefire and the grain corridor were agreed on. Everyone went home."
    )


def test_abbreviations_end_no_sentence() -> None:
    found = snippet("passing", SENTENCES, max_chars=70)
    assert found.text == "…Later a ceasefire was mentioned by Gen. Orlov in passing.…"


def test_without_a_match_the_snippet_is_the_beginning() -> None:
    found = snippet("zebra", SENTENCES, max_chars=40)
    assert found.text == "The U.S. delegation arrived first.…"
    assert found.spans == ()


def test_a_long_sentence_is_cut_between_words_around_the_match() -> None:
    text = "alpha beta " * 60 + "needle " + "gamma delta " * 60
    found = snippet("needle", text, max_chars=60)
    assert [found.text[a:b] for a, b in found.spans] == ["needle"]
    assert set(found.text.strip("…").split()) <= {"alpha", "beta", "needle", "gamma", "delta"}
    assert len(found.text) <= 60


FAR_APART = (
    "Envoys met in Vienna for talks. " + "The weather was fine and nothing happened. " * 12
    + "At night a ceasefire was signed. " + "Everyone went home and slept well. " * 9
)  # fmt: skip


def test_the_opening_sentences_are_shown_if_they_have_everything() -> None:
    text = "Envoys met in Vienna. Talks went on. " + FAR_APART
    assert (
        snippet("envoys talks", text, max_chars=60).text == "Envoys met in Vienna. Talks went on.…"
    )


def test_one_passage_with_everything_is_better_than_two() -> None:
    rarity = {"grain": 1.0, "ceasefir": 9.0}
    text = "A ceasefire. " + "Nothing happened. " * 9 + "Some grain of the ceasefire. " + FAR_APART
    highlighter = highlighter_of("grain ceasefire", weigh=rarity.__getitem__)
    found = highlighter.snippet(FieldText(text), SnippetOptions(max_chars=100))
    assert [found.text[start:end] for start, end in found.spans] == ["grain", "ceasefire"]


def test_terms_far_apart_are_shown_in_two_passages() -> None:
    found = snippet("talks ceasefire", FAR_APART, max_chars=100)
    first, second = found.text.split(" … ")
    assert first.startswith("Envoys met in Vienna for talks.")
    assert second.startswith("At night a ceasefire was signed.")
    assert second.endswith("…")
    assert marked("talks ceasefire", FAR_APART, max_chars=100) == ["talks", "ceasefire"]
    assert len(found.text) <= 100


def test_one_passage_is_enough_where_it_shows_all_or_is_all_that_is_wanted() -> None:
    assert " … " not in snippet("ceasefire signed", FAR_APART).text
    alone = snippet("talks ceasefire", FAR_APART, max_chars=100, max_passages=1)
    assert " … " not in alone.text
    assert len(alone.spans) == 1


def test_the_rarer_term_is_shown_where_only_one_can_be() -> None:
    rarity = {"talk": 1.0, "ceasefir": 3.0}
    query = "talks ceasefire"
    options = SnippetOptions(max_chars=60, max_passages=1)
    found = highlighter_of(query, weigh=rarity.__getitem__).snippet(FieldText(FAR_APART), options)
    assert found.text == "…At night a ceasefire was signed.…"


def test_a_match_in_the_last_sentence_is_shown_with_those_before_it() -> None:
    text = "Nothing. " * 40 + "The envoys met. They left again. A ceasefire was signed."
    found = snippet("ceasefire", text, max_chars=68)
    assert found.text == "…Nothing. The envoys met. They left again. A ceasefire was signed."


def test_a_field_is_shown_whole_on_request() -> None:
    highlighter = highlighter_of("ceasefire")
    found = highlighter.snippet(FieldText(FAR_APART), SnippetOptions(max_chars=20), whole=True)
    assert found.text == FAR_APART.rstrip()
    assert [found.text[a:b] for a, b in found.spans] == ["ceasefire"]


def test_a_text_that_was_shown_before_may_be_shown_at_another_length() -> None:
    text = FieldText(FAR_APART)
    highlighter = highlighter_of("envoys")
    for max_chars in (60, 100, 60):
        options = SnippetOptions(max_chars=max_chars)
        fresh = highlighter.snippet(FieldText(FAR_APART), options)
        assert highlighter.snippet(text, options) == fresh
        assert max_chars // 2 <= len(fresh.text) <= max_chars


def test_a_text_that_fits_stays_whole() -> None:
    text = "x" * 7 + " talks " + "y" * 26
    assert snippet("talks", text, max_chars=40).text == text
    assert snippet("talks", text, max_chars=39).text != text


def test_a_phrase_longer_than_the_snippet_is_marked_as_far_as_it_is_shown() -> None:
    text = "So he met Polish Prime Minister Donald Tusk of all people. " * 2
    found = snippet('"polish prime minister donald tusk"', text, max_chars=24)
    assert [found.text[a:b] for a, b in found.spans] == ["Polish Prime Minister"]
    assert found.text == "…Polish Prime Minister…"


def test_words_of_scripts_without_blanks_are_cut_between_words() -> None:
    found = snippet("北京", "他们说话很多" * 30 + "北京" + "今天天气好" * 30, max_chars=30)
    assert [found.text[a:b] for a, b in found.spans] == ["北京"]
    assert len(found.text) <= 30


def test_long_texts_are_read_within_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "READING_SECONDS", 0.0)
    text = "talks go on. " * 100 + "Peace talks go on. " + "talks go on. " * 3000
    for query in ("peace talks", wq.Or([wq.Regex("body", "peac"), wq.Prefix("body", "talk")])):
        found = snippet(query, text)
        assert "<mark>Peace</mark> <mark>talks</mark>" in found.html
    late = text * 2 + "The needle."
    assert snippet(wq.Regex("body", "needl"), late).spans == ()


def test_a_match_at_the_end_of_a_very_long_text_is_found() -> None:
    text = "Envoys met in Vienna, and nothing came of it. " * 20_000 + "A ceasefire was signed."
    assert snippet("ceasefire", text).html.endswith("A <mark>ceasefire</mark> was signed.")


def test_how_words_are_told_in_a_text_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0

    def token_pattern(text: str) -> re.Pattern[str]:
        nonlocal looked_at
        looked_at += len(text)
        return tokens.token_pattern(text)

    for module in (texts, words, sentences):
        monkeypatch.setattr(module, "token_pattern", token_pattern)
    text = "Café owners were found in Vienna, and no one was. " * 2_000
    assert len(highlighter_of('"ceasefire was found"~9').marks(FieldText(text))) == 0
    assert snippet('"was found"', text, max_chars=60).html
    assert looked_at < 3 * len(text)


@pytest.mark.parametrize("gap", ["", "x " * 700, "é "])
def test_a_phrase_in_a_very_long_text_is_found_wherever_it_is(gap: str) -> None:
    filler = "Was a man in Vienna found? Nothing was. "
    for shift in (0, 30, 65_520, 65_536, 131_060, 140_000):
        text = ("z " * shift)[:shift] + gap + " a ceasefire was found. " + filler * 4_000
        assert marked('"ceasefire was found"', text, max_chars=60) == ["ceasefire was found"], shift


@pytest.mark.parametrize(
    ("query", "marks"),
    [
        (wq.FuzzyTerm("body", "ceesefir"), ["ceasefire"]),
        (wq.Wildcard("body", "c*sefir"), ["ceasefire"]),
        (wq.Phrase("body", ["was", "in", "a"]), ["was in a"]),
        (wq.Phrase("body", ["was", "in", "ceasefir"], slop=2), ["was in", "ceasefire"]),
    ],
)
def test_what_many_words_begin_like_is_found_in_a_very_long_text(
    query: wq.Query, marks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "MOST_WORDS", 100)
    monkeypatch.setattr(words, "READING_SECONDS", 60)  # however slow the machine is
    filler = "Was a cat in Vienna cosy? A cow was not in a city. "
    text = filler * 6_000 + "Vienna was in a ceasefire. " + filler * 6_000
    assert marked(query, text, max_chars=60, max_passages=1) == marks


def test_of_very_many_words_the_first_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MOST_WORDS", 100)
    monkeypatch.setattr(words, "READING_SECONDS", 60)
    for query in ("talk", wq.Regex("body", "talk")):
        marks = highlighter_of(query).marks(FieldText("talks " * 50_000))
        assert 100 <= len(marks) < 20_000
        assert [mark.start for mark in marks[:3]] == [0, 6, 12]


def test_very_long_words_with_accents_do_not_hang() -> None:
    text = ("a" * 20 + "é") * 300_000
    assert snippet("peace", text).spans == ()
    assert snippet("peace", "peace " + text).spans == ((0, 5),)


def test_a_snippet_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        SnippetOptions(max_chars=5)
    with pytest.raises(ValueError, match="max_passages to be a whole number of at least 1"):
        SnippetOptions(max_passages=0)
    with pytest.raises(ValueError, match="a quarter of 20 characters"):
        SnippetOptions(max_chars=20, ellipsis=" [...] ")


class TextAndMarks(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.marks = "", set[str](), list[tuple[int, int]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.start = len(self.text)

    def handle_endtag(self, tag: str) -> None:
        self.marks.append((self.start, len(self.text)))

    def handle_data(self, data: str) -> None:
        self.text += data


PIECES = st.sampled_from(
    ["peace", "talks", " ", ". ", "\n\n", "<script>", "</mark>", "&amp;", "&", '"', "'", "é", "م",
     "\u202e", "U.S.", "北", "\u0301", "&#60;b&#62;", "<!--", "]]>", "\x00", "\x01", "\x02",
     "\x1b[0m", "\x7f", "\x85", "\u2066", "שלום", "<a href='x' onclick=\"y\">", "&lt", "’", "\t"]
)  # fmt: skip
ALPHABET = st.characters(exclude_categories=["Cs"])
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


@given(
    st.one_of(st.text(ALPHABET, max_size=300), st.lists(PIECES, max_size=150).map("".join)),
    st.sampled_from(
        ["peace", '"peace talks"', "peace OR talk", "t*", "北", "é", '"peace talks"~3']
    ),
    st.integers(20, 100),
    st.integers(1, 3),
)
def test_html_text_and_spans_say_the_same(
    text: str, query: str, max_chars: int, max_passages: int
) -> None:
    found = snippet(query, text, max_chars=max_chars, max_passages=max_passages)
    parsed = TextAndMarks()
    parsed.feed(found.html)
    parsed.close()
    assert parsed.text == CONTROL.sub("\ufffd", found.text)  # a control character does nothing
    assert parsed.tags <= {"mark"}
    assert tuple(parsed.marks) == found.spans
    assert all(start < end for start, end in found.spans)
    assert all(piece in text for piece in found.text.strip("…").split(" … "))
    assert len(found.text) <= max_chars


@given(st.lists(PIECES, max_size=150).map("".join), st.integers(20, 100), st.integers(1, 3))
def test_no_word_is_cut_that_fits(text: str, max_chars: int, max_passages: int) -> None:
    found = snippet("peace OR talk", text, max_chars=max_chars, max_passages=max_passages)
    tokens = set(tokenize(text))
    if max(map(len, tokens), default=0) <= 18:
        pieces = found.text.strip("…").split(" … ")
        assert {token for piece in pieces for token in tokenize(piece)} <= tokens


@given(
    st.lists(PIECES, max_size=150).map("".join),
    st.sampled_from(["peace", "peace OR talk", "peace talk title:zebra"]),
    st.integers(20, 100),
)
def test_no_more_of_a_text_is_read_than_the_snippet_needs(
    text: str, query: str, max_chars: int
) -> None:
    found = snippet(query, text, max_chars=max_chars)
    with pytest.MonkeyPatch.context() as patch:
        find = words.WordFinder.find
        patch.setattr(words.WordFinder, "find", lambda self, text, *_: find(self, text))
        assert snippet(query, text, max_chars=max_chars) == found
