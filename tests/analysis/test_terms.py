"""Which words are the same: two that have a term in common."""

import unicodedata

import pytest
import Stemmer
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.analysis import (
    ANALYSIS_VERSION,
    analyze,
    languages,
    pattern_terms,
    stop_terms,
    terms_of,
)
from searchlib.analysis.terms import terms_of_plain_words
from searchlib.errors import SchemaError
from tests.analysis.test_tokens import INVISIBLE
from tests.conftest import examples
from tests.tables import each

# Words with accents; for each language, of its own and of those that its newspapers print.
WORDS = {
    "english": "café naïve façade Mbappé Milošević André Nestlé Straße Zürich São Łódź Đà Nguyễn "
    "Ærø Øresund Þór Beyoncé fiancée résumé Erdoğan Kılıçdaroğlu Ñandú Čapek Dvořák Gdańsk",
    "french": "égalité élève déjà hôpital français garçon naïveté évêque préféré créées château "
    "là sécurité réélection œuvre sœur aiguë maïs août procédé Genève répété générale",
    "spanish": "elección niño corazón también lingüística años camión políticos árbol inglés "
    "pingüino señores rápidamente médico continúa cigüeña corazones",
    "portuguese": "eleição coração também irmã irmãs avô português inflação ações pão pães "
    "câmara exército república três órgão úteis",
    "german": "Straße Größe Bürgermeister Äpfel Mädchen schön Füße Übung Häuser gemäß Öl müde "
    "Schröder Präsident Wähler",
    "italian": "città perché università così libertà è già più virtù lunedì verità caffè",
    "danish": "ærø Ærlig kører Ålborg år børn første præsident læser små søndag",
    "swedish": "åtta köper märke Göteborg älg öppen första små sjö människor",
    "norwegian": "blåbær kjøper Ålesund første små sjø øyene lærer",
    "finnish": "päivä työ Hämeenlinna yö presidentti äänestää Jyväskylä tänään",
    "polish": "Łódź wybory żółty książka Wałęsa święto pięć źródło mężczyźni",
    "czech": "příliš žluťoučký kůň Čapek město řeka dítě volební společnost",
    "hungarian": "választás könyv első tűz Győr űrhajó gyönyörű házak",
    "romanian": "alegeri preşedinte președinte Iaşi țară înalt mâine București",
    "turkish": "seçim İstanbul ışık Diyarbakır güneş çocuklar Erdoğan ağaç öğrenci",
    "catalan": "eleccions València país català també això",
    "lithuanian": "rinkimai žmogus Šiauliai ąžuolas ėmė ūkis",
    "russian": "ёлка моей ещё подъём Горбачёв всё",
    "greek": "άνθρωπος εκλογές Αθήνα πρόεδρος ελευθερία",
    "dutch": "financiële coördinatie één reünie café België",
    "irish": "toghchán Gaeilge tír bláth údarás",
    "esperanto": "ĉirkaŭ ĝardeno ĵurnalo aŭtuno",
    "basque": "España Nuñez Cádiz",
    "serbian": "izbori Đoković čovek šuma žena Milošević",
    "estonian": "õhk küla tänav pühapäev",
    "arabic": "مُحَمَّد الحُكُومَة قُرْآن مَدْرَسَة",
}


LETTERS = {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
LETTERS |= {"đ": "d", "Đ": "D", "ı": "i", "Þ": "Th", "ð": "d"}


def meet(one: str, other: str, language: str | None) -> bool:
    terms = terms_of(language)
    return not set(terms(one)).isdisjoint(terms(other))


def bare(word: str) -> str:
    """Write a word as those do who have no accents on their keyboard."""
    decomposed = unicodedata.normalize("NFD", word)
    for letter, plain in LETTERS.items():
        decomposed = decomposed.replace(letter, plain)
    kept = [c for c in decomposed if unicodedata.category(c) != "Mn" or c in "\u0653\u0654\u0655"]
    return unicodedata.normalize("NFC", "".join(kept))


@each("language", [*WORDS, None])
def test_words_are_the_same_with_and_without_accents(language: str | None) -> None:
    words = [*WORDS.get(language or "", "").split(), *WORDS["english"].split()]
    assert [word for word in words if not meet(word, bare(word), language)] == []
    assert [word for word in words if not meet(word.upper(), bare(word), language)] == []
    decomposed = [unicodedata.normalize("NFD", word) for word in words]
    assert [word for word in decomposed if not meet(word, bare(word), language)] == []


@pytest.mark.parametrize("language", [*languages(), None])
@settings(max_examples=examples(80))
@given(st.text(alphabet="aeinstéèêëïôùçãñößåäøðłžčėığяйёάאُّ", min_size=1, max_size=9))
def test_accents_make_no_difference_in_any_language(language: str | None, word: str) -> None:
    word = f"m{word}"  # an accent alone is no word
    assert meet(word, bare(word), language)
    half = bare(word[: len(word) // 2]) + word[len(word) // 2 :]
    assert meet(word, half, language)


@each("language", ["french", "spanish", "german", "portuguese", "russian"])
def test_the_primary_term_is_what_it_was(language: str) -> None:
    stem = Stemmer.Stemmer(language, 0).stemWord
    for word in WORDS[language].lower().split():
        assert terms_of(language)(word)[0] == bare(stem(word))


@each(
    ("language", "one", "other"),
    [
        ("french", "égalité", "égal"),
        ("french", "égalité", "Egalite"),
        ("french", "préférée", "préféré"),
        ("spanish", "elección", "elecciones"),
        ("portuguese", "órgão", "ORGAO"),
        ("german", "Häuser", "Haus"),
        ("english", "cafés", "cafe"),
        ("english", "fiancées", "fiancee"),
        ("russian", "моей", "мой"),
        ("german", "Straßen", "STRASSE"),
        ("german", "STRAẞE", "Strasse"),
        (None, "Straße", "strasse"),
        ("english", "ǿre", "øre"),
        ("english", "ﬁnance", "finance"),
        ("english", "Ａｐｐｌｅ", "apple"),
        ("english", "Ħamrun", "Hamrun"),
        ("turkish", "İzmir", "izmir"),
        ("english", "Əliyev", "Aliyev"),
    ],
)
def test_forms_of_a_word_meet(language: str | None, one: str, other: str) -> None:
    assert meet(one, other, language)


@each("language", ["english", "porter", "indonesian", "sesotho", None])
def test_stemmers_that_know_no_accents_give_one_term(language: str | None) -> None:
    assert all(
        len(terms_of(language)(word)) == 1 for words in WORDS.values() for word in words.split()
    )


@each("language", [*languages(), None])
def test_many_plain_words_at_once_have_the_terms_of_each(language: str | None) -> None:
    accented = [word for words in WORDS.values() for word in words.lower().split()]
    words = [word for word in map(bare, accented) if word.isascii()]
    words += [word[:length] for word in words for length in range(1, len(word))]
    one_by_one = [terms_of(language)(word) for word in words]
    assert one_by_one == [(term,) for term in terms_of_plain_words(language)(words)]


@each("language", ["english", "french", None])
@each("character", INVISIBLE)
def test_invisible_characters_are_in_no_term(character: str, language: str | None) -> None:
    assert analyze(f"presi{character}dent éga{character}lité", language) == analyze(
        "president égalité", language
    )
    assert analyze(f"{character}U{character}.S{character}.", language) == [("us",)]


@given(st.lists(st.sampled_from("Elan .Té\u0301उ-"), max_size=14).map("".join), st.data())
def test_invisible_characters_anywhere_make_no_difference(text: str, data: st.DataObject) -> None:
    changed = text
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed)))
        changed = changed[:at] + data.draw(st.sampled_from(INVISIBLE)) + changed[at:]
    assert analyze(changed, "french") == analyze(text, "french")


@pytest.mark.parametrize("language", ["english", "french", "korean", "greek", None])
@given(
    st.text(max_size=8) | st.text(alphabet="가각\u1100\u1161\u11a8éÉΣσς\u0345ά\u0301אָः", max_size=8)
)
def test_canonically_equal_texts_have_the_same_terms(language: str | None, text: str) -> None:
    language = None if language == "korean" else language
    composed, decomposed = (
        analyze(unicodedata.normalize(form, text), language) for form in ("NFC", "NFD")
    )
    assert composed == decomposed


@each(
    ("grouped", "plain"),
    [
        ("1,234,567", "1234567"),
        ("1\u00a0234\u00a0567", "1234567"),
        ("1\u202f234", "1234"),
        ("1\u2009234", "1234"),
        ("1'234'567", "1234567"),
        ("1’234’567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234.56", "1234.56"),
        ("1,234km", "1234km"),
        ("12,345,678 crowns", "12345678 crowns"),
        ("£1,200m", "£1200m"),
        ("1.234.567,89", "1234567,89"),
    ],
)
def test_grouped_digits_are_the_number(grouped: str, plain: str) -> None:
    for language in ("english", "german", None):
        assert analyze(grouped, language) == analyze(plain, language)


@each("text", ["3,5", "12,34", "1,2,3", "2024,2025", "1.5", "1.234"])
def test_what_is_no_group_is_no_other_number(text: str) -> None:
    digits = "".join(filter(str.isdigit, text))
    assert analyze(text, None) != analyze(digits, None)


@each(
    ("pointed", "plain"),
    [
        ("مُحَمَّد", "محمد"),
        ("ٱلْعَرَبِيَّةُ", "العربية"),
        ("هٰذَا", "هذا"),
        ("الرَّحْمٰن", "الرحمن"),
        ("مـحـمـد", "محمد"),
        ("قُرْآن", "قرآن"),
        ("سُؤَال", "سؤال"),
        ("שָׁלוֹם", "שלום"),
        ("יְרוּשָׁלַיִם", "ירושלים"),
        ("בְּרֵאשִׁית", "בראשית"),
        ("\ufb2a\u05b8לום", "שלום"),
    ],
)
@each("language", ["english", "arabic", "yiddish", "persian", "french", None])
def test_pointed_words_are_the_same_as_unpointed(
    pointed: str, plain: str, language: str | None
) -> None:
    assert meet(pointed, plain, language)


def test_hamza_belongs_to_its_letter() -> None:
    assert not meet("سؤال", "سوال", None)
    assert not meet("آن", "ان", "english")


@pytest.mark.parametrize("language", [None, "greek", "english"])
def test_a_final_sigma_is_a_sigma(language: str | None) -> None:
    terms = terms_of(language)
    for one, other in (("ΟΔΟΣ", "οδος"), ("οδοσ", "οδος"), ("Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ"), ("Σ", "ς")):
        assert terms(one) == terms(other)
        assert not any("ς" in term for term in terms(one))
    assert terms_of(None)("μητσοτάκης")[0].startswith(pattern_terms("ΜΗΤΣ", None)[0])
    assert terms_of(None)("μητσοτάκης")[0].startswith(pattern_terms("Μητς", None)[0])


def test_an_acronym_is_the_same_with_dots() -> None:
    assert analyze("U.S. u.s US É.U.", "english") == [("us",), ("us",), ("us",), ("eu",)]


def test_a_text_is_analyzed_token_by_token() -> None:
    assert analyze("L'égalité, 1,500 fois!", "french") == [
        ("l",), ("egal", "egalit"), ("1500",), ("fois",),
    ]  # fmt: skip
    assert analyze(" … ", "french") == []


def test_patterns_are_folded_and_stemmed() -> None:
    assert pattern_terms("Mbapp", "english") == ("mbapp",)
    assert pattern_terms("éle*", "french") == ("ele*",)
    assert pattern_terms("1,2", None) == ("12",)
    assert set(pattern_terms("égalité", "french")) == {"egal", "egalit"}


def test_stop_words_are_known_by_their_primary_terms() -> None:
    assert {"the", "of", "and"} <= stop_terms("english") & stop_terms("porter")
    assert "a" in stop_terms("french")  # "à", too
    assert stop_terms(None) == stop_terms("sesotho") == frozenset()
    for language in ("dutch_porter", "finnish", "hungarian", "portuguese", "russian", "turkish"):
        assert len(stop_terms(language)) > 30


def test_a_language_without_a_stemmer_is_an_error() -> None:
    with pytest.raises(SchemaError, match="'klingon'; there are arabic"):
        terms_of("klingon")


def test_the_version_of_the_analysis() -> None:
    assert ANALYSIS_VERSION == 3
