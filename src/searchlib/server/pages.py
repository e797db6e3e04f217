"""The pages: what each shows. They run in threads, and know nothing of HTTP but addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote_plus

from pydantic_core import from_json

from searchlib.errors import NoFingerprintsError, QueryError, UnsupportedError
from searchlib.schema.values import json_values
from searchlib.server.archive import TIMELINE
from searchlib.server.charts import lines, timeline_of
from searchlib.server.comparing import shown_terms, similar_articles
from searchlib.server.left_out import left_out, left_out_beside
from searchlib.server.problems import Refusal, no_article
from searchlib.server.showing import (
    citation_of,
    facts_of,
    language_of,
    name_of,
    original_of,
    shown_hit,
    texts_of,
    title_of,
)
from searchlib.server.state import MATCHES, SearchState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.search.facets.values import Facet
    from searchlib.search.hits import Hit
    from searchlib.search.results import Results
    from searchlib.server.archive import Archive, Found
    from searchlib.server.charts import Timeline
    from searchlib.server.links import Links
    from searchlib.server.state import Pairs
    from searchlib.server.templating import Templates

RECENT: Final = 10
MOST_COMPARED: Final = 6
_MOST_MARKS: Final = 30
_MOST_WORDS: Final = 6
_OPERATORS: Final = ("AND", "OR", "NOT")
UNITS: Final = ("auto", "year", "quarter", "month", "week", "day")


class Choice(NamedTuple):
    """A label of a facet: its count, where choosing it leads, and whether it is chosen."""

    label: str
    count: int | None  # type: ignore[assignment]  # tuples have a method of that name
    href: str
    chosen: bool


class Chip(NamedTuple):
    """Something that is chosen, and the address without it."""

    name: str
    label: str
    href: str


class FacetBox(NamedTuple):
    """A facet of the results. ``more`` is the address with more of its labels, if there are."""

    field: str
    name: str
    choices: list[Choice]
    more: str


class Pages:
    """Makes pages.

    Args:
        archive: What they are about.
        templates: How they look.
    """

    def __init__(self, archive: Archive, templates: Templates) -> None:
        self._archive = archive
        self._roles = archive.roles
        self._templates = templates

    def home(self, links: Links) -> str:
        """Show what the archive holds, and what is new in it."""
        overview = self._archive.overview()
        timeline = overview.timeline
        return self._templates.render(
            "home.html",
            links,
            overview=overview,
            kinds=[_counted(count, name) for name, count in overview.counts.items() if count][:3],
            timeline=self._timeline(timeline, links, SearchState()),
            facets=[
                self._box(links, SearchState(), name, overview.labels[name])
                for name in self._archive.facets
            ],
            hits=[shown_hit(hit, self._roles, links) for hit in self._archive.newest(RECENT)],
            saved=len(self._archive.saved),
        )

    def results(self, links: Links, pairs: Pairs) -> str:
        """Show what a search finds."""
        state = SearchState.read(pairs, self._roles.labels)
        found = self._archive.search(state)
        timeline = found.results.facets.get(TIMELINE)
        meant = found.results.suggestion
        return self._templates.render(
            "results.html",
            links,
            state=state,
            found=found,
            notes=[*left_out(pairs, self._roles.labels, {}), *found.notes],
            hits=[
                shown_hit(hit, self._roles, links, state.q, found.match, typos=state.typos)
                for hit in found.results
            ],
            chips=self._chips(links, state),
            facets=[
                self._box(links, state, name, found.results.facets[name])
                for name in self._archive.facets
            ],
            timeline=self._timeline(timeline, links, state),
            has_dates=bool(self._roles.date),
            previous=self._previous(links, state),
            following=self._following(links, state, found),
            allows_typos=self._archive.allows_typos,
            sorts_by_date=self._roles.sorts_by_date,
            size=self._archive.page_size(state),
            meant=meant,
            meant_href=links.search(state.changed(q=meant.text, match="")) if meant else "",
            words=links.words(state.changed(match=found.match)),
            help=[] if found.results.total else self._help(links, state),
        )

    def article(self, links: Links, pairs: Pairs) -> str:
        """Show an article, with marks if a query has led to it.

        Raises:
            Refusal: There is no such article.
        """
        given = dict(pairs)
        key, q = given.get("id", ""), given.get("q", "")
        stored = self.document(key)
        match = given.get("match", "")
        found: Sequence[Hit[Any]] = []
        if q and len(q) <= self._archive.settings.max_query:
            match, typos = match if match in MATCHES else "", given.get("typos") == "auto"
            found = self._archive.marked(key, q, match, typos=typos)
        title, texts = texts_of(stored, self._roles, found[0] if found else None)
        marks = title.marks + sum(text.marks for _, text in texts)
        return self._templates.render(
            "article.html",
            links,
            state=SearchState(q=q),
            key=key,
            title=title_of(stored, self._roles),
            marked_title=title.paragraphs,
            texts=texts,
            body=self._roles.body,
            marks=marks,
            shown_marks=range(1, min(marks, _MOST_MARKS) + 1),
            facts=facts_of(stored, self._roles, links),
            language=language_of(stored),
            original=original_of(stored, self._roles),
            citation=citation_of(stored, self._roles),
            copies=self._copies(key, links),
            similar=similar_articles(self._archive, key, links),
        )

    def words(self, links: Links, pairs: Pairs) -> str:
        """Show which words or labels set what a search finds apart."""
        state = SearchState.read(pairs, self._roles.labels)
        fields = [*self._roles.texts, *self._archive.facets]
        asked = dict(pairs).get("field", "")
        found, notes = self._archive.significant(state, asked if asked in fields else None)
        notes = [*left_out(pairs, self._roles.labels, {"field": ("", *fields)}), *notes]
        return self._templates.render(
            "words.html",
            links,
            state=state,
            found=found,
            notes=notes,
            fields=[(name, name_of(name)) for name in fields],
            terms=shown_terms(found, state, self._archive, links),
            chips=self._chips(links, state),
            back=links.search(state),
        )

    def compare(self, links: Links, pairs: Pairs) -> str:
        """Show queries over time.

        Raises:
            Refusal: The documents have no date.
        """
        if not self._roles.date:
            raise Refusal(404, "The articles of this archive have no date.")
        queries = queries_of(pairs)
        given = dict(pairs)
        by, share = given.get("by", "auto"), given.get("share") == "1"
        by = by if by in UNITS else "auto"
        trend = None
        if queries:
            self._expect_short(queries)
            trend = self._archive.index.trend(queries, by=by, lenient=True)  # type: ignore[arg-type]
        drawn, top = lines(trend, share=share) if trend else ([], 0.0)
        return self._templates.render(
            "compare.html",
            links,
            queries=queries,
            notes=left_out_beside(pairs, {"q": None, "by": UNITS, "share": ("", "0", "1")}),
            most=MOST_COMPARED,
            by=by,
            units=UNITS,
            share=share,
            trend=trend,
            lines=drawn,
            top=f"{top:.1%}" if share else f"{top:,.0f}",
            searches=[links.search(SearchState(q=query)) for query in queries],
        )

    def problem(self, links: Links, refusal: Refusal) -> str:
        """Say why a request is not answered."""
        return self._templates.render("problem.html", links, refusal=refusal)

    def document(self, key: str) -> dict[str, Any]:
        """Read a document as JSON has it.

        Raises:
            Refusal: There is none.
        """
        found = self._archive.index.get(key)
        if found is None:
            raise no_article(key)
        return self._values(found)

    def _values(self, document: Any) -> dict[str, Any]:
        schema = self._archive.index.schema
        return json_values(document, lambda: from_json(schema.store(document)))

    def citation(self, key: str) -> Results[Any]:
        """Find an article as results, to export it."""
        self.document(key)
        return self._archive.index.search(
            "*", filter={self._roles.key: key}, limit=1, snippets=False
        )

    def plain_citation(self, key: str) -> str:
        """Cite an article in a line."""
        return citation_of(self.document(key), self._roles)

    def _chips(self, links: Links, state: SearchState) -> list[Chip]:
        chips = [
            Chip(name_of(name), label or "none", links.search(state.with_label(name, label)))
            for name, label in state.labels
        ]
        if state.since or state.until:
            without = links.search(state.changed(since="", until=""))
            chips.append(Chip(name_of(self._roles.date), _span(state.since, state.until), without))
        return chips

    def _box(self, links: Links, state: SearchState, name: str, facet: Facet) -> FacetBox:
        """Make a box of a facet: chosen labels that are not among the most frequent come last."""
        chosen = {
            label.casefold(): label for field, label in state.labels if field == name and label
        }
        counts: dict[str, int | None] = {one.label: one.count for one in facet}
        there = {label.casefold() for label in counts}
        counts |= {label: None for folded, label in chosen.items() if folded not in there}
        prefix = links.labelled(state, name)

        def choice(label: str, count: int | None) -> Choice:
            given = chosen.get(label.casefold())
            if given is None:
                return Choice(label, count, f"{prefix}{quote_plus(label)}", chosen=False)
            return Choice(label, count, links.search(state.with_label(name, given)), chosen=True)

        choices = [choice(label, count) for label, count in counts.items()]
        more = links.search(state.changed(more=name)) if facet.other and state.more != name else ""
        return FacetBox(name, name_of(name), choices, more)

    def _timeline(self, facet: Facet | None, links: Links, state: SearchState) -> Timeline | None:
        if facet is None or len(facet) < 2:
            return None
        since, until = self._archive.chosen_dates(state)
        return timeline_of(facet, since, until, links.spanning(state))

    def _previous(self, links: Links, state: SearchState) -> str:
        return links.search(state.changed(page=state.page - 1)) if state.page > 1 else ""

    def _following(self, links: Links, state: SearchState, found: Found) -> str:
        after = found.results.next
        if after is None:
            return ""
        return links.search(state.changed(page=state.page + 1, after=after, match=found.match))

    def _help(self, links: Links, state: SearchState) -> list[tuple[str, str]]:
        """Say what would find something: words like these, no filter, or each word alone."""
        words = [word.strip("()\"'") for word in state.q.split() if word not in _OPERATORS]
        words = [word for word in dict.fromkeys(words) if word]
        tries = []
        if not state.typos and self._archive.allows_typos:
            tries.append(("The same with typos allowed", state.changed(typos=True, match="")))
        if state.is_filtered:
            tries.append(("The same without the filters", SearchState(q=state.q)))
        if 1 < len(words) <= _MOST_WORDS:
            tries += [(word, SearchState(q=word)) for word in words]
        shown = []
        for said, other in tries:
            count = self._archive.count(other)
            if count:
                shown.append((f"{said}: {count:,}", links.search(other)))
        return shown

    def _copies(self, key: str, links: Links) -> list[tuple[str, str, float]]:
        index = self._archive.index
        try:
            copies = index.copies(key)[:RECENT]
        except (NoFingerprintsError, UnsupportedError):
            return []
        documents = index.get_many([copy.key for copy in copies])
        return [
            (
                title_of(self._values(document), self._roles),
                links.article(copy.key),
                copy.similarity,
            )
            for copy, document in zip(copies, documents, strict=True)
            if document is not None
        ]

    def _expect_short(self, queries: Sequence[str]) -> None:
        most = self._archive.settings.max_query
        if any(len(query) > most for query in queries):
            raise QueryError(f"expected queries of at most {most:,} characters")


def _span(since: str, until: str) -> str:
    """Write dates that are chosen: "2025", "2025-01 to 2025-03", "from 2025-01"."""
    if since and until:
        return since if since == until else f"{since} to {until}"
    return f"from {since}" if since else f"to {until}"


def _counted(count: int, field: str) -> str:
    """Write how many labels a field has: "1 source", "12 sources", "5 categories"."""
    noun = field.replace("_", " ")
    return f"{count:,} {noun}" if count == 1 or noun.endswith("s") else f"{count:,} {noun}s"


def queries_of(pairs: Pairs) -> list[str]:
    """Read the queries that are compared: the first six, without those that say the same."""
    given = (" ".join(value.split()) for name, value in pairs if name == "q")
    return list(dict.fromkeys(one for one in given if one))[:MOST_COMPARED]
