"""Are similar articles about the same topic, and are rankings better by neighbours? And the cost.

    python -m benchmarks.similar

People gave the articles of the archive tags. For some of those that have any, each engine names the
ten articles most like it, by title and body alone; a hit is right if it has a tag of the article.
The tags themselves are queries, too: an article is relevant if it has the tag. All times are those
of one thread on the processor.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Final

from benchmarks.datasets import articles_of, find_corpus
from benchmarks.measures import evaluate
from benchmarks.runs import Run, carry_out, default_output, make_parser
from searchlib import Article, Index
from searchlib.analysis import analyze

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Alike = Callable[[Article], Sequence[str]]
    """Names the articles most like one, best first; perhaps itself among them."""

BEST: Final = 10
LEAST_ARTICLES: Final = 10
"""So many articles at least must have a tag that is a query."""

# What the tags of the Reuters collection stand for, where they are no words, by its own list.
_TAGS: Final = {
    "acq": "mergers acquisitions", "earn": "earnings", "money-fx": "money foreign exchange",
    "gnp": "gross national product", "cpi": "consumer price index", "bop": "balance of payments",
    "ipi": "industrial production index", "wpi": "wholesale price index", "dlr": "dollar",
    "lei": "leading economic indicators", "nat-gas": "natural gas", "veg-oil": "vegetable oil",
    "interest": "interest rates", "ship": "shipping", "crude": "crude oil", "gas": "gasoline",
    "carcass": "beef pork", "reserves": "foreign reserves", "jobs": "employment unemployment",
    "retail": "retail sales", "pet-chem": "petrochemicals", "orange": "orange juice",
    "alum": "aluminium aluminum", "hog": "hogs", "heat": "heating oil", "fuel": "fuel oil",
    "instal-debt": "consumer credit", "income": "personal income", "stg": "sterling",
    "inventories": "business inventories", "housing": "housing starts", "dmk": "mark",
}  # fmt: skip


class SimilarRun(Run):
    """One run.

    Args:
        options: Of the command line.
        folder: Where indexes are made.
    """

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        super().__init__("similar", _command(options), options)
        self._folder = folder

    def measure(self) -> None:
        """Do all of it."""
        options = self.options
        self.say(f"reading {options.dataset}")
        articles = list(articles_of(find_corpus(options.dataset, options.cache)))
        drawn = draw(articles, options.articles, options.seed)
        self.found["dataset"] = {
            "name": options.dataset, "documents": len(articles), "drawn": len(drawn),
        }  # fmt: skip
        index = Index.create(self._folder / "searchlib", Article)
        index.add(articles)
        self.found["similar"] = {}
        for make in (ours(index), tantivy_alike, whoosh_alike)[: None if options.others else 1]:
            self.say("indexing")
            for name, alike in make(articles).items():
                self.say(name)
                self.found["similar"][name] = tried(drawn, articles, alike)
                self.save()
        self.say("rankings")
        self.found["rerank"] = reranked(index, articles, options.rounds)
        self.found["significant"] = significant(index, articles)
        self.finish()


def draw(articles: Sequence[Article], count: int, seed: int) -> list[Article]:
    """Draw articles that have tags."""
    tagged = [article for article in articles if article.categories]
    return random.Random(seed).sample(tagged, min(count, len(tagged)))


def tried(drawn: Sequence[Article], articles: Sequence[Article], alike: Alike) -> dict[str, float]:
    """Measure precision at ten, which of the ten share a tag, and CPU times in milliseconds."""
    tags = {article.id: {*article.categories} for article in articles}
    shares, times = [], []
    for article in drawn:
        began = time.process_time()
        found = alike(article)
        times.append((time.process_time() - began) * 1000)
        others = [key for key in found if key != article.id][:BEST]
        shares.append(sum(bool(tags[key] & tags[article.id]) for key in others) / BEST)
    return {
        "precision": sum(shares) / len(shares),
        "p50": median(times),
        "p95": quantiles(times, n=20)[-1],
    }


def ours(index: Index[Article]) -> Callable[[Sequence[Article]], dict[str, Alike]]:
    """Use index.similar; the first article is tried before."""

    def make(articles: Sequence[Article]) -> dict[str, Alike]:
        def alike(article: Article) -> list[str]:
            return [hit.key for hit in index.similar(article.id)]

        alike(articles[0])
        return {"searchlib": alike}

    return make


def tantivy_alike(articles: Sequence[Article]) -> dict[str, Alike]:
    """Use more_like_this_query, as it is by default and with more and rarer terms."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in ("title", "body"):
        builder.add_text_field(field, stored=True, tokenizer_name="en_stem")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(1 << 28, 1)
    for one in articles:
        writer.add_document(tantivy.Document(id=one.id, title=one.title, body=one.body))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def alike(**options: Any) -> Alike:
        def find(article: Article) -> list[str]:
            itself = tantivy.Query.term_query(schema, "id", article.id)
            [(_, address)] = searcher.search(itself, 1).hits
            query = tantivy.Query.more_like_this_query(address, **options)
            hits = searcher.search(query, BEST + 1).hits
            return [str(searcher.doc(place).get_first("id")) for _, place in hits]

        return find

    ways: dict[str, dict[str, int]] = {
        "tantivy": {},
        "tantivy, 25 terms that are there once": {"min_term_frequency": 1},
        "tantivy, 40 of them": {"min_term_frequency": 1, "max_query_terms": 40},
        "tantivy, 100 of them": {"min_term_frequency": 1, "max_query_terms": 100},
    }
    return {name: alike(**options) for name, options in ways.items()}


def whoosh_alike(articles: Sequence[Article]) -> dict[str, Alike]:
    """Use more_like over title and body as one text, with the usual number of terms and with 40."""
    from whoosh.analysis import StemmingAnalyzer
    from whoosh.fields import ID, TEXT, Schema
    from whoosh.filedb.filestore import RamStorage

    schema = Schema(id=ID(stored=True, unique=True), text=TEXT(analyzer=StemmingAnalyzer()))
    index = RamStorage().create_index(schema)
    writer = index.writer(limitmb=512)
    for one in articles:
        writer.add_document(id=one.id, text=f"{one.title}\n{one.body}")
    writer.commit()
    searcher = index.searcher()

    def alike(count: int) -> Alike:
        def find(article: Article) -> list[str]:
            number = searcher.document_number(id=article.id)
            text = f"{article.title}\n{article.body}"
            found = searcher.more_like(number, "text", text=text, top=BEST + 1, numterms=count)
            return [str(hit["id"]) for hit in found]

        return find

    return {"Whoosh": alike(5), "Whoosh, 40 terms": alike(40)}


def queries_of_tags(articles: Sequence[Article]) -> dict[str, str]:
    """Write the tags that enough articles have as queries."""
    counts = Counter(tag for article in articles for tag in article.categories)
    words = {term for one in articles for term in analyze(one.title.lower(), "english")}
    found = {}
    for tag, count in counts.items():
        text = _TAGS.get(tag, tag.replace("-", " "))
        if count >= LEAST_ARTICLES and {*analyze(text, "english")} & words:
            found[tag] = text
    return found


def reranked(index: Index[Article], articles: Sequence[Article], rounds: int) -> dict[str, Any]:
    """Rank by tags, with neighbours and without, in turns; the least time of each query counts."""
    queries = queries_of_tags(articles)
    judgments = {tag: {one.id: 1 for one in articles if tag in one.categories} for tag in queries}
    began = time.process_time()
    index.search("*", rerank="neighbours", snippets=False)
    first = time.process_time() - began
    ways: Mapping[str, dict[str, Any]] = {"plain": {}, "neighbours": {"rerank": "neighbours"}}
    times = {way: dict.fromkeys(queries, float("inf")) for way in ways}
    rankings: dict[str, dict[str, list[str]]] = {way: {} for way in ways}
    for _ in range(rounds):
        for tag, text in queries.items():
            for way, options in ways.items():
                began = time.process_time()
                found = index.search(text, match="any", snippets=False, **options)
                taken = (time.process_time() - began) * 1000
                times[way][tag] = min(times[way][tag], taken)
                if tag not in rankings[way]:
                    every = index.search(text, match="any", limit=1000, snippets=False, **options)
                    rankings[way][tag] = [hit.key for hit in every]
                assert found.total
    more = [times["neighbours"][tag] - times["plain"][tag] for tag in queries]
    return {
        "queries": len(queries),
        "first_seconds": first,
        "measures": {way: evaluate(rankings[way], judgments) for way in ways},
        "p50": {way: median(times[way].values()) for way in ways},
        "more": {"p50": median(more), "p95": quantiles(more, n=20)[-1]},
    }


def significant(index: Index[Article], articles: Sequence[Article]) -> dict[str, float]:
    """Time what sets the hits of the same queries apart: CPU times in milliseconds."""
    found = {}
    for field in ("body", "categories"):
        times = []
        for text in queries_of_tags(articles).values():
            began = time.process_time()
            index.significant(text, field=field, match="any")
            times.append((time.process_time() - began) * 1000)
        found[field] = median(times)
    return found


def _command(options: argparse.Namespace) -> str:
    others = "" if options.others else " --no-others"
    return (
        f"python -m benchmarks.similar --dataset {options.dataset} --articles {options.articles}"
        f"{others} --rounds {options.rounds} --seed {options.seed}"
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = make_parser("benchmarks.similar", __doc__)
    parser.add_argument("--dataset", default="news21k", help="as for benchmarks.peers")
    parser.add_argument("--articles", type=int, default=300, help="how many articles to draw")
    parser.add_argument(
        "--others", action=argparse.BooleanOptionalAction, default=True, help="tantivy and Whoosh"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each query is asked")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    options.engines = []
    name = Path(options.dataset).name.replace(":", "-")
    options.output = options.output or default_output(f"similar-{name}")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print what was found."""
    options = _options(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=options.cache) as folder:
        return carry_out(SimilarRun(options, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
