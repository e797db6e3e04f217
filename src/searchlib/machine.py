"""What does the machine have? For limits that the caller has not set."""

from __future__ import annotations

import os
from typing import Final

_UNKNOWN: Final = 2 << 30


def share_of_memory(part: int, most: int) -> int:
    """Find how many bytes a share of the machine's memory is.

    Args:
        part: Which part: 4 for a quarter.
        most: The result is not above it.

    Returns:
        Bytes; of a machine of 2 GiB where the system does not tell.
    """
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        memory = _UNKNOWN
    return min(memory // part, most)
