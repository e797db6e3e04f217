"""The page that searches news, in Flask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from searchlib import Article, Index, StorageError
from tests.conftest import ARTICLES

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.examples.conftest import Load


@pytest.fixture
def client(load: Load, index: Index[Article]) -> FlaskClient:
    made: FlaskClient = load("flask_app", "flask").create_app(str(index.path)).test_client()
    return made


def test_articles_are_found_and_escaped(client: FlaskClient) -> None:
    page = client.get("/?q=talks").text
    assert "2 articles" in page
    assert "The peace <mark>talks</mark> had been" in page
    bare = client.get("/?q=headline").text
    assert "Nothing but a headline &lt;b&gt;here&lt;/b&gt;" in bare
    assert "<script>" not in client.get("/?q=<script>").text


def test_what_can_not_be_read_is_told(client: FlaskClient) -> None:
    page = client.get("/?q=talks AND (peace")
    assert page.status_code == 200
    assert '<p class="note">' in page.text
    assert "2 articles" in page.text


def test_a_filter_takes_any_value(client: FlaskClient) -> None:
    assert "1 articles" in client.get("/", query_string={"source": "Meridian Wire"}).text
    assert "0 articles" in client.get("/", query_string={"source": '* OR "Meridian Wire"'}).text


def test_pages(client: FlaskClient) -> None:
    assert client.get("/?page=2").text.count("<article>") == 0
    assert client.get("/?page=first").text.count("<article>") == len(ARTICLES)
    assert client.get(f"/?page={10**30}").status_code in (200, 400)


def test_an_article_is_shown(client: FlaskClient) -> None:
    page = client.get("/articles/talks").text
    assert "<p>Envoys of both sides met in Vienna on Monday." in page
    assert page.count("<p>") == 2
    assert client.get("/articles/nope").status_code == 404


def test_articles_are_added(client: FlaskClient, index: Index[Article]) -> None:
    added = client.post("/articles", json=[{"id": "new", "title": "Lighthouse sold"}])
    assert (added.status_code, added.text) == (201, "1 added, 0 replaced")
    assert "1 articles" in client.get("/?q=lighthouse").text
    assert client.post("/articles", json={"id": "empty"}).status_code == 422
    assert client.post("/articles", json=42).status_code == 422
    assert client.post("/articles", data="{").status_code in (400, 415)
    assert len(index) == len(ARTICLES) + 1


def test_a_disk_that_fails_is_an_error_for_now(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StorageError(5, "expected a disk that works", "/secret/place")

    monkeypatch.setattr(Index, "search", fail)
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "secret" not in answer.text
