"""Each option of a search with Whoosh's searcher does what it does in an index of Whoosh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from whoosh import query as q
from whoosh.collectors import ScoredCollector
from whoosh.sorting import (
    Best,
    Count,
    FieldFacet,
    MultiFacet,
    OrderedList,
    QueryFacet,
    RangeFacet,
    ScoreFacet,
    StoredFieldFacet,
    UnorderedList,
)

from tests.tables import each
from tests.whoosh_compat.reports import PEACE, TALK

if TYPE_CHECKING:
    from whoosh.searching import Searcher

EITHER = q.Or([PEACE, TALK])
BY_SIZE = FieldFacet("size")
BY_HUNDREDS: Any = RangeFacet("size", 0, 3000, 500)
OPTIONS: dict[str, dict[str, Any]] = {
    "none": {},
    "limit": {"limit": 3},
    "limit of all": {"limit": None},
    "limit above all": {"limit": 1000},
    "not scored": {"scored": False, "limit": None},
    "reverse": {"reverse": True},
    "reverse, some": {"reverse": True, "limit": 5},
    "not optimized": {"optimize": False},
    "sorted by a number": {"sortedby": "size", "limit": 5},
    "sorted by a number in reverse": {"sortedby": "size", "reverse": True, "limit": 5},
    "sorted by a label": {"sortedby": "place"},
    "sorted by several": {"sortedby": [FieldFacet("place"), FieldFacet("id", reverse=True)]},
    "sorted by label and score": {"sortedby": ["place", ScoreFacet()]},
    "sorted by what is stored": {"sortedby": StoredFieldFacet("id"), "reverse": True},
    "grouped": {"groupedby": "place"},
    "grouped by two": {"groupedby": ["place", "urgent"]},
    "grouped and named": {"groupedby": {"where": FieldFacet("place")}},
    "grouped by labels": {"groupedby": FieldFacet("tags", allow_overlap=True)},
    "grouped by ranges": {"groupedby": BY_HUNDREDS},
    "grouped by queries": {"groupedby": QueryFacet({"a": PEACE, "b": TALK})},
    "counted": {"groupedby": "place", "maptype": Count},
    "best of each": {"groupedby": "place", "maptype": Best},
    "in order": {"groupedby": "place", "maptype": OrderedList},
    "in no order": {"groupedby": "place", "maptype": UnorderedList},
    "grouped and limited": {"groupedby": "place", "limit": 2},
    "collapsed": {"collapse": "place"},
    "collapsed by a number": {"collapse": "parts", "limit": None},
    "collapsed to two": {"collapse": "place", "collapse_limit": 2},
    "collapsed by size": {"collapse": "place", "collapse_order": BY_SIZE},
    "collapsed, last of each": {
        "collapse": "place", "collapse_limit": 2, "collapse_order": FieldFacet("id", reverse=True)
    },
    "filter": {"filter": q.Term("tags", "politics")},
    "mask": {"mask": q.Term("tags", "politics")},
    "both": {"filter": q.Term("tags", "politics"), "mask": q.Term("place", "Paris")},
    "filter of a range": {"filter": q.NumericRange("size", 0, 1000)},
    "terms": {"terms": True},
    "sorted by two as one": {"sortedby": MultiFacet(["place", "id"])},
}  # fmt: skip


def shown(searcher: Any, query: q.Query, options: dict[str, Any]) -> Any:
    """Give all that a search shows, with keys in the place of numbers of documents."""
    results = searcher.search(query, **options)
    key_of = {number: searcher.stored_fields(number)["id"] for number in results.docs()}
    is_scored = not options.keys() & {"scored", "sortedby"}
    hits = [(hit["id"], hit.rank, hit.pos, is_scored and round(hit.score, 9)) for hit in results]
    if options.get("scored") is False:
        hits.sort()
    groups = {
        name: {
            label: [key_of[one] for one in found] if isinstance(found, list) else found
            for label, found in results.groups(name).items()
        }
        for name in (results.facet_names() if "groupedby" in options else [])
    }
    if options.get("maptype") is UnorderedList:
        groups = {n: {k: sorted(v) for k, v in of_one.items()} for n, of_one in groups.items()}
    terms = results.matched_terms() if options.get("terms") else None
    return hits, len(results), sorted(key_of.values()), groups, terms


@pytest.fixture(autouse=True)
def every_hit_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoosh by itself leaves some out that can't be among the best; our searcher does not."""
    made: Any = ScoredCollector.__init__

    def exact(self: Any, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **{**kwargs, "replace": 0})

    monkeypatch.setattr(ScoredCollector, "__init__", exact)


@each("options", OPTIONS.values())
@each("query", [EITHER, q.Every(), PEACE])
def test_options(
    searcher: Searcher, oracle: Searcher, query: q.Query, options: dict[str, Any]
) -> None:
    assert shown(searcher, query, options) == shown(oracle, query, options)


@pytest.mark.parametrize(("page", "length"), [(1, 10), (2, 7), (3, 4), (1, 1000)])
def test_pages(searcher: Searcher, oracle: Searcher, page: int, length: int) -> None:
    def told(one: Any) -> Any:
        found = one.search_page(EITHER, page, pagelen=length)
        return (
            [hit["id"] for hit in found], found.pagenum, found.pagecount, found.pagelen,
            found.total, found.offset, found.is_last_page(),
        )  # fmt: skip

    assert told(searcher) == told(oracle)
