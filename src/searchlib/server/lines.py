"""Every occurrence of a search in its line: the page, the file and the call of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from searchlib.query.filter_texts import filters_of
from searchlib.search.concordance import LINE_ORDERS
from searchlib.server.left_out import expect_nothing_left_out, left_out
from searchlib.server.marked_text import marked_line
from searchlib.server.params import Param, matching_in
from searchlib.server.problems import Refusal
from searchlib.server.state import SearchState
from searchlib.server.streaming import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from searchlib.search.concordance import Concordance, ConcordanceLine, LineOrder
    from searchlib.server.archive import Archive
    from searchlib.server.links import Links
    from searchlib.server.state import Pairs
    from searchlib.server.templating import Templates

MOST_SORTED: Final = 20_000
"""In how many articles lines are put in order by what stands beside the match."""

_WIDTH: Final = 60
_FILE_WIDTH: Final = 100
_MOST_LINES: Final = 500
_ORDERS: Final = {
    "": "as they were added",
    "left": "words before",
    "right": "words behind",
    "date": "date",
}


class ShownLine(NamedTuple):
    """A line as a page has it."""

    left: Markup
    match: Markup
    right: Markup
    title: str
    date: str
    href: str


class LinePage:
    """Makes the page of a concordance.

    Args:
        archive: What it is about.
        templates: How it looks.
    """

    def __init__(self, archive: Archive, templates: Templates) -> None:
        self._archive = archive
        self._templates = templates

    def page(self, links: Links, pairs: Pairs) -> str:
        """Show every occurrence of a search in its line."""
        state, order = asked(self._archive, pairs)
        found, notes = self._archive.concordance(
            state, order=order, width=_WIDTH, limit=_MOST_LINES + 1
        )
        notes = [
            *left_out(pairs, self._archive.roles.labels, _others(self._archive)),
            *notes,
            *(note.message for note in found.notes),
        ]
        if not can_sort(found, order):
            notes.append(_too_many(found))
            found, _ = self._archive.concordance(
                state, order=None, width=_WIDTH, limit=_MOST_LINES + 1
            )
        lines = [*found]
        return self._templates.render(
            "concordance.html",
            links,
            state=state,
            order=order or "",
            orders={
                one: name
                for one, name in _ORDERS.items()
                if one != "date" or self._archive.roles.date
            },
            notes=notes,
            documents=found.documents,
            has_more=len(lines) > _MOST_LINES,
            lines=[self._shown(line, links, state) for line in lines[:_MOST_LINES]],
        )

    def _shown(self, line: ConcordanceLine, links: Links, state: SearchState) -> ShownLine:
        return ShownLine(
            marked_line(line.left),
            marked_line(line.match, line.marks),
            marked_line(line.right),
            line.title or line.key,
            line.date,
            links.article(line.key, state.q, state.match, typos=state.typos),
        )


def asked(archive: Archive, pairs: Pairs) -> tuple[SearchState, LineOrder | None]:
    """Read what an address asks for; what makes no sense is left out."""
    order: Any = dict(pairs).get("order", "")
    known = order in LINE_ORDERS and (order != "date" or archive.roles.date)
    return SearchState.read(pairs, archive.roles.labels), order if known else None


def lines_file(archive: Archive, pairs: Pairs) -> Concordance:
    """Find all lines for a file.

    Raises:
        Refusal: Something of the address would have to be left out, which a file can't tell.
    """
    expect_nothing_left_out(pairs, archive.roles.labels, _others(archive))
    state, order = asked(archive, pairs)
    found, notes = archive.concordance(state, order=order, width=_FILE_WIDTH, limit=None)
    if notes:
        raise Refusal(400, notes[0])
    return found


def _others(archive: Archive) -> dict[str, list[str]]:
    """Name what an address has besides a search: the order, and its values."""
    return {"order": ["", *(one for one in LINE_ORDERS if one != "date" or archive.roles.date)]}


def _csv(lines: Any, target: Any) -> None:
    lines.to_csv(target, safe=True)


LINES_CSV: Final = Format("text/csv; charset=utf-8", "csv", _csv)


def can_sort(found: Concordance, order: LineOrder | None) -> bool:
    """Tell whether few enough articles match to put their lines in order."""
    return order not in ("left", "right") or found.documents <= MOST_SORTED


def _too_many(found: Concordance) -> str:
    return (
        f"The lines are as they were added, because {found.documents:,} articles match; up to "
        f"{MOST_SORTED:,} are put in order. The file has all in order."
    )


def line_params(asked_for: tuple[Param, ...]) -> tuple[Param, ...]:
    """List what the call of the API takes.

    Args:
        asked_for: What says what is searched for.
    """
    return (
        *asked_for,
        Param(
            name="width",
            says="How many characters each side has at most.",
            kind="integer",
            default=_WIDTH,
            least=0,
            most=1000,
        ),
        Param(
            name="sort",
            says="Order by the words before or behind the match, or by date.",
            choices=LINE_ORDERS,
        ),
        Param(
            name="limit",
            says="How many lines at most.",
            kind="integer",
            default=100,
            least=0,
            most=_MOST_LINES * 2,
        ),
    )


def lines_json(archive: Archive, values: dict[str, Any]) -> Mapping[str, Any]:
    """Answer the call.

    Raises:
        Refusal: Too many articles match to put their lines in order.
    """
    found = archive.index.concordance(
        values["q"],
        width=values["width"],
        sort=values["sort"],
        limit=values["limit"],
        match=values["match"] or "all",
        lenient=values["lenient"],
        filter=filters_of(values["filter"]),
        **matching_in(values),
    )
    if not can_sort(found, values["sort"]):
        raise Refusal(
            400,
            f"expected at most {MOST_SORTED:,} articles to sort by words, got {found.documents:,}",
            hint="Narrow the query, or leave sort out.",
        )
    return {
        "query": values["q"],
        "documents": found.documents,
        "notes": [note.to_json() for note in found.notes],
        "lines": [line.to_json() for line in found],
    }
