"""Where in a text is what the query asked for? Stored text and query to snippets.

The text is analysed again, as it was when it was indexed, so nothing is kept on disk for snippets.
A :class:`Highlighter` is made once for a query and a field: it knows which terms count there, which
only as part of a phrase, and which by a pattern.
"""

from __future__ import annotations

import fnmatch
import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from whoosh.query import (
    AndNot,
    FuzzyTerm,
    Not,
    Phrase,
    Prefix,
    Query,
    Regex,
    Term,
    TermRange,
    Wildcard,
)
from whoosh.query.terms import MultiTerm
from whoosh.support.levenshtein import damerau_levenshtein

from searchlib.analysis import TOKEN_PATTERN, normalizer

Span = tuple[int, int]
"""Start and end of a piece of text, in characters."""

TermTest = Callable[[str], bool]

_SENTENCE_END: Final = re.compile(
    r"""(?<![.\s][A-Z])                     # not after an initial: "U.S.", "J."
        (?<!\b(?:Mr|Ms|Dr|St|Lt|No|vs))(?<!\b(?:Mrs|Gen|Sen|Rep|Gov|Col|Sgt|Rev|Hon|Inc|Ltd|Jan|
        Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec))(?<!\b(?:Prof|Capt|Sept))
        [.!?…]["'”’)\]]*\s+(?=["'“‘(\[]*[^\W_a-z]) | \n\s*\n\s* | (?<=[。！？।۔؟])\s*
    """,
    re.VERBOSE,
)
_WORD_BREAK: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SnippetOptions:
    """How snippets look.

    Attributes:
        max_chars: How long the text of a snippet may be; at least 20. A title stays whole up to
            this length.
        before: What stands before a mark in the html.
        after: What stands after a mark in the html.
        ellipsis: What stands where text was left out.
    """

    max_chars: int = 240
    before: str = "<mark>"
    after: str = "</mark>"
    ellipsis: str = "…"

    def __post_init__(self) -> None:
        if self.max_chars < 20:
            raise ValueError(f"expected snippets of at least 20 characters, got {self.max_chars}")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of a field's text, with what the query asked for marked.

    Attributes:
        html: The passage with marks; everything else in it is escaped.
        text: The passage as plain text.
        spans: The marks: start and end in ``text``, in characters, ascending.
    """

    html: str
    text: str
    spans: tuple[Span, ...]


class Highlighter:
    """Finds and marks in the texts of one field what one query asked for."""

    def __init__(self, query: Query, field: str, language: str | None) -> None:
        self._term_of = lru_cache(maxsize=20_000)(normalizer(language))
        self._terms: set[str] = set()
        self._tests: list[TermTest] = []
        self._phrases: list[Phrase] = []
        for leaf in _positive_leaves(query):
            if leaf.field() == field:
                self._learn(leaf)

    def _learn(self, leaf: Query) -> None:
        if isinstance(leaf, Phrase):
            self._phrases.append(leaf)
        elif isinstance(leaf, MultiTerm):
            test = _term_test(leaf)
            if test is not None:
                self._tests.append(test)
        elif isinstance(leaf, Term):
            self._terms.add(str(leaf.text))

    def snippet(self, text: str, options: SnippetOptions) -> Snippet:
        """Choose the passage of a text that shows best why it was found, and mark it.

        Where nothing was found in the text, the snippet is its beginning.
        """
        spans, terms = self._matches(text)
        start, end = _best_passage(text, spans, terms, options.max_chars)
        return _cut(text, start, end, spans, options)

    def _matches(self, text: str) -> tuple[list[Span], list[str]]:
        """Find what is to be marked, and the term that each mark stands for."""
        words = [(match.start(), match.end()) for match in _token_pattern().finditer(text)]
        terms = [self._term_of(text[start:end]) for start, end in words]
        hits = {i for i, term in enumerate(terms) if term in self._terms or self._passes(term)}
        spans = {words[i]: terms[i] for i in hits}
        for phrase in self._phrases:
            for first, *rest in _occurrences(phrase, terms):
                if phrase.slop == 1:  # one mark, from the first word to the last
                    spans[words[first][0], words[[first, *rest][-1]][1]] = " ".join(phrase.words)
                else:
                    spans.update({words[i]: terms[i] for i in (first, *rest)})
        return _disjoint(spans)

    def _passes(self, term: str) -> bool:
        return any(test(term) for test in self._tests)


@lru_cache(maxsize=1)
def _token_pattern() -> re.Pattern[str]:
    return re.compile(TOKEN_PATTERN)


def _positive_leaves(query: Query) -> Iterator[Query]:
    """Find the parts of a query that a hit can match: not those it must not."""
    if isinstance(query, Not):
        return
    if isinstance(query, AndNot):
        yield from _positive_leaves(query.a)
    elif query.is_leaf():
        yield query
    else:
        for child in query.children():
            yield from _positive_leaves(child)


def _term_test(query: MultiTerm) -> TermTest | None:
    """Make the test whether a term is one of those that a pattern stands for."""
    match query:
        case Prefix(text=prefix):
            return lambda term: term.startswith(prefix)
        case Wildcard(text=pattern):
            matches = re.compile(fnmatch.translate(pattern)).match
            return lambda term: matches(term) is not None
        case Regex(text=pattern):
            expression = re.compile(pattern)
            return lambda term: expression.match(term) is not None
        case FuzzyTerm(text=wanted, maxdist=limit, prefixlength=kept):
            return lambda term: (
                term[:kept] == wanted[:kept]
                and damerau_levenshtein(wanted, term, limit=limit) <= limit
            )
        case TermRange(start=low, end=high):
            return lambda term: (low is None or term >= low) and (high is None or term <= high)
        case _:
            return None


def _occurrences(phrase: Phrase, terms: list[str]) -> Iterator[tuple[int, ...]]:
    """Find the places of a phrase: each word at most ``slop`` places after the one before."""
    first, *rest = phrase.words
    for start, term in enumerate(terms):
        if term != first:
            continue
        places = [start]
        for word in rest:
            window = terms[places[-1] + 1 : places[-1] + 1 + phrase.slop]
            if word not in window:
                break
            places.append(places[-1] + 1 + window.index(word))
        else:
            yield tuple(places)


def _disjoint(spans: dict[Span, str]) -> tuple[list[Span], list[str]]:
    """Leave out marks that overlap an earlier, longer one."""
    kept: list[Span] = []
    terms: list[str] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
            terms.append(spans[start, end])
    return kept, terms


def _best_passage(text: str, spans: list[Span], terms: list[str], max_chars: int) -> Span:
    """Choose the run of sentences that holds most different terms, the earliest among equals."""
    if len(text) <= max_chars:
        return 0, len(text)
    best, best_score = (0, min(len(text), max_chars)), -1.0
    sentences = _sentences(text)
    mark = 0
    for i, (start, sentence_end) in enumerate(sentences):
        while mark < len(spans) and spans[mark][0] < start:
            mark += 1
        if spans and (mark == len(spans) or spans[mark][0] >= sentence_end):
            continue  # a passage begins with a sentence that has a mark
        end = _fill(sentences, i, max_chars)
        last = bisect_right(spans, end, lo=mark, key=lambda span: span[1])
        score = len(set(terms[mark:last])) + 0.1 * min(last - mark, 5)
        if score > best_score:
            best, best_score = (start, end), score
        if not spans:
            break
    return _within_words(text, *best, spans, max_chars)


def _sentences(text: str) -> list[Span]:
    """Split a text into sentences: a dot after an abbreviation or an initial ends none."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    bounds = [0, *ends, len(text)]
    return [(a, b) for a, b in pairwise(bounds) if a < b]


def _fill(sentences: Sequence[Span], first: int, max_chars: int) -> int:
    """Find the end of as many sentences as fit; of the first in any case."""
    start, end = sentences[first]
    for _, further in sentences[first + 1 :]:
        if further - start > max_chars:
            break
        end = further
    return end


def _within_words(text: str, start: int, end: int, spans: list[Span], max_chars: int) -> Span:
    """Cut a passage that is too long around its first mark, between words."""
    if end - start <= max_chars:
        return start, end
    marks = [span for span in spans if start <= span[0] < end]
    if marks and marks[0][1] - start > max_chars:
        wanted = max(start, marks[0][0] - max_chars // 3)
        gap = _WORD_BREAK.search(text, wanted, marks[0][0])
        start = gap.end() if gap else marks[0][0]
    end = min(end, start + max_chars)
    if end < len(text) and not text[end].isspace():
        cut = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
        end = cut if cut > start else end
    return start, end


def _cut(text: str, start: int, end: int, spans: list[Span], options: SnippetOptions) -> Snippet:
    """Write the passage as plain text and as html, with an ellipsis where text was left out."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    lead = options.ellipsis if start > 0 else ""
    tail = options.ellipsis if end < len(text.rstrip()) else ""
    passage = lead + text[start:end] + tail
    shift = len(lead) - start
    inside = tuple((a + shift, b + shift) for a, b in spans if start <= a and b <= end)
    return Snippet(_mark(passage, inside, options), passage, inside)


def _mark(text: str, spans: Sequence[Span], options: SnippetOptions) -> str:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [html.escape(text[at:start]), options.before, html.escape(text[start:end])]
        pieces.append(options.after)
        at = end
    pieces.append(html.escape(text[at:]))
    return "".join(pieces)
