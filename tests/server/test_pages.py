"""What do pages show, and where do their links lead?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qsl

import pytest
from pydantic import BaseModel

from searchlib import Article, Date, Index, Key, Keyword, Text
from tests.server.html_help import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.testclient import TestClient


def page(client: TestClient, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return Page(response.text)


def titles(shown: Page) -> list[str]:
    hrefs = [href for href in shown.hrefs if href.startswith("/article?")]
    return [href.partition("id=")[2].partition("&")[0].partition("#")[0] for href in hrefs]


def test_home_tells_what_the_archive_holds(client: TestClient) -> None:
    shown = page(client, "/")
    assert "4 articles, 2025-02-17 to 2025-05-25, 4 categories, 2 sources" in shown.text
    assert titles(shown) == ["cup", "strike", "talks", "bare"]
    assert shown.link("/search?f.source=Harbour")
    assert len(shown.all("rect")) > 2


@pytest.mark.parametrize(
    "query",
    [
        "q=peace+talks",
        "q=p%C3%A9ace+%22%26&f.source=Harbour+News",
        "sort=oldest&x=1",
        "from=2025-03",
    ],
)
def test_the_first_page_leads_to_the_results_that_its_address_asks_for(
    client: TestClient, query: str
) -> None:
    led = client.get(f"/?{query}", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (307, f"/search?{query}")
    assert titles(page(client, f"/?{query}")) == titles(page(client, f"/search?{query}"))


@pytest.mark.parametrize("query", ["", "q=", "utm_source=mail", "q=&sort="])
def test_the_first_page_stays_where_nothing_is_asked_for(client: TestClient, query: str) -> None:
    assert page(client, f"/?{query}").text == page(client, "/").text


def test_results_have_marks_facts_and_links(client: TestClient) -> None:
    shown = page(client, "/search?q=peace+talks")
    assert titles(shown) == ["talks", "strike"]
    assert "2 articles" in shown.text
    assert len(shown.all("mark")) >= 4
    assert "/article?id=talks&q=peace+talks&match=all" in shown.hrefs
    assert "/search?f.source=Meridian+Wire" in shown.hrefs
    assert "/search?from=2025-02-17&to=2025-02-17" in shown.hrefs
    assert shown.all("input", name="q")[0]["value"] == "peace talks"


def test_a_facet_is_chosen_added_to_and_taken_back(client: TestClient) -> None:
    shown = page(client, "/search?q=the")
    one = shown.link("/search?q=the&f.source=Harbour")
    chosen = page(client, one)
    assert "Source: Harbour News" in chosen.text
    assert "/search?q=the" in chosen.hrefs  # the chip, and the label in the facet
    two = chosen.link("/search?q=the&f.source=Harbour+News&f.source=Meridian")
    assert set(titles(page(client, two))) >= set(titles(chosen))
    assert "talks" in titles(page(client, two))


def test_what_is_typed_is_completed_under_what_is_chosen(client: TestClient) -> None:
    def completions(address: str) -> str:
        return page(client, address).all("input", name="q")[0]["data-complete"] or ""

    assert completions("/") == completions("/search?q=the") == "/api/complete"
    chosen = completions("/search?f.source=Meridian+Wire&f.source=&from=2025-02&to=2025-03")
    assert parse_qsl(chosen.partition("?")[2]) == [
        ("filter", "source=Meridian Wire"),
        ("filter", "source="),
        ("filter", "published>=2025-02"),
        ("filter", "published<=2025-03"),
    ]
    assert client.get(f"{chosen}&q=cea").json()["completions"]
    assert not client.get(f"{completions('/search?f.source=Nobody')}&q=cea").json()["completions"]


def test_a_label_that_is_not_there_is_still_a_chip(client: TestClient) -> None:
    shown = page(client, "/search?q=the&f.source=Nobody")
    assert "Source: Nobody" in shown.text
    assert "Nothing was found." in shown.text
    assert "The same without the filters: " in shown.text


def test_without_a_label(client: TestClient) -> None:
    assert titles(page(client, "/search?f.source=")) == ["bare"]


@pytest.mark.parametrize(
    ("dates", "found", "chip"),
    [
        ("from=2025-03", ["cup", "strike"], "from 2025-03"),
        ("to=2025-03", ["strike", "talks"], "to 2025-03"),
        ("from=2025-03-01&to=2025-03-31", ["strike"], "2025-03-01 to 2025-03-31"),
        ("from=2024&to=2024", [], "2024"),
    ],
)
def test_dates(client: TestClient, dates: str, found: list[str], chip: str) -> None:
    shown = page(client, f"/search?{dates}")
    assert titles(shown) == found
    assert f"Published: {chip}" in shown.text


def test_a_date_that_can_not_be_read_is_left_out_with_a_note(client: TestClient) -> None:
    shown = page(client, "/search?q=peace&from=soonish")
    assert len(titles(shown)) == 2
    assert "The dates are left out: field 'published': expected a date" in shown.text


def test_bars_of_the_timeline_lead_to_their_spans(client: TestClient) -> None:
    shown = page(client, "/search?q=peace")
    bars = [one for one in shown.all("a") if "data-from" in one]
    assert len(bars) > 1
    first = bars[0]
    address = f"/search?q=peace&from={first['data-from']}&to={first['data-to']}"
    assert first["href"] == address
    chosen = page(client, address)
    assert titles(chosen) == ["talks"]
    bars = [one for one in chosen.all("a") if "data-from" in one]
    assert "class" not in bars[0]
    assert bars[-1]["class"] == "off"


def test_a_date_that_stands_for_never_or_for_ever_does_not_stretch_the_timeline(
    make_client: Callable[..., TestClient],
) -> None:
    index = Index.in_memory(Article)
    days = ["0001-01-01", "2024-03-04", "2025-03-04", "9999-12-31", "9999-12-31"]
    index.add({"id": str(n), "title": "Storm", "published": day} for n, day in enumerate(days))
    shown = page(make_client(index), "/search?q=storm")
    bars = [one for one in shown.all("a") if "data-from" in one]
    assert [str(bar["data-from"])[:4] for bar in bars] == ["2024", "2025"]
    assert "1 before 2024" in shown.text
    assert "2025, 2 after it" in shown.text


def test_order(client: TestClient) -> None:
    assert titles(page(client, "/search?sort=oldest"))[0] == "talks"
    assert titles(page(client, "/search?q=*&sort=newest"))[0] == "cup"
    shown = page(client, "/search?sort=oldest")
    assert shown.all("option", value="oldest")[0] == {"value": "oldest", "selected": None}


def test_pages_follow_one_another(client: TestClient) -> None:
    first = page(client, "/search?q=the&size=1")
    following = first.link("/search?q=the&match=all&size=1&page=2&after=")
    second = page(client, following)
    assert titles(first) != titles(second)
    assert "Page 2" in second.text
    previous = second.all("a", rel="prev")[0]["href"]
    assert previous == "/search?q=the&match=all&size=1"
    assert titles(page(client, previous)) == titles(first)
    by_number = page(client, "/search?q=the&size=1&page=2")
    assert titles(by_number) == titles(second)


def test_a_cursor_of_another_search_falls_back_to_the_number_of_the_page(
    client: TestClient,
) -> None:
    first = page(client, "/search?q=the&size=1")
    cursor = first.link("/search?q=the&match=all&size=1&page=2&after=").partition("after=")[2]
    shown = page(client, f"/search?q=peace&size=1&page=2&after={cursor}")
    assert "The place in the results was of another search." in shown.text
    assert titles(shown) == titles(page(client, "/search?q=peace&size=1&page=2"))


def test_a_page_behind_the_last(client: TestClient) -> None:
    assert "The results end before it." in page(client, "/search?q=peace&page=50").text


def test_all_words_are_relaxed_to_some(client: TestClient) -> None:
    shown = page(client, "/search?q=ceasefire+goal")
    assert "No article has all of the words; these have some of them." in shown.text
    assert sorted(titles(shown)) == ["cup", "talks"]
    assert titles(page(client, "/search?q=ceasefire+goal&match=all")) == []


def test_notes_of_the_query_are_shown(client: TestClient) -> None:
    shown = page(client, "/search?q=(peace")
    assert len(titles(shown)) == 2
    assert shown.all("p", **{"class": "note"})


def test_zero_hits_are_helped(client: TestClient) -> None:
    shown = page(client, "/search?q=ceasefire+goal&match=all")
    assert "ceasefire: 1" in shown.text
    assert "/search?q=goal" in shown.hrefs
    tried = page(client, "/search?q=(ceasefire+AND+goal)&match=all")
    assert "ceasefire: 1" in tried.text
    assert "AND: " not in tried.text
    assert "the beginning of one with a star" in page(client, "/search?q=zebra").text


def test_what_may_be_meant_is_a_link(client: TestClient) -> None:
    shown = page(client, "/search?q=ceasefira&f.source=Meridian+Wire")
    assert "Did you mean ceasefire? 1" in shown.text
    assert "/search?q=ceasefire&f.source=Meridian+Wire" in shown.hrefs
    assert "Did you mean" not in page(client, "/search?q=ceasefire").text


def test_copies_are_folded(make_client: Callable[..., TestClient], tmp_path: Path) -> None:
    text = " ".join(f"word{number}" for number in range(60))
    index = Index.create(tmp_path / "copies", Article)
    index.add(
        Article(id=f"c{number}", title="Storm", body=f"{text} {number}") for number in range(3)
    )
    client = make_client(index)
    shown = page(client, "/search?q=storm")
    assert "+ 2 copies" in shown.text
    assert "3 articles" in shown.text
    assert len(titles(page(client, "/search?q=storm&copies=1"))) == 3
    assert len(page(client, "/article?id=c0").all("h2", id="copies")) == 1


def test_an_article_has_marks_facts_and_a_citation(client: TestClient) -> None:
    shown = page(client, "/article?id=talks&q=peace+talks")
    marks = shown.all("mark")
    assert [mark["id"] for mark in marks] == [f"m{number + 1}" for number in range(len(marks))]
    assert len(marks) == 4
    assert {f"#m{number}" for number in range(1, 5)} <= set(shown.hrefs)
    assert "Prime Minister Ana Korvac" in shown.text
    assert "/search?f.categories=International" in shown.hrefs
    assert "/search?f.dateline=VIENNA" in shown.hrefs
    assert "“Peace talks resume in Vienna”. Meridian Wire. 2025-02-17." in shown.text
    assert "/cite?id=talks&format=bibtex" in shown.hrefs
    assert len(page(client, "/article?id=talks").all("mark")) == 0
    assert len(page(client, "/article?id=talks&q=zebra").all("mark")) == 0


def test_an_article_has_similar_ones_beside_it(client: TestClient) -> None:
    shown = page(client, "/article?id=talks")
    assert len(shown.all("h2", id="similar")) == 1
    assert "/article?id=strike" in shown.hrefs
    assert "Dockers strike closes the port peace, talks" in shown.text
    assert not page(client, "/article?id=bare").all("h2", id="similar")


def test_words_that_set_hits_apart(client: TestClient) -> None:
    shown = page(client, "/search?q=talks&f.source=Meridian+Wire")
    words = page(client, shown.link("/words?q=talks&match=all&f.source=Meridian+Wire"))
    assert "What sets talks apart" in words.text
    assert "1 of 4 articles" in words.text
    assert any(one.startswith("/search?q=talks+vienna&match=all") for one in words.hrefs)
    labels = page(client, "/words?q=talks&field=categories")
    assert "/search?q=talks&f.categories=International" in labels.hrefs
    assert "Nothing sets these articles apart" in page(client, "/words?q=zebra").text
    assert "The dates are left out" in page(client, "/words?q=talks&from=soon").text
    assert page(client, "/words?field=url").all("select", name="field")
    assert client.get("/words?q=(").status_code == 200


def test_the_best_topic_first(client: TestClient) -> None:
    shown = page(client, "/search?q=peace&sort=neighbours")
    assert "2 articles" in shown.text
    assert {"value": "neighbours", "selected": None} in [
        attributes for tag, attributes in shown.elements if tag == "option"
    ]


def test_marks_of_some_words(client: TestClient) -> None:
    assert page(client, "/article?id=talks&q=ceasefire+goal&match=any").all("mark")


@pytest.mark.parametrize("address", ["/article?id=none", "/article", "/cite?id=none", "/nothing"])
def test_what_is_not_there(client: TestClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "Not Found" in Page(response.text).text


def test_citations(client: TestClient) -> None:
    bibtex = client.get("/cite?id=talks&format=bibtex")
    assert "Peace talks resume in Vienna" in bibtex.text
    assert bibtex.headers["content-disposition"] == 'attachment; filename="article.bib"'
    assert client.get("/cite?id=talks&format=ris").text.startswith("TY  - NEWS")
    assert client.get("/cite?id=talks").text.startswith("“Peace talks")
    assert client.get("/cite?id=talks&format=doc").status_code == 400


def test_compare_with_a_date_far_from_the_rest(client: TestClient, index: Index) -> None:
    index.add(Article(id="wrong", body="peace", published=date(1, 1, 1)))
    for by in ("month", "auto", "week"):
        assert page(client, f"/compare?q=peace&q=goal&by={by}").all("polyline")
    shown = page(client, "/compare?q=peace&q=goal&by=month")
    assert shown.text.count("a filter on 'published' leaves out") == 1
    assert page(client, "/search?q=*").hrefs


def test_compare(client: TestClient) -> None:
    shown = page(client, "/compare?q=peace&q=goal&q=&by=month")
    assert len(shown.all("polyline", **{"class": "line line-1"})) == 2  # the curve, and its key
    assert "/search?q=goal" in shown.hrefs
    assert "2025-02" in shown.text
    share = page(client, "/compare?q=peace&share=1&by=month")
    assert "100.00 %" in share.text
    assert page(client, "/compare").all("input", name="q")
    other = page(client, "/compare?q=peace&by=fortnight&typos=auto&f.source=AP")
    assert other.all("polyline")
    assert "expected by to be one of auto, year" in other.text
    assert "unknown parameter 'typos'; there are by, q, share" in other.text
    assert "unknown parameter 'f.source'" in other.text
    assert "parameter" not in share.text


def test_a_feed_of_a_search(client: TestClient) -> None:
    import feedparser

    response = client.get("/feed?q=peace&f.source=Harbour+News")
    assert response.headers["content-type"].startswith("application/rss+xml")
    feed = feedparser.parse(response.text)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["Dockers strike closes the port"]
    assert feed.entries[0].link == "http://testserver/article?id=strike"
    assert feed.entries[0].published.startswith("Tue, 04 Mar 2025")
    assert feed.feed.link == "http://testserver/search?q=peace&f.source=Harbour+News"


def test_exports(client: TestClient) -> None:
    shown = page(client, "/search?q=peace&size=1")
    rows = client.get(shown.link("/export?q=peace&size=1&format=csv"))
    assert len(rows.text.splitlines()) >= 3
    assert rows.headers["content-disposition"] == 'attachment; filename="articles.csv"'
    assert len(client.get("/export?q=peace&format=jsonl").text.splitlines()) == 2
    assert client.get("/export?q=peace&format=ris").text.count("TY  - NEWS") == 2
    assert client.get("/export?q=zebra&format=jsonl").text == ""
    assert client.get("/export?q=peace&format=exe").status_code == 400


class Memo(BaseModel):
    """A model with other names, and without a date or a title."""

    number: Annotated[str, Key()]
    content: Annotated[str, Text()]
    tags: Annotated[list[str], Keyword(facet=True)] = []


class Address(BaseModel):
    city: Annotated[str, Keyword(facet=True)]


class Letter(BaseModel):
    """A model with a number as its key, numbers as labels, and labels within a field."""

    number: Annotated[int, Key()]
    headline: Annotated[str, Text()]
    letter: Annotated[str, Text()] = ""
    sent: Annotated[date | None, Date()] = None
    level: Annotated[int | None, Keyword(facet=True)] = None
    sender: Address | None = None


def test_a_model_without_title_and_date(
    make_client: Callable[..., TestClient], tmp_path: Path
) -> None:
    index = Index.create(tmp_path / "memos", Memo)
    index.add([Memo(number="a/../b c?&", content="The wind rises.", tags=["sea"])])
    client = make_client(index)
    assert "1 article, 1 tags" in page(client, "/").text
    shown = page(client, "/search?q=wind")
    assert "(untitled)" in shown.text
    article = page(client, shown.link("/article?"))
    assert "The wind rises." in article.text
    assert "/search?f.tags=sea" in article.hrefs
    assert client.get("/compare?q=wind").status_code == 404
    assert client.get("/feed?q=wind").status_code == 200
    # without a title there is no reference, and the reader is told so
    assert client.get("/export?q=wind&format=ris").status_code == 400


def test_a_model_with_numbers_and_nested_labels(
    make_client: Callable[..., TestClient], tmp_path: Path
) -> None:
    index = Index.create(tmp_path / "letters", Letter)
    rome = Letter(number=5, headline="The wind rises", sent=date(1944, 3, 2), level=3)
    index.add([rome.model_copy(update={"sender": Address(city="Rome")})])
    index.add([Letter(number=6, headline="The wind falls", letter="At sea.", level=4)])
    client = make_client(index)
    shown = page(client, "/search?q=wind")
    assert titles(shown) == ["5", "6"]
    assert titles(page(client, shown.link("/search?q=wind&f.level=3"))) == ["5"]
    assert titles(page(client, shown.link("/search?q=wind&f.sender.city=Rome"))) == ["5"]
    assert titles(page(client, "/search?from=1944&to=1944")) == ["5"]
    assert not shown.all("option", value="newest")  # the date is not sortable
    assert "The wind rises" in page(client, "/article?id=5").text
    assert client.get("/article?id=x").status_code == 404
    assert client.get("/api/article?id=5").json()["document"]["level"] == 3
    assert "TI  - The wind rises" in client.get("/cite?id=5&format=ris").text


def test_the_application_can_be_mounted_in_fastapi(index: Index) -> None:
    fastapi = pytest.importorskip("fastapi")
    from starlette.testclient import TestClient

    from searchlib.server import Settings, create_app

    app = fastapi.FastAPI()
    app.mount("/archive", create_app(index, Settings(hosts=("testserver",))))
    shown = page(TestClient(app), "/archive/search?q=peace")
    assert shown.link("/archive/article?id=talks")
    assert TestClient(app).get("/archive/api/search?q=(").json()["position"] == 0


def test_requests_can_be_passed_on_by_their_paths(index: Index) -> None:
    """As docs/serve.md shows it for Django."""
    from starlette.testclient import TestClient

    from searchlib.server import Settings, create_app

    archive = create_app(index, Settings(hosts=("testserver",)))

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await archive({**scope, "root_path": "/archive"}, receive, send)

    shown = page(TestClient(application), "/archive/search?q=peace")
    assert page(TestClient(application), shown.link("/archive/article?id=talks"))


def test_the_application_can_be_mounted_below_a_path(index: Index) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.testclient import TestClient

    from searchlib.server import Settings, create_app

    app = create_app(index, Settings(hosts=("testserver",)))
    client = TestClient(Starlette(routes=[Mount("/archive", app)]))
    shown = page(client, "/archive/search?q=peace")
    assert page(client, "/archive/?q=peace").hrefs == shown.hrefs
    inner = [href for href in shown.hrefs if href.startswith("/")]
    assert inner
    assert all(href.startswith("/archive/") for href in inner)
    assert all(form["action"].startswith("/archive/") for form in shown.all("form"))  # type: ignore[union-attr]
    for one in shown.all("link"):
        assert client.get(one["href"]).status_code == 200  # type: ignore[arg-type]
    assert client.get("/archive/api/none").headers["content-type"] == "application/problem+json"
