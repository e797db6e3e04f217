"""``facet=True`` says which fields ``facets=True`` counts, and nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel

from searchlib import Index, Key, Keyword, Terms, Text


class Report(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text()]
    source: Annotated[str, Keyword(facet=True)]
    desk: Annotated[str, Keyword()]


def test_a_field_without_facet_is_counted_if_it_is_named_and_only_then() -> None:
    index = Index.in_memory(Report)
    index.add(
        Report(id=str(n), body="storm", source="AP", desk=desk)
        for n, desk in enumerate(["city", "city", "sport"])
    )
    assert list(index.search("storm", facets=True).facets) == ["source"]
    for named in (["desk"], [Terms("desk")]):
        counted = index.search("storm", facets=named).facets
        assert {one.label: one.count for one in counted["desk"]} == {"city": 2, "sport": 1}
