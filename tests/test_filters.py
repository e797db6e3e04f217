"""A mapping of fields to values finds the documents with these values, whatever is in them."""

from __future__ import annotations

import json
import math
import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AnyUrl, BaseModel, HttpUrl

import searchlib
from searchlib import Between, Date, Index, Key, Keyword, Not, Number, Ranges, Stored, Text
from searchlib.errors import QueryError, QueryTooCostly
from searchlib.query import And, Exists, Or, Phrase, Prefix, Range, Term, Word, from_json
from searchlib.query import Not as TreeNot
from searchlib.schema.values import label_term
from searchlib.whoosh_compat import to_whoosh
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from pathlib import Path


class Desk(str, Enum):  # noqa: UP042 - as many programs have it
    HOME = "Home desk"
    ABROAD = "Abroad: the world"


class Size(IntEnum):
    SMALL = 2


class Story(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""
    source: Annotated[str | None, Keyword()] = None
    tags: Annotated[list[str], Keyword()] = []
    file: Annotated[str | None, Keyword(lowercase=False)] = None
    urgent: Annotated[bool | None, Keyword()] = None
    desk: Annotated[Desk | None, Keyword()] = None
    published: Annotated[date | None, Date(sortable=True)] = None
    seen: Annotated[datetime | None, Date()] = None
    words: Annotated[int | None, Number(sortable=True)] = None
    price: Annotated[float | None, Number()] = None
    note: Annotated[str, Stored()] = ""


ODD = [
    "AP", "ap", "Ap", 'AP: "x" OR *', "a:b", "*", "a*", "OR", "NOT ap", "-ap", "[1 TO 5]",
    "2025..2026", "'", '"', "\\", "ap~2", "ap^2", "(ap", "ap)", "/a.*/", "北京", "Straße",
    "STRASSE", "é", "e\u0301", "\u200bap", " ap", "ap ", "a,b", "a=b", ">=2025", "%",
    "\U0001f600", "\n", "ſ", "İ",
]  # fmt: skip
DAYS = [date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 1), date(2025, 3, 31), date(2025, 4, 1)]
TITLES = ["Storm floods the coast", "A storm", "The floods", "Peace-talks", ""]

labels = st.sampled_from(ODD) | st.text(max_size=3)
moments = st.sampled_from(DAYS).map(lambda day: datetime(day.year, day.month, day.day, 23, 59, 59))
stories: Any = st.builds(
    dict,
    title=st.sampled_from(TITLES),
    source=st.none() | labels,
    tags=st.lists(labels, max_size=3),
    file=st.none() | labels,
    urgent=st.none() | st.booleans(),
    desk=st.none() | st.sampled_from(Desk),
    published=st.none() | st.sampled_from(DAYS),
    seen=st.none() | moments,
    words=st.none() | st.integers(-3, 3),
    price=st.none() | st.sampled_from([-1.5, 0.0, 1.5, 3.0]),
)


def one_value(name: str) -> st.SearchStrategy[tuple[Any, Any]]:
    """A value for a field, and what tells whether a document has it."""
    if name in ("source", "tags", "file"):
        lowercase = name != "file"

        def has(label: str) -> Any:
            term = label_term(label, lowercase)
            return lambda found: (
                bool(term) and term in [label_term(one, lowercase) for one in _several(found)]
            )

        return labels.map(lambda label: (label, has(label)))
    if name == "urgent":
        return st.booleans().map(lambda flag: (flag, lambda found: found is flag))
    if name == "desk":
        return st.sampled_from(Desk).map(lambda desk: (desk, lambda found: found is desk))
    if name == "published":
        months = st.sampled_from(["2025-01", "2025-02", "2025-03"]).map(
            lambda month: (month, lambda day: day is not None and f"{day:%Y-%m}" == month)
        )
        days = st.sampled_from(DAYS).map(lambda day: (day, lambda found: found == day))
        return months | days
    if name == "seen":
        return st.sampled_from(DAYS).map(
            lambda day: (day, lambda found: found is not None and found.date() == day)
        )
    numbers = st.integers(-3, 3) | st.sampled_from([1.5, -1.5, 0.25] if name == "price" else [4])
    return numbers.map(lambda number: (number, lambda found: found == number))


def _several(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [] if found is None else [found]


def between(name: str) -> st.SearchStrategy[tuple[Any, Any]]:
    """A range of a field, and what tells whether a document is in it."""
    bounds: Any = st.none() | (
        st.sampled_from(DAYS) if name in ("published", "seen") else st.integers(-3, 3)
    )

    def made(low: Any, high: Any, *, closed_low: bool, closed_high: bool) -> tuple[Any, Any]:
        if low is not None and high is not None and low > high:
            low, high = high, low

        def inside(found: Any) -> bool:
            if found is None:
                return False
            found = found.date() if isinstance(found, datetime) else found
            return (low is None or found > low or (closed_low and found == low)) and (
                high is None or found < high or (closed_high and found == high)
            )

        return Between(low, high, include_low=closed_low, include_high=closed_high), inside

    flags = {"closed_low": st.booleans(), "closed_high": st.booleans()}
    return st.builds(made, bounds, bounds, **flags)


def values(name: str) -> st.SearchStrategy[tuple[Any, Any]]:
    leaves = one_value(name) | st.just((None, lambda found: not _has_value(name, found)))
    if name in ("published", "seen", "words", "price"):
        leaves |= between(name)
    return st.recursive(leaves, lambda inner: _excluded(inner) | _any_of(inner), max_leaves=4)


def _has_value(name: str, found: Any) -> bool:
    lowercase = name != "file"
    return any(not isinstance(one, str) or label_term(one, lowercase) for one in _several(found))


def _excluded(inner: Any) -> Any:
    return inner.map(lambda pair: (Not(pair[0]), lambda found: not pair[1](found)))


def _any_of(inner: Any) -> Any:
    return st.lists(inner, max_size=3).flatmap(
        lambda pairs: st.sampled_from([list, tuple]).map(
            lambda kind: (
                kind(value for value, _ in pairs),
                lambda found: any(check(found) for _, check in pairs),
            )
        )
    )


NAMES = ["source", "tags", "file", "urgent", "desk", "published", "seen", "words", "price"]
filters = st.lists(st.sampled_from(NAMES), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: values(name) for name in names})
)


@given(
    st.lists(st.lists(stories, min_size=1, max_size=5), min_size=1, max_size=3),
    st.lists(filters, min_size=1, max_size=4),
    st.sets(st.integers(0, 14), max_size=3),
)
@settings(max_examples=examples(50))
def test_a_filter_finds_what_brute_force_finds(
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[list[dict[str, Any]]],
    asked: list[dict[str, tuple[Any, Any]]],
    deleted: set[int],
) -> None:
    index = Index.create(tmp_path_factory.mktemp("filters") / "index", Story)
    there: dict[str, Story] = {}
    for batch in batches:
        made = [Story(id=str(len(there) + n), **one) for n, one in enumerate(batch)]
        index.add(made, workers=0)
        there |= {story.id: story for story in made}
    for key in map(str, deleted):
        if there.pop(key, None) is not None:
            index.delete(key)
    for one in asked:
        filter_ = {name: value for name, (value, _) in one.items()}
        expected = {
            key
            for key, story in there.items()
            if all(check(getattr(story, name)) for name, (_, check) in one.items())
        }
        found = index.search("*", filter=filter_, limit=None, snippets=False)
        assert {hit.key for hit in found} == expected, filter_
        assert found.total == len(expected)
        storms = index.search("storm", limit=None, snippets=False)
        scores = {hit.key: hit.score for hit in storms}
        some = index.search("storm", filter=filter_, limit=None, snippets=False)
        assert {hit.key: hit.score for hit in some} == {
            key: score for key, score in scores.items() if key in expected
        }
        assert index.search("*", filter={}).total == len(there)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index.create(tmp_path_factory.mktemp("filters") / "index", Story, zone="Europe/Berlin")
    index.add(STORIES, workers=0)
    return index


STORIES = [
    Story(id="1", title="Storm floods the coast", source="Harbour News", tags=["Weather", "Coast"],
          urgent=True, published=date(2025, 1, 31), words=100, price=1.5, desk=Desk.HOME),
    Story(id="2", title="A storm in Paris", source="Meridian Wire", tags=["Weather"], urgent=False,
          published=date(2025, 3, 31), words=200, desk=Desk.ABROAD,
          seen=datetime(2025, 3, 31, 22, 30, tzinfo=UTC)),
    Story(id="3", title="Peace talks resume; OR not", tags=["Politics"], words=1_234,
          published=date(2025, 4, 1)),
    Story(id="4", title="The Who", source="harbour news", file="a/B.txt"),
]  # fmt: skip


def keys(index: Index, filter: Any, query: str = "*", **options: Any) -> list[str]:  # noqa: A002
    results = index.search(query, filter=filter, **options)
    return sorted(hit.key for hit in results)


@each(
    ("filter_", "expected"),
    [
        ({}, "1234"),
        ({"source": "HARBOUR news"}, "14"),
        ({"source": ["Harbour News", "Meridian Wire"]}, "124"),
        ({"source": {"Harbour News", "Meridian Wire"}}, "124"),
        ({"source": frozenset(["Meridian Wire"])}, "2"),
        ({"source": (one for one in ["Meridian Wire"])}, "2"),
        ({"source": []}, ""),
        ({"source": Not([])}, "1234"),
        ({"source": None}, "3"),
        ({"source": Not(None)}, "124"),
        ({"source": [None, "Meridian Wire"]}, "23"),
        ({"source": Not("Harbour News")}, "23"),
        ({"source": Not(["Harbour News", None])}, "2"),
        ({"source": Not({"Harbour News"})}, "23"),
        ({"source": Not(Not("Harbour News"))}, "14"),
        ({"source": Prefix("harb")}, "14"),
        ({"source": Not(Prefix("harb"))}, "23"),
        ({"source": Prefix("harb") | Term("tags", "politics")}, "134"),
        ({"source": "Harbour"}, ""),
        ({"source": np.str_("Harbour News")}, "14"),
        ({"tags": "weather", "source": "Harbour News"}, "1"),
        ({"tags": ["Weather", "Politics"], "urgent": Not(True)}, "23"),
        ({"file": "a/b.txt"}, ""),
        ({"file": "a/B.txt"}, "4"),
        ({"id": ["1", "3", "9"]}, "13"),
        ({"urgent": True}, "1"),
        ({"urgent": False}, "2"),
        ({"urgent": np.True_}, "1"),
        ({"urgent": "true"}, "1"),
        ({"urgent": [True, False]}, "12"),
        ({"desk": Desk.ABROAD}, "2"),
        ({"desk": "abroad: the world"}, "2"),
        ({"published": "2025-01"}, "1"),
        ({"published": "2025"}, "123"),
        ({"published": date(2025, 3, 31)}, "2"),
        ({"published": Between("2025-01", "2025-03")}, "12"),
        ({"published": Between("2025-01", "2025-03", include_low=False)}, "2"),
        ({"published": Between("2025-01", "2025-03", include_high=False)}, "1"),
        ({"published": Between(date(2025, 2, 1), None)}, "23"),
        ({"published": Between(high=datetime(2025, 3, 31, 12))}, "12"),
        ({"published": Between()}, "123"),
        ({"published": Not(Between("2025-01", "2025-03"))}, "34"),
        ({"published": "2025-01..2025-03"}, "12"),
        ({"published": "2025-04.."}, "3"),
        ({"published": [Between(None, "2025-01"), "2025-04"]}, "13"),
        ({"published": "last week"}, ""),
        ({"seen": date(2025, 3, 31)}, "2"),
        ({"seen": datetime(2025, 4, 1, 0, 30)}, ""),
        ({"seen": datetime(2025, 3, 31, 22, 30, tzinfo=UTC)}, "2"),
        ({"words": 100}, "1"),
        ({"words": Size.SMALL}, ""),
        ({"words": np.int64(200)}, "2"),
        ({"words": Decimal("2E+2")}, "2"),
        ({"words": "1,234"}, "3"),
        ({"words": Between(100, 200)}, "12"),
        ({"words": "150..2000"}, "23"),
        ({"words": 200.0}, "2"),
        ({"words": Decimal(2**53 + 1)}, ""),
        ({"words": Between(99.5, 100.5)}, "1"),
        ({"words": Between(-math.inf, math.inf)}, "123"),
        ({"price": Between(None, 2**70)}, "1"),
        ({"words": [100, 200]}, "12"),
        ({"price": Between(1, 2)}, "1"),
        ({"title": "STORM floods"}, "1"),
        ({"title": "floods storm"}, "1"),
        ({"title": "storm OR peace"}, ""),
        ({"title": "resume OR"}, "3"),
        ({"title": "-storm"}, "12"),
        ({"title": "peace-talks"}, "3"),
        ({"title": "talks, peace!"}, "3"),
        ({"title": ["floods", "peace"]}, "13"),
        ({"title": "the who"}, "4"),
        ({"title": "the"}, "14"),
        ({"title": "the", "source": "Harbour News"}, "14"),
        ({"title": Not("storm")}, "34"),
        ({"title": None}, ""),
        ({"title": Phrase("storm floods")}, "1"),
        ([{"tags": "Weather"}, "paris"], "2"),
        ([{"words": Between(100)}, {"words": Between(None, 200)}, Word("floods")], "1"),
        ([], "1234"),
        ((), "1234"),
        ("tags:weather", "12"),
        (Term("tags", "weather"), "12"),
    ],
)  # fmt: skip
def test_values_as_people_write_them(index: Index, filter_: Any, expected: str) -> None:
    assert keys(index, filter_) == [*expected]


def test_relative_dates_are_reckoned_when_the_filter_is_used(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Story)
    today = datetime.now(UTC).date()
    index.add([Story(id="now", published=today), Story(id="old", published=date(1990, 1, 1))])
    assert keys(index, {"published": "today"}) == ["now"]
    assert keys(index, {"published": Between("now-7d")}) == ["now"]
    assert keys(index, {"published": Not("last 7 days")}) == ["old"]
    assert keys(index, {"published": Between(None, today - timedelta(days=1))}) == ["old"]


@each("value", [1.5, math.nan, math.inf, True, date(2025, 1, 1), 10**400])
def test_a_query_tree_with_a_value_that_a_field_can_not_have_is_an_error(
    index: Index, value: Any
) -> None:
    for query in (Term("words", value), And((Word("storm"), Not(Term("words", value))))):
        for searched, filter_ in ((query, None), ("*", query), ("*", {"words": query})):
            with pytest.raises(QueryError, match="field 'words': expected a whole number"):
                index.search(searched, filter=filter_)
    if value != 10**400 and not isinstance(value, date):
        with pytest.raises(QueryError, match="field 'published': expected a date"):
            index.search(Term("published", value))


@pytest.mark.parametrize("label", ODD)
def test_a_label_needs_no_escaping(tmp_path: Path, label: str) -> None:
    index = Index.create(tmp_path / "index", Story)
    others = [
        one for one in ODD if label_term(one, lowercase=True) != label_term(label, lowercase=True)
    ]
    index.add(
        [
            Story(id="x", source=label),
            *(Story(id=f"o{n}", source=one) for n, one in enumerate(others)),
        ]
    )
    assert keys(index, {"source": label}) == ["x"]
    assert len(keys(index, {"source": Not(label)}, limit=None)) == len(others)


@each(
    ("filter_", "message"),
    [
        ({"sorce": "AP"}, "filter: no field 'sorce'; did you mean 'source'\\?$"),
        ({"date": "2025"}, "filter: no field 'date'; did you mean 'published'"),
        ({"note": "x"}, "filter: field 'note' is stored, not searched"),
        ({5: "x"}, "filter: expected the names of fields as keys, got 5"),
        ({"source": 5}, r"field 'source': expected a label as text, got 5 \(int\)"),
        ({"source": True}, r"field 'source': expected a label as text, got True \(bool\)"),
        ({"source": b"AP"}, r"field 'source': expected a label as text, got b'AP' \(bytes\)"),
        ({"source": {"AP": 1}}, "field 'source': expected a label as text, got {'AP': 1}"),
        ({"source": ["AP", 5]}, "field 'source': expected a label as text, got 5"),
        ({"source": Not(5)}, "field 'source': expected a label as text, got 5"),
        ({"source": Between("a", 5)}, "field 'source': expected a label as text, got 5"),
        ({"id": 5}, "field 'id': expected a label as text, got 5"),
        ({"urgent": 1}, r"field 'urgent': expected True or False, got 1 \(int\)"),
        ({"published": 2025}, r"field 'published': expected a date such as .*, got 2025 \(int\)"),
        ({"published": "soon"}, "field 'published': expected a date such as 2025.*got 'soon'"),
        ({"published": Between("2025", "31/12/2025")}, "field 'published': .*2025-12-31"),
        ({"published": ""}, "field 'published': expected a date"),
        ({"words": "many"}, "field 'words': expected a whole number .*got 'many'"),
        ({"words": True}, r"field 'words': expected a number, got True \(bool\)"),
        ({"words": date(2025, 1, 1)}, "field 'words': expected a number, got datetime.date"),
        ({"words": Decimal("sNaN")}, "field 'words': expected a number, got Decimal"),
        ({"words": Decimal("Infinity")}, "field 'words': expected a number, got Decimal"),
        ({"words": 2**63}, "field 'words': expected a whole number of at most 64 bits"),
        ({"words": 1.5}, "field 'words': expected a whole number .*got '1.5'"),
        ({"words": [100, 1.5]}, "field 'words': expected a whole number .*got '1.5'"),
        ({"words": Not([math.nan])}, "field 'words': expected a whole number .*got 'nan'"),
        ({"words": np.float64(1.5)}, "field 'words': expected a whole number .*got '1.5'"),
        ({"words": Decimal("1.5")}, "field 'words': expected a whole number .*got '1.5'"),
        ({"words": Decimal("1e999999999")}, "field 'words': expected a whole number .*got 'inf'"),
        ({"words": Between(math.nan)}, "field 'words': expected a whole number .*got 'nan'"),
        ({"words": math.inf}, "field 'words': expected a whole number .*got 'inf'"),
        ({"price": math.nan}, "field 'price': expected a number .*got 'nan'"),
        ({"price": math.inf}, "field 'price': expected a number .*got 'inf'"),
        ({"price": 10**400}, "field 'price': expected a number of at most 64 bits"),
        ({"price": "1e400"}, "field 'price': expected a number of at most 64 bits"),
        ({"price": Between(None, math.nan)}, "field 'price': expected a number .*got 'nan'"),
        ({"title": 5}, r"field 'title': expected words, got 5 \(int\)"),
        ({"title": " - "}, "field 'title': expected words, got ' - '"),
        ({"title": Between("a", "b")}, r"field 'title': expected words, got Between"),
        ([{"source": "AP"}, {"sorce": "AP"}], "filter: no field 'sorce'"),
        ([["AP"]], "expected a query as a string"),
        (5, "expected a query as a string"),
    ],
)
def test_what_a_field_does_not_hold_is_an_error(index: Index, filter_: Any, message: str) -> None:
    for use in (
        lambda: index.search("*", filter=filter_),
        lambda: index.search("*", filter=filter_, lenient=True),
        lambda: index.parse_filter(filter_),
    ):
        with pytest.raises(QueryError, match=message):
            use()


def test_values_nested_without_end_are_an_error(index: Index) -> None:
    value: Any = "AP"
    for _ in range(20_000):
        value = [value]
    with pytest.raises(QueryTooCostly, match="nested less deeply"):
        index.search("*", filter={"source": value})


def test_a_label_that_no_document_has_is_noted(index: Index) -> None:
    message = "no document has the label 'Harbour' in 'source'"
    for value in (["Meridian Wire", "Harbour"], Not("Harbour"), Not(Term("source", "Harbour"))):
        results = index.search("storm", filter={"source": value})
        assert results.total
        assert [(note.kind, note.message) for note in results.notes] == [("label", message)]
    for filter_ in ({"source": "Harbour"}, {"source": Term("source", "Harbour")}, "source:Harbour"):
        results = index.search("storm", filter=filter_)
        assert not results.total
        assert [note.message for note in results.notes] == [f"{message}; there is 'Harbour News'"]


def test_a_key_that_no_document_has_is_noted(index: Index) -> None:
    for filter_ in ({"id": ["1", "zzz"]}, {"id": Not("zzz")}, "id:zzz", {"id": "zzz"}):
        (note,) = index.search("*", filter=filter_).notes
        assert (note.kind, note.message) == ("label", "no document has the key 'zzz'")
    assert index.search("id:zzz").notes[0].message == "no document has the key 'zzz'"
    assert index.search("id:1", filter={"id": ["1", "2"]}).notes == ()


@pytest.mark.parametrize("name", ["source", "file", "id"])
def test_a_note_shows_the_beginning_of_a_long_label(index: Index, name: str) -> None:
    (note,) = index.search("*", filter={name: "z" * 100_000}).notes
    assert "zzz…'" in note.message
    assert len(note.message) < 150


def test_notes_and_hints_have_limits(index: Index) -> None:
    labels = [f"Harbour News {n}" for n in range(99)]
    notes = index.search("storm", filter={"source": labels}).notes
    assert ["there is" in note.message for note in notes] == [True] * 3 + [False] * 17


def test_labels_of_query_and_filter_are_both_noted(index: Index) -> None:
    notes = index.search("source:Meridian", filter={"source": "Harbour"}).notes
    assert [note.message.split(";")[0] for note in notes] == [
        "no document has the label 'Meridian' in 'source'",
        "no document has the label 'Harbour' in 'source'",
    ]
    assert index.search("storm", filter={"source": "Harbour News"}).notes == ()


def test_a_label_whose_documents_were_deleted_is_noted(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Story)
    index.add(
        [Story(id="1", source="AP"), Story(id="2", source="BBC"), Story(id="3", source="BBC")]
    )
    index.delete("1", "2")
    assert [note.kind for note in index.search("*", filter={"source": "AP"}).notes] == ["label"]
    assert index.search("*", filter={"source": "BBC"}).notes == ()


def test_a_filter_is_read_as_conditions_on_fields(index: Index) -> None:
    assert index.parse_filter(
        [{"source": ["AP", Not("BBC")], "words": Between(1, 5, include_high=False)}, "storm"]
    ) == (
        ("source", Or((Term("source", "AP"), Not(Term("source", "BBC"))))),
        ("words", Range("words", 1, 5, include_high=False)),
        (None, Word("storm")),
    )
    assert index.parse_filter({"source": None, "title": "a storm", "words": Between()}) == (
        ("source", Not(Exists("source"))),
        ("title", And((Word("a", ("title",)), Word("storm", ("title",))))),
        ("words", Exists("words")),
    )
    near = And((Prefix("a"), Word("b", ("tags",)), Not(Prefix("c"))))
    assert index.parse_filter({"source": near}) == (
        (
            "source",
            And((Prefix("a", ("source",)), Word("b", ("tags",)), Not(Prefix("c", ("source",))))),
        ),
    )


def test_documents_are_deleted_by_a_filter(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Story)
    index.add(STORIES)
    with pytest.raises(
        QueryError, match="expected a query, or a filter with a field, got an empty"
    ):
        index.delete_by_query({})
    with pytest.raises(QueryError, match="filter: no field 'sorce'"):
        index.delete_by_query({"sorce": "AP"})
    assert len(index) == 4
    assert index.delete_by_query({"source": "Harbour News", "title": "the"}) == 2
    with index.writer() as writer:
        assert writer.delete_by_query({"words": Between(1_000)}) == 1
    assert keys(index, None) == ["2"]


def test_a_between_is_a_value() -> None:
    assert Between(1, 2) == Between(1, 2) != Between(1, 2, include_high=False)
    assert len({Between(1, 2), Between(1, 2), Between(2)}) == 2
    assert repr(Between("a", include_low=False)) == (
        "Between(low='a', high=None, include_low=False, include_high=True)"
    )
    with pytest.raises(QueryError, match="Between: expected include_low to be True or False"):
        Between(1, 2, include_low=1)  # type: ignore[arg-type]


def test_there_is_one_not() -> None:
    assert searchlib.Not is TreeNot
    assert hash(Not(["a", "b"])) == hash(Not(("a", "b")))
    assert Not({"a"}) == Not(frozenset({"a"}))
    assert repr(Not("AP")) == "Not('AP')"


@each("value", ["AP", None, 5, ["AP"], [Word("a")], Between(1)])
def test_a_not_of_a_value_is_no_query(index: Index, value: Any) -> None:
    message = "Not: expected a query as its part, got .*; a value needs a field"
    bad = Not(value)
    for query in (bad, ~bad, And((Word("storm"), bad)), And((~bad, Word("the")))):
        for use in (
            lambda query=query: index.search(query),
            lambda query=query: index.search("storm", filter=query),
            lambda query=query: index.search("storm", filter={"source": And((Word("x"), query))}),
            lambda query=query: searchlib.query.to_json(query),
            lambda query=query: to_whoosh(query, index.schema),
            lambda query=query: index.explain(query, "1"),
        ):
            with pytest.raises(QueryError, match=message):
                use()


@each("part", ["AP", None, 5, ["a"], {"date": "2025-01-01"}])
def test_a_not_of_a_value_has_no_json_form(part: Any) -> None:
    with pytest.raises(QueryError, match="Not: expected a query as its part"):
        from_json({"version": 1, "query": {"kind": "not", "part": part}})


REVERSED: list[tuple[str, Any, Any, str]] = [
    ("words", 5, 1, "5 to 1"),
    ("price", 1.5, Decimal("0.5"), "1.5 to 0.5"),
    ("published", "2025-03", "2025-01", "'2025-03' to '2025-01'"),
    ("seen", date(2025, 1, 2), datetime(2025, 1, 1, 23), "date(2025, 1, 2) to datetime"),
    ("source", "b", "A", "'b' to 'A'"),
    ("file", "b", "a", "'b' to 'a'"),
]


@each(("field", "low", "high", "told"), REVERSED)
def test_bounds_the_wrong_way_round_are_an_error_that_names_both(
    field: str, low: Any, high: Any, told: str
) -> None:
    index = Index.in_memory(Story)
    for given_filter in ({field: Between(low, high)}, {field: Not([Between(low, high)])}):
        with pytest.raises(QueryError, match=f"^field '{field}': expected a lower bound") as error:
            index.count("*", filter=given_filter)
        assert told in str(error.value).replace("datetime.", "", 1)
    assert index.count("*", filter={field: Between(high, low)}) == 0
    assert index.count("*", filter={field: Between(low, low, include_low=False)}) == 0


NOTHING_BETWEEN = [
    ("published", "2025-03", "2025-03", "{2025-03 TO 2025-03}"),
    ("published", date(2025, 1, 31), "2025-01", "{2025-01-31 TO 2025-01}"),
    ("seen", date(2025, 3, 31), date(2025, 3, 31), "{2025-03-31 TO 2025-03-31}"),
    ("seen", datetime(2025, 3, 31, 12), date(2025, 3, 31), "{2025-03-31T12:00 TO 2025-03-31}"),
    ("seen", 2025, "2025-03", "{2025 TO 2025-03}"),
    ("words", 200, 200, "{200 TO 200}"),
    ("price", 1.5, 1.5, "{1.5 TO 1.5}"),
    ("source", "meridian wire", "Meridian Wire", "{'meridian wire' TO 'Meridian Wire'}"),
]


@each(("field", "low", "high", "written"), NOTHING_BETWEEN)
def test_between_a_value_and_itself_without_both_is_nothing_and_no_error(
    index: Index, field: str, low: Any, high: Any, written: str
) -> None:
    low = str(low) if isinstance(low, int) and field == "seen" else low
    inside = Between(low, high, include_low=False, include_high=False)
    assert keys(index, {field: inside}) == []
    having = keys(index, {field: Not(None)})
    assert having
    assert keys(index, {field: Not(inside)}) == ["1", "2", "3", "4"]
    found = index.search(f"{field}:{written}")
    assert (found.total, found.notes) == (0, ())
    if field != "source":
        [counted] = index.search(
            "*", facets=[Ranges(field, [Range(field, low, high, False, False)])]
        ).facets.values()
        assert [one.count for one in counted.values] == [0]


@each(
    ("query", "said"),
    [
        ("words:[5 TO 3]", "nothing is from 5 to 3; the bounds are the wrong way round"),
        ("published:[2025 TO 2024]", "nothing is from 2025 to 2024; the bounds are the wrong"),
        ("words:5..3", "nothing is from 5 to 3;"),
    ],
)
@each("lenient", [False, True])
def test_a_range_the_wrong_way_round_has_a_note(query: str, said: str, lenient: bool) -> None:
    index = Index.in_memory(Story)
    [note] = index.search(query, lenient=lenient).notes
    assert note.message.startswith(said)
    assert note.kind == "value"
    assert note.span is not None
    assert not index.search("words:[3 TO 5] OR words:3..3 OR words:{3 TO 3}").notes


class Urgency(IntEnum):
    LOW = 1
    HIGH = 3
    TOP = 3  # an alias


class Colour(Enum):
    RED = "deep red"
    BLUE = "RED"  # the value of one, and the name of another
    GREEN = "green"


class Painted(BaseModel):
    id: Annotated[UUID, Key()]
    address: Annotated[HttpUrl | None, Keyword()] = None
    links: Annotated[list[AnyUrl], Keyword(lowercase=False)] = []
    urgency: Annotated[Urgency | None, Keyword(facet=True)] = None
    level: Annotated[Urgency | None, Number(sortable=True)] = None
    colours: Annotated[list[Colour], Keyword(lowercase=False)] = []


ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("painted") / "index"
    Index.create(path, Painted).add([
        Painted(
            id=ONE, address=HttpUrl("https://example.org/a b?q=1"), urgency=Urgency.HIGH,
            links=[AnyUrl("ftp://host/File")], level=Urgency.HIGH, colours=[Colour.RED],
        ),
        Painted(id=OTHER, urgency=Urgency.LOW, level=Urgency.LOW, colours=[Colour.BLUE]),
    ], strict=True)  # fmt: skip
    return path


def test_addresses_are_their_texts(painted: Path) -> None:
    index = Index.open(painted, Painted)
    [one] = [page for page in index if page.id == ONE]
    for field, value in [("address", one.address), ("links", one.links[0]), ("links", one.links)]:
        assert index.count("*", filter={field: value}) == 1
        assert index.count("*", filter={field: Not(value)}) == 1
        assert index.count("*", filter={field: [value, "no"]}) == 1
    assert index.count("*", filter={"id": ONE}) == index.count("*", filter={"id": str(ONE)}) == 1
    with pytest.raises(QueryError, match="field 'level': expected a number, got HttpUrl"):
        index.count("*", filter={"level": one.address})


@pytest.mark.parametrize("model", [Painted, None])
def test_members_of_enumerations_are_found_by_name(painted: Path, model: Any) -> None:
    index = Index.open(painted, model)
    for query, keys in {
        "urgency:HIGH": [ONE], "urgency:high": [ONE], "urgency:TOP": [ONE], "urgency:3": [ONE],
        "urgency:(HIGH OR LOW)": [ONE, OTHER], "level:HIGH": [ONE], "level:low": [OTHER],
        "level:>LOW": [ONE], "level:[LOW TO HIGH]": [ONE, OTHER], "level:low..low": [OTHER],
        'colours:"deep red"': [ONE], "colours:RED": [OTHER], "colours:BLUE": [OTHER],
    }.items():  # fmt: skip
        found = index.search(query, sort="id")
        assert [hit.key for hit in found] == [str(key) for key in keys], query
        assert not found.notes
    for field, value in [("urgency", "HIGH"), ("level", "HIGH"), ("colours", "BLUE")]:
        assert index.count("*", filter={field: value}) == 1
    assert index.count("*", filter={"level": Between("LOW", Urgency.HIGH)}) == 2
    assert index.count(Term("urgency", "HIGH")) == index.count(Term("level", "HIGH")) == 1


def test_a_name_that_no_member_has_names_those_there_are(painted: Path) -> None:
    index = Index.open(painted)
    [note] = index.search("urgency:MIDDLE").notes
    assert (
        note.message == "no document has the label 'MIDDLE' in 'urgency'; there is LOW, HIGH, TOP"
    )
    [note] = index.search("colours:GREEN").notes
    assert note.message == "no document has the label 'GREEN' in 'colours'"
    with pytest.raises(QueryError, match=r"got 'MIDDLE'; there is LOW, HIGH, TOP"):
        index.search("level:MIDDLE")


def test_names_are_recorded_with_the_next_commit(painted: Path, tmp_path: Path) -> None:
    path = tmp_path / "index"
    shutil.copytree(painted, path)
    manifest = json.loads((path / "manifest.json").read_text())
    assert "members" in json.dumps(manifest)

    class Renamed(IntEnum):
        SMALL = 1
        HIGH = 3

    class Later(Painted):
        urgency: Annotated[Renamed | None, Keyword(facet=True)] = None  # type: ignore[assignment]

    index = Index.open(path, Later)
    assert index.count("urgency:SMALL") == 1
    index.add(Later(id=UUID(int=3)))
    assert Index.open(path).count("urgency:SMALL") == 1
    assert Index.open(path).count("urgency:LOW") == 0
