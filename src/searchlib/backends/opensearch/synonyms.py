"""Where on a cluster are the synonyms of an index? In its mapping, which every opening reads."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from searchlib.backends.opensearch.mapping import read_meta
from searchlib.errors import UnsupportedError
from searchlib.storage.kept import NOTHING, Kept

if TYPE_CHECKING:
    from searchlib.backends.opensearch.client import Client

MOST_BYTES: Final = 1_000_000
"""How large a file of synonyms may be: each node of the cluster holds it in memory."""


class ServerSynonyms:
    """The file of synonyms of an index; see :class:`searchlib.backends.base.KeptData`.

    Args:
        client: The cluster, and the index on it.
        text: The file, as the index had it when it was opened.
    """

    def __init__(self, client: Client, text: str) -> None:
        self._client = client
        self._last = _kept(text.encode())

    def look(self) -> str:
        """Read the file that the index has now; give what names it."""
        meta = read_meta(self._client.mapping(local=True), self._client.address)
        self._last = _kept(meta.synonyms.encode())
        return self._last.name

    def known(self) -> str:
        """Give what names the file of the last look."""
        return self._last.name

    def read(self) -> Kept:
        """Give the file of the last look."""
        return self._last

    def change(self, new: bytes, timeout: float) -> None:
        """Put another file in its place; of several that do the last one counts."""
        put_synonyms(self._client, new.decode())
        self._last = _kept(new)


def put_synonyms(client: Client, text: str, *, index: str | None = None) -> None:
    """Give an index another file of synonyms.

    Args:
        client: The cluster.
        text: The file; empty for none.
        index: The index, if it is not that of the address.

    Raises:
        UnsupportedError: The file is too large.
        ServerError: The cluster did not take it.
    """
    size = len(text.encode())
    if size > MOST_BYTES:
        raise UnsupportedError(
            f"expected synonyms of at most {MOST_BYTES:,} bytes for an index on OpenSearch, got "
            f"{size:,}"
        )
    meta = read_meta(client.mapping(index=index), client.address)
    if text != meta.synonyms:
        client.put_mapping({"_meta": replace(meta, synonyms=text).written()}, index=meta.index)


def _kept(data: bytes) -> Kept:
    return Kept(blake2b(data, digest_size=16).hexdigest(), data) if data else NOTHING
