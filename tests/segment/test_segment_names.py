"""A field may have any name that a model's field can have, those of sections too."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import create_model

from searchlib import Date, Index, Key, Keyword, Number, Stored, Text
from searchlib.segment import docnums as docnums_module
from searchlib.segment.file import SegmentFile, SegmentFileWriter
from searchlib.segment.writer import write_segment
from tests.segment.segment_cases import Document, contents_of

if TYPE_CHECKING:
    from pathlib import Path

KINDS: dict[str, tuple[Any, Any, str]] = {
    "text": (Annotated[str, Text()], "a storm", "{name}:storm"),
    "keyword": (Annotated[list[str], Keyword()], ["storm", "flood"], "{name}:storm"),
    "date": (Annotated[date, Date(sortable=True)], date(2025, 2, 17), "{name}:2025-02"),
    "number": (Annotated[int, Number(sortable=True)], 17, "{name}:17"),
    "stored": (Annotated[str, Stored()], "a storm", "title:calm"),
}


def names_of_sections(folder: Path) -> set[str]:
    """Every word that a segment's sections are named by, but for the fields' own names."""
    documents = [
        Document([f"w{n}"] * 200, 1, frozenset({f"t{n}", "t"}), 1, 0.5, b"x" * 2000)
        for n in range(300)
    ]
    names = set()
    for number, bits in enumerate((16, 2)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(docnums_module, "CHUNK_BITS", bits)
            path = folder / f"{number}"
            write_segment(path, contents_of(documents))
            names |= set(SegmentFile(path).sections)
    words = {word for name in names for word in name.strip("_").split(".")}
    return {word for word in words if word.isidentifier()} - {"body", "tags", "year", "weight"}


def test_the_names_tried_are_those_there_are(tmp_path: Path) -> None:
    names = names_of_sections(tmp_path)
    assert {"documents", "firsts", "starts", "dictionary", "terms", "heads", "rows"} <= names
    assert names <= set(NAMES)


NAMES = [
    "counts", "spellings",
    "documents", "firsts", "starts", "dictionary", "terms", "blocks", "heads", "docnums", "rows",
    "chunks", "wide", "tokens", "frequencies", "positions", "lengths", "labels", "values", "steps",
    "present", "range", "fingerprints", "sketches", "bands", "filled", "sections", "fields",
    "version", "doc_count",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_named_like_a_section_is_like_any_other(tmp_path: Path, kind: str) -> None:
    annotation, value, query = KINDS[kind]
    fields: Any = dict.fromkeys(NAMES, (annotation, ...))
    model = create_model("Model", id=(Annotated[str, Key()], ...),
                         title=(Annotated[str, Text()], ...), **fields)  # fmt: skip
    index = Index.create(tmp_path / "index", model)
    for key in ("a", "b"):
        report = index.add({"id": key, "title": "calm", **dict.fromkeys(NAMES, value)})
        assert report.rejected == []
    index.optimize()
    index = Index.open(tmp_path / "index", model)
    assert index.check() == []
    for name in NAMES:
        found = index.search(query.format(name=name))
        assert [hit.key for hit in found] == ["a", "b"]
        assert getattr(found[0].document, name) == value


@pytest.mark.parametrize("name", NAMES)
def test_a_key_may_be_named_like_a_section(tmp_path: Path, name: str) -> None:
    model = create_model("Model", **{name: (Annotated[str, Key()], ...)})  # type: ignore[call-overload]
    index = Index.create(tmp_path / "index", model)
    index.add([{name: "a"}, {name: "b"}])
    assert Index.open(tmp_path / "index", model).check() == []
    assert getattr(index.get("a"), name) == "a"


def test_a_section_is_never_written_twice(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="'a.terms' twice"),
        SegmentFileWriter(tmp_path / "s") as file,
    ):
        file.write("a.terms", "|u1", [])
        file.write("a.terms", "|u1", [])
    assert not (tmp_path / "s").exists()
