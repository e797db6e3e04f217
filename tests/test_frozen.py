"""Classes made by ``frozen`` are what Python's own frozen dataclasses are."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import (
    KW_ONLY,
    FrozenInstanceError,
    asdict,
    astuple,
    dataclass,
    field,
    fields,
    is_dataclass,
    replace,
)
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from searchlib.frozen import frozen


@frozen
class Ours:
    """A place.

    Attributes:
        name: Its name.
        x: Where it is.
        tags: What is said of it.
        note: What takes no part in comparison.
    """

    name: str
    x: float = 0.0
    tags: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a place has a name")


@dataclass(frozen=True, slots=True)
class Pythons:
    """The same."""

    name: str
    x: float = 0.0
    tags: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False, repr=False)


@frozen
class Town(Ours):
    """A place with people."""

    _: KW_ONLY
    people: int = 0


@frozen(kw_only=True)
class Options:
    """What is passed by name."""

    size: int
    color: str = "red"


@frozen
class Derived:
    """What has an attribute that is no argument, and methods of its own."""

    width: int
    area: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "area", self.width**2)

    def __repr__(self) -> str:
        return f"<{self.width}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Derived) and abs(self.width) == abs(other.width)

    def __hash__(self) -> int:
        return abs(self.width)


def test_it_is_a_dataclass_with_slots() -> None:
    assert all(map(is_dataclass, [Ours, Town, Options, Derived]))
    assert [one.name for one in fields(Ours)] == ["name", "x", "tags", "note"]
    assert not hasattr(Ours("a"), "__dict__")
    assert Ours.__match_args__ == ("name", "x", "tags", "note")
    assert str(inspect.signature(Options)) == "(*, size: 'int', color: 'str' = 'red') -> None"


def test_it_shows_and_converts_as_pythons_do() -> None:
    ours, pythons = Ours("a", 2.0, ["b"], "c"), Pythons("a", 2.0, ["b"], "c")
    assert repr(ours) == repr(pythons).replace("Pythons", "Ours")
    assert repr(Town("a", people=3)) == "Town(name='a', x=0.0, tags=[], people=3)"
    assert asdict(ours) == asdict(pythons)
    assert astuple(ours) == astuple(pythons)
    assert replace(ours, x=3.0) == Ours("a", 3.0, ["b"])


def test_defaults_are_made_for_each_object() -> None:
    first, second = Ours("a"), Ours("a")
    first.tags.append("b")
    assert second.tags == []
    assert Ours(name="a", tags=["c"]).tags == ["c"]


@pytest.mark.parametrize(
    ("left", "right", "are_equal"),
    [
        (Ours("a"), Ours("a"), True),
        (Ours("a", note="b"), Ours("a", note="c"), True),
        (Ours("a"), Ours("b"), False),
        (Ours("a"), Town("a"), False),
        (Ours("a"), Pythons("a"), False),
        (Town("a", people=1), Town("a", people=2), False),
        (Ours("a", float("nan")), Ours("a", float("nan")), False),
        (Derived(2), Derived(-2), True),
    ],
)
def test_equal_are_those_of_one_class_with_equal_fields(
    left: Any, right: Any, are_equal: bool
) -> None:
    assert (left == right) is are_equal
    assert (left != right) is not are_equal


def test_equal_objects_have_one_hash() -> None:
    assert hash(Options(size=1)) == hash(Options(size=1, color="red"))
    assert len({Options(size=1), Options(size=1), Options(size=2)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Ours("a"))  # a list is in it


def test_it_can_not_be_changed() -> None:
    place = Ours("a")
    for name in ("name", "unknown"):
        with pytest.raises(FrozenInstanceError, match=name):
            setattr(place, name, "b")
    with pytest.raises(FrozenInstanceError, match="x"):
        del place.x
    assert place == Ours("a")


def test_arguments_are_checked_as_pythons_are() -> None:
    for wrong in (lambda: Ours(), lambda: Ours("a", 1, [], "", 5), lambda: Options(1)):  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="argument"):
            wrong()
    with pytest.raises(ValueError, match="has a name"):
        Ours("")


def test_its_own_methods_stay() -> None:
    assert repr(Derived(3)) == "<3>"
    assert Derived(3).area == 9
    assert hash(Derived(-3)) == 3


@pytest.mark.parametrize("made", [Ours("a", 1.5, ["b"]), Town("a", people=3), Derived(4)])
def test_it_can_be_copied_and_pickled(made: Any) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(made, protocol)) == made
    assert copy.copy(made) == copy.deepcopy(made) == made
    assert asdict(copy.deepcopy(made)) == asdict(made)


def test_pydantic_takes_it_for_a_dataclass() -> None:
    adapter = TypeAdapter(Ours)
    assert adapter.validate_python({"name": "a", "x": "2"}) == Ours("a", 2.0)
    assert adapter.dump_python(Ours("a", 2.0)) == {"name": "a", "x": 2.0, "tags": [], "note": ""}
    with pytest.raises(ValidationError):
        adapter.validate_python({"x": 2})
