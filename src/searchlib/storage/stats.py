"""What does an index hold?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.postings import Scoring


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What an index holds.

    Attributes:
        path: The folder of the index.
        documents: The number of documents.
        deleted: The number of documents that are deleted but still take space.
        segments: The number of segments.
        generation: The number of commits since the index was made.
        size: The size of its files, in bytes.
        model: The name of the model it was made with.
        fields: How each field is indexed.
        scoring: The parameters of the scores.
    """

    path: Path
    documents: int
    deleted: int
    segments: int
    generation: int
    size: int
    model: str
    fields: dict[str, str]
    scoring: Scoring
