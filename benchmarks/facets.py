"""What does it cost to count all hits by label and month, beside tantivy and SQLite?

    python -m benchmarks.facets --dataset synthetic:200000
    python -m benchmarks.facets --dataset news21k --keep FOLDER     # keeps the indexes

The engines take turns at each query, in one process. The CPU time of the process counts, as other
programs disturb it less than the time on the clock; the best of the rounds counts for each query.
All engines must give the same counts for a query, or it is not timed (SQLite, which has another
stemmer, need not). tantivy has no months: its spans are of 30 days. Its Python binding takes one
call for hits and one for counts; SQLite takes a query for the hits and one for each count.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import tantivy

from benchmarks import results
from benchmarks.datasets import articles_of, find_corpus, survey
from benchmarks.engines.sqlite_fts5 import SqliteEngine
from benchmarks.queries import draw_queries
from benchmarks.runs import Run, carry_out, default_output, make_parser, names_among
from searchlib import Article, Histogram, Index, Terms

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence

KINDS: Final[dict[str, tuple[Sequence[str], bool]]] = {
    "the ten best, nothing counted": ((), False),
    "source and month": (("source",), True),
    "categories and month": (("categories",), True),
    "categories, source and month": (("categories", "source"), True),
}
"""What is counted besides finding the ten best: labels, and whether months."""
EVERYTHING: Final = "*"
_SAMPLE: Final = 3000
_SIZE: Final = 10

Counts = dict[str, dict[str, int]]
"""For each field the counts of the labels that are told."""


class SearchlibFacets:
    """searchlib, used as docs/facets.md shows it."""

    def versions(self) -> dict[str, str]:
        return {"searchlib": version("searchlib")}

    def index(self, articles: Iterable[Article], path: Path) -> None:
        Index.create(path, Article).add(articles)

    def open(self, path: Path) -> None:
        self._index = Index.open(path)

    def count(self, word: str, labels: Sequence[str], months: bool) -> tuple[int, Counts]:
        facets: list[Any] = [Terms(name, size=_SIZE) for name in labels]
        if months:
            facets.append(Histogram("published", by="month"))
        found = self._index.search(word, snippets=False, facets=facets)
        return found.total, {name: dict(facet) for name, facet in found.facets.items()
                             if name != "published"}  # fmt: skip


class TantivyFacets:
    """tantivy, with a column for each field that is counted."""

    def versions(self) -> dict[str, str]:
        return {"tantivy-py": version("tantivy")}

    def index(self, articles: Iterable[Article], path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        for field in ("title", "body"):
            builder.add_text_field(field, tokenizer_name="en_stem")
        for field in ("categories", "source"):
            builder.add_text_field(field, tokenizer_name="raw", fast=True)
        builder.add_date_field("published", indexed=True, fast=True)
        index = tantivy.Index(builder.build(), path=str(path))
        writer = index.writer(400_000_000, num_threads=1)  # one thread makes one segment
        for article in articles:
            writer.add_document(_tantivy_document(article))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, path: Path) -> None:
        self._index = tantivy.Index.open(str(path))
        self._searcher = self._index.searcher()

    def count(self, word: str, labels: Sequence[str], months: bool) -> tuple[int, Counts]:
        query = self._query(word)
        total = self._searcher.search(query, 10, count=True).count
        wanted: dict[str, Any] = {
            name: {"terms": {"field": name, "size": _SIZE}} for name in labels
        }
        if months:
            by_30_days = {"field": "published", "fixed_interval": "30d"}
            wanted["published"] = {"date_histogram": by_30_days}
        if not wanted:
            return total, {}
        found = self._searcher.aggregate(query, wanted)
        return total, {
            name: {one["key"]: one["doc_count"] for one in found[name]["buckets"]}
            for name in labels
        }

    def _query(self, word: str) -> Any:
        if word == EVERYTHING:
            return tantivy.Query.all_query()
        return self._index.parse_query(word, ["title", "body"])


def _tantivy_document(article: Article) -> Any:
    document = tantivy.Document()
    document.add_text("title", article.title)
    document.add_text("body", article.body)
    for label in dict.fromkeys(label.lower() for label in article.categories):
        document.add_text("categories", label)
    if article.source:
        document.add_text("source", article.source.lower())
    if article.published:
        day = article.published
        document.add_date("published", datetime(day.year, day.month, day.day, tzinfo=UTC))
    return document


class SqliteFacets(SqliteEngine):
    """SQLite: ``GROUP BY`` over the rows that FTS5 finds."""

    def count(self, word: str, labels: Sequence[str], months: bool) -> tuple[int, Counts]:
        execute = self._database.execute
        everything = word == EVERYTHING
        where = "1" if everything else "news MATCH ?"
        values = () if everything else (f'"{word}"',)
        order = "" if everything else "ORDER BY rank"
        execute(f"SELECT rowid FROM news WHERE {where} {order} LIMIT 10", values).fetchall()
        table = "article" if everything else "news"
        total = execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()[0]
        hits = "" if everything else "news JOIN"
        on = "" if everything else "ON number = news.rowid"
        found: Counts = {}
        for name in labels:
            column, labelled = ("lower(source)", "article") if name == "source" else (
                "value", "label")  # fmt: skip
            also = "" if name == "source" else f"AND field = '{name}'"
            rows = execute(
                f"SELECT {column}, count(*) AS n FROM {hits} {labelled} {on} WHERE {where} {also} "
                f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {_SIZE}", values,
            )  # fmt: skip
            found[name] = dict(rows.fetchall())
        if months:
            execute(
                f"SELECT substr(published, 1, 7), count(*) FROM {hits} article {on} "
                f"WHERE {where} GROUP BY 1", values,
            ).fetchall()  # fmt: skip
        return total, found


_ENGINES: Final[dict[str, Callable[[], Any]]] = {
    "searchlib": SearchlibFacets, "tantivy": TantivyFacets, "sqlite": SqliteFacets,
}  # fmt: skip


class FacetRun(Run):
    """One run: index, check, and time.

    Args:
        options: Of the command line.
        folder: Where indexes are made, and found if they were.
    """

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        command = f"python -m benchmarks.facets --dataset {options.dataset}"
        command += f" --engines {','.join(options.engines)} --words {options.words}"
        super().__init__("facets", command, options)
        self.folder = folder
        self.found |= {"words": {}, "everything": {}}

    def measure(self) -> None:
        """Do all of it."""
        corpus = find_corpus(self.options.dataset, self.options.cache)
        seen = survey(corpus, _SAMPLE, self.options.seed)
        self.found["dataset"] = {"name": self.options.dataset, "articles": seen.documents}
        drawn = draw_queries(seen.sample, ["word"], self.options.words, self.options.seed)
        engines = {name: self._opened(name, corpus) for name in self.engines}
        words = [query.words[0] for query in drawn["word"]]
        words = [word for word in words if _agree(engines, word)]
        self.found["agreeing"] = f"{len(words)} of {len(drawn['word'])}"
        self.found["hits"] = sorted(
            engines["searchlib"].count(word, (), False)[0] for word in words
        )
        for what, counted in KINDS.items():
            self.say(what)
            rounds = self.options.rounds
            self.found["words"][what] = _times(engines, words, counted, rounds)
            self.found["everything"][what] = _times(engines, [EVERYTHING], counted, 4 * rounds)
            self.save()
        self.finish()

    def _opened(self, name: str, corpus: Path) -> Any:
        engine, path = _ENGINES[name](), self.folder / name
        if not path.exists():
            self.say(f"{name}: indexing")
            engine.index(articles_of(corpus), path)
        engine.open(path)
        self.found["engines"][name] = {"versions": engine.versions()}
        return engine


def _agree(engines: dict[str, Any], word: str) -> bool:
    """Tell whether all count the same but SQLite."""
    labels = ("categories", "source")
    found = [
        engine.count(word, labels, True) for name, engine in engines.items() if name != "sqlite"
    ]
    counted = [
        (total, [sorted(counts.values()) for counts in by_field.values()])
        for total, by_field in found
    ]
    return all(one == counted[0] for one in counted)


def _times(
    engines: dict[str, Any], words: Sequence[str], counted: tuple[Sequence[str], bool], rounds: int
) -> dict[str, Any]:
    """Time the queries, the engines in turn at each."""
    taken: dict[str, list[list[float]]] = {name: [] for name in engines}
    gc.collect()
    for _ in range(rounds):
        for times in taken.values():
            times.append([])
        for word in words:
            for name, engine in engines.items():
                began = time.process_time()
                engine.count(word, *counted)
                taken[name][-1].append(time.process_time() - began)
    return {name: results.summarize(times) for name, times in taken.items()}


def main(arguments: list[str] | None = None) -> int:
    """Run it and print what it found."""
    parser = make_parser("benchmarks.facets", __doc__)
    parser.add_argument("--dataset", default="synthetic:200000", help="as of benchmarks.peers")
    parser.add_argument(
        "--engines", type=names_among(_ENGINES), default=list(_ENGINES), help=", ".join(_ENGINES)
    )
    parser.add_argument("--words", type=int, default=60, help="how many queries (default: 60)")
    parser.add_argument("--rounds", type=int, default=5, help="of all queries (default: 5)")
    parser.add_argument("--seed", type=int, default=1, help="draws other queries")
    parser.add_argument("--keep", type=Path, help="a folder where indexes are kept and found")
    options = parser.parse_args(arguments)
    if options.output is None:
        options.output = default_output(f"facets-{options.dataset.replace(':', '-')}")
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="facets-", dir=options.cache) as folder:
        return carry_out(FacetRun(options, options.keep or Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
