# cython: language_level=3, freethreading_compatible=True
# cython: cdivision=True, boundscheck=False, wraparound=False
"""The kernels that count, compiled: what :mod:`searchlib.postings.counting` says.

As in ``compiled.pyx``, whatever is followed is compared with the length of what it leads into at
the moment it is followed, as a file may be damaged or change; and long loops run without the
interpreter's lock.
"""

from libc.math cimport isfinite
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from searchlib.errors import CorruptIndexError

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define fetch_ahead(address) __builtin_prefetch(address)
    #else
    #define fetch_ahead(address)
    #endif
    """
    void fetch_ahead(const void* address) noexcept nogil

cdef enum:
    AHEAD = 16  # documents between the one that is counted and the one whose number is fetched
    MANY = 10000  # documents from which on a loop is worth giving the lock away
    CELLS = 8  # of the grid over the cuts, for each cut
    SLAB = 512  # labels that are laid down in a row
    FEW = 4  # labels that are laid down at once
    MANY_CUTS = -1
    NO_DOCUMENT = 1
    NO_TERM = 2
    NO_OFFSET = 3
    NO_LABEL = 4

ctypedef fused ordinal_t:
    uint8_t
    uint16_t
    uint32_t

ctypedef fused number_t:
    int64_t
    double


cdef object damaged(str what, str source):
    return CorruptIndexError(
        f"{source}{': ' if source else ''}{what}; "
        "the index is damaged: restore it from a backup, or index the documents again"
    )


cdef struct Labels:
    # The terms of each document of a segment.
    const uint8_t* ordinals
    Py_ssize_t width  # of an ordinal, in bytes
    uint64_t count  # of ordinals
    const uint8_t* starts  # NULL where no document has several
    Py_ssize_t start_width
    int64_t first, doc_count
    const int64_t* numbers  # of the terms
    uint64_t terms


cdef struct Documents:
    # Those whose labels or numbers are counted.
    const int64_t* docnums  # NULL for all from the first on
    Py_ssize_t count
    int64_t first


cdef struct Grid:
    # Cells of equal width over the cuts: integers are told apart by a shift, in half the time.
    Py_ssize_t cells
    int32_t* below  # how many cuts are below that of each
    int64_t first
    int shift
    double lowest, scale


cdef inline uint64_t unsigned_at(const uint8_t* numbers, Py_ssize_t width, int64_t at) noexcept nogil:
    if width == 1:
        return numbers[at]
    if width == 2:
        return (<const uint16_t*> numbers)[at]
    if width == 4:
        return (<const uint32_t*> numbers)[at]
    return (<const uint64_t*> numbers)[at]


cdef inline int64_t docnum_at(const Documents* documents, Py_ssize_t place) noexcept nogil:
    return documents.first + place if documents.docnums == NULL else documents.docnums[place]


cdef Py_ssize_t place_of(const int64_t[::1] docnums, int64_t docnum) noexcept nogil:
    """Find the first document that is not below one, where segments follow one another."""
    cdef Py_ssize_t low = 0, high = docnums.shape[0], middle
    while low < high:
        middle = (low + high) // 2
        if docnums[middle] < docnum:
            low = middle + 1
        else:
            high = middle
    return low


def count_labels(segments, docnums, Py_ssize_t size):
    """Count documents by their labels: see :func:`counting.count_labels`."""
    cdef Labels labels
    cdef Documents documents
    cdef const uint8_t[::1] held, held_starts
    cdef const int64_t[::1] numbers, chosen
    cdef Py_ssize_t start
    cdef int64_t having = 0
    cdef int wrong
    counts = np.zeros(size, np.int64)
    cdef int64_t[::1] into = counts
    for ordinals, starts, numbers, first, source in segments:
        held = ordinals.view(np.uint8)
        labels.ordinals, labels.width, labels.count = &held[0], ordinals.itemsize, len(ordinals)
        labels.starts, labels.start_width, labels.doc_count = NULL, 0, labels.count
        labels.numbers, labels.terms, labels.first = &numbers[0], numbers.shape[0], first
        if starts is not None:
            held_starts = starts.view(np.uint8)
            labels.starts, labels.start_width = &held_starts[0], starts.itemsize
            labels.doc_count = len(starts) - 1
        documents.docnums, documents.count, documents.first = NULL, labels.doc_count, first
        if docnums is not None:
            chosen = docnums
            start = place_of(chosen, labels.first)
            documents.docnums = &chosen[0] + start
            documents.count = place_of(chosen, labels.first + labels.doc_count) - start
        if documents.count < MANY:
            wrong = add_labels(&labels, &documents, &into[0], size, &having)
        else:
            with nogil:
                wrong = add_labels(&labels, &documents, &into[0], size, &having)
        if wrong:
            raise _error(wrong, labels.terms, size, source)
    return counts, having


cdef object _error(int wrong, uint64_t terms, Py_ssize_t size, str source):
    if wrong == NO_DOCUMENT:
        return IndexError("expected documents in the order of their segments")
    if wrong == NO_LABEL:
        return IndexError(f"expected numbers of labels below {size}")
    if wrong == NO_TERM:
        return damaged(f"expected ordinals below {terms}", source)
    return damaged("expected ascending offsets", source)


cdef int add_labels(
    const Labels* labels, const Documents* documents, int64_t* counts, int64_t size, int64_t* having
) noexcept nogil:
    """Count the labels of documents of a segment; tell what is wrong with them, if anything."""
    if labels.width == 1:
        return add_ordinals(labels.ordinals, labels, documents, counts, size, having)
    if labels.width == 2:
        return add_ordinals(
            <const uint16_t*> labels.ordinals, labels, documents, counts, size, having)
    return add_ordinals(<const uint32_t*> labels.ordinals, labels, documents, counts, size, having)


cdef inline int add_ordinals(
    const ordinal_t* ordinals, const Labels* labels, const Documents* documents, int64_t* counts,
    int64_t size, int64_t* having,
) noexcept nogil:
    if labels.starts == NULL:
        return add_single(ordinals, labels, documents, counts, size, having)
    return add_several(ordinals, labels, documents, counts, size, having)


cdef int add_single(
    const ordinal_t* ordinals, const Labels* labels, const Documents* documents, int64_t* counts,
    int64_t size, int64_t* having,
) noexcept nogil:
    """Count labels where no document has several."""
    # Names of our own: a count that is written might be one of these, for all that C knows.
    cdef const int64_t* numbers = labels.numbers
    cdef int64_t docnum, number, first = labels.first, doc_count = labels.doc_count
    cdef uint64_t ordinal, terms = labels.terms
    cdef Py_ssize_t place, found = 0
    for place in range(documents.count):
        docnum = docnum_at(documents, place) - first
        if docnum < 0 or docnum >= doc_count:
            return NO_DOCUMENT
        ordinal = ordinals[docnum]
        if ordinal == terms:
            continue
        if ordinal > terms:
            return NO_TERM
        number = numbers[ordinal]
        if number < 0 or number >= size:
            return NO_LABEL
        counts[number] += 1
        found += 1
    having[0] += found
    return 0


cdef int add_several(
    const ordinal_t* ordinals, const Labels* labels, const Documents* documents, int64_t* counts,
    int64_t size, int64_t* having,
) noexcept nogil:
    """Lay labels down in a row, and count them there: no branch depends on how many there are.

    Four are laid down at a time, of which those count that the document has.
    """
    cdef ordinal_t[SLAB + FEW] row
    cdef const uint8_t* starts = labels.starts
    cdef Py_ssize_t place, laid = 0, found = 0, start_width = labels.start_width
    cdef int64_t docnum, first = labels.first, doc_count = labels.doc_count
    cdef uint64_t at, end, count = labels.count
    cdef int wrong
    for place in range(documents.count):
        docnum = docnum_at(documents, place) - first
        if docnum < 0 or docnum >= doc_count:
            return NO_DOCUMENT
        at = unsigned_at(starts, start_width, docnum)
        end = unsigned_at(starts, start_width, docnum + 1)
        if at > end or end > count:
            return NO_OFFSET
        found += at < end
        if end - at <= FEW and at + FEW <= count:
            memcpy(&row[laid], &ordinals[at], FEW * sizeof(ordinal_t))
            laid += end - at
            at = end
        while at < end or laid >= SLAB:
            if laid >= SLAB:
                wrong = add_row(row, laid, labels, counts, size)
                if wrong:
                    return wrong
                laid = 0
            else:
                row[laid] = ordinals[at]
                laid += 1
                at += 1
    having[0] += found
    return add_row(row, laid, labels, counts, size)


cdef int add_row(
    const ordinal_t* row, Py_ssize_t laid, const Labels* labels, int64_t* counts, int64_t size
) noexcept nogil:
    """Count labels that were laid down."""
    # Names of our own: a count that is written might be one of these, for all that C knows.
    cdef const int64_t* numbers = labels.numbers
    cdef uint64_t terms = labels.terms
    cdef int64_t number
    cdef Py_ssize_t place
    for place in range(laid):
        if row[place] >= terms:
            return NO_TERM
        number = numbers[row[place]]
        if number < 0 or number >= size:
            return NO_LABEL
        counts[number] += 1
    return 0


def count_in_spans(values, present, docnums, cuts):
    """Count documents by their numbers: see :func:`counting.count_in_spans`."""
    if not len(cuts):
        counts = count_in_spans(values, present, docnums, np.zeros(1, values.dtype))
        return counts.sum(keepdims=True)
    counts = np.zeros(len(cuts) + 1, np.int64)
    cdef const uint8_t[::1] flags = None if present is None else present.view(np.uint8)
    cdef Documents documents
    cdef const int64_t[::1] chosen
    cdef bint inside
    documents.docnums, documents.count, documents.first = NULL, len(values), 0
    if docnums is not None:
        chosen = docnums
        documents.docnums, documents.count = &chosen[0], chosen.shape[0]
    if present is not None and len(flags) != len(values):
        raise ValueError(f"expected {len(values)} flags, got {len(flags)}")
    if values.dtype.kind == "i":
        inside = _count_numbers[int64_t](values, flags, &documents, cuts, counts)
    else:
        inside = _count_numbers[double](values, flags, &documents, cuts, counts)
    if not inside:
        raise IndexError(f"expected documents below {len(values)}")
    return counts


cdef bint _count_numbers(
    const number_t[::1] values, const uint8_t[::1] flags, const Documents* documents,
    const number_t[::1] cuts, int64_t[::1] counts,
) except -1:
    cdef Py_ssize_t count = cuts.shape[0]
    cdef Grid grid = grid_of(cuts[0], cuts[count - 1], CELLS * count + 1)
    below, edges = np.empty(grid.cells, np.int32), np.empty(grid.cells, np.asarray(cuts).dtype)
    cdef int32_t[::1] held_below = below
    cdef number_t[::1] held_edges = edges
    cdef bint inside
    grid.below = &held_below[0]
    if documents.count < MANY:
        lay_out(&cuts[0], count, &grid, &held_edges[0])
        inside = add_numbers(
            &values[0], values.shape[0], NULL if flags is None else &flags[0], documents, &cuts[0],
            count, &grid, &held_edges[0], &counts[0])
    else:
        with nogil:
            lay_out(&cuts[0], count, &grid, &held_edges[0])
            inside = add_numbers(
                &values[0], values.shape[0], NULL if flags is None else &flags[0], documents,
                &cuts[0], count, &grid, &held_edges[0], &counts[0])
    return inside


cdef Grid grid_of(number_t first, number_t last, Py_ssize_t cells) noexcept nogil:
    """Divide what is between the first cut and the last into cells."""
    cdef Grid grid
    cdef uint64_t extent
    grid.cells, grid.lowest, grid.scale, grid.first, grid.shift = cells, 0, 0, 0, 0
    if number_t is int64_t:
        grid.first, extent = first, <uint64_t> last - <uint64_t> first
        while extent >> grid.shift >= <uint64_t> cells:
            grid.shift += 1
    else:
        grid.lowest, grid.scale = first, (cells - 1) / (last - first)
        if not isfinite(grid.scale):
            grid.scale = 0
    return grid


cdef inline Py_ssize_t cell_of(number_t number, const Grid* grid) noexcept nogil:
    """Find the cell of the grid that a number is in; a larger number is never in one before."""
    cdef double place
    cdef uint64_t cell
    if number_t is int64_t:
        if number < grid.first:
            return 0
        cell = (<uint64_t> number - <uint64_t> grid.first) >> grid.shift
        return <Py_ssize_t> min(cell, <uint64_t> grid.cells - 1)
    else:
        place = (number - grid.lowest) * grid.scale
        if not place > 0:
            return 0
        return grid.cells - 1 if place >= grid.cells - 1 else <Py_ssize_t> place


cdef void lay_out(
    const number_t* cuts, Py_ssize_t count, const Grid* grid, number_t* edges
) noexcept nogil:
    """Tell for each cell which cut is in it, and how many are below that.

    A cell without a cut, which can't be the first, has the last one before it. One with several
    has ``MANY_CUTS``.
    """
    cdef Py_ssize_t cell, place = 0
    for cell in range(grid.cells):
        grid.below[cell], edges[cell] = max(0, place - 1), cuts[max(0, place - 1)]
        if place < count and cell_of(cuts[place], grid) == cell:
            grid.below[cell], edges[cell] = place, cuts[place]
            place += 1
            while place < count and cell_of(cuts[place], grid) == cell:
                grid.below[cell] = MANY_CUTS
                place += 1


cdef bint add_numbers(
    const number_t* values, Py_ssize_t doc_count, const uint8_t* flags,
    const Documents* documents, const number_t* cuts, Py_ssize_t cut_count, const Grid* lines,
    const number_t* edges, int64_t* counts,
) noexcept nogil:
    """Count numbers by how many cuts are not above them; tell whether all documents are there."""
    cdef Grid grid = lines[0]  # of our own: a count that is written might be in it, for all C knows
    cdef const int64_t* docnums = documents.docnums
    cdef Py_ssize_t place, cell, below, high, middle, count = documents.count
    cdef uint64_t docnum, last = doc_count - 1
    cdef number_t value
    if doc_count == 0:
        return count == 0
    for place in range(count):
        docnum = place
        if docnums != NULL:
            docnum = docnums[place]
            if docnum > last:
                return False
            if place + AHEAD < count:
                fetch_ahead(&values[min(<uint64_t> docnums[place + AHEAD], last)])
        value = values[docnum]
        if (flags != NULL and not flags[docnum]) or value != value:
            continue
        cell = cell_of(value, &grid)
        below = grid.below[cell]
        if below != MANY_CUTS:
            # Without a branch: which side of a cut a number is on can't be predicted.
            counts[below + (edges[cell] <= value)] += 1
            continue
        below, high = 0, cut_count
        while below < high:
            middle = (below + high) // 2
            if cuts[middle] <= value:
                below = middle + 1
            else:
                high = middle
        counts[below] += 1
    return True


# ---------------------------------------------------------------- the best of each group

cdef struct Ranked:
    const int64_t* docnums
    const double* scores
    int64_t* places  # of the documents that are kept, group by group; of each group a heap


cdef inline bint worse(const Ranked* ranked, int64_t one, int64_t other) noexcept nogil:
    cdef double first = ranked.scores[one], second = ranked.scores[other]
    return first < second or (first == second and ranked.docnums[one] > ranked.docnums[other])


cdef void rise(const Ranked* ranked, int64_t* heap, Py_ssize_t at) noexcept nogil:
    cdef int64_t moved = heap[at]
    while at and worse(ranked, moved, heap[(at - 1) // 2]):
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = moved


cdef void sink(const Ranked* ranked, int64_t* heap, Py_ssize_t count) noexcept nogil:
    cdef int64_t moved = heap[0]
    cdef Py_ssize_t at = 0, child = 1
    while child < count:
        if child + 1 < count and worse(ranked, heap[child + 1], heap[child]):
            child += 1
        if not worse(ranked, heap[child], moved):
            break
        heap[at] = heap[child]
        at, child = child, 2 * child + 1
    heap[at] = moved


def best_of_groups(
    const int64_t[::1] docnums, const double[::1] scores, const int32_t[::1] groups,
    Py_ssize_t count, Py_ssize_t best,
):
    """Find the best documents of each group: see :func:`top.best_of_groups`."""
    cdef Py_ssize_t size = docnums.shape[0]
    sizes, kept = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    of_each = np.empty(size, np.int32)
    cdef int32_t[::1] held_groups = of_each
    cdef int64_t[::1] held_sizes = sizes, held_kept = kept, held_starts, held_places
    cdef Ranked ranked
    if scores.shape[0] != size:
        raise ValueError(f"expected {size} scores, got {scores.shape[0]}")
    if size == 0:
        return np.empty(0, np.int64)
    if groups.shape[0] == 0 or not count_groups(docnums, groups, held_groups, held_sizes):
        raise IndexError(f"expected documents below {groups.shape[0]}, and groups to {count}")
    most = np.minimum(sizes, max(best, 0))
    most[0] = sizes[0]
    starts = most.cumsum() - most
    places = np.empty(int(most.sum()) + 1, np.int64)
    held_starts, held_places = starts, places
    cdef int64_t[::1] held_most = most
    ranked.docnums, ranked.scores, ranked.places = &docnums[0], &scores[0], &held_places[0]
    with nogil:
        keep_best(&ranked, held_groups, held_starts, held_most, held_kept)
    return places[: len(places) - 1]


cdef bint count_groups(
    const int64_t[::1] docnums, const int32_t[::1] groups, int32_t[::1] of_each,
    int64_t[::1] sizes,
) noexcept nogil:
    """Find the group of each document, and count them; tell whether all are there."""
    cdef Py_ssize_t place
    cdef int64_t docnum, group
    for place in range(docnums.shape[0]):
        docnum = docnums[place]
        if docnum < 0 or docnum >= groups.shape[0]:
            return False
        group = groups[docnum]
        if group < 0 or group >= sizes.shape[0]:
            return False
        of_each[place] = <int32_t> group
        sizes[group] += 1
    return True


cdef void keep_best(
    const Ranked* ranked, const int32_t[::1] groups, const int64_t[::1] starts,
    const int64_t[::1] most, int64_t[::1] kept,
) noexcept nogil:
    """Keep the best of each group; all of those on their own, which are in the group 0."""
    cdef Py_ssize_t place
    cdef int64_t group
    cdef int64_t* heap
    for place in range(groups.shape[0]):
        group = groups[place]
        heap = ranked.places + starts[group]
        if kept[group] < most[group]:
            heap[kept[group]] = place
            if group:
                rise(ranked, heap, kept[group])
            kept[group] += 1
        elif most[group] and group and worse(ranked, heap[0], place):
            heap[0] = place
            sink(ranked, heap, most[group])
