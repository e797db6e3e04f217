"""What becomes of JSON that can be read, but not stored?

A record with two equal keys in one object, with a number that is too large, or that nests without
end is refused; but where it ends is known, so that nothing else is lost with it. Here each such
part becomes an :class:`Unfit` that says why, for the reader of records to find.

``NaN`` and ``Infinity`` are no JSON, but Python and pandas write them where there is no value. They
are read as ``null``, as JavaScript and pandas' own ``to_json`` would have written them, and a
notice says so.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from searchlib.articles.text import UnusableError
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from pydantic import JsonValue

    from searchlib.articles.source import Source


@frozen
class Unfit:
    """Stands for a value that can't be stored.

    Attributes:
        reason: What is wrong with it.
    """

    reason: str


class JsonDecoder:
    """Decodes the JSON of one file.

    Attributes:
        has_unfit: Whether there is an :class:`Unfit` in what was decoded last.
    """

    def __init__(self, source: Source) -> None:
        self.has_unfit = False
        self._source = source
        self._has_told = False
        self._strict = json.JSONDecoder(
            object_pairs_hook=_to_object, parse_float=_to_float, parse_constant=self._no_value
        )
        self._marking = json.JSONDecoder(
            object_pairs_hook=_object_or_unfit, parse_float=_float_or_unfit,
            parse_int=_int_or_unfit, parse_constant=self._no_value,
        )  # fmt: skip

    def raw_decode(self, text: str, at: int = 0) -> tuple[JsonValue, int]:
        """Decode the value that begins at a place, and tell where it ends.

        Raises:
            json.JSONDecodeError: It is no JSON.
            RecursionError: It nests too deep.
        """
        try:
            found = self._strict.raw_decode(text, at)
        except json.JSONDecodeError:
            raise
        except ValueError:  # the cause is looked for only where there is one: that takes longer
            found = self._marking.raw_decode(text, at)
            self.has_unfit = True
        else:
            self.has_unfit = False
        return found

    def decode(self, text: str) -> JsonValue:
        """Decode a text that is one value; as :meth:`raw_decode`."""
        begin = len(text) - len(text.lstrip(" \t\n\r"))
        value, end = self.raw_decode(text, begin)
        if text[end:].strip(" \t\n\r"):
            raise json.JSONDecodeError("Extra data", text, end)
        return value

    def _no_value(self, name: str) -> None:
        if self._has_told:
            return
        self._has_told = True
        source = self._source
        message = f"{name}, which is no JSON, was read as null, wherever there is such a value"
        source.notices.append(source.notice(message, "no JSON", source.line or None))


def find_unfit(value: object) -> Unfit | None:
    """Find what can't be stored in a value, at any depth."""
    if isinstance(value, Unfit):
        return value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(find_unfit, inner)), None)


def complain(error: ValueError | RecursionError, column: int = 0) -> str:
    """Say why JSON can't be used.

    Args:
        error: What the decoder raised.
        column: How many characters of the line stand before those that it was given.
    """
    if isinstance(error, json.JSONDecodeError):
        column += error.colno
        return f"expected a JSON object, got what is not JSON: {error.msg} (column {column})"
    if isinstance(error, UnusableError):
        return str(error)
    return "expected a JSON object, got one that nests too deep to be read"


def _to_object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"two keys {next(key for key in keys if keys.count(key) > 1)!r:.80}")
    return value


def _to_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:20]}, which is too large")
    return number


def _object_or_unfit(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue] | Unfit:
    try:
        return _to_object(pairs)
    except ValueError as error:
        return _unfit(str(error))


def _float_or_unfit(digits: str) -> float | Unfit:
    try:
        return _to_float(digits)
    except ValueError as error:
        return _unfit(str(error))


def _int_or_unfit(digits: str) -> int | Unfit:
    try:
        return int(digits)
    except ValueError:
        return _unfit(f"a number of {len(digits):,} digits")


def _unfit(found: Any) -> Unfit:
    return Unfit(f"expected a JSON object that can be stored, got one with {found}")
