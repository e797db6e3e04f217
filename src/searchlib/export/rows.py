"""Which columns has an export, and where do its rows come from?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from searchlib.arguments import names_of
from searchlib.errors import ArgumentError
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib.schema.fields import Kind
    from searchlib.schema.models import DocumentSchema

Row = list[Any]
"""The values of one hit, as JSON has them, in the order of the columns."""


_OF_HITS: Final[dict[str, Kind]] = {"rank": "int", "score": "float", "snippet": "str"}
"""The columns that are not of the document, unless it has a field of that name."""


@frozen
class Column:
    """A column of an export.

    Attributes:
        name: What it is called.
        kind: The type of its values.
        many: Whether these are lists of that type.
        field: The field of the document; ``None`` for a column that is of the hit.
        loose: As of :class:`searchlib.schema.fields.FieldSpec`.
    """

    name: str
    kind: Kind
    many: bool
    field: str | None
    loose: bool = False


class RowSource(Protocol):
    """Rows, in batches, each of which is read when it is asked for."""

    def __len__(self) -> int:
        """Count the rows."""

    def __iter__(self) -> Iterator[list[Row]]:
        """Read the batches."""


class HitRows(Protocol):
    """What a search has found, to be exported."""

    @property
    def schema(self) -> DocumentSchema:
        """The fields of the documents."""

    def select(self, columns: Sequence[Column], *, page_only: bool) -> RowSource:
        """Give the rows of all hits, in order, or of those of the page."""


def columns_of(schema: DocumentSchema, fields: str | Sequence[str] | None) -> list[Column]:
    """Find the columns that are asked for.

    Args:
        schema: The fields of the documents.
        fields: Their names, or "rank", "score", "key" or "snippet"; ``None`` for all fields.

    Raises:
        ArgumentError: There is no such field, or one is named twice: tables of most kinds can't
            have two columns of one name.
    """
    own = [name for name, spec in schema.fields.items() if not spec.is_nested]
    names = own if fields is None else names_of("fields", fields)
    if not names:
        raise ArgumentError("expected the names of some fields to export, got none")
    for name in names:
        if names.count(name) > 1:
            raise ArgumentError(f"expected the field {name!r:.80} once in an export, got it twice")
    return [column_of(schema, name) for name in names]


def column_of(schema: DocumentSchema, name: str) -> Column:
    """Find a column by its name: a field of the documents, or else what a hit has."""
    spec = schema.fields.get(name)
    if spec is None and name == "key":
        spec = schema.key
    if spec is not None:
        return Column(name, spec.kind, spec.many, spec.name, spec.loose)
    if name in _OF_HITS:
        return Column(name, _OF_HITS[name], many=False, field=None)
    there = ", ".join(dict.fromkeys([*schema.fields, *_OF_HITS, "key"]))
    raise ArgumentError(f"expected a field to export, got {name!r:.80}; there are {there}")


@frozen
class CountedRows:
    """Rows that tell how far their reading is.

    Attributes:
        rows: The rows.
        progress: Is told how many of how many are done, after each batch.
    """

    rows: RowSource
    progress: Callable[[int, int], None]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[list[Row]]:
        done, total = 0, len(self.rows)
        self.progress(done, total)
        for batch in self.rows:
            yield batch
            done += len(batch)
            self.progress(done, total)


WhichHits = Literal["all", "page"]
