# cython: language_level=3, freethreading_compatible=True, cdivision=True
"""The functions over texts, compiled: what :mod:`searchlib.highlight.runs`, ``passages`` and ``writing`` say.

They keep the interpreter's lock: a text takes some microseconds. What is rare, as a text without
blanks or an abbreviation before a dot, they leave to the reference.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.tuple cimport PyTuple_Check, PyTuple_GET_ITEM, PyTuple_GET_SIZE
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    PyUnicode_Substring,
)
from libc.math cimport INFINITY, log
from libc.stdint cimport uint8_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memchr, memcmp, memset

from searchlib.highlight.marks import Mark
from searchlib.highlight.passages import (
    BLANKS,
    CROSSED,
    LOOKED_AT,
    PIVOT,
    SHORTEST,
    SPREAD,
    TORN,
)
from searchlib.highlight.runs import BEFORE_WORDS, PUNCTUATION, RUN_BYTES
from searchlib.highlight.sentences import (
    AHEAD,
    LONGEST_ABBREVIATION,
    LONGEST_END,
    cut_after as _cut_after,
    cut_before as _cut_before,
    ends_behind as _ends_behind,
    is_end as _is_end,
)
from searchlib.highlight.writing import ESCAPES

cdef extern from "Python.h":
    const Py_ssize_t PY_SSIZE_T_MAX

cdef enum:
    MOST_LOOKED_AT = 4

cdef struct Chars:  # of a text
    int kind
    void* data
    Py_ssize_t size

cdef struct Found:  # a mark
    Py_ssize_t start
    Py_ssize_t end
    Py_ssize_t term

cdef struct Span:
    Py_ssize_t start
    Py_ssize_t end

cdef struct Cluster:  # marks that one passage can hold
    double score
    Py_ssize_t at
    Py_ssize_t last
    Py_ssize_t reach

cdef struct Best:  # the best of some clusters, those that came first before others as good
    Py_ssize_t count
    Cluster[MOST_LOOKED_AT] clusters

cdef Py_ssize_t ENDLESS = PY_SSIZE_T_MAX // 4  # above the size of any text; sums do not overflow
cdef Py_ssize_t _ahead = AHEAD, _longest_end = LONGEST_END, _blanks = BLANKS
cdef Py_ssize_t _shortest = SHORTEST, _longest_word = LONGEST_ABBREVIATION
cdef double _pivot = PIVOT, _spread = SPREAD, _crossed = CROSSED, _torn = TORN
cdef object _new_tuple = tuple.__new__
cdef uint8_t[256] SEARCHED, BEFORE, SPECIAL
for _byte in range(256):
    SEARCHED[_byte] = 32
    BEFORE[_byte] = _byte in BEFORE_WORDS
    SPECIAL[_byte] = _byte in ESCAPES
for _byte in RUN_BYTES:
    SEARCHED[_byte] = SEARCHED[ord(chr(_byte).upper())] = _byte
assert LOOKED_AT == MOST_LOOKED_AT
assert PUNCTUATION == "’“”—–\u00a0"


# Characters


cdef Chars chars_of(str text):
    return Chars(PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text))


cdef inline Py_UCS4 at(const Chars* text, Py_ssize_t place) noexcept:
    return PyUnicode_READ(text.kind, text.data, place)


cdef inline bint is_blank(const Chars* text, Py_ssize_t place) noexcept:
    return at(text, place).isspace()


cdef bint has_more(const Chars* text, Py_ssize_t start, Py_ssize_t stop) noexcept:
    """Tell whether a part of a text has more than blanks."""
    while start < stop and is_blank(text, start):
        start += 1
    return start < stop


# Words


def searched_form(str text not None):
    """Write a text in the form that is searched: see :func:`runs.searched_form`."""
    cdef Chars chars = chars_of(text)
    cdef bytes form = PyBytes_FromStringAndSize(NULL, chars.size + 2)
    cdef uint8_t* letters = <uint8_t*> PyBytes_AS_STRING(form)
    cdef const uint8_t* narrow = <const uint8_t*> chars.data
    cdef Py_ssize_t place, others = 0
    cdef Py_UCS4 letter
    letters[0] = letters[chars.size + 1] = 32
    if text.isascii():
        for place in range(chars.size):
            letters[place + 1] = SEARCHED[narrow[place]]
        return form, 0
    for place in range(chars.size):
        letter = at(&chars, place)
        if letter < 128:
            letters[place + 1] = SEARCHED[letter]
        elif letter in "’“”—–\u00a0":
            letters[place + 1] = 32
        else:
            letters[place + 1] = 63
            others += 1
    return form, others


def add_words(
    list found,
    str text not None,
    bytes searchable not None,
    list ways not None,
    others,
    Py_ssize_t start,
    Py_ssize_t stop,
    words_of,
    position,
):
    """Add the words that count in a part of a text: see :func:`runs.add_words`."""
    cdef const uint8_t* letters = searchable
    cdef const uint8_t* blank
    cdef uint8_t[256] first
    cdef Py_ssize_t place = start + 1, begin, end, low, size = len(searchable)
    cdef Py_ssize_t other = 0, next_other
    cdef bytes way
    cdef list places = sorted(others)
    if not 0 <= start <= stop <= size or size != PyUnicode_GET_LENGTH(text) + 2:
        raise ValueError(f"expected a part of {size} bytes, got {start} to {stop}")
    memset(first, 0, sizeof(first))
    for way in ways:  # which sees that they are bytes, too
        first[(<const uint8_t*> way)[0]] = 1
    while True:
        while other < len(places) and places[other] < place:
            other += 1
        next_other = min(stop, places[other]) if other < len(places) else stop
        place = next_word(letters, place, next_other, stop, first, ways)
        if place >= stop:
            return
        begin = place - 1
        while begin > 0 and letters[begin] != 32:
            begin -= 1
        blank = <const uint8_t*> memchr(letters + place, 32, size - place)
        end = blank - letters if blank != NULL else size - 1
        for word in words_of[PyUnicode_Substring(text, begin, end - 1)]:
            low, high, term = <tuple?> word
            low += begin
            number = 0 if position is None else position(found, low)
            found.append(_new_tuple(Mark, (low, begin + high, term, number)))
        place = max(place + 1, end)


cdef Py_ssize_t next_word(
    const uint8_t* letters,
    Py_ssize_t place,
    Py_ssize_t limit,
    Py_ssize_t stop,
    const uint8_t* first,
    list ways,
) noexcept:
    """Find the first place up to a limit where a word begins in one of some ways; else the limit."""
    while place < limit:
        if first[letters[place]] & BEFORE[letters[place - 1]]:
            if begins(letters + place, stop - place, ways):
                return place
        place += 1
    return limit


cdef bint begins(const uint8_t* letters, Py_ssize_t size, list ways) noexcept:
    """Tell whether bytes begin in one of some ways: it is the last that does not come after them."""
    cdef Py_ssize_t low = 0, high = len(ways), middle, length
    cdef int order
    while low < high:
        middle = (low + high) // 2
        length = len(<bytes> ways[middle])
        order = memcmp(letters, <const uint8_t*> <bytes> ways[middle], min(length, size))
        if order == 0 and length <= size:
            return True
        if order > 0:
            low = middle + 1
        else:
            high = middle
    return False


# Sentences


cdef Py_ssize_t end_behind(const Chars* text, Py_ssize_t mark, Py_ssize_t limit) noexcept:
    """Find where what may end a sentence ends itself, with the blanks behind it; -1 for nowhere.

    Args:
        text: The text.
        mark: Where a character stands that may end a sentence, or any other one.
        limit: Where the part of the text ends that is looked at.
    """
    cdef Py_UCS4 letter = at(text, mark)
    cdef Py_ssize_t place = mark + 1, ahead
    if letter in ".!?…":
        while place < limit and at(text, place) in "\"'”’»)]":
            place += 1
        if place >= limit or not is_blank(text, place):
            return -1
        while place < limit and is_blank(text, place):
            place += 1
        ahead = place
        while ahead < limit and at(text, ahead) in "\"'“‘«([¿¡":
            ahead += 1
        if ahead >= limit:
            return -1
        letter = at(text, ahead)
        return place if letter.isalnum() and not 97 <= letter <= 122 else -1
    if letter == 10:
        while place < limit and at(text, place) != 10 and is_blank(text, place):
            place += 1
        if place >= limit or at(text, place) != 10:
            return -1
    elif letter in "。！？।۔؟":
        while place < limit and at(text, place) in "\"'”’」』）":
            place += 1
    else:
        return -1
    while place < limit and is_blank(text, place):
        place += 1
    return place


cdef bint is_end(str whole, const Chars* text, Py_ssize_t mark, Py_ssize_t after) except -1:
    """Tell whether what may end a sentence does: see :func:`sentences.is_end`."""
    cdef Py_ssize_t place, lines = 0
    if at(text, mark) != 46:
        return True
    for place in range(mark, after):
        lines += at(text, place) == 10
    if lines > 1:
        return True
    place = mark
    while place > 0 and mark - place < _longest_word and is_plain(at(text, place - 1)):
        place -= 1
    is_whole = place == 0 or mark - place == _longest_word or at(text, place - 1) == 32
    if place == mark or not is_whole or (after < text.size and at(text, after) >= 128):
        return _is_end(whole, mark, after)
    following = PyUnicode_Substring(whole, after, after + 1)
    return _ends_behind(PyUnicode_Substring(whole, place, mark), following)


cdef bint is_plain(Py_UCS4 letter) noexcept:
    return 97 <= letter <= 122 or 65 <= letter <= 90 or 48 <= letter <= 57


cdef Py_ssize_t next_end(
    str whole, const Chars* text, Py_ssize_t start, Py_ssize_t stop
) except -2:
    """Find the first place of :meth:`sentences.Sentences.ends`; -1 for none."""
    cdef Py_ssize_t limit = min(text.size, stop + _ahead), place = max(0, start - _longest_end), end
    while place < limit:
        end = end_behind(text, place, limit)
        if end > stop:
            return -1
        if end > start and is_end(whole, text, place, end):
            return end
        place = end if end >= 0 else place + 1
    return -1


cdef Py_ssize_t last_end(
    str whole, const Chars* text, Py_ssize_t start, Py_ssize_t stop
) except -2:
    """Find the last of these places; -1 for none."""
    cdef Py_ssize_t least = max(0, start - _longest_end), place, end
    cdef Py_ssize_t limit = min(text.size, stop + _ahead)
    place = limit - 1
    while place >= least:
        end = end_behind(text, place, limit)
        if end >= 0:
            limit = place
            if end <= start:
                return -1
            if end <= stop and is_end(whole, text, place, end):
                return end
        place -= 1
    return -1


cdef Py_ssize_t sentence_start(
    str whole, const Chars* text, Py_ssize_t place, Py_ssize_t floor
) except -2:
    """Find where a sentence begins: see :meth:`sentences.Sentences.start`; -1 for nowhere."""
    cdef Py_ssize_t end = last_end(whole, text, floor - 1, place)
    return 0 if end < 0 and floor <= 0 else end


cdef Py_ssize_t cut_before(
    str whole, const Chars* text, Py_ssize_t start, Py_ssize_t least, Py_ssize_t limit
) except -1:
    """Find where a passage can end: see :func:`sentences.cut_before`."""
    cdef Py_ssize_t end = limit
    if limit >= text.size or is_blank(text, limit):
        return min(limit, text.size)
    while end > least and not is_blank(text, end - 1):
        end -= 1
    while end > least and is_blank(text, end - 1):
        end -= 1
    if end > least or (end < limit and is_blank(text, end)):
        if has_more(text, start, end):
            return end
    return _cut_before(whole, start, least, limit)


cdef Py_ssize_t cut_after(
    str whole, const Chars* text, Py_ssize_t wanted, Py_ssize_t most
) except -1:
    """Find where a passage can begin: see :func:`sentences.cut_after`."""
    cdef Py_ssize_t place = wanted
    if wanted <= 0 or is_blank(text, wanted - 1):
        return max(wanted, 0)
    while place < most and not is_blank(text, place):
        place += 1
    if place >= most:
        return _cut_after(whole, wanted, most)
    while place < most and is_blank(text, place):
        place += 1
    return place


cdef Py_ssize_t fill(
    str whole, const Chars* text, Py_ssize_t start, Py_ssize_t least, Py_ssize_t limit
) except -1:
    """End a passage with the last sentence that fits: see :func:`passages._fill`."""
    cdef Py_ssize_t floor, end
    if limit >= text.size:
        return text.size
    least = max(least, start)
    floor = max(start, least - 1)
    end = last_end(whole, text, floor, limit + _blanks)
    if end > limit and has_more(text, limit, end):
        end = last_end(whole, text, floor, limit)
    return cut_before(whole, text, start, least, limit) if end < 0 else min(end, limit)


# Passages


cdef class Marks:
    """The marks of a text, with numbers for their terms."""

    cdef str whole
    cdef Chars text
    cdef Found* found
    cdef Py_ssize_t count
    cdef list terms
    cdef Py_ssize_t reach  # where the mark ends with which the last of the terms comes

    def __cinit__(self, str text not None, list marks not None):
        cdef dict numbers = {}
        cdef Py_ssize_t place = 0
        cdef Found* one
        self.whole = text
        self.text = chars_of(text)
        self.terms = []
        self.count = len(marks)
        self.found = <Found*> malloc(max(self.count, 1) * sizeof(Found))
        if self.found == NULL:
            raise MemoryError
        for mark in marks:
            if not PyTuple_Check(mark) or PyTuple_GET_SIZE(mark) != 4 or place == self.count:
                raise TypeError(f"expected marks, got {mark!r}")
            one = &self.found[place]
            one.start, one.end = <object> PyTuple_GET_ITEM(mark, 0), <object> PyTuple_GET_ITEM(mark, 1)
            if not 0 <= one.start <= one.end <= self.text.size:
                raise ValueError(f"expected a mark in {self.text.size} characters, got {mark!r}")
            term = <object> PyTuple_GET_ITEM(mark, 2)
            number = numbers.get(term)
            if number is None:
                number = numbers[term] = len(self.terms)
                self.terms.append(term)
                self.reach = max(self.reach, one.end)
            one.term = number
            place += 1
        self.count = place

    def __dealloc__(self):
        free(self.found)


def opening(str text not None, list marks not None, room, Py_ssize_t terms=0):
    """Make a passage of the beginning of a text: see :func:`passages.opening`."""
    cdef Marks found = Marks(text, marks)
    cdef Py_ssize_t end, limit = min(room, ENDLESS)
    if found.reach > limit or len(found.terms) < terms:
        return None
    end = fill(text, &found.text, 0, 0, limit)
    return (0, end) if found.reach <= end else None


def choose(str text not None, list marks not None, weights, room_for, most):
    """Choose the passages to show: see :func:`passages.choose`."""
    cdef Marks found = Marks(text, marks)
    cdef Py_ssize_t room = min(room_for(1), ENDLESS)
    cdef Best best = with_all_terms(found, room)
    cdef Passages passages
    cdef Cluster chosen
    if best.count == 0:
        return apart(found, weights, room_for, min(most, ENDLESS))
    passages = Passages(found, room, 1)
    passages.add(&best, &chosen)
    return passages.spans()


cdef double earliness(Py_ssize_t place) noexcept:
    return 1 + 1 / log(_pivot + place)


cdef void offer(Best* best, Cluster one) noexcept:
    """Put a cluster among the best, if it is one of them."""
    cdef Py_ssize_t place = best.count, other
    while place > 0 and best.clusters[place - 1].score < one.score:
        place -= 1
    if place == MOST_LOOKED_AT:
        return
    best.count = min(best.count + 1, MOST_LOOKED_AT)
    for other in range(best.count - 1, place, -1):
        best.clusters[other] = best.clusters[other - 1]
    best.clusters[place] = one


cdef Best with_all_terms(Marks marks, Py_ssize_t room) except *:
    """Find the best of the clusters that have all terms: see :func:`passages._with_all_terms`."""
    cdef Best best
    cdef Py_ssize_t place, left = 0, terms = len(marks.terms), different = 0, first, before = -1
    cdef Py_ssize_t* counts
    cdef Found mark
    cdef double score
    best.count = 0
    if terms == 1:
        for place in range(min(marks.count, MOST_LOOKED_AT)):
            mark = marks.found[place]
            if mark.end - mark.start <= room:
                offer(&best, Cluster(earliness(mark.start), mark.start, mark.start, mark.end))
        return best
    counts = <Py_ssize_t*> calloc(max(terms, 1), sizeof(Py_ssize_t))
    if counts == NULL:
        raise MemoryError
    for place in range(marks.count):
        mark = marks.found[place]
        different += counts[mark.term] == 0
        counts[mark.term] += 1
        while counts[marks.found[left].term] > 1:  # it comes again before this one
            counts[marks.found[left].term] -= 1
            left += 1
        first = marks.found[left].start
        if different == terms and first > before and mark.end - first <= room:
            before = first
            score = (1 - _spread * (mark.start - first) / room) * earliness(first)
            offer(&best, Cluster(score, first, mark.start, mark.end))
    free(counts)
    return best


cdef list apart(Marks marks, weights, room_for, Py_ssize_t most):
    """Choose the passages where no single one can have all terms: see :func:`passages._apart`."""
    cdef Py_ssize_t terms = len(marks.terms), least = 1, count, room, missing, term
    cdef double shown, best_shown = 0
    cdef Passages passages, best = None
    cdef Choice choice
    if terms == 2 <= most and room_for(2) // 2 >= _shortest:
        least = 2
    choice = Choice(marks, weights)
    for count in range(least, most + 1):
        room = min(room_for(count) // count, ENDLESS)
        if room < _shortest and best is not None:
            break
        passages = Passages(marks, room, min(count, marks.count))
        missing = choice.fill(passages)
        shown = 0
        for term in range(terms):
            if not choice.missing[term]:
                shown += choice.weights[term]
        if best is None or shown > best_shown * 1.01:
            best, best_shown = passages, shown
        if missing == 0:
            break
    return joined(&marks.text, best.spans()) if best is not None else []


cdef list joined(const Chars* text, list spans):
    """Make one of passages with nothing but blanks between them."""
    cdef list together = []
    cdef Py_ssize_t start, end, last = -1
    for start, end in spans:
        if last >= 0 and not has_more(text, last, start):
            together[-1] = together[-1][0], end
        else:
            together.append((start, end))
        last = end
    return together


cdef class Passages:
    """Passages of one text, chosen one after another: see :class:`passages._Passages`."""

    cdef str whole
    cdef Chars text
    cdef Py_ssize_t room, most, count
    cdef Span* chosen

    def __cinit__(self, Marks marks, Py_ssize_t room, Py_ssize_t most):
        self.whole, self.text, self.room, self.most = marks.whole, marks.text, room, most
        self.chosen = <Span*> malloc(max(most, 1) * sizeof(Span))
        if self.chosen == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.chosen)

    cdef list spans(self):
        cdef Py_ssize_t place
        return [
            (self.chosen[place].start, self.chosen[place].end) for place in range(self.count)
        ]

    cdef Py_ssize_t ceiling(self, Py_ssize_t place) noexcept:
        cdef Py_ssize_t number
        for number in range(self.count):
            if self.chosen[number].start > place:
                return self.chosen[number].start
        return self.text.size

    cdef Py_ssize_t floor(self, Py_ssize_t place) noexcept:
        cdef Py_ssize_t number
        for number in range(self.count - 1, -1, -1):
            if self.chosen[number].end <= place:
                return self.chosen[number].end
        return 0

    cdef Span add(self, const Best* best, Cluster* chosen) except *:
        """Add the passage that shows the best of some clusters, of which there is at least one."""
        cdef double score, best_score = -INFINITY
        cdef Py_ssize_t number, start, begin = 0
        chosen[0] = best.clusters[0]
        for number in range(best.count):
            if best.clusters[number].score <= best_score:
                break
            score = best.clusters[number].score
            start = self.placed(best.clusters[number], &score)
            if score > best_score:
                chosen[0], best_score, begin = best.clusters[number], score, start
        return self.take(begin, chosen.reach)

    cdef Py_ssize_t placed(self, Cluster one, double* score) except -1:
        """Find where the passage of a cluster begins best, and how good it is then."""
        cdef Py_ssize_t lowest = one.reach - self.room, floor = self.floor(one.at)
        cdef Py_ssize_t least = max(floor, lowest), begin
        begin = sentence_start(self.whole, &self.text, one.last, least)
        if begin > one.at:
            score[0] *= 1 - _crossed
            begin = sentence_start(self.whole, &self.text, one.at, least)
        if begin < 0 and floor > 0 and floor >= lowest:
            begin = floor  # right after another passage
        if begin >= 0:
            return begin
        score[0] *= 1 - _torn
        begin = max(floor, one.at - max(0, one.at - lowest) // 2)
        return cut_after(self.whole, &self.text, begin, one.at)

    cdef Span take(self, Py_ssize_t start, Py_ssize_t reach) except *:
        cdef Py_ssize_t limit = min(start + self.room, self.ceiling(start)), lowest, earlier
        cdef Py_ssize_t end, place = self.count
        end = fill(self.whole, &self.text, start, min(reach, limit), limit)
        if end == self.text.size:  # at the end of the text begin with an earlier sentence
            lowest = max(self.floor(start), end - self.room)
            if lowest <= 0:
                start = 0
            else:
                earlier = next_end(self.whole, &self.text, lowest - 1, start)
                start = earlier if earlier >= 0 else start
        if self.count == self.most:
            raise IndexError(f"expected {self.most} passages at most")
        while place > 0 and self.chosen[place - 1].start > start:
            self.chosen[place] = self.chosen[place - 1]
            place -= 1
        self.chosen[place] = Span(start, end)
        self.count += 1
        return Span(start, end)


cdef class Choice:
    """The terms of some marks, and which of them are in no passage."""

    cdef Marks marks
    cdef double* weights
    cdef uint8_t* missing
    cdef Py_ssize_t* rest  # marks that may be in a further passage
    cdef Py_ssize_t* seen  # in which turn a term was seen last
    cdef Py_ssize_t turn

    def __cinit__(self, Marks marks, weights):
        cdef Py_ssize_t term, terms = len(marks.terms)
        self.marks = marks
        self.weights = <double*> calloc(max(terms, 1), sizeof(double))
        self.missing = <uint8_t*> calloc(max(terms, 1), 1)
        self.rest = <Py_ssize_t*> calloc(max(marks.count, 1), sizeof(Py_ssize_t))
        self.seen = <Py_ssize_t*> calloc(max(terms, 1), sizeof(Py_ssize_t))
        if self.weights == NULL or self.missing == NULL or self.rest == NULL or self.seen == NULL:
            raise MemoryError
        for term in range(terms):
            self.weights[term] = weights[marks.terms[term]]

    def __dealloc__(self):
        free(self.weights)
        free(self.missing)
        free(self.rest)
        free(self.seen)

    cdef Py_ssize_t fill(self, Passages passages) except -1:
        """Choose as many passages as there may be, and count the terms that are in none."""
        cdef Marks marks = self.marks
        cdef Py_ssize_t missing = len(marks.terms), rest = marks.count, place, kept
        cdef Best best
        cdef Cluster chosen
        cdef Span span
        cdef Found mark
        memset(self.missing, 1, missing)
        for place in range(rest):
            self.rest[place] = place
        while rest > 0 and passages.count < passages.most:
            if missing == 1:
                rest = min(rest, MOST_LOOKED_AT)
            best.count = 0
            for place in range(rest):
                offer(&best, self.with_others(place, rest, passages))
            span = passages.add(&best, &chosen)
            for place in range(marks.count):
                mark = marks.found[place]
                if span.start <= mark.start and (mark.end <= span.end or mark.start == chosen.at):
                    missing -= self.missing[mark.term]
                    self.missing[mark.term] = 0
            kept = 0
            for place in range(rest):
                mark = marks.found[self.rest[place]]
                if self.missing[mark.term] and not span.start <= mark.start < span.end:
                    self.rest[kept] = self.rest[place]
                    kept += 1
            rest = kept
        return missing

    cdef Cluster with_others(self, Py_ssize_t first, Py_ssize_t rest, Passages passages) noexcept:
        """Gather what fits into a further passage that begins with a mark."""
        cdef Found mark = self.marks.found[self.rest[first]]
        cdef Py_ssize_t start = mark.start, last = mark.start, end = mark.end, place
        cdef Py_ssize_t stop = min(start + passages.room, passages.ceiling(start))
        cdef double score = self.weights[mark.term]
        self.turn += 1
        self.seen[mark.term] = self.turn
        for place in range(first + 1, rest):
            mark = self.marks.found[self.rest[place]]
            if mark.end > stop:
                break
            if self.seen[mark.term] != self.turn:
                self.seen[mark.term] = self.turn
                score += self.weights[mark.term]
                last, end = mark.start, mark.end
        score *= 1 - _spread * (last - start) / passages.room
        return Cluster(score * earliness(start), start, last, end)


# Writing


def written(
    str text not None,
    list passages not None,
    list marks not None,
    before,
    after,
    ellipsis,
):
    """Write passages of a text: see :func:`writing.written`."""
    cdef Chars chars = chars_of(text)
    cdef list pieces = [], spans = []
    cdef Py_ssize_t length = 0, shown = 0, start, end, low, high, shift
    cdef str passage
    for start, end in passages:
        start, end = max(0, min(start, chars.size)), max(0, min(end, chars.size))
        while end > start and is_blank(&chars, end - 1):
            end -= 1
        while start < end and is_blank(&chars, start):
            start += 1
        gap = ""
        if shown:
            gap = f" {ellipsis} "
        elif has_more(&chars, 0, start):
            gap = ellipsis
        shift = length + len(gap) - start
        for mark in marks:
            if not PyTuple_Check(mark) or PyTuple_GET_SIZE(mark) != 4:
                raise TypeError(f"expected marks, got {mark!r}")
            low, high = <object> PyTuple_GET_ITEM(mark, 0), <object> PyTuple_GET_ITEM(mark, 1)
            if low >= end:
                break
            if high > start:
                spans.append((max(low, start) + shift, min(high, end) + shift))
        pieces.append(gap)
        pieces.append(PyUnicode_Substring(text, start, end))
        length, shown = shift + end, end
    if has_more(&chars, shown, chars.size):
        pieces.append(ellipsis)
    passage = "".join(pieces)
    return html(passage, spans, before, after), passage, tuple(spans)


cdef str html(str text, list spans, before, after):
    """Write a text as html, with something before and after some pieces of it."""
    cdef Chars chars = chars_of(text)
    cdef list pieces = []
    cdef Py_ssize_t start, end, place = 0
    for start, end in spans:
        add_escaped(pieces, text, &chars, place, start)
        pieces.append(before)
        add_escaped(pieces, text, &chars, start, end)
        pieces.append(after)
        place = end
    add_escaped(pieces, text, &chars, place, chars.size)
    return "".join(pieces)


cdef int add_escaped(
    list pieces, str text, const Chars* chars, Py_ssize_t start, Py_ssize_t stop
) except -1:
    """Add a part of a text as html, in pieces; what controls a terminal or a parser is replaced."""
    cdef Py_ssize_t place
    cdef Py_UCS4 letter
    for place in range(start, stop):
        letter = at(chars, place)
        if letter < 256 and SPECIAL[letter]:
            if place > start:
                pieces.append(PyUnicode_Substring(text, start, place))
            pieces.append(ESCAPES[<int> letter])
            start = place + 1
    if start < stop:
        pieces.append(PyUnicode_Substring(text, start, stop))
    return 0
