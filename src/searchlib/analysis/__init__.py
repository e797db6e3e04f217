"""How does text become terms?

``analyzers`` says what the term of a token is, for queries, snippets and indexing alike.
"""

from searchlib.analysis.analyzers import (
    TOKEN_PATTERN,
    Normalizer,
    TermFilter,
    languages,
    normalizer,
    plain_term,
    stop_terms,
    word_analyzer,
)

__all__ = [
    "TOKEN_PATTERN",
    "Normalizer",
    "TermFilter",
    "languages",
    "normalizer",
    "plain_term",
    "stop_terms",
    "word_analyzer",
]
