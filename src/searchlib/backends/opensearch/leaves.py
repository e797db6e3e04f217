"""How does OpenSearch look for a leaf of a query: a word, phrase, pattern or value?"""

from __future__ import annotations

import math
from itertools import chain, product
from typing import TYPE_CHECKING, Any

from searchlib.backends.opensearch.mapping import (
    ALL,
    label_field,
    number_field,
    sent_label,
    sent_term,
    text_field,
)
from searchlib.backends.opensearch.nodes import NOTHING, Node, any_of, constant, positive
from searchlib.backends.opensearch.patterns import pattern_node
from searchlib.backends.opensearch.rows import (
    Row,
    follow_node,
    gapped_rows,
    row_node,
    together_node,
)
from searchlib.errors import QueryError, UnsupportedError
from searchlib.query.field_terms import ANY_TERM, field_terms, label_of, row_with_gaps
from searchlib.query.joins import common_fields, counted_parts
from searchlib.query.tree import (
    Exists,
    Fuzzy,
    Near,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Term,
    Wildcard,
    Word,
)
from searchlib.schema.markers import Date, Number, Text
from searchlib.search.leaf_fields import LeafFields, is_everything, says_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.query.field_terms import Alternatives
    from searchlib.query.field_values import Clock
    from searchlib.schema.models import DocumentSchema, FieldSpec
    from searchlib.search.leaf_fields import Fields


class ServerLeaves(LeafFields):
    """Makes nodes of leaves; see :class:`searchlib.search.compiler.Leaves`.

    Args:
        schema: The fields, as the search looks into them.
        clock: What relative dates are reckoned from.
        usual: Whether these are the default fields of the model, with its boosts.
    """

    def __init__(self, schema: DocumentSchema, clock: Clock, *, usual: bool) -> None:
        super().__init__(schema, clock)
        # All default fields are one field for the server, too: a word is scored once in it.
        self._are_one = usual and len(self.groups(Word("-"))) == 1 and len(self.default_specs) > 1

    def word(
        self, word: Word, boost: float, *, keep_stop_words: bool, verbatim: bool
    ) -> Node | None:
        """Find a word."""
        parts: list[Node] = []
        phrases: list[Node] = []
        for group in self.groups(word):
            if group.is_value:
                terms = [(Term(name, word.text), factor) for name, factor in group.fields]
                parts += [self.term(one, boost * by, verbatim=verbatim) for one, by in terms]
                continue
            elements = field_terms(word, group.spec, verbatim=verbatim)
            if len(elements) > 1:
                phrases += self._rows(group.fields, [tuple(elements)], boost, 1, word)
            elif elements and (
                keep_stop_words or verbatim or not says_nothing(word, group.spec, elements[0])
            ):
                parts += self._terms(word, group.spec, group.fields, elements[0], boost)
        return any_of(parts + phrases) if parts or phrases else None

    def _terms(
        self,
        word: Query,
        spec: FieldSpec,
        fields: Fields,
        terms: Alternatives,
        boost: float,
    ) -> list[Node]:
        texts = [str(one) for one in terms]
        if not isinstance(spec.marker, Text):
            return [_label(label_field(name), texts[0], boost) for name, _ in fields]
        if self._are_one and not getattr(word, "fields", ()):
            return [_any_term(ALL, texts, boost)]
        return [_any_term(text_field(name), texts, boost * factor) for name, factor in fields]

    def phrase(
        self, phrase: Phrase, boost: float, *, keep_stop_words: bool, verbatim: bool
    ) -> Node | None:
        """Find a phrase."""
        found: list[Node] = []
        for group in self.groups(phrase):
            self.expect_text(group.spec, phrase)
            elements = field_terms(phrase, group.spec, verbatim=verbatim)
            if len(elements) > 1:
                rows = [(element,) for element in elements]
                found += self._rows(group.fields, rows, boost, phrase.slop, phrase)
        if found:
            return any_of(found)
        word = Word(phrase.text, phrase.fields)
        return self.word(word, boost, keep_stop_words=keep_stop_words, verbatim=verbatim)

    def _rows(
        self,
        fields: Iterable[tuple[str, float]],
        rows: Sequence[Row],
        boost: float,
        slop: int,
        query: Query,
    ) -> list[Node]:
        return [
            _boosted(follow_node(text_field(name), rows, slop, query), boost * factor)
            for name, factor in fields
        ]

    def pattern(
        self, leaf: Prefix | Wildcard | Regex | Fuzzy, boost: float, *, verbatim: bool
    ) -> Node | None:
        """Find a pattern."""
        parts: list[Node] = []
        for group in self.groups(leaf):
            if group.is_value:
                name = group.spec.name
                raise QueryError(f"expected a text or label field for {leaf!r}, got {name!r}")
            elements = field_terms(leaf, group.spec, verbatim=verbatim)
            if len(elements) > 1:
                parts += self._rows(group.fields, [tuple(elements)], boost, 1, leaf)
            elif elements and all(isinstance(one, str) for one in elements[0]):
                parts += self._terms(leaf, group.spec, group.fields, elements[0], boost)
            elif elements:
                parts += _patterns(group.spec, group.fields, elements[0], boost)
        return any_of(parts) if parts else None

    def term(self, query: Term, boost: float, *, verbatim: bool = False) -> Node:
        """Find a value: a label, key, number or date."""
        spec = self.spec(query.field)
        if isinstance(spec.marker, Date | Number):
            return self._between(query, spec, boost)
        if isinstance(spec.marker, Text):
            word = Word(str(query.value), (spec.name,))
            return self.word(word, boost, keep_stop_words=True, verbatim=verbatim) or NOTHING
        label = str(query.value) if verbatim else label_of(query.value, spec)
        return _label(label_field(spec.name), label, boost)

    def range(self, query: Range, boost: float, *, verbatim: bool) -> Node:
        """Find values, or terms, from one to another."""
        spec = self.spec(query.field)
        if isinstance(spec.marker, Date | Number):
            return self._between(query, spec, boost)
        if query.low is None and query.high is None:
            return constant({"exists": {"field": _path(spec)}}, boost)
        [alternatives] = field_terms(query, spec, verbatim=verbatim)
        [node] = _patterns(spec, ((spec.name, 1.0),), alternatives, boost)
        return node

    def _between(self, query: Term | Range, spec: FieldSpec, boost: float) -> Node:
        bounds, path = self.bounds(query, spec), number_field(spec.name)
        if bounds.low == math.inf or bounds.high == -math.inf:
            return NOTHING
        named = {
            "gt" if bounds.open_low else "gte": bounds.low,
            "lt" if bounds.open_high else "lte": bounds.high,
        }
        there = {
            name: bound
            for name, bound in named.items()
            if bound is not None and math.isfinite(bound)
        }
        node = {"range": {path: there}} if there else {"exists": {"field": path}}
        return constant(node, boost)

    def exists(self, query: Exists, boost: float) -> Node:
        """Find all documents that have something in a field."""
        return constant({"exists": {"field": _path(self.spec(query.field))}}, boost)

    def near(self, query: Near, boost: float, *, verbatim: bool) -> Node | None:
        """Find what stands close together."""
        names = common_fields(query)
        fields = self.default_specs if names is None else [(self.spec(n), 1.0) for n in names]
        if not fields:
            raise QueryError(f"expected parts in the same field, got {query!r}")
        found = []
        for spec, factor in fields:
            self.expect_text(spec, query)
            node = self._near_in(query, spec, verbatim)
            if node is not None:
                found.append(_boosted(node, boost * factor))
        return any_of(found) if found else None

    def _near_in(self, near: Near, spec: FieldSpec, verbatim: bool) -> Node | None:
        path = text_field(spec.name)
        row = row_with_gaps(near, spec, verbatim=verbatim)
        if row:
            return row_node(path, tuple(row))
        parts: list[list[Row]] = []
        for part, count in counted_parts(near):
            ways = self._ways(part, spec, verbatim)
            if ways is not None:
                parts += [ways] * count
        if not parts:
            return None
        found = []
        for rows in product(*parts):
            if len(rows) == 1:
                found.append(row_node(path, rows[0]))
            elif near.ordered:
                found.append(follow_node(path, rows, near.distance, near))
            else:
                found.append(together_node(path, rows, near.distance, near))
        return any_of(found)

    def _ways(self, query: Query, spec: FieldSpec, verbatim: bool) -> list[Row] | None:
        """Write the rows of which any is what a part asks for; ``None`` if it says nothing."""
        match query:
            case Or(parts=parts):
                found = [self._ways(part, spec, verbatim) for part in parts]
                there = [ways for ways in found if ways is not None]
                return [*chain.from_iterable(there)] if there else None
            case Near(ordered=True):
                return self._rows_of_near(query, spec, verbatim)
            case Near():
                raise UnsupportedError(
                    f"expected words close together in an order within others for OpenSearch, got "
                    f"{query}"
                )
            case Word() | Phrase() | Prefix() | Wildcard() | Regex() | Fuzzy():
                elements = field_terms(query, spec, verbatim=verbatim)
                if not elements or elements == [(ANY_TERM,)]:
                    return None
                slop = query.slop if isinstance(query, Phrase) else 1
                return gapped_rows([(element,) for element in elements], slop, query)
            case _:
                raise QueryError(
                    "expected words, phrases, patterns, or any of such close together, "
                    f"got {query!r}"
                )

    def _rows_of_near(self, near: Near, spec: FieldSpec, verbatim: bool) -> list[Row] | None:
        row = row_with_gaps(near, spec, verbatim=verbatim)
        if row:
            return [tuple(row)]
        found = [self._ways(part, spec, verbatim) for part in near.parts]
        there = [ways for ways in found if ways is not None]
        if not there:
            return None
        ways = product(*there)
        return [*chain.from_iterable(gapped_rows(rows, near.distance, near) for rows in ways)]


def _path(spec: FieldSpec) -> str:
    if isinstance(spec.marker, Text):
        return text_field(spec.name)
    is_value = isinstance(spec.marker, Date | Number)
    return number_field(spec.name) if is_value else label_field(spec.name)


def _any_term(path: str, terms: list[str], boost: float) -> Node:
    """Find any of the terms of one word: the one that is there counts, and not both."""
    found = [
        {"term": {path: {"value": sent_term(term), "boost": positive(boost)}}} for term in terms
    ]
    return found[0] if len(found) == 1 else {"dis_max": {"queries": found}}


def _label(path: str, label: str, boost: float) -> Node:
    try:
        label.encode()
    except UnicodeEncodeError:  # half characters, which no label on a server has
        return NOTHING
    return {"term": {path: {"value": sent_label(label), "boost": positive(boost)}}}


def _patterns(
    spec: FieldSpec, fields: Fields, alternatives: Alternatives, boost: float
) -> list[Node]:
    """Find documents that have any term of some patterns, in each field."""
    path_of: Any = text_field if isinstance(spec.marker, Text) else label_field
    paths = [(path_of(name), factor) for name, factor in fields]
    if any(map(is_everything, alternatives)):
        return [constant({"exists": {"field": path}}, boost * factor) for path, factor in paths]
    return [
        constant(any_of([pattern_node(path, one) for one in alternatives]), boost * factor)
        for path, factor in paths
    ]


def _boosted(node: Node, boost: float) -> Node:
    """Put a factor on the score of a node."""
    if boost == 1:
        return node
    return {"bool": {"must": [node], "boost": positive(boost)}}
