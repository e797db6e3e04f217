"""Numbers come back as they were, whether they are stored as steps or as they are."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchlib.segment.contents import SegmentContents
from searchlib.segment.doc_values import DocValues
from searchlib.segment.reader import SegmentReader, numbers_of_all
from searchlib.segment.writer import write_segment
from tests.segment.segment_cases import number_column
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Sequence

LOWEST, HIGHEST = -(2**63), 2**63 - 1
DAY = 86_400_000_000
whole = st.integers(LOWEST, HIGHEST) | st.integers(-3, 300) | st.sampled_from([LOWEST, HIGHEST])
days = st.integers(738_000, 739_000).map(lambda day: day * DAY)
rows = st.one_of(
    *(st.lists(st.none() | numbers, max_size=8) for numbers in (whole, days, st.integers(0, 2**33)))
)


def written(values: Sequence[float | None], dtype: str = "i8") -> DocValues:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        contents = SegmentContents(
            len(values),
            numbers={"n": number_column(values, dtype)},
            documents=[b""] * len(values),
        )
        write_segment(path, contents)
        with SegmentReader(path) as reader:
            assert reader.check() == []
            return reader.numbers("n")


def expect(found: DocValues, values: Sequence[int | None]) -> None:
    some = [value for value in values if value is not None]
    assert found.dtype == found.values.dtype == np.int64
    assert found.values.tolist() == [value or 0 for value in values]
    assert found.present.tolist() == [value is not None for value in values]
    assert found.complete == (None not in values)
    assert (found.minimum, found.maximum) == (min(some, default=None), max(some, default=None))
    backwards = np.arange(len(values), dtype=np.int64)[::-1]
    taken, present = found.take(backwards)
    assert taken.tolist() == found.values[::-1].tolist()
    assert present.tolist() == found.present[::-1].tolist()


@given(rows)
def test_whole_numbers_come_back(values: list[int | None]) -> None:
    expect(written(values), values)


@given(st.lists(rows, min_size=1, max_size=4))
def test_numbers_of_several_segments_come_back(parts: list[list[int | None]]) -> None:
    joined = DocValues.joined([written(values) for values in parts])
    expect(joined, [value for values in parts for value in values])


@given(rows, st.lists(whole | days, max_size=6))
def test_steps_are_in_a_span_as_values_are(values: list[int | None], others: list[int]) -> None:
    found = written(values)
    steps = found.steps
    if steps is None:
        return
    some = [value for value in values if value is not None]
    cuts = sorted({*others, *some})
    for low, high in pairwise(cuts):
        first, last = steps.span(low, high)
        inside = (found.stored >= first) & (found.stored <= last)
        assert inside.tolist() == [v is not None and low <= v <= high for v in values]
    below = steps.below(np.array(cuts, np.int64)).tolist()
    stored = found.stored[found.present].tolist()
    for cut, count in zip(cuts, below, strict=True):
        assert [step <= count for step in stored] == [value < cut for value in some]
    assert max(stored, default=0) == steps.last


@each(
    ("values", "width", "unit"),
    [
        ([738_000 * DAY, None, 738_254 * DAY], 1, 254 * DAY),
        ([738_000 * DAY, 738_001 * DAY, 738_255 * DAY], 2, DAY),
        ([738_000 * DAY, 738_001 * DAY, 738_254 * DAY], 1, DAY),
        ([0, 7, 70_000 * 7], 4, 7),
        ([5, None, 5], 1, 1),
        ([None, None], 1, 1),
        ([], 1, 1),
        ([0, 1, 2**32 - 3], 4, 1),
        ([0, 1, 2**32 - 1], 8, 0),
        ([LOWEST, HIGHEST], 8, 0),
        ([LOWEST, 0], 8, 0),
        ([1, HIGHEST], 1, HIGHEST - 1),
    ],
)
def test_steps_are_as_narrow_as_they_can_be(
    values: list[int | None], width: int, unit: int
) -> None:
    found = written(values)
    assert (found.stored.itemsize, found.steps.unit if found.steps else 0) == (width, unit)
    expect(found, values)


def test_floats_are_stored_as_they_are() -> None:
    found = written([0.5, None, float("inf"), -0.5, float("nan")], "f8")
    assert found.steps is None
    assert found.dtype == np.float64
    assert str(found.values.tolist()) == "[0.5, 0.0, inf, -0.5, nan]"
    assert found.present.tolist() == [True, False, True, True, True]
    assert (found.minimum, found.maximum, found.extent) == (-0.5, float("inf"), None)


def test_a_segment_from_before_there_was_the_field_has_no_values(tmp_path: Path) -> None:
    numbers = {"n": number_column([3, 5], "i8"), "x": number_column([0.5, 1], "f8")}
    write_segment(tmp_path / "a", SegmentContents(2, numbers=numbers, documents=[b"", b""]))
    write_segment(tmp_path / "b", SegmentContents(1, documents=[b""]))
    with SegmentReader(tmp_path / "a") as first, SegmentReader(tmp_path / "b") as second:
        expect(DocValues.joined(numbers_of_all("n", [first, second])), [3, 5, None])
        expect(DocValues.joined(numbers_of_all("n", [second, first])), [None, 3, 5])
        joined = DocValues.joined(numbers_of_all("x", [second, first]))
        assert (joined.values.tolist(), joined.present.tolist()) == (
            [0, 0.5, 1], [False, True, True],
        )  # fmt: skip
