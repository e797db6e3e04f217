"""Which parts of a text stand within a line? In editors' JSON, a word in bold is a part of its own.

Contentful, Sanity, ProseMirror, Slate and Lexical write a paragraph as a list of pieces
(``{"type": "paragraph", "content": [{"type": "text", "text": "The "}, ...]}``), Quill and Notion
the whole text (``{"ops": [{"insert": "The "}, ...]}``, ``[{"plain_text": "The "}, ...]``). These
are joined as they are; everything else in a list is a paragraph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pydantic import JsonValue

KINDS: Final = ("nodeType", "_type", "type")
"""Keys of what a part of a text is."""

_PARTS: Final = ("children", "content")
_ROOTS: Final = frozenset({"doc", "document", "root"})  # whose parts are paragraphs
_LINKS: Final = frozenset({
    "a", "link", "autolink", "hyperlink", "entry-hyperlink", "asset-hyperlink", "inline",
})  # fmt: skip


def inline_text(value: JsonValue) -> str | None:
    """Join the pieces of a paragraph, or those of a whole text; ``None`` for all else."""
    if isinstance(value, list):
        return _values(value, "plain_text")
    if not isinstance(value, dict):
        return None
    if isinstance(ops := value.get("ops"), list):
        return _values(ops, "insert")
    if (kind := _kind_of(value)) is None or kind in _ROOTS:
        return None
    if isinstance(value.get(kind), list):  # Notion's, whose kind names where it is
        return inline_text(value[kind])
    return _joined(next((value[key] for key in _PARTS if isinstance(value.get(key), list)), None))


def _values(parts: list[JsonValue], key: str) -> str | None:
    """Join the texts that some objects have under a key; images have none."""
    if not all(isinstance(part, dict) and key in part for part in parts):
        return None
    found = [part[key] for part in parts if isinstance(part, dict)]
    return "".join(each for each in found if isinstance(each, str)) if found else None


def _joined(parts: JsonValue) -> str | None:
    if not isinstance(parts, list) or not parts:
        return None
    pieces = [_piece(part) for part in parts]
    texts = [piece for piece in pieces if piece is not None]
    return "".join(texts) if len(texts) == len(pieces) else None


def _piece(part: JsonValue) -> str | None:
    """Give the text of a piece, or of a link, which has pieces; of an image within a line ""."""
    if not isinstance(part, dict):
        return None
    text = part.get("text", part.get("value"))
    if isinstance(text, str):
        return text
    kind = _kind_of(part)
    if kind in ("hardBreak", "hard_break", "linebreak"):
        return "\n"
    if kind in _LINKS:
        return inline_text(part)
    return None if any(isinstance(part.get(key), list) for key in _PARTS) else ""


def _kind_of(value: dict[str, JsonValue]) -> str | None:
    kind = next((value[key] for key in KINDS if key in value), None)
    return kind if isinstance(kind, str) else None
