"""What holds for any query string: it is read or refused with a place, soon, and can be run."""

from __future__ import annotations

import re
import sys
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib import Index
from searchlib.analysis import analyze
from searchlib.errors import QueryError, QuerySyntaxError, QueryTooCostly
from searchlib.query import Boost, Fuzzy, Or, Phrase, Prefix, Query, Term, Word, from_json, to_json
from searchlib.query.grammar import MAX_NESTING, MAX_PIECES
from searchlib.query.notes import MAX_NOTES
from searchlib.query.parser import (
    MATCHES,
    MAX_QUERY_CHARACTERS,
    Match,
    QueryParser,
)
from searchlib.query.tree import walk
from searchlib.schema.models import DocumentSchema
from tests.conftest import NIGHTLY, examples
from tests.query.hostile import HOSTILE, OTHERS, PIECES, repeated
from tests.query.small_index import Report, small_index
from tests.tables import each

PARSER = QueryParser(DocumentSchema.of(Report))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return small_index(tmp_path_factory.mktemp("parser"))


def tree(text: str, match: Match = "all", *, lenient: bool = False) -> Query:
    return PARSER.parse(text, match, lenient=lenient).query


# Places of errors


@each(
    ("text", "message", "position"),
    [
        ("  ", "expected a word", 0),
        ("...", "expected a word", 0),
        ("''", "expected a word", 0),
        ('gale "broken', 'expected a second "', 5),
        ("gale ((broken)", r"expected a \) for this \(", 5),
        ("(gale)) broken", r"expected a \( before", 6),
        ("gale ( ) broken", r"expected a word before \)", 7),
        ("gale -() broken", r"expected a word before \)", 7),
        ("gale AND", "expected a word after AND", 5),
        ("gale &&", "expected a word after &&", 5),
        ("|| gale", r"expected a word before \|\|", 0),
        ("gale ANDMAYBE REQUIRE broken", "expected a word before REQUIRE", 14),
        ("(gale OR) broken", "expected a word after OR", 6),
        ("gale NOT", "expected a word after NOT", 5),
        ("gale NOT AND broken", "expected a word before AND", 9),
        ("gale w/5", "expected a word after w/5", 5),
        ("NEAR(gale broken, 5", r"expected a \) for this \(", 0),
        ("gale NEAR/3 price:5", "expected words, phrases or patterns", 5),
        ("gale w/3 source:harb*", "in the same field of text", 5),
        ("title:gale PRE/3 body:broken", "in the same field of text", 11),
        ("gale titel:broken", "no field 'titel'; did you mean 'title'", 5),
        ("(titel:broken)", "no field 'titel'", 1),
        ("gale spam:broken", "no field 'spam'; there are id, title", 5),
        ("url:example", "'url' is stored, not searched", 0),
        ("gale (title:)", "expected what to look for in 'title'", 6),
        ("gale published:2025-13", "got '2025-13'", 15),
        ("soon OR published:soon", "got 'soon'", 18),
        ('title:soon published:"soon"', "got 'soon'", 22),
        ("published:(soon later)", "got 'soon'", 11),
        ("published:{soon TO later}", "got 'soon'", 11),
        ("published:2025..soon", "got 'soon'", 16),
        ("published:>=soon", "got 'soon'", 12),
        ("published > soon", "got 'soon'", 12),
        ("-published:soon", "got 'soon'", 11),
        ("price:[1 TO many]", "expected a number of at most 64 bits, got 'many'", 12),
        ("pages:>1.5", "expected a whole number of at most 64 bits, got '1.5'", 7),
        ("price:>", "expected a value behind >", 6),
        ("published:[2025", "expected a range such as", 10),
        ("price:/5/", "expected a date or number, not a regular expression", 6),
        ("gale /(broken/", "expected a regular expression", 5),
        ("gale broken~7", "expected at most 2 edits", 5),
        ("gale\n\\", "expected a character behind this backslash", 5),
        ("gale\tspam:x", "no field 'spam'", 5),
        ("x" * 100 + " spam:x", "no field 'spam'", 101),
    ],
)
def test_an_error_shows_the_place(text: str, message: str, position: int) -> None:
    with pytest.raises(QuerySyntaxError, match=message) as caught:
        PARSER.parse(text)
    assert caught.value.query == text
    assert caught.value.position == position
    *_, line, pointer = str(caught.value).split("\n")
    assert pointer.strip() == "^"
    assert line[pointer.index("^")] == text[position]


# Any of the words


@each(
    ("text", "shown"),
    [
        ("gale source:* coast", "And((Or((Word('gale'), Word('coast'))), Exists('source')))"),
        ("gale categories:s*", "And((Word('gale'), Prefix('s', fields=('categories',))))"),
        ("id:x gale price:>5",
         "And((Word('gale'), Term('id', 'x'), Range('price', low='5', include_low=False)))"),
        ("categories:x -categories:y",
         "And((Term('categories', 'x'), Not(Term('categories', 'y'))))"),
        ("-gale -coast", "And((Not(Word('gale')), Not(Word('coast'))))"),
        ("gale AND coast id:x", "And((Word('gale'), Word('coast'), Term('id', 'x')))"),
        ("gale AND (coast NOT power)", "And((Word('gale'), Word('coast'), Not(Word('power'))))"),
        ("gale (id:x AND NOT coast)", "And((Word('gale'), Term('id', 'x'), Not(Word('coast'))))"),
        ('"a OR b" id:x', "And((Phrase('a OR b'), Term('id', 'x')))"),
        ("gale | id:x coast", "Or((Word('gale'), Term('id', 'x'), Word('coast')))"),
        ("(gale coast) power", "Or((Word('gale'), Word('coast'), Word('power')))"),
        ("(gale OR coast) -power", "And((Or((Word('gale'), Word('coast'))), Not(Word('power'))))"),
        ("gale -(coast OR power)", "And((Word('gale'), Not(Or((Word('coast'), Word('power'))))))"),
        ("gale OR NOT coast", "Or((Word('gale'), Not(Word('coast'))))"),
        ("gale (coast OR NOT id:x) -power",
         "And((Or((Word('gale'), Word('coast'), Not(Term('id', 'x')))), Not(Word('power'))))"),
        ("+gale (coast OR power)",
         "AndMaybe(Word('gale'), (Or((Word('coast'), Word('power'))),))"),
        ("-gale -(coast OR power)",
         "And((Not(Word('gale')), Not(Or((Word('coast'), Word('power'))))))"),
        ("gale^2 id:x^3", "And((Boost(Word('gale'), 2.0), Boost(Term('id', 'x'), 3.0)))"),
        ("+gale coast -power",
         "AndMaybe(And((Word('gale'), Not(Word('power')))), (Word('coast'),))"),
        ("+gale +coast", "And((Word('gale'), Word('coast')))"),
        ("title:(gale coast) power",
         "Or((Word('gale', fields=('title',)), Word('coast', fields=('title',)), Word('power')))"),
        ("gale NEAR/3 coast power",
         "Or((Near((Word('gale'), Word('coast')), distance=3), Word('power')))"),
        ("* gale", "Or((MatchAll(), Word('gale')))"),
    ],
)  # fmt: skip
def test_any_of_the_words_will_do_but_not_of_what_restricts(text: str, shown: str) -> None:
    assert repr(tree(text, "any")) == shown


# Limits

REFUSED = {
    "characters": ("a" * (MAX_QUERY_CHARACTERS + 1), "at most 20000 characters, got 20001"),
    "pieces": ("a " * (MAX_PIECES + 1), "at most 4000 words, operators and brackets"),
    "brackets": ("(" * (MAX_NESTING + 1) + "a" + ")" * (MAX_NESTING + 1), "at most 20 nested"),
    "NOT": ("NOT " * (MAX_NESTING + 1) + "a", "at most 20 nested"),
    "field": ("(" * MAX_NESTING + 'title:"a b"' + ")" * MAX_NESTING, "at most 20 nested"),
    "minus": ("a -(" * (MAX_NESTING + 1) + "a" + ")" * (MAX_NESTING + 1), "at most 20 nested"),
    "NEAR": ("NEAR(a " * (MAX_NESTING + 1) + "b" + ")" * (MAX_NESTING + 1), "at most 20 nested"),
    "distances": ("a" + "".join(f" w/{n} a" for n in range(1, 30)), "at most 20 nested"),
    "regular expressions": ("/a/ " * 21, "at most 20 regular expressions"),
    "similar words": ("a~ b~2 " * 50 + "c~", "at most 100 similar words"),
    "a regular expression": (f"/{'a' * 501}/", "a pattern of at most 500 characters"),
    "a slow expression": ("/(a+)+b/", "matches in at most 300,000 ways"),
}


@each(("text", "message"), REFUSED.values())
def test_limits(text: str, message: str) -> None:
    with pytest.raises(QueryTooCostly, match=message):
        PARSER.parse(text)
    parsed = PARSER.parse(f"gale {text}" if "characters" not in message else text, lenient=True)
    [note] = [note for note in parsed.notes if note.kind == "limit"]
    assert re.search(message, note.message.replace("20006", "20001"))


@each(
    "text",
    [
        "a" * MAX_QUERY_CHARACTERS,
        "a " * MAX_PIECES,
        "(" * MAX_NESTING + "a" + ")" * MAX_NESTING,
        "NOT " * MAX_NESTING + "a",
        "a" + "".join(f" w/{n} a" for n in range(1, 20)),
        " AND ".join(f"(a w/{n} b)" for n in range(1, 100)),
        "/a/ " * 20,
        "a~ b~2 " * 50 + "c~0 d",
        "a" + " OR b" * 1_500,
    ],
)
def test_what_is_within_limits_is_read(text: str) -> None:
    assert not PARSER.parse(text).notes


def test_similar_words_beyond_the_limit_stand_for_themselves() -> None:
    parsed = PARSER.parse("gale~ " * 101 + "title:coast~^2", lenient=True)
    kinds = [type(part) for part in parsed.query.children()]
    assert kinds == [Fuzzy] * 100 + [Word, Boost]
    [note] = parsed.notes
    assert note.span == (600, 605)


def test_of_a_long_query_the_beginning_is_read_if_need_be() -> None:
    parsed = PARSER.parse("a " * 5_000, lenient=True)
    assert len(parsed.query.children()) == MAX_PIECES
    [note] = parsed.notes
    assert note.span == (2 * MAX_PIECES, 10_000)


def test_there_are_not_more_notes_than_anyone_reads() -> None:
    text = " ".join(f"published:d{number} nowhere{number}:x" for number in range(500))
    parsed = PARSER.parse(text, lenient=True)
    assert len(parsed.notes) == MAX_NOTES
    assert len({note.message for note in parsed.notes}) == MAX_NOTES
    assert all(part.text == "x" for part in walk(parsed.query) if isinstance(part, Word))
    assert sum(isinstance(part, Word) for part in walk(parsed.query)) == 500


def test_the_same_mistake_is_noted_once() -> None:
    parsed = PARSER.parse("gale " + "published:soon " * 100 + "published:later", lenient=True)
    assert [note.span for note in parsed.notes] == [(15, 19), (1515, 1520)]
    assert parsed.query == Word("gale")


# Any text

WORDS = [
    "gale ", "Peace ", "talks", "flood", "storm", " ", "prime min*", '"prime min*" ', "e.g. ",
    "NEAR(peace talks, 5) ", "peace w/3 talks ", '"after the storm"', "flod~ ", "/fl.*d/ ",
]  # fmt: skip
fragments = st.lists(st.sampled_from([*PIECES, *WORDS]), max_size=14).map("".join)
any_text = st.one_of(
    st.text(max_size=80),
    fragments,
    st.lists(st.text(max_size=4) | st.sampled_from(PIECES), max_size=20).map("".join),
    st.builds(
        lambda piece, count, end: piece * count + end,
        st.text(min_size=1, max_size=5) | fragments,
        st.integers(1, 200),
        st.text(max_size=5),
    ).map(lambda text: text[:6_000]),
)
matches = st.sampled_from(MATCHES)


def is_within(span: tuple[int, int] | None, text: str) -> bool:
    return span is None or 0 <= span[0] <= span[1] <= len(text)


@given(any_text, matches)
@settings(max_examples=examples(600))
def test_any_text_is_read_or_refused(text: str, match: Match) -> None:
    try:
        parsed = PARSER.parse(text, match)
    except QueryError as error:
        position = getattr(error, "position", None)
        assert position is None or 0 <= position <= len(text)
        return
    assert isinstance(parsed.query, Query)
    assert parsed == PARSER.parse(text, match)
    assert parsed.query == tree(text, match, lenient=True)  # nothing is done to what is right


@given(any_text, matches)
@settings(max_examples=examples(600))
def test_any_text_gives_a_tree_to_a_lenient_reader(text: str, match: Match) -> None:
    parsed = PARSER.parse(text, match, lenient=True)
    assert isinstance(parsed.query, Query)
    assert parsed == PARSER.parse(text, match, lenient=True)
    assert all(note.message and is_within(note.span, text) for note in parsed.notes)
    try:
        PARSER.parse(text, match)
    except QueryError:
        assert parsed.notes, "what is wrong to a strict reader is noted by a lenient one"


@given(any_text, matches, st.booleans())
@settings(max_examples=examples(400))
def test_whatever_is_read_can_be_run(index: Index, text: str, match: Match, lenient: bool) -> None:
    try:
        query = tree(text, match, lenient=lenient)
    except QueryError:
        return
    assert from_json(to_json(query)) == query
    try:
        results = index.search(query)
    except QueryTooCostly:
        return
    for hit in results:
        assert all(snippet.text for snippet in hit.snippets.values())


TYPED = str.maketrans(
    dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("\n\r\t\v\f\x85\u2028\u2029", " ")
)


def as_read(text: str) -> str:
    """Take away backslashes, and what word processors do to quotes that have none."""
    escaped_or_not = re.compile(r"\\(.)|.", re.DOTALL)
    return escaped_or_not.sub(lambda found: found[1] or found[0].translate(TYPED), text)


def as_value(text: str) -> str:
    """Take away blanks, and what keyboards make of a minus sign."""
    return re.sub("[\u2010-\u2015\ufe63\uff0d]", "-", text).replace(" ", "")


@given(any_text, matches, st.booleans())
@example("\\\r0", "all", False)  # an end of line that is escaped is no blank
@settings(max_examples=examples(400))
def test_leaves_know_where_they_stand(text: str, match: Match, lenient: bool) -> None:
    try:
        query = tree(text, match, lenient=lenient)
    except QueryError:
        return
    private = re.compile("[\uf8fe\uf8ff\U000f0000-\U0010ffff]")  # which the lexer takes for its own
    for part in walk(query):
        assert is_within(part.span, text)
        if part.children() or part == Or(()) or private.search(text):
            continue
        assert part.span is not None
        if isinstance(part, Word | Phrase | Prefix | Fuzzy):
            assert part.text in as_read(text[slice(*part.span)])
        elif isinstance(part, Term):
            assert as_value(str(part.value)) in as_value(as_read(text[slice(*part.span)]))


# Backslashes


def escaped(text: str) -> str:
    """Write a text so that none of its characters means anything but itself."""
    return "".join(
        char if char.isalnum() and number else f"\\{char}" for number, char in enumerate(text)
    )


def in_quotes(text: str) -> str:
    return '"{}"'.format(re.sub(r'([\\"*?“”„‟«»])', r"\\\1", text))


phrases = st.lists(
    st.sampled_from(
        ["gale", "AND", "OR", "NOT", "the", "(x)", "[a TO b]", "title:y", '"', "'", "a*b", "c?d",
         "e~2", "f^3", "-g", "+h", "!i", "/j/", "\\", "\\k", "NEAR(l", "w/5", "m:", "https://n.o?p=q",
         "&&", "||", "|", "{r", "s}", ">=5", "2025..", "O'Brien", "北京", "é", "U.S."]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)  # fmt: skip


readable = st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=30)


@pytest.mark.parametrize("write", [escaped, in_quotes])
@given(texts=st.lists(phrases | readable, min_size=1, max_size=12))
@settings(max_examples=examples(25))
def test_whatever_is_escaped_finds_the_text(
    tmp_path_factory: pytest.TempPathFactory, write: Any, texts: list[str]
) -> None:
    texts = [text for text in texts if any(map(str.isalnum, text))]
    index = Index.create(tmp_path_factory.mktemp("escaped") / "index", Report)
    index.add((Report(id=str(number), body=text) for number, text in enumerate(texts)), workers=0)
    for number, text in enumerate(texts):
        query = index.parse(write(text))
        assert isinstance(query, Word | Phrase)
        if analyze(text, "english"):
            assert str(number) in [hit.key for hit in index.search(query, limit=None)]


@each("char", [*"\"'()[]{}*?~^:/\\+-!&|<>=.,;@#", "“", "”", " "])
def test_each_special_character_can_be_escaped(char: str) -> None:
    for text in (f"gale\\{char}wind", f"gale \\{char}wind"):
        words = [part for part in walk(tree(text)) if not part.children()]
        assert all(type(word) is Word for word in words)
    assert tree(f"gale\\{char}wind") == Word(f"gale{char}wind")  # a curled quote, too


# Time

MODES = [(match, lenient) for match in MATCHES for lenient in (False, True)]


def read(text: str, match: Match, lenient: bool) -> None:
    try:
        PARSER.parse(text, match, lenient=lenient)
    except QueryError:
        assert not lenient


def calls_of(text: str, match: Match, lenient: bool) -> int:
    """Count the functions that are called, which is the same on any machine."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read(text, match, lenient)
    finally:
        sys.setprofile(before)
    return calls


# Steps that grew with the square of the length would be sixteen times as many.
@each("piece", PIECES)
def test_four_times_as_long_takes_four_times_as_many_steps(piece: str) -> None:
    short, long = repeated(piece, 200), repeated(piece, 800)
    for match, lenient in (MODES[0], MODES[-1]):
        assert calls_of(long, match, lenient) < 8 * calls_of(short, match, lenient) + 250


# A piece again and again takes steps in proportion, as was seen above: so a quarter is enough.
SHORT = {} if NIGHTLY else dict.fromkeys(HOSTILE.keys() - OTHERS.keys(), MAX_QUERY_CHARACTERS // 4)


@each("name", HOSTILE)
def test_no_string_takes_long(name: str) -> None:
    """The limit is ten times what is promised, for machines that are slow or busy."""
    assert len(HOSTILE[name]) <= MAX_QUERY_CHARACTERS
    text = HOSTILE[name][: SHORT.get(name)]
    began = time.process_time()
    read(text, "any", lenient=True)  # which takes the longest
    assert time.process_time() - began < 0.5


@each(
    "text",
    ["\ud800", "a\udfff", "\ud800*", "a\ud800*", "[\ud800]*", "[*\ud800[to]a", '"\ud800 a*"',
     "\ud800~", "a\ud800~2", "/\ud800/", "title:[\ud800 TO a]", "categories:\ud800",
     "categories:\ud800*", "categories:\ud800~", "id:\ud800", "a w/2 \ud800*", "'\ud800'"],
)  # fmt: skip
def test_half_a_character_is_no_word_and_no_error(index: Index, text: str) -> None:
    for query in (text, f"storm OR {text}", f"storm -{text}"):
        for hit in index.search(query, lenient=True):
            assert hit.snippets


@pytest.mark.parametrize("name", OTHERS)
def test_hostile_strings_can_be_run(index: Index, name: str) -> None:
    for match, lenient in MODES:
        try:
            query = tree(HOSTILE[name][:2_000], match, lenient=lenient)
        except QueryError:
            continue
        try:
            assert from_json(to_json(query)) == query
            for hit in index.search(query):
                assert hit.snippets
        except QueryTooCostly:
            pass


mixtures = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join)


@given(mixtures, matches, st.booleans())
@settings(max_examples=examples(50))
def test_mixtures_of_pieces_take_steps_in_proportion(
    piece: str, match: Match, lenient: bool
) -> None:
    short, long = repeated(piece, 800), repeated(piece, 3_200)
    assert calls_of(long, match, lenient) < 8 * calls_of(short, match, lenient) + 500


def test_a_reader_keeps_nothing_of_a_query() -> None:
    """Threads share it, and a query is read the same after any other."""
    texts = ["title:(a b", "a OR b c", "NOT NOT (a", "price:- 5", "a | b", '"a b"~3 -c']
    alone = [QueryParser(DocumentSchema.of(Report)).parse(text, lenient=True) for text in texts]
    assert [PARSER.parse(text, lenient=True) for text in texts] == alone
    assert [PARSER.parse(text, lenient=True) for text in reversed(texts)] == alone[::-1]


@pytest.mark.parametrize("text", ["[a TO b]", "storm [a TO b]", "2025-01..2025-02 -[a TO *]"])
def test_every_part_of_a_range_without_a_field_has_its_place(text: str) -> None:
    assert all(part.span is not None for part in walk(PARSER.parse(text).query))
