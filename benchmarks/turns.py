"""Who is faster at the same queries? The engines take turns, once they agree on what matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks import results
from benchmarks.agreement import Answer, compare
from benchmarks.engines import REFERENCE
from benchmarks.worker import EngineError, EngineProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.queries import Query


class Turns:
    """Engines that answer the same queries, one kind at a time, round by round.

    Args:
        processes: The engines, each with its index open.
        described: What each engine says of itself.
        queries: The queries of each kind.
        say: Tells how far it is.
        save: Keeps what was found so far.

    Attributes:
        checks: For each kind and engine how far its hits agree with the reference's.
        times: For each kind and engine the times of what agrees.
    """

    def __init__(
        self,
        processes: Mapping[str, EngineProcess],
        described: Mapping[str, dict[str, Any]],
        queries: Mapping[str, list[Query]],
        say: Callable[[str], None],
        save: Callable[[], None],
    ) -> None:
        self._processes = processes
        self._described = described
        self._queries = queries
        self._say = say
        self._save = save
        self._agreed: list[tuple[str, str]] = []
        self.checks: dict[str, dict[str, Any]] = {}
        self.times: dict[str, dict[str, Any]] = {}

    def _kinds_of(self, name: str) -> list[str]:
        return [kind for kind in self._queries if kind in self._described[name]["kinds"]]

    def prepare(self, hits_only: bool) -> None:
        """Hand over the queries.

        Args:
            hits_only: Whether to time them without reading ids, too, where an engine can do that.
        """
        for name, process in self._processes.items():
            for kind in self._kinds_of(name):
                process.call("prepare", kind, self._queries[kind], hits_only)

    def check(self) -> None:
        """Run every query once, and compare the numbers of hits: only what agrees is timed."""
        for kind in self._queries:
            self._say(f"checking the hits of {kind}")
            answers = {}
            checks = self.checks.setdefault(kind, {})
            for name in self._processes:
                if kind not in self._kinds_of(name):
                    continue
                try:
                    answers[name] = self._processes[name].call("check", kind)
                except EngineError as error:
                    checks[name] = {"ok": False, "error": str(error)}
                    self._say(f"  {name} failed: {error}")
            for name, given in answers.items():
                self._compare(kind, name, given, answers.get(REFERENCE, given))
            self._save()

    def _compare(
        self, kind: str, name: str, answers: list[Answer], reference: list[Answer]
    ) -> None:
        check = compare(answers, reference, self._described[name]["agreement"])
        check["first"] = results.summarize([[seconds for *_, seconds in answers]])
        check["snippets"] = sum(snippets for _, _, snippets, _ in answers)
        self.checks[kind][name] = check
        if check["ok"]:
            self._agreed.append((kind, name))
        else:
            self._say(f"  {name} is not timed: only {check['near']:.0%} of the queries agree")

    def time(self, rounds: int) -> None:
        """Let the engines take turns, kind by kind, in each round."""
        taken: dict[tuple[str, str, str], list[list[float]]] = {}
        for number in range(rounds):
            for kind, name in self._agreed:
                self._say(f"round {number + 1} of {rounds}: {kind}, {name}")
                for what, times in self._processes[name].call("time", kind).items():
                    each_round = taken.setdefault((kind, name, what), [])
                    each_round.append(times)
                    measured = self.times.setdefault(kind, {}).setdefault(name, {})
                    measured[what] = results.summarize(each_round)
            self._save()
