"""Batch analysis gives what the field's Whoosh analyzer gives, token by token."""

import gzip
import itertools
import json
import os
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.synthetic import generate
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib.analysis import POSITION_GAP, batch, terms_of, tokenize
from searchlib.analysis.batch import BatchAnalyzer, TokenBatch
from searchlib.analysis.vocabulary import Vocabulary
from searchlib.arrays import Int64Array
from searchlib.whoosh_compat.analysis import WordAnalyzer
from tests.conftest import NIGHTLY, examples

SHARED = Path(os.environ.get("SEARCHLIB_SHARED", Path(__file__).parents[3] / "shared"))
NEWS = SHARED / "data" / "news21k.jsonl.gz"

NASTY = [
    "...", ".", "..", "a..b", "a.b", ".a", "a.", "U.S.", "U.S.-led", "3.5", "_", "__x__", "-", "'",
    "don't", "don’t", "‘quoted’", "“Quoted”", "a—b", "a–b", "…", "a…b", "é", "e\u0301", "\u0301",
    "cafe\u0301s", "ﬁnance", "İstanbul", "Iı", "ß", "½°C", "²", "x²", "a\u00a0b", "a\u200cb",
    "\u200d", "\u2003", "\u203f", "a\u203fb", "\x00", "\x01", "a\x01b", "\x01\x01", "\x85", "\x1f",
    "\ud800", "a\udfffb", "中文字", "中a文", "a中.b", "ไทย", "ภาษาไทย", "กำ", "한국어",
    "かな\u3099",
    "हिन्दी", "العَرَبِيَّة", "Ελληνικά", "Россия", "правительственный", "𝐀𝐁", "😀", "𠀀", "a😀b",
    "x" * 7, "x" * 8, "x" * 9, "x" * 15, "x" * 16, "x" * 17, "x" * 70, "abcdefgh", "abcdefghi",
    "abcdefghABCDEFGH", "abcdefghABCDEFGHi", "The", "the", "running", "\n\n", " ", "\t", "1,234.5",
    "end.The", "é.Élan", "E\u0301.E\u0301lan", "A.The", "3.Two", "a.B", "a.É", ".É", ".Et", "É.",
    "गया.उसने", ".उ", "a.\u200bThe", "a\u00ad.The", "\u00ad", "\u200b", "\ufeff", "a\u00adb",
    "\u0301.A", "u.", "1", "12", "123", "1234", ",", "’", "\u202f", "\u2009", "1,234", "1,234,567",
    "1.234.567", ".567", "1’234", "1\u00a0234", "1'234'567", ",5", ",567", "567", "x²", "⁴", "_x",
    "x_", "_", "égalité", "déjà", "É", "été.Il", "”The", ".”", "\u1112\u1161\u11ab", "\u1112",
    "\u1161", "가", "각", "\u11a8", "said.I", ".I", "I'm", "a.I,", "dé.I", "é.À", "éd.À ",
    "I\u00ad", "I²", "I½", "I.", "I_", "I”", "aa", "Aa", "ΜΗΤΣ", "ς", "Σ",
]  # fmt: skip

texts = st.lists(st.sampled_from([*NASTY, " ", ".", "-"]) | st.text(max_size=5), max_size=12).map(
    "".join
)


def whoosh_tokens(analyzer: Any, text: str, start: int = 0) -> list[tuple[str, int]]:
    return [
        (token.text, token.pos)
        for token in analyzer(text, positions=True, mode="index", start_pos=start)
    ]


def tokens_of(tokens: TokenBatch, vocabulary: Vocabulary) -> list[list[tuple[str, int]]]:
    """Spell out a batch: for each document its terms and their positions."""
    assert tokens.terms.dtype == tokens.positions.dtype == tokens.lengths.dtype == np.int32
    assert tokens.counts.dtype == np.int32
    assert len(tokens.terms) == len(tokens.positions) == tokens.counts.sum()
    spelt = [vocabulary.terms[number] for number in tokens.terms.tolist()]
    pairs = iter(zip(spelt, tokens.positions.tolist(), strict=True))
    return [[next(pairs) for _ in range(count)] for count in tokens.counts.tolist()]


def analyzed(analyzer: BatchAnalyzer, values: list[Any]) -> list[list[tuple[str, int]]]:
    return tokens_of(analyzer.analyze(values), analyzer.vocabulary)


@pytest.fixture(params=["english", None, "french"], scope="module")
def language(request: pytest.FixtureRequest) -> str | None:
    given: str | None = request.param
    return given


@given(st.lists(texts, max_size=4))
@example(NASTY)
@example([])
@example(["", ""])
@example(["U.S.-led\u0301.A.", "led\u0301.\u00c9. x", "led\u0301.E\u0301.", "led\u0301.A"])
@example(["".join(NASTY), " ".join(NASTY), ".".join(NASTY)])
def test_nasty_text_gives_the_tokens_of_the_whoosh_analyzer(
    language: str | None, values: list[str]
) -> None:
    analyzer = WordAnalyzer(language)
    expected = [whoosh_tokens(analyzer, value) for value in values]
    in_batches = BatchAnalyzer(language)
    assert analyzed(in_batches, values) == expected
    assert analyzed(in_batches, values) == expected, "from memory"


def test_every_character_is_in_a_token_or_not_as_the_pattern_has_it() -> None:
    every = [chr(code) for code in range(0x11000) if not 0xD800 <= code < 0xE000]
    # Many in one text: a text of its own for each takes three times as long.
    values = [
        "".join(f"a{character}b{character}.c " for character in every[start : start + 64])
        for start in range(0, len(every), 64)
    ]
    analyzer = WordAnalyzer(None)
    expected = [whoosh_tokens(analyzer, value) for value in values]
    assert analyzed(BatchAnalyzer(None), values) == expected


def test_words_in_any_slot_of_the_table_are_told_apart(language: str | None) -> None:
    shuffled = random.Random(1)
    letters = "abcdefgh"
    words = ["".join(shuffled.choices(letters, k=1 + n % 19)) for n in range(30_000)]
    words += [word[:8] for word in words]
    analyzer = BatchAnalyzer(language)
    expected = whoosh_tokens(WordAnalyzer(language), " ".join(words))
    for _ in range(2):
        [tokens] = analyzed(analyzer, [" ".join(words)])
        assert tokens == expected


def news() -> Iterator[dict[str, Any]]:
    if not NEWS.exists():
        pytest.skip(f"expected the news corpus at {NEWS}; set SEARCHLIB_SHARED to where it is")
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def test_a_news_corpus_gives_the_tokens_of_the_whoosh_analyzer() -> None:
    """The nightly run takes the whole corpus, any other each third article."""
    articles = itertools.islice(news(), 0, None, 1 if NIGHTLY else 3)
    bodies = [article.get("body") or "" for article in articles]
    analyzer = WordAnalyzer("english")
    in_batches = BatchAnalyzer("english")
    found = in_batches.analyze(bodies)
    # Whoosh itself takes half a minute for all of it: what its analyzer is made of does not.
    terms = terms_of("english")
    number_of = cache(lambda token: in_batches.vocabulary[terms(token)[0]])
    expected = [list(map(number_of, tokenize(body))) for body in bodies]
    assert found.lengths.tolist() == list(map(len, expected))
    np.testing.assert_array_equal(found.terms, np.concatenate(expected))
    np.testing.assert_array_equal(found.positions, np.concatenate(list(map(_count, expected))))
    sample = bodies[:: 200 if NIGHTLY else 67]
    assert analyzed(in_batches, sample) == [whoosh_tokens(analyzer, body) for body in sample]


def _count(tokens: list[int]) -> Int64Array:
    return np.arange(len(tokens))


def test_synthetic_articles_give_the_tokens_of_the_whoosh_analyzer(language: str | None) -> None:
    bodies = [article["body"] for article in generate(150, seed=3)]
    analyzer = WordAnalyzer(language)
    expected = [whoosh_tokens(analyzer, body) for body in bodies]
    assert analyzed(BatchAnalyzer(language), bodies) == expected


def test_none_and_empty_values_have_no_tokens() -> None:
    found = analyzed(BatchAnalyzer(None), [None, "", "one", [], ["", "two"], None])
    assert found == [[], [], [("one", 0)], [], [("two", 0)], []]


def test_a_gap_stands_between_two_texts_of_a_document() -> None:
    values = [["one two", "", "...", "three four"], "five", ["six", "seven", "eight"]]
    gap = POSITION_GAP
    expected = [
        [("one", 0), ("two", 1), ("three", 2 + gap), ("four", 3 + gap)],
        [("five", 0)],
        [("six", 0), ("seven", 1 + gap), ("eight", 2 + 2 * gap)],
    ]
    assert analyzed(BatchAnalyzer(None), values) == expected


@given(st.lists(st.none() | texts | st.lists(texts, max_size=3), max_size=4))
@settings(max_examples=examples(100))
def test_several_texts_are_those_texts_one_after_another(values: list[Any]) -> None:
    analyzer = WordAnalyzer("french")
    expected, lengths = [], []
    for value in values:
        tokens: list[tuple[str, int]] = []
        length = 0
        for text in [value] if isinstance(value, str) else value or []:
            start = tokens[-1][1] + 1 + POSITION_GAP if tokens else 0
            more = whoosh_tokens(analyzer, text, start)
            length += len(tokenize(text))
            tokens += more
        expected.append(tokens)
        lengths.append(length)
    in_batches = BatchAnalyzer("french")
    assert analyzed(in_batches, values) == expected
    assert in_batches.analyze(values).lengths.tolist() == lengths


def test_a_full_memory_is_emptied_and_numbers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_MEMO_LIMIT", 50)
    monkeypatch.setattr(batch, "_GROUP_CHARS", 200)
    bodies = [article["body"] for article in generate(20, seed=5)]
    analyzer = BatchAnalyzer("english")
    first, second = analyzer.analyze(bodies), analyzer.analyze(bodies)
    np.testing.assert_array_equal(first.terms, second.terms)
    expected = [whoosh_tokens(WordAnalyzer("english"), body) for body in bodies]
    assert tokens_of(second, analyzer.vocabulary) == expected


def test_a_forgetful_analyzer_starts_a_new_vocabulary() -> None:
    analyzer = BatchAnalyzer(None)
    tokens, old = analyzer.analyze(["one two"]), analyzer.vocabulary
    analyzer.forget()
    assert analyzed(analyzer, ["two one"]) == [[("two", 0), ("one", 1)]]
    assert analyzer.vocabulary.terms == ["two", "one"]
    assert tokens_of(tokens, old) == [[("one", 0), ("two", 1)]]


@given(st.lists(st.lists(st.text(max_size=3), max_size=20), max_size=5))
def test_numbers_come_in_the_order_of_their_terms(rounds: list[list[str]]) -> None:
    vocabulary = Vocabulary()
    for terms in rounds:
        numbers = np.array(sorted({vocabulary[term] for term in terms}), dtype=np.int32)
        ordered = vocabulary.in_term_order(numbers)
        assert ordered.dtype == np.int32
        assert [vocabulary.terms[number] for number in ordered] == sorted(set(terms))
    assert [vocabulary[term] for term in vocabulary.terms] == list(range(len(vocabulary)))
