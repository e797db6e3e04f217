"""What does an index hold?"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic looks it up
from typing import TYPE_CHECKING

from searchlib.frozen import frozen
from searchlib.postings import Scoring  # noqa: TC001 - pydantic looks it up
from searchlib.postings.choice import KERNELS
from searchlib.segment.languages import UNSTEMMED

if TYPE_CHECKING:
    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.directory import IndexDirectory
    from searchlib.storage.snapshot import Snapshot


@frozen
class IndexStats:
    """What an index holds.

    Attributes:
        path: The folder of the index, or its address on a server.
        documents: The number of documents.
        deleted: The number of documents that are deleted but still take space.
        segments: The number of segments.
        generation: The number of commits since the index was made.
        size: The size of its files, in bytes.
        model: The name of the model it was made with.
        fields: How each field is indexed.
        languages: The languages of the documents, where each is in its own, and "none" for those
            that are not stemmed; else empty.
        scoring: The parameters of the scores.
        kernels: What goes over the postings in this process: ``"compiled"`` code, or ``"numpy"``.
    """

    path: Path | str
    documents: int
    deleted: int
    segments: int
    generation: int
    size: int
    model: str
    fields: dict[str, str]
    languages: list[str]
    scoring: Scoring
    kernels: str


def stats_of(
    directory: IndexDirectory, snapshot: Snapshot, schema: DocumentSchema, scoring: Scoring
) -> IndexStats:
    """Say what an index holds at a commit.

    Args:
        directory: Where it is.
        snapshot: The commit.
        schema: Its fields.
        scoring: What it was opened with.
    """
    return IndexStats(
        path=directory.path,
        documents=snapshot.doc_count,
        deleted=snapshot.doc_count_all - snapshot.doc_count,
        segments=len(snapshot.segments),
        generation=snapshot.generation,
        size=directory.size(),
        model=schema.model_name,
        fields={name: spec.describe() for name, spec in schema.fields.items()},
        languages=[language or UNSTEMMED for language in snapshot.languages],
        scoring=scoring,
        kernels=KERNELS,
    )
