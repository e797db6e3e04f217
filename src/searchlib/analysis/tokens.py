"""Which pieces of a text are its tokens?

One pattern finds them; the rules are written where its parts are. Offsets are those of the text as
it stands: nothing is taken out before the search. For texts of Latin letters alone there are
smaller patterns, which find the same and are compiled in a twentieth of the time.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from searchlib.analysis.possessive import compile_possessive

# Characters that nobody sees, and that stand inside words: the soft hyphen, zero-width spaces and
# joiners, direction marks, the byte order mark, variation selectors, tags and their like. They are
# Unicode's "default ignorable" ones but for the Hangul fillers, which are as wide as a letter, and
# the Syriac abbreviation mark. They neither end a word nor belong to its term.
INVISIBLE: Final = (
    r"\u00ad\u034f\u061c\u070f\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0f\ufeff\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff"
)

# Combining marks, which Python's \w leaves out although they stand inside words: without them
# Hindi, Thai, pointed Arabic and decomposed accents fall to pieces.
_MARKS: Final = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7"
    r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed"
    r"\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u07fd\u0816-\u0819\u081b-\u0823"
    r"\u0825-\u0827\u0829-\u082d\u0859-\u085b\u0898-\u089f\u08ca-\u08e1\u08e3-\u0903"
    r"\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962-\u0963\u0981-\u0983\u09bc\u09be-\u09c4"
    r"\u09c7-\u09c8\u09cb-\u09cd\u09d7\u09e2-\u09e3\u09fe\u0a01-\u0a03\u0a3c\u0a3e-\u0a42"
    r"\u0a47-\u0a48\u0a4b-\u0a4d\u0a51\u0a70-\u0a71\u0a75\u0a81-\u0a83\u0abc\u0abe-\u0ac5"
    r"\u0ac7-\u0ac9\u0acb-\u0acd\u0ae2-\u0ae3\u0afa-\u0aff\u0b01-\u0b03\u0b3c\u0b3e-\u0b44"
    r"\u0b47-\u0b48\u0b4b-\u0b4d\u0b55-\u0b57\u0b62-\u0b63\u0b82\u0bbe-\u0bc2\u0bc6-\u0bc8"
    r"\u0bca-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c\u0c3e-\u0c44\u0c46-\u0c48\u0c4a-\u0c4d"
    r"\u0c55-\u0c56\u0c62-\u0c63\u0c81-\u0c83\u0cbc\u0cbe-\u0cc4\u0cc6-\u0cc8\u0cca-\u0ccd"
    r"\u0cd5-\u0cd6\u0ce2-\u0ce3\u0d00-\u0d03\u0d3b-\u0d3c\u0d3e-\u0d44\u0d46-\u0d48"
    r"\u0d4a-\u0d4d\u0d57\u0d62-\u0d63\u0d81-\u0d83\u0dca\u0dcf-\u0dd4\u0dd6\u0dd8-\u0ddf"
    r"\u0df2-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
    r"\u0f18-\u0f19\u0f35\u0f37\u0f39\u0f3e-\u0f3f\u0f71-\u0f84\u0f86-\u0f87\u0f8d-\u0f97"
    r"\u0f99-\u0fbc\u0fc6\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d"
    r"\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u135d-\u135f\u1712-\u1715\u1732-\u1734"
    r"\u1752-\u1753\u1772-\u1773\u17b6-\u17d3\u17dd\u1885-\u1886\u18a9"
    r"\u1920-\u192b\u1930-\u193b\u1a17-\u1a1b\u1a55-\u1a5e\u1a60-\u1a7c\u1a7f\u1ab0-\u1ace"
    r"\u1b00-\u1b04\u1b34-\u1b44\u1b6b-\u1b73\u1b80-\u1b82\u1ba1-\u1bad\u1be6-\u1bf3"
    r"\u1c24-\u1c37\u1cd0-\u1cd2\u1cd4-\u1ce8\u1ced\u1cf4\u1cf7-\u1cf9\u1dc0-\u1dff"
    r"\u20d0-\u20f0\u2cef-\u2cf1\u2d7f\u2de0-\u2dff\u302a-\u302f\u3099-\u309a"
    r"\ua66f-\ua672\ua674-\ua67d\ua69e-\ua69f\ua6f0-\ua6f1\ua802\ua806\ua80b\ua823-\ua827"
    r"\ua82c\ua880-\ua881\ua8b4-\ua8c5\ua8e0-\ua8f1\ua8ff\ua926-\ua92d\ua947-\ua953"
    r"\ua980-\ua983\ua9b3-\ua9c0\ua9e5\uaa29-\uaa36\uaa43\uaa4c-\uaa4d\uaa7b-\uaa7d\uaab0"
    r"\uaab2-\uaab4\uaab7-\uaab8\uaabe-\uaabf\uaac1\uaaeb-\uaaef\uaaf5-\uaaf6\uabe3-\uabea"
    r"\uabec-\uabed\ufb1e\ufe20-\ufe2f\uff9e-\uff9f"
    # Of scripts beyond the first 65,536 characters those that canonical composition takes up:
    r"\U000110ba\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af"
    r"\U00011930"
)

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han, Hangul. Each
# character is a token there, and a word in a query is the phrase of its characters. Digits of these
# scripts are like other digits.
_UNSPACED: Final = (
    r"\u0e00-\u0e4f\u0e5a-\u0ecf\u0eda-\u0eff\u1000-\u103f\u104a-\u108f\u109a-\u109f\u1100-\u11ff"
    r"\u1780-\u17df\u17ea-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f"
    r"\U00020000-\U0003ffff"
)

# A syllable of Hangul is one character, or two or three of its parts: the same token either way.
_LEADING: Final = r"[\u1100-\u115f\ua960-\ua97c]"
_VOWEL: Final = r"[\u1160-\u11a7\ud7b0-\ud7c6]"
_TRAILING: Final = r"[\u11a8-\u11ff\ud7cb-\ud7fb]"
_SYLLABLE: Final = r"[\uac00-\ud7a3]"

# The vowel am of Thai and Lao is one character, or two of which the first looks like a mark: the
# same token either way.
_VOWEL_AM: Final = r"\u0e4d\u0e32|\u0ecd\u0eb2"

# Superscript digits are no letters: they point to a note ("harbour¹") or are a power.
# Neither are what Unicode calls letters and people write for apostrophes and primes ("Hawaiʻi").
_NO_LETTERS: Final = r"\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u02b9-\u02bf\u02ee\u0374"

_LETTER: Final = rf"[^\W_{_NO_LETTERS}{_UNSPACED}]"
_LATIN_LETTER: Final = rf"[^\W_{_NO_LETTERS}]"
_ASCII_LETTER: Final = "[0-9A-Za-z]"
_ANY_INVISIBLE: Final = rf"[{INVISIBLE}]*+"

ASCII_SEPARATORS: Final = ",'"
OTHER_SEPARATORS: Final = "\u2019\u00a0\u2007\u2009\u202f"
"""What stands between groups of three digits in one number, besides the dot."""


def _grouped(separator: str, least: int = 1) -> str:
    """Make the pattern of a number in groups of three digits.

    It is neither the end nor the beginning of a longer list of numbers: "12,345,6" is three.
    """
    return (
        rf"(?<![0-9]{separator})[0-9]{{1,3}}+(?:{separator}[0-9]{{3}}){{{least},}}+"
        rf"(?![0-9]|{separator}[0-9])"
    )


# One dot is a decimal point, two make groups: "1.234" stays what it is, "1.234.567" is a number.
_DOTTED_NUMBER: Final = _grouped(r"\.", 2)


# Of Indian numbers only the last group has three digits: "12,34,567".
_INDIAN_NUMBER: Final = r"(?<![0-9],)[0-9]{1,2}+(?:,[0-9]{2}(?=,))++,[0-9]{3}(?![0-9]|,[0-9])"

# In Arabic digits the separators are other ones, also the decimal one.
_ARABIC_DIGIT: Final = r"[\u0660-\u0669\u06f0-\u06f9]"
_ARABIC_SEPARATOR: Final = "\u066c"
_ARABIC_NUMBER: Final = _grouped(_ARABIC_SEPARATOR).replace("[0-9", _ARABIC_DIGIT[:-1])
_ARABIC_POINT: Final = rf"\u066b(?<={_ARABIC_DIGIT}\u066b)(?={_ARABIC_DIGIT})"


def _number(separators: str) -> str:
    ways = "|".join([*map(_grouped, separators), _DOTTED_NUMBER, _INDIAN_NUMBER])
    return rf"(?=[0-9]{{1,3}}[{separators}.][0-9]{{2}})(?:{ways})"


# What comes after the beginning of a word: marks; or more letters, with nothing between, or with
# underscores, or with one dot ("snake_case", "u.s", "3.5"). Underscores around a word are none of
# it, as they are emphasis in Markdown, and neither is a dot at its end. All is possessive: whatever
# the text, no character is looked at more than a few times.
_WORD: Final = (
    rf"(?:{_number(ASCII_SEPARATORS + OTHER_SEPARATORS)}|{_ARABIC_NUMBER}|{_LETTER}++)"
    rf"(?:{_ANY_INVISIBLE}(?:[{_MARKS}]++"
    rf"|(?:_[_{INVISIBLE}]*+|\.{_ANY_INVISIBLE}|{_ARABIC_POINT})?+{_LETTER}++))*+"
)
_ASCII_WORD: Final = (
    rf"(?:{_number(ASCII_SEPARATORS)}|{_ASCII_LETTER}++)(?:(?:_++|\.)?+{_ASCII_LETTER}++)*+"
)
_LATIN_WORD: Final = (
    rf"(?:{_number(ASCII_SEPARATORS + OTHER_SEPARATORS)}|{_LATIN_LETTER}++)"
    rf"(?:(?:_++|\.)?+{_LATIN_LETTER}++)*+"
)
_CHARACTER: Final = (
    rf"(?:{_LEADING}{_ANY_INVISIBLE}{_VOWEL}(?:{_ANY_INVISIBLE}{_TRAILING})*+"
    rf"|{_SYLLABLE}(?:{_ANY_INVISIBLE}{_TRAILING})*+|{_VOWEL_AM}|(?=\w)[{_UNSPACED}])"
    rf"(?:{_ANY_INVISIBLE}(?:(?!{_VOWEL_AM})[{_MARKS}])++)*+"
)

TOKEN_PATTERN: Final = f"{_WORD}|{_CHARACTER}"
"""Words, with dots and underscores inside them, numbers, or characters of an unspaced script.

It is for texts in which :func:`words_apart` has made blanks of some dots.
"""

_DOT_BEFORE_CAPITAL: Final = re.compile(rf"\.(?={_ANY_INVISIBLE}[^\W\d_a-z])")
_IN_TOKEN: Final = re.compile(rf"[^\W{_NO_LETTERS}]|\.")
_REMOVED: Final = re.compile(f"[{INVISIBLE}]+")
_SEPARATORS: Final = re.compile(f"[{ASCII_SEPARATORS}{OTHER_SEPARATORS}{_ARABIC_SEPARATOR}]+")
_DOTTED: Final = compile_possessive(_DOTTED_NUMBER)


# Letters of Western and Central European languages, and what newspapers print between them: no
# marks, nothing invisible, no script without spaces.
_LATIN_TEXT: Final = re.compile(
    r"[\x00-\xac\xae-\u024f\u2000-\u200a\u2010-\u2027\u202f-\u205f\u20ac]*+"
)

_compiled: Final = cache(compile_possessive)


def token_pattern(text: str | None = None) -> re.Pattern[str]:
    """Compile :data:`TOKEN_PATTERN`, which takes 25 ms, or less that finds the same in a text."""
    if text is None:
        return _compiled(TOKEN_PATTERN)
    if text.isascii():
        return _compiled(_ASCII_WORD)
    return _compiled(_LATIN_WORD if _LATIN_TEXT.fullmatch(text) else TOKEN_PATTERN)


def tokenize(text: str) -> list[str]:
    """Find the tokens of a text, in order, as they are written."""
    found: list[str] = token_pattern(text).findall(words_apart(text))
    return found


def words_apart(text: str) -> str:
    """Make a blank of each dot that ends a word although none follows: "resigned.The cabinet".

    That is a dot between

    - a letter that is no capital, or a digit, and
    - a capital with a small letter behind it ("tombé.Élection"), or a letter of a script that has
      no capitals; or a capital that is a word of its own, where two small letters stand before the
      dot ("said.I went").

    So "example.org", "U.S.", "z.B.", "3.5", "Ph.D." and "node.js" stay what they are. Marks and
    invisible characters after a letter make no difference. The text keeps its length.
    """
    return _DOT_BEFORE_CAPITAL.sub(_dot_or_blank, text) if "." in text else text


def _dot_or_blank(dot: re.Match[str]) -> str:
    text, first = dot.string, dot.end()
    before = _letter_before(text, dot.start())
    if before < 0 or not text[before].isalnum() or text[before].istitle():
        return "."
    while _adds_to_a_letter(text[first]):
        first += 1
    if not text[first].istitle():
        return " " if _has_no_case(text[first]) else "."
    second = first + 1
    while second < len(text) and _adds_to_a_letter(text[second]):
        second += 1
    if second < len(text) and _IN_TOKEN.match(text[second]):
        return " " if text[second].islower() else "."
    return " " if _is_small(text, before) and _is_small(text, _letter_before(text, before)) else "."


def _is_small(text: str, place: int) -> bool:
    return place >= 0 and text[place].islower()


def _letter_before(text: str, place: int) -> int:
    """Find the character before a place that is neither a mark nor invisible; -1 for none."""
    place -= 1
    while place >= 0 and _adds_to_a_letter(text[place]):
        place -= 1
    return place


def _has_no_case(letter: str) -> bool:
    """Tell whether a letter is of a script without capitals; "º" in "n.º" counts as small."""
    return unicodedata.category(letter) == "Lo" and not letter.islower()


def _adds_to_a_letter(character: str) -> bool:
    """Tell whether a character is a mark or invisible."""
    if character.isascii():
        return False
    return unicodedata.category(character)[0] == "M" or _REMOVED.match(character) is not None


def without_invisible(text: str) -> str:
    """Take the characters out of a text that nobody sees."""
    return text if text.isascii() else _REMOVED.sub("", text)


def ungrouped(token: str) -> str:
    """Write a number without what separates its groups of digits: "1,234.5" as "1234.5".

    Args:
        token: A token that begins with a digit.
    """
    number = _DOTTED.match(token)
    if number is not None:
        return number.group().replace(".", "") + token[number.end() :]
    return _SEPARATORS.sub("", token)
