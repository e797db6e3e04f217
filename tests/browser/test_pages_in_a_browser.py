"""People at the pages: with the mouse, with the keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.server.hostile import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]

PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 700}, "has_touch": True}
RESULTS = "/search?q=storm+OR+wind"


def total(page: Page) -> int:
    return int(page.locator(".summary strong").inner_text().replace(",", ""))


@pytest.mark.parametrize("javascript", [True, False])
def test_search_facet_chip_and_back(open_page: OpenPage, javascript: bool) -> None:
    page = open_page("/", java_script_enabled=javascript)
    page.get_by_role("searchbox").fill("storm OR wind")
    page.get_by_role("button", name="Search").click()
    every = total(page)
    assert page.locator("mark").count() > 5
    page.locator(".facet").get_by_role("link", name="Selwyn Courier").click()
    chosen = total(page)
    assert 0 < chosen < every
    page.locator(".facet").get_by_role("link", name="Meridian Wire").click()
    assert chosen < total(page) <= every
    page.go_back()
    assert total(page) == chosen
    page.locator(".chips a").click()
    assert total(page) == every
    page.reload()
    assert total(page) == every
    expect(page.get_by_role("searchbox")).to_have_value("storm OR wind")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_bar_is_a_link(open_page: OpenPage, javascript: bool) -> None:
    page = open_page(RESULTS, java_script_enabled=javascript)
    every = total(page)
    bar = page.locator(".timeline a:has(.bar)").last
    expected = bar.get_attribute("data-from")
    bar.click()
    page.wait_for_url("**from=*")
    assert 0 < total(page) < every
    assert f"from={expected}" in page.url
    assert page.locator(".timeline a.off").count() > 5


def test_a_span_is_chosen_by_dragging(open_page: OpenPage) -> None:
    page = open_page(RESULTS)
    every = total(page)
    box = page.locator(".timeline svg").bounding_box()
    assert box is not None
    bars = page.locator(".timeline a")
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 30, steps=5)
    assert bars.locator("visible=true").count() > 5
    brushed = page.locator(".timeline .brushed")
    first, last = brushed.first.get_attribute("data-from"), brushed.last.get_attribute("data-to")
    page.mouse.up()
    page.wait_for_url("**from=*")
    assert f"from={first}" in page.url
    assert f"to={last}" in page.url
    assert 0 < total(page) < every
    page.go_back()
    assert total(page) == every


def test_the_order_needs_no_button(open_page: OpenPage) -> None:
    page = open_page(RESULTS)
    page.locator("select[name='sort']").select_option("newest first")
    page.wait_for_url("**sort=newest*")
    assert page.locator(".hit").count() == 10


def test_keys(open_page: OpenPage) -> None:
    page = open_page("/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("wind farm jk/")
    expect(page.get_by_role("searchbox")).to_have_value("wind farm jk/")
    page.get_by_role("searchbox").fill("wind farm")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=wind+farm*")
    titles = page.locator(".hit h3 a")
    for key, place in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        expect(titles.nth(place)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/article?*")
    page.keyboard.press("j")
    page.wait_for_url("**#m1")
    page.keyboard.press("j")
    page.wait_for_url("**#m2")
    page.keyboard.press("Escape")
    page.wait_for_url("**/search?*")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).not_to_be_focused()
    assert "/search?" in page.url


def test_marks_are_jumped_to_without_javascript(open_page: OpenPage) -> None:
    page = open_page(RESULTS, java_script_enabled=False)
    page.locator(".hit h3 a").first.click()
    page.locator(".marks a").last.click()
    assert re.search(r"#m\d+$", page.url)
    expect(page.locator("mark:target")).to_be_in_viewport()


def test_dark_and_light(open_page: OpenPage) -> None:
    def brightness(scheme: str) -> int:
        page = open_page(RESULTS, color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)[:3]))

    assert brightness("dark") < 200 < 600 < brightness("light")


@pytest.mark.parametrize("address", ["/", RESULTS, "/article?id=arabic", "/compare?q=storm&q=wind"])
@pytest.mark.parametrize("width", [320, 375, 800, 1900])
def test_nothing_is_wider_than_the_window(open_page: OpenPage, address: str, width: int) -> None:
    page = open_page(address, viewport={"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_hostile_article_does_nothing(open_page: OpenPage) -> None:
    page = open_page("/search?q=alert")
    page.locator(".hit h3 a", has_text="alert").first.click()
    expect(page.locator("h1")).to_contain_text("<script>alert('title')</script>")
    assert page.locator("main img, main script, main b").count() == 0
    assert page.locator("a.original").count() == 0
    assert HOSTILE.title in page.title()


@pytest.mark.parametrize(("key", "direction"), [("arabic", "rtl"), ("japanese", "ltr")])
def test_texts_have_their_own_direction(open_page: OpenPage, key: str, direction: str) -> None:
    page = open_page(f"/article?id={key}")
    for place in ("h1", ".text p >> nth=0"):
        found = page.locator(place).evaluate("one => getComputedStyle(one).direction")
        assert found == direction
    assert page.locator("article").get_attribute("lang") == key[:2]


def test_print_leaves_out_what_is_no_text(open_page: OpenPage) -> None:
    page = open_page("/article?id=arabic")
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator(".text")).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("/", {}),
        (RESULTS, {}),
        (f"{RESULTS}&f.source=Meridian+Wire&from=2025-01", PHONE),
        ("/search?q=zebra+(", {}),
        ("/article?id=arabic&q=عاصفة", {}),
        ("/compare?q=storm&q=wind&q=talks", {}),
    ],
)
def test_axe_finds_nothing(
    open_page: OpenPage, address: str, options: dict[str, Any], colours: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(address, color_scheme=colours, **options)
    found = Axe().run(page, options={"runOnly": RULES})
    assert found.violations_count == 0, found.generate_report()


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
