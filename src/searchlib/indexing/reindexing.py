"""How are the documents of an index in a folder indexed anew, in its place?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.errors import DocumentError
from searchlib.indexing.stored import StoredDocuments
from searchlib.indexing.writer import open_writer
from searchlib.storage.snapshot import Snapshot

if TYPE_CHECKING:
    from searchlib.indexing.report import AddReport
    from searchlib.indexing.writer import Progress
    from searchlib.schema.models import DocumentSchema
    from searchlib.storage import IndexDirectory


def reindex_in_place(
    directory: IndexDirectory,
    key: str,
    schema: DocumentSchema,
    timeout: float,
    workers: int | None,
    progress: Progress | None,
) -> AddReport:
    """Index the documents of an index anew, in one commit, which is in force or not.

    Args:
        directory: The index.
        key: The name of its key field.
        schema: The new fields.
        timeout: How long to wait for another writer to finish, in seconds.
        workers: As for :meth:`searchlib.Index.writer`.
        progress: Called now and then.

    Raises:
        DocumentError: A document does not fit the new model. Nothing has changed.
        IndexLockedError: Another writer was at work all that time.
        StorageError: The operating system refused to write. Nothing has changed.
    """
    renewing = (schema.to_json(), ANALYSIS_VERSION)
    with open_writer(schema, directory, no_queries, workers, None, timeout, renewing) as writer:
        snapshot = Snapshot.open(directory)
        writer.take_languages(lambda value: snapshot.recorded_language(key, value))
        writer.add(StoredDocuments(snapshot, key, schema), progress)
        expect_fitting(writer.report, schema)
        writer.commit()
    return writer.report


def expect_fitting(report: AddReport, schema: DocumentSchema) -> None:
    """Make sure that all documents that are to take the place of others fit.

    Raises:
        DocumentError: Some do not.
    """
    rejected = report.rejected
    if rejected:
        raise DocumentError(
            f"expected documents that fit {schema.model_name}, got {len(rejected)} that do "
            f"not: {rejected[0]}; nothing has changed: give the model defaults or other types, "
            "or index the documents that fit into another index: Index.reindex(path, new)"
        )


def no_queries(*query: object) -> NoReturn:
    """Stand in for what evaluates queries, in a writer that deletes by none."""
    raise NotImplementedError
