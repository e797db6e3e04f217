"""Where does the next page begin? A cursor: what a program passes on without looking into it.

It is JSON in base64 for URLs, behind the first bytes of a digest that tells damage. It holds the
commit and a fingerprint of the search, the moment that relative dates were reckoned from, and the
place of the last hit: its rank, what it is sorted by, its key, and where it is in the segments.

A cursor comes from outside, and may be anything. It is read as plain values, of which each is
checked; whoever makes one up gets a page that could be had without it, or an error.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.query.checks import shown
from searchlib.schema.markers import Date, Number
from searchlib.search.sorting import After, label_bytes, label_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.schema.models import DocumentSchema
    from searchlib.search.order import Order, Sort
    from searchlib.search.sorting import SortValue
    from searchlib.storage.snapshot import Snapshot

VERSION: Final = 1
MAX_LENGTH: Final = 1 << 16
"""The longest cursor that is read, in characters."""

DAMAGED: Final = "this one is damaged"
OF_ANOTHER_SEARCH: Final = (
    "this one is of another search; query, filter, order, fields and boosts must be the same on "
    "all pages"
)
_DIGEST: Final = 6  # bytes
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@frozen
class Cursor:
    """The place of the last hit of a page, as it is passed on.

    Attributes:
        commit: The commit, by :attr:`~searchlib.storage.snapshot.Snapshot.identity`.
        search: The fingerprint of the search.
        now: What relative dates were reckoned from, in microseconds since 1970.
        rank: The rank of the hit.
        values: What it is sorted by.
        key: Its key.
        segments: The segments up to the one that it is in, by their identity.
        place: Its number in that.
    """

    commit: str
    search: str
    now: int
    rank: int
    values: tuple[SortValue, ...]
    key: str
    segments: tuple[str, ...]
    place: int

    def __str__(self) -> str:
        return sealed([VERSION, *astuple(self)])

    @classmethod
    def read(cls, text: object, search: str, order: Order, schema: DocumentSchema) -> Self:
        """Read a cursor.

        Args:
            text: What :meth:`__str__` gave.
            search: The fingerprint of the search that it is for.
            order: What that search is sorted by, part by part.
            schema: The fields.

        Raises:
            QueryError: It is something else, damaged, or of another search.
        """
        match unsealed(text):
            case [
                version, str(commit), str(of_search), int(now), int(rank), list(values), str(key),
                list(segments), int(place),
            ] if version == VERSION:  # fmt: skip
                made = cls(commit, of_search, now, rank, (*values,), key, (*segments,), place)
            case _:
                raise unusable(DAMAGED)
        if made.search != search:
            raise unusable(OF_ANOTHER_SEARCH)
        if not made._is_sound() or not _go_with(made.values, order, schema):
            raise unusable(DAMAGED)
        return made

    def _is_sound(self) -> bool:
        return (
            0 < self.rank < 2**63
            and 0 <= self.place < 2**31
            and bool(self.segments)
            and all(isinstance(one, str) for one in self.segments)
            and self.moment is not None
        )

    @property
    def moment(self) -> datetime | None:
        """The moment that relative dates were reckoned from; ``None`` if there is none such."""
        return moment_of(self.now)

    def place_in(self, snapshot: Snapshot) -> After:
        """Find the place in a commit, which may be another.

        Raises:
            QueryError: There is no such place in the commit that it names.
        """
        if self.commit != snapshot.identity:
            return After(self.values, self._limits(snapshot), None, self.key)
        number = len(self.segments) - 1
        if number >= len(snapshot.segments):
            raise unusable(DAMAGED)
        segment = snapshot.segments[number]
        if self.place >= segment.entry.doc_count:
            raise unusable(DAMAGED)
        docnum = segment.first + self.place
        limits = dict.fromkeys((one.first for one in snapshot.segments), docnum + 1)
        return After(self.values, limits, docnum, self.key)

    def _limits(self, snapshot: Snapshot) -> dict[int, int]:
        """Tell which documents of another commit were surely on an earlier page if they are equal.

        Those of segments that were there, up to the place. What was merged since may have been.
        """
        *before, last = self.segments
        limits = {}
        for segment in snapshot.segments:
            end = segment.first + segment.entry.doc_count
            if segment.identity in before:
                limits[segment.first] = end
            elif segment.identity == last:
                limits[segment.first] = min(segment.first + self.place + 1, end)
            else:
                limits[segment.first] = segment.first
        return limits


def cursor_at(
    docnum: int,
    score: float,
    rank: int,
    *,
    snapshot: Snapshot,
    order: Order,
    key_field: str,
    search: str,
    now: datetime,
) -> Cursor:
    """Make the cursor of a hit.

    Args:
        docnum: The hit, by its number in the whole index.
        score: Its score.
        rank: Its rank.
        snapshot: The commit that was searched.
        order: What hits are sorted by.
        key_field: The name of the key field.
        search: The fingerprint of the search.
        now: What relative dates were reckoned from.
    """
    segment = snapshot.segment_of(docnum)
    until = [one.identity for one in snapshot.segments if one.first <= segment.first]
    return Cursor(
        snapshot.identity,
        search,
        microseconds_of(now),
        rank,
        tuple(score if one.is_score else _value(snapshot, one, docnum) for one in order),
        snapshot.keys(key_field)(docnum),
        tuple(until),
        docnum - segment.first,
    )


def fingerprint(*parts: object) -> str:
    """Give digits that are the same for the same search.

    Raises:
        RecursionError: A query is nested too deeply.
    """
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _value(snapshot: Snapshot, sort: Sort, docnum: int) -> SortValue:
    """Read what a document is sorted by."""
    segment = snapshot.segment_of(docnum)
    place, kind = docnum - segment.first, segment.reader.fields.get(sort.field)
    if kind == "number":
        values, present = segment.reader.numbers(sort.field).take(np.array([place]))
        value: int | float = values.item()
        return value if present.item() and value == value else None
    inverted = segment.reader.inverted(sort.field) if kind else None
    if inverted is None or inverted.labels is None:
        return None
    ordinal = inverted.labels.first_of(place)
    return None if ordinal is None else label_text(inverted.terms.term(ordinal))


def microseconds_of(moment: datetime) -> int:
    """Write a moment as cursors have it: in microseconds since 1970."""
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND


def moment_of(microseconds: int) -> datetime | None:
    """Read a moment as cursors have it; ``None`` if there is none such."""
    try:
        return _EPOCH + microseconds * _MICROSECOND
    except OverflowError:
        return None


def sealed(values: Sequence[Any]) -> str:
    """Write the text of a cursor."""
    text = json.dumps(values, separators=(",", ":")).encode()
    return urlsafe_b64encode(_digest(text) + text).rstrip(b"=").decode()


def unsealed(text: object) -> Any:
    """Read the text of a cursor; ``None`` if it is damaged.

    Raises:
        QueryError: It is no text, or too long.
    """
    if not isinstance(text, str) or not text:
        raise unusable(f"got {shown(text)}")
    if len(text) > MAX_LENGTH:
        raise unusable(f"got {len(text):,} characters")
    try:
        data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        if data[:_DIGEST] == _digest(data[_DIGEST:]):
            return json.loads(data[_DIGEST:])
    except (binascii.Error, ValueError, RecursionError):
        pass
    return None


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=_DIGEST).digest()


def _go_with(values: Sequence[SortValue], order: Order, schema: DocumentSchema) -> bool:
    """Tell whether values are such as the fields of an order have."""
    return len(values) == len(order) and all(
        _goes_with(value, sort, schema) for value, sort in zip(values, order, strict=True)
    )


def _goes_with(value: SortValue, sort: Sort, schema: DocumentSchema) -> bool:
    if sort.is_score:
        return _is_float(value)
    spec = schema.fields[sort.field]
    if value is None:
        return True
    if not isinstance(spec.marker, (Number, Date)):  # a label, of whatever type it was
        return _is_label(value)
    if spec.column_kind == "float":
        return _is_float(value)
    return type(value) is int and -(2**63) <= value < 2**63


def _is_float(value: SortValue) -> bool:
    return type(value) is float and value == value


def _is_label(value: SortValue) -> bool:
    try:
        return isinstance(value, str) and label_bytes(value) is not None
    except UnicodeEncodeError:
        return False


def unusable(why: str) -> QueryError:
    """Say why a cursor can't be used."""
    return QueryError(
        f"expected after as results.next of the page before, got something else: {why}"
    )
