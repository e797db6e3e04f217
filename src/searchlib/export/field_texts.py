"""What does a text such as ``published,title`` want in an export?"""

from __future__ import annotations

from typing import Final

from searchlib.errors import ArgumentError

BIBLIOGRAPHIES: Final = ("bibtex", "ris")
"""The formats that take which field is what, and no columns."""


def read_fields(text: str | None, form: str) -> list[str] | dict[str, str] | None:
    """Read the columns, or for a bibliography which field is what.

    Args:
        text: Names with commas between them, or for a bibliography ``title=headline,source=paper``;
            ``None`` for what is usual.
        form: The format.

    Returns:
        What the method of :class:`searchlib.Results` for the format takes as ``fields``.

    Raises:
        ArgumentError: It is something else.
    """
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise ArgumentError(f"expected fields as names with commas between them, got {text!r:.80}")
    if form not in BIBLIOGRAPHIES:
        return parts
    pairs = [tuple(side.strip() for side in part.split("=", 1)) for part in parts]
    if not all(len(pair) == 2 and all(pair) for pair in pairs):
        raise ArgumentError(f"expected fields as title=FIELD,... for {form}, got {text!r:.80}")
    roles: dict[str, str] = {}
    for role, name in pairs:
        if role in roles:
            raise ArgumentError(f"expected {role!r:.80} once in fields, got {text!r:.80}")
        roles[role] = name
    return roles
