"""How do searches run beside one another, without more of them than the machine can take?"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from searchlib.server.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from typing import Any

    from searchlib.server.settings import Settings

T = TypeVar("T")


class Work:
    """Threads that run searches, and others that run exports, which take longer.

    A search can't be stopped. One that takes too long is given up: the request is answered, and
    its thread counts as busy until the search has ended. That is counted where the threads are:
    an event loop may have ended by then, where each request has its own.

    Args:
        settings: How many there may be of each.
    """

    def __init__(self, settings: Settings) -> None:
        self._most = settings.threads + settings.waiting
        self._time_limit = settings.time_limit
        self._lock = threading.Lock()
        self._busy = 0
        self._threads = ThreadPoolExecutor(settings.threads, "searchlib-search")
        self._most_exports = settings.exports
        self._exporting = 0
        self._export_threads = ThreadPoolExecutor(settings.exports, "searchlib-export")

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """Run a function in a thread.

        Raises:
            Refusal: Too many are waiting, or it takes too long.
        """
        with self._lock:
            if self._busy >= self._most:
                raise _busy("The server has more searches to do than it can take.", 1)
            running = self._threads.submit(function, *args)
            self._busy += 1
        running.add_done_callback(self._done)
        future = asyncio.wrap_future(running)
        future.add_done_callback(_noticed)
        await asyncio.wait({future}, timeout=self._time_limit)
        if not future.done():
            raise _busy(f"The search took longer than {self._time_limit:g} seconds.", 5)
        return future.result()

    def export(self, function: Callable[[], None]) -> None:
        """Start an export in a thread.

        Raises:
            Refusal: As many as may run are running.
        """
        with self._lock:
            if self._exporting >= self._most_exports:
                raise _busy("The server is busy with other exports.", 10)
            running = self._export_threads.submit(function)
            self._exporting += 1
        running.add_done_callback(self._exported)

    def close(self) -> None:
        """Take no more work; what runs comes to its end."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._export_threads.shutdown(wait=True, cancel_futures=True)

    def _done(self, _: Future[Any]) -> None:
        with self._lock:
            self._busy -= 1

    def _exported(self, _: Future[None]) -> None:
        with self._lock:
            self._exporting -= 1


def _noticed(future: asyncio.Future[Any]) -> None:
    """Look at what went wrong with a search that was given up: nobody else does."""
    if not future.cancelled():
        future.exception()


def _busy(detail: str, retry_after: int) -> Refusal:
    return Refusal(503, detail, hint="Try again in a moment.", retry_after=retry_after)
