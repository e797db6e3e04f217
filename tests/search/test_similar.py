"""What is similar to a document, by the definition, worked out document by document."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from searchlib.query.tree import Or, Word
from searchlib.search import similar
from searchlib.search.neighbours import BEST, NEAREST, SHARE, smoothed
from searchlib.search.searcher import Searcher
from searchlib.search.topic_words import WORDS
from tests.conftest import examples
from tests.search.corpora import Archive, some_documents

if TYPE_CHECKING:
    from searchlib.search.similar import Likeness
    from tests.search.brute_force import BruteForce, Document

FIELDS = {"title": 2.0, "body": 1.0}


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Archive]:
    documents = some_documents(60, seed=4)
    return [
        Archive(tmp_path_factory.mktemp("similar"), batches, deleted)
        for batches, deleted in [
            ([documents], ()),
            ([documents[:25], [], documents[25:]], range(2, 60, 5)),
        ]
    ]


def use_of(force: BruteForce, term: str, doc: Document) -> float:
    """Weigh a term in a document, without what it tells."""
    x = sum(
        boost * force.weighted(name, doc.terms(name).count(term), doc)
        for name, boost in FIELDS.items()
    )
    return force.saturated(x)


def informs(force: BruteForce, term: str) -> float:
    df, cf = force.frequencies(tuple(FIELDS), term)
    return force.idf(tuple(FIELDS), term) * float(((cf + 1) / (df + 1)) ** force.burst)


def expected(force: BruteForce, docnum: int, most: int, least: int) -> dict[int, float]:
    """Score all documents by the best terms of one."""
    article = force.documents[docnum]
    boosts, values = {}, {}
    for term in {*article.title, *article.body}:
        df, _ = force.frequencies(tuple(FIELDS), term)
        if df >= least:
            boosts[term] = use_of(force, term, article) / force.idf(tuple(FIELDS), term) ** 0.5
            values[term] = boosts[term] * informs(force, term) * math.log(1 + df)
    best = sorted(values, key=lambda term: (-values[term], term))[:most]
    scores = {
        other: sum(boosts[term] * (force.word(FIELDS, term, document, 1) or 0.0) for term in best)
        for other, document in enumerate(force.documents)
        if other not in force.deleted
    }
    return {other: score for other, score in scores.items() if score}


@settings(max_examples=examples(80), deadline=None)
@given(number=st.integers(0, 1), docnum=st.integers(0, 59), most=st.sampled_from([1, 3, 30]))
def test_scores_are_those_of_the_best_terms(
    archives: list[Archive], number: int, docnum: int, most: int
) -> None:
    archive = archives[number]
    assume(docnum not in archive.brute_force.deleted)
    searcher = Searcher(archive.snapshot, archive.schema)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similar, "TERMS", most)
        likeness = searcher.likenesses.of_document(archive.documents[docnum].id)
    assert likeness is not None
    found = searcher.top(likeness.query, 60, likeness.others)
    wanted = expected(archive.brute_force, docnum, most, 2)
    wanted.pop(docnum, None)
    assert dict(zip(found.docnums.tolist(), found.scores.tolist(), strict=True)) == pytest.approx(
        wanted, rel=1e-5
    )
    assert found.total == len(wanted)


@settings(max_examples=examples(40), deadline=None)
@given(docnum=st.integers(0, 59))
def test_a_text_finds_what_its_article_finds_and_that_too(
    archives: list[Archive], docnum: int
) -> None:
    archive = archives[0]
    searcher = Searcher(archive.snapshot, archive.schema)
    document = archive.documents[docnum]
    likeness = searcher.likenesses.of_text(" ".join([*document.title, *document.body]))
    found = searcher.top(likeness.query, 60)
    assert not likeness.others
    assert likeness.weights.keys() == {*document.title, *document.body}
    assert set(found.docnums.tolist()) == {
        other
        for other, one in enumerate(archive.documents)
        if {*one.title, *one.body} & {*document.title, *document.body}
    }


@settings(max_examples=examples(40), deadline=None)
@given(docnum=st.integers(0, 59), other=st.integers(0, 59))
def test_shared_terms_come_in_the_order_of_what_they_add(
    archives: list[Archive], docnum: int, other: int
) -> None:
    archive = archives[0]
    force, one = archive.brute_force, archive.documents[other]
    searcher = Searcher(archive.snapshot, archive.schema)
    likeness = searcher.likenesses.of_document(archive.documents[docnum].id)
    assert likeness is not None
    shared = likeness.shared(searcher.shown[other].values, None)
    assert set(shared) == likeness.weights.keys() & {*one.title, *one.body}
    adds = [likeness.weights[term] * use_of(force, term, one) for term in shared]
    assert adds == sorted(adds, reverse=True)


def test_a_text_without_words_is_similar_to_none(archives: list[Archive]) -> None:
    searcher = Searcher(archives[0].snapshot, archives[0].schema)
    likeness: Likeness = searcher.likenesses.of_text("?! ...")
    assert searcher.top(likeness.query, 10, likeness.others).total == 0


def plainly_smoothed(scores: list[float], vectors: list[list[float]]) -> list[float]:
    """Smooth scores by solving the equation, with lists alone up to that."""
    count = len(scores)
    cosines = [
        [0.0 if a == b else sum(x * y for x, y in zip(vectors[a], vectors[b], strict=True))
         for b in range(count)]
        for a in range(count)
    ]  # fmt: skip
    least = [sorted(row, reverse=True)[min(NEAREST, count) - 1] for row in cosines]
    kept = [
        [cosines[a][b] if cosines[a][b] >= min(least[a], least[b]) else 0.0 for b in range(count)]
        for a in range(count)
    ]
    sums = [sum(row) or 1.0 for row in kept]
    affinity = np.array(
        [[kept[a][b] / (sums[a] * sums[b]) ** 0.5 for b in range(count)] for a in range(count)]
    )
    mean, deviation = np.mean(scores), np.std(scores)
    own = (1 - SHARE) * (np.array(scores) - mean) / deviation
    found: list[float] = (
        mean + deviation * np.linalg.solve(np.eye(count) - SHARE * affinity, own)
    ).tolist()
    return found


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(2, 40), st.integers(0, 1000))
def test_scores_are_smoothed_as_the_equation_says(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.random((count, 30)) * (rng.random((count, 30)) < 0.2)
    lengths = np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    vectors = np.divide(vectors, lengths, where=lengths > 0, out=np.zeros_like(vectors))
    scores = np.sort(rng.random(count))[::-1] * 10
    wanted = plainly_smoothed(scores.tolist(), vectors.tolist())
    found = smoothed(scores, vectors.astype(np.float32))
    # Twenty rounds leave a share of 0.8^20 of what is to come.
    assert found.tolist() == pytest.approx(wanted, abs=SHARE**20 * 2 * scores.std() + 1e-4)


@pytest.mark.parametrize("scores", [[], [3.0], [2.0, 2.0, 2.0]])
def test_scores_without_a_difference_stay(scores: list[float]) -> None:
    vectors = np.ones((len(scores), 2), np.float32)
    assert smoothed(np.array(scores), vectors).tolist() == scores


def test_a_document_like_good_ones_comes_up_and_one_like_none_comes_down() -> None:
    good, alone = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]
    vectors = np.array([good, alone, good, good, [0, 0, 1], [0, 0, 1]], np.float32)
    scores = np.array([9.0, 6.1, 6.0, 8.0, 1.0, 1.0])
    found = smoothed(scores, vectors)
    assert found[2] > found[1]
    assert found[0] > found[4]


def topics(archive: Archive) -> dict[str, float]:
    """Choose the words that tell topics: df (idf burst)^2, of three documents to a quarter."""
    force = archive.brute_force
    values = {}
    for term in {term for one in archive.documents for term in (*one.title, *one.body)}:
        df, _ = force.frequencies(tuple(FIELDS), term)
        if 3 <= df <= len(archive.documents) / 4:
            values[term] = df * informs(force, term) ** 2
    best = sorted(values, key=lambda term: (-values[term], term))[:WORDS]
    return {term: informs(force, term) for term in best}


@pytest.mark.parametrize("number", [0, 1])
def test_documents_are_compared_by_the_words_that_tell_topics(
    archives: list[Archive], number: int
) -> None:
    archive = archives[number]
    searcher = Searcher(archive.snapshot, archive.schema)
    live = [n for n in range(60) if n not in archive.brute_force.deleted]
    vectors = searcher._topics.vectors(np.array(live))
    cosines = vectors @ vectors.T
    weights = topics(archive)
    for a, one in enumerate(live):
        for b, other in enumerate(live):
            sets = [{*archive.documents[n].title, *archive.documents[n].body} & weights.keys()
                    for n in (one, other)]  # fmt: skip
            sizes = [sum(weights[term] ** 2 for term in words) ** 0.5 for words in sets]
            both = sum(weights[term] ** 2 for term in sets[0] & sets[1])
            cosine = both / (sizes[0] * sizes[1]) if both else 0.0
            assert cosines[a, b] == pytest.approx(cosine, abs=1e-5)


def test_the_rest_stay_behind_those_that_are_smoothed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    archive = Archive(tmp_path_factory.mktemp("many"), [some_documents(300, seed=7)])
    searcher = Searcher(archive.snapshot, archive.schema)
    query = Or((Word("a"), Word("b"), Word("talk")))
    before = searcher.top(query, 200)
    after = searcher.smoothed(before)
    assert sorted(after.docnums[:BEST].tolist()) == sorted(before.docnums[:BEST].tolist())
    assert after.docnums[:BEST].tolist() != before.docnums[:BEST].tolist()
    assert after.docnums[BEST:].tolist() == before.docnums[BEST:].tolist()
    assert (np.diff(after.scores[:BEST]) <= 0).all()
    assert after.total == before.total
