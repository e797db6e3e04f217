"""Are copies found, and what does it cost? Over an archive, and over articles that were edited.

    python -m benchmarks.copies
    python -m benchmarks.copies --dataset synthetic:200000 --edited 0 --no-exact

Pairs of articles that are found by their fingerprints are compared with all pairs whose shingles
have a Jaccard similarity of 0.8, which are found without fingerprints: articles that are so
similar share one of their rarest shingles.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import numpy as np

from benchmarks.datasets import articles_of, find_corpus
from benchmarks.edits import Editor
from benchmarks.engines.language import whoosh_text
from benchmarks.queries import KINDS, draw_queries
from benchmarks.runs import Run, carry_out, default_output, make_parser
from searchlib import Article, Index
from searchlib.analysis.batch import BatchAnalyzer
from searchlib.fingerprints.batch import batch_fingerprints
from searchlib.fingerprints.pairs import NearPairs, identities
from searchlib.fingerprints.shingles import TermHashes, UInt64Array, shingles
from searchlib.fingerprints.similarity import COPY, exact_similarity
from searchlib.fingerprints.sketches import Fingerprints
from searchlib.indexing.columns import field_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from searchlib.indexing.batch import FieldPlan
    from searchlib.schema.models import DocumentSchema

Pairs = set[tuple[int, int]]

_BATCH: Final = 600
_KINDS: Final = [kind for kind in KINDS if kind != "snippets"]


class CopiesRun(Run):
    """One run.

    Args:
        options: Of the command line.
        folder: Where indexes are made.
    """

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        super().__init__("copies", _command(options), options)
        self._folder = folder

    def measure(self) -> None:
        """Do all of it."""
        options = self.options
        self.say(f"reading {options.dataset}")
        articles = list(articles_of(find_corpus(options.dataset, options.cache)))
        self.found["dataset"] = {"name": options.dataset, "documents": len(articles)}
        self.found["found"] = {}
        if options.exact:
            self._compare("the archive", articles)
        if options.edited:
            editor = Editor(articles, options.seed)
            self._compare("edited articles", _both(editor.copies(articles, options.edited)))
        self.say("indexing")
        self.found["cost"] = cost_of_indexing(articles, self._folder, options.index_rounds)
        self.save()
        self.say("searching")
        self.found["collapse"] = cost_of_collapsing(
            self._folder / "with-0", articles, options.queries, options.rounds, options.seed
        )
        self.finish()

    def _compare(self, name: str, articles: Sequence[Article]) -> None:
        self.say(f"comparing {name} in full")
        prints, sets = analyse(articles)
        self.found["found"][name] = agreement(found_pairs(prints), exact_pairs(sets, COPY), sets)
        self.save()


def _both(pairs: Iterator[tuple[Article, Article]]) -> list[Article]:
    """List articles and their copies, each once."""
    return list({article.id: article for pair in pairs for article in pair}.values())


def analyse(articles: Sequence[Article]) -> tuple[Fingerprints, list[UInt64Array]]:
    """Make the fingerprint of each article, and the set of its shingles."""
    analyzer, hashes = BatchAnalyzer("english"), TermHashes()
    parts, sets = [], []
    for start in range(0, len(articles), _BATCH):
        batch = articles[start : start + _BATCH]
        texts = [[article.title for article in batch], [article.body for article in batch]]
        tokens = [analyzer.analyze(text) for text in texts]
        of_terms = hashes.of(analyzer.vocabulary.terms)
        parts.append(batch_fingerprints([(field, of_terms) for field in tokens]))
        cut = [
            np.split(shingles(of_terms[field.terms], field.counts), field.counts.cumsum()[:-1])
            for field in tokens
        ]
        sets += [np.unique(np.concatenate(fields)) for fields in zip(*cut, strict=True)]
    return Fingerprints.joined(parts), sets


def found_pairs(prints: Fingerprints) -> Pairs:
    """Find the pairs of copies by fingerprints, as a search does."""
    owners: dict[int, list[int]] = defaultdict(list)
    hashes = identities(prints)
    for document in np.flatnonzero(prints.filled).tolist():
        owners[int(hashes[document])].append(document)
    first = np.array([documents[0] for documents in owners.values()], np.int64)
    near = NearPairs.none().of(prints.take(first), hashes[first])
    found = {pair for documents in owners.values() for pair in combinations(documents, 2)}
    for left, right in zip(near.left.tolist(), near.right.tolist(), strict=True):
        found |= {(min(a, b), max(a, b)) for a in owners[left] for b in owners[right]}
    return found


def exact_pairs(sets: Sequence[UInt64Array], least: float) -> Pairs:
    """Find all pairs of sets that are so similar.

    Sets in which the rarest members come first can only be so similar if they share one of the
    first few (prefix filtering: Chaudhuri, Ganti and Kaushik 2006).
    """
    members, counts = np.unique(np.concatenate(sets), return_counts=True)
    with_member: dict[int, list[int]] = defaultdict(list)
    candidates: Pairs = set()
    for number, one in enumerate(sets):
        rarest = one[counts[np.searchsorted(members, one)].argsort(kind="stable")]
        for member in rarest[: len(one) - int(np.ceil(least * len(one))) + 1].tolist():
            candidates.update((other, number) for other in with_member[member])
            with_member[member].append(number)
    return {
        (a, b)
        for a, b in candidates
        if min(len(sets[a]), len(sets[b])) >= least * max(len(sets[a]), len(sets[b]))
        and exact_similarity(sets[a], sets[b]) >= least
    }


def agreement(found: Pairs, exact: Pairs, sets: Sequence[UInt64Array]) -> dict[str, Any]:
    """Compare pairs with those that there are."""
    wrong = sorted(exact_similarity(sets[a], sets[b]) for a, b in found - exact)
    return {
        "articles": len(sets),
        "exact": len(exact),
        "found": len(found),
        "precision": len(found & exact) / max(len(found), 1),
        "recall": len(found & exact) / max(len(exact), 1),
        "lowest_found": wrong[0] if wrong else COPY,
    }


def cost_of_indexing(articles: Sequence[Article], folder: Path, rounds: int) -> dict[str, Any]:
    """Index with fingerprints and without, in turns; the least CPU time of each counts."""
    seconds: dict[str, list[float]] = {"with": [], "without": []}
    sizes: dict[str, int] = {}
    for number in range(rounds):
        for name, plan in (("with", field_plan), ("without", _without_fingerprints)):
            path = folder / f"{name}-{number}"
            seconds[name].append(_index(articles, path, plan))
            sizes[name] = Index.open(path).stats().size
    return {
        "documents": len(articles),
        "cpu_seconds": seconds,
        "bytes": sizes,
        "share_of_time": min(seconds["with"]) / min(seconds["without"]) - 1,
        "share_of_size": sizes["with"] / sizes["without"] - 1,
    }


def _index(
    articles: Sequence[Article], path: Path, plan: Callable[[DocumentSchema], FieldPlan]
) -> float:
    with patch("searchlib.indexing.writer.field_plan", plan):
        index = Index.create(path, Article)
        began = time.process_time()
        with index.writer(workers=0) as writer:
            writer.add(articles)
            writer.optimize()
        return time.process_time() - began


def _without_fingerprints(schema: DocumentSchema) -> FieldPlan:
    plan = field_plan(schema)
    return type(plan)(plan.languages, plan.labels, plan.numbers, [])


def cost_of_collapsing(
    path: Path, articles: Sequence[Article], count: int, rounds: int, seed: int
) -> dict[str, Any]:
    """Time queries with collapsed copies and without, in turns."""
    index = Index.open(path)
    began = time.process_time()
    everything = index.search("*", collapse="copies", snippets=False)
    first = time.process_time() - began
    queries = draw_queries(articles[:: max(1, len(articles) // 5000)], _KINDS, count, seed)
    ways: dict[str, Callable[[str], object]] = {
        "plain": lambda text: index.search(text, snippets=False),
        "collapsed": lambda text: index.search(text, snippets=False, collapse="copies"),
        "counted": lambda text: _counted(index, text),
    }
    return {
        "documents": everything.total,
        "groups": everything.groups,
        "first_seconds": first,
        "milliseconds": {
            kind: _times([whoosh_text(query) for query in drawn], ways, rounds)
            for kind, drawn in queries.items()
        },
    }


def _counted(index: Index[Any], text: str) -> tuple[int | None, list[int]]:
    """Search, and read how many there are of each hit, and of groups."""
    results = index.search(text, snippets=False, collapse="copies")
    return results.groups, [hit.collapsed.count for hit in results]


def _times(
    texts: Sequence[str], ways: dict[str, Callable[[str], object]], rounds: int
) -> dict[str, float]:
    """Give the median over the queries of the best time of each, in milliseconds."""
    best = {way: [float("inf")] * len(texts) for way in ways}
    for _ in range(rounds):
        for number, text in enumerate(texts):
            for way, search in ways.items():
                began = time.perf_counter()
                search(text)
                taken = (time.perf_counter() - began) * 1000
                best[way][number] = min(best[way][number], taken)
    return {way: statistics.median(times) for way, times in best.items()}


def _command(options: argparse.Namespace) -> str:
    exact = "" if options.exact else " --no-exact"
    return (
        f"python -m benchmarks.copies --dataset {options.dataset} --edited {options.edited}"
        f"{exact} --queries {options.queries} --rounds {options.rounds} "
        f"--index-rounds {options.index_rounds} --seed {options.seed}"
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = make_parser("benchmarks.copies", __doc__)
    parser.add_argument("--dataset", default="news21k", help="as for benchmarks.peers")
    parser.add_argument("--edited", type=int, default=6000, help="how many articles to edit")
    parser.add_argument(
        "--exact", action=argparse.BooleanOptionalAction, default=True, help="compare the archive"
    )
    parser.add_argument("--queries", type=int, default=100, help="of each kind")
    parser.add_argument("--rounds", type=int, default=5, help="how often each query is asked")
    parser.add_argument("--index-rounds", type=int, default=5, help="how often to index")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    options.engines = []
    name = Path(options.dataset).name.replace(":", "-")
    options.output = options.output or default_output(f"copies-{name}")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print what was found."""
    options = _options(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=options.cache) as folder:
        return carry_out(CopiesRun(options, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
