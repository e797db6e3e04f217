"""The functions over texts, written twice: every test that takes them runs over both."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import pytest

from searchlib.highlight import passages, runs, writing

_COMPILED = "searchlib.highlight.compiled"


@pytest.fixture(scope="session")
def compiled() -> Any:
    if find_spec(_COMPILED) is None:
        pytest.skip("there are no compiled kernels")
    return import_module(_COMPILED)


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
