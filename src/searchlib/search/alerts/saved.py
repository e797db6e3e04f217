"""What is kept of a saved query, and how is it written?

One line of JSON in ASCII for each: its name, the text that it was read from, and its tree.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from searchlib.errors import CorruptIndexError, QueryError
from searchlib.frozen import frozen
from searchlib.query.json_form import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from searchlib.query.tree import Query


@frozen
class SavedQuery:
    """A query that an index keeps.

    Attributes:
        name: Its name.
        text: The string that it was read from; ``None`` if it was given as a tree.
        tree: Its JSON form, as of :func:`searchlib.query.to_json`.
    """

    name: str
    text: str | None
    tree: dict[str, Any]

    @classmethod
    def of(cls, name: str, given: object, query: Query) -> SavedQuery:
        """Save a query.

        Args:
            name: The name.
            given: What the query was read from.
            query: Its tree.

        Raises:
            QueryError: It has no JSON form, or is nested too deeply.
        """
        return cls(name, given if isinstance(given, str) else None, to_json(query))

    @property
    def query(self) -> Query:
        """The query tree.

        Raises:
            QueryError: A later searchlib has written it.
        """
        return from_json(self.tree)

    def __str__(self) -> str:
        if self.text is not None:
            return self.text
        try:
            return repr(self.query)
        except QueryError:
            return json.dumps(self.tree)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON has it."""
        return {"name": self.name, "text": self.text, "query": self.tree}


def written(queries: Iterable[SavedQuery]) -> bytes:
    """Write saved queries as lines; nothing for none."""
    lines = (json.dumps(one.to_json(), separators=(",", ":")) + "\n" for one in queries)
    return "".join(lines).encode("ascii")


def read(data: bytes, path: Path) -> dict[str, SavedQuery]:
    """Read the lines of :func:`written`, by name.

    Args:
        data: The lines.
        path: The index, for messages.

    Raises:
        CorruptIndexError: A line is something else.
    """
    try:
        lines = map(json.loads, data.splitlines())
        found = [SavedQuery(line["name"], line["text"], line["query"]) for line in lines]
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptIndexError(
            f"{path}: expected saved queries, a line of JSON for each, got {error}; clear them "
            "with index.alerts.clear() and save them again"
        ) from error
    return {one.name: one for one in found}
