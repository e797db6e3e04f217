"""Which terms does a document have, how much does each count in it, and how is it written there?

There is no list of the terms of a document in an index, so its text is analysed once more: a fifth
of a millisecond for an article of 130 words.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from searchlib.analysis import stop_terms, terms_of, tokenize
from searchlib.analysis.tokens import without_invisible
from searchlib.schema.markers import AUTO, Text
from searchlib.schema.paths import value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from searchlib.analysis import Terms
    from searchlib.postings import Scoring
    from searchlib.schema.models import DocumentSchema


class TermUse(NamedTuple):
    """A term in a document.

    Attributes:
        weight: How much it counts there: (k1 + 1) x / (k1 + x) of docs/scoring.md.
        written: How the document writes it most often.
    """

    weight: float
    written: str


class TermUses:
    """Finds the terms of documents, in all default fields together. Threads may share it.

    It keeps no commit open.

    Args:
        schema: The fields.
        average_lengths: The mean length of each default field.
        scoring: The parameters of the scores.
    """

    def __init__(
        self, schema: DocumentSchema, average_lengths: Mapping[str, float], scoring: Scoring
    ) -> None:
        self._fields = {name: schema.fields[name] for name in schema.default_fields}
        self._average_lengths: Final = average_lengths
        self._scoring: Final = scoring

    def of(self, values: Mapping[str, Any], language: str | None) -> dict[str, TermUse]:
        """Find the terms of a document; those that say nothing are left out.

        Args:
            values: What is stored of it.
            language: Its language, where each document is in its own.
        """
        return self._of(partial(value_at, values), language)

    def texts(self, values: Mapping[str, Any]) -> list[str]:
        """Give the texts of a document that terms are found in."""
        return [text for name in self._fields for text in _texts(value_at(values, name))]

    def of_text(self, text: str, language: str | None) -> dict[str, TermUse]:
        """Find the terms of a text, as if it stood in the default field with the longest texts."""
        lengths = self._average_lengths
        longest = max(lengths, key=lengths.__getitem__, default="")
        return self._of({longest: text}.get, language)

    def _of(self, value_of: Callable[[str], Any], language: str | None) -> dict[str, TermUse]:
        frequencies: dict[str, float] = {}
        written: dict[str, list[tuple[str, int]]] = {}
        for name, spec in self._fields.items():
            assert isinstance(spec.marker, Text)
            own = language if spec.marker.language == AUTO else spec.marker.language
            counts = Counter(_tokens(value_of(name)))
            once = spec.marker.boost / self._norm(name, counts.total())
            for token, count in counts.items():
                for term in _telling_terms(token, own):
                    frequencies[term] = frequencies.get(term, 0.0) + once * count
                    written.setdefault(term, []).append((token, count))
        return {
            term: TermUse(self._saturated(x), _commonest(written[term]))
            for term, x in frequencies.items()
        }

    def _norm(self, field: str, length: int) -> float:
        b = self._scoring.b
        return 1 - b + b * max(length, 1) / self._average_lengths[field]

    def _saturated(self, x: float) -> float:
        k1 = self._scoring.k1
        return (k1 + 1) * x / (k1 + x)


@lru_cache(maxsize=1 << 15)
def _telling_terms(token: str, language: str | None) -> Terms:
    """Make the terms of a token; none of a stop word. Articles repeat each other's words."""
    terms = terms_of(language)(token)
    return () if terms[0] in stop_terms(language) else terms


def _tokens(value: object) -> Iterator[str]:
    for text in _texts(value):
        yield from tokenize(text)


def _texts(value: object) -> Iterator[str]:
    texts = value if isinstance(value, list | tuple) else [value]
    return (text for text in texts if isinstance(text, str))


def _commonest(written: list[tuple[str, int]]) -> str:
    """Give the commonest form; of equals the last: titles come first, and may be in capitals."""
    if len(written) == 1:
        return without_invisible(written[0][0])
    counts: dict[str, int] = {}
    for token, count in written:
        counts[token] = counts.pop(token, 0) + count  # it is the last one now
    return without_invisible(max(reversed(counts), key=counts.__getitem__))
