"""What do texts such as ``source=AP`` ask for, as people type them behind ``--filter``?

``FIELD=VALUE`` and its kin are conditions on a field, and their values mean just themselves.
Anything else is a query.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import QueryError
from searchlib.query.checks import shown
from searchlib.query.filters import Between
from searchlib.query.json_form import to_json
from searchlib.query.tree import Not

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.query.filters import Condition

_NAMELESS: Final = re.compile(r"\s*[!<>]?=")
_CONDITION: Final = re.compile(r"\s*([^\W\d]\w*(?:\.\w+)*)\s*(!=|>=|<=|=|>|<)(.*)", re.DOTALL)


def filters_of(texts: Iterable[str]) -> list[str | dict[str, Any]]:
    """Read several texts, of which all must be met.

    Of several values for one field (``source=AP``, ``source=BBC``), any will do. Without a value
    (``source=``), documents that have none are meant.

    Args:
        texts: Each a condition, or a query.

    Returns:
        What :meth:`searchlib.Index.search` takes as ``filter``.

    Raises:
        QueryError: There is no name before a comparison, or no value behind it.
    """
    wanted: dict[str, Any] = {}
    others: list[str | dict[str, Any]] = []
    for text in texts:
        found = _CONDITION.fullmatch(text)
        if found is None:
            if _NAMELESS.match(text):
                raise QueryError(f"filter {shown(text)}: expected the name of a field before =")
            others.append(text)
            continue
        name, sign, value = found[1], found[2], found[3].strip() or None
        if sign == "=":
            wanted.setdefault(name, []).append(value)
        else:
            others.append({name: _condition(text, sign, value)})
    return [*({name: values} for name, values in wanted.items()), *others]


def _condition(text: str, sign: str, value: str | None) -> Not | Between:
    if sign == "!=":
        return Not(value)
    if value is None:
        raise QueryError(f"filter {shown(text)}: expected a value behind {sign}")
    closed = sign.endswith("=")
    if sign[0] == ">":
        return Between(value, include_low=closed)
    return Between(None, value, include_high=closed)


def conditions_json(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    """Write conditions as JSON has them: the field, and the query as ``parse --json`` shows it."""
    return [{"field": name, **to_json(query)} for name, query in conditions]
