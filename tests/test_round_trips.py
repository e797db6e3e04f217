"""What is added comes back equal, or was rejected with key and reason, or its model was refused."""

from __future__ import annotations

import enum
import functools
import math
import uuid
from collections import deque
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NamedTuple, Optional, TypeVar, cast
from zoneinfo import ZoneInfo

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    AnyUrl,
    AwareDatetime,
    Base64Bytes,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    ImportString,
    JsonValue,
    NaiveDatetime,
    PastDate,
    PlainSerializer,
    PrivateAttr,
    RootModel,
    SecretBytes,
    SecretStr,
    StringConstraints,
    computed_field,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel
from typing_extensions import TypeAliasType, TypedDict

from searchlib import Index, Key, Keyword, Number, Text
from searchlib.errors import DocumentError, SchemaError

Tree = TypeAliasType("Tree", "int | list[Tree]")
Item = TypeVar("Item")


class Color(enum.Enum):
    RED = "red"
    BLUE = 2
    PAIR = "pair"


class Odd(enum.Enum):
    POINT = (1, 2)
    DAY = date(2025, 1, 1)


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Rights(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()


class Word(enum.StrEnum):
    YES = "Yes"


class Place(BaseModel):
    city: str = ""
    hidden: int = Field(0, exclude=True)


class Cat(BaseModel):
    kind: Literal["cat"] = Field("cat", alias="type")
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"] = Field("dog", alias="type")
    tricks: list[str] = []


class Box(BaseModel, Generic[Item]):
    item: Item


class Node(BaseModel):
    name: str
    child: Node | None = None


class Names(RootModel[list[str]]):
    pass


@dataclass
class Point:
    x: int
    y: float = 0.0


class Pair(NamedTuple):
    first: int
    second: str


class Row(TypedDict):
    width: int


def model_of(annotation: Any, **config: Any) -> type[BaseModel]:
    """Make a model with a key and one more field."""

    class Made(BaseModel):
        model_config = config  # type: ignore[assignment]
        id: Annotated[str, Key()]
        value: annotation

    return Made


def rounds(index: Index, key: str) -> list[Any]:
    """Read a document in every way that there is, before and after everything that moves it."""
    model = index.schema.model
    found = [index.get(key), index.search(f"id:{key}")[0].document]
    index.add({"id": "other"} if "value" not in model.model_fields else [])
    index.optimize()
    found.append(Index.open(index.path, model).get(key))
    Index.reindex(index.path, model=model)
    found.append(index.get(key))
    found.append(Index.open(index.path, model).search("*", filter=f"id:{key}")[0].document)
    return found


def comes_back(path: Path, document: BaseModel) -> None:
    index = Index.create(path, type(document))
    report = index.add(document)
    assert (report.added, report.rejected) == (1, [])
    for found in rounds(index, document.id):  # type: ignore[attr-defined]
        assert found == document
        assert type(found) is type(document)


SOME = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("annotation", "values"),
    [
        (str, ["", "a", "\0", "\N{SNOWMAN}\U0001f600", "x" * 5000]),
        (int, [0, -1, 2**63, -(10**40)]),
        (float, [0.0, -0.5, 1e300, 5e-324, 0.1]),
        (bool, [True, False]),
        (bytes, [b"", b"abc", b"\xff\0", "ä".encode()]),
        (Base64Bytes, ["/w=="]),
        (Decimal, ["1.10", "1E+2", "-0.000", "12345678901234567890.123456789"]),
        (Fraction, ["1/3"]),
        (complex, [1 + 2j]),
        (date, [date.min, date.max, "2025-02-28"]),
        (PastDate, ["2001-01-01"]),
        (datetime, [datetime.min, datetime.max, "2025-02-28T12:30:00.000001", datetime.now(UTC),
                    datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=45)))]),
        (datetime, [datetime(2025, 7, 1, 12, 0, 0, 1, tzinfo=ZoneInfo("Europe/Berlin")),
                    datetime(1850, 7, 1, tzinfo=ZoneInfo("Europe/Berlin"))]),
        (AwareDatetime, ["2025-01-01T00:00:00.000001-08:00"]),
        (NaiveDatetime, ["2025-01-01T00:00:00.999999"]),
        (time, [time.min, time.max, time(12, 30, tzinfo=timezone(timedelta(hours=-3)))]),
        (timedelta, [timedelta.min, timedelta.max, timedelta(microseconds=-1), timedelta(0)]),
        (Path, ["a/b", "/"]),
        (IPv4Address, ["127.0.0.1"]),
        (IPv6Network, ["2001:db8::/32"]),
        (uuid.UUID, [SOME]),
        (HttpUrl, ["https://example.org/a?b=c#d"]),
        (AnyUrl, ["ftp://x/y"]),
        (Color, [*Color]),
        (Odd, [*Odd]),
        (Level, [*Level]),
        (Rights, [Rights.READ, Rights.READ | Rights.WRITE, Rights(0)]),
        (Word, [Word.YES]),
        (str, [Word.YES]),
        (Literal["a", 1, True, Color.RED], ["a", 1, True, Color.RED]),
        (Optional[int], [None, 5]),  # noqa: UP045
        (int | str | None, [5, "5", None]),
        (int | float | bool, [1, 1.0, True]),
        (date | datetime, [date(2025, 1, 1), datetime(2025, 1, 1)]),
        (datetime | date, [date(2025, 1, 1), datetime(2025, 1, 1)]),
        (list[int], [[], [1, 2]]),
        (list[list[date | None]], [[[], [date(2025, 1, 1), None]]]),
        (set[uuid.UUID], [set(), {SOME}]),
        (frozenset[Color], [frozenset(Color)]),
        (tuple[int, ...], [(), (1, 2)]),
        (tuple[int, str, date], [(1, "a", date(2025, 1, 1))]),
        (deque[int], [deque([1, 2])]),
        (dict[str, int], [{}, {"a": 1}]),
        (dict[int, str], [{1: "a", -5: "b"}]),
        (dict[tuple[int, int], str], [{(1, 2): "x"}, {}]),
        (dict[date, list[Decimal]], [{date(2025, 1, 1): [Decimal("1.0")]}]),
        (dict[uuid.UUID, Color], [{SOME: Color.BLUE}]),
        (dict[Color, int], [{Color.RED: 1, Color.BLUE: 2}]),
        (dict[Level, int], [{Level.LOW: 1}]),
        (dict[int | str, int], [{1: 1, "1": 2}]),
        (dict[float | str, int], [{0.5: 1, "0.5": 2}, {"a": 1}]),
        (dict[str | None, int], [{None: 1, "null": 2}]),
        (JsonValue, [None, 1, "a", [1, {"b": [None, 2.5]}], {}]),
        (Any, [None, [1], {"a": {"b": "c"}}]),
        (list, [[1, "a", None]]),
        (dict, [{"a": [1]}]),
        (Place, [Place(city="Rome", hidden=5)]),
        (list[Place], [[Place(city="Rome", hidden=5)], []]),
        (Cat | Dog, [Cat(lives=3), Dog(tricks=["sit"])]),
        (Annotated[Cat | Dog, Field(discriminator="kind")], [Cat(), Dog()]),
        (Box[int], [Box[int](item=3)]),
        (Box[Box[date]], [Box[Box[date]](item=Box[date](item=date(2025, 1, 1)))]),
        (Names, [Names(["a", "b"])]),
        (Node, [Node(name="a", child=Node(name="b"))]),
        (Point, [Point(1, 2.5)]),
        (Pair, [Pair(1, "a")]),
        (Row, [{"width": 5}]),
        (Tree, [1, [1, [2, []]]]),
        (Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True)], ["a b"]),
        (Annotated[str, AfterValidator(lambda text: text + "!")], ["hello"]),
        (Annotated[str, PlainSerializer(str.upper)], ["kept"]),
        (Annotated[int, Field(exclude=True)], [5]),
        (Annotated[int, Field(alias="v")], [5]),
        (Annotated[int, Field(validation_alias=AliasChoices("a", AliasPath("b", 0)))], [5]),
        (Annotated[str, Field(serialization_alias="id")], ["x"]),
        (Annotated[int, Field(frozen=True, strict=True)], [5]),
    ],
)  # fmt: skip
def test_values_of_a_type_come_back_equal(
    tmp_path: Path, annotation: Any, values: list[Any]
) -> None:
    model = model_of(annotation, validate_by_name=True)
    for number, value in enumerate(values):
        comes_back(tmp_path / str(number), model(id="k", value=value))


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (float, math.nan),
        (float, math.inf),
        (float | None, math.nan),
        (list[float], [1.0, -math.inf]),
        (Any, {"a": [math.nan]}),
        (Box[float], Box[float](item=math.nan)),
        (Point, Point(1, math.nan)),
        (Decimal, Decimal("NaN")),
        (Any, (1, 2)),
        (Any, {1: 2}),
        (Any, {"when": date(2025, 1, 1)}),
        (Any, b"x"),
        (Any, object()),
        (Any, "\ud800"),
        (str, "half \udfff"),
        (dict[str, int], {"\ud800": 1}),
        (JsonValue, functools.reduce(lambda inner, _: [inner], range(5000), cast("Any", 1))),
        (Place, type("Under", (Place,), {})()),
        (
            datetime,
            datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
        ),
    ],
)
def test_what_can_not_come_back_is_rejected_and_nothing_else(
    tmp_path: Path, annotation: Any, value: Any
) -> None:
    model = model_of(annotation)
    good = model.model_construct(id="good", value=None)
    index = Index.create(tmp_path / "index", model_of(annotation | None))
    model = index.schema.model
    bad = model.model_construct(id="bad", value=value)
    good = model(id="good", value=None)
    report = index.add([good, bad, model(id="more", value=None)])
    assert report.added == 2
    [problem] = report.rejected
    assert problem.key == "bad"
    assert "expected" in problem.reason
    assert index.get("good") == good
    assert "bad" not in index


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=False)

    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""
    tags: Annotated[list[str], Keyword()] = []
    words: Annotated[int | None, Number()] = None
    price: Annotated[float | None, Number()] = None
    more: dict[str, int] = {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": "a\ud800b"}, r"title: expected text of whole characters, got 'a\ud800b'"),
        ({"id": "half \udfff"}, r"id: expected text of whole characters, got 'half \udfff'"),
        ({"tags": ["a", "\ud83d"]}, r"tags.1: expected text of whole characters, got '\ud83d'"),
        ({"more": {"\ud800": 1}}, r"more: expected text of whole characters, got '\ud800'"),
    ],
)
def test_half_a_character_is_told_with_its_field(
    changes: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    with Index.create(tmp_path / "index", Strict) as index:
        report = index.add([Strict(**{"id": "k", **changes}), Strict(id="good", title="😀")])
        [problem] = report.rejected
        assert (problem.reason, report.added) == (reason, 1)
        str(problem).encode()


class Derived(Strict):
    extra_field: int = 0


@pytest.mark.parametrize(
    "changes",
    [
        {"title": 17},
        {"title": None},
        {"title": b"x"},
        {"tags": "abc"},
        {"tags": ["a", 5]},
        {"tags": None},
        {"words": "5"},
        {"words": 2**63},
        {"words": 5.5},
        {"price": math.nan},
        {"price": "x"},
        {"price": 10**400},
        {"more": {1: 2}},
        {"more": [1]},
        {"id": ""},
        {"id": 5},
        {"id": None},
    ],
)
@pytest.mark.parametrize("way", ["construct", "assign", "copy"])
def test_values_of_wrong_types_are_rejected_one_by_one(
    tmp_path: Path, changes: dict[str, Any], way: str
) -> None:
    index = Index.create(tmp_path / "index", Strict)
    bad = Strict(id="bad", title="x")
    if way == "construct":
        bad = Strict.model_construct(**{**dict(bad), **changes})
    elif way == "copy":
        bad = bad.model_copy(update=changes)
    else:
        for name, value in changes.items():
            setattr(bad, name, value)
    report = index.add([Strict(id="a", title="fine"), bad, Strict(id="b")])
    assert report.added == 2
    [problem] = report.rejected
    assert problem.reason.startswith(next(iter(changes)))
    if "id" not in changes:
        assert problem.key == "bad"
    assert {hit.key for hit in index.search("*")} == {"a", "b"}


def test_a_document_that_lacks_a_field_is_rejected(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Strict)
    lacking = Strict.model_construct(id="k")
    del lacking.__dict__["title"]
    report = index.add([lacking, Strict(id="b")])
    assert (report.added, report.rejected[0].reason) == (1, "title: is missing")


def test_an_instance_of_a_derived_class_is_rejected_with_its_key(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Strict)
    report = index.add([Derived(id="d"), Strict(id="b")])
    assert report.added == 1
    assert report.rejected[0].key == "d"
    assert "got one of Derived" in report.rejected[0].reason
    comes_back(tmp_path / "own", Derived(id="d", extra_field=5))


def test_an_instance_of_another_model_loses_nothing(tmp_path: Path) -> None:
    class Other(BaseModel):
        id: str
        title: str = Field(exclude=True)

    class Wider(Other):
        unknown: int = 5

    index = Index.create(tmp_path / "index", Strict)
    others: list[Any] = [Other(id="a", title="kept"), Wider(id="b", title="x")]
    report = index.add(others)
    assert report.added == 1
    assert index.get("a") == Strict(id="a", title="kept")
    assert [problem.key for problem in report.rejected] == ["b"]
    assert "unknown" in report.rejected[0].reason


class Shouting(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()]
    cost: Decimal = Decimal("1.50")

    @field_validator("title")
    @classmethod
    def shout(cls, title: str) -> str:
        return title + "!"

    @field_serializer("cost")
    def round_cost(self, cost: Decimal) -> float:
        return float(cost)

    @model_validator(mode="before")
    @classmethod
    def count(cls, values: Any) -> Any:
        return values


class Hiding(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = Field("", exclude=True, alias="headline")
    secret: int = Field(exclude=True)

    @model_serializer
    def as_text(self) -> str:
        return "lost"


class Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="allow", frozen=True)

    id: Annotated[str, Key()]
    long_name: Annotated[str, Text()] = ""
    factory: list[int] = Field(default_factory=lambda: [1])

    @computed_field  # type: ignore[prop-decorator]
    @property
    def shout(self) -> str:
        return self.long_name.upper()

    @functools.cached_property
    def cached(self) -> int:
        return 5


class Private(BaseModel):
    id: Annotated[str, Key()]
    _seen: int = PrivateAttr(default=3)
    _made: list[int] = PrivateAttr(default_factory=list)


class Finished(BaseModel):
    id: Annotated[str, Key()]
    runs: int = 0

    def model_post_init(self, context: object) -> None:
        self.runs += 1


class FinishedWell(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""

    def model_post_init(self, context: object) -> None:
        self.title = self.title.strip()


def test_no_validator_serializer_alias_or_exclusion_changes_a_document(tmp_path: Path) -> None:
    documents = [
        Shouting(id="k", title="hello", cost=Decimal("1.10")),
        Hiding(id="k", headline="kept", secret=5),
        Camel(id="k", longName="a", other=[1, {"b": 2.5}], factory=[2]),
        Private(id="k"),
        FinishedWell(id="k", title=" a "),
    ]
    for number, document in enumerate(documents):
        comes_back(tmp_path / str(number), document)
    index = Index.open(tmp_path / "0", Shouting)
    assert index.search("title:hello")[0].document.title == "hello!"


def test_a_cached_property_is_not_stored(tmp_path: Path) -> None:
    document = Camel(id="k", longName="a")
    assert document.cached == 5
    index = Index.create(tmp_path / "index", Camel)
    index.add(document)
    found = index.get("k")
    assert found == document
    assert "cached" not in found.__dict__


def test_what_a_model_does_itself_is_seen_when_it_does_not_come_back(tmp_path: Path) -> None:
    private = Private(id="p")
    private._seen = 4
    [problem] = Index.create(tmp_path / "private", Private).add(private).rejected
    assert "private attributes are not stored" in problem.reason
    [problem] = Index.create(tmp_path / "finished", Finished).add(Finished(id="f")).rejected
    assert "model_post_init" in problem.reason


def test_extra_values_under_the_names_of_fields_are_rejected(tmp_path: Path) -> None:
    document = Camel.model_validate({"id": "k", "longName": "a", "long_name": "b"})
    assert document.__pydantic_extra__ == {"long_name": "b"}
    [problem] = Index.create(tmp_path / "index", Camel).add(document).rejected
    assert problem.key == "k"


@pytest.mark.parametrize("extra", ["ignore", "forbid", "allow"])
def test_mappings_follow_the_rule_of_the_model_for_unknown_names(
    tmp_path: Path, extra: str
) -> None:
    model = model_of(int, extra=extra)
    index = Index.create(tmp_path / "index", model)
    given = {"id": "k", "value": 1, "unknown": [1]}
    report = index.add([given])
    if extra == "forbid":
        assert "unknown" in report.rejected[0].reason
    else:
        assert index.get("k") == model.model_validate(given)


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (SecretStr, "SecretStr, which would be written as plain text"),
        (list[SecretBytes] | None, "SecretBytes"),
        (ImportString, "would be imported"),
        (Box[SecretStr], "'value.item'.*SecretStr"),
        (type("Thing", (), {}), "'value'.*type whose values can be written as JSON, got Thing"),
    ],
)
def test_a_model_whose_values_can_not_be_stored_is_refused(
    tmp_path: Path, annotation: Any, reason: str
) -> None:
    model = model_of(annotation, arbitrary_types_allowed=True)
    with pytest.raises(SchemaError, match=reason):
        Index.create(tmp_path / "index", model)
    assert not (tmp_path / "index").exists()


def test_a_root_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="a RootModel"):
        Index.create(tmp_path / "index", Names)


def test_a_validator_that_raises_anything_costs_one_document(tmp_path: Path) -> None:
    class Fragile(BaseModel):
        id: Annotated[str, Key()]

        @field_validator("id")
        @classmethod
        def look(cls, value: str) -> str:
            return {"a": "a", "b": "b"}[value]

    report = Index.create(tmp_path / "index", Fragile).add([{"id": "a"}, {"id": "c"}, {"id": "b"}])
    assert report.added == 2
    assert (report.rejected[0].key, "KeyError" in report.rejected[0].reason) == ("c", True)


def test_a_rejected_mapping_is_named_by_its_alias(tmp_path: Path) -> None:
    class Aliased(BaseModel):
        number: Annotated[int, Key()] = Field(alias="no")
        title: str

    report = Index.create(tmp_path / "index", Aliased).add([{"no": 7}, {"number": 8}])
    assert [problem.key for problem in report.rejected] == ["7", "8"]


def stored_as(path: Path, before: type[BaseModel], after: type[BaseModel], **values: Any) -> Any:
    """Store a document by one model, and read it by another."""
    Index.create(path, before).add(before(id="k", **values))
    return Index.open(path, after).get("k")


class Before(BaseModel):
    id: Annotated[str, Key()]
    gone: int = 5
    count: Any = "17"


def test_what_an_earlier_form_of_the_model_stored_is_read_by_rules(tmp_path: Path) -> None:
    class After(BaseModel):
        model_config = ConfigDict(extra="forbid")
        id: Annotated[str, Key()]
        count: int
        new: list[int] = Field(default_factory=lambda: [1])
        doubled: int = Field(default_factory=lambda data: data["count"] * 2)

    class Keeping(BaseModel):
        model_config = ConfigDict(extra="allow")
        id: Annotated[str, Key()]

    assert stored_as(tmp_path / "a", Before, After) == After(id="k", count=17, doubled=34)
    kept = stored_as(tmp_path / "b", Before, Keeping)
    assert kept == Keeping.model_validate({"id": "k", "gone": 5, "count": "17"})


def test_a_value_that_does_not_fit_any_more_is_an_error_of_ours(tmp_path: Path) -> None:
    class After(BaseModel):
        id: Annotated[str, Key()]
        count: date

    with pytest.raises(DocumentError, match="document 'k': count: expected date, got '17'"):
        stored_as(tmp_path / "a", Before, After)
    report = Index.reindex(tmp_path / "a", tmp_path / "b", model=After)
    assert [(problem.key, problem.field) for problem in report.rejected] == [("k", "count")]
    with pytest.raises(DocumentError, match="'k'.*nothing has changed"):
        Index.reindex(tmp_path / "a", model=After)
    assert Index.open(tmp_path / "a", Before).get("k") == Before(id="k")
