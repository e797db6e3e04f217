"""What do texts such as ``source`` and ``published:month`` ask to be counted?

A field, and behind a colon how: parts that commas divide. What a program writes as
``Terms("source", size=5, sort="label", multi_select=True)`` is ``source:5,sort=label,multi``.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.query.checks import shown
from searchlib.query.dates import date_span, split_range
from searchlib.query.field_names import FieldNames
from searchlib.schema.markers import Date, Keyword, Number
from searchlib.schema.values import UnreadableValue
from searchlib.search.facets.requests import (
    AUTO,
    UNITS,
    Distinct,
    FacetRequest,
    Histogram,
    Ranges,
    Stats,
    Terms,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from searchlib.schema.models import DocumentSchema, FieldSpec

_LABELS: Final = "a number of labels, all, sort=label, multi, prefix=TEXT at the end; or distinct"
_DATES: Final = (
    f"{', '.join(UNITS)}, auto, ranges such as 2025-01..2025-03, fill=no, multi; or stats or "
    "distinct"
)
_NUMBERS: Final = (
    "the width of a step, auto, ranges such as 10..20, fill=no, multi; or stats or distinct"
)
_PREFIX: Final = re.compile(r"(?:(.*?),)?\s*prefix=(.*)", re.DOTALL)


@frozen
class _Part:
    """What a part says.

    Attributes:
        argument: The argument of the request.
        value: Its value; of ranges one of them.
    """

    argument: str
    value: Any


_WORDS: Final = {"multi": _Part("multi_select", True)}
_OF_LABELS: Final = {
    "all": _Part("size", None),
    "sort=label": _Part("sort", "label"),
    "sort=count": _Part("sort", "count"),
}
_OF_SPANS: Final = {
    AUTO: _Part("by", AUTO),
    "fill=yes": _Part("fill", True),
    "fill=no": _Part("fill", False),
}


def read_facets(texts: Iterable[str], schema: DocumentSchema) -> dict[str, FacetRequest]:
    """Read what is to be counted.

    Args:
        texts: Each a field, or a field, a colon, and how: as of ``--facet``.
        schema: The fields.

    Returns:
        The requests, by these texts.

    Raises:
        QueryError: It is nothing that can be counted.
    """
    return {text: _read(text, schema) for text in texts}


def _read(text: str, schema: DocumentSchema) -> FacetRequest:
    field, _, how = text.partition(":")
    field = field.strip()
    match [part.strip() for part in how.split(",")]:
        case ["stats"]:
            return Stats(field)
        case ["distinct"]:
            return Distinct(field)
    spec = schema.fields.get(field)
    if spec is not None and isinstance(spec.marker, Date | Number):
        return _spans(field, spec, how, text)
    if spec is None:
        raise QueryError(f"facet {shown(text)}: {FieldNames(schema).missing(field)}")
    if not isinstance(spec.marker, Keyword):
        return Terms(field)  # which the search refuses, and says what there is
    return _terms(field, how, text)


def _terms(field: str, how: str, text: str) -> Terms:
    arguments: dict[str, Any] = {}
    found = _PREFIX.fullmatch(how)  # a label may have commas
    if found is not None:
        how, arguments["prefix"] = found[1] or "", found[2]
    return Terms(field, **arguments, **_arguments(how, text, _label_part, _LABELS))


def _spans(field: str, spec: FieldSpec, how: str, text: str) -> Histogram | Ranges:
    part, expected = (
        (_date_part, _DATES) if isinstance(spec.marker, Date) else (_number_part, _NUMBERS)
    )
    arguments = _arguments(how, text, part, expected)
    if "ranges" not in arguments:
        return Histogram(field, **{"fill": True, **arguments})
    if arguments.keys() - {"ranges", "multi_select"}:
        raise QueryError(f"facet {shown(text)}: expected ranges, or steps of equal width, got both")
    return Ranges(field, **arguments)


def _arguments(
    how: str, text: str, part_of: Callable[[str], _Part | None], expected: str
) -> dict[str, Any]:
    """Read parts as the arguments of a request."""
    arguments: dict[str, Any] = {}
    for word in (part.strip() for part in how.split(",") if part.strip()):
        part = _WORDS.get(word) or part_of(word)
        if part is None or (part.argument in arguments and part.argument != "ranges"):
            what = f"got {shown(word)}" if part is None else f"got two of a kind: {shown(word)}"
            raise QueryError(f"facet {shown(text)}: expected {expected} behind the colon, {what}")
        if part.argument == "ranges":
            arguments.setdefault("ranges", []).append(part.value)
        else:
            arguments[part.argument] = part.value
    return arguments


def _label_part(word: str) -> _Part | None:
    size = _number(word) if word.isdecimal() else None
    return _OF_LABELS.get(word) if size is None else _Part("size", size)


def _date_part(word: str) -> _Part | None:
    if word in UNITS:
        return _Part("by", word)
    return _OF_SPANS.get(word) or (_Part("ranges", word) if _is_range(word, Date) else None)


def _number_part(word: str) -> _Part | None:
    if word in _OF_SPANS or _is_range(word, Number):
        return _OF_SPANS.get(word) or _Part("ranges", word)
    width = _number(word)
    return _Part("by", width) if width is not None and 0 < width < math.inf else None


def _is_range(word: str, marker: type) -> bool:
    """Tell whether a part is a range; so is a single date, as no number is."""
    if split_range(word) is not None:
        return True
    try:
        return marker is Date and bool(date_span(word, now=datetime.now(UTC)))
    except UnreadableValue:
        return False


def _number(word: str) -> float | None:
    try:
        return int(word) if word.isdecimal() else float(word)
    except ValueError:  # also for digits without end
        return None
