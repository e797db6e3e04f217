"""Which fields has a document, and how is each indexed? One answer in three forms.

A pydantic model with markers, a JSON specification for the index on disk, and a Whoosh schema for
code written for Whoosh: :class:`DocumentSchema` is made from either of the first two and gives the
others. :func:`searchlib.whoosh_compat.schema_from_whoosh` makes one from the third.

A search that shows no document as an instance of the model needs no pydantic, which takes as long
to import as searching takes at all: it is imported where models are made or looked into.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, Final, Self, Union, get_args, get_origin

from searchlib.analysis import language_named, terms_of
from searchlib.errors import DocumentError, SchemaError, SchemaMismatchError, explain
from searchlib.schema.annotations import Kind, kind_of
from searchlib.schema.markers import AUTO, Date, Key, Keyword, Marker, Number, Stored, Text

if typing.TYPE_CHECKING:
    from pydantic import BaseModel
    from whoosh.fields import Schema as WhooshSchema

    from searchlib.analysis import Languages


SPEC_VERSION: Final = 1
UNSTEMMED: Final = "none"
"""The language of texts whose words are not stemmed, as users write it."""

_MARKERS: Final[dict[str, type[Marker]]] = {
    "key": Key, "text": Text, "keyword": Keyword, "date": Date, "number": Number, "stored": Stored,
}  # fmt: skip
_NAMES: Final = {marker: name for name, marker in _MARKERS.items()}
_KINDS: Final[dict[type[Marker], tuple[Kind, ...]]] = {
    Key: ("str",),
    Text: ("str",),
    Keyword: ("str", "bool"),
    Date: ("date", "datetime"),
    Number: ("int", "float"),
}
_TYPES: Final[dict[Kind, Any]] = {
    "str": str, "int": int, "float": float, "bool": bool, "date": date, "datetime": datetime,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: its name, how it is indexed, and what it holds.

    Attributes:
        name: The name in the model, in queries and in results.
        marker: How it is indexed.
        kind: The type of its values.
        many: Whether it holds a list of them.
        found: The languages of its texts in an index, where each document is in its own.
    """

    name: str
    marker: Marker
    kind: Kind
    many: bool = False
    found: Languages = ()

    @property
    def languages(self) -> Languages:
        """The languages that a word of a query is looked for in; none but for text."""
        if not isinstance(self.marker, Text):
            return ()
        return self.found or (None if self.marker.language == AUTO else self.marker.language,)

    def to_json(self) -> dict[str, Any]:
        """Write the field as an object of JSON."""
        head = {"name": self.name, "index": _NAMES[type(self.marker)]}
        return {**head, "type": self.kind, "many": self.many, **asdict(self.marker)}

    @classmethod
    def from_json(cls, spec: dict[str, Any]) -> Self:
        """Read a field from an object of JSON.

        Raises:
            SchemaError: It is not the specification of a field.
        """
        match spec:
            case {"name": str(name), "index": str(index), "type": kind, "many": bool(many), **rest}:
                marker_type = _MARKERS.get(index)
                if marker_type and kind in get_args(Kind) and _are_options(rest, marker_type):
                    return cls(name, marker_type(**rest), kind, many)
        raise SchemaError(f"expected the specification of a field, got {spec!r:.200}")

    def describe(self) -> str:
        """Write the field as it would stand in a model."""
        given = [
            f"{field.name}={getattr(self.marker, field.name)!r}"
            for field in fields(self.marker)
            if getattr(self.marker, field.name) != field.default
        ]
        kind = f"list[{self.kind}]" if self.many else self.kind
        return f"{kind}, {type(self.marker).__name__}({', '.join(given)})"


FindModel = Callable[["DocumentSchema"], "type[BaseModel] | None"]
"""Finds the model of a schema."""


class DocumentSchema:
    """The fields of a kind of document.

    Attributes:
        fields: The fields by name, in the model's order.
        model_name: The dotted name of the model it was made from.
        language: The language of all texts, where it is not left to the model: see
            :meth:`in_language`.
    """

    def __init__(
        self,
        specs: typing.Iterable[FieldSpec],
        model_name: str,
        model: type[BaseModel] | None = None,
        find_model: FindModel | None = None,
        language: str | None = None,
    ) -> None:
        self.fields: Final = {spec.name: spec for spec in specs}
        self.model_name: Final = model_name
        self.language: Final = language
        self._model = model
        self._find_model = find_model
        for spec in self.fields.values():
            _check(spec)
        self.key  # noqa: B018 - looked at for its error

    @classmethod
    def of(cls, model: type[BaseModel]) -> Self:
        """Read the schema of a pydantic model.

        Raises:
            SchemaError: A field's type does not go with its marker, or there is not just one key.
        """
        from pydantic import BaseModel

        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise SchemaError(f"expected a pydantic model class, got {model!r}")
        specs = [
            _field_spec(name, info.annotation, info.metadata)
            for name, info in model.model_fields.items()
        ]
        return cls(specs, f"{model.__module__}.{model.__qualname__}", model)

    @classmethod
    def from_json(
        cls,
        spec: dict[str, Any],
        model: type[BaseModel] | None = None,
        find_model: FindModel | None = None,
    ) -> Self:
        """Read a schema from its JSON form.

        Args:
            spec: What :meth:`to_json` gave.
            model: The model that it stands for; without one, :attr:`model` is made from the
                fields. A stored name is never imported: an index from elsewhere runs no code.
            find_model: Finds the model when it is first asked for, if none is given.

        Raises:
            SchemaError: It is not the specification of a schema.
        """
        if not isinstance(spec, dict) or spec.get("schema") != SPEC_VERSION:
            raise SchemaError(f"expected a schema of version {SPEC_VERSION}, got {spec!r:.80}")
        given, name = spec.get("fields"), spec.get("model")
        if not isinstance(given, list) or not isinstance(name, str):
            raise SchemaError(f"expected a model's name and a list of fields, got {spec!r:.80}")
        language = spec.get("language")
        if not isinstance(language, str | None):
            raise SchemaError(f"expected the language of a schema, got {language!r:.80}")
        return cls(map(FieldSpec.from_json, given), name, model, find_model, language)

    def to_json(self) -> dict[str, Any]:
        """Write the schema as JSON, from which :meth:`from_json` makes it again."""
        own_language = {} if self.language is None else {"language": self.language}
        return {
            "schema": SPEC_VERSION,
            "model": self.model_name,
            **own_language,
            "fields": [spec.to_json() for spec in self.fields.values()],
        }

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the fields and the model; one that was made from the fields is made again."""
        return type(self).from_json, (self.to_json(), self._model, self._find_model)

    def in_language(self, language: str | None) -> Self:
        """Give the same fields, with all stemmed texts in another language.

        Args:
            language: The name or the code of the language, "none" for texts that are not stemmed,
                "auto" for texts that are each in the language of their document, or ``None`` to
                leave the languages to the model.

        Raises:
            SchemaError: There is no stemmer for it.
        """
        if language is None:
            return self
        name = language if language in (UNSTEMMED, AUTO) else language_named(language)
        stemmer = None if name == UNSTEMMED else name
        specs = [
            replace(spec, marker=replace(spec.marker, language=stemmer))
            if isinstance(spec.marker, Text) and spec.marker.language is not None
            else spec
            for spec in self.fields.values()
        ]
        return type(self)(specs, self.model_name, self._model, self._find_model, name)

    @cached_property
    def is_mixed(self) -> bool:
        """Whether any texts are in the language of their document."""
        return any(_is_mixed(spec) for spec in self.fields.values())

    def with_languages(self, found: Languages) -> Self:
        """Give the same fields, where queries look for words as these languages write them.

        Args:
            found: The languages of the documents of an index whose texts are in their own.
        """
        if not (found and self.is_mixed):
            return self
        specs = [
            replace(spec, found=found) if _is_mixed(spec) else spec for spec in self.fields.values()
        ]
        return type(self)(specs, self.model_name, self._model, self._find_model, self.language)

    def searching(self, weights: Mapping[str, float]) -> Self:
        """Give the same fields, where queries that name none look into some, with these boosts.

        Args:
            weights: The boosts of text fields, each above 0.
        """
        specs = [
            replace(
                spec,
                marker=replace(
                    spec.marker,
                    boost=weights.get(spec.name, spec.marker.boost),
                    default=spec.name in weights,
                ),
            )
            if isinstance(spec.marker, Text)
            else spec
            for spec in self.fields.values()
        ]
        return type(self)(specs, self.model_name, self._model, self._find_model, self.language)

    @cached_property
    def whoosh(self) -> WhooshSchema:
        """The same fields for Whoosh's parser, searcher and whatever else takes a schema."""
        from searchlib.whoosh_compat.fields import whoosh_schema

        specs = self.fields.values()
        return whoosh_schema({spec.name: (spec.marker, spec.kind, spec.many) for spec in specs})

    @property
    def given_model(self) -> type[BaseModel] | None:
        """The model that the schema was made from or opened with; ``None`` if there was none."""
        return self._model

    @cached_property
    def model(self) -> type[BaseModel]:
        """The model of the documents: the one given or found, or one made from the fields."""
        found = self._find_model(self) if self._model is None and self._find_model else self._model
        return found or _make_model(self)

    @cached_property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that are the same for two schemas with the same fields."""
        specs = sorted((spec.to_json() for spec in self.fields.values()), key=lambda s: s["name"])
        text = json.dumps(specs, sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @cached_property
    def key(self) -> FieldSpec:
        """The field that identifies a document."""
        keys = [spec for spec in self.fields.values() if isinstance(spec.marker, Key)]
        if len(keys) != 1:
            found = ", ".join(spec.name for spec in keys) or "none"
            raise SchemaError(
                f"{self.model_name}: expected just one field marked Key(), got {found}; "
                "mark the field that identifies a document: id: Annotated[str, Key()]"
            )
        return keys[0]

    @cached_property
    def default_fields(self) -> dict[str, float]:
        """The boosts of the text fields that a query searches when it names none."""
        return {
            name: spec.marker.boost
            for name, spec in self.fields.items()
            if isinstance(spec.marker, Text) and spec.marker.default
        }

    @cached_property
    def _whole_numbers(self) -> list[str]:
        """The fields whose values Python does not keep within 64 bits."""
        return [
            name
            for name, spec in self.fields.items()
            if isinstance(spec.marker, Number) and spec.kind == "int"
        ]

    def differences(self, other: DocumentSchema) -> list[str]:
        """Say field by field where another schema differs from this one."""
        found = []
        for name in dict.fromkeys([*self.fields, *other.fields]):
            ours, theirs = self.fields.get(name), other.fields.get(name)
            if ours != theirs:
                here = ours.describe() if ours else "missing"
                there = theirs.describe() if theirs else "missing"
                found.append(f"{name}: {here} in the index, {there} in {other.model_name}")
        return found

    def expect(self, other: DocumentSchema) -> None:
        """Make sure that another schema has the same fields.

        Raises:
            SchemaMismatchError: It has not; the message names the fields that differ.
        """
        differences = self.differences(other)
        if differences:
            raise SchemaMismatchError(
                f"the index was made with {self.model_name}, whose fields differ from those of "
                f"{other.model_name}:\n  " + "\n  ".join(differences) + "\n"
                "open it without a model, or make a new index from the documents",
                differences,
            )

    def validate(self, document: object) -> BaseModel:
        """Make a document of the model from one, or from a mapping of its fields.

        Raises:
            DocumentError: It does not fit the model, or its key is empty.
        """
        from pydantic import BaseModel, ValidationError

        try:
            if not isinstance(document, self.model):
                given = document.model_dump() if isinstance(document, BaseModel) else document
                document = self.model.model_validate(given, by_alias=True, by_name=True)
        except ValidationError as error:
            field, reason = explain(error)
            raise DocumentError(f"{field}: {reason}" if field else reason) from error
        for name in self._whole_numbers:
            number = getattr(document, name)
            if number is not None and not -(2**63) <= number < 2**63:
                raise DocumentError(
                    f"{name}: expected a whole number of at most 64 bits, got {number:.3g}"
                )
        key = getattr(document, self.key.name)
        if not key or not isinstance(key, str):
            raise DocumentError(f"{self.key.name}: expected a key that is not empty, got {key!r}")
        return document

    def restore(self, stored: bytes) -> BaseModel:
        """Make a document from what :meth:`store` wrote."""
        return self.model.model_validate_json(stored, by_alias=False, by_name=True)

    def store(self, document: BaseModel) -> bytes:
        """Write a document as JSON, in UTF-8, by the names of its fields."""
        return document.__pydantic_serializer__.to_json(document, by_alias=False, round_trip=True)


def _field_spec(name: str, annotation: Any, metadata: list[Any]) -> FieldSpec:
    markers = [item for item in metadata if isinstance(item, Marker)]
    for item in metadata:
        if isinstance(item, type) and item in _NAMES:
            raise SchemaError(f"field {name!r}: expected {item.__name__}(), got the class itself")
    if len(markers) > 1:
        raise SchemaError(f"field {name!r}: expected one marker, got {len(markers)}")
    marker = markers[0] if markers else Stored()
    if isinstance(marker, Stored):
        return FieldSpec(name, marker, "json")
    inner, many = _element_type(annotation)
    kind = kind_of(inner)
    if kind not in _KINDS[type(marker)]:
        expected = " or ".join(_KINDS[type(marker)])
        raise SchemaError(
            f"field {name!r}: {type(marker).__name__}() goes with {expected}, got {annotation}"
        )
    return FieldSpec(name, marker, kind, many)


def _are_options(given: dict[str, Any], marker: type[Marker]) -> bool:
    """Tell whether these are the marker's options."""
    types_of_options = {field.name: type(field.default) for field in fields(marker)}
    if marker is Text and given.get("language") is None:
        types_of_options["language"] = type(None)
    return given.keys() == types_of_options.keys() and all(
        type(given[name]) is expected for name, expected in types_of_options.items()
    )


def _element_type(annotation: Any) -> tuple[Any, bool]:
    """Look through ``Annotated``, ``X | None`` and ``list[X]``."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _element_type(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        rest = [item for item in get_args(annotation) if item is not type(None)]
        return _element_type(rest[0]) if len(rest) == 1 else (annotation, False)
    if origin in (list, tuple, set, frozenset):
        return _element_type(get_args(annotation)[0])[0], True
    return annotation, False


def _is_mixed(spec: FieldSpec) -> bool:
    return isinstance(spec.marker, Text) and spec.marker.language == AUTO


def _check(spec: FieldSpec) -> None:
    marker = spec.marker
    if spec.name.startswith("_") or not spec.name.isidentifier():
        raise SchemaError(f"expected a field name that queries can use, got {spec.name!r}")
    if isinstance(marker, Text):
        terms_of(None if marker.language == AUTO else marker.language)
        if not 0 < marker.boost < float("inf"):
            raise SchemaError(f"field {spec.name!r}: expected a boost above 0, got {marker.boost}")
    if spec.many and isinstance(marker, Key | Date | Number):
        raise SchemaError(
            f"field {spec.name!r}: expected one value for {type(marker).__name__}(), got a list"
        )


def _make_model(schema: DocumentSchema) -> type[BaseModel]:
    """Make a model for documents whose own is not at hand: all but the key may be missing."""
    from pydantic import ConfigDict, Field, JsonValue, create_model

    made: dict[str, Any] = {}
    for name, spec in schema.fields.items():
        value: Any = _TYPES.get(spec.kind, JsonValue)
        if isinstance(spec.marker, Key):
            made[name] = (Annotated[value, spec.marker], ...)
        elif spec.many:
            values = Annotated[list[value] | None, spec.marker]
            made[name] = (values, Field(default_factory=list))
        else:
            made[name] = (Annotated[value | None, spec.marker], None)
    name = schema.model_name.rpartition(".")[2] or "Document"
    return create_model(name, __config__=ConfigDict(extra="allow"), **made)
