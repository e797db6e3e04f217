"""How do the documents of an index get into another one, wherever the two are?"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json

from searchlib.arguments import LOCK_TIMEOUT, expect_function, flag
from searchlib.backends.base import Opening
from searchlib.backends.opening import create_backend, open_backend
from searchlib.errors import IndexNotFoundError
from searchlib.indexing.reindexing import no_queries
from searchlib.indexing.report import AddReport
from searchlib.indexing.stored import restored
from searchlib.postings.bm25 import Scoring
from searchlib.query.field_values import Clock
from searchlib.schema.values import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from searchlib.backends.base import Backend
    from searchlib.indexing.writer import Progress
    from searchlib.schema.models import DocumentSchema

_BLOCK: Final = 500
_COMMIT_EVERY: Final = 50_000
"""How many documents at most are copied once more after the copying was stopped."""


@dataclass(slots=True)
class CopyReport(AddReport):
    """What became of the documents that were copied.

    Attributes:
        skipped: How many were in the other index already.
    """

    skipped: int = 0


def copy_index(
    source: str | Path,
    target: str | Path,
    *,
    overwrite: bool = False,
    workers: int | None = None,
    timeout: float = LOCK_TIMEOUT,
    progress: Progress | None = None,
) -> CopyReport:
    """Copy the documents of an index into another, which is made if it is not there.

    What is there already is not copied again, so that a copy that was stopped goes on where it was.

    Args:
        source: A folder, or the address of an index on OpenSearch.
        target: The same. If it is there, it must have been made with the same fields.
        overwrite: Whether documents take the place of those with the same keys.
        workers: As for :meth:`searchlib.Index.writer`.
        timeout: As for :meth:`searchlib.Index.writer`.
        progress: Called now and then with the number of documents done, and of all.

    Returns:
        The numbers of documents added, replaced and skipped, and a problem for each that could not
        be copied.

    Raises:
        IndexNotFoundError, NotAnIndexError, IndexVersionError: One of them can't be opened.
        SchemaMismatchError: The target has other fields.
        UnsupportedError: The synonyms are too large for an index on OpenSearch.
        IndexLockedError: Another writer is at work on the target.
        StorageError: The operating system refused to read or write.
        ServerError: A cluster did not answer, or did not do it. What was copied stays.
    """
    flag("overwrite", overwrite)
    expect_function("progress", progress)
    with (
        closing(open_backend(source, None, _OPENING)) as old,
        closing(_open_or_create(target, old.schema)) as new,
    ):
        return copy_documents(
            old, new, overwrite=overwrite, workers=workers, timeout=timeout, progress=progress
        )


_OPENING: Final = Opening(None, Clock(), Scoring())


def _open_or_create(path: str | Path, schema: DocumentSchema) -> Backend:
    try:
        return open_backend(path, None, _OPENING)
    except IndexNotFoundError:
        return create_backend(path, schema, _OPENING)


def copy_documents(
    source: Backend,
    target: Backend,
    *,
    overwrite: bool = False,
    workers: int | None = None,
    timeout: float = LOCK_TIMEOUT,
    progress: Progress | None = None,
) -> CopyReport:
    """Copy the documents of one open index into another; see :func:`copy_index`.

    The catalogue of files and the synonyms go with them, unless the target has its own.
    """
    target.schema.expect(source.schema)
    if source.synonyms.look() and not target.synonyms.look():
        target.synonyms.change(source.synonyms.read().data, timeout)
    schema, key, total = target.schema.of_own_model, source.schema.key.name, source.doc_count()
    done = committed = skipped = 0
    with target.writer(no_queries, workers=workers, memory=None, timeout=timeout) as writer:
        writer.commit()  # what another copy had sent before it was stopped counts from now on
        is_empty = overwrite or target.doc_count() == 0
        for block in _blocks(source.all_stored()):
            wanted = block if is_empty else _missing(block, key, target)
            writer.add(restored(stored, key, schema) for stored in wanted)
            done, skipped = done + len(block), skipped + len(block) - len(wanted)
            if progress is not None:
                progress(done, total)
            if done - committed >= _COMMIT_EVERY:
                writer.commit()
                committed = done
        if next(target.catalogue(), None) is None:
            pass_catalogue(source.catalogue(), writer)
        writer.commit()
    report: AddReport = writer.report
    return CopyReport(
        report.added, report.replaced, report.rejected, report.notices, skipped=skipped
    )


def _blocks(documents: Iterator[bytes]) -> Iterator[list[bytes]]:
    while block := list(islice(documents, _BLOCK)):
        yield block


def _missing(block: Sequence[bytes], key: str, target: Backend) -> list[bytes]:
    """Leave out the documents whose keys are in an index."""
    keys = [text_of(from_json(stored)[key]) for stored in block]
    return [
        stored for stored, is_there in zip(block, target.have(keys), strict=True) if not is_there
    ]


def pass_catalogue(lines: Iterator[bytes], writer: Any) -> None:
    """Give the lines of a catalogue to a writer of another index; without any it gets none."""
    first = next(lines, None)
    if first is not None:
        with writer.new_catalogue() as catalogue:
            for line in chain([first], lines):
                catalogue.append(line)
