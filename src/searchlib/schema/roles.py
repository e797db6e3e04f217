"""Which text field is the title, and which the body? What shows documents must suit any model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TITLES: Final = ("title", "headline", "name", "subject")
_BODIES: Final = ("body", "text", "content")


def title_and_body(texts: Sequence[str]) -> tuple[str, str]:
    """Find the title and the body among text fields, by their names where several would do.

    Args:
        texts: The names of the text fields, in order.

    Returns:
        Their names; empty for what there is none of.
    """
    body = _named(_BODIES, texts)
    title = _named(_TITLES, texts) or next((name for name in texts[:-1] if name != body), "")
    return title, body or next((name for name in texts if name != title), "")


def _named(known: Iterable[str], there: Sequence[str]) -> str:
    return next((name for name in known if name in there), "")
