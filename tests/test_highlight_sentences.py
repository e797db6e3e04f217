"""Where sentences end, in the ways newspapers write."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from searchlib.highlight.sentences import Sentences, cut_after, cut_before
from tests.tables import each


def sentences(text: str) -> list[str]:
    bounds = [0, *Sentences(text).ends(0, len(text) - 1), len(text)]
    return [text[a:b].strip() for a, b in pairwise(bounds)]


@each(
    "text",
    [
        "He met Mr. Smith, Gen. Orlov and Sen. J. R. Ewing there.",
        "The U.S. Army and the F.A.O. Council met at 5 p.m. Monday.",
        "It was No. 5 of the list, see p. 7 of vol. 3 there.",
        "WASHINGTON, Feb. 3 (AP) — The president spoke.",
        "PARIS – The minister resigned.",
        "ST. PETERSBURG, Russia (Reuters) - Envoys met.",
        "LONDON, Sept. 30 -- Ford Motor Co. Chairman Alan Smith resigned.",
        "It rose 3.5 percent, to $1.2 billion (U.S. dollars).",
        '"Will you come?" he asked.',
        "Yahoo! shares rose... and fell.",
        "It ended well. é was the letter.",
        "The vote was 5 vs. Germany and e.g. Italy.",
        "One line\nand the next.",
    ],
)
def test_one_sentence(text: str) -> None:
    assert sentences(text) == [text]


@each(
    "parts",
    [
        ["He left.", "She stayed."],
        ["It is over!", "Is it?", "Yes…", "No..."],
        ["“It is over,” he said.", "“We go home.”", "“All of us.”"],
        ['He said so ("it is over").', '"We go," he said.', "(Nobody did.)"],
        ["He sat.", "The sun set in the sun.", "3 people saw it."],
        ["He said no.", "She said yes."],
        ["今天下雨。", "「明天呢？」", "好！"],
        ["वह गया।", "वह आया।"],
        ["Élan is a word.", "Über is one.", "«Ça va.»", "¿Qué?"],
    ],
)
def test_several_sentences(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts
    if parts[0].endswith("。"):
        assert sentences("".join(parts)) == ["今天下雨。", "「明天呢？」", "好！"]


def test_a_blank_line_ends_a_sentence() -> None:
    assert sentences("A headline\n \nthe text\n\n\nof it") == ["A headline", "the text", "of it"]
    assert sentences("He met Mr.\n\nSmith") == ["He met Mr.", "Smith"]


@given(st.text("aA.!? \n。\"'", max_size=900), st.integers(0, 900), st.integers(0, 900))
def test_a_part_of_a_text_has_the_ends_that_all_of_it_has(text: str, start: int, stop: int) -> None:
    everything = [end for end in Sentences(text * 2).ends(0, 2 * len(text)) if start < end <= stop]
    assert [*Sentences(text * 2).ends(start, stop)] == everything
    assert Sentences(text * 2).last(start, stop) == (everything[-1] if everything else None)
    beginning = Sentences(text * 2).start(stop, start + 1 if start else 0)
    assert beginning == (everything[-1] if everything else None if start else 0)


@each(
    ("text", "limit", "cut"),
    [
        ("peace talks go on", 11, "peace talks"),
        ("peace talks go on", 10, "peace"),
        ("peacetalks", 5, "peace"),
        ("北京今天", 2, "北京"),
        ("short", 9, "short"),
        ("<!--<!--peacetalks", 15, "<!--<!--"),
    ],
)
def test_cut_before(text: str, limit: int, cut: str) -> None:
    assert text[: cut_before(text, 0, 0, limit)] == cut


def test_a_cut_leaves_the_word_that_a_passage_must_reach() -> None:
    assert cut_before("peace peacepeace", 0, 5, 9) == 5
    assert cut_before("peace,peacepeace", 0, 5, 9) == 5


@each(
    ("text", "wanted", "most", "rest"),
    [
        ("peace talks go on", 0, 12, "peace talks go on"),
        ("peace talks go on", 2, 12, "talks go on"),
        ("peace talks go on", 7, 12, "go on"),
        ("peace-talks-go on", 2, 12, "talks-go on"),
        ("北京今天", 1, 3, "京今天"),
    ],
)
def test_cut_after(text: str, wanted: int, most: int, rest: str) -> None:
    assert text[cut_after(text, wanted, most) :] == rest
