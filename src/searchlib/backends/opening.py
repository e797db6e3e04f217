"""Which place does a path, or an address, stand for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.analysis import ANALYSIS_VERSION
from searchlib.backends.local import LocalBackend
from searchlib.backends.opensearch import is_address
from searchlib.backends.schemas import schema_for
from searchlib.search.current import expect_analysis
from searchlib.storage import IndexDirectory

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from searchlib.backends.base import Backend, Opening
    from searchlib.schema.models import DocumentSchema


def create_backend(path: str | Path, schema: DocumentSchema, opening: Opening) -> Backend:
    """Create an empty index.

    Args:
        path: A folder, or an address.
        schema: The fields.
        opening: How it is opened afterwards.

    Raises:
        SearchlibError: As :meth:`searchlib.Index.create`.
    """
    if is_address(path):
        from searchlib.backends.opensearch.backend import OpenSearchBackend

        return OpenSearchBackend.create(str(path), schema, opening)
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
