"""What people see of a label is how most documents write it."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Index, Key, Keyword
from searchlib.query.field_terms import label_of
from searchlib.schema.values import label_term
from searchlib.search.spellings import label_as_written

if TYPE_CHECKING:
    from searchlib.storage.snapshot import Snapshot


class Desk(str, Enum):  # noqa: UP042 - as many programs have it
    HOME = "Home Desk"


class Story(BaseModel):
    id: Annotated[str, Key()]
    source: Annotated[str | None, Keyword()] = None
    tags: Annotated[list[str], Keyword()] = []
    urgent: Annotated[bool | None, Keyword()] = None
    desk: Annotated[Desk | None, Keyword()] = None
    file: Annotated[str | None, Keyword(lowercase=False)] = None


def written(index: Index, field: str, label: object) -> str:
    term = label_of(label, index.schema.fields[field]).encode()
    return label_as_written(term, field, snapshot(index))


def snapshot(index: Index) -> Snapshot:
    return index._local.current.get().snapshot


@pytest.mark.parametrize("workers", [0, 1])
def test_labels_are_shown_as_documents_write_them(index: Index, workers: int) -> None:
    index.add(
        [
            Story(id="1", source="AP", tags=["Élections", "Straße"], urgent=True, desk=Desk.HOME),
            Story(id="2", source="ap", tags=["élections"], file="A/b.txt"),
            Story(id="3", source="AP", tags=["E\u0301lections", "STRASSE", "strasse"]),
        ],
        workers=workers,
    )
    assert written(index, "source", "ap") == "AP"
    assert written(index, "tags", "Élections") == "E\u0301lections"  # the lowest of three
    assert written(index, "tags", "straße") == "STRASSE"
    assert written(index, "urgent", True) == "true"
    assert written(index, "desk", "home desk") == "Home Desk"
    assert written(index, "file", "A/b.txt") == "A/b.txt"
    assert written(index, "source", "nobody") == "nobody"


@pytest.fixture
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index.create(tmp_path_factory.mktemp("spellings") / "index", Story)


labels = st.sampled_from(["AP", "ap", "Ap", "bbc", "BBC", "\u200bbbc", "", "ß", "SS", "ss"])


@given(batches=st.lists(st.lists(st.lists(labels, max_size=3), max_size=6), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_each_segment_the_commonest_spelling_is_kept(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[list[str]]]
) -> None:
    index = Index.create(tmp_path_factory.mktemp("spellings") / "index", Story)
    for number, batch in enumerate(batches):
        stories = [Story(id=f"{number}-{n}", tags=tags) for n, tags in enumerate(batch)]
        index.add(stories, workers=0)
    there = [tag for batch in batches for tags in batch for tag in tags]
    index.optimize()
    for term in {label_term(tag, lowercase=True) for tag in there} - {""}:
        counts = Counter(tag for tag in there if label_term(tag, lowercase=True) == term)
        found = written(index, "tags", term)
        assert found in counts
        if len(batches) == 1:
            assert found == min(counts, key=lambda tag: (-counts[tag], tag))
