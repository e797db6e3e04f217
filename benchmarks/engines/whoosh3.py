"""Whoosh itself, with searchlib's analyzers, so that its terms are the same."""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar

from whoosh.index import create_in, open_dir
from whoosh.qparser import MultifieldParser

from benchmarks.engines.base import Found, Search
from benchmarks.engines.language import whoosh_days, whoosh_text
from benchmarks.queries import KINDS
from searchlib import Article
from searchlib.schema.markers import Date
from searchlib.schema.models import DocumentSchema
from searchlib.schema.values import indexed_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from benchmarks.queries import Query


class WhooshEngine:
    """An index on disk, written by one process."""

    kinds: ClassVar = frozenset(KINDS)
    differences: ClassVar = (
        "Its writer is given 512 MB and works in one process.",
        "A range of dates is given to it as a filter: as a part of an AND it makes Whoosh miss "
        "hits.",
        "An article that was added twice would be there twice: add_document looks for no key.",
    )
    agreement: ClassVar = 1.0
    threads: ClassVar = False
    hits_only: ClassVar = False

    _searcher: Any
    _parser: Any

    def versions(self) -> dict[str, str]:
        return {"whoosh3": version("whoosh3")}

    def index(self, articles: Iterable[Article], path: Path) -> float:
        began = time.perf_counter()
        schema = DocumentSchema.of(Article)
        fields = copy.deepcopy(schema.whoosh)
        for name in fields.names():
            fields[name].stored = True
        dates = [name for name, spec in schema.fields.items() if isinstance(spec.marker, Date)]
        writer = create_in(str(path), fields).writer(limitmb=512)
        for article in articles:
            writer.add_document(**_values(article, dates))
        writer.commit()
        return time.perf_counter() - began

    def open(self, path: Path) -> None:
        index: Any = open_dir(str(path))
        self._searcher = index.searcher()
        boosts = DocumentSchema.of(Article).default_fields
        self._parser = MultifieldParser(list(boosts), index.schema, fieldboosts=boosts)

    def segments(self) -> int:
        return len(self._searcher.reader().leaf_readers())

    def prepare(self, query: Query, read_ids: bool) -> Search:
        text = whoosh_text(replace(query, days=None))
        days = whoosh_days(query)
        search, parse = self._searcher.search, self._parser.parse

        def run() -> Found:
            results = search(parse(text), limit=query.limit, filter=parse(days) if days else None)
            return Found(len(results), [hit["id"] for hit in results] if read_ids else [], [])

        def run_with_snippets() -> Found:
            results = search(parse(text), limit=query.limit)
            shown = [hit.highlights("body") for hit in results]
            return Found(len(results), [hit["id"] for hit in results], shown)

        return run_with_snippets if query.kind == "snippets" else run


def _values(article: Article, dates: Sequence[str]) -> dict[str, Any]:
    values = {name: value for name, value in article.__dict__.items() if value}
    for name in dates:
        if name in values:
            values[name] = indexed_time(values[name])
    return values
