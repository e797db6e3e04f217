"""How do the texts of many documents become term numbers and positions, all at once?

News repeats its words: 3.5 million tokens of it hold 88,000 distinct chunks of text between
blanks. So the terms of a chunk are found out once, and then looked up: they depend on nothing but
the chunk. Most chunks are one term; "end." is too, "..." is none and "½°C" is two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from searchlib.analysis.chunks import TEXT_END, ChunkTable, split_chunks
from searchlib.analysis.terms import POSITION_GAP, terms_of, terms_of_plain_words
from searchlib.analysis.tokens import tokenize, without_invisible
from searchlib.analysis.vocabulary import Vocabulary
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from searchlib.arrays import BoolArray, Int32Array, Int64Array

TextValue = str | Sequence[str] | None
"""What a document may hold in a text field."""

# Texts are taken together up to so many characters: small enough for arrays to stay in a
# processor's cache, large enough for the cost of a call not to count. Between 100 and 500 thousand
# makes no difference that can be measured.
_GROUP_CHARS: Final = 1 << 18

# How much is kept of what was found out, in chunks and terms of chunks that have several, and how
# long a chunk is worth keeping: at most some 200 MB, whatever the text.
_MEMO_LIMIT: Final = 1 << 20
_MEMO_CHUNK_BYTES: Final = 48

# Numbers as most are written; financial news has many of them. At most 45 bytes long.
_NUMBER: Final = re.compile(rb"(?:[0-9]{1,20}|[0-9]{1,3}(?:,[0-9]{3}){1,8})(?:\.[0-9]{1,9})?")

_TEXT_END_CODE: Final = -1
_SECOND_TERM: Final = 1 << 30


@frozen
class TokenBatch:
    """The terms of one field of some documents, in text order.

    A token with two terms has both at one position, one after the other.

    Attributes:
        terms: Each term by its number in the vocabulary. Shape (N,), int32.
        positions: Where each stands in its document, counted from 0. Shape (N,), int32, ascending
            within a document.
        counts: The number of terms of each document; their sum is N. Shape (D,), int32.
        lengths: The number of tokens of each document. Shape (D,), int32.
        words: The word that each is the term of, by its number in the vocabulary; ``None`` if that
            does not matter. Shape (N,), int32.
    """

    terms: Int32Array
    positions: Int32Array
    counts: Int32Array
    lengths: Int32Array
    words: Int32Array | None = None


class BatchAnalyzer:
    """Analyses the texts of a field, or of several of one language, for many documents at once.

    It remembers words from one batch to the next, so keep it while documents come. It is not for
    use by several threads at once.

    Args:
        language: The language that words are stemmed in; ``None`` for none.
        vocabulary: Where the terms get their numbers; without one, the analyzer has its own.

    Attributes:
        vocabulary: The terms met so far and their numbers.

    Raises:
        SchemaError: There is no stemmer for that language.
    """

    def __init__(self, language: str | None, vocabulary: Vocabulary | None = None) -> None:
        self._language = language
        self._begin(Vocabulary() if vocabulary is None else vocabulary)

    def forget(self) -> None:
        """Start anew with an empty vocabulary; the one there was stays as it is.

        A vocabulary grows with each new word, so a writer does this between two segments when it
        has become too large.
        """
        self._begin(Vocabulary())

    def _begin(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._reader = _ChunkReader(self._language, vocabulary)

    def analyze(self, values: Sequence[TextValue]) -> TokenBatch:
        """Find the terms of one value per document.

        Of several texts in one document the first token of each stands :data:`POSITION_GAP` free
        positions after the last position of those before it; a text without tokens changes
        nothing.

        Args:
            values: For each document its text, its texts, or ``None`` for none. Shape (D,).
        """
        texts, owners = _flatten(values)
        tokens = self._reader.read(texts)
        if owners is None:
            return tokens
        positions = tokens.positions + np.repeat(_shifts(tokens, owners), tokens.counts)
        counts, lengths = (
            np.bincount(owners, weights=numbers, minlength=len(values)).astype(np.int32)
            for numbers in (tokens.counts, tokens.lengths)
        )
        return TokenBatch(tokens.terms, positions, counts, lengths, tokens.words)


class MixedAnalyzer:
    """Analyses the texts of fields whose documents are in several languages.

    The terms of all languages have their numbers in one vocabulary: two words with the same term
    are the same term, whatever their languages.

    Attributes:
        vocabulary: The terms met so far and their numbers.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start anew; see :meth:`BatchAnalyzer.forget`."""
        self.vocabulary = Vocabulary()
        self._analyzers: dict[str | None, BatchAnalyzer] = {}

    def analyze(self, values: Sequence[TextValue], languages: Sequence[str | None]) -> TokenBatch:
        """Find the terms of one value per document, each in the language of its document.

        Args:
            values: As for :meth:`BatchAnalyzer.analyze`. Shape (D,).
            languages: The language of each document; ``None`` for none. Shape (D,).
        """
        documents: dict[str | None, list[int]] = {}
        for docnum, language in enumerate(languages):
            documents.setdefault(language, []).append(docnum)
        if len(documents) == 1:
            return self._analyzer(languages[0]).analyze(values)
        parts = [
            self._analyzer(language).analyze([values[docnum] for docnum in docnums])
            for language, docnums in documents.items()
        ]
        docnums = np.array([*chain.from_iterable(documents.values())], np.int64)
        return _in_document_order(parts, docnums)

    def _analyzer(self, language: str | None) -> BatchAnalyzer:
        analyzer = self._analyzers.get(language)
        if analyzer is None:
            analyzer = self._analyzers[language] = BatchAnalyzer(language, self.vocabulary)
        return analyzer


def _in_document_order(parts: Sequence[TokenBatch], docnums: Int64Array) -> TokenBatch:
    """Join the terms of some documents with those of others.

    Args:
        parts: The terms of all documents; there may be none of either.
        docnums: The documents, in the order of the parts. Shape (D,), each from 0 to D - 1 once.
    """
    counts = np.concatenate([_NO_TOKENS, *(part.counts for part in parts)])
    lengths = np.concatenate([_NO_TOKENS, *(part.lengths for part in parts)])
    terms = np.concatenate([_NO_TOKENS, *(part.terms for part in parts)])
    positions = np.concatenate([_NO_TOKENS, *(part.positions for part in parts)])
    words = np.concatenate([part.words for part in parts if part.words is not None] or [_NO_TOKENS])
    tokens = np.repeat(docnums, counts).argsort(kind="stable")
    documents = docnums.argsort()
    return TokenBatch(
        terms[tokens], positions[tokens], counts[documents], lengths[documents], words[tokens]
    )


def _flatten(values: Sequence[TextValue]) -> tuple[Sequence[str], Int64Array | None]:
    """List the texts, and the document of each, or ``None`` if each document has just one."""
    if all(type(value) is str for value in values):
        return cast("Sequence[str]", values), None
    texts: list[str] = []
    owners: list[int] = []
    for docnum, value in enumerate(values):
        several = [value] if isinstance(value, str) else value or ()
        texts.extend(several)
        owners.extend([docnum] * len(several))
    return texts, np.array(owners, dtype=np.int64)


def _shifts(tokens: TokenBatch, owners: Int64Array) -> Int32Array:
    """Find at which position of its document each text begins. Shape (number of texts,)."""
    steps = np.where(tokens.lengths > 0, tokens.lengths + POSITION_GAP, 0)
    before = np.cumsum(steps) - steps
    shifts: Int64Array = before - before[np.searchsorted(owners, owners)]
    return shifts.astype(np.int32)


class _ChunkReader:
    """Reads texts by looking up their chunks; see :mod:`searchlib.analysis.chunks`."""

    def __init__(self, language: str | None, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._codes = _ChunkCodes(language, vocabulary)
        self._table = ChunkTable()

    def read(self, texts: Sequence[str]) -> TokenBatch:
        groups = [self._read_group(group) for group in _groups(texts)]
        words = np.concatenate([_NO_TOKENS, *(group[0] for group in groups)])
        counts = np.concatenate([_NO_TOKENS, *(group[1] for group in groups)])
        positions = np.arange(len(words), dtype=np.int32)
        lengths = counts
        if self._codes.second_terms:
            second = words >= _SECOND_TERM
            words &= _SECOND_TERM - 1
            positions -= np.cumsum(second, dtype=np.int32)
            lengths = counts - _sums(second, counts)
        positions -= np.repeat(np.cumsum(lengths, dtype=np.int32) - lengths, counts)
        terms = self._vocabulary.terms_of_words()[words]
        return TokenBatch(terms, positions, counts, lengths, words)

    def _read_group(self, texts: Sequence[str]) -> tuple[Int32Array, Int32Array]:
        """Find the words of texts, with second terms marked, and the number of terms of each."""
        if self._codes.full:
            self._codes.clear()
            self._table = ChunkTable()
        codes = self._codes.expand(self._look_up(texts))
        ends = np.flatnonzero(codes == _TEXT_END_CODE)
        counts = np.diff(ends, prepend=-1) - 1
        return codes[codes != _TEXT_END_CODE], counts.astype(np.int32)

    def _look_up(self, texts: Sequence[str]) -> Int32Array:
        chunks = split_chunks(texts)
        codes, missing = self._table.find(chunks)
        if len(missing):
            codes[missing] = self._codes.of(list(chunks.raw(missing)))
            self._table.add(chunks, missing, codes[missing])
        return codes


def _sums(flags: BoolArray, counts: Int32Array) -> Int32Array:
    """Count the flags of each of some runs, which are so long. Shape (number of runs,)."""
    before = np.concatenate([[0], np.cumsum(flags)])
    ends = np.cumsum(counts)
    sums: Int32Array = (before[ends] - before[ends - counts]).astype(np.int32)
    return sums


def _in_lower_case(token: str) -> str:
    """Write a word as people see it: in lower case, without what nobody sees."""
    return unicodedata.normalize("NFC", without_invisible(token).lower())


_NO_TOKENS: Final = np.empty(0, dtype=np.int32)


def _groups(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a sequence of texts into pieces of about the same number of characters."""
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    group = np.cumsum(sizes) // _GROUP_CHARS
    starts = np.flatnonzero(np.diff(group, prepend=-1)).tolist()
    for start, end in pairwise([*starts, len(texts)]):
        yield texts[start:end]


class _ChunkCodes(dict[bytes, int]):
    """What each chunk is, found out on asking.

    A code is the number of the one word that a chunk is; or -1 for the end of a text; or, below
    that, -2 - i, where ``several[i]`` are the words of a chunk that is none or has more than one
    term. There, a word's number for its second term is marked by :data:`_SECOND_TERM`.

    Attributes:
        second_terms: Whether any token had two terms.
    """

    def __init__(self, language: str | None, vocabulary: Vocabulary) -> None:
        self._terms_of = terms_of(language)
        self._terms_of_words = terms_of_plain_words(language)
        self._vocabulary = vocabulary
        self.second_terms = False
        self.clear()

    def clear(self) -> None:
        """Forget all chunks; the terms keep their numbers."""
        super().clear()
        self[TEXT_END] = _TEXT_END_CODE
        self._several: list[tuple[int, ...]] = []
        self._several_terms = 0

    @property
    def full(self) -> bool:
        """Whether it is time to forget, so that no text can use up the memory."""
        return len(self) + len(self._several) + self._several_terms > _MEMO_LIMIT

    def of(self, chunks: Sequence[bytes]) -> Int32Array:
        """Find the codes of chunks. Shape (number of chunks,)."""
        self._learn_words([chunk for chunk in dict.fromkeys(chunks) if chunk not in self])
        return np.fromiter(map(self.__getitem__, chunks), dtype=np.int32, count=len(chunks))

    def _learn_words(self, chunks: Sequence[bytes]) -> None:
        """Find out at once what all those are that are plain words or numbers: nearly all."""
        words = [chunk for chunk in chunks if chunk.isalnum() and len(chunk) <= _MEMO_CHUNK_BYTES]
        others = [chunk for chunk in chunks if not chunk.isalnum()]
        numbers = list(filter(_NUMBER.fullmatch, others))
        if words or numbers:
            plain = chain(words, [number.replace(b",", b"") for number in numbers])
            texts = b" ".join(plain).decode("ascii").split(" ")
            terms = self._terms_of_words(texts)
            texts[len(words) :] = map(bytes.decode, numbers)
            codes = self._vocabulary.new_words(terms, texts)
            self.update(zip(chain(words, numbers), codes, strict=True))

    def __missing__(self, chunk: bytes) -> int:
        code = self._code_of(tokenize(chunk.decode("utf-8", "surrogatepass")))
        if len(chunk) <= _MEMO_CHUNK_BYTES:
            self[chunk] = code
        return code

    def _code_of(self, tokens: list[str]) -> int:
        numbers: list[int] = []
        for token in tokens:
            terms, word = self._terms_of(token), _in_lower_case(token)
            numbers.append(self._number_of(terms[0], word))
            if len(terms) > 1:
                numbers.append(self._number_of(terms[1], word) | _SECOND_TERM)
                self.second_terms = True
        if len(numbers) == 1:
            return numbers[0]
        self._several.append(tuple(numbers))
        self._several_terms += len(numbers)
        return _TEXT_END_CODE - len(self._several)

    def _number_of(self, term: str, word: str) -> int:
        """Give the number of a word, which may be a chunk that was met before."""
        known = self.get(word.encode(), _TEXT_END_CODE) if word.isascii() else _TEXT_END_CODE
        return self._vocabulary.word(term, word) if known < 0 else known

    def expand(self, codes: Int32Array) -> Int32Array:
        """Put in the place of each code for none or several terms their numbers."""
        coded = np.flatnonzero(codes < _TEXT_END_CODE)
        if len(coded) == 0:
            return codes
        several = [self._several[_TEXT_END_CODE - 1 - code] for code in codes[coded].tolist()]
        counts = np.ones(len(codes), dtype=np.int64)
        counts[coded] = list(map(len, several))
        expanded = np.repeat(codes, counts)
        expanded[expanded < _TEXT_END_CODE] = list(chain.from_iterable(several))
        return expanded
