"""How do changes get into an index on a cluster?

The same calls as for an index in a folder. But there is no commit that is in force or not: what is
added is sent as it comes, and stays if the program fails. Searches see it with the commit, which is
made when the cluster has acknowledged all. To add the same documents again does no harm.
"""

from __future__ import annotations

import time
from collections.abc import Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Generic, Self

from searchlib.analysis.detection import MISSING
from searchlib.arguments import ONE_BY_ONE, key_of, whole_number
from searchlib.backends.opensearch.bulk import LANES, REQUEST_BYTES, BulkSender
from searchlib.backends.opensearch.catalogue import CatalogueStore
from searchlib.backends.opensearch.documents import Source, SourcePlan
from searchlib.backends.opensearch.mapping import ORDER, ROOT, document_id, mappings_of, read_meta
from searchlib.backends.opensearch.preparing import Preparer
from searchlib.backends.opensearch.scanning import scan
from searchlib.errors import DocumentError, IndexClosedError, Notice, Problem
from searchlib.indexing.adding import each_document, pass_each
from searchlib.indexing.columns import DocumentColumns
from searchlib.indexing.pool import default_workers
from searchlib.indexing.report import AddReport
from searchlib.schema.typing import M

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from searchlib.backends.opensearch.catalogue import CatalogueLines
    from searchlib.backends.opensearch.client import Client
    from searchlib.indexing.writer import Progress
    from searchlib.schema.models import DocumentSchema
    from searchlib.schema.typing import Documents

_BATCH_BYTES: Final = 1 << 20
_INLINE_BYTES: Final = 6 << 20
"""Fewer bytes of documents are not worth the start of a process."""
_MANY_DOCUMENTS: Final = 4000
_LEAST_REQUEST: Final = 1 << 16
_COPIES: Final = 6
"""How often a request is in memory while it is made and sent, and with it what is behind it."""


class OpenSearchWriter(Generic[M]):
    """Collects changes and sends them; not for use by several threads at once.

    Args:
        client: The cluster.
        schema: The fields.
        compile_query: Makes a query of the server of what :meth:`delete_by_query` is given.
        index: The index or alias to write to, if not that of the address.
        workers: How many more processes to start when there is much to analyse; ``None`` for one
            for each further CPU.
        memory: About how many bytes may be under way; ``None`` for some 100 MB.

    Attributes:
        report: What has become of the documents; complete after :meth:`flush` and :meth:`commit`.

    Raises:
        ArgumentError: ``workers`` or ``memory`` is no such number.
        SchemaMismatchError: The index must be made anew for the schema.
        SearchlibError: The cluster can't be asked.
    """

    def __init__(
        self,
        client: Client,
        schema: DocumentSchema,
        compile_query: Callable[[object], dict[str, Any]],
        *,
        index: str | None = None,
        workers: int | None = None,
        memory: int | None = None,
    ) -> None:
        self.report = AddReport()
        self._client = client
        self._schema = schema
        self._compile = compile_query
        self._index = index or client.address.index
        self._catalogue = CatalogueStore(client)
        self._columns = DocumentColumns(schema)
        self._has_told = False  # that a detector of languages is missing
        self._size = 0
        self._is_open = True
        self._grow()
        self._order = _next_order(client, self._index)
        self._preparer = Preparer(SourcePlan.of(schema), _workers(workers))
        self._sender = BulkSender(
            client, self._index, self.report, request_bytes=_request_bytes(memory)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._is_open = False
        self._preparer.close()
        self._sender.close()

    def add(self, documents: Documents[M], progress: Progress | None = None) -> None:
        """Add documents; one whose key is in the index takes the place of the one there.

        Args:
            documents: As for :meth:`searchlib.Index.add`.
            progress: Called now and then.

        Raises:
            DocumentError: It is neither a document nor an iterable.
            IndexClosedError: The block of the writer has ended.
            ServerError: The cluster did not take what was added before.
        """
        self._expect_open()
        each = each_document(documents)
        if isinstance(each, Sized) and len(each) >= _MANY_DOCUMENTS:
            self._preparer.start_workers()
        pass_each(each, self.report, self._add_one, progress)

    def _add_one(self, document: object) -> None:
        try:
            valid = self._schema.validate(document)
            if ROOT in (valid.model_extra or ()):
                raise DocumentError(f"{ROOT}: expected another name, this one is kept")
            self._columns.append(valid)
        except DocumentError as error:
            key = self._schema.key_of(document)
            self.report.rejected.append(Problem(str(error), key=key))
            return
        if self._columns.lacks_detector and not self._has_told:
            self._has_told = True
            self.report.notices.append(Notice(MISSING, kind="language"))
        if self._columns.size >= _BATCH_BYTES:
            self._pass_on()
            self._send(self._preparer.ready())

    def delete(self, *keys: str) -> int:
        """Delete the documents with these keys, and return how many there were.

        Raises:
            ArgumentError: A key is no string; nothing is deleted.
            IndexClosedError: The block of the writer has ended.
            ServerError: The cluster did not take it, or something before.
        """
        self._expect_open()
        return self._delete(
            [key_of(key, self._schema.key.label_types, hint=ONE_BY_ONE) for key in keys]
        )

    def delete_by_query(self, query: object) -> int:
        """Delete the documents that a query matches, and return how many there were.

        What this writer has added before is looked at too.

        Args:
            query: As for :meth:`searchlib.Index.search`.

        Raises:
            QueryError: The query can't be answered.
            IndexClosedError: The block of the writer has ended.
            ServerError: The cluster did not take it, or something before.
        """
        self._expect_open()
        compiled = self._compile(query)
        self.flush()
        self._client.refresh(index=self._index)
        hits = scan(self._client, compiled, index=self._index, source=False)
        return self._delete_sources(Source(hit["_id"], hit["_id"], 0, None) for hit in hits)

    def read_catalogue(self) -> Iterator[bytes]:
        """Read the lines of the catalogue of the last commit; none if there is no catalogue.

        Raises:
            CorruptIndexError: It is damaged; what was read before is not to be used.
            ServerError: The cluster can't be asked.
        """
        return self._catalogue.read()

    @contextmanager
    def new_catalogue(self) -> Iterator[CatalogueLines]:
        """Write a catalogue, line by line, that is in force from the next commit on.

        At the end of the block all documents added before are acknowledged.

        Raises:
            ServerError: The cluster did not take it.
        """
        with self._catalogue.write() as lines:
            yield lines
            self.flush()

    def take_languages(self, recorded: Callable[[str], str | None]) -> None:
        """Take the languages of documents from where they were found before, without a detector.

        Args:
            recorded: Tells the language of the document with a key, or ``None``.
        """
        self._columns.take_languages(recorded)

    def flush(self) -> None:
        """Wait until all documents are acknowledged, so that the report is complete.

        Raises:
            ServerError: Some were not; the message says how many.
        """
        self._pass_on()
        self._send(self._preparer.rest())
        self._sender.flush()

    def commit(self) -> None:
        """Wait until all is acknowledged, and have searches see it.

        Raises:
            ServerError: Some of it was not; the message says how many.
            ServerConflictError: Another sync has ended meanwhile.
        """
        self._expect_open()
        self.flush()
        self._client.refresh(index=self._index)
        self._catalogue.commit()

    def optimize(self) -> None:
        """Commit, and have the cluster merge its segments, which it does in its own time.

        Raises:
            ServerError: As for :meth:`commit`.
        """
        self.commit()
        self._client.merge(index=self._index)

    def _expect_open(self) -> None:
        if not self._is_open:
            place = self._client.address
            raise IndexClosedError(f"{place}: this writer is closed; get another")

    def _delete(self, keys: Iterable[str]) -> int:
        return self._delete_sources(Source(key, document_id(key), 0, None) for key in keys)

    def _delete_sources(self, sources: Iterable[Source]) -> int:
        self.flush()
        before = self._sender.deleted
        for source in sources:
            self._sender.put(source._replace(order=self._take_orders(1)))
        self._sender.flush()
        return self._sender.deleted - before

    def _take_orders(self, count: int) -> int:
        """Give the first of some numbers that nobody has."""
        first, self._order = self._order, self._order + count
        return first

    def _pass_on(self) -> None:
        """Give the documents that were collected to who prepares them."""
        count = len(self._columns)
        if count:
            batch = self._columns.batch()
            self._size += batch.size
            if self._size >= _INLINE_BYTES:
                self._preparer.start_workers()
            self._preparer.add(batch, self._take_orders(count))

    def _send(self, batches: Iterable[list[Source]]) -> None:
        for sources in batches:
            for source in sources:
                self._sender.put(source)

    def _grow(self) -> None:
        """Tell the index which fields are new."""
        mappings = self._client.mapping(index=self._index)
        meta = read_meta(mappings, self._client.address)
        if self._schema.to_record(meta.schema) is not None:
            grown = mappings_of(self._schema, full_text=meta.full_text, synonyms=meta.synonyms)
            self._client.put_mapping(grown, index=self._index)


def _next_order(client: Client, index: str) -> int:
    """Find a number above those of all documents, and of what was deleted before."""
    body = {"size": 1, "sort": [{ORDER: "desc"}], "_source": False, "track_total_hits": False}
    hits = client.search(body, index=index)["hits"]["hits"]
    return max(time.time_ns(), 1 + (hits[0]["sort"][0] if hits else 0))


def _workers(workers: int | None) -> int:
    if workers is None:
        return default_workers()
    return whole_number("workers", workers, 0, instead="None for one for each CPU")


def _request_bytes(memory: int | None) -> int:
    if memory is None:
        return REQUEST_BYTES
    memory = whole_number("memory", memory, 1, instead="None for about 100 MB")
    return max(_LEAST_REQUEST, min(REQUEST_BYTES, memory // (LANES * _COPIES)))
