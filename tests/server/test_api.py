"""The JSON API gives what the command line prints, and says what is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qsl

import click
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from searchlib import Index, Key, Keyword
from searchlib.cli.commands import cli
from searchlib.export.formats import FORMATS, SPREADSHEETS
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient


def get(client: TestClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def problem(client: TestClient, address: str, status: int = 400) -> Any:
    response = client.get(address)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    said = response.json()
    assert said["status"] == status
    assert said["type"] == "about:blank"
    return said


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        ("q=peace+talks", ["peace talks"]),
        ("q=ceasefire+goal", ["ceasefire goal"]),
        ("q=*&sort=-published&limit=2&offset=1", ["*", "--sort=-published", "-n2", "--offset=1"]),
        (
            "q=*&facet=source&facet=published:month&filter=source=Harbour+News",
            ["*", "--facet=source", "--facet=published:month", "--filter=source=Harbour News"],
        ),
        ("q=(peace&lenient=true", ["(peace", "--lenient"]),
        ("q=*&collapse=source&best=1&chars=40", ["*", "--collapse=source", "--chars=40"]),
        ("q=peace&rerank=neighbours", ["peace", "--rerank=neighbours"]),
        ("q=pecae&typos=auto", ["pecae", "--typos=auto"]),
        ("q=accord&synonyms=false", ["accord", "--no-synonyms"]),
        ("q=accord", ["accord"]),
        ("q=peace&fields=title^3", ["peace", "--fields=title^3"]),
        ("q=peace&recency=published:30d:0.9", ["peace", "--recency=published:30d:0.9"]),
        ("q=*&sort=-published,id&missing=first", ["*", "--sort=-published,id", "--missing=first"]),
    ],
)
def test_a_search_gives_what_the_command_line_prints(
    client: TestClient, index: Index, address: str, arguments: list[str]
) -> None:
    with_synonyms(index)
    found = get(client, f"/api/search?{address}")
    done = CliRunner().invoke(cli, ["search", *arguments, "--json", "--index", str(index.path)])
    printed = json.loads(done.output)
    for one in (found, printed):
        del one["took_ms"]
        one["next"] = one["next"] is not None
    assert found == printed


def with_synonyms(index: Index) -> None:
    """Let ``accord`` find what says peace."""
    file = Path(index.path) / ".." / "synonyms.txt"
    file.write_text("accord => peace")
    index.synonyms.load(file)


@pytest.mark.parametrize(
    ("call", "command", "elsewhere"),
    [
        ("search", "search", {"index", "json", "zone"}),
        ("export", "export", {"index", "output", "zone", "safe", "bom"}),
        ("concordance", "kwic", {"index", "json", "zone", "csv", "output", "safe", "bom"}),
        ("similar", "similar", {"index", "json", "zone"}),
        ("significant", "significant", {"index", "json", "zone"}),
        ("trend", "trend", {"index", "json", "zone", "share", "output", "safe"}),
    ],
)
def test_every_option_of_a_command_is_a_parameter(
    client: TestClient, call: str, command: str, elsewhere: set[str]
) -> None:
    described = get(client, "/api/openapi.json")["paths"][f"/api/{call}"]["get"]["parameters"]
    params = {one["name"] for one in described}
    options = {
        max(option.opts, key=len).removeprefix("--").replace("-", "_")
        for option in cli.commands[command].params
        if isinstance(option, click.Option)
    }
    assert options - elsewhere == params - {"q", "id", "text"}


def test_typos_synonyms_and_fields_are_of_the_other_calls_as_well(
    client: TestClient, index: Index
) -> None:
    with_synonyms(index)
    assert get(client, "/api/search?q=pecae")["total"] == 0
    assert get(client, "/api/search?q=pecae&typos=auto")["total"] == 2
    for address, total in {
        "q=pecae": 0,
        "q=pecae&typos=auto": 2,
        "q=accord": 2,
        "q=accord&synonyms=false": 0,
        "q=peace": 2,
    }.items():
        assert get(client, f"/api/facets?{address}")["total"] == total
        assert len(client.get(f"/api/export?{address}&fields=id").text.splitlines()) == total + 1
        assert get(client, f"/api/trend?{address}")["series"][0]["total"] == total
        query, *options = dict(parse_qsl(address)).items()
        asked = {"queries": [query[1]], **{k: v if k == "typos" else False for k, v in options}}
        assert client.post("/api/batch", json=asked).json()["rows"][0]["total"] == total
    assert get(client, "/api/facets?q=peace&fields=title")["total"] == 1
    text = client.get("/api/export?q=peace&fields=id,rank&search_fields=title").text
    assert text.splitlines() == ['"id","rank"', '"talks",1']


def test_an_export_has_the_columns_and_the_hits_that_are_asked_for(client: TestClient) -> None:
    def lines(address: str) -> list[str]:
        response = client.get(f"/api/export?{address}")
        assert response.status_code == 200, response.text
        return response.text.splitlines()

    assert lines("q=*&fields=id&sort=-published&limit=2") == ['"id"', '"cup"', '"strike"']
    assert lines("q=*&fields=id&limit=0") == ['"id"']
    collapsed = lines("q=*&fields=source&sort=source&collapse=source&format=jsonl")
    assert [json.loads(line)["source"] for line in collapsed] == [
        "Harbour News", "Meridian Wire", None
    ]  # fmt: skip
    assert len(lines("q=*&fields=id&collapse=source&best=2")) == 5
    assert "TI  - Harbour News" in lines("q=id:cup&format=ris&fields=title=source")
    assert "title = {{Harbour News}}," in "".join(
        lines("q=id:cup&format=bibtex&fields=title=source")
    )


def test_pages_by_cursor(client: TestClient) -> None:
    first = get(client, "/api/search?q=*&limit=3&sort=-published")
    second = get(client, f"/api/search?q=*&limit=3&sort=-published&after={first['next']}")
    keys = [hit["key"] for one in (first, second) for hit in one["hits"]]
    assert keys == ["cup", "strike", "talks", "bare"]
    assert second["next"] is None


def test_other_calls(client: TestClient, index: Index) -> None:
    facets = get(client, "/api/facets?q=*&facet=source:1")
    assert facets["total"] == 4
    assert facets["facets"]["source:1"]["values"] == [{"label": "Harbour News", "count": 2}]
    several = get(client, "/api/search?q=*&facet=source:multi&filter=source=Harbour+News")
    counts = get(client, "/api/facets?q=*&facet=source")["facets"]["source"]["values"]
    assert several["facets"]["source:multi"]["values"] == counts
    assert several["total"] < 4
    ranges = get(client, "/api/facets?q=*&facet=published:..2025-01,2025-02..")["facets"]
    assert sum(one["count"] for (facet,) in [ranges.values()] for one in facet["values"]) == 3
    article = get(client, "/api/article?id=talks")
    assert article["document"] == index.get("talks").model_dump(mode="json")  # type: ignore[union-attr]
    assert get(client, "/api/copies?id=talks") == {"key": "talks", "copies": []}
    trend = get(client, "/api/trend?q=peace&q=goal&by=month")
    assert [one["name"] for one in trend["series"]] == ["peace", "goal"]
    assert get(client, "/api/health") == {
        "status": "ok", "documents": 4, "revision": index.revision,
    }  # fmt: skip


def test_what_is_meant_and_what_is_typed(client: TestClient, index: Index) -> None:
    meant = index.suggest("ceasefira")
    assert meant is not None
    suggested = get(client, "/api/suggest?q=ceasefira")
    assert suggested == {"query": "ceasefira", "suggestion": meant.to_json()}
    assert get(client, "/api/suggest?q=peace")["suggestion"] is None
    completed = get(client, "/api/complete?q=cea&limit=1")
    assert completed["completions"] == [one.to_json() for one in index.complete("cea", limit=1)]
    assert completed["completions"]
    problem(client, "/api/complete?q=cea&limit=101")


@pytest.mark.parametrize("call", ["complete?q=cea", "suggest?q=ceasefira"])
def test_what_helps_to_ask_respects_a_filter(client: TestClient, index: Index, call: str) -> None:
    name, _, typed = call.partition("?q=")
    key = {"complete": "completions", "suggest": "suggestion"}[name]
    assert get(client, f"/api/{call}")[key]
    assert not get(client, f"/api/{call}&filter=source=Nobody")[key]
    for source in ("Harbour News", "Meridian Wire"):
        found = get(client, f"/api/{call}&filter=source={source}&filter=published>=2025-01")
        asked = getattr(index, name)(typed, filter=[{"source": source}, "published:2025-01.."])
        listed = asked if isinstance(asked, list) else [asked] if asked else []
        given = found[key] if name == "complete" else [found[key]] if found[key] else []
        assert given == [one.to_json() for one in listed]
    problem(client, f"/api/{call}&filter=nofield=x")


def test_similar_articles(client: TestClient, index: Index) -> None:
    found = get(client, "/api/similar?id=talks&limit=1&chars=40")
    [hit] = index.similar("talks", limit=1)
    assert found["hits"][0]["key"] == hit.key == "strike"
    assert found["hits"][0]["shared"] == [*hit.shared]
    assert found["similar_to"] == "talks"
    assert get(client, "/api/similar?id=talks&offset=1")["hits"] == []
    of_sources = get(client, "/api/similar?text=peace+the+cup+strike&collapse=source")
    assert sorted(one["key"] for one in of_sources["hits"]) == ["strike", "talks"]
    assert get(client, "/api/similar?id=talks&filter=source=None")["total"] == 0
    of_text = get(client, "/api/similar?text=visitors+in+Vienna")
    assert [one["key"] for one in of_text["hits"]] == ["talks", "cup"]
    for wrong in ("", "?id=talks&text=a+b"):
        assert "id, or text" in problem(client, f"/api/similar{wrong}")["detail"]
    assert "two words" in problem(client, "/api/similar?text=talks2")["detail"]
    problem(client, "/api/similar?id=none", 404)


def test_significant_words(client: TestClient, index: Index) -> None:
    found = get(client, "/api/significant?q=talks&limit=3")
    assert found == {"query": "talks", **index.significant("talks", limit=3).to_json()}
    assert found["terms"]
    labels = get(client, "/api/significant?q=goal&field=categories&match=any")
    assert [one["text"] for one in labels["terms"]] == ["Sport"]
    assert "expected a field" in problem(client, "/api/significant?q=a&field=url")["detail"]


def test_exports_stream(client: TestClient) -> None:
    lines = client.get("/api/export?q=*&format=jsonl&sort=-published").text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["cup", "strike", "talks", "bare"]
    assert client.get("/api/export?q=peace").text.count("\n") > 2
    problem(client, "/api/export?q=(")
    problem(client, "/api/export?q=*&format=exe")


@pytest.mark.parametrize("page", ["/api/export", "/export"])
@pytest.mark.parametrize("name", [*FORMATS])
def test_all_formats_of_the_command_are_served(
    client: TestClient, index: Index, tmp_path: Path, name: str, page: str
) -> None:
    form, file = FORMATS[name], tmp_path / f"hits{FORMATS[name].endings[0]}"
    if not form.is_text:
        pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
    command = ["export", "*", "--sort=-published", "--index", str(index.path), "-o", str(file)]
    command += ["--safe"] if name in SPREADSHEETS else []
    assert CliRunner().invoke(cli, command).exit_code == 0
    sort = "-published" if page == "/api/export" else "newest"
    got = client.get(page, params={"q": "*", "format": name, "sort": sort})
    assert got.status_code == 200
    assert got.content == file.read_bytes()
    assert got.headers["content-type"] == form.media_type
    assert got.headers["content-disposition"].endswith(f'articles{form.endings[0]}"')


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_a_format_of_an_extra_that_is_missing_names_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = problem(client, f"/api/export?q=*&format={name}", 501)
    assert "pip install 'searchlib[arrow]'" in said["detail"]
    assert client.get("/api/export?q=*").status_code == 200


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/serch?q=storm"])
def test_a_call_that_is_not_there_says_where_all_are_described(
    client: TestClient, address: str
) -> None:
    said = problem(client, address, 404)
    assert said["detail"] == "There is no such call."
    assert said["hint"] == "/api/openapi.json describes those that there are."
    assert client.get("/apis").headers["content-type"].startswith("text/html")


def test_a_query_that_can_not_be_read_is_a_problem_with_its_place(client: TestClient) -> None:
    said = problem(client, "/api/search?q=peace+(talks")
    assert said["position"] == 6
    assert said["title"] == "Bad Request"
    assert "lenient=true" in said["hint"]
    assert "\n" not in said["detail"]


@each(
    ("address", "says"),
    [
        ("/api/search", "expected the parameter q"),
        ("/api/search?q=", "expected a value for q: The query"),
        ("/api/search?q=a&sort=", "expected a value for sort: Fields to sort by"),
        ("/api/search?q=a&sort=source,", "expected sort as names with commas between them"),
        ("/api/search?q=a&sort=source&sort=-source", "expected sort to name 'source' once"),
        ("/api/search?q=a&filter=", "expected a value for filter"),
        ("/api/search?q=a&facet=", "expected a value for facet"),
        ("/api/search?q=a&after=", "expected a value for after"),
        ("/api/search?q=a&collapse=", "expected a value for collapse"),
        ("/api/search?q=a&typos=", "expected typos to be one of off, auto, got ''"),
        ("/api/search?q=a&typos=many", "expected typos to be one of off, auto, got 'many'"),
        ("/api/search?q=a&typos=auto&typos=off", "expected typos once, got it 2 times"),
        ("/api/search?q=a&best=3", "expected collapse with best"),
        ("/api/search?q=a&missing=first", "expected sort with missing"),
        ("/api/search?q=a&fields=title,,body", "expected fields as names with commas"),
        ("/api/search?q=a&fields=title,title^2", "expected fields to name 'title' once"),
        ("/api/search?q=a&fields=titel", "expected text fields, got 'titel'"),
        ("/api/search?q=a&fields=title^x", "expected a weight as a number, got 'x'"),
        ("/api/search?q=a&recency=published", "a half-life such as published:30d for recency"),
        ("/api/search?q=a&synonyms=no", "expected synonyms to be true or false"),
        ("/api/facets?q=a&typos=many", "expected typos to be one of"),
        ("/api/export?q=a&fields=titel", "expected a field to export, got 'titel'"),
        ("/api/export?q=a&fields=id,id", "expected the field 'id' once"),
        ("/api/export?q=a&search_fields=titel", "expected text fields, got 'titel'"),
        ("/api/export?q=a&format=ris&fields=title", "expected fields as title=FIELD"),
        ("/api/export?q=a&limit=-1", "expected limit to be a whole number from 0"),
        ("/api/export?q=a&best=3", "expected collapse with best"),
        ("/api/search?q=a&q=b", "expected q once, got it 2 times"),
        ("/api/search?q=a&limit=x", "expected limit to be a whole number from 0 to 100, got 'x'"),
        ("/api/search?q=a&limit=101", "from 0 to 100"),
        ("/api/search?q=a&limit=-1", "from 0 to 100"),
        ("/api/search?q=a&limit=²", "whole number"),
        ("/api/search?q=a&offset=10001", "from 0 to 10000"),
        ("/api/search?q=a&lenient=1", "expected lenient to be true or false"),
        ("/api/search?q=a&match=some", "expected match to be one of all, any"),
        ("/api/search?q=a&sort=nothing", "nothing"),
        ("/api/search?q=a&facet=title", "Terms: expected a keyword field"),
        ("/api/search?q=a&filter=sorce=x", "did you mean 'source'?"),
        ("/api/search?q=a&after=x", "expected after as results.next"),
        ("/api/search?q=a&rerank=best", "expected rerank to be one of neighbours"),
        ("/api/search?q=a&rerank=neighbours&sort=source", "expected rerank or sort"),
        ("/api/search?q=a&collapse=title", "expected to collapse copies"),
        ("/api/search?q=a&facets=source", "unknown parameter 'facets'; there are after, best"),
        (f"/api/search?q={'a' * 2001}", "at most 2,000 characters"),
        ("/api/trend", "expected the parameter q"),
        ("/api/trend?q=a&field=title", "title"),
        ("/api/trend?q=a&by=eon", "expected by to be one of"),
        ("/api/search?" + "&".join(["q=a"] * 300), "at most 200 parameters"),
        ("/api/trend?" + "&".join(["q=a"] * 60), "expected q at most 50 times"),
    ],
)
def test_mistakes_are_explained(client: TestClient, address: str, says: str) -> None:
    assert says in problem(client, address)["detail"]


def test_what_is_not_there(client: TestClient) -> None:
    assert "no article" in problem(client, "/api/article?id=none", 404)["detail"]
    assert "no article" in problem(client, "/api/copies?id=none", 404)["detail"]
    problem(client, "/api/none", 404)
    assert client.post("/api/search").status_code == 405


def test_the_description_is_sound_and_names_every_call(client: TestClient) -> None:
    described = get(client, "/api/openapi.json")
    assert described["openapi"] == "3.1.0"
    schemas = described["components"]["schemas"]
    for address, call in {
        "/api/search": "q=peace&facet=source&collapse=copies",
        "/api/facets": "q=peace&facet=source",
        "/api/article": "id=talks",
        "/api/copies": "id=talks",
        "/api/trend": "q=peace",
        "/api/similar": "id=talks",
        "/api/significant": "q=peace",
        "/api/suggest": "q=peece",
        "/api/complete": "q=pea",
        "/api/health": "",
    }.items():
        content = described["paths"][address]["get"]["responses"]["200"]["content"]
        name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        schema = {**schemas[name], "components": {"schemas": schemas}}
        Draft202012Validator(schema).validate(get(client, f"{address}?{call}"))
    schema = {**schemas["Problem"], "components": {"schemas": schemas}}
    Draft202012Validator(schema).validate(problem(client, "/api/search?q=("))


def test_the_description_follows_the_settings(make_client: Callable[..., TestClient]) -> None:
    client = make_client(max_page_size=7, max_query=20)
    parameters = get(client, "/api/openapi.json")["paths"]["/api/search"]["get"]["parameters"]
    limits = {one["name"]: one["schema"] for one in parameters}
    assert limits["limit"]["maximum"] == 7
    assert limits["q"]["maxLength"] == 20
    problem(client, "/api/search?q=a&limit=8")


class Scan(BaseModel):
    """It holds what JSON can't, and no text in which copies could be told."""

    id: Annotated[str, Key()]
    place: Annotated[str, Keyword()] = "Vienna"
    data: bytes = b"\xff\x00"
    pages: list[bytes] = [b"\xfe"]


def test_a_document_that_its_model_can_not_write_is_shown_as_it_is_stored(
    make_client: Callable[..., TestClient],
) -> None:
    index = Index.in_memory(Scan)
    index.add(Scan(id="1"))
    expected = json.loads(index.search("place:vienna").to_jsonl())
    assert expected["data"] == {"base64": "/wA="}
    assert index.search("place:vienna")[0].to_json()["document"] == expected
    client = make_client(index)
    assert get(client, "/api/search?q=place:vienna")["hits"][0]["document"] == expected
    assert get(client, "/api/article?id=1")["document"] == expected
    assert client.get("/article?id=1").status_code == 200
    assert "copies" in problem(client, "/api/copies?id=1")["detail"]


def test_calls_look_where_they_are_told(client: TestClient) -> None:
    [one] = get(client, "/api/trend?q=peace&fields=title")["series"]
    assert sum(one["counts"]) == 1
    assert get(client, "/api/concordance?q=peace&fields=title^2")["documents"] == 1
    assert (
        get(client, "/api/significant?q=peace&fields=title")["terms"]
        == (get(client, "/api/significant?q=title:peace")["terms"])
    )
    asked = {"queries": ["peace"], "fields": "title,title"}
    problem = client.post("/api/batch", json=asked)
    assert problem.status_code == 400
    assert "once" in problem.json()["detail"]
    for fields, total in (("title", 1), ("title^2,body", 2)):
        asked["fields"] = fields
        [row] = client.post("/api/batch", json=asked).json()["rows"]
        assert row["total"] == total
    assert client.post("/api/batch", json={**asked, "fields": ["title"]}).status_code == 400
