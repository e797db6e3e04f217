"""The address of a page holds all of its state, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from searchlib.server.links import Links
from searchlib.server.state import MATCHES, SORTS, SearchState
from tests.tables import each

if TYPE_CHECKING:
    from searchlib.server.state import Pairs

FIELDS = ("source", "categories")

labels = st.lists(
    st.tuples(st.sampled_from(FIELDS), st.text(st.characters(exclude_categories=["Cs"]))),
    unique=True,
)
words = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: " ".join(text.split()))
trimmed = st.text(st.characters(exclude_categories=["Cs"])).map(str.strip)
states = st.builds(
    SearchState,
    q=words,
    labels=labels.map(tuple),
    since=trimmed,
    until=trimmed,
    sort=st.sampled_from(SORTS),
    size=st.integers(0, 999_999),
    page=st.integers(1, 999_999),
    after=trimmed,
    match=st.sampled_from(MATCHES),
    typos=st.booleans(),
    copies=st.booleans(),
    more=st.sampled_from(("", *FIELDS)),
)


def pairs_of(address: str) -> Pairs:
    return parse_qsl(address.partition("?")[2], keep_blank_values=True)


def read(address: str) -> SearchState:
    return SearchState.read(pairs_of(address), FIELDS)


@given(states)
def test_an_address_is_read_as_it_was_written(state: SearchState) -> None:
    assert read(Links("").search(state)) == state


@given(states, st.sampled_from(FIELDS), st.text(st.characters(exclude_categories=["Cs"])))
def test_choosing_twice_changes_nothing_but_the_page(
    state: SearchState, field: str, label: str
) -> None:
    chosen = state.with_label(field, label)
    assert (chosen.page, chosen.after) == (1, "")
    there = (field, label) in state.labels
    assert ((field, label) in chosen.labels) is not there
    assert set(chosen.with_label(field, label).labels) == set(state.labels)


@given(states, st.sampled_from(FIELDS), st.text(st.characters(exclude_categories=["Cs"])))
def test_links_that_are_written_in_parts_are_like_whole_ones(
    state: SearchState, field: str, label: str
) -> None:
    links = Links("/base")
    spanning = f"{links.spanning(state)}from=2025-01-01&to=2025-01-31"
    assert read(spanning) == state.changed(since="2025-01-01", until="2025-01-31")
    if (field, label) not in state.labels:
        labelled = f"{links.labelled(state, field)}{quote_plus(label)}"
        assert read(labelled) == state.with_label(field, label)


@given(st.lists(st.tuples(st.text(), st.text())))
def test_any_address_can_be_read(pairs: Pairs) -> None:
    state = SearchState.read(pairs, FIELDS)
    assert state.page >= 1
    assert all(field in FIELDS for field, _ in state.labels)


@each("text", ["0", "-1", "x", "²", "1e3", "99999999", " 2"])
def test_a_page_that_is_no_number_is_the_first(text: str) -> None:
    assert SearchState.read([("page", text)], FIELDS).page == 1


def test_the_first_page_is_the_shortest_address() -> None:
    assert Links("").search(SearchState()) == "/search?"
    assert Links("").search(SearchState(q="storm")) == "/search?q=storm"
