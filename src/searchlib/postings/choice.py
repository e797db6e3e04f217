"""Which kernels serve: the compiled ones, or those in numpy?

The compiled ones if they were built when searchlib was installed, which takes a C compiler. The
environment variable ``SEARCHLIB_KERNELS`` chooses otherwise: ``numpy`` or ``compiled``.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from searchlib.errors import KernelsError

VARIABLE: Final = "SEARCHLIB_KERNELS"
_COMPILED: Final = (
    "postings.compiled",
    "postings.compiled_counts",
    "fingerprints.compiled",
    "schema.compiled",
    "highlight.compiled",
    "storage.compiled",
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
    built = sys.byteorder == "little" and all(map(_is_built, _COMPILED))
    if wanted == "compiled" and not built:
        raise KernelsError(
            f"expected compiled kernels, as {VARIABLE} has it, got none: install searchlib where "
            "there is a C compiler, or unset the variable"
        )
    return "compiled" if built and wanted != "numpy" else "numpy"


def _is_built(name: str) -> bool:
    """Look for a compiled module where it would be, without importing its package."""
    package, _, module = name.partition(".")
    return PathFinder.find_spec(module, [str(Path(__file__).parents[1] / package)]) is not None


KERNELS: Final = choose(os.environ.get(VARIABLE))
"""The kernels that serve: ``"compiled"`` or ``"numpy"``."""
