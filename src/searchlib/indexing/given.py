"""Which documents were given to be added?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from searchlib.errors import DocumentError, Notice, Problem


def each_of(documents: object) -> Iterable[object]:
    """Look at one document as at an iterable of one.

    Raises:
        DocumentError: It is neither a document nor an iterable.
    """
    if isinstance(documents, BaseModel | Mapping | Problem | Notice):
        return [documents]
    if isinstance(documents, str | bytes) or not isinstance(documents, Iterable):
        raise DocumentError(
            f"expected a document or an iterable of documents, got {type(documents).__name__}; "
            "read files with searchlib.read_articles(path)"
        )
    return documents
