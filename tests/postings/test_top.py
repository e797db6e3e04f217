"""The best are the same as by sorting everything."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchlib.postings import highest

few_scores = st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0]), max_size=300)
scores = st.lists(st.floats(-1e6, 1e6, width=32), max_size=100)


@given(few_scores | scores, st.integers(-1, 320))
def test_the_highest_come_first_and_equal_ones_in_order(values: list[float], k: int) -> None:
    expected = sorted(range(len(values)), key=lambda place: (-values[place], place))
    assert highest(np.array(values), k).tolist() == expected[: max(k, 0)]
    assert highest(np.array(values, np.float32), k).tolist() == expected[: max(k, 0)]
