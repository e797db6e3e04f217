"""What a query should find, worked out document by document in the plainest way."""

from __future__ import annotations

import fnmatch
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from whoosh import query as q
from whoosh.lang.morph_en import variations
from whoosh.support.levenshtein import damerau_levenshtein

if TYPE_CHECKING:
    from collections.abc import Sequence

K1, B, K3, BURST = 1.2, 0.6, 8.0, 0.5

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
    k1: float = K1
    b: float = B
    k3: float = K3
    burst: float = BURST
    _frequencies: dict[tuple[tuple[str, ...], str], tuple[int, int]] = field(default_factory=dict)
    _averages: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        lengths = {name: [len(doc.terms(name)) for doc in self.documents] for name in TEXTS}
        self._averages = {
            name: sum(of) / max(sum(length > 0 for length in of), 1) for name, of in lengths.items()
        }

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

    def frequencies(self, names: tuple[str, ...], term: str) -> tuple[int, int]:
        """Count the documents that have a term in any of some fields, and its occurrences."""
        key = (names, term)
        if key not in self._frequencies:
            counts = [sum(doc.terms(name).count(term) for name in names) for doc in self.documents]
            self._frequencies[key] = sum(count > 0 for count in counts), sum(counts)
        return self._frequencies[key]

    def idf(self, names: tuple[str, ...], term: str) -> float:
        df, _ = self.frequencies(names, term)
        return math.log(1 + (len(self.documents) - df + 0.5) / (df + 0.5))

    def weighted(self, name: str, frequency: int, document: Document) -> float:
        """Weigh occurrences in a field by its length."""
        relative = len(document.terms(name)) / self._averages[name] if frequency else 1
        return frequency / (1 - self.b + self.b * relative)

    def saturated(self, x: float) -> float:
        return (self.k1 + 1) * x / (self.k1 + x)

    def word(self, fields: dict[str, float], term: str, doc: Document, count: int) -> float | None:
        """Score a word of text fields that have these boosts, and that the query has so often."""
        x = sum(
            boost * self.weighted(name, doc.terms(name).count(term), doc)
            for name, boost in fields.items()
        )
        if not x:
            return None
        df, cf = self.frequencies(tuple(fields), term)
        bursts: float = ((cf + 1) / (df + 1)) ** self.burst
        repeated = (self.k3 + 1) * count / (self.k3 + count)
        return repeated * self.idf(tuple(fields), term) * bursts * self.saturated(x)

    def score(self, query: q.Query, doc: Document, boost: float = 1.0) -> float | None:
        """Give the score of a document, or ``None`` if it does not match."""
        boost *= getattr(query, "boost", 1.0)
        match query:
            case q.Term():
                return self._term(query, doc, boost)
            case q.Variations():
                forms = [q.Term(query.fieldname, form) for form in variations(query.text)]
                return self.score(q.Or(forms), doc, boost)
            case q.Phrase() if len(query.words) == 1:
                return self._term(as_word(query), doc, boost)
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
                scores = self._members(query, doc, boost)
                return None if None in scores or not scores else sum(filter(None, scores))
            case q.Or():
                scores = self._members(query, doc, boost)
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

    def _term(self, query: q.Term, doc: Document, boost: float, count: int = 1) -> float | None:
        name = query.fieldname
        if name in NUMBERS:
            value = getattr(doc, name)
            return boost if value is not None and value == query.text else None
        if name in TEXTS:
            score = self.word({name: 1.0}, query.text, doc, count)
            return None if score is None else boost * score
        return boost * self.idf((name,), query.text) if query.text in doc.terms(name) else None

    def _members(self, group: Any, doc: Document, boost: float) -> list[float | None]:
        """Score the parts of a group; equal words of texts side by side are one."""
        parts = list(map(as_word, group.subqueries))
        words = [part for part in parts if isinstance(part, q.Term)]
        counts = Counter((word.fieldname, word.text, word.boost) for word in words)
        scores = [
            self.score(part, doc, boost)
            for part in parts
            if not (isinstance(part, q.Term) and part.fieldname in TEXTS)
        ]
        for (name, text, factor), count in counts.items():
            if name in TEXTS:
                scores.append(self._term(q.Term(name, text), doc, boost * factor, count))
        return scores

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
        idf = sum(self.idf((query.fieldname,), word) for word in query.words)
        return boost * idf * self.saturated(self.weighted(query.fieldname, len(ends), doc))

    def _range(self, query: q.NumericRange, doc: Document, boost: float) -> float | None:
        value = getattr(doc, query.fieldname)
        if value is None or value != value:
            return None
        low, high = query.start, query.end
        above = low is None or (value > low if query.startexcl else value >= low)
        below = high is None or (value < high if query.endexcl else value <= high)
        return boost if above and below else None


def as_word(query: Any) -> Any:
    """Make a word of a phrase of one word."""
    if isinstance(query, q.Phrase) and len(query.words) == 1:
        return q.Term(query.fieldname, query.words[0], query.boost)
    return query


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
