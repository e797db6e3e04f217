"""What goes from a writer to its workers? Plans and batches, in plain types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from searchlib.frozen import frozen


@frozen
class FieldPlan:
    """How the columns of a batch are indexed: all that a worker has to know of the schema.

    Attributes:
        languages: The text fields, and the language of each: "auto" for that of the document.
        labels: The keyword and key fields.
        numbers: The date and number fields, and the dtype of each.
        fingerprinted: The text fields that tell whether documents are copies.
    """

    languages: dict[str, str | None]
    labels: list[str]
    numbers: dict[str, str]
    fingerprinted: list[str]


@dataclass(slots=True)
class DocumentBatch:
    """Documents as columns, in types that go through a pipe.

    Attributes:
        columns: For each indexed field its value in each document: texts, labels as the index
            knows them, or numbers; ``None`` for none.
        documents: The documents as JSON in UTF-8.
        size: The bytes of the documents.
        spellings: For each field of labels whose case makes no difference: terms, a spelling of
            each, and how often it is there.
    """

    columns: dict[str, list[Any]]
    documents: list[bytes] = field(default_factory=list)
    size: int = 0
    spellings: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.documents)
