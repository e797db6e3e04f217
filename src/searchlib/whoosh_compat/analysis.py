"""How does code written for Whoosh see text? As the tokens and terms that are indexed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whoosh.analysis.acore import Token
from whoosh.analysis.analyzers import Analyzer

from searchlib.analysis import terms_of, token_pattern, words_apart

if TYPE_CHECKING:
    from collections.abc import Iterator


class WordAnalyzer(Analyzer):
    """The Whoosh analyzer of a text field.

    Where a token has two terms, there are two tokens at one position; but one, of the primary
    term, in the mode "query", in which Whoosh makes a phrase of several.

    Args:
        language: One of :func:`searchlib.analysis.languages`, or ``None`` for no stemming.

    Raises:
        SchemaError: There is no stemmer for that language.
    """

    def __init__(self, language: str | None) -> None:
        self.language = language
        terms_of(language)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.language!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WordAnalyzer) and other.language == self.language

    def __hash__(self) -> int:
        return hash(self.language)

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        tokenize: bool = True,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[Token]:
        """Give the terms of a text; each is the same object, changed, as with Whoosh's own.

        Without ``tokenize``, all of the text is one token, as the beginning of a word is.
        """
        token = Token(positions, chars, removestops=removestops, mode=mode, **kwargs)
        terms = terms_of(self.language)
        for position, (start, end) in enumerate(_spans(value, tokenize), start_pos):
            written = value[start:end]
            for term in terms(written)[: 1 if mode == "query" else 2]:
                token.text, token.boost, token.stopped = term, 1.0, False
                token.pos, token.startchar, token.endchar = (
                    position,
                    start_char + start,
                    start_char + end,
                )
                if keeporiginal:
                    token.original = written  # type: ignore[attr-defined]  # Whoosh's own name
                yield token


def _spans(text: str, tokenize: bool) -> Iterator[tuple[int, int]]:
    if not tokenize:
        return iter([(0, len(text))])
    pattern = token_pattern(text)
    return (match.span() for match in pattern.finditer(words_apart(text)))
