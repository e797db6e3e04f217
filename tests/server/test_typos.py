"""Typos can be allowed for on the pages, and nothing of an address is ignored in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from searchlib import Article, Index
from tests.server.test_pages import page, titles
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def archive() -> Index[Article]:
    """An index of 25 articles about a storm."""
    made = Index.in_memory(Article)
    made.add(
        Article(id=f"{number:02}", title=f"Storm {'gale ' * number}", source="AP")
        for number in range(25)
    )
    return made


@pytest.fixture
def stormy(make_client: Callable[..., TestClient], archive: Index[Article]) -> TestClient:
    return make_client(archive, max_page_size=20, max_offset=20)


def test_where_nothing_is_found_a_link_allows_for_typos(stormy: TestClient) -> None:
    shown = page(stormy, "/search?q=strom&copies=1")
    assert "Nothing was found." in shown.text
    assert "The same with typos allowed: 25" in shown.text
    allowed = shown.link("/search?q=strom&typos=auto")
    found = page(stormy, allowed)
    assert "25 articles" in found.text
    assert "checked" in found.all("input", type="checkbox", name="typos", value="auto")[0]
    assert "checked" not in shown.all("input", type="checkbox", name="typos", value="auto")[0]
    assert "typos allowed" not in page(stormy, "/search?q=zebra").text


def test_typos_are_kept_over_pages_and_whatever_leads_elsewhere(stormy: TestClient) -> None:
    address = "/search?q=strom&typos=auto&copies=1"
    first = page(stormy, address)
    following = first.all("a", rel="next")[0]["href"] or ""
    assert "typos=auto" in following
    second = page(stormy, following)
    assert len(titles(second)) == 10
    assert not {*titles(first)} & {*titles(second)}
    assert page(stormy, address.replace("&copies", "&page=2&copies")).text.count("Page 2") == 1
    chosen = first.link("/search?q=strom&typos=auto&copies=1&f.source=AP")
    assert "25 articles" in page(stormy, chosen).text
    article = page(stormy, first.link("/article?id="))
    assert article.all("mark")
    export = stormy.get(first.link("/export?q=strom&typos=auto"))
    assert len(export.text.splitlines()) == 26
    feed = stormy.get("/feed?q=strom&typos=auto&copies=1").text
    assert feed.count("<item>") == 20
    box = [one["name"] for one in first.all("input", type="hidden")]
    assert "typos" in box


def test_typos_are_off_if_it_says_so(stormy: TestClient) -> None:
    shown = page(stormy, "/search?q=strom&typos=off")
    assert "Nothing was found." in shown.text
    assert "typos" not in shown.link("/search?q=strom&typos=auto").partition("auto")[2]


@pytest.mark.parametrize("path", ["/words", "/concordance"])
def test_what_a_search_leads_to_allows_for_typos(stormy: TestClient, path: str) -> None:
    address = page(stormy, "/search?q=strom&typos=auto").link(f"{path}?q=strom&")
    assert "typos=auto" in address
    found = {"/words": "25 of 25 articles", "/concordance": "25 lines; 25 articles match"}[path]
    assert found in page(stormy, address).text
    assert found not in page(stormy, f"{path}?q=strom").text
    call = {"/words": "significant", "/concordance": "concordance"}[path]
    name = {"/words": "found", "/concordance": "documents"}[path]
    assert stormy.get(f"/api/{call}?q=strom&typos=auto").json()[name] == 25
    assert stormy.get(f"/api/{call}?q=strom").json()[name] == 0


def test_the_file_of_lines_allows_for_typos(stormy: TestClient) -> None:
    lines = stormy.get("/concordance.csv?q=strom&typos=auto").text.splitlines()
    assert len(lines) == 26
    assert '"Storm"' in lines[1]


WRONG = [
    ("typo=auto", "unknown parameter 'typo'; there are after, copies, "),
    ("typos=many", "expected typos to be one of off, auto, got 'many'"),
    ("typos=auto&typos=off", "expected typos once, got it 2 times; the last one counts"),
    ("q=a", "expected q once, got it 2 times; the last one counts"),
    ("sort=date", "expected sort to be one of neighbours, newest, oldest, got 'date'"),
    ("match=some", "expected match to be one of all, any, got 'some'"),
    ("page=x", "expected page to be a whole number, got 'x'"),
    ("size=1e3", "expected size to be a whole number, got '1e3'"),
    ("copies=yes", "expected copies to be one of 0, 1, got 'yes'"),
    ("more=colour", "expected more to be one of categories, source"),
    ("f.sauce=AP", "unknown parameter 'f.sauce'; fields of labels are f.categories, f.source"),
]


@each(("wrong", "says"), WRONG)
@each("path", ["/search", "/words", "/concordance"])
def test_pages_note_what_they_leave_out(
    stormy: TestClient, path: str, wrong: str, says: str
) -> None:
    assert says in page(stormy, f"{path}?q=storm&{wrong}").text


@each(("wrong", "says"), WRONG)
@each("path", ["/export", "/feed", "/concordance.csv"])
def test_files_refuse_what_they_would_leave_out(
    stormy: TestClient, path: str, wrong: str, says: str
) -> None:
    assert stormy.get(f"{path}?q=storm").status_code == 200
    response = stormy.get(f"{path}?q=storm&{wrong}")
    assert response.status_code == 400
    assert says.replace("'", "&#39;") in response.text


@pytest.mark.parametrize("path", ["/export", "/concordance.csv"])
def test_files_refuse_dates_that_can_not_be_read(stormy: TestClient, path: str) -> None:
    response = stormy.get(f"{path}?q=storm&from=soonish")
    assert response.status_code == 400
    assert "expected a date" in response.text


def test_what_is_of_a_page_alone_is_told(stormy: TestClient) -> None:
    assert (
        "expected order to be one of left, right"
        in page(stormy, "/concordance?q=storm&order=up").text
    )
    assert "expected field to be one of title" in page(stormy, "/words?q=storm&field=up").text
    assert "A page has at most 20 articles." in page(stormy, "/search?q=storm&size=50").text
    assert "no page is reached behind the first 20" in page(stormy, "/search?q=storm&page=9").text
    empty = page(stormy, "/search?q=storm&from=&to=&sort=&size=&typos=&more=")
    assert not empty.all("p", **{"class": "note"})


def test_an_export_has_the_order_of_its_page(client: TestClient) -> None:
    shown = page(client, "/search?q=peace+talks&sort=neighbours&copies=1")
    lines = client.get(shown.link("/export?")).text.splitlines()[1:]
    assert [line.split(",")[0].strip('"') for line in lines if line[:2] in ('"t', '"s')] == titles(
        shown
    )
