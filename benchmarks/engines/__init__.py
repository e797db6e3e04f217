"""Which engines are compared? One module each, imported only in the process that runs it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from benchmarks.engines.base import Engine

REFERENCE: Final = "searchlib"
"""The engine that the others are compared with."""
ENGINES: Final = {
    REFERENCE: "benchmarks.engines.searchlib:SearchlibEngine",
    "tantivy": "benchmarks.engines.tantivy:TantivyEngine",
    "whoosh3": "benchmarks.engines.whoosh3:WhooshEngine",
    "xapian": "benchmarks.engines.xapian:XapianEngine",
    "sqlite": "benchmarks.engines.sqlite_fts5:SqliteEngine",
    "bm25s": "benchmarks.engines.bm25s:Bm25sEngine",
}
"""Where the class of each engine is."""


def make_engine(name: str) -> Engine:
    """Make an engine.

    Raises:
        ImportError: It is not installed.
    """
    module, _, class_name = ENGINES[name].partition(":")
    engine_class: Any = getattr(import_module(module), class_name)
    engine: Engine = engine_class()
    return engine
