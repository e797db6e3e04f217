"""Inversion against a dictionary of lists."""

from collections import defaultdict
from operator import itemgetter
from typing import Any

import numpy as np
from benchmarks.synthetic import generate
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis.batch import BatchAnalyzer, TokenBatch
from searchlib.analysis.vocabulary import Vocabulary
from searchlib.segment.contents import InvertedField
from searchlib.segment.inversion import invert, invert_labels
from searchlib.whoosh_compat.analysis import WordAnalyzer

Postings = dict[str, dict[int, list[int]]]

documents = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abcdeé中𠀀"), st.integers(0, 40)), max_size=8, unique=True
    ).map(lambda tokens: sorted(tokens, key=itemgetter(1))),
    max_size=8,
)


def batch_of(documents: list[list[tuple[str, int]]], vocabulary: Vocabulary) -> TokenBatch:
    terms = [vocabulary[term] for document in documents for term, _ in document]
    positions = [position for document in documents for _, position in document]
    counts = np.array(list(map(len, documents)), np.int32)
    lengths = np.array([len({at for _, at in document}) for document in documents], np.int32)
    return TokenBatch(np.array(terms, np.int32), np.array(positions, np.int32), counts, lengths)


def by_hand(documents: list[list[tuple[str, int]]]) -> Postings:
    postings: Postings = defaultdict(lambda: defaultdict(list))
    for docnum, document in enumerate(documents):
        for term, position in sorted(document, key=lambda token: token[1]):
            postings[term][docnum].append(position)
    return {term: dict(postings[term]) for term in sorted(postings)}


def spelt_out(field: InvertedField) -> Postings:
    """Read an inverted field as its definition has it, checking what that promises."""
    assert field.positions is not None
    assert field.terms == sorted(set(field.terms))
    assert field.starts.dtype == np.int64
    assert field.starts[0] == 0
    assert field.starts[-1] == len(field.docnums) == len(field.frequencies)
    assert field.docnums.dtype == field.frequencies.dtype == field.positions.dtype == np.int32
    assert field.frequencies.sum() == len(field.positions)
    ends = np.cumsum(field.frequencies)
    postings: Postings = {}
    for number, term in enumerate(field.terms):
        of_term = range(field.starts[number], field.starts[number + 1])
        docnums = field.docnums[of_term.start : of_term.stop].tolist()
        assert docnums == sorted(set(docnums)) != []
        postings[term.decode()] = {
            docnum: field.positions[ends[at] - field.frequencies[at] : ends[at]].tolist()
            for docnum, at in zip(docnums, of_term, strict=True)
        }
    return postings


@given(st.lists(documents, max_size=3))
def test_postings_are_those_of_a_dictionary(batches: list[Any]) -> None:
    vocabulary = Vocabulary()
    field = invert([batch_of(batch, vocabulary) for batch in batches], vocabulary)
    everything = [document for batch in batches for document in batch]
    assert list(spelt_out(field).items()) == list(by_hand(everything).items())
    assert field.lengths is not None
    assert field.lengths.dtype == np.int32
    assert field.lengths.tolist() == [len({at for _, at in tokens}) for tokens in everything]


def test_terms_that_no_document_of_the_batches_has_are_left_out() -> None:
    analyzer = BatchAnalyzer(None)
    analyzer.analyze(["earlier words"])
    field = invert([analyzer.analyze(["later words"])], analyzer.vocabulary)
    assert field.terms == [b"later", b"words"]


def test_articles_are_inverted_whole() -> None:
    analyzer = BatchAnalyzer("english")
    bodies = [article["body"] for article in generate(60, seed=2)]
    batches = [analyzer.analyze(bodies[start : start + 25]) for start in range(0, 60, 25)]
    whoosh = WordAnalyzer("english")
    documents = [[(t.text, t.pos) for t in whoosh(body, positions=True)] for body in bodies]
    assert spelt_out(invert(batches, analyzer.vocabulary)) == by_hand(documents)


def test_far_positions_and_two_terms_at_one() -> None:
    vocabulary = Vocabulary()
    some: list[list[tuple[str, int]]] = [[("b", 2), ("a", 2), ("b", 3)], [], [("a", 2**31 - 1)]]
    batches = [batch_of(some, vocabulary), batch_of(some, vocabulary)]
    assert spelt_out(invert(batches, vocabulary)) == by_hand(some + some)


def test_terms_beyond_16_bits_are_sorted_too() -> None:
    vocabulary = Vocabulary()
    words = [f"{number:06}" for number in range((1 << 16) + 50)]
    documents = [[(word, place) for place, word in enumerate(words[::-1])] for _ in range(2)]
    documents[1].insert(0, (words[3], 0))
    batches = [batch_of(documents, vocabulary), batch_of(documents[1:], vocabulary)]
    assert spelt_out(invert(batches, vocabulary)) == by_hand([*documents, documents[1]])


labels = st.text(max_size=2)


@given(st.lists(st.none() | labels | st.lists(labels, max_size=4), max_size=10))
def test_labels_count_once_in_a_document(values: list[Any]) -> None:
    field = invert_labels(values)
    expected: dict[str, set[int]] = defaultdict(set)
    for docnum, value in enumerate(values):
        for label in [value] if isinstance(value, str) else value or []:
            if label:
                expected[label].add(docnum)
    assert field.terms == [label.encode() for label in sorted(expected)]
    assert field.docnums.dtype == field.frequencies.dtype == np.int32
    assert field.docnums.tolist() == [
        docnum for label in sorted(expected) for docnum in sorted(expected[label])
    ]
    assert np.diff(field.starts).tolist() == [len(expected[label]) for label in sorted(expected)]
    assert (field.frequencies == 1).all()
    assert len(field.frequencies) == len(field.docnums)
    assert field.positions is None
    assert field.lengths is None
