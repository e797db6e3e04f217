"""Small archives to search: as documents, and as segments on disk."""

from __future__ import annotations

import json
import random
from datetime import datetime  # noqa: TC003 - pydantic reads the annotation
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import BaseModel

from searchlib.analysis.batch import BatchAnalyzer
from searchlib.schema.markers import Date, Key, Keyword, Number, Text
from searchlib.schema.models import DocumentSchema
from searchlib.search.searcher import Searcher
from searchlib.segment.contents import NumberColumn, SegmentContents
from searchlib.segment.inversion import invert, invert_labels
from searchlib.segment.reader import SegmentReader
from searchlib.segment.writer import write_segment
from searchlib.storage import SegmentEntry, names
from searchlib.storage.snapshot import OpenSegment, Snapshot
from searchlib.whoosh_compat.queries import from_whoosh
from tests.search.brute_force import BruteForce, Document

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from whoosh import query as q

    from searchlib.arrays import Int64Array
    from searchlib.search.matcher import TopDocs
    from searchlib.search.order import Order


class Item(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(boost=2.0, language=None)] = ""
    body: Annotated[str, Text(language=None)] = ""
    tags: Annotated[list[str], Keyword()] = []
    day: Annotated[datetime | None, Date()] = None
    weight: Annotated[float | None, Number()] = None


WORDS = (
    *"a b c d ab abc abd abcd bcd bc cab dab talk talks talking taks tlak".split(),  # noqa: SIM905
    *("ж", "жa", "日", "bж", "aжb", "x" * 70),
)
TAGS = ("red", "green", "blue", "a", "ab", "ж")
DAYS = (0, 1, 5, 63_000_000_000_000_000, 63_000_000_000_000_001, 2**63 - 1, -(2**63))


def some_documents(count: int, seed: int, length: int = 12) -> list[Document]:
    rng = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]

    def words(most: int) -> tuple[str, ...]:
        return tuple(rng.choices(WORDS, weights, k=rng.randint(0, most)))

    return [
        Document(
            id=f"{seed}-{number}",
            title=words(4),
            body=words(length),
            tags=frozenset(rng.sample(TAGS, rng.randint(0, 3))),
            day=rng.choice([None, *DAYS]),
            weight=rng.choice([None, -1.5, 0.0, 0.5, 2.0, float("inf"), float("nan")]),
        )
        for number in range(count)
    ]


class Archive:
    """Documents in segments, some of them deleted, and the plain way to search them.

    Args:
        folder: Where the segments go.
        batches: The documents of each segment.
        deleted: Their numbers in the whole.
    """

    def __init__(
        self, folder: Path, batches: Sequence[Sequence[Document]], deleted: Collection[int] = ()
    ) -> None:
        documents = [document for batch in batches for document in batch]
        gone = np.zeros(len(documents), np.bool_)
        gone[list(deleted)] = True
        segments, first = [], 0
        for number, batch in enumerate(batches):
            path = folder / f"s{number + 1:08x}.segment"
            info = write_segment(path, contents_of(batch))
            mask = gone[first : first + len(batch)]
            entry = SegmentEntry(names.new_segment(1), info.doc_count, info.size, 0)
            segments.append(OpenSegment(entry, SegmentReader(path), mask if mask.any() else None))
            first += len(batch)
        self.snapshot = Snapshot(1, segments)
        self.schema = DocumentSchema.of(Item)
        self.brute_force = BruteForce(documents, frozenset(deleted))
        self.documents = documents


def contents_of(documents: Sequence[Document]) -> SegmentContents:
    analyzer = BatchAnalyzer(None)
    inverted = {
        name: invert(
            [analyzer.analyze([" ".join(document.terms(name)) for document in documents])],
            analyzer.vocabulary,
        )
        for name in ("title", "body")
    }
    inverted["id"] = invert_labels([document.id for document in documents])
    inverted["tags"] = invert_labels([sorted(document.tags) for document in documents])
    numbers = {
        "day": column([document.day for document in documents], "int64"),
        "weight": column([document.weight for document in documents], "float64"),
    }
    stored = [json.dumps(values_of(document)).encode() for document in documents]
    return SegmentContents(len(documents), inverted, numbers, stored)


def values_of(document: Document) -> dict[str, str]:
    return {
        "id": document.id,
        "title": " ".join(document.title),
        "body": " ".join(document.body),
    }


def column(values: Sequence[float | None], dtype: str) -> NumberColumn:
    present = np.array([value is not None for value in values], np.bool_)
    return NumberColumn(np.array([0 if one is None else one for one in values], dtype), present)


class WhooshExecutor(Searcher):
    """An executor that takes query objects of Whoosh's, which hold terms as the index has them."""

    def top(  # type: ignore[override]
        self,
        query: q.Query,
        k: int,
        filter: q.Query | None = None,  # noqa: A002
        sort: Order = (),
    ) -> TopDocs:
        conditions = [] if filter is None else [from_whoosh(filter, self._schema)]
        return super().top(from_whoosh(query, self._schema), k, conditions, sort)

    def matching(self, query: q.Query) -> Int64Array:  # type: ignore[override]
        return super().matching(from_whoosh(query, self._schema))
