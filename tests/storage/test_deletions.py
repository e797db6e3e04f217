from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.storage import deletions


@given(st.lists(st.booleans(), max_size=70))
def test_what_is_written_is_read(flags: list[bool]) -> None:
    deleted = np.array(flags, dtype=bool)
    data, checksum = deletions.encode(deleted)
    assert len(data) == deletions.length(len(flags))
    read = deletions.decode(data, len(flags), sum(flags), checksum)
    assert read.dtype == np.bool_
    assert read.tolist() == flags
    read[:] = True  # the caller's to change


def test_the_format_is_as_documented() -> None:
    data, checksum = deletions.encode(np.array([True, False, False] + [False] * 6 + [True]))
    bits = bytes([0b1000_0000, 0b0100_0000])
    head = b"slibdels" + struct.pack("<II", 1, 10)
    assert checksum == zlib.crc32(head + bits)
    assert data == head + struct.pack("<I", checksum) + bits


def test_every_flipped_bit_and_truncation_is_found() -> None:
    deleted = np.arange(100) % 7 == 0
    data, checksum = deletions.encode(deleted)
    count = int(deleted.sum())
    for place in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[place] ^= 1 << bit
            with pytest.raises(ValueError, match="expected"):
                deletions.decode(bytes(damaged), 100, count, checksum)
        with pytest.raises(ValueError, match="bytes, got"):
            deletions.decode(data[:place], 100, count, checksum)


def test_a_file_of_another_segment_is_found() -> None:
    data, checksum = deletions.encode(np.ones(100, dtype=bool))
    other, other_checksum = deletions.encode(np.eye(100, dtype=bool)[3])
    with pytest.raises(ValueError, match="checksum"):
        deletions.decode(other, 100, 100, checksum)
    with pytest.raises(ValueError, match="expected 100 deletions, got 1"):
        deletions.decode(other, 100, 100, other_checksum)
    with pytest.raises(ValueError, match="of 99 documents"):
        deletions.decode(data, 99, 99, checksum)
