"""Is a file the one that it was? A signature tells, without a look at what is in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from searchlib.postings.choice import KERNELS

__all__ = ["Signature", "signature_of", "signature_of_path"]

Signature = tuple[int, int, int, int, int]
"""A file's device and number there, its size in bytes, when it was written and changed, in ns."""


def signature_of(status: os.stat_result) -> Signature:
    """Make the signature of a file of what the system says of it."""
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


if TYPE_CHECKING or KERNELS == "numpy" or os.name != "posix":

    def signature_of_path(path: str) -> Signature:
        """Ask the system for the signature of a file.

        Raises:
            OSError: It is not there, or can't be reached.
        """
        return signature_of(os.stat(path))  # noqa: PTH116 - Path.stat is slower

else:
    from searchlib.storage.compiled import signature_of_path
