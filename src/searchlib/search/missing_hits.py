"""What is said of a hit that is asked for and not there, or of what a hit does not have?"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, SupportsIndex

from searchlib.errors import SearchlibError


def no_hit(index: Any, count: int, total: int | None = None) -> IndexError | TypeError:
    """Make the error for a hit beyond those there are, or for what numbers no hit.

    Args:
        index: What was asked for.
        count: How many hits are here.
        total: How many documents match, if that is known.
    """
    if not isinstance(index, SupportsIndex):
        name = index if isinstance(index, str) else "..."
        return TypeError(
            f"hits have numbers from 0 on, got [{index!r:.80}]; write "
            f"results[0].document.{name:.80} for a field of the first"
        )
    here = "is 1" if count == 1 else f"are {count:,}"
    said = f"there is no hit [{index}]: there {here}"
    if total == count:
        return IndexError(said)
    found = "" if total is None else f" of {total:,}"
    more = "search(..., limit=) says how many to take, limit=None all"
    return IndexError(f"{said} here{found}; {more}")


def field_of_document(hit: Any, name: str) -> AttributeError | None:
    """Make the error for a name that a hit does not have, and its document has; else ``None``."""
    document: Any = None
    with suppress(SearchlibError):  # a damaged index, for example: that is told where it is read
        document = hit.document
    if isinstance(document, dict):
        where = f"document[{name!r}]" if name in document else None
    else:
        where = f"document.{name}" if hasattr(document, name) else None
    if where is None:
        return None
    return AttributeError(f"Hit has no {name!r}: its document has; write hit.{where}")
