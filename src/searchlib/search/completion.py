"""How may go on what someone is typing? With words, phrases, labels and titles of the archive."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np

from searchlib.analysis.terms import analyze, fold_accents, terms_of
from searchlib.analysis.tokens import tokenize
from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.query.lexer import label_text, quoted
from searchlib.query.tree import And, Phrase, Prefix, Word
from searchlib.schema.markers import Keyword, Text
from searchlib.search.joined_words import with_plain_apostrophes
from searchlib.search.spellings import label_as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from searchlib.query.parser import QueryParser
    from searchlib.query.tree import Query
    from searchlib.query.unfinished import Unfinished
    from searchlib.search.title_phrases import TitlePhrases
    from searchlib.search.word_index import WordIndex

    Count = Callable[[Query], int]
    Best = Callable[[Query, int], list[int]]
    Stored = Callable[[int], dict[str, Any]]

Kind = Literal["word", "phrase", "label", "title"]

Counted = Literal["documents", "titles"]

MOST: Final = 100
_BEHIND_WORDS: Final[dict[Kind, int]] = {"phrase": 0, "label": 1, "word": 2, "title": 3}
_FIRST: Final[dict[Kind, int]] = {"word": 0, "phrase": 0, "label": 1, "title": 2}
_SHARES: Final[dict[Kind, float]] = {"phrase": 0.5, "word": 0.5, "label": 0.25, "title": 0.25}
"""Which part of the list each kind may fill before the others are asked."""
_TITLE_CHARACTERS: Final = 3
_LONGEST_TITLE: Final = 200
_LONGEST_PHRASE: Final = 16
"""Quotes with more words are not completed: it takes long to count phrases of hundreds."""
_TRIED: Final = 2
"""So many times as many are tried as are wanted: a filter may leave some out."""
_TOGETHER: Final = 8
"""So many words are tried behind others, to find those that go together."""
_RARE: Final = 1000
"""A word is left out that is there so many times less often than another: often a misspelling."""
_MOST_TOTALS: Final = 20_000
"""So many counts of completions are kept: who types a word asks for the same again and again."""
_JOINING: Final = "'-"
_PIECE: Final = re.compile(r"[^ '-]+")
_END: Final = "\U0010ffff"


@frozen
class Completion:
    """What may be meant by the beginning of a query.

    Attributes:
        text: What it would be, as documents have it.
        kind: "word", "phrase", "label" or "title".
        query: The query that finds it. It can be searched as it is.
        count: How many documents that query finds, under the filter, or how many titles have the
            words, as ``counted`` says; ``None`` for a title, which is of one document.
        field: The field of a label or title, or that a word or phrase is looked for in; ``None``
            for words and phrases that are looked for where no field is named.
        counted: What ``count`` counts: "titles" for several bare words that titles have, which is
            a part of what the query finds; else "documents".
    """

    text: str
    kind: Kind
    query: str
    count: int | None = None
    field: str | None = None
    counted: Counted = "documents"

    def to_json(self) -> dict[str, Any]:
        """Convert the completion to values that JSON can hold."""
        return asdict(self)


class _Found(NamedTuple):
    """A completion, before it is counted.

    Attributes:
        use: How much it is used: what it is ranked by.
        titles: How many titles have it, if that is to be told.
    """

    text: str
    kind: Kind
    query: str
    field: str | None
    use: int
    titles: int | None = None


class _Typed:
    """The words that are completed, folded.

    Attributes:
        tokens: All of them, as they are written; the last is empty behind a blank.
        before: Those before the last.
        last: The beginning of the last token.
        word: The last word, which has several tokens where there is an apostrophe in it.
        text: All of them.
    """

    def __init__(self, at: Unfinished) -> None:
        self.tokens: Final = tokenize(at.words)
        self.word = _folded(at.last)
        self.text: Final = " ".join(_folded(at.words).split())
        if self.tokens and not self.word:
            self.tokens.append("")
        self.before: Final = [_folded(token) for token in self.tokens[:-1]]
        self.last: Final = _folded(self.tokens[-1]) if self.tokens else ""
        if len(tokenize(self.word)) == 1:  # without punctuation
            self.word = self.last + (self.word[-1] if self.word[-1] in _JOINING else "")


class Completer:
    """Completes what is typed.

    Args:
        words: The words of the archive.
        parser: Reads queries.
        count: Counts the documents that match, under the filter.
        best: Finds the best documents that match, under the filter.
        stored: Gives the values of a document by its number in the whole index.
        every: Whether there is neither a filter nor a deleted document: then what is known of the
            words of all documents need not be counted again, and counts are kept.
    """

    def __init__(
        self,
        words: WordIndex,
        parser: QueryParser,
        count: Count,
        best: Best,
        stored: Stored,
        *,
        every: bool,
    ) -> None:
        self._words = words
        self._parser = parser
        self._count = count
        self._best = best
        self._stored = stored
        self._every = every
        self._totals: dict[str, int] = words.totals if every else {}

    def complete(self, text: str, limit: int) -> list[Completion]:
        """Find what may be meant: some of each kind, the most used of each first.

        Args:
            text: The beginning of a query.
            limit: How many to find at most.
        """
        at = self._parser.unfinished(text) if limit else None
        if at is None:
            return []
        typed = _Typed(at)
        taken = self._taken(self._sources(at, typed, limit), limit)
        if typed.before:  # phrases first: words that only go together are in more documents
            taken.sort(key=lambda found: _BEHIND_WORDS[found.kind])
        else:
            taken.sort(key=self._rank_of_first)
        return [self._completion(found) for found in taken]

    def _completion(self, found: _Found) -> Completion:
        counted: Counted = "documents" if found.titles is None else "titles"
        count = self._shown_count(found)
        return Completion(found.text, found.kind, found.query, count, found.field, counted)

    def _sources(self, at: Unfinished, typed: _Typed, limit: int) -> dict[Kind, Iterator[_Found]]:
        """Say what may stand at a place, and find it."""
        if at.spec is not None and isinstance(at.spec.marker, Keyword):
            return {"label": self._labels_of_field(at, at.spec.name, limit)}
        if not typed.tokens or not (at.spec is None or isinstance(at.spec.marker, Text)):
            return {}
        if at.in_quotes and len(typed.tokens) > _LONGEST_PHRASE:
            return {}
        words = self._endings(at, typed, limit)
        if at.is_bound and at.spec is None and not at.in_quotes:
            return {"word": words}
        phrases = self._phrases(at, typed, limit)
        if at.in_quotes or at.spec is not None:
            return {"phrase": phrases, "word": words}
        return {
            "phrase": phrases,
            "word": words,
            "label": self._labels(at, limit),
            "title": self._titles(at, typed, limit),
        }

    def _taken(self, sources: dict[Kind, Iterator[_Found]], limit: int) -> list[_Found]:
        """Take of each kind its share, and then what there is; each word in one of its forms."""
        seen: set[object] = set()
        taken: list[_Found] = []
        for shares in (_SHARES, dict.fromkeys(_SHARES, 1.0)):
            for kind, source in sources.items():
                wanted = min(max(1, int(limit * shares[kind])), limit - len(taken))
                while wanted and (found := next(source, None)) is not None:
                    is_words = found.kind in ("word", "phrase")
                    key = self._terms_of(found.text) if is_words else (found.text, found.field)
                    if key not in seen and self._shown_count(found) != 0:
                        seen.add(key)
                        taken.append(found)
                        wanted -= 1
        return taken

    def _shown_count(self, found: _Found) -> int | None:
        """Count what a completion finds; ``None`` for a title, which was found before."""
        if found.kind == "title":
            return None
        return self._total(found.query) if found.titles is None else found.titles

    def _rank_of_first(self, found: _Found) -> tuple[int, int, bool]:
        """Rank completions of a single word: by use, words before the phrases that they begin."""
        use = min(found.use, self._shown_count(found) or 0)
        return _FIRST[found.kind], -use, found.kind == "phrase"

    def _terms_of(self, text: str) -> tuple[str, ...]:
        language = self._words.language
        if text.isalpha():  # as most are
            return terms_of(language)(text)[:1]
        return tuple(terms[0] for terms in analyze(text, language))

    def _total(self, query: str) -> int:
        """Count what a query finds as it is given: nothing, if it can't be searched."""
        total = self._totals.get(query)
        if total is None:
            try:
                total = self._count(self._parser.parse(query).query)
            except QueryError:
                total = 0
            if len(self._totals) >= _MOST_TOTALS:
                self._totals.clear()
            self._totals[query] = total
        return total

    def _made(
        self, at: Unfinished, first: int, written: str, use: int, titles: int | None = None
    ) -> _Found:
        """Put words into the query."""
        query = f"{at.text[:first]}{written}{at.ending}"
        is_phrase = first < at.start or " " in written or (at.in_quotes and at.first < first)
        field = None if at.spec is None else at.spec.name
        return _Found(query, "phrase" if is_phrase else "word", query, field, use, titles)

    def _phrases(self, at: Unfinished, typed: _Typed, limit: int) -> Iterator[_Found]:
        """Go on with phrases of titles."""
        if len(typed.before) > 2 or not (typed.before or typed.last):
            return
        for phrases in self._words.title_phrases:
            if at.spec is not None and at.spec.name != phrases.field:
                continue
            for place in phrases.starting(typed.before, typed.last, _TRIED * limit):
                written = phrases.written(place, self._stored)
                if written and self._goes_on(typed, written):
                    yield self._phrase(at, written, phrases, place)

    def _goes_on(self, typed: _Typed, written: str) -> bool:
        """Tell whether what is typed goes on so, and the phrase is of whole words."""
        folded = fold_accents(written)
        if not self._words.joined.is_whole(_PIECE.findall(folded)):
            return False
        if typed.word == typed.last:
            return True  # the index has found what goes on so
        return folded.replace("-", " ").startswith(typed.text.replace("-", " "))

    def _phrase(self, at: Unfinished, written: str, phrases: TitlePhrases, place: int) -> _Found:
        use, field = int(phrases.counts[place]), phrases.field
        if at.in_quotes:
            return self._made(at, at.first, written, use)
        if at.spec is None and field not in self._parser.defaults:
            query = f"{at.text[: at.first]}{field}:{_as_one(written)}{at.ending}"
            return _Found(written, "phrase", query, field, use)
        if not at.is_plain or " " not in written:
            return self._made(at, at.first, _as_one(written) if at.is_bound else written, use)
        if not self._every:
            use = self._count(Phrase(written, fields=(field,)))
        return self._made(at, at.first, written, use, use)

    def _endings(self, at: Unfinished, typed: _Typed, limit: int) -> Iterator[_Found]:
        """Complete the last word, to one that goes with those before."""
        if not typed.word:
            return
        words = self._usual_words(typed.word, _TRIED * limit)
        if not (at.in_quotes or (at.start and not at.is_bound)):
            for word, use in words:
                yield self._made(at, at.start, word, use)
            return
        likely: dict[object, str] = {}
        for word, _ in words:
            likely.setdefault(self._terms_of(word), word)
            if len(likely) == _TOGETHER:
                break
        together = self._in_titles(typed, likely.values()) if at.is_plain else []
        for word, titles in together:
            yield self._made(at, at.start, word, titles, titles)
        if not together:
            made = [self._made(at, at.start, word, 0) for word in likely.values()]
            yield from sorted(made, key=lambda found: -self._total(found.query))

    def _in_titles(self, typed: _Typed, words: Iterable[str]) -> list[tuple[str, int]]:
        """Count the titles that have each of some words with those before, if any has."""
        fields = tuple(phrases.field for phrases in self._words.title_phrases)
        if not fields:
            return []
        required = tuple(Word(token, fields) for token in typed.before)
        counted = [(word, self._count(And((*required, Word(word, fields))))) for word in words]
        return sorted((one for one in counted if one[1]), key=lambda one: -one[1])

    def _usual_words(self, prefix: str, most: int) -> list[tuple[str, int]]:
        """Find the words used most that begin so, and how often each is used."""
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
        found = [(known.words[start + place], int(uses[place])) for place in chosen.tolist()]
        joined = self._words.joined.starting(prefix, most)
        return sorted([*found, *joined], key=lambda one: -one[1]) if joined else found

    def _labels_of_field(self, at: Unfinished, field: str, limit: int) -> Iterator[_Found]:
        """Complete a label behind the name of its field."""
        text, first = (
            (at.words, at.first - 1) if at.in_quotes else (at.last.removeprefix("'"), at.start)
        )
        starts = self._words.labels_of(field)
        for term, count in starts.starting(_folded(text).strip(), _TRIED * limit):
            yield self._label(at, first, "", (field, term, count))

    def _labels(self, at: Unfinished, limit: int) -> Iterator[_Found]:
        """Find labels with words that begin as what is typed, in any field that facets count."""
        text = _folded(at.words).strip()
        found = [
            (starts.field, term, count)
            for starts in self._words.facet_labels
            for term, count in starts.starting(text, _TRIED * limit)
        ]
        for one in sorted(found, key=lambda one: -one[2]):
            yield self._label(at, at.first, f"{one[0]}:", one)

    def _label(
        self, at: Unfinished, first: int, name: str, found: tuple[str, bytes, int]
    ) -> _Found:
        field, term, use = found
        label = label_as_written(term, field, self._words.snapshot)
        query = f"{at.text[:first]}{name}{label_text(label)}{at.brackets}"
        return _Found(label, "label", query, field, use)

    def _titles(self, at: Unfinished, typed: _Typed, limit: int) -> Iterator[_Found]:
        """Find the titles that have all words."""
        tokens = typed.tokens
        if len("".join(tokens)) < _TITLE_CHARACTERS:
            return
        for phrases in self._words.title_phrases:
            field = phrases.field
            words: list[Query] = [Word(token, (field,)) for token in tokens[:-1]]
            last: list[Query] = [Prefix(tokens[-1], (field,))] if tokens[-1] else []
            for docnum in self._best(And((*words, *last)), limit):
                title = self._stored(docnum).get(field)
                if isinstance(title, str) and _may_be_shown(title, tokens[-1]):
                    query = f"{at.text[: at.first]}{field}:{quoted(title)}{at.brackets}"
                    if at.first == 0 or self._total(query):
                        yield _Found(title, "title", query, field, 0)


def _folded(text: str) -> str:
    return with_plain_apostrophes(fold_accents(text.lower()))


def _as_one(written: str) -> str:
    """Write words so that they are one part of a query."""
    return quoted(written) if " " in written else written


def _may_be_shown(title: str, beginning: str) -> bool:
    """Tell whether a word of a title begins so, as more stems do; and it is no long text."""
    if len(title) > _LONGEST_TITLE:
        return False
    folded = fold_accents(beginning.lower())
    return any(fold_accents(word.lower()).startswith(folded) for word in tokenize(title))
