"""Factors, scores and tie-breakers are numbers that scores can be multiplied with."""

from __future__ import annotations

from typing import Any

import pytest

from searchlib.errors import QueryError
from searchlib.query.json_form import from_json, to_json
from searchlib.query.tree import Boost, ConstantScore, DisjunctionMax, Word


@pytest.mark.parametrize("number", ["x", None, True, 10**400, -(10**400)])
def test_a_number_that_is_none_or_too_large_is_refused(number: Any) -> None:
    with pytest.raises(QueryError, match="expected tie_breaker to be a number"):
        DisjunctionMax((Word("a"),), number)
    with pytest.raises(QueryError, match="expected factor to be a number"):
        Boost(Word("a"), number)
    with pytest.raises(QueryError, match="expected score to be a number"):
        ConstantScore(Word("a"), number)


def test_so_it_is_in_json() -> None:
    written = to_json(DisjunctionMax((Word("a"),), 0.5))
    written["query"]["tie_breaker"] = "x"
    with pytest.raises(QueryError, match="expected tie_breaker to be a number"):
        from_json(written)
