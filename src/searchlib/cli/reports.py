"""What becomes of files, and what is wrong with them, as a person and as a program reads it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from searchlib.cli.alerts import print_alerts
from searchlib.cli.terminal import counted, printable, terminal
from searchlib.frozen import frozen
from searchlib.storage.filesystem import writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.articles.sync import SyncReport
    from searchlib.backends.copying import CopyReport
    from searchlib.errors import Notice, Problem
    from searchlib.indexing.report import AddReport, Alert

_SHOWN_LINES: Final = 20
_SHOWN_PLACES: Final = 2
_SHOWN_SINGLY: Final = 3
"""So many problems of one kind have a line each; more share one."""

_NO_READER: Final = "no reader"
"""How the kinds of problems of files begin that searchlib has no reader for."""

_DETAIL = re.compile(r", got .*|[\"'].*?[\"']|\d+", re.DOTALL)


@frozen
class Outcome:
    """What became of articles, however they came to the index.

    Attributes:
        articles: How many articles were added, replaced and deleted.
        files: How many files are new, changed and so on; empty if they were not compared.
        problems: What could not be used.
        notices: Remarks on what was used.
        alerts: The saved queries that match what was added.
    """

    articles: dict[str, int]
    files: dict[str, int]
    problems: Sequence[Problem]
    notices: Sequence[Notice]
    alerts: Sequence[Alert] = ()

    @classmethod
    def of_add(cls, report: AddReport) -> Outcome:
        """Look at what was added."""
        articles = {"added": report.added, "replaced": report.replaced}
        return cls(articles, {}, report.rejected, report.notices, report.alerts)

    @classmethod
    def of_copy(cls, report: CopyReport) -> Outcome:
        """Look at what was copied."""
        added = cls.of_add(report)
        return replace(added, articles={**added.articles, "skipped": report.skipped})

    @classmethod
    def of_sync(cls, report: SyncReport) -> Outcome:
        """Look at what a sync did."""
        names = ("added", "changed", "removed", "unchanged", "failed")
        articles = {
            "added": report.articles_added,
            "replaced": report.articles_replaced,
            "deleted": report.articles_deleted,
        }
        files = {name: getattr(report, name) for name in names}
        return cls(articles, files, report.problems, report.notices, report.alerts)

    @property
    def is_nothing(self) -> bool:
        """Whether no file at all could be used."""
        if self.files:
            return not any(self.files[name] for name in self.files if name != "failed")
        return not any(self.articles.values())

    @property
    def has_changed(self) -> bool:
        """Whether the index is not as it was."""
        return any(self.articles.values())

    def to_json(self) -> dict[str, Any]:
        """Give everything as an object of JSON."""
        files = {"files": self.files} if self.files else {}
        return {
            **self.articles,
            **files,
            "rejected": [problem_json(problem) for problem in self.problems],
            "notices": [_notice_json(notice) for notice in self.notices],
            "alerts": [alert.to_json() for alert in self.alerts],
        }

    def summary(self, place: str | None = None) -> Text:
        """Say the numbers."""
        count, *rest = self.articles.items()
        said = Text(f"{counted(count[1], 'article')}", "bold") + Text(" added")
        said += Text(f" to {place}" if place else "")
        said += Text("".join(f", {number:,} {what}" for what, number in rest if number))
        files = ", ".join(f"{number:,} {what}" for what, number in self.files.items() if number)
        return said + Text(f"\nFiles: {files}" if files else "")


def print_outcome(outcome: Outcome, place: str | None = None, *, meant: bool = False) -> None:
    """Say what became of the articles, and on standard error what could not be used.

    Args:
        outcome: What to say.
        place: The index, if it shall be named.
        meant: Whether the problems are there to be shown.
    """
    terminal().print(outcome.summary(place))
    print_alerts(outcome.alerts)
    print_problems(outcome.problems, meant=meant)
    print_notices(outcome.notices)


def write_problems(path: Path, problems: Iterable[Problem]) -> None:
    """Write each problem as a line of JSON.

    Raises:
        StorageError: The system refused to write.
    """
    with writing("write the problems", path), path.open("w", encoding="ascii") as file:
        for problem in problems:
            file.write(json.dumps(problem_json(problem)) + "\n")


def problem_json(problem: Problem) -> dict[str, Any]:
    """Give a problem as an object of JSON."""
    return {
        "path": None if problem.path is None else str(problem.path),
        "line": problem.line,
        "field": problem.field,
        "key": problem.key,
        "kind": problem.kind,
        "reason": problem.reason,
    }


def print_problems(problems: Sequence[Problem], *, meant: bool = False) -> None:
    """Say on standard error what could not be used: the exceptional first, what is many last."""
    if not problems:
        return
    errors = terminal(errors=True)
    why = ", which is meant, to show how it is reported" if meant else ""
    errors.print(f"[yellow]{len(problems):,} could not be used{why}:[/]", highlight=False)
    lines = [line for group in _group(problems) for line in group.lines()]
    for line in lines[:_SHOWN_LINES]:
        errors.print(Text(f"  {printable(line)}"))
    if len(lines) > _SHOWN_LINES:
        more = len(lines) - _SHOWN_LINES
        errors.print(f"  ... and {more:,} more (--problems FILE writes all)", highlight=False)


def print_notices(notices: Sequence[Notice]) -> None:
    """Say on standard error what was guessed or not taken of articles that were used."""
    errors = terminal(errors=True)
    lines = _notice_lines(notices)
    for line in lines[:_SHOWN_LINES]:
        errors.print(Text("notice: ", "yellow") + Text(printable(line)))
    if len(lines) > _SHOWN_LINES:
        errors.print(f"  ... and {len(lines) - _SHOWN_LINES:,} more notices (see --json)")


def short_path(path: Path | None) -> Path | None:
    """Leave out the folder that the terminal is in."""
    here = Path.cwd()
    return path.relative_to(here) if path is not None and path.is_relative_to(here) else path


@dataclass(slots=True)
class _Group:
    """Problems that have the same remedy.

    Attributes:
        ending: The ending of the names of the files.
        kind: What the reader calls them; ``None`` if they were grouped by what they say.
        problems: The problems.
    """

    ending: str
    kind: str | None
    problems: list[Problem]

    @property
    def rank(self) -> tuple[bool, int]:
        """What is exceptional comes first; files that nobody can read come last."""
        return (self.kind or "").startswith(_NO_READER), len(self.problems)

    def lines(self) -> list[str]:
        """Write a line for each of a few problems, or one for many."""
        short = [replace(one, path=short_path(one.path)) for one in self.problems]
        if len(short) <= (1 if self.kind else _SHOWN_SINGLY):
            return [str(one) for one in short]
        first = short[0]
        reason = f"{first.field}: {first.reason}" if first.field else first.reason
        places = _places([one.where for one in short])
        return [f"{len(short):,} times {self.ending or 'no ending'}: {reason} ({places})"]


def _group(problems: Iterable[Problem]) -> list[_Group]:
    """Put problems together by the kind of file and of problem, whatever came in each."""
    groups: dict[tuple[object, ...], _Group] = {}
    for problem in problems:
        ending = "" if problem.path is None else problem.path.suffix.lower()
        says = problem.kind or (problem.field, _DETAIL.sub("", problem.reason))
        group = groups.setdefault((ending, says), _Group(ending, problem.kind, []))
        group.problems.append(problem)
    return sorted(groups.values(), key=_rank)


def _rank(group: _Group) -> tuple[bool, int]:
    return group.rank


def _notice_lines(notices: Iterable[Notice]) -> list[str]:
    """Write a line for each of a few notices of a kind, or one for many."""
    groups: dict[str, list[Notice]] = {}
    for notice in notices:
        short = replace(notice, path=short_path(notice.path))
        groups.setdefault(notice.kind or _DETAIL.sub("", notice.message), []).append(short)
    lines: list[str] = []
    for group in sorted(groups.values(), key=len):
        if len(group) <= _SHOWN_SINGLY:
            lines += map(str, group)
        else:
            places = _places([one.where for one in group])
            lines.append(f"{len(group):,} times: {group[0].message} ({places})")
    return lines


def _places(places: Sequence[str]) -> str:
    more = len(places) - _SHOWN_PLACES
    return ", ".join(places[:_SHOWN_PLACES]) + (f" and {more:,} more" if more > 0 else "")


def _notice_json(notice: Notice) -> dict[str, Any]:
    return {
        "path": None if notice.path is None else str(notice.path),
        "line": notice.line,
        "kind": notice.kind,
        "message": notice.message,
    }
