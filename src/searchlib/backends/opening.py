"""Which place does a path, or an address, stand for?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.articles import shipped_model
from searchlib.backends.local import LocalBackend
from searchlib.schema.models import DocumentSchema
from searchlib.search.current import expect_analysis
from searchlib.storage import IndexDirectory

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from searchlib.backends.base import Backend, Opening


def is_address(path: object) -> bool:
    """Tell whether a text is the address of an index on a server, and not the path of a folder."""
    return isinstance(path, str) and path.startswith("opensearch://")


def create_backend(
    path: str | Path, schema: DocumentSchema, opening: Opening, **server: Any
) -> Backend:
    """Create an empty index.

    Args:
        path: A folder, or an address.
        schema: The fields.
        opening: How it is opened afterwards.
        server: What only an index on a server has.

    Raises:
        SearchlibError: As :meth:`searchlib.Index.create`.
    """
    if is_address(path):
        from searchlib.backends.opensearch.backend import OpenSearchBackend

        return OpenSearchBackend.create(str(path), schema, opening, **server)
    directory = IndexDirectory.create(path, schema.to_json(), ANALYSIS_VERSION)
    return LocalBackend(directory, schema, opening)


def open_backend(path: str | Path, model: type[BaseModel] | None, opening: Opening) -> Backend:
    """Open an index that is there.

    Args:
        path: A folder, or an address.
        model: The class of its documents; ``None`` for one made from the stored schema.
        opening: How it is opened.

    Raises:
        SearchlibError: As :meth:`searchlib.Index.open`.
    """
    if is_address(path):
        from searchlib.backends.opensearch.backend import OpenSearchBackend

        return OpenSearchBackend.open(str(path), model, opening)
    directory = IndexDirectory.open(path)
    manifest = directory.manifest()
    expect_analysis(manifest, directory.path)
    return LocalBackend(directory, schema_for(manifest.schema, model), opening)


def schema_for(stored: dict[str, Any], model: type[BaseModel] | None) -> DocumentSchema:
    """Give the fields of an index for the model that it is opened with.

    Args:
        stored: The schema that the index keeps.
        model: The class of its documents; ``None`` for one made from the stored schema.

    Raises:
        SchemaMismatchError: The documents would have to be indexed anew for the model.
    """
    schema = DocumentSchema.from_json(stored, find_model=shipped_model)
    if model is None:
        return schema
    wanted = DocumentSchema.of(model).in_language(schema.language)
    schema.expect(wanted)
    return wanted
