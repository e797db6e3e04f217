"""Full-text search for archives of news articles.

.. code-block:: python

    from searchlib import Article, Index, read_articles

    index = Index.create("news.index", Article)
    report = index.add(read_articles("archive/"))
    for hit in index.search('nato AND "peace talks"'):
        print(hit.rank, hit.document.title, hit.snippets["body"].html)
"""

from searchlib.articles import Article, read_articles
from searchlib.errors import Problem, SearchlibError
from searchlib.fields import Date, Key, Keyword, Number, Stored, Text
from searchlib.highlight import Snippet, SnippetOptions
from searchlib.index import AddReport, Index
from searchlib.results import Hit, Results

__version__ = "0.1.0"

__all__ = [
    "AddReport",
    "Article",
    "Date",
    "Hit",
    "Index",
    "Key",
    "Keyword",
    "Number",
    "Problem",
    "Results",
    "SearchlibError",
    "Snippet",
    "SnippetOptions",
    "Stored",
    "Text",
    "read_articles",
]
