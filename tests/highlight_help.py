"""Highlighting in one text field of any language, for query objects of Whoosh's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.highlight import Highlighter
from searchlib.highlight.highlight_terms import HighlightTerms
from searchlib.schema.markers import Key, Text
from searchlib.schema.models import DocumentSchema, FieldSpec
from searchlib.whoosh_compat.queries import from_whoosh

if TYPE_CHECKING:
    from whoosh.query import Query as WhooshObject

    from searchlib.query import Query


def body_of(language: str | None) -> FieldSpec:
    return FieldSpec("body", Text(language=language), "str")


def tree_of(query: WhooshObject, language: str | None) -> Query:
    schema = DocumentSchema([FieldSpec("id", Key(), "str"), body_of(language)], "Page")
    return from_whoosh(query, schema)


def highlight_terms(query: WhooshObject, language: str | None = "english") -> HighlightTerms:
    return HighlightTerms(tree_of(query, language), body_of(language), is_default=True)


def highlighter(query: WhooshObject, language: str | None = "english") -> Highlighter:
    return Highlighter(tree_of(query, language), body_of(language))
