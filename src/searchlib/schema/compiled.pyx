# cython: language_level=3, freethreading_compatible=True
"""Of which values is JSON written as they are? Compiled: see :mod:`searchlib.schema.plain`."""

from cpython.datetime cimport datetime, datetime_tzinfo, import_datetime
from cpython.object cimport PyTypeObject, Py_TYPE
from libc.math cimport isfinite
from libc.stdlib cimport calloc, free

from pydantic_core import to_json

import_datetime()


cdef class Kinds:
    """The plain values of a field: see :class:`plain.Plain`."""

    cdef tuple held  # the types
    cdef PyTypeObject** types
    cdef Py_ssize_t count
    cdef bint numbers, floats, moments
    cdef Kinds items, values

    def __cinit__(self, plain):
        cdef Py_ssize_t place
        self.held = tuple(plain.types)
        self.count = len(self.held)
        self.types = <PyTypeObject**> calloc(self.count + 1, sizeof(PyTypeObject*))
        if self.types == NULL:
            raise MemoryError
        for place in range(self.count):
            self.types[place] = <PyTypeObject*> self.held[place]
        self.numbers, self.floats, self.moments = plain.numbers, plain.floats, plain.moments
        self.items = None if plain.items is None else Kinds(plain.items)
        self.values = None if plain.values is None else Kinds(plain.values)

    def __dealloc__(self):
        free(self.types)

    cdef bint has(self, value) except -1:
        cdef Py_ssize_t place
        for place in range(self.count):
            if Py_TYPE(value) == self.types[place]:
                return True
        return self.has_of_its_kind(value)

    cdef bint has_of_its_kind(self, value) except -1:
        cdef object kind = type(value), one, key
        if kind is int:
            return self.numbers and is_small(value)
        if kind is float:
            return self.floats and isfinite(<double> value)
        if kind is datetime:
            return self.moments and datetime_tzinfo(value) is None
        if kind is list and self.items is not None:
            for one in <list> value:
                if not self.items.has(one):
                    return False
            return True
        if kind is dict and self.values is not None:
            for key, one in (<dict> value).items():
                if type(key) is not str or not self.values.has(one):
                    return False
            return True
        return False


cdef extern from *:
    """
    static int is_small(PyObject* number) {
        int beyond;
        long long found = PyLong_AsLongLongAndOverflow(number, &beyond);
        return !beyond && found >= -9223372036854775807LL;
    }
    """
    bint is_small(object number)


cdef class PlainFields:
    """The plain values of the fields of a document: see :class:`plain.PlainFields`."""

    cdef list names, kinds
    cdef object model

    def __cinit__(self, fields, model):
        self.names = list(fields)
        self.kinds = [Kinds(plain) for plain in fields.values()]
        self.model = model

    cpdef bint hold(self, dict values) except -1:
        """Tell whether all fields have plain values."""
        cdef Py_ssize_t place = 0
        cdef object name, value
        if len(values) == len(self.names):
            for name, value in values.items():  # in the order of the fields, as nearly always
                if name is not self.names[place]:
                    break
                if not (<Kinds> self.kinds[place]).has(value):
                    return False
                place += 1
        for place in range(place, len(self.names)):
            value = values.get(self.names[place], self)  # which no field holds
            if not (<Kinds> self.kinds[place]).has(value):
                return False
        return True

    def write(self, document):
        """Write a document as JSON; ``None`` if it has more than plain values in these fields."""
        cdef dict values
        if type(document) is not self.model:
            return None
        values = document.__dict__
        return to_json(values) if len(values) == len(self.names) and self.hold(values) else None
