"""How the tests get at the examples, which are programs and no package."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"


class Load(Protocol):
    """Imports an example anew."""

    def __call__(self, name: str, *needs: str) -> Any: ...


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    monkeypatch.syspath_prepend(EXAMPLES)
    names = {path.stem for path in EXAMPLES.glob("*.py")}

    def imported(name: str, *needs: str) -> Any:
        for package in needs:
            pytest.importorskip(package, reason=f"{package} is missing: pip install '.[examples]'")
        return importlib.import_module(name)

    yield imported
    for name in names:
        sys.modules.pop(name, None)
