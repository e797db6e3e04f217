"""Has a source the day first in its dates, or the month? ``07/01/2025`` may be either.

The user may say it. Else the other dates of the same file show it: in one that has ``25/01/2025``
too, the day is first. Dates with dots are not in doubt, the day is first in them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from searchlib.articles.dates import Order

Evidence: TypeAlias = "Order | Literal['either', 'none']"

_NUMBERS: Final = re.compile(
    r"\D{0,12}?(\d{1,2})(?P<mark>[/ -])(\d{1,2})(?P=mark)(\d{4}|\d{2})(?!\d)"
)
_LONGEST: Final = 60  # characters of a date


def evidence_of(text: str) -> Evidence:
    """Tell which order of day and month a date shows, or that it may have either.

    Returns:
        "none" for a text that has another form, or where both readings are the same day.
    """
    found = _NUMBERS.match(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        return "none"
    first, second = int(found[1]), int(found[3])
    if first == second or not (1 <= first <= 31 and 1 <= second <= 31) or min(first, second) > 12:
        return "none"
    if first > 12:
        return "dmy"
    return "mdy" if second > 12 else "either"
