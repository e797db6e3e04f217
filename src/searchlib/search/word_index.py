"""What is made of the words of a commit, each part when it is first asked for?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from searchlib.schema.markers import Text
from searchlib.search.known_words import KnownWords
from searchlib.search.misspelt import Misspelt

if TYPE_CHECKING:
    from searchlib.schema.models import DocumentSchema
    from searchlib.storage.snapshot import Snapshot


class WordIndex:
    """The words of a commit. Threads may share it.

    Args:
        snapshot: The commit.
        schema: Its fields.

    Attributes:
        snapshot: The commit.
    """

    def __init__(self, snapshot: Snapshot, schema: DocumentSchema) -> None:
        self.snapshot: Final = snapshot
        self._fields = [
            name for name, spec in schema.fields.items() if isinstance(spec.marker, Text)
        ]

    @cached_property
    def known(self) -> KnownWords:
        """The words as people write them."""
        return KnownWords(self.snapshot, self._fields)

    @cached_property
    def misspelt(self) -> Misspelt:
        """What finds the words that a misspelt one may stand for."""
        return Misspelt(self.known)
