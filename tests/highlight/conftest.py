"""The functions over texts, written twice: every test that takes them runs over both."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from searchlib.highlight import passages, runs, writing


@pytest.fixture(scope="session")
def compiled() -> Any:
    return pytest.importorskip(
        "searchlib.highlight.compiled", reason="there are no compiled kernels"
    )


@pytest.fixture(scope="session")
def plain() -> Any:
    return SimpleNamespace(
        add_words=runs.add_words,
        choose=passages.choose,
        opening=passages.opening,
        searched_form=runs.searched_form,
        written=writing.written,
    )


@pytest.fixture(scope="session", params=["plain", "compiled"])
def kernels(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)
