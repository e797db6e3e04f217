"""The shop in FastAPI."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from searchlib import (
    Facet,
    Histogram,
    Hit,
    Index,
    Key,
    Keyword,
    Number,
    Results,
    Stats,
    StorageError,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient

    from tests.examples.conftest import Load

PRODUCTS = [
    {"sku": "1", "name": "Desk lamp", "brand": 'Bol"dt', "price": 30},
    {"sku": "2", "name": "Floor lamp", "brand": "Lux", "price": 80, "description": "A <tall> lamp"},
    {"sku": "3", "name": "Desk", "brand": "Lux) OR (brand:Bol", "price": 200},
]


class Public(BaseModel):
    """What everyone may see."""

    id: Annotated[str, Key()] = Field(alias="_id")
    title: Annotated[str, Text()]


class Private(Public):
    rating: Annotated[int, Number(sortable=True)] = 5
    desk: Annotated[str, Keyword()] = "news"


@pytest.fixture
def shop(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("SHOP_INDEX", str(tmp_path / "shop.index"))
    monkeypatch.setenv("SHOP_TIMEOUT", "0.05")
    app = load("fastapi_app", "fastapi", "httpx2").app
    from fastapi.testclient import TestClient

    with TestClient(app) as client:
        assert client.post("/products", json=PRODUCTS).status_code == 202
        write(load, tmp_path)
        yield client


def write(load: Load, folder: Path) -> int:
    """Do one turn of what the writer process does."""
    writer = load("writer_process")
    with Index.open(folder / "shop.index") as index:
        written: int = writer.write_changes(index, writer.ChangeQueue(index.path))
    return written


def skus(shop: TestClient, **parameters: Any) -> list[str]:
    answer = shop.get("/search", params=parameters)
    assert answer.status_code == 200, answer.text
    return sorted(hit["document"]["sku"] for hit in answer.json()["hits"])


def test_products_are_found(shop: TestClient) -> None:
    page = shop.get("/search", params={"q": "tall lamp"}).json()
    assert page["total"] == 1
    (hit,) = page["hits"]
    assert hit["document"] == {"description": "", **PRODUCTS[1]}
    assert hit["snippets"]["description"]["html"] == "A &lt;<mark>tall</mark>&gt; <mark>lamp</mark>"
    assert skus(shop) == ["1", "2", "3"]


def test_filters_take_any_value(shop: TestClient) -> None:
    assert skus(shop, q="lamp", brand='Bol"dt') == ["1"]
    assert skus(shop, brand="Lux) OR (brand:Bol") == ["3"]
    assert skus(shop, brand=["Lux", 'Bol"dt']) == ["1", "2"]
    assert skus(shop, brand="* OR *") == []
    assert skus(shop, min_price=30, max_price=80) == ["1", "2"]
    assert skus(shop, q="desk", max_price=30) == ["1"]


def test_order_and_pages(shop: TestClient) -> None:
    found: list[Any] = []
    asked: dict[str, Any] | None = {"sort": "-price", "limit": 1}
    while asked:
        page = shop.get("/search", params=asked).json()
        asked = {**asked, "after": page["next"]} if page["next"] else None
        found += page["hits"]
        assert page["total"] == 3
    assert [hit["document"]["sku"] for hit in found] == ["3", "2", "1"]
    assert shop.get("/search", params={"q": "desk", "after": "nonsense"}).status_code == 400


def test_brands_are_counted_whichever_are_chosen(shop: TestClient) -> None:
    page = shop.get("/search", params={"q": "lamp", "brand": "Lux"}).json()
    assert page["total"] == 1
    brands = page["facets"]["brand"]["values"]
    assert brands == [{"label": 'Bol"dt', "count": 1}, {"label": "Lux", "count": 1}]


@pytest.mark.parametrize(
    ("parameters", "status", "position"),
    [
        ({"q": "lamp AND (desk"}, 400, 9),
        ({"q": "colour:red"}, 400, 0),
        ({"q": "(" * 2000 + "lamp" + ")" * 2000}, 400, None),
        ({"limit": 1000}, 422, None),
        ({"sort": "brand"}, 422, None),
        ({"min_price": "cheap"}, 422, None),
    ],
)
def test_what_a_client_gets_wrong_is_told(
    shop: TestClient, parameters: dict[str, Any], status: int, position: int | None
) -> None:
    answer = shop.get("/search", params=parameters)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert answer.json().get("position") == position


def test_an_unknown_key_is_not_found(shop: TestClient) -> None:
    assert shop.get("/products/1").json()["name"] == "Desk lamp"
    assert shop.get("/products/9").status_code == 404
    assert shop.patch("/products/9", json={"price": 1}).status_code == 404
    assert shop.delete("/products/9").status_code == 404


def test_a_change_is_seen_by_the_next_request(shop: TestClient) -> None:
    assert shop.patch("/products/1", json={"price": 25}).json()["price"] == 25
    assert skus(shop, q="lamp", max_price=25) == ["1"]
    assert shop.delete("/products/1").status_code == 204
    assert shop.get("/products/1").status_code == 404
    assert skus(shop, q="desk") == ["3"]
    assert shop.patch("/products/2", json={"price": -1}).status_code == 422


def test_a_writer_elsewhere_is_waited_for(shop: TestClient, tmp_path: Path) -> None:
    with Index.open(tmp_path / "shop.index").writer():
        busy = shop.patch("/products/1", json={"price": 1})
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
        assert str(tmp_path) not in busy.text
        assert skus(shop, q="desk") == ["1", "3"]  # nobody who reads waits
        assert shop.post("/products", json=PRODUCTS[:1]).status_code == 202
    assert shop.patch("/products/1", json={"price": 1}).status_code == 200


def test_a_disk_that_fails_is_an_error_for_now(
    shop: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise StorageError(5, "expected a disk that works", "/secret/place")

    monkeypatch.setattr(Index, "search", fail)
    answer = shop.get("/search")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "secret" not in answer.text


def test_the_openapi_schema_names_the_fields(shop: TestClient) -> None:
    schema = shop.get("/openapi.json").json()
    assert {"sku", "price"} <= schema["components"]["schemas"]["Product"]["properties"].keys()
    answer = schema["paths"]["/search"]["get"]["responses"]["200"]["content"]["application/json"]
    assert answer["schema"] == {"$ref": "#/components/schemas/Results_Product_"}
    hit = schema["components"]["schemas"]["Hit_Product_"]["properties"]
    assert hit["document"] == {"$ref": "#/components/schemas/Product"}
    parameters = schema["paths"]["/search"]["get"]["parameters"]
    assert {"q", "brand", "max_price"} <= {one["name"] for one in parameters}


def test_an_answer_fits_its_schema(shop: TestClient) -> None:
    text = shop.get("/search", params={"q": "lamp"}).text
    results = TypeAdapter(Results[Any]).validate_json(text)
    assert [hit.key for hit in results] == [hit["key"] for hit in json.loads(text)["hits"]]
    assert results.facets["brand"]["lux"].count == 1


def test_queued_changes_are_written_in_their_order_and_once(
    shop: TestClient, load: Load, tmp_path: Path
) -> None:
    for price in range(5):
        shop.post("/products", json=[{"sku": "1", "name": f"Lamp number {price}", "price": price}])
    writer = load("writer_process")
    queue = writer.ChangeQueue(tmp_path / "shop.index")
    queue.delete(["2"])
    queue.add([{"sku": "4"}])  # no name: it is rejected, and the others are written
    before = Index.open(tmp_path / "shop.index").stats().generation
    assert write(load, tmp_path) == 7
    assert Index.open(tmp_path / "shop.index").stats().generation == before + 1
    assert write(load, tmp_path) == 0
    assert shop.get("/products/1").json()["name"] == "Lamp number 4"
    assert skus(shop) == ["1", "3"]


def test_a_writer_that_is_killed_writes_again(
    load: Load, tmp_path: Path, shop: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = load("writer_process")
    shop.post("/products", json=[{"sku": "5", "name": "Bed"}])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writer.ChangeQueue, "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        write(load, tmp_path)
    assert skus(shop, q="bed") == ["5"]
    monkeypatch.undo()
    assert write(load, tmp_path) == 1
    assert skus(shop, q="bed") == ["5"]


def test_many_threads_ask_while_products_are_written(
    shop: TestClient, load: Load, tmp_path: Path
) -> None:
    errors: list[Exception] = []

    def ask() -> None:
        try:
            while not done.is_set():
                page = shop.get("/search", params={"q": "round", "limit": 100}).json()
                numbers = {hit["document"]["price"] for hit in page["hits"]}
                assert (page["total"], len(numbers)) in {(0, 0), (20, 1)}
        except Exception as error:
            errors.append(error)

    done = threading.Event()
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for price in range(8):
        products = [{"sku": f"r{n}", "name": "round", "price": price} for n in range(20)]
        shop.post("/products", json=products)
        write(load, tmp_path)
    done.set()
    for thread in threads:
        thread.join()
    assert not errors


@pytest.mark.parametrize("asynchronous", [False, True])
def test_results_are_what_endpoints_return(tmp_path: Path, *, asynchronous: bool) -> None:
    """Of any model: the aliases are those of it, and a narrower one hides fields."""
    pytest.importorskip("fastapi", reason="fastapi is missing: pip install '.[examples]'")
    pytest.importorskip("httpx2", reason="httpx2 is missing: pip install '.[dev]'")
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    index = Index.create(tmp_path / "index", Private)
    index.add([{"_id": str(number), "title": f"Storm {number}"} for number in range(5)])
    app = FastAPI()
    facets = {"rating": Stats("rating"), "span": Histogram("rating", by=2)}

    def whole() -> Results[Private]:
        return index.search("storm", limit=2, facets=facets, collapse="desk")

    async def waited_for() -> Results[Private]:
        return whole()

    app.get("/whole")(waited_for if asynchronous else whole)
    app.get("/public", response_model=Results[Public])(whole)
    app.get("/short", response_model_exclude={"took_ms"}, response_model_exclude_none=True)(whole)
    app.get("/values")(lambda: whole().to_json())

    @app.get("/first")
    def first() -> Hit[Private]:
        return whole()[0]

    @app.get("/facet")
    def facet() -> Facet:
        found: Facet = whole().facets["span"]
        return found

    @app.post("/again")
    def again(results: Results[Private]) -> list[str]:
        return [hit.document.title for hit in results]

    client = TestClient(app)

    def get(path: str) -> Any:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        return {**answer.json(), "took_ms": 0} if path != "/short" else answer.json()

    expected = {**whole().model_dump(mode="json", by_alias=True), "took_ms": 0}
    assert get("/whole") == expected
    assert get("/values")["hits"][0]["document"]["id"] == "0"
    assert expected["hits"][0]["document"] == {
        "_id": "0",
        "title": "Storm 0",
        "rating": 5,
        "desk": "news",
    }
    assert get("/public")["hits"][0]["document"] == {"_id": "0", "title": "Storm 0"}
    assert "took_ms" not in get("/short")
    assert "next" not in get("/short")
    assert get("/first")["key"] == "0"
    assert get("/facet")["values"] == [{"label": "4..5", "count": 5, "start": 4, "end": 5}]
    assert client.post("/again", json=get("/whole")).json() == ["Storm 0"]
    assert client.post("/again", json={"hits": []}).status_code == 422
    schemas = get("/openapi.json")["components"]["schemas"]
    assert {"Results_Public_", "Private", "Public"} <= schemas.keys()
