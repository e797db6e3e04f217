"""Which encoding is a text in that is not UTF-8?

UTF-8 is told by its own rules, UTF-16 and UTF-32 by a byte order mark, or UTF-16 by the places of
zero bytes. Everything else is guessed from the frequency of letters, unless the caller tells: a
guess is remembered, so that a notice can say so. Lines that are UTF-8 stay so, whatever the others
are in: files are put together from parts. Bytes that no encoding of text explains, and other zero
bytes, are no text.
"""

from __future__ import annotations

import codecs
import re
import sys
from typing import TYPE_CHECKING, Final

from searchlib.articles.oddities import count_oddities
from searchlib.articles.text import UnusableError
from searchlib.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

_SAMPLE: Final = 1 << 14
"""So many bytes of lines that are not UTF-8 are looked at: more of them change no guess."""

# What news is written in. The other hundred that chardet knows, of mainframes and old home
# computers, are found only where they are not.
_LATIN: Final = (
    "cp1250", "cp1252", "cp1254", "cp1257", "iso8859-1", "iso8859-2", "iso8859-9", "iso8859-13",
    "iso8859-15", "mac-roman",
)  # fmt: skip
_CANDIDATES: Final = (
    *_LATIN, "cp1251", "cp1253", "cp1255", "cp1256", "cp866", "cp874", "iso8859-5", "iso8859-6",
    "iso8859-7", "iso8859-8", "koi8-r", "koi8-u", "tis-620", "gb18030", "big5hkscs", "cp932",
    "shift_jis_2004", "euc_jis_2004", "cp949", "euc_kr",
)  # fmt: skip
_SUPERSETS: Final = {
    "iso8859-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "euc_kr": "cp949",
    "shift_jis_2004": "cp932",  # in which the backslash of JSON is one
}  # fmt: skip
_WESTERN: Final = "cp1252"
_OF_DOS: Final = "cp850"
_SURE: Final = 0.2
"""From this confidence on, a sentence or two, the guess holds for any script."""
_UNSURE_LATIN: Final = 0.08
"""Below this confidence, a word or two with an accent, the guess is Western European."""
_UNSURE: Final = 0.03
"""Below this confidence, bytes at random, it is too, if it can be: else it is no text."""
_SIMILAR: Final = 0.5
"""Encodings with at least so much of the best one's confidence are looked at more closely."""
_GUESSES: Final = 50
"""So often a file may surprise: its lines must not take a guess each, of a millisecond."""

_FEWEST_ODD: Final = 0.2
"""So many bytes of UTF-16 are at least no letters, digits and marks of ASCII."""

_BEYOND_PRINTABLE = re.compile(rb"[^ -~\r\n]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_STRAY = re.compile("[\udc80-\udcff]+")
_JAPANESE_ESCAPE = b"\x1b$"
_NO_TEXT = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


def known_encoding(name: str) -> str:
    """Check the name of an encoding that a caller gives, and return how Python writes it.

    Raises:
        ArgumentError: There is no such encoding of text.
    """
    try:
        codec = codecs.lookup(name)
        codecs.getincrementaldecoder(name)
        "".encode(name)  # encodings of bytes, such as "base64", can't
    except (LookupError, TypeError, ValueError):
        codec = None
    if codec is None or codec.name in _NO_TEXT:
        raise ArgumentError(
            "expected the name of an encoding such as 'cp1251', 'iso-8859-2', 'gb18030' or "
            f"'shift_jis', got {name!r:.60}"
        ) from None
    return codec.name


def unmarked_utf16(head: bytes) -> str | None:
    """Tell whether text is in UTF-16 that no byte order mark begins, and in which order of bytes.

    Blanks and line ends have a zero byte then, always before or always behind the other. What is no
    text has zero bytes anywhere, or characters that do not exist; and a text in which a zero byte
    went astray has few bytes that are no letters.

    Args:
        head: The first bytes of a file.
    """
    zeros = {at % 2 for at, byte in enumerate(head) if not byte}
    if len(zeros) != 1 or len(_BEYOND_PRINTABLE.findall(head)) < len(head) * _FEWEST_ODD:
        return None
    name = "utf-16-le" if zeros == {1} else "utf-16-be"
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return None
    is_text = all(letter.isprintable() or letter in "\t\r\n\f\xa0\u3000" for letter in text)
    return name if is_text and len(text) > 1 else None


def guess_encoding(sample: bytes) -> str | None:
    """Guess the encoding of text that is not UTF-8; ``None`` if it looks like no text.

    Of the encodings in which its letters are about as frequent as in a language, it is the one in
    which the fewest of its words look odd.
    """
    ranked = _rank(sample, _CANDIDATES)
    unsure = _UNSURE
    if ranked[0][1] < _SURE and _looks_latin(sample):
        ranked = _rank(sample, _LATIN)
        unsure = _UNSURE_LATIN
    best = ranked[0][1]
    similar = max(_UNSURE, best * _SIMILAR)
    names = [name for name, confidence in ranked if name and confidence > similar]
    likely = names if best >= unsure else [_WESTERN, *names]
    if _looks_latin(sample):
        likely = [*likely, _OF_DOS]  # if all others look odd
    return _least_odd(filter(None, (_decoded(sample, name) for name in likely)))


def _least_odd(texts: Iterable[tuple[str, str]]) -> str | None:
    """Choose the encoding whose text looks least odd: the first of those that are equal."""
    chosen, fewest = None, sys.maxsize
    for encoding, text in texts:
        oddities = count_oddities(text)
        if oddities < fewest:
            chosen, fewest = encoding, oddities
        if not oddities:
            break
    return chosen


def _rank(sample: bytes, candidates: tuple[str, ...]) -> list[tuple[str | None, float]]:
    """List encodings and how sure they are, the best first."""
    from chardet import detect_all

    found = detect_all(
        sample, include_encodings=candidates, compat_names=False, ignore_threshold=True
    )
    return [(each["encoding"], each["confidence"]) for each in found]


def _looks_latin(sample: bytes) -> bool:
    """Whether bytes beyond ASCII stand alone, as letters with accents do in Latin script."""
    runs = _BEYOND_ASCII.findall(sample)
    return sum(map(len, runs)) < 1.5 * len(runs)


class TextDecoder:
    """Decodes the text of one file, as a whole or line by line.

    Attributes:
        guessed: The encoding that lines not in UTF-8 were decoded from, if there were any.
        line: The first such line, counted from 1.
    """

    def __init__(self) -> None:
        self.guessed: str | None = None
        self.line: int | None = None
        self._known: list[str] = []
        self._guesses_left = _GUESSES

    def decode(self, data: bytes) -> str:
        """Decode a whole text as :meth:`decode_part` does, without a byte order mark before it."""
        return self.decode_part(data.removeprefix(codecs.BOM_UTF8))

    def decode_part(self, data: bytes, first: int = 1) -> str:
        """Decode several lines, and make every end of line a line feed.

        Args:
            data: The lines.
            first: Which line is the first of them.

        Raises:
            UnusableError: It is not text.
        """
        if b"\0" in data:
            line = data[: data.index(0)].count(b"\n") + first
            raise UnusableError(_binary("a zero byte"), line)
        try:
            text = self._escaped(data) if _JAPANESE_ESCAPE in data else data.decode()
        except UnicodeDecodeError:
            lines = enumerate(data.splitlines(keepends=True), first)
            text = "".join(self.decode_line(raw, number, data) for number, raw in lines)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def decode_line(self, raw: bytes, number: int, context: bytes = b"") -> str:
        """Decode one line.

        Args:
            raw: The line.
            number: Which one it is.
            context: This and other lines, for a better guess.

        Raises:
            UnusableError: It is not text.
        """
        if b"\0" in raw:
            raise UnusableError(_binary("a zero byte"), number)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            pass
        if _is_nearly_utf8(raw):
            encoding: str | None = _WESTERN
            text = _STRAY.sub(_from_western, raw.decode("utf-8", "surrogateescape"))
        else:
            encoding = self._encoding_of(raw, context)
            text = raw.decode(encoding) if encoding else ""
        if encoding is None or _STRAY.search(text):
            raise UnusableError(_binary("bytes that are in no encoding of text"), number)
        if self.guessed is None:
            self.guessed, self.line = encoding, number
        return text

    def _encoding_of(self, raw: bytes, context: bytes) -> str | None:
        found = next((known for known in self._known if _decodes(raw, known)), None)
        if found is None and self._guesses_left:
            self._guesses_left -= 1
            guesses = map(guess_encoding, (_sample(context or raw), raw))
            found = next((each for each in guesses if each and _decodes(raw, each)), None)
            self._known += [found] if found else []
        return found

    def _escaped(self, data: bytes) -> str:
        """Decode the Japanese of mails, which is written in ASCII after an escape."""
        try:
            text = data.decode("iso2022_jp_2")
        except UnicodeDecodeError:
            return data.decode()
        self.guessed, self.line = "iso2022_jp_2", 1
        return text


def _sample(text: bytes) -> bytes:
    """Collect lines that are not in UTF-8: a guess from several is better than from one."""
    lines: list[bytes] = []
    left = _SAMPLE
    for line in text.splitlines(keepends=True):
        if left > 0 and not line.isascii() and not _decodes(line, "utf-8"):
            lines.append(line[:left])
            left -= len(line)
    return b"".join(lines)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(sample: bytes, name: str) -> tuple[str, str] | None:
    """Decode a sample, whose last character may be cut, from an encoding or the one around it."""
    for each in (_SUPERSETS.get(name, name), name):
        try:
            return each, codecs.getincrementaldecoder(each)().decode(sample)
        except UnicodeDecodeError:
            continue
    return None


def _is_nearly_utf8(raw: bytes) -> bool:
    """Whether as many characters are good UTF-8 as bytes are not: other text has few by chance."""
    text = raw.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return len(text.encode("ascii", "ignore")) <= len(text) - 2 * bad


def _from_western(stray: re.Match[str]) -> str:
    raw = stray[0].encode("utf-8", "surrogateescape")
    return raw.decode(_WESTERN, "surrogateescape")


def _binary(found: str) -> str:
    return (
        f"looks binary: expected text, got {found}; tell its encoding if it is text, convert it to "
        "UTF-8, or leave it out"
    )
