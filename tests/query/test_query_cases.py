"""Queries in tests/cases/queries: the tree, the error and the notes of each, and what it finds.

``SEARCHLIB_UPDATE_CASES=1 pytest tests/query/test_query_cases.py`` writes them again as they are
now; what has changed is then for ``git diff``. A case that has no answers yet gets them so.
"""

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel

from searchlib import Date, Index, Key, Keyword, Number, Stored, Text
from searchlib.errors import QueryError
from searchlib.query.parser import QueryParser
from searchlib.query.tree import Query
from searchlib.schema.models import DocumentSchema
from tests.query.markdown_cases import Case, read_cases, rewrite
from tests.tables import each

CASES = [
    case
    for path in sorted((Path(__file__).parents[1] / "cases" / "queries").glob("*.md"))
    for case in read_cases(path)
]
UPDATE = os.environ.get("SEARCHLIB_UPDATE_CASES") == "1"
WIDTH = 96


class Report(BaseModel):
    """What the cases search, unless they say another model."""

    id: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2.0)] = ""
    summary: Annotated[str, Text(language="french")] = ""
    body: Annotated[str, Text()] = ""
    note: Annotated[str, Text(default=False)] = ""
    categories: Annotated[list[str], Keyword()] = []
    source: Annotated[str, Keyword()] = ""
    published: Annotated[datetime | None, Date(sortable=True)] = None
    price: Annotated[float | None, Number(sortable=True)] = None
    pages: Annotated[int | None, Number()] = None
    url: Annotated[str, Stored()] = ""


class Label(BaseModel):
    """A model with no text."""

    id: Annotated[str, Key()]
    source: Annotated[str, Keyword()] = ""


MODELS: dict[str, type[BaseModel]] = {"report": Report, "label": Label}


def shown(query: Query, indent: str = "") -> str:
    """Write a tree on one line if it fits, else a part a line."""
    whole, parts = f"{indent}{query!r}", query.children()
    if len(whole) <= WIDTH or not parts:
        return whole
    inner = [shown(part, f"{indent}  ") for part in parts]
    before, _, after = repr(query).partition(repr(parts[0]))
    behind = after[after.rindex(repr(parts[-1])) + len(repr(parts[-1])) :] if parts[1:] else after
    return "\n".join([f"{indent}{before}", *(f"{one}," for one in inner), f"{indent}{behind}"])


def read(case: Case) -> dict[str, str]:
    """Read the query of a case: its tree and the notes on it, or the error."""
    options = case.options
    schema = DocumentSchema.of(MODELS[options.pop("model", "report")])
    try:
        parsed = QueryParser(schema).parse(case.query, **options)
    except QueryError as error:
        return {"error": f"{type(error).__name__}: {error}"}
    notes = [
        f"{note.kind}: {note.message}" + (f" [{note.span[0]}:{note.span[1]}]" if note.span else "")
        for note in parsed.notes
    ]
    return {"tree": shown(parsed.query)} | ({"notes": "\n".join(notes)} if notes else {})


@pytest.fixture(scope="module")
def index_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Index]:
    """Make an index of the documents of a file, once."""

    @cache
    def make(documents: str) -> Index:
        index = Index.create(tmp_path_factory.mktemp("cases") / "index", Report)
        index.add(Report.model_validate_json(line) for line in documents.splitlines())
        return index

    return make


@each("case", CASES)
def test_a_query_is_read_as_shown(case: Case, index_of: Callable[[str], Index]) -> None:
    answers = read(case)
    if "finds" in case.blocks and "error" not in answers:
        assert case.documents, "expected a block of documents below the title of the file"
        results = index_of(case.documents).search(case.query, **case.options)
        answers["finds"] = " ".join(sorted(hit.key for hit in results))
    section = case.answered(answers)
    if UPDATE and section != case.source:
        rewrite(case, section)
    else:
        assert section == case.source
