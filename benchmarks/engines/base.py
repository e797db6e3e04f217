"""What must an engine do to be compared?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.queries import Query
    from searchlib import Article

TITLE_BOOST: Final = 2.0
"""What a word in a title counts beside one in a body."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a query gave.

    Attributes:
        total: How many documents match, or ``None`` where the engine doesn't say.
        ids: The ids of the best, or nothing if they were not to be read.
        snippets: Their snippets as HTML, where the query asks for them.
    """

    total: int | None
    ids: list[str]
    snippets: list[str]


Search = Callable[[], Found]
"""A query that is ready to be timed: it holds the text that a user would have typed."""


class Engine(Protocol):
    """One of the engines. It is used by one process: to index, or to search.

    Attributes:
        kinds: The kinds of queries that it can answer.
        differences: What it does otherwise than searchlib, for readers of the figures.
        agreement: The least share of queries whose hit counts must be near searchlib's.
        threads: Whether it may be searched by several threads at once.
        hits_only: Whether to time searches also without reading ids.
    """

    kinds: ClassVar[frozenset[str]]
    differences: ClassVar[tuple[str, ...]]
    agreement: ClassVar[float]
    threads: ClassVar[bool]
    hits_only: ClassVar[bool]

    def versions(self) -> dict[str, str]:
        """Name the versions of what does the work."""

    def index(self, articles: Iterable[Article], path: Path) -> float:
        """Index articles into an empty folder.

        Returns:
            The seconds until they could be searched; work that goes on after that is finished,
            too, before this returns.
        """

    def open(self, path: Path) -> None:
        """Make ready to search."""

    def segments(self) -> int:
        """Count the parts that the index consists of."""

    def prepare(self, query: Query, read_ids: bool) -> Search:
        """Write a query in the engine's language; reading that is part of what is timed."""
