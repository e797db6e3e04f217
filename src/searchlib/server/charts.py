"""How are counts drawn? As shapes of SVG in whole numbers; colours and sizes are of the style."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.search.facets.values import Facet, SpanCount
    from searchlib.search.trend import Trend

HEIGHT: Final = 100
MOST_BARS: Final = 600
"""More would be too thin to see. Dates stand for "never" and "for ever", too: 0001 and 9999."""
_WIDTH: Final = 1000


class Timeline(NamedTuple):
    """A histogram of dates.

    Attributes:
        width: How wide it is; each bar is 10 wide.
        first: The first span, with the number of documents before it, if there are any.
        last: The last one, with the number of documents behind it.
        bars: The bars, as links to their spans.
    """

    width: int
    first: str
    last: str
    bars: Markup


class Line(NamedTuple):
    """A query of a trend.

    Attributes:
        number: Its place, from 1: the style has a colour and a dash for each.
        name: The query.
        total: How many documents match.
        points: The line, as SVG has it.
    """

    number: int
    name: str
    total: int
    points: str


def timeline_of(facet: Facet, since: date | None, until: date | None, prefix: str) -> Timeline:
    """Draw a histogram of dates.

    It is written here and not by a template, as it has many bars: that takes a tenth of the time.

    At most :data:`MOST_BARS` are drawn: those at the ends that are far from all others are counted.

    Args:
        facet: The counts, of at least one span.
        since: From when on spans are chosen; ``None`` for an open end.
        until: Until when.
        prefix: The address that leads to a span, up to its dates.
    """
    before, shown, behind = _without_far_ends(facet)
    most = max(one.count for one in shown) or 1
    address = escape(prefix)
    drawn = (
        _bar(10 * place, one, most, _is_chosen(one, since, until), address)
        for place, one in enumerate(shown)
    )
    first, last = _said(facet, shown[0]), _said(facet, shown[-1])
    first = f"{before:,} before {first}" if before else first
    last = f"{last}, {behind:,} after it" if behind else last
    return Timeline(10 * len(shown), first, last, Markup("\n").join(drawn))


def _without_far_ends(facet: Facet) -> tuple[int, Sequence[SpanCount], int]:
    """Choose the spans that are drawn, and count the documents before and behind them."""
    spans = [*facet]
    places = [place for place, one in enumerate(spans) if one.count]
    if len(spans) <= MOST_BARS or not places:
        return 0, spans[:MOST_BARS], 0
    first, last = 0, len(places) - 1
    while places[last] - places[first] >= MOST_BARS:
        if places[first + 1] - places[first] > places[last] - places[last - 1]:
            first += 1
        else:
            last -= 1
    shown = spans[places[first] : places[last] + 1]
    before = sum(one.count for one in spans[: places[first]])
    return before, shown, sum(one.count for one in spans[places[last] + 1 :])


def _bar(x: int, one: SpanCount, most: int, chosen: bool, address: Markup) -> Markup:
    height = max(round(one.count / most * HEIGHT), 2) if one.count else 0
    start, end = (quote(_written(bound), safe=":") for bound in (one.start, one.end))
    off = "" if chosen else ' class="off"'
    bar = f'<rect class="bar" x="{x + 1}" y="{HEIGHT - height}" width="8" height="{height}"/>'
    return Markup(  # noqa: S704 - numbers, quoted dates, and an address that is escaped
        f'<a tabindex="-1" href="{address}from={start}&amp;to={end}" data-from="{start}" '
        f'data-to="{end}"{off}>'
        f"<title>{escape(one.label)}: {one.count:,}</title>"
        f'<rect class="back" x="{x}" width="10" height="{HEIGHT}"/>{bar if height else ""}</a>'
    )


def _said(facet: Facet, one: SpanCount) -> str:
    """Write a span as people do: nobody knows the numbers of weeks."""
    return _written(one.start) if facet.by == "week" else one.label


def _is_chosen(one: SpanCount, since: date | None, until: date | None) -> bool:
    start, end = _day(one.start), _day(one.end)
    return (since is None or end >= since) and (until is None or start <= until)


def _written(bound: object) -> str:
    assert isinstance(bound, date)
    return bound.isoformat()


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value


def lines(trend: Trend, *, share: bool) -> tuple[list[Line], float]:
    """Draw a trend.

    Args:
        trend: The queries over time.
        share: Whether shares are drawn instead of numbers.

    Returns:
        The lines, and what the top of the chart stands for.
    """
    values = [one.shares if share else one.counts for one in trend.series]
    top = max((max(one, default=0) for one in values), default=0)
    drawn = [
        Line(number, one.name, one.total, _points(heights, top))
        for number, (one, heights) in enumerate(zip(trend.series, values, strict=True), 1)
    ]
    return drawn, float(top)


def _points(values: Sequence[float], top: float) -> str:
    step = _WIDTH / max(len(values) - 1, 1)
    places = (
        (round(place * step), round(300 - 290 * (value / top if top else 0)))
        for place, value in enumerate(values)
    )
    return " ".join(f"{x},{y}" for x, y in places)
