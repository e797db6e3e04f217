"""How do many documents get to a cluster, each one acknowledged, and none of them twice?

A few threads send them in requests of some megabytes. What concerns one document always goes
through the same thread, one after the other. Each document has a version that rises; what is
repeated because no answer came can't undo what was written later.
"""

from __future__ import annotations

import contextlib
import queue
import random
import threading
import time
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from pydantic_core import to_json

from searchlib.backends.opensearch import problems
from searchlib.errors import (
    Problem,
    SearchlibError,
    ServerBusyError,
    ServerError,
    ServerTimeoutError,
    ServerUnreachableError,
)

if TYPE_CHECKING:
    from searchlib.backends.opensearch.client import Client
    from searchlib.backends.opensearch.documents import Source
    from searchlib.indexing.report import AddReport

Chunk = list["Source"]

REQUEST_BYTES: Final = 5 << 20
"""About how long a request is at most; a longer document goes alone."""
LANES: Final = 4
_HEAD_BYTES: Final = 100
_PATIENCE: Final = 3
"""For how many time-outs to try again while nothing is acknowledged."""
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0
_AGAIN: Final = (ServerBusyError, ServerTimeoutError, ServerUnreachableError)
_AGAIN_STATUS: Final = (429, 502, 503, 504)
_FATAL_STATUS: Final = (401, 403)


class BulkSender:
    """Sends documents; used by one thread.

    Args:
        client: The cluster.
        index: The index, or its alias.
        report: Gets the numbers of documents added and replaced, and with :meth:`flush` what the
            server rejects.
        request_bytes: About how long a request is.

    Attributes:
        deleted: How many documents the server has deleted.
    """

    def __init__(
        self,
        client: Client,
        index: str,
        report: AddReport,
        *,
        request_bytes: int = REQUEST_BYTES,
    ) -> None:
        self.deleted = 0
        self._client = client
        self._index = index
        self._report = report
        self._request_bytes = request_bytes
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._failure: SearchlibError | None = None
        self._lost = 0
        self._rejected: list[Problem] = []
        self._lanes = [_Lane(self._deliver) for _ in range(LANES)]

    def put(self, source: Source) -> None:
        """Take a document; waits while there is enough under way.

        Raises:
            SearchlibError: The cluster has not taken what came before.
        """
        if self._failure is not None:
            raise self._told(self._failure)
        lane = self._lanes[crc32(source.id.encode()) % LANES]
        size = len(source.line or b"") + len(source.id) + _HEAD_BYTES
        if lane.size + size > self._request_bytes:
            lane.pass_on()
        lane.chunk.append(source)
        lane.size += size

    def flush(self) -> None:
        """Wait until all documents are acknowledged.

        Raises:
            SearchlibError: Some were not; the message says how many.
        """
        for lane in self._lanes:
            lane.pass_on()
        for lane in self._lanes:
            lane.wait()
        self._report.rejected += self._rejected
        self._rejected = []
        if self._failure is not None:
            raise self._told(self._failure)

    def close(self) -> None:
        """Stop: what is on its way may still arrive."""
        self._closed.set()
        for lane in self._lanes:
            lane.close()

    def _told(self, failure: SearchlibError) -> SearchlibError:
        told = (
            f"{failure}; {self._lost:,} documents or more were not acknowledged: those may be "
            "written or not, and adding them again does no harm"
        )
        return type(failure)(told)

    def _deliver(self, chunk: Chunk) -> None:
        try:
            self._deliver_all(chunk)
        except Exception as error:  # an answer that is none of OpenSearch
            self._give_up(chunk, ServerError(f"expected an answer to a bulk, got {error!r:.200}"))

    def _deliver_all(self, chunk: Chunk) -> None:
        """Send a chunk until all of it is acknowledged or rejected, or patience is at an end."""
        patience = _PATIENCE * self._client.address.timeout
        end, attempt = time.monotonic() + patience, 0
        while chunk:
            left, failure = self._try(chunk, is_repeated=attempt > 0)
            if len(left) < len(chunk):
                end = time.monotonic() + patience
            if failure is not None and not isinstance(failure, _AGAIN):
                self._give_up(left, failure)
                return
            if failure is not None and (time.monotonic() > end or self._pause(attempt)):
                self._give_up(left, failure)
                return
            chunk, attempt = left, attempt + 1

    def _try(self, chunk: Chunk, *, is_repeated: bool) -> tuple[Chunk, SearchlibError | None]:
        """Send a chunk once, and return what is left of it, and why."""
        if self._failure is not None:  # another lane has met it, and the end is near
            return chunk, self._failure
        try:
            answer = self._client.bulk(b"".join(map(_lines, chunk)), index=self._index)
        except SearchlibError as error:
            return chunk, error
        left, failure = [], None
        with self._lock:
            for source, item in zip(chunk, answer["items"], strict=True):
                ((action, result),) = item.items()
                reason = self._settle(source, action, result, is_repeated=is_repeated)
                if reason is not None:
                    left.append(source)
                    failure = reason
        return left, failure

    def _settle(
        self, source: Source, action: str, result: dict[str, Any], *, is_repeated: bool
    ) -> SearchlibError | None:
        """Count what became of a document, or return why it is to be sent again."""
        status = result["status"]
        if action == "delete" and status in (200, 404) and "error" not in result:
            self.deleted += status == 200
        elif status == 201:
            self._report.added += 1
        elif status == 200 or (status == 409 and is_repeated):
            self._report.replaced += action != "delete"
        else:
            failure = problems.refusal(status, result, self._client.address)
            if status in _AGAIN_STATUS or status in _FATAL_STATUS or status == 404:
                return failure
            self._rejected.append(Problem(str(failure), key=source.key))
        return None

    def _give_up(self, chunk: Chunk, failure: SearchlibError) -> None:
        with self._lock:
            self._failure = self._failure or failure
            self._lost += len(chunk)

    def _pause(self, attempt: int) -> bool:
        """Wait before the next attempt, longer each time; tell whether this was closed."""
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt)
        return self._closed.wait(longest * random.uniform(0.5, 1))  # noqa: S311 - no secret


def _lines(source: Source) -> bytes:
    head = {"_id": source.id, "version": source.order, "version_type": "external_gte"}
    if source.line is None:
        return to_json({"delete": head}) + b"\n"
    return b"%b\n%b\n" % (to_json({"index": head}), source.line)


class _Lane:
    """A thread, what it sends, and what is collected for it meanwhile."""

    def __init__(self, deliver: Any) -> None:
        self.chunk: Chunk = []
        self.size = 0
        self._deliver = deliver
        self._chunks: queue.Queue[Chunk | None] = queue.Queue(1)
        self._thread = threading.Thread(target=self._run, name="searchlib-bulk", daemon=True)
        self._thread.start()

    def pass_on(self) -> None:
        if self.chunk:
            self._chunks.put(self.chunk)
            self.chunk, self.size = [], 0

    def wait(self) -> None:
        self._chunks.join()

    def close(self) -> None:
        with contextlib.suppress(queue.Empty):
            self._chunks.get_nowait()
        self._chunks.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (chunk := self._chunks.get()) is not None:
            try:
                self._deliver(chunk)
            finally:
                self._chunks.task_done()
