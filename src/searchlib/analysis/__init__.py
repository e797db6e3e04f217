"""How does text become terms?

``analyzers`` says what the term of a token is, for queries, snippets and indexing alike;
``batch`` runs an analyzer over many documents at once, for indexing.
"""

from searchlib.analysis.analyzers import (
    TOKEN_PATTERN,
    Normalizer,
    TermFilter,
    analyze,
    languages,
    normalizer,
    pattern_terms,
    plain_term,
    stop_terms,
    terms_of,
    token_pattern,
    word_analyzer,
)
from searchlib.analysis.batch import POSITION_GAP, BatchAnalyzer, TextValue, TokenBatch
from searchlib.analysis.vocabulary import Vocabulary

ANALYSIS_VERSION = 1
"""Of the way in which text becomes terms. An index is made with one, and answers no other."""

__all__ = [
    "ANALYSIS_VERSION",
    "POSITION_GAP",
    "TOKEN_PATTERN",
    "BatchAnalyzer",
    "Normalizer",
    "TermFilter",
    "TextValue",
    "TokenBatch",
    "Vocabulary",
    "analyze",
    "languages",
    "normalizer",
    "pattern_terms",
    "plain_term",
    "stop_terms",
    "terms_of",
    "token_pattern",
    "word_analyzer",
]
