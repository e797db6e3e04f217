"""How does Whoosh see an index? As one reader over all segments."""

from __future__ import annotations

import copy
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from whoosh.automata.fsa import find_all_matches
from whoosh.automata.lev import levenshtein_automaton
from whoosh.columns import ColumnReader, TranslatingColumnReader
from whoosh.fields import NUMERIC, Schema
from whoosh.matching import Matcher, NullMatcher
from whoosh.reading import IndexReader, TermInfo, TermNotFound
from whoosh.searching import Searcher
from whoosh.util.times import long_to_datetime

from searchlib.errors import QueryError
from searchlib.postings import Scoring
from searchlib.schema.markers import Date, Stored, Text
from searchlib.schema.paths import as_list
from searchlib.segment.reader import numbers_of_all
from searchlib.whoosh_compat.matcher import PostingMatcher
from searchlib.whoosh_compat.numeric import ColumnKeys, NumberColumnReader, NumberTerms
from searchlib.whoosh_compat.scoring import BM25
from searchlib.whoosh_compat.terms import FieldTerms, InvertedTerms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from whoosh.formats import Existence, Positions
    from whoosh.scoring import BaseScorer, WeightingModel

    from searchlib.arrays import BoolArray
    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.snapshot import Snapshot


WhooshSearcher = Searcher
"""Whoosh's own searcher."""


class WhooshReader(IndexReader):
    """Reads an index as Whoosh does. Threads may share it.

    Document numbers and statistics are of the whole index; the documents that are deleted count
    in statistics until they are merged away, as they do in Whoosh. There are no term vectors.

    Args:
        snapshot: The state of the index to read; the reader shows this one as long as it lives.
        schema: The schema of the index.
        scoring: The parameters of the scores; ``None`` for the usual ones.

    Attributes:
        schema: The fields as Whoosh knows them, all of them stored.
        scoring: The parameters of the scores.
    """

    def __init__(
        self, snapshot: Snapshot, schema: DocumentSchema, scoring: Scoring | None = None
    ) -> None:
        self.scoring: Final = scoring or Scoring()
        self.schema = _stored_schema(schema)
        self._snapshot: Final = snapshot
        self._markers: Final = {name: spec.marker for name, spec in schema.fields.items()}
        self._columns: dict[str, ColumnKeys] = {}
        self._terms: Final[dict[str, FieldTerms]] = {
            name: self._open(name)
            for name, marker in sorted(self._markers.items())
            if not isinstance(marker, Stored)
        }

    def _open(self, name: str) -> FieldTerms:
        segments = [one for one in self._snapshot.segments if name in one.reader.fields]
        if isinstance(self.schema[name], NUMERIC):
            return NumberTerms([(one.first, one.reader.numbers(name)) for one in segments])
        parts = [(one.first, one.reader.inverted(name)) for one in segments]
        return InvertedTerms(parts, self._snapshot.doc_count_all)

    def generation(self) -> int:
        """Give the commit that the reader shows."""
        return self._snapshot.generation

    # Documents

    def doc_count(self) -> int:
        """Count the documents."""
        return self._snapshot.doc_count

    def doc_count_all(self) -> int:
        """Count the documents, deleted ones too; their numbers are those below it."""
        return self._snapshot.doc_count_all

    @cached_property
    def _deleted(self) -> BoolArray | None:
        """Whether each document is deleted, shape (N,); ``None`` if none is."""
        if not self.has_deletions():
            return None
        deleted = np.zeros(self.doc_count_all(), np.bool_)
        for segment in self._snapshot.segments:
            if segment.deleted is not None:
                deleted[segment.first : segment.first + len(segment.deleted)] = segment.deleted
        return deleted

    def has_deletions(self) -> bool:
        """Tell whether there are deleted documents."""
        return self.doc_count() < self.doc_count_all()

    def is_deleted(self, docnum: int) -> bool:
        """Tell whether a document is deleted; one that does not exist is not."""
        # Whoosh's matcher of all that a query does not match asks for the number after the last.
        deleted = self._deleted
        return deleted is not None and docnum < len(deleted) and bool(deleted[docnum])

    def all_doc_ids(self) -> Iterator[int]:
        """Iterate over the numbers of the documents that are not deleted."""
        if self._deleted is None:
            return iter(range(self.doc_count_all()))
        return iter(np.flatnonzero(~self._deleted).tolist())

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Give the fields of a document that have a value.

        Several texts in a field are one, with blank lines between them. A date is a datetime, as
        the index knows it. Everything else is as JSON has it. A field with a column is ``None``
        where there is no value: a hit of Whoosh would take what the column puts in its place.
        """
        stored: dict[str, Any] = json.loads(self._snapshot.document(docnum))
        segment = self._snapshot.segment_of(docnum)
        for name, value in stored.items():
            marker = self._markers.get(name, Stored())
            if isinstance(marker, Date) and value is not None and name in segment.reader.fields:
                place = np.array([docnum - segment.first])
                moments, _ = segment.reader.numbers(name).take(place)
                stored[name] = long_to_datetime(moments.item())
            elif isinstance(marker, Text) and isinstance(value, list):
                stored[name] = "\n\n".join(as_list(value))
        return {
            name: value
            for name, value in stored.items()
            if value is not None or self.has_column(name)
        }

    # Terms

    def _terms_of(self, fieldname: str) -> FieldTerms:
        try:
            return self._terms[fieldname]
        except KeyError:
            raise TermNotFound(f"expected an indexed field, got {fieldname!r}") from None

    def indexed_field_names(self) -> list[str]:
        """Name the fields that have terms."""
        return list(self._terms)

    def __contains__(self, term: tuple[str, str | bytes]) -> bool:
        fieldname, text = term
        terms = self._terms.get(fieldname)
        return terms is not None and self._text_to_bytes(fieldname, text) in terms

    def all_terms(self) -> Iterator[tuple[str, bytes]]:
        """Iterate over the terms of all fields, in ascending order of field and term."""
        for name, terms in self._terms.items():
            for text in terms.starting_at(b""):
                yield name, text

    def terms_from(self, fieldname: str, prefix: str | bytes) -> Iterator[tuple[str, bytes]]:
        """Iterate over the terms of a field that are not below one, and those of later fields."""
        self._terms_of(fieldname)
        start = self._text_to_bytes(fieldname, prefix)
        for name, terms in self._terms.items():
            if name >= fieldname:
                for text in terms.starting_at(start if name == fieldname else b""):
                    yield name, text

    def terms_within(
        self, fieldname: str, text: str, maxdist: int, prefix: int = 0
    ) -> Iterable[str]:
        """Find the terms within an edit distance, as Whoosh does in its own segments.

        Args:
            fieldname: The field.
            text: The term to compare with.
            maxdist: The number of letters to insert, leave out or replace, at most.
            prefix: The number of letters at the start that must be the same.

        Returns:
            The terms in ascending order; none for a field of numbers or dates.
        """
        terms = self._terms_of(fieldname)
        if not isinstance(terms, InvertedTerms):
            return []

        def first_from(word: str) -> str | None:
            found = terms.first_from(word.encode())
            return None if found is None else found.decode()

        matches: Iterable[str] = find_all_matches(
            levenshtein_automaton(text, maxdist, prefix).to_dfa(), first_from
        )
        return matches

    def term_info(self, fieldname: str, text: str | bytes) -> TermInfo:
        """Compute the statistics of a term, anew each time as Whoosh may change the object.

        Raises:
            TermNotFound: There is no such term.
        """
        postings = self._terms_of(fieldname).postings(self._text_to_bytes(fieldname, text))
        if not len(postings.docnums):
            raise TermNotFound((fieldname, text))
        return TermInfo(
            weight=float(postings.frequencies.sum(dtype=np.int64)),
            df=len(postings.docnums),
            minlength=int(postings.lengths.min()),
            maxlength=int(postings.lengths.max()),
            maxweight=float(postings.frequencies.max()),
            minid=int(postings.docnums[0]),
            maxid=int(postings.docnums[-1]),
        )

    def frequency(self, fieldname: str, text: str | bytes) -> int:
        """Count the occurrences of a term; 0 for no term."""
        return self._terms_of(fieldname).frequency(self._text_to_bytes(fieldname, text))

    def doc_frequency(self, fieldname: str, text: str | bytes) -> int:
        """Count the documents that have a term; 0 for no term."""
        return self._terms_of(fieldname).doc_frequency(self._text_to_bytes(fieldname, text))

    def postings(
        self, fieldname: str, text: str | bytes, scorer: BaseScorer | None = None, **kwargs: Any
    ) -> Matcher:
        """Make a matcher of the documents that have a term and are not deleted.

        Raises:
            TermNotFound: There is no such term.
        """
        term = self._text_to_bytes(fieldname, text)
        every = self._terms_of(fieldname).postings(term)
        if not len(every.docnums):
            raise TermNotFound((fieldname, text))
        postings = every.without(self._deleted)
        if not len(postings.docnums):
            nothing: Matcher = NullMatcher()
            return nothing
        posting_format = cast("Existence | Positions", self.schema[fieldname].format)
        return PostingMatcher((fieldname, term), postings, posting_format, scorer)

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        """Tell that there are no term vectors."""
        return False

    def vector(self, docnum: int, fieldname: str, format_: object = None) -> Matcher:
        """Give no term vector.

        Raises:
            KeyError: Always.
        """
        raise KeyError(f"expected a field with term vectors, got {fieldname!r}; none has any")

    # Lengths

    def _lengths_of(self, fieldname: str) -> Any:
        """Give the number of tokens of each document; ``None`` for a field that has none."""
        terms = self._terms.get(fieldname)
        return terms.lengths if isinstance(terms, InvertedTerms) else None

    def field_length(self, fieldname: str) -> int:
        """Count the tokens of all documents in a field; 0 for a field that is not text."""
        terms = self._terms.get(fieldname)
        return terms.total_length if isinstance(terms, InvertedTerms) else 0

    def min_field_length(self, fieldname: str) -> int:
        """Count the tokens of the document that has the fewest."""
        lengths = self._lengths_of(fieldname)
        return 0 if lengths is None or not len(lengths) else int(lengths.min())

    def max_field_length(self, fieldname: str) -> int:
        """Count the tokens of the document that has the most."""
        lengths = self._lengths_of(fieldname)
        return 0 if lengths is None else int(lengths.max(initial=0))

    def mean_field_length(self, fieldname: str) -> float:
        """Compute the mean length of the documents that have a text field; at least 1."""
        lengths = self._lengths_of(fieldname)
        having = 0 if lengths is None else int(np.count_nonzero(lengths))
        return max(self.field_length(fieldname) / max(having, 1), 1.0)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Count the tokens of a document, or give a default for a field that is not text."""
        if not isinstance(self._markers[fieldname], Text):
            return default
        return int(self._lengths_of(fieldname)[docnum])

    # Columns

    def has_column(self, fieldname: str) -> bool:
        """Tell whether Whoosh can sort by a column: for sortable dates and numbers.

        It sorts and groups by other fields too, by way of their terms.
        """
        return fieldname in self._terms and bool(self.schema[fieldname].column_type)

    def column_reader(
        self,
        fieldname: str,
        column: object = None,
        reverse: bool = False,
        translate: bool = True,
    ) -> ColumnReader:
        """Open a column.

        Args:
            fieldname: A field that has one.
            column: Not looked at: there is but one way to store a column.
            reverse: Whether to sort in descending order.
            translate: Whether to give numbers and dates instead of what they are sorted by.

        Raises:
            KeyError: The field has no column.
        """
        if not self.has_column(fieldname):
            raise KeyError(f"expected a sortable date or number field, got {fieldname!r}")
        field = cast("NUMERIC", self.schema[fieldname])
        if fieldname not in self._columns:
            readers = [segment.reader for segment in self._snapshot.segments]
            self._columns[fieldname] = ColumnKeys.of(field, numbers_of_all(fieldname, readers))
        reader = NumberColumnReader(self._columns[fieldname])
        if reverse:
            reader.set_reverse()
        return TranslatingColumnReader(reader, field.from_column_value) if translate else reader


def _stored_schema(schema: DocumentSchema) -> Schema:
    """Make the Whoosh schema with all fields stored, as they are: Whoosh asks before it reads.

    Numbers have terms of each precision, so that a range is made of some hundred terms at most,
    and not of thousands.
    """
    stored = Schema()
    for name, field in schema.whoosh.items():
        own = copy.copy(field)
        own.stored = True
        if isinstance(own, NUMERIC):
            own.shift_step = 1
        stored.add(name, own)
    return stored


class _Versions:
    """What Whoosh's searcher asks for later commits, in the place of an index of Whoosh's.

    That would make a reader of parts of the one before, which then shows documents twice.
    """

    def __init__(self, newest: Callable[[], IndexReader]) -> None:
        self._newest = newest

    def latest_generation(self) -> int | None:
        """Give the last commit."""
        return self._newest().generation()

    def reader(self, reuse: object = None) -> IndexReader:
        """Open a reader on the last commit."""
        return self._newest()


class _ExactSearcher(Searcher):
    """Whoosh's searcher, whose collectors count all hits.

    By themselves they leave out a part of a disjunction, once its scores alone can't reach the
    ten best, and with it the documents that match nothing else.
    """

    def correct_query(self, q: Any, qstring: str, *args: Any, **kwargs: Any) -> Any:
        """Correct a query that a parser of Whoosh's has made, as Whoosh does.

        Raises:
            QueryError: It was made by hand, so that its words have no places in the string.
        """
        try:
            return super().correct_query(q, qstring, *args, **kwargs)  # type: ignore[no-untyped-call]
        except TypeError:
            if all(leaf.startchar is not None for leaf in q.leaves()):
                raise
            raise QueryError(
                f"expected a query that Whoosh's parser has made of the string, got {q!r:.80}; "
                "write index.suggest(...), or searcher.correct_query(QueryParser(..., "
                "index.schema.whoosh).parse(...), ...)"
            ) from None

    def collector(self, *args: Any, **kwargs: Any) -> Any:
        """Make a collector, as :class:`whoosh.searching.Searcher` does."""
        outermost = collector = super().collector(*args, **kwargs)  # type: ignore[no-untyped-call]
        while hasattr(collector, "child"):
            collector = collector.child
        collector.replace = 0
        return outermost


def whoosh_searcher(
    reader: IndexReader,
    newest: Callable[[], IndexReader] | None = None,
    weighting: WeightingModel | type[WeightingModel] | None = None,
) -> Searcher:
    """Make a Whoosh searcher that scores as searchlib does.

    Threads may share it, but not what it returns.

    Args:
        reader: What it searches.
        newest: Opens a reader on the last commit, the same one again if there was none since.
            Without it, ``up_to_date()`` and ``refresh()`` of the searcher raise ``ValueError``.
        weighting: How Whoosh shall score, if not as searchlib does.
    """
    versions = None if newest is None else _Versions(newest)
    scored_by = weighting or BM25(getattr(reader, "scoring", None))
    return _ExactSearcher(reader, weighting=scored_by, fromindex=versions)
