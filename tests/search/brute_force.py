"""What a query should find, worked out document by document in the plainest way."""

from __future__ import annotations

import fnmatch
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from whoosh import query as q
from whoosh.lang.morph_en import variations
from whoosh.support.levenshtein import damerau_levenshtein

if TYPE_CHECKING:
    from collections.abc import Sequence

K1, B = 1.2, 0.75

TEXTS = ("title", "body")
LABELS = ("id", "tags")
NUMBERS = ("day", "weight")


@dataclass(frozen=True)
class Document:
    """Words by position, labels and numbers, as they are indexed."""

    id: str
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    day: int | None = None
    weight: float | None = None

    def terms(self, name: str) -> list[str]:
        if name == "id":
            return [self.id]
        if name in ("title", "body", "tags"):
            return list(getattr(self, name))
        return []


@dataclass
class BruteForce:
    """Scores documents by the definitions of docs/scoring.md."""

    documents: Sequence[Document]
    deleted: frozenset[int] = frozenset()
    _frequencies: dict[tuple[str, str], int] = field(default_factory=dict)
    _averages: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        lengths = {name: [len(doc.terms(name)) for doc in self.documents] for name in TEXTS}
        self._averages = {name: sum(of) / max(len(of), 1) for name, of in lengths.items()}

    def ranking(self, query: q.Query) -> list[tuple[int, float]]:
        """Give the docnums and scores of all documents that match, best first."""
        found = [
            (docnum, score)
            for docnum, document in enumerate(self.documents)
            if docnum not in self.deleted
            for score in [self.score(query, document)]
            if score is not None
        ]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def idf(self, name: str, term: str) -> float:
        key = (name, term)
        if key not in self._frequencies:
            self._frequencies[key] = sum(term in doc.terms(name) for doc in self.documents)
        frequency = self._frequencies[key]
        return math.log(1 + (len(self.documents) - frequency + 0.5) / (frequency + 0.5))

    def bm25(self, name: str, idf: float, frequency: int, document: Document) -> float:
        norm = K1 * (1 - B + B * len(document.terms(name)) / self._averages[name])
        return idf * frequency * (K1 + 1) / (frequency + norm)

    def score(self, query: q.Query, doc: Document, boost: float = 1.0) -> float | None:
        """Give the score of a document, or ``None`` if it does not match."""
        boost *= getattr(query, "boost", 1.0)
        match query:
            case q.Term():
                return self._term(query, doc, boost)
            case q.Variations():
                forms = [q.Term(query.fieldname, form) for form in variations(query.text)]
                return self.score(q.Or(forms), doc, boost)
            case q.Phrase():
                return self._phrase(query, doc, boost)
            case q.Not():
                return 0.0 if self.score(query.query, doc) is None else None
            case q.AndNot():
                return None if self.matches(query.b, doc) else self.score(query.a, doc, boost)
            case q.Require():
                return self.score(query.a, doc, boost) if self.matches(query.b, doc) else None
            case q.AndMaybe():
                score = self.score(query.a, doc, boost)
                return None if score is None else score + (self.score(query.b, doc, boost) or 0)
            case q.ConstantScoreQuery():
                return boost * query.score if self.matches(query.child, doc) else None
            case q.And():
                scores = [self.score(part, doc, boost) for part in query.subqueries]
                return None if None in scores or not scores else sum(filter(None, scores))
            case q.Or():
                scores = [self.score(part, doc, boost) for part in query.subqueries]
                found = [score for score in scores if score is not None]
                return sum(found) if found else None
            case q.DisjunctionMax():
                scores = [self.score(part, doc) for part in query.subqueries]
                found = [score for score in scores if score is not None]
                if not found:
                    return None
                return boost * (max(found) + query.tiebreak * (sum(found) - max(found)))
            case q.Every():
                name = query.fieldname
                has = name is None or doc.terms(name) or getattr(doc, name, None) is not None
                return boost if has and (name in (None, *NUMBERS) or doc.terms(name)) else None
            case q.NumericRange() | q.DateRange():
                return self._range(query, doc, boost)
            case _ if query == q.NullQuery:
                return None
            case _:
                name = str(query.field())
                return boost if any(map(term_test(query), doc.terms(name))) else None

    def matches(self, query: q.Query, doc: Document) -> bool:
        return self.score(query, doc) is not None

    def _term(self, query: q.Term, doc: Document, boost: float) -> float | None:
        name = query.fieldname
        if name in NUMBERS:
            value = getattr(doc, name)
            return boost if value is not None and value == query.text else None
        frequency = doc.terms(name).count(query.text)
        if not frequency:
            return None
        idf = self.idf(name, query.text)
        return boost * (self.bm25(name, idf, frequency, doc) if name in TEXTS else idf)

    def _phrase(self, query: q.Phrase, doc: Document, boost: float) -> float | None:
        words = doc.terms(query.fieldname)
        ends = [place for place, word in enumerate(words) if word == query.words[0]]
        for word in query.words[1:]:
            ends = [
                place
                for place, other in enumerate(words)
                if other == word and any(0 < place - end <= query.slop for end in ends)
            ]
        if not ends:
            return None
        idf = sum(self.idf(query.fieldname, word) for word in query.words)
        return boost * self.bm25(query.fieldname, idf, len(ends), doc)

    def _range(self, query: q.NumericRange, doc: Document, boost: float) -> float | None:
        value = getattr(doc, query.fieldname)
        if value is None or value != value:
            return None
        low, high = query.start, query.end
        above = low is None or (value > low if query.startexcl else value >= low)
        below = high is None or (value < high if query.endexcl else value <= high)
        return boost if above and below else None


def term_test(query: Any) -> Any:
    """Make the function that tells whether a query of many terms stands for a term."""
    text = str(getattr(query, "text", ""))
    match query:
        case q.Prefix():
            return lambda term: term.startswith(text)
        case q.Wildcard():
            return lambda term: fnmatch.fnmatchcase(term, text)
        case q.Regex():
            return lambda term: re.match(text, term) is not None
        case q.FuzzyTerm():
            length = query.prefixlength
            return lambda term: (
                term.startswith(text[:length]) and damerau(term, text) <= query.maxdist
            )
        case q.Variations():
            return variations(text).__contains__
        case q.TermRange():
            return lambda term: (
                (query.start is None or term > query.start
                 or (term == query.start and not query.startexcl))
                and (query.end is None or term < query.end
                     or (term == query.end and not query.endexcl))
            )  # fmt: skip
        case _:
            raise AssertionError(query)


def damerau(first: str, second: str) -> int:
    """Count edits; Whoosh's function does not know the empty word."""
    if not first or not second:
        return len(first) + len(second)
    return int(damerau_levenshtein(first, second))
