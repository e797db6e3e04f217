"""A browser, and a server for it; tests are skipped where there is no browser."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright", reason="browser tests need playwright")

from searchlib import Article, Index, read_articles
from tests.browser.running import browser_at, find_browser, served
from tests.server.hostile import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

ARABIC = Article(
    id="arabic",
    title="عاصفة قوية تضرب الساحل",
    body="ضربت عاصفة قوية الساحل يوم الاثنين.\n\nوقال الوزير إن الطرق مغلقة.",
    language="ar",
    published="2025-11-01",
    source="الصحيفة",
)
JAPANESE = Article(
    id="japanese",
    title="嵐が海岸を襲う",
    body="月曜日、強い嵐が海岸を襲った。道路は閉鎖されている。",
    language="ja",
    published="2025-11-02",
    source="紙",  # a link of one character is wide enough for a finger, too
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of the system.

    While it is open, its event loop runs: tests elsewhere could not run one of their own.
    """
    path = find_browser()
    if path is None:
        pytest.skip("no browser: install chromium for these tests")
    with browser_at(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def origin() -> Iterator[str]:
    """A server over the sample archive, with articles that are hard to show."""
    index = Index.in_memory(Article)
    with resources.as_file(resources.files("searchlib") / "sample_archive") as sample:
        index.add(read_articles(sample))
    index.add([HOSTILE, ARABIC, JAPANESE])
    with served(index, title="Sample archive") as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, origin: str) -> Iterator[Callable[..., Page]]:
    """Open pages in a window of their own; what they complain of fails the test."""
    contexts = []
    complaints: list[str] = []

    def open_one(address: str, **options: object) -> Page:
        given: dict[str, Any] = {"viewport": {"width": 1200, "height": 900}, **options}
        context = browser.new_context(base_url=origin, **given)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints
