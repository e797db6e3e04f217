"""An application over the four articles of the tests, and a client for it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("starlette", reason="web pages need searchlib[web]")
pytest.importorskip("httpx2", reason="the client of the tests needs httpx2")

with warnings.catch_warnings():  # the oldest Starlette takes an old name from the newest anyio
    warnings.simplefilter("ignore", DeprecationWarning)
    from starlette.testclient import TestClient

from searchlib.server import Settings, create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from searchlib import Index

HOST = "testserver"

MakeClient = "Callable[..., TestClient]"


@pytest.fixture
def make_client(index: Index) -> Iterator[Callable[..., TestClient]]:
    """Make clients of applications with other settings, or over another index."""
    open_clients = []

    def make(over: Index | None = None, **settings: object) -> TestClient:
        given = {"hosts": (HOST,), **settings}
        app = create_app(over if over is not None else index, Settings(**given))  # type: ignore[arg-type]
        client = TestClient(app)
        client.__enter__()
        open_clients.append(client)
        return client

    yield make
    for client in open_clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    """A client of the application over the four articles."""
    return make_client()
