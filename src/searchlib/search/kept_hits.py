"""What does a hit show that has left the index? All that it has shown there, from its own memory.

A hit that is pickled or copied becomes independent of the files of its commit. So does one that was
read from JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic_core import from_json, to_jsonable_python

from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from searchlib.highlight import Snippet
    from searchlib.schema.models import DocumentSchema


@frozen
class StoredHit:
    """A hit, with its document as it is stored: no model is made until a program looks at it.

    Attributes:
        schema: What the document is.
        name: Its key.
        raw: The document, as JSON.
        marked: Its snippets.
        terms: What it shares with the document that it is similar to.
    """

    schema: DocumentSchema
    name: str
    raw: bytes
    marked: Mapping[str, Snippet]
    terms: tuple[str, ...] = ()

    def key(self, docnum: int) -> str:
        """Give the key."""
        return self.name

    def document(self, docnum: int) -> Any:
        """Make an instance of the model."""
        return self.schema.restore(self.raw)

    def stored(self, docnum: int) -> dict[str, Any]:
        """Read the values of the document, as JSON has them."""
        values: dict[str, Any] = from_json(self.raw)
        return values

    def snippets(self, docnum: int) -> dict[str, Snippet]:
        """Give the snippets."""
        return dict(self.marked)

    def shared(self, docnum: int) -> tuple[str, ...]:
        """Give what it shares."""
        return self.terms

    def kept(self, docnum: int) -> Self:
        """Give the same: it needs no index."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self  # nothing of it changes


@frozen
class GivenHit:
    """A hit that did not come out of an index, but from JSON for example.

    Attributes:
        name: Its key.
        given: The document.
        marked: Its snippets.
        terms: What it shares with the document that it is similar to.
    """

    name: str
    given: Any
    marked: Mapping[str, Snippet]
    terms: tuple[str, ...] = ()

    def key(self, docnum: int) -> str:
        """Give the key."""
        return self.name

    def document(self, docnum: int) -> Any:
        """Give the document."""
        return self.given

    def stored(self, docnum: int) -> dict[str, Any]:
        """Write the values of the document, as JSON has them."""
        given, is_mapping = self.given, isinstance(self.given, dict)
        values: dict[str, Any]
        try:
            values = to_jsonable_python(given) if is_mapping else given.model_dump(mode="json")
        except ValueError:  # it has bytes that are no text
            plain = given if is_mapping else given.model_dump()
            values = to_jsonable_python(plain, bytes_mode="base64")
        return values

    def snippets(self, docnum: int) -> dict[str, Snippet]:
        """Give the snippets."""
        return dict(self.marked)

    def shared(self, docnum: int) -> tuple[str, ...]:
        """Give what it shares."""
        return self.terms

    def kept(self, docnum: int) -> Self:
        """Give the same: it needs no index."""
        return self
