"""What may change in a model while the documents of its index stay as they are?

Options that change nothing that is written of a document (a boost, a default field, a facet), new
fields that no document there can have a value in, and fields that were not searched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.schema.fields import BINDING
from searchlib.schema.markers import Stored, Text
from searchlib.schema.paths import as_list, value_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from searchlib.schema.fields import FieldSpec

    Fields = Mapping[str, FieldSpec]


def differing(stored: Fields, wanted: Fields) -> list[str]:
    """Name the fields of both that are written of documents in different ways."""
    return [
        name
        for name, spec in stored.items()
        if name in wanted and _written(spec) != _written(wanted[name])
    ]


def lacking(fields: Fields, others: Fields) -> list[str]:
    """Name the fields that are searched in others, and are not there."""
    return [
        name
        for name, spec in others.items()
        if name not in fields and not isinstance(spec.marker, Stored)
    ]


_NOT_INDEXED: Final = "the documents of the index may have values that are not indexed"


def obstacles(
    stored: Fields, unsearched: Collection[str], wanted: Fields, model: type[BaseModel]
) -> dict[str, str]:
    """Find the fields for which the documents of an index must be indexed anew.

    Args:
        stored: The fields of the index.
        unsearched: Where its documents may have values besides.
        wanted: Those of a model.
        model: The model.

    Returns:
        For each name what the matter is, or nothing if that is plain to see.
    """
    found = dict.fromkeys([*differing(stored, wanted), *lacking(wanted, stored)], "")
    for name, spec in wanted.items():
        reason = "" if name in stored else _obstacle(spec, stored, unsearched, model)
        if reason:
            found[name] = reason
    return {name: found[name] for name in _in_order(stored, wanted) if name in found}


def told(stored: Fields, wanted: Fields, model_name: str, reasons: Mapping[str, str]) -> list[str]:
    """Say what some fields are in an index, and what in a model, and why that will not do.

    Args:
        stored: The fields of the index.
        wanted: Those of the model.
        model_name: Its name.
        reasons: Which of them, and why; as of :func:`obstacles`.
    """
    found = []
    for name, reason in reasons.items():
        ours, theirs = stored.get(name), wanted.get(name)
        here = ours.describe() if ours else "missing"
        there = theirs.describe() if theirs else "missing"
        found.append(
            f"{name}: {here} in the index, {there} in {model_name}{reason and f': {reason}'}"
        )
    return found


def _written(spec: FieldSpec) -> tuple[Any, ...]:
    """Say what decides on how the values of a field are written."""
    options = BINDING.get(type(spec.marker), ())
    binding = tuple(getattr(spec.marker, name) for name in options)
    return type(spec.marker), spec.kind, spec.many, binding


def _obstacle(
    spec: FieldSpec, stored: Fields, unsearched: Collection[str], model: type[BaseModel]
) -> str:
    """Say why the documents there may have a value in a new field, or can't be without one."""
    from searchlib.schema.places import fields_at, first_new, is_among

    if not isinstance(spec.marker, Stored) and is_among(spec.name, unsearched):
        return _NOT_INDEXED
    place, step, rest = first_new(spec.name, [*stored, *unsearched])
    found = fields_at(model, place, step)
    if found is None:
        return _NOT_INDEXED
    return next(filter(None, (_obstacle_in(info, spec, step, rest) for info in found)), "")


def _obstacle_in(info: FieldInfo, spec: FieldSpec, step: str, rest: str) -> str:
    """Say why documents can't do without a value in a field, or have a default to be indexed.

    Args:
        info: The field.
        spec: What is new: the field itself, or one in it.
        step: The name of the field.
        rest: What is behind it in that of what is new.
    """
    if info.is_required():
        return "the documents of the index have no value, and there is no default"
    if isinstance(spec.marker, Stored):
        return ""
    if info.default_factory_takes_validated_data:
        return "the documents of the index would each have a default of their own"
    try:
        default = info.get_default(call_default_factory=True)
    except Exception as error:  # factories are of the user's making
        return f"the documents of the index have no value, and its default raises {error!r:.200}"
    if not _is_blank(spec, value_at({step: default}, f"{step}.{rest}" if rest else step)):
        return "the documents of the index would have a default that is not indexed"
    return ""


def _is_blank(spec: FieldSpec, default: Any) -> bool:
    """Tell whether nothing is indexed of a value."""
    values = as_list(default)
    return not any(values) if isinstance(spec.marker, Text) else not values


def _in_order(stored: Fields, wanted: Fields) -> Iterable[str]:
    return dict.fromkeys([*stored, *wanted])
