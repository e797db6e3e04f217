"""Full-text search for archives of news articles.

.. code-block:: python

    from searchlib import Article, Index, read_articles

    index = Index.create("news.index", Article)
    report = index.add(read_articles("archive/"))
    for hit in index.search('"peace talks" -sport published:>=2025-02'):
        print(hit.rank, hit.document.title, hit.snippets["body"].html)

``searchlib.query`` has a class for each kind of query, to build queries without strings.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searchlib.articles import Article, read_articles, read_stream
    from searchlib.articles.sync import SyncReport
    from searchlib.errors import Notice, Problem, SearchlibError
    from searchlib.highlight import Snippet, SnippetOptions
    from searchlib.index import Index
    from searchlib.indexing.writer import AddReport
    from searchlib.postings import Scoring
    from searchlib.schema.markers import Date, Key, Keyword, Number, Stored, Text
    from searchlib.search.collapse import Collapse
    from searchlib.search.copies import Copy
    from searchlib.search.explanation import Explanation
    from searchlib.search.results import Hit, Results

__version__ = "0.1.0"

__all__ = [
    "AddReport",
    "Article",
    "Collapse",
    "Copy",
    "Date",
    "Explanation",
    "Hit",
    "Index",
    "Key",
    "Keyword",
    "Notice",
    "Number",
    "Problem",
    "Results",
    "Scoring",
    "SearchlibError",
    "Snippet",
    "SnippetOptions",
    "Stored",
    "SyncReport",
    "Text",
    "read_articles",
    "read_stream",
]

# A name is imported when it is first used: a worker process that only indexes, or a program that
# only declares a model, need not wait for the rest.
_HOMES = {
    "AddReport": "searchlib.indexing.writer",
    "Article": "searchlib.articles",
    "Collapse": "searchlib.search.collapse",
    "Copy": "searchlib.search.copies",
    "Explanation": "searchlib.search.explanation",
    "Hit": "searchlib.search.results",
    "Index": "searchlib.index",
    "Notice": "searchlib.errors",
    "Problem": "searchlib.errors",
    "Results": "searchlib.search.results",
    "Scoring": "searchlib.postings",
    "SearchlibError": "searchlib.errors",
    "Snippet": "searchlib.highlight",
    "SnippetOptions": "searchlib.highlight",
    "SyncReport": "searchlib.articles.sync",
    "read_articles": "searchlib.articles",
    "read_stream": "searchlib.articles",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "searchlib.schema.markers")), name)


def __dir__() -> list[str]:
    return __all__
