"""Which text field is the title, and which the body? What shows documents must suit any model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.schema.markers import Text
from searchlib.schema.paths import as_list, value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from searchlib.schema.models import DocumentSchema

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


class Headings:
    """Reads the title and the date of documents, to name them in a list.

    Args:
        schema: What the documents are. Their date is the first date field.
    """

    def __init__(self, schema: DocumentSchema) -> None:
        texts = [name for name, one in schema.fields.items() if isinstance(one.marker, Text)]
        self._title, _ = title_and_body(texts)
        self._date = next(iter(schema.date_fields), "")

    def of(self, stored: dict[str, Any]) -> tuple[str, str]:
        """Give the title and the date of a document as it is stored; empty for none."""
        return _on_one_line(stored, self._title), _on_one_line(stored, self._date)


def _on_one_line(stored: dict[str, Any], field: str) -> str:
    """Give the value of a field as text; of several values the first."""
    values = as_list(value_at(stored, field)) if field else []
    return " ".join(str(values[0]).split()) if values else ""
