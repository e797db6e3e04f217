"""bm25s: scores of all words computed in advance, in numpy and scipy matrices."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, ClassVar

import bm25s
import Stemmer

from benchmarks.engines.base import Found, Search

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.queries import Query
    from searchlib import Article


class Bm25sEngine:
    """Title and body as one text, scored by the method that searchlib uses."""

    kinds: ClassVar = frozenset({"word", "or3", "or12"})
    differences: ClassVar = (
        "It ranks documents by words, and has no other queries: no AND, phrases, patterns or "
        "filters.",
        "It does not say how many documents match.",
        "It keeps neither text nor positions, so its size is not that of a search engine.",
        "Title and body are one text to it, and words in titles count no more than others.",
    )
    agreement: ClassVar = 0.0
    threads: ClassVar = False
    hits_only: ClassVar = False

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._ids: list[str] = []
        self._retriever: Any = None

    def versions(self) -> dict[str, str]:
        return {"bm25s": bm25s.__version__}

    def index(self, articles: Iterable[Article], path: Path) -> float:
        began = time.perf_counter()
        documents = list(articles)
        texts = [f"{article.title}\n{article.body}" for article in documents]
        retriever = bm25s.BM25(method="lucene")
        retriever.index(self._tokens(texts, return_ids=True), show_progress=False)
        retriever.save(str(path), show_progress=False)
        (path / "ids.json").write_text(json.dumps([article.id for article in documents]))
        return time.perf_counter() - began

    def open(self, path: Path) -> None:
        self._retriever = bm25s.BM25.load(str(path), mmap=True)
        self._ids = json.loads((path / "ids.json").read_text())

    def segments(self) -> int:
        return 1

    def prepare(self, query: Query, read_ids: bool) -> Search:
        text = " ".join(query.words)
        limit = min(query.limit, len(self._ids))

        def run() -> Found:
            tokens = self._tokens([text], return_ids=False)
            numbers, scores = self._retriever.retrieve(tokens, k=limit, show_progress=False)
            found = zip(numbers[0], scores[0], strict=True)
            return Found(None, [self._ids[number] for number, score in found if score > 0], [])

        return run

    def _tokens(self, texts: list[str], *, return_ids: bool) -> Any:
        return bm25s.tokenize(
            texts,
            stopwords="en",
            stemmer=self._stemmer,
            return_ids=return_ids,
            show_progress=False,
        )
