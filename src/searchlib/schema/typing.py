"""Which model do the documents of an index have, and what may keys be? For type checkers."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import Enum
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
    from pathlib import PurePath
    from uuid import UUID

    from pydantic import AnyUrl, BaseModel
    from typing_extensions import TypeVar

    from searchlib.errors import Notice, Problem

    M = TypeVar("M", bound=BaseModel, default=Any)
    M_co = TypeVar("M_co", bound=BaseModel, default=Any, covariant=True)
    N = TypeVar("N", bound=BaseModel)

    AnyKey: TypeAlias = (
        str | int | UUID | Enum | PurePath | AnyUrl
        | IPv4Address | IPv6Address | IPv4Network | IPv6Network
    )  # fmt: skip
    """A key of a document: its text, or a value of the type that the field has in the model."""
else:  # with a default only from Python 3.13 on
    M = typing.TypeVar("M")
    M_co = typing.TypeVar("M_co", covariant=True)
    N = typing.TypeVar("N")

Documents: TypeAlias = "M | Mapping[str, Any] | Iterable[M | Mapping[str, Any] | Problem | Notice]"
"""What can be added: a document, or any number of them, as instances of the model or mappings."""
