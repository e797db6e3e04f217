"""What compares articles with each other: the calls of the API for it, and what pages show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from searchlib.highlight import SnippetOptions
from searchlib.query.filter_texts import filters_of
from searchlib.server.params import CHARS, COLLAPSE, Param, filter_param, matching_in, part_params
from searchlib.server.problems import Refusal, no_article
from searchlib.server.showing import title_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from searchlib.search.significant import SignificantTerms
    from searchlib.server.archive import Archive
    from searchlib.server.links import Links
    from searchlib.server.settings import Settings
    from searchlib.server.state import SearchState

SIMILAR: Final = 6
"""So many similar articles stand beside an article."""
SHARED: Final = 6
"""So many words that they share are shown."""


class SimilarArticle(NamedTuple):
    """An article that is similar to another one: its title, address, and what both share."""

    title: str
    href: str
    shared: tuple[str, ...]


class ShownTerm(NamedTuple):
    """A word or label that sets articles apart, and the search that has it besides."""

    text: str
    href: str
    found: int
    total: int


def similar_articles(archive: Archive, key: str, links: Links) -> list[SimilarArticle]:
    """Find the articles to show beside one."""
    found = archive.index.similar(key, limit=SIMILAR, snippets=False)
    return [
        SimilarArticle(
            title_of(hit.stored, archive.roles), links.article(hit.key), hit.shared[:SHARED]
        )
        for hit in found
    ]


def shown_terms(
    found: SignificantTerms, state: SearchState, archive: Archive, links: Links
) -> list[ShownTerm]:
    """Say where each word or label leads: to the same search with it."""

    def narrowed(text: str) -> SearchState:
        if found.field in archive.roles.labels:
            return state.changed(labels=(*state.labels, (found.field, text)))
        return state.changed(q=f"{state.q} {text}".strip())

    return [
        ShownTerm(one.text, links.search(narrowed(one.text)), one.count, one.total) for one in found
    ]


def similar_params(settings: Settings) -> tuple[Param, ...]:
    """List what the call for similar articles takes."""
    most = settings.max_query
    return (
        Param(name="id", says="The key of the article.", least=1, most=2000),
        Param(name="text", says="A text instead, of two words at least.", least=1, most=most),
        filter_param(settings),
        *part_params(settings),
        COLLAPSE,
        CHARS,
    )


SIGNIFICANT_PARAMS: Final = (
    Param(name="field", says="A field of text or labels; by default the longest text.", most=200),
    Param(name="limit", says="How many at most.", kind="integer", default=20, least=0, most=1000),
)


def run_similar(archive: Archive, values: dict[str, Any]) -> Mapping[str, Any]:
    """Answer the call for similar articles.

    Raises:
        Refusal: There is no such article, or it is not said to what they are to be similar.
    """
    key, text = values["id"], values["text"]
    if (key is None) == (text is None):
        raise Refusal(400, "expected the parameter id, or text; got both or none of them")
    if key is not None and key not in archive.index:
        raise no_article(key)
    found = archive.index.similar(
        key or text,
        limit=values["limit"],
        offset=values["offset"],
        filter=filters_of(values["filter"]),
        collapse=values["collapse"],
        snippets=SnippetOptions(max_chars=values["chars"]),
    )
    return {"similar_to": key or text, **found.to_json()}


def run_significant(archive: Archive, values: dict[str, Any]) -> Mapping[str, Any]:
    """Answer the call for what sets the hits of a search apart."""
    found = archive.index.significant(
        values["q"],
        field=values["field"],
        limit=values["limit"],
        match=values["match"] or "all",
        lenient=values["lenient"],
        filter=filters_of(values["filter"]),
        **matching_in(values),
    )
    return {"query": values["q"], **found.to_json()}
