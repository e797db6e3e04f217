"""Concordances: every occurrence that the highlighter marks, each in its line."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Article, Index, Key, SnippetOptions, Text
from searchlib.errors import QueryError
from searchlib.highlight import FieldText, Highlighter
from searchlib.highlight.contexts import in_context
from searchlib.highlight.marks import Mark
from searchlib.highlight.words import MOST_WORDS
from searchlib.query import Near, Phrase, Word
from searchlib.query.parser import QueryParser
from searchlib.schema.models import DocumentSchema
from searchlib.storage.snapshot import Snapshot
from tests.highlight_help import body_of
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from searchlib.search.concordance import ConcordanceLine

TEXTS = SnippetOptions(fields=("title", "body"), whole=("title", "body"))
KINDS = [
    "storm",
    "storms flood",
    '"storm surge"',
    '"storm surge"~3',
    "storm NEAR/4 coast",
    "storm* -calm",
    "fl?od",
    "storn~",
    "cafe",
    "café",
    "body:storm OR title:flood",
    '"storm surge" OR storm',
    "source:AP",
    "storm source:AP",
    "*",
    "the",
]


def archive(*texts: str | dict[str, Any]) -> Index[Article]:
    index = Index.in_memory(Article)
    given = [{"body": one} if isinstance(one, str) else one for one in texts]
    index.add(Article(**{"id": str(n), "title": "", **one}) for n, one in enumerate(given))
    return index


@pytest.fixture(scope="module")
def storms() -> Index[Article]:
    return archive(
        {
            "title": "Flood after the storm",
            "body": "The storm surge hit.\n   A storm, then\tanother storm far off the coast.",
            "published": "2025-03-02",
            "source": "AP",
        },
        {"title": "Café floods", "body": "The CAFE flooded; cafés too.", "source": "AP"},
        {"body": "Storms! The surge of a storm. Calm.", "published": "2025-03-01"},
        {"body": "Stormy coast, calm flood.", "published": "2025-03-03"},
    )


def in_line(line: ConcordanceLine) -> str:
    return f"{line.left}[{line.match}]{line.right}"


def marked(line: ConcordanceLine) -> Iterator[str]:
    return (line.match[start:end] for start, end in line.marks)


def words_of(pieces: Iterator[str]) -> Counter[str]:
    return Counter(word for piece in pieces for word in re.findall(r"\w+", piece))


@each("query", KINDS)
def test_what_is_marked_is_what_the_highlighter_marks(storms: Index[Article], query: str) -> None:
    hits = storms.search(query, limit=None, snippets=TEXTS)
    snippets = [(one.text, one.spans) for hit in hits for one in hit.snippets.values()]
    expected = words_of(text[start:end] for text, spans in snippets for start, end in spans)
    concordance = storms.concordance(query)
    assert words_of(piece for line in concordance for piece in marked(line)) == expected
    assert concordance.documents == hits.total


@given(
    st.lists(st.sampled_from(["xa", "xb", "xc"]), max_size=12).map(" ".join),
    st.sampled_from(
        ['"xa xb"', '"xa xb xa"', "xa NEAR/2 xb", '"xa xb" OR xb', '"xa xb" OR "xb xc"']
    ),
)
def test_no_word_is_missed_where_occurrences_overlap(text: str, query: str) -> None:
    tree = QueryParser(DocumentSchema.of(_Page)).parse(query).query
    highlighter = Highlighter(tree, body_of(None), all_words=True)
    found = highlighter.occurrences(FieldText(text))
    marks = highlighter.marks(FieldText(text))
    assert _words_in(text, [mark for some in found for mark in some]) == _words_in(text, marks)
    stretches = [(some[0].start, some[-1].end) for some in found]
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(stretches))


def _words_in(text: str, marks: list[Mark]) -> set[int]:
    """Find where the words begin that are marked."""
    starts = [match.start() for match in re.finditer(r"\w+", text)]
    return {at for at in starts if any(mark.start <= at < mark.end for mark in marks)}


class _Page(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text(language=None)] = ""
    parts: Annotated[list[str], Text()] = []


def _unstemmed(text: str) -> Index[_Page]:
    index = Index.in_memory(_Page)
    index.add(_Page(id="1", body=text))
    return index


@given(st.text("ab \n\té界", max_size=60), st.integers(0, 12))
def test_a_line_is_a_piece_of_its_text(around: str, width: int) -> None:
    text = f"{around} storm {around}"
    start = text.index("storm")
    line = in_context(FieldText(text), [Mark(start, start + 5, "storm", 0)], width)
    assert f"{line.left}storm{line.right}" in " ".join(text.split())
    assert len(line.left) <= width >= len(line.right)


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (40, "one two three [storm], four five"),
        (10, "two three [storm], four"),
        (6, "three [storm], four"),
        (5, "hree [storm],"),
        (0, "[storm]"),
    ],
)
def test_words_that_do_not_fit_are_left_out(width: int, expected: str) -> None:
    [line] = archive("one two\n  three storm, four five").concordance("storm", width=width)
    assert in_line(line) == expected


def test_a_phrase_is_one_occurrence_and_so_is_what_stands_close() -> None:
    index = archive("A storm surge, a storm and its surge. Surge came after storm.")
    [line] = index.concordance('"storm surge"', width=8)
    assert (in_line(line), line.marks) == ("A [storm surge], a", ((0, 11),))
    near = [*index.concordance(Near((Word("storm"), Word("surge")), 3), width=0)]
    assert near[0].match == "storm surge"
    assert [*marked(near[-1])] == ["Surge", "storm"]
    assert near[-1].match == "Surge came after storm"


def test_what_is_within_another_is_no_occurrence_of_its_own() -> None:
    index = archive("A storm surge and a storm.")
    lines = [line.match for line in index.concordance('"storm surge" OR storm')]
    assert lines == ["storm surge", "storm"]


def test_lines_of_a_value_end_with_it() -> None:
    index = Index.in_memory(_Page)
    index.add(_Page(id="1", parts=["one storm", "storm two"]))
    assert [in_line(one) for one in index.concordance("storm")] == ["one [storm]", "[storm] two"]


def test_lines_know_their_articles(storms: Index[Article]) -> None:
    line = next(iter(storms.concordance("flood", limit=1)))
    assert line.to_json() == {
        "left": "", "match": "Flood", "right": " after the storm", "marks": [[0, 5]], "key": "0",
        "title": "Flood after the storm", "date": "2025-03-02", "field": "title",
    }  # fmt: skip
    [bare] = storms.concordance("cafés", filter={"id": "1"}, limit=1)
    assert (bare.key, bare.title, bare.date) == ("1", "Café floods", "")


def test_without_an_order_lines_come_as_documents_were_added(storms: Index[Article]) -> None:
    keys = [line.key for line in storms.concordance("storm")]
    assert keys == sorted(keys)
    assert len(keys) == 6


def test_by_what_stands_beside() -> None:
    index = archive("zeta storm beta", "Äther, storm Alpha", "alpha zeta storm", "storm")
    by_right = [in_line(line) for line in index.concordance("storm", sort="right")]
    assert by_right == [
        "[storm]", "alpha zeta [storm]", "Äther, [storm] Alpha", "zeta [storm] beta",
    ]  # fmt: skip
    by_left = [in_line(line) for line in index.concordance("storm", sort="left")]
    assert by_left == [
        "[storm]", "Äther, [storm] Alpha", "zeta [storm] beta", "alpha zeta [storm]",
    ]  # fmt: skip


@each("sort", [None, "left", "right", "date"])
def test_the_limit_takes_the_first_lines(storms: Index[Article], sort: Any) -> None:
    every = [*storms.concordance("storm", sort=sort)]
    for limit in (0, 1, 3, len(every), 100):
        assert [*storms.concordance("storm", sort=sort, limit=limit)] == every[:limit]


def test_by_date_those_without_come_last(storms: Index[Article]) -> None:
    lines = [*storms.concordance("storm* OR cafe", sort="date")]
    assert lines[0].key == "2"
    assert lines[-1].key == "1"
    dates = [line.date for line in lines if line.date]
    assert all(one <= other for one, other in pairwise(dates))


def test_by_date_over_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchlib.search.found_documents.BATCH", 2)
    days = [5, 1, 4, 2, 3]
    index = archive(*({"body": "storm", "published": f"2025-01-0{day}"} for day in days))
    found = [line.date for line in index.concordance("storm", sort="date")]
    assert found == [f"2025-01-0{day}" for day in range(1, 6)]


def test_by_date_without_dates() -> None:
    with pytest.raises(QueryError, match="expected a date field"):
        _unstemmed("storm").concordance("storm", sort="date")


def test_deleted_articles_and_filters(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article)
    index.add(Article(id=name, title="", body="storm", source=name) for name in ("AP", "BBC", "X"))
    before = index.concordance("storm")
    index.delete("AP")
    assert [line.key for line in index.concordance("storm")] == ["BBC", "X"]
    assert [one.key for one in index.concordance("storm", filter={"source": "BBC"})] == ["BBC"]
    assert [line.key for line in before] == ["AP", "BBC", "X"]  # of the commit that was searched
    assert [line.key for line in before] == ["AP", "BBC", "X"]  # and once more


def test_every_word_of_a_long_text_is_found() -> None:
    count = MOST_WORDS + 500
    index = archive("storm calm " * count)
    assert sum(1 for _ in index.concordance("storm", width=5)) == count


def test_documents_are_read_as_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    index, read = archive(*["a storm"] * 50), []
    documents = Snapshot.documents

    def counted(self: Snapshot, docnums: Any) -> Iterator[bytes]:
        for one in documents(self, docnums):
            read.append(one)
            yield one

    monkeypatch.setattr(Snapshot, "documents", counted)
    lines = iter(index.concordance("storm"))
    next(lines)
    assert len(read) == 1
    assert len([*lines]) == 49


def test_words_of_each_language_are_marked_in_it() -> None:
    index = Index.in_memory(Article, language="auto")
    index.add(
        [
            Article(id="en", title="", body="The houses of the town are old and very beautiful."),
            Article(id="de", title="", body="Die Häuser der Stadt sind alt und sehr schön heute."),
        ]
    )
    assert [line.match for line in index.concordance("house")] == ["houses"]
    assert [line.match for line in index.concordance("Haus")] == ["Häuser"]


def test_csv_and_json(storms: Index[Article], tmp_path: Path) -> None:
    concordance = storms.concordance('"storm surge"', width=10)
    rows = [*csv.DictReader(io.StringIO(concordance.to_csv()))]
    assert rows == [
        {
            "left": "The ", "match": "storm surge", "right": " hit. A", "key": "0",
            "title": "Flood after the storm", "date": "2025-03-02", "field": "body",
        }
    ]  # fmt: skip
    lines = [json.loads(line) for line in (concordance.to_jsonl() or "").splitlines()]
    assert lines == [line.to_json() for line in concordance]
    concordance.to_csv(tmp_path / "lines.csv", header=False, encoding="utf-8-sig")
    assert (tmp_path / "lines.csv").read_bytes().startswith(b"\xef\xbb\xbfThe ,storm surge,")


def test_cells_are_harmless_if_asked_for() -> None:
    index = archive({"title": "=1+1", "body": "=cmd storm @x"})
    row = next(csv.DictReader(io.StringIO(index.concordance("storm").to_csv(safe=True) or "")))
    assert (row["left"], row["title"]) == ("'=cmd ", "'=1+1")


def test_progress_counts_documents(storms: Index[Article]) -> None:
    told: list[tuple[int, int]] = []
    storms.concordance("storm").to_csv(progress=lambda *one: told.append(one))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_trees_and_any_of_the_words(storms: Index[Article]) -> None:
    assert len([*storms.concordance(Phrase("storm surge"))]) == 1
    assert not [*storms.concordance("café storm")]
    found = storms.concordance("café storm", match="any")
    assert found.documents == 3
    notes = storms.concordance("storm AND (", lenient=True).notes
    assert notes


@each(
    "wrong", [{"width": -1}, {"width": "x"}, {"sort": "middle"}, {"limit": -1}, {"match": "none"}]
)
def test_wrong_arguments(storms: Index[Article], wrong: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        storms.concordance("storm", **wrong)


def test_wrong_queries(storms: Index[Article]) -> None:
    for query in ("", "storm AND (", 5):
        with pytest.raises(QueryError):
            storms.concordance(query)  # type: ignore[arg-type]
