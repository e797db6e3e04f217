"""What did they mean who typed a query that finds little? The query with other words.

Words, labels and names of fields that an archive does not have are replaced by those most like
them, two words written as one are taken apart, and one written as two is put together. What is
proposed is chosen by what goes together: the most promising queries are tried, and their hits are
counted. So nothing is proposed that finds nothing.
"""

from __future__ import annotations

import html
import math
import re
from dataclasses import asdict
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING, Any, Final

from searchlib.analysis.terms import fold_accents
from searchlib.frozen import frozen
from searchlib.query.field_names import FieldNames
from searchlib.query.lexer import label_text, quoted
from searchlib.query.tree import Not, Phrase, Query, Term, Word
from searchlib.schema.markers import Keyword
from searchlib.search.answer import FEW_HITS
from searchlib.search.label_hints import labels_meant
from searchlib.search.misspelt import Candidate, as_split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from searchlib.query.tree import Span
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.word_index import WordIndex

_MOST_TRIED: Final = 8
_CANDIDATES: Final = 4
_MOST_WORDS: Final = 8
_COMMON: Final = 20
"""A word that is there so often is right."""
_TIMES: Final = 50
"""So many times as often must another word be there for one that is there to count as misspelt."""
_TIMES_HITS: Final = 3
"""The same for one that is not there, by the documents that its stem finds."""
_JOIN_TIMES: Final = 5
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_FIELD: Final = re.compile(r"(?<![\w:.])([^\W\d]\w*(?:\.\w+)*):(?=\S)")
_APOSTROPHES: Final = frozenset("'’")
_OPERATORS: Final = frozenset({"AND", "OR", "NOT", "NEAR", "TO", "ANDNOT", "ANDMAYBE", "REQUIRE"})


@frozen
class Suggestion:
    """Another query that may have been meant.

    Attributes:
        text: The query.
        html: The same with ``<em>`` around what is different.
        total: How many documents it finds.
    """

    text: str
    html: str
    total: int

    def to_json(self) -> dict[str, Any]:
        """Convert the suggestion to values that JSON can hold."""
        return asdict(self)


@frozen
class _Change:
    """What may stand in the place of a part of a query.

    Attributes:
        span: Where that part is.
        candidates: What may stand there, the likeliest first.
        is_name: Whether it is the name of a field.
        finds: Whether the part finds something as it was typed.
    """

    span: Span
    candidates: tuple[Candidate, ...]
    is_name: bool = False
    finds: bool = False


class Suggester:
    """Finds what a query may have meant.

    Args:
        words: The words of the archive.
        schema: Its fields.
        count: Counts the documents that a query string finds; none, if it can't be read.
        closed: Closes the quotes and brackets that are open at the end of a query string.
    """

    def __init__(
        self,
        words: WordIndex,
        schema: DocumentSchema,
        count: Callable[[str], int],
        closed: Callable[[str], str],
    ) -> None:
        self._words = words
        self._names = FieldNames(schema)
        self._schema = schema
        self._count = count
        self._closed = closed

    def suggest(self, text: str, query: Query, total: int) -> Suggestion | None:
        """Find a better query, if there is one.

        Args:
            text: The query as it was typed.
            query: What was read of it, with spans.
            total: How many documents it finds.
        """
        damaged = list(islice(self._changes(text, query), _MOST_WORDS))
        unread = any(change.is_name for change in damaged)  # then it found something else
        joined = self._joined(text, query, total)
        if joined or not damaged:
            return joined
        least = 1 if unread else max(total, 1)
        lost = [change for change in damaged if not change.finds]
        best = self._best(text, damaged, least)
        if best is None and lost and len(lost) < len(damaged):
            return self._best(text, lost, least)
        return best

    def _changes(self, text: str, query: Query) -> Iterator[_Change]:
        names = list(self._field_changes(text))
        yield from names
        taken = [change.span for change in names]
        for part in _positive_parts(query):
            if isinstance(part, Term) and part.span is not None:
                yield from self._label_changes(part, part.span)
            elif isinstance(part, Word | Phrase) and part.span is not None:
                for span in _words_in(text, part.span):
                    if not any(start <= span[0] < end for start, end in taken):
                        yield from self._word_changes(text, span)

    def _field_changes(self, text: str) -> Iterator[_Change]:
        for found in _FIELD.finditer(text):
            if found[1] not in self._schema.fields and (meant := self._names.meant(found[1])):
                yield _Change(found.span(1), (Candidate(meant, 1, 0.0, 0),), is_name=True)

    def _label_changes(self, leaf: Term, span: Span) -> Iterator[_Change]:
        spec = self._schema.fields.get(leaf.field)
        if spec is not None and isinstance(spec.marker, Keyword):
            labels = labels_meant(leaf, self._words.snapshot, spec)
            if labels:
                written = map(label_text, labels)
                yield _Change(span, tuple(Candidate(label, 1, 0.0, 0) for label in written))

    def _word_changes(self, text: str, span: Span) -> Iterator[_Change]:
        word = text[slice(*span)]
        there = self._words.known.count(word)
        if word in _OPERATORS or there >= _COMMON:
            return
        if (whole := _whole_word(text, span)) != word and self._count(whole):
            return  # letters of "covid19"
        found = [*self._candidates(text, span), *self._splits(word)]
        hits = self._count(word)
        better = [one for one in found if not (there or hits) or self._is_better(one, there, hits)]
        better.sort(key=lambda one: -one.score)
        if better:
            finds = bool(there or hits)
            yield _Change(span, tuple(better[:_CANDIDATES]), finds=finds)

    def _candidates(self, text: str, span: Span) -> list[Candidate]:
        """Find words for a misspelt one; a part of one only beside an apostrophe: "dosn't"."""
        found = self._words.misspelt.candidates(text[slice(*span)], most=_CANDIDATES)
        start, end = span
        if _APOSTROPHES.intersection((text[start - 1 : start], text[end : end + 1])):
            return found
        return [one for one in found if self._are_words(one.word)]

    def _is_better(self, one: Candidate, there: int, hits: int) -> bool:
        """Tell whether a word is meant by one that finds something.

        Args:
            one: The word that may be meant.
            there: How often the one typed is there, as it was typed.
            hits: How many documents that finds, by its stem.
        """
        if one.edits > 1:
            return False
        if there:
            return one.count >= max(_COMMON, _TIMES * there)
        return one.count >= _TIMES_HITS * hits or self._count(one.word) == hits

    def _splits(self, word: str) -> list[Candidate]:
        """Take a word apart that is two, if they follow one another anywhere."""
        count = self._words.known.count
        pairs = [(word[:place], word[place:]) for place in range(1, len(word))]
        whole = [(a, b) for a, b in pairs if min(len(a), len(b)) > 1 or a.lower() == "a"]
        whole.sort(key=lambda pair: -min(map(count, pair)))
        there = [
            f"{a} {b}"
            for a, b in whole[:2]
            if min(count(a), count(b)) >= FEW_HITS and self._are_words(a, b)
        ]
        found = [(words, self._count(quoted(words))) for words in [*self._joined_as(word), *there]]
        return [as_split(words, hits) for words, hits in found if hits]

    def _joined_as(self, word: str) -> list[str]:
        """Put the apostrophe, or a hyphen, into a word that was left out: "dont", "obrien"."""
        folded = fold_accents(word.lower())
        known = self._words.joined.of_letters(folded)
        if known is not None:
            return [known]
        count = self._words.known.count
        pairs = [(folded[:place], folded[place:]) for place in range(1, len(folded))]
        return [
            f"{a}'{b}" for a, b in pairs if count(a) and count(b) and not self._are_words(a, b)
        ][:1]

    def _are_words(self, *tokens: str) -> bool:
        """Tell whether none of some tokens is only a part of words like "doesn't"."""
        return all(self._words.joined.stands_alone(fold_accents(one.lower())) for one in tokens)

    def _best(self, text: str, changes: Sequence[_Change], least: int) -> Suggestion | None:
        """Try the likeliest combinations, and take the likeliest one by what it finds."""
        every = product(*(change.candidates for change in changes))
        likely = sorted(islice(every, 4096), key=lambda some: -sum(one.score for one in some))
        alone = len(changes) == 1 and changes[0].span == (0, len(text))
        best: tuple[float, Suggestion] | None = None
        for chosen in likely[:_MOST_TRIED]:
            made = self._made(
                text, [(c.span, one.word) for c, one in zip(changes, chosen, strict=True)]
            )
            if made.total < least:
                continue
            if alone:
                return made
            score = sum(one.score for one in chosen) + math.log(made.total)
            if best is None or score > best[0]:
                best = score, made
        return best[1] if best else None

    def _joined(self, text: str, query: Query, total: int) -> Suggestion | None:
        """Put two words together that are one, if that is far more usual."""
        words = [
            part.span
            for part in _positive_parts(query)
            if isinstance(part, Word) and part.span is not None and not part.fields
        ]
        for first, second in pairwise(words):
            left, right = text[slice(*first)], text[slice(*second)]
            between = text[first[1] : second[0]]
            if between.strip() or not between or not (left + right).isalpha():
                continue
            there = self._words.known.count(left + right)
            if there >= FEW_HITS and there >= _JOIN_TIMES * self._count(quoted(f"{left} {right}")):
                made = self._made(text, [((first[0], second[1]), left + right)])
                if made.total > total:
                    return made
        return None

    def _made(self, text: str, replaced: Iterable[tuple[Span, str]]) -> Suggestion:
        plain, marked, done = [], [], 0
        for (start, end), word in sorted(replaced):
            plain += [text[done:start], word]
            marked += [html.escape(text[done:start]), f"<em>{html.escape(word)}</em>"]
            done = end
        made = "".join([*plain, text[done:]])
        closed = self._closed(made)  # so that it can be searched as it is
        rest = html.escape(f"{text[done:]}{closed.removeprefix(made)}")
        return Suggestion(closed, "".join([*marked, rest]), self._count(closed))


def _whole_word(text: str, span: Span) -> str:
    """Give the word that some letters are of, with the digits that it has."""
    start, end = span
    while start and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end]


def _words_in(text: str, span: Span) -> Iterator[Span]:
    return (found.span() for found in _WORD.finditer(text, *span))


def _positive_parts(query: Query) -> Iterator[Query]:
    """Yield the parts of a query that hits have, in order."""
    if not isinstance(query, Not):
        yield query
        for child in query.children():
            yield from _positive_parts(child)
