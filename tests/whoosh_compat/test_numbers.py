"""Whoosh finds numbers and dates by terms that we make up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from hypothesis import assume, given
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.fields import NUMERIC

from searchlib.whoosh_compat.numeric import NumberTerms
from tests.whoosh_compat.reports import DELETED, REPORTS, column

if TYPE_CHECKING:
    from whoosh.searching import Searcher


numbers = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300))
floats = st.lists(st.none() | st.floats(allow_nan=False))


@given(values=numbers | floats, cut=st.integers(0, 5))
def test_the_terms_of_numbers_are_those_that_whoosh_indexes(
    values: list[float | None], cut: int
) -> None:
    is_float = any(type(value) is float for value in values)
    cut = min(cut, len(values))
    dtype = "float64" if is_float else "int64"
    columns = [column(part, dtype) for part in (values[:cut], values[cut:])]
    terms = NumberTerms(cast("Any", [(0, columns[0]), (cut, columns[1])]))
    field = NUMERIC(float if is_float else int, 64, shift_step=3)
    expected: dict[bytes, list[int]] = {}
    for docnum, value in enumerate(values):
        for text, *_ in [] if value is None else field.index(value):
            expected.setdefault(text, []).append(docnum)
    for shift in range(0, 64, 3):
        start = bytes([shift])
        assert list(terms.starting_at(start)) == sorted(t for t in expected if t[:1] == start)
    for text, docnums in expected.items():
        assert terms.postings(text).docnums.tolist() == docnums
        assert next(terms.starting_at(text)) == text
    assert terms.doc_frequency(b"\0") == terms.doc_frequency(bytes([63, *[255] * 8])) == 0


bounds = st.none() | st.integers(-20, 20)


@given(low=bounds, high=bounds, exclusive=st.tuples(st.booleans(), st.booleans()))
def test_ranges_by_brute_force(
    searcher: Searcher, low: int | None, high: int | None, exclusive: tuple[bool, bool]
) -> None:
    found = searcher.search(q.NumericRange("parts", low, high, *exclusive), limit=None)
    least = -99 if low is None else low + exclusive[0]
    most = 99 if high is None else high - exclusive[1]
    assume(least <= most)  # Whoosh finds some documents else
    assert {hit["id"] for hit in found} == {
        report.id
        for report in REPORTS
        if report.id not in DELETED and report.parts is not None and least <= report.parts <= most
    }
