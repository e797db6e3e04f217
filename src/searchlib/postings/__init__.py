"""What can be computed from postings? Matching, BM25F, phrases, proximity and the best hits.

Functions over arrays that know nothing of files or queries. The kernels, which go over many
postings, are written twice, with the same signatures: in numpy, which is the reference, and
compiled. :mod:`searchlib.postings.choice` says which of them serve.
"""

from typing import TYPE_CHECKING

from searchlib.postings.bm25 import Scoring, idf, weighted_frequencies, word_scores, word_weight
from searchlib.postings.choice import KERNELS
from searchlib.postings.counting import SegmentLabels
from searchlib.postings.finding import FieldPlace, TermFinder
from searchlib.postings.matching import (
    MAX_CLAUSES,
    Clause,
    FieldPostings,
    Masked,
    Place,
    Plan,
    Range,
    Scored,
    Weighted,
)
from searchlib.postings.phrases import (
    MAX_WORDS,
    PhraseWord,
    follow,
    phrase_frequencies,
)
from searchlib.postings.top import first_of_groups, highest

if TYPE_CHECKING or KERNELS == "numpy":
    from searchlib.postings.counting import count_in_spans, count_labels
    from searchlib.postings.finding import WordFinder
    from searchlib.postings.matching import (
        SegmentPostings,
        WordPostings,
        all_documents,
        best_and_all,
        best_documents,
        listed_documents,
        ordered_documents,
    )
    from searchlib.postings.phrases import occurrences_among, phrase_postings
    from searchlib.postings.top import best_of_groups
else:
    from searchlib.postings.compiled import (
        SegmentPostings,
        WordFinder,
        WordPostings,
        all_documents,
        best_and_all,
        best_documents,
        listed_documents,
        occurrences_among,
        ordered_documents,
        phrase_postings,
    )
    from searchlib.postings.compiled_counts import best_of_groups, count_in_spans, count_labels

__all__ = [
    "KERNELS",
    "MAX_CLAUSES",
    "MAX_WORDS",
    "Clause",
    "FieldPlace",
    "FieldPostings",
    "Masked",
    "PhraseWord",
    "Place",
    "Plan",
    "Range",
    "Scored",
    "Scoring",
    "SegmentLabels",
    "SegmentPostings",
    "TermFinder",
    "Weighted",
    "WordFinder",
    "WordPostings",
    "all_documents",
    "best_and_all",
    "best_documents",
    "best_of_groups",
    "count_in_spans",
    "count_labels",
    "first_of_groups",
    "follow",
    "highest",
    "idf",
    "listed_documents",
    "occurrences_among",
    "ordered_documents",
    "phrase_frequencies",
    "phrase_postings",
    "weighted_frequencies",
    "word_scores",
    "word_weight",
]
