"""What an index does besides searching: reading, changing and counting; opening and closing."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import pickle
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import (
    AfterValidator,
    Base64Bytes,
    BaseModel,
    Field,
    field_serializer,
    model_validator,
)

from searchlib import Article, Index, Key, Keyword, Number, Scoring, Text
from searchlib.errors import (
    ArgumentError,
    DocumentError,
    IndexClosedError,
    IndexLockedError,
    NotAnIndexError,
    QueryError,
    SchemaError,
    SchemaMismatchError,
)
from searchlib.storage import temporary

if TYPE_CHECKING:
    from collections.abc import Callable


class Product(BaseModel):
    sku: Annotated[str, Key()]
    name: Annotated[str, Text()]
    brand: Annotated[str | None, Keyword()] = None
    price: Annotated[int, Number(sortable=True), Field(ge=0)] = 0


class Other(BaseModel):
    sku: Annotated[str, Key()]
    name: Annotated[str, Keyword()]


def products(count: int) -> list[Product]:
    return [Product(sku=f"p{n}", name=f"lamp number {n}", price=n) for n in range(count)]


@pytest.fixture
def shop() -> Index[Product]:
    index = Index.in_memory(Product)
    index.add(products(5))
    return index


# Opening and closing.


@pytest.mark.parametrize("kind", [str, Path])
def test_an_index_is_not_made_of_a_path(tmp_path: Path, kind: type) -> None:
    Index.create(tmp_path, Article)
    expected = r"expected Index\.open\(path\), or Index\.create\(path, model\) .* got Index\('"
    with pytest.raises(ArgumentError, match=expected):
        Index(kind(tmp_path))


def test_open_or_create(tmp_path: Path) -> None:
    with Index.open_or_create(tmp_path / "i", Product) as index:
        index.add(products(2))
    with Index.open_or_create(tmp_path / "i", Product) as index:
        assert len(index) == 2
    with pytest.raises(SchemaMismatchError):
        Index.open_or_create(tmp_path / "i", Other)


def test_open_or_create_does_not_take_what_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(NotAnIndexError):
        Index.open_or_create(tmp_path, Product)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_open_or_create_keeps_to_the_language(tmp_path: Path) -> None:
    Index.open_or_create(tmp_path / "i", Product, language="german")
    for same in ("german", "de", None):
        assert Index.open_or_create(tmp_path / "i", Product, language=same).path.exists()
    with pytest.raises(SchemaMismatchError, match=r"language is french, got german"):
        Index.open_or_create(tmp_path / "i", Product, language="fr")
    with pytest.raises(SchemaError, match="klingon"):
        Index.open_or_create(tmp_path / "i", Product, language="klingon")


def test_many_threads_open_or_create_one_index(tmp_path: Path) -> None:
    barrier = threading.Barrier(8)

    def run(number: int) -> None:
        barrier.wait()
        with Index.open_or_create(tmp_path / "i", Product) as index:
            index.add(Product(sku=f"{number}", name="lamp"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    assert len(Index.open(tmp_path / "i", Product)) == 8


def test_a_closed_index_says_so(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "i", Product)
    index.add(products(2))
    results = index.search("lamp")
    index.close()
    index.close()
    uses: list[Callable[[], object]] = [
        lambda: index.search("lamp"),
        lambda: index.get("p1"),
        lambda: index.add(products(1)),
        lambda: list(index),
        lambda: len(index),
        lambda: "p1" in index,
        lambda: index.stats(),
        lambda: index.reader(),
        lambda: index.check(),
        lambda: pickle.dumps(index),
    ]
    for use in uses:
        with pytest.raises(IndexClosedError, match="open it again"):
            use()
    assert [hit.document for hit in results] == products(2)  # what was found stays readable
    assert repr(index).startswith("Index(")


def test_leaving_a_block_closes_even_if_it_raises(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Index.create(tmp_path / "i", Product) as index:
        raise ZeroDivisionError
    with pytest.raises(IndexClosedError):
        index.get("a")


# In memory.


def test_an_index_in_memory_is_like_any_other(shop: Index[Product]) -> None:
    assert shop.search("lamp", sort="-price", limit=2)[0].document.price == 4
    shop.add(Product(sku="p1", name="torch"))
    assert shop.delete("p2") == 1
    shop.optimize()
    assert (len(shop), shop.count("torch"), shop.check()) == (4, 1, [])


@pytest.mark.parametrize("room", [True, False])
def test_an_index_in_memory_goes(room: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary, "_has_room", lambda: room)
    closed, dropped = Index.in_memory(Product), Index.in_memory(Product)
    folders = [closed.path.parent, dropped.path.parent]
    assert all(folder.is_dir() for folder in folders)
    closed.close()
    assert not folders[0].exists()
    del dropped
    gc.collect()
    assert not folders[1].exists()


def test_nothing_is_left_where_making_one_in_memory_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temporary, "_has_room", lambda: False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(SchemaError):
        Index.in_memory(Product, language="klingon")
    assert list(tmp_path.iterdir()) == []


def test_a_forked_process_does_not_remove_an_index_in_memory(shop: Index[Product]) -> None:
    child = multiprocessing.get_context("fork").Process(target=shop.close)
    child.start()
    child.join()
    assert (child.exitcode, len(shop)) == (0, 5)


# Pickling.


def test_an_index_is_pickled_as_where_it_is(tmp_path: Path) -> None:
    index = Index.create(
        tmp_path / "i", Product, zone="Europe/Paris", cache=12345, scoring=Scoring(k1=2.0)
    )
    index.add(products(3))
    for again in (pickle.loads(pickle.dumps(index)), copy.copy(index), copy.deepcopy(index)):
        assert [document.sku for document in again] == ["p0", "p1", "p2"]
        assert again.schema.model is Product
        assert again.scoring == Scoring(k1=2.0)
        assert again.__reduce__() == index.__reduce__()
        assert again._clock.zone == ZoneInfo("Europe/Paris")


def test_a_pickle_has_no_model_where_none_was_given(tmp_path: Path) -> None:
    Index.create(tmp_path / "i", Product).add(products(1))
    again = pickle.loads(pickle.dumps(Index.open(tmp_path / "i")))
    assert again.get("p0").model_dump()["price"] == 0


def keys_in(index: Index[Product]) -> list[str]:
    return [hit.key for hit in index.search("lamp")]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_an_index_goes_to_other_processes(tmp_path: Path, method: str) -> None:
    index = Index.create(tmp_path / "i", Product)
    index.add(products(3))
    keys_in(index)
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(keys_in, [index] * 4) == [["p0", "p1", "p2"]] * 4


def test_an_index_in_memory_is_not_pickled(shop: Index[Product]) -> None:
    with pytest.raises(ArgumentError, match="in memory"):
        pickle.dumps(shop)


# Reading.


def test_documents_come_in_the_order_of_adding(shop: Index[Product]) -> None:
    shop.delete("p1")
    shop.add([Product(sku="p0", name="new lamp"), Product(sku="z", name="z")])
    assert [document.sku for document in shop] == ["p2", "p3", "p4", "p0", "z"]
    assert all(isinstance(document, Product) for document in shop)


def test_reading_all_is_not_disturbed_by_later_commits(shop: Index[Product]) -> None:
    documents = iter(shop)
    first = next(documents)
    shop.delete("p1", "p2", "p3")
    shop.optimize()
    assert [first, *documents] == products(5)
    assert len(list(shop)) == 2


def test_get_many(shop: Index[Product]) -> None:
    there = products(5)
    assert shop.get_many(["p3", "nope", "p0", "p3"]) == [there[3], None, there[0], there[3]]
    assert shop.get_many(iter(())) == []
    with pytest.raises(ArgumentError, match=r"use get"):
        shop.get_many("p3")
    with pytest.raises(ArgumentError):
        shop.get_many(["p3", 4])


def test_count_is_the_total_of_a_search(shop: Index[Product]) -> None:
    assert shop.count("lamp") == shop.search("lamp").total == 5
    assert shop.count("lamp", filter="price:[2 TO]") == 3
    assert shop.count("number 3", match="any") == 5
    assert shop.count("AND", lenient=True) == 0
    with pytest.raises(QueryError):
        shop.count("nope:3")


# Changing.


def test_update_changes_what_is_named(shop: Index[Product]) -> None:
    changed = shop.update("p2", name="torch", brand="Lux")
    assert changed == shop.get("p2") == Product(sku="p2", name="torch", brand="Lux", price=2)
    assert (shop.count("torch"), len(shop), shop.count("brand:lux")) == (1, 5, 1)
    assert shop.update("p2") == changed


@pytest.mark.parametrize(
    ("key", "changes", "error", "message"),
    [
        ("nope", {"price": 1}, ArgumentError, "expected the key of a document, got 'nope'"),
        ("p1", {"prize": 1}, ArgumentError, "sku, name, brand, price, got 'prize'"),
        ("p1", {"sku": "p9"}, ArgumentError, "expected the key to stay 'p1', got 'p9'"),
        ("p1", {"price": "dear"}, DocumentError, "price: "),
        ("p1", {"price": -1}, DocumentError, "price: "),
        ("p1", {"price": 2**63}, DocumentError, "64 bits"),
        ("p1", {"name": None}, DocumentError, "name: "),
        (7, {"price": 1}, ArgumentError, "key"),
    ],
)
def test_an_update_that_can_not_be_changes_nothing(
    shop: Index[Product], key: Any, changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    generation = shop.stats().generation
    with pytest.raises(error) as caught:
        shop.update(key, **changes)
    assert message in str(caught.value)
    assert (shop.stats().generation, list(shop)) == (generation, products(5))


class Shouted(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text(), AfterValidator(lambda text: text + "!")]
    slug: Annotated[str, Keyword()] = ""
    low: int = 0
    high: int = Field(9, alias="HIGH", exclude=True)

    @field_serializer("title")
    def whispered(self, title: str) -> str:
        return title.lower()

    @model_validator(mode="after")
    def slugged(self) -> Shouted:
        if self.low > self.high:
            raise ValueError("low is above high")
        self.slug = self.title.rstrip("!").lower()
        return self


class Encoded(Shouted):
    data: Base64Bytes = Base64Bytes(b"aGk=")


@pytest.mark.parametrize("model", [Shouted, Encoded])
def test_an_update_lets_validators_change_nothing_but_for_the_new_values(
    model: type[Shouted],
) -> None:
    index = Index.in_memory(model)
    more = {"data": "aGk="} if model is Encoded else {}
    document = model(id="1", title="Storm", HIGH=8, **more)
    assert (document.title, document.slug) == ("Storm!", "storm")
    index.add(document)
    assert index.update("1") == document
    assert index.update("1", low=3) == document.model_copy(update={"low": 3})
    calm = index.update("1", title="Calm")
    assert (calm.title, calm.slug, calm.low, calm.high) == ("Calm!", "calm", 3, 8)
    assert index.count("slug:calm") == index.count("title:calm") == 1
    assert index.get("1") == calm
    with pytest.raises(DocumentError, match="low is above high"):
        index.update("1", low=10)
    with pytest.raises(DocumentError, match="high: .* valid integer"):
        index.update("1", high="x")
    assert index.get("1") == calm
    if model is Encoded:
        assert index.update("1", data="SG8=").data == b"Ho"  # type: ignore[attr-defined]
    else:
        changed = index.update("1", low=11, high=12)  # neither goes without the other
        assert (changed.low, changed.high) == (11, 12)


def test_updates_of_many_threads_are_all_kept(tmp_path: Path) -> None:
    Index.create(tmp_path / "i", Product).add(products(1))

    def run(number: int) -> None:
        index = Index.open(tmp_path / "i", Product)
        index.update("p0", timeout=60, **({"price": 7} if number % 2 else {"brand": "Lux"}))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, range(12)))
    changed = Product(sku="p0", name="lamp number 0", brand="Lux", price=7)
    assert list(Index.open(tmp_path / "i", Product)) == [changed]


def test_an_article_keeps_its_id_when_its_title_changes() -> None:
    with Index.in_memory(Article) as index:
        index.add(Article(title="Storm", body="It blew."))
        (article,) = index
        changed = index.update(article.id, title="Calm")
        assert (changed.id, changed.title, len(index)) == (article.id, "Calm", 1)


def test_strict_adds_all_or_none(shop: Index[Product]) -> None:
    more: list[dict[str, Any]] = [{"sku": "a", "name": "a"}, {"sku": "b"}, {"name": "c"}]
    with pytest.raises(DocumentError, match=r"got 2 that can't, .*'b': name"):
        shop.add(more, strict=True)
    assert len(shop) == 5
    assert shop.add(more).added == 1
    assert shop.add({"sku": "d", "name": "d"}, strict=True).added == 1


def test_every_change_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "i", Product)
    index.add(products(1))
    (tmp_path / "a.txt").write_text("Storm\n\nIt blew.")
    changes: list[Callable[[], object]] = [
        lambda: index.add(products(1), timeout=0),
        lambda: index.update("p0", price=1, timeout=0),
        lambda: index.delete("p0", timeout=0),
        lambda: index.delete_by_query("lamp", timeout=0),
        lambda: index.optimize(timeout=0),
    ]
    with Index.open(tmp_path / "i", Product).writer():
        for change in changes:
            with pytest.raises(IndexLockedError):
                change()
    articles = Index.create(tmp_path / "k", Article)
    with articles.writer(), pytest.raises(IndexLockedError):
        articles.sync(tmp_path / "a.txt", timeout=0)
    with pytest.raises(ArgumentError, match="timeout"):
        index.add(products(1), timeout=-1)
