"""What became of the documents that were added?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searchlib.errors import Notice, Problem


@dataclass(slots=True)
class AddReport:
    """What became of the documents that were added.

    Attributes:
        added: How many are new in the index.
        replaced: How many took the place of one with the same key.
        rejected: The problems in place of those that could not be used.
        notices: What was guessed, or not taken, of those that were.
    """

    added: int = 0
    replaced: int = 0
    rejected: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
