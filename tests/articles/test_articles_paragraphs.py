"""Lines become paragraphs, and the head of the text gives the dateline."""

import pytest

from searchlib.articles.dateline import find_dateline
from searchlib.articles.encoding import TextDecoder
from searchlib.articles.paragraphs import to_body
from searchlib.articles.text import UnusableError, split_lines
from tests.tables import each

LONG = "the chairman of the committee that had been asked to look into it"


def body(*lines: str) -> str:
    return to_body(split_lines("\n".join(lines)))


@each(
    ("first", "second", "glue"),
    [
        # in lower case
        ("What it costs", "is not known.", " "),
        ("He said", "“that” and left.", " "),
        # after a comma, a dash, an opening bracket
        ("Berlin,", "Rome and Paris.", " "),
        ("Berlin –", "Rome.", " "),
        ("Berlin (", "Rome).", " "),
        # after a title
        ("It was Gen.", "Brandt who came.", " "),
        ("Mr.", "Hale came.", " "),
        # too long to be a heading
        (LONG, "Prime Minister Aune", " "),
        (LONG[:59], "Prime Minister Aune", "\n\n"),
        # after an abbreviation, in lower case
        ("It belongs to the U.S.", "government.", " "),
        ("It belongs to the U.S.", "Government.", "\n\n"),
        ("It belongs to Acme Inc.", "of Ohio.", " "),
        # a word cut in two
        ("a European-", "backed fund", ""),
        ("it was com-", "puted", ""),
        ("it was this -", "That.", " "),
        # complete
        (f"{LONG}.", "Prime Minister", "\n\n"),
        (f"{LONG}.", "prime minister", "\n\n"),
        (f"“{LONG}.”", "prime minister", "\n\n"),
        (f"({LONG}!)", "prime minister", "\n\n"),
        (f"{LONG}:", "prime minister", "\n\n"),
        (f"{LONG}…", "prime minister", "\n\n"),
        (f"{LONG}。", "首相", "\n\n"),
        (f"{LONG}؟", "رئيس الوزراء", "\n\n"),
        (f"{LONG}।", "प्रधान मंत्री", "\n\n"),
        # headings, bold lines, items
        ("What it costs", "Nobody knows.", "\n\n"),
        (LONG, "- an item", "\n\n"),
        ("- an item,", "goes on", "\n\n"),
        ("1. an item", "goes on", "\n\n"),
    ],
)
def test_a_page_break(first: str, second: str, glue: str) -> None:
    assert body(first, "", second) == f"{first}{glue}{second}"
    assert body(f"{first}\f{second}") == f"{first}{glue}{second}"


@each("mark", ["## {}", "###### {} ##", "**{}**", "__{}__", "# **{}**"])
def test_marked_lines_stand_alone_and_lose_their_marks(mark: str) -> None:
    line = mark.format(LONG)
    assert body(line, "", "goes on") == f"{LONG}\n\ngoes on"
    assert body(LONG, "", line) == f"{LONG}\n\n{LONG}"
    assert body("One.", line, "Two.") == f"One.\n\n{LONG}\n\nTwo."


def test_marks_within_a_line_stay() -> None:
    assert body("**He** said **so**") == "**He** said **so**"
    assert body("#hashtag of the day") == "#hashtag of the day"
    assert body("About C#") == "About C#"


@each("rule", ["---", "* * *", "______", "=====", "###", "#", "~~~~"])
def test_a_rule_separates_and_goes(rule: str) -> None:
    assert body("it goes", rule, "on") == "it goes\n\non"
    assert body("it goes", "", rule, "", "on") == "it goes\n\non"


def test_dots_are_no_rule() -> None:
    assert body("...") == "..."


def test_hard_wrapped_lines_are_joined() -> None:
    assert body("One. Two", "Three.", "Four", "five.") == "One. Two Three. Four five."


def test_an_indented_line_begins_a_paragraph_after_a_sentence() -> None:
    assert body("One", "two.", "    Three", "four.") == "One two.\n\nThree four."
    assert body("    One", "    two.", "    Three.") == "One two. Three."
    assert body("One", "    two.") == "One two."


def test_a_wrapped_list() -> None:
    lines = ["There are:", "- one", "  and a half", "- two", "", "3) three"]
    assert body(*lines) == "There are:\n\n- one and a half\n\n- two\n\n3) three"


def test_a_wrapped_line_that_begins_like_an_item() -> None:
    assert body("It was on page", "12. Nobody read it.") == "It was on page 12. Nobody read it."


def test_lines_too_long_to_be_wrapped_are_paragraphs() -> None:
    long = f"{LONG}, {LONG}, {LONG}."
    assert body(long, "Short.", long) == f"{long}\n\nShort.\n\n{long}"
    assert body(long[:-1], "and so on.") == f"{long[:-1]} and so on."


def test_white_space_is_tidied_but_no_break_spaces_stay() -> None:
    assert body("  a \t b\u2028c\x0bd  ", "\xa010\xa0000 €") == "a b c d 10\xa0000 €"


def test_a_byte_order_mark_within_a_file_goes() -> None:
    assert body("One.", "", "\ufeff## Two") == "One.\n\nTwo"


DATELINES = {
    "PARIS – European leaders met": "PARIS",
    "PARIS—European leaders met": "PARIS",
    "GAZA/JERUSALEM — Israel said": "GAZA/JERUSALEM",
    "NEW YORK, Feb. 3 (AP) — Stocks rose": "NEW YORK",
    "CAIRO, Egypt -- The river": "CAIRO",
    "CAIRO, EGYPT -- The river": "CAIRO, EGYPT",
    "WASHINGTON (AP) - The president": "WASHINGTON",
    "WASHINGTON, D.C. – The president": "WASHINGTON, D.C.",
    "KYIV, Ukraine, Feb 17 (Reuters) - Russia said": "KYIV",
    "BRUSSELS (Reuters) – “We met": "BRUSSELS",
    "LONDON - 27 people": "LONDON",
    "ST. LOUIS – The river": "ST. LOUIS",
    "N’DJAMENA, Chad – A well": "N’DJAMENA",
    "PORT-AU-PRINCE, Haiti (AP) — A storm": "PORT-AU-PRINCE",
    "SÃO PAULO – O prefeito": "SÃO PAULO",
    "МОСКВА — Президент сказал": "МОСКВА",
    # none
    "": None,
    "Paris – The leaders": None,
    "PARIS The leaders": None,
    "NATO – the alliance – said": None,
    "U.S. – Russia talks": None,
    "BREAKING – A fire": None,
    "LEADERS MEET IN PARIS – TALKS GO ON": None,
    "COVID-19 – The virus": None,
    "EU-China trade – The talks": None,
    "A – The letter": None,
    "(AP) — The leaders": None,
}


@each("text", DATELINES)
def test_dateline(text: str) -> None:
    assert find_dateline(text) == DATELINES[text]


def test_decoding_line_by_line() -> None:
    data = "Zürich\n".encode() + "Zürich – “now”\n".encode("cp1252") + b"Rome"
    assert TextDecoder().decode(data) == "Zürich\nZürich – “now”\nRome"


@pytest.mark.parametrize(("data", "line"), [(b"a\nb\0c", 2), (b"a\n\xff\x81\n", 2), (b"\0", 1)])
def test_binary_data_is_refused_with_its_line(data: bytes, line: int) -> None:
    with pytest.raises(UnusableError, match="looks binary") as caught:
        TextDecoder().decode(data)
    assert caught.value.line == line
    with pytest.raises(UnusableError, match="looks binary"):
        TextDecoder().decode_line(data, 1)
