"""What does a query string ask for? One reader, from left to right, in linear time.

The language is Whoosh's default one, with what people type from habit elsewhere. ``lexer`` cuts a
string into pieces, ``grammar`` joins them, ``leaves`` says what each word asks for. What can't be
meant as it stands is an error that shows the place; a lenient reader leaves it out with a note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from searchlib.arguments import one_of
from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.query.field_names import FieldNames
from searchlib.query.field_values import SYSTEM_CLOCK, Clock
from searchlib.query.grammar import MAX_PIECES, Reading
from searchlib.query.plain import plain_query
from searchlib.query.unfinished import Unfinished, closing, unfinished

if TYPE_CHECKING:
    from searchlib.query.notes import Note
    from searchlib.query.tree import Query
    from searchlib.schema.models import DocumentSchema

Match = Literal["all", "any"]
"""Whether a hit must have all words of a query, or any of them."""

MATCHES: Final[tuple[Match, ...]] = ("all", "any")
MAX_QUERY_CHARACTERS: Final = 20_000


@frozen
class ParsedQuery:
    """A query string that was read.

    Attributes:
        query: What it asks for.
        notes: What was changed or ignored, and hints.
    """

    query: Query
    notes: tuple[Note, ...] = ()


class QueryParser:
    """Reads query strings for one schema. Keeps no state, so threads may share it.

    Args:
        schema: The fields.
        clock: What relative dates are reckoned from.
    """

    def __init__(self, schema: DocumentSchema, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._names = FieldNames(schema)
        self._clock = clock

    def parse(self, text: str, match: Match = "all", *, lenient: bool = False) -> ParsedQuery:
        """Make the tree of a query string.

        Args:
            text: The query.
            match: How words are joined that no operator joins. With "any" what is not free text
                (labels, dates, numbers) is required still, unless the query has an OR, and what
                must not be there excludes.
            lenient: Whether to do what can be done with any text, and to note what was not.

        Raises:
            QuerySyntaxError: The string is empty or can't be read; the message shows where. Not
                for a lenient reader.
            QueryTooCostly: It is too long or nested too deeply. Not for a lenient reader.
            QueryError: It is no string, or ``match`` is neither "all" nor "any".
        """
        if not isinstance(text, str):
            raise QueryError(f"expected a query string, got {text!r:.80}")
        if match != "all":
            one_of("match", match, MATCHES, error=QueryError)
        elif len(text) <= MAX_PIECES and self._names.defaults:
            query = plain_query(text, self._names)
            if query is not None:
                return ParsedQuery(query)
        reading = Reading(text[:MAX_QUERY_CHARACTERS], self._names, self._clock, lenient)
        if len(text) > MAX_QUERY_CHARACTERS:
            reading.limit(
                f"expected a query of at most {MAX_QUERY_CHARACTERS} characters, got {len(text)}",
                (MAX_QUERY_CHARACTERS, len(text)),
                instead="the rest is left out",
            )
        return ParsedQuery(reading.whole(any_word=match == "any"), tuple(reading.notes))

    def unfinished(self, text: str) -> Unfinished | None:
        """Find out where in a query that is being typed its end is; ``None`` where no word is."""
        return unfinished(text[:MAX_QUERY_CHARACTERS], self._names, MAX_PIECES)

    def closed(self, text: str) -> str:
        """Close the quotes and brackets that are open at the end of a query."""
        return text + closing(text[:MAX_QUERY_CHARACTERS], self._names, MAX_PIECES)

    @property
    def defaults(self) -> tuple[str, ...]:
        """The names of the text fields that are searched where none is named."""
        return self._names.defaults
