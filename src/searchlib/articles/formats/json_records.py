"""How are records read from JSON Lines (``.jsonl``, ``.ndjson``) and JSON (``.json``)?

JSON Lines holds an object to a line and is read line by line: a line that can't be used is
reported, and reading goes on with the next. A ``.json`` file holds one object, a list of objects,
or several of either one after another, of any size: only one value is held at a time. If its first
line is a complete object, it is JSON Lines by another name.

What JSON allows but nothing can be done with is refused: ``NaN`` and infinite numbers, two equal
keys in one object, halves of surrogate pairs, numbers of thousands of digits, nesting without
end. What the keys of an object mean is said in :mod:`searchlib.articles.mapping`, and which objects
are envelopes of articles in :mod:`searchlib.articles.shapes`.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import TYPE_CHECKING, cast

from searchlib.articles.encoding import TextDecoder
from searchlib.articles.formats.base import Format
from searchlib.articles.records import Record
from searchlib.articles.shapes import records_in
from searchlib.articles.source import too_large
from searchlib.articles.text import UnusableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

    from searchlib.articles.source import Source
    from searchlib.errors import Problem

_SPACE = re.compile("[ \t\n\r\ufeff]*")  # byte order marks stand where files were put together
_JOINED = "}\ufeff{"
_LONGEST_TOKEN = 16  # "-Infinity", or an escape of two halves: errors in it stand at its beginning
_PEEK = 1 << 16


def read_json_lines(source: Source) -> Iterator[Record | Problem]:
    """Yield the article, or what is wrong with it, for each line that is not blank."""
    for line in source.lines():
        if not isinstance(line, str):
            yield line
        elif _JOINED in line:
            for part in line.replace(_JOINED, "}\n{").split("\n"):
                yield from _read_line(part, source)
        elif line and not line.isspace():
            yield from _read_line(line, source)


def read_json(source: Source) -> Iterator[Record | Problem]:
    """Yield the articles of a ``.json`` file."""
    if _is_json_lines(source):
        yield from read_json_lines(source)
        return
    for value, line in _Values(source):
        source.line = line
        yield from _to_records(value, source, line)


class _Values:
    """The values in a stream of JSON and the lines that they begin on; a list gives its items.

    Only a window of the text is held: one value, and what was read behind it. A value that does
    not end in the window is decoded again in one twice as large.
    """

    def __init__(self, source: Source) -> None:
        self.line = 1
        self._column = 0  # characters of the line at hand that are no longer in the window
        self._text = ""
        self._at = 0
        self._limit = source.limit
        self._pieces = source.pieces()

    def __iter__(self) -> Iterator[tuple[JsonValue, int]]:
        while mark := self._next():
            if mark == "[":
                yield from self._items()
            else:
                yield self._value()

    def _items(self) -> Iterator[tuple[JsonValue, int]]:
        self._move(1)
        if self._next() == "]":
            self._move(1)
            return
        while True:
            yield self._value()
            mark = self._next()
            if mark not in (",", "]"):
                reason = f"expected ',' or ']' after an item of a list, got {mark!r}"
                raise UnusableError(f"{reason}; {_REST}", self.line)
            self._move(1)
            if mark == "]":
                return

    def _value(self) -> tuple[JsonValue, int]:
        self._next()
        line = self.line
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if _is_cut(error, self._text) and self._grow():
                    continue
                raise UnusableError(
                    f"{self._complain(error)}; {_REST}", self._line_of(error)
                ) from None
            # A number may go on behind the window: "1e" is 1, until "5" follows.
            is_open = isinstance(value, (int, float)) and end > len(self._text) - _LONGEST_TOKEN
            if not is_open or not self._grow():
                self._move(end - self._at)
                return value, line

    def _next(self) -> str:
        """Go to the next character that is no white space and return it; "" at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._move(found.end() - self._at if found else 0)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow():
                return ""

    def _move(self, length: int) -> None:
        start, self._at = self._at, self._at + length
        self.line += self._text.count("\n", start, self._at)

    def _grow(self) -> bool:
        """Let go of what is done with, and read as much again as is held; tell if there was any."""
        left = held = len(self._text) - self._at
        if held > self._limit:
            raise UnusableError(too_large("value"), self.line)
        more: list[str] = []
        while left >= 0 and (piece := next(self._pieces, None)) is not None:
            more.append(piece)
            left -= len(piece)
        if not any(more):
            return False
        done = self._text[: self._at]
        self._column = len(done) - 1 - done.rfind("\n") + self._column * ("\n" not in done)
        self._text, self._at = "".join([self._text[self._at :], *more]), 0
        return True

    def _line_of(self, error: ValueError | RecursionError) -> int:
        at = error.pos if isinstance(error, json.JSONDecodeError) else self._at
        return self.line + self._text.count("\n", self._at, at)

    def _complain(self, error: ValueError | RecursionError) -> str:
        is_first = isinstance(error, json.JSONDecodeError) and error.lineno == 1
        return _complain(error, self._column if is_first else 0)


def _is_cut(error: ValueError | RecursionError, text: str) -> bool:
    """Whether a value may be wrong only because the text ends within it."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated") or error.pos > len(text) - _LONGEST_TOKEN


_REST = "correct it: the rest of the file could not be read"


def _read_line(line: str, source: Source) -> Sequence[Record | Problem]:
    try:
        value = _decode(line)
    except (ValueError, RecursionError) as error:
        return [source.problem(f"{_complain(error)}; correct the line", source.line)]
    return _to_records(value, source, source.line)


def _decode(line: str) -> JsonValue:
    """Decode a line; nearly all are an object without blanks around it: none need be sought."""
    if line.startswith("{"):
        value, end = _DECODER.raw_decode(line)
        if end >= len(line) - 1 and line[end:] in ("", "\n"):
            return cast("JsonValue", value)
    return cast("JsonValue", _DECODER.decode(line))


def _to_records(value: JsonValue, source: Source, line: int) -> Sequence[Record | Problem]:
    """Give the record that an object is, or those that it is the envelope of."""
    if not isinstance(value, dict):
        return [_no_object(value, source, line)]
    items = records_in(value, source.options.fields.has)
    if items and items[0] is value:
        return [Record(value, line)]  # as nearly always
    return [
        Record(item, line) if isinstance(item, dict) else _no_object(item, source, line)
        for item in items
    ]


def _no_object(value: JsonValue, source: Source, line: int) -> Problem:
    kind = _KINDS.get(type(value), "a number") if value is not None else "null"
    return source.problem(f"expected a JSON object with the fields of an article, got {kind}", line)


_KINDS = {list: "a list", str: "a string", bool: "true or false"}


def _is_json_lines(source: Source) -> bool:
    """Whether the first line is an object and there is a second line."""
    source.recode()
    head = source.stream.peek(_PEEK).removeprefix(codecs.BOM_UTF8).lstrip()
    line, end, _ = head.partition(b"\n")
    if not end:
        return False
    try:
        return isinstance(_DECODER.decode(TextDecoder().decode_line(line, 1)), dict)
    except (ValueError, RecursionError):
        return False


def _complain(error: ValueError | RecursionError, column: int = 0) -> str:
    if isinstance(error, json.JSONDecodeError):
        column += error.colno
        return f"expected a JSON object, got what is not JSON: {error.msg} (column {column})"
    if isinstance(error, RecursionError):
        return "expected a JSON object, got one that nests too deep to be read"
    return f"expected a JSON object that can be stored, got one with {error}"


def _to_object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"two keys {next(key for key in keys if keys.count(key) > 1)!r}")
    return value


def _to_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:20]}, which is too large")
    return number


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name}, which is no JSON number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_to_object, parse_float=_to_float, parse_constant=_refuse_constant
)

_LOOKS_LIKE_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\"|\[\s*\{\s*\")")

JSON = Format(
    name="JSON",
    endings=(".json",),
    read=read_json,
    guess=lambda head: bool(_LOOKS_LIKE_JSON.match(head)),
)
JSON_LINES = Format(name="JSON Lines", endings=(".jsonl", ".ndjson"), read=read_json_lines)
