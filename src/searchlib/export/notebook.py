"""How are hits shown in a notebook? As a table, in which everything but the marks is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from searchlib.highlight import Snippet

_MOST: Final = 100
"""How many hits are shown; a page has ten."""
_COLUMNS: Final = ("rank", "score", "title", "published", "source", "snippet")
_CELL: Final = ' style="text-align: left; vertical-align: top"'


class ShownHit(Protocol):
    """What is shown of a hit."""

    rank: int
    score: float

    @property
    def key(self) -> str:
        """The key of the document."""

    @property
    def stored(self) -> dict[str, Any]:
        """The values of the document."""

    @property
    def snippets(self) -> Mapping[str, Snippet]:
        """What it has of the query."""


def results_html(
    hits: Sequence[ShownHit],
    total: int,
    notes: Iterable[str],
    facets: Mapping[str, Mapping[str, Any]],
) -> str:
    """Write the hits of a page, how many there are in all, what was counted, and the notes.

    Args:
        hits: Of the page.
        total: How many hits there are.
        notes: On the query.
        facets: What was counted, by name, as JSON has it.
    """
    shown = hits[:_MOST]
    of_these = f", {len(shown):,} shown" if len(shown) < total else ""
    count = f"<p><b>{total:,} {'hit' if total == 1 else 'hits'}</b>{of_these}</p>"
    remarks = [f"<p>note: {escape(note)}</p>" for note in notes]
    counts = [_facet_html(name, facet) for name, facet in facets.items()]
    return "\n".join([count, *([table_html(shown)] if shown else []), *counts, *remarks])


def _facet_html(name: str, facet: Mapping[str, Any]) -> str:
    """Write counts as a table of labels, or of what is known of all values."""
    if "values" in facet:
        rows = [(one["label"], one["count"]) for one in facet["values"][:_MOST]]
        rest = facet["other"] + sum(one["count"] for one in facet["values"][_MOST:])
        rows += [row for row in (("(other)", rest), ("(missing)", facet["missing"])) if row[1]]
    else:
        rows = [
            (what, value) for what, value in facet.items() if what != "field" and value is not None
        ]
    lines = [_line("td", [_text(label), _number(value)]) for label, value in rows]
    return "\n".join(["<table>", _line("th", [escape(name), "count"]), *lines, "</table>"])


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) else _text(value)


def table_html(hits: Iterable[ShownHit]) -> str:
    """Write hits as a table, without the columns that are empty."""
    rows = [_cells(hit) for hit in hits]
    there = [place for place in range(len(_COLUMNS)) if any(row[place] for row in rows)]
    lines = [_line("th", [_COLUMNS[place] for place in there])]
    lines += [_line("td", [row[place] for place in there]) for row in rows]
    return "\n".join(["<table>", *lines, "</table>"])


def _line(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}{_CELL}>{cell}</{tag}>' for cell in cells)}</tr>"


def _cells(hit: ShownHit) -> list[str]:
    stored, snippets = hit.stored, dict(hit.snippets)
    title = snippets.pop("title", None)
    heading = escape(str(stored.get("title") or hit.key)) if title is None else title.html
    passages = [snippet.html for snippet in snippets.values()]
    published = stored.get("published_text") or stored.get("published")
    return [
        str(hit.rank),
        f"{hit.score:.4g}",
        heading,
        _text(published),
        _text(stored.get("source")),
        "<br>".join(passages),
    ]


def _text(value: Any) -> str:
    """Escape a value that is one of text, as other models may have other ones there."""
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value if one is not None)
    return "" if value is None else escape(str(value))
