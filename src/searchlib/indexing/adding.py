"""How are documents that come one after another passed on, and what does not fit reported?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from searchlib.arguments import expect_function
from searchlib.errors import DocumentError, Notice, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from searchlib.indexing.report import AddReport

_PROGRESS_STEP: Final = 100


def each_document(documents: object) -> Iterable[object]:
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


def pass_each(
    documents: Iterable[object],
    report: AddReport,
    add_one: Callable[[object], None],
    progress: Callable[[int, int | None], None] | None,
) -> None:
    """Pass documents on, and put problems and notices among them into the report.

    Args:
        documents: The documents, problems and notices.
        report: What becomes of them.
        add_one: Takes a document.
        progress: Called now and then with the number of documents taken, and of all if known.

    Raises:
        ArgumentError: ``progress`` can't be called.
    """
    expect_function("progress", progress)
    total = len(documents) if isinstance(documents, Sized) else None
    number = 0
    for number, document in enumerate(documents, 1):
        if isinstance(document, Problem):
            report.rejected.append(document)
        elif isinstance(document, Notice):
            report.notices.append(document)
        else:
            add_one(document)
        if progress is not None and number % _PROGRESS_STEP == 0:
            progress(_done(number, total), total)
    if progress is not None and number % _PROGRESS_STEP:
        progress(_done(number, total), total)


def _done(number: int, total: int | None) -> int:
    """Count what is done: notices may come behind all that was told of."""
    return number if total is None else min(number, total)
