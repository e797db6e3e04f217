"""How does a file become news articles?

One function reads every format: :func:`read_articles`. One model holds what was read:
:class:`Article`. The formats themselves are described in the modules that read them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

    from searchlib.articles.model import Article
    from searchlib.articles.reading import read_articles, read_stream
    from searchlib.schema.models import DocumentSchema

__all__ = ["Article", "read_articles", "read_stream", "shipped_model"]


def __getattr__(name: str) -> Any:
    # The formats are of no use to a program that only searches, nor is the model to one that has
    # its own.
    if name in ("read_articles", "read_stream"):
        from searchlib.articles import reading

        return getattr(reading, name)
    if name == "Article":
        from searchlib.articles.model import Article

        return Article
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def shipped_model(schema: DocumentSchema) -> type[BaseModel] | None:
    """Find the model that ships, where a stored schema is that of it, or of an earlier form."""
    from searchlib.articles.model import Article

    shipped = type(schema).of(Article).in_language(schema.language)
    is_earlier = schema.model_name == shipped.model_name and schema.can_become(shipped)
    return Article if is_earlier or shipped.fingerprint == schema.fingerprint else None
