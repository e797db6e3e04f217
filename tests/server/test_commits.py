"""A commit, or another index in the folder, is seen by the next request; the same is not sent."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from searchlib import Article, CorruptIndexError, Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from starlette.testclient import TestClient


def test_the_same_page_is_not_sent_again(client: TestClient) -> None:
    for address in ("/", "/search?q=peace", "/api/search?q=peace", "/article?id=talks"):
        first = client.get(address)
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "private, no-cache"
        again = client.get(address, headers={"if-none-match": f'"other", {tag}'})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == tag
        assert "content-security-policy" in again.headers
        assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    tags = {client.get(f"/search?q={word}").headers["etag"] for word in ("peace", "goal")}
    assert len(tags) == 2


def test_a_commit_is_seen_by_the_next_request(client: TestClient, index: Index) -> None:
    before = {}
    for address in ("/", "/search?q=zebra", "/api/search?q=zebra"):
        before[address] = client.get(address)
    other = Index.open(index.path)  # as another process would
    other.add(Article(id="z", title="A zebra in the port", source="Zoo Times"))
    for address, first in before.items():
        seen = client.get(address, headers={"if-none-match": first.headers["etag"]})
        assert seen.status_code == 200
        assert "zebra in the port" in seen.text.replace("<mark>", "").replace("</mark>", "")
    assert "Zoo Times" in client.get("/").text
    other.delete("z")
    assert client.get("/article?id=z").status_code == 404


def test_words_are_read_once_a_commit_while_its_first_page_is_looked_at(
    client: TestClient, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    complete = Index.complete

    def noted(index: Index, text: str, **options: Any) -> Any:
        asked.append(text)
        return complete(index, text, **options)

    monkeypatch.setattr(Index, "complete", noted)
    for _ in range(2):
        assert client.get("/").status_code == 200
        assert client.get("/search?q=peace").status_code == 200
    assert len(asked) == 1
    index.add(Article(id="z", title="A zebra in the port"))
    assert client.get("/search?q=zebra").status_code == 200
    assert len(asked) == 2


def test_a_page_is_shown_though_its_words_can_not_be_read(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: Any, **__: Any) -> None:
        raise CorruptIndexError("damaged")

    monkeypatch.setattr(Index, "complete", damaged)
    assert client.get("/").status_code == 200
    assert client.get("/api/complete?q=p").status_code == 503
    assert client.get("/").status_code == 200


def test_a_swapped_folder_is_seen_by_the_next_request(
    make_client: Callable[..., TestClient], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        Index.create(tmp_path / name, Article).add(Article(id=name, title=f"Storm {name}"))
    place = tmp_path / "index"
    shutil.copytree(tmp_path / "one", place)
    client = make_client(Index.open(place))
    first = client.get("/search?q=storm")
    assert "id=one" in first.text
    place.rename(tmp_path / "old")
    (tmp_path / "two").rename(place)
    seen = client.get("/search?q=storm", headers={"if-none-match": first.headers["etag"]})
    assert seen.status_code == 200
    assert "id=two" in seen.text


def test_files_of_the_package_are_kept_for_good(client: TestClient) -> None:
    for name in ("style.css", "page.js", "keys.js", "brush.js", "complete.js", "icon.svg"):
        response = client.get(f"/static/{name}?v=1")
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]


def test_a_theme_comes_after_the_own_style(
    make_client: Callable[..., TestClient], tmp_path: Path
) -> None:
    theme = tmp_path / "theme.css"
    theme.write_text(":root { --link: purple }")
    client = make_client(theme=theme, title="My <archive>")
    page = client.get("/").text
    assert page.index("style.css") < page.index("theme.css")
    assert "My &lt;archive&gt;" in page
    assert client.get("/static/theme.css").text == ":root { --link: purple }"
    assert "disallow: /search" in client.get("/robots.txt").text.lower()


def test_facets_can_be_chosen(make_client: Callable[..., TestClient]) -> None:
    client = make_client(facets=("file", "source"))
    text = client.get("/search?q=peace").text
    assert "f.source=" in text
    assert "f.categories=" not in text


def test_how_facets_are_counted_can_be_chosen(make_client: Callable[..., TestClient]) -> None:
    client = make_client(facets=("source:1,sort=label",))
    text = client.get("/search?q=*").text
    choice = "q=%2A&amp;f.source="
    assert f"{choice}Harbour" in text
    assert f"{choice}Meridian" not in text
    assert "more=source&amp;f.source=Meridian" in client.get("/search?q=*&more=source").text


def test_synonyms_change_the_answers_too(client: TestClient, index: Index) -> None:
    first = client.get("/search?q=parley")
    index.synonyms.set("parley => talks")
    seen = client.get("/search?q=parley", headers={"if-none-match": first.headers["etag"]})
    assert seen.status_code == 200
    assert "parley also finds talks" in seen.text
    assert "<mark>talks</mark>" in seen.text
