"""Results are values: they are copied, pickled, dumped, validated, and returned by endpoints."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import subprocess
import sys
import weakref
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, cast

import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, computed_field
from typing_extensions import TypedDict

from searchlib import (
    ArgumentError,
    Article,
    Copy,
    Date,
    Distinct,
    Explanation,
    Facet,
    Histogram,
    Hit,
    Index,
    Key,
    Keyword,
    Number,
    Ranges,
    Results,
    Snippet,
    Stats,
    Terms,
    Text,
)
from searchlib.query.notes import Note
from searchlib.search.facets.values import DistinctCount, FieldStats
from searchlib.search.kept_hits import GivenHit
from tests.conftest import ARTICLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


PYDANTIC = tuple(map(int, pydantic.VERSION.split(".")[:2]))


class Product(BaseModel):
    sku: Annotated[str, Key()]
    name: Annotated[str, Text()] = Field(alias="productName")
    brand: Annotated[str, Keyword(facet=True)] = "Boldt"
    price: Annotated[float, Number(sortable=True)] = 0
    since: Annotated[date | None, Date()] = None
    changed: Annotated[datetime | None, Date()] = None
    cost: float = 1.5


class PublicProduct(BaseModel):
    """What customers may see of a product; it is no part of any index."""

    model_config = ConfigDict(populate_by_name=True)

    sku: str
    name: str = Field(alias="productName")


FACETS = {
    "brands": Terms("brand", size=1),
    "prices": Histogram("price", by=2.5),
    "ranges": Ranges("price", ["..2", "3.."]),
    "months": Histogram("since", by="month"),
    "price": Stats("price"),
    "since": Stats("since"),
    "changed": Stats("changed"),
    "different": Distinct("price"),
}


def products() -> list[dict[str, Any]]:
    day, moment = date(2025, 1, 30), datetime(2025, 1, 30, 12, 30, 0, 5, tzinfo=UTC)
    return [
        {
            "sku": str(number),
            "productName": f"Lamp number {number} <new>",
            "brand": ["Boldt", "Lux"][number % 2],
            "price": number,
            "since": day + timedelta(days=number) if number else None,
            "changed": moment + timedelta(hours=number),
        }
        for number in range(8)
    ]


@pytest.fixture
def shop(tmp_path: Path) -> Index[Product]:
    index = Index.create(tmp_path / "shop.index", Product)
    index.add(products(), workers=0)
    return index


@pytest.fixture
def found(shop: Index[Product]) -> Results[Product]:
    return shop.search("lamp (", limit=3, lenient=True, facets=FACETS)


WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "old pickle": lambda value: pickle.loads(pickle.dumps(value, protocol=0)),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
}


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_is_equal_and_shows_the_same(found: Results[Product], way: str) -> None:
    again = WAYS[way](found)
    assert again is not found
    assert again == found
    assert found == again
    assert hash(again) == hash(found)
    assert type(again) is Results
    assert [type(hit.document) for hit in again] == [Product] * 3
    assert plain(again.to_json()) == plain(found.to_json())
    assert again.next == found.next
    assert again.notes == found.notes
    assert again.facets == found.facets
    assert [hit.stored for hit in again] == [hit.stored for hit in found]
    assert again.hits == found.hits
    assert [hit.key for hit in again[1:]] == [hit.key for hit in found[1:]]


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_of_a_hit_is_equal_and_apart(found: Results[Product], way: str) -> None:
    hit = found[1]
    again: Hit[Product] = WAYS[way](hit)
    assert again == hit
    assert hit == again
    assert hash(again) == hash(hit)
    again.document.name = "Chair"
    assert hit.document.name != "Chair"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("collapse", ["brand", None])
def test_what_was_left_out_is_copied(shop: Index[Product], way: str, collapse: str | None) -> None:
    found = shop.search("lamp", collapse=collapse)
    again = WAYS[way](found)
    assert again.groups == found.groups == (2 if collapse else None)
    assert [hit.collapsed for hit in again] == [hit.collapsed for hit in found]
    assert again[0].collapsed.keys == found[0].collapsed.keys
    assert again.to_json() == found.to_json()
    assert ("collapsed" in again[0].to_json()) == (collapse is not None)


def test_results_are_equal_if_they_show_the_same(shop: Index[Product]) -> None:
    found = shop.search("lamp", limit=3)
    assert found == shop.search("lamp", limit=3)
    assert found.hits == shop.search("lamp", limit=3).hits
    assert found != shop.search("lamp", limit=4)
    assert found != shop.search("lamp", limit=3, snippets=False)
    assert found != shop.search("number", limit=3)
    assert found != shop.search("lamp", limit=3, facets=["brand"])
    assert found != list(found)
    assert found[0] in shop.search("lamp")
    shop.update("2", cost=9.5)
    assert found[2].document.cost == 1.5
    assert [hit == now for hit, now in zip(found, shop.search("lamp sku:0"), strict=False)] == [
        found[0] == shop.search("lamp sku:0")[0]
    ]
    assert found != shop.search("lamp", limit=3)


def test_a_copy_needs_no_index(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "news.index", Article)
    index.add(ARTICLES, workers=0)
    snapshot = weakref.ref(index._local.snapshot)
    found = index.search("talks", facets=True)
    pickled, deep = pickle.dumps(found), copy.deepcopy(found)
    gc.collect()
    gc.disable()
    try:
        del found
        index.add(Article(id="new", title="News"), workers=0)
        index.optimize()
        assert len(index) == len(ARTICLES) + 1
        assert snapshot() is None
    finally:
        gc.enable()
    index.close()
    for again in (pickle.loads(pickled), deep):
        assert [hit.document.id for hit in again] == ["talks", "strike"]
        assert "<mark>" in again[0].snippets["title"].html
        with pytest.raises(ArgumentError, match="pickled"):
            again.to_csv()


def test_a_pickle_is_read_in_another_process(tmp_path: Path) -> None:
    """Of documents whose model nobody can import: it is made from the fields."""

    class Local(BaseModel):
        id: Annotated[str, Key()]
        title: Annotated[str, Text()]

    Index.create(tmp_path / "index", Local).add([{"id": "1", "title": "Storm"}], workers=0)
    found = Index.open(tmp_path / "index").search("storm")
    (tmp_path / "pickle").write_bytes(pickle.dumps(found))
    code = "import pickle, sys; found = pickle.load(open(sys.argv[1], 'rb'))\n"
    code += "print(found[0].document.title, found[0].snippets['title'].html, found.total)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "pickle")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "Storm <mark>Storm</mark> 1\n", done.stderr
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("collapse", ["brand", None])
def test_all_ways_to_json_are_one(shop: Index[Product], collapse: str | None) -> None:
    found = shop.search("lamp (", limit=3, lenient=True, facets=FACETS, collapse=collapse)
    expected = plain(found.to_json())
    adapter = TypeAdapter(Results[Product])
    assert plain(found.model_dump(mode="json")) == expected
    assert json.loads(found.model_dump_json()) == expected
    assert plain(adapter.dump_python(found, mode="json")) == expected
    assert json.loads(adapter.dump_json(found)) == expected
    assert [plain(hit.model_dump(mode="json")) for hit in found] == expected["hits"]
    for name, facet in found.facets.items():
        assert plain(facet.model_dump(mode="json")) == expected["facets"][name]
    assert [*expected] == [*found.model_dump()]


def test_values_of_python_stay_what_they_are(found: Results[Product]) -> None:
    dumped = found.model_dump()
    assert dumped["hits"][1]["document"]["since"] == date(2025, 1, 31)
    assert dumped["facets"]["since"]["min"] == date(2025, 1, 31)
    assert isinstance(dumped["facets"]["changed"]["stddev"], timedelta)
    assert dumped["facets"]["months"]["values"][0]["start"] == date(2025, 1, 1)
    assert dumped["facets"]["brands"]["values"] == [{"label": "Boldt", "count": 4}]
    assert found.facets["since"].model_dump()["max"] == found.facets["since"].max


def test_parts_are_left_out_as_of_a_model(found: Results[Product]) -> None:
    assert [*found[0].model_dump(include={"rank", "key"})] == ["rank", "key"]
    assert "took_ms" not in found.model_dump(exclude={"took_ms"})
    chosen: dict[str, Any] = {"hits": {"__all__": {"document": {"sku"}}}}
    assert found.model_dump(include=chosen)["hits"][0] == {"document": {"sku": "0"}}
    assert [*found.model_dump(include={"facets": {"price"}})["facets"]] == ["price"]
    assert "span" in found.model_dump()["notes"][0]
    assert "since" not in found.model_dump(exclude_none=True)["hits"][0]["document"]


@pytest.mark.parametrize("collapse", ["brand", None])
@pytest.mark.parametrize("by_alias", [True, False])
def test_what_was_dumped_is_read_again(
    shop: Index[Product], collapse: str | None, *, by_alias: bool
) -> None:
    found = shop.search("lamp (", limit=3, lenient=True, facets=FACETS, collapse=collapse)
    adapter = TypeAdapter(Results[Product])
    text = adapter.dump_json(found, by_alias=by_alias)
    document = json.loads(text)["hits"][0]["document"]
    assert ("productName" in document) is by_alias
    if not by_alias and PYDANTIC < (2, 14):
        pytest.skip("pydantic forgets by_name behind a function before 2.14")
    again = adapter.validate_json(text, by_alias=by_alias, by_name=not by_alias)
    assert isinstance(again, Results)
    assert again == found
    assert again.to_json() == found.to_json()
    assert again[0].document == found[0].document
    assert again.facets["since"].stddev == found.facets["since"].stddev
    assert type(again.facets["months"]["2025-02"].start) is date
    assert type(again.facets["changed"].min) is datetime
    assert shop.search("lamp (", lenient=True, after=again.next).total == 8 if not collapse else 1
    python = adapter.dump_python(found, by_alias=by_alias)
    assert adapter.validate_python(python, by_alias=by_alias, by_name=not by_alias) == found
    assert WAYS["pickle"](again) == found


def test_results_that_fit_stay_the_same_object(found: Results[Product]) -> None:
    assert TypeAdapter(Results[Product]).validate_python(found) is found
    assert TypeAdapter(Results).validate_python(found) is found
    assert TypeAdapter(Results[Any]).validate_python(found) is found
    assert TypeAdapter(Hit[Product]).validate_python(found[0]) is found[0]
    assert TypeAdapter(Facet).validate_python(found.facets["brands"]) is found.facets["brands"]


def test_results_of_other_documents_are_converted_or_refused(found: Results[Product]) -> None:
    adapter = TypeAdapter(Results[PublicProduct])
    public = adapter.validate_python(found, from_attributes=True)
    assert [type(hit.document) for hit in public] == [PublicProduct] * 3
    assert public.facets == found.facets
    assert [hit.key for hit in public] == [hit.key for hit in found]
    with pytest.raises(ValidationError, match="PublicProduct"):
        adapter.validate_python(found)
    for wrong in ({}, 42, {"total": 1}, {**found.model_dump(), "hits": [{"rank": 1}]}):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)


class Named(TypedDict):
    sku: str
    since: date | None


def test_documents_can_be_asked_for_as_dictionaries(found: Results[Product]) -> None:
    many, one = cast("Any", Results), cast("Any", Hit)  # type checkers want models
    for kind in (dict, dict[str, Any], Mapping[str, Any], Named):
        results = TypeAdapter[Any](many[kind]).validate_python(found)
        document: Any = results[0].document
        assert isinstance(document, dict)
        assert (document["sku"], document["since"]) == ("0", None)
        assert [hit.key for hit in results] == [hit.key for hit in found]
        assert results.facets == found.facets
        assert json.loads(json.dumps(results.to_json()))["hits"][1]["document"]["sku"] == "1"
        dumped = json.loads(results.model_dump_json())["hits"][1]["document"]
        assert dumped["since"] == "2025-01-31"
        best = TypeAdapter[Any](one[kind]).validate_python(found[0])
        assert best.document["sku"] == "0"
        with pytest.raises(ValidationError):
            TypeAdapter[Any](many[kind]).validate_python({**found.to_json(), "hits": [{"rank": 1}]})
    read: Results[Any] = TypeAdapter(Results).validate_json(found.model_dump_json())
    assert read.to_json()["hits"][0]["document"]["name"] == found[0].document.name


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (3, "there is no hit [99]: there are 3 here of 8; search(..., limit=) says how many to"),
        (1, "there is no hit [99]: there is 1 here of 8; search(..., limit=) says how many to"),
        (0, "there is no hit [99]: there are 0 here of 8; search(..., limit=) says how many to"),
        (None, "there is no hit [99]: there are 8"),
    ],
)
def test_a_hit_beyond_the_last_one_says_how_many_there_are(
    shop: Index[Product], limit: int | None, message: str
) -> None:
    for results in (found := shop.search("lamp", limit=limit), pickle.loads(pickle.dumps(found))):
        with pytest.raises(IndexError) as caught:
            results[99]
        assert str(caught.value).startswith(message)
        assert ("limit" in str(caught.value)) is (limit is not None)
    with pytest.raises(IndexError, match=r"there is no hit \[99\]: there (are|is) \d"):
        found.hits[99]
    assert found[-1:] == found[len(found) - 1 :] if limit != 0 else not found[5:]
    with pytest.raises(IndexError, match=r"there is no hit \[-9\]"):
        found[-9]
    for hits in (found, found.hits):
        with pytest.raises(TypeError, match=r"got \['name'\]; write results\[0\]\.document\.name "):
            hits["name"]  # type: ignore[call-overload]
        with pytest.raises(TypeError, match=r"got \[1\.5\]; write results\[0\]\.document\.\.\.\. "):
            hits[1.5]  # type: ignore[call-overload]


def test_a_field_that_a_hit_is_asked_for_is_in_its_document(found: Results[Product]) -> None:
    hit: Any = found[0]
    for one in (hit, pickle.loads(pickle.dumps(hit))):
        with pytest.raises(AttributeError) as caught:
            _ = one.brand
        said = "Hit has no 'brand': its document has; write hit.document.brand"
        assert str(caught.value) == said
        assert not hasattr(one, "brand")
        assert not hasattr(one, "_brand")
        with pytest.raises(AttributeError, match="'Hit' object has no attribute 'colour'"):
            _ = one.colour
    plain: Any = Hit(1, 1.0, 0, GivenHit("a", {"brand": "Boldt"}, {}))
    with pytest.raises(AttributeError, match=r"write hit\.document\['brand'\]"):
        _ = plain.brand


M = TypeVar("M")


class Answer(BaseModel, Generic[M]):
    """A model of somebody's own that has results in it."""

    results: Results[M]  # type: ignore[type-var]  # bounded for type checkers alone
    best: Hit[M] | None = None  # type: ignore[type-var]
    brands: Facet | None = None


def test_results_are_fields_of_models(found: Results[Product]) -> None:
    answer = Answer[Product](results=found, best=found[0], brands=found.facets["brands"])
    assert answer.results is found
    text = answer.model_dump_json(by_alias=True)
    assert json.loads(text)["best"]["document"]["productName"] == "Lamp number 0 <new>"
    assert Answer[Product].model_validate_json(text) == answer
    assert Answer[Product].model_json_schema(mode="serialization")["$defs"].keys() >= {
        "Product", "Results_Product_", "Hit_Product_", "Snippet", "Note", "Facet",
    }  # fmt: skip


def test_models_dump_documents_in_their_way() -> None:
    class Priced(BaseModel):
        model_config = ConfigDict(serialize_by_alias=True)

        id: Annotated[str, Key()] = Field(alias="_id")
        title: Annotated[str, Text()]
        price: Decimal = Decimal("1.10")

        @computed_field  # type: ignore[prop-decorator]
        @property
        def shown(self) -> str:
            return f"{self.price} EUR"

    with Index.in_memory(Priced) as index:
        index.add([{"_id": "1", "title": "Storm"}], workers=0)
        found = index.search("storm")
        document = {"_id": "1", "title": "Storm", "price": "1.10", "shown": "1.10 EUR"}
        assert found.to_json()["hits"][0]["document"] == document
        assert found.model_dump(mode="json")["hits"][0]["document"] == document
        written = TypeAdapter(Results[Priced]).dump_python(found, mode="json")
        assert written["hits"][0]["document"] == document


def test_the_schema_says_what_is_written(found: Results[Product]) -> None:
    schema = TypeAdapter(Results[Product]).json_schema(mode="serialization")
    kinds = schema["$defs"]
    assert schema["properties"].keys() | {"groups"} == found.to_json().keys() | {"groups"}
    assert set(schema["required"]) == found.to_json().keys()
    hit = found[0].to_json()
    assert kinds["Hit_Product_"]["properties"].keys() == {*hit, "collapsed", "shared"}
    assert set(kinds["Hit_Product_"]["required"]) == hit.keys()
    assert kinds["Snippet"]["properties"].keys() == hit["snippets"]["name"].keys()
    assert kinds["Note"]["properties"].keys() == found.to_json()["notes"][0].keys()
    assert "productName" in kinds["Product"]["properties"]
    facets = {name: facet.to_json().keys() for name, facet in found.facets.items()}
    assert kinds["Facet"]["properties"].keys() == {
        *facets["brands"], *facets["prices"], "gaps",
    }  # fmt: skip
    assert kinds["FieldStats"]["properties"].keys() == facets["price"]
    assert kinds["DistinctCount"]["properties"].keys() == facets["different"]
    for mode in ("validation", "serialization"):
        for kind in (Results, Hit[Product], Facet, FieldStats, DistinctCount):
            assert TypeAdapter(kind).json_schema(mode=mode)["type"] == "object"


def test_what_else_is_returned_by_endpoints_has_a_schema(shop: Index[Product]) -> None:
    found = shop.search("lamp (", lenient=True)
    for kind, value in (
        (Snippet, found[0].snippets["name"]),
        (Note, found.notes[0]),
        (Explanation, shop.explain("lamp", "1")),
        (list[Copy], shop.copies("1")),
    ):
        adapter = TypeAdapter[Any](kind)
        assert adapter.json_schema()
        assert adapter.validate_json(adapter.dump_json(value)) == value


def test_searching_imports_no_schemas() -> None:
    code = "import sys, searchlib.index, searchlib.search.results\n"
    code += "print([name for name in sys.modules if 'json_schema' in name or name == 'pydantic'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


class Scan(BaseModel):
    id: Annotated[str, Key()]
    data: bytes


@pytest.mark.parametrize("model", [Scan, dict], ids=["model", "dict"])
def test_results_made_of_values_may_have_bytes_that_are_no_text(model: Any) -> None:
    index = Index.in_memory(Scan)
    index.add(Scan(id="a", data=b"\xff\x00"))
    found = index.search("*")
    again = TypeAdapter(Results[model]).validate_python(found.model_dump())
    assert again[0].stored == {"id": "a", "data": "_wA="}
    assert again.to_json()["hits"][0]["key"] == "a"
    assert "a" in again._repr_html_()
    assert pickle.loads(pickle.dumps(again)) == again
    assert (again == found) == (model is Scan)
