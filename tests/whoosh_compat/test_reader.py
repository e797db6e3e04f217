"""The reader says of terms, documents and lengths what one of Whoosh would."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel
from whoosh import query as q
from whoosh.fields import NUMERIC
from whoosh.matching import NullMatcherClass, ReadTooFar
from whoosh.reading import IndexReader, TermNotFound

from searchlib.schema.markers import Date, Key
from searchlib.schema.models import DocumentSchema
from searchlib.whoosh_compat.reader import WhooshReader, whoosh_searcher
from tests.whoosh_compat.queries import QUERIES
from tests.whoosh_compat.reports import DELETED, REPORTS, SCHEMA, make_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from whoosh.searching import Searcher


def test_every_term_and_posting_is_as_in_an_index_of_whoosh(
    reader: WhooshReader, oracle: Searcher
) -> None:
    theirs = oracle.reader()
    terms = list(theirs.all_terms())
    assert list(reader.all_terms()) == [term for term in terms if not is_rounded(*term)]
    assert {name for name, _ in terms} == set(reader.indexed_field_names())
    for term in terms:
        assert term in reader
        assert statistics(reader, *term) == statistics(theirs, *term), term
        assert postings(reader, *term) == postings(theirs, *term), term


def is_rounded(field: str, text: bytes) -> bool:
    """Tell whether a term stands for all numbers with the same first bits."""
    return isinstance(SCHEMA.whoosh[field], NUMERIC) and text[0] > 0


def statistics(reader: IndexReader, field: str, text: bytes) -> tuple[Any, ...]:
    info = reader.term_info(field, text)
    lowest = info.min_length()
    assert isinstance(lowest, int)
    assert lowest <= info.max_length()
    return (
        reader.doc_frequency(field, text),
        reader.frequency(field, text),
        (info.doc_frequency(), info.weight(), info.max_weight(), info.min_id(), info.max_id()),
    )


def postings(reader: IndexReader, field: str, text: bytes) -> list[Any]:
    """Read the documents of a term that are not deleted, with all that is known of each."""
    matcher = reader.postings(field, text)
    found = []
    while matcher.is_active():
        values = [
            matcher.value_as(kind)
            for kind in ("frequency", "weight", "positions", "position_boosts")
            if matcher.supports(kind)
        ]
        assert type(matcher.id()) is int
        assert type(matcher.weight()) is float
        found.append((matcher.id(), matcher.weight(), matcher.value() or b"", values))
        matcher.next()
    return found


def test_documents_are_as_in_an_index_of_whoosh(reader: WhooshReader, oracle: Searcher) -> None:
    theirs = oracle.reader()
    assert reader.doc_count() == theirs.doc_count() == len(REPORTS) - len(DELETED)
    assert reader.doc_count_all() == theirs.doc_count_all() == len(REPORTS)
    assert reader.has_deletions()
    assert list(reader.all_doc_ids()) == list(theirs.all_doc_ids())
    for docnum, fields in reader.iter_docs():
        there = {name: value for name, value in fields.items() if value is not None}
        assert there == theirs.stored_fields(docnum)
        assert fields.keys() - there.keys() <= {"published", "size", "ratio"}
    for docnum, report in enumerate(REPORTS):
        assert reader.is_deleted(docnum) == (report.id in DELETED)
    stored = reader.stored_fields(next(n for n, one in enumerate(REPORTS) if len(one.notes) > 1))
    assert "\n\n" in stored["notes"]
    assert type(stored["published"]) is datetime
    assert type(stored["tags"]) is list


class Loose(BaseModel, extra="allow"):
    id: Annotated[str, Key()]
    day: Annotated[date | None, Date(sortable=True)] = None


def test_what_a_document_has_besides_its_fields_is_stored(tmp_path: Path) -> None:
    schema = DocumentSchema.of(Loose)
    documents = [Loose.model_validate({"id": "a", "more": [1, 2]})]
    reader = WhooshReader(make_snapshot(tmp_path / "index", schema, [documents]), schema)
    assert reader.stored_fields(0) == {"id": "a", "day": None, "more": [1, 2]}
    (hit,) = whoosh_searcher(reader).search(q.Every())
    assert hit["day"] is None


def test_lengths(reader: WhooshReader, oracle: Any) -> None:
    exact_length = oracle.doc_field_length
    for name in ("title", "body", "notes"):
        exact = [exact_length(docnum, name) for docnum in range(len(REPORTS))]
        assert [reader.doc_field_length(docnum, name) for docnum in range(90)] == exact
        assert reader.min_field_length(name) == min(exact)
        assert reader.max_field_length(name) == max(exact)
        assert reader.field_length(name) == sum(exact) == oracle.reader().field_length(name)
    for name in ("tags", "published"):
        assert reader.field_length(name) == reader.max_field_length(name) == 0
        assert reader.min_field_length(name) == 0
        assert reader.doc_field_length(0, name, 7) == 7


def test_a_matcher_steps_skips_and_stays_at_its_end(reader: WhooshReader) -> None:
    matcher = reader.postings("body", "nato")
    ids = list(matcher.all_ids())
    assert len(ids) > 5
    assert matcher.term() == ("body", b"nato")
    matcher.skip_to(ids[3] - 1 if ids[3] - 1 > ids[2] else ids[3])
    assert matcher.id() == ids[3]
    other = matcher.copy()
    other.next()
    assert (matcher.id(), other.id()) == (ids[3], ids[4])
    assert list(matcher.all_ids()) == ids[3:]
    matcher.skip_to(ids[-1] + 1)
    assert not matcher.is_active()
    assert matcher.id() == ids[-1]
    with pytest.raises(ReadTooFar):
        matcher.next()
    with pytest.raises(ReadTooFar):
        matcher.skip_to(0)
    matcher.reset()
    assert matcher.id() == ids[0]
    assert matcher.score() == matcher.weight()
    with pytest.raises(ValueError, match="field 'body': expected a value that postings have"):
        matcher.value_as("characters")


def test_terms_that_are_not_there(reader: WhooshReader) -> None:
    assert ("body", "nothing") not in reader
    assert ("nowhere", "peac") not in reader
    assert ("extra", "x") not in reader
    assert reader.doc_frequency("body", "nothing") == reader.frequency("body", "nothing") == 0
    with pytest.raises(TermNotFound):
        reader.postings("body", "nothing")
    with pytest.raises(TermNotFound):
        reader.term_info("body", "nothing")
    with pytest.raises(TermNotFound, match="expected an indexed field, got 'extra'"):
        list(reader.terms_from("extra", b""))
    assert list(reader.terms_within("size", "7", 1)) == []
    assert not reader.has_vector(0, "body")
    with pytest.raises(KeyError, match="expected a field with term vectors, got 'body'"):
        reader.vector(0, "body")
    assert reader.doc_frequency("body", "zebra") > 0
    assert isinstance(reader.postings("body", "zebra"), NullMatcherClass)


def test_a_term_info_may_be_changed(reader: WhooshReader) -> None:
    reader.term_info("body", "nato").add_posting(1000, 5.0, 10)
    assert reader.term_info("body", "nato").max_id() < 90


def test_an_index_without_documents(tmp_path: Path) -> None:
    reader = WhooshReader(make_snapshot(tmp_path / "empty", SCHEMA, []), SCHEMA)
    searcher = whoosh_searcher(reader)
    assert list(reader.all_terms()) == []
    assert reader.max_field_length("body") == reader.min_field_length("body") == 0
    for query in QUERIES.values():
        assert len(searcher.search(query, limit=None)) == 0
    assert len(searcher.search(q.Every(), sortedby="published", groupedby="tags")) == 0


def test_a_reader_shows_the_commit_it_was_made_for(reader: WhooshReader) -> None:
    assert reader.generation() == 1
    assert reader.is_atomic()
