# cython: language_level=3, freethreading_compatible=True
"""The kernel over texts, compiled: what :mod:`searchlib.highlight.runs` says.

It keeps the interpreter's lock: a part of a text takes some microseconds.
"""

from libc.stdint cimport uint8_t
from libc.string cimport memchr, memcmp, memset

from searchlib.highlight.runs import BEFORE_WORDS

cdef uint8_t[256] BEFORE
for _byte in range(256):
    BEFORE[_byte] = _byte in BEFORE_WORDS


cdef list _places(const uint8_t* text, Py_ssize_t start, Py_ssize_t stop, ways, list places):
    """Add where a word begins in one of some ways to some places, in one go over the text."""
    cdef uint8_t[256] first
    cdef Py_ssize_t at
    cdef bytes way
    memset(first, 0, sizeof(first))
    for way in ways:
        first[(<const uint8_t*> way)[0]] = 1
    for at in range(start, stop):
        if first[text[at]] and BEFORE[text[at - 1]]:
            for way in ways:
                if len(way) <= stop - at and memcmp(text + at, <const uint8_t*> way, len(way)) == 0:
                    places.append(at)
                    break
    return places


def runs_with(bytes text, ways, others, Py_ssize_t start, Py_ssize_t stop):
    """Find the runs in which a word begins in one of some ways: see :func:`runs.runs_with`."""
    cdef const uint8_t* letters = text
    cdef const uint8_t* found
    cdef Py_ssize_t place, begin, end = start, size = len(text)
    cdef list runs = []
    if not 0 <= start <= stop <= size:
        raise ValueError(f"expected a part of {size} bytes, got {start} to {stop}")
    places = _places(letters, start + 1, stop, ways, list(others))
    places.sort()
    for place in places:
        if not 0 <= place < size:
            raise ValueError(f"expected a place in {size} bytes, got {place}")
        if place >= end:
            begin = place - 1
            while begin >= 0 and letters[begin] != 32:
                begin -= 1
            found = <const uint8_t*> memchr(letters + place, 32, size - place)
            end = found - letters if found != NULL else -1
            runs.append((place, begin, end))
    return runs
