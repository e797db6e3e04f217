"""What the benchmarks of suggestions and completions try is what they say."""

from __future__ import annotations

import random

from benchmarks.completions import beginnings, times
from benchmarks.misspellings import damaged, frequent_words, misspellings, shares
from hypothesis import given
from hypothesis import strategies as st

from searchlib import Article, Index
from searchlib.search.edits import edit_distances

WORDS = ["harbour", "ceasefire", "minister", "government"]


@given(st.sampled_from(WORDS), st.integers(1, 2), st.integers())
def test_a_damaged_word_is_so_many_edits_away(word: str, edits: int, seed: int) -> None:
    text = damaged(word, edits, random.Random(seed))
    assert 1 <= edit_distances([word], text, 4)[0] <= 2 * edits  # two swaps may overlap
    assert abs(len(text) - len(word)) <= edits


def test_words_are_those_of_twenty_texts() -> None:
    texts = [*["Harbour, harbour ministers"] * 20, *["ceasefire storm"] * 19, *["storm2storm"] * 20]
    assert frequent_words(texts) == ["harbour", "ministers"]


def test_misspellings_are_the_same_for_a_seed() -> None:
    cases = misspellings(WORDS, 40, 1)
    assert cases == misspellings(WORDS, 40, 1) != misspellings(WORDS, 40, 2)
    assert [edits for _, _, edits in cases] == [1, 2] * 20
    assert not {typed for typed, _, _ in cases} & set(WORDS)


def test_an_index_is_tried() -> None:
    with Index.in_memory(Article) as index:
        index.add(
            Article(id=str(n), title=f"The {word}", body=word) for n, word in enumerate(WORDS)
        )
        found = shares(index, WORDS, 20, 1)
        assert found["left alone"] == 1
        assert found["one edit"] == 1
        texts = beginnings(["The harbour office", "...", ""], 20, 1)
        assert len(times(index, texts)) == 20
        assert all("the harbour office".find(text) >= 0 for text in texts)
