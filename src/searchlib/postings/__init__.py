"""What can be computed from postings? Set algebra, phrases, BM25F and the best hits.

Pure functions over numpy arrays that know nothing of files or queries. Docnums are ascending
int64 arrays without repetitions, since numpy indexes fastest by int64.
"""

from searchlib.postings.bm25 import (
    Scoring,
    idf,
    length_weights,
    weighted_frequencies,
    word_scores,
    word_weight,
)
from searchlib.postings.phrases import (
    beside,
    documents_of,
    follow,
    phrase_frequencies,
    position_keys,
    runs,
)
from searchlib.postings.sets import common, difference, find, intersect, membership, union
from searchlib.postings.sums import is_dense, sum_scores
from searchlib.postings.top import first_equal, highest, highest_above_zero, reached

__all__ = [
    "Scoring",
    "beside",
    "common",
    "difference",
    "documents_of",
    "find",
    "first_equal",
    "follow",
    "highest",
    "highest_above_zero",
    "idf",
    "intersect",
    "is_dense",
    "length_weights",
    "membership",
    "phrase_frequencies",
    "position_keys",
    "reached",
    "runs",
    "sum_scores",
    "union",
    "weighted_frequencies",
    "word_scores",
    "word_weight",
]
