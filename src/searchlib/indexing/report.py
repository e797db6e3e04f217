"""What became of the documents that were added, and which saved queries match them?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from searchlib.errors import Notice, Problem  # noqa: TC001 - pydantic looks them up
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence


@frozen
class Alert:
    """A saved query that matches new documents, or can't be evaluated.

    Attributes:
        name: The name of the query.
        query: The query, as it was written.
        keys: The keys of the documents, in the order in which they were added.
        problem: Why the query can't be evaluated; ``None`` if it can. Then there are keys.
    """

    name: str
    query: str
    keys: tuple[str, ...] = ()
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON has it."""
        return {
            "name": self.name,
            "query": self.query,
            "keys": list(self.keys),
            "problem": self.problem,
        }


class Alerts(list[Alert]):
    """The alerts for documents that were matched and not added.

    Attributes:
        rejected: The problems in place of the documents that could not be used.
    """

    rejected: Sequence[Problem] = ()


@dataclass(slots=True)
class AddReport:
    """What became of the documents that were added.

    Attributes:
        added: How many are new in the index.
        replaced: How many took the place of one with the same key.
        rejected: The problems in place of those that could not be used.
        notices: What was guessed, or not taken, of those that were.
        alerts: The saved queries that match those that were, once they are committed.
    """

    added: int = 0
    replaced: int = 0
    rejected: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
