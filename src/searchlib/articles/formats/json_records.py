"""How are records read from JSON Lines (``.jsonl``, ``.ndjson``) and JSON (``.json``)?

JSON Lines holds an object to a line and is read line by line: a line that can't be used is
reported, and reading goes on with the next. Objects may also be one behind another on a line, with
a comma between them or after them; and a file that holds a list, or objects over several lines, is
read as JSON, whatever its name is. A ``.json`` file holds one object, a list of objects,
or several of either one after another, of any size: only one value is held at a time. If its first
line is a complete object, it is JSON Lines by another name.

What JSON allows but nothing can be done with costs the record that it is in, and no other
(:mod:`searchlib.articles.json_decoding`); only what is not JSON at all ends a ``.json`` file. What
the keys of an object mean is said in :mod:`searchlib.articles.mapping`, and which objects are
envelopes of articles in :mod:`searchlib.articles.shapes`.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING

from pydantic_core import from_json

from searchlib.articles.encoding import TextDecoder
from searchlib.articles.formats.base import Format
from searchlib.articles.frames import header_of, to_object
from searchlib.articles.json_decoding import JsonDecoder, Unfit, complain, find_unfit
from searchlib.articles.records import Record
from searchlib.articles.shapes import count_flat_texts, records_in
from searchlib.articles.source import too_large
from searchlib.articles.text import UnusableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

    from searchlib.articles.source import Source
    from searchlib.errors import Problem

# Byte order marks stand where files were put together, record separators in JSON sequences.
_SPACE = re.compile("[ \t\n\r\ufeff\x1e]*")
_BETWEEN = re.compile("[ \t\n\r\ufeff\x1e,]*")
_JOINED = "}\ufeff{"
_LONGEST_TOKEN = 16  # "-Infinity", or an escape of two halves: errors in it stand at its beginning
_PEEK = 1 << 16
_KEY_END = re.compile(rb'"[ \t\r\n]*:')
_QUOTE_OR_BRACKET = re.compile(r'["\[\]{},]')
_QUOTE_OR_ESCAPED = re.compile(r'"|\\.', re.DOTALL)
_REST = "correct it: the rest of the file could not be read"


def read_json_lines(source: Source) -> Iterator[Record | Problem]:
    """Yield the article, or what is wrong with it, for each line that is not blank."""
    yield from _read_values(source) if _is_other_json(source) else _read_lines(source)


def _read_lines(source: Source) -> Iterator[Record | Problem]:
    decoder = JsonDecoder(source)
    for raw in source.raw_lines():
        record = _read_plain(raw, source.line) if isinstance(raw, bytes) else None
        if record is not None:
            yield record
            continue
        line = source.decode_line(raw)
        if not isinstance(line, str):
            yield line
        elif _JOINED in line:
            for part in line.replace(_JOINED, "}\n{").split("\n"):
                yield from _read_line(part, source, decoder)
        elif line and not line.isspace():
            yield from _read_line(line, source, decoder)


def _read_plain(raw: bytes, number: int) -> Record | None:
    """Read a line that is a flat object, as most are: at a third of the time for any JSON.

    Returns:
        The record; ``None`` for a line that is to be looked at more closely.
    """
    if raw.find(b"{", 1) > 0:
        return None
    try:
        value = from_json(raw, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        return None
    if not isinstance(value, dict) or not (texts := count_flat_texts(value)):
        return None
    # Of equal keys one is left, but the quotes and colons of all are in the line.
    is_whole = raw.count(b'"') == 2 * (texts + len(value))
    return Record(value, number) if is_whole or len(_KEY_END.findall(raw)) == len(value) else None


def read_json(source: Source) -> Iterator[Record | Problem]:
    """Yield the articles of a ``.json`` file."""
    yield from _read_lines(source) if _is_json_lines(source) else _read_values(source)


def _read_values(source: Source) -> Iterator[Record | Problem]:
    decoder = JsonDecoder(source)
    has_field = source.options.fields.has
    columns: list[str] | None = None
    for value, line in _Values(source, decoder):
        source.line = line
        if isinstance(value, list) and not decoder.has_unfit:
            if columns is None and (columns := header_of(value, has_field)):
                continue
            value = to_object(columns, value) if columns else value
        yield from _to_records(value, source, decoder.has_unfit)


class _Values:
    """The values in a stream of JSON and the lines that they begin on; a list gives its items.

    Only a window of the text is held: one value, and what was read behind it. A value that does
    not end in the window is decoded again in one twice as large. One that can't be decoded, though
    its end can be told, is an :class:`Unfit`.
    """

    def __init__(self, source: Source, decoder: JsonDecoder) -> None:
        self.line = 1
        self._source = source
        self._decoder = decoder
        self._column = 0  # characters of the line at hand that are no longer in the window
        self._text = ""
        self._at = 0
        self._limit = source.limit
        self._pieces = source.pieces()

    def __iter__(self) -> Iterator[tuple[JsonValue | Unfit, int]]:
        while mark := self._next():
            if mark == "[":
                yield from self._items()
            elif mark == ",":  # between two objects, or after the last
                self._move(1)
            else:
                yield self._value()

    def _items(self) -> Iterator[tuple[JsonValue | Unfit, int]]:
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
            if mark == "," and self._next() == "]":  # a comma after the last item
                mark = "]"
                self._move(1)
            if mark == "]":
                return

    def _value(self) -> tuple[JsonValue | Unfit, int]:
        self._next()
        self._source.line = line = self.line
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                unfit = self._unfit(error)
                if unfit is not None:
                    return unfit, line
                continue
            # A number may go on behind the window: "1e" is 1, until "5" follows.
            is_open = isinstance(value, _OPEN) and end > len(self._text) - _LONGEST_TOKEN
            if not is_open or not self._grow():
                self._move(end - self._at)
                return value, line

    def _unfit(self, error: ValueError | RecursionError) -> Unfit | None:
        """Skip what can't be decoded, or return ``None`` if it may be once more has been read.

        Raises:
            UnusableError: Nobody knows where it ends.
        """
        is_cut = _is_cut(error, self._text)
        is_large = is_cut and len(self._text) - self._at > self._limit
        if is_cut and not is_large and self._grow():
            return None
        reason = too_large("value") if is_large else self._complain(error)
        line = self.line if is_large else self._line_of(error)
        if (is_large or _has_end(error)) and self._skip():
            return Unfit(reason)
        raise UnusableError(f"{reason}; {_REST}", line)

    def _skip(self) -> bool:
        """Go to the end of a value by quotes and brackets alone, and tell if it has one."""
        depth, is_quoted = 0, False
        while True:
            pattern = _QUOTE_OR_ESCAPED if is_quoted else _QUOTE_OR_BRACKET
            found = pattern.search(self._text, self._at)
            if found is None:
                is_cut = is_quoted and self._text.endswith("\\")
                self._move(len(self._text) - self._at - is_cut)
                if not self._grow():
                    return False
                continue
            mark = found[0]
            if not depth and mark in ",]}":
                self._move(found.start() - self._at)
                return True
            self._move(found.end() - self._at)
            is_quoted ^= mark == '"'
            depth += (mark in "[{") - (mark in "]}")
            if not depth and not is_quoted:
                return True

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
        return complain(error, self._column if is_first else 0)


def _is_cut(error: ValueError | RecursionError, text: str) -> bool:
    """Whether a value may be wrong only because the text ends within it."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated") or error.pos > len(text) - _LONGEST_TOKEN


def _has_end(error: ValueError | RecursionError) -> bool:
    """Whether it can be told where a value ends that can't be decoded."""
    # A line end in a text, which should have been written as an escape.
    return isinstance(error, RecursionError) or str(error).startswith("Invalid control character")


def _read_line(line: str, source: Source, decoder: JsonDecoder) -> Sequence[Record | Problem]:
    try:
        value = _decode(line, decoder)
    except (ValueError, RecursionError) as error:
        several = _read_several(line, source, decoder)
        return several or [source.problem(f"{complain(error)}; correct the line", source.line)]
    return _to_records(value, source, decoder.has_unfit)


def _read_several(line: str, source: Source, decoder: JsonDecoder) -> list[Record | Problem]:
    """Read objects one behind another, with commas or without; nothing, if there is more."""
    found: list[Record | Problem] = []
    at = _end(_BETWEEN, line, 0)
    try:
        while at < len(line):
            value, end = decoder.raw_decode(line, at)
            if not isinstance(value, dict):
                return []
            found += _to_records(value, source, decoder.has_unfit)
            at = _end(_BETWEEN, line, end)
    except (ValueError, RecursionError):
        return []
    return found


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _decode(line: str, decoder: JsonDecoder) -> JsonValue:
    """Decode a line; nearly all are an object without blanks around it: none need be sought."""
    if line.startswith("{"):
        value, end = decoder.raw_decode(line)
        if end >= len(line) - 1 and line[end:] in ("", "\n"):
            return value
    return decoder.decode(line)


def _to_records(
    value: JsonValue | Unfit, source: Source, has_unfit: bool
) -> Sequence[Record | Problem]:
    """Give the record that an object is, or those that it is the envelope of."""
    if not isinstance(value, dict):
        return [_no_object(value, source)]
    items = records_in(value, source.options.fields.has)
    if items and items[0] is value and not has_unfit:
        return [Record(value, source.line)]  # as nearly always
    return [_to_record(item, source, has_unfit) for item in items]


def _to_record(item: JsonValue, source: Source, has_unfit: bool) -> Record | Problem:
    unfit = find_unfit(item) if has_unfit else None
    if unfit is None and isinstance(item, dict):
        return Record(item, source.line)
    return _no_object(item if unfit is None else unfit, source)


def _no_object(value: JsonValue | Unfit, source: Source) -> Problem:
    if isinstance(value, Unfit):
        return source.problem(f"{value.reason}; correct it", source.line)
    kind = _KINDS.get(type(value), "a number") if value is not None else "null"
    reason = f"expected a JSON object with the fields of an article, got {kind}"
    return source.problem(reason, source.line)


_KINDS = {list: "a list", str: "a string", bool: "true or false"}


def _is_json_lines(source: Source) -> bool:
    """Whether the first line is an object, or the second if the first is meant to be one."""
    source.recode()
    head = source.stream.peek(_PEEK).removeprefix(codecs.BOM_UTF8).lstrip()
    first, end, rest = head.partition(b"\n")
    second, _, _ = rest.partition(b"\n")
    if not end:
        return False
    is_closed = first.startswith(b"{") and first.rstrip().endswith(b"}")
    return _is_object(first) or (is_closed and _is_object(second))


def _is_other_json(source: Source) -> bool:
    """Whether what is called JSON Lines begins with a list, or with an object of several lines."""
    source.recode()
    head = source.stream.peek(_PEEK).removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n\x1e")
    first, end, rest = head.partition(b"\n")
    second = rest.lstrip()[:1]
    is_open = first.startswith(b"{") and not first.rstrip(b" \t\r,").endswith(b"}")
    return first.startswith(b"[") or bool(end and is_open and second == b'"')


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(TextDecoder().decode_line(line, 1)), dict)
    except (ValueError, RecursionError):
        return False


_OPEN = (int, float, Unfit)
_LOOKS_LIKE_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\"|\[\s*\{\s*\")")

JSON = Format(
    name="JSON",
    endings=(".json", ".jsonld"),
    read=read_json,
    guess=lambda head: bool(_LOOKS_LIKE_JSON.match(head)),
)
JSON_LINES = Format(
    name="JSON Lines", endings=(".jsonl", ".ndjson", ".jl", ".jsonlines"), read=read_json_lines
)
