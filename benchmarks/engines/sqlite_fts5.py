"""SQLite's full-text tables, from Python's standard library."""

from __future__ import annotations

import sqlite3
import time
import weakref
from typing import TYPE_CHECKING, Any, ClassVar, Final

from benchmarks.engines.base import TITLE_BOOST, Found, Search
from benchmarks.queries import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.queries import Query
    from searchlib import Article

_SCHEMA: Final = f"""
PRAGMA journal_mode = WAL;
CREATE TABLE article (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, published TEXT, document_date TEXT,
    source TEXT, dateline TEXT, language TEXT, url TEXT
);
CREATE TABLE label (
    field TEXT, value TEXT, number INTEGER, PRIMARY KEY (field, value, number)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE news USING fts5 (title, body, tokenize = 'porter unicode61');
INSERT INTO news (news, rank) VALUES ('rank', 'bm25({TITLE_BOOST}, 1.0)');
"""
_LABELS: Final = ("categories", "places", "authors")


class SqliteEngine:
    """Text in an FTS5 table that keeps its content, everything else in plain tables."""

    kinds: ClassVar = frozenset(KINDS) - {"wildcard"}
    differences: ClassVar = (
        "Its stemmer is the older Porter stemmer, so other words share a stem.",
        "Its tokenizer splits numbers and acronyms at dots.",
        "It has no wildcards inside words.",
        "The number of hits is a second query.",
    )
    agreement: ClassVar = 0.75
    threads: ClassVar = False
    hits_only: ClassVar = False

    _database: sqlite3.Connection

    def versions(self) -> dict[str, str]:
        return {"SQLite": sqlite3.sqlite_version}

    def index(self, articles: Iterable[Article], path: Path) -> float:
        began = time.perf_counter()
        path.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path / "news.db")
        database.executescript(_SCHEMA)
        numbered = list(enumerate(articles, 1))
        with database:
            database.executemany(
                "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (_row(number, article) for number, article in numbered),
            )
            database.executemany(
                "INSERT INTO label VALUES (?, ?, ?)",
                {row: None for number, article in numbered for row in _labels(number, article)},
            )
            database.executemany(
                "INSERT INTO news (rowid, title, body) VALUES (?, ?, ?)",
                ((number, article.title, article.body) for number, article in numbered),
            )
        seconds = time.perf_counter() - began
        database.close()
        return seconds

    def open(self, path: Path) -> None:
        self._database = sqlite3.connect(path / "news.db")
        weakref.finalize(self, self._database.close)

    def segments(self) -> int:
        return 1

    def prepare(self, query: Query, read_ids: bool) -> Search:
        columns = "article.id, snippet(news, 1, '<b>', '</b>', '…', 32)"
        if query.kind != "snippets":
            columns = "article.id" if read_ids else "news.rowid"
        joined = "news CROSS JOIN article ON article.number = news.rowid"
        where, values = _condition(query)
        best = (
            f"SELECT {columns} FROM {joined} WHERE {where} ORDER BY news.rank LIMIT {query.limit}"
        )
        tables = joined if query.days is not None else "news"
        count = f"SELECT count(*) FROM {tables} WHERE {where}"
        execute = self._database.execute

        def run() -> Found:
            rows = execute(best, values).fetchall()
            total = execute(count, values).fetchone()[0]
            return Found(total, [row[0] for row in rows], [row[1] for row in rows if row[1:]])

        return run


def _row(number: int, article: Article) -> tuple[Any, ...]:
    return (
        number,
        article.id,
        article.published and article.published.isoformat(),
        article.document_date and article.document_date.isoformat(),
        article.source,
        article.dateline,
        article.language,
        article.url,
    )


def _labels(number: int, article: Article) -> list[tuple[str, str, int]]:
    return [
        (field, label.lower(), number) for field in _LABELS for label in getattr(article, field)
    ]


def _condition(query: Query) -> tuple[str, tuple[str, ...]]:
    """Write the WHERE clause and the values of its parameters."""
    words = [f'"{word}"' for word in query.words]
    if query.form == "phrase":
        words = [f'"{" ".join(query.words)}"']
    elif query.form == "prefix":
        words = [f"{words[0]}*"]
    clauses = ["news MATCH ?"]
    values = [(" OR " if query.form == "or" else " AND ").join(words)]
    if query.days is not None:
        clauses.append("article.published BETWEEN ? AND ?")
        values += [day.isoformat() for day in query.days]
    if query.category is not None:
        labelled = "SELECT number FROM label WHERE field = 'categories' AND value = ?"
        # With the plus the index of words is asked once, and not again for each labelled article.
        clauses.append(f"+news.rowid IN ({labelled})")
        values.append(query.category.lower())
    return " AND ".join(clauses), tuple(values)
