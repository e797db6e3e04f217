"""Temporary."""

from searchlib.schema.values import UnreadableValue
from searchlib.schema.values import date_span as _d


def date_span(text, *, now, zone):
    return _d(text)


def split_range(text):
    a, sep, b = text.partition("..")
    return (a, b) if sep else None


def number_of(text, kind):
    try:
        return (float if kind == "float" else int)(text)
    except ValueError:
        raise UnreadableValue("expected a number", text)
