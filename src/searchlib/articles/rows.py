"""How does a row of a table become an article when thousands of rows are like it?

What :mod:`searchlib.articles.mapping` decides for a record depends on its keys and on which of
them have a value. In a table that is the same for most rows, so it is decided once for all of
them: a row of numbers is sorted in the place of theirs. What is left for each row is to convert
its texts and to read its date. Equal labels are converted once.

Rows that need more are left to the way of all records: those that have a cell too few, a date of
several days or in doubt, or something that the model refuses.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from searchlib.articles.conversion import CONVERTERS
from searchlib.articles.date_order import evidence_of
from searchlib.articles.date_parts import is_year, when_of_parts
from searchlib.articles.dates import has_time, read_date, to_day, to_moment
from searchlib.articles.field_keys import LIST_FIELDS, needs_text
from searchlib.articles.mapping import SortedKeys, merge_labels, put_published, sort_out
from searchlib.articles.model import as_taken, valid_article
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from pydantic import JsonValue

    from searchlib.articles.dates import Order
    from searchlib.articles.field_keys import FieldMap
    from searchlib.articles.model import Article

_MOST_PLANS: Final = 100
"""A table whose rows miss values in more ways than that has few rows for each."""
_LONGEST_LABELS: Final = 300  # characters: a longer text is hardly met again
_RARE: Final = frozenset({"document_date", "published_last", "published_text"})


class _UnusualError(ValueError):
    """A value that is to be looked at as that of any other record."""


class Row(NamedTuple):
    """What a table says of an article.

    Attributes:
        columns: The names of the columns, in the same list for all rows.
        values: The values in them, of which some may be missing at the end.
        line: The line that the row begins on.
    """

    columns: Sequence[str]
    values: Sequence[str]
    line: int

    def to_dict(self) -> dict[str, JsonValue]:
        """Give the values by the names of their columns."""
        return dict(zip(self.columns, self.values, strict=False))


@frozen
class _Plan:
    """What becomes of the columns in rows that have values in the same of them.

    Attributes:
        texts: The converter of each field that is a text, in the order of their columns.
        is_text: Whether a column is that of one of these, for each column.
        labels: The name and the columns of each field that is a list.
        published: The column of the date, if there is one.
        has_year: Whether one of these may have the year instead.
        extra: The names of the columns that no field takes, each with its place.
        chosen: As :attr:`SortedKeys.chosen`, of the row of numbers.
    """

    texts: dict[str, Callable[[str], str]]
    is_text: list[bool]
    labels: dict[str, tuple[int, ...]]
    published: int | None
    has_year: bool
    extra: dict[str, int]
    chosen: dict[str, tuple[str, JsonValue]]


class RowReader:
    """Makes articles of the rows of one table.

    Args:
        fields: Which columns mean which field.
        file: The file, as its articles name it.
    """

    def __init__(self, fields: FieldMap, file: str) -> None:
        self._fields = fields
        self._file = file
        self._columns: Sequence[str] = ()
        self._is_known: list[bool] = []  # whether a column means a field
        self._complete: tuple[bool, ...] = ()  # the key of the plan for rows that miss nothing
        self._plans: dict[tuple[bool, ...], _Plan | None] = {}

    def read(
        self, row: Row, number: int, order: Order | None
    ) -> tuple[Article, SortedKeys | None] | None:
        """Make an article of a row.

        Args:
            row: The row.
            number: Which record of the file it is.
            order: What comes first in dates of nothing but numbers, if it is known.

        Returns:
            The article, and if it has something in ``extra`` the keys that it was made from, the
            others without their values. ``None`` for a row that is to be read as any other record.
        """
        columns, values, line = row
        if columns is not self._columns:
            self._begin(columns)
        if len(values) < len(columns):
            return None
        stripped = [*map(str.strip, values)]
        plan = self._plan_of(stripped)
        if plan is None:
            return None
        try:
            fields, extra = _convert(values, plan, is_stripped=stripped == values)
            if plan.labels:
                _add_labels(fields, values, plan)
            if plan.published is not None:
                _add_date(fields, values[plan.published], order)
            elif plan.has_year and (when := when_of_parts(extra)) is not None:
                put_published(fields, when)
        except (_UnusualError, UnicodeEncodeError):
            return None
        article = valid_article(fields, self._file, line, number)
        return article, SortedKeys(plan.chosen, extra) if extra else None

    def _begin(self, columns: Sequence[str]) -> None:
        self._columns, self._plans = columns, {}
        self._is_known = [*map(self._fields.knows, columns)]
        self._complete = (True,) * sum(self._is_known)

    def _plan_of(self, stripped: list[str]) -> _Plan | None:
        has_value = self._complete
        if "" in stripped:
            has_value = tuple(map(bool, compress(stripped, self._is_known)))
        plan = self._plans.get(has_value)
        if plan is None and has_value not in self._plans and len(self._plans) < _MOST_PLANS:
            plan = self._plans[has_value] = self._new_plan(has_value)
        return plan

    def _new_plan(self, has_value: Iterable[bool]) -> _Plan | None:
        """Decide what becomes of the columns; ``None`` where the values themselves have a say."""
        known = compress(range(len(self._columns)), self._is_known)
        missing = {at for at, has in zip(known, has_value, strict=True) if not has}
        numbers = (
            (name, "" if at in missing else str(at)) for at, name in enumerate(self._columns)
        )
        found = sort_out(dict(numbers), self._fields)
        chosen = {name: _places(value) for name, (_, value) in found.chosen.items()}
        is_joined = any(len(keys) > 1 for keys in self._fields.chosen.values())
        places = filter(None, map(self._fields.find, self._columns))
        is_rare = is_joined or _RARE & chosen.keys() or any(map(needs_text, places))
        published, *_ = chosen.pop("published", (None,))
        labels = {name: chosen.pop(name) for name in LIST_FIELDS & chosen.keys()}
        if "title" not in chosen or is_rare or any(len(at) > 2 for at in labels.values()):
            return None
        texts = {at: name for name, (at,) in chosen.items()}
        return _Plan(
            {texts[at]: _converter(texts[at]) for at in sorted(texts)},
            [at in texts for at in range(len(self._columns))],
            labels,
            published,
            published is None and any(map(is_year, found.extra)),
            {key: int(str(number)) for key, number in found.extra.items()},
            found.chosen,
        )


def _places(value: JsonValue) -> tuple[int, ...]:
    numbers = cast("list[str]", value if isinstance(value, list) else [value])
    return tuple(map(int, numbers))


def _converter(name: str) -> Callable[[str], str]:
    return cast("Callable[[str], str]", CONVERTERS[name])  # which keep a text a text


def _convert(
    values: Sequence[str], plan: _Plan, *, is_stripped: bool
) -> tuple[dict[str, object], dict[str, JsonValue]]:
    """Give the fields that are texts, and ``extra``, as the model would have them.

    Returns:
        The fields, and ``extra`` as it stands in the row.

    Raises:
        _UnusualError: There is no text.
        UnicodeEncodeError: The model does not take one of the texts.
    """
    whole = "".join(values)
    taken = values if is_stripped and whole.isascii() else [*map(as_taken, values)]
    if "&" in whole or "<" in whole or "\r" in whole or "{" in whole:
        texts = zip(plan.texts.items(), compress(values, plan.is_text), strict=True)
        fields: dict[str, object] = {
            name: as_taken(convert(text)) for (name, convert), text in texts
        }
    else:  # nothing is to convert but the white space in a title
        fields = dict(zip(plan.texts, compress(taken, plan.is_text), strict=True))
        fields["title"] = " ".join(str(fields["title"]).split())
    if not (fields["title"] or fields.get("body")):
        raise _UnusualError("title")
    if not plan.extra:
        return fields, {}
    fields["extra"] = {key: taken[at] for key, at in plan.extra.items()}
    return fields, {key: values[at] for key, at in plan.extra.items()}


def _add_labels(fields: dict[str, object], values: Sequence[str], plan: _Plan) -> None:
    for name, columns in plan.labels.items():
        texts = [values[at] for at in columns]
        if sum(map(len, texts)) > _LONGEST_LABELS:
            raise _UnusualError(name)
        fields[name] = [*_labels(name, *texts)]


@lru_cache(maxsize=4096)
def _labels(name: str, *texts: str) -> tuple[str, ...]:
    value = merge_labels(texts) if len(texts) > 1 else texts[0]
    labels = cast("list[JsonValue]", CONVERTERS[name](value))
    if not all(isinstance(label, str) for label in labels):
        raise _UnusualError(name)
    return tuple(map(as_taken, cast("list[str]", labels)))


def _add_date(fields: dict[str, object], text: str, order: Order | None) -> None:
    day, moment = _day(text, order)
    fields["published"] = day
    if moment is not None:
        fields["document_date"] = moment


@lru_cache(maxsize=4096)
def _day(text: str, order: Order | None) -> tuple[date, datetime | None]:
    """Read a date of one day: the day, and the moment if it has a time."""
    is_clear = order is not None or evidence_of(text) == "none"
    found = read_date(text, order) if is_clear else None
    if found is None:
        raise _UnusualError("published")
    return to_day(found), to_moment(found) if has_time(found) else None
