"""The best are the same as by sorting everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.postings import first_equal, highest, highest_above_zero, top

few_scores = st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0]), max_size=300)
scores = st.lists(st.floats(-1e6, 1e6, width=32), max_size=100)


@pytest.mark.parametrize("groups", [1, 4, 16])
@given(few_scores | scores, st.integers(-1, 320))
def test_the_highest_come_first_and_equal_ones_in_order(
    groups: int, values: list[float], k: int
) -> None:
    expected = sorted(range(len(values)), key=lambda place: (-values[place], place))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(top, "_FEWER_GROUPS", groups)
        assert highest(np.array(values), k).tolist() == expected[: max(k, 0)]
        assert highest(np.array(values, np.float32), k).tolist() == expected[: max(k, 0)]


@pytest.mark.parametrize("groups", [1, 4, 64])
@given(few_scores, st.integers(0, 320))
def test_only_scores_above_zero_count_among_all_documents(
    groups: int, values: list[float], k: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(top, "_GROUPS", groups)
        found = highest_above_zero(np.array(values), k).tolist()
    matching = [place for place, value in enumerate(values) if value > 0]
    assert found == sorted(matching, key=lambda place: (-values[place], place))[:k]


@given(
    st.lists(st.integers(0, 3), max_size=40),
    st.sets(st.integers(0, 3), min_size=1, max_size=3),
    st.integers(0, 45),
)
def test_the_first_places_of_some_values(values: list[int], wanted: set[int], k: int) -> None:
    found = first_equal(bytes(values), wanted, k)
    assert found == [place for place, value in enumerate(values) if value in wanted][:k]
