"""How do pages become HTML? Templates and static files are read once, from the package."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from searchlib.errors import ArgumentError
from searchlib.frozen import frozen
from searchlib.server.state import SORTS, SearchState

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.server.links import Links
    from searchlib.server.settings import Settings

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_THEME: Final = "theme.css"
SORT_NAMES: Final = dict(
    zip(SORTS, ("best first", "best topic first", "newest first", "oldest first"), strict=True)
)


@frozen
class StaticFile:
    """A file that pages need.

    Attributes:
        content: Its bytes.
        media_type: Its type.
    """

    content: bytes
    media_type: str


class Templates:
    """The templates and static files of the package.

    Every template escapes what it is given, unless that is HTML already.

    Args:
        settings: How the archive is shown.
        date: The field of the date of an article, if there is one.

    Attributes:
        static: The static files by their names: a request can name these, and no other file.
        version: Changes with any of them.

    Raises:
        ArgumentError: The theme can't be read.
    """

    def __init__(self, settings: Settings, *, date: str | None) -> None:
        self.static = _static_files(settings.theme)
        digest = hashlib.blake2b(digest_size=6)
        for file in self.static.values():
            digest.update(file.content)
        self.version: Final = digest.hexdigest()
        self._environment = Environment(
            loader=PackageLoader("searchlib.server"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["number"] = _number
        self._environment.globals |= {
            "site": settings.title,
            "version": self.version,
            "has_theme": _THEME in self.static,
            "sort_names": SORT_NAMES,
            "date_field": date,
        }

    def render(self, name: str, links: Links, **values: Any) -> str:
        """Write a page.

        Args:
            name: The name of its template.
            links: Where links lead.
            values: What it shows; ``state`` is the search that its search box goes on with.
        """
        values.setdefault("state", SearchState())
        return self._environment.get_template(name).render(links=links, **values)


def _static_files(theme: Path | None) -> dict[str, StaticFile]:
    folder = resources.files("searchlib.server") / "static"
    files = {
        entry.name: _static_file(entry.name, entry.read_bytes())
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.rpartition(".")[2] in _TYPES
    }
    if theme is not None:
        try:
            files[_THEME] = _static_file(_THEME, theme.read_bytes())
        except OSError as error:
            raise ArgumentError(
                f"expected theme to be a file of CSS that can be read, got {str(theme)!r}: {error}"
            ) from error
    return files


def _static_file(name: str, content: bytes) -> StaticFile:
    return StaticFile(content, _TYPES[name.rpartition(".")[2]])


def _number(value: int) -> str:
    """Write a number with a comma between thousands."""
    return f"{value:,}"
