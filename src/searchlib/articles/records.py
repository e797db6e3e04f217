"""How do the records of one file become its articles?

A reader yields a :class:`Record` for each article: what the file says, by the names that it has
there. Here it becomes an article by the user's options, is told its place, and what a user should
know of it becomes a notice: a long text that no field takes, a date whose order was guessed.

A date such as ``07/01/2025`` may have either order. Records are held back from the first such date
on until another date of the file shows the order, or until there are many of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from searchlib.articles.conversion import SHORTEN
from searchlib.articles.date_order import evidence_of
from searchlib.articles.mapping import build_article, date_texts, sort_out
from searchlib.articles.model import Article
from searchlib.articles.rows import Row, RowReader
from searchlib.articles.source import Source
from searchlib.articles.unsearched import UnsearchedTexts
from searchlib.errors import Notice, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import JsonValue

    from searchlib.articles.mapping import SortedKeys

Made: TypeAlias = Article | Problem | Notice
Item: TypeAlias = "Made | Record | Row | Source"

_Held: TypeAlias = "tuple[Record | Made, int | None, SortedKeys | None]"
"""An item, the line it begins on, and the sorted keys of a record."""

_MOST_HELD: Final = 1_000  # records
_LARGEST_HELD: Final = 16 << 20  # characters of their texts


class Record(NamedTuple):
    """What a file says of an article.

    Attributes:
        values: The values by the names that they have in the file.
        line: The line that the record begins on, if its format has lines.
        lines: The lines of keys that have a line of their own.
    """

    values: Mapping[str, JsonValue]
    line: int | None = None
    lines: Mapping[str, int] | None = None


class RecordReader:
    """Makes articles of the records of one file."""

    def __init__(self, source: Source, *, needs_dates: bool = True) -> None:
        self._source = source
        self._needs_dates = needs_dates
        self._fields = source.options.fields
        self._watch = source.options.watch
        self._order = source.options.dates
        self._doubts: list[str] = []  # dates that may have either order
        self._is_guessed = False
        self._held: list[_Held] = []
        self._size = 0
        self._number = 0
        self._notices: list[Notice] = []
        self._rows = RowReader(source.options.fields, source.file)
        self._unsearched = UnsearchedTexts(source.path)

    def read(self, items: Iterable[Item]) -> Iterator[Article | Problem | Notice | Source]:
        """Give articles for records, in their order, and everything else as it is."""
        try:
            for item in items:
                if isinstance(item, Source):
                    yield from self._release()
                    yield item
                    continue
                if isinstance(item, Row):
                    article = self._read_row(item)
                    if article is not None:
                        yield article
                        if self._notices:
                            yield from self._take_notices()
                        continue
                    item = Record(item.to_dict(), item.line)
                held = self._sort(item)
                if self._is_in_doubt:
                    yield from self._hold(held)
                    continue
                if self._held:
                    yield from self._release()
                yield self._made(*held)
                if self._notices:
                    yield from self._take_notices()
        except Exception:  # what came before it is used
            yield from self._finish()
            raise
        yield from self._finish()

    @property
    def _is_in_doubt(self) -> bool:
        """Whether records are held back until a date shows the order."""
        return bool(self._doubts) and not (self._order or self._is_guessed)

    def _read_row(self, row: Row) -> Article | None:
        """Make an article of a row; ``None`` where that takes the way of any other record."""
        if self._is_in_doubt or self._watch is not None:
            return None
        made = self._rows.read(row, self._number + 1, self._order)
        if made is None:
            return None
        article, found = made
        self._number += 1
        if found is not None:
            self._notices += self._unsearched.notices(found, article)
        return article

    def _sort(self, item: Record | Made) -> _Held:
        if not isinstance(item, Record):
            return item, self._source.line or None, None
        found = sort_out(item.values, self._fields)
        if self._order is None:
            self._look_at_dates(found)
        return item, item.line or self._source.line or None, found

    def _look_at_dates(self, found: SortedKeys) -> None:
        for text in date_texts(found):
            shown = evidence_of(text)
            if shown == "either":
                self._doubts.append(text)
            elif shown != "none":
                self._order = shown

    def _hold(self, held: _Held) -> Iterator[Made]:
        self._held.append(held)
        item = held[0]
        if isinstance(item, Record):
            texts = (text for text in item.values.values() if isinstance(text, str))
            self._size += sum(map(len, texts))
        if len(self._held) >= _MOST_HELD or self._size > _LARGEST_HELD:
            self._is_guessed = True
            yield from self._release()

    def _release(self) -> Iterator[Made]:
        held, self._held, self._size = self._held, [], 0
        for each in held:
            yield self._made(*each)
            yield from self._take_notices()

    def _made(self, item: Record | Made, line: int | None, found: SortedKeys | None) -> Made:
        """Make an article of a record, and tell an article its place."""
        if isinstance(item, Record):
            assert found is not None
            item = build_article(
                found, self._source.path, line, item.lines,
                order=self._order, needs_dates=self._needs_dates,
            )  # fmt: skip
        elif isinstance(item, Notice):
            return item
        self._number += 1
        if isinstance(item, Article):
            item.set_place(self._source.file, line, self._number)
            if found is not None and self._watch is not None:
                self._watch(item, found)
            if found is not None and found.extra:
                self._notices += self._unsearched.notices(found, item)
                if found.unread_date is not None:
                    self._notices.append(self._notice_of_date(found.unread_date, line))
        return item

    def _take_notices(self) -> list[Notice]:
        notices, self._notices = self._notices, []
        return notices

    def _finish(self) -> Iterator[Made]:
        is_undecided = bool(self._doubts) and self._order is None
        self._is_guessed = self._is_guessed or is_undecided
        yield from self._release()
        if self._is_guessed:
            yield self._notice_of_guess()

    def _notice_of_date(self, value: JsonValue, line: int | None) -> Notice:
        return Notice(
            f"expected a date, got {SHORTEN.repr(value)}, which is kept in extra: the article has "
            "none",
            self._source.path,
            line,
            "unread date",
        )

    def _notice_of_guess(self) -> Notice:
        text, more = self._doubts[0], len(self._doubts) - 1
        also = f" (and {more:,} other{'s' * (more > 1)})" if more else ""
        first = "month" if "/" in text else "day"
        return Notice(
            f"the date {text!r}{also} may have the day or the month first, and was read with the "
            f"{first} first; say how it is meant: --dates dmy or --dates mdy",
            self._source.path,
            kind="date",
        )
