"""Which words follow one another in titles, and in how many?

Titles are short texts: fields whose documents have at most thirty words on average. What stands in
them several times is a name or a topic, which people look for. The order of the words comes from
their positions in the index; how they are written is read from an example when it is shown.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from searchlib.analysis.terms import fold_accents, stop_terms
from searchlib.analysis.tokens import token_pattern, words_apart
from searchlib.search.joined_words import with_plain_apostrophes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from searchlib.arrays import BoolArray, Int64Array
    from searchlib.schema.models import FieldSpec
    from searchlib.segment.field_reader import FieldReader
    from searchlib.storage.snapshot import Snapshot

MOST_WORDS: Final = 30
_MOST_PHRASES: Final = 50_000
_LEAST: Final = 2
_NONE: Final = -1
_KEPT: Final = frozenset({"", "'", "-"})
"""What is kept between two words; there is nothing between those of a script without blanks."""


class TitlePhrases:
    """The phrases of two or three words that at least two titles have.

    Args:
        snapshot: The commit.
        spec: The field of the titles.

    Attributes:
        field: The name of the field.
        counts: How many titles have each, the most frequent first. Shape (P,), int64.
    """

    def __init__(self, snapshot: Snapshot, spec: FieldSpec) -> None:
        self.field: Final = spec.name
        self._numbers: dict[bytes, int] = {}
        self._written: dict[int, str] = {}
        words: set[tuple[str, int]] = set()
        streams = []
        for segment in snapshot.segments:
            reader = segment.reader.inverted(spec.name)
            numbers = self._numbered(reader)
            words |= _words_with(reader, numbers)
            streams.append(_stream(reader, numbers, segment.first))
        docnums, positions, terms = (
            (
                np.concatenate([np.empty(0, np.int64), *parts])
                for parts in zip(*streams, strict=True)
            )
            if streams
            else np.empty((3, 0), np.int64)
        )
        pairs = sorted(words)
        self._words: Final = [word for word, _ in pairs]
        self._terms: Final[Int64Array] = np.array([term for _, term in pairs], np.int64)
        stops = self._stop_flags(spec)
        self._phrases, self.counts, self._examples = _phrases(docnums, positions, terms, stops)

    def _numbered(self, reader: FieldReader) -> Int64Array:
        """Give the terms of a segment numbers of the whole index. Shape (number of terms,)."""
        known = self._numbers
        found = [known.setdefault(term, len(known)) for term in reader.terms.terms()]
        return np.array(found, np.int64)

    def _stop_flags(self, spec: FieldSpec) -> BoolArray:
        stops = np.zeros(len(self._numbers) + 1, np.bool_)
        for language in spec.languages:
            for term in stop_terms(language):
                stops[self._numbers.get(term.encode(), _NONE)] = True
        stops[_NONE] = False
        return stops

    def starting(self, words: Iterable[str], prefix: str, most: int) -> list[int]:
        """Find the phrases that begin with words and go on with a word that begins so.

        Args:
            words: Whole words, folded; at most two.
            prefix: The beginning of a word, folded.
            most: How many to find.

        Returns:
            Their places, the most frequent first.
        """
        parts = [(word, f"{word}\0") for word in words]
        parts.append((prefix, f"{prefix}\U0010ffff"))
        found = np.flatnonzero(self._flags(*parts[0])[self._phrases[0]])
        for place, part in enumerate(parts[1:], 1):
            found = found[self._flags(*part)[self._phrases[place, found]]]
        best: list[int] = found[:most].tolist()
        return best

    def written(self, phrase: int, stored: Callable[[int], dict[str, Any]]) -> str:
        """Read in an example how a phrase is written, in lower case; "" if that is not there.

        An apostrophe, a hyphen or nothing between two words is kept; anything else is a blank.

        Args:
            phrase: Its place.
            stored: Gives the values of a document by its number in the whole index.
        """
        text = self._written.get(phrase)
        if text is None:
            docnum, position = self._examples[:, phrase].tolist()
            title = stored(docnum).get(self.field)
            length = 2 + int(self._phrases[2, phrase] != _NONE)
            text = _in_a_row(title.lower(), position, length) if isinstance(title, str) else ""
            self._written[phrase] = text
        return text

    def _flags(self, first: str, last: str) -> BoolArray:
        """Tell of each term whether a word from one to another, without the last, is of it."""
        flags = np.zeros(len(self._numbers) + 1, np.bool_)  # the last is for no word
        start, end = bisect_left(self._words, first), bisect_left(self._words, last)
        flags[self._terms[start:end]] = True
        return flags


def _in_a_row(text: str, position: int, length: int) -> str:
    """Read so many tokens, with the apostrophes and hyphens between them."""
    found = token_pattern(text).finditer(words_apart(text))
    spans = [one.span() for one in islice(found, position, position + length)]
    pieces = [text[slice(*spans[0])]] if spans else []
    for (_, end), (start, after) in pairwise(spans):
        between = with_plain_apostrophes(text[end:start])
        pieces += [between if between in _KEPT else " ", text[start:after]]
    return "".join(pieces)


def _words_with(reader: FieldReader, numbers: Int64Array) -> set[tuple[str, int]]:
    """List the words of a segment, folded, with their terms."""
    found = {
        (fold_accents(term.decode("utf-8", "replace")), number)
        for term, number in zip(reader.terms.terms(), numbers.tolist(), strict=True)
    }
    words = reader.words
    if words is not None:
        of_words = numbers[words.ordinals].tolist()
        for text, number in zip(words.texts, of_words, strict=True):
            found.add((fold_accents(text.decode("utf-8", "replace")), number))
    return found


def _stream(
    reader: FieldReader, numbers: Int64Array, first: int
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Put the terms of a field in the order of the text: documents, positions and terms."""
    part = reader.part(0, len(reader.terms))
    assert part.positions is not None
    per_posting = np.repeat(numbers, np.diff(part.starts))
    docnums = np.repeat(part.docnums, part.frequencies).astype(np.int64)
    terms = np.repeat(per_posting, part.frequencies)
    order = np.argsort(docnums << 32 | part.positions, kind="stable")
    return docnums[order] + first, part.positions[order].astype(np.int64), terms[order]


def _phrases(
    docnums: Int64Array, positions: Int64Array, terms: Int64Array, stops: BoolArray
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Count phrases.

    Returns:
        The terms of each, -1 in the place of a third that is not there, shape (3, P); how often
        each is there, descending, shape (P,); and an example of each, shape (2, P).
    """
    second = _follow(docnums, positions, 1)
    third = second[:-1] & second[1:] if len(second) else second
    says = ~stops[terms]
    pairs = np.flatnonzero(second & says[:-1] & says[1:])
    triples = np.flatnonzero(third & says[:-2] & says[2:]) if len(third) else pairs[:0]
    places = np.concatenate([pairs, triples])
    last = np.concatenate([np.full(len(pairs), _NONE), terms[triples + 2]])
    found = np.stack([terms[places], terms[places + 1], last])
    width = len(stops)
    keys = (found[0] * width + found[1]) * width + found[2] + 1
    _, firsts, counts = np.unique(keys, return_index=True, return_counts=True)
    usual = np.flatnonzero(counts >= _LEAST)
    usual = usual[np.argsort(-counts[usual], kind="stable")][:_MOST_PHRASES]
    chosen = firsts[usual]
    examples = np.stack([docnums[places[chosen]], positions[places[chosen]]])
    return found[:, chosen], counts[usual], examples


def _follow(docnums: Int64Array, positions: Int64Array, distance: int) -> BoolArray:
    """Tell of each token but the last whether the next follows at once. Shape (N - 1,)."""
    follows: BoolArray = (np.diff(docnums) == 0) & (np.diff(positions) == distance)
    return follows
