"""Invented reports, an index of them, and queries to ask both it and Whoosh."""
# ruff: noqa: SIM905 - a list of words is easier to read and to change as text

from __future__ import annotations

import random
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BaseModel, Field, JsonValue
from whoosh import query as q
from whoosh.util.times import datetime_to_long

from searchlib.analysis.batch import BatchAnalyzer
from searchlib.schema.markers import Date, Key, Keyword, Number, Stored, Text
from searchlib.schema.models import DocumentSchema, FieldSpec
from searchlib.schema.values import indexed_time, label_term
from searchlib.segment.contents import InvertedField, NumberColumn, SegmentContents
from searchlib.segment.inversion import invert, invert_labels
from searchlib.segment.writer import write_segment
from searchlib.storage import IndexDirectory, SegmentEntry
from searchlib.storage.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from whoosh.searching import Searcher


class Report(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2.0)] = ""
    body: Annotated[str | None, Text()] = None
    notes: Annotated[list[str], Text(language=None)] = Field(default_factory=list)
    published: Annotated[date | None, Date(sortable=True)] = None
    filed: Annotated[datetime | None, Date()] = None
    tags: Annotated[list[str], Keyword(facet=True)] = Field(default_factory=list)
    place: Annotated[str | None, Keyword(lowercase=False)] = None
    urgent: Annotated[bool | None, Keyword()] = None
    size: Annotated[int | None, Number(sortable=True)] = None
    ratio: Annotated[float | None, Number(sortable=True)] = None
    parts: Annotated[int | None, Number()] = None
    extra: Annotated[dict[str, JsonValue], Stored()] = Field(default_factory=dict)


SCHEMA = DocumentSchema.of(Report)

WORDS = (
    "nato peace talks talk talking treaty treaties market markets marketing oil prices price "
    "president presidents café résumé naïve the of and to be or not summit summits minister bank "
    "banks banking strike strikes u.s 3.5 москва 東京 zebra"
).split()
TAGS = ["Politics", "Markets", "Sports", "World news", "Ärzte"]
PLACES = ["Paris", "paris", "London", "New York"]


def make_reports(count: int, seed: int) -> list[Report]:
    rng = random.Random(seed)

    def text(most: int) -> str:
        weights = [1 / (rank + 1) for rank in range(len(WORDS))]
        return " ".join(rng.choices(WORDS, weights, k=rng.randint(0, most)))

    def perhaps(value: Any) -> Any:
        return None if rng.random() < 0.2 else value

    return [
        Report(
            id=f"r{number:03}",
            title=text(6),
            body=perhaps(text(40)),
            notes=[text(5) for _ in range(rng.randint(0, 3))],
            published=perhaps(date(2020, 1, 1 + rng.randint(0, 20))),
            filed=perhaps(datetime(2019 + rng.randint(0, 2), 5, 1, rng.randint(0, 23), 30, 0, 7)),
            tags=rng.sample(TAGS, rng.randint(0, 3)),
            place=perhaps(rng.choice(PLACES)),
            urgent=perhaps(rng.random() < 0.5),
            size=perhaps(rng.choice([0, -5, 7, 4096, 2**62, -(2**63), rng.randint(0, 3000)])),
            ratio=perhaps(rng.choice([0.0, -1.5, 1e300, rng.random()])),
            parts=perhaps(rng.randint(1, 4)),
            extra={"number": number},
        )
        for number in range(count)
    ]


def make_snapshot(
    path: Path,
    schema: DocumentSchema,
    batches: Sequence[Sequence[BaseModel]],
    deleted: Collection[str] = (),
) -> Snapshot:
    """Commit each batch as a segment."""
    directory = IndexDirectory.create(path, schema.to_json())
    entries = []
    with directory.writer() as writer:
        for documents in batches:
            info = write_segment(path / writer.new_segment_name(), contents(schema, documents))
            entry = SegmentEntry(info.name, info.doc_count, info.size, info.checksum)
            gone = [getattr(document, schema.key.name) in deleted for document in documents]
            entries.append(writer.write_deletions(entry, np.array(gone)) if any(gone) else entry)
        writer.commit(entries)
    return Snapshot.open(directory)


def contents(schema: DocumentSchema, documents: Sequence[BaseModel]) -> SegmentContents:
    inverted: dict[str, InvertedField] = {}
    numbers: dict[str, NumberColumn] = {}
    for name, spec in schema.fields.items():
        values = [getattr(document, name) for document in documents]
        match spec.marker:
            case Text(language=language):
                analyzer = BatchAnalyzer(language)
                inverted[name] = invert([analyzer.analyze(values)], analyzer.vocabulary)
            case Key() | Keyword():
                inverted[name] = invert_labels([label_terms(spec, value) for value in values])
            case Date():
                moments = [None if day is None else indexed_time(day) for day in values]
                numbers[name] = column(
                    [None if day is None else datetime_to_long(day) for day in moments], "int64"
                )
            case Number():
                numbers[name] = column(values, "float64" if spec.kind == "float" else "int64")
    stored = [schema.store(document) for document in documents]
    return SegmentContents(len(documents), inverted, numbers, stored)


def label_terms(spec: FieldSpec, value: Any) -> list[str]:
    if value is None:
        return []
    lowercase = isinstance(spec.marker, Keyword) and spec.marker.lowercase
    return [label_term(label, lowercase) for label in (value if spec.many else [value])]


def column(values: Sequence[float | None], dtype: str) -> NumberColumn:
    present = np.array([value is not None for value in values], bool)
    return NumberColumn(np.array([0 if one is None else one for one in values], dtype), present)


REPORTS = make_reports(90, seed=7)
DELETED = {report.id for report in REPORTS[3::9]} | {
    report.id for report in REPORTS if "zebra" in f"{report.title} {report.body} {report.notes}"
}


def T(word: str, field: str = "body", boost: float = 1.0) -> q.Query:  # noqa: N802
    return q.Term(field, word, boost=boost)


PEACE, TALK, OIL = T("peac"), T("talk"), T("oil")
DAY = datetime(2020, 1, 5)


def hits(searcher: Searcher, query: q.Query, **how: Any) -> dict[str, Any]:
    """Find the keys of all hits, and their scores."""
    found = searcher.search(query, limit=None, **how)
    return {hit["id"]: hit.score for hit in found}
