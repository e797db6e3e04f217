"""Characters of other scripts and keyboards that are the same as others, by the terms they give."""

import sys
import unicodedata

import pytest

from searchlib import Article, Index
from searchlib.analysis import analyze, languages, tokenize
from searchlib.analysis.batch import BatchAnalyzer
from tests.tables import each

APOSTROPHES = "'’‘‛′＇`´ʼʻʽʾʿʹ"
DIGITS = [
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) == "Nd"
]


def same(one: str, other: str, language: str | None) -> bool:
    mine, theirs = analyze(one, language), analyze(other, language)
    return len(mine) == len(theirs) and all(
        set(a) & set(b) for a, b in zip(mine, theirs, strict=True)
    )


def test_a_digit_of_any_script_is_the_digit() -> None:
    assert len(DIGITS) > 600
    for digit in DIGITS:
        assert analyze(f"{digit}{digit}", None) == [(str(unicodedata.digit(digit)) * 2,)]


@each("language", [*languages(), None])
@each(
    ("written", "plain"),
    [
        ("سنة ٢٠٢٥", "سنة 2025"),
        ("سال ۱۴۰۳", "سال 1403"),
        ("वर्ष २०२५ में", "वर्ष 2025 में"),
        ("ปี ๒๕๖๘", "ปี 2568"),
        ("١٬٢٣٤٬٥٦٧ و ٣٫٥", "1,234,567 و 3.5"),
    ],
)
def test_numbers_are_the_same_in_all_digits(written: str, plain: str, language: str) -> None:
    assert same(written, plain, language)


@each(
    ("text", "tokens"),
    [
        ("١٬٢٣٤٬٥٦٧ ١٬٢٣ ١٬٢٣٤٬", ["١٬٢٣٤٬٥٦٧", "١", "٢٣", "١٬٢٣٤"]),
        ("٣٫٥ ٣٫ ٫٥ a٫b", ["٣٫٥", "٣", "٥", "a", "b"]),
        ("ปี๒๕๖๘นี้", ["ป", "๒๕๖๘", "น"]),
        ("၁၂၃ ១២៣ ໑໒", ["၁၂၃", "១២៣", "໑໒"]),
    ],
)
def test_where_numbers_end(text: str, tokens: list[str]) -> None:
    assert [token[: len(wanted)] for token, wanted in zip(tokenize(text), tokens, strict=True)] == (
        tokens
    )


@each("word", ["O{}Brien", "п{}ять", "Qur{}an", "Hawai{}i", "l{}eau", "{}Abd"])
def test_an_apostrophe_of_any_kind_is_one(word: str) -> None:
    assert len({tuple(analyze(word.format(one), "english")) for one in APOSTROPHES}) == 1


def test_a_letter_with_a_mark_may_be_two_characters_of_half_the_width() -> None:
    assert analyze("ﾊﾟﾘとｶﾞﾗｽ", None) == analyze("パリとガラス", None)


@pytest.mark.parametrize("text", ["กำ น้ำ ทำไม", "ຄຳ ນ້ຳ"])
def test_the_vowel_am_may_be_two_characters(text: str) -> None:
    assert analyze(unicodedata.normalize("NFKC", text), None) == analyze(text, None)


@each("language", ["persian", "arabic", "english", None])
@each(("one", "other"), [("کتاب", "كتاب"), ("ایران", "ايران"), ("ملی", "ملي")])
def test_persian_letters_are_the_arabic_ones(one: str, other: str, language: str | None) -> None:
    assert same(one, other, language)


@each(("one", "other"), [("Ƶ", "z"), ("Ⱥ", "a"), ("Ǥ", "g"), ("ɵ", "o")])
def test_a_letter_with_a_stroke_is_the_letter(one: str, other: str) -> None:
    assert same(one, other, "english")


TEXTS = [
    "Hawaiʻi in ٢٠٢٥",
    "12,34,567 crore, 1,23 and 1,00,000.The",
    "١٬٢٣٤ ﾊﾟﾘ, กำ o’b oʼb",
    "ʼa ʼ ٣٫٥.The",
]


@each("text", TEXTS)
def test_texts_in_batches_have_the_same_terms(text: str) -> None:
    analyzer = BatchAnalyzer("english")
    batch = analyzer.analyze([text])
    terms = analyzer.vocabulary.terms
    assert [terms[term] for term in batch.terms] == [one[0] for one in analyze(text, "english")]


@each(
    ("text", "query", "mark"),
    [
        ("a storm on Hawaiʻi island", "hawai'i", "Hawaiʻi"),
        ("في سنة ٢٠٢٥ كانت", "2025", "٢٠٢٥"),
        ("it cost ١٬٢٣٤٬٥٦٧ crowns", "1,234,567", "١٬٢٣٤٬٥٦٧"),
        ("it cost 1,234,567 crowns", "١٬٢٣٤٬٥٦٧", "1,234,567"),
        ("flights to ﾊﾟﾘ resume", "パリ", "ﾊﾟﾘ"),
        ("ไปดูน\u0e49\u0e4d\u0e32ตก", "น้ำ", "น\u0e49\u0e4d\u0e32"),
        ("در ایران امروز", "ايران", "ایران"),
    ],
)
def test_marks_are_exact_on_the_text_as_it_is(text: str, query: str, mark: str) -> None:
    index = Index.in_memory(Article)
    index.add([Article(id="a", title="", body=text)])
    [hit] = index.search(query)
    assert f"<mark>{mark}</mark>" in hit.snippets["body"].html
