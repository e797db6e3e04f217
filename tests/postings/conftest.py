"""The kernels, written twice: every test that takes them runs over both."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import pytest

from searchlib.postings import matching, phrases


@pytest.fixture(scope="session", params=["numpy", "compiled"])
def kernels(request: pytest.FixtureRequest) -> Any:
    if request.param == "numpy":
        return SimpleNamespace(
            SegmentPostings=matching.SegmentPostings,
            WordPostings=matching.WordPostings,
            all_documents=matching.all_documents,
            best_documents=matching.best_documents,
            phrase_postings=phrases.phrase_postings,
        )
    if find_spec("searchlib.postings.compiled") is None:
        pytest.skip("there are no compiled kernels")
    return import_module("searchlib.postings.compiled")
