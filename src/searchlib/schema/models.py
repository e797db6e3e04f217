"""Which fields has a document, and how is each indexed? One answer in three forms.

A pydantic model with markers, a JSON specification for the index on disk, and a Whoosh schema for
code written for Whoosh: :class:`DocumentSchema` is made from either of the first two and gives the
others. :func:`searchlib.whoosh_compat.schema_from_whoosh` makes one from the third.

A search that shows no document as an instance of the model needs no pydantic, which takes as long
to import as searching takes at all: it is imported where models are made or looked into.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, NoReturn, Self

from pydantic_core import ValidationError

from searchlib.analysis import language_named
from searchlib.errors import (
    DocumentError,
    SchemaError,
    SchemaMismatchError,
    WhooshNames,
    explain,
)
from searchlib.schema.aliases import given_for, has_names_for_aliases
from searchlib.schema.codecs import Unfit, shown
from searchlib.schema.fields import FieldSpec, Kind, check
from searchlib.schema.foreign import fields_of
from searchlib.schema.growth import differing, lacking, obstacles, told
from searchlib.schema.markers import AUTO, Date, Key, Stored, Text
from searchlib.schema.values import has_text, text_of

if typing.TYPE_CHECKING:
    from pydantic import BaseModel
    from whoosh.fields import Schema as WhooshSchema

    from searchlib.analysis import Languages
    from searchlib.schema.documents import ModelCodec

__all__ = ["DocumentSchema", "FieldSpec", "FindModel", "Kind"]

SPEC_VERSION: Final = 1
UNSTEMMED: Final = "none"
"""The language of texts whose words are not stemmed, as users write it."""

FindModel = Callable[["DocumentSchema"], "type[BaseModel] | None"]
"""Finds the model of a schema."""


class DocumentSchema(WhooshNames):
    """The fields of a kind of document.

    Attributes:
        fields: The fields by name, in the model's order.
        model_name: The dotted name of the model it was made from.
        language: The language of all texts, where it is not left to the model: see
            :meth:`in_language`.
        unsearched: Where documents may have values that are not searched, as
            :func:`searchlib.schema.places.unsearched_in` names it: a later form of the model may
            search them.
    """

    def __init__(
        self,
        specs: typing.Iterable[FieldSpec],
        model_name: str,
        model: type[BaseModel] | None = None,
        find_model: FindModel | None = None,
        language: str | None = None,
        unsearched: typing.Collection[str] | None = None,
    ) -> None:
        self.fields: Final = {spec.name: spec for spec in specs}
        stored = [name for name, spec in self.fields.items() if isinstance(spec.marker, Stored)]
        self.unsearched: Final = frozenset(stored if unsearched is None else unsearched)
        self.model_name: Final = model_name
        self.language: Final = language
        self._model = model
        self._find_model = find_model
        for spec in self.fields.values():
            check(spec)
        self.key  # noqa: B018 - looked at for its error

    @classmethod
    def of(cls, model: type[BaseModel]) -> Self:
        """Read the schema of a pydantic model.

        Raises:
            SchemaError: A field's type does not go with its marker, values of its type can't be
                stored, or there is not just one key.
        """
        from pydantic import BaseModel, RootModel

        from searchlib.schema.annotations import specs_of
        from searchlib.schema.coding import codec_of
        from searchlib.schema.places import unsearched_in

        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise SchemaError(f"expected a pydantic model class, got {model!r}")
        if issubclass(model, RootModel):
            raise SchemaError(f"expected a model with fields, got {model.__name__}, a RootModel")
        name = f"{model.__module__}.{model.__qualname__}"
        schema = cls(specs_of(model), name, model, unsearched=unsearched_in(model))
        codec_of(model)  # looked at for its error
        return schema

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
        unsearched = spec.get("unsearched")
        if not isinstance(unsearched, list | None) or not all(
            isinstance(one, str) for one in unsearched or ()
        ):
            raise SchemaError(f"expected the names of places in a schema, got {unsearched!r:.80}")
        return cls(map(FieldSpec.from_json, given), name, model, find_model, language, unsearched)

    def to_json(self) -> dict[str, Any]:
        """Write the schema as JSON, from which :meth:`from_json` makes it again."""
        own_language = {} if self.language is None else {"language": self.language}
        return {
            "schema": SPEC_VERSION,
            "model": self.model_name,
            **own_language,
            "fields": [spec.to_json() for spec in self.fields.values()],
            "unsearched": sorted(self.unsearched),
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
        return self._with(specs, name)

    def _with(
        self,
        specs: typing.Iterable[FieldSpec],
        language: str | None,
        unsearched: typing.Iterable[str] = (),
    ) -> Self:
        places = self.unsearched.union(unsearched)
        return type(self)(specs, self.model_name, self._model, self._find_model, language, places)

    def after(self, earlier: DocumentSchema, extras: typing.Iterable[str] = ()) -> Self:
        """Give the same fields, for an index that has documents of an earlier form of the model.

        Args:
            earlier: The schema of the index.
            extras: Under which names its documents have values besides.
        """
        gone = earlier.fields.keys() - self.fields.keys()
        return self._with(
            self.fields.values(), self.language, {*earlier.unsearched, *gone, *extras}
        )

    @cached_property
    def is_mixed(self) -> bool:
        """Whether any texts are in the language of their document."""
        return any(spec.is_mixed for spec in self.fields.values())

    def with_languages(self, found: Languages) -> Self:
        """Give the same fields, where queries look for words as these languages write them.

        Args:
            found: The languages of the documents of an index whose texts are in their own.
        """
        if not (found and self.is_mixed):
            return self
        specs = [
            replace(spec, found=found) if spec.is_mixed else spec for spec in self.fields.values()
        ]
        return self._with(specs, self.language)

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
        return self._with(specs, self.language)

    @cached_property
    def whoosh(self) -> WhooshSchema:
        """The same fields for Whoosh's parser, searcher and whatever else takes a schema."""
        from searchlib.whoosh_compat.fields import whoosh_schema

        specs = self.fields.values()
        return whoosh_schema({spec.name: (spec.marker, spec.kind, spec.many) for spec in specs})

    def __contains__(self, name: object) -> NoReturn:
        """Tell Whoosh's parser, which asks this, that it was given another kind of schema.

        Raises:
            TypeError: Always.
        """
        raise TypeError(
            "expected a schema of Whoosh's, got a DocumentSchema, which has one; write "
            f"index.schema.whoosh, or {name!r:.80} in index.schema.fields"
        )

    @property
    def date_fields(self) -> list[str]:
        """The names of the fields that hold dates, in their order."""
        return [name for name, spec in self.fields.items() if isinstance(spec.marker, Date)]

    @property
    def given_model(self) -> type[BaseModel] | None:
        """The model that the schema was made from or opened with; ``None`` if there was none."""
        return self._model

    @cached_property
    def model(self) -> type[BaseModel]:
        """The model of the documents: the one given or found, or one made from the fields."""
        found = self._find_model(self) if self._model is None and self._find_model else self._model
        from searchlib.schema.stand_in import stand_in_for

        return found or stand_in_for(self.model_name, self.fields)

    @cached_property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that are the same for two schemas with the same fields."""
        from hashlib import blake2b

        bare = (replace(spec, members=(), loose=False).to_json() for spec in self.fields.values())
        specs = sorted(bare, key=lambda spec: spec["name"])
        text = json.dumps(specs, sort_keys=True, separators=(",", ":"))
        return blake2b(text.encode(), digest_size=16).hexdigest()

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
    def text_fields(self) -> tuple[str, ...]:
        """The names of the fields that hold text, in their order."""
        return tuple(name for name, spec in self.fields.items() if isinstance(spec.marker, Text))

    @cached_property
    def default_fields(self) -> dict[str, float]:
        """The boosts of the text fields that a query searches when it names none."""
        return {
            name: spec.marker.boost
            for name, spec in self.fields.items()
            if isinstance(spec.marker, Text) and spec.marker.default
        }

    def differences(self, other: DocumentSchema) -> list[str]:
        """Say field by field where another schema differs from this one."""
        names = dict.fromkeys([*self.fields, *other.fields])
        changed = [name for name in names if self.fields.get(name) != other.fields.get(name)]
        return told(self.fields, other.fields, other.model_name, dict.fromkeys(changed, ""))

    def expect(self, other: DocumentSchema) -> None:
        """Make sure that an index of this schema can go on with another.

        Raises:
            SchemaMismatchError: Documents must be indexed anew for it; the message names the fields
                for which.
        """
        found = obstacles(self.fields, self.unsearched, other.fields, other.model)
        if found:
            sentences = told(self.fields, other.fields, other.model_name, found)
            raise SchemaMismatchError(
                f"the index was made with {self.model_name}, whose fields differ from those of "
                f"{other.model_name}:\n  " + "\n  ".join(sentences) + "\n"
                "open it without a model, or index its documents anew: "
                f"Index.reindex(path, model={other.model_name.rpartition('.')[2]})",
                sentences,
            )

    def can_become(self, other: DocumentSchema) -> bool:
        """Tell whether :meth:`expect` would find nothing wrong."""
        return not obstacles(self.fields, self.unsearched, other.fields, other.model)

    @property
    def of_own_model(self) -> DocumentSchema:
        """The schema to add documents by: that of the model that was found, which may be later."""
        found = self._find_model(self) if self._model is None and self._find_model else None
        return self if found is None else type(self).of(found).in_language(self.language)

    def to_record(
        self, stored: dict[str, Any], extras: typing.Iterable[str] = ()
    ) -> dict[str, Any] | None:
        """Find what the next commit has to record of this schema.

        Args:
            stored: The schema of the index, as JSON.
            extras: As of :meth:`after`.

        Returns:
            This one as JSON; ``None`` if the two say the same.

        Raises:
            SchemaMismatchError: The documents of the index must be indexed anew for it.
        """
        recorded = type(self).from_json(stored)
        wanted = self.after(recorded, extras).to_json()
        if recorded.to_json() == wanted:
            return None
        recorded.expect(self)
        return wanted

    def expect_readable(self, other: DocumentSchema, before: DocumentSchema) -> None:
        """Make sure that an index of this schema is read rightly by what was made for another.

        Args:
            other: The schema that the index was opened with.
            before: That of the index at that time; it may have grown since.

        Raises:
            SchemaMismatchError: Fields are gone, or written in another way.
        """
        if differing(self.fields, other.fields) or lacking(self.fields, before.fields):
            differences = self.differences(other)
            raise SchemaMismatchError(
                f"expected an index of {other.model_name} as it was when it was opened, got one "
                "whose fields are written in another way:\n  " + "\n  ".join(differences) + "\n"
                "open it again",
                differences,
            )

    def validate(self, document: object, *, has_names: bool = False) -> BaseModel:
        """Make a document of the model from one, or from a mapping of its fields.

        Args:
            document: The document, or the mapping.
            has_names: Whether the mapping has the names of fields, and not their aliases.

        Raises:
            DocumentError: It does not fit the model, or its key is empty.
        """
        valid = (
            document
            if type(document) is self.model
            else self._validated(document, has_names=has_names)
        )
        key = getattr(valid, self.key.name, None)
        if not has_text(key):
            raise DocumentError(
                f"{self.key.name}: expected a key that is not empty, got {shown(key)}"
            )
        return valid

    def key_of(self, document: object) -> str | None:
        """Find the key of a document, or of what should have been one; ``None`` for none."""
        name = self.key.name
        try:
            if not isinstance(document, Mapping):
                return _key_text(getattr(document, name, None))
            return _key_text(given_for(self.model, name, document))
        except Exception:  # a property of the user's making may raise anything
            return None

    def _validated(self, document: object, *, has_names: bool) -> BaseModel:
        """Have pydantic make a document of the model."""
        is_model = hasattr(type(document), "__pydantic_fields_set__")
        given = self._fields_of(document) if is_model else document
        by_alias = not ((is_model or has_names) and has_names_for_aliases(self.model))
        try:
            return self.model.model_validate(given, by_alias=by_alias, by_name=True)
        except ValidationError as error:
            field, reason = explain(error)
            raise DocumentError(f"{field}: {reason}" if field else reason) from error
        except Exception as error:  # validators may raise anything
            raise DocumentError(
                f"expected a document that validates, got {error!r:.200}"
            ) from error

    def _fields_of(self, document: Any) -> dict[str, Any]:
        return fields_of(document, self.model, is_made=self._model is None)

    @cached_property
    def codec(self) -> ModelCodec:
        """What writes and reads the documents."""
        from searchlib.schema.coding import codec_of

        return codec_of(self.model)

    def store(self, document: BaseModel) -> bytes:
        """Write a document as JSON, in UTF-8, by the names of its fields.

        Raises:
            DocumentError: A value is not of the type of its field, or can't be written so that the
                document comes back as it was.
        """
        try:
            return self.codec.dumps(document)
        except Unfit as error:
            raise DocumentError(str(error)) from error

    def restore(self, stored: bytes) -> BaseModel:
        """Make a document from what :meth:`store` wrote, perhaps for an earlier form of the model.

        Raises:
            DocumentError: A value does not fit its field any more.
        """
        try:
            return self.codec.loads(stored)
        except Unfit as error:
            key = json.loads(stored).get(self.key.name)
            raise DocumentError(
                f"document {key!r:.80}: {error}; it was stored by another form of "
                f"{self.model_name}: give the field such a type or a default that all documents "
                "fit, or open the index without a model"
            ) from error


def _key_text(value: object) -> str | None:
    return None if value is None else text_of(value)
