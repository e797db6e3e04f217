"""Whoosh sorts, groups and collapses over our segments as it does over its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from whoosh import query as q
from whoosh import sorting

from tests.tables import each
from tests.whoosh_compat.reports import PEACE, REPORTS, TALK, hits

if TYPE_CHECKING:
    from whoosh.searching import Searcher

    from searchlib.whoosh_compat.reader import WhooshReader


SORTINGS: dict[str, Any] = {
    "date": "published",
    "number": "size",
    "number not sortable": "parts",
    "moment not sortable": "filed",
    "label": "place",
    "key": "id",
    "two": ["published", "id"],
    "reverse label": sorting.FieldFacet("place", reverse=True),
    "score": [sorting.ScoreFacet(), "id"],
    "stored": sorting.StoredFieldFacet("id"),
    "queries": sorting.QueryFacet({"a": PEACE, "b": q.NumericRange("size", 0, 100)}, "c"),
}


@each("facet", SORTINGS.values())
@each("reverse", [False, True])
def test_sorting(searcher: Searcher, oracle: Searcher, facet: Any, reverse: bool) -> None:
    how = {"sortedby": facet, "reverse": reverse}
    ours, theirs = (hits(one, q.Every("tags"), **how) for one in (searcher, oracle))
    assert list(ours) == list(theirs)


@each("name", ["published", "size", "ratio"])
@each("reverse", [False, True])
def test_documents_without_a_value_come_last(searcher: Searcher, name: str, reverse: bool) -> None:
    facet = sorting.FieldFacet(name, reverse=reverse)
    values = [hit[name] for hit in searcher.search(q.Every(), sortedby=facet, limit=None)]
    there = sorted((value for value in values if value is not None), reverse=reverse)
    assert 0 < len(there) < len(values)
    assert values == there + [None] * (len(values) - len(there))


GROUPINGS: dict[str, Any] = {
    "label": "place",
    "labels": sorting.FieldFacet("tags", allow_overlap=True),
    "bool": "urgent",
    "key": "id",
    "number": "size",
    "number not sortable": "parts",
    "moment not sortable": "filed",
    "number range": sorting.RangeFacet("size", 0, 3000, 500),
    "date range": sorting.DateRangeFacet(
        "published", datetime(2020, 1, 1), datetime(2020, 2, 1), cast("Any", timedelta(days=7))
    ),
    "queries": sorting.QueryFacet({"peace": PEACE, "talk": TALK}, allow_overlap=True),
    "count": sorting.FieldFacet("place", maptype=sorting.Count),
    "best": sorting.FieldFacet("place", maptype=sorting.Best),
}


@each("facet", GROUPINGS.values())
def test_grouping(searcher: Searcher, oracle: Searcher, facet: Any) -> None:
    ours, theirs = (
        one.search(q.Or([PEACE, TALK]), groupedby=facet, limit=None).groups()
        for one in (searcher, oracle)
    )
    assert ours == theirs
    assert len(ours) > 1


def test_grouping_by_a_date_that_some_documents_lack(searcher: Any) -> None:
    groups = searcher.search(q.Every(), groupedby="published", limit=None).groups()
    without = groups.pop(datetime.max)
    assert all(searcher.stored_fields(docnum)["published"] is None for docnum in without)
    for day, docnums in groups.items():
        assert {searcher.stored_fields(docnum)["published"] for docnum in docnums} == {day}


def test_columns(reader: WhooshReader) -> None:
    backwards: Any
    sizes = reader.column_reader("size")
    expected = [2**63 - 1 if one.size is None else one.size for one in REPORTS]
    assert list(sizes) == [sizes[docnum] for docnum in range(len(sizes))] == expected
    keys = reader.column_reader("size", translate=False)
    backwards = reader.column_reader("size", translate=False, reverse=True)
    assert [backwards.sort_key(docnum) for docnum in range(90)] == [
        1 if report.size is None else -key for key, report in zip(keys, REPORTS, strict=True)
    ]
    assert sorted(range(90), key=keys.sort_key) == sorted(range(90), key=expected.__getitem__)
    assert not reader.has_column("parts")
    with pytest.raises(KeyError, match="expected a sortable date or number field, got 'parts'"):
        reader.column_reader("parts")


def test_collapsing(searcher: Searcher, oracle: Searcher) -> None:
    how: dict[str, Any] = {"collapse": "place", "collapse_limit": 2, "collapse_order": "id"}
    assert hits(searcher, PEACE, **how) == pytest.approx(hits(oracle, PEACE, **how))
