"""The pages show an index on a server, without what only one in a folder can do."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from searchlib import Article, Index
from searchlib.server import create_app

ARTICLES = [
    Article(id=f"a{number}", title="Storm over the harbour", body=f"Waves of {number} metres.")
    for number in range(1, 30)
]


def test_pages_use_synonyms_that_another_program_sets(address: str) -> None:
    with Index.create(address, Article) as index, Index.open(address, Article) as other:
        index.add(ARTICLES)
        client = TestClient(create_app(index), base_url="http://127.0.0.1:8000")
        before = client.get("/search?q=tempest")
        other.synonyms.set("tempest, storm")
        after = client.get("/search?q=tempest", headers={"if-none-match": before.headers["etag"]})
        assert after.status_code == 200
        assert "tempest also finds storm" in after.text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "29"),
        ("/search?q=storm", "Storm"),
        ("/search?q=strom", "turbin"),
        ("/article?id=a3", "Waves of 3 metres"),
        ("/compare?q=storm", "storm"),
        ("/export?q=storm&format=csv", "a29"),
        ("/concordance?q=storm", "over the harbour"),
        ("/concordance.csv?q=storm", "over the harbour"),
        ("/api/concordance?q=storm", '"documents":29'),
        ("/lists", "Lists"),
        ("/alerts", "Alerts"),
        ("/feed?q=storm", "rss"),
        ("/article?id=a3", "Similar articles"),
        ("/search?q=storm", "what sets them apart"),
        ("/words?q=waves", "29"),
        ("/api/similar?id=a3", '"total":28'),
        ("/api/significant?q=a3", '"documents":29'),
        ("/api/search?q=storm&facet=source", '"total":29'),
        ("/api/health", '"documents":29'),
    ],
)
def test_a_page_of_an_index_on_a_server(address: str, path: str, shown: str) -> None:
    with Index.create(address, Article) as index:
        index.add(ARTICLES)
        client = TestClient(create_app(index), base_url="http://127.0.0.1:8000")
        answer = client.get(path)
        assert answer.status_code == 200
        assert shown in answer.text.replace('": ', '":')
        listed = client.post("/api/batch", json={"queries": ["storm", "("], "limit": 1})
        assert [row["total"] for row in listed.json()["rows"]] == [29, 0]
        refused = client.get("/api/copies?id=a3")
        assert refused.status_code == 400
        assert "in a folder" in refused.json()["detail"]
