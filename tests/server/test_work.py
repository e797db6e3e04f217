"""How many searches and exports run at the same time, whatever becomes of those who asked."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from searchlib.server import Settings
from searchlib.server.problems import Refusal
from searchlib.server.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator


def wait(event: threading.Event) -> None:
    event.wait(10)


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work(Settings(threads=1, waiting=0, exports=1, time_limit=0.01))
    yield made
    made.close()


def test_what_ends_after_its_loop_makes_room(work: Work) -> None:
    """Some servers, and clients of tests, have a loop for each request."""
    go_on = threading.Event()

    async def begin() -> None:
        work.export(partial(wait, go_on))
        with pytest.raises(Refusal, match="took longer"):
            await work.run(go_on.wait, 10)

    async def try_again() -> bool:
        try:
            work.export(lambda: None)
            return await work.run(lambda: True)
        except Refusal:
            return False

    asyncio.run(begin())
    assert not asyncio.run(try_again())
    go_on.set()
    deadline = time.monotonic() + 10
    while not asyncio.run(try_again()):
        assert time.monotonic() < deadline


def test_an_error_is_that_of_the_function(work: Work) -> None:
    async def fail() -> None:
        await work.run(int, "x")

    for _ in range(3):
        with pytest.raises(ValueError, match="invalid literal"):
            asyncio.run(fail())
