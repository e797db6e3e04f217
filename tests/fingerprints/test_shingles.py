"""A text is the set of its runs of three terms, the same on every machine."""

from __future__ import annotations

import subprocess
import sys
from zlib import crc32

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchlib.fingerprints.shingles import SHINGLE, TermHashes, shingles

TEXTS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=9), max_size=8)


def of(texts: list[list[str]]) -> list[list[int]]:
    """Give the shingle at each term of each text."""
    vocabulary = sorted({term for text in texts for term in text})
    numbers = [vocabulary.index(term) for text in texts for term in text]
    hashes = TermHashes().of(vocabulary).take(np.array(numbers, np.int64))
    counts = [len(text) for text in texts]
    found = shingles(hashes, np.array(counts, np.int32))
    return [part.tolist() for part in np.split(found, np.cumsum(counts)[:-1])] if texts else []


def runs(text: list[str]) -> list[tuple[str, ...]]:
    last = max(len(text) - SHINGLE, 0)
    return [tuple(text[min(start, last) :][:SHINGLE]) for start in range(len(text))]


@given(TEXTS)
def test_they_are_equal_where_the_runs_of_terms_are(texts: list[list[str]]) -> None:
    hashes: dict[int, tuple[str, ...]] = {}
    for text, found in zip(texts, of(texts), strict=True):
        assert len(found) == len(runs(text))
        for run, hashed in zip(runs(text), found, strict=True):
            assert hashes.setdefault(hashed, run) == run
    assert len(set(hashes.values())) == len(hashes)


@given(TEXTS)
def test_those_of_a_text_do_not_depend_on_its_neighbours(texts: list[list[str]]) -> None:
    assert of(texts) == [of([text])[0] for text in texts]


def test_a_text_shorter_than_a_shingle_is_one_as_a_whole() -> None:
    short, other, longer, empty = of([["a"], ["b"], ["a", "b"], []])
    assert longer[0] == longer[1]
    assert len({short[0], other[0], longer[0]}) == 3
    assert empty == []


def test_a_vocabulary_may_grow_or_be_another() -> None:
    hashes, terms = TermHashes(), ["a", "b"]
    before = hashes.of(terms).tolist()
    terms.append("c")
    assert hashes.of(terms)[:2].tolist() == before
    assert hashes.of(["c"]).tolist() == hashes.of(terms)[2:].tolist()


def test_hashes_are_the_same_in_every_process() -> None:
    code = (
        "from searchlib.fingerprints.shingles import TermHashes\n"
        "print(TermHashes().of(['storm', 'é', '北'])[1])"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed,
            "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        assert int(done.stdout) == int(TermHashes().of(["é"])[0])
    number = ((crc32("é".encode()) + 1) * 0xBF58476D1CE4E5B9) % 2**64
    number ^= number >> 32
    assert int(TermHashes().of(["é"])[0]) == number * 0xBF58476D1CE4E5B9 % 2**64
