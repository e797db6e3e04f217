# cython: language_level=3, freethreading_compatible=True
# cython: cdivision=True, boundscheck=False, wraparound=False
"""The kernels that make fingerprints, compiled: what :mod:`searchlib.fingerprints.sketches` says."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

import numpy as np

cdef enum:
    SHINGLE = 3
    BINS = 576
    BINS_OF_MINIMUM = 32
    BANDS = 6
    MINIMA = 3  # of a band
    SKETCH_BITS = 320
    SKETCH_WORDS = 5

cdef const uint32_t EMPTY = 0xFFFFFFFF
cdef const uint64_t FIRST = 0x9E3779B97F4A7C15ULL
cdef const uint64_t SECOND = 0xC2B2AE3D27D4EB4FULL
cdef const uint64_t THIRD = 0x165667B19E3779F9ULL
cdef const uint64_t MIX = 0xBF58476D1CE4E5B9ULL


cdef inline uint64_t mixed(uint64_t number) noexcept nogil:
    number *= MIX
    number ^= number >> 32
    return number * MIX


cdef inline void keep(uint32_t* bins, uint64_t shingle) noexcept nogil:
    cdef uint32_t* least = bins + ((shingle >> 32) * BINS >> 32)
    least[0] = min(least[0], <uint32_t> shingle)


cdef void keep_all(
    uint32_t* bins, const uint64_t* hashes, const int32_t* terms, int64_t count
) noexcept nogil:
    cdef uint64_t last, middle
    cdef int64_t place
    if count < SHINGLE:
        last = hashes[terms[0]] * FIRST
        if count == 2:
            last += hashes[terms[1]] * SECOND
        keep(bins, mixed(last))
        return
    last, middle = hashes[terms[0]], hashes[terms[1]]
    for place in range(2, count):
        keep(bins, mixed(last * FIRST + middle * SECOND + hashes[terms[place]] * THIRD))
        last, middle = middle, hashes[terms[place]]


def keep_least(
    uint32_t[::1] minima,
    const uint64_t[::1] hashes,
    const int32_t[::1] terms,
    const int32_t[::1] counts,
):
    """Keep the least shingles: see :func:`sketches.keep_least`."""
    cdef int64_t start = 0, total = 0, document, place
    cdef int32_t fewest = 0
    cdef uint32_t largest = 0
    with nogil:
        for document in range(counts.shape[0]):
            total += counts[document]
            fewest = min(fewest, counts[document])
        for place in range(terms.shape[0]):
            largest = max(largest, <uint32_t> terms[place])
    if minima.shape[0] != counts.shape[0] * BINS or total != terms.shape[0] or fewest < 0:
        raise ValueError("expected arrays of the same documents")
    if terms.shape[0] and largest >= hashes.shape[0]:
        raise IndexError(f"expected terms below {hashes.shape[0]}, got {largest}")
    with nogil:
        for document in range(counts.shape[0]):
            if counts[document] > 0:
                keep_all(&minima[document * BINS], &hashes[0], &terms[start], counts[document])
                start += counts[document]


cdef uint16_t sketch(const uint32_t* bins, uint64_t* words) noexcept nogil:
    # Those that there are, first: a branch would be guessed wrong for every fourth.
    cdef uint32_t[BINS] found
    cdef uint16_t filled = 0
    cdef uint64_t bit
    cdef Py_ssize_t place
    for place in range(BINS):
        found[filled] = bins[place]
        filled += bins[place] != EMPTY
    for place in range(filled):
        bit = (mixed(found[place]) & EMPTY) * SKETCH_BITS >> 32
        words[bit >> 6] ^= <uint64_t> 1 << (bit & 63)
    return filled


cdef uint32_t band(const uint32_t* bins) noexcept nogil:
    cdef uint64_t number = 0
    cdef uint32_t least, least_of_all = EMPTY
    cdef Py_ssize_t minimum, place
    for minimum in range(MINIMA):
        least = EMPTY
        for place in range(BINS_OF_MINIMUM):
            least = min(least, bins[place])
        number = mixed(number + least + 1)
        least_of_all = min(least_of_all, least)
        bins += BINS_OF_MINIMUM
    return 0 if least_of_all == EMPTY else <uint32_t> (number >> 40)


def condensed(const uint32_t[::1] minima):
    """Make sketches and bands of the least shingles: see :func:`sketches.condensed`."""
    cdef int64_t document, count = minima.shape[0] // BINS
    cdef Py_ssize_t number
    sketches = np.zeros((count, SKETCH_WORDS), np.uint64)
    bands = np.zeros((count, BANDS), np.uint32)
    filled = np.zeros(count, np.uint16)
    cdef uint64_t[:, ::1] words = sketches
    cdef uint32_t[:, ::1] numbers = bands
    cdef uint16_t[::1] of_bins = filled
    with nogil:
        for document in range(count):
            of_bins[document] = sketch(&minima[document * BINS], &words[document, 0])
            for number in range(BANDS):
                numbers[document, number] = band(
                    &minima[document * BINS + number * MINIMA * BINS_OF_MINIMUM]
                )
    return sketches, bands, filled
