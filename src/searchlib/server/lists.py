"""Lists of queries: a page that takes one, and the call of the API. Both have bounds."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl

from searchlib.errors import first_line
from searchlib.query.filter_texts import filters_of
from searchlib.query.lexer import quoted
from searchlib.search.batch_rows import CsvRows
from searchlib.search.ranking_texts import fields_of
from searchlib.search.typos import TYPOS
from searchlib.server.problems import Refusal
from searchlib.server.state import SearchState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request

    from searchlib.search.batches import BatchRow
    from searchlib.server.archive import Archive
    from searchlib.server.links import Links
    from searchlib.server.templating import Templates

MOST_QUERIES: Final = 1000
MOST_BYTES: Final = 256 << 10
MOST_HITS: Final = 20


class ShownRow(NamedTuple):
    """A query as the page has it: where it is searched for, how many hits, and the best of them."""

    query: str
    href: str
    total: int
    title: str
    best: str
    error: str


class Pasted(NamedTuple):
    """What a form was filled with: a query on each line, and whether each is a name."""

    text: str
    phrases: bool
    as_file: bool

    @property
    def queries(self) -> list[str]:
        """The lines on which something stands."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


class ListPage:
    """Makes the page that takes a list of queries.

    Args:
        archive: What they are asked.
        templates: How it looks.
    """

    def __init__(self, archive: Archive, templates: Templates) -> None:
        self._archive = archive
        self._templates = templates

    def page(self, links: Links, pasted: Pasted) -> str:
        """Show the form, and what the list in it finds.

        Raises:
            Refusal: The list is too long.
        """
        found = answered(self._archive, pasted.queries, limit=1, phrases=pasted.phrases)
        rows = [_shown(row, links, phrases=pasted.phrases) for row in found]
        return self._templates.render(
            "lists.html",
            links,
            state=SearchState(),
            pasted=pasted,
            rows=rows,
            most=MOST_QUERIES,
            found=sum(row.total > 0 for row in rows),
        )

    def file(self, pasted: Pasted) -> str:
        """Write what a list finds as CSV: a row for each query.

        Raises:
            Refusal: The list is too long.
        """
        written = CsvRows(hits=False, safe=True)
        found = answered(self._archive, pasted.queries, limit=0, phrases=pasted.phrases)
        return written.head() + written.rows([(row.row, row) for row in found])


def _shown(row: BatchRow[Any], links: Links, *, phrases: bool) -> ShownRow:
    query = quoted(row.query) if phrases else row.query
    best = next(iter(row.hits), None)
    return ShownRow(
        row.query,
        links.search(SearchState(q=query)),
        row.total,
        "" if best is None else row.heading_of(best)[0] or best.key,
        "" if best is None else links.article(best.key, query),
        "" if row.error is None else first_line(row.error),
    )


def answered(
    archive: Archive, queries: Sequence[str], *, limit: int, phrases: bool, **options: Any
) -> Iterator[BatchRow[Any]]:
    """Run a list, for as long as a request may take.

    Raises:
        Refusal: The list is too long, or takes too long.
    """
    if len(queries) > MOST_QUERIES:
        raise Refusal(
            413,
            f"expected at most {MOST_QUERIES:,} queries, got {len(queries):,}",
            hint="searchlib batch runs lists of any length.",
        )
    longest = archive.settings.max_query
    if any(len(query) > longest for query in queries):
        raise Refusal(400, f"expected queries of at most {longest:,} characters")
    deadline = time.monotonic() + archive.settings.time_limit
    for row in archive.index.search_many(queries, limit=limit, phrases=phrases, **options):
        if time.monotonic() > deadline:
            raise Refusal(
                413,
                f"The list took too long; {row.row - 1:,} queries were done.",
                hint="Send a shorter list.",
            )
        yield row


async def body_of(request: Request) -> bytes:
    """Read what a request carries.

    Raises:
        Refusal: It is too much.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise Refusal(413, f"expected a list of at most {MOST_BYTES:,} bytes")
    return bytes(body)


def pasted_in(body: bytes) -> Pasted:
    """Read a form that was sent."""
    text = body.decode("utf-8", "replace")
    given = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=10))
    return Pasted(given.get("list", ""), given.get("phrase") == "1", given.get("format") == "csv")


def list_json(archive: Archive, body: bytes) -> Mapping[str, Any]:
    """Answer the call of the API.

    Raises:
        Refusal: The body is something else, or asks for too much.
    """
    given = _read(body)
    rows = answered(
        archive,
        _strings(given, "queries"),
        limit=_limit(given),
        match=_one_of(given, "match", ("all", "any")),
        phrases=_flag(given, "phrases"),
        lenient=_flag(given, "lenient"),
        typos=_one_of(given, "typos", TYPOS),
        synonyms=_flag(given, "synonyms", usual=True),
        fields=fields_of(_text(given, "fields")),
        filter=filters_of(_strings(given, "filter", [])),
    )
    return {"rows": [row.to_json() for row in rows]}


_KNOWN: Final = (
    "queries", "limit", "phrases", "match", "lenient", "filter", "typos", "synonyms",
    "fields",
)  # fmt: skip


def _read(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "expected a JSON object with queries") from error
    if not isinstance(given, dict):
        raise Refusal(400, "expected a JSON object with queries")
    for name in given:
        if name not in _KNOWN:
            raise Refusal(400, f"unknown member {name[:80]!r}; there are {', '.join(_KNOWN)}")
    return given


def _strings(given: dict[str, Any], name: str, usual: list[str] | None = None) -> list[str]:
    value = given.get(name, usual)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Refusal(400, f"expected {name} to be a list of strings")
    return value


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(400, f"expected {name} to be a string")
    return value


def _one_of(given: dict[str, Any], name: str, choices: Sequence[str]) -> Any:
    value = given.get(name, choices[0])
    if value not in choices:
        raise Refusal(400, f"expected {name} to be {' or '.join(choices)}")
    return value


def _flag(given: dict[str, Any], name: str, *, usual: bool = False) -> bool:
    value = given.get(name, usual)
    if not isinstance(value, bool):
        raise Refusal(400, f"expected {name} to be true or false")
    return value


def _limit(given: dict[str, Any]) -> int:
    value = given.get("limit", 0)
    if type(value) is not int or not 0 <= value <= MOST_HITS:
        raise Refusal(400, f"expected limit to be a whole number from 0 to {MOST_HITS}")
    return value
