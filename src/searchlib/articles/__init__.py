"""How does a file become news articles?

One function reads every format: :func:`read_articles`. One model holds what was read:
:class:`Article`. The formats themselves are described in the modules that read them.
"""

from searchlib.articles.model import Article
from searchlib.articles.reading import read_articles

__all__ = ["Article", "read_articles"]
