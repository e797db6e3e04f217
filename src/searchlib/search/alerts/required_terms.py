"""Which terms must a document have to match a query?

A document that has none of them can't match. One that has some may match, so the query is evaluated
then. Of a query without plain words or labels, such as a prefix, no terms are known.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from searchlib.analysis import stop_terms
from searchlib.query import tree
from searchlib.query.field_terms import field_terms, label_of
from searchlib.query.joins import common_fields
from searchlib.schema.markers import Key, Keyword, Text
from searchlib.schema.values import UnreadableValue
from searchlib.search.expansion import term_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from searchlib.query.field_terms import Alternatives
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema, FieldSpec

    Terms = frozenset[tuple[str, bytes]]
    """Fields and terms, one of which a document must have at least."""


class RequiredTerms:
    """Finds the terms of queries.

    Args:
        schema: The fields.
        frequency: Tells how many documents have a term of a field, or may have it: of several
            choices the rarest is taken.
    """

    def __init__(self, schema: DocumentSchema, frequency: Callable[[str, bytes], int]) -> None:
        self._specs = schema.fields
        self._defaults = tuple(schema.default_fields)
        self._frequency = cache(frequency)

    def of(self, query: Query) -> Terms | None:
        """Find the rarest terms one of which a document must have; ``None`` if it need not."""
        try:
            return self._of(query, None, verbatim=False)
        except UnreadableValue:
            return None  # evaluating it says why

    def _of(self, query: Query, fields: Sequence[str] | None, *, verbatim: bool) -> Terms | None:
        """Find them in a part.

        Args:
            query: The part.
            fields: The fields that all words within it are looked for in, whatever they name.
            verbatim: Whether its words are terms already.
        """
        match query:
            case tree.Near(parts=parts):
                near = fields or common_fields(query) or self._defaults
                return self._rarest(self._of(one, near, verbatim=verbatim) for one in parts)
            case tree.And() | tree.Require():
                parts = query.children()
                return self._rarest(self._of(one, fields, verbatim=verbatim) for one in parts)
            case tree.Or(parts=parts) | tree.DisjunctionMax(parts=parts):
                found = [self._of(one, fields, verbatim=verbatim) for one in parts]
                return _any_of(found)
            case tree.Boost(part=part) | tree.ConstantScore(part=part) | tree.AndMaybe(part=part):
                return self._of(part, fields, verbatim=verbatim)
            case tree.Verbatim(part=part):
                return self._of(part, fields, verbatim=True)
            case tree.Term():
                return self._of_term(query, verbatim=verbatim)
            case _ if isinstance(query, tree.WORD_QUERIES):
                names = fields or getattr(query, "fields", ()) or self._defaults
                return self._in_any(query, names, verbatim=verbatim)
        return None

    def _of_term(self, query: tree.Term, *, verbatim: bool) -> Terms | None:
        spec = self._specs.get(query.field)
        if spec is not None and isinstance(spec.marker, Key | Keyword):
            label = str(query.value) if verbatim else label_of(query.value, spec)
            return frozenset([(spec.name, term_bytes(label))])
        return self._in_any(tree.Word(str(query.value)), [query.field], verbatim=verbatim)

    def _in_any(self, leaf: Query, names: Sequence[str], *, verbatim: bool) -> Terms | None:
        """Find the terms of words that are looked for in fields: in each, of the rarest word."""
        rows: dict[object, list[Alternatives]] = {}
        found = []
        for name in names:
            spec = self._specs.get(name)
            if spec is None or not isinstance(spec.marker, Text | Key | Keyword):
                return None
            alike = spec.languages if isinstance(spec.marker, Text) else name
            if alike not in rows:
                rows[alike] = _plain(leaf, spec, verbatim=verbatim)
            row = rows[alike]
            if not row:
                return None
            found.append(
                self._rarest(frozenset([(name, term_bytes(one)) for one in terms]) for terms in row)
            )
        return _any_of(found)

    def _rarest(self, found: Iterable[Terms | None]) -> Terms | None:
        return min((one for one in found if one is not None), key=self._total, default=None)

    def _total(self, terms: Terms) -> int:
        return sum(self._frequency(field, term) for field, term in terms)


def _any_of(found: Sequence[Terms | None]) -> Terms | None:
    """Put the terms of parts together, of which any will do."""
    known = [one for one in found if one is not None]
    return frozenset().union(*known) if known and len(known) == len(found) else None


def _plain(leaf: Query, spec: FieldSpec, *, verbatim: bool) -> list[Alternatives]:
    """Find the positions of a leaf with terms alone; none where it may say nothing."""
    row = field_terms(leaf, spec, verbatim=verbatim)
    if len(row) == 1 and _may_say_nothing(row[0], spec):
        return []
    return [terms for terms in row if all(isinstance(one, str) for one in terms)]


def _may_say_nothing(terms: Iterable[object], spec: FieldSpec) -> bool:
    """Tell whether a word is a stop word in any language of a field."""
    stops = (stop_terms(language) for language in spec.languages)
    return any(term in some for some in stops for term in terms)
