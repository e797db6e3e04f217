"""Documents, models and calls beside those that are common."""

from __future__ import annotations

import copy
import dataclasses
import enum
import ipaddress
import math
import pickle
import subprocess
import sys
from collections.abc import Generator, Iterable, MutableSequence, MutableSet
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    Required,
    TypeVar,
)
from zoneinfo import ZoneInfo

import pytest
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    IPvAnyAddress,
    IPvAnyInterface,
    IPvAnyNetwork,
    RootModel,
    Secret,
    SecretStr,
    computed_field,
    create_model,
)
from typing_extensions import TypeAliasType, TypedDict

from searchlib import (
    ArgumentError,
    Date,
    DocumentError,
    Index,
    IndexClosedError,
    Key,
    Keyword,
    Number,
    SchemaError,
    Text,
)
from searchlib.errors import SchemaMismatchError
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Label = Annotated[str, Keyword()]


class Weight(enum.Enum):
    """Of floats for which JSON has no numbers, and of one for which it has."""

    NONE = math.nan
    ALL = math.inf
    HALF = 0.5


class Corner(enum.Enum):
    """Of values for which JSON has none."""

    LEFT = (0, 1)


class Letter(enum.Enum):
    A = "a"


class Exact(datetime):
    """A moment with more digits than one of Python has, as pandas has them."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Exact) and super().__eq__(other)

    __hash__ = datetime.__hash__


def model_of(annotation: Any, **config: Any) -> type[BaseModel]:
    return create_model(
        "Made",
        __config__=ConfigDict(**config),  # type: ignore[typeddict-item]
        id=(Annotated[str, Key()], ...),
        value=(annotation, ...),
    )


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (float, 2**53),
        (float, 2**300),
        (list[float], [1, 2.5]),
        (Weight, Weight.NONE),
        (Weight, Weight.ALL),
        (Weight | None, Weight.HALF),
        (list[Weight], [*Weight]),
        (Literal[Weight.NONE, Weight.HALF, "NONE "], Weight.NONE),
        (Literal[Corner.LEFT, 1], Corner.LEFT),
        (Literal[b"x", 1, None], b"x"),
        (list[Literal[b"\xff", "\\xfe"]], [b"\xff", "\\xfe"]),
        (datetime, datetime(2025, 1, 1, 12, 0, 0, 1)),
        (list[datetime | None], [datetime(2025, 1, 1), datetime(2025, 1, 1, tzinfo=UTC), None]),
    ],
)
def test_what_is_added_comes_back(tmp_path: Path, annotation: Any, value: Any) -> None:
    model = model_of(annotation)
    document = model.model_construct(id="k", value=value)
    index = Index.create(tmp_path / "index", model)
    assert index.add(document).added == 1
    assert index.get("k") == document


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (float, 2**53 + 1),
        (float | None, 2**53 + 1),
        (float, 10**400),
        (list[float], [0.5, 2**53 + 1]),
        (dict[str, float], {"a": 2**53 + 1}),
        (datetime, Exact(2025, 1, 1)),
        (datetime | None, Exact(2025, 1, 1)),
        (list[datetime], [Exact(2025, 1, 1)]),
        (Literal["a", Letter.A], Letter.A),
        (Literal["a", b"a"], b"a"),
    ],
)
def test_what_would_come_back_otherwise_is_rejected(
    tmp_path: Path, annotation: Any, value: Any
) -> None:
    model = model_of(annotation)
    index = Index.create(tmp_path / "index", model)
    [problem] = index.add(model.model_construct(id="k", value=value)).rejected
    assert problem.key == "k"
    assert problem.reason.startswith("value")
    assert "expected" in problem.reason
    assert len(index) == 0


@pytest.mark.parametrize(
    ("annotation", "holding"),
    [
        (int, lambda number: number),
        (int | None, lambda number: -number),
        (int | str, lambda number: number),
        (list[int], lambda number: [1, number]),
        (dict[str, int], lambda number: {"a": number}),
        (tuple[int, str], lambda number: (number, "a")),
        (dict[int, str], lambda number: {number: "a"}),
        (Any, lambda number: number),
        (Any, lambda number: [{"a": -number}]),
        (dict[str, Any], lambda number: {"a": number}),
    ],
)
def test_a_whole_number_that_no_reader_of_json_takes_is_rejected(
    tmp_path: Path, annotation: Any, holding: Callable[[int], Any]
) -> None:
    model = model_of(annotation)
    index = Index.create(tmp_path / "index", model)
    fits = model.model_construct(id="fits", value=holding(10**4000 - 1))
    report = index.add([fits, model.model_construct(id="k", value=holding(10**4000))])
    [problem] = report.rejected
    assert "whole number of at most 4,000 digits" in problem.reason
    assert [*index] == [fits]


def test_what_stands_for_a_float_is_rejected_by_name(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    model = model_of(float)
    index = Index.create(tmp_path / "index", model)
    [problem] = index.add(model.model_construct(id="k", value=numpy.float32(0.1))).rejected
    assert problem.reason.startswith("value: expected float, got ")


def test_a_moment_of_pandas_is_taken_if_no_digit_is_lost(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    model = model_of(datetime)
    index = Index.create(tmp_path / "index", model)
    rough, fine = pandas.Timestamp("2025-01-01"), pandas.Timestamp(1)
    report = index.add([model(id="rough", value=rough), model(id="fine", value=fine)])
    assert [problem.key for problem in report.rejected] == ["fine"]
    assert index.get("rough") == model(id="rough", value=rough)


def test_values_of_members_may_be_there_in_their_place(tmp_path: Path) -> None:
    model = model_of(Weight, use_enum_values=True)
    index = Index.create(tmp_path / "index", model)
    report = index.add([model(id="half", value=0.5), model(id="none", value=Weight.NONE)])
    assert [problem.key for problem in report.rejected] == ["none"]
    assert index.get("half") == model(id="half", value=0.5)


class OwnSecret(SecretStr):
    """A class of a program."""


class Badge(NamedTuple):
    name: Label
    number: int = 0


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        (Secret[int], "Secret"),
        (list[Secret[int]], "Secret"),
        (OwnSecret, "OwnSecret"),
        (OwnSecret | None, "OwnSecret"),
        (Badge, "within a dict, a named tuple"),
        (list[Badge] | None, "within a dict, a named tuple"),
        (dict[str, Badge], "within a dict, a named tuple"),
        (Iterable[int], "read once only"),
        (list[Generator[str]] | None, "read once only"),
        (Iterable[Label], "read once only"),
    ],
)
def test_what_can_not_work_is_refused(tmp_path: Path, annotation: Any, told: str) -> None:
    with pytest.raises(SchemaError, match=rf"'value'.*{told}"):
        Index.create(tmp_path / "index", model_of(annotation))


@pytest.mark.parametrize("annotation", [Label, str])
def test_a_name_with_a_dot_is_refused(tmp_path: Path, annotation: Any) -> None:
    fields: dict[str, Any] = {"a.b": (annotation, "")}
    model = create_model("Dotted", id=(Annotated[str, Key()], ...), **fields)
    with pytest.raises(SchemaError, match=r"name that queries can use, got 'a\.b'"):
        Index.create(tmp_path / "index", model)


class Inner(BaseModel):
    city: Label


class Labels(RootModel[list[Label]]):
    """Labels in a root model."""


class OneLabel(RootModel[Label]):
    """A label in a root model."""


class Inners(RootModel[list[Inner]]):
    """Models in a root model."""


class One(RootModel[Inner]):
    """A model in a root model."""


@pytest.mark.parametrize(
    ("kind", "value", "query"),
    [
        (Labels, ["rome", "oslo"], "value.root:rome"),
        (OneLabel, "rome", "value.root:rome"),
        (Inners, [{"city": "rome"}], "value.root.city:rome"),
        (One, {"city": "rome"}, "value.root.city:rome"),
        (list[One], [{"city": "oslo"}, {"city": "rome"}], "value.root.city:rome"),
    ],
)
def test_what_is_in_a_root_model_is_found_without_the_model(
    tmp_path: Path, kind: Any, value: Any, query: str
) -> None:
    model = model_of(kind)
    index = Index.create(tmp_path / "index", model)
    index.add(model(id="k", value=value))
    assert index.count(query) == 1
    bare = Index.open(index.path)
    bare.add(bare.get("k"))
    assert bare.count(query) == 1
    Index.reindex(index.path, language="german")
    assert Index.open(index.path).count(query) == 1


Named = NewType("Named", Label)
Bound = TypeVar("Bound", bound=Label)


class Sheet(TypedDict, total=False):
    name: Required[Label]
    about: NotRequired[Annotated[str, Text()]]
    size: NotRequired[Annotated[int, Number()]]
    alias: NotRequired[Named]


class Unbound(BaseModel, Generic[Bound]):
    item: Bound


@pytest.mark.parametrize(
    ("annotation", "value", "queries"),
    [
        (Sheet, {"name": "Rome", "about": "storms", "size": 5, "alias": "x"},
         ["value.name:rome", "value.about:storm", "storm", "value.size:5", "value.alias:x"]),
        (Named, "Rome", ["value:rome"]),
        (list[Named] | None, ["Rome"], ["value:rome"]),
        (Unbound, Unbound(item="Rome"), ["value.item:rome"]),
    ],
)  # fmt: skip
def test_a_marker_behind_what_says_nothing_of_the_type_counts(
    tmp_path: Path, annotation: Any, value: Any, queries: list[str]
) -> None:
    model = model_of(annotation)
    index = Index.create(tmp_path / "index", model)
    assert index.add(model(id="k", value=value)).added == 1
    assert index.get("k") == model(id="k", value=value)
    assert [index.count(query) for query in queries] == [1] * len(queries)


@pytest.mark.parametrize("moment", ["2025-10-26T02:30", "2025-03-30T02:30"])
@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_that_a_clock_change_makes_doubtful_is_rejected_with_what_to_do(
    tmp_path: Path, moment: str, fold: int
) -> None:
    """Python says of such a time that it equals no other, not even the same in UTC."""
    model = model_of(datetime)
    index = Index.create(tmp_path / "index", model)
    given = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Rome"), fold=fold)
    [problem] = index.add(model(id="k", value=given)).rejected
    assert "value: expected a time that its zone has just once" in problem.reason
    assert index.add(model(id="k", value=given.astimezone(UTC))).added == 1
    assert index.get("k") == model(id="k", value=given.astimezone(UTC))


class Node(BaseModel):
    inside: list[Node] = []


class Graph(BaseModel):
    id: Annotated[str, Key()]
    node: Node
    rows: list[Any] = []


def in_itself() -> list[Any]:
    node = Node()
    node.inside.append(node)
    rows: list[Any] = []
    rows.append(rows)
    deep = Node()
    for _ in range(1_000):
        deep = Node.model_construct(inside=[deep])
    return [
        Graph.model_construct(id="node", node=node, rows=[]),
        Graph.model_construct(id="rows", node=Node(), rows=rows),
        Graph.model_construct(id="deep", node=deep, rows=[]),
        Graph(id="half", node=Node(), rows=["\ud800"]),
    ]


def test_what_holds_itself_costs_one_document() -> None:
    with Index.in_memory(Graph) as index:
        good = Graph(id="good", node=Node(inside=[Node()]), rows=[1])
        report = index.add([*in_itself(), good])
        assert [one.key for one in report.rejected] == ["node", "rows", "deep", "half"]
        assert [*index] == [good]


Kind = TypeVar("Kind")
Other = TypeVar("Other")


@dataclasses.dataclass
class Tagged(Generic[Kind]):
    label: Annotated[Kind, Keyword()]
    rest: list[Annotated[Kind, Text()]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class TaggedText(Tagged[str]):
    more: Annotated[str, Keyword()] = "more"


class Noted(TypedDict, Generic[Kind, Other]):
    value: Annotated[Kind | None, Number()]
    inside: Other


class Boxed(BaseModel, Generic[Kind]):
    item: Kind


Tags = TypeAliasType("Tags", list[Annotated[Kind, Keyword()]], type_params=(Kind,))
Maybe = TypeAliasType("Maybe", Kind | None, type_params=(Kind,))
Written = TypeAliasType("Written", "Maybe[Label]")
Tangled = TypeAliasType("Tangled", "dict[str, Tangled] | int")
Knotted = TypeAliasType("Knotted", "list[Knotted] | Label")
Lost = TypeAliasType("Lost", "list[Nowhere]")  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("annotation", "value", "query"),
    [
        (Tags[str], ["Rome"], "value:rome"),
        (Tags[int] | None, [5], "value:5"),
        (Maybe[Label], "Rome", "value:rome"),
        (Maybe[list[Inner]], [{"city": "Rome"}], "value.city:rome"),
        (Written, "Rome", "value:rome"),
        (Boxed[Tags[str]], {"item": ["Rome"]}, "value.item:rome"),
        (Tangled, {"a": {"b": 1}}, "id:k"),
        (list[Tangled], [{"a": {"b": 1}}], "id:k"),
    ],
)
def test_a_marker_behind_a_name_for_types_counts(
    tmp_path: Path, annotation: Any, value: Any, query: str
) -> None:
    model = model_of(annotation)
    index = Index.create(tmp_path / "index", model)
    assert index.add(model(id="k", value=value)).added == 1
    assert index.get("k") == model(id="k", value=value)
    assert index.count(query) == 1


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        (dict[str, Tags[str]], "within a dict"),
        (Lost, "Lost: expected a type that can be found"),
        (Knotted, "goes with str or bool or int"),
    ],
)
def test_a_name_for_types_that_can_not_work_is_refused(annotation: Any, told: str) -> None:
    model = create_model(
        "Model",
        __config__=ConfigDict(defer_build=True),
        id=(Annotated[str, Key()], ...),
        value=(annotation, ...),
    )
    with pytest.raises(SchemaError, match=told):
        Index.in_memory(model)


def test_documents_without_their_model_are_pickled_and_compared(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Before)
    index.add([Before(id="a", title="Storm"), Before(id="b")])
    one, other = Index.open(index.path), Index.open(index.path)
    first = one.get("a")
    assert first == other.get("a") != one.get("b")
    assert pickle.loads(pickle.dumps(first)) == copy.deepcopy(first) == first
    code = "import pickle, sys; print(repr(pickle.load(open(sys.argv[1], 'rb'))))"
    (tmp_path / "pickle").write_bytes(pickle.dumps([*one]))
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "pickle")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == repr([*other])


@pytest.mark.parametrize(
    ("annotation", "value", "queries"),
    [
        (Tagged[str], Tagged("Rome", ["storms"]), ["value.label:rome", "storm"]),
        (list[Tagged[str]], [Tagged("Rome"), Tagged("Oslo")], ["value.label:oslo"]),
        (TaggedText, TaggedText("Rome", ["a"]), ["value.label:rome", "value.more:more"]),
        (Noted[int, Inner], {"value": 5, "inside": Inner(city="Rome")},
         ["value.value:5", "value.inside.city:rome"]),
        (Noted[Decimal, list[Label]], {"value": Decimal("1.50"), "inside": ["a", "b"]},
         ["value.value:>1", "value.inside:b"]),
        (Boxed[Tagged[str]] | None, Boxed[Tagged[str]](item=Tagged("x")), ["value.item.label:x"]),
        (Boxed[Boxed[Label]], Boxed[Boxed[Label]](item=Boxed[Label](item="x")),
         ["value.item.item:x"]),
        (Boxed[Noted[int, Label]], Boxed[Noted[int, Label]](item={"value": None, "inside": "x"}),
         ["value.item.inside:x"]),
    ],
)  # fmt: skip
def test_what_is_in_a_generic_class_is_found(
    tmp_path: Path, annotation: Any, value: Any, queries: list[str]
) -> None:
    model = model_of(annotation)
    index = Index.create(tmp_path / "index", model)
    document = model(id="k", value=value)
    assert index.add(document).added == 1
    assert index.get("k") == document
    for one in (index, Index.open(index.path)):
        assert [one.count(query) for query in queries] == [1] * len(queries)


@pytest.mark.parametrize(
    ("annotation", "value", "label"),
    [
        (Annotated[IPvAnyAddress, Keyword()], ipaddress.ip_address("::1"), "::1"),
        (Annotated[IPvAnyInterface, Keyword()], ipaddress.ip_interface("10.0.0.1/8"), "10.0.0.1/8"),
        (Annotated[IPvAnyNetwork, Keyword()], ipaddress.ip_network("10.0.0.0/8"), "10.0.0.0/8"),
        (Annotated[ipaddress.IPv6Network, Keyword()], ipaddress.ip_network("::/8"), "::/8"),
        (MutableSequence[Label], ["10"], "10"),
        (MutableSet[Label], {"10"}, "10"),
    ],
)
def test_labels_of_more_types(tmp_path: Path, annotation: Any, value: Any, label: str) -> None:
    model = model_of(annotation)
    index = Index.create(tmp_path / "index", model)
    document = model(id="k", value=value)
    assert index.add(document).added == 1
    assert index.get("k") == document
    assert index.count(f'value:"{label}"') == index.count("*", filter={"value": label}) == 1
    if not isinstance(value, list | set):
        assert index.count("*", filter={"value": value}) == 1


def test_an_address_of_mail_is_a_text_a_label_and_a_key(tmp_path: Path) -> None:
    """Of such a model pydantic makes a schema only where email-validator is installed."""

    class Person(BaseModel):
        model_config = ConfigDict(defer_build=True)
        mail: Annotated[EmailStr, Key()]
        other: Annotated[EmailStr | None, Keyword()] = None
        all: Annotated[list[EmailStr], Text()] = []

    index = Index.create(tmp_path / "index", Person)
    person = Person.model_construct(mail="a@example.org", other="b@example.org", all=["c@d.org"])
    assert index.add(person).added == 1
    assert index.get("a@example.org") == person
    assert index.count('other:"b@example.org" all:"c@d.org"') == 1


class Branch(BaseModel):
    name: Label
    opened: Annotated[date | None, Date()] = None


class Tree(BaseModel):
    id: Annotated[str, Key()]
    names: list[str] = []

    @computed_field  # type: ignore[prop-decorator]
    @property
    def first(self) -> Branch | None:
        return Branch(name=self.names[0], opened="2025-03-04") if self.names else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def tagged(self) -> list[Tagged[str]]:
        return [Tagged(name) for name in self.names]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def self(self) -> Tree | None:
        return None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def plain(self) -> dict[str, int]:
        return {}


def test_models_in_computed_fields_are_searched(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Tree)
    index.add([Tree(id="a", names=["Oak", "Ash"]), Tree(id="b")])
    for one in (index, Index.open(index.path)):
        assert one.count("first.name:oak first.opened:2025-03 tagged.label:ash") == 1
        assert one.count("*", filter={"tagged.label": "Ash"}) == 1
    assert index.get("a") == Tree(id="a", names=["Oak", "Ash"])
    assert not {"self", "plain"} & index.schema.fields.keys()


def test_a_marker_out_of_reach_in_a_computed_field_is_refused(tmp_path: Path) -> None:
    class Shelf(BaseModel):
        id: Annotated[str, Key()]

        @computed_field  # type: ignore[prop-decorator]
        @property
        def branches(self) -> dict[str, Branch]:
            return {}

    with pytest.raises(SchemaError, match="'branches': expected markers of fields"):
        Index.create(tmp_path / "index", Shelf)


class Before(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""


def fails() -> str:
    raise RuntimeError("no default today")


@pytest.mark.parametrize("factory", [fails, lambda values: values["nothing"]])
def test_a_default_that_can_not_be_made_is_an_error_of_ours(
    tmp_path: Path, factory: Callable[..., str]
) -> None:
    after = create_model("After", __base__=Before, slug=(str, Field(default_factory=factory)))
    index = Index.create(tmp_path / "index", Before)
    index.add(Before(id="k", title="Storm"))
    grown = Index.open(index.path, after)
    hits = grown.search("storm")
    for read in (lambda: grown.get("k"), lambda: [*grown], lambda: hits[0].document):
        with pytest.raises(DocumentError, match=r"'k': slug: expected a default"):
            read()
    with pytest.raises(DocumentError, match=r"'k': slug"):
        Index.reindex(index.path, model=after)
    assert index.get("k") == Before(id="k", title="Storm")


@pytest.mark.parametrize(
    ("factory", "told"),
    [
        (fails, "its default raises"),
        (lambda values: values["title"].lower(), "a default of their own"),
        (lambda values: values.get("title", ""), "a default of their own"),
    ],
)
@pytest.mark.parametrize("marker", [Text(), Keyword()])
def test_a_marked_default_that_is_made_of_others_needs_indexing(
    tmp_path: Path, factory: Callable[..., str], told: str, marker: Any
) -> None:
    after = create_model(
        "After", __base__=Before, slug=(Annotated[str, marker], Field(default_factory=factory))
    )
    index = Index.create(tmp_path / "index", Before)
    index.add(Before(id="k", title="Storm"))
    with pytest.raises(SchemaMismatchError, match=rf"slug: .*{told}"):
        Index.open(index.path, after)
    if factory is not fails:
        Index.reindex(index.path, model=after)
        assert Index.open(index.path, after).count("slug:storm") == 1


class Unspeakable:
    """A value of which nothing can be asked."""

    def __repr__(self) -> str:
        raise RuntimeError("not to be shown")

    __str__ = __repr__

    def __getattr__(self, name: str) -> Any:
        if name == "__pydantic_fields_set__":
            raise RuntimeError("not to be asked")
        raise AttributeError(name)


UNSPEAKABLE: Any = Unspeakable()


class Rows(RootModel[list[str]]):
    """A root model that is iterated as pydantic recommends."""

    def __iter__(self) -> Any:
        return iter(self.root)


@each(
    "document",
    [
        Before.model_construct(id=UNSPEAKABLE),
        Before.model_construct(id="k", title=UNSPEAKABLE),
        {"id": UNSPEAKABLE},
        {"id": "k", "title": UNSPEAKABLE},
        UNSPEAKABLE,
        Before,
        Rows(["a", "bc"]),
    ],
)
def test_a_value_that_fails_when_it_is_asked_costs_one_document(document: Any) -> None:
    with Index.in_memory(Before) as index:
        report = index.add([document, Before(id="good")])
        assert report.added == 1
        assert "expected" in report.rejected[0].reason or "Input" in report.rejected[0].reason


def test_an_instance_of_another_model_is_taken_by_its_fields(tmp_path: Path) -> None:
    class Iterated(BaseModel):
        id: str
        title: str

        def __iter__(self) -> Any:
            return iter(self.title.split())

    index = Index.create(tmp_path / "index", Before)
    document: Any = Iterated(id="k", title="Storm at sea")
    assert index.add([document]).added == 1
    assert index.get("k") == Before(id="k", title="Storm at sea")


class Swapped(BaseModel):
    id: Annotated[str, Key()]
    a: int = Field(alias="b")
    b: int = Field(alias="a")


class Chosen(BaseModel):
    id: Annotated[str, Key()]
    a: int = Field(validation_alias=AliasChoices("x", "b"))
    b: int = Field(validation_alias=AliasPath("a", 0))


class Numbered(BaseModel):
    nr: Annotated[str, Key()] = Field(alias="id")
    id: int = Field(alias="nr")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (Swapped(id="k", a=2, b=1), "a"),
        (Swapped(id="k", a=2, b=1), "b"),
        (Chosen.model_validate({"id": "k", "x": 1, "a": [2]}), "a"),
        (Chosen.model_validate({"id": "k", "x": 1, "a": [2]}), "b"),
        (Numbered.model_validate({"id": "k", "nr": 5}), "id"),
    ],
)
def test_an_update_goes_to_the_field_and_not_to_its_alias(
    tmp_path: Path, given: BaseModel, name: str
) -> None:
    index = Index.create(tmp_path / "index", type(given))
    assert index.add(given).added == 1
    assert index.update("k", **{name: 50}) == given.model_copy(update={name: 50})
    assert index.get("k") == given.model_copy(update={name: 50})


def test_the_fields_of_another_model_are_not_taken_for_aliases(tmp_path: Path) -> None:
    other = create_model("Other", id=(str, "k"), a=(int, 1), b=(int, 2))
    index = Index.create(tmp_path / "index", Swapped)
    document: Any = other()
    assert index.add(document).added == 1
    found = index.get("k")
    assert found is not None
    assert (found.a, found.b) == (1, 2)


def test_a_rejected_mapping_is_named_by_what_pydantic_takes_for_its_key(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Numbered)
    [problem] = index.add([{"id": "k", "nr": "no number"}]).rejected
    assert problem.key == "k"


@pytest.mark.parametrize(
    ("alias", "given"),
    [
        (AliasChoices("nr", "no"), {"no": "k"}),
        (AliasChoices("nr", AliasPath("meta", "ids", 1)), {"meta": {"ids": ["a", "k"]}}),
        (AliasPath("meta", "id"), {"meta": {"id": "k"}}),
        (AliasPath("ids", -1), {"ids": ["a", "k"], "id": "other"}),
        (AliasPath("meta", "id"), {"meta": 5, "id": "k"}),
        ("nr", {"id": "k"}),
        ("nr", {"nr": "k", "id": "other"}),
    ],
)
def test_a_rejected_mapping_is_named_wherever_its_key_is(
    tmp_path: Path, alias: Any, given: dict[str, Any]
) -> None:
    model = create_model(
        "Model", id=(Annotated[str, Key()], Field(validation_alias=alias)), count=(int, ...)
    )
    index = Index.create(tmp_path / "index", model)
    assert [one.key for one in index.add([given, {"count": 5}]).rejected] == ["k", None]
    assert index.add({**given, "count": 5}).added == 1
    assert "k" in index


class Reserved(BaseModel):
    key: Annotated[str, Key()]
    timeout: int = 0
    title: Annotated[str, Text()] = ""


def test_an_update_of_fields_with_names_of_arguments(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Reserved)
    index.add(Reserved(key="k"))
    with pytest.raises(ArgumentError, match="the key to stay 'k', got 'other'"):
        index.update("k", key="other")
    with pytest.raises(ArgumentError, match="expected no timeout="):
        index.update("k", timeout=3)
    with pytest.raises(ArgumentError, match="expected one of the fields"):
        index.update("k", self=3)
    assert index.update("k", title="Storm") == Reserved(key="k", title="Storm")


class Kept(BaseModel, extra="allow"):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""


@pytest.mark.parametrize("model", [Kept, None])
def test_an_update_of_what_a_document_has_besides_its_fields(tmp_path: Path, model: Any) -> None:
    index = Index.create(tmp_path / "index", Kept)
    index.add([Kept.model_validate({"id": "k", "shelf": 3, "more": [1]}), Kept(id="bare")])
    opened: Index[Any] = Index.open(index.path, model)
    assert opened.update("k", shelf=4, title="Storm").shelf == 4
    changed = {"id": "k", "title": "Storm", "shelf": 4, "more": [1]}
    assert index.get("k") == Kept.model_validate(changed)
    with pytest.raises(ArgumentError, match="fields id, title, shelf, more, got 'shlef'"):
        opened.update("k", shlef=5)
    with pytest.raises(ArgumentError, match="fields id, title, got 'shelf'"):
        opened.update("bare", shelf=5)


def test_a_closed_index_can_not_be_entered(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Kept)
    index.close()
    with pytest.raises(IndexClosedError), index:
        pass


def test_many_keys_must_be_several(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Reserved)
    with pytest.raises(ArgumentError, match="expected several keys, got 5"):
        index.get_many(5)  # type: ignore[arg-type]
