"""What is marked in a text?"""

from __future__ import annotations

from typing import NamedTuple

Span = tuple[int, int]
"""Start and end of a piece of text, in characters."""


class Mark(NamedTuple):
    """A word that was asked for, or several that follow one another.

    Attributes:
        start: Where it begins in the text, in characters.
        end: Where it ends.
        term: What the index knows it by: if that is two terms, the primary one, unless only the
            other was asked for. Of several words all terms, with blanks between.
        position: Where it stands among the words. Only the order of two words, and a distance
            within the reach of the query (:class:`HighlightTerms`), can be relied on.
    """

    start: int
    end: int
    term: str
    position: int
