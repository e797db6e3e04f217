"""How much in a text looks as if it had been decoded from the wrong encoding?

The letters of a language are as frequent in an encoding that is nearly the right one. What gives it
away are the few bytes that differ: they become symbols inside words (``®lu»oučký``), control
characters, capitals among small letters (``MŸnchen``) or letters of another script (``D隝``).
"""

from __future__ import annotations

import re
from typing import Final

_LETTER: Final = r"[^\W\d_]"
_CONTROL: Final = r"[\x80-\x9f]"
# No language has these between two letters. Dashes, apostrophes and middle dots are left out, and
# so is all punctuation of East Asia, where no blanks are written.
_SYMBOL: Final = r"[¡¢£¤¥¦§¨©«¬®¯°±²³¶¸¹»¼½¾¿×÷ˇ˘˙˚˛˝†‡‰‹›™−∂∆∏∑√∞∫≈≠≤≥◊\u2500-\u259f\u2320\u2321]"
_NEVER_BEFORE: Final = r"[¢£¤¥¦¨¬®¯±²³¶¸¹¼½¾×÷ˇ˘˙˛˝€†‡‰™∂∆∏∑√∞∫≈≠≤≥◊]"
_NEVER_BEHIND: Final = r"[¡¤¦¨¬¯±¶¸¼½¾¿×÷ˇ˘˙˛˝‰∂∆∏∑√∞∫≈≠≤≥◊]"
_LATIN: Final = r"[A-Za-zÀ-ÖØ-öø-ɏ]"
_OTHER: Final = r"[\u0370-\u052f\u0590-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"

_ODD: Final = re.compile(
    rf"{_CONTROL}|(?<={_LETTER}){_SYMBOL}+(?={_LETTER})"
    rf"|(?<!{_LETTER}){_NEVER_BEFORE}+(?={_LETTER})|(?<={_LETTER}){_NEVER_BEHIND}+(?!{_LETTER})"
    r"|©(?=[a-zà-öø-ÿ])|(?<=[^\W\d_])µ|(?<!\w)Ł(?=\d)"
    rf"|(?<={_LATIN}){_OTHER}|{_OTHER}(?={_LATIN})"
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def count_oddities(text: str) -> int:
    """Count the places in a text that no writer would have written."""
    pieces = " ".join(piece for piece in text.split() if not piece.isascii())
    capitals = sum(map(_has_late_capital, _WORD.findall(pieces)))
    return capitals + sum(1 for _ in _ODD.finditer(pieces))


def _has_late_capital(word: str) -> bool:
    """Whether a capital beyond ASCII stands in a word with small letters, and not at its head."""
    if word.isascii() or word.isupper():
        return False
    return any(letter > "\x7f" and letter.isupper() for letter in word[1:])
