"""The page of saved queries, and its feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from searchlib import Article
from tests.server.html_help import Page

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from searchlib import Index

HOSTILE = '<script>"&'


@pytest.fixture
def client(client: TestClient, index: Index) -> TestClient:
    index.alerts.add_many({"ports": "port OR quay", "peace & talks": '"peace talks"'})
    index.alerts.add(HOSTILE, "dockers")
    return client


def page(client: TestClient, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return Page(response.text)


def test_the_page_shows_new_articles_that_match_and_all_names(client: TestClient) -> None:
    shown = page(client, "/alerts")
    articles = [href for href in shown.hrefs if href.startswith("/article")]
    assert articles == ["/article?id=strike", "/article?id=talks"]
    assert [*shown.hrefs].count("/alerts?name=ports") == 2  # at the article, and in the list
    assert f"ports{HOSTILE}Harbour News" in shown.text
    assert "/alerts?name=peace+%26+talks" in shown.hrefs
    assert "/alerts/feed" in shown.hrefs
    assert HOSTILE not in client.get("/alerts").text


def test_a_saved_query_has_a_page(client: TestClient) -> None:
    response = client.get("/alerts?name=ports")
    shown = Page(response.text)
    assert "port OR quay" in shown.text
    assert "the <mark>quay</mark>" in response.text
    assert [href for href in shown.hrefs if href.startswith("/article")] == ["/article?id=strike"]
    assert client.get("/alerts?name=nobody").status_code == 404


def test_the_feed_names_the_queries(client: TestClient) -> None:
    feedparser = pytest.importorskip("feedparser")
    response = client.get("/alerts/feed")
    assert response.headers["content-type"] == "application/rss+xml; charset=utf-8"
    feed = feedparser.parse(response.text)
    assert not feed.bozo
    assert [entry.link for entry in feed.entries] == [
        "http://testserver/article?id=strike",
        "http://testserver/article?id=talks",
    ]
    assert [tag.term for tag in feed.entries[0].tags] == ["ports", HOSTILE]
    assert feed.feed.link == "http://testserver/alerts"
    one = feedparser.parse(client.get("/alerts/feed?name=ports").text)
    assert [entry.link for entry in one.entries] == ["http://testserver/article?id=strike"]
    assert client.get("/alerts/feed?name=x").status_code == 404


def test_what_changes_is_seen(client: TestClient, index: Index) -> None:
    first = client.get("/alerts")
    same = client.get("/alerts", headers={"if-none-match": first.headers["etag"]})
    assert same.status_code == 304
    index.alerts.remove("ports", HOSTILE)
    seen = client.get("/alerts", headers={"if-none-match": first.headers["etag"]})
    assert seen.status_code == 200
    assert "ports" not in seen.text
    index.add(Article(id="new", title="Peace talks again", published="2026-01-01"))
    assert "/article?id=new" in page(client, "/alerts").hrefs
    assert "1 saved query" in page(client, "/").text
    index.alerts.clear()
    assert "saved" not in page(client, "/").text
    assert "None of the newest" in page(client, "/alerts").text
