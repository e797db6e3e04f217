"""How often do articles match over time, and which share of all of them is that?"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from datetime import date, datetime  # noqa: TC003 - pydantic looks them up
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload

from searchlib.arguments import flag
from searchlib.errors import ArgumentError, MissingExtraError, QueryError
from searchlib.export.csv_text import CsvOptions, csv_text
from searchlib.export.rows import Column
from searchlib.export.targets import binary_file, write_text
from searchlib.frozen import frozen
from searchlib.query.notes import Note  # noqa: TC001 - pydantic looks it up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.export.targets import BinaryTarget, Target
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.facets.values import Facet

_COLUMNS: Final = [
    Column("query", "str", many=False, field=None),
    Column("span", "str", many=False, field=None),
    Column("start", "str", many=False, field=None),
    Column("count", "int", many=False, field=None),
    Column("articles", "int", many=False, field=None),
    Column("share", "float", many=False, field=None),
]


@frozen
class TrendSpan:
    """A year, a month, ... of a trend.

    Attributes:
        label: As a query names it: "2025", "2025-03", "2025-03-04".
        start: Its first day or moment.
        end: Its last day or moment, which is in it.
        articles: How many documents of all are of it, whatever they say.
    """

    label: str
    start: date | datetime
    end: date | datetime
    articles: int


@frozen
class TrendSeries:
    """A query over time.

    Attributes:
        name: What it is called: the query as it was typed, or as Python writes the object, if it
            was given no name.
        counts: How many documents match, for each span.
        shares: Which share of all documents of the span that is, from 0 to 1; 0 for one without
            documents.
        total: How many documents match that have a date.
        notes: Remarks on the query, as results have them.
    """

    name: str
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    total: int
    notes: tuple[Note, ...] = ()


@frozen
class Trend:
    """Several queries over the same spans of time.

    Attributes:
        field: The date field.
        by: How long a span is: "year", "quarter", "month", "week", "day" or "hour"; "auto" only
            if no document has a date.
        spans: The spans from the first to the last that has documents. Empty ones between them are
            there, unless they are so many that a note says so.
        series: The queries, in the order given.
    """

    field: str
    by: str
    spans: tuple[TrendSpan, ...]
    series: tuple[TrendSeries, ...]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give a row for each query and span, as for a table: the long form."""
        for one in self.series:
            for span, count, share in zip(self.spans, one.counts, one.shares, strict=True):
                yield {
                    "query": one.name,
                    "span": span.label,
                    "start": span.start.isoformat(),
                    "count": count,
                    "articles": span.articles,
                    "share": share,
                }

    @overload
    def to_csv(self, target: None = None, *, safe: bool = ...) -> str: ...
    @overload
    def to_csv(self, target: Target, *, safe: bool = ...) -> None: ...
    def to_csv(self, target: Target | None = None, *, safe: bool = False) -> str | None:
        """Write the rows as CSV.

        Args:
            target: A path, an open file, or ``None`` to get the text.
            safe: As for :meth:`searchlib.Results.to_csv`.

        Raises:
            ArgumentError: ``target`` or ``safe`` is something else.
            StorageError: The operating system refused to write the file of a path.
        """
        rows = [[*row.values()] for row in self.rows()]
        return write_text(csv_text(_COLUMNS, [rows], CsvOptions(safe=safe)), target)

    def to_svg(self, target: BinaryTarget, *, share: bool = False) -> None:
        """Draw the trend as SVG. It needs the extra ``charts``.

        Args:
            target: A path, or an open file of bytes.
            share: Whether shares are drawn instead of numbers.

        Raises:
            MissingExtraError: The extra is not installed.
            ArgumentError, StorageError: As for :meth:`to_csv`.
        """
        self._draw(target, "svg", share=share)

    def to_png(self, target: BinaryTarget, *, share: bool = False) -> None:
        """Draw the trend as PNG; like :meth:`to_svg`."""
        self._draw(target, "png", share=share)

    def save(
        self, path: str | os.PathLike[str], *, share: bool = False, safe: bool = False
    ) -> None:
        """Write the trend in the format that the ending of a path names.

        Args:
            path: A path that ends in .csv, .json, .svg, .png or .pdf.
            share: As for :meth:`to_svg`, for drawings.
            safe: As for :meth:`to_csv`, for CSV.

        Raises:
            ArgumentError: It has another ending.
            MissingExtraError, StorageError: As for :meth:`to_svg`.
        """
        flag("share", share)
        flag("safe", safe)
        path = os.fspath(path) if isinstance(path, os.PathLike) else path
        ending = Path(path).suffix[1:].lower() if isinstance(path, str) else None
        match ending:
            case "csv":
                self.to_csv(path, safe=safe)
            case "json":
                write_text([json.dumps(self.to_json(), ensure_ascii=False)], path)
            case "svg" | "png" | "pdf":
                self._draw(path, ending, share=share)
            case _:
                raise ArgumentError(
                    "expected a path that ends in .csv, .json, .svg, .png or .pdf, "
                    f"got {path!r:.80}"
                )

    def _repr_svg_(self) -> str | None:
        """Show the trend in a notebook, if it can be drawn."""
        drawn = io.BytesIO()
        try:
            self.to_svg(drawn)
        except MissingExtraError:
            return None
        return drawn.getvalue().decode()

    def _draw(self, target: BinaryTarget, format: str, *, share: bool) -> None:  # noqa: A002
        from searchlib.export.charts import draw_trend

        flag("share", share)

        drawn = draw_trend(self, format=format, share=share)
        with binary_file(target) as file:
            file.write(drawn)

    def to_json(self) -> dict[str, Any]:
        """Convert the trend to values that JSON can hold."""
        return {
            "field": self.field,
            "by": self.by,
            "spans": [
                {
                    "label": span.label,
                    "start": span.start.isoformat(),
                    "end": span.end.isoformat(),
                    "articles": span.articles,
                }
                for span in self.spans
            ],
            "series": [
                {
                    "name": one.name,
                    "total": one.total,
                    "counts": list(one.counts),
                    "shares": list(one.shares),
                    "notes": [note.to_json() for note in one.notes],
                }
                for one in self.series
            ],
        }


def trend_of(
    by: str,
    every: Facet,
    remarks: tuple[Note, ...],
    found: Mapping[str, tuple[Facet, tuple[Note, ...]]],
) -> Trend:
    """Put counts together to a trend.

    Args:
        by: How long a span is.
        every: How many documents of all are of each span.
        remarks: Remarks on these, which hold for every query.
        found: The same, perhaps with gaps, and remarks, for each query by its name.
    """
    spans = tuple(TrendSpan(one.label, one.start, one.end, one.count) for one in every)
    series = tuple(
        _series(name, spans, counts, tuple(dict.fromkeys((*notes, *remarks))))
        for name, (counts, notes) in found.items()
    )
    return Trend(every.field, by, spans, series)


def named_queries(queries: object) -> dict[str, Any]:
    """Give queries the names that they have in a trend.

    Args:
        queries: A query or several, each of which is its own name, or a mapping of names to them.

    Raises:
        QueryError: There is none, two have one name, or a name is no text.
    """
    if isinstance(queries, Mapping):
        named = dict(queries)
        for name in named:
            if not isinstance(name, str):
                raise QueryError(f"expected the name of a query to be a text, got {name!r:.80}")
    else:
        given = list(queries) if isinstance(queries, list | tuple) else [queries]
        named = {str(query): query for query in given}
        if len(named) < len(given):
            raise QueryError(f"expected different queries, got one twice: {', '.join(named):.80}")
    if not named:
        raise QueryError("expected a query or more to compare, got none")
    return named


def date_field(schema: DocumentSchema, field: str | None) -> str:
    """Find the field that says when a document is from: the first date field by default.

    Raises:
        QueryError: There is none, or the field holds no dates.
    """
    dates = schema.date_fields
    if field is None and dates:
        return dates[0]
    if field not in dates:
        there = ", ".join(dates) or "none"
        raise QueryError(f"expected a date field, got {field!r:.80}; there are {there}")
    return field


def _series(
    name: str, spans: tuple[TrendSpan, ...], found: Facet, notes: tuple[Note, ...]
) -> TrendSeries:
    by_label = {one.label: one.count for one in found}
    counts = tuple(by_label.get(span.label, 0) for span in spans)
    shares = tuple(
        count / span.articles if span.articles else 0.0
        for count, span in zip(counts, spans, strict=True)
    )
    return TrendSeries(name, counts, shares, found.total - found.missing, notes)
