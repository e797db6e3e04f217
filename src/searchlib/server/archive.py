"""What do pages need of an index? Searches as people mean them, articles, and an overview."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import ArgumentError, NoFingerprintsError, QueryError, UnsupportedError
from searchlib.frozen import frozen
from searchlib.highlight import SnippetOptions
from searchlib.index.helpful import search_helpfully
from searchlib.query.dates import date_span
from searchlib.query.filters import Between
from searchlib.schema.values import UnreadableValue
from searchlib.search.facets.requests import Distinct, Histogram, Stats, Terms
from searchlib.search.facets.texts import read_facets
from searchlib.server.roles import Roles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from searchlib.index import Index
    from searchlib.query.parser import Match
    from searchlib.query.tree import Query
    from searchlib.search.alerts.saved import SavedQuery
    from searchlib.search.concordance import Concordance, LineOrder
    from searchlib.search.facets.requests import FacetRequest
    from searchlib.search.facets.values import Facet, FieldStats
    from searchlib.search.results import Results
    from searchlib.search.significant import SignificantTerms
    from searchlib.search.typos import Typos
    from searchlib.server.settings import Settings
    from searchlib.server.state import SearchState

EVERYTHING: Final = "*"
TIMELINE: Final = ":timeline"
"""What the timeline is called among the facets; no field is called so."""
COPIES: Final = "copies"
TOPIC: Final = "neighbours"
WORDS: Final = 60
"""So many words does the page of a search have that tells what sets it apart."""
_LABELS: Final = 8
_MORE_LABELS: Final = 200


@frozen
class Found:
    """What a search found.

    Attributes:
        results: The results.
        match: How words were matched: "all" or "any".
        relaxed: Whether that is any, as no article has all.
        notes: Remarks on the query and the filter.
    """

    results: Results[Any]
    match: Match
    relaxed: bool
    notes: tuple[str, ...]


@frozen
class Overview:
    """What an index holds.

    Attributes:
        documents: How many documents.
        dates: Their first and last date, and how many have one.
        timeline: How many there are of each span of time; ``None`` without a date field.
        counts: How many different labels each field has that is counted.
        labels: The most frequent labels of these fields.
    """

    documents: int
    dates: FieldStats | None
    timeline: Facet | None
    counts: Mapping[str, int]
    labels: Mapping[str, Facet]


@dataclass(slots=True)
class _Known:
    """What is known of one commit."""

    revision: str = ""
    overview: Overview | None = None
    tells_copies: bool = True
    is_prepared: bool = False


@dataclass(slots=True)
class Archive:
    """An index as pages see it. Threads may share it.

    Attributes:
        index: The index.
        settings: How it is shown.
        roles: What its fields are.
        asked: How labels are counted beside results, by field, in order.
    """

    index: Index[Any]
    settings: Settings
    roles: Roles
    asked: Mapping[str, Terms]
    _known: _Known = field(default_factory=_Known)

    @property
    def revision(self) -> str:
        """What changes when documents do, or what else answers depend on."""
        index = self.index
        return f"{index.revision} {index.kept_revision}"

    @property
    def allows_typos(self) -> bool:
        """Whether words may also find words like them; the words of a server are not known."""
        return self.index.in_folder

    @property
    def saved(self) -> Mapping[str, SavedQuery]:
        """The saved queries; none on a server, which keeps none."""
        return self.index.alerts if self.index.in_folder else {}

    @classmethod
    def of(cls, index: Index[Any], settings: Settings) -> Archive:
        """Look at the fields of an index.

        Raises:
            ArgumentError: The settings name a field that has no labels.
            QueryError: They say how labels are counted in a way that can't be read.
        """
        roles = Roles.of(index.schema)
        asked: dict[str, Terms] = {}
        texts = roles.facets if settings.facets is None else settings.facets
        for text, request in read_facets(texts, index.schema).items():
            name = request.field
            if not isinstance(request, Terms) or name not in roles.labels:
                raise ArgumentError(
                    f"expected facets to name fields of labels, got {text!r:.80}; there are "
                    f"{', '.join(roles.labels) or 'none'}"
                )
            size = _LABELS if text == name else request.size
            # Who has chosen a label sees those that may be chosen besides.
            asked[name] = replace(request, size=size, multi_select=True)
        return cls(index, settings, roles, asked)

    @property
    def facets(self) -> Sequence[str]:
        """The fields that results are counted by: those that hold anything."""
        if self.settings.facets is not None:
            return [*self.asked]
        counts = self.overview().counts
        return [name for name in self.asked if counts[name]]

    def search(self, state: SearchState) -> Found:
        """Search as an address says. It is read as well as possible, and notes tell the rest."""
        notes: list[str] = []
        filters = self._filters(state, notes)
        if state.size > self.settings.max_page_size:
            notes.append(f"A page has at most {self.settings.max_page_size:,} articles.")
        options: dict[str, Any] = {
            "filter": filters,
            **self._ranking(state, notes),
            "limit": self.page_size(state),
            "snippets": SnippetOptions(fields=self.roles.texts),
            "facets": self._requests(state),
            "lenient": True,
        }
        if not state.copies and self._known_now().tells_copies:
            options["collapse"] = COPIES
        match: Any = state.match or None
        try:
            results, matched = self._page(state, match, options, notes)
        except (NoFingerprintsError, UnsupportedError):
            self._known_now().tells_copies = False
            del options["collapse"]
            results, matched = self._page(state, match, options, notes)
        said = (*notes, *(note.message for note in results.notes))
        return Found(results, matched, matched != (match or "all"), said)

    def significant(
        self, state: SearchState, name: str | None
    ) -> tuple[SignificantTerms, list[str]]:
        """Find what sets the hits of a search apart, and tell what was left out."""
        notes: list[str] = []
        found = self.index.significant(
            self._query(state),
            field=name,
            limit=WORDS,
            match=self._match(state) or "all",
            lenient=True,
            filter=self._filters(state, notes),
            typos=self._typos(state, notes),
        )
        return found, notes

    def export(self, state: SearchState) -> Results[Any]:
        """Search for what is exported: all hits, copies too.

        Raises:
            QueryError: Something would have to be left out, which a file can't tell.
        """
        notes: list[str] = []
        results = self._all(state, notes)
        if notes:
            raise QueryError(notes[0])
        return results

    def count(self, state: SearchState) -> int:
        """Count what a search finds, copies too."""
        return self._all(state, []).total

    def _all(self, state: SearchState, notes: list[str]) -> Results[Any]:
        options: dict[str, Any] = {
            "filter": self._filters(state, notes),
            **self._ranking(state, notes),
            "limit": 0,
            "snippets": False,
            "lenient": True,
        }
        return search_helpfully(self.index, self._query(state), self._match(state), **options)[0]

    def concordance(
        self, state: SearchState, *, order: LineOrder | None, width: int, limit: int | None
    ) -> tuple[Concordance, list[str]]:
        """Find every occurrence of a search in its line, and tell what was left out of it."""
        notes: list[str] = []
        options: dict[str, Any] = {
            "width": width,
            "sort": order,
            "limit": limit,
            "filter": self._filters(state, notes),
            "typos": self._typos(state, notes),
            "lenient": True,
        }
        query, match = self._query(state), self._match(state)
        found = self.index.concordance(query, match=match or "all", **options)
        if match is None and not found.documents:
            found = self.index.concordance(query, match="any", **options)
        return found, notes

    def marked(self, key: str, q: str, match: str, *, typos: bool = False) -> Results[Any]:
        """Find an article with what a query looks for marked in its whole text.

        The results are empty if the article is not what the query finds.
        """
        whole = SnippetOptions(fields=self.roles.texts, whole=self.roles.texts)
        options: dict[str, Any] = {
            "filter": {self.roles.key: key},
            "limit": 1,
            "lenient": True,
            "snippets": whole,
            "typos": "auto" if typos and self.allows_typos else "off",
        }
        return search_helpfully(self.index, q, match or None, **options)[0]  # type: ignore[arg-type]

    def newest(self, count: int, query: str | Query = EVERYTHING) -> Results[Any]:
        """Find the articles that were published last, among all or those that match a query."""
        order = f"-{self.roles.date}" if self.roles.sorts_by_date else None
        snippets = query != EVERYTHING
        return self.index.search(query, limit=count, sort=order, snippets=snippets)

    def overview(self) -> Overview:
        """Tell what the index holds; it is counted once for each commit."""
        known = self._known_now()
        if known.overview is None:
            known.overview = self._overview()
        return known.overview

    def prepare(self) -> None:
        """Have the words of a commit read, which whoever types first would wait for."""
        known = self._known_now()
        if self.index.in_folder and not known.is_prepared:
            known.is_prepared = True
            self.index.complete("a", limit=1)

    def page_size(self, state: SearchState) -> int:
        """Tell how many hits a page has."""
        size = state.size or self.settings.page_size
        return min(size, self.settings.max_page_size)

    def chosen_dates(self, state: SearchState) -> tuple[date | None, date | None]:
        """Tell from when to when dates are chosen, as far as they can be read."""
        since, until = _span(state.since), _span(state.until)
        return since and since[0].date(), until and until[1].date()

    def _overview(self) -> Overview:
        requests: dict[str, FacetRequest] = {**self.asked}
        requests |= {f":{name}": Distinct(name) for name in self.asked}
        date_field = self.roles.date
        if date_field:
            requests[TIMELINE] = Histogram(date_field, fill=True)
            requests[":dates"] = Stats(date_field)
        found = self.index.search(EVERYTHING, limit=0, facets=requests)
        facets = found.facets
        return Overview(
            found.total,
            facets.get(":dates"),
            facets.get(TIMELINE),
            {name: facets[f":{name}"].count for name in self.asked},
            {name: facets[name] for name in self.asked},
        )

    def _known_now(self) -> _Known:
        revision, known = self.index.revision, self._known
        if known.revision != revision:
            known = self._known = _Known(revision)
        return known

    def _page(
        self, state: SearchState, match: Match | None, options: dict[str, Any], notes: list[str]
    ) -> tuple[Results[Any], Match]:
        """Find one page: behind a cursor, or if that is of another search, by its number."""
        query = self._query(state)
        if state.after:
            try:
                return search_helpfully(self.index, query, match, after=state.after, **options)
            except QueryError:
                notes.append("The place in the results was of another search.")
        offset, most = (state.page - 1) * options["limit"], self.settings.max_offset
        if offset > most:
            notes.append(f"By its number, no page is reached behind the first {most:,} articles.")
            offset = most
        return search_helpfully(self.index, query, match, offset=offset, **options)

    def _query(self, state: SearchState) -> str:
        if len(state.q) > self.settings.max_query:
            raise QueryError(
                f"expected a query of at most {self.settings.max_query:,} characters, got "
                f"{len(state.q):,}"
            )
        return state.q or EVERYTHING

    def _match(self, state: SearchState) -> Match | None:
        match: Any = state.match or None
        return match  # type: ignore[no-any-return]

    def _ranking(self, state: SearchState, notes: list[str]) -> dict[str, Any]:
        """Say which words count, and what comes first; what can't be is noted and left out."""
        return {
            "sort": self._sort(state, notes),
            "rerank": TOPIC if state.sort == TOPIC else None,
            "typos": self._typos(state, notes),
        }

    def _typos(self, state: SearchState, notes: list[str]) -> Typos:
        if state.typos and not self.allows_typos:
            notes.append("Typos can't be allowed for in an index on a server.")
        return "auto" if state.typos and self.allows_typos else "off"

    def _sort(self, state: SearchState, notes: list[str]) -> str | None:
        if not self.roles.sorts_by_date:
            if state.sort in ("newest", "oldest"):
                notes.append("The order is left out: the articles have no date to sort by.")
            return None
        sort = state.sort or ("" if state.q else "newest")
        return {"newest": f"-{self.roles.date}", "oldest": self.roles.date}.get(sort)

    def _filters(self, state: SearchState, notes: list[str]) -> list[dict[str, Any]]:
        """Make filters of what is chosen; what can't be is noted and left out."""
        chosen: dict[str, list[str | None]] = {}
        for name, label in state.labels:
            chosen.setdefault(name, []).append(label or None)
        filters: list[dict[str, Any]] = [{name: labels} for name, labels in chosen.items()]
        if self.roles.date and (state.since or state.until):
            dates = {self.roles.date: Between(state.since or None, state.until or None)}
            try:
                self.index.parse_filter(dates)
            except QueryError as error:
                notes.append(f"The dates are left out: {error}")
            else:
                filters.append(dates)
        return filters

    def _requests(self, state: SearchState) -> dict[str, FacetRequest]:
        requests: dict[str, FacetRequest] = {name: self.asked[name] for name in self.facets}
        more = self.asked.get(state.more)
        if more is not None and more.size is not None and more.field in requests:
            requests[more.field] = replace(more, size=max(more.size, _MORE_LABELS))
        if self.roles.date:
            requests[TIMELINE] = Histogram(self.roles.date, fill=True, multi_select=True)
        return requests


def _span(text: str) -> tuple[datetime, datetime] | None:
    try:
        return date_span(text, now=datetime.now(UTC)) if text else None
    except UnreadableValue:
        return None
