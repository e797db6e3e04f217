"""The kernels find what a look at each document finds, and harm nothing, whatever they get."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from searchlib.errors import CorruptIndexError
from searchlib.postings import (
    MAX_WORDS,
    FieldPlace,
    FieldPostings,
    Masked,
    PhraseWord,
    Place,
    Plan,
    Range,
    Scored,
    Weighted,
    matching,
)
from searchlib.search.edits import edit_distances
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from searchlib.arrays import NumberArray

CHUNK = 1 << 16
patient = settings(max_examples=examples(80))


@dataclass
class Segment:
    first: int
    doc_count: int


SHAPES = [
    [Segment(0, 50)],
    [Segment(0, CHUNK)],
    [Segment(0, CHUNK + 1)],
    [Segment(0, 30), Segment(30, 2 * CHUNK + 40), Segment(2 * CHUNK + 70, 5)],
]


def docnums_in(segment: Segment) -> st.SearchStrategy[int]:
    """Docnums near the ends of chunks and of blocks of documents."""
    edges = [0, 15, 16, 17, 63, 64, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK]
    near = [edge for edge in edges if edge < segment.doc_count]
    return st.sampled_from([*near, segment.doc_count - 1]) | st.integers(0, segment.doc_count - 1)


def posting_maps(segment: Segment) -> st.SearchStrategy[dict[int, int]]:
    return st.dictionaries(
        docnums_in(segment), st.sampled_from([1, 1, 2, 255, 256, 70_000]), min_size=1, max_size=40
    )


def as_stored(
    kernels: Any,
    segment: Segment,
    found: dict[int, int],
    *,
    wide: bool = False,
    positions: NumberArray | None = None,
) -> tuple[Any, NumberArray | None]:
    """Store postings as a segment does, in arrays as narrow as their numbers allow."""
    docnums = np.array(sorted(found), np.int64)
    numbers = [found[docnum] for docnum in sorted(found)]
    frequencies: NumberArray | None = np.array(numbers, np.min_scalar_type(max(numbers)))
    if max(numbers) == 1:
        frequencies = None
    if wide:
        stored: tuple[NumberArray, NumberArray | None] = docnums.astype(np.uint32), None
    else:
        chunks = (segment.doc_count - 1) // CHUNK + 1
        starts = docnums.searchsorted(np.arange(chunks + 1) * CHUNK) + 7
        stored = docnums.astype(np.uint16), None if chunks == 1 else starts.astype(np.uint32)
    postings = kernels.SegmentPostings(
        *stored, frequencies, segment.first, segment.doc_count, positions=positions
    )
    return postings, frequencies


K1, B = 1.2, 0.6


def word_part(
    kernels: Any, data: st.DataObject, segments: list[Segment], chance: np.random.Generator
) -> tuple[Any, dict[int, float]]:
    """Make a word of up to three fields, and score each document that has it by the formula."""
    fields: list[Any] = []
    x: defaultdict[int, float] = defaultdict(float)
    weight = data.draw(st.sampled_from([1.0, 0.5, 0.0, -2.0]))
    plain = data.draw(st.booleans())
    for segment in segments:
        for number in range(data.draw(st.integers(0, 1 if plain else 3))):
            found = data.draw(posting_maps(segment))
            postings, _ = as_stored(kernels, segment, found, wide=data.draw(st.booleans()))
            dtype = data.draw(st.sampled_from([np.uint8, np.uint16, np.uint32]))
            lengths = chance.integers(0, 200, segment.doc_count).astype(dtype)
            boost, average = (1.0, 1.0) if plain else (number + 0.5, 40.0 + number)
            fields.append(FieldPostings(postings, None if plain else lengths, average, boost))
            for docnum, tf in found.items():
                norm = 1 - B + B * max(int(lengths[docnum]), 1) / average
                x[docnum + segment.first] += 1.0 if plain else boost * tf / norm
    k1 = 0.0 if plain else K1
    scores = {docnum: weight * value / (k1 + value) for docnum, value in x.items()}
    word = kernels.WordPostings(fields, k1, B)
    assert word.doc_frequency == len(scores)
    marked = np.zeros(segments[-1].first + segments[-1].doc_count, np.bool_)
    word.mark(marked)
    assert set(marked.nonzero()[0].tolist()) == set(scores)
    return Weighted(word, weight), scores


def any_part(
    kernels: Any, data: st.DataObject, segments: list[Segment], chance: np.random.Generator
) -> tuple[Any, dict[int, float]]:
    doc_count = segments[-1].first + segments[-1].doc_count
    kind = data.draw(st.sampled_from(["word", "word", "word", "scored", "masked"]))
    if kind == "word":
        return word_part(kernels, data, segments, chance)
    found = data.draw(posting_maps(Segment(0, doc_count)))
    docnums = np.array(sorted(found))
    if kind == "scored":
        scores = np.array([float(found[number]) for number in sorted(found)])
        return Scored(docnums, scores), {number: float(tf) for number, tf in found.items()}
    mask = np.zeros(doc_count, np.bool_)
    mask[docnums] = True
    return Masked(mask, 1.5), dict.fromkeys(found, 1.5)


@patient
@given(st.data())
def test_the_documents_found_are_those_of_a_look_at_each(kernels: Any, data: st.DataObject) -> None:
    segments = data.draw(st.sampled_from(SHAPES))
    doc_count = segments[-1].first + segments[-1].doc_count
    chance = np.random.default_rng(data.draw(st.integers(0, 99)))
    clauses: list[list[Any]] = []
    expected: list[dict[int, float]] = []
    for _ in range(data.draw(st.integers(0, 3))):
        parts = [any_part(kernels, data, segments, chance) for _ in range(chance.integers(0, 3))]
        clauses.append([part for part, _ in parts])
        sums: defaultdict[int, float] = defaultdict(float)
        for _, scores in parts:
            for docnum, score in scores.items():
                sums[docnum] += score
        expected.append(sums)
    optional = data.draw(st.integers(0, len(clauses)))
    needed, others = expected[optional:], expected[:optional]
    mask = data.draw(st.sampled_from([None, chance.random(doc_count) < 0.5]))
    span = data.draw(st.none() | st.tuples(st.integers(-3, 10), st.integers(-3, 10)))
    values, present = chance.integers(-5, 12, doc_count), chance.random(doc_count) < 0.8
    width = data.draw(st.sampled_from([1, 2, 4, 8]))
    flags: Any = present
    if width < 8:  # unsigned, and all documents have one
        flags, present = None, np.ones(doc_count, np.bool_)
        values = (values + 5).astype(f"u{width}")
    ranges = [] if span is None else [Range(values, flags, *span)]
    sums_of_all = np.zeros(doc_count)
    matching_all = np.ones(doc_count, np.bool_) if mask is None else mask.copy()
    if span is not None:
        matching_all &= present & (span[0] <= values) & (values <= span[1])
    for part in needed:
        having = np.zeros(doc_count, np.bool_)
        having[list(part)] = True
        matching_all &= having
    for part in (*needed, *others):
        sums_of_all[list(part)] += list(part.values())
    matches = matching_all.nonzero()[0]
    plan = Plan(clauses[optional:], clauses[:optional], mask, ranges, 2.0)
    starts = np.array([*(segment.first for segment in segments), doc_count])
    docnums, scores = kernels.all_documents(plan, starts)
    assert_array_equal(docnums, matches)
    assert_allclose(scores, 2.0 + sums_of_all[matches], rtol=2e-6, atol=1e-6)
    order = np.lexsort((docnums, -scores))
    for k in (0, 1, 3, 10**9):
        best, best_scores, total = kernels.best_documents(plan, starts, k)
        assert total == len(matches)
        assert_array_equal(best, docnums[order][:k])
        assert_array_equal(best_scores, scores[order][:k])
        *again, found = kernels.best_and_all(plan, starts, k)
        assert_array_equal(again, [best, best_scores])
        assert_array_equal(np.sort(found), docnums)
        of_each = np.searchsorted(starts, found, "right")
        assert (np.diff(of_each) >= 0).all()  # those of a segment before those of the next one
    listed, listed_scores = kernels.listed_documents(plan, starts)
    in_order = listed.argsort()
    assert_array_equal(listed[in_order], docnums)
    assert_array_equal(listed_scores[in_order], scores)
    assert (np.diff(np.searchsorted(starts, listed, "right")) >= 0).all()
    expect_orders(kernels, plan, starts, docnums, scores)


def expect_orders(
    kernels: Any, plan: Plan, starts: Any, docnums: NumberArray, scores: NumberArray
) -> None:
    """Compare documents in orders, also from a place on, with all of them put in order."""
    doc_count = int(starts[-1])
    few = np.arange(doc_count, dtype=np.int64) * 7 % 5
    few[few == 4] = np.iinfo(np.int64).max
    few[few == 3] = np.iinfo(np.int64).min
    for keys, scored in ((None, False), (few, False), (few, True)):
        numbers = np.zeros(len(docnums), np.int64) if keys is None else keys[docnums]
        ranking_scores = scores if keys is None or scored else np.zeros(len(docnums))
        # The highest first; there is no minus for the lowest number of 64 bits.
        order = np.lexsort((docnums, -ranking_scores, ~numbers))
        for start, k in ((0, 3), ((len(order) + 1) // 2, 10**9), (len(order) // 3, 2)):
            after = None
            if start:
                last = order[start - 1]
                after = Place(*(each[last].item() for each in (numbers, ranking_scores, docnums)))
            found, shown, total, left = kernels.ordered_documents(
                plan, starts, k, keys, after, scored=scored
            )
            assert_array_equal(found, docnums[order][start:][:k])
            assert_array_equal(shown, scores[order][start:][:k])
            assert (total, left) == (len(order), len(order) - start)


def test_keys_must_be_as_many_as_documents(kernels: Any) -> None:
    with pytest.raises(ValueError, match="expected keys of 5 documents, got 4"):
        kernels.ordered_documents(Plan([]), np.array([0, 5]), 3, np.zeros(4, np.int64), None)


def common_word(
    kernels: Any, chance: np.random.Generator, segments: list[Segment], share: float, weight: float
) -> Weighted:
    """Make a word of two fields that a share of the documents has, many of them alike."""
    fields = []
    for segment in segments:
        lengths = chance.choice(np.array([5, 40, 90], np.uint8), segment.doc_count)
        for boost, part in ((1.0, share), (2.0, share / 10)):
            docnums = (chance.random(segment.doc_count) < part).nonzero()[0].astype(np.uint32)
            frequencies = chance.choice(np.array([1, 1, 1, 2, 9], np.uint8), len(docnums))
            postings = kernels.SegmentPostings(
                docnums, None, frequencies, segment.first, segment.doc_count
            )
            fields.append(FieldPostings(postings, lengths, 40.0, boost))
    return Weighted(kernels.WordPostings(fields, K1, B), weight)


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_any_words_are_those_of_all_documents(kernels: Any, seed: int) -> None:
    chance = np.random.default_rng(seed)
    segments = SHAPES[seed % len(SHAPES)]
    starts = np.array(
        [*(one.first for one in segments), segments[-1].first + segments[-1].doc_count]
    )
    doc_count = starts.item(-1)
    count = chance.integers(2, 9)
    shares = chance.choice([0.0005, 0.003, 0.02, 0.1, 0.6], count)
    rarities = [1 - float(np.log(share)) for share in shares]
    equal = [1.0] * count
    some_free = [weight * (place % 3 > 0) for place, weight in enumerate(rarities)]
    some_bad = [weight * (1 - 2 * (place == 1)) for place, weight in enumerate(rarities)]
    for weights in (rarities, equal, some_free, some_bad):
        words = [
            common_word(kernels, chance, segments, float(share), weight)
            for share, weight in zip(shares, weights, strict=True)
        ]
        for mask in (None, chance.random(doc_count) < 0.5):
            plan = Plan([words], mask=mask)
            docnums, scores = kernels.all_documents(plan, starts)
            order = np.lexsort((docnums, -scores))[:1000]
            in_order, scores_in_order = docnums[order].tolist(), scores[order].tolist()
            for k in (0, 1, 10, 1000):
                best, best_scores, total = kernels.best_documents(plan, starts, k)
                assert total == len(docnums)
                assert best.tolist() == in_order[:k]
                assert best_scores.tolist() == scores_in_order[:k]


def test_both_kernels_give_the_same_scores_to_the_last_bit() -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    chance = np.random.default_rng(3)
    count = CHUNK + 500
    fields = [
        (
            np.unique(chance.integers(0, count, size)).astype(np.uint32),
            chance.integers(0, 900, count).astype(np.uint16),
            average,
            boost,
        )
        for size, average, boost in [(30_000, 300.7, 1.0), (4_000, 9.3, 2.0), (900, 51.1, 0.3)]
    ]
    found = []
    for kernels in (matching, compiled):
        parts = [
            FieldPostings(
                kernels.SegmentPostings(
                    docnums, None, (docnums % 7 + 1).astype(np.uint8), 0, count
                ),
                lengths,
                average,
                boost,
            )
            for docnums, lengths, average, boost in fields
        ]
        words = [
            Weighted(kernels.WordPostings(some, K1, B), 3.7 / number)
            for number, some in enumerate((parts, parts[:1], parts[1:]), 1)
        ]
        everything = kernels.all_documents(Plan([words]), np.array([0, count]))
        found.append((everything[0].tolist(), everything[1].tolist()))
    assert found[0] == found[1]


places = st.sets(st.integers(0, 9) | st.sampled_from([255, 256, 70_000, 70_001]), min_size=1)


@patient
@given(st.data())
def test_phrases_are_those_of_a_look_at_each_document(kernels: Any, data: st.DataObject) -> None:
    segment = data.draw(st.sampled_from([shape[-1] for shape in SHAPES]))
    texts: list[dict[int, set[int]]] = []
    words, at = [], sorted(data.draw(st.sets(st.integers(0, 4), min_size=1, max_size=3)))
    for place in at:
        found = data.draw(st.dictionaries(docnums_in(segment), places, min_size=1, max_size=20))
        texts.append(found)
        counts = {docnum: len(where) for docnum, where in found.items()}
        positions = [where for docnum in sorted(found) for where in sorted(found[docnum])]
        stored = np.array(positions, np.min_scalar_type(max(positions)))
        postings, _ = as_stored(
            kernels, segment, counts, wide=data.draw(st.booleans()), positions=stored
        )
        words.append(PhraseWord(postings, place))
    expected = {}
    for docnum in sorted(texts[0]):
        starts = [
            where - at[0]
            for where in texts[0][docnum]
            if all(
                where - at[0] + place in text.get(docnum, ())
                for place, text in zip(at, texts, strict=True)
            )
        ]
        if starts:
            expected[docnum] = len(starts)
    found = kernels.phrase_postings(words)
    assert frequencies_in(found, segment.first) == expected


@given(st.data())
def test_occurrences_are_those_of_a_look_at_each_document(
    kernels: Any, data: st.DataObject
) -> None:
    segments = data.draw(st.sampled_from(SHAPES))
    doc_count = segments[-1].first + segments[-1].doc_count
    found, expected = [], set()
    among = np.array(data.draw(st.lists(st.booleans(), min_size=3, max_size=9)))
    flags = np.resize(among, doc_count)
    for _ in range(data.draw(st.integers(0, 4))):
        segment = data.draw(st.sampled_from(segments))
        texts = data.draw(st.dictionaries(docnums_in(segment), places, min_size=1, max_size=20))
        positions = [where for docnum in sorted(texts) for where in sorted(texts[docnum])]
        postings, _ = as_stored(
            kernels,
            segment,
            {docnum: len(where) for docnum, where in texts.items()},
            wide=data.draw(st.booleans()),
            positions=np.array(positions, np.min_scalar_type(max(positions))),
        )
        found.append(postings)
        expected |= {
            (segment.first + docnum << 32) + place
            for docnum, where in texts.items()
            for place in where
            if flags[segment.first + docnum]
        }
    keys = kernels.occurrences_among(found, flags)
    assert keys.dtype == np.int64
    assert keys.tolist() == sorted(expected)


@pytest.mark.parametrize("sizes", [(9_000, 30_000), (12, 40_000), (3_000, 40_000, 30_000, 9_000)])
def test_phrases_are_found_in_long_lists(kernels: Any, sizes: tuple[int, ...]) -> None:
    chance = np.random.default_rng(len(sizes) + sizes[0])
    segment = Segment(10, CHUNK + 5_000)
    words, expected = [], None
    for place, size in enumerate(sizes):
        docnums = np.unique(chance.integers(0, segment.doc_count, size))
        counts = chance.integers(1, 12, len(docnums))
        steps = chance.integers(1, 3, counts.sum()).cumsum()
        texts = [
            steps[end - count : end] - steps[end - count]
            for end, count in zip(counts.cumsum(), counts, strict=True)
        ]
        stored, _ = as_stored(
            kernels,
            segment,
            dict(zip(docnums.tolist(), counts.tolist(), strict=True)),
            positions=np.concatenate(texts).astype(np.uint8),
        )
        words.append(PhraseWord(stored, place))
        starts = {
            docnum: set((text - place).tolist())
            for docnum, text in zip(docnums.tolist(), texts, strict=True)
        }
        expected = (
            starts
            if expected is None
            else {
                docnum: common
                for docnum, before in expected.items()
                if (common := before & starts.get(docnum, set()))
            }
        )
    assert expected
    found = frequencies_in(kernels.phrase_postings(words), segment.first)
    assert found == {docnum: len(common) for docnum, common in expected.items()}


def frequencies_in(found: Any, first: int) -> dict[int, int]:
    """Give the documents that have a phrase, counted from the segment's first, and how often."""
    if found is None:
        return {}
    assert found.first == first
    return dict(zip((found.docnums() - first).tolist(), found.frequencies.tolist(), strict=True))


def any_array(chance: np.random.Generator, most: int) -> NumberArray:
    dtype = chance.choice(np.array(["u1", "u2", "u4"]))
    limit = chance.choice([2, 300, CHUNK, 1 << 32])
    values = chance.integers(0, limit, chance.integers(0, most))
    if chance.random() < 0.5:
        values.sort()
    return values.astype(dtype)


def try_out(kernels: Any, chance: np.random.Generator) -> bool:
    """Give the kernels what no index holds; tell whether they took it."""
    doc_count = int(chance.choice([1, 40, CHUNK, CHUNK + 5, 3 * CHUNK]))
    chunks = (doc_count - 1) // CHUNK + 1
    words = []
    try:
        for place in range(chance.integers(1, 4)):
            docnums = any_array(chance, 60)
            docnums = docnums if docnums.itemsize > 1 else docnums.astype(np.uint16)
            starts = chance.integers(0, len(docnums) + 1, chunks + 1).astype(np.uint32)
            starts.sort()
            starts[0], starts[-1] = 0, len(docnums)
            frequencies = any_array(chance, 60)[: len(docnums)] if chance.random() < 0.7 else None
            given_starts = None if chance.random() < 0.1 else starts
            size = len(docnums) if frequencies is None else int(frequencies.sum(dtype=np.uint64))
            length = size if size < 1000 and chance.random() < 0.9 else chance.integers(0, 99)
            positions = any_array(chance, 2)[:1].repeat(length) if length else any_array(chance, 9)
            postings = kernels.SegmentPostings(
                docnums, given_starts, frequencies, 0, doc_count, positions=positions
            )
            words.append(PhraseWord(postings, int(place)))
    except CorruptIndexError:
        return False
    lengths = chance.integers(0, 300, doc_count).astype(np.uint16)
    scored = Scored(np.sort(chance.integers(-2, doc_count + 2, 5)), chance.random(5))
    fields = [FieldPostings(word.postings, lengths, 30.0, 1.0) for word in words]
    clauses: list[list[Any]] = [
        *([Weighted(kernels.WordPostings([field], K1, B), 1.0)] for field in fields),
        [Weighted(kernels.WordPostings(fields, K1, B), 1.0)],
    ]
    taken = 0
    starts = np.array([0, doc_count])
    for more in ([], [[scored]]):
        for plan in (Plan(clauses + more), Plan([list(chain(*clauses, *more))]), Plan([], clauses)):
            try:
                found = kernels.best_documents(plan, starts, 5)
                everything = kernels.all_documents(plan, starts)
            except CorruptIndexError:
                continue
            assert ((found[0] >= 0) & (found[0] < doc_count)).all()
            assert ((everything[0] >= 0) & (everything[0] < doc_count)).all()
            taken += 1
    try:
        most = sum(len(word.postings) for word in words)
        assert 0 <= clauses[-1][0].postings.doc_frequency <= most
        phrase = kernels.phrase_postings(words)
        among = chance.random(doc_count) < 0.5
        keys = kernels.occurrences_among([word.postings for word in words], among)
        assert among.take(keys >> 32).all()
    except CorruptIndexError:
        return bool(taken)
    assert phrase is None or (phrase.docnums() < doc_count).all()
    return True


def test_nothing_that_is_in_a_file_does_harm(kernels: Any) -> None:
    # Those in Python can't reach what is not theirs.
    count = 300 if kernels.SegmentPostings is matching.SegmentPostings else 1500
    taken = [try_out(kernels, np.random.default_rng(seed)) for seed in range(count)]
    assert count // 15 < sum(taken) < count


@each("docnum", [40, CHUNK - 1])
def test_a_docnum_of_no_document_is_damage(kernels: Any, docnum: int) -> None:
    def word_of(*docnums: int) -> tuple[Any, Any]:
        stored = np.array(docnums, np.uint16)
        positions = np.zeros(len(stored), np.uint8)
        postings = kernels.SegmentPostings(stored, None, None, 0, 40, positions=positions)
        field = FieldPostings(postings, np.ones(40, np.uint8), 1.0, 1.0)
        return postings, Weighted(kernels.WordPostings([field, field], K1, B), 1.0)

    postings, word = word_of(3, docnum)
    starts = np.array([0, 40])
    finders: list[Callable[[], Any]] = [
        lambda: kernels.best_documents(Plan([[word]]), starts, 5),
        lambda: kernels.all_documents(Plan([[word]]), starts),
        lambda: kernels.ordered_documents(Plan([[word]]), starts, 5, np.zeros(40, np.int64), None),
        lambda: kernels.phrase_postings([PhraseWord(postings, 0)]),
        lambda: kernels.occurrences_among([postings], np.ones(40, np.bool_)),
        lambda: word.postings.doc_frequency,
        lambda: postings.docnums(),
        lambda: postings.mark(np.zeros(40, np.bool_)),
    ]
    for find in finders:
        with pytest.raises(CorruptIndexError, match="docnums"):
            find()
    found = kernels.best_documents(Plan([[word_of(3)[1]]]), starts, 5)
    assert found[0].tolist() == [3]  # and nothing is left over of the damage


def test_lengths_that_are_too_few_are_damage(kernels: Any) -> None:
    postings = kernels.SegmentPostings(np.array([3], np.uint16), None, None, 0, 40)
    with pytest.raises(CorruptIndexError, match="expected 40 lengths"):
        kernels.WordPostings([FieldPostings(postings, np.ones(39, np.uint8), 1.0, 1.0)], K1, B)


@each(
    "arrays",
    [
        (np.array([1, 2], np.uint16), None, np.array([1], np.uint8)),
        (np.array([1, 2], np.uint16), np.array([0, 2], np.uint32), None),
        (np.array([1, 2], np.uint16), np.array([0, 2, 1], np.uint32), None),
        (np.array([1, 2], np.uint16), np.array([0, 1, 3], np.uint32), None),
    ],
)
def test_parts_that_do_not_fit_are_damage(kernels: Any, arrays: tuple[Any, ...]) -> None:
    with pytest.raises(CorruptIndexError, match="expected"):
        kernels.SegmentPostings(*arrays, 0, CHUNK + 1)


def test_threads_may_share_postings(kernels: Any) -> None:
    doc_count = 3 * CHUNK
    chance = np.random.default_rng(1)
    segment = Segment(0, doc_count)
    lengths = chance.integers(1, 300, doc_count).astype(np.uint16)
    fields = []
    for _ in range(3):
        docnums = np.unique(chance.integers(0, doc_count, 20_000))
        found = dict(zip(docnums.tolist(), (docnums % 3 + 1).tolist(), strict=True))
        postings = as_stored(kernels, segment, found)[0]
        fields.append(FieldPostings(postings, lengths, 100.0, 1.5))
    plan = Plan([[Weighted(kernels.WordPostings(fields, K1, B), 1.5)]])

    def best(_: int) -> list[int]:
        docnums: list[int] = kernels.best_documents(plan, np.array([0, doc_count]), 20)[0].tolist()
        return docnums

    with ThreadPoolExecutor(4) as pool:
        assert len(set(map(tuple, pool.map(best, range(40))))) == 1


def test_frequencies_that_change_meanwhile_lead_to_no_other_place() -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    docnums, positions = np.arange(1000, dtype=np.uint16), np.zeros(1000, np.uint8)
    frequencies = np.ones(1000, np.uint32)
    changed, steady = (
        compiled.SegmentPostings(docnums, None, some, 0, 1000, positions=positions)
        for some in (frequencies, None)
    )
    # Many words, so that there is time between the look at the first one's end and its use.
    words = [PhraseWord(changed, 0), *[PhraseWord(steady, 0)] * 200]
    every = np.ones(1000, np.bool_)
    done = Event()

    def change() -> None:
        places = np.arange(0, 1000, 3)
        while not done.is_set():
            frequencies[places] = 100_000
            frequencies[places] = 1

    with ThreadPoolExecutor(1) as pool:
        changes = pool.submit(change)
        try:
            for _ in range(examples(100)):
                with suppress(CorruptIndexError):
                    found = frequencies_in(compiled.phrase_postings(words), 0)
                    assert max(found, default=0) < 1000
                    assert max(found.values(), default=0) <= 1
                with suppress(CorruptIndexError):
                    keys = compiled.occurrences_among([changed] * 200, every)
                    assert (keys >> 32 < 1000).all()
        finally:
            done.set()
        changes.result()


def test_fields_of_one_segment_have_the_same_documents() -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    fields = [
        FieldPostings(
            compiled.SegmentPostings(np.array([3], np.uint32), None, None, 0, doc_count),
            None, 1.0, 1.0,
        )
        for doc_count in (50 * CHUNK, 40)
    ]  # fmt: skip
    with pytest.raises(ValueError, match="the same documents"):
        _ = compiled.WordPostings(fields, K1, B).doc_frequency


def finder_of(compiled: Any, chance: np.random.Generator) -> tuple[Any, Any, int]:
    """Make what finds the terms of a field, of arrays as a damaged file may have them."""
    doc_count = int(chance.choice([1, 40, CHUNK, CHUNK + 1, 3 * CHUNK + 7]))
    chunks = (doc_count - 1) // CHUNK + 1
    count = int(chance.integers(1, 70))

    def offsets(size: int, most: int) -> NumberArray:
        found = chance.integers(0, most + 1, size).astype(np.uint64)
        if chance.random() < 0.7:
            found.sort()
        if chance.random() < 0.3:
            beyond = [most + 1, 2**32 - 1, 2**49, 2**62 + 3, 2**63 - 1, 2**63, 2**64 - 5]
            found[chance.integers(0, size)] = chance.choice(np.array(beyond, np.uint64))
        return found if chance.random() < 0.6 else found.astype(np.uint32)

    def rows() -> tuple[NumberArray, ...]:
        return offsets(count, 400), *(any_array(chance, 90).astype(t) for t in ("u1", "u2", "u4"))

    text = np.frombuffer(b"\xff%s\xff" % b"\xff".join(b"%03d" % n for n in range(count)), np.uint8)
    blocks = np.arange(0, count + 32, 32, dtype=np.uint32)
    blocks[-1] = count
    blocks *= 4
    if chance.random() < 0.3:
        text = chance.choice(np.array([255, 255, 48, 49, 50], np.uint8), 200)
    if chance.random() < 0.3:
        blocks = offsets(len(blocks), len(text))
    low = chance.integers(0, min(doc_count, CHUNK) + 1, 300).astype(np.uint16)
    wide = np.sort(chance.integers(0, doc_count + 1, 99)).astype(np.uint32)
    tables = offsets(int(chance.integers(0, 9)) * chunks + 1, len(low))
    in_chunks = (offsets(count, 20), tables, wide) if chunks > 1 else (None, None, None)
    in_text = (offsets(count + 1, 90), rows(), rows())
    terms = compiled.Terms(text, blocks, count, 32, "terms")
    finder = compiled.TermFinder(
        terms, doc_count, offsets(count + 1, 200), low, *in_chunks,
        *(in_text if chance.random() < 0.5 else (None, None, None)), "postings",
    )  # fmt: skip
    return terms, finder, doc_count


def test_offsets_of_a_damaged_file_lead_nowhere() -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    found = damages = 0
    for seed in range(300):
        terms, finder, doc_count = finder_of(compiled, np.random.default_rng(seed))
        marked = np.zeros(doc_count + 3, np.bool_)
        for ordinal in (0, 1, 31, 32, 33, 69):
            word = b"%03d" % ordinal
            try:
                assert terms.ceiling(word) >= 0
                assert (terms.matching(b"?*%d" % (ordinal % 10), 0, ordinal + 1) <= ordinal).all()
                assert (terms.similar(f"0{ordinal}", 2, 0, ordinal + 1) <= ordinal).all()
                if terms.lookup(word) is None:
                    continue
                terms.term(ordinal)
                finder.mark(range(ordinal, ordinal + 1), marked, 3)
                finder.mark(np.array([ordinal]), marked, 3)
                postings = finder.find(word, 0)
                [again] = finder.of_each(np.array([terms.lookup(word)]), 0)
                assert again.docnums().tolist() == postings.docnums().tolist()
                docnums = postings.docnums()
                assert 0 <= docnums.min() <= docnums.max() < doc_count
                if postings.positions is not None:
                    words = [PhraseWord(postings, 0), PhraseWord(postings, 1)]
                    compiled.phrase_postings(words)
                place = FieldPlace(finder, 0, 0, np.ones(doc_count, np.uint8), 1.0, 1.0)
                in_fields = compiled.WordFinder([place], K1, B).find([word])
                assert 1 <= in_fields.doc_frequency <= in_fields.size == len(docnums)
                found += 1
            except (CorruptIndexError, IndexError):
                damages += 1
        assert not marked[:3].any()
    assert min(found, damages) > 50


def test_a_term_is_bytes() -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    terms, finder, doc_count = finder_of(compiled, np.random.default_rng(0))
    place = FieldPlace(finder, 0, 0, np.ones(doc_count, np.uint8), 1.0, 1.0)
    words = compiled.WordFinder([place], K1, B)
    for wrong in (None, "001"):
        for look_up in (terms.lookup, terms.ceiling, lambda term: words.find([term])):
            with pytest.raises(TypeError):
                look_up(wrong)


def dictionary_of(compiled: Any, words: Iterable[str]) -> tuple[Any, list[bytes]]:
    terms = sorted(word.encode() for word in words)
    offsets = np.cumsum([0, *(len(term) + 1 for term in terms)])
    blocks = np.array([*offsets[:-1:3], offsets[-1]], np.uint32)
    text = np.frombuffer(b"\xff" + b"\xff".join(terms) + b"\xff", np.uint8)
    return compiled.Terms(text, blocks, len(terms), 3, "terms"), terms


@given(
    st.sets(st.text("abé*?\n", min_size=1, max_size=6), min_size=1, max_size=12),
    st.text("abé?**", min_size=1, max_size=6),
    st.data(),
)
def test_a_pattern_matches_what_fnmatch_says(
    words: set[str], pattern: str, data: st.DataObject
) -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    dictionary, terms = dictionary_of(compiled, words)
    first = data.draw(st.integers(0, len(terms) - 1))
    last = data.draw(st.integers(first + 1, len(terms)))
    found = dictionary.matching(pattern.encode(), first, last)
    expected = [n for n in range(first, last) if fnmatchcase(terms[n].decode(), pattern)]
    assert found.tolist() == expected


@given(
    st.sets(st.text("abé日𝔸\x00", max_size=7), min_size=1, max_size=20),
    st.text("abé日𝔸", max_size=7),
    st.integers(0, 4),
    st.data(),
)
def test_similar_terms_are_those_of_few_edits(
    words: set[str], text: str, limit: int, data: st.DataObject
) -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    dictionary, terms = dictionary_of(compiled, words)
    first = data.draw(st.integers(0, len(terms) - 1))
    last = data.draw(st.integers(first + 1, len(terms)))
    some = [term.decode() for term in terms[first:last]]
    near = edit_distances(some, text, limit) <= limit
    assert dictionary.similar(text, limit, first, last).tolist() == [*near.nonzero()[0] + first]


def test_terms_that_are_no_text_are_similar_to_none_of_their_bytes() -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    text = np.frombuffer(b"\xffa\xc3\xffb\x80\xffb\xc3\xa9\xff", np.uint8)
    terms = compiled.Terms(text, np.array([0, 8], np.uint32), 3, 32, "terms")
    assert terms.similar("aÃ", 0, 0, 3).tolist() == terms.similar("b\x80", 0, 0, 3).tolist() == []
    assert terms.similar("bé", 0, 0, 3).tolist() == [2]


@pytest.mark.parametrize("limit", [-1, 254])
def test_edits_fit_into_bytes(limit: int) -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    dictionary, _ = dictionary_of(compiled, ["a"])
    with pytest.raises(ValueError, match=f"at most 253 edits, got {limit}"):
        dictionary.similar("a", limit, 0, 1)


def test_offsets_that_descend_are_damage_to_patterns() -> None:
    compiled = pytest.importorskip("searchlib.postings.compiled")
    text = np.frombuffer(b"\xffa\xffb\xff", np.uint8)
    terms = compiled.Terms(text, np.array([0, 4], np.uint32), 2, 32, "terms")
    starts, low = np.array([0, 5, 3], np.uint32), np.arange(5, dtype=np.uint16)
    finder = compiled.TermFinder(terms, 9, starts, low, *[None] * 6, "postings")
    with pytest.raises(CorruptIndexError, match="postings of term 1"):
        finder.mark(range(2), np.zeros(9, np.bool_), 0)


def test_a_phrase_has_so_many_words_at_most(kernels: Any) -> None:
    ones = np.zeros(2, np.uint8)
    postings = kernels.SegmentPostings(
        np.array([3, 5], np.uint16), None, None, 0, 9, positions=ones
    )
    found = kernels.phrase_postings([PhraseWord(postings, 0)] * MAX_WORDS)
    assert frequencies_in(found, 0) == {3: 1, 5: 1}
    for count in (0, MAX_WORDS + 1):
        with pytest.raises(ValueError, match=f"expected 1 to {MAX_WORDS} words, got {count}"):
            kernels.phrase_postings([PhraseWord(postings, 0)] * count)
