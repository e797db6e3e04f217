from collections.abc import Sequence

from searchlib.arrays import BoolArray, Float64Array, Int64Array, NumberArray
from searchlib.postings.finding import FieldPlace
from searchlib.postings.matching import (
    FieldPostings,
    Place,
    Plan,
    SegmentPostings,
)
from searchlib.postings.phrases import PhraseWord

class WordPostings:
    collection_frequency: int
    doc_frequency: int
    placed: Sequence[tuple[int, SegmentPostings]]
    size: int

    def __init__(self, fields: Sequence[FieldPostings], k1: float, b: float) -> None: ...
    def mark(self, marked: BoolArray) -> None: ...

class WordFinder:
    places: list[FieldPlace]

    def __init__(self, places: Sequence[FieldPlace], k1: float, b: float) -> None: ...
    def find(self, terms: Sequence[bytes]) -> WordPostings: ...
    def phrase(self, words: Sequence[WordPostings], at: Sequence[int]) -> WordPostings: ...

def all_documents(plan: Plan, starts: Int64Array) -> tuple[Int64Array, Float64Array]: ...
def listed_documents(plan: Plan, starts: Int64Array) -> tuple[Int64Array, Float64Array]: ...
def best_documents(
    plan: Plan, starts: Int64Array, k: int
) -> tuple[Int64Array, Float64Array, int]: ...
def ordered_documents(
    plan: Plan,
    starts: Int64Array,
    k: int,
    keys: Int64Array | None,
    after: Place | None,
    *,
    scored: bool = False,
) -> tuple[Int64Array, Float64Array, int, int]: ...
def phrase_postings(words: Sequence[PhraseWord]) -> SegmentPostings | None: ...
def occurrences_among(found: Sequence[SegmentPostings], among: BoolArray) -> Int64Array: ...

class Terms:
    def __init__(
        self, text: NumberArray, blocks: NumberArray, count: int, block: int, source: str
    ) -> None: ...
    def ceiling(self, term: bytes) -> int: ...
    def lookup(self, term: bytes) -> int | None: ...
    def matching(self, pattern: bytes, first: int, last: int) -> Int64Array: ...
    def similar(self, text: str, limit: int, first: int, last: int) -> Int64Array: ...
    def term(self, ordinal: int) -> bytes: ...

class SingleLabels:
    def __init__(self, terms: Terms, ordinals: NumberArray, source: str) -> None: ...
    def text(self, docnum: int) -> str | None: ...

class TermFinder:
    def __init__(
        self,
        terms: Terms,
        doc_count: int,
        starts: NumberArray,
        low: NumberArray | None,
        rows: NumberArray | None,
        chunk_starts: NumberArray | None,
        wide: NumberArray | None,
        token_starts: NumberArray | None,
        frequencies: tuple[NumberArray, ...] | None,
        positions: tuple[NumberArray, ...] | None,
        source: str,
    ) -> None: ...
    def find(self, term: bytes, first: int) -> SegmentPostings | None: ...
    def of_each(self, ordinals: range | Int64Array, first: int) -> list[SegmentPostings]: ...
    def mark(self, ordinals: range | Int64Array, marked: BoolArray, first: int) -> None: ...
