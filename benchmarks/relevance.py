"""How good are the rankings? Of searchlib and the others, over a collection that people judged.

    python -m benchmarks.relevance                            # the sample: see how it works
    python -m benchmarks.relevance --collection scifact       # a folder in BEIR's layout
    python -m benchmarks.relevance --name robust04 --documents disks45/ \
        --queries topics.301-450.txt --qrels qrels.txt --match any

Each query is reduced to its words without stop words, the same for all engines, and given to each
in its own language as an OR of them (``any``) or an AND (``all``).
"""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.datasets import DatasetError
from benchmarks.engines import ENGINES
from benchmarks.judged import Document, Judgments, read_documents, read_judgments, read_queries
from benchmarks.measures import evaluate
from benchmarks.queries import Form, Query
from benchmarks.runs import Run, carry_out, default_output, make_parser, names_among
from benchmarks.worker import EngineError, EngineProcess
from searchlib import Article
from searchlib.analysis import stop_terms

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

_SAMPLE: Final = Path(__file__).parent / "judged_sample"
_DEPTH: Final = 1000
_WORD: Final = re.compile(r"[^\W_]+")
_CLITIC: Final = re.compile(r"(?<=\w)['’]\w+")
_KIND: Final = {"any": "or3", "all": "and2"}
"""Which kind of query an engine must be able to answer."""


class RelevanceRun(Run):
    """One evaluation.

    Args:
        options: Of the command line.
        folder: Where indexes are made.
    """

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        super().__init__("relevance", _command(options), options)
        self.folder = folder

    def measure(self) -> None:
        """Do all of it."""
        options = self.options
        self.say(f"reading {options.documents}")
        documents = write_articles(read_documents(options.documents), self.folder / "news.jsonl")
        judgments = _with_relevant(read_judgments(options.qrels))
        queries = make_queries(read_queries(options.queries), judgments, options)
        judgments = {number: judgments[number] for number in queries}
        if not documents or not queries:
            raise DatasetError("expected documents, and queries with relevant ones; there are none")
        self.found["collection"] = {
            "name": options.name,
            "documents": documents,
            "queries": len(queries),
            "judgments": sum(map(len, judgments.values())),
        }
        self.found["match"] = options.match
        self.say(f"{documents:,} documents, {len(queries):,} queries")
        self.save()
        with ExitStack() as stack:
            for name, process in self.start_engines(stack).items():
                self._evaluate(name, process, queries, judgments)
                self.save()
        self.finish()

    def _evaluate(
        self, name: str, process: EngineProcess, queries: dict[str, Query], judgments: Judgments
    ) -> None:
        match = self.options.match
        described = process.call("describe")
        if _KIND[match] not in described["kinds"]:
            self.leave_out(name, EngineError(f"it has no search for {match} of some words"))
            return
        self.say(f"{name}: indexing")
        process.call("index_file", self.folder / "news.jsonl", self.folder / name)
        process.call("open", self.folder / name)
        self.say(f"{name}: searching")
        process.call("prepare", "ranking", list(queries.values()), False)
        answers = process.call("check", "ranking")
        rankings = {number: ids for number, (_, ids, *_) in zip(queries, answers, strict=True)}
        self.found["engines"][name] = {
            **described,
            "measures": evaluate(rankings, judgments),
            "found_nothing": sum(not ids for ids in rankings.values()),
        }


def write_articles(documents: Iterable[Document], path: Path) -> int:
    """Write documents as articles, those that have text, and count them."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for document in documents:
            if document.title.strip() or document.text.strip():
                article = Article(id=document.id, title=document.title, body=document.text)
                file.write(article.model_dump_json(exclude_defaults=True) + "\n")
                count += 1
    return count


def _with_relevant(judgments: Judgments) -> Judgments:
    """Leave out queries without a relevant document: no ranking could be good or bad for them."""
    return {query: grades for query, grades in judgments.items() if max(grades.values()) > 0}


def make_queries(
    texts: dict[str, str], judgments: Judgments, options: argparse.Namespace
) -> dict[str, Query]:
    """Reduce the queries that were judged to their words."""
    form: Form = "or" if options.match == "any" else "and"
    return {
        number: Query("ranking", form, words_of(text), limit=options.depth)
        for number, text in texts.items()
        if number in judgments and words_of(text)
    }


def words_of(text: str) -> tuple[str, ...]:
    """Find the different words of a query, without stop words unless it has no other.

    They are in lower case, so that none is an operator of any engine.
    """
    words = list(dict.fromkeys(_WORD.findall(_CLITIC.sub("", text.lower()))))
    stop = stop_terms("english")
    return tuple([word for word in words if word not in stop] or words)


def _command(options: argparse.Namespace) -> str:
    return (
        f"python -m benchmarks.relevance --name {options.name} --match {options.match} "
        f"--engines {','.join(options.engines)} --depth {options.depth}"
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = make_parser("benchmarks.relevance", __doc__)
    parser.add_argument(
        "--collection",
        type=Path,
        default=_SAMPLE,
        help="a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv (default: a sample)",
    )
    parser.add_argument("--documents", type=Path, help="JSON Lines, TREC SGML, or a folder of it")
    parser.add_argument("--queries", type=Path, help="JSON Lines, .tsv or TREC topics")
    parser.add_argument("--qrels", type=Path, help="judgments, with three columns or TREC's four")
    parser.add_argument("--name", help="what to call it (default: the name of the folder)")
    parser.add_argument(
        "--match", choices=list(_KIND), default="any", help="of the words of a query (default: any)"
    )
    parser.add_argument(
        "--engines", type=names_among(ENGINES), default=list(ENGINES), help=", ".join(ENGINES)
    )
    parser.add_argument(
        "--depth", type=int, default=_DEPTH, help=f"hits for each query (default: {_DEPTH})"
    )
    options = parser.parse_args(arguments)
    options.documents = options.documents or options.collection / "corpus.jsonl"
    options.queries = options.queries or options.collection / "queries.jsonl"
    options.qrels = options.qrels or options.collection / "qrels" / "test.tsv"
    options.name = options.name or options.collection.resolve().name
    options.output = options.output or _output(options)
    return options


def _output(options: argparse.Namespace) -> Path:
    """Name the file of a run: among those that the docs show, unless it is of the sample."""
    if options.documents.parent == _SAMPLE:
        return _SAMPLE / f"result-{options.match}.json"
    return default_output(f"relevance-{options.name}-{options.match}")


def main(arguments: list[str] | None = None) -> int:
    """Evaluate the engines, and print what was found."""
    options = _options(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=options.cache) as folder:
        return carry_out(RelevanceRun(options, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
