"""How does text become terms?

``tokens`` finds the pieces of a text that count, ``terms`` says by which terms the index knows
each, for queries, snippets and indexing alike. ``batch`` does both for many documents at once; it
is imported by what indexes.
"""

from searchlib.analysis.language_names import language_meant, language_named
from searchlib.analysis.terms import (
    ANALYSIS_VERSION,
    POSITION_GAP,
    Languages,
    Terms,
    TermsOf,
    analyze,
    has_second_terms,
    languages,
    pattern_terms,
    stop_terms,
    terms_of,
)
from searchlib.analysis.tokens import (
    token_pattern,
    tokenize,
    without_invisible,
    words_apart,
)

__all__ = [
    "ANALYSIS_VERSION",
    "POSITION_GAP",
    "Languages",
    "Terms",
    "TermsOf",
    "analyze",
    "has_second_terms",
    "language_meant",
    "language_named",
    "languages",
    "pattern_terms",
    "stop_terms",
    "terms_of",
    "token_pattern",
    "tokenize",
    "without_invisible",
    "words_apart",
]
