"""What Whoosh makes of results, it makes of ours: filters, highlights, more like this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from whoosh import query as q

from tests.whoosh_compat.queries import SCORED
from tests.whoosh_compat.reports import DAY, PEACE, REPORTS, TALK, T, hits

if TYPE_CHECKING:
    from whoosh.searching import Searcher


def test_filters_and_masks(searcher: Searcher, oracle: Searcher) -> None:
    how = {"filter": q.DateRange("published", DAY, None), "mask": T("markets", "tags")}
    assert hits(searcher, TALK, **how) == pytest.approx(hits(oracle, TALK, **how))
    assert 0 < len(hits(searcher, TALK, **how)) < len(hits(searcher, TALK))


def test_matched_terms(searcher: Searcher, oracle: Searcher) -> None:
    query = q.Or([PEACE, q.And([TALK, T("oil")]), q.Prefix("title", "tre")])
    ours, theirs = (one.search(query, terms=True, limit=None) for one in (searcher, oracle))
    assert ours.matched_terms() == theirs.matched_terms()
    assert [sorted(hit.matched_terms()) for hit in ours] == [
        sorted(hit.matched_terms()) for hit in theirs
    ]


def test_highlights(searcher: Searcher, oracle: Searcher) -> None:
    ours, theirs = (one.search(SCORED["and of three"], limit=None) for one in (searcher, oracle))
    snippets = [hit.highlights("body") for hit in ours]
    assert snippets == [hit.highlights("body") for hit in theirs]
    assert all('<b class="match' in snippet for snippet in snippets)
    assert snippets


def test_more_like_this(searcher: Searcher, oracle: Searcher) -> None:
    docnum = searcher.document_number(id="r005")
    ours, theirs = (one.more_like(docnum, "body", numterms=6) for one in (searcher, oracle))
    assert [hit["id"] for hit in ours] == [hit["id"] for hit in theirs]
    assert len(ours) > 3
    assert searcher.key_terms([docnum], "body") == oracle.key_terms([docnum], "body")


def test_looking_up_and_suggesting(searcher: Searcher, oracle: Searcher) -> None:
    found = searcher.document(id="r007")
    assert found is not None
    assert found.pop("size") is None
    assert found == oracle.document(id="r007")
    assert searcher.document(id=REPORTS[3].id) is None
    ours, theirs = (one.documents(place="London", urgent="true") for one in (searcher, oracle))
    assert [one["id"] for one in ours] == [one["id"] for one in theirs]
    assert searcher.suggest("notes", "peece") == oracle.suggest("notes", "peece")
    assert searcher.suggest("notes", "peece")[0] == "peace"
    assert searcher.reader().most_frequent_terms("body", 3) == (
        oracle.reader().most_frequent_terms("body", 3)
    )
    assert list(searcher.reader().expand_prefix("notes", "tr")) == [b"treaties", b"treaty"]
    assert list(searcher.reader().field_terms("parts")) == [1, 2, 3, 4]
    assert [page["id"] for page in searcher.search_page(PEACE, 2, pagelen=5)] == [
        hit["id"] for hit in searcher.search(PEACE)[5:10]
    ]
