"""Which kernels serve: the compiled ones, or those in numpy?

The compiled ones if they were built when searchlib was installed, which takes a C compiler. The
environment variable ``SEARCHLIB_KERNELS`` chooses otherwise: ``numpy`` or ``compiled``.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import Final

from searchlib.errors import KernelsError

VARIABLE: Final = "SEARCHLIB_KERNELS"
_COMPILED: Final = (
    "searchlib.postings.compiled",
    "searchlib.postings.compiled_counts",
    "searchlib.postings.compiled_runs",
    "searchlib.fingerprints.compiled",
    "searchlib.schema.compiled",
)


def choose(wanted: str | None) -> str:
    """Choose the kernels.

    Args:
        wanted: ``"numpy"``, ``"compiled"``, or nothing for the best that there are.

    Returns:
        ``"numpy"`` or ``"compiled"``.

    Raises:
        KernelsError: There are no such kernels.
    """
    if wanted not in (None, "", "numpy", "compiled"):
        raise KernelsError(
            f"expected numpy or compiled in {VARIABLE}, got {wanted!r}; unset it for the best of "
            "those there are"
        )
    # The compiled kernels read the bytes of an index as they lie: numbers begin with the lowest.
    built = sys.byteorder == "little" and all(find_spec(name) is not None for name in _COMPILED)
    if wanted == "compiled" and not built:
        raise KernelsError(
            f"expected compiled kernels, as {VARIABLE} has it, got none: install searchlib where "
            "there is a C compiler, or unset the variable"
        )
    return "compiled" if built and wanted != "numpy" else "numpy"


KERNELS: Final = choose(os.environ.get(VARIABLE))
"""The kernels that serve: ``"compiled"`` or ``"numpy"``."""
