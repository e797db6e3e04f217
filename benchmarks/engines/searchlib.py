"""searchlib, used as its README shows it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

import searchlib
from benchmarks.engines.base import Found, Search
from benchmarks.engines.language import whoosh_text
from benchmarks.queries import KINDS
from searchlib import Article, Index

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.queries import Query


class SearchlibEngine:
    """The library that the others are compared with."""

    kinds: ClassVar = frozenset(KINDS)
    differences: ClassVar[tuple[str, ...]] = ()
    agreement: ClassVar = 1.0
    threads: ClassVar = True
    hits_only: ClassVar = True

    _index: Index

    def versions(self) -> dict[str, str]:
        return {"searchlib": searchlib.__version__}

    def index(self, articles: Iterable[Article], path: Path) -> float:
        began = time.perf_counter()
        Index.create(path, Article).add(articles)
        return time.perf_counter() - began

    def open(self, path: Path) -> None:
        self._index = Index.open(path)

    def segments(self) -> int:
        return self._index.stats().segments

    def prepare(self, query: Query, read_ids: bool) -> Search:
        text = whoosh_text(query)
        search = self._index.search

        def run() -> Found:
            results = search(text, limit=query.limit, snippets=False)
            return Found(results.total, [hit.key for hit in results] if read_ids else [], [])

        def run_with_snippets() -> Found:
            results = search(text, limit=query.limit, snippets=["body"])
            shown = [hit.snippets["body"].html for hit in results if "body" in hit.snippets]
            return Found(results.total, [hit.key for hit in results], shown)

        return run_with_snippets if query.kind == "snippets" else run
