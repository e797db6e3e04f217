"""Which documents of a segment are deleted?

A file of its own, since the segment never changes. All numbers are little-endian::

    offset  bytes  what
    0       8      the magic "slibdels"
    8       4      the version of this format, 1
    12      4      the number of documents, n
    16      4      the CRC-32 of all other bytes
    20      ...    one bit for each document, 1 if it is deleted; as numpy.packbits has it, document
                   0 is the highest bit of the first byte, and the last byte is filled up with 0
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray

_MAGIC: Final = b"slibdels"
_VERSION: Final = 1
_HEAD: Final = struct.Struct("<8sII")
_CRC: Final = struct.Struct("<I")
_BITS: Final = _HEAD.size + _CRC.size


def encode(deleted: BoolArray) -> tuple[bytes, int]:
    """Write deletions as the bytes of their file.

    Args:
        deleted: Whether each document is deleted. Shape (doc_count,), bool.

    Returns:
        The bytes, and the checksum that is in them.
    """
    head = _HEAD.pack(_MAGIC, _VERSION, len(deleted))
    bits = np.packbits(deleted).tobytes()
    checksum = crc32(bits, crc32(head))
    return head + _CRC.pack(checksum) + bits, checksum


def length(doc_count: int) -> int:
    """Give the length of the file for that many documents, in bytes."""
    return _BITS + (doc_count + 7) // 8


def decode(data: bytes, doc_count: int, count: int, checksum: int) -> BoolArray:
    """Read deletions from the bytes of their file.

    Args:
        data: The bytes.
        doc_count: The number of documents that the manifest gives for the segment.
        count: The number of deletions that it gives.
        checksum: The checksum that it gives.

    Returns:
        Whether each document is deleted. Shape (doc_count,), bool, the caller's to change.

    Raises:
        ValueError: They are not as they were written, or of another segment.
    """
    if len(data) != length(doc_count):
        raise ValueError(f"expected {length(doc_count)} bytes, got {len(data)}")
    head, bits = data[: _HEAD.size], data[_BITS:]
    (stored,) = _CRC.unpack_from(data, _HEAD.size)
    computed = crc32(bits, crc32(head))
    if not stored == computed == checksum:
        raise ValueError(
            f"expected the checksum {checksum:08x}, got {stored:08x} over {computed:08x}"
        )
    if head != _HEAD.pack(_MAGIC, _VERSION, doc_count):
        raise ValueError(f"expected version {_VERSION} of {doc_count} documents, got {head!r}")
    deleted = np.unpackbits(np.frombuffer(bits, np.uint8), count=doc_count).view(np.bool_)
    if np.count_nonzero(deleted) != count:
        raise ValueError(f"expected {count} deletions, got {np.count_nonzero(deleted)}")
    return deleted
