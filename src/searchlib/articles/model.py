"""Which fields does a news article have? The model that ships with the library."""

from __future__ import annotations

import hashlib
from datetime import date, datetime  # noqa: TC003 - pydantic looks them up at run time
from typing import TYPE_CHECKING, Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from searchlib.schema.markers import Date, Key, Keyword, Stored, Text

if TYPE_CHECKING:
    from collections.abc import Mapping


class Article(BaseModel):
    """One news article.

    A title or a body is required. Lists that are missing are empty, other fields are ``None``.

    Attributes:
        id: Identifies the article. If it is empty, it is computed from title, day of publication
            and body, so the same article gets the same id from any file.
        title: The headline, on one line.
        body: The text. A blank line separates paragraphs.
        published: The day of publication. Of several days, such as "4-5 March 2025", a month or a
            year, it is the first.
        published_last: The last of these days, if the source names several.
        published_text: The date as the source writes it, if it names several days.
        document_date: The date and time that the archive gives for the document.
        categories: The sections and topics of the article.
        source: The publisher: an agency, a paper, a network.
        dateline: The place it was filed from, as at the head of the text ("PARIS").
        places: The places that it is about.
        authors: The people who wrote it.
        language: The language of the text, as the source writes it.
        url: The address where it can be read.
        extra: Everything else from the source, under the source's own names.
        file: The file that it was read from, relative to the root that was given to read and with
            slashes; a file in an archive is ``archive.zip/member.txt``.
        line: The line of that file on which the article begins, where its format has lines.
        record: The article is the first, second, ... record of that file; one that could not be
            used counts too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: Annotated[str, Key()] = ""
    title: Annotated[str, Text(boost=2.0)] = ""
    body: Annotated[str, Text()] = ""
    published: Annotated[date | None, Date(sortable=True)] = None
    published_last: Annotated[date | None, Date(sortable=True)] = None
    published_text: Annotated[str | None, Stored()] = None
    document_date: Annotated[datetime | None, Date(sortable=True)] = None
    categories: Annotated[list[str], Keyword(facet=True)] = Field(default_factory=list)
    source: Annotated[str | None, Keyword(facet=True)] = None
    dateline: Annotated[str | None, Keyword(facet=True)] = None
    places: Annotated[list[str], Keyword(facet=True)] = Field(default_factory=list)
    authors: Annotated[list[str], Keyword(facet=True)] = Field(default_factory=list)
    language: Annotated[str | None, Keyword(facet=True)] = None
    url: Annotated[str | None, Stored()] = None
    extra: Annotated[dict[str, JsonValue], Stored()] = Field(default_factory=dict)
    file: Annotated[str | None, Keyword(lowercase=False)] = None
    line: Annotated[int | None, Stored()] = None
    record: Annotated[int | None, Stored()] = None

    def set_place(self, file: str, line: int | None, record: int) -> None:
        """Tell the article where it was read; for the reader alone, before anyone has it."""
        fields = self.__dict__
        fields["file"], fields["line"], fields["record"] = file, line, record

    @model_validator(mode="after")
    def _has_text_and_id(self) -> Self:
        if not self.title and not self.body:
            raise ValueError("expected an article with a title or a body, got neither")
        if not self.id:
            self.__dict__["id"] = content_id(self)
        return self


def valid_article(values: Mapping[str, object], file: str, line: int, record: int) -> Article:
    """Make an article of values that need no validation, and tell it its place.

    Args:
        values: The values by their fields: texts as :func:`as_taken` gives them, lists and
            objects that nobody else has, and a title or a body.
        file: As for :meth:`Article.set_place`.
        line: As for :meth:`Article.set_place`.
        record: As for :meth:`Article.set_place`.
    """
    article = Article.__new__(Article)
    lists: dict[str, object] = {"categories": [], "places": [], "authors": [], "extra": {}}
    place = {"file": file, "line": line, "record": record}
    fields = {**_DEFAULTS, **lists, **values, **place}
    _set(article, "__dict__", fields)
    _set(article, "__pydantic_fields_set__", {*values})
    _set(article, "__pydantic_extra__", None)
    _set(article, "__pydantic_private__", None)
    if not fields["id"]:
        fields["id"] = content_id(article)
    return article


def as_taken(text: str) -> str:
    """Give a text as the model takes it: without the white space around it.

    Raises:
        UnicodeEncodeError: The model does not take it.
    """
    if not text.isascii():
        text.encode()
    return text if text.strip() == text else text.strip(_SPACE)


_set: Final = object.__setattr__  # the model is frozen
_DEFAULTS: Final = {name: field.default for name, field in Article.model_fields.items()}
_SPACE: Final = "".join(filter(str.isspace, map(chr, range(0x3001)))).translate(
    dict.fromkeys(range(0x1C, 0x20))
)
"""White space by the Unicode standard, to which Python adds four control characters."""


def content_id(article: Article) -> str:
    """Make an id of 16 hexadecimal digits that depends on nothing but what the article says."""
    published = article.published.isoformat() if article.published else ""
    said = "\0".join((article.title, published, article.body))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
