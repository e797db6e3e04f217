"""What once found nothing, the opposite, or an error of Python's: each with others of its kind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from searchlib import Article, Index
from searchlib.errors import ArgumentError, QueryError, QuerySyntaxError
from searchlib.query import And, AndMaybe, Not, Query, Require, Word
from searchlib.query.parser import Match, QueryParser
from searchlib.schema.models import DocumentSchema
from tests.query.small_index import Report
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable

REPORTS: list[dict[str, Any]] = [
    {"id": "both", "title": "Snow and ice", "body": "snow ice"},
    {"id": "snow", "title": "Snow", "body": "snow"},
    {"id": "leader", "title": "Council leader quits", "source": "Valley Press Agency"},
    {"id": "address", "body": "See https://news.example/item?no=7 or www.example.net/a?b."},
    {"id": "tokens", "title": "SARS-CoV-2", "body": "Re-entry for D'Angelo and Anne-Claire: the "
     "foreign secretary left; 上海市", "source": "Plain Dealer"},
    {"id": "time", "published": "2024-11-03T07:45:09", "price": 2.5},
    {"id": "later", "published": "2025-06-30T00:00:00", "price": 7},
    {"id": "hills", "title": "Frost on the hills", "summary": "Le gel sur les collines"},
]  # fmt: skip
PARSER = QueryParser(DocumentSchema.of(Report))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index.create(tmp_path_factory.mktemp("regressions") / "index", Report)
    index.add(Report.model_validate(report) for report in REPORTS)
    return index


@pytest.fixture(scope="module")
def keys(index: Index) -> Callable[..., list[str]]:
    def search(query: str, **options: Any) -> list[str]:
        return sorted(hit.key for hit in index.search(query, limit=None, **options))

    return search


MINUS = ["snow -ice", "snow !ice", "-ice snow", "!ice snow", "snow AND -ice", "snow && !ice",
         "snow -(ice OR rain)", 'snow -"snow ice"', "snow -title:ice", "(snow -ice)", "snow -ic*",
         "snow NOT ice", "snow ANDNOT ice", "+snow -ice", "snow -ice -rain"]  # fmt: skip


@each("query", MINUS)
@each("match", ["all", "any"])
def test_a_minus_excludes(keys: Callable[..., list[str]], query: str, match: Match) -> None:
    assert keys(query, match=match) == ["snow"]


@pytest.mark.parametrize("query", ["+snow ice", "ice +snow", "+snow +snow ice"])
def test_a_plus_requires_where_any_word_would_do(
    keys: Callable[..., list[str]], query: str
) -> None:
    assert keys(query, match="any") == ["both", "snow"]
    assert keys(query) == ["both"]


@each("query", ["quits | ice", "quits || ice", "quits OR ice", "(quits || ice)"])
def test_pipes_are_or(keys: Callable[..., list[str]], query: str) -> None:
    assert keys(query) == ["both", "leader"]


@pytest.mark.parametrize("word", ["or", "not"])
def test_operators_in_lower_case_are_words_and_there_is_a_note(index: Index, word: str) -> None:
    results = index.search(f"snow {word} ice")
    assert [note.kind for note in results.notes] == ["operator"]
    assert f"did you mean {word.upper()}?" in results.notes[0].message
    assert results.notes[0].span == (5, 5 + len(word))
    assert not index.search(f'snow "{word} ice"').notes
    assert not index.search(f"{word} snow").notes


@each(
    ("query", "expected"),
    [
        ("title: quits", ["leader"]),
        ("title : quits", ["leader"]),
        ("title:\tquits", ["leader"]),
        ("title: (ice OR quits)", ["both", "leader"]),
        ("published: 2024", ["time"]),
        ("published : >= 2025", ["later"]),
        ("source: 'Plain Dealer'", ["tokens"]),
    ],
)
def test_blanks_may_stand_around_a_colon(
    keys: Callable[..., list[str]], query: str, expected: list[str]
) -> None:
    assert keys(query) == expected


SLIPS = ["snwo~ ice", "snoww~1 ice", "sno~ ice", "sonw~2 ice", "icee~ snow"]


@each("query", SLIPS)
def test_a_tilde_finds_slips(keys: Callable[..., list[str]], query: str) -> None:
    assert keys(query) == ["both"]


QUESTIONS = ["who is the council leader?", "quits?", "quits??", "Did the leader quit?!",
             "Council leader quits?", '"council leader"?', "quits? leader?"]  # fmt: skip


@each("query", QUESTIONS)
@each("match", ["all", "any"])
def test_a_question_mark_ends_a_question(
    keys: Callable[..., list[str]], query: str, match: Match
) -> None:
    if query.startswith("Did") and match == "all":
        query = query.removeprefix("Did ")
    assert "leader" in keys(query, match=match)


@each(
    "query",
    ["https://news.example/item?no=7", "news.example/item?no=7", "www.example.net/a?b",
     '"https://news.example/item?no=7"', "see https://news.example/item?no=7"],
)  # fmt: skip
def test_an_address_is_found(keys: Callable[..., list[str]], query: str) -> None:
    assert keys(query) == ["address"]


@each(
    "query",
    ["SARS-*", "SARS-CoV-*", "sars-c*-2", "re-en*", "Re-?ntry", "D'Ang*", "D’Ang*", "Anne-Cl*",
     '"foreign sec*"', '"the for* secretary"', '"foreign s?cret* lef*"', "上*", "上海*", "*海市",
     "body:re-en*", "Anne-Cl* SARS-*"],
)  # fmt: skip
def test_a_pattern_applies_to_its_token(keys: Callable[..., list[str]], query: str) -> None:
    assert keys(query) == ["tokens"]


@each("query", ["SARS-x*", "CoV-SARS*", "Anne-Ang*", '"secretary for*"', "海上*"])
def test_the_rest_of_a_pattern_is_a_phrase(keys: Callable[..., list[str]], query: str) -> None:
    assert keys(query) == []


@each("query", ["frost on the hills", "le gel", "the hills", "les collines"])
def test_stop_words_of_one_language_are_not_required_in_another(
    keys: Callable[..., list[str]], query: str
) -> None:
    assert keys(query) == ["hills"]


@each(
    "date",
    ["2024-11-03T07:45", '"2024-11-03 07:45"', "2024-11-03T07:45+00:00", "2024-11-03T07:45Z",
     "2024-11-03T07:45:09", "2024-11-03T08:45+01:00", "'2024-11-03 07:45'", "2024-11-03T07",
     '"2024-11-03 07:45:09 UTC"', "20241103T0745", "2024-11", "2024-Q4", '"Nov 3, 2024"'],
)  # fmt: skip
def test_every_form_of_a_date_and_time_is_read(keys: Callable[..., list[str]], date: str) -> None:
    assert keys(f"published:{date}") == ["time"]
    assert keys(f"-published:{date} published:*") == ["later"]


def test_the_forms_that_an_error_recommends_are_read(index: Index) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        index.search("published:whenever")
    forms = str(caught.value).partition("such as ")[2].partition(", got")[0]
    recommended = [form for part in forms.split(" or ") for form in part.split(", ")]
    assert len(recommended) > 4
    for form in recommended:
        index.search(f"published:{form}")


@each(
    ("query", "expected"),
    [
        ("published:[2025 TO *]", ["later"]),
        ("published:[* TO 2024]", ["time"]),
        ("published:{2024 TO *}", ["later"]),
        ("published:>=2025-06", ["later"]),
        ("published>2024-11", ["later"]),
        ("published < 2025", ["time"]),
        ("published:2024-10..2024-12", ["time"]),
        ("published:2025..", ["later"]),
        ("2024-10..2024-12", ["time"]),
        ("published:9999", []),
        ("published:[9999 TO *]", []),
        ("published:0001", []),
        ("price:>=2.5", ["later", "time"]),
        ("price:..5", ["time"]),
        ("price>5", ["later"]),
    ],
)
def test_ranges_may_be_open(
    keys: Callable[..., list[str]], query: str, expected: list[str]
) -> None:
    assert keys(query) == expected


@each(
    "date",
    ["today", "yesterday", '"last week"', "[now-7d TO now]", ">=now-1M/M", "-7d", '"3 days ago"',
     '"last 24 hours"', '"-2 weeks to today"', "[-2 weeks TO today]", "tomorrow", "<today"],
)  # fmt: skip
def test_relative_dates_are_read(index: Index, date: str) -> None:
    assert index.search(f"published:{date}").total in (0, 2)


@each(
    "query",
    ["NEAR(left foreign, 4)", "NEAR(left foreign)", "left NEAR/2 foreign", "foreign w/2 left",
     "left W/2 foreign", "foreign PRE/2 left", "left near/2 (foreign OR domestic)",
     "NEAR(sec* foreign left, 2)", '"foreign secretary" w/1 left', "body:(left w/2 foreign)"],
)  # fmt: skip
def test_words_close_together(keys: Callable[..., list[str]], query: str) -> None:
    assert keys(query) == ["tokens"]


@pytest.mark.parametrize("query", ["left PRE/2 foreign", "left w/1 foreign", "NEAR(left snow, 9)"])
def test_words_not_so_close(keys: Callable[..., list[str]], query: str) -> None:
    assert keys(query) == []


@pytest.mark.parametrize("query", ["source:valley", "source:Valley Press Agency", "source:agency"])
def test_part_of_a_label_is_told_apart_from_it(index: Index, query: str) -> None:
    results = index.search(query)
    assert results.total == 0
    assert "there is 'Valley Press Agency'" in results.notes[0].message


@each(
    ("query", "named", "position"),
    [
        ("published:2025-01-01T02:00+55:00", "2025-01-01T02:00+55:00", 10),
        ("snow price:[1 TO", "[1 TO 5], with its ]", 11),
        ("snow price:{1 TO 5", "with its ]", 11),
        ("\\", "a character behind this backslash", 0),
        ("snow ice\\", "a character behind this backslash", 8),
        ("date:2024", "did you mean 'published'?", 0),
        ("headline:snow", "did you mean 'title'?", 0),
        ("publihsed:2024", "did you mean 'published'?", 0),
    ],
)
def test_messages_point_at_what_is_wrong(
    index: Index, query: str, named: str, position: int
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        index.search(query)
    assert named in str(caught.value)
    assert caught.value.position == position


def test_names_that_people_try_are_told_apart_from_slips_in_others() -> None:
    parser = QueryParser(DocumentSchema.of(Article))
    for query, named in [
        ("date:2025", "published"),
        ("Date:2025", "published"),
        ("date>2025", "published"),
        ("headline:x", "title"),
        ("datelin:x", "dateline"),
        ("tilte:x", "title"),
    ]:
        with pytest.raises(QuerySyntaxError, match=f"did you mean '{named}'"):
            parser.parse(query)


@each(
    "written",
    ['"peace talks"~2', '"peace talks"^2', "(peace talks)^2", "peace^2", "peace^2.5", "peec~",
     "peec~2", "/pea.*/", "/pea.*/^2", '"peace talks"~2^3', "published:[2025 TO 2026]"],
)  # fmt: skip
@each("mark", [",", ".", ";", ":", "?", "!", "…", "?!", "..."])
def test_punctuation_behind_what_is_attached_is_ignored(written: str, mark: str) -> None:
    plain = PARSER.parse(f"{written} today").query
    assert PARSER.parse(f"{written}{mark} today").query == plain
    assert PARSER.parse(f"today {written}{mark}").query == And((*reversed(plain.children()),))
    if written[0] not in "(p" or written.startswith("peec"):
        near = PARSER.parse(f"NEAR(today {written.partition('^')[0]} , 5)").query
        assert PARSER.parse(f"NEAR(today {written.partition('^')[0]}, 5)").query == near


@each("match", ["or", "ALL", None, "", ["any"], 5])
def test_a_way_to_match_that_is_not_there(index: Index, match: Any) -> None:
    with pytest.raises(QueryError, match="expected match to be 'all' or 'any'"):
        index.search("snow", match=match)
    with pytest.raises(QueryError, match="expected match to be"):
        index.parse("snow", match=match)


@each("query", [None, 5, b"snow", ["snow"], {"query": "snow"}, object(), Word])
def test_what_is_no_query(index: Index, query: Any) -> None:
    uses: list[Any] = [index.search]
    if not isinstance(query, dict):  # as a filter it names fields
        uses.append(index.delete_by_query)
    if query is not None and not isinstance(query, dict | list):
        uses.append(lambda bad: index.search("snow", filter=bad))
    for use in uses:
        with pytest.raises(QueryError, match="expected a query as a string"):
            use(query)
    with pytest.raises(QueryError, match="expected a query string"):
        index.parse(query)


@each("limit", ["5", -1, 2.0, True, [5]])
def test_what_is_no_limit(index: Index, limit: Any) -> None:
    with pytest.raises(QueryError, match="expected limit to be a whole number of at least 0"):
        index.search("snow", limit=limit)


def test_no_limit_is_all_hits(index: Index) -> None:
    assert len(index.search("*", limit=None)) == len(REPORTS)


@each("key", [17, None, b"snow", ["snow"]])
def test_what_is_no_key(index: Index, key: Any) -> None:
    with pytest.raises(ArgumentError, match="expected the key of a document as a string"):
        index.get(key)
    with pytest.raises(ArgumentError, match="expected the key of a document as a string"):
        index.delete(key)


# What took very long, or more than Python's stack

WORDS = [Word(f"w{number}") for number in range(1_001)]


def chain(operator: str) -> str:
    return f" {operator} ".join(word.text for word in WORDS)


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("ANDNOT", And((WORDS[0], *map(Not, WORDS[1:])))),
        ("ANDMAYBE", AndMaybe(WORDS[0], tuple(WORDS[1:]))),
        ("REQUIRE", Require(WORDS[0], tuple(WORDS[1:]))),
        ("AND NOT", And((WORDS[0], *map(Not, WORDS[1:])))),
        ("-", And(tuple(WORDS))),
    ],
)
def test_a_long_chain_of_operators_is_one_group(
    keys: Callable[..., list[str]], operator: str, expected: Query
) -> None:
    text = chain(operator)
    assert PARSER.parse(text).query == expected
    assert keys(text) == []
    assert PARSER.parse(text.replace("w", ""), lenient=True).query  # numbers alone


@pytest.mark.parametrize("piece", ["[ to ", "{ TO ", "[ to ] ", "[to ", "title:[ to ", "[a to [b "])
def test_ranges_that_are_not_closed_are_read_at_once(piece: str) -> None:
    times = []
    for count in (800, 3_200):
        began = time.process_time()
        PARSER.parse((piece * count)[:20_000], lenient=True)
        times.append(time.process_time() - began)
    assert max(times) < 0.5  # a few milliseconds: it was cubic, and took minutes
