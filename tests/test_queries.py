"""What a query string asks for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as wq

from searchlib import Article
from searchlib.errors import QueryError, QuerySyntaxError, QueryTooCostly
from searchlib.query.reader import MAX_QUERY_CHARACTERS, Match, QueryReader
from searchlib.schema.models import DocumentSchema

READER = QueryReader(DocumentSchema.of(Article))


def both(word: str) -> wq.Or:
    return wq.Or([wq.Term("title", word, boost=2.0), wq.Term("body", word)])


def both_phrase(*words: str, slop: int = 1) -> wq.Or:
    return wq.Or(
        [
            wq.Phrase("title", list(words), slop=slop, boost=2.0),
            wq.Phrase("body", list(words), slop=slop),
        ]
    )


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("talks", both("talk")),
        ("peace talks", wq.And([both("peac"), both("talk")])),
        ('"peace talks"', both_phrase("peac", "talk")),
        ("“peace talks”", both_phrase("peac", "talk")),
        ('"peace\ntalks"', both_phrase("peac", "talk")),
        ('"peace talks"~3', both_phrase("peac", "talk", slop=3)),
        ('"talks"', both("talk")),
        ("peace-talks", both_phrase("peac", "talk")),
        ("R&D", both_phrase("r", "d")),
        ("U.S.", both("us")),
        ("北京", both_phrase("北", "京")),
        ("Sánchez", both("sanchez")),
        ("title:talks", wq.Term("title", "talk")),
        ("categories:Business", wq.Term("categories", "business")),
        ('categories:"South Asia"', wq.Term("categories", "south asia")),
        ("categories:Bus*", wq.Prefix("categories", "bus")),
        ("id:Ab", wq.Term("id", "Ab")),
        ("peac*", wq.Or([wq.Prefix("title", "peac", boost=2.0), wq.Prefix("body", "peac")])),
        ("*", wq.Every()),
        ("*:*", wq.Every()),
        ("title:*", wq.Every("title")),
        ("published:*", wq.Every("published")),
        ("peace NOT talks", wq.And([both("peac"), wq.Not(both("talk"))])),
        ("the peace", both("peac")),
        ("the", both("the")),
        ("peace ANDNOT the", both("peac")),
        ('"the who"', both_phrase("the", "who")),
        ("12:30", both_phrase("12", "30")),
        ("Breaking: peace", wq.And([both("break"), both("peac")])),
    ],
)
def test_a_string_gives_the_tree(text: str, tree: wq.Query) -> None:
    assert READER.read(text) == tree


def test_any_joins_words_by_or() -> None:
    tree = READER.read("peace talks", match="any")
    assert isinstance(tree, wq.Or)
    assert set(tree.leaves()) == set(READER.read("peace talks").leaves())


@pytest.mark.parametrize(
    ("text", "free", "required"),
    [
        ("peace NOT talks", [both("peac")], [wq.Not(both("talk"))]),
        (
            "peace vienna categories:Sport",
            [*both("peac"), *both("vienna")],
            [wq.Term("categories", "sport")],
        ),
        (
            'peace categories:s* NOT "peace talks"',
            [both("peac")],
            [wq.Prefix("categories", "s"), wq.Not(both_phrase("peac", "talk"))],
        ),
        ("peace published:2025", [both("peac")], [READER.read("published:2025")]),
        ("id:x peace published:*", [both("peac")], [wq.Term("id", "x"), wq.Every("published")]),
        (
            "categories:x NOT categories:y",
            [wq.Term("categories", "x")],
            [wq.Not(wq.Term("categories", "y"))],
        ),
        ("peace AND talks id:x", [both("peac"), both("talk")], [wq.Term("id", "x")]),
        ("peace AND (talks NOT vienna)", [both("peac"), both("talk")], [wq.Not(both("vienna"))]),
        ("peace (id:x AND NOT talks)", [both("peac")], [wq.Term("id", "x"), wq.Not(both("talk"))]),
        ('"a OR b" id:x', [both_phrase("a", "or", "b")], [wq.Term("id", "x")]),
    ],
)
def test_any_leaves_required_what_is_not_free_text(
    text: str, free: list[wq.Query], required: list[wq.Query]
) -> None:
    words = [wq.Or(free)] if len(free) > 1 and isinstance(free[0], wq.Term) else free
    assert READER.read(text, match="any") == wq.And([*words, *required])


@pytest.mark.parametrize(
    "text",
    ["peace OR id:x", "peace id:x OR talks", "(peace OR talks) NOT vienna", "categories:x id:y"],
)
def test_any_joins_by_or_where_there_is_an_or_or_nothing_but_labels(text: str) -> None:
    assert isinstance(READER.read(text, match="any"), wq.Or)


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("", "expected a word", None),
        ("  ", "expected a word", None),
        ("...", "expected a word", None),
        ('""', "expected a word", None),
        ('peace "talks', 'expected a second "', 6),
        ("peace (talks", r"expected a \) for this \(", 6),
        ("peace) talks", r"expected a \( before", 5),
        ("peace () talks", r"expected a word before \)", 7),
        ("peace AND", "expected a word after AND", 6),
        ("OR peace", "expected a word before OR", 0),
        ("peace AND OR talks", "expected a word before OR", 10),
        ("(peace AND) talks", r"expected a word before \)", 10),
        ("peace NOT", "expected a word after NOT", 6),
        ("titel:peace", "no field 'titel'; did you mean 'title'", 0),
        ("peace spam:talks", "no field 'spam'; there are id, title", 6),
        ("url:example", "'url' is stored, not searched", 0),
        ("published:soon", "expected a date such as.*got 'soon'", 10),
        ("published:2025-13", "expected a date such as.*got '2025-13'", 10),
        ("published:[2025 TO soon]", "expected a date such as.*got 'soon'", 19),
        ("soon OR published:soon", "got 'soon'", 18),
        ('title:soon published:"soon"', "got 'soon'", 22),
        ("published:(soon later)", "got 'soon'", 11),
    ],
)
def test_what_cannot_be_meant_is_an_error_that_shows_the_place(
    text: str, message: str, position: int | None
) -> None:
    with pytest.raises(QuerySyntaxError, match=message) as caught:
        READER.read(text)
    assert caught.value.position == position
    if position is not None:
        *_, line, pointer = str(caught.value).split("\n")
        assert line[pointer.index("^")] == text[position]


def test_long_and_deep_queries_are_refused() -> None:
    with pytest.raises(QueryTooCostly, match="characters"):
        READER.read("a" * (MAX_QUERY_CHARACTERS + 1))
    with pytest.raises(QueryTooCostly, match="nested"):
        READER.read("(" * 2000 + "a" + ")" * 2000)


DATES = [
    ("2025", "2025-01-01T00:00:00", "2025-12-31T23:59:59.999999"),
    ("2025-02", "2025-02-01T00:00:00", "2025-02-28T23:59:59.999999"),
    ("202412", "2024-12-01T00:00:00", "2024-12-31T23:59:59.999999"),
    ("2025-02-17", "2025-02-17T00:00:00", "2025-02-17T23:59:59.999999"),
    ('"2025-02-17T18"', "2025-02-17T18:00:00", "2025-02-17T18:59:59.999999"),
    ('"2025-02-17T18:30"', "2025-02-17T18:30:00", "2025-02-17T18:30:59.999999"),
    ('"2025-02-17T18:30:05Z"', "2025-02-17T18:30:05", "2025-02-17T18:30:05.999999"),
    ('"2025-02-17T18:30+02:00"', "2025-02-17T16:30:00", "2025-02-17T16:30:59.999999"),
]


@pytest.mark.parametrize(("text", "first", "last"), DATES)
def test_a_date_is_as_precise_as_it_is_written(text: str, first: str, last: str) -> None:
    from datetime import datetime

    from whoosh.util.times import datetime_to_long

    tree = READER.read(f"published:{text}")
    assert isinstance(tree, wq.NumericRange)
    assert tree.start == datetime_to_long(datetime.fromisoformat(first))
    assert tree.end == datetime_to_long(datetime.fromisoformat(last))


FRAGMENTS = st.sampled_from(
    ["peace", "the", '"', "(", ")", "AND", "OR", "NOT", " ", " ", "title:", "spam:", "published:",
     "2025", "[", "]", "TO", "*", "?", "~2", "^3", "'", "北", "é", ":", "-", "a.b", "{", "ANDMAYBE"]
)  # fmt: skip


@given(
    st.one_of(st.text(max_size=60), st.lists(FRAGMENTS, max_size=12).map("".join)),
    st.sampled_from(["all", "any"]),
)
@settings(max_examples=400, deadline=None)
def test_any_string_gives_a_tree_or_an_error_of_ours(text: str, match: Match) -> None:
    try:
        tree = READER.read(text, match)
    except QueryError:
        return
    assert isinstance(tree, wq.Query)
    assert tree is not wq.NullQuery


WORDS = st.sampled_from(
    ["peace", "talks", "the", "to", "be", "now", "U.S.", "R&D", "peace-talks", "Sánchez", "北京",
     "é", "x", "12", "3.5", "a/b", "and", "or", "not", "AND", "OR", "NOT", "TO", "-x", "...", "’",
     "don’t", "_", '"peace talks"', '"the who"', '"to"', '""', '"北京 x"', '"a, b; c"', '"AND"',
     "it's", "a:b", "w*", "(x)", "title:x", '"x"~2', "x^2", "[a TO b]", "title:the", "body:to-be",
     "p?a*e", "title:talks*", "É*", "北*", "*x", "categories:Sport", 'categories:"South Asia"',
     "categories:s*", 'categories:""', "categories:the", "id:Ab", "published:2025", "published:*",
     'published:"2025-02"', "published:soon", "published:[2025 TO 2025-02]", "published:[x TO y]",
     "published:{2025 TO 2026}", "title:[a TO b]", "url:x", 'title:"prime minister"']
)  # fmt: skip


@given(
    st.lists(WORDS, max_size=6),
    st.sampled_from(["all", "any"]),
    st.sampled_from([" ", "  ", " AND ", " OR "]),
)
@settings(max_examples=1000, deadline=None)
def test_plain_queries_give_the_tree_that_the_parser_gives(
    words: list[str], match: Match, space: str
) -> None:
    text = space.join(words)
    plain = READER._plain.read(text, match)
    if plain is not None:
        assert plain == READER._read_by_parser(text, match)


@given(st.text(st.sampled_from('ab T.,;!&/%’–-_é北\u0301"\t'), max_size=20))
@settings(max_examples=500, deadline=None)
def test_plain_text_gives_the_tree_that_the_parser_gives(text: str) -> None:
    plain = READER._plain.read(text, "all")
    if plain is not None:
        assert plain == READER._read_by_parser(text, "all")


@pytest.mark.parametrize(
    "text",
    [
        "peace",
        "peace talks",
        '"prime minister" vote',
        "the U.S.",
        "peace AND talks",
        "a OR b OR c",
        "peac*",
        "title:talks OR p?ace",
        "categories:Sport published:[2025 TO 2025-03] peace",
        'source:"The Times" AND title:"peace talks"',
    ],
)
def test_queries_of_plain_parts_need_no_parser(text: str) -> None:
    assert READER._plain.read(text, "all") is not None
