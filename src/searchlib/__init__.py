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
    from searchlib.errors import (
        AnalysisVersionError,
        ArgumentError,
        CorruptIndexError,
        DocumentError,
        IndexClosedError,
        IndexExistsError,
        IndexLockedError,
        IndexNotFoundError,
        IndexVersionError,
        KernelsError,
        MissingExtraError,
        NoFingerprintsError,
        NotAnIndexError,
        Notice,
        PartialResultsError,
        Problem,
        QueryError,
        QuerySyntaxError,
        QueryTooCostly,
        SchemaError,
        SchemaMismatchError,
        SearchlibError,
        ServerBusyError,
        ServerConflictError,
        ServerError,
        ServerRefusedError,
        ServerTimeoutError,
        ServerUnreachableError,
        SourceNotFoundError,
        StorageError,
        SynonymsError,
        UncertainCommitError,
        UnsupportedError,
    )
    from searchlib.highlight import Snippet, SnippetOptions
    from searchlib.index import Index
    from searchlib.indexing.report import AddReport, Alert
    from searchlib.postings import Scoring
    from searchlib.query.filters import Between
    from searchlib.query.tree import Not
    from searchlib.schema.markers import Date, Key, Keyword, Number, Stored, Text
    from searchlib.search.batches import BatchRow
    from searchlib.search.collapse import Collapse
    from searchlib.search.completion import Completion
    from searchlib.search.concordance import Concordance, ConcordanceLine
    from searchlib.search.copies import Copy
    from searchlib.search.explanation import Explanation
    from searchlib.search.facets.requests import Distinct, Histogram, Ranges, Stats, Terms
    from searchlib.search.facets.values import Facet
    from searchlib.search.hits import Hit
    from searchlib.search.order import Sort
    from searchlib.search.recency import Recency
    from searchlib.search.results import Results
    from searchlib.search.significant import SignificantTerm, SignificantTerms
    from searchlib.search.suggestions import Suggestion
    from searchlib.search.trend import Trend

__version__ = "0.1.0"

__all__ = [
    "AddReport",
    "Alert",
    "AnalysisVersionError",
    "ArgumentError",
    "Article",
    "BatchRow",
    "Between",
    "Collapse",
    "Completion",
    "Concordance",
    "ConcordanceLine",
    "Copy",
    "CorruptIndexError",
    "Date",
    "Distinct",
    "DocumentError",
    "Explanation",
    "Facet",
    "Histogram",
    "Hit",
    "Index",
    "IndexClosedError",
    "IndexExistsError",
    "IndexLockedError",
    "IndexNotFoundError",
    "IndexVersionError",
    "KernelsError",
    "Key",
    "Keyword",
    "MissingExtraError",
    "NoFingerprintsError",
    "Not",
    "NotAnIndexError",
    "Notice",
    "Number",
    "PartialResultsError",
    "Problem",
    "QueryError",
    "QuerySyntaxError",
    "QueryTooCostly",
    "Ranges",
    "Recency",
    "Results",
    "SchemaError",
    "SchemaMismatchError",
    "Scoring",
    "SearchlibError",
    "ServerBusyError",
    "ServerConflictError",
    "ServerError",
    "ServerRefusedError",
    "ServerTimeoutError",
    "ServerUnreachableError",
    "SignificantTerm",
    "SignificantTerms",
    "Snippet",
    "SnippetOptions",
    "Sort",
    "SourceNotFoundError",
    "Stats",
    "StorageError",
    "Stored",
    "Suggestion",
    "SyncReport",
    "SynonymsError",
    "Terms",
    "Text",
    "Trend",
    "UncertainCommitError",
    "UnsupportedError",
    "read_articles",
    "read_stream",
]

# A name is imported when it is first used: a worker process that only indexes, or a program that
# only declares a model, need not wait for the rest.
_HOMES = {
    "AddReport": "searchlib.indexing.report",
    "Alert": "searchlib.indexing.report",
    "AnalysisVersionError": "searchlib.errors",
    "ArgumentError": "searchlib.errors",
    "Article": "searchlib.articles",
    "BatchRow": "searchlib.search.batches",
    "Between": "searchlib.query.filters",
    "Collapse": "searchlib.search.collapse",
    "Completion": "searchlib.search.completion",
    "Concordance": "searchlib.search.concordance",
    "ConcordanceLine": "searchlib.search.concordance",
    "Copy": "searchlib.search.copies",
    "CorruptIndexError": "searchlib.errors",
    "Distinct": "searchlib.search.facets.requests",
    "DocumentError": "searchlib.errors",
    "Explanation": "searchlib.search.explanation",
    "Facet": "searchlib.search.facets.values",
    "Histogram": "searchlib.search.facets.requests",
    "Hit": "searchlib.search.hits",
    "Index": "searchlib.index",
    "IndexClosedError": "searchlib.errors",
    "IndexExistsError": "searchlib.errors",
    "IndexLockedError": "searchlib.errors",
    "IndexNotFoundError": "searchlib.errors",
    "IndexVersionError": "searchlib.errors",
    "KernelsError": "searchlib.errors",
    "MissingExtraError": "searchlib.errors",
    "NoFingerprintsError": "searchlib.errors",
    "Not": "searchlib.query.tree",
    "NotAnIndexError": "searchlib.errors",
    "Notice": "searchlib.errors",
    "PartialResultsError": "searchlib.errors",
    "Problem": "searchlib.errors",
    "QueryError": "searchlib.errors",
    "QuerySyntaxError": "searchlib.errors",
    "QueryTooCostly": "searchlib.errors",
    "Ranges": "searchlib.search.facets.requests",
    "Recency": "searchlib.search.recency",
    "Results": "searchlib.search.results",
    "SchemaError": "searchlib.errors",
    "SchemaMismatchError": "searchlib.errors",
    "Scoring": "searchlib.postings",
    "SearchlibError": "searchlib.errors",
    "ServerBusyError": "searchlib.errors",
    "ServerConflictError": "searchlib.errors",
    "ServerError": "searchlib.errors",
    "ServerRefusedError": "searchlib.errors",
    "ServerTimeoutError": "searchlib.errors",
    "ServerUnreachableError": "searchlib.errors",
    "SignificantTerm": "searchlib.search.significant",
    "SignificantTerms": "searchlib.search.significant",
    "Snippet": "searchlib.highlight",
    "SnippetOptions": "searchlib.highlight",
    "Sort": "searchlib.search.order",
    "SourceNotFoundError": "searchlib.errors",
    "Stats": "searchlib.search.facets.requests",
    "StorageError": "searchlib.errors",
    "Suggestion": "searchlib.search.suggestions",
    "SyncReport": "searchlib.articles.sync",
    "SynonymsError": "searchlib.errors",
    "Terms": "searchlib.search.facets.requests",
    "Trend": "searchlib.search.trend",
    "UncertainCommitError": "searchlib.errors",
    "UnsupportedError": "searchlib.errors",
    "read_articles": "searchlib.articles",
    "read_stream": "searchlib.articles",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        from searchlib.whoosh_compat.hints import missing_name

        told = missing_name(__name__, name)
        raise AttributeError(told or f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "searchlib.schema.markers")), name)


def __dir__() -> list[str]:
    return __all__
