"""How does a document of a pydantic model become bytes, and the same document again?

Its fields are taken as they are and put back as they were. No validator and no serializer runs, and
no alias or exclusion counts, so none of them can change or lose anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel
from pydantic_core import (
    SchemaValidator,
    ValidationError,
    core_schema,
    from_json,
    to_json,
)

from searchlib.postings.choice import KERNELS
from searchlib.schema.codecs import Codec, Unfit, half_character, same, shown, unexpected
from searchlib.schema.containers import JsonCodec

if TYPE_CHECKING or KERNELS == "numpy":
    from searchlib.schema.plain import PlainFields
else:
    from searchlib.schema.compiled import PlainFields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Half the time of object.__setattr__; that of a model would look at each value.
_set_dict, _set_extra, _set_names, _set_private = [
    vars(BaseModel)[name].__set__
    for name in (
        "__dict__",
        "__pydantic_extra__",
        "__pydantic_fields_set__",
        "__pydantic_private__",
    )
]


class ModelCodec(Codec):
    """Writes the instances of a model as objects of JSON, by the names of its fields.

    Args:
        model: The model.

    Attributes:
        model: The model.
        is_checked: Whether a document is read again as it is written, to see whether it is the
            same: where a method of the model runs on reading, or a model holds itself.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        self.model: Final = model
        self._is_root = bool(getattr(model, "__pydantic_root_model__", False))
        self._keeps_extra = model.model_config.get("extra") == "allow"
        self._has_finish = bool(model.__pydantic_post_init__)
        self.is_checked = self._has_finish

    def take_codecs(
        self,
        codecs: Mapping[str, Codec],
        computed: Mapping[str, Codec],
        convert: Callable[[str, Any], Any],
    ) -> None:
        """Say how the fields are written; they may hold instances of this model themselves.

        Args:
            codecs: How each field is written.
            computed: The computed fields that are written too, to be searched. They are not read.
            convert: Makes a value of a field of what JSON has, as well as that can be done, where
                an earlier form of the model has written it. May raise anything.
        """
        self._codecs = codecs
        self._computed = computed
        self._convert = convert
        self._names = frozenset(codecs)
        self._is_simple = self._holds_fields_alone() and not self.is_checked
        self._reader = self._fast_reader()
        sure = {name: codec.sure for name, codec in codecs.items()}
        self._doubted = [name for name, plain in sure.items() if not plain]
        plain = PlainFields(
            {name: one for name, one in sure.items() if one},
            self.model if self._is_simple and not self._doubted else None,
        )
        self._are_plain, self._write_plain = plain.hold, plain.write

    def _holds_fields_alone(self) -> bool:
        """Tell whether a document is nothing but its fields."""
        return not (self._is_root or self._keeps_extra or self._has_finish or self._computed)

    def _fast_reader(self) -> Callable[[bytes], Any] | None:
        """Make what reads the fields of nearly all documents; ``None`` if it would not do.

        It is pydantic's core, told of the types of the fields alone. It would run the validators of
        the model if it were told of this.
        """
        if not self._holds_fields_alone():
            return None
        fields = {name: codec.core_schema for name, codec in self._codecs.items()}
        found = {
            name: core_schema.model_field(schema)
            for name, schema in fields.items()
            if schema is not None
        }
        if len(found) < len(fields):
            return None
        inside = core_schema.model_fields_schema(found, extra_behavior="forbid")
        return SchemaValidator(inside).validate_json

    def dumps(self, document: BaseModel) -> bytes:
        """Write a document as JSON, in UTF-8.

        Raises:
            Unfit: An equal document could not be read.
        """
        written: Any = None
        try:
            plain = self._write_plain(document)
            if plain:
                return plain
            written = self.encode(document)
            return to_json(written)
        except Unfit:
            raise
        except (ValueError, RecursionError) as error:  # half a character, or a list in itself
            fields = document.__dict__ if written is None else written
            raise _unwritable(fields, error) from error

    def loads(self, stored: bytes) -> BaseModel:
        """Read a document.

        Raises:
            Unfit: It was written of another model, and this one can't hold what is in it.
        """
        if self._reader is not None:
            try:
                return self._made(*self._reader(stored))
            except ValidationError:  # the other way knows what to do, or what to say
                pass
        return self._read(from_json(stored, cache_strings="keys"))

    def encode(self, value: Any) -> Any:
        """Give the object of JSON of a document; of a root model, what is in it."""
        if type(value) is not self.model:
            raise unexpected(f"an instance of {self.model.__name__}", value)
        values: dict[str, Any] = value.__dict__
        doubtful = self._doubtful(values)
        if not doubtful and self._is_simple and len(values) == len(self._names):  # as nearly always
            return values
        if len(values) > len(self._names):  # a cached property is there, too
            values = {name: one for name, one in values.items() if name in self._names}
        written = values
        for name in doubtful:
            try:
                encoded = self._codecs[name].encode(values[name])
            except Unfit as error:
                raise error.within(name) from error
            if encoded is not values[name]:  # most values stay what they are: nothing is copied
                written = {**values} if written is values else written
                written[name] = encoded
        return written if self._is_simple else self._with_more(value, written)

    def _doubtful(self, values: dict[str, Any]) -> list[str]:
        """Name the fields whose values must be looked at one by one; none, of nearly all models.

        Raises:
            Unfit: A field is missing.
        """
        if self._are_plain(values):
            return self._doubted
        try:
            items = self._codecs.items()
            return [name for name, codec in items if type(values[name]) not in codec.plain]
        except KeyError as error:
            raise Unfit("is missing", (str(error.args[0]),)) from error

    def _with_more(self, document: BaseModel, written: dict[str, Any]) -> Any:
        """Add what is not in fields, and see whether the document comes back."""
        if document.__pydantic_extra__:
            written = {**written, **self._extra(document.__pydantic_extra__)}
        if self.is_checked:
            self._expect_same(document, written)
        if self._computed:
            found = {name: _computed(document, name, one) for name, one in self._computed.items()}
            written = {**written, **found}
        return written["root"] if self._is_root else written

    def decode(self, value: Any) -> Any:
        """Make a document of an object of JSON."""
        return self._read(dict(value) if type(value) is dict else value)

    def _extra(self, extra: dict[str, Any]) -> dict[str, Any]:
        """Encode what stands under names of no field."""
        taken = self._names.union(self._computed).intersection(extra)
        if taken:
            raise Unfit("expected no other value under the name of a field", (min(taken),))
        written: dict[str, Any] = JsonCodec().encode(dict(extra))
        return written

    def _expect_same(self, document: BaseModel, written: dict[str, Any]) -> None:
        try:
            found = self._read(from_json(to_json(written["root"] if self._is_root else written)))
        except (ValueError, RecursionError) as error:
            raise Unfit(f"expected a document that can be read again: {error}") from error
        if not same(found, document):
            raise Unfit(
                f"expected a document that comes back as it was, got {shown(document)}, of which "
                f"{shown(found)} would come back: private attributes are not stored, and "
                "model_post_init must change nothing that it has changed before"
            )

    def _read(self, values: Any) -> BaseModel:
        """Make a document of what JSON has, which is used up."""
        if self._is_root:
            values = {"root": values}
        if type(values) is not dict:
            raise unexpected(f"the fields of {self.model.__name__}", values)
        for name in self._computed:
            values.pop(name, None)
        if values.keys() != self._names:
            return self._fitted(values)
        for name, codec in self._codecs.items():
            if type(values[name]) not in codec.plain:
                values[name] = self._decoded(name, values[name], values)
        return self._made(values, {} if self._keeps_extra else None, set(self._names))

    def _fitted(self, values: dict[str, Any]) -> BaseModel:
        """Make a document of what another form of the model has written.

        A field that is missing has its default. What is there under other names is kept if the
        model keeps such values, and else left out.
        """
        found: dict[str, Any] = {}
        for name in self._codecs:
            found[name] = (
                self._decoded(name, values[name], found)
                if name in values
                else self._default(name, found)
            )
        rest = {name: value for name, value in values.items() if name not in self._names}
        given = set(self._names.intersection(values))
        return self._made(found, rest if self._keeps_extra else None, given)

    def _default(self, name: str, before: dict[str, Any]) -> Any:
        info = self.model.model_fields[name]
        if info.is_required():
            raise Unfit("is missing, and has no default", (name,))
        try:
            return info.get_default(call_default_factory=True, validated_data=before)
        except Exception as error:  # factories are of the user's making
            reason = f"expected a default where no value is stored, got {error!r:.200}"
            raise Unfit(reason, (name,)) from error

    def _decoded(self, name: str, value: Any, before: dict[str, Any]) -> Any:
        """Decode the value of a field, or take it for one if another form of the model wrote it."""
        try:
            return self._codecs[name].decode(value)
        except Unfit as error:
            if value is None and not self.model.model_fields[name].is_required():
                return self._default(name, before)
            try:
                return self._convert(name, value)
            except Exception:  # validators are of the user's making
                raise error.within(name) from error

    def again(self, name: str, value: Any) -> Any:
        """Write a value of a field anew, which another form of the model may have written.

        Raises:
            Unfit: It does not fit the field any more.
        """
        return from_json(to_json(self._codecs[name].encode(self._decoded(name, value, {}))))

    def _made(
        self, values: dict[str, Any], extra: dict[str, Any] | None, fields_set: set[str]
    ) -> BaseModel:
        """Make an instance as pydantic's ``model_construct`` does, which looks at aliases."""
        document = object.__new__(self.model)
        _set_dict(document, values)
        _set_extra(document, extra)
        _set_names(document, fields_set)
        _set_private(document, None)
        if self._has_finish:
            try:
                document.model_post_init(None)
            except Exception as error:  # it is of the user's making
                raise Unfit(f"expected model_post_init to pass, got {error!r:.200}") from error
        return document


def _unwritable(written: Any, error: Exception) -> Unfit:
    """Say which value of a document it is that JSON can't hold."""
    fields = written if type(written) is dict else {"root": written}
    for name, value in fields.items():
        try:
            to_json(value)
        except (ValueError, RecursionError):
            return half_character(value, (name,)) or Unfit(
                f"expected what JSON can hold, got {shown(value)}", (name,)
            )
    return Unfit(f"expected values that JSON can hold: {error}")


def _computed(document: BaseModel, name: str, codec: Codec) -> Any:
    """Encode the value of a computed field."""
    try:
        return codec.encode(getattr(document, name))
    except Unfit as error:
        raise error.within(name) from error
    except Exception as error:  # it is of the user's making
        raise Unfit(
            f"expected a computed field to have a value, got {error!r:.200}", (name,)
        ) from error
