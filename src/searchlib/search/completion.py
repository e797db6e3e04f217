"""How may go on what someone is typing? With words, phrases, labels and titles of the archive."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from searchlib.analysis.terms import analyze, fold_accents
from searchlib.analysis.tokens import tokenize
from searchlib.query.tree import And, Phrase, Prefix, Term, Word
from searchlib.search.spellings import label_as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib.query.tree import Query
    from searchlib.search.word_index import WordIndex

    Count = Callable[[Query], int]
    Best = Callable[[Query, int], list[int]]
    Stored = Callable[[int], dict[str, Any]]

Kind = Literal["word", "phrase", "label", "title"]

MOST: Final = 100
_BEHIND_WORDS: Final[dict[Kind, int]] = {"phrase": 0, "label": 1, "word": 2, "title": 3}
_FIRST: Final[dict[Kind, int]] = {"word": 0, "phrase": 0, "label": 1, "title": 2}
_SHARES: Final[dict[Kind, float]] = {"phrase": 0.5, "word": 0.5, "label": 0.25, "title": 0.25}
"""Which part of the list each kind may fill before the others are asked."""
_TITLE_CHARACTERS: Final = 3
_LONGEST_TITLE: Final = 200
_TRIED: Final = 2
"""So many times as many are tried as are wanted: a filter may leave some out."""
_TOGETHER: Final = 8
"""So many words are tried behind others, to find those that go together."""
_RARE: Final = 1000
"""A word is left out that is there so many times less often than another: often a misspelling."""
_END: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Completion:
    """What may be meant by the beginning of a query.

    Attributes:
        text: What it would be, as documents have it.
        kind: "word", "phrase", "label" or "title".
        query: The query that finds it.
        count: How many documents that finds; of several words how many titles have them, if any
            has; ``None`` for a title, which is of one document.
        field: The field of a label or title; ``None`` for words and phrases.
    """

    text: str
    kind: Kind
    query: str
    count: int | None = None
    field: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Convert the completion to values that JSON can hold."""
        return asdict(self)


class Completer:
    """Completes what is typed.

    Args:
        words: The words of the archive.
        count: Counts the documents that match, under the filter.
        best: Finds the best documents that match, under the filter.
        stored: Gives the values of a document by its number in the whole index.
        every: Whether there is neither a filter nor a deleted document: then what is known of the
            words of all documents need not be counted again.
    """

    def __init__(
        self, words: WordIndex, count: Count, best: Best, stored: Stored, *, every: bool
    ) -> None:
        self._words = words
        self._every = every
        self._count = count
        self._best = best
        self._stored = stored

    def complete(self, text: str, limit: int) -> list[Completion]:
        """Find what may be meant: some of each kind, the most used of each first.

        Args:
            text: The beginning of a query.
            limit: How many to find at most.
        """
        tokens = tokenize(text)
        if not tokens or not limit:
            return []
        if text[-1:].isspace():
            tokens.append("")
        *before, last = (fold_accents(token.lower()) for token in tokens)
        sources: dict[Kind, Iterator[Completion]] = {
            "phrase": self._phrases(before, last, limit),
            "word": self._endings(text, tokens, last, limit),
            "label": self._labels(fold_accents(text.lower().strip()), limit),
            "title": self._titles(tokens, limit),
        }
        taken = self._taken(sources, limit)
        if before:  # phrases first: words that only go together are in more documents
            return sorted(taken, key=lambda one: _BEHIND_WORDS[one.kind])
        return sorted(taken, key=_rank_of_first)

    def _taken(self, sources: dict[Kind, Iterator[Completion]], limit: int) -> list[Completion]:
        """Take of each kind its share, and then what there is; each word in one of its forms."""
        seen: set[object] = set()
        taken: list[Completion] = []
        for shares in (_SHARES, dict.fromkeys(_SHARES, 1.0)):
            for kind, source in sources.items():
                wanted = min(max(1, int(limit * shares[kind])), limit - len(taken))
                while wanted and (one := next(source, None)) is not None:
                    key = (one.text, one.field) if one.field else self._terms_of(one.text)
                    if key not in seen:
                        seen.add(key)
                        taken.append(one)
                        wanted -= 1
        return taken

    def _terms_of(self, text: str) -> tuple[str, ...]:
        language = self._words.language
        return tuple(terms[0] for terms in analyze(text, language))

    def _phrases(self, before: Sequence[str], last: str, limit: int) -> Iterator[Completion]:
        if len(before) > 2 or not (before or last):
            return
        for phrases in self._words.title_phrases:
            for place in phrases.starting(before, last, _TRIED * limit):
                text = phrases.written(place, self._stored)
                count = int(phrases.counts[place])
                if text and not self._every:
                    count = self._count(Phrase(text, fields=(phrases.field,)))
                if text and count:
                    yield Completion(text, "phrase", text, count)

    def _endings(
        self, text: str, tokens: Sequence[str], last: str, limit: int
    ) -> Iterator[Completion]:
        """Complete the last word, to one that goes with those before."""
        start = text[: text.rfind(tokens[-1])] if last else text
        words = self._usual_words(last, _TRIED * limit) if last else []
        if len(tokens) > 1:
            distinct = {self._terms_of(word): word for word in reversed(words)}
            likely = [word for word in words if distinct[self._terms_of(word)] is word]
            counted = iter(self._together(tokens[:-1], likely[:_TOGETHER]))
        else:
            counted = ((word, self._count_of(word)) for word in words)
        for word, count in counted:
            if count:
                yield Completion(f"{start}{word}", "word", f"{start}{word}", count)

    def _together(self, before: Sequence[str], words: Sequence[str]) -> list[tuple[str, int]]:
        """Count what has each of some words with those before: titles, or texts if none has."""
        for fields in (tuple(phrases.field for phrases in self._words.title_phrases), ()):
            required = tuple(Word(token, fields) for token in before)
            counts = [self._count(And((*required, Word(word, fields)))) for word in words]
            if any(counts):
                break
        return sorted(zip(words, counts, strict=True), key=lambda one: -one[1])

    def _count_of(self, word: str) -> int:
        """Count the documents with a word; the same words come again and again."""
        if not self._every:
            return self._count(Word(word))
        counts = self._words.doc_counts
        if word not in counts:
            counts[word] = self._count(Word(word))
        return counts[word]

    def _usual_words(self, prefix: str, most: int) -> list[str]:
        known = self._words.known
        start = bisect_left(known.folded, prefix)
        end = bisect_left(known.folded, prefix + _END)
        uses = self._words.uses[start:end]
        if end - start > most:
            chosen = np.argpartition(-uses, most)[:most]
        else:
            chosen = np.arange(end - start)
        chosen = chosen[uses[chosen] * _RARE > uses.max(initial=0)]
        chosen = chosen[np.argsort(-uses[chosen], kind="stable")]
        return [known.words[start + place] for place in chosen.tolist()]

    def _labels(self, text: str, limit: int) -> Iterator[Completion]:
        for field, term, count in self._words.label_starts.starting(text, _TRIED * limit):
            label = label_as_written(term, field, self._words.snapshot)
            count = count if self._every else self._count(Term(field, label))
            if count:
                quoted = f'"{label}"' if re.search(r"\W", label) else label
                yield Completion(label, "label", f"{field}:{quoted}", count, field)

    def _titles(self, tokens: Sequence[str], limit: int) -> Iterator[Completion]:
        if len("".join(tokens)) < _TITLE_CHARACTERS:
            return
        for phrases in self._words.title_phrases:
            fields = (phrases.field,)
            words: list[Query] = [Word(token, fields) for token in tokens[:-1]]
            last: list[Query] = [Prefix(tokens[-1], fields)] if tokens[-1] else []
            for docnum in self._best(And((*words, *last)), limit):
                title = self._stored(docnum).get(phrases.field)
                if isinstance(title, str) and _may_be_shown(title, tokens[-1]):
                    query = f'{phrases.field}:"{title.replace(chr(34), " ")}"'
                    yield Completion(title, "title", query, None, phrases.field)


def _rank_of_first(one: Completion) -> tuple[int, int, bool]:
    """Rank a completion of a single word: by use, words before the phrases that they begin."""
    return _FIRST[one.kind], -(one.count or 0), one.kind == "phrase"


def _may_be_shown(title: str, beginning: str) -> bool:
    """Tell whether a word of a title begins so, as more stems do; and it is no long text."""
    if len(title) > _LONGEST_TITLE:
        return False
    folded = fold_accents(beginning.lower())
    return any(fold_accents(word.lower()).startswith(folded) for word in tokenize(title))
