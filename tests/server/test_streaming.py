"""Exports leave in pieces; a reader that goes away stops them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from searchlib import Article, Index, Results
from tests.browser.running import served

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTICLES = 4000


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of 36 megabytes of articles, which runs one export at a time.

    That is far more than connections hold that nobody reads from.
    """
    index = Index.create(tmp_path_factory.mktemp("large") / "index", Article)
    body = "A storm in the north. " * 420
    index.add(Article(id=f"{number:05}", title="Storm", body=body) for number in range(ARTICLES))
    with served(index, exports=1) as address:
        yield address


def test_an_export_is_whole(origin: str) -> None:
    text = httpx.get(f"{origin}/api/export?q=storm&format=jsonl", timeout=60, trust_env=False).text
    assert text.count("\n") == ARTICLES
    assert len(text) > 36_000_000


def test_a_reader_that_goes_away_makes_room_for_the_next(origin: str) -> None:
    address = f"{origin}/export?q=storm&format=csv"
    with httpx.Client(timeout=60, trust_env=False) as client:
        with client.stream("GET", address) as response:
            assert next(response.iter_raw())
            refused = client.get(address)
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "10"
        for _ in range(400):
            again = client.get(address)
            if again.status_code == 200:
                break
            time.sleep(0.05)
    assert again.status_code == 200
    assert again.text.count("\n") >= ARTICLES


def test_an_export_that_fails_in_its_middle_does_not_look_whole(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object, target: object, **__: object) -> None:
        target.write(b"x" * 200_000)  # type: ignore[attr-defined]
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(Results, "to_csv", fail)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{origin}/export?q=storm", timeout=60, trust_env=False)
