"""Which earlier commits are kept, so that pages go on in the one that they began in?"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from searchlib.memory import in_forked_processes

if TYPE_CHECKING:
    from collections.abc import Callable

    from searchlib.search.searcher import Searcher
    from searchlib.storage.snapshot import Snapshot

MAX_HELD: Final = 4
"""How many commits are kept at most."""
MAX_AGE: Final = 600.0
"""How many seconds a commit is kept that nobody turns a page of."""


class HeldCommits:
    """The last few commits for which cursors were given. Threads may share it.

    Until a searcher of one is asked for, it is only the open files that are kept.
    """

    def __init__(self) -> None:
        self._snapshots: OrderedDict[str, tuple[float, Snapshot]] = OrderedDict()
        self._searchers: dict[str, Searcher] = {}
        self._unlock()
        in_forked_processes(self._unlock)

    def _unlock(self) -> None:
        self._lock = threading.Lock()

    def hold(self, snapshot: Snapshot) -> None:
        """Keep a commit, and let go of those that are too old or too many."""
        with self._lock:
            self._snapshots[snapshot.identity] = time.monotonic(), snapshot
            self._snapshots.move_to_end(snapshot.identity)
            self._release()

    def release(self) -> None:
        """Let go of commits that are too old."""
        with self._lock:
            self._release()

    def searcher(
        self, identity: str, open_searcher: Callable[[Snapshot], Searcher]
    ) -> Searcher | None:
        """Give a searcher of a commit.

        Args:
            identity: The commit.
            open_searcher: Makes its searcher, if there is none yet.

        Returns:
            The searcher; ``None`` if the commit is not kept any more.
        """
        with self._lock:
            self._release()
            held = self._snapshots.get(identity)
            if held is None:
                return None
            self._snapshots[identity] = time.monotonic(), held[1]
            self._snapshots.move_to_end(identity)
            if identity not in self._searchers:
                self._searchers[identity] = open_searcher(held[1])
            return self._searchers[identity]

    def _release(self) -> None:
        oldest = time.monotonic() - MAX_AGE
        while self._snapshots:
            identity, (used, _) = next(iter(self._snapshots.items()))
            if len(self._snapshots) <= MAX_HELD and used > oldest:
                break
            del self._snapshots[identity]
            self._searchers.pop(identity, None)
