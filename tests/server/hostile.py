"""An article that tries to get out of the page, and what a page must not hold."""

from __future__ import annotations

import re

from searchlib import Article
from tests.server.html_help import Page

HOSTILE = Article(
    id="\"><script>alert('id')</script>/../..",
    title="</title><script>alert('title')</script> storm",
    body="storm <img src=x onerror=alert(1)>\n\n<!-- storm --> </p></div> & \x00\x1b[31m\u202e "
    "storm",
    source="<b onmouseover=alert(2)>S</b>\"'",
    categories=["javascript:alert(3)", "a&b=c#d?e"],
    dateline="<svg/onload=alert(4)>",
    authors=["{{ 7 * 7 }}", "{% raw %}"],
    language='en" onload="alert(5)',
    url="javascript:alert(6)",
    extra={"<i>key</i>": "<i>value</i>", "list": ["<u>1</u>", {"<s>": 1}]},
    published="2025-01-01",
)


def check(text: str) -> Page:
    """Make sure that a page has no element or link but its own."""
    page = Page(text)
    kinds = {tag for tag, _ in page.elements}
    assert not kinds & {"img", "b", "i", "u", "s", "style", "iframe", "object"}
    assert all(one.get("src", "").startswith("/static/") for one in page.all("script"))  # type: ignore[union-attr]
    assert sum(tag == "svg" for tag, _ in page.elements) <= 8
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("href", "src", "action"):
            address = attributes.get(name)
            assert address is None or re.match(r"(/|#|https?://)", address), address
    return page
