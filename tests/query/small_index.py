"""A small index with fields of every kind, for whatever runs queries."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads the annotation
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel

from searchlib import Date, Index, Key, Keyword, Number, Stored, Text

if TYPE_CHECKING:
    from pathlib import Path


class Report(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2.0)] = ""
    summary: Annotated[str, Text(language="french")] = ""
    body: Annotated[str, Text()] = ""
    note: Annotated[str, Text(default=False, language=None)] = ""
    categories: Annotated[list[str], Keyword()] = []
    source: Annotated[str, Keyword(lowercase=False)] = ""
    published: Annotated[datetime | None, Date(sortable=True)] = None
    price: Annotated[float | None, Number(sortable=True)] = None
    pages: Annotated[int | None, Number()] = None
    url: Annotated[str, Stored()] = ""


REPORTS = [
    {"id": "storm", "title": "Storm over the coast", "body": "The storm broke power lines.",
     "categories": ["Weather"], "source": "Harbour News", "published": "2025-02-17T18:30:05",
     "price": 1.5, "pages": 4},
    {"id": "flood", "title": "Storm and flood",
     "body": "After the storm came the flood. Peace talks are put off.",
     "categories": ["Weather", "Politics"], "source": "Meridian Wire",
     "published": "2025-03-04T00:00:00", "price": 2.0, "pages": 12},
    {"id": "talks", "title": "Peace talks resume", "summary": "La paix revient sur la côte",
     "body": "The prime minister resigned while peace envoys held talks. COVID-19, O'Brien.",
     "note": "peace in our time", "categories": ["Politics"], "source": "Meridian Wire",
     "published": "2025-05-25T09:00:00", "price": 10, "pages": 1234},
]  # fmt: skip


def small_index(path: Path) -> Index:
    """Make the index, of two segments."""
    index = Index.create(path / "small.index", Report)
    index.add(Report.model_validate(report) for report in REPORTS[:2])
    index.add(Report.model_validate(report) for report in REPORTS[2:])
    return index
