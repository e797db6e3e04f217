"""Types that a model may have: as keys, labels, numbers, dates, and in models within models."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, NotRequired, Optional

import pytest
from pydantic import (
    AnyUrl,
    AwareDatetime,
    BaseModel,
    Field,
    HttpUrl,
    NaiveDatetime,
    PastDate,
    PositiveInt,
    computed_field,
)
from typing_extensions import TypeAliasType, TypedDict

from searchlib import Date, Index, Key, Keyword, Number, Stored, Text
from searchlib.errors import ArgumentError, QueryError, SchemaError
from searchlib.schema.models import DocumentSchema
from tests.tables import each

SOME = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")
Tag = NewType("Tag", str)
Tags = TypeAliasType("Tags", "list[Annotated[str, Keyword()]]")
Label = TypeAliasType("Label", Annotated[str, Keyword(lowercase=False)])


class Color(enum.Enum):
    RED = "Red"
    BLUE = "Blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Count(enum.Enum):
    ONE = 1


class Word(enum.StrEnum):
    YES = "Yes"


def model_of(annotation: Any, default: Any = None) -> type[BaseModel]:
    class Made(BaseModel):
        id: Annotated[str, Key()]
        f: annotation = default

    return Made


def keys(index: Index[Any], query: str, **options: Any) -> list[str]:
    return [hit.key for hit in index.search(query, **options)]


@pytest.mark.parametrize(
    ("kind", "typed", "text"),
    [
        (int, 17, "17"),
        (int, -5, "-5"),
        (PositiveInt, 10**30, "1" + "0" * 30),
        (uuid.UUID, SOME, str(SOME)),
        (Color, Color.RED, "Red"),
        (Level, Level.HIGH, "2"),
        (Count, Count.ONE, "1"),
        (Word, Word.YES, "Yes"),
        (Literal["a", "b"], "a", "a"),
        (Path, Path("a/b"), "a/b"),
        (HttpUrl, "https://example.org/x", "https://example.org/x"),
        (Tag, Tag("t"), "t"),
    ],
)
def test_keys_of_other_types_are_known_by_their_text(
    tmp_path: Path, kind: Any, typed: Any, text: str
) -> None:
    class Keyed(BaseModel):
        key: Annotated[kind, Key()]
        title: Annotated[str, Text()] = ""

    index = Index.create(tmp_path / "index", Keyed)
    document = Keyed(key=typed, title="storm")
    assert index.add(document).added == 1
    assert index.add(document).replaced == 1
    for one in (index, Index.open(index.path, Keyed)):
        assert one.get(text) == document
        assert keys(one, "storm") == keys(one, f'key:"{text}"') == [text]
        assert text in one
    if not isinstance(typed, Path):
        assert index.get(typed) == document
        assert typed in index
        assert index.delete(typed) == 1
    assert Index.open(index.path).get("missing") is None
    index.add(document)
    found = Index.open(index.path).get(text)
    assert str(getattr(found, "key", None)) == text
    with pytest.raises(ArgumentError):
        index.get([typed])  # type: ignore[arg-type]


def test_keys_that_collide_as_text_are_the_same(tmp_path: Path) -> None:
    class Keyed(BaseModel):
        key: Annotated[int | str, Key()]

    index = Index.create(tmp_path / "index", Keyed)
    report = index.add([Keyed(key=5), Keyed(key="5")])
    assert (report.added, report.replaced) == (1, 1)
    assert index.get("5") == Keyed(key="5")


def test_an_empty_key_is_rejected_whatever_its_type(tmp_path: Path) -> None:
    class Nothing(enum.Enum):
        NONE = ""

    class Keyed(BaseModel):
        key: Annotated[Nothing, Key()]

    report = Index.create(tmp_path / "index", Keyed).add(Keyed(key=Nothing.NONE))
    assert "a key that is not empty" in report.rejected[0].reason


@pytest.mark.parametrize(
    ("annotation", "value", "labels"),
    [
        (Annotated[uuid.UUID, Keyword()], SOME, [str(SOME), str(SOME).upper()]),
        (Annotated[HttpUrl, Keyword()], "https://Example.org/A", ["https://example.org/A"]),
        (Annotated[AnyUrl | None, Keyword()], "ftp://x/y", ["ftp://x/y"]),
        (Annotated[Color, Keyword()], Color.RED, ["red", "Red"]),
        (Annotated[Level, Keyword()], Level.HIGH, ["2"]),
        (Annotated[Count, Keyword()], Count.ONE, ["1"]),
        (Annotated[int, Keyword()], -5, ["-5"]),
        (Annotated[bool, Keyword()], True, ["true", "TRUE"]),
        (Annotated[list[int], Keyword()], [1, 20], ["1", "20"]),
        (Annotated[set[uuid.UUID], Keyword()], {SOME}, [str(SOME)]),
        (Annotated[tuple[Color, ...], Keyword()], (Color.BLUE,), ["blue"]),
        (Annotated[tuple[str, int], Keyword()], ("A", 5), ["a", "5"]),
        (Annotated[frozenset[bool], Keyword()], frozenset({False}), ["false"]),
        (Annotated[list[str | None], Keyword()], ["a", None], ["a"]),
        (Annotated[str | list[str], Keyword()], "one", ["one"]),
        (Annotated[str | list[str], Keyword()], ["one", "two"], ["one", "two"]),
        (Annotated[int | str, Keyword()], 5, ["5"]),
        (Annotated[Literal["Yes", 1], Keyword()], 1, ["1"]),
        (Annotated[Path, Keyword(lowercase=False)], Path("a/B"), ["a/B"]),
        (Optional[Annotated[str, Keyword()]], "A", ["a"]),  # noqa: UP045
        (list[Annotated[str, Keyword()]], ["A", "b"], ["a", "b"]),
        (list[Annotated[Tag, Keyword()]] | None, [Tag("A")], ["a"]),
        (Annotated[str, Keyword()] | Annotated[int, Keyword()], 5, ["5"]),
        (Label, "A", ["A"]),
        (Optional[Label], "A", ["A"]),  # noqa: UP045
    ],
)
def test_labels_of_other_types(
    tmp_path: Path, annotation: Any, value: Any, labels: list[str]
) -> None:
    model = model_of(annotation)
    index = Index.create(tmp_path / "index", model)
    document = model(id="k", f=value)
    assert index.add([document, {"id": "none"}]).added == 2
    for one in (index, Index.open(index.path, model), Index.open(index.path)):
        for label in labels:
            assert keys(one, f'f:"{label}"') == ["k"], label
        assert keys(one, "f:*") == ["k"]
        assert keys(one, "f:other") == []
    assert index.get("k") == document


@pytest.mark.parametrize(
    ("annotation", "values", "query", "order"),
    [
        (Annotated[Decimal | None, Number(sortable=True)], ["1.10", "-2", "1E+2"],
         "f:[1.1 TO 100]", ["1", "0", "2"]),
        (Annotated[Level | None, Number(sortable=True)], [2, 1, 2], "f:2", ["1", "0", "2"]),
        (Annotated[PositiveInt | None, Number(sortable=True)], [3, 1, 2], "f:>=2",
         ["1", "2", "0"]),
        (Annotated[int | float | None, Number(sortable=True)], [3, 0.5, 2.5], "f:>1",
         ["1", "2", "0"]),
        (Annotated[int | Decimal | None, Number(sortable=True)], [3, "0.5", 2], "f:>1",
         ["1", "2", "0"]),
        (Optional[Annotated[float, Number(sortable=True)]], [3, 0.5, 2.5], "f:>1",  # noqa: UP045
         ["1", "2", "0"]),
    ],
)  # fmt: skip
def test_numbers_of_other_types(
    tmp_path: Path, annotation: Any, values: list[Any], query: str, order: list[str]
) -> None:
    model = model_of(annotation)
    documents = [model(id=str(number), f=value) for number, value in enumerate(values)]
    index = Index.create(tmp_path / "index", model)
    assert index.add([*documents, model(id="none")]).added == 4
    assert keys(index, "*", sort="f") == [*order, "none"]
    assert set(keys(index, query)) == {"0", "2"}
    for document in documents:
        assert index.get(document.id) == document  # type: ignore[attr-defined]
    assert [hit.document.f for hit in Index.open(index.path).search("*", sort="f")][-1] is None


def test_decimals_stay_exact(tmp_path: Path) -> None:
    class Priced(BaseModel):
        id: Annotated[str, Key()]
        price: Annotated[Decimal, Number()]

    price = Decimal("123456789012345678901234567890.10")
    index = Index.create(tmp_path / "index", Priced)
    index.add(Priced(id="k", price=price))
    for one in (index, Index.open(index.path)):
        found = one.search("price:*")[0].document.price
        assert (found, str(found)) == (price, str(price))
    Index.reindex(index.path)
    assert str(Index.open(index.path, Priced).get("k").price) == str(price)  # type: ignore[union-attr]


MOMENT = datetime(2025, 3, 4, 23, 30, 0, 1, tzinfo=timezone(timedelta(hours=-5)))


@pytest.mark.parametrize(
    ("annotation", "value", "found", "missed"),
    [
        (AwareDatetime, MOMENT, 'f:"2025-03-05T04:30:00.000001"', "f:2025-03-04"),
        (NaiveDatetime, MOMENT.replace(tzinfo=None), "f:2025-03-04", "f:2025-03-05"),
        (PastDate, date(2001, 2, 3), "f:2001-02", "f:2001-03"),
        (date | datetime, MOMENT.astimezone(UTC), "f:2025-03-05", "f:2025-03-04"),
        (date | datetime, date(2025, 3, 4), "f:2025-03-04", "f:2025-03-05"),
    ],
)
def test_dates_of_other_types(
    tmp_path: Path, annotation: Any, value: Any, found: str, missed: str
) -> None:
    model = model_of(Annotated[annotation | None, Date(sortable=True)])
    index = Index.create(tmp_path / "index", model)
    document = model(id="k", f=value)
    assert index.add(document).added == 1
    assert (keys(index, found, sort="f"), keys(index, missed)) == (["k"], [])
    assert index.get("k") == document


class Place(BaseModel):
    key: Annotated[str, Key()] = "X"
    city: Annotated[str, Keyword(facet=True)]
    about: Annotated[str, Text()] = ""
    since: Annotated[date | None, Date(sortable=True)] = None
    height: Annotated[Decimal | None, Number(sortable=True)] = None
    plain: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def initial(self) -> Annotated[str, Keyword()]:
        return self.city[:1]


@dataclass
class Mention:
    name: Annotated[str, Keyword()]
    where: Annotated[list[str], Text(default=False)]


class Figure(TypedDict):
    caption: Annotated[str, Text()]
    width: NotRequired[int]


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    name: Annotated[str, Keyword()]


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    name: Annotated[str, Keyword()]
    tricks: Annotated[list[str], Keyword()] = []


class Inner(BaseModel):
    place: Place | None = None


class Report(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""
    address: Place | None = None
    stops: list[Annotated[Mention, Field()]] = []
    figures: Annotated[tuple[Figure, ...], Field()] = ()
    pet: Cat | Dog | None = Field(None, discriminator="kind")
    deep: Inner = Inner()
    hidden: Annotated[dict[str, Place], Stored()] = {}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def slug(self) -> Annotated[str | None, Text(boost=2.0)]:
        return f"slug {self.title}" if self.title else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def size(self) -> Annotated[int, Number(sortable=True)]:
        return len(self.title)


REPORTS = [
    Report(
        id="1",
        title="Harbour",
        address=Place(city="Rome", about="the eternal city", since="2020-01-02", height="3.5"),
        stops=[Mention("First", ["north gate", "south"]), Mention("Second", [])],
        figures=({"caption": "a lighthouse", "width": 5}, {"caption": "two anchors"}),
        pet=Dog(name="Rex", tricks=["Sit"]),
        deep=Inner(place=Place(city="Oslo")),
        hidden={"a": Place(city="Nowhere")},
    ),
    Report(id="2", title="Hill", address=Place(city="Bern", height="-1"), pet=Cat(name="Tom")),
    Report(id="3"),
]


@pytest.fixture
def reports(tmp_path: Path) -> Index[Report]:
    index = Index.create(tmp_path / "index", Report)
    assert index.add(REPORTS).added == 3
    return index


@pytest.fixture(scope="module")
def same_reports(tmp_path_factory: pytest.TempPathFactory) -> list[Index[Any]]:
    """The index as it was made, opened with its model and without, and what merging makes of it."""
    path = tmp_path_factory.mktemp("reports")
    made, merged = (Index.create(path / name, Report) for name in ("made", "merged"))
    for index in (made, merged):
        assert index.add(REPORTS).added == 3
    merged.optimize()
    return [made, Index.open(made.path, Report), Index.open(made.path), merged]


@each(
    ("query", "found"),
    [
        ("address.city:rome", ["1"]),
        ('address.city:"Rome"', ["1"]),
        ("address.city:r*", ["1"]),
        ("address.city:*", ["1", "2"]),
        ("address.key:X", ["1", "2"]),
        ("address.key:x", []),
        ("address.initial:b", ["2"]),
        ("address.about:eternal", ["1"]),
        ("eternal", ["1"]),
        ('"eternal city"', ["1"]),
        ("address.since:2020-01", ["1"]),
        ("address.height:3.5", ["1"]),
        ("address.height:<0", ["2"]),
        ("address.height:[-5 TO 5]", ["1", "2"]),
        ("stops.name:second", ["1"]),
        ('stops.where:"north gate"', ["1"]),
        ('stops.where:"gate south"', []),
        ("figures.caption:anchors", ["1"]),
        ("lighthouse anchors", ["1"]),
        ("pet.name:rex", ["1"]),
        ("pet.name:tom", ["2"]),
        ("pet.tricks:sit", ["1"]),
        ("deep.place.city:oslo", ["1"]),
        ("slug:harbour", ["1"]),
        ("slug", ["1", "2"]),
        ("size:4", ["2"]),
        ("nowhere", []),
        ("address.city:rome OR pet.name:tom", ["1", "2"]),
        ("address.city:rome -pet.name:rex", []),
        ("see address.city:rome", []),
    ],
)
def test_models_in_models_are_searched_by_names_with_dots(
    same_reports: list[Index[Any]], query: str, found: list[str]
) -> None:
    for index in same_reports:
        assert sorted(keys(index, query)) == found


def test_models_in_models_are_sorted_and_filtered_and_shown(reports: Index[Report]) -> None:
    assert keys(reports, "*", sort="address.height") == ["2", "1", "3"]
    assert keys(reports, "*", sort="-address.since", filter="pet.name:*") == ["1", "2"]
    assert keys(reports, "*", sort="-size") == ["1", "2", "3"]
    hit = reports.search("eternal lighthouse harbour")[0]
    assert hit.snippets["address.about"].html == "the <mark>eternal</mark> city"
    assert "<mark>lighthouse</mark>" in hit.snippets["figures.caption"].html
    assert hit.snippets["slug"].html == "slug <mark>Harbour</mark>"
    assert hit.document == REPORTS[0]
    assert "slug" not in hit.document.__dict__
    with pytest.raises(QueryError, match="did you mean 'address.city'"):
        reports.search("address.cty:rome")


def test_documents_without_the_model_are_indexed_in_the_same_way(reports: Index[Report]) -> None:
    index = Index.open(reports.path)
    given = {"id": "4", "address": {"city": "Paris", "since": "2021-05-06", "height": "7.5"},
             "stops": [{"name": "Third", "where": ["west"]}]}  # fmt: skip
    assert index.add([given]).added == 1
    assert index.add(REPORTS[0]).replaced == 1
    for query in (
        "address.city:paris",
        "address.since:2021",
        "address.height:>7",
        "stops.name:third",
    ):
        assert keys(reports, query) == ["4"], query
    assert keys(reports, "address.since:2020 slug:harbour size:7") == ["1"]
    assert reports.get("1") == REPORTS[0]
    assert reports.get("4").address == Place(  # type: ignore[union-attr]
        city="Paris", since="2021-05-06", height="7.5"
    )


def test_what_is_in_a_model_is_rejected_with_its_place(tmp_path: Path) -> None:
    class Counted(BaseModel):
        number: Annotated[int, Number()] = 0

        @computed_field  # type: ignore[prop-decorator]
        @property
        def share(self) -> Annotated[float, Number()]:
            return 1 / (self.number - 1)

    class Outer(BaseModel):
        id: Annotated[str, Key()]
        inner: Counted = Counted()

    wrong: dict[str, Any] = {"number": "x"}
    index = Index.create(tmp_path / "index", Outer)
    report = index.add(
        [
            Outer(id="a", inner=Counted(number=2**63)),
            Outer(id="b", inner=Counted(number=1)),
            Outer(id="c", inner=Counted.model_construct(**wrong)),
            Outer(id="d"),
        ]
    )
    assert report.added == 1
    reasons = {problem.key: problem.reason for problem in report.rejected}
    assert reasons["a"].startswith("inner.number: expected a whole number of at most 64 bits")
    assert reasons["b"].startswith("inner.share: ")
    assert "ZeroDivisionError" in reasons["b"]
    assert reasons["c"].startswith("inner.number: expected int, got 'x'")


class Loop(BaseModel):
    name: Annotated[str, Keyword()]
    inner: Loop | None = None


class Loose(BaseModel):
    name: str = ""
    inner: Loose | None = None


class Mark(BaseModel):
    word: Annotated[str, Text()] = ""


class Other(BaseModel):
    word: Annotated[str, Keyword()] = ""


@each(
    ("annotation", "message"),
    [
        (Annotated[Any, Text()], r"'f'.*Text\(\) goes with str, got"),
        (Annotated[Any, Keyword()], r"'f'.*Keyword\(\) goes with str or bool or int"),
        (Annotated[dict[str, str], Keyword()], r"'f'.*goes with"),
        (Annotated[Mark, Text()], r"'f'.*goes with"),
        (Annotated[list[list[str]], Keyword()], r"'f'.*goes with"),
        (Annotated[uuid.UUID, Text()], r"'f'.*goes with str"),
        (Annotated[int, Text()], r"'f'.*goes with str"),
        (Annotated[str, Number()], r"'f'.*goes with int or float or decimal"),
        (Annotated[bool, Number()], r"'f'.*goes with int"),
        (Annotated[datetime | int, Date()], r"'f'.*goes with date or datetime"),
        (Annotated[list[int], Number()], "'f'.*one value for Number"),
        (Annotated[list[date], Date()], "'f'.*one value for Date"),
        (Annotated[list[str], Key()], "just one field|'f'.*one value"),
        (dict[str, Annotated[str, Text()]], r"'f'.*Text\(\) within a dict"),
        (dict[str, list[Mark]] | None, r"'f'.*Text\(\) within a dict"),
        (list[dict[str, Mark]], r"'f'.*Text\(\) within a dict"),
        (Annotated[str, Text(), Keyword()], "'f'.*one marker, got 2"),
        (Annotated[Annotated[str, Text()] | None, Keyword()], "'f'.*one marker, got 2"),
        (list[Annotated[str, Keyword]], r"'f'.*expected Keyword\(\), got the class itself"),
        (Loop, "'f.inner'.*Loop within Loop.*Stored"),
        (Mark | Other, "'f.word'.*the same in all models of a union"),
        (type("Bad", (BaseModel,), {"__annotations__": {"a": Annotated[Any, Text()]},
                                    "__module__": __name__}), "'f.a'.*goes with"),
    ],
)  # fmt: skip
def test_a_marker_that_can_not_work_is_an_error_that_names_the_place(
    annotation: Any, message: str
) -> None:
    with pytest.raises(SchemaError, match=message):
        DocumentSchema.of(model_of(annotation))


@each(
    "annotation",
    [
        Loose,
        Annotated[Loop | None, Stored()],
        Annotated[dict[str, Mark], Stored()],
        dict[str, Loose],
    ],
)
def test_what_is_stored_may_be_anything(annotation: Any) -> None:
    assert [*DocumentSchema.of(model_of(annotation)).fields] == ["id", "f"]
