"""Where in a document may values be? Fields of models in fields have names with dots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, RootModel

from searchlib.schema.annotations import annotations_of, class_of, contents_of
from searchlib.schema.markers import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo


def objects_of(model: type[BaseModel]) -> frozenset[str]:
    """Name the fields that hold models, dataclasses or typed dicts, and never anything else."""
    objects: set[str] = set()
    others: set[str] = set()
    _sort_places(model, "", (), objects, others)
    return frozenset(objects - others)


def _sort_places(
    holder: Any, prefix: str, around: tuple[Any, ...], objects: set[str], others: set[str]
) -> None:
    """Divide the fields of a model, and of what is in one, into objects and others."""
    for name, annotation in annotations_of(holder).items():
        place = prefix + name
        contents = contents_of(annotation, place)
        is_object = bool(contents.nested) and not contents.has_others
        is_object &= not any(issubclass(class_of(one), RootModel) for one in contents.nested)
        (objects if is_object else others).add(place)
        for one in contents.nested:
            if one not in around:
                _sort_places(one, f"{place}.", (*around, holder), objects, others)


def unsearched_in(model: type[BaseModel]) -> frozenset[str]:
    """Name the places where documents may have values that are not searched.

    Of a place with ``*`` the names are not known: models that keep what they have no fields for.
    Those that the model itself keeps are counted when documents are added.
    """
    return frozenset(_unsearched(model, "", ()))


def _unsearched(holder: Any, prefix: str, around: tuple[Any, ...]) -> Iterator[str]:
    kind = class_of(holder)
    if prefix and issubclass(kind, BaseModel) and kind.model_config.get("extra") == "allow":
        yield f"{prefix}*"
    for name, annotation in annotations_of(holder).items():
        place = prefix + name
        contents = contents_of(annotation, place)
        if contents.markers and contents.markers != [Stored()]:
            continue
        inside = () if contents.markers else contents.nested
        if contents.has_others or any(one in (*around, holder) for one in inside) or not inside:
            yield place
        for one in inside:
            if one not in (*around, holder):
                yield from _unsearched(one, f"{place}.", (*around, holder))


def is_among(name: str, places: Iterable[str]) -> bool:
    """Tell whether a value may be in one of some places, as :func:`unsearched_in` names them."""
    return any(
        name == place
        or name.startswith(f"{place}.")
        or (place.endswith("*") and name.startswith(place[:-1]))
        for place in places
    )


def first_new(name: str, known: Iterable[str]) -> tuple[str, str, str]:
    """Find the first step on the way to a field that is not on the way to any known place.

    Returns:
        The place before the step, the step, and what is behind it.
    """
    steps = name.split(".")
    ways = [place.split(".") for place in known]
    for number, step in enumerate(steps):
        if not any(way[: number + 1] == steps[: number + 1] for way in ways):
            return ".".join(steps[:number]), step, ".".join(steps[number + 1 :])
    return ".".join(steps[:-1]), steps[-1], ""


def fields_at(model: type[BaseModel], place: str, name: str) -> list[FieldInfo] | None:
    """Find the fields of a name in the models that are at a place.

    Returns:
        Them; ``None`` if it is not known what documents have there that lack it: it is computed, or
        in something else than a model.
    """
    holders: list[Any] = [model]
    for step in place.split(".") if place else ():
        hints = [found[step] for one in holders if step in (found := annotations_of(one))]
        holders = [inner for hint in hints for inner in contents_of(hint, place).nested]
    kinds = [class_of(one) for one in holders if name in annotations_of(one)]
    if all(issubclass(kind, BaseModel) and name in kind.model_fields for kind in kinds):
        return [kind.model_fields[name] for kind in kinds] or None  # type: ignore[attr-defined]
    return None
