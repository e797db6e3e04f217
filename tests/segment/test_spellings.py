"""A segment keeps how most documents write a label, and merging adds up what segments have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.errors import CorruptIndexError
from searchlib.segment.contents import SegmentContents
from searchlib.segment.inversion import invert_labels
from searchlib.segment.merge import merge_segments
from searchlib.segment.reader import SegmentReader
from searchlib.segment.spellings import commonest
from searchlib.segment.writer import write_segment

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.segment.field_reader import FieldReader


def segment(path: Path, labels: list[str], *, keeps: bool = True) -> SegmentReader:
    """Write a document for each label, folded to lower case."""
    field = invert_labels([label.lower() for label in labels])
    best = commonest(Counter((label.lower().encode(), label.encode()) for label in labels))
    if keeps:
        field = replace(field, spellings=[best[term] for term in field.terms])
    write_segment(path, SegmentContents(len(labels), {"source": field}, {}, [b"{}"] * len(labels)))
    return SegmentReader(path)


def spellings(field: FieldReader) -> dict[str, tuple[str, int]]:
    count = len(field.terms)
    return {field.terms.term(n).decode(): field.counted_spelling(n) for n in range(count)}


def merged(
    path: Path, readers: list[SegmentReader], keep: list[list[bool] | None] | None = None
) -> dict[str, tuple[str, int]]:
    kept = [None if one is None else np.array(one) for one in keep or [None] * len(readers)]
    merge_segments(path, readers, kept)
    return spellings(SegmentReader(path).inverted("source"))


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("abc"))))
def test_the_commonest_spelling_is_the_lowest_of_those_counted_most(
    labels: list[tuple[str, str]],
) -> None:
    counts = Counter(labels)
    for term, found in commonest(counts).items():
        of_term = sorted((-count, text) for (one, text), count in counts.items() if one == term)
        assert found == (of_term[0][1], -of_term[0][0])
    assert commonest(counts).keys() == {term for term, _ in labels}


def test_a_spelling_is_kept_where_it_differs(tmp_path: Path) -> None:
    reader = segment(tmp_path / "s", ["AP", "ap", "AP", "bbc", "Zeit", "ZEIT"])
    found = spellings(reader.inverted("source"))
    assert found == {"ap": ("AP", 2), "bbc": ("bbc", 1), "zeit": ("ZEIT", 1)}
    assert reader.meta["fields"]["source"]["spellings"] == 2


def test_merging_adds_up_equal_spellings(tmp_path: Path) -> None:
    one = segment(tmp_path / "1", ["AP", "AP", "Bbc", "dpa"])
    two = segment(tmp_path / "2", ["Ap", "Ap", "Ap", "BBC", "BBC", "Afp"])
    three = segment(tmp_path / "3", ["AP", "AP", "bbc", "bbc", "bbc"])
    assert merged(tmp_path / "m", [one, two, three]) == {
        "afp": ("Afp", 1),
        "ap": ("AP", 4),
        "bbc": ("bbc", 6),
        "dpa": ("dpa", 1),
    }


def test_a_spelling_counts_no_more_documents_than_are_left(tmp_path: Path) -> None:
    one = segment(tmp_path / "1", ["AP", "AP", "AP", "BBC"])
    two = segment(tmp_path / "2", ["Ap", "Ap"])
    found = merged(tmp_path / "m", [one, two], [[True, False, False, False], None])
    assert found == {"ap": ("Ap", 2)}


def test_segments_without_spellings_merge_with_those_that_have_them(tmp_path: Path) -> None:
    before = segment(tmp_path / "1", ["AP", "AP", "Bbc"], keeps=False)
    assert spellings(before.inverted("source")) == {"ap": ("ap", 0), "bbc": ("bbc", 0)}
    assert "spellings" not in before.meta["fields"]["source"]
    since = segment(tmp_path / "2", ["AP"])
    assert merged(tmp_path / "m", [before, since])["ap"] == ("AP", 1)
    merge_segments(tmp_path / "old", [before, before], [None, None])
    assert "spellings" not in SegmentReader(tmp_path / "old").meta["fields"]["source"]


@pytest.mark.parametrize(
    ("part", "values"),
    [
        (".starts", [0, 9, 5]),
        (".starts", [9, 2, 5]),
        (".terms", [1, 0]),
        (".terms", [0, 7]),
        ("", [255] * 5),
    ],
)
def test_damage_is_an_error(tmp_path: Path, part: str, values: list[int]) -> None:
    path = tmp_path / "s"
    file = segment(path, ["AP", "BBC"])._file
    assert file is not None
    section = file.section(f"source.spellings{part}")
    with path.open("r+b") as stream:
        stream.seek(section.offset)
        stream.write(np.array(values, section.dtype).tobytes())
    field = SegmentReader(path).inverted("source")
    with pytest.raises(CorruptIndexError, match=f"source.spellings{part}'"):
        for ordinal in range(len(field.terms)):
            field.counted_spelling(ordinal)
        field.part(0, len(field.terms))
