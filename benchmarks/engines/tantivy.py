"""tantivy, an engine written in Rust, through its Python binding."""

from __future__ import annotations

import os
import time
from datetime import date, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar, Final

import tantivy

from benchmarks.engines.base import TITLE_BOOST, Found, Search
from benchmarks.queries import KINDS
from searchlib.indexing.pool import default_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from benchmarks.queries import Query
    from searchlib import Article

_FIELDS: Final = ["title", "body"]
_BOOSTS: Final = {"title": TITLE_BOOST}
_LABELS: Final = ("categories", "places", "authors")
_SINGLE_LABELS: Final = ("source", "dateline", "language")


class TantivyEngine:
    """Text stemmed by its ``en_stem`` tokenizer, labels as they stand, dates as a fast field."""

    kinds: ClassVar = frozenset(KINDS)
    differences: ClassVar = (
        "Its tokenizer splits numbers and acronyms at dots and keeps accents.",
        "Prefixes and wildcards are regular expressions, as its query language has neither.",
        "It reads the stored document to learn a hit's id, as its Python binding can give "
        "numbers alone from a column; what a search costs without ids is shown beside it.",
        "An article that was added twice would be there twice: it has no keys.",
    )
    agreement: ClassVar = 0.9
    threads: ClassVar = True
    hits_only: ClassVar = True

    _index: Any
    _searcher: Any

    def versions(self) -> dict[str, str]:
        return {"tantivy-py": version("tantivy")}

    def index(self, articles: Iterable[Article], path: Path) -> float:
        began = time.perf_counter()
        writer = tantivy.Index(_schema(), path=str(path)).writer(
            default_memory(), num_threads=os.cpu_count() or 1
        )
        for article in articles:
            writer.add_document(_document(article))
        writer.commit()
        seconds = time.perf_counter() - began
        writer.wait_merging_threads()
        return seconds

    def open(self, path: Path) -> None:
        self._index = tantivy.Index.open(str(path))
        self._searcher = self._index.searcher()

    def segments(self) -> int:
        return int(self._searcher.num_segments)

    def prepare(self, query: Query, read_ids: bool) -> Search:
        searcher = self._searcher
        parse = self._parser(query)

        def run() -> Found:
            result = searcher.search(parse(), query.limit, count=True)
            hits = result.hits
            ids = [searcher.doc(place).get_first("id") for _, place in hits] if read_ids else []
            return Found(result.count, ids, [])

        def run_with_snippets() -> Found:
            parsed = parse()
            result = searcher.search(parsed, query.limit, count=True)
            generator = tantivy.SnippetGenerator.create(
                searcher, parsed, self._index.schema, "body"
            )
            documents = [searcher.doc(place) for _, place in result.hits]
            shown = [generator.snippet_from_doc(document).to_html() for document in documents]
            return Found(result.count, [found.get_first("id") for found in documents], shown)

        return run_with_snippets if query.kind == "snippets" else run

    def _parser(self, query: Query) -> Callable[[], Any]:
        """Make the function that reads the query, or builds it where no text can say it."""
        index = self._index
        if query.form in ("prefix", "wildcard"):
            pattern = query.words[0] + "*" * (query.form == "prefix")
            expression = pattern.replace("*", ".*").replace("?", ".")
            schema = index.schema
            should, regex = tantivy.Occur.Should, tantivy.Query.regex_query
            return lambda: tantivy.Query.boolean_query(
                [(should, regex(schema, field, expression)) for field in _FIELDS]
            )
        text = _text(query)
        return lambda: index.parse_query(text, _FIELDS, field_boosts=_BOOSTS)


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in _FIELDS:
        builder.add_text_field(field, stored=True, tokenizer_name="en_stem")
    for field in ("published", "document_date"):
        builder.add_date_field(field, stored=True, indexed=True, fast=True)
    for field in (*_LABELS, *_SINGLE_LABELS):
        builder.add_text_field(field, stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _document(article: Article) -> Any:
    document = tantivy.Document()
    document.add_text("id", article.id)
    document.add_text("title", article.title)
    document.add_text("body", article.body)
    for field in ("published", "document_date"):
        when = getattr(article, field)
        if when is not None:
            document.add_date(field, _moment(when))
    for field in _LABELS:
        for label in getattr(article, field):
            document.add_text(field, label.lower())
    for field in _SINGLE_LABELS:
        label = getattr(article, field)
        if label is not None:
            document.add_text(field, label.lower())
    return document


def _moment(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001


def _text(query: Query) -> str:
    if query.form == "or":
        return " ".join(query.words)
    if query.form == "phrase":
        return f'"{" ".join(query.words)}"'
    must = list(query.words)
    if query.category is not None:
        must.append(f'categories:"{query.category.lower()}"')
    if query.days is not None:
        first, last = query.days
        must.append(f"published:[{first}T00:00:00Z TO {last}T23:59:59Z]")
    return " ".join(f"+{part}" for part in must)
