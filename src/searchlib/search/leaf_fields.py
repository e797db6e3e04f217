"""In which fields is a leaf of a query looked for, and what does it say there?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from searchlib.analysis import stop_terms
from searchlib.errors import QueryError
from searchlib.query.field_terms import stop_word_in
from searchlib.query.field_values import value_bounds
from searchlib.query.tree import Near, Phrase, Prefix, Query, Regex, Wildcard, Word
from searchlib.schema.markers import Date, Number, Stored, Text
from searchlib.schema.values import UnreadableValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.query.field_terms import Alternatives
    from searchlib.query.field_values import Bounds, Clock
    from searchlib.query.tree import Fuzzy, Range, Term
    from searchlib.schema.models import DocumentSchema, FieldSpec

    Leaf = Word | Phrase | Prefix | Wildcard | Regex | Fuzzy | Range


Fields = tuple[tuple[str, float], ...]
"""Fields, and the weight of an occurrence, or the factor on the score, in each."""


class FieldGroup(NamedTuple):
    """Fields that have the same terms for the same words.

    Attributes:
        spec: One of them.
        fields: The names of all, and the factors on their scores.
        is_value: Whether it is a date or number field.
    """

    spec: FieldSpec
    fields: Fields
    is_value: bool


class LeafFields:
    """The fields of an index, as leaves of queries look into them.

    Args:
        schema: The fields.
        clock: What relative dates are reckoned from.

    Attributes:
        default_specs: The fields that are searched where a query names none, with their boosts.
        mixes_languages: Whether a word may be a stop word in one field, or language, and none in
            another.
        default_group: The default fields, if all are of text in one language; else ``None``.
    """

    def __init__(self, schema: DocumentSchema, clock: Clock) -> None:
        self._clock = clock
        self._specs: Final = schema.fields
        self.default_specs: Final = [
            (self._specs[name], boost) for name, boost in schema.default_fields.items()
        ]
        self._defaults: Final = _grouped(self.default_specs)
        group = self._defaults[0] if len(self._defaults) == 1 else None
        is_one = group and isinstance(group.spec.marker, Text) and len(group.spec.languages) == 1
        self.default_group: Final = group if is_one else None
        self.mixes_languages: Final = len(self._defaults) > 1 or any(
            len(spec.languages) > 1 for spec in schema.fields.values()
        )

    def spec(self, name: str) -> FieldSpec:
        """Find a field that can be searched.

        Raises:
            QueryError: There is none of that name.
        """
        spec = self._specs.get(name)
        if spec is not None and not isinstance(spec.marker, Stored):
            return spec
        there = ", ".join(
            name for name, spec in self._specs.items() if not isinstance(spec.marker, Stored)
        )
        reason = "is stored, not searched" if spec else "is not in the schema"
        raise QueryError(
            f"expected a field of the index, got {name!r}, which {reason}; there are {there}"
        )

    def groups(self, leaf: Leaf | Near) -> list[FieldGroup]:
        """Find the fields where a leaf is looked for."""
        names = getattr(leaf, "fields", ())
        return _grouped([(self.spec(name), 1.0) for name in names]) if names else self._defaults

    def is_partly_stop_word(self, word: Query) -> bool:
        """Tell whether a word is a stop word in a field, or a language, that it is looked for in.

        A phrase of one word is a word.
        """
        if not isinstance(word, Word | Phrase):
            return False
        return any(any(stop_word_in(word, group.spec)) for group in self.groups(word))

    def expect_text(self, spec: FieldSpec, query: Query) -> None:
        """Make sure that a field has positions.

        Raises:
            QueryError: It is none of text.
        """
        if not isinstance(spec.marker, Text):
            raise QueryError(
                f"expected a text field for {query!r}, got {spec.name!r}, which has no positions; "
                "look for the whole label, or the value"
            )

    def bounds(self, query: Term | Range, spec: FieldSpec) -> Bounds:
        """Find the numbers that a value, or a range, of a date or number field stands for.

        Raises:
            QueryError: The value is not what the field holds.
        """
        try:
            return value_bounds(query, spec, self._clock)
        except UnreadableValue as error:
            raise QueryError(f"field {spec.name!r}: {error}") from error


def _grouped(fields: Iterable[tuple[FieldSpec, float]]) -> list[FieldGroup]:
    """Put fields together that have the same terms for the same words."""
    found: dict[object, list[tuple[FieldSpec, float]]] = {}
    for spec, factor in fields:
        key = ("text", spec.languages) if isinstance(spec.marker, Text) else spec.name
        found.setdefault(key, []).append((spec, factor))
    return [
        FieldGroup(
            group[0][0],
            tuple((spec.name, factor) for spec, factor in group),
            isinstance(group[0][0].marker, Date | Number),
        )
        for group in found.values()
    ]


def says_nothing(word: Word, spec: FieldSpec, terms: Alternatives) -> bool:
    """Tell whether a word, with these terms, is a stop word in all languages of a field."""
    if len(spec.languages) == 1:  # its terms are those of the one language
        return terms[0] in stop_terms(spec.languages[0])
    stops = stop_word_in(word, spec)
    return bool(stops) and all(stops)


def is_everything(pattern: str | Query) -> bool:
    """Tell whether a pattern of terms stands for all terms there are."""
    match pattern:
        case Prefix(text=text):
            return not text
        case Wildcard(pattern=text):
            return bool(text) and not text.strip("*")
        case Regex(pattern=text):
            return text == ".*"
        case _:
            return False
