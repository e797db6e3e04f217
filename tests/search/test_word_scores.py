"""A word, phrase or proximity is scored over all its fields together, by docs/scoring.md."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q

from searchlib import Index
from searchlib.postings import Scoring
from searchlib.query.tree import And, Boost, Near, Or, Phrase, Term, Word
from searchlib.search.searcher import Searcher
from tests.conftest import examples
from tests.search.brute_force import BruteForce, Document
from tests.search.corpora import WORDS, Archive, Item, some_documents

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.query.tree import Query
    from searchlib.search.matcher import TopDocs

TITLE_AND_BODY = {"title": 2.0, "body": 1.0}  # as the model has it
FIELDS = {
    (): TITLE_AND_BODY,
    ("title",): {"title": 1.0},
    ("body",): {"body": 1.0},
    ("body", "title"): {"body": 1.0, "title": 1.0},
}
SCORINGS = [
    Scoring(),
    Scoring(k1=0.4, b=0.0, k3=0.0, burst=0.0),
    Scoring(k1=2.0, b=1.0, k3=100.0, burst=1.0),
]

patient = settings(max_examples=examples(120))
words = st.builds(
    Word, st.sampled_from([*WORDS[:-1], "unknown"]), st.sampled_from([*FIELDS])
)  # fmt: skip
boosted = st.builds(lambda word, boost: Boost(word, boost) if boost != 1 else word, words,
                    st.sampled_from([1.0, 1.0, 1.0, 2.0, 0.5]))  # fmt: skip


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Archive]:
    documents = some_documents(60, seed=4)
    return [
        Archive(tmp_path_factory.mktemp("words"), batches, deleted)
        for batches, deleted in [
            ([documents], ()),
            ([documents[:25], [], documents[25:]], range(2, 60, 5)),
        ]
    ]


def brute_force(archive: Archive, scoring: Scoring) -> BruteForce:
    of = archive.brute_force
    return BruteForce(
        of.documents, of.deleted, scoring.k1, scoring.b, scoring.k3, scoring.burst
    )  # fmt: skip


def scores_of(found: TopDocs) -> dict[int, float]:
    assert found.total == len(found.docnums)
    order = np.lexsort((found.docnums, -found.scores))
    assert order.tolist() == list(range(len(order)))
    return dict(zip(found.docnums.tolist(), found.scores.tolist(), strict=True))


def expected_of_group(
    force: BruteForce, parts: list[Query], doc: Document, *, all_of_them: bool
) -> float | None:
    counts = Counter(
        (part.part, part.factor) if isinstance(part, Boost) else (part, 1.0) for part in parts
    )
    scores = []
    for (word, boost), count in counts.items():
        assert isinstance(word, Word)
        score = force.word(FIELDS[word.fields], word.text, doc, count)
        scores.append(None if score is None else boost * score)
    there = [score for score in scores if score is not None]
    if not there or (all_of_them and len(there) < len(scores)):
        return None
    return sum(there)


@patient
@given(st.lists(boosted, min_size=1, max_size=6), st.sampled_from([And, Or]),
       st.sampled_from(SCORINGS))  # fmt: skip
def test_words_of_a_group(
    archives: list[Archive], parts: list[Query], kind: type[And | Or], scoring: Scoring
) -> None:
    for archive in archives:
        force = brute_force(archive, scoring)
        searcher = Searcher(archive.snapshot, archive.schema, scoring=scoring)
        query = kind(tuple(parts))
        expected = {
            docnum: score
            for docnum, doc in enumerate(archive.documents)
            if docnum not in force.deleted
            for score in [expected_of_group(force, parts, doc, all_of_them=kind is And)]
            if score is not None
        }
        everything = searcher.top(query, 1000)
        assert scores_of(everything) == pytest.approx(expected, rel=2e-6)
        for k in (1, 5):
            best = searcher.top(query, k)
            assert best.total == len(expected)
            assert best.docnums.tolist() == everything.docnums[:k].tolist()
            assert best.scores.tolist() == everything.scores[:k].tolist()


def count_phrase(words: list[str], text: tuple[str, ...]) -> int:
    return sum(
        list(text[at : at + len(words)]) == words for at in range(len(text) - len(words) + 1)
    )


def count_near(words: list[str], text: tuple[str, ...], distance: int) -> int:
    """Count the stretches that have both words, and no shorter one that has both in them."""
    first, second = words
    found = {
        (min(a, b), max(a, b))
        for a, one in enumerate(text)
        for b, other in enumerate(text)
        if one == first and other == second and 0 < abs(a - b) <= distance
    }
    return sum(
        not any(start <= a and b <= end and (a, b) != (start, end) for a, b in found)
        for start, end in found
    )


@patient
@given(
    st.lists(st.sampled_from(WORDS[:8]), min_size=2, max_size=2, unique=True),
    st.sampled_from([*FIELDS]),
    st.sampled_from(SCORINGS),
    st.booleans(),
)
def test_phrases_and_proximity(
    archives: list[Archive], words: list[str], fields: tuple[str, ...], scoring: Scoring, near: bool
) -> None:
    query: Query = Phrase(" ".join(words), fields=fields)
    if near:
        query = Near(tuple(Word(word, fields) for word in words), 3)
    for archive in archives:
        force = brute_force(archive, scoring)
        names = tuple(FIELDS[fields])
        idf = sum(force.idf(names, word) for word in words)
        expected = {}
        for docnum, doc in enumerate(archive.documents):
            x = 0.0
            for name, boost in FIELDS[fields].items():
                text = tuple(doc.terms(name))
                count = count_near(words, text, 3) if near else count_phrase(words, text)
                x += boost * force.weighted(name, count, doc)
            if x and docnum not in force.deleted:
                expected[docnum] = 1.5 * idf * force.saturated(x)
        searcher = Searcher(archive.snapshot, archive.schema, scoring=scoring)
        found = searcher.top(Boost(query, 1.5), 1000)
        assert scores_of(found) == pytest.approx(expected, rel=2e-6)


def test_terms_that_stand_for_one_word_are_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The frequency is that of the one that is there most, as they stand at the same position."""
    texts = ["a a b", "b", "c c c", "a c", "b b a a a", "c"]
    documents = [Document(str(n), body=tuple(text.split())) for n, text in enumerate(texts)]
    archive = Archive(tmp_path_factory.mktemp("alternatives"), [documents[:4], documents[4:]], [1])
    searcher = Searcher(archive.snapshot, archive.schema)
    leaves: Any = searcher._compiler._leaves
    matcher = leaves._word((("body", 1.0),), ((b"a", b"b"),), 1.0)
    merged = ["w w", "w", "c c c", "w c", "w w w", "c"]  # with the frequencies that are meant
    lengths = [len(text.split()) for text in texts]
    alike = [
        Document(str(n), body=(*text.split(), *["x"] * (length - len(text.split()))))
        for n, (text, length) in enumerate(zip(merged, lengths, strict=True))
    ]
    force = BruteForce(alike, frozenset([1]))
    expected = {n: force.word({"body": 1.0}, "w", alike[n], 1) for n in (0, 3, 4)}
    docnums, scores = matcher.matches()
    assert dict(zip(docnums.tolist(), scores.tolist(), strict=True)) == (
        pytest.approx(expected, rel=2e-6)
    )


def test_a_word_of_texts_and_labels_is_the_sum_of_both(archives: list[Archive]) -> None:
    for archive in archives:
        searcher = Searcher(archive.snapshot, archive.schema)
        both = scores_of(searcher.top(Word("a", ("title", "body", "tags")), 1000))
        text = scores_of(searcher.top(Word("a", ("title", "body")), 1000))
        label = scores_of(searcher.top(Term("tags", "a"), 1000))
        assert label
        assert both == {n: text.get(n, 0) + label.get(n, 0) for n in text | label}


def test_a_document_without_a_field_does_not_count_for_its_mean_length(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A text as long as the mean of those that have the field is neither favoured nor set back."""
    documents = [Document("1", body=("a", "b")), Document("2"), Document("3", body=("c", "d"))]
    archive = Archive(tmp_path_factory.mktemp("means"), [documents])
    query = Word("a", ("body",))
    long, short = (
        Searcher(archive.snapshot, archive.schema, scoring=Scoring(b=b)).top(query, 1).scores[0]
        for b in (0.0, 1.0)
    )
    assert long == short


def test_the_parameters_are_those_of_the_opened_index(tmp_path: Path) -> None:
    path = tmp_path / "index"
    strict = Scoring(k1=0.0, b=0.0, burst=0.0)
    index = Index.create(path, Item, scoring=strict)
    index.add([Item(id="1", body="a a a b"), Item(id="2", body="a c"), Item(id="3", body="d")])
    assert len({hit.score for hit in index.search("a")}) == 1
    assert index.stats().scoring == strict
    opened = Index.open(path, Item)
    assert opened.stats().scoring == Scoring()
    assert [hit.key for hit in opened.search("a")] == ["1", "2"]
    assert len({hit.score for hit in opened.search("a")}) == 2
    for at in (index, opened):
        searched = {hit.key: hit.score for hit in at.search("body:a")}
        whoosh = at.searcher()
        found = {hit["id"]: hit.score for hit in whoosh.search(q.Term("body", "a"))}
        assert found == pytest.approx(searched)
