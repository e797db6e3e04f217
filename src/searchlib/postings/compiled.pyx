# cython: language_level=3, freethreading_compatible=True
# cython: cdivision=True
"""The kernels, compiled: what :mod:`searchlib.postings.matching` says, on mapped arrays.

Two rules keep a damaged index from doing harm. Whatever is followed is compared with the length of
what it leads into, in the same loop, even if it was checked before: the file may change meanwhile.
And where a loop has raw pointers, they come from an object that holds the buffers.

Queries over many postings run without the interpreter's lock. Short ones keep it, since a thread
that gives it away may wait long to get it back.
"""

from cpython.buffer cimport PyBUF_FORMAT, PyBUF_ND, PyBuffer_Release, PyObject_GetBuffer
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.math cimport INFINITY, fabs
from libc.stdint cimport (
    INT32_MAX, INT64_MAX, INT64_MIN, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t,
)
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memchr, memcmp, memcpy, memset

cimport cython

import numpy as np

from searchlib.errors import CorruptIndexError
from searchlib.postings.phrases import in_order_once

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define prefetch(address) __builtin_prefetch(address)
    #define first_bit(number) __builtin_ctzll(number)
    #else
    #define prefetch(address) ((void) (address))
    static int first_bit(unsigned long long number) {
        int place = 0;
        while (!(number >> place & 1)) place++;
        return place;
    }
    #endif
    #define EACH_BYTE 0x0101010101010101ULL
    #define EACH_PAIR 0x0001000100010001ULL
    #define EVEN_BYTES 0x00FF00FF00FF00FFULL
    """
    void prefetch(const void* address) noexcept nogil
    int first_bit(uint64_t number) noexcept nogil  # the place of the lowest that is set; one is
    const uint64_t EACH_BYTE  # a number whose bytes are 1
    const uint64_t EACH_PAIR  # whose pairs of bytes are 1
    const uint64_t EVEN_BYTES  # the lower byte of each pair

cdef enum:
    CHUNK = 65536
    SLAB = 256  # postings that are scored together
    MANY = 10000  # postings from which on a loop is worth giving the lock away
    MOST_CLAUSES = 250
    STAR = 42
    LETTER = 63  # the question mark
    HOPEFUL = 255  # in the place of the number of clauses that a document must have matched
    FEW = 16  # one of so many documents, or fewer, is cleared by itself
    PAYS = 3  # the rest must add so many times less than what came before to look for a bound
    MOST_WORDS = 250  # of a phrase
    LINE = 64  # bytes that the processor fetches together
    AHEAD = 4096  # bytes that are fetched as soon as it is known where they are
    AT_ONCE = 16  # dictionaries that are searched side by side
    EIGHTS = 128  # eights of documents that are counted together; below 256, as bytes count them
    FEW_MASKS = 64  # of which each may be one without which no document is among the best
    SAMPLE = 4096  # bytes of terms that tell which letters are rare
    FEWER = 32  # at so many times fewer candidates than postings these are searched, not scanned

cdef double SLACK = 1e-9  # more than what rounding can add to a sum
cdef double FLOAT_SLACK = 1e-6  # more than what rounding to single precision can add

cdef str NO_END = "expected an end of each term"
cdef str ADVICE = "the index is damaged: restore it from a backup, or index the documents again"


cdef object damaged(str what, str source=""):
    return CorruptIndexError(f"{source}{': ' if source else ''}{what}; {ADVICE}")


cdef class Numbers:
    """The buffer of a one-dimensional array of numbers, held for as long as this lives."""

    cdef Py_buffer view
    cdef bint held
    cdef Py_ssize_t count
    cdef Py_ssize_t size

    def __cinit__(self, array, str kinds, Py_ssize_t most):
        PyObject_GetBuffer(array, &self.view, PyBUF_FORMAT | PyBUF_ND)
        self.held = True
        if (
            self.view.ndim != 1
            or self.view.itemsize > most
            or chr(self.view.format[0]) not in kinds
        ):
            raise TypeError(f"expected one dimension of {kinds!r}, got {array.dtype!r}")
        self.count = self.view.shape[0]
        self.size = self.view.itemsize

    def __dealloc__(self):
        if self.held:
            PyBuffer_Release(&self.view)


cdef numbers_of(const void* numbers, Py_ssize_t width, Py_ssize_t count):
    """Copy unsigned numbers into an array."""
    found = np.empty(count, f"u{width}")
    cdef Numbers held = Numbers(found, "BHIL", 4)
    memcpy(held.view.buf, numbers, width * count)
    return found


@cython.no_gc
cdef class Memory:
    """Numbers that the kernels have written, held for as long as this lives."""

    cdef uint32_t* numbers

    def __cinit__(self, Py_ssize_t count):
        self.numbers = <uint32_t*> malloc((count + 1) * sizeof(uint32_t))
        if self.numbers == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.numbers)


cdef struct Lists:
    # The postings of a term in one segment.
    const uint16_t* low
    const uint32_t* wide
    const void* tf
    Py_ssize_t tf_width  # of a frequency, in bytes; 0 if all are 1
    Py_ssize_t* bounds  # where each chunk begins among the docnums, and the end
    Py_ssize_t count, first, doc_count


@cython.no_gc  # what it holds does not refer to it
cdef class SegmentPostings:
    """The postings of a term in one segment: see :class:`matching.SegmentPostings`."""

    cdef object held_docnums, held_frequencies, held_positions  # which have the buffers
    cdef Lists lists
    cdef const void* at_positions
    cdef Py_ssize_t position_width  # 0 without positions
    cdef Py_ssize_t position_count
    cdef readonly object source
    cdef Py_ssize_t chunks

    def __init__(
        self, docnums, chunk_starts, frequencies, Py_ssize_t first, Py_ssize_t doc_count, *,
        positions=None, source="",
    ):
        cdef Numbers numbers
        self.source = source
        if first < 0 or doc_count < 1:
            raise ValueError(f"expected documents from 0 on, got {doc_count} from {first}")
        if self.lists.bounds != NULL:
            raise TypeError("expected postings to be made once")
        self.held_docnums = numbers = Numbers(docnums, "HIL", 4)
        self._begin(first, doc_count, numbers.count)
        if numbers.size == 4:
            self.lists.wide = <const uint32_t*> numbers.view.buf
            self._find_chunks()
        else:
            self.lists.low = <const uint16_t*> numbers.view.buf
            self._take_chunks(chunk_starts)
        if frequencies is not None:
            self.held_frequencies = numbers = Numbers(frequencies, "BHIL", 4)
            if numbers.count != self.lists.count:
                raise damaged(
                    f"expected {self.lists.count} frequencies, got {numbers.count}", source
                )
            self.lists.tf, self.lists.tf_width = numbers.view.buf, numbers.size
        if positions is not None:
            self.held_positions = numbers = Numbers(positions, "BHIL", 4)
            self.at_positions, self.position_width = numbers.view.buf, numbers.size
            self.position_count = numbers.count

    cdef int _begin(self, Py_ssize_t first, Py_ssize_t doc_count, Py_ssize_t count) except -1:
        self.lists.first, self.lists.doc_count, self.lists.count = first, doc_count, count
        self.chunks = (doc_count - 1) // CHUNK + 1
        self.lists.bounds = <Py_ssize_t*> malloc((self.chunks + 1) * sizeof(Py_ssize_t))
        if self.lists.bounds == NULL:
            raise MemoryError
        return 0

    def __dealloc__(self):
        free(self.lists.bounds)

    @property
    def first(self):
        """The docnum, in the whole index, of the segment's first document."""
        return self.lists.first

    @property
    def doc_count(self):
        """The number of the segment's documents."""
        return self.lists.doc_count

    @property
    def frequencies(self):
        """How often the term is in each document; ``None`` if all are 1."""
        if not self.lists.tf_width:
            return None
        return numbers_of(self.lists.tf, self.lists.tf_width, self.lists.count)

    @property
    def positions(self):
        """Where the term is, posting by posting; ``None`` in a field without positions."""
        if not self.position_width:
            return None
        return numbers_of(self.at_positions, self.position_width, self.position_count)

    def __len__(self):
        return self.lists.count

    @property
    def collection_frequency(self):
        """How often the term is in all documents together."""
        if self.position_width:
            return self.position_count
        return sum_of(
            self.lists.tf, self.lists.tf_width, 0, self.lists.count, self.lists.count)

    def docnums(self):
        """Read the documents' numbers in the whole index."""
        found = np.empty(self.lists.count, np.int64)
        cdef Numbers held = Numbers(found, "lq", 8)
        cdef int64_t* into = <int64_t*> held.view.buf
        cdef Py_ssize_t chunk, place
        cdef uint32_t docnum
        cdef Run run
        for chunk in range(self.chunks):
            run = run_of(&self.lists, chunk)
            for place in range(run.start, run.end):
                docnum = docnum_at(&run, place)
                if docnum >= run.limit:
                    raise self._wrong_docnums()
                into[place] = self.lists.first + run.base + docnum
        return found

    def mark(self, marked):
        """Mark the documents in an array of all."""
        cdef Numbers held = Numbers(marked, "?", 1)
        if held.view.readonly or held.count < self.lists.first + self.lists.doc_count:
            raise ValueError(f"expected an array of all documents, got {held.count}")
        if not self._mark_in(<uint8_t*> held.view.buf + self.lists.first):
            raise self._wrong_docnums()

    cdef bint _mark_in(self, uint8_t* into) noexcept:
        """Mark the documents in an array of the segment's; tell whether all are there."""
        cdef Py_ssize_t chunk, place
        cdef uint32_t docnum
        cdef Run run
        for chunk in range(self.chunks):
            run = run_of(&self.lists, chunk)
            for place in range(run.start, run.end):
                docnum = docnum_at(&run, place)
                if docnum >= run.limit:
                    return False
                into[run.base + docnum] = 1
        return True

    cdef _wrong_positions(self):
        """Make the error for more or fewer positions than frequencies say, or a wrong docnum."""
        self.docnums()  # which raises its own
        return damaged("expected as many positions as frequencies say", self.source)

    cdef _wrong_docnums(self):
        return damaged(f"expected ascending docnums below {self.lists.doc_count}", self.source)

    cdef int _take_chunks(self, chunk_starts) except -1:
        cdef Py_ssize_t chunk
        if chunk_starts is None:
            chunk_starts = (0, self.lists.count)
        else:
            chunk_starts = chunk_starts.tolist()
        if len(chunk_starts) != self.chunks + 1:
            raise damaged(
                f"expected {self.chunks + 1} starts of chunks, got {len(chunk_starts)}", self.source
            )
        begin = chunk_starts[0]
        for chunk in range(self.chunks + 1):
            self.lists.bounds[chunk] = chunk_starts[chunk] - begin
            if chunk and self.lists.bounds[chunk] < self.lists.bounds[chunk - 1]:
                raise damaged("expected ascending starts of chunks", self.source)
        if self.lists.bounds[self.chunks] != self.lists.count:
            expected = self.lists.bounds[self.chunks]
            raise damaged(f"expected {expected} postings, got {self.lists.count}", self.source)
        return 0

    cdef int _find_chunks(self) except -1:
        cdef Py_ssize_t place = 0, chunk
        for chunk in range(self.chunks):
            self.lists.bounds[chunk] = place
            while place < self.lists.count and self.lists.wide[place] // CHUNK == <uint32_t> chunk:
                place += 1
        self.lists.bounds[self.chunks] = place
        if place != self.lists.count:
            raise self._wrong_docnums()
        return 0


# ---------------------------------------------------------------- runs of postings

cdef struct Run:
    # The postings of a term in one chunk, slab by slab: all of them, or those of candidates.
    const uint16_t* low
    const uint32_t* wide
    const void* tf
    Py_ssize_t tf_width
    uint32_t base  # of the chunk, in the segment
    uint32_t limit  # of the docnums in the chunk
    Py_ssize_t start, end
    Py_ssize_t at
    const uint32_t* candidates  # NULL for all
    Py_ssize_t candidate_count


cdef inline Run run_of(const Lists* lists, Py_ssize_t chunk) noexcept nogil:
    cdef Run run
    run.low, run.wide, run.tf, run.tf_width = lists.low, lists.wide, lists.tf, lists.tf_width
    run.base, run.limit = <uint32_t> (chunk * CHUNK), limit_of(lists, chunk)
    run.start, run.end = lists.bounds[chunk], lists.bounds[chunk + 1]
    run.at = run.start
    run.candidates, run.candidate_count = NULL, 0
    return run


cdef inline uint32_t limit_of(const Lists* lists, Py_ssize_t chunk) noexcept nogil:
    return <uint32_t> min(lists.doc_count - chunk * CHUNK, <Py_ssize_t> CHUNK)


cdef inline void only_among(
    Run* run, const uint32_t* candidates, Py_ssize_t count
) noexcept nogil:
    """Look for some documents in the run, if they are so few that this is quicker."""
    if count * FEWER < run.end - run.start:
        run.candidates, run.candidate_count = candidates, count
        run.at = 0


cdef inline bint has_more(const Run* run) noexcept nogil:
    return run.at < (run.candidate_count if run.candidates != NULL else run.end)


cdef inline uint32_t docnum_at(const Run* run, Py_ssize_t at) noexcept nogil:
    return run.low[at] if run.low != NULL else run.wide[at] - run.base


cdef inline int64_t whole_at(const void* numbers, Py_ssize_t width, Py_ssize_t at) noexcept nogil:
    if width == 1:
        return (<const uint8_t*> numbers)[at]
    if width == 2:
        return (<const uint16_t*> numbers)[at]
    return (<const uint32_t*> numbers)[at] if width else 1


cdef inline Py_ssize_t place_of(const Run* run, uint32_t docnum) noexcept nogil:
    """Find the first posting whose docnum is not below one, without branches to be foreseen."""
    cdef Py_ssize_t at = run.start, count = run.end - run.start, half
    while count > 1:
        half = count // 2
        at += half * (docnum_at(run, at + half - 1) < docnum)
        count -= half
    return at + (count == 1 and docnum_at(run, at) < docnum)


cdef Py_ssize_t load(Run* run, uint32_t* docnums, float* tfs) noexcept nogil:
    """Read the next slab: docnums within the chunk, and frequencies. How many; -1 for damage."""
    cdef Py_ssize_t size, place, at = run.at
    cdef uint32_t wrong = 0
    if run.candidates != NULL:
        return look_up(run, docnums, tfs)
    size = min(<Py_ssize_t> SLAB, run.end - at)
    run.at += size
    if run.low != NULL:
        for place in range(size):
            docnums[place] = run.low[at + place]
            wrong |= <uint32_t> (docnums[place] >= run.limit)
    else:
        for place in range(size):
            docnums[place] = run.wide[at + place] - run.base
            wrong |= <uint32_t> (docnums[place] >= run.limit)
    if wrong:
        return -1
    if run.tf_width == 1:
        for place in range(size):
            tfs[place] = (<const uint8_t*> run.tf)[at + place]
    elif run.tf_width == 2:
        for place in range(size):
            tfs[place] = (<const uint16_t*> run.tf)[at + place]
    elif run.tf_width == 4:
        for place in range(size):
            tfs[place] = <float> (<const uint32_t*> run.tf)[at + place]
    else:
        for place in range(size):
            tfs[place] = 1
    return size


cdef Py_ssize_t look_up(Run* run, uint32_t* docnums, float* tfs) noexcept nogil:
    """Look for the next candidates, a slab of them. They are documents that there are."""
    cdef Py_ssize_t size = 0, place, end = min(run.at + SLAB, run.candidate_count)
    cdef uint32_t docnum
    while run.at < end:
        docnum = run.candidates[run.at]
        run.at += 1
        place = place_of(run, docnum)
        if place < run.end and docnum_at(run, place) == docnum:
            docnums[size] = docnum
            tfs[size] = <float> whole_at(run.tf, run.tf_width, place)
            size += 1
    return size


# ---------------------------------------------------------------- words

cdef struct Field:
    # The postings of a word in a field of a segment, and what weighs them.
    Lists lists
    const void* lengths
    Py_ssize_t length_width  # 0 if frequencies and lengths do not count
    float boost
    float base, per_token  # the norm of a document is base + per_token · its length
    Py_ssize_t place  # of the finder


cdef Numbers set_weights(
    Field* field, lengths, Py_ssize_t doc_count, double average_length, double boost, double b
):
    """Say what weighs the postings of a field; give what holds the lengths, if there are any."""
    cdef Numbers numbers = None
    field.boost = boost
    field.base, field.per_token = 1 - b, b / max(average_length, 1.0)
    if lengths is not None:
        numbers = Numbers(lengths, "BHIL", 4)
        if numbers.count != doc_count:
            raise damaged(f"expected {doc_count} lengths, got {numbers.count}")
        field.lengths, field.length_width = numbers.view.buf, numbers.size
    return numbers


@cython.no_gc  # what it holds does not refer to it
cdef class WordPostings:
    """The postings of a word in all its fields and segments: see :class:`matching.WordPostings`."""

    cdef object held  # what holds the lengths: the finder, or a list
    cdef list pieces  # the postings of each field
    cdef Field* fields  # by segment
    cdef Py_ssize_t count, postings
    cdef double k1
    cdef Py_ssize_t united  # -1 if it was not counted yet

    def __cinit__(self, fields, double k1, double b):
        cdef SegmentPostings postings
        self.k1 = k1
        self.united = -1
        self.held, self.pieces = [], []
        self._reserve(len(fields))
        for postings, lengths, average_length, boost in sorted(fields, key=_first_docnum):
            if postings.lists.bounds == NULL:
                raise ValueError("expected postings, got some that were never made")
            self.held.append(set_weights(
                &self.fields[self.count], lengths, postings.lists.doc_count, average_length, boost,
                b,
            ))
            self._take(postings)

    cdef int _reserve(self, Py_ssize_t count) except -1:
        """Make room for the postings of so many fields, of which there are none yet."""
        free(self.fields)
        self.fields = <Field*> calloc(count + 1, sizeof(Field))
        if self.fields == NULL:
            raise MemoryError
        return 0

    cdef int _take(self, SegmentPostings postings) except -1:
        """Take the postings of the next field, what weighs them being there already."""
        cdef Field* field = &self.fields[self.count]
        self.pieces.append(postings)
        field.lists = postings.lists
        self.postings += postings.lists.count
        if (
            self.count
            and field.lists.first == self.fields[self.count - 1].lists.first
            and field.lists.doc_count != self.fields[self.count - 1].lists.doc_count
        ):
            raise ValueError("expected the fields of a segment to have the same documents")
        self.count += 1
        return 0

    def __dealloc__(self):
        free(self.fields)

    cdef _find_damage(self):
        """Raise the error for postings that are damaged, if any are."""
        for postings in self.pieces:
            postings.docnums()

    @property
    def doc_frequency(self):
        """How many documents have the word in any field, with those deleted."""
        cdef Window window
        cdef Py_ssize_t found
        if self.united < 0:
            window = _take_window()
            if self.postings < MANY:
                found = count_documents(self.fields, self.count, window.room.flags)
            else:
                with nogil:
                    found = count_documents(self.fields, self.count, window.room.flags)
            if found < 0:
                self._find_damage()
                raise damaged("expected ascending docnums of the documents there are")
            _windows.append(window)
            self.united = found
        return self.united

    @property
    def size(self):
        """How many postings there are in all fields and segments."""
        return self.postings

    @property
    def collection_frequency(self):
        """How often the documents have the word in all fields together."""
        return sum([postings.collection_frequency for postings in self.pieces])

    def mark(self, marked):
        """Mark the documents in an array of all."""
        cdef SegmentPostings postings
        for postings in self.pieces:
            postings.mark(marked)

    @property
    def placed(self):
        """The numbers of the finder's places where something is, and the postings there."""
        cdef Py_ssize_t number
        return [(self.fields[number].place, self.pieces[number]) for number in range(self.count)]


def _first_docnum(field):
    return field[0].first


cdef Py_ssize_t count_documents(
    const Field* fields, Py_ssize_t count, uint8_t* flags
) noexcept nogil:
    """Count the documents that are in any field; -1 for damage."""
    cdef Py_ssize_t number = 0, end, chunk, chunks, total = 0, found
    while number < count:
        end = number + 1
        while end < count and fields[end].lists.first == fields[number].lists.first:
            end += 1
        if end == number + 1:
            total += fields[number].lists.count
        else:
            chunks = (fields[number].lists.doc_count - 1) // CHUNK + 1
            for chunk in range(chunks):
                found = count_in_chunk(&fields[number], end - number, chunk, flags)
                if found < 0:
                    return -1
                total += found
        number = end
    return total


cdef Py_ssize_t count_in_chunk(
    const Field* fields, Py_ssize_t count, Py_ssize_t chunk, uint8_t* flags
) noexcept nogil:
    """Flag the documents of all fields but the longest, and count those of that one, too."""
    cdef Py_ssize_t number, found, others = 0, both = 0, longest = longest_of(fields, count, chunk)
    cdef Run most = run_of(&fields[longest].lists, chunk)
    for number in range(count):
        if number != longest:
            found = flag_documents(run_of(&fields[number].lists, chunk), flags)
            if found < 0:
                return -1
            others += found
    if others:
        both = count_flagged(most, flags)
        if both < 0:
            return -1
        for number in range(count):
            if number != longest:
                clear_flags(run_of(&fields[number].lists, chunk), flags)
    return others + most.end - most.start - both


cdef Py_ssize_t flag_documents(Run run, uint8_t* flags) noexcept nogil:
    """Flag the documents of a run, and count those that were not flagged; -1 for damage."""
    cdef Py_ssize_t at, total = 0
    cdef uint32_t docnum
    for at in range(run.start, run.end):
        docnum = docnum_at(&run, at)
        if docnum >= run.limit:
            return -1
        total += flags[docnum] == 0
        flags[docnum] = 1
    return total


cdef Py_ssize_t count_flagged(Run run, const uint8_t* flags) noexcept nogil:
    """Count the documents of a run that are flagged; -1 for damage."""
    cdef Py_ssize_t at, total = 0
    cdef uint32_t docnum, highest = 0
    if run.low != NULL:  # there are flags for all 16-bit numbers
        for at in range(run.start, run.end):
            highest = max(highest, run.low[at])
            total += flags[run.low[at]]
        return total if highest < run.limit else -1
    for at in range(run.start, run.end):
        docnum = run.wide[at] - run.base
        if docnum >= run.limit:
            return -1
        total += flags[docnum]
    return total


cdef void clear_flags(Run run, uint8_t* flags) noexcept nogil:
    """Clear the flags of the documents of a run."""
    cdef Py_ssize_t at
    cdef uint32_t docnum
    for at in range(run.start, run.end):
        docnum = docnum_at(&run, at)
        if docnum < run.limit:
            flags[docnum] = 0


cdef Py_ssize_t longest_of(
    const Field* fields, Py_ssize_t count, Py_ssize_t chunk
) noexcept nogil:
    cdef Py_ssize_t number, size, most = -1, longest = 0
    for number in range(count):
        size = fields[number].lists.bounds[chunk + 1] - fields[number].lists.bounds[chunk]
        if size > most:
            most, longest = size, number
    return longest


cdef void weigh(
    const Field* field, const uint32_t* docnums, Py_ssize_t base, float* tfs, Py_ssize_t size
) noexcept nogil:
    """Make weighted frequencies of frequencies."""
    cdef int32_t[SLAB] lengths  # which are collected first: then the rest is done four at a time
    cdef int32_t length
    cdef Py_ssize_t place
    cdef float boost = field.boost, norm = field.base, per_token = field.per_token
    if field.length_width == 0:
        for place in range(size):
            tfs[place] = boost
        return
    if field.length_width == 1:
        for place in range(size):
            lengths[place] = (<const uint8_t*> field.lengths)[base + docnums[place]]
    elif field.length_width == 2:
        for place in range(size):
            lengths[place] = (<const uint16_t*> field.lengths)[base + docnums[place]]
    else:
        for place in range(size):
            lengths[place] = <int32_t> min(
                (<const uint32_t*> field.lengths)[base + docnums[place]], <uint32_t> INT32_MAX)
    for place in range(size):
        length = lengths[place] + (lengths[place] == 0)
        tfs[place] = boost * tfs[place] / (norm + per_token * <float> length)


# ---------------------------------------------------------------- what is found

cdef struct Hit:
    int64_t key  # what goes before the score in the order; 0 for an order by score
    double score  # 0 for an order by keys alone
    int64_t docnum
    double shown  # the score, in either order


cdef struct Found:
    # The best documents in a heap whose root is the worst, and how many match ...
    Hit* heap  # there is room for k others behind them
    Py_ssize_t k
    Py_ssize_t count
    Py_ssize_t total
    double constant  # that is added to each score
    # ... in the order of keys, or from a place on, if there are such,
    bint ordered
    const int64_t* keys
    bint scored  # whether scores decide between equal keys
    bint resumes
    Hit after
    Py_ssize_t left  # how many come behind that place
    # ... and all documents, if these are not NULL.
    int64_t* docnums
    double* scores
    Py_ssize_t room
    # ... or the best, and all documents in the order in which they are found, if not NULL,
    int64_t* listed
    double* listed_scores  # and the score of each, if not NULL


cdef inline bint worse(Hit one, Hit other) noexcept nogil:
    if one.key != other.key:
        return one.key < other.key
    return one.score < other.score or (one.score == other.score and one.docnum > other.docnum)


cdef void sink(Hit* heap, Py_ssize_t count, Py_ssize_t place) noexcept nogil:
    cdef Hit moved = heap[place]
    cdef Py_ssize_t child = 2 * place + 1
    while child < count:
        if child + 1 < count and worse(heap[child + 1], heap[child]):
            child += 1
        if not worse(heap[child], moved):
            break
        heap[place] = heap[child]
        place, child = child, 2 * child + 1
    heap[place] = moved


cdef void rise(Hit* heap, Py_ssize_t place) noexcept nogil:
    cdef Hit moved = heap[place]
    while place and worse(moved, heap[(place - 1) // 2]):
        heap[place] = heap[(place - 1) // 2]
        place = (place - 1) // 2
    heap[place] = moved


cdef inline Hit worst_hit(const Found* found) noexcept nogil:
    """Only a hit that is better is of interest."""
    cdef Hit hit
    if found.k and found.count == found.k:
        return found.heap[0]
    hit.key, hit.docnum = INT64_MAX if found.k == 0 else INT64_MIN, INT64_MAX
    hit.score = hit.shown = INFINITY if found.k == 0 else -INFINITY
    return hit


cdef Hit offer(Found* found, Hit hit) noexcept nogil:
    """Take in a hit that is better than the worst, if there are k, and give the new worst one."""
    if found.count < found.k:
        found.heap[found.count] = hit
        found.count += 1
        rise(found.heap, found.count - 1)
    else:
        found.heap[0] = hit
        sink(found.heap, found.count, 0)
    return worst_hit(found)


cdef inline bint passed_over(const Found* found, const Hit* worst, int64_t docnum) noexcept nogil:
    """Tell of most documents that come behind all that were kept, at little cost."""
    return found.keys != NULL and not found.resumes and found.keys[docnum] < worst.key


cdef inline Hit offer_ordered(Found* found, Hit worst, int64_t docnum, double score) noexcept nogil:
    """Take in a document in the order of keys, or behind a place, and give the new worst one."""
    cdef Hit hit
    hit.docnum, hit.shown = docnum, score
    if found.keys != NULL:
        hit.key, hit.score = found.keys[docnum], score if found.scored else 0
    else:
        hit.key, hit.score = 0, score
    if found.resumes:
        if not worse(hit, found.after):
            return worst
        found.left += 1
    return offer(found, hit) if worse(worst, hit) else worst


# ---------------------------------------------------------------- a chunk of documents

cdef struct Room:
    # All zeros between chunks.
    double* sums
    uint8_t* matched  # how many clauses
    double* weighted  # of the shorter fields of a word
    uint8_t* flags
    uint8_t* hopeful  # which documents may still be among the best
    # Documents, of no use after the chunk.
    uint32_t* candidates  # that matched the last clause
    uint32_t* others  # that match this one
    uint32_t* spare
    uint32_t* laid  # for which something of shorter fields is laid down


cdef class Window:
    """Room for what is known of a chunk of documents."""

    cdef Room room

    def __cinit__(self):
        self.room.sums = <double*> calloc(CHUNK, sizeof(double))
        self.room.matched = <uint8_t*> calloc(CHUNK, 1)
        self.room.weighted = <double*> calloc(CHUNK, sizeof(double))
        self.room.flags = <uint8_t*> calloc(CHUNK, 1)
        self.room.hopeful = <uint8_t*> calloc(CHUNK, 1)
        self.room.candidates = <uint32_t*> calloc(CHUNK + 1, sizeof(uint32_t))
        self.room.others = <uint32_t*> calloc(CHUNK + 1, sizeof(uint32_t))
        self.room.spare = <uint32_t*> calloc(CHUNK + 1, sizeof(uint32_t))
        self.room.laid = <uint32_t*> calloc(CHUNK + 1, sizeof(uint32_t))
        if (
            self.room.sums == NULL or self.room.matched == NULL or self.room.weighted == NULL
            or self.room.flags == NULL or self.room.hopeful == NULL
            or self.room.candidates == NULL or self.room.others == NULL or self.room.spare == NULL
            or self.room.laid == NULL
        ):
            raise MemoryError

    def __dealloc__(self):
        free(self.room.sums)
        free(self.room.matched)
        free(self.room.weighted)
        free(self.room.flags)
        free(self.room.hopeful)
        free(self.room.candidates)
        free(self.room.others)
        free(self.room.spare)
        free(self.room.laid)


cdef list _windows = []  # those that nothing uses at present


cdef Window _take_window():
    try:
        return <Window> _windows.pop()
    except IndexError:
        return Window()


cdef struct Range:
    const uint8_t* values
    Py_ssize_t width  # of a value, in bytes: signed of 8, unsigned of fewer
    const uint8_t* present  # NULL where all have one
    int64_t low
    int64_t high


cdef struct Condition:
    const uint8_t* mask
    Range* ranges
    Py_ssize_t count


cdef enum Kind:
    WORD
    SCORED
    MASKED


cdef struct Part:
    # A part of a clause.
    Kind kind
    const Field* fields
    Py_ssize_t field_count
    Py_ssize_t first_field, end_field  # of the segment
    float weight, k1
    const int64_t* docnums
    const double* scores
    Py_ssize_t count
    Py_ssize_t cursor
    const uint8_t* mask
    double score
    # A document must have matched so many clauses to be added to, and then has matched so many.
    uint8_t needed
    uint8_t then
    bint last  # whether the scores are whole when it has been added
    # What it, and all parts after it, can add to a score at most; no bound if it is infinite.
    double rest
    double before  # what all parts before it can add at most; or a document can have without it


cdef struct Chunk:
    int64_t base  # its first document, in the whole index,
    Py_ssize_t number  # and in the segment, by chunks
    uint32_t limit  # how many documents it has
    const Condition* condition
    Room room
    Found* found
    const uint32_t* entered  # the documents that matched the first clause: all others are among them
    Py_ssize_t entered_count, candidate_count, other_count
    Py_ssize_t laid_count, laid_at  # how many are laid down, and which is to be taken up next
    bint pruned  # whether only the hopeful documents are scored any more


ctypedef fused value_t:
    float
    double


ctypedef fused number_t:
    int64_t
    uint32_t
    uint16_t
    uint8_t


cdef inline Py_ssize_t within(
    const number_t* numbers, const uint8_t* flags, const Range* limits, uint32_t* docnums,
    value_t* values, Py_ssize_t size,
) noexcept nogil:
    """Leave out documents whose numbers are not in a range."""
    # Names of our own: a value that is written might be one of these, for all that C knows.
    cdef int64_t number, low = limits.low, high = limits.high
    cdef Py_ssize_t place, kept = 0
    cdef uint32_t docnum
    for place in range(size):
        docnum, values[kept] = docnums[place], values[place]
        docnums[kept] = docnum
        number = numbers[docnum]
        kept += (flags == NULL or flags[docnum] != 0) & (number >= low) & (number <= high)
    return kept


cdef inline Py_ssize_t in_range(
    const Range* limits, int64_t base, uint32_t* docnums, value_t* values, Py_ssize_t size
) noexcept nogil:
    cdef const uint8_t* flags = NULL if limits.present == NULL else limits.present + base
    if limits.width == 1:
        return within(limits.values + base, flags, limits, docnums, values, size)
    if limits.width == 2:
        return within(
            (<const uint16_t*> limits.values) + base, flags, limits, docnums, values, size)
    if limits.width == 4:
        return within(
            (<const uint32_t*> limits.values) + base, flags, limits, docnums, values, size)
    return within((<const int64_t*> limits.values) + base, flags, limits, docnums, values, size)


cdef Py_ssize_t admitted(
    const Chunk* chunk, uint8_t needed, uint32_t* docnums, value_t* values, Py_ssize_t size
) noexcept nogil:
    """Leave out documents that can't match, without branches; count the others."""
    cdef Py_ssize_t place, kept, number
    cdef const uint8_t* flags
    cdef uint32_t docnum
    if needed:  # then it has fulfilled the conditions before
        flags, kept = chunk.room.matched, 0
        if needed == HOPEFUL:
            flags, needed = chunk.room.hopeful, 1
        for place in range(size):
            docnum, values[kept] = docnums[place], values[place]
            docnums[kept] = docnum
            kept += flags[docnum] >= needed
        return kept
    if chunk.condition.mask != NULL:
        flags, kept = chunk.condition.mask + chunk.base, 0
        for place in range(size):
            docnum, values[kept] = docnums[place], values[place]
            docnums[kept] = docnum
            kept += flags[docnum] != 0
        size = kept
    for number in range(chunk.condition.count):
        size = in_range(
            &chunk.condition.ranges[number], chunk.base, docnums, values, size)
    return size


cdef inline void list_found(Chunk* chunk, const uint32_t* docnums, Py_ssize_t size) noexcept nogil:
    """Count documents that match, and list them if that is wanted and there is room."""
    cdef Found* found = chunk.found
    cdef Py_ssize_t place
    if found.listed != NULL and found.total + size <= found.room:
        for place in range(size):
            found.listed[found.total + place] = chunk.base + docnums[place]
    found.total += size


cdef void list_scores(Chunk* chunk, const uint32_t* docnums, Py_ssize_t size) noexcept nogil:
    """List the whole scores of documents that are about to be listed, if that is wanted."""
    cdef Found* found = chunk.found
    cdef Py_ssize_t place
    if found.listed_scores != NULL and found.total + size <= found.room:
        for place in range(size):
            found.listed_scores[found.total + place] = (
                chunk.room.sums[docnums[place]] + found.constant)


cdef void prune(Chunk* chunk, const Part* parts, Py_ssize_t count) noexcept nogil:
    """Find which documents are hopeful, before a part of a disjunction, once that leaves out many.

    Args:
        chunk: The chunk.
        parts: The part, and all that follow.
        count: How many these are.
    """
    cdef double least = worst_hit(chunk.found).score
    if chunk.pruned:
        least = max(least, worst_of_best(chunk, chunk.room.candidates, chunk.candidate_count))
        keep_hopeful(chunk, chunk.room.candidates, chunk.candidate_count, parts.rest, least)
        return
    if (
        least <= parts.rest
        and parts.rest * PAYS < parts.before
        and work_of(parts, count, chunk.number) > chunk.other_count
    ):
        least = worst_of_best(chunk, chunk.room.others, chunk.other_count)
    if least > parts.rest:  # what has not been found so far is not hopeful
        chunk.pruned = True
        keep_hopeful(chunk, chunk.room.others, chunk.other_count, parts.rest, least)


cdef void keep_hopeful(
    Chunk* chunk, const uint32_t* docnums, Py_ssize_t count, double rest, double least
) noexcept nogil:
    """Make candidates of the documents whose scores may come to the least one of interest."""
    cdef uint32_t* candidates = chunk.room.candidates
    cdef Py_ssize_t place, kept = 0
    cdef uint32_t docnum
    cdef uint8_t is_hopeful
    for place in range(count):
        docnum = docnums[place]
        is_hopeful = chunk.room.sums[docnum] + rest >= least
        chunk.room.hopeful[docnum] = is_hopeful
        candidates[kept] = docnum
        kept += is_hopeful
    chunk.candidate_count = kept


cdef Py_ssize_t work_of(const Part* parts, Py_ssize_t count, Py_ssize_t chunk) noexcept nogil:
    """Count the postings of parts in a chunk."""
    cdef Py_ssize_t number, place, total = 0
    cdef const Lists* lists
    for number in range(count):
        for place in range(parts[number].first_field, parts[number].end_field):
            lists = &parts[number].fields[place].lists
            total += lists.bounds[chunk + 1] - lists.bounds[chunk]
    return total


cdef double worst_of_best(
    const Chunk* chunk, const uint32_t* docnums, Py_ssize_t count
) noexcept nogil:
    """Find the lowest of the k highest sums so far; of fewer documents it is no bound."""
    cdef Py_ssize_t place, k = chunk.found.k
    cdef Hit* heap = chunk.found.heap + k
    cdef Hit hit
    if count < k or k == 0:
        return -INFINITY
    for place in range(count):
        hit.docnum = docnums[place]
        hit.score = chunk.room.sums[docnums[place]]
        hit.key = 0
        if place < k:
            heap[place] = hit
            rise(heap, place)
        elif hit.score > heap[0].score:
            heap[0] = hit
            sink(heap, k, 0)
    return heap[0].score


cdef bint count_matches(Chunk* chunk, const Part* part) noexcept nogil:
    """Note which documents have a word; tell whether all postings were of the chunk."""
    cdef uint8_t* matched = chunk.room.matched
    cdef uint32_t* others = chunk.room.others
    cdef Py_ssize_t number, place, size, count = chunk.other_count
    cdef uint8_t then = part.then
    cdef uint32_t[SLAB] docnums
    cdef float[SLAB] x
    cdef Run run
    for number in range(part.first_field, part.end_field):
        run = run_of(&part.fields[number].lists, chunk.number)
        while has_more(&run):
            size = load(&run, docnums, x)
            if size < 0:
                return False
            size = admitted(chunk, 0, docnums, x, size)
            for place in range(size):
                others[count] = docnums[place]
                count += matched[docnums[place]] != then
                matched[docnums[place]] = then
    chunk.other_count = count
    return True


cdef inline bint any_reaches(const value_t* scores, Py_ssize_t size, double least) noexcept nogil:
    """Tell whether some score may reach the least one of interest, several at a time."""
    cdef value_t limit = <value_t> (least - FLOAT_SLACK * fabs(least))
    cdef Py_ssize_t place
    cdef int32_t reached = 0
    for place in range(size):
        reached += scores[place] >= limit
    return reached != 0


cdef void add(
    Chunk* chunk, const Part* part, const uint32_t* docnums, const value_t* scores, Py_ssize_t size
) noexcept nogil:
    """Add scores to those of documents that are admitted, none of them twice."""
    # Names of our own: a byte that is written might be one of a pointer, for all that C knows.
    cdef double* sums = chunk.room.sums
    cdef uint8_t* matched = chunk.room.matched
    cdef uint32_t* others = chunk.room.others
    cdef double* listed_scores
    cdef Hit worst = worst_hit(chunk.found), hit
    cdef Py_ssize_t place, count = chunk.other_count
    cdef uint8_t then = part.then
    cdef uint32_t docnum
    cdef double constant = chunk.found.constant
    if part.last:
        list_found(chunk, docnums, size)
        if chunk.found.listed_scores != NULL and chunk.found.total <= chunk.found.room:
            listed_scores = chunk.found.listed_scores + chunk.found.total - size
            for place in range(size):
                listed_scores[place] = sums[docnums[place]] + scores[place] + constant
        if chunk.found.ordered:
            for place in range(size):
                docnum = docnums[place]
                if not passed_over(chunk.found, &worst, chunk.base + docnum):
                    hit.score = sums[docnum] + scores[place] + constant
                    worst = offer_ordered(chunk.found, worst, chunk.base + docnum, hit.score)
            return
        # The only part has no sums to add to, and most of its slabs have none of the best.
        if part.needed == 0 and not any_reaches(scores, size, worst.score - constant):
            return
        hit.key = 0
        for place in range(size):
            hit.score = hit.shown = sums[docnums[place]] + scores[place] + constant
            if hit.score >= worst.score:
                hit.docnum = chunk.base + docnums[place]
                if worse(worst, hit):
                    worst = offer(chunk.found, hit)
        return
    for place in range(size):
        docnum = docnums[place]
        sums[docnum] += scores[place]
        others[count] = docnum
        count += matched[docnum] != then
        matched[docnum] = then
    chunk.other_count = count


cdef void add_words(
    Chunk* chunk, const Part* part, const uint32_t* docnums, float* x, Py_ssize_t size
) noexcept nogil:
    """Score documents by weighted frequencies, and add that."""
    cdef Py_ssize_t place
    cdef float k1 = part.k1, weight = part.weight
    for place in range(size):
        x[place] = x[place] / (x[place] + k1) * weight
    add(chunk, part, docnums, x, size)


cdef inline Run admitted_run(
    const Chunk* chunk, const Part* part, const Field* field
) noexcept nogil:
    cdef Run run = run_of(&field.lists, chunk.number)
    if part.needed or chunk.pruned:
        only_among(&run, chunk.room.candidates, chunk.candidate_count)
    return run


cdef bint add_word(Chunk* chunk, const Part* part) noexcept nogil:
    """Add the scores of a word; tell whether all postings were of the chunk.

    The shorter fields first: what they weigh is laid down document by document. The longest takes
    that up, and the rest of it is added in the end.
    """
    cdef const Field* fields = &part.fields[part.first_field]
    cdef Py_ssize_t count = part.end_field - part.first_field, number, size
    cdef Py_ssize_t longest, start = chunk.number * CHUNK
    cdef uint32_t[SLAB] docnums
    cdef float[SLAB] x
    cdef uint8_t needed = HOPEFUL if chunk.pruned else part.needed
    cdef Run run
    if count == 0:
        return True
    longest = longest_of(fields, count, chunk.number)
    chunk.laid_count = chunk.laid_at = 0
    for number in range(count):
        if number == longest:
            continue
        run = admitted_run(chunk, part, &fields[number])
        while has_more(&run):
            size = load(&run, docnums, x)
            if size < 0:
                return False
            size = admitted(chunk, needed, docnums, x, size)
            weigh(&fields[number], docnums, start, x, size)
            lay_down(chunk, docnums, x, size)
    run = admitted_run(chunk, part, &fields[longest])
    while has_more(&run):
        size = load(&run, docnums, x)
        if size < 0:
            return False
        size = admitted(chunk, needed, docnums, x, size)
        weigh(&fields[longest], docnums, start, x, size)
        if count > 1:
            take_up(chunk, docnums, x, size, count == 2 and run.candidates == NULL)
        add_words(chunk, part, docnums, x, size)
    add_rest(chunk, part)
    return True


cdef void lay_down(
    Chunk* chunk, const uint32_t* docnums, const float* x, Py_ssize_t size
) noexcept nogil:
    """Note what a shorter field weighs."""
    cdef double* weighted = chunk.room.weighted
    cdef uint8_t* flags = chunk.room.flags
    cdef uint32_t* laid = chunk.room.laid
    cdef Py_ssize_t place, count = chunk.laid_count
    for place in range(size):
        weighted[docnums[place]] += x[place]
        laid[count] = docnums[place]
        count += flags[docnums[place]] == 0
        flags[docnums[place]] = 1
    chunk.laid_count = count


cdef void take_up(
    Chunk* chunk, const uint32_t* docnums, float* x, Py_ssize_t size, bint ascending
) noexcept nogil:
    """Add what shorter fields weigh to some postings of the longest.

    Args:
        chunk: The chunk.
        docnums: The documents.
        x: What the postings weigh.
        size: How many these are.
        ascending: Whether all these of the chunk ascend, and those laid down, too.
    """
    cdef const uint32_t* laid = chunk.room.laid
    cdef Py_ssize_t at = chunk.laid_at, place = 0
    cdef uint32_t docnum
    if not ascending:
        for place in range(size):
            take_up_one(chunk, docnums[place], &x[place])
        return
    while size and at < chunk.laid_count and laid[at] <= docnums[size - 1]:
        docnum = laid[at]
        while place + 8 < size and docnums[place + 8] <= docnum:
            place += 8
        while place + 1 < size and docnums[place] < docnum:
            place += 1
        if docnums[place] == docnum:
            take_up_one(chunk, docnum, &x[place])
        at += 1
    chunk.laid_at = at


cdef inline void take_up_one(Chunk* chunk, uint32_t docnum, float* x) noexcept nogil:
    if chunk.room.flags[docnum]:
        x[0] = <float> (x[0] + chunk.room.weighted[docnum])
        chunk.room.flags[docnum] = 0


cdef void add_rest(Chunk* chunk, const Part* part) noexcept nogil:
    """Add what shorter fields weigh where the longest has not taken it up; and clear it away."""
    cdef double* weighted = chunk.room.weighted
    cdef uint8_t* flags = chunk.room.flags
    cdef uint32_t[SLAB] docnums
    cdef float[SLAB] x
    cdef Py_ssize_t at = 0, end, place, kept
    cdef uint32_t docnum
    while at < chunk.laid_count:
        end, kept = min(at + SLAB, chunk.laid_count), 0
        for place in range(at, end):
            docnum = chunk.room.laid[place]
            x[kept] = <float> weighted[docnum]
            docnums[kept] = docnum
            kept += flags[docnum] != 0
            flags[docnum] = 0
            weighted[docnum] = 0
        at = end
        add_words(chunk, part, docnums, x, kept)


cdef bint add_scored(Chunk* chunk, Part* part) noexcept nogil:
    """Add scores that are known; tell whether their documents are ascending."""
    cdef uint32_t[SLAB] docnums
    cdef double[SLAB] scores
    cdef Py_ssize_t size
    cdef int64_t docnum = 0
    while part.cursor < part.count and docnum < chunk.limit:
        size = 0
        while part.cursor < part.count and size < SLAB:
            docnum = part.docnums[part.cursor] - chunk.base
            if docnum >= chunk.limit:
                break
            if docnum < 0:
                return False
            docnums[size], scores[size] = <uint32_t> docnum, part.scores[part.cursor]
            size += 1
            part.cursor += 1
        size = admitted(chunk, part.needed, docnums, scores, size)
        add(chunk, part, docnums, scores, size)
    return True


cdef void add_masked(Chunk* chunk, const Part* part) noexcept nogil:
    """Add one score to documents that are marked, or to all."""
    cdef uint32_t[SLAB] docnums
    cdef double[SLAB] scores
    cdef Py_ssize_t size, place
    cdef uint32_t start, end
    cdef const uint8_t* mask = NULL if part.mask == NULL else part.mask + chunk.base
    for place in range(SLAB):
        scores[place] = part.score
    if part.needed:
        for start from 0 <= start < chunk.candidate_count by SLAB:
            end, size = min(start + <uint32_t> SLAB, <uint32_t> chunk.candidate_count), 0
            for place in range(start, end):
                docnums[size] = chunk.room.candidates[place]
                size += mask == NULL or mask[docnums[size]] != 0
            add(chunk, part, docnums, scores, size)
        return
    for start from 0 <= start < chunk.limit by SLAB:
        end = min(start + <uint32_t> SLAB, chunk.limit)
        size = marked_in(mask, start, end, docnums)
        if size:
            size = admitted(chunk, 0, docnums, scores, size)
            add(chunk, part, docnums, scores, size)


cdef Py_ssize_t marked_in(
    const uint8_t* mask, uint32_t start, uint32_t end, uint32_t* docnums
) noexcept nogil:
    """List the documents of a range that are marked, or all where there is no mask."""
    cdef Py_ssize_t size = 0
    cdef uint32_t docnum = start, stop
    if mask == NULL:
        for docnum in range(start, end):
            docnums[docnum - start] = docnum
        return end - start
    while docnum < end:
        stop = min(docnum + 8, end)
        if stop - docnum == 8 and eight_marks(mask, docnum) == 0:
            docnum = stop
        while docnum < stop:
            docnums[size] = docnum
            size += mask[docnum] != 0
            docnum += 1
    return size


cdef void collect_best(Chunk* chunk) noexcept nogil:
    """Take in the candidates: documents that have matched all clauses."""
    cdef Py_ssize_t place
    cdef const uint32_t* candidates = chunk.room.candidates
    cdef const double* sums = chunk.room.sums
    cdef Hit worst = worst_hit(chunk.found), hit
    cdef uint32_t docnum
    cdef double constant = chunk.found.constant
    hit.key = 0
    for place in range(chunk.candidate_count):
        docnum = candidates[place]
        hit.score = hit.shown = sums[docnum] + constant
        if chunk.found.ordered:
            if not passed_over(chunk.found, &worst, chunk.base + docnum):
                worst = offer_ordered(chunk.found, worst, chunk.base + docnum, hit.score)
        elif hit.score >= worst.score:
            hit.docnum = chunk.base + docnum
            if worse(worst, hit):
                worst = offer(chunk.found, hit)


cdef void collect_all(Chunk* chunk, uint8_t needed) noexcept nogil:
    """Take in all documents that have matched all clauses, in their order."""
    cdef Found* found = chunk.found
    cdef const uint8_t* matched = chunk.room.matched
    cdef Py_ssize_t at = found.total
    cdef uint32_t docnum = 0
    cdef uint64_t eight
    while docnum < chunk.limit:
        if docnum % 8 == 0:  # the room is of whole chunks
            memcpy(&eight, matched + docnum, 8)
            if eight == 0:
                docnum += 8
                continue
        if matched[docnum] == needed and at < found.room:
            found.docnums[at] = chunk.base + docnum
            found.scores[at] = chunk.room.sums[docnum]
            at += 1
        docnum += 1
    found.total = at


cdef void clear(Chunk* chunk, const uint32_t* docnums, Py_ssize_t count) noexcept nogil:
    """Clear what is known of documents: all that were added to."""
    cdef Room* room = &chunk.room
    cdef Py_ssize_t place
    if count > chunk.limit // FEW:
        memset(room.sums, 0, chunk.limit * sizeof(double))
        memset(room.matched, 0, chunk.limit)
        if chunk.pruned:
            memset(room.hopeful, 0, chunk.limit)
        return
    for place in range(count):
        room.sums[docnums[place]] = 0
        room.matched[docnums[place]] = 0
    if chunk.pruned:
        for place in range(count):
            room.hopeful[docnums[place]] = 0


cdef bint go_through(
    Part* parts, Py_ssize_t count, const int64_t* starts, Py_ssize_t segments,
    const Condition* condition, uint8_t needed, Found* found, Room room,
) noexcept nogil:
    """Evaluate chunk by chunk, segment by segment; tell whether all postings were in bounds."""
    cdef Py_ssize_t segment, number, place
    cdef int64_t size
    cdef Chunk chunk
    cdef Part* part
    cdef bint right
    chunk.condition, chunk.found = condition, found
    for segment in range(segments):
        size = starts[segment + 1] - starts[segment]
        if size == 0:  # the next one begins with the same document
            continue
        enter(parts, count, starts[segment])
        for place in range((size + CHUNK - 1) // CHUNK):
            chunk.number, chunk.base = place, starts[segment] + place * CHUNK
            chunk.limit = <uint32_t> min(size - place * CHUNK, <int64_t> CHUNK)
            chunk.room, chunk.entered = room, NULL
            chunk.entered_count = chunk.candidate_count = chunk.other_count = 0
            chunk.pruned = False
            for number in range(count):
                part = &parts[number]
                if number and part.rest < INFINITY:
                    prune(&chunk, part, count - number)
                if number and part.needed != parts[number - 1].needed:
                    take_candidates(&chunk)
                right = True
                if part.kind == WORD:
                    right = not chunk.pruned or count_matches(&chunk, part)
                    right = right and add_word(&chunk, part)
                elif part.kind == SCORED:
                    right = add_scored(&chunk, part)
                else:
                    add_masked(&chunk, part)
                if not right:
                    return False
            if count == 0:
                continue
            if chunk.pruned:
                list_found(&chunk, chunk.room.others, chunk.other_count)
                collect_best(&chunk)
                clear(&chunk, chunk.room.others, chunk.other_count)
                continue
            if parts[count - 1].needed < needed:  # there is nothing optional
                take_candidates(&chunk)
            if found.docnums != NULL:
                collect_all(&chunk, needed)
            elif not parts[count - 1].last:
                list_scores(&chunk, chunk.room.candidates, chunk.candidate_count)
                list_found(&chunk, chunk.room.candidates, chunk.candidate_count)
                collect_best(&chunk)
            clear(&chunk, chunk.entered, chunk.entered_count)
    return True


cdef void go_through_masks(
    Part* parts, Py_ssize_t count, const uint8_t* mask, int64_t doc_count, Found* found
) noexcept nogil:
    """Find the best of the documents that any of some masks marks, and count them.

    Once the best have so much that no document without a part would be one of them, only those that
    it marks are looked at; and once they have all that a document can have, the others are counted
    only.

    Args:
        parts: The masks, and the score of each.
        count: How many these are.
        mask: Which documents may match; ``NULL`` for all.
        doc_count: How many documents there are.
        found: What is found.
    """
    cdef double most = most_without(parts, count, -1) + found.constant
    cdef Hit worst = worst_hit(found)
    cdef Py_ssize_t number, place
    cdef int64_t start = 0, whole = doc_count - doc_count % 8
    cdef uint64_t eight, one
    for number in range(count):
        parts[number].before = INFINITY
        if count <= FEW_MASKS:
            parts[number].before = most_without(parts, count, number) + found.constant
    while start < whole:
        if worst.score >= most and found.listed == NULL and whole - start >= 8 * EIGHTS:
            found.total += count_marked(parts, count, mask, start)
            start += 8 * EIGHTS
            continue
        eight = eight_of_any(parts, count, mask, start)
        if eight:
            take_marked(parts, count, start, eight, found)
            if worst.score < most:
                eight = ones_of(eight)
                for number in range(count):
                    if parts[number].before <= worst.score:
                        eight &= ones_of(eight_marks(parts[number].mask, start))
                offer_marked(parts, count, start, eight, found, &worst)
        start += 8
    eight = 0
    for place in range(doc_count - whole):
        for number in range(count):
            one = is_marked(parts[number].mask, whole + place) and is_marked(mask, whole + place)
            eight |= one << 8 * place
    take_marked(parts, count, whole, eight, found)
    offer_marked(parts, count, whole, eight, found, &worst)


cdef double most_without(const Part* parts, Py_ssize_t count, Py_ssize_t left_out) noexcept nogil:
    """Add up, as :func:`masked_score` does, what a document can have without one of the parts."""
    cdef Py_ssize_t number
    cdef double most = 0
    for number in range(count):
        if number != left_out:
            most += max(parts[number].score, 0.0)
    return most


cdef Py_ssize_t count_marked(
    const Part* parts, Py_ssize_t count, const uint8_t* mask, int64_t start
) noexcept nogil:
    """Count those of ``EIGHTS`` times eight documents that any of some masks marks."""
    cdef uint64_t[EIGHTS] marks
    cdef const uint8_t* more
    cdef uint64_t sums = 0
    cdef Py_ssize_t place, number
    memset(marks, 0, sizeof(marks))
    for number in range(count):
        if parts[number].mask == NULL:
            memset(marks, 1, sizeof(marks))
            break
        more = parts[number].mask + start
        for place in range(EIGHTS):
            marks[place] |= eight_marks(more, 8 * place)
    if mask != NULL:
        more = mask + start
        for place in range(EIGHTS):
            marks[place] = ones_of(marks[place]) & ones_of(eight_marks(more, 8 * place))
    for place in range(EIGHTS):
        sums += ones_of(marks[place])
    return (sums & EVEN_BYTES) * EACH_PAIR + (sums >> 8 & EVEN_BYTES) * EACH_PAIR >> 48


cdef inline uint64_t eight_of_any(
    const Part* parts, Py_ssize_t count, const uint8_t* mask, int64_t start
) noexcept nogil:
    """Read the marks of eight documents that any of some masks marks."""
    cdef uint64_t eight = 0
    cdef Py_ssize_t number
    for number in range(count):
        eight |= eight_marks(parts[number].mask, start)
    return eight if mask == NULL else ones_of(eight) & ones_of(eight_marks(mask, start))


cdef inline bint is_marked(const uint8_t* mask, int64_t docnum) noexcept nogil:
    return mask == NULL or mask[docnum] != 0


cdef inline uint64_t eight_marks(const uint8_t* mask, int64_t start) noexcept nogil:
    """Read the marks of eight documents as one number."""
    cdef uint64_t eight = EACH_BYTE
    if mask != NULL:
        memcpy(&eight, mask + start, 8)
    return eight


cdef inline uint64_t ones_of(uint64_t eight) noexcept nogil:
    """Write 1 for each byte that is not 0."""
    eight |= eight >> 4
    eight |= eight >> 2
    eight |= eight >> 1
    return eight & EACH_BYTE


cdef inline void take_marked(
    const Part* parts, Py_ssize_t count, int64_t start, uint64_t eight, Found* found
) noexcept nogil:
    """Count documents, of eight, and list them if that is wanted."""
    if eight & ~EACH_BYTE:  # of a file that is damaged
        eight = ones_of(eight)
    if found.listed != NULL:
        list_marked(parts, count, start, eight, found)
    found.total += <Py_ssize_t> (eight * EACH_BYTE >> 56)


cdef void list_marked(
    const Part* parts, Py_ssize_t count, int64_t start, uint64_t eight, Found* found
) noexcept nogil:
    """List documents, of eight, if there is room, and their scores if that is wanted."""
    cdef Py_ssize_t place = found.total
    while eight and place < found.room:
        found.listed[place] = start + (first_bit(eight) >> 3)
        if found.listed_scores != NULL:
            found.listed_scores[place] = masked_score(parts, count, found.listed[place], found)
        place += 1
        eight &= eight - 1


cdef inline double masked_score(
    const Part* parts, Py_ssize_t count, int64_t docnum, const Found* found
) noexcept nogil:
    cdef Py_ssize_t number
    cdef double score = 0
    for number in range(count):
        if is_marked(parts[number].mask, docnum):
            score += parts[number].score
    return score + found.constant


cdef inline void offer_marked(
    const Part* parts, Py_ssize_t count, int64_t start, uint64_t eight, Found* found, Hit* worst
) noexcept nogil:
    """Take in those of some documents, of eight, that are among the best."""
    cdef Hit hit
    while eight:
        hit.key, hit.docnum = 0, start + (first_bit(eight) >> 3)
        hit.score = hit.shown = masked_score(parts, count, hit.docnum, found)
        if worse(worst[0], hit):
            worst[0] = offer(found, hit)
        eight &= eight - 1


cdef inline void take_candidates(Chunk* chunk) noexcept nogil:
    """What the last clause has found are the candidates of the next one."""
    cdef Room* room = &chunk.room
    cdef uint32_t* before = room.candidates
    room.candidates, chunk.candidate_count = room.others, chunk.other_count
    room.others, chunk.other_count = before, 0
    if chunk.entered == NULL:
        chunk.entered, chunk.entered_count = room.candidates, chunk.candidate_count
    elif before == chunk.entered:
        room.others = room.spare


cdef void enter(Part* parts, Py_ssize_t count, int64_t first) noexcept nogil:
    """Find the fields of each word in a segment."""
    cdef Py_ssize_t number
    cdef Part* part
    for number in range(count):
        part = &parts[number]
        part.first_field = part.end_field
        while part.first_field < part.field_count and part.fields[part.first_field].lists.first < first:
            part.first_field += 1
        part.end_field = part.first_field
        while part.end_field < part.field_count and part.fields[part.end_field].lists.first == first:
            part.end_field += 1


# ---------------------------------------------------------------- plans

@cython.no_gc  # what it holds does not refer to it
cdef class Query:
    """A plan as the loops take it, and all that they read held."""

    cdef list held
    cdef Part* parts
    cdef Py_ssize_t count
    cdef Condition condition
    cdef const int64_t* starts
    cdef Py_ssize_t segments
    cdef int64_t doc_count
    cdef uint8_t needed
    cdef Py_ssize_t work  # about how many postings are gone through
    cdef Py_ssize_t most  # documents that can match
    cdef double constant

    def __cinit__(self, plan, starts):
        clauses, optional, mask, ranges, self.constant = plan
        self.held = []
        self._take_starts(starts)
        if len(clauses) > MOST_CLAUSES:
            raise ValueError(f"expected at most {MOST_CLAUSES} clauses, got {len(clauses)}")
        self.condition.ranges = <Range*> calloc(len(ranges) + 1, sizeof(Range))
        count = 1
        for clause in (*clauses, *optional):
            count += len(clause)
        self.parts = <Part*> calloc(count, sizeof(Part))
        if self.parts == NULL or self.condition.ranges == NULL:
            raise MemoryError
        if mask is not None:
            self.condition.mask = self._flags(mask)
        for values, present, low, high in ranges:
            self._take_range(values, present, low, high)
        self._take_clauses(clauses, optional)

    def __dealloc__(self):
        free(self.parts)
        free(self.condition.ranges)

    cdef int _take_starts(self, starts) except -1:
        cdef Numbers numbers = Numbers(starts, "lq", 8)
        cdef Py_ssize_t number
        self.held.append(numbers)
        self.starts, self.segments = <const int64_t*> numbers.view.buf, numbers.count - 1
        if numbers.size != 8 or self.segments < 0 or self.starts[0] != 0:
            raise ValueError("expected segments from 0 on")
        for number in range(self.segments):
            if self.starts[number] > self.starts[number + 1]:
                raise ValueError("expected ascending starts of segments")
        self.doc_count = self.most = self.starts[self.segments]
        return 0

    cdef int _take_range(self, values, present, low, high) except -1:
        cdef Range* one = &self.condition.ranges[self.condition.count]
        cdef Numbers numbers = Numbers(values, "lqBHIL", 8)
        self.held.append(numbers)
        if (numbers.size == 8) != (chr(numbers.view.format[0]) in "lq"):
            raise TypeError(f"expected int64, or uint8 to uint32, got {values.dtype!r}")
        if numbers.count != self.doc_count:
            raise ValueError(f"expected values of {self.doc_count} documents")
        one.values, one.width = <const uint8_t*> numbers.view.buf, numbers.size
        one.present = NULL if present is None else self._flags(present)
        one.low, one.high = low, high
        self.condition.count += 1
        return 0

    cdef const uint8_t* _flags(self, mask) except? NULL:
        cdef Numbers flags = Numbers(mask, "?", 1)
        self.held.append(flags)
        if flags.count != self.doc_count:
            raise ValueError(f"expected a mask of {self.doc_count} documents, got {flags.count}")
        return <const uint8_t*> flags.view.buf

    cdef int _take_clauses(self, clauses, optional) except -1:
        cdef Py_ssize_t number = 0, size
        cdef Part* part
        if not clauses:  # all documents, with a score of 0
            clauses = ((None,),)
        for clause in clauses:
            size = 0
            for one in clause:
                part = self._take_part(one)
                part.needed, part.then = <uint8_t> number, <uint8_t> (number + 1)
                part.rest = INFINITY
                size += self._size_of(part)
            self.work += size
            self.most = min(self.most, size)
            number += 1
        self.needed = <uint8_t> number
        if not optional and len(clauses[number - 1]) == 1:
            self.parts[self.count - 1].last = True
        for clause in optional:
            for one in clause:
                part = self._take_part(one)
                part.needed = part.then = self.needed
                part.rest = INFINITY
                self.work += self._size_of(part)
        return 0

    cdef void bound(self):
        """Sort the words of a lone disjunction, those that can add most first, and sum that up."""
        cdef Py_ssize_t number, before
        cdef Part part
        cdef double rest = 0
        if self.needed != 1:
            return
        for number in range(self.count):
            if self.parts[number].needed or not is_bounded(&self.parts[number]):
                return
        for number in range(1, self.count):
            part, before = self.parts[number], number
            while before and self.parts[before - 1].weight < part.weight:
                self.parts[before] = self.parts[before - 1]
                before -= 1
            self.parts[before] = part
        for number in range(self.count - 1, -1, -1):
            rest += self.parts[number].weight * (1 + SLACK)
            self.parts[number].rest = rest
        for number in range(self.count):
            self.parts[number].before = rest - self.parts[number].rest

    cdef Py_ssize_t _size_of(self, const Part* part):
        cdef Py_ssize_t number, total = 0
        if part.kind == MASKED:
            return self.doc_count
        if part.kind == SCORED:
            return part.count
        for number in range(part.field_count):
            total += part.fields[number].lists.count
        return total

    cdef Part* _take_part(self, one) except NULL:
        cdef Part* part = &self.parts[self.count]
        cdef WordPostings word
        cdef Numbers docnums, scores
        self.count += 1
        if one is None:
            part.kind = MASKED
        elif isinstance(one[0], WordPostings):
            word = one[0]
            self.held.append(word)
            self._expect_segments(word)
            part.kind = WORD
            part.fields, part.field_count, part.k1 = word.fields, word.count, word.k1
            part.weight = one[1]
        elif isinstance(one[1], float):
            part.kind = MASKED
            part.mask, part.score = self._flags(one[0]), one[1]
        else:
            docnums, scores = Numbers(one[0], "lq", 8), Numbers(one[1], "d", 8)
            self.held += (docnums, scores)
            if docnums.count != scores.count or docnums.size != 8:
                raise ValueError(f"expected {docnums.count} scores, got {scores.count}")
            part.kind, part.count = SCORED, docnums.count
            part.docnums = <const int64_t*> docnums.view.buf
            part.scores = <const double*> scores.view.buf
            if part.count and part.docnums[part.count - 1] >= self.doc_count:
                raise damaged("expected docnums of the documents there are")
        return part

    cdef int _expect_segments(self, WordPostings word) except -1:
        cdef Py_ssize_t number, segment = 0
        for number in range(word.count):
            while (
                segment < self.segments and self.starts[segment + 1] <= word.fields[number].lists.first
            ):
                segment += 1
            if (
                segment == self.segments
                or self.starts[segment] != word.fields[number].lists.first
                or self.starts[segment + 1] - self.starts[segment] != word.fields[number].lists.doc_count
            ):
                raise ValueError("expected postings of one of the segments")
        return 0

    cdef bint _is_of_masks(self, const Found* found):
        """Tell whether only scores count, each of which all documents have that a mask marks."""
        cdef Py_ssize_t number
        if found.ordered or found.docnums != NULL or self.condition.count:
            return False
        for number in range(self.count):
            if self.parts[number].kind != MASKED or self.parts[number].needed:
                return False
        return True

    cdef int find(self, Found* found) except -1:
        cdef Window window
        cdef bint right
        if self.most == 0:  # a clause that nothing matches
            return 0
        if self._is_of_masks(found):
            if self.work < 64 * MANY:
                go_through_masks(
                    self.parts, self.count, self.condition.mask, self.doc_count, found)
            else:
                with nogil:
                    go_through_masks(
                        self.parts, self.count, self.condition.mask, self.doc_count, found)
            return 0
        window = _take_window()
        if self.work < MANY:
            right = go_through(
                self.parts, self.count, self.starts, self.segments, &self.condition,
                self.needed, found, window.room)
        else:
            with nogil:
                right = go_through(
                    self.parts, self.count, self.starts, self.segments, &self.condition,
                    self.needed, found, window.room)
        if not right:
            for one in self.held:
                if isinstance(one, WordPostings):
                    (<WordPostings> one)._find_damage()
            raise damaged("expected ascending docnums of the documents there are")
        _windows.append(window)  # not after an error: it would not be empty
        return 0


cdef bint is_bounded(const Part* part) noexcept:
    """Tell whether a part adds its weight at most, and nothing below zero."""
    cdef Py_ssize_t number
    if part.kind != WORD or not part.weight >= 0 or not part.k1 >= 0:
        return False
    for number in range(part.field_count):
        if not part.fields[number].boost > 0:
            return False
    return True


def best_documents(plan, starts, Py_ssize_t k):
    """Find the best documents of a plan: see :func:`matching.best_documents`."""
    cdef Query query = Query(plan, starts)
    cdef Found found
    memset(&found, 0, sizeof(Found))
    return (*_best(query, &found, k, True), found.total)


def ordered_documents(plan, starts, Py_ssize_t k, keys, after, *, bint scored=False):
    """Find documents of a plan in an order: see :func:`matching.ordered_documents`."""
    cdef Query query = Query(plan, starts)
    cdef Found found
    cdef Numbers held
    memset(&found, 0, sizeof(Found))
    found.ordered, found.scored = True, scored
    if keys is not None:
        held = Numbers(keys, "lq", 8)
        if held.count != query.doc_count or held.size != 8:
            raise ValueError(f"expected keys of {query.doc_count} documents, got {held.count}")
        found.keys = <const int64_t*> held.view.buf
    if after is not None:
        found.resumes = True
        found.after.key, found.after.score, found.after.docnum = after
    docnums, scores = _best(query, &found, k, False)
    return docnums, scores, found.total, found.left if found.resumes else found.total


cdef _best(Query query, Found* found, Py_ssize_t k, bint by_score_alone):
    found.k, found.constant = max(0, min(k, query.most)), query.constant
    found.heap = <Hit*> malloc((2 * found.k + 1) * sizeof(Hit))
    if found.heap == NULL:
        raise MemoryError
    if by_score_alone and query.constant == 0:  # else what has a low score may be wanted
        query.bound()
    try:
        query.find(found)
        return _sorted(found)
    finally:
        free(found.heap)


def best_and_all(plan, starts, Py_ssize_t k):
    """Find the best documents of a plan, and all: see :func:`matching.best_and_all`."""
    cdef Query query = Query(plan, starts)
    cdef Found found
    cdef Numbers held
    memset(&found, 0, sizeof(Found))
    listed = np.empty(query.most, np.int64)
    held = Numbers(listed, "lq", 8)
    found.listed, found.room = <int64_t*> held.view.buf, query.most
    docnums, scores = _best(query, &found, k, True)
    if found.total > query.most:
        raise damaged("expected each document once")
    return docnums, scores, listed[: found.total]


def listed_documents(plan, starts):
    """Find all documents of a plan, in any order: see :func:`matching.listed_documents`."""
    cdef Query query = Query(plan, starts)
    cdef Found found
    cdef Numbers held_docnums, held_scores
    memset(&found, 0, sizeof(Found))
    docnums, scores = np.empty(query.most, np.int64), np.empty(query.most, np.float64)
    held_docnums, held_scores = Numbers(docnums, "lq", 8), Numbers(scores, "d", 8)
    found.listed, found.room = <int64_t*> held_docnums.view.buf, query.most
    found.listed_scores = <double*> held_scores.view.buf
    _best(query, &found, 0, False)
    if found.total > query.most:
        raise damaged("expected each document once")
    return docnums[: found.total], scores[: found.total]


cdef _sorted(Found* found):
    """Empty the heap, the worst first, into arrays whose first is the best."""
    docnums, scores = np.empty(found.count, np.int64), np.empty(found.count, np.float64)
    cdef Numbers held_docnums = Numbers(docnums, "lq", 8), held_scores = Numbers(scores, "d", 8)
    cdef int64_t* into_docnums = <int64_t*> held_docnums.view.buf
    cdef double* into_scores = <double*> held_scores.view.buf
    cdef Py_ssize_t left = found.count
    while left:
        left -= 1
        into_docnums[left] = found.heap[0].docnum
        into_scores[left] = found.heap[0].shown
        found.heap[0] = found.heap[left]
        sink(found.heap, left, 0)
    return docnums, scores


def all_documents(plan, starts):
    """Find all documents of a plan: see :func:`matching.all_documents`."""
    cdef Query query = Query(plan, starts)
    cdef Found found
    cdef Numbers held_docnums, held_scores
    memset(&found, 0, sizeof(Found))
    docnums, scores = np.empty(query.most, np.int64), np.empty(query.most, np.float64)
    held_docnums, held_scores = Numbers(docnums, "lq", 8), Numbers(scores, "d", 8)
    found.docnums = <int64_t*> held_docnums.view.buf
    found.scores = <double*> held_scores.view.buf
    found.room = query.most
    if query.count:  # in ascending order, after all of a chunk has been added
        query.parts[query.count - 1].last = False
    query.find(&found)
    docnums, scores = docnums[: found.total], scores[: found.total]
    if query.constant:
        scores += query.constant
    return docnums, scores


# ---------------------------------------------------------------- phrases

cdef struct Word:
    Lists lists
    const void* positions
    Py_ssize_t position_width
    Py_ssize_t position_count
    int64_t place  # in the phrase
    Py_ssize_t cursor  # a posting,
    Py_ssize_t at, end  # and its positions
    Py_ssize_t next
    uint32_t* found  # the postings of a chunk in documents that have all words


cdef inline int64_t sum_of(
    const void* numbers, Py_ssize_t width, Py_ssize_t start, Py_ssize_t end, Py_ssize_t size
) noexcept nogil:
    """Add up some of ``size`` numbers, so few that the sum has no overflow."""
    cdef int64_t total = 0
    cdef Py_ssize_t at = start
    if width == 0:
        return end - start
    if width == 1:
        while at + 8 <= end:
            total += sum_of_bytes(<const uint8_t*> numbers + at, 8)
            at += 8
        if at < end and at + 8 <= size:
            return total + sum_of_bytes(<const uint8_t*> numbers + at, end - at)
    for at in range(at, end):
        total += whole_at(numbers, width, at)
    return total


cdef inline int64_t sum_of_bytes(const uint8_t* bytes, Py_ssize_t count) noexcept nogil:
    """Add up the first ``count`` of eight bytes, 1 to 8, at once: as four sums of two."""
    cdef uint64_t eight, pairs = 0x00FF00FF00FF00FFULL
    memcpy(&eight, bytes, 8)
    eight <<= 64 - 8 * count  # the numbers are little-endian
    eight = (eight & pairs) + (eight >> 8 & pairs)
    return eight * 0x0001000100010001ULL >> 48


cdef inline void move_to(Word* word, Py_ssize_t posting) noexcept nogil:
    """Go on to a posting, and to its positions."""
    word.at += sum_of(
        word.lists.tf, word.lists.tf_width, word.cursor, posting, word.lists.count)
    word.cursor = posting


cdef int64_t occurrences(Word* words, Py_ssize_t count) noexcept nogil:
    """Count how often the phrase is in the document that all words have come to.

    The positions of two words are gone over as one, without branches to be foreseen; the rest are
    looked at where these two are right.

    Returns:
        -1 if there are fewer positions than frequencies.
    """
    cdef Py_ssize_t number, own, other
    cdef int64_t found = 0, start, gap, apart
    cdef Word* word
    for number in range(count):
        word = &words[number]
        word.next = word.at
        word.end = word.at + whole_at(word.lists.tf, word.lists.tf_width, word.cursor)
        if word.end > word.position_count:
            return -1
    if count == 1:
        return words[0].end - words[0].at
    own, other = words[0].at, words[1].at
    apart = words[1].place - words[0].place
    while own < words[0].end and other < words[1].end:
        start = whole_at(words[0].positions, words[0].position_width, own)
        gap = whole_at(words[1].positions, words[1].position_width, other) - start - apart
        if gap == 0:
            found += count == 2 or rest_follow(words, count, start - words[0].place)
        own += gap >= 0
        other += gap <= 0
    return found


cdef bint rest_follow(Word* words, Py_ssize_t count, int64_t start) noexcept nogil:
    """Tell whether the words after the second stand where a phrase needs them that starts here."""
    cdef Py_ssize_t number
    cdef int64_t position
    cdef Word* word
    for number in range(2, count):
        word = &words[number]
        position = -1
        while word.next < word.end:
            position = whole_at(word.positions, word.position_width, word.next)
            if position >= start + word.place:
                break
            word.next += 1
        if word.next >= word.end or position != start + word.place:
            return False
    return True


cdef Py_ssize_t common_documents(
    Word* words, Py_ssize_t count, Py_ssize_t chunk, uint8_t* flags
) noexcept nogil:
    """Find the postings of a chunk in documents that have all words; -1 for damage.

    Word by word, the rarest first: what is common to those so far is soon short.
    """
    cdef Run lead = run_of(&words[0].lists, chunk), run
    cdef Py_ssize_t number, at, common = lead.end - lead.start
    cdef uint32_t wrong = 0
    for at in range(common):
        wrong |= <uint32_t> (docnum_at(&lead, lead.start + at) >= lead.limit)
        words[0].found[at] = <uint32_t> at
    if wrong:
        return -1
    for number in range(1, count):
        run = run_of(&words[number].lists, chunk)
        if common * FEWER < run.end - run.start:
            common = look_up_word(words, number, &lead, &run, common)
        else:
            common = flag_word(words, number, &lead, &run, common, flags)
        if common <= 0:
            break
    return common


cdef Py_ssize_t look_up_word(
    Word* words, Py_ssize_t number, const Run* lead, const Run* run, Py_ssize_t common
) noexcept nogil:
    """Look for a word in the documents that have all words before it.

    Args:
        words: The postings of those before it are set, and so is now its own; others are dropped.
        number: The number of the word.
        lead: The postings of the first word.
        run: Its own.
        common: How many documents have all words before it.

    Returns:
        How many of them have it, too.
    """
    cdef Py_ssize_t at, place, kept = 0
    cdef uint32_t docnum
    for at in range(common):
        docnum = docnum_at(lead, lead.start + words[0].found[at])
        place = place_of(run, docnum)
        if place < run.end and docnum_at(run, place) == docnum:
            keep(words, number, at, kept)
            words[number].found[kept] = <uint32_t> (place - run.start)
            kept += 1
    return kept


cdef Py_ssize_t flag_word(
    Word* words, Py_ssize_t number, const Run* lead, const Run* run, Py_ssize_t common,
    uint8_t* flags,
) noexcept nogil:
    """Do as :func:`look_up_word` does by going over all postings of the word; -1 for damage.

    Args:
        flags: Zeros, one for each document of a chunk; zeros again unless there is damage.
    """
    cdef uint32_t* found = words[number].found
    cdef Py_ssize_t at, place = 0, kept = 0
    cdef uint32_t docnum
    cdef bint there
    for at in range(common):
        flags[flag_of(lead, words[0].found[at])] = 1
    for at in range(run.start, run.end):
        docnum = docnum_at(run, at)
        if docnum >= run.limit or place > common:  # more than there are: some come twice
            return -1
        found[place] = <uint32_t> (at - run.start)
        place += flags[docnum]
    if place > common:
        return -1
    for at in range(place):
        flags[flag_of(run, found[at])] = 2
    for at in range(common):
        docnum = flag_of(lead, words[0].found[at])
        there = flags[docnum] == 2
        flags[docnum] = 0
        keep(words, number, at, kept)
        kept += there
    return kept if kept == place else -1


cdef inline uint32_t flag_of(const Run* run, uint32_t posting) noexcept nogil:
    """Find the place of the flag of a document: within the chunk, whatever the file says now."""
    return docnum_at(run, run.start + posting) & (CHUNK - 1)


cdef inline void keep(
    Word* words, Py_ssize_t number, Py_ssize_t at, Py_ssize_t kept
) noexcept nogil:
    """Move the postings in one document of all words before one to what is kept of them."""
    cdef Py_ssize_t before
    for before in range(number):
        words[before].found[kept] = words[before].found[at]


cdef Py_ssize_t find_phrase(
    Word* words, Py_ssize_t count, Py_ssize_t chunks, uint8_t* flags,
    uint32_t* docnums, uint32_t* counts,
) noexcept nogil:
    """Find the documents with a phrase, led by its first word given; -1 for damage."""
    cdef Py_ssize_t chunk, number, found = 0, common, place
    cdef int64_t times
    cdef Run lead
    cdef Word* word
    for chunk in range(chunks):
        common = common_documents(words, count, chunk, flags)
        if common < 0:
            return -1
        lead = run_of(&words[0].lists, chunk)
        for place in range(common):
            for number in range(count):
                word = &words[number]
                move_to(word, word.lists.bounds[chunk] + word.found[place])
            times = occurrences(words, count)
            if times < 0:
                return -1
            if times:
                docnums[found] = lead.base + docnum_at(&lead, words[0].cursor)
                counts[found] = <uint32_t> times
                found += 1
        for number in range(count):
            move_to(&words[number], words[number].lists.bounds[chunk + 1])
    for number in range(count):
        if words[number].at != words[number].position_count:
            return -1
    return found


def phrase_postings(words):
    """Find where in a segment a phrase is: see :func:`phrases.phrase_postings`."""
    cdef Py_ssize_t number, count = len(words), total = 0, found = -1, most = 0
    cdef SegmentPostings postings, lead
    cdef Window window
    cdef Memory memory
    cdef Word* placed = NULL
    cdef uint32_t* room = NULL
    cdef uint32_t* counts
    if not 0 < count <= MOST_WORDS:
        raise ValueError(f"expected 1 to {MOST_WORDS} words, got {count}")
    words = sorted(words, key=_posting_count)
    lead = words[0][0]
    if lead.lists.bounds == NULL:
        raise ValueError("expected postings, got some that were never made")
    for number in range(lead.chunks):
        most = max(most, lead.lists.bounds[number + 1] - lead.lists.bounds[number])
    memory = Memory(2 * lead.lists.count)
    counts = memory.numbers + lead.lists.count
    placed = <Word*> calloc(count, sizeof(Word))
    room = <uint32_t*> malloc(count * (most + 1) * sizeof(uint32_t))
    try:
        if placed == NULL or room == NULL:
            raise MemoryError
        for number in range(count):
            postings = words[number][0]
            if (
                postings.lists.first != lead.lists.first
                or postings.lists.doc_count != lead.lists.doc_count
            ):
                raise ValueError("expected postings of one segment")
            if not postings.position_width:
                raise ValueError("expected postings with positions")
            placed[number].lists = postings.lists
            placed[number].positions = postings.at_positions
            placed[number].position_width = postings.position_width
            placed[number].position_count = postings.position_count
            placed[number].place = words[number][1]
            placed[number].found = room + number * (most + 1)
            total += postings.lists.count
        window = _take_window()
        if total < MANY:
            found = find_phrase(
                placed, count, lead.chunks, window.room.flags, memory.numbers, counts)
        else:
            with nogil:
                found = find_phrase(
                    placed, count, lead.chunks, window.room.flags, memory.numbers, counts)
    finally:
        free(placed)
        free(room)
    if found < 0:
        for postings, _ in words:
            postings.docnums()
        raise lead._wrong_positions()
    _windows.append(window)
    return None if found == 0 else found_postings(lead, memory, counts, found)


def occurrences_among(found, among):
    """Find where any of some words is in some documents: see :func:`phrases.occurrences_among`."""
    cdef Numbers flags = Numbers(among, "?", 1), held
    cdef SegmentPostings postings
    cdef Py_ssize_t total = 0, size, written = 0
    for postings in found:
        if not postings.position_width:
            raise ValueError("expected postings with positions")
        if flags.count < postings.lists.first + postings.lists.doc_count:
            raise ValueError(f"expected an array of all documents, got {flags.count}")
        size = places_among(postings, <const uint8_t*> flags.view.buf, NULL, 0)
        if size < 0:
            raise postings._wrong_positions()
        total += size
    keys = np.empty(total, np.int64)
    held = Numbers(keys, "lq", 8)
    for postings in found:
        size = places_among(
            postings, <const uint8_t*> flags.view.buf, <int64_t*> held.view.buf + written,
            total - written)
        if size < 0:
            raise postings._wrong_positions()
        written += size
    return in_order_once(keys[:written])


cdef Py_ssize_t places_among(
    SegmentPostings postings, const uint8_t* flags, int64_t* keys, Py_ssize_t room
):
    """Write the keys of a word in flagged documents, or count them; -1 for damage."""
    cdef Lists lists = postings.lists
    cdef const void* positions = postings.at_positions
    cdef Py_ssize_t width = postings.position_width, count = postings.position_count
    if lists.count < MANY:
        return write_places(&lists, positions, width, count, flags, keys, room)
    with nogil:
        room = write_places(&lists, positions, width, count, flags, keys, room)
    return room


cdef Py_ssize_t write_places(
    const Lists* lists, const void* positions, Py_ssize_t width, Py_ssize_t count,
    const uint8_t* flags, int64_t* keys, Py_ssize_t room,
) noexcept nogil:
    cdef Py_ssize_t chunk, place, at = 0, times, written = 0, number
    cdef int64_t docnum
    cdef Run run
    for chunk in range((lists.doc_count - 1) // CHUNK + 1):
        run = run_of(lists, chunk)
        for place in range(run.start, run.end):
            docnum = docnum_at(&run, place)
            times = whole_at(run.tf, run.tf_width, place)
            if docnum >= run.limit or times > count - at:
                return -1
            docnum += lists.first + run.base
            if flags[docnum]:
                if keys != NULL:
                    if times > room - written:
                        return -1
                    for number in range(times):
                        keys[written + number] = docnum << 32 | whole_at(
                            positions, width, at + number)
                written += times
            at += times
    return written if at == count else -1


cdef SegmentPostings found_postings(
    SegmentPostings lead, Memory memory, const uint32_t* counts, Py_ssize_t count
):
    """Make postings of documents, and how often what was found is in each."""
    cdef SegmentPostings found = SegmentPostings.__new__(SegmentPostings)
    found.source = ""
    found._begin(lead.lists.first, lead.lists.doc_count, count)
    found.held_docnums = memory
    found.lists.wide = memory.numbers
    found.lists.tf, found.lists.tf_width = counts, 4
    found._find_chunks()
    return found


def _posting_count(word):
    return len(word[0])


# ---------------------------------------------------------------- terms

cdef struct Lookup:
    # How far the search for a term has got: the first block that comes after it is one of those
    # from low to high.
    const uint8_t* term
    Py_ssize_t length
    Py_ssize_t low, high


@cython.final
@cython.no_gc  # what it holds does not refer to it
cdef class Terms:
    """The terms of a dictionary as they lie in its file, and what finds them.

    They stand in ascending order with the byte FF before, between and after them, and there is an
    offset for every so many: see :class:`searchlib.segment.dictionary.TermDictionary`.

    Args:
        text: The terms. Shape (bytes,), uint8.
        blocks: Where each block of terms begins, and the end. Shape (B + 1,), uint32 or uint64.
        count: How many terms there are.
        block: How many there are in a block.
        source: Where they are from, for messages.
    """

    cdef Numbers held_text, held_blocks
    cdef const uint8_t* text
    cdef Py_ssize_t size, count, block, block_count
    cdef object source

    def __cinit__(self, text, blocks, Py_ssize_t count, Py_ssize_t block, source):
        self.held_text, self.held_blocks = Numbers(text, "B", 1), Numbers(blocks, "ILQ", 8)
        self.text, self.size = <const uint8_t*> self.held_text.view.buf, self.held_text.count
        self.count, self.block, self.source = count, block, source
        self.block_count = self.held_blocks.count - 1
        if block < 1 or self.block_count != (count + block - 1) // block:
            raise damaged(f"expected blocks of {count} terms, got {self.block_count}", source)

    cdef Py_ssize_t start_of(self, Py_ssize_t block) except -1:
        """Find where a block begins: at the byte before its first term."""
        cdef uint64_t start
        if self.held_blocks.size == 4:
            start = (<const uint32_t*> self.held_blocks.view.buf)[block]
        else:
            start = (<const uint64_t*> self.held_blocks.view.buf)[block]
        if start >= <uint64_t> self.size:
            raise damaged(f"expected block {block} inside it, got {start}", self.source)
        return <Py_ssize_t> start

    cdef Py_ssize_t place_of(self, Py_ssize_t ordinal) except -1:
        """Find where a term begins."""
        cdef Py_ssize_t start = self.start_of(ordinal // self.block) + 1, left
        for left in range(ordinal % self.block):
            start = self.end_of(start) + 1
        return start

    cdef Py_ssize_t end_of(self, Py_ssize_t start) except -1:
        """Find where the term that begins at a place ends."""
        cdef Py_ssize_t end = self.end_from(start)
        if end < 0:
            raise damaged(NO_END, self.source)
        return end

    cdef inline Py_ssize_t end_from(self, Py_ssize_t start) noexcept nogil:
        """Find the same; -1 if it has no end."""
        cdef const uint8_t* end = <const uint8_t*> memchr(
            self.text + start, 0xFF, self.size - start)
        return -1 if end == NULL else end - self.text

    cdef Lookup begin(self, bytes term) except *:
        """Begin the search for a term, which is to be held until it ends."""
        return Lookup(<const uint8_t*> term, len(term), 0, self.block_count)

    cdef int narrow(self, Lookup* lookup) except -1:
        """Leave one half of the blocks."""
        cdef Py_ssize_t middle = (lookup.low + lookup.high) // 2, start = self.start_of(middle) + 1
        cdef Py_ssize_t length = self.end_of(start) - start
        if compared(self.text + start, length, lookup.term, lookup.length) <= 0:
            lookup.low = middle + 1
        else:
            lookup.high = middle
        return 0

    cdef void fetch_term(self, const Lookup* lookup) noexcept:
        """Have the processor fetch the term that :meth:`narrow` looks at next."""
        self.fetch((lookup.low + lookup.high) // 2, 0)

    cdef void fetch_block(self, const Lookup* lookup) noexcept:
        """Have it fetch the block in which the term must be, if it is there."""
        if lookup.low:
            self.fetch(lookup.low - 1, 64)

    cdef inline void fetch(self, Py_ssize_t block, Py_ssize_t ahead) noexcept:
        cdef Py_ssize_t start = unsigned_at(self.held_blocks, block)
        if 0 <= start < self.size - ahead:
            prefetch(self.text + start + ahead)

    cdef Py_ssize_t block_of(self, bytes term) except -2:
        """Find the last block whose first term is not above one; -1 if there is none."""
        cdef Lookup lookup = self.begin(term)
        while lookup.low < lookup.high:
            self.narrow(&lookup)
        return lookup.low - 1

    cpdef Py_ssize_t ceiling(self, bytes term) except -1:
        """Find the first ordinal whose term is not below one; the count if there is none."""
        cdef const uint8_t* wanted = term
        cdef Py_ssize_t length = len(term), block = self.block_of(term)
        cdef Py_ssize_t start, end, ordinal
        if block < 0:
            return 0
        ordinal = block * self.block
        start = self.start_of(block) + 1
        while ordinal < min((block + 1) * self.block, self.count):
            end = self.end_of(start)
            if compared(self.text + start, end - start, wanted, length) >= 0:
                break
            start = end + 1
            ordinal += 1
        return ordinal

    def prefix_range(self, bytes prefix):
        """Find the ordinals of the terms that begin with a prefix: the first, and the one after."""
        return self.ceiling(prefix), self.ceiling(prefix + b"\xff")

    cdef Py_ssize_t find(self, bytes term) except -2:
        """Find the ordinal of a term; -1 if it is not there."""
        return self.find_in(self.block_of(term), term, len(term))

    cdef Py_ssize_t find_in(
        self, Py_ssize_t block, const uint8_t* term, Py_ssize_t length
    ) except -2:
        """Find the ordinal of a term, which can be in one block only; -1 if it is not there."""
        cdef Py_ssize_t start, end, ordinal
        if block < 0:
            return -1
        ordinal = block * self.block
        start = self.start_of(block) + 1
        while ordinal < min((block + 1) * self.block, self.count):
            end = self.end_of(start)
            if end - start == length and memcmp(self.text + start, term, length) == 0:
                return ordinal
            start = end + 1
            ordinal += 1
        return -1

    def lookup(self, bytes term):
        """Find the ordinal of a term, or ``None``."""
        cdef Py_ssize_t ordinal = self.find(term)
        return None if ordinal < 0 else ordinal

    def term(self, Py_ssize_t ordinal):
        """Give the term with an ordinal."""
        cdef Py_ssize_t start
        self.expect_term(ordinal)
        start = self.place_of(ordinal)
        return self.text[start : self.end_of(start)]

    def matching(self, bytes pattern, Py_ssize_t first, Py_ssize_t last):
        """Find the terms of a range that match a pattern of ``*`` and ``?``.

        Args:
            pattern: The pattern, in UTF-8.
            first: The first ordinal of the range.
            last: The ordinal after its last.

        Returns:
            Ordinals, ascending, int64.
        """
        cdef Py_ssize_t start, stop, count, length = len(pattern)
        cdef const uint8_t* wanted = pattern
        self._expect_range(first, last)
        found = np.empty(last - first, np.int64)
        cdef Numbers held = Numbers(found, "lq", 8)
        cdef int64_t* into = <int64_t*> held.view.buf
        start, stop = self.start_of(first // self.block) + 1, self._end_of_blocks(last)
        if last - first < MANY:
            count = self._match(wanted, length, first, last, start, stop, into)
        else:
            with nogil:
                count = self._match(wanted, length, first, last, start, stop, into)
        if count < 0:
            raise damaged(NO_END, self.source)
        return found[:count].copy()

    cdef Py_ssize_t _match(
        self, const uint8_t* pattern, Py_ssize_t length, Py_ssize_t first, Py_ssize_t last,
        Py_ssize_t start, Py_ssize_t stop, int64_t* into,
    ) noexcept nogil:
        """Write the ordinals of terms that match, and count them; -1 if a term has no end.

        Args:
            pattern, length: The pattern.
            first, last: The range.
            start: Where the first term of the first block begins.
            stop: Where the last block ends.
            into: Where to.
        """
        cdef Py_ssize_t ordinal = first - first % self.block, end, count = 0, hit
        cdef Needle needle = needle_of(
            pattern, length, self.text + start, min(stop - start, <Py_ssize_t> SAMPLE))
        while ordinal < last:
            if needle.size:  # terms without it are passed over
                hit = place_of_needle(&needle, self.text, start, stop)
                if hit < 0:
                    break
                while hit > start and self.text[hit - 1] != 0xFF:
                    hit -= 1
                ordinal += terms_in(self.text + start, hit - start)
                start = hit
                if ordinal >= last:
                    break
            end = self.end_from(start)
            if end < 0:
                return -1
            if ordinal >= first and is_match(self.text + start, end - start, pattern, length):
                into[count] = ordinal
                count += 1
            start = end + 1
            ordinal += 1
        return count

    def similar(self, str text, Py_ssize_t limit, Py_ssize_t first, Py_ssize_t last):
        """Find the terms of a range that few edits make of a text.

        As terms are in order, each is compared from where it differs from the one before.

        Args:
            text: The text.
            limit: How many edits at most: see :func:`searchlib.search.edits.edit_distances`.
            first, last: As of :meth:`matching`.

        Returns:
            Ordinals, ascending, int64.
        """
        cdef Py_ssize_t ordinal = first - first % self.block, start, end, count = 0
        self._expect_range(first, last)
        found = np.empty(last - first, np.int64)
        cdef Numbers held = Numbers(found, "lq", 8)
        cdef int64_t* into = <int64_t*> held.view.buf
        cdef Edits edits = Edits(text, limit)
        start = self.start_of(first // self.block) + 1
        while ordinal < last:
            end = self.end_of(start)
            if ordinal >= first and edits.are_few(self.text + start, end - start):
                into[count] = ordinal
                count += 1
            start = end + 1
            ordinal += 1
        return found[:count].copy()

    cdef Py_ssize_t _end_of_blocks(self, Py_ssize_t last) except -1:
        """Find where the block ends that has the term before one."""
        cdef Py_ssize_t block = (last + self.block - 1) // self.block
        return self.size if block == self.block_count else self.start_of(block)

    cdef int expect_term(self, Py_ssize_t ordinal) except -1:
        if not 0 <= ordinal < self.count:
            raise IndexError(f"expected an ordinal below {self.count}, got {ordinal}")
        return 0

    cdef int _expect_range(self, Py_ssize_t first, Py_ssize_t last) except -1:
        if not 0 <= first < last <= self.count:
            raise IndexError(f"expected ordinals up to {self.count}, got {first} to {last}")
        return 0


@cython.final
cdef class Edits:
    """Tells of terms that come in order whether few edits make them of a text.

    There is a table with a row for each beginning of a term, of the edits between it and each
    beginning of the text, near the diagonal: the others take more than the limit. The rows of what
    a term shares with the one before are kept.

    Args:
        text: The text.
        limit: How many edits are few; at most 253.
    """

    cdef uint32_t* letters  # of the text
    cdef uint32_t* term  # its letters, and after each where in the term it ends
    cdef Py_ssize_t* ends
    cdef uint8_t* table
    cdef Py_ssize_t length, limit, width, depth, most, known
    cdef const uint8_t* before  # the last term

    def __cinit__(self, str text, Py_ssize_t limit):
        cdef Py_ssize_t at
        if not 0 <= limit <= 253:
            raise ValueError(f"expected at most 253 edits, got {limit}")
        self.length, self.limit, self.width = len(text), limit, 2 * limit + 1
        self.most = self.length + limit  # letters of a term that may be near
        self.letters = <uint32_t*> malloc((self.length + 1) * sizeof(uint32_t))
        self.term = <uint32_t*> malloc((self.most + 1) * sizeof(uint32_t))
        self.ends = <Py_ssize_t*> malloc((self.most + 1) * sizeof(Py_ssize_t))
        self.table = <uint8_t*> malloc((self.most + 1) * self.width)
        if self.letters == NULL or self.term == NULL or self.ends == NULL or self.table == NULL:
            raise MemoryError()
        for at in range(self.length):
            self.letters[at] = ord(text[at])
        for at in range(self.width):  # of no letters, to the first of the text
            self.table[at] = at - limit if limit <= at <= limit + self.length else limit + 1
        self.ends[0] = 0

    def __dealloc__(self):
        free(self.letters)
        free(self.term)
        free(self.ends)
        free(self.table)

    cdef bint are_few(self, const uint8_t* term, Py_ssize_t size) noexcept:
        """Compare a term, which stays where it is until the next is compared."""
        cdef Py_ssize_t same = 0, most = min(size, self.known), end
        while same < most and term[same] == self.before[same]:
            same += 1
        self.before, self.known = term, size
        # Half a letter may be the same.
        while same < size and same > 0 and term[same] & 0xC0 == 0x80:
            same -= 1
        while self.ends[self.depth] > same:
            self.depth -= 1
        end = self.ends[self.depth]
        while end < size:
            if self.depth == self.most or not self._is_near():
                return False
            self.term[self.depth] = letter_at(term, size, &end)
            self.depth += 1
            self.ends[self.depth] = end
            self._fill()
        end = self.length - self.depth + self.limit
        return 0 <= end < self.width and self._row(self.depth)[end] <= self.limit

    cdef inline uint8_t* _row(self, Py_ssize_t depth) noexcept:
        return self.table + depth * self.width

    cdef bint _is_near(self) noexcept:
        """Tell whether what has been compared may be the beginning of a term that is near."""
        cdef Py_ssize_t place
        for place in range(self.width):
            if self._row(self.depth)[place] <= self.limit:
                return True
        return False

    cdef void _fill(self) noexcept:
        """Fill the row of a beginning, by those of the beginnings that are shorter."""
        cdef Py_ssize_t depth = self.depth, place, at
        cdef uint8_t* row = self._row(depth)
        cdef uint8_t* last = self._row(depth - 1)
        cdef uint32_t letter = self.term[depth - 1]
        cdef uint8_t far = self.limit + 1, best
        for place in range(self.width):
            at = depth + place - self.limit  # so many letters of the text
            best = far
            if 0 <= at <= self.length:
                if place + 1 < self.width:
                    best = min(best, last[place + 1] + 1)
                if at and place:
                    best = min(best, row[place - 1] + 1)
                if at:
                    best = min(best, last[place] + (self.letters[at - 1] != letter))
                if (
                    at > 1 and depth > 1 and letter == self.letters[at - 2]
                    and self.term[depth - 2] == self.letters[at - 1]
                ):
                    best = min(best, self._row(depth - 2)[place] + 1)
            row[place] = best


cdef inline uint32_t letter_at(const uint8_t* term, Py_ssize_t size, Py_ssize_t* at) noexcept:
    """Read a letter in UTF-8, and go to the next; what is none is a letter that no text has."""
    cdef uint8_t first = term[at[0]]
    cdef Py_ssize_t more = (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0)
    cdef uint32_t letter = first if first < 0x80 else first & (0x3F >> more)
    at[0] += 1
    while at[0] < size and term[at[0]] & 0xC0 == 0x80:
        letter = letter << 6 | (term[at[0]] & 0x3F)
        at[0] += 1
        more -= 1
    return letter if more == 0 else 0xFFFFFFFF


@cython.no_gc  # what it holds does not refer to it
cdef class SingleLabels:
    """The labels of a segment's documents where none has several.

    Args:
        terms: The labels.
        ordinals: The label of each document, the number of labels for none. Unsigned.
        source: Where these are from, for messages.
    """

    cdef Terms terms
    cdef Numbers held
    cdef object source

    def __cinit__(self, Terms terms, ordinals, source):
        self.terms, self.held, self.source = terms, Numbers(ordinals, "BHIL", 4), source

    def text(self, Py_ssize_t docnum):
        """Read the label of a document; ``None`` if it has none."""
        cdef Py_ssize_t ordinal, start
        if not 0 <= docnum < self.held.count:
            raise IndexError(f"expected a document below {self.held.count}, got {docnum}")
        ordinal = whole_at(self.held.view.buf, self.held.size, docnum)
        if ordinal == self.terms.count:
            return None
        if ordinal > self.terms.count:
            raise damaged(f"expected ordinals below {self.terms.count}", self.source)
        start = self.terms.place_of(ordinal)
        return PyUnicode_DecodeUTF8(
            <const char*> self.terms.text + start, self.terms.end_of(start) - start, NULL)


cdef struct Needle:
    # Some bytes without a star or question mark between, and the place of the rarest of them.
    const uint8_t* bytes
    Py_ssize_t size, rarest


cdef Needle needle_of(
    const uint8_t* pattern, Py_ssize_t length, const uint8_t* text, Py_ssize_t size
) noexcept nogil:
    """Find what is rare in a text of what is in a pattern behind a star or question mark."""
    cdef Py_ssize_t[256] counts
    cdef Py_ssize_t at, start = -1, end
    cdef Needle found = Needle(NULL, 0, 0)
    memset(counts, 0, sizeof(counts))
    for at in range(size):
        counts[text[at]] += 1
    for at in range(length):
        if pattern[at] == STAR or pattern[at] == LETTER:
            start = at + 1
            continue
        if start >= 0 and (
            found.bytes == NULL or counts[pattern[at]] < counts[found.bytes[found.rarest]]
        ):
            end = at + 1
            while end < length and pattern[end] != STAR and pattern[end] != LETTER:
                end += 1
            found = Needle(pattern + start, end - start, at - start)
    return found


cdef Py_ssize_t place_of_needle(
    const Needle* needle, const uint8_t* text, Py_ssize_t start, Py_ssize_t stop
) noexcept nogil:
    """Find where a needle is soonest from a start on; -1 if it is not there."""
    cdef Py_ssize_t at = start + needle.rarest, begin, rest = needle.size - needle.rarest
    cdef const uint8_t* hit
    while at <= stop - rest:
        hit = <const uint8_t*> memchr(text + at, needle.bytes[needle.rarest], stop - rest + 1 - at)
        if hit == NULL:
            return -1
        begin = hit - text - needle.rarest
        if memcmp(text + begin, needle.bytes, needle.size) == 0:
            return begin
        at = hit - text + 1
    return -1


cdef Py_ssize_t terms_in(const uint8_t* text, Py_ssize_t size) noexcept nogil:
    """Count the ends of terms in a text."""
    cdef Py_ssize_t at, count = 0
    for at in range(size):
        count += text[at] == 0xFF
    return count


cdef bint is_match(
    const uint8_t* term, Py_ssize_t size, const uint8_t* pattern, Py_ssize_t length
) noexcept nogil:
    """Tell whether a term matches a pattern: only the last star is ever given more to match."""
    cdef Py_ssize_t at = 0, place = 0, star = -1, resume = 0
    while place < size:
        if at < length and pattern[at] == STAR:
            star, resume = at, place
            at += 1
        elif at < length and pattern[at] == LETTER and term[place] & 0xC0 != 0x80:
            at += 1
            place += 1
            while place < size and term[place] & 0xC0 == 0x80:
                place += 1
        elif at < length and pattern[at] != LETTER and pattern[at] == term[place]:
            at += 1
            place += 1
        elif star >= 0:
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    while at < length and pattern[at] == STAR:
        at += 1
    return at == length


cdef inline int compared(
    const uint8_t* one, Py_ssize_t length, const uint8_t* other, Py_ssize_t other_length
) noexcept nogil:
    cdef int order = memcmp(one, other, min(length, other_length))
    if order:
        return order
    return (length > other_length) - (length < other_length)


@cython.final
@cython.no_gc  # what it holds does not refer to it
cdef class TermFinder:
    """Finds the postings of terms in a field of a segment, in its arrays as they lie in the file.

    What the arrays are is said in :mod:`searchlib.segment.field_reader`, whose
    :meth:`~searchlib.segment.field_reader.FieldReader.postings` does the same.

    Args:
        terms: The dictionary.
        doc_count: The number of documents of the segment.
        starts: Where the postings of each term begin, of all of the field, and the end.
        low, rows, chunk_starts, wide: The docnums: see :mod:`searchlib.segment.docnums`; all but
            the first are ``None`` with one chunk.
        token_starts: Where the positions of each term begin, and the end; ``None`` in a field
            without positions, as all that follows.
        frequencies: The rows of frequencies and their numbers of 8, 16 and 32 bits: see
            :mod:`searchlib.segment.rows`.
        positions: The rows of positions, likewise.
        source: Where they are from, for messages.
    """

    cdef Terms terms
    cdef Py_ssize_t doc_count, chunks
    cdef Numbers starts, low, rows, chunk_starts, wide, token_starts
    cdef Rows frequencies, positions
    cdef object source

    def __cinit__(
        self, Terms terms, Py_ssize_t doc_count, starts, low, rows, chunk_starts, wide,
        token_starts, frequencies, positions, source,
    ):
        self.terms, self.doc_count, self.source = terms, doc_count, source
        self.chunks = (doc_count - 1) // CHUNK + 1
        self.starts, self.low = Numbers(starts, "ILQ", 8), Numbers(low, "H", 2)
        if self.starts.count != terms.count + 1:
            raise damaged(f"expected the starts of {terms.count} terms", source)
        if self.chunks > 1:
            self.rows, self.wide = Numbers(rows, "ILQ", 8), Numbers(wide, "IL", 4)
            self.chunk_starts = Numbers(chunk_starts, "ILQ", 8)
            if self.rows.count != terms.count:
                raise damaged(f"expected the rows of {terms.count} terms", source)
        if token_starts is not None:
            self.token_starts = Numbers(token_starts, "ILQ", 8)
            self.frequencies = Rows(*frequencies, terms.count, source)
            self.positions = Rows(*positions, terms.count, source)
            if self.token_starts.count != terms.count + 1:
                raise damaged(f"expected the positions of {terms.count} terms", source)

    def find(self, bytes term, Py_ssize_t first):
        """View the postings of a term; ``None`` if the field does not have it.

        Args:
            term: The term.
            first: The docnum, in the whole index, of the segment's first document.
        """
        cdef Py_ssize_t ordinal = self.terms.find(term)
        return None if ordinal < 0 else self.postings(ordinal, first)

    def of_each(self, ordinals, Py_ssize_t first):
        """View the postings of each of some terms.

        Args:
            ordinals: The terms: a range, or an array of int64.
            first: As of :meth:`find`.
        """
        cdef Py_ssize_t ordinal
        cdef list found = []
        for ordinal in ordinals if isinstance(ordinals, range) else ordinals.tolist():
            self.terms.expect_term(ordinal)
            found.append(self.postings(ordinal, first))
        return found

    cdef void fetch(self, Py_ssize_t ordinal) noexcept:
        """Have the processor fetch what :meth:`postings` looks at of a term."""
        fetch_number(self.starts, ordinal)
        if self.chunks > 1:
            fetch_number(self.rows, ordinal)
        if self.token_starts is not None:
            fetch_number(self.token_starts, ordinal)
            fetch_number(self.frequencies.rows, ordinal)
            fetch_number(self.positions.rows, ordinal)

    cdef SegmentPostings postings(self, Py_ssize_t ordinal, Py_ssize_t first):
        cdef SegmentPostings found = SegmentPostings.__new__(SegmentPostings)
        cdef Py_ssize_t start, count, tokens
        count = self._span(self.starts, ordinal, &start)
        found.source = self.source
        found._begin(first, self.doc_count, count)
        found.held_docnums = self
        if self.chunks == 1:
            self._expect(start, count, self.low.count, ordinal)
            found.lists.low = <const uint16_t*> self.low.view.buf + start
            found.lists.bounds[0], found.lists.bounds[1] = 0, count
        else:
            self._find_row(found, ordinal)
        if self.token_starts is not None:
            found.lists.tf_width = self.frequencies.find(ordinal, count, &found.lists.tf)
            tokens = self._span(self.token_starts, ordinal, &start)
            if tokens < count:
                raise self._damaged(ordinal)
            found.position_width = self.positions.find(ordinal, tokens, &found.at_positions)
            found.position_count = tokens
            if found.position_width == 0:
                raise self._damaged(ordinal)
        fetch_ahead(found.lists.low, 2 * count)
        fetch_ahead(found.lists.tf, found.lists.tf_width * count)
        return found

    cdef Py_ssize_t _span(
        self, Numbers starts, Py_ssize_t ordinal, Py_ssize_t* start
    ) except -1:
        """Find where what a term has begins, and count it."""
        cdef Py_ssize_t end = unsigned_at(starts, ordinal + 1)
        start[0] = unsigned_at(starts, ordinal)
        if not 0 <= start[0] < end:
            raise self._damaged(ordinal)
        return end - start[0]

    cdef int _find_row(self, SegmentPostings found, Py_ssize_t ordinal) except -1:
        cdef Py_ssize_t row = unsigned_at(self.rows, ordinal), begin = row >> 1, chunk, start, at
        if row & 1:
            self._expect(begin, found.lists.count, self.wide.count, ordinal)
            found.lists.wide = <const uint32_t*> self.wide.view.buf + begin
            return found._find_chunks()
        self._expect(begin, 1, self.chunk_starts.count // self.chunks, ordinal)
        begin *= self.chunks
        self._expect(begin, self.chunks + 1, self.chunk_starts.count, ordinal)
        start = unsigned_at(self.chunk_starts, begin)
        self._expect(start, found.lists.count, self.low.count, ordinal)
        found.lists.low = <const uint16_t*> self.low.view.buf + start
        found.lists.bounds[0] = 0
        for chunk in range(1, self.chunks + 1):
            at = unsigned_at(self.chunk_starts, begin + chunk)
            if at < start + found.lists.bounds[chunk - 1]:
                raise self._damaged(ordinal)
            found.lists.bounds[chunk] = at - start
        if found.lists.bounds[self.chunks] != found.lists.count:
            raise self._damaged(ordinal)
        return 0

    cdef int _expect(
        self, Py_ssize_t start, Py_ssize_t count, Py_ssize_t size, Py_ssize_t ordinal
    ) except -1:
        if start < 0 or start > size or count > size - start:
            raise self._damaged(ordinal)
        return 0

    cdef _damaged(self, Py_ssize_t ordinal):
        return damaged(f"the postings of term {ordinal} are not right", self.source)

    def mark(self, ordinals, marked, Py_ssize_t first):
        """Mark the documents that have any of some terms.

        Args:
            ordinals: The terms: a range, or an array of int64.
            marked: Set to true for each document. Shape (number of documents in the index,).
            first: As of :meth:`find`.
        """
        cdef Numbers held = Numbers(marked, "?", 1), numbers
        cdef uint8_t* into = <uint8_t*> held.view.buf
        cdef Py_ssize_t place, ordinal = 0, count, wrong
        cdef uint64_t postings = 0  # of a file that is damaged, any number
        cdef const int64_t* chosen = NULL
        cdef Docnums docnums = self._all_docnums()
        if held.view.readonly or first < 0 or held.count - first < self.doc_count:
            raise ValueError(f"expected an array of all documents, got {held.count}")
        if isinstance(ordinals, range):
            ordinal, count = ordinals.start, len(ordinals)
            if count:
                self.terms.expect_term(ordinal)
                self.terms.expect_term(ordinal + count - 1)
                postings = <uint64_t> unsigned_at(self.starts, ordinal + count)
                postings -= <uint64_t> unsigned_at(self.starts, ordinal)
        else:
            numbers = Numbers(ordinals, "lq", 8)
            if numbers.size != 8:
                raise ValueError("expected ordinals as int64")
            chosen, count = <const int64_t*> numbers.view.buf, numbers.count
            for place in range(count):
                self.terms.expect_term(chosen[place])
                postings += <uint64_t> unsigned_at(self.starts, chosen[place] + 1)
                postings -= <uint64_t> unsigned_at(self.starts, chosen[place])
        if postings < 4 * MANY:
            wrong = mark_terms(&docnums, chosen, ordinal, count, into + first)
        else:
            with nogil:
                wrong = mark_terms(&docnums, chosen, ordinal, count, into + first)
        if wrong >= 0:
            raise self._damaged(wrong)

    cdef Docnums _all_docnums(self):
        cdef Docnums found
        found.doc_count, found.chunks = self.doc_count, self.chunks
        found.starts, found.starts_width = self.starts.view.buf, self.starts.size
        found.low, found.low_count = <const uint16_t*> self.low.view.buf, self.low.count
        if self.chunks > 1:
            found.rows, found.rows_width = self.rows.view.buf, self.rows.size
            found.tables, found.tables_width = self.chunk_starts.view.buf, self.chunk_starts.size
            found.tables_count = self.chunk_starts.count
            found.wide, found.wide_count = <const uint32_t*> self.wide.view.buf, self.wide.count
        return found


cdef struct Docnums:
    # The docnums of all terms of a field: see searchlib.segment.docnums.
    Py_ssize_t doc_count, chunks
    const void* starts  # of the postings of each term, and the end
    Py_ssize_t starts_width
    const uint16_t* low
    Py_ssize_t low_count
    # With one chunk, all that follows is not there.
    const void* rows  # of each term: of the tables, or the place in the wide ones, times 2 plus 1
    Py_ssize_t rows_width
    const void* tables  # where the docnums of each chunk begin, and the end
    Py_ssize_t tables_width, tables_count
    const uint32_t* wide
    Py_ssize_t wide_count


cdef Py_ssize_t mark_terms(
    const Docnums* docnums, const int64_t* chosen, Py_ssize_t ordinal, Py_ssize_t count,
    uint8_t* into,
) noexcept nogil:
    """Mark the documents that have any of some terms; give one with wrong docnums, or -1.

    Args:
        docnums: Those of the field.
        chosen: The ordinals; ``NULL`` for all from one on.
        ordinal: That one.
        count: How many terms these are.
        into: The marks of the segment's documents.
    """
    cdef Py_ssize_t place
    for place in range(count):
        if chosen != NULL:
            ordinal = chosen[place]
        if not mark_term(docnums, ordinal, into):
            return ordinal
        ordinal += 1
    return -1


cdef bint mark_term(const Docnums* docnums, Py_ssize_t ordinal, uint8_t* into) noexcept nogil:
    """Mark the documents that have a term; tell whether its docnums are right."""
    cdef int64_t start = offset_at(docnums.starts, docnums.starts_width, ordinal)
    cdef int64_t end = offset_at(docnums.starts, docnums.starts_width, ordinal + 1)
    cdef int64_t count, row, begin, last
    cdef Py_ssize_t chunk, limit
    if start < 0 or end <= start:
        return False
    count = end - start
    if docnums.chunks == 1:
        return is_inside(start, count, docnums.low_count) and mark_low(
            docnums.low + start, count, docnums.doc_count, into)
    row = offset_at(docnums.rows, docnums.rows_width, ordinal)
    start = row >> 1
    if row & 1:
        return is_inside(start, count, docnums.wide_count) and mark_wide(
            docnums.wide + start, count, docnums.doc_count, into)
    if not is_inside(start, 1, docnums.tables_count // docnums.chunks):
        return False
    start *= docnums.chunks
    if not is_inside(start, docnums.chunks + 1, docnums.tables_count):
        return False
    begin = last = offset_at(docnums.tables, docnums.tables_width, start)
    if not is_inside(begin, count, docnums.low_count):
        return False
    for chunk in range(docnums.chunks):
        end = offset_at(docnums.tables, docnums.tables_width, start + chunk + 1)
        limit = min(docnums.doc_count - chunk * CHUNK, <Py_ssize_t> CHUNK)
        if not last <= end <= begin + count or not mark_low(
            docnums.low + last, end - last, limit, into + chunk * CHUNK
        ):
            return False
        last = end
    return last == begin + count


cdef inline bint is_inside(int64_t start, int64_t count, int64_t size) noexcept nogil:
    return 0 <= start <= size and count <= size - start


cdef inline bint mark_low(
    const uint16_t* docnums, Py_ssize_t count, Py_ssize_t limit, uint8_t* into
) noexcept nogil:
    cdef Py_ssize_t place, docnum
    for place in range(count):
        docnum = docnums[place]  # once, as the file may change meanwhile
        if docnum >= limit:
            return False
        into[docnum] = 1
    return True


cdef inline bint mark_wide(
    const uint32_t* docnums, Py_ssize_t count, Py_ssize_t limit, uint8_t* into
) noexcept nogil:
    cdef Py_ssize_t place, docnum
    for place in range(count):
        docnum = docnums[place]
        if docnum >= limit:
            return False
        into[docnum] = 1
    return True


@cython.no_gc  # what it holds does not refer to it
cdef class WordFinder:
    """Finds the postings of words in some fields: see :class:`finding.WordFinder`."""

    cdef readonly list places
    cdef list held, finders, numbers
    cdef Field* fields  # without postings: what weighs them, and where they begin
    cdef double k1

    def __cinit__(self, places, double k1, double b):
        cdef TermFinder finder
        self.k1, self.held = k1, []
        self.places = sorted(places, key=_first_of_place)
        self.finders = [place.finder for place in self.places]
        self.numbers = [place.number for place in self.places]
        self.fields = <Field*> calloc(len(self.places) + 1, sizeof(Field))
        if self.fields == NULL:
            raise MemoryError
        for number, place in enumerate(self.places):
            finder = <TermFinder?> place.finder
            self.held.append(set_weights(
                &self.fields[number], place.lengths, finder.doc_count, place.average_length,
                place.boost, b,
            ))
            self.fields[number].lists.first = place.first
            self.fields[number].place = number

    def __dealloc__(self):
        free(self.fields)

    def find(self, terms):
        """Find the postings of a word."""
        cdef WordPostings found = self._nothing()
        cdef Py_ssize_t[AT_ONCE] ordinals
        cdef TermFinder finder
        cdef Py_ssize_t first, count, place, number, places = len(self.finders)
        for first in range(0, places, AT_ONCE):
            count = min(places - first, <Py_ssize_t> AT_ONCE)
            self._search(first, count, terms, ordinals)
            for place in range(count):
                if ordinals[place] >= 0:
                    number = first + place
                    finder = <TermFinder> self.finders[number]
                    self._found(found, number, finder.postings(
                        ordinals[place], self.fields[number].lists.first))
        return found

    cdef int _search(
        self, Py_ssize_t first, Py_ssize_t count, terms, Py_ssize_t* ordinals
    ) except -1:
        """Find the ordinals of a word in some dictionaries, -1 where it is not.

        A search waits for memory most of the time. These take each step together, so they wait for
        all of it at the same time.
        """
        cdef list finders = self.finders[first : first + count]
        cdef list wanted = [<bytes?> terms[number] for number in self.numbers[first : first + count]]
        cdef Lookup[AT_ONCE] lookups
        cdef TermFinder finder
        cdef Py_ssize_t place, left = count
        for place in range(count):
            lookups[place] = (<TermFinder> finders[place]).terms.begin(<bytes> wanted[place])
        while left:
            left = 0
            for place in range(count):
                if lookups[place].low < lookups[place].high:
                    (<TermFinder> finders[place]).terms.fetch_term(&lookups[place])
            for place in range(count):
                if lookups[place].low < lookups[place].high:
                    (<TermFinder> finders[place]).terms.narrow(&lookups[place])
                    left += 1
        for place in range(count):
            (<TermFinder> finders[place]).terms.fetch_block(&lookups[place])
        for place in range(count):
            finder = <TermFinder> finders[place]
            ordinals[place] = finder.terms.find_in(
                lookups[place].low - 1, lookups[place].term, lookups[place].length)
            if ordinals[place] >= 0:
                finder.fetch(ordinals[place])
        return 0

    def phrase(self, words, at):
        """Find where words stand at their places of a phrase."""
        cdef WordPostings found = self._nothing(), word
        cdef Py_ssize_t number
        there = [[] for _ in self.places]
        for word, place in zip(words, at, strict=True):
            if word.held is not self:
                raise ValueError("expected words that this finder has found")
            for number in range(word.count):
                there[word.fields[number].place].append((word.pieces[number], place))
        for number, placed in enumerate(there):
            if len(placed) == len(words):
                postings = phrase_postings(placed)
                if postings is not None:
                    self._found(found, number, postings)
        return found

    cdef WordPostings _nothing(self):
        cdef WordPostings found = WordPostings.__new__(WordPostings, (), self.k1, 0.0)
        found._reserve(len(self.places))
        found.held = self
        return found

    cdef int _found(self, WordPostings found, Py_ssize_t number, SegmentPostings postings) except -1:
        found.fields[found.count] = self.fields[number]
        found._take(postings)
        return 0


def _first_of_place(place):
    return place.first


@cython.no_gc  # what it holds does not refer to it
cdef class Rows:
    """Rows of numbers: see :class:`searchlib.segment.rows.RowsReader`."""

    cdef Numbers rows, bytes_, shorts, longs
    cdef object source

    def __cinit__(self, rows, bytes_, shorts, longs, Py_ssize_t count, source):
        self.rows, self.source = Numbers(rows, "ILQ", 8), source
        self.bytes_, self.shorts = Numbers(bytes_, "B", 1), Numbers(shorts, "H", 2)
        self.longs = Numbers(longs, "IL", 4)
        if self.rows.count != count:
            raise damaged(f"expected {count} rows, got {self.rows.count}", source)

    cdef Py_ssize_t find(self, Py_ssize_t row, Py_ssize_t count, const void** into) except -1:
        """Find a row, and give the width of its numbers; 0 if all are 1."""
        cdef Py_ssize_t place = unsigned_at(self.rows, row), start = place >> 2
        cdef Numbers numbers
        if place & 3 == 0:
            return 0
        numbers = self.bytes_ if place & 3 == 1 else self.shorts if place & 3 == 2 else self.longs
        if start < 0 or start > numbers.count or count > numbers.count - start:
            raise damaged(f"expected {count} numbers from {start}", self.source)
        into[0] = <const uint8_t*> numbers.view.buf + start * numbers.size
        return numbers.size


cdef inline Py_ssize_t unsigned_at(Numbers numbers, Py_ssize_t at) noexcept:
    return offset_at(numbers.view.buf, numbers.size, at)


cdef inline Py_ssize_t offset_at(
    const void* numbers, Py_ssize_t width, Py_ssize_t at
) noexcept nogil:
    """Read an offset; what is too large for one is below 0. The caller has checked the place."""
    if width == 4:
        return (<const uint32_t*> numbers)[at]
    return <Py_ssize_t> (<const uint64_t*> numbers)[at]


cdef inline void fetch_ahead(const void* numbers, Py_ssize_t size) noexcept:
    """Have the processor fetch the beginning of what is read when the query has been compiled."""
    cdef Py_ssize_t at
    if numbers != NULL:
        for at from 0 <= at < min(size, <Py_ssize_t> AHEAD) by LINE:
            prefetch(<const uint8_t*> numbers + at)


cdef inline void fetch_number(Numbers numbers, Py_ssize_t at) noexcept:
    prefetch(<const uint8_t*> numbers.view.buf + at * numbers.size)
