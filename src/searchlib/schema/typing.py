"""Which model do the documents of an index have? For type checkers."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel
    from typing_extensions import TypeVar

    from searchlib.errors import Notice, Problem

    M = TypeVar("M", bound=BaseModel, default=Any)
    M_co = TypeVar("M_co", bound=BaseModel, default=Any, covariant=True)
    N = TypeVar("N", bound=BaseModel)
else:  # with a default only from Python 3.13 on
    M = typing.TypeVar("M")
    M_co = typing.TypeVar("M_co", covariant=True)
    N = typing.TypeVar("N")

Documents: TypeAlias = "M | Mapping[str, Any] | Iterable[M | Mapping[str, Any] | Problem | Notice]"
"""What can be added: a document, or any number of them, as instances of the model or mappings."""
