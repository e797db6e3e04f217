"""A segment keeps the words that the terms of a text field stand for, and merging adds them up."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchlib.analysis.batch import BatchAnalyzer
from searchlib.analysis.terms import analyze
from searchlib.errors import CorruptIndexError
from searchlib.segment.contents import SegmentContents
from searchlib.segment.inversion import invert
from searchlib.segment.merge import merge_segments
from searchlib.segment.reader import SegmentReader
from searchlib.segment.words import WordsReader
from searchlib.segment.writer import write_segment

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.segment.field_reader import FieldReader

Found = dict[str, list[tuple[str, int]]]

WORDS = ["election", "elections", "elected", "Storm", "storm", "storms", "nato", "égalité", "1,000"]
DOCUMENTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=6)


def segment(path: Path, texts: list[str], language: str | None = "english") -> SegmentReader:
    analyzer = BatchAnalyzer(language)
    batches = [analyzer.analyze([text]) for text in texts]
    field = invert(batches, analyzer.vocabulary)
    documents = [b"{}"] * len(texts)
    write_segment(path, SegmentContents(len(texts), {"body": field}, {}, documents))
    return SegmentReader(path)


def found_in(field: FieldReader) -> Found:
    """List the words of each term that stands for others."""
    words = field.words
    if words is None:
        assert not len(field.terms)
        return {}
    found: Found = defaultdict(list)
    for ordinal, text, count in zip(
        words.ordinals.tolist(), words.texts, words.counts.tolist(), strict=True
    ):
        found[field.terms.term(ordinal).decode()].append((text.decode(), count))
    return dict(found)


def expected(texts: list[str], language: str | None = "english") -> Found:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in text.lower().split():
            (terms,) = analyze(word, language)
            for term in terms:
                counts[term][word] += 1
    return {
        term: sorted(words.items(), key=lambda one: (-one[1], one[0]))
        for term, words in counts.items()
        if list(words) != [term]
    }


def test_the_words_of_a_term_come_commonest_first(tmp_path: Path) -> None:
    reader = segment(tmp_path / "s", ["Elections, elected!", "elections: NATO, nato", "1,000 U.S."])
    assert found_in(reader.inverted("body")) == {
        "1000": [("1,000", 1)],
        "elect": [("elections", 2), ("elected", 1)],
        "us": [("u.s", 1)],
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS, st.sampled_from(["english", "french", None]))
def test_words_are_counted(tmp_path: Path, texts: list[str], language: str | None) -> None:
    path = tmp_path / "s"
    path.unlink(missing_ok=True)
    with segment(path, texts, language) as reader:
        assert found_in(reader.inverted("body")) == expected(texts, language)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS, DOCUMENTS)
def test_merging_adds_words_up(tmp_path: Path, one: list[str], two: list[str]) -> None:
    for path in tmp_path.iterdir():
        path.unlink()
    readers = [segment(tmp_path / "1", one), segment(tmp_path / "2", two)]
    merge_segments(tmp_path / "m", readers, [None, None], memory=400)
    with SegmentReader(tmp_path / "m") as merged:
        assert found_in(merged.inverted("body")) == expected(one + two)


def test_a_word_counts_no_more_than_is_left_of_its_term(tmp_path: Path) -> None:
    texts = ["elections elections", "elections elected", "storms"]
    reader = segment(tmp_path / "1", texts)
    merge_segments(tmp_path / "m", [reader], [np.array([False, True, False])])
    found = found_in(SegmentReader(tmp_path / "m").inverted("body"))
    assert found == {"elect": [("elections", 2), ("elected", 1)]}


def without_words(path: Path, texts: list[str]) -> SegmentReader:
    """Write a segment as those were that kept no words."""
    analyzer = BatchAnalyzer("english")
    field = invert([analyzer.analyze(texts)], analyzer.vocabulary)
    object.__setattr__(field, "words", None)
    documents = [b"{}"] * len(texts)
    write_segment(path, SegmentContents(len(texts), {"body": field}, {}, documents))
    return SegmentReader(path)


def test_segments_without_words_merge_with_those_that_have_them(tmp_path: Path) -> None:
    before = without_words(tmp_path / "1", ["elections"])
    assert before.inverted("body").words is None
    since = segment(tmp_path / "2", ["elected"])
    merge_segments(tmp_path / "m", [before, since], [None, None])
    found = found_in(SegmentReader(tmp_path / "m").inverted("body"))
    assert found == {"elect": [("elected", 1)]}
    merge_segments(tmp_path / "old", [before, before], [None, None])
    assert SegmentReader(tmp_path / "old").inverted("body").words is None


def test_a_word_is_one_however_it_is_met(tmp_path: Path) -> None:
    text = "end end_ _end End. “end” ends"
    reader = segment(tmp_path / "s", [text, text])
    assert found_in(reader.inverted("body")) == {"end": [("end", 10), ("ends", 2)]}


@given(st.text(max_size=12), st.sampled_from(["english", "french", "turkish", None]))
def test_a_word_has_the_term_it_is_kept_for(text: str, language: str | None) -> None:
    analyzer = BatchAnalyzer(language)
    analyzer.analyze([text])
    vocabulary = analyzer.vocabulary
    for word, number in zip(vocabulary.words, vocabulary.terms_of_words().tolist(), strict=True):
        assert word == word.lower()
        assert 0 <= number < len(vocabulary.terms)


@pytest.mark.parametrize("part", ["", ".terms", ".counts"])
@pytest.mark.parametrize("place", [0, 3, -1])
def test_damage_is_an_error(tmp_path: Path, part: str, place: int) -> None:
    path = tmp_path / "s"
    file = segment(path, ["elections elected storms"])._file
    assert file is not None
    section = file.section(f"body.words{part}")
    at = section.offset + place % section.length
    data = bytearray(path.read_bytes())
    data[at] = data[at] ^ 0xFF
    path.write_bytes(data)
    field = SegmentReader(path).inverted("body")
    if part == "" and place == 0:  # the width of a byte is not looked at
        return
    with pytest.raises(CorruptIndexError, match=rf"body\.words{re.escape(part)}'"):
        assert field.words is None


def test_too_few_words_are_an_error(tmp_path: Path) -> None:
    file = segment(tmp_path / "s", ["elections elected storms"])._file
    assert file is not None
    for count, terms in ((2, 2), (4, 2), (3, 1)):
        with pytest.raises(CorruptIndexError, match="body.words"):
            WordsReader(file, "body.words", count, terms).read()
