"""The kernels over texts, written twice: every test that takes them runs over both."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

_COMPILED = "searchlib.highlight.compiled"


@pytest.fixture(scope="session", params=["python", "compiled"])
def kernels(request: pytest.FixtureRequest) -> Any:
    if request.param == "python":
        return import_module("searchlib.highlight.runs")
    if find_spec(_COMPILED) is None:
        pytest.skip("there are no compiled kernels")
    return import_module(_COMPILED)
