# cython: language_level=3, freethreading_compatible=True
"""A look at a file, compiled: what :mod:`searchlib.storage.signature` says.

It keeps the interpreter's lock, as reading a mapped segment does, so where a network's disk does
not answer all threads wait for it. Each search has a look for another commit, which takes a
microsecond; giving the lock away for it costs ten where several threads search.
"""

import os

from libc.stdint cimport int64_t, uint64_t

cdef extern from "Python.h":
    bytes PyUnicode_EncodeFSDefault(str)

cdef extern from *:
    """
    #include <errno.h>
    #include <stdint.h>
    #include <sys/stat.h>

    #if defined(_WIN32)
    static int look_at(const char *path, uint64_t *identity, int64_t *rest) { return ENOSYS; }
    #else
    #if defined(__APPLE__)
    #define MODIFIED st_mtimespec
    #define CHANGED st_ctimespec
    #else
    #define MODIFIED st_mtim
    #define CHANGED st_ctim
    #endif
    static int64_t nanoseconds(struct timespec time) {
        return (int64_t) ((uint64_t) time.tv_sec * 1000000000 + time.tv_nsec);
    }

    static int look_at(const char *path, uint64_t *identity, int64_t *rest) {
        struct stat status;
        if (stat(path, &status) != 0) return errno;
        identity[0] = (uint64_t) status.st_dev;
        identity[1] = (uint64_t) status.st_ino;
        rest[0] = (int64_t) status.st_size;
        rest[1] = nanoseconds(status.MODIFIED);
        rest[2] = nanoseconds(status.CHANGED);
        return 0;
    }
    #endif
    """
    int look_at(const char* path, uint64_t* identity, int64_t* rest)


def signature_of_path(str path):
    """Ask the system for the signature of a file."""
    cdef uint64_t[2] identity
    cdef int64_t[3] rest
    cdef bytes encoded = PyUnicode_EncodeFSDefault(path)
    cdef int error
    if b"\0" in encoded:
        raise ValueError("embedded null byte")
    error = look_at(encoded, identity, rest)
    if error:
        raise OSError(error, os.strerror(error), path)
    return identity[0], identity[1], rest[0], rest[1], rest[2]
