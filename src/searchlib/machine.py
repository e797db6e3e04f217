"""What does the machine have, and how is its memory used well?"""

from __future__ import annotations

import os
from typing import Final

import numpy as np

_UNKNOWN: Final = 2 << 30
_LARGEST_KEPT: Final = (32 << 20) - (64 << 10)  # the C library's limit, less what it adds


def share_of_memory(part: int, most: int) -> int:
    """Find how many bytes a share of the machine's memory is.

    Args:
        part: Which part: 4 for a quarter.
        most: The result is not above it.

    Returns:
        Bytes. Where the system does not tell, 2 GiB are taken for all of its memory.
    """
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        memory = _UNKNOWN
    return min(memory // part, most)


def keep_freed_memory() -> None:
    """Have the memory of large arrays used again instead of given back to the system.

    The C library of Linux returns arrays above a threshold to the system, and getting their pages
    anew takes more time than most of what is computed in them. Once an array of some size was
    freed, it keeps what is not larger; 32 MB is the largest that counts. The array is not written
    to, so it never takes any memory. Elsewhere this has no effect.
    """
    np.empty(_LARGEST_KEPT, np.uint8)
