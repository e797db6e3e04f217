"""How do results, hits and facets become plain values, and what does pydantic need to know of them?

Pydantic is imported only then: searching needs no models.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Dumped:
    """What results, hits and facets share with pydantic's models.

    They can be the type of a field, of a ``TypeAdapter``, and of what an endpoint returns:
    ``Results[Article]``, of which there is a JSON schema.
    """

    __slots__ = ()

    def model_dump(
        self, *, mode: Literal["json", "python"] = "python", **options: Any
    ) -> dict[str, Any]:
        """Convert to a dictionary, with the documents as their model dumps itself.

        Args:
            mode: "python", or "json" for values that JSON can hold.
            options: As of pydantic's ``model_dump``: ``by_alias``, ``include``, ``exclude`` ...
        """
        self._read_documents()
        dumped: dict[str, Any] = (
            _json_schema().adapter(type(self)).dump_python(self, mode=mode, **options)
        )
        return dumped

    def model_dump_json(self, **options: Any) -> str:
        """Convert to JSON, with the documents as their model dumps itself.

        Args:
            options: As of pydantic's ``model_dump_json``: ``indent``, ``by_alias`` ...
        """
        self._read_documents()
        dumped: bytes = _json_schema().adapter(type(self)).dump_json(self, **options)
        return dumped.decode()

    def _read_documents(self) -> None:
        """Read the documents now: pydantic would make an error of its own of one that can't be."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: CoreSchema = _json_schema().core_schema_of(cls, source, handler)
        return schema


def _json_schema() -> Any:
    """Find what knows pydantic and these classes, by its name: they need not know it."""
    return import_module("searchlib.search.json_schema")
