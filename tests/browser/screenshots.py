"""Takes the pictures of the docs: ``make screenshots``.

    python -m tests.browser.screenshots [FOLDER]

They are of the sample archive, so that anybody can take them again.
"""

from __future__ import annotations

import sys
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from searchlib import Article, Index, read_articles
from tests.browser.running import browser_at, find_browser, served

DOCS: Final = Path(__file__).parents[2] / "docs" / "images"
WIDE: Final = (1180, 820)
PHONE: Final = (390, 844)

PICTURES: Final[dict[str, tuple[str, tuple[int, int], str]]] = {
    "home": ("/", WIDE, "light"),
    "results": ("/search?q=storm+OR+wind", WIDE, "light"),
    "results-dark": ("/search?q=storm+OR+wind", WIDE, "dark"),
    "results-phone": ("/search?q=storm+OR+wind", PHONE, "light"),
    "article": ("/article?id=ARTICLE&q=wind+farm", WIDE, "light"),
    "compare": ("/compare?q=storm+OR+wind&q=talks&q=goal&by=month", WIDE, "light"),
}
"""For each picture the page, the size of the window, and the colours."""


def main() -> int:
    """Take all pictures."""
    path = find_browser()
    if path is None:
        print("expected chromium to be installed, got no browser", file=sys.stderr)  # noqa: T201
        return 1
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    folder.mkdir(parents=True, exist_ok=True)
    index = Index.in_memory(Article)
    with resources.as_file(resources.files("searchlib") / "sample_archive") as sample:
        index.add(read_articles(sample))
    article = index.search("wind farm", limit=1)[0].key
    with served(index, title="Sample archive") as origin, browser_at(path) as browser:
        for name, (address, (width, height), colours) in PICTURES.items():
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if colours == "dark" else "light",
            )
            page.goto(origin + address.replace("ARTICLE", article))
            _save(page.screenshot(), folder / f"{name}.png")
            page.close()
    return 0


def _save(png: bytes, path: Path) -> None:
    """Save a picture with 128 colours, which takes a third of the room."""
    with Image.open(BytesIO(png)) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
