"""One process that writes to an index what others have put into a queue: many changes, one commit.

Run it beside the web server::

    python writer_process.py products.index

The queue is a SQLite file. What is in it outlives a restart of either side, and nobody who fills it
waits for a commit.
"""

import json
import logging
import signal
import sqlite3
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

from searchlib import Index, IndexLockedError, StorageError

AT_ONCE = 100
"""How many changes at most become one commit."""

PAUSE = 0.1
"""How many seconds to wait when the queue is empty."""


class Change(NamedTuple):
    """Documents to add, or keys to delete, all in one commit."""

    number: int
    kind: str
    items: list[Any]


class ChangeQueue:
    """Changes that wait to be written. Any number of threads and processes may share it."""

    def __init__(self, index: str | Path) -> None:
        self._path = f"{index}.queue"
        with self._database() as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS changes "
                "(number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, items TEXT)"
            )

    def add(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Have documents added, as values that JSON can hold."""
        self._put("add", documents)

    def delete(self, keys: Sequence[str]) -> None:
        """Have documents deleted."""
        self._put("delete", keys)

    def oldest(self, count: int) -> list[Change]:
        """Return the oldest changes. They stay in the queue."""
        with self._database() as database:
            rows = database.execute(
                "SELECT number, kind, items FROM changes ORDER BY number LIMIT ?", (count,)
            )
            return [Change(number, kind, json.loads(items)) for number, kind, items in rows]

    def remove(self, changes: Sequence[Change]) -> None:
        """Remove changes that are written."""
        with self._database() as database:
            database.execute("DELETE FROM changes WHERE number <= ?", (changes[-1].number,))

    def _put(self, kind: str, items: Sequence[Any]) -> None:
        with self._database() as database:
            values = (kind, json.dumps(items))
            database.execute("INSERT INTO changes (kind, items) VALUES (?, ?)", values)

    @contextmanager
    def _database(self) -> Generator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
            yield database


def write_changes(index: Index, queue: ChangeQueue) -> int:
    """Write the oldest changes in one commit, and tell how many there were."""
    changes = queue.oldest(AT_ONCE)
    if not changes:
        return 0
    with index.writer(timeout=60) as writer:
        for change in changes:
            if change.kind == "add":
                writer.add(change.items)
            else:
                writer.delete(*change.items)
    for problem in writer.report.rejected:
        logging.warning("not added: %s", problem)
    # Only now. If the process is killed before, they are written again, which changes nothing.
    queue.remove(changes)
    return len(changes)


def main(path: str) -> None:
    """Write changes until the process is told to stop."""
    stop = Event()

    def end(*_: object) -> None:
        stop.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    queue = ChangeQueue(path)
    with Index.open(path) as index:
        while not stop.is_set():
            try:
                written = write_changes(index, queue)
            except (IndexLockedError, StorageError):
                logging.exception("will be tried again")
                written = 0
            if not written:
                stop.wait(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1])
