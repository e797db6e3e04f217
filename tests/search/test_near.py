"""Words close together: documents, scores and marks are those of a look at each word."""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass
from itertools import chain, combinations, pairwise, product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.errors import QueryError, QueryTooCostly
from searchlib.highlight import FieldText, Highlighter
from searchlib.query import (
    And,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Regex,
    Term,
    Verbatim,
    Wildcard,
    Word,
)
from searchlib.schema.models import DocumentSchema
from searchlib.search import leaf_compiler
from searchlib.search.searcher import Searcher
from tests.conftest import examples
from tests.search.brute_force import Document
from tests.search.corpora import Archive, Item
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Pair = tuple[int, int]

FIELDS = {"title": 2.0, "body": 1.0}
SCHEMA = DocumentSchema.of(Item)
VOCABULARY = ["a", "b", "c", "ab", "ac", "bc"]


# The plain way


def minimal(found: Iterable[Pair]) -> list[Pair]:
    """Leave out what holds another one."""
    every = set(found)
    return sorted(
        one
        for one in every
        if not any(one[0] <= low and high <= one[1] and (low, high) != one for low, high in every)
    )


def chains(parts: Sequence[Sequence[Pair]], distance: int) -> list[Pair]:
    """Try all ways to take one of each, each behind the last and not far from it."""
    return [
        (chosen[0][0], chosen[-1][1])
        for chosen in product(*parts)
        if all(0 < then[0] - one[1] <= distance for one, then in pairwise(chosen))
    ]


def clusters(parts: Sequence[Sequence[Pair]], counts: Sequence[int], distance: int) -> list[Pair]:
    """Try all ways to take so many of each that the last begins soon after the first has ended."""
    found = []
    for chosen in product(
        *(combinations(part, count) for part, count in zip(parts, counts, strict=True))
    ):
        together = [*chain.from_iterable(chosen)]
        first = min(start for start, _ in together)
        end_of_first = max(end for start, end in together if start == first)
        if max(start for start, _ in together) - end_of_first <= distance:
            found.append((first, max(end for _, end in together)))
    return found


def one_word(query: Query) -> bool:
    """Tell whether something stands at one position."""
    return isinstance(query, Word | Prefix | Wildcard) and "-" not in str(query)


@dataclass
class PlainNear:
    """Finds the places of a query in the words of a field, and what the places tell."""

    field: str
    documents: Sequence[Document]

    def places(self, query: Query, words: Sequence[str]) -> list[Pair]:
        """Where something is: the least places of all that may be meant."""
        return minimal(chain.from_iterable(self._alternatives(query, words)))

    def _alternatives(self, query: Query, words: Sequence[str]) -> list[list[Pair]]:
        """The places of each thing that may be meant, single words together."""
        match query:
            case Or(parts=parts):
                single = [part for part in parts if one_word(part)]
                found = [minimal(pair for part in single for pair in self._least(part, words))]
                for part in parts:
                    if not one_word(part):
                        found += self._alternatives(part, words)
                return found[not single :]
            case Near(parts=parts, distance=distance, ordered=True):
                choices = product(*(self._alternatives(part, words) for part in parts))
                return [minimal(chains(chosen, distance)) for chosen in choices]
            case Near(parts=parts, distance=distance):
                distinct = list(dict.fromkeys(parts))
                counts = [parts.count(part) for part in distinct]
                each_of = [self._alternatives(part, words) for part in distinct]
                if any(n > 1 and len(one) > 1 for n, one in zip(counts, each_of, strict=True)):
                    each_of = [[self.places(part, words)] for part in distinct]
                return [minimal(clusters(one, counts, distance)) for one in product(*each_of)]
            case _:
                return [self._least(query, words)]

    def _least(self, query: Query, words: Sequence[str]) -> list[Pair]:
        match query:
            case Phrase(text=text, slop=slop):
                spots = [self._spots(word, words) for word in text.split()]
                return minimal(chains(spots, slop))
            case Word(text=text):  # several tokens follow one another
                return minimal(chains([self._spots(part, words) for part in text.split("-")], 1))
            case Prefix(text=text):
                *before, last = text.split("-")
                spots = [*(self._spots(part, words) for part in before),
                         self._spots(f"{last}*", words)]  # fmt: skip
                return minimal(chains(spots, 1))
            case Wildcard(pattern=pattern):
                spots = [self._spots(part, words) for part in pattern.split("-")]
                return minimal(chains(spots, 1))
            case _:
                raise AssertionError(query)

    def _spots(self, pattern: str, words: Sequence[str]) -> list[Pair]:
        return [
            (place, place) for place, word in enumerate(words) if fnmatch.fnmatchcase(word, pattern)
        ]

    def idf(self, query: Query) -> float:
        """How much it tells: of several words the sum, of alternatives the least."""
        match query:
            case Phrase(text=text):
                return sum(map(self._idf, text.split()))
            case Word(text=text) | Wildcard(pattern=text):
                return sum(map(self._idf, text.split("-")))
            case Prefix(text=text):
                return sum(map(self._idf, f"{text}*".split("-")))
            case Or(parts=parts):
                return min(map(self.idf, parts))
            case Near(parts=parts):
                return sum(map(self.idf, parts))
            case _:
                raise AssertionError(query)

    def _idf(self, pattern: str) -> float:
        """That of a word, or of a pattern, by the documents that have it in any of the fields."""
        frequency = sum(
            any(fnmatch.fnmatchcase(word, pattern) for name in FIELDS for word in one.terms(name))
            for one in self.documents
        )
        return math.log(1 + (len(self.documents) - frequency + 0.5) / (frequency + 0.5))

    def x(self, query: Query, document: Document) -> float:
        """The number of places, weighed by the length of the field."""
        words = document.terms(self.field)
        lengths = [len(one.terms(self.field)) for one in self.documents]
        average = sum(lengths) / max(sum(length > 0 for length in lengths), 1)
        if not words:
            return 0.0
        return len(self.places(query, words)) / (1 - 0.6 + 0.6 * len(words) / average)


def score(plain: dict[str, PlainNear], query: Query, document: Document) -> float:
    """Add up the weighed numbers of places in all fields, and saturate the sum; 0 for none."""
    x = sum(boost * plain[name].x(query, document) for name, boost in FIELDS.items())
    return plain["body"].idf(query) * 2.2 * x / (1.2 + x)


# Queries and documents

words = st.sampled_from(VOCABULARY).map(Word)
phrases = st.builds(
    Phrase, st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=3).map(" ".join),
    st.sampled_from([1, 1, 2, 3]),
)  # fmt: skip
patterns = st.one_of(
    st.sampled_from(["a", "b", "a-b", "b-a"]).map(Prefix),
    st.sampled_from(["?b", "a?", "*c", "a-?c", "?b-c"]).map(Wildcard),
)
leaves: st.SearchStrategy[Query] = st.one_of(
    words, words, words, phrases, patterns, st.sampled_from(["a-b", "b-c-a"]).map(Word)
)
distances = st.sampled_from([1, 2, 3, 5])


def groups(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    lists = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        st.builds(Or, lists),
        st.builds(Near, lists, distances, st.booleans()),
        st.builds(Near, st.lists(words, min_size=2, max_size=4), distances),  # repeated words
    )


inner = st.recursive(leaves, groups, max_leaves=4)
nears = st.builds(Near, st.lists(inner, min_size=1, max_size=3), distances, st.booleans())
texts = st.lists(st.sampled_from(VOCABULARY), max_size=9).map(tuple)
batches = st.lists(
    st.lists(st.tuples(texts, texts), min_size=1, max_size=4), min_size=1, max_size=3
)


def archive_of(
    folder: Path, batches: Sequence[Sequence[tuple[tuple[str, ...], tuple[str, ...]]]],
    deleted: Iterable[int] = (),
) -> Archive:  # fmt: skip
    numbered = [
        [Document(f"{batch}-{n}", title, body) for n, (title, body) in enumerate(found)]
        for batch, found in enumerate(batches)
    ]
    return Archive(folder, numbered, [*deleted])


@given(batches, st.sets(st.integers(0, 11)), st.lists(nears, min_size=1, max_size=8))
@settings(max_examples=examples(80))
def test_what_is_found_and_its_scores_are_those_of_a_look_at_each_word(
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[list[tuple[tuple[str, ...], tuple[str, ...]]]],
    gone: set[int],
    queries: list[Near],
) -> None:
    count = sum(map(len, batches))
    deleted = {docnum for docnum in gone if docnum < count}
    archive = archive_of(tmp_path_factory.mktemp("near"), batches, deleted)
    searcher = Searcher(archive.snapshot, archive.schema)
    for query in queries:
        plain = {name: PlainNear(name, archive.documents) for name in FIELDS}
        expected = {
            docnum: told
            for docnum, document in enumerate(archive.documents)
            if docnum not in deleted and (told := score(plain, query, document))
        }
        found = searcher.top(query, count)
        assert found.total == len(expected)
        assert dict(zip(found.docnums.tolist(), found.scores.tolist(), strict=True)) == (
            pytest.approx(expected, rel=1e-5)
        )
        assert searcher.matching(query).tolist() == sorted(expected)
        assert searcher.matching(Not(query)).tolist() == (
            [docnum for docnum in range(count) if docnum not in expected and docnum not in deleted]
        )


@given(texts, texts, nears)
@settings(max_examples=examples(400))
def test_a_text_has_marks_if_and_only_if_it_matches(
    title: tuple[str, ...], body: tuple[str, ...], query: Near
) -> None:
    document = Document("x", title, body)
    for name in FIELDS:
        marked = Highlighter(query, SCHEMA.fields[name]).marks(
            FieldText(" ".join(document.terms(name)))
        )
        assert bool(marked) == bool(PlainNear(name, [document]).places(query, document.terms(name)))


@given(texts, phrases | patterns | leaves)
@settings(max_examples=examples(300))
def test_a_text_has_marks_if_and_only_if_it_has_the_phrase(
    body: tuple[str, ...], query: Query
) -> None:
    marked = Highlighter(query, SCHEMA.fields["body"]).marks(FieldText(" ".join(body)))
    assert bool(marked) == bool(PlainNear("body", []).places(query, body))


# By name


BODIES = {
    0: "a b b x c",
    1: "x b a",
    2: "the prime minister resigned over covid 19",
    3: "prime time for a minister",
    4: "a a b",
    5: "a b",
    6: "the cat and the dog and the cat",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    found = [[((), tuple(body.split()))] for body in BODIES.values()]
    archive = archive_of(tmp_path_factory.mktemp("named"), [found[0] + found[1], *found[2:]])
    return Searcher(archive.snapshot, archive.schema)


A, B, C = Word("a"), Word("b"), Word("c")
PRIME = Or((Phrase("prime minister"), Word("prime")))


@each(
    ("query", "expected"),
    [
        (Near((A, B), 1), [0, 1, 4, 5]),
        (Near((A, B), 1, ordered=True), [0, 4, 5]),
        (Near((A, A, B), 3), [4]),
        (Near((B, A, A), 3), [4]),
        (Near((A, A, B), 1), []),
        (Near((A, A, B), 2, ordered=True), [4]),
        (Near((A, B, C), 2, ordered=True), [0]),  # by the second b
        (Phrase("a b c", 2), [0]),
        (Near((Phrase("a b c", 2), Word("x")), 5), [0]),  # x stands within the phrase
        (Near((Prefix("prime-min"), Word("resigned")), 1), [2]),
        (Near((PRIME, Word("resigned")), 1, ordered=True), [2]),
        (Near((Word("resigned"), PRIME), 1), [2]),
        (Near((Word("prime"), Prefix("min")), 1, ordered=True), [2]),
        (Near((Word("prime"), Prefix("min")), 4, ordered=True), [2, 3]),
        (Prefix("covid-"), [2]),
        (Prefix("covid-1"), [2]),
        (Wildcard("covid-*-a"), []),
        (Wildcard("prime-*-for-*-minister"), [3]),
        (Wildcard("pr?me-minister"), [2]),
        (Near((Prefix("cat"), Word("cat"), Word("dog")), 4), [6]),  # one word is both
        (Near((Word("dog"), Word("cat"), Prefix("cat")), 4), [6]),
        (Near((Word("cat"), Word("cat")), 9), [6]),
        (Near((Word("cat"), Word("cat")), 6), [6]),
        (Near((Word("cat"), Word("cat")), 5), []),
        (Near((Word("cat"), Word("dog")), 10**12), [6]),
        (Near((Word("dog"), Word("x")), 10**12), []),  # not in the next document
        (Near((Word("dog"), Word("nowhere")), 5), []),
        (Near((Or((Word("dog"), Word("nowhere"))), Word("cat")), 5), [6]),
        (Near((Near((A, B)), Word("x")), 1), [1]),
        (Near((Near((A, B)), Word("x")), 2), [0, 1]),
        (Near((A,), 5), [0, 1, 3, 4, 5]),
        (Near((), 5), []),
        (Near((Word("-"), A), 5), [0, 1, 3, 4, 5]),  # what says nothing is not looked for
        (Near((Regex("m.n"), Word("prime")), 9), [2, 3]),
        (Verbatim(Near((A, B), 1, ordered=True)), [0, 4, 5]),
        (Near((Word("a", ("body",)), B), 1, ordered=True), [0, 4, 5]),
        (Near((Word("a", ("title",)), B), 1), []),
    ],
)  # fmt: skip
def test_words_near_each_other(searcher: Searcher, query: Query, expected: list[int]) -> None:
    found = searcher.matching(query).tolist()
    assert found == expected
    for docnum, body in BODIES.items():
        marks = Highlighter(query, SCHEMA.fields["body"]).marks(FieldText(body))
        assert bool(marks) == (docnum in expected)


@each(
    ("query", "message"),
    [
        (Near((A, Term("tags", "red"))), "expected words, phrases, patterns"),
        (Near((A, Not(B))), "expected words, phrases, patterns"),
        (Near((A, And((B, C)))), "expected words, phrases, patterns"),
        (Near((Word("a", ("tags",)), Word("b", ("tags",)))), "expected a text field"),
        (Near((Word("a", ("day",)), B)), "expected a text field"),
        (Near((Word("a", ("title",)), Word("b", ("body",)))), "expected parts in the same field"),
        (Near((Word("a", ("nowhere",)), B)), "expected a field of the index, got 'nowhere'"),
    ],
)
def test_what_cannot_stand_near_is_an_error_of_ours(
    searcher: Searcher, query: Query, message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        searcher.matching(query)


def test_the_terms_of_a_pattern_near_others_are_limited(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaf_compiler, "MAX_PLACED_TERMS", 2)
    with pytest.raises(QueryTooCostly, match="begin it with more letters"):
        searcher.matching(Near((Wildcard("*e*"), A), 5))
    assert searcher.matching(Near((Prefix("min"), A), 5)).tolist() == [3]


def test_scores_are_those_of_how_often_and_how_rare(searcher: Searcher) -> None:
    found = searcher.top(Near((A, B), 1), 10)
    assert found.scores.dtype == np.float64
    assert found.docnums.tolist()[:1] == [5]  # the shortest text of those with one place
    assert searcher.top(Near((A, B), 1, ordered=True), 10).scores[0] == found.scores[0]
