"""The kernels, written twice: every test that takes them runs over both."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from searchlib.postings import counting, matching, phrases, top

_COMPILED = ("compiled", "compiled_counts")


@pytest.fixture(scope="session", params=["numpy", "compiled"])
def kernels(request: pytest.FixtureRequest) -> Any:
    if request.param == "numpy":
        return SimpleNamespace(
            SegmentPostings=matching.SegmentPostings,
            WordPostings=matching.WordPostings,
            all_documents=matching.all_documents,
            best_documents=matching.best_documents,
            best_and_all=matching.best_and_all,
            listed_documents=matching.listed_documents,
            best_of_groups=top.best_of_groups,
            ordered_documents=matching.ordered_documents,
            phrase_postings=phrases.phrase_postings,
            occurrences_among=phrases.occurrences_among,
            count_labels=counting.count_labels,
            count_in_spans=counting.count_in_spans,
        )
    found: dict[str, Any] = {}
    for name in _COMPILED:
        name = f"searchlib.postings.{name}"
        found |= vars(pytest.importorskip(name, reason="there are no compiled kernels"))
    return SimpleNamespace(**found)
