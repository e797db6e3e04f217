"""How good is a ranking? By the measures of trec_eval, the field's reference.

They are computed by ir_measures, which calls trec_eval's own C code, rather than here: everybody
in the field gets the same numbers from it for the same files, down to how it treats queries that
found nothing and documents that nobody judged.

``nDCG@10`` is the discounted cumulative gain of the ten best over that of the best possible ten,
where the document at rank ``r`` gains ``grade / log2(r + 1)``: linear in the grade (Järvelin and
Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20, 2002; the discount is
that of trec_eval's ``ndcg_cut``). ``MAP`` is the mean over queries of average precision, which is
the precision at the rank of each relevant document, averaged over all relevant ones of the query.
``Judged@10`` is the share of the ten best that anybody judged: where it is low, the other two say
little, as what was not judged counts as not relevant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ir_measures
from ir_measures import AP, Judged, nDCG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.judged import Judgments

_MEASURES: Final = {"nDCG@10": nDCG @ 10, "MAP": AP, "Judged@10": Judged @ 10}


def evaluate(rankings: Mapping[str, Sequence[str]], judgments: Judgments) -> dict[str, float]:
    """Evaluate the rankings of an engine.

    Args:
        rankings: For each query the ids of documents, best first. One that is missing or empty
            found nothing, and counts as 0.
        judgments: Which documents are relevant.

    Returns:
        The mean of each measure over all queries that were judged.
    """
    run = {
        query: {document: float(-rank) for rank, document in enumerate(found)}
        for query, found in rankings.items()
        if found and query in judgments
    }
    means = ir_measures.calc_aggregate(_MEASURES.values(), judgments, run)
    return {name: float(means[measure]) for name, measure in _MEASURES.items()}
