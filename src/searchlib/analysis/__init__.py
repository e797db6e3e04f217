"""How does text become terms?

``tokens`` finds the pieces of a text that count, ``terms`` says by which terms the index knows
each, for queries, snippets and indexing alike; ``batch`` does both for many documents at once.
"""

from searchlib.analysis.batch import (
    POSITION_GAP,
    BatchAnalyzer,
    MixedAnalyzer,
    TextValue,
    TokenBatch,
)
from searchlib.analysis.language_names import language_meant, language_named
from searchlib.analysis.terms import (
    ANALYSIS_VERSION,
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
    TOKEN_PATTERN,
    token_pattern,
    tokenize,
    without_invisible,
    words_apart,
)
from searchlib.analysis.vocabulary import Vocabulary

__all__ = [
    "ANALYSIS_VERSION",
    "POSITION_GAP",
    "TOKEN_PATTERN",
    "BatchAnalyzer",
    "Languages",
    "MixedAnalyzer",
    "Terms",
    "TermsOf",
    "TextValue",
    "TokenBatch",
    "Vocabulary",
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
