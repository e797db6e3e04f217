"""Which pieces of a text are tokens: what ends a word, and what does not."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.analysis import token_pattern, tokenize, words_apart
from tests.conftest import examples
from tests.tables import each

INVISIBLE = [
    "\u00ad", "\u034f", "\u061c", "\u180b", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e",
    "\u200f", "\u202a", "\u202e", "\u2060", "\u2063", "\u2066", "\u2069", "\ufe0e", "\ufe0f",
    "\ufeff", "\U000e0001", "\U000e007f", "\U000e0100",
]  # fmt: skip


@each(
    ("text", "tokens"),
    [
        ("resigned.The cabinet met.Nobody spoke", "resigned The cabinet met Nobody spoke"),
        ("in 2024.The vote", "in 2024 The vote"),
        ("tombé.Élection à Orléans.À suivre", "tombé Élection à Orléans À suivre"),
        ("ушёл.Кабинет", "ушёл Кабинет"),
        ("έφυγε.Ήταν", "έφυγε Ήταν"),
        ("गया.उसने कहा", "गया उसने कहा"),
        ("ذهب.ثم عاد", "ذهب ثم عاد"),
        ("הלך.ואז חזר", "הלך ואז חזר"),
        ("St.Petersburg, Dr.Jones", "St Petersburg Dr Jones"),
        ("a.m.The train", "a.m The train"),
        ("example.org node.js www.example.co.uk", "example.org node.js www.example.co.uk"),
        ("U.S. U.S.-led e.g. i.e. z.B. p.m.", "U.S U.S led e.g i.e z.B p.m"),
        ("Ph.D. Ph.D M.A x.C 3.5 v2.0 1.b", "Ph.D Ph.D M.A x.C 3.5 v2.0 1.b"),
        ("said.I went, left.A man, dit.À table", "said I went left A man dit À table"),
        ("he said.I", "he said I"),
        ("said.I, said.I'm, said.I\u2019m", "said I said I m said I m"),
        ("said.I.", "said.I"),
        ("e.V. e.V z.B etc.A", "e.V e.V z.B etc A"),
        ("at.X.y at.X_y at.X1 at.XY 1a.X Aa.X", "at.X.y at.X_y at.X1 at.XY 1a.X Aa.X"),
        ("сказал.Я ушёл", "сказал Я ушёл"),
        ("said.I\u00b2 said.I\u00bd", "said I said.I\u00bd"),
        ("u.aa.X", "u.aa X"),
        ("file.PDF U.S.Senate", "file.PDF U.S.Senate"),
        ("...The .Net .x a..b", "The Net x a b"),
    ],
)
def test_dots(text: str, tokens: str) -> None:
    assert tokenize(text) == tokens.split()


@each("between", ["", "\u200b", "\u2060\ufeff"])
@each("word", ["te\u0301", "tte", "t\u00e9"])
@each("other", ["E\u0301lan", "Elan", "\u00c9lan", "E\u00adlan"])
def test_marks_and_invisible_characters_make_no_difference_to_dots(
    word: str, between: str, other: str
) -> None:
    assert tokenize(f"{word}{between}.{between}{other}") == [word, other]
    assert len(tokenize(f"{word}{between}.{between}{other.lower()}")) == 1


@given(st.text(alphabet="abZé.ÉЯя\u0301\u200b उ1 ", max_size=12))
def test_a_text_keeps_its_length_and_is_taken_apart_once(text: str) -> None:
    apart = words_apart(text)
    assert len(apart) == len(text)
    assert words_apart(apart) == apart
    assert {(a, b) for a, b in zip(text, apart, strict=True) if a != b} <= {(".", " ")}


@each(
    ("text", "tokens"),
    [
        (
            "The _Harbour Gazette_ was __strongly__ against",
            "The Harbour Gazette was strongly against",
        ),
        ("_a_ __b__ ___ _ _c", "a b c"),
        ("snake_case and snake__case", "snake_case and snake__case"),
        ("_été_ _ÉTÉ", "été ÉTÉ"),
        ("__init__.py ._x a_._b", "init py x a b"),
    ],
)
def test_underscores_around_a_word_are_none_of_it(text: str, tokens: str) -> None:
    assert tokenize(text) == tokens.split()


@each(
    ("text", "tokens"),
    [
        ("harbour¹ wall", "harbour wall"),
        ("harbour¹² wall³, quay⁴⁵", "harbour wall quay"),
        ("m² ² x⁰y", "m x y"),
        ("CO₂ H₂O", "CO₂ H₂O"),
        ("1º n.º 2ª", "1º n.º 2ª"),
    ],
)
def test_superscript_digits_end_a_word(text: str, tokens: str) -> None:
    assert tokenize(text) == tokens.split()


@each(
    "text",
    [
        "1,234,567", "1,234", "1'234'567", "1’234’567", "1\u00a0234\u00a0567", "1\u202f234",
        "1\u2009234", "1\u2007234", "1.234.567", "12.345.678.901", "1,234.56", "1’234.50",
        "1,234km", "1,200m", "10,000th", "999,999", "1,00,000", "12,34,567", "10,00,00,000.50",
    ],
)  # fmt: skip
def test_a_number_in_groups_is_one_token(text: str) -> None:
    assert tokenize(text) == [text]
    assert tokenize(f"a {text}, b") == ["a", text, "b"]
    assert tokenize(f"({text})") == [text]
    assert tokenize(f"{text}. The") == [text, "The"]


@each(
    ("text", "tokens"),
    [
        ("3,5", "3 5"),
        ("12,34", "12 34"),
        ("1,2,3", "1 2 3"),
        ("2024,2025", "2024 2025"),
        ("1,234,5", "1 234 5"),
        ("1,2,345", "1 2 345"),
        ("12,345,6789", "12 345 6789"),
        ("1234,567", "1234 567"),
        ("12,34,56", "12 34 56"),
        ("1,23,4567", "1 23 4567"),
        ("1,23,456,7", "1 23 456 7"),
        ("123,45,678", "123 45 678"),
        ("12'34'567", "12 34 567"),
        ("x1,234", "x1 234"),
        ("1.2,345", "1.2 345"),
        ("1 234", "1 234"),
        ("1.234", "1.234"),
        ("1.23.456", "1.23.456"),
        ("1, 234", "1 234"),
        ("1-234", "1 234"),
    ],
)
def test_other_digits_are_not_grouped(text: str, tokens: str) -> None:
    assert tokenize(text) == tokens.split()


@each("character", INVISIBLE)
def test_an_invisible_character_ends_no_word_and_begins_none(character: str) -> None:
    inside = f"presi{character}dent"
    assert tokenize(f"The {inside} spoke") == ["The", inside, "spoke"]
    assert tokenize(f"{character}The{character} {character} end{character}.") == ["The", "end"]
    assert tokenize(f"е{character}\u0308ж") == [f"е{character}\u0308ж"]


def test_a_syllable_of_hangul_is_one_token_however_it_is_written() -> None:
    text = "대통령이 말했다"
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert tokenize(composed) == list(text.replace(" ", ""))
    assert [unicodedata.normalize("NFC", token) for token in tokenize(decomposed)] == list(
        text.replace(" ", "")
    )


def test_canonically_equal_characters_are_tokenized_alike() -> None:
    wrong = []
    for character in map(chr, range(0x110000)):
        if not unicodedata.is_normalized("NFD", character):
            forms = {character} | {
                unicodedata.normalize(form, character) for form in ("NFC", "NFD")
            }
            for around in ("{}", "a{}b", "{}b", "e{}.{}a"):
                found = {
                    tuple(
                        unicodedata.normalize("NFC", token)
                        for token in tokenize(around.replace("{}", form))
                    )
                    for form in forms
                }
                if len(found) > 1:
                    wrong.append((hex(ord(character)), around, found))
    assert wrong == []


JAMO = "\u1100\u1112\u1161\u1165\u11a8\u11ab가각힣\u3131a "


@given(st.text(alphabet=JAMO, max_size=8) | st.text(max_size=6))
@settings(max_examples=examples(600))
def test_canonically_equal_texts_have_the_same_tokens(text: str) -> None:
    found = [
        [
            unicodedata.normalize("NFC", token)
            for token in tokenize(unicodedata.normalize(form, text))
        ]
        for form in ("NFC", "NFD")
    ]
    assert found[0] == found[1]


@given(
    st.text(alphabet="aZ19023.,_'- \n", max_size=30)
    | st.text(alphabet="aé¹ªŁ1023.,_'’\u202f-– “\u2009", max_size=30)
    | st.text(st.characters(max_codepoint=127))
    | st.text(st.characters(max_codepoint=0x300))
    | st.text(st.characters(max_codepoint=0x2100))
)
@settings(max_examples=examples(600))
def test_smaller_patterns_find_the_same(text: str) -> None:
    assert token_pattern().findall(text) == token_pattern(text).findall(text)


def test_each_character_is_the_same_token_to_smaller_patterns() -> None:
    for code in range(0x2100):
        for text in (f"aé{chr(code)}b", f"1é,{chr(code)}_x"):
            assert token_pattern().findall(text) == token_pattern(text).findall(text), hex(code)
    assert token_pattern("naïve “quotes”") is not token_pattern()


@each(
    ("unit", "count"),
    [
        *[("a\u0301", 1), ("a\u200b", 1), ("a_", 1), ("a.", 1), ("é.É", 30_000), ("é.Éa", 30_001)],
        *[("1,", 30_000), (",123", 1), ("123.", 1), ("\u1100", 30_000), ("_", 0), ("\u200b", 0)],
    ],
)
def test_long_texts_of_one_kind_take_linear_time(unit: str, count: int) -> None:
    assert len(tokenize(unit * 30_000)) == count  # a pattern that backtracks would take hours
