"""Names for the arrays that pass between the modules, and runs of numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

BoolArray = NDArray[np.bool_]
ByteArray = NDArray[np.uint8]
Int32Array = NDArray[np.int32]
Int64Array = NDArray[np.int64]
Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
NumberArray = NDArray[Any]
"""Of integers or floats of any width."""


def runs(starts: Int64Array, counts: NumberArray) -> Int64Array:
    """List the numbers from each start on, so many.

    Args:
        starts: Shape (N,), int64.
        counts: How many numbers from each. Shape (N,), any integers.

    Returns:
        Run by run. Shape (sum of counts,), int64.
    """
    ends = counts.cumsum(dtype=np.int64)
    numbers: Int64Array = (starts - ends + counts).repeat(counts)
    numbers += np.arange(len(numbers))
    return numbers
