"""How are records read from JSON Lines (``.jsonl``, ``.ndjson``) and JSON (``.json``)?

JSON Lines holds an object to a line and is read line by line: a line that can't be used is
reported, and reading goes on with the next. A ``.json`` file holds one object, a list of objects,
or several of either one after another; it is read as a whole, unless its first line is a complete
object: then it is JSON Lines by another name.

What JSON allows but nothing can be done with is refused: ``NaN`` and infinite numbers, two equal
keys in one object, halves of surrogate pairs, numbers of thousands of digits, nesting without
end. What the keys of an object mean is said in :mod:`searchlib.articles.mapping`.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import TYPE_CHECKING

from searchlib.articles.formats.base import Format
from searchlib.articles.mapping import to_article
from searchlib.articles.text import UnusableError, decode, decode_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from searchlib.articles.model import Article
    from searchlib.articles.source import Source
    from searchlib.errors import Problem

_SPACE = re.compile(r"[ \t\n\r]*")
_PEEK = 1 << 16


def read_json_lines(source: Source) -> Iterator[Article | Problem]:
    """Yield the article, or what is wrong with it, for each line that is not blank."""
    for line in source.lines():
        if not isinstance(line, str):
            yield line
        elif line.strip():
            yield _read_line(line, source)


def read_json(source: Source) -> Iterator[Article | Problem]:
    """Yield the articles of a ``.json`` file."""
    if _is_json_lines(source):
        yield from read_json_lines(source)
        return
    for value, line in _Values(decode(source.read())):
        source.line = line
        yield _to_article(value, source, line)


class _Values:
    """The values in a text of JSON and the lines that they begin on; a list gives its items."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self._skip_space()

    def __iter__(self) -> Iterator[tuple[JsonValue, int]]:
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                yield from self._items()
            else:
                yield self._value()

    def _items(self) -> Iterator[tuple[JsonValue, int]]:
        self._skip()
        if self.text.startswith("]", self.at):
            self._skip()
            return
        while True:
            yield self._value()
            mark = self.text[self.at : self.at + 1]
            if mark not in (",", "]"):
                reason = f"expected ',' or ']' after an item of a list, got {mark!r}"
                raise UnusableError(f"{reason}; {_REST}", self.line)
            self._skip()
            if mark == "]":
                return

    def _value(self) -> tuple[JsonValue, int]:
        line, start = self.line, self.at
        try:
            value, self.at = _DECODER.raw_decode(self.text, start)
        except (ValueError, RecursionError) as error:
            line = error.lineno if isinstance(error, json.JSONDecodeError) else line
            raise UnusableError(f"{_complain(error)}; {_REST}", line) from None
        self._count_lines(start)
        self._skip_space()
        return value, line

    def _skip(self) -> None:
        self.at += 1
        self._skip_space()

    def _skip_space(self) -> None:
        start = self.at
        found = _SPACE.match(self.text, start)
        self.at = found.end() if found else start
        self._count_lines(start)

    def _count_lines(self, start: int) -> None:
        self.line += self.text.count("\n", start, self.at)


_REST = "correct it: the rest of the file could not be read"


def _read_line(line: str, source: Source) -> Article | Problem:
    try:
        value = _DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        return source.problem(f"{_complain(error)}; correct the line", source.line)
    return _to_article(value, source, source.line)


def _to_article(value: JsonValue, source: Source, line: int) -> Article | Problem:
    if isinstance(value, dict):
        return to_article(value, source.path, line)
    kind = _KINDS.get(type(value), "a number") if value is not None else "null"
    return source.problem(f"expected a JSON object with the fields of an article, got {kind}", line)


_KINDS = {list: "a list", str: "a string", bool: "true or false"}


def _is_json_lines(source: Source) -> bool:
    """Whether the first line is an object and there is a second line."""
    head = source.stream.peek(_PEEK).removeprefix(codecs.BOM_UTF8).lstrip()
    line, end, _ = head.partition(b"\n")
    if not end:
        return False
    try:
        return isinstance(_DECODER.decode(decode_line(line)), dict)
    except (ValueError, RecursionError):
        return False


def _complain(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"expected a JSON object, got what is not JSON: {error.msg} (column {error.colno})"
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

JSON = Format(name="JSON", endings=(".json",), read=read_json)
JSON_LINES = Format(name="JSON Lines", endings=(".jsonl", ".ndjson"), read=read_json_lines)
