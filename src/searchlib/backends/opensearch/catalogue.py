"""Where on a cluster is the catalogue: which files do the documents come from?

In an index beside that of the documents, ``NAME.catalogue``. Its lines are in pieces, compressed.
One more document says which pieces are in force; a commit replaces it, if nobody else has done so
meanwhile. The pieces before stay until the next commit, for those who are reading them.
"""

from __future__ import annotations

import base64
import contextlib
import uuid
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import zstandard

from searchlib.errors import (
    CorruptIndexError,
    IndexExistsError,
    IndexNotFoundError,
    ServerConflictError,
)
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.backends.opensearch.client import Client

SUFFIX: Final = ".catalogue"
_CURRENT: Final = "current"
_PIECE_BYTES: Final = 1 << 20
_MAPPINGS: Final = {"dynamic": False, "properties": {"generation": {"type": "keyword"}}}


@frozen
class Pointer:
    """Which pieces are in force.

    Attributes:
        generation: What the ids of the pieces begin with.
        pieces: How many there are.
        size: The bytes of all lines, with their ends.
        checksum: The CRC-32 of these.
        before: The generation that was in force before.
    """

    generation: str
    pieces: int
    size: int
    checksum: int
    before: str | None = None


class CatalogueLines:
    """Takes the lines of a new catalogue; see :meth:`CatalogueStore.write`."""

    def __init__(self, client: Client, index: str) -> None:
        self._client = client
        self._index = index
        self._generation = uuid.uuid4().hex
        self._waiting: list[bytes] = []
        self._waiting_size = self._pieces = self._size = self._checksum = 0

    def append(self, line: bytes) -> None:
        """Take a line, which is without its end.

        Raises:
            ServerError: The cluster did not take it.
        """
        self._waiting.append(line + b"\n")
        self._waiting_size += len(line) + 1
        if self._waiting_size >= _PIECE_BYTES:
            self._send()

    def finish(self) -> Pointer:
        """Send what is left, and give what says where all is."""
        self._send()
        return Pointer(self._generation, self._pieces, self._size, self._checksum)

    def _send(self) -> None:
        if not self._waiting:
            return
        data = b"".join(self._waiting)
        packed = base64.b64encode(zstandard.compress(data)).decode()
        piece = {"generation": self._generation, "lines": packed}
        self._client.put(_piece_id(self._generation, self._pieces), piece, index=self._index)
        self._size += len(data)
        self._checksum = crc32(data, self._checksum)
        self._waiting, self._waiting_size = [], 0
        self._pieces += 1


class CatalogueStore:
    """The catalogue of an index.

    Args:
        client: The cluster, and the index on it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._index = client.address.index + SUFFIX
        self._base: dict[str, Any] | None = None
        self._has_looked = False
        self._new: Pointer | None = None

    def read(self) -> Iterator[bytes]:
        """Read the lines that are in force, each without its end; none if there is no catalogue.

        Raises:
            CorruptIndexError: It is damaged: after the last line, too.
            ServerError: The cluster did not answer.
        """
        pointer = self._current()
        if pointer is None:
            return
        size = checksum = 0
        for number in range(pointer.pieces):
            found = self._client.get(_piece_id(pointer.generation, number), index=self._index)
            if found is None:
                raise self._damaged(f"piece {number} is missing")
            data = self._unpacked(found["_source"])
            size += len(data)
            checksum = crc32(data, checksum)
            yield from data.split(b"\n")[:-1]
        if (size, checksum) != (pointer.size, pointer.checksum):
            raise self._damaged("the checksum does not match")

    @contextmanager
    def write(self) -> Iterator[CatalogueLines]:
        """Write another catalogue, which :meth:`commit` puts in force.

        One that is the same as that in force is left out again.

        Raises:
            ServerError: The cluster did not take it.
        """
        before = self._current()
        if not self._client.exists(index=self._index):
            self._make()
        lines = CatalogueLines(self._client, self._index)
        yield lines
        new = lines.finish()
        if before is not None and (new.size, new.checksum) == (before.size, before.checksum):
            self._delete_but(before)
        else:
            self._new = new

    def commit(self) -> None:
        """Put what was written in force.

        Raises:
            ServerConflictError: Somebody else has put another in force since this was made.
            ServerError: The cluster did not take it.
        """
        new = self._new
        if new is None:
            return
        before = self._current()
        source = {**asdict(new), "before": None if before is None else before.generation}
        try:
            self._client.put(_CURRENT, source, index=self._index, refresh=True, **self._guard())
        except ServerConflictError:
            self._look()  # of two attempts the first may have done it, without an answer
            if self._base is None or self._base["_source"]["generation"] != new.generation:
                raise
        self._look()
        self._new = None
        self._delete_but(Pointer(**source))

    def _guard(self) -> dict[str, Any]:
        """Say what must not have changed meanwhile."""
        if self._base is None:
            return {"op_type": "create"}
        return {
            "if_seq_no": self._base["_seq_no"],
            "if_primary_term": self._base["_primary_term"],
        }

    def _current(self) -> Pointer | None:
        """Give what was in force when this was first asked."""
        if not self._has_looked:
            self._look()
        return None if self._base is None else Pointer(**self._base["_source"])

    def _look(self) -> None:
        try:
            self._base = self._client.get(_CURRENT, index=self._index)
        except IndexNotFoundError:
            self._base = None
        self._has_looked = True

    def _make(self) -> None:
        replicas = self._client.address.replicas
        copies = (
            {"auto_expand_replicas": "0-1"}
            if replicas is None
            else {"number_of_replicas": replicas}
        )
        settings = {"index": {"number_of_shards": 1, **copies}}
        with contextlib.suppress(IndexExistsError):
            body = {"settings": settings, "mappings": _MAPPINGS}
            self._client.create_index(self._index, body)

    def _delete_but(self, pointer: Pointer) -> None:
        """Delete all pieces but those in force, and those that were before."""
        kept = [pointer.generation, pointer.before]
        ours = {"exists": {"field": "generation"}}
        query = {
            "bool": {
                "must": [ours],
                "must_not": [
                    {"terms": {"generation": list(filter(None, kept))}},
                    {"ids": {"values": [_CURRENT]}},
                ],
            }
        }
        self._client.delete_where(query, index=self._index)

    def _unpacked(self, piece: dict[str, Any]) -> bytes:
        try:
            return zstandard.decompress(base64.b64decode(piece["lines"], validate=True))
        except (KeyError, ValueError, zstandard.ZstdError) as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, reason: str) -> CorruptIndexError:
        return CorruptIndexError(
            f"{self._client.address}: the catalogue of files, {self._index}, is damaged: "
            f"{reason}; the documents can be searched, but to change them index the files into a "
            "new index"
        )


def _piece_id(generation: str, number: int) -> str:
    return f"{generation}-{number}"
