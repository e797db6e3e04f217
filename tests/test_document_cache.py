"""Documents that were shown lately are not read again, and no more are kept than fit."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel

from searchlib import Index, Key, Text
from searchlib.storage.snapshot import Snapshot


class Note(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text()]
    asides: Annotated[list[str], Text()] = []


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The docnums of the documents that are read."""
    seen: list[int] = []
    document = Snapshot.document

    def counted(self: Snapshot, docnum: int) -> bytes:
        seen.append(docnum)
        return document(self, docnum)

    monkeypatch.setattr(Snapshot, "document", counted)
    return seen


def made(path: Path, cache: int | None = None) -> Index:
    index = Index.create(path / "notes", Note, cache=cache)
    index.add(
        [
            Note(id="a", body="Peace talks began."),
            Note(id="b", body="The talks went on, and peace came.", asides=["late", "peace talks"]),
        ]
    )
    return index


def html_of(index: Index, query: str, field: str = "body") -> list[str]:
    return [hit.snippets[field].html for hit in index.search(query) if field in hit.snippets]


def test_a_document_that_is_shown_again_is_not_read_again(tmp_path: Path, reads: list[int]) -> None:
    index = made(tmp_path)
    assert sorted(html_of(index, "talks")) == [
        "Peace <mark>talks</mark> began.",
        "The <mark>talks</mark> went on, and peace came.",
    ]
    assert html_of(index, 'body:"peace talks"') == ["<mark>Peace talks</mark> began."]
    assert html_of(index, "came") == ["The talks went on, and peace <mark>came</mark>."]
    assert html_of(index, 'asides:"peace talks"', "asides") == ["late\n\n<mark>peace talks</mark>"]
    assert [hit.document.id for hit in index.search("began")] == ["a"]
    assert sorted(reads) == [0, 1]


def test_a_change_is_shown_at_once(tmp_path: Path) -> None:
    index = made(tmp_path)
    assert html_of(index, "began") == ["Peace talks <mark>began</mark>."]
    index.add([Note(id="a", body="Nothing began.")])
    assert html_of(index, "began") == ["Nothing <mark>began</mark>."]


def test_without_a_cache_documents_are_read_whenever_they_are_shown(
    tmp_path: Path, reads: list[int]
) -> None:
    index = made(tmp_path, cache=0)
    for _ in range(2):
        assert html_of(index, "began") == ["Peace talks <mark>began</mark>."]
    assert reads == [0, 0]
