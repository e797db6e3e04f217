"""Pages by cursor: together they are the one big search, whatever others write meanwhile."""

from __future__ import annotations

import base64
import enum
import gc
import itertools
import json
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Date, Index, Key, Keyword, Number, Recency, Sort, Text
from searchlib.errors import QueryError
from searchlib.query import Word
from searchlib.query.field_values import Clock
from searchlib.search import cursors, held
from searchlib.search.cursors import MAX_LENGTH
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from searchlib import Hit, Results


class Note(BaseModel):
    id: Annotated[str, Key()]
    text: Annotated[str, Text()] = "word"
    also: Annotated[str, Text(boost=2.0)] = ""
    day: Annotated[datetime | None, Date(sortable=True)] = None
    size: Annotated[int | None, Number(sortable=True)] = None
    weight: Annotated[float | None, Number(sortable=True)] = None
    shelf: Annotated[list[str], Keyword()] = []


ORIGIN = datetime(2025, 1, 1, tzinfo=UTC)
SIZES = [None, -(2**63), -1, 0, 1, 2**63 - 1]
notes = st.builds(
    Note,
    id=st.integers(0, 40).map(str),
    text=st.sampled_from(["word", "word word", "word other", "other", "other other word"]),
    day=st.none() | st.integers(0, 3).map(lambda days: ORIGIN + timedelta(days=days)),
    size=st.sampled_from(SIZES),
    weight=st.sampled_from([None, -0.0, 0.0, 1.5, -1.5, 1e308, -1e308]),
    shelf=st.lists(st.sampled_from(["A", "b", "Ç", "x" * 50]), max_size=2),
)
sorts = st.lists(
    st.builds(
        Sort,
        st.sampled_from(["id", "day", "size", "weight", "shelf", "score"]),
        descending=st.none() | st.booleans(),
        missing=st.sampled_from(["first", "last"]),
    ),
    max_size=3,
)
searches = st.fixed_dictionaries(
    {"query": st.sampled_from(["word", "*", "word OR other", "shelf:a", "size:0..1 word"])},
    optional={
        "sort": sorts,
        "filter": st.sampled_from(["word", "-shelf:b"]),
        "fields": st.just({"text": 3.0, "also": 1.0}),
        "boost": st.just(Recency("day", "1d", origin=ORIGIN + timedelta(days=2))),
    },
)


def make(folder: Path, batches: list[list[Note]]) -> Index[Note]:
    index = Index.create(folder, Note)
    for batch in batches:
        index.add(batch, workers=0)
    return index


def shown(hits: Any) -> list[tuple[int, str, float]]:
    return [(hit.rank, hit.key, hit.score) for hit in hits]


def pages(
    index: Index[Note], size: int, between: Callable[[], object] = lambda: None, **search: Any
) -> Iterator[Results[Note]]:
    results = index.search(limit=size, snippets=False, **search)
    yield results
    while results.next is not None:
        after = results.next
        between()
        results = index.search(limit=size, snippets=False, after=after, **search)
        yield results


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    base = tmp_path_factory.mktemp("pages")
    return (base / str(number) for number in itertools.count())


LAW = settings(
    max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@LAW
@given(
    batches=st.lists(st.lists(notes, max_size=12), min_size=1, max_size=4),
    search=searches,
    size=st.integers(1, 5),
)
def test_pages_are_the_one_big_search(
    places: Iterator[Path], batches: list[list[Note]], search: dict[str, Any], size: int
) -> None:
    index = make(next(places), batches)
    everything = index.search(limit=None, snippets=False, **search)
    found = list(pages(index, size, **search))
    assert [hit for page in found for hit in shown(page)] == shown(everything)
    assert all((page.total, page.notes) == (everything.total, everything.notes) for page in found)
    assert all(len(page) == size for page in found[:-1])
    offsets = [
        index.search(limit=size, offset=page * size, snippets=False, **search)
        for page in range(len(found))
    ]
    assert list(map(shown, offsets)) == list(map(shown, found))


@LAW
@given(
    batches=st.lists(st.lists(notes, min_size=3, max_size=12), min_size=1, max_size=3),
    changes=st.lists(
        st.lists(notes, max_size=4) | st.lists(st.integers(0, 40).map(str), min_size=1, max_size=9),
        min_size=1,
        max_size=5,
    ),
    search=searches,
    size=st.integers(1, 5),
    optimize=st.booleans(),
)
def test_pages_go_on_in_the_commit_that_they_began_in(
    places: Iterator[Path],
    batches: list[list[Note]],
    changes: list[list[Any]],
    search: dict[str, Any],
    size: int,
    optimize: bool,
) -> None:
    index = make(next(places), batches)
    everything = index.search(limit=None, snippets=False, **search)
    hits = shown(everything)
    found = list(pages(index, size, changing(index, changes, optimize=optimize), **search))
    assert [hit for page in found for hit in shown(page)] == hits
    assert all(page.notes == everything.notes for page in found)


@LAW
@given(
    batches=st.lists(st.lists(notes, min_size=3, max_size=12), min_size=1, max_size=3),
    changes=st.lists(
        st.lists(notes, max_size=4) | st.lists(st.integers(0, 40).map(str), min_size=1, max_size=9),
        min_size=1,
        max_size=5,
    ),
    sort=sorts.filter(lambda order: order and not any(one.field == "score" for one in order)),
    size=st.integers(1, 5),
    optimize=st.booleans(),
)
def test_without_their_commit_pages_lose_nothing_that_was_there_all_along(
    places: Iterator[Path],
    batches: list[list[Note]],
    changes: list[list[Any]],
    sort: list[Sort],
    size: int,
    optimize: bool,
) -> None:
    path = next(places)
    index = make(path, batches)
    search: dict[str, Any] = {"sort": sort, "snippets": False}
    stayed = {hit.key: hit.document.model_dump_json() for hit in index.search("*", limit=None)}
    change = changing(index, changes, optimize=optimize)
    results = index.search("*", limit=size, **search)
    seen = [hit.key for hit in results]
    for _ in range(200):
        if results.next is None:
            break
        after, before = results.next, set(stayed)
        change()
        now = {hit.key: hit.document.model_dump_json() for hit in index.search("*", limit=None)}
        stayed = {key: stayed[key] for key in before if now.get(key) == stayed[key]}
        other = Index.open(path)  # another process, which holds no commit
        results = other.search("*", limit=size, after=after, **search)
        seen += [hit.key for hit in results]
    assert results.next is None
    assert set(stayed) <= set(seen)


def changing(
    index: Index[Note], changes: list[list[Any]], *, optimize: bool
) -> Callable[[], object]:
    """Make a change each time: documents are added or replaced, or deleted, segments merged."""
    waiting = iter(changes)

    def change() -> None:
        for what in itertools.islice(waiting, 1):
            if what and isinstance(what[0], str):
                index.delete(*what)
            else:
                index.add(what, workers=0)
            if optimize:
                index.optimize()

    return change


# ---------------------------------------------------------------- which commit


@pytest.fixture
def index(tmp_path: Path) -> Index[Note]:
    texts = ["word", "word other", "word word"]
    batch = [Note(id=str(n), text=texts[n % 3], size=n % 4) for n in range(30)]
    return make(tmp_path / "i", [batch[:10], batch[10:]])


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 20


class Ticket(BaseModel):
    number: Annotated[int, Key()]
    level: Annotated[Level | None, Keyword()] = None
    code: Annotated[UUID | None, Keyword()] = None
    open: Annotated[bool | None, Keyword()] = None


@each("field", ["number", "level", "code", "open"])
@each("sign", ["", "-"])
def test_labels_may_be_of_types_other_than_text(field: str, sign: str) -> None:
    blank = Ticket(number=1)
    low = Ticket(number=2, level=Level.LOW, code=UUID(int=1), open=True)
    high = Ticket(number=30, level=Level.HIGH, code=UUID(int=2), open=False)
    with Index.in_memory(Ticket) as index:
        index.add([blank, low, high])
        every = [hit.key for hit in index.search("*", sort=sign + field)]
        page = index.search("*", sort=sign + field, limit=1)
        turned = [hit.key for hit in page]
        while page.next:
            page = index.search("*", sort=sign + field, limit=1, after=page.next)
            turned += [hit.key for hit in page]
    assert turned == every
    assert len(every) == 3


def test_the_last_page_has_no_next(index: Index[Note]) -> None:
    assert index.search("word", limit=30).next is None
    assert index.search("word", limit=None).next is None
    assert index.search("word", limit=0).next is None
    assert index.search("word", limit=29).next is not None
    assert index.search("word", limit=10, offset=20).next is None
    last = index.search("word", limit=99, after=index.search("word", limit=29).next)
    assert (len(last), last.next, last.total, last[0].rank) == (1, None, 30, 30)


def test_a_page_may_begin_with_an_offset(index: Index[Note]) -> None:
    everything = shown(index.search("word", limit=None))
    first = index.search("word", limit=4, offset=7)
    assert shown(index.search("word", limit=5, after=first.next)) == everything[11:16]


def test_results_are_json_with_the_next_page(index: Index[Note]) -> None:
    results = index.search("word", limit=3)
    assert results.to_json()["next"] == results.next
    assert json.loads(json.dumps(results.to_json()))["next"]


def test_offset_and_after_are_an_error(index: Index[Note]) -> None:
    after = index.search("word", limit=3).next
    with pytest.raises(QueryError, match="offset or after, got both"):
        index.search("word", limit=3, offset=3, after=after)


def test_a_commit_is_held_for_a_few_others(index: Index[Note]) -> None:
    everything = shown(index.search("word", sort="size", limit=None))
    afters = []
    for number in range(held.MAX_HELD):
        afters.append(index.search("word", sort="size", limit=3).next)
        index.add(Note(id=f"new-{number}", size=-1))
    assert shown(index.search("word", sort="size", limit=3, after=afters[0])) == everything[3:6]
    index.search("word", sort="size", limit=3).next  # noqa: B018 - for its commit to be held
    index.add(Note(id="new"))
    # The first commit was used last but one; the second has gone for it.
    assert not index.search("word", sort="size", limit=3, after=afters[0]).notes
    [note] = index.search("word", sort="size", limit=3, after=afters[1]).notes
    assert note.kind == "page"
    assert "may come again" in note.message


def test_a_commit_is_let_go_of_in_time(index: Index[Note], monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    after = index.search("word", sort="size", limit=3).next
    index.add(Note(id="new"))
    now = held.MAX_AGE - 1
    assert not index.search("word", sort="size", limit=3, after=after).notes
    now += held.MAX_AGE + 1
    assert index.search("word", sort="size", limit=3, after=after).notes


def test_what_is_held_is_let_go_of(index: Index[Note], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "MAX_HELD", 1)
    results = index.search("word", limit=3)
    after = results.next
    snapshot = weakref.ref(index._local.current.get().snapshot)
    index.add(Note(id="new"))
    assert len(index.search("word", limit=3, after=after)) == 3
    assert snapshot() is not None
    index.search("word", limit=3).next  # noqa: B018 - for its commit to be held
    del results
    gc.collect()
    assert snapshot() is None


def test_relative_dates_stay_those_of_the_first_page(tmp_path: Path) -> None:
    index = make(
        tmp_path / "i",
        [[Note(id=str(n), day=ORIGIN - timedelta(hours=n)) for n in range(40)]],
    )
    now = ORIGIN

    def tell() -> datetime:
        return now

    index._clock = Clock(tell)
    index._local.current.clock = index._clock
    for kwargs in ({"query": "day:>=now-1d"}, {"query": "*", "boost": Recency("day", "1d")}):
        now = ORIGIN
        index.add(Note(id="new", text="other"))  # a searcher with this clock
        first = index.search(limit=10, **kwargs)
        everything = shown(index.search(limit=None, **kwargs))
        now = ORIGIN + timedelta(days=3)
        assert shown(index.search(limit=None, after=first.next, **kwargs)) == everything[10:]


def test_the_place_of_a_hit_whose_score_has_changed_is_found(tmp_path: Path) -> None:
    texts = [" ".join(["word"] * (n + 1)) + " x" * (3 * n) for n in range(20)]
    index = make(tmp_path / "i", [[Note(id=str(n), text=text) for n, text in enumerate(texts)]])
    everything = [hit.key for hit in index.search("word", limit=None)]
    after = index.search("word", limit=8).next
    index.add([Note(id=f"new-{n}", text="other thing") for n in range(200)], workers=0)
    other = Index.open(index.path)
    found = other.search("word", limit=None, after=after)
    assert [hit.key for hit in found] == everything[8:]
    assert [note.kind for note in found.notes] == ["page"]
    other.delete(everything[7])
    found = other.search("word", limit=None, after=after)
    assert [note.kind for note in found.notes] == ["page"]


def test_many_threads_turn_pages_while_one_writes(index: Index[Note]) -> None:
    expected = [key for _, key, _ in shown(index.search("word", sort=["size"], limit=None))][:28]

    def turn(_: int) -> list[str]:
        after, keys = None, []
        for _ in range(4):
            results = index.search("word -new", sort=["size"], limit=7, after=after)
            keys += [hit.key for hit in results]
            after = results.next
        return keys

    with ThreadPoolExecutor(6) as pool:
        turning = pool.map(turn, range(60))
        for number in range(6):
            index.add(Note(id=f"new-{number}", text="new word", size=1), workers=0)
        assert all(keys == expected for keys in turning)


# ---------------------------------------------------------------- what is no cursor


def test_a_cursor_of_another_search_is_an_error(index: Index[Note]) -> None:
    after = index.search("word", limit=3, sort="size").next
    others: list[dict[str, Any]] = [
        {"query": "other", "sort": "size"},
        {"query": "word", "sort": "-size"},
        {"query": "word"},
        {"query": "word", "sort": "size", "filter": "other"},
        {"query": "word", "sort": "size", "fields": {"text": 2.0}},
        {"query": "word", "sort": "size", "boost": Recency("day", "1d")},
    ]
    for other in others:
        with pytest.raises(QueryError, match="of another search"):
            index.search(after=after, **other)
    assert len(index.search(Word("word"), limit=3, sort="size", after=after)) == 3


def test_a_cursor_of_another_index_goes_on_by_values(index: Index[Note], tmp_path: Path) -> None:
    after = index.search("word", limit=3, sort="size").next
    other = make(tmp_path / "j", [[Note(id="1", size=5), Note(id="2", size=-1)]])
    found = other.search("word", sort="size", after=after)
    assert [hit.key for hit in found] == ["1"]
    assert found.notes


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-1],
        lambda text: text[1:],
        lambda text: text[: len(text) // 2],
        lambda text: text + "A",
        lambda text: text[:20] + ("A" if text[20] != "A" else "B") + text[21:],
        lambda _: "",
        lambda _: "nonsense",
        lambda _: "ž" * 10,
        lambda _: "A" * (MAX_LENGTH + 1),
        lambda _: 7,
        lambda _: b"AAAA",
    ],
)
def test_a_damaged_cursor_is_an_error(index: Index[Note], damage: Callable[[Any], Any]) -> None:
    after = index.search("word", limit=3, sort="size").next
    with pytest.raises(QueryError, match=r"expected after as results\.next"):
        index.search("word", limit=3, sort="size", after=damage(after))


def forged(after: str, change: Callable[[list[Any]], object]) -> str:
    """Make a cursor that says something else, with the digest that goes with it."""
    data = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
    content = json.loads(data[cursors._DIGEST :])
    changed = change(content)
    text = json.dumps(content if changed is None else changed).encode()
    return base64.urlsafe_b64encode(cursors._digest(text) + text).decode().rstrip("=")


def replace_member(member: int, value: Any, content: list[Any]) -> None:
    content[member] = value


VERSION, COMMIT, SEARCH, NOW, RANK, VALUES, KEY, SEGMENTS, PLACE = range(9)


@pytest.mark.parametrize(
    ("member", "values"),
    [
        (VERSION, [0, 2, "1", None]),
        (COMMIT, [None, 3, []]),
        (NOW, [10**30, -(10**18), "now", 1.5, None]),
        (RANK, [0, -5, 10**30, "1", None]),
        (VALUES, [[], [1, 2], ["1"], [True], [1.5], [2**63], [[]], [{}], None, "x"]),
        (KEY, [None, 1]),
        (SEGMENTS, [[], [1], None, ["a"] * 1000]),
        (PLACE, [-1, 10**9, 2**31, "1", None]),
    ],
)
def test_a_forged_cursor_is_an_error(index: Index[Note], member: int, values: list[Any]) -> None:
    after = index.search("word", limit=3, sort="size").next
    assert after is not None
    for value in values:
        hostile = forged(after, partial(replace_member, member, value))
        with pytest.raises(QueryError, match="damaged"):
            index.search("word", limit=3, sort="size", after=hostile)


@pytest.mark.parametrize("content", [{}, 3, None, [], "x", [1] * 9, [[[[]]]] * 9])
def test_a_cursor_that_is_something_else_is_an_error(index: Index[Note], content: Any) -> None:
    after = index.search("word", limit=3, sort="size").next
    assert after is not None
    with pytest.raises(QueryError, match="damaged"):
        index.search("word", limit=3, sort="size", after=forged(after, lambda _: content or {}))


def test_a_deeply_nested_cursor_is_an_error(index: Index[Note]) -> None:
    text = b"[" * 20_000 + b"]" * 20_000
    hostile = base64.urlsafe_b64encode(cursors._digest(text) + text).decode().rstrip("=")
    with pytest.raises(QueryError, match="damaged"):
        index.search("word", after=hostile)


@pytest.mark.parametrize("value", ["\ud800", 3, None, "a" * 50_000])
def test_a_forged_label_harms_nothing(index: Index[Note], value: Any) -> None:
    after = index.search("word", limit=3, sort="id").next
    assert after is not None
    hostile = forged(after, lambda content: content.__setitem__(VALUES, [value]))
    try:
        found: list[Hit[Note]] = list(index.search("word", limit=3, sort="id", after=hostile))
    except QueryError:
        found = []
    assert len(found) <= 3
