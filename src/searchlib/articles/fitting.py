"""How does an article become a document of an index whose model is derived from Article?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.articles.model import Article
from searchlib.errors import SchemaMismatchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from searchlib.schema.models import DocumentSchema

_NEEDED = ("id", "title", "body")


def fit_for(schema: DocumentSchema) -> Callable[[Article], object]:
    """Choose what makes documents of a schema of articles.

    A field that the schema has and :class:`Article` has not takes the value of ``Article.extra``
    under the same name, in whatever case and with blanks, hyphens or underscores between the words.

    Raises:
        SchemaMismatchError: The schema is not one for articles.
    """
    if schema.key.name != "id" or not all(name in schema.fields for name in _NEEDED):
        differences = schema.differences(type(schema).of(Article))
        raise SchemaMismatchError(
            "expected an index of articles, or of a model derived from Article, to read files of "
            f"articles into; got one of {schema.model_name}; make another index for the articles",
            differences,
        )
    own = {_squeeze(name): name for name in schema.fields if name not in Article.model_fields}
    if not own:
        return _as_it_is

    def fit(article: Article) -> object:
        found = {key: own[_squeeze(key)] for key in article.extra if _squeeze(key) in own}
        if not found:
            return article
        rest = {key: value for key, value in article.extra.items() if key not in found}
        taken = {name: article.extra[key] for key, name in found.items()}
        return {**article.model_dump(), "extra": rest, **taken}

    return fit


def _as_it_is(article: Article) -> object:
    return article


def _squeeze(key: str) -> str:
    return "".join(key.casefold().replace("-", " ").replace("_", " ").split())
