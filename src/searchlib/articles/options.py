"""What can a user say about how files are to be read?"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from searchlib.articles.encoding import known_encoding
from searchlib.articles.field_keys import BY_TABLE, FieldMap
from searchlib.articles.walking import file_ids
from searchlib.errors import ArgumentError, Notice
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from searchlib.articles.dates import Order
    from searchlib.articles.field_keys import FieldKeys
    from searchlib.articles.mapping import SortedKeys
    from searchlib.articles.model import Article
    from searchlib.articles.walking import FileId

ORDERS: Final[tuple[Order, ...]] = ("dmy", "mdy")


@frozen(kw_only=True)
class ReadOptions:
    """How files are to be read.

    Attributes:
        fields: Which keys of records mean which field.
        dates: What comes first in dates of nothing but numbers; ``None`` to find out.
        encoding: The encoding of text that is not in UTF-8; ``None`` to guess it.
        left_out: The files and folders that are not read.
        watch: Told of each article that a record became, and of the record's sorted keys.
    """

    fields: FieldMap = BY_TABLE
    dates: Order | None = None
    encoding: str | None = None
    left_out: frozenset[FileId] = frozenset()
    watch: Callable[[Article, SortedKeys], None] | None = None

    @property
    def fingerprint(self) -> str:
        """Digits that are the same for the same options; empty for the defaults."""
        said = [sorted(self.fields.chosen.items()), self.dates, self.encoding]
        if not any(said):
            return ""
        return hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()

    def notices(self) -> Iterator[Notice]:
        """Tell of the keys that a user chose and that no record had, when all has been read."""
        for field in sorted(self.fields.unseen):
            keys = " or ".join(map(repr, self.fields.chosen[field]))
            yield Notice(
                f"no record has the key {keys}, which was told for {field}; check how it is "
                "written: searchlib inspect FILE",
                kind="map",
            )

    @classmethod
    def of(
        cls,
        *,
        encoding: str | None = None,
        mapping: FieldKeys | None = None,
        dates: str | None = None,
        leave_out: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    ) -> ReadOptions:
        """Take the arguments of a call.

        Raises:
            ArgumentError: One of them is something else.
        """
        order = next((order for order in ORDERS if order == dates), None)
        if dates is not None and order is None:
            raise ArgumentError(f"expected dates to be 'dmy', 'mdy' or None, got {dates!r:.80}")
        told = None if encoding is None else known_encoding(encoding)
        paths = [leave_out] if isinstance(leave_out, (str, os.PathLike)) else leave_out
        left_out = file_ids(map(Path, paths))
        return cls(fields=FieldMap(mapping), dates=order, encoding=told, left_out=left_out)


DEFAULTS: Final = ReadOptions()
"""Keys are those of the table, and the order of dates is found out."""


def parse_mapping(text: str) -> dict[str, list[str]]:
    """Read the keys of fields as they are written on a command line.

    Args:
        text: ``body=standfirst+content,author=by``.

    Raises:
        ArgumentError: It is not of this form.
    """
    mapping: dict[str, list[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, keys = part.partition("=")
        names = [key.strip() for key in keys.split("+")]
        if not (name.strip() and equals and all(names)):
            raise ArgumentError(
                f"expected FIELD=KEY, such as body=content,author=by, got {part!r:.80}"
            )
        mapping.setdefault(name.strip(), []).extend(names)
    return mapping


def load_mapping(path: Path) -> dict[str, list[str]]:
    """Read the keys of fields from a TOML file: ``body = "content"``, ``authors = ["by", "with"]``.

    Raises:
        ArgumentError: The file can't be read, or holds something else.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArgumentError(f"expected a mapping of keys in TOML at {path}, got {error}") from None
    return {name: _keys(name, value, path) for name, value in table.items()}


def _keys(name: str, value: Any, path: Path) -> list[str]:
    keys = [value] if isinstance(value, str) else value
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ArgumentError(
            f"{path}: expected a key or a list of keys for {name}, got {value!r:.80}"
        )
    return keys
