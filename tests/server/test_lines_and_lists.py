"""Every occurrence in its line, and lists of queries: pages, files and calls of the API."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote_plus

import pytest
from pydantic import BaseModel

from searchlib import Article, Index, Key, Text
from searchlib.server import Settings, lines, lists
from searchlib.server.archive import Archive
from searchlib.server.problems import Refusal
from tests.server.hostile import HOSTILE, check
from tests.server.html_help import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient


def page(client: TestClient, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return Page(response.text)


def table(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text))]


def test_the_search_page_leads_to_the_lines(client: TestClient) -> None:
    results = page(client, "/search?q=peace+talks&f.source=Harbour+News")
    shown = page(client, results.link("/concordance?"))
    assert "2 lines; 1 article matches." in shown.text
    assert "/article?id=strike&q=peace+talks" in shown.hrefs


def test_lines_have_marks_and_lead_to_articles(client: TestClient) -> None:
    shown = page(client, "/concordance?q=%22peace+talks%22")
    assert "2 lines; 1 article matches." in shown.text
    assert len(shown.all("mark")) == 2
    assert "/article?id=talks&q=%22peace+talks%22" in shown.hrefs
    assert "/concordance.csv?q=%22peace+talks%22" in shown.hrefs
    assert "/search?q=%22peace+talks%22" in shown.hrefs


def test_order_and_file(client: TestClient) -> None:
    index_order = table(client.get("/concordance.csv?q=peace").text)
    assert [row["key"] for row in index_order] == ["talks", "talks", "strike"]
    by_right = table(client.get("/concordance.csv?q=peace&order=right").text)
    assert [row["right"].split()[0] for row in by_right] == ["at", "talks", "talks"]
    response = client.get("/concordance.csv?q=peace&order=date")
    assert response.headers["content-disposition"] == 'attachment; filename="lines.csv"'
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    shown = page(client, "/concordance?q=peace&order=right")
    assert shown.all("option", value="right")[0].keys() >= {"selected"}
    assert "/concordance.csv?q=peace&order=right" in shown.hrefs


def test_without_lines(client: TestClient) -> None:
    for address in ("/concordance", "/concordance?q=nothinglikeit", "/concordance?order=no"):
        assert "There is no line" in page(client, address).text
    assert table(client.get("/concordance.csv").text) == []


def test_a_page_has_the_first_lines(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_MOST_LINES", 2)
    assert "The first 2 lines; 2 articles match." in page(client, "/concordance?q=peace").text


def test_many_articles_are_not_sorted_on_a_page(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MOST_SORTED", 1)
    shown = page(client, "/concordance?q=peace&order=left")
    assert "The lines are as they were added, because 2 articles match" in shown.text
    assert "3 lines" in shown.text
    response = client.get("/api/concordance?q=peace&sort=left")
    assert response.status_code == 400
    assert client.get("/api/concordance?q=peace&sort=date").status_code == 200


def test_lines_as_json(client: TestClient, index: Index) -> None:
    found = client.get("/api/concordance?q=peace&width=20&sort=right&limit=2").json()
    expected = index.concordance("peace", width=20, sort="right", limit=2)
    assert found["lines"] == [line.to_json() for line in expected]
    assert (found["query"], found["documents"], found["notes"]) == ("peace", 2, [])
    only = client.get("/api/concordance?q=peace&filter=source%3DHarbour+News").json()
    assert [line["key"] for line in only["lines"]] == ["strike"]
    for wrong in ("q=", "q=peace&sort=middle", "q=peace&limit=99999", "q=(", "q=peace&x=1"):
        assert client.get(f"/api/concordance?{wrong}").status_code == 400


def hostile_client(make_client: Callable[..., TestClient]) -> TestClient:
    index = Index.in_memory(Article)
    index.add(
        [HOSTILE, Article(id="x", title="<b>t</b>", body="<script>storm</script> \x1b &amp;")]
    )
    return make_client(index)


def test_nothing_of_an_archive_becomes_markup(make_client: Callable[..., TestClient]) -> None:
    client = hostile_client(make_client)
    text = client.get("/concordance?q=storm").text
    assert "<bdi>&lt;script&gt;</bdi>" in text
    assert "<bdi><mark>storm</mark>&lt;/script&gt; \ufffd &amp;amp;</bdi>" in text
    assert "\x1b" not in text
    for query in (
        "storm",
        "script",
        "alert",
        "img",
        "<script>alert(1)</script>",
        '"><svg onload=x>',
    ):
        check(client.get(f"/concordance?q={quote_plus(query)}").text)
        form = {"list": f"{query}\n{query}", "phrase": "1"}
        check(client.post("/lists", data=form).text)


def test_a_list_is_pasted(client: TestClient) -> None:
    assert page(client, "/search?q=peace").link("/lists")
    shown = page(client, "/lists")
    assert not shown.all("table")
    response = client.post("/lists", data={"list": "peace talks\r\n\r\nnothinglikeit\r\n(\r\n"})
    assert response.status_code == 200
    shown = Page(response.text)
    assert "1 of 3 found something" in shown.text
    assert "/search?q=peace+talks" in shown.hrefs
    assert "/article?id=talks&q=peace+talks" in shown.hrefs
    assert "expected a ) for this (" in shown.text
    assert "peace talks\r\n\r\nnothinglikeit" in response.text  # to change it and send it again


def test_names_are_found_word_for_word(client: TestClient) -> None:
    response = client.post("/lists", data={"list": "talks peace\nAna Korvac", "phrase": "1"})
    shown = Page(response.text)
    assert "1 of 2 found something" in shown.text
    assert "/search?q=%22Ana+Korvac%22" in shown.hrefs
    assert shown.all("input", name="phrase")[0].keys() >= {"checked"}


def test_a_list_gives_a_file(client: TestClient) -> None:
    response = client.post("/lists", data={"list": "peace\n=1+1\n(", "format": "csv"})
    assert response.headers["content-disposition"] == 'attachment; filename="totals.csv"'
    assert [(row["query"], row["total"]) for row in table(response.text)] == [
        ("peace", "2"), ("'=1+1", "0"), ("(", ""),
    ]  # fmt: skip


def post(client: TestClient, given: Any) -> Any:
    return client.post("/api/batch", content=json.dumps(given))


def test_a_list_as_json(client: TestClient, index: Index) -> None:
    queries = ["peace talks", "nothinglikeit", "(", "Ana Korvac"]
    rows = post(client, {"queries": queries, "limit": 1}).json()["rows"]
    assert [(row["row"], row["query"], row["total"]) for row in rows] == [
        (1, "peace talks", 2), (2, "nothinglikeit", 0), (3, "(", 0), (4, "Ana Korvac", 1),
    ]  # fmt: skip
    best = index.search("peace talks")[0]
    assert rows[0]["hits"] == [
        {
            "rank": 1, "score": best.score, "key": "talks", "title": best.document.title,
            "date": "2025-02-17",
        }
    ]  # fmt: skip
    assert rows[2]["error"].startswith("expected a ) for this (")
    options = {"phrases": True, "filter": ["source=Harbour News"], "lenient": True}
    only = post(client, {"queries": ["peace"], **options}).json()["rows"]
    assert [row["total"] for row in only] == [1]


@pytest.mark.parametrize(
    "given",
    [
        {"queries": ["peace"], "phrases": True, "match": "any"},
        [], {}, {"queries": "peace"}, {"queries": [1]}, {"queries": ["x"], "limit": 21},
        {"queries": ["x"], "limit": -1}, {"queries": ["x"], "limit": True},
        {"queries": ["x"], "phrases": 1}, {"queries": ["x"], "match": "most"},
        {"queries": ["x"], "filter": "source=AP"}, {"queries": ["x"], "filter": ["nofield=1"]},
        {"queries": ["x"], "other": 1}, {"queries": ["x" * 3000]},
    ],
)  # fmt: skip
def test_wrong_lists_are_refused(client: TestClient, given: Any) -> None:
    response = post(client, given)
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_lists_have_bounds(
    client: TestClient,
) -> None:
    assert post(client, {"queries": ["x"] * lists.MOST_QUERIES}).status_code == 200
    assert post(client, {"queries": ["x"] * (lists.MOST_QUERIES + 1)}).status_code == 413
    assert client.post("/lists", data={"list": "x\n" * 1001}).status_code == 413
    assert client.post("/lists", data={"list": "x " * lists.MOST_BYTES}).status_code == 413
    assert client.post("/api/batch", content=b"[" * 100_000).status_code == 400
    assert client.post("/api/batch", content=b"\xff").status_code == 400
    in_vain = client.post("/api/batch?limit=5", json={"queries": ["x"]})
    assert in_vain.status_code == 400
    assert "unknown parameter 'limit'" in in_vain.json()["detail"]
    assert client.get("/api/batch").status_code == 405


def test_a_list_that_takes_too_long_is_stopped(index: Index) -> None:
    archive = Archive.of(index, Settings(time_limit=1e-9))
    with pytest.raises(Refusal, match="took too long; 0 queries were done"):
        [*lists.answered(archive, ["peace", "talks"], limit=1, phrases=False)]


def test_the_api_describes_the_list(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    body = described["paths"]["/api/batch"]["post"]["requestBody"]
    assert body["content"]["application/json"]["schema"]["$ref"].endswith("/Batch")
    members = described["components"]["schemas"]["Batch"]["properties"]
    assert members.keys() == {*lists._KNOWN}


class _Note(BaseModel):
    id: Annotated[str, Key()]
    text: Annotated[str, Text()]


def test_articles_without_title_and_date(make_client: Callable[..., TestClient]) -> None:
    index = Index.in_memory(_Note)
    index.add(_Note(id="n/1", text="A storm."))
    client = make_client(index)
    shown = page(client, "/concordance?q=storm&order=date")
    assert "1 line; 1 article matches." in shown.text
    assert not shown.all("option", value="date")
    assert "/article?id=n%2F1&q=storm" in shown.hrefs
    assert client.get("/api/concordance?q=storm&sort=date").status_code == 400
    [row] = client.post("/api/batch", json={"queries": ["storm"], "limit": 1}).json()["rows"]
    assert (row["hits"][0]["key"], row["hits"][0]["title"], row["hits"][0]["date"]) == (
        "n/1", "", "",
    )  # fmt: skip
