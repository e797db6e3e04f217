"""Is what a program gave to make a query of what it should be?

Raises (all functions):
    QueryError: It is not; the message says what was expected, and by which kind of query.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from sys import float_info
from typing import Any

from searchlib.errors import QueryError


def _name(query: object) -> str:
    return type(query).__name__


def shown(value: object) -> str:
    """Write a value for a message: its beginning, or its class if it can't be written."""
    try:
        return f"{value!r:.80}"
    except Exception:  # it may be nested too deeply, or of a class that raises anything
        return f"a value of the class {type(value).__name__}"


def expect_text(query: object, text: object) -> None:
    """Make sure that a query is given a text."""
    if not isinstance(text, str):
        raise QueryError(f"{_name(query)}: expected a text to look for, got {shown(text)}")


def expect_field(query: object, name: object) -> None:
    """Make sure that a query is given the name of a field."""
    if not isinstance(name, str):
        raise QueryError(f"{_name(query)}: expected the name of a field, got {shown(name)}")


def expect_value(query: object, value: object) -> None:
    """Make sure that a query is given a value that a field can hold."""
    if not isinstance(value, str | int | float | date):
        raise QueryError(
            f"{_name(query)}: expected a text, number, bool or date, got {shown(value)}"
        )


def expect_count(query: object, name: str, count: object, least: int) -> None:
    """Make sure that a query is given a whole number that is not too low."""
    if not isinstance(count, int) or isinstance(count, bool) or count < least:
        raise QueryError(
            f"{_name(query)}: expected {name} to be a whole number from {least} on, "
            f"got {shown(count)}"
        )


def expect_number(query: object, name: str, number: object) -> None:
    """Make sure that a query is given a number."""
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise QueryError(f"{_name(query)}: expected {name} to be a number, got {shown(number)}")
    try:
        float(number)
    except OverflowError as error:
        raise QueryError(
            f"{_name(query)}: expected {name} to be a number of at most {float_info.max:g}, "
            f"got {shown(number)}"
        ) from error


def expect_flag(query: object, name: str, flag: object) -> None:
    """Make sure that a query is given a yes or no."""
    if not isinstance(flag, bool):
        raise QueryError(f"{_name(query)}: expected {name} to be True or False, got {shown(flag)}")


def expect_query(query: object, part: object, kind: type) -> None:
    """Make sure that a query is given a query as its part."""
    if not isinstance(part, kind):
        raise QueryError(f"{_name(query)}: expected a query as its part, got {shown(part)}")


def take_values(query: Any) -> None:
    """Keep several values that a query was given so that it can be hashed."""
    if isinstance(query.part, list):
        object.__setattr__(query, "part", tuple(query.part))
    elif isinstance(query.part, set):
        object.__setattr__(query, "part", frozenset(query.part))


def no_field(query: object, value: object) -> QueryError:
    """Make the error for values that stand where no field is known."""
    return QueryError(
        f"{_name(query)}: expected a query as its part, got {shown(value)}; a value needs a field, "
        f"as in filter={{'source': {_name(query)}('AP')}}"
    )


def take_queries(query: object, name: str, kind: type) -> None:
    """Make a tuple of what was given as the parts of a query, and look at each of them."""
    parts = getattr(query, name)
    if parts.__class__ is not tuple:
        if isinstance(parts, (kind, str)) or not isinstance(parts, Iterable):
            expected = f"{_name(query)}: expected several queries as {name}"
            raise QueryError(f"{expected}, got {shown(parts)}")
        parts = tuple(parts)
        object.__setattr__(query, name, parts)
    for part in parts:
        if not isinstance(part, kind):
            expect_query(query, part, kind)


def take_fields(query: Any) -> None:
    """Make a tuple of the names of fields that a query was given, and look at each of them."""
    given = query.fields
    if given.__class__ is not tuple:
        if not isinstance(given, Iterable):
            raise QueryError(f"{_name(query)}: expected names of fields, got {shown(given)}")
        given = (given,) if isinstance(given, str) else tuple(given)
        object.__setattr__(query, "fields", given)
    for name in given:
        if name.__class__ is not str:
            expect_field(query, name)
