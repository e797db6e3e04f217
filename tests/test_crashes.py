"""A process that writes is killed: the last commit is in force, whole, and open to the next one."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest

from searchlib import Index
from searchlib.storage import IndexDirectory
from tests.crash_child import KEYS, TAGS, WORDS, Note, Request, Server, State, Step, note, observe

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="expected a system with fork")

NIGHTLY = os.environ.get("SEARCHLIB_NIGHTLY") == "1"
KILLS = {"alone": 150, "with workers": 40, "of the parent": 20} if NIGHTLY else {
    "alone": 15, "with workers": 4, "of the parent": 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as started:
        yield started


def expect_sound(path: Path, legal: list[State]) -> State:
    """Expect a sound index with one of these contents, and tell with which."""
    index = Index.open(path, Note)
    assert index.check() == []
    state = observe(index)
    assert state in legal
    assert len(index) == len(state)
    notes = [note(key, version) for key, version in state.items()]
    for word in WORDS[::6]:
        found = {hit.key for hit in index.search(f"text:{word}", limit=1000)}
        assert found == {one.id for one in notes if one.text and word in one.text.split()}
    for tag in TAGS[::2]:
        found = {hit.key for hit in index.search(f"tags:{tag}", limit=1000)}
        assert found == {one.id for one in notes if tag in one.tags}
    for key in KEYS[::9]:
        assert index.get(key) == (note(key, state[key]) if key in state else None)
    return state


def expect_writable(path: Path, state: State) -> State:
    """Expect that the next writer gets in at once, and leaves nothing of the one before."""
    index = Index.open(path, Note)
    added = note("extra", max(state.values(), default=0))
    with index.writer(workers=0, timeout=0) as writer:
        writer.add(added)
    expect_clean(path)
    assert index.check() == []
    return {**state, added.id: added.version}


def expect_clean(path: Path) -> None:
    files = IndexDirectory.open(path).manifest().files
    assert {file.name for file in path.iterdir()} == {"manifest.json", "write.lock", *files}


class Killing:
    """One index, whose writers are killed one after another.

    Attributes:
        number: Of the next step.
    """

    def __init__(self, path: Path, server: Server, seed: int) -> None:
        Index.create(path, Note)
        self.path = path
        self.number = 0
        self._server = server
        self._seed = seed
        self._random = Random(seed)
        self._waits = self._numbers_to_wait_for()
        self._state: State = {}

    def kill_once(self, *, workers: int = 0, orphans: bool = False) -> None:
        """Let a child take steps, kill it at a moment that nobody knows, and look at the index."""
        self._server.start(Request(str(self.path), self._seed, self.number, None, workers))
        heard = self._wait(next(self._waits))
        time.sleep(self._random.uniform(0, 0.6 if workers else 0.05))
        heard += self._server.kill(workers=not orphans)
        what, (status, errors) = heard.pop()
        assert (what, status) == ("end", -signal.SIGKILL), errors
        state = expect_sound(self.path, self._legal(heard))
        self._state = expect_writable(self.path, state)

    def _numbers_to_wait_for(self) -> Iterator[int]:
        """Give for each kill how many commits have to begin before it: any of 0 to 3.

        For a kill and the next it is 3 together, so that no luck keeps all kills from commits.
        """
        while True:
            number = self._random.randrange(4)
            yield from (number, 3 - number)

    def _wait(self, begun: int) -> list[tuple[str, Any]]:
        """Wait until the child has begun so many commits, or is no more."""
        heard: list[tuple[str, Any]] = []
        while begun:
            heard.append(self._server.hear())
            begun -= heard[-1][0] == "begin"
            if heard[-1][0] == "end":
                break
        return heard

    def _legal(self, heard: list[tuple[str, Any]]) -> list[State]:
        """Replay: the last commit that was acknowledged, and the one that had begun."""
        legal = [self._state]
        for what, number in heard:
            if what == "begin":
                assert number == self.number
                legal.append(Step.of(self._seed, number).applied_to(legal[-1]))
                self.number += 1
            else:
                legal = legal[-1:]
        return legal


@pytest.mark.parametrize("how", KILLS)
def test_a_writer_is_killed_at_any_moment(tmp_path: Path, server: Server, how: str) -> None:
    seed = int(os.environ.get("SEARCHLIB_SEED", SystemRandom().randrange(1 << 32)))
    print(f"to see this again: SEARCHLIB_SEED={seed}")  # noqa: T201 - pytest shows it on failure
    killing = Killing(tmp_path / "index", server, seed)
    workers, orphans = int(how != "alone"), how == "of the parent"
    for _ in range(KILLS[how]):
        killing.kill_once(workers=workers, orphans=orphans)
    assert killing.number > KILLS[how] // 2


def seed_of_small_step(number: int, *, optimize: bool) -> int:
    """Find a seed whose step of this number is small, but does something of all kinds."""

    def fits(step: Step) -> bool:
        return 3 < len(step.added) < 9 and bool(step.tag) and step.optimize == optimize

    return next(seed for seed in range(100_000) if fits(Step.of(seed, number)))


@pytest.mark.parametrize("optimize", [True, False] if NIGHTLY else [True])
def test_a_writer_is_killed_at_each_system_call(
    tmp_path: Path, server: Server, optimize: bool
) -> None:
    first = 3
    seed = seed_of_small_step(first, optimize=optimize)
    base, before = tmp_path / "base", State()
    Index.create(base, Note)
    for number in range(first):
        step = Step.of(seed, number)
        step.take(Index.open(base, Note), 0, lambda: None)
        before = step.applied_to(before)
    expect_sound(base, [before])
    after = Step.of(seed, first).applied_to(before)
    states: list[bool] = []
    ended = False
    while not ended:
        path = tmp_path / f"{len(states)}"
        shutil.copytree(base, path)
        server.start(Request(str(path), seed, first, 1, kill_at=len(states)))
        *heard, (_, (status, errors)) = server.rest()
        ended = status != -signal.SIGKILL
        assert status == 0 or not ended, errors
        state = expect_sound(path, [after] if ("done", first) in heard else [before, after])
        states.append(state == after)
        expect_writable(path, state)
        shutil.rmtree(path)
    assert states == sorted(states)  # one call makes the commit: none before it, all after it
    assert states.count(False) > 10
    assert states.count(True) > 2
