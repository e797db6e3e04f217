"""What may come in, what goes out, and what is kept from both."""

from __future__ import annotations

import base64
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from searchlib import Article, Index
from searchlib.errors import ArgumentError, QueryError
from searchlib.server.links import web_address
from searchlib.server.running import address_of, allowed_hosts, is_loopback
from searchlib.server.settings import Settings
from tests.server.hostile import HOSTILE, check
from tests.server.html_help import Page
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.testclient import TestClient

    MakeClient = Callable[..., TestClient]


@pytest.fixture
def hostile(make_client: MakeClient, tmp_path: Path) -> TestClient:
    index = Index.create(tmp_path / "hostile", Article)
    index.add([HOSTILE, Article(title="storm", published="2025-02-01")])
    return make_client(index)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/search?q=storm",
        "/search",
        "/search?q=<script>alert(1)</script>&f.source=<b>&from=<i>",
        "/compare?q=<script>alert(1)</script>&q=storm",
        "/article?id=<script>",
        "/<script>alert(1)</script>",
    ],
)
def test_pages_hold_nothing_that_runs(hostile: TestClient, address: str) -> None:
    response = hostile.get(address)
    check(response.text)
    assert "<script>alert" not in response.text


def test_a_hostile_article_is_shown_as_text(hostile: TestClient) -> None:
    results = check(hostile.get("/search?q=storm").text)
    address = next(one for one in results.hrefs if "script" in one and one.startswith("/article"))
    page = check(hostile.get(address).text)
    assert "<img src=x onerror=alert(1)>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert "49" not in page.text
    assert "\x1b" not in page.text
    assert not page.all("a", **{"class": "original"})
    assert not any("javascript:" in one and not one.startswith("/search?") for one in page.hrefs)
    assert "lang" not in page.all("article")[0]
    for one in page.hrefs:
        if one.startswith("/search?f."):
            assert "articles" in hostile.get(one).text or "article" in hostile.get(one).text
    label = next(one for one in page.hrefs if one.startswith("/search?f.categories=a%26b"))
    assert "<strong>1</strong> article" in hostile.get(label).text


@pytest.mark.parametrize("form", ["bibtex", "ris", "text"])
def test_citations_are_no_pages(hostile: TestClient, form: str) -> None:
    response = hostile.get("/cite", params={"id": HOSTILE.id, "format": form})
    assert response.status_code == 200
    assert "html" not in response.headers["content-type"]


def test_the_feed_stays_xml(hostile: TestClient) -> None:
    import feedparser

    feed = feedparser.parse(hostile.get("/feed?q=storm").text)
    assert not feed.bozo
    assert len(feed.entries) == 2


@each(
    ("address", "shown"),
    [
        ("https://news.example/a?b=c#d", True),
        ("HTTP://news.example/", True),
        ("http://[::1]/x", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("\tjavascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("https://a b.example/", False),
        ("data:text/html,<script>", False),
        ("vbscript:x", False),
        ("file:///etc/passwd", False),
        ("//news.example/a", False),
        ("/etc/passwd", False),
        ("https:///nowhere", False),
        ("http://[broken", False),
        ("news.example/a", False),
        ("", False),
        (None, False),
        (5, False),
    ],
)
def test_addresses_of_the_web_alone_are_links(address: Any, shown: bool) -> None:
    assert web_address(address) == (address if shown else "")


def test_the_original_is_a_link_that_tells_it_nothing(
    make_client: MakeClient, tmp_path: Path
) -> None:
    index = Index.create(tmp_path / "one", Article)
    index.add(Article(id="1", title="Storm", url="https://news.example/storm?a=1&b=2"))
    page = check(make_client(index).get("/article?id=1").text)
    (link,) = page.all("a", **{"class": "original"})
    assert link["href"] == "https://news.example/storm?a=1&b=2"
    assert link["rel"] == "noopener noreferrer nofollow external"


@pytest.mark.parametrize(
    "address", ["/", "/search?q=peace", "/api/health", "/static/style.css", "/none", "/export?q=a"]
)
def test_every_response_has_the_headers(client: TestClient, address: str) -> None:
    response = client.get(address)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in response.headers
    assert "server" not in response.headers


def test_no_script_or_style_stands_in_a_page(client: TestClient) -> None:
    for address in ("/", "/search?q=peace", "/article?id=talks", "/compare?q=peace"):
        page = check(client.get(address).text)
        assert all(one.get("src") for one in page.all("script"))


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "testserver:x@e"])
def test_other_hosts_are_refused(client: TestClient, host: str) -> None:
    for address in ("/", "/api/health"):
        response = client.get(address, headers={"host": host})
        assert response.status_code == (200 if host.startswith("testserver:") else 421)
    assert client.get("/", headers={"host": "TestServer:8000"}).status_code == 200


def test_any_host(make_client: MakeClient) -> None:
    client = make_client(hosts=("*",))
    assert client.get("/", headers={"host": "anything.example"}).status_code == 200
    client = make_client(hosts=("[::1]",))
    assert client.get("/", headers={"host": "[::1]:8000"}).status_code == 200


def test_a_token_is_asked_for_everywhere(make_client: MakeClient) -> None:
    client = make_client(token="secret-ü")
    basic = base64.b64encode("anybody:secret-ü".encode()).decode()
    for address in ("/", "/search?q=peace", "/api/health", "/static/style.css", "/export?q=a"):
        response = client.get(address)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Basic")
        for given in (f"Basic {basic}", f"basic {basic}"):
            assert client.get(address, headers={"authorization": given}).status_code == 200
    bearer = "Bearer secret-ü".encode()
    assert client.get("/api/health", headers={b"authorization": bearer}).status_code == 200
    for wrong in ("Bearer nothing", "Bearer", "Basic !!", "Basic c2VjcmV0", "Digest x", ""):
        assert client.get("/", headers={"authorization": wrong}).status_code == 401


def test_a_bearer_token(make_client: MakeClient) -> None:
    client = make_client(token="secret")
    assert client.get("/api/health", headers={"authorization": "Bearer secret"}).status_code == 200
    described = client.get("/api/openapi.json", headers={"authorization": "bearer secret"}).json()
    assert described["security"] == [{"token": []}]


@pytest.mark.parametrize(
    "name",
    ["../app.py", "..%2Fapp.py", "%2e%2e/app.py", "/etc/passwd", "style.css/..", "STYLE.CSS", ""],
)
def test_no_path_of_a_request_reaches_the_file_system(client: TestClient, name: str) -> None:
    response = client.get(f"/static/{name}")
    assert response.status_code in (404, 307)
    assert "import" not in response.text
    assert client.get("/article", params={"id": "../../etc/passwd"}).status_code == 404


def test_nothing_is_written(client: TestClient, index: Index) -> None:
    before = {path: path.stat().st_mtime_ns for path in index.path.iterdir()}
    for address in ("/", "/search?q=peace", "/export?q=*", "/api/search?q=*"):
        client.get(address)
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert client.request(method, address).status_code == 405
    assert {path: path.stat().st_mtime_ns for path in index.path.iterdir()} == before


def test_lengths_are_limited(make_client: MakeClient) -> None:
    client = make_client(max_query=50, max_page_size=2)
    assert client.get(f"/search?q={'a' * 51}").status_code == 400
    assert client.get(f"/search?q={'a' * 50}").status_code == 200
    assert client.get(f"/compare?q={'a' * 51}").status_code == 400
    assert client.get(f"/article?id=talks&q={'a' * 51}").status_code == 200
    assert client.get(f"/search?q=a&x={'a' * 17_000}").status_code == 414
    shown = Page(client.get("/search?size=100").text)
    assert len([one for one in shown.hrefs if one.startswith("/article?")]) == 2
    assert client.get("/search?q=a&page=999999").status_code == 200


def test_an_index_that_can_not_be_read_is_said_without_its_place(
    client: TestClient, index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    (index.path / "manifest.json").write_text("{")
    with caplog.at_level(logging.ERROR):
        for address in ("/search?q=peace", "/api/search?q=peace", "/export?q=peace"):
            response = client.get(address)
            assert response.status_code == 503
            assert response.headers["retry-after"] == "5"
            assert str(index.path) not in response.text
    assert str(index.path) in caplog.text


def test_a_failure_tells_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Index, "search", fail)
    for address in ("/search?q=peace", "/api/search?q=peace", "/export?q=peace"):
        response = client.get(address)
        assert response.status_code == 500
        assert "secret" not in response.text
        assert "Traceback" not in response.text
    assert "secret detail" in caplog.text


class Slow:
    """A search that lasts until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.going = threading.Event()
        self.begun = threading.Semaphore(0)
        real = Index.search

        def search(index: Index, *args: Any, **options: Any) -> Any:
            self.begun.release()
            self.going.wait(100)
            return real(index, *args, **options)

        monkeypatch.setattr(Index, "search", search)


def test_a_search_that_takes_too_long_is_given_up(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(time_limit=0.05)
    slow = Slow(monkeypatch)
    response = client.get("/api/search?q=peace")
    slow.going.set()
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert "longer than 0.05 seconds" in response.json()["detail"]


def test_too_many_at_once_are_told_to_come_back(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(threads=1, waiting=1)
    client.get("/")
    slow = Slow(monkeypatch)
    statuses: list[int] = []
    taken = threading.Semaphore(0)
    submit = ThreadPoolExecutor.submit

    def counted(self: ThreadPoolExecutor, *args: Any) -> Any:
        future = submit(self, *args)
        if self._thread_name_prefix == "searchlib-search":
            taken.release()
        return future

    monkeypatch.setattr(ThreadPoolExecutor, "submit", counted)

    def ask() -> None:
        statuses.append(client.get("/api/search?q=peace").status_code)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert taken.acquire(timeout=100)
    assert taken.acquire(timeout=100)
    assert slow.begun.acquire(timeout=100)
    response = client.get("/api/search?q=goal")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    slow.going.set()
    for thread in threads:
        thread.join(20)
    assert statuses == [200, 200]
    assert client.get("/api/search?q=goal").status_code == 200


def test_loopback_and_hosts() -> None:
    assert [is_loopback(host) for host in ("localhost", "127.0.0.5", "::1", "[::1]")] == [True] * 4
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "news.example")] == (
        [False] * 4
    )
    assert "*" not in allowed_hosts("127.0.0.1", ())
    assert allowed_hosts("0.0.0.0", ()) == ("*",)
    assert allowed_hosts("0.0.0.0", ("news.example",))[0] == "news.example"
    assert address_of("0.0.0.0", 80) == "http://127.0.0.1:80/"
    assert address_of("::1", 8000) == "http://[::1]:8000/"


@each(
    ("host", "remedy"),
    [
        ("http://x", "write x"),
        ("https://news.example:8080/archive?q=1", "write news.example"),
        ("x:80", "write x"),
        ("x/a", "write x"),
        (" x ", "write x"),
        ("a b", "write one such as news.example"),
        ("", "write one such as news.example"),
        ("http://", "write one such as news.example"),
        ("*.example", r"or \* for any"),
        ("::1", r"write \[::1\]"),
        ("http://[2001:db8::1]:8000/", r"write \[2001:db8::1\]"),
        ("[::1]:80", r"write \[::1\]"),
        ("münchen.example", "write xn--mnchen-3ya.example"),  # as browsers send it
        (7, "write one such as news.example"),
    ],
)
def test_hosts_are_names_alone_and_others_are_told(host: Any, remedy: str) -> None:
    with pytest.raises(ArgumentError, match=rf"expected hosts .*{remedy}"):
        Settings(hosts=(host,))


def test_hosts_that_are_one_string_are_not_its_letters() -> None:
    with pytest.raises(ArgumentError, match=r"write \('news.example',\)"):
        Settings(hosts="news.example")  # type: ignore[arg-type]


def test_hosts_of_all_kinds_are_taken() -> None:
    names = ("news.example", "NEWS", "10.0.0.1", "[::1]", "*", "my_host", "news.example.", "a-b.c")
    assert Settings(hosts=names).hosts == names


@each(
    "wrong",
    [
        {"threads": 0},
        {"waiting": -1},
        {"page_size": "ten"},
        {"token": " "},
        {"time_limit": 0},
        {"max_query": True},
    ],
)
def test_settings_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        Settings(**wrong)


def test_settings_that_do_not_suit_the_index(make_client: MakeClient, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="fields of labels, got 'title'"):
        make_client(facets=("title",))
    with pytest.raises(ArgumentError, match="fields of labels, got 'published:month'"):
        make_client(facets=("published:month",))
    with pytest.raises(QueryError, match="expected a number of labels, all, .*, got 'month'"):
        make_client(facets=("source:month",))
    with pytest.raises(ArgumentError, match="file of CSS"):
        make_client(theme=tmp_path / "none.css")
