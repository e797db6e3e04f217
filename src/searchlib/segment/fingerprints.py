"""How are the fingerprints of documents stored?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from searchlib.fingerprints.sketches import BAND_BITS, BANDS, BINS, SKETCH_WORDS, Fingerprints

if TYPE_CHECKING:
    from searchlib.arrays import Int64Array, NumberArray
    from searchlib.segment.file import SegmentFile, SegmentFileWriter

ENTRY: Final = "fingerprints"
"""What names the kind of fingerprints in the table of contents, where there are any."""
KIND: Final = 1
"""How they are made: another number would be that of fingerprints which can't be compared."""

_NAME: Final = "_fingerprints"
_BAND_BYTES: Final = BAND_BITS // 8


def write_fingerprints(file: SegmentFileWriter, prints: Fingerprints) -> int:
    """Write the fingerprints of all documents, and give the entry for the table of contents."""
    bands = np.ascontiguousarray(prints.bands, "<u4").view(np.uint8)
    file.write(f"{_NAME}.sketches", "<u8", [prints.sketches])
    file.write(f"{_NAME}.bands", "|u1", [bands.reshape(-1, BANDS, 4)[:, :, :_BAND_BYTES]])
    file.write(f"{_NAME}.filled", "<u2", [prints.filled])
    return KIND


class FingerprintColumns:
    """The fingerprints of a segment's documents.

    Args:
        file: Where from.
        doc_count: The number of documents.
    """

    def __init__(self, file: SegmentFile, doc_count: int) -> None:
        self._file = file
        self._sketches = file.array(f"{_NAME}.sketches", "<u8", doc_count * SKETCH_WORDS)
        self._bands = file.array(f"{_NAME}.bands", "|u1", doc_count * BANDS * _BAND_BYTES)
        self._filled = file.array(f"{_NAME}.filled", "<u2", doc_count)

    def read(self, docnums: Int64Array | None = None) -> Fingerprints:
        """Read those of some documents.

        Args:
            docnums: Which; ``None`` for all.

        Raises:
            CorruptIndexError: The file is damaged.
        """
        which = slice(None) if docnums is None else docnums
        packed = self._bands.reshape(-1, BANDS, _BAND_BYTES)[which]
        bands = np.zeros((len(packed), BANDS, 4), np.uint8)
        for byte in range(_BAND_BYTES):  # a fifth of the time that all of them at once take
            bands[..., byte] = packed[..., byte]
        sketches = self._sketches.reshape(-1, SKETCH_WORDS)[which]
        return Fingerprints(sketches, bands.view("<u4")[:, :, 0], self.filled[which])

    @cached_property
    def bands(self) -> NumberArray:
        """The bands of all documents, kept for the next time. Shape (BANDS, doc_count), uint32.

        All numbers of one band stand side by side, so that one is found among them in no time.
        """
        return np.ascontiguousarray(self.read().bands.T)

    @property
    def filled(self) -> NumberArray:
        """How many bins each document fills; 0 for one without terms. Shape (doc_count,), uint16.

        Raises:
            CorruptIndexError: The file is damaged.
        """
        if self._filled.max(initial=0) > BINS:
            raise self._file.corrupt(f"expected numbers up to {BINS}", f"{_NAME}.filled")
        return self._filled
