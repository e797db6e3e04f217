"""How does a file become news articles?

One function reads every format: :func:`read_articles`. One model holds what was read:
:class:`Article`. The formats themselves are described in the modules that read them.
"""

from typing import TYPE_CHECKING, Any

from searchlib.articles.model import Article

if TYPE_CHECKING:
    from searchlib.articles.reading import read_articles

__all__ = ["Article", "read_articles"]


def __getattr__(name: str) -> Any:
    if name == "read_articles":  # the formats are of no use to a program that only searches
        from searchlib.articles.reading import read_articles

        return read_articles
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
