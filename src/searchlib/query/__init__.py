"""What does a query ask for? Its tree, and the terms that its words stand for.

``tree`` has a class for each kind of query; programs build queries of them. ``json_form`` writes
them as JSON and reads them back.
"""

from searchlib.query.json_form import from_json, to_json
from searchlib.query.tree import (
    And,
    AndMaybe,
    Boost,
    ConstantScore,
    DisjunctionMax,
    Exists,
    Fuzzy,
    MatchAll,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Require,
    Term,
    Verbatim,
    Wildcard,
    Word,
)

__all__ = [
    "And",
    "AndMaybe",
    "Boost",
    "ConstantScore",
    "DisjunctionMax",
    "Exists",
    "Fuzzy",
    "MatchAll",
    "Near",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "Range",
    "Regex",
    "Require",
    "Term",
    "Verbatim",
    "Wildcard",
    "Word",
    "from_json",
    "to_json",
]
