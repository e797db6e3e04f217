"""Searching for words finds what analysing all of the text finds."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as wq

from searchlib.analysis import terms_of
from searchlib.highlight import FieldText
from searchlib.highlight import words as words_module
from searchlib.highlight.marks import Mark
from searchlib.highlight.prefilter import _CHANGED_LETTERS, _kept
from searchlib.highlight.words import WordFinder
from searchlib.whoosh_compat.analysis import WordAnalyzer
from tests.conftest import examples
from tests.highlight_help import highlight_terms, highlighter
from tests.tables import each

SUFFIXES = {
    "english": "ing ed s es ies ied y ly bly ability ational ization fulness ousness iveness able "
    "ator ency ement ying e ee eed edly ogist",
    "french": "er ait ement amment emment logie logies ation ateur euse euses ence ences issait "
    "ique ications atrice if ive ivité yeux aux ements abilité eux",
    "spanish": "ar ando iendo mente amente logía ancia encia idades ador ución uciones ivas able "
    "ábamos aríamos guen güe abilidad",
    "italian": "are ando mente amente logia anza enza ità abilità tore uzione uzioni iva ivamente "
    "erebbero gli gliela",
    "portuguese": "ar ando mente amente logia ância ência idades ador ução uções ivas ável eira "
    "íamos abilidade",
    "danish": "erne ernes ende else hed lig elig løst erendes ethed",
    "norwegian": "ene enes ende else het lig elig hetens erte eleg",
    "swedish": "arna ernas ande else het lig fullt löst heterna",
}
STEMS = ["d", "l", "ab", "us", "st", "nat", "relat", "gener", "comm", "hop", "cri", "skie", "poss"]
LETTERS = "abcdefghilmnopqrstuvyé"


def words_of(language: str | None) -> list[str]:
    rng = random.Random(7)
    endings = SUFFIXES.get(language or "", SUFFIXES["english"]).split()
    endings += ["", "x"]
    stems = [*STEMS, *("".join(rng.choices(LETTERS, k=rng.randint(1, 6))) for _ in range(300))]
    return [stem + "".join(rng.choices(endings, k=2)) for stem in stems for _ in range(8)]


@each("language", _CHANGED_LETTERS)
def test_stemmers_leave_the_beginnings_of_words_alone(language: str | None) -> None:
    terms, changed = terms_of(language), _CHANGED_LETTERS[language]
    for word in words_of(language):
        term = terms(word)[0]
        if word.isascii():
            assert word.startswith(_kept(term, changed)), (word, term)
            for end in range(1, len(term) + 1):
                assert word.startswith(_kept(term[:end], changed, exact=False)), (word, term)


PIECES = st.sampled_from(
    [
        *(
            "peace",
            "Peace",
            "PEACE",
            "peaceful",
            "talks",
            "talking",
            "U.S.",
            "u.s.s.r",
            "us",
            "use",
        ),
        *(
            " ",
            " ",
            " ",
            ". ",
            ", ",
            "-",
            "'",
            "’",
            "“",
            "\n\n",
            "\u00a0",
            "…",
            "é",
            "café",
            "CAFE",
        ),
        *(
            "Hawaiʻi",
            "٢٠٢٥",
            "١٬٢٣٤",
            "12,34,567",
            "1,23,45",
            "1,23,456",
            "ﬁne",
            "fine",
            "北",
            "京",
            "\u0301",
            "?",
            "_",
            "x",
            "dying",
            "3.5",
            "die",
            "½",
            "K",
            "İ",
            "ß",
        ),
        *(
            "\u200d",
            "\u00ad",
            "\u200b",
            "\ufeff",
            ".The",
            ".Peace",
            ".É",
            ".",
            "_",
            "__",
            "peace_talks",
        ),
        *(
            "1",
            "12",
            "1234",
            "1,234",
            "1’234",
            "1\u00a0234",
            ",567",
            ".567",
            "'567",
            ",",
            "234",
            "1234567",
        ),
        *(
            "x²",
            "¹",
            "égalité",
            "Égal",
            "e\u0301galite",
            "École",
            "गया.उसने",
            "\u1112\u1161\u11ab",
            "한",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=80).map("".join)
QUERIES = [
    wq.Term("body", "peac"),
    wq.Term("body", "us"),
    wq.Term("body", "cafe"),
    wq.Term("body", "die"),
    wq.Term("body", "fine"),
    wq.Term("body", "3.5"),
    wq.Term("body", "北"),
    wq.Term("body", "k"),
    wq.Or([wq.Term("body", "talk"), wq.Prefix("body", "us")]),
    wq.Wildcard("body", "p?ac*"),
    wq.FuzzyTerm("body", "caffe", prefixlength=1),
    wq.Phrase("body", ["peac", "talk"]),
    wq.Phrase("body", ["peac", "us", "talk"], slop=3),
    wq.Term("body", "1234"),
    wq.Term("body", "234"),
    wq.Term("body", "1234567"),
    wq.Term("body", "123456"),
    wq.Term("body", "i"),
    wq.Term("body", "2025"),
    wq.Phrase("body", ["hawai", "i"]),
    wq.Prefix("body", "1"),
    wq.Prefix("body", "123"),
    wq.Prefix("body", "12345"),
    wq.Phrase("body", ["1", "234"]),
    wq.Phrase("body", ["peac", "1234567"]),
    wq.Or([wq.Term("body", "egal"), wq.Term("body", "1")]),
    wq.Or([wq.Term("body", "egalit"), wq.Term("body", "école"), wq.Term("body", "peac")]),
    wq.Phrase("body", ["peac", "the"]),
    wq.Prefix("body", "peace_"),
    wq.Term("body", "한"),
]


def known(words: list[Mark], reach: int) -> list[tuple[int, int, str, tuple[int, ...]]]:
    """What can be relied on: all but positions, and of these the distances that matter."""
    return [
        (
            word.start,
            word.end,
            word.term,
            tuple(min(word.position - other.position, reach) for other in words[:place]),
        )
        for place, word in enumerate(words)
    ]


@settings(max_examples=examples(600))
@given(
    st.sampled_from(QUERIES),
    st.sampled_from(["english", None, "french", "german"]),
    st.lists(TEXTS, min_size=1, max_size=3),
)
def test_a_search_finds_what_analysis_finds(
    query: wq.Query, language: str | None, values: list[str]
) -> None:
    wanted = highlight_terms(query, language)
    finder = WordFinder(wanted, language)
    text = FieldText(values)
    found = known(finder.find(text), wanted.reach)
    assert found == known(finder.find_by_analysis(text), wanted.reach)


@settings(max_examples=examples(400))
@given(
    st.sampled_from(
        [
            *QUERIES,
            wq.Or([wq.Phrase("body", ["u", "talk"]), wq.Phrase("body", ["fine", "peac"], slop=2)]),
            wq.Or([wq.FuzzyTerm("body", "tals"), wq.Wildcard("body", "c?f*")]),
        ]
    ),
    st.lists(TEXTS, min_size=1, max_size=3).map(" x y z ".join),
    st.sampled_from([10, 40]),
)
def test_parts_of_long_texts_that_are_not_looked_at_hold_nothing(
    query: wq.Query, text: str, window: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words_module, "_WINDOW", window)
        patch.setattr(words_module, "_FIRST_WINDOW", window // 2)
        patch.setattr(words_module, "_NEAR", 200)
        found = highlighter(query).marks(FieldText(text))
        patch.setattr(WordFinder, "find", WordFinder.find_by_analysis)
        expected = highlighter(query).marks(FieldText(text))
    assert [mark[:3] for mark in found] == [mark[:3] for mark in expected]


def test_a_phrase_may_begin_with_the_end_of_what_looks_like_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words_module, "_WINDOW", 10)
    monkeypatch.setattr(words_module, "_FIRST_WINDOW", 5)
    found = highlighter(wq.Phrase("body", ["talk", "talk"]))
    text = "so a talkative talks talks"
    assert [text[mark.start : mark.end] for mark in found.marks(FieldText(text))] == ["talks talks"]


@pytest.mark.parametrize("unit", ["report.", "report_", "reports..", "report"])
@pytest.mark.parametrize("query", [wq.Prefix("body", "report"), wq.Phrase("body", ["report", "x"])])
def test_a_long_run_is_not_looked_at_from_each_of_its_words_on(
    unit: str, query: wq.Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    counts = WordFinder._counts

    def counted(self: WordFinder, piece: bytes) -> bool:
        seen.append(piece)
        return counts(self, piece)

    monkeypatch.setattr(WordFinder, "_counts", counted)
    monkeypatch.setattr(words_module, "READING_SECONDS", 1000)
    monkeypatch.setattr(words_module, "MOST_WORDS", 1_000_000)
    text = FieldText("so " * 30_000 + unit * 20_000 + " and so on " * 10_000)
    finder = WordFinder(highlight_terms(query), "english")
    found = finder.find(text)
    assert [mark[:3] for mark in found] == [mark[:3] for mark in finder.find_by_analysis(text)]
    assert sum(map(len, seen)) < 4 * len(text.text)


@given(st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from(["english", None]))
def test_analysis_gives_the_terms_and_positions_of_the_index(
    values: list[str], language: str | None
) -> None:
    finder = WordFinder(highlight_terms(wq.TermRange("body", "", None), language), language)
    text = FieldText(values)
    expected, first = [], 0
    for value in values:
        tokens = [
            (token.text, first + token.pos)
            for token in WordAnalyzer(language)(value, positions=True)
        ]
        expected += tokens
        first = tokens[-1][1] + 101 if tokens else first
    words = finder.find_by_analysis(text)
    assert [(word.term, word.position) for word in words] == expected
