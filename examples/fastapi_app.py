"""A shop in FastAPI: every worker reads the index, and one process writes what comes in bulk.

::

    uvicorn fastapi_app:app --workers 2
    python writer_process.py products.index

Routes are plain functions, not ``async`` ones: FastAPI runs them in threads, so a search never
stops the event loop.
"""

import logging
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Literal, TypedDict

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from searchlib import (
    Between,
    DocumentError,
    Index,
    IndexLockedError,
    Key,
    Keyword,
    Number,
    QueryError,
    QuerySyntaxError,
    Results,
    SearchlibError,
    StorageError,
    Terms,
    Text,
)
from searchlib.query import MatchAll
from writer_process import ChangeQueue

PATH = os.environ.get("SHOP_INDEX", "products.index")
TIMEOUT = float(os.environ.get("SHOP_TIMEOUT", "5"))
"""How many seconds a request waits for another writer."""


class Product(BaseModel):
    """What is sold."""

    sku: Annotated[str, Key()]
    name: Annotated[str, Text(boost=2.0)]
    description: Annotated[str, Text()] = ""
    brand: Annotated[str, Keyword()] = ""
    price: Annotated[float, Number(sortable=True), Field(ge=0)] = 0.0


class Changes(BaseModel):
    """What can be changed of a product."""

    name: str | None = None
    price: Annotated[float | None, Field(ge=0)] = None


class Wanted(BaseModel):
    """The parameters of a search."""

    q: str = ""
    brand: list[str] = []
    min_price: float | None = None
    max_price: float | None = None
    sort: Literal["price", "-price"] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    after: str | None = None

    def conditions(self) -> dict[str, object]:
        """Make a filter. Values stay values: whatever is in them, they are not read as a query."""
        found: dict[str, object] = {"price": Between(self.min_price, self.max_price)}
        if self.brand:
            found["brand"] = self.brand
        return found


class State(TypedDict):
    """What all requests to a worker share."""

    index: Index[Product]
    queue: ChangeQueue


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[State]:
    """Open the index when a worker starts, and close it when it stops."""
    with Index.open_or_create(PATH, Product) as index:
        yield {"index": index, "queue": ChangeQueue(PATH)}


def the_index(request: Request) -> Index[Product]:
    """Give the index to a route."""
    index: Index[Product] = request.state.index
    return index


def the_queue(request: Request) -> ChangeQueue:
    """Give the queue to a route."""
    queue: ChangeQueue = request.state.queue
    return queue


Products = Annotated[Index[Product], Depends(the_index)]
Queue = Annotated[ChangeQueue, Depends(the_queue)]
app = FastAPI(title="Shop", lifespan=lifespan)

STATUSES: dict[type[Exception], int] = {
    QueryError: 400,
    DocumentError: 422,
    IndexLockedError: 503,
    StorageError: 503,
}


@app.exception_handler(SearchlibError)
def explain(_: Request, error: Exception) -> JSONResponse:
    """Answer with a status. What went wrong on the server is for its log, and not for everyone."""
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)
    if status >= 500:
        logging.error("%s", error, exc_info=error)
        later = {"Retry-After": "1"} if status == 503 else None
        return JSONResponse({"detail": "try again later"}, status, later)
    position = error.position if isinstance(error, QuerySyntaxError) else None
    return JSONResponse({"detail": str(error), "position": position}, status)


@app.get("/search")
def search(index: Products, wanted: Annotated[Wanted, Query()]) -> Results[Product]:
    """Find products. The cursor of the next page is in "next"; give it as ``after``."""
    return index.search(
        wanted.q or MatchAll(),
        filter=wanted.conditions(),
        sort=wanted.sort,
        limit=wanted.limit,
        after=wanted.after,
        facets=[Terms("brand", multi_select=True)],
    )


@app.get("/products/{sku}")
def show(index: Products, sku: str) -> Product:
    """Show a product."""
    product = index.get(sku)
    if product is None:
        raise HTTPException(404, f"there is no product {sku!r}")
    return product


@app.post("/products", status_code=202)
def add(queue: Queue, products: list[Product]) -> dict[str, int]:
    """Accept products. They are found when the writer has committed them, in a moment."""
    queue.add([product.model_dump(mode="json") for product in products])
    return {"accepted": len(products)}


@app.patch("/products/{sku}")
def change(index: Products, sku: str, changes: Changes) -> Product:
    """Change a product now: the next request sees it, whichever worker serves it."""
    if sku not in index:
        raise HTTPException(404, f"there is no product {sku!r}")
    return index.update(sku, timeout=TIMEOUT, **changes.model_dump(exclude_unset=True))


@app.delete("/products/{sku}", status_code=204)
def delete(index: Products, sku: str) -> None:
    """Delete a product now."""
    if not index.delete(sku, timeout=TIMEOUT):
        raise HTTPException(404, f"there is no product {sku!r}")
