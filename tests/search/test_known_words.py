"""The words of an archive are counted as its texts have them; edits cost what they are said to."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib import Article, Index
from searchlib.search import known_words
from searchlib.search.edits import ONE_EACH, Costs, letters_of, table_end
from searchlib.search.known_words import KnownWords

TEXTS = [
    "Elections, elected and an election: naïve naive naïve.",
    "The elections of 1,000 voters; NATO and the U.S. voted.",
    "Élysée",
]


def known_of(index: Index[Article]) -> KnownWords:
    return KnownWords(index._searcher.snapshot, ["title", "body"])


@pytest.mark.parametrize("at_once", [True, False])
def test_words_are_counted_over_fields_and_segments(at_once: bool) -> None:
    articles = [Article(id=str(n), title=text, body=text) for n, text in enumerate(TEXTS)]
    with Index.in_memory(Article) as index:
        for some in [articles] if at_once else [[one] for one in articles]:
            index.add(some)
        known = known_of(index)
    expected = Counter(re.findall(r"\w[\w.,]*\w|\w", " ".join(TEXTS).lower().replace("ï", "i")))
    expected["elysee"] = expected.pop("élysée")
    found = dict(zip(known.folded, known.counts.tolist(), strict=True))
    assert found == {word: 2 * count for word, count in expected.items()}
    assert known.words[known.folded.index("naive")] == "naïve"  # the more frequent
    assert known.words[known.folded.index("elysee")] == "élysée"
    assert known.count("NAÏVE") == known.count("naive") == 6
    assert known.count("storm") == 0
    assert known.folded == sorted(known.folded)


def test_of_too_many_words_the_commonest_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_words, "MOST_WORDS", 2)
    with Index.in_memory(Article) as index:
        index.add([Article(id="1", body="storm storm flood flood flood rain")])
        assert known_of(index).folded == ["flood", "storm"]


def cost(word: str, text: str, costs: Costs) -> int:
    """Compute the cost of making a text of a word, one case after another."""

    @cache
    def of(i: int, j: int) -> int:
        if not i or not j:
            return i * costs.missing + j * costs.extra
        ways = [
            of(i - 1, j) + costs.missing,
            of(i, j - 1) + costs.extra,
            of(i - 1, j - 1) + (word[i - 1] != text[j - 1]) * costs.replaced,
        ]
        if i > 1 and j > 1 and word[i - 1] == text[j - 2] and word[i - 2] == text[j - 1]:
            ways.append(of(i - 2, j - 2) + costs.swapped)
        return min(ways)

    return of(len(word), len(text))


SHORT = st.text("abc", min_size=1, max_size=6)


@given(
    st.lists(SHORT, min_size=1, max_size=8),
    SHORT,
    st.sampled_from([ONE_EACH, Costs(31, 63, 63, 31)]),
)
def test_edits_cost_what_they_are_said_to(words: list[str], text: str, costs: Costs) -> None:
    limit = 2
    width = max(map(len, words))
    ends = table_end(letters_of(words, width), text, limit, costs)
    lengths = np.array([len(word) for word in words])
    found = ends[lengths, np.arange(len(words))].tolist()
    for word, one in zip(words, found, strict=True):
        exact = cost(word, text, costs)
        edits = cost(word, text, ONE_EACH)
        if edits <= limit and abs(len(word) - len(text)) <= limit:
            assert one <= limit * max(costs)
            assert one >= exact
            if exact <= limit * min(costs):
                assert one == exact
        elif costs is ONE_EACH:
            assert one > limit
