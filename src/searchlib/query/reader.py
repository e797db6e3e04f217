"""What does a query string ask for? Whoosh's default query language, read without guessing.

Whoosh's parser never complains: a forgotten quote, a misspelt field or a date it can't read gives
a query that silently matches something else, or nothing. Here the string is looked over first, and
whatever can't be meant as it stands is a :class:`~searchlib.errors.QuerySyntaxError` that points
at the place.
"""

from __future__ import annotations

import difflib
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from whoosh.qparser.default import QueryParser
from whoosh.qparser.plugins import MultifieldPlugin
from whoosh.qparser.syntax import AndGroup, OrGroup
from whoosh.query import (
    And,
    AndNot,
    BinaryQuery,
    CompoundQuery,
    Every,
    Not,
    NullQuery,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Wildcard,
)

from searchlib.analysis import stop_terms
from searchlib.errors import QuerySyntaxError, QueryTooCostly
from searchlib.query.plain import PlainReader
from searchlib.schema.markers import Date, Number, Stored, Text
from searchlib.schema.values import UnreadableValue
from searchlib.whoosh_compat.fields import LabelField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from whoosh.fields import Schema as WhooshSchema

    from searchlib.schema.models import DocumentSchema

Match = Literal["all", "any"]
"""Whether a hit must hold all words of a query, or any of them."""

MAX_QUERY_CHARACTERS: Final = 20_000
MAX_NESTING: Final = 50

# Quotes that a word processor has curled, and lines that a paste has broken.
_AS_TYPED: Final = str.maketrans(dict.fromkeys("“”„‟", '"') | dict.fromkeys("\n\r", " "))
_BINARY: Final = frozenset({"AND", "OR", "ANDNOT", "ANDMAYBE", "REQUIRE"})
_LEXEME: Final = re.compile(
    r"""(?P<phrase>"[^"]*"(?:~\d+)?)
      | (?P<single>(?<![^\s(:])'[^']*'(?=[\s)\]}]|$))
      | (?P<range>[\[{](?:[^\]}"]*?\s)?to(?:\s[^\]}]*?)?[\]}])
      | (?P<field>[^\W\d]\w*:(?=[\w"'\[({*]))
      | (?P<bracket>[()"])
      | (?P<space>\s+)
      | (?P<word>[^\s()"]+?(?=[\s()"]|$))
    """,
    re.VERBOSE | re.IGNORECASE,
)


class QueryReader:
    """Reads query strings for one schema. Keeps no state, so threads may share it."""

    def __init__(self, schema: DocumentSchema) -> None:
        self._schema = schema
        self._plain = PlainReader(schema)

    def read(self, text: str, match: Match = "all") -> Query:
        """Make the query tree of a string.

        Words are looked for in the schema's default fields. Stop words are left out except in
        phrases, unless there is nothing else.

        Args:
            text: A query in Whoosh's default language.
            match: How words are joined that no operator joins. With "any" what is not free text
                (NOT, labels, dates, numbers) is required still, unless the query has an OR.

        Raises:
            QuerySyntaxError: The string is empty or can't be read; the message shows where.
            QueryTooCostly: It is too long or nested too deeply.
        """
        if len(text) > MAX_QUERY_CHARACTERS:
            raise QueryTooCostly(
                f"expected a query of at most {MAX_QUERY_CHARACTERS} characters, got {len(text)}"
            )
        text = text.translate(_AS_TYPED)
        tree = self._plain.read(text, match) or self._read_by_parser(text, match)
        return self._with_restrictions(tree) if match == "any" and not _has_or(text) else tree

    def _with_restrictions(self, node: Query) -> Query:
        """Require what restricts, in groups whose parts nothing but ``match`` has joined by Or."""
        if not isinstance(node, And | Or):
            return node
        parts = [self._with_restrictions(part) for part in node.subqueries]
        if isinstance(node, Or):
            restricts = self._restricts
            if all(map(restricts, parts)):  # labels alone are what is looked for
                restricts = _excludes
            restrictions = [part for part in parts if restricts(part)]
            if not restrictions:
                return node
            free = [part for part in parts if not restricts(part)]
            parts = [*([Or(free) if len(free) > 1 else free[0]] if free else []), *restrictions]
        return And([leaf for part in parts for leaf in _same_as_parts(part, And)], boost=node.boost)

    def _restricts(self, node: Query) -> bool:
        """Tell whether a part is not free text: what must not be, labels, dates and numbers."""
        if isinstance(node, And | Or):
            return all(self._restricts(part) for part in node.subqueries)
        spec = self._schema.fields.get(getattr(node, "fieldname", None) or "")
        return isinstance(node, Not) or (spec is not None and not isinstance(spec.marker, Text))

    def _read_by_parser(self, text: str, match: Match) -> Query:
        if text.strip() in ("*", "*:*"):
            return Every()
        self._look_over(text)
        try:
            tree = self._parsers[match].parse(text, normalize=False)
        except ValueError as error:
            raise self._unreadable(error, text) from error
        for node in _nodes(tree):
            if getattr(node, "error", None):
                raise self._unreadable(node.error, text)
        whole = _pruned(tree, lambda _: False)
        if whole is NullQuery:
            raise QuerySyntaxError(f"expected a word to look for, got {text!r}", text)
        rest = _pruned(whole, self._is_stop_word)
        return whole if rest is NullQuery else rest

    @cached_property
    def _parsers(self) -> dict[Match, QueryParser]:
        return {"all": self._parser(AndGroup), "any": self._parser(OrGroup)}

    def _parser(self, group: type[AndGroup] | type[OrGroup]) -> QueryParser:
        boosts = self._schema.default_fields
        parser = _LabelAwareParser(self._schema.whoosh, group)
        parser.add_plugin(  # type: ignore[no-untyped-call]
            MultifieldPlugin(list(boosts), fieldboosts=boosts)
        )
        return parser

    @cached_property
    def _stop_terms(self) -> dict[str, frozenset[str]]:
        return {
            name: stop_terms(spec.marker.language)
            for name, spec in self._schema.fields.items()
            if isinstance(spec.marker, Text)
        }

    def _is_stop_word(self, node: Query) -> bool:
        return isinstance(node, Term) and node.text in self._stop_terms.get(node.fieldname, ())

    def _look_over(self, text: str) -> None:
        """Make sure of what Whoosh's parser takes for granted.

        Raises:
            QuerySyntaxError: Quotes or brackets are not in pairs, an operator lacks a side, or a
                field is unknown.
            QueryTooCostly: Brackets are nested too deeply.
        """
        open_brackets: list[int] = []
        operand, operator = False, None  # whether one was just read, and which one waits for one
        for lexeme in _LEXEME.finditer(text):
            kind, found, at = lexeme.lastgroup, lexeme.group(), lexeme.start()
            if kind == "space":
                continue
            if kind == "field":
                self._expect_field(found[:-1], text, at)
            elif found == '"':
                raise _error('expected a second " to end the phrase', text, at)
            elif found == "(":
                open_brackets.append(at)
                operand = False
            elif found == ")" and not open_brackets:
                raise _error("expected a ( before this )", text, at)
            elif found == ")" and not operand:
                raise _error(f"expected a word before {found}", text, at)
            elif found == ")":
                open_brackets.pop()
            elif kind == "word" and found in _BINARY:
                if not operand:
                    raise _error(f"expected a word before {found}", text, at)
                operand, operator = False, lexeme
            elif kind == "word" and found == "NOT":
                operand, operator = False, lexeme
            else:
                operand, operator = True, None
            if len(open_brackets) > MAX_NESTING:
                raise QueryTooCostly(f"expected at most {MAX_NESTING} nested brackets, got more")
        if open_brackets:
            raise _error("expected a ) for this (", text, open_brackets[-1])
        if operator is not None:
            raise _error(f"expected a word after {operator.group()}", text, operator.start())

    def _unreadable(self, error: object, text: str) -> QuerySyntaxError:
        """Show the place of a date or number: behind the name of its field, or wherever it is."""
        if not isinstance(error, UnreadableValue):
            return QuerySyntaxError(f"{error}, in {text!r}", text)
        names = "|".join(
            spec.name
            for spec in self._schema.fields.values()
            if isinstance(spec.marker, Date | Number)
        )
        value = re.escape(error.text)
        found = re.search(rf"""\b(?:{names}):(?:[\[{{][^\]}}]*?|["'])?{value}""", text)
        at = text.find(error.text) if found is None else found.end() - len(error.text)
        return _error(str(error), text, max(at, 0))

    def _expect_field(self, name: str, text: str, at: int) -> None:
        searchable = [
            spec.name
            for spec in self._schema.fields.values()
            if not isinstance(spec.marker, Stored)
        ]
        if name in searchable:
            return
        if name in self._schema.fields:
            raise _error(f"field {name!r} is stored, not searched", text, at)
        close = difflib.get_close_matches(name, searchable, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(searchable)}"
        raise _error(f'no field {name!r}; {hint} (to look for the text, put it in "…")', text, at)


class _LabelAwareParser(QueryParser):
    """Whoosh's parser, but a pattern stays a pattern in a field that is matched as a whole."""

    def __init__(self, schema: WhooshSchema, group: type[AndGroup] | type[OrGroup]) -> None:
        super().__init__(None, schema, group=group)
        self.label_fields = {
            name: field for name, field in schema.items() if isinstance(field, LabelField)
        }

    def term_query(
        self,
        fieldname: str,
        text: str,
        termclass: Any,
        boost: float = 1.0,
        tokenize: bool = True,
        removestops: bool = True,
    ) -> Query | None:
        field = self.label_fields.get(fieldname)
        if field is not None and issubclass(termclass, Prefix | Wildcard):
            text = field.term(text)
            query: Query | None = termclass(fieldname, text, boost=boost)
        else:
            query = super().term_query(  # type: ignore[no-untyped-call]
                fieldname, text, termclass, boost, tokenize, removestops
            )
        return query


def _excludes(node: Query) -> bool:
    return isinstance(node, Not)


def _has_or(text: str) -> bool:
    return "OR" in text and any(
        lexeme.lastgroup == "word" and lexeme.group() == "OR" for lexeme in _LEXEME.finditer(text)
    )


def _error(message: str, text: str, at: int) -> QuerySyntaxError:
    """Make the error that shows the place in the query."""
    start = max(0, at - 40)
    shown = text[start : at + 40].replace("\n", " ").replace("\t", " ")
    return QuerySyntaxError(f"{message}:\n  {shown}\n  {' ' * (at - start)}^", text, at)


def _nodes(tree: Query) -> Iterator[Query]:
    yield tree
    for child in tree.children():
        yield from _nodes(child)


def _pruned(node: Query, says_nothing: Callable[[Query], bool]) -> Query:
    """Leave out what says nothing, and unwrap what the parser wraps.

    Groups of one part become the part, an Or within an Or and an And within an And join it,
    phrases of one word become a term, and ``field:*`` every document with that field.
    ``NullQuery`` stands for a query of which nothing is left.
    """
    if isinstance(node, Phrase) and len(node.words) < 2:
        node = Term(node.fieldname, node.words[0], boost=node.boost) if node.words else NullQuery
    if isinstance(node, Wildcard) and node.text == "*":
        return Every(node.fieldname, boost=node.boost)
    if isinstance(node, BinaryQuery):
        return _pruned_binary(node, says_nothing)
    if isinstance(node, CompoundQuery):
        parts = [_pruned(part, says_nothing) for part in node.subqueries]
        parts = [part for part in parts if part is not NullQuery]
        if type(node) in (And, Or):
            parts = [leaf for part in parts for leaf in _same_as_parts(part, type(node))]
        if len(parts) == 1 and node.boost == 1.0:
            return parts[0]
        return type(node)(parts, boost=node.boost) if parts else NullQuery
    if isinstance(node, Not):
        inner = _pruned(node.query, says_nothing)
        return NullQuery if inner is NullQuery else Not(inner, boost=node.boost)
    return NullQuery if says_nothing(node) else node


def _same_as_parts(part: Query, join: type[CompoundQuery]) -> Sequence[Query]:
    """Give the parts of a part that is joined as the whole is, or the part itself."""
    return part.subqueries if type(part) is join and part.boost == 1.0 else (part,)


def _pruned_binary(node: BinaryQuery, says_nothing: Callable[[Query], bool]) -> Query:
    first, second = _pruned(node.a, says_nothing), _pruned(node.b, says_nothing)
    if second is NullQuery:
        return first
    if first is NullQuery:
        return NullQuery if isinstance(node, AndNot) else second
    return type(node)(first, second)
