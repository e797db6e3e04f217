"""The program that puts the shop under load runs, and notices what is wrong."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks import soak

from tests.examples.conftest import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="expected /proc, which tells the memory in use"
)


@pytest.fixture(autouse=True)
def _examples(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for package in ("fastapi", "uvicorn"):
        pytest.importorskip(package, reason=f"{package} is missing: pip install '.[examples]'")
    monkeypatch.setenv("PYTHONPATH", f"{soak.ROOT / 'src'}:{soak.ROOT}")
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name in (path.stem for path in EXAMPLES.glob("*.py")):
        sys.modules.pop(name, None)


def test_workers_and_a_writer_give_right_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak.soak(seconds=1, commits=3, threads=6, room=1 << 30) == []
    shown = capsys.readouterr().out
    assert "0 errors" in shown
    assert shown.count("MiB of its own") == 3


def test_a_wrong_answer_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    run = soak.Run(0)
    page = {"total": 20, "hits": [{"document": {"price": n % 2}} for n in range(20)]}

    def ask(*_: Any, **__: Any) -> Any:
        return page

    monkeypatch.setattr(soak.Client, "ask", ask)
    thread = threading.Thread(target=run.repeat, args=(soak.see_whole_rounds, 1))
    thread.start()
    thread.join()
    assert run.done.is_set()
    assert run.errors[0].startswith("see_whole_rounds: AssertionError: ")
