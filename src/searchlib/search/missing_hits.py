"""What is said of a hit that is asked for and not there?"""

from __future__ import annotations

from typing import Any, SupportsIndex


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
