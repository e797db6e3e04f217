"""How does an index on a cluster come into being?

Its name is an alias of the real index, so that another can take its place in one step.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.opensearch.mapping import mapping_of
from searchlib.errors import IndexExistsError

if TYPE_CHECKING:
    from searchlib.backends.opensearch.client import Client
    from searchlib.schema.models import DocumentSchema

_FIRST: Final = "00000000"
"""The same for all that make an index at the same time, so that one of them is told."""


def create_index(client: Client, schema: DocumentSchema) -> None:
    """Make an index without documents, as the address of the client says.

    Raises:
        IndexExistsError: There is an index already, or an alias.
        SchemaError: A field has the name that is kept for searchlib.
        ServerError: The cluster can't be asked, or did not do it.
    """
    address = client.address
    body = body_of(client, schema, full_text=address.full_text)
    if client.exists():
        raise IndexExistsError(f"{address}: there is an index already; open it, or delete it")
    client.create_index(f"{address.index}-{_FIRST}", {**body, "aliases": {address.index: {}}})


def create_successor(client: Client, schema: DocumentSchema, *, full_text: bool) -> str:
    """Make an index without documents and without an alias, to take the place of another.

    Returns:
        Its real name.

    Raises:
        SchemaError: A field has the name that is kept for searchlib.
        ServerError: The cluster can't be asked, or did not do it.
    """
    name = f"{client.address.index}-{uuid.uuid4().hex[:8]}"
    client.create_index(name, body_of(client, schema, full_text=full_text))
    return name


def body_of(client: Client, schema: DocumentSchema, *, full_text: bool) -> dict[str, Any]:
    """Write settings and mappings."""
    address = client.address
    return mapping_of(schema, shards=address.shards, replicas=address.replicas, full_text=full_text)
