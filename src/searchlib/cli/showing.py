"""How is a whole article shown?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from searchlib.cli.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console

_LONG: Final = ("title", "body", "extra")


def print_article(
    console: Console, document: Mapping[str, Any], source: Path | None = None
) -> None:
    """Print the title, a line for each short field, and the text.

    Args:
        console: Where to.
        document: The article.
        source: Its file, if it is known.
    """
    console.print(Text(printable(str(document.get("title") or "(untitled)")), "bold"))
    facts = {name: value for name, value in document.items() if name not in _LONG}
    facts |= document.get("extra") or {}
    if source is not None:
        facts["path"] = str(source)
    for name, value in facts.items():
        if value not in (None, "", [], {}):
            console.print(Text(f"{printable(name)}: ", "cyan") + Text(_value(value)))
    for paragraph in str(document.get("body") or "").split("\n"):
        console.print(Text(printable(paragraph)))


def _value(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
