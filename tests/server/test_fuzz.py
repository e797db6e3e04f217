"""Requests of any kind are answered: no failure, nothing that runs, nothing that is not escaped.

``SEARCHLIB_NIGHTLY=1`` sends ten thousand; ``SEARCHLIB_SEED`` sends those of a failure again.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

from searchlib import Article, Index
from tests.conftest import ARTICLES
from tests.server.hostile import HOSTILE, check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.testclient import TestClient

COUNT = 10_000 if os.environ.get("SEARCHLIB_NIGHTLY") == "1" else 500
PAGES = (
    "/", "/search", "/article", "/words", "/compare", "/feed", "/cite", "/export",
    "/static/style.css", "/alerts", "/alerts/feed", "/concordance", "/concordance.csv", "/lists",
)  # fmt: skip
CALLS = (
    "search", "facets", "article", "copies", "trend", "export", "suggest", "complete", "health",
    "similar", "significant", "concordance", "openapi.json",
)  # fmt: skip
NAMES = (
    "q", "id", "name", "from", "to", "sort", "size", "page", "after", "match", "copies", "more",
    "by", "share", "format", "f.source", "f.categories", "f.title", "f.file", "lenient", "filter",
    "facet", "missing", "limit", "offset", "collapse", "best", "chars", "field",
    "text", "rerank", "order", "width", "x",
)  # fmt: skip
VALUES = (
    "", "storm", "peace talks", "*", "talks", "1", "0", "-1", "true", "any", "newest", "source",
    "neighbours", "published:month", "-published", "copies", "csv", "jsonl", "ris", "bibtex",
    "month", "2025-02", "right",
    "last week", "soon", "source=Harbour News", "published>=2025", "title:storm", "(((", "a AND",
    '"', "storm~3", "st*m", "[a TO", "published:[2025 TO 2026]", "/../../etc/passwd", "\x00", "%",
    "<script>alert(1)</script>", "\"><img src=x>", "'", "javascript:alert(1)", "{{7*7}}", "日本 語",
    "عاصفة", "🌊" * 9, "\u202e", "9" * 30, "a" * 2500, "\r\nSet-Cookie: a=b", "é", HOSTILE.id,
)  # fmt: skip


class Requests:
    """Draws requests.

    Args:
        seed: The same seed gives the same requests.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def address(self) -> str:
        chance = self._chance
        path = chance.choice(PAGES) if chance.random() < 0.5 else f"/api/{chance.choice(CALLS)}"
        if chance.random() < 0.05:
            path += quote(chance.choice(VALUES))
        count = chance.choice((0, 1, 1, 2, 3, 5, 12))
        pairs = [(chance.choice(NAMES), self._value()) for _ in range(count)]
        if chance.random() < 0.7:
            pairs.append(("q", self._value()))
        if chance.random() < 0.02:
            return f"{path}?{self._bytes()}"
        return f"{path}?{urlencode(pairs)}"

    def _value(self) -> str:
        chance = self._chance
        if chance.random() < 0.1:
            return "".join(chr(chance.choice((chance.randrange(1, 256), 0x3042))) for _ in range(9))
        if chance.random() < 0.15:
            return f"{chance.choice(VALUES)} {chance.choice(VALUES)}"
        return chance.choice(VALUES)

    def _bytes(self) -> str:
        return "".join(f"%{self._chance.randrange(256):02x}" for _ in range(30))


@pytest.fixture
def fuzzed(make_client: Callable[..., TestClient], tmp_path: Path) -> TestClient:
    index = Index.create(tmp_path / "fuzzed", Article)
    index.add([*ARTICLES, HOSTILE])
    return make_client(index)


def test_anything_is_answered(fuzzed: TestClient) -> None:
    seed = int(os.environ.get("SEARCHLIB_SEED") or random.randrange(1 << 32))
    drawn = Requests(seed)
    statuses = set()
    for _ in range(COUNT):
        address = drawn.address()
        response = fuzzed.get(address)
        where = f"SEARCHLIB_SEED={seed}: {address}"
        statuses.add(response.status_code)
        assert response.status_code in (200, 400, 404, 414), where
        assert "Traceback" not in response.text, where
        assert "set-cookie" not in response.headers, where
        kind = response.headers["content-type"]
        if kind.startswith("text/html"):
            check(response.text)
            assert not response.url.path.startswith("/api/"), where
        elif response.status_code >= 400:
            assert kind == "application/problem+json", where
            assert response.json()["status"] == response.status_code, where
    assert {200, 400, 404} <= statuses
