"""Where does an export go: into a file that appears when it is complete, an open one, or text?"""

from __future__ import annotations

import io
import os
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from searchlib.arguments import one_of
from searchlib.errors import ArgumentError
from searchlib.storage import filesystem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO, TypeAlias


class TextFile(Protocol):
    """An open file of text, or what is like one."""

    def write(self, text: str, /) -> object:
        """Write text."""


class BinaryFile(Protocol):
    """An open file of bytes, or what is like one."""

    def write(self, data: bytes, /) -> object:
        """Write bytes."""


BinaryTarget: TypeAlias = "str | os.PathLike[str] | BinaryFile"
Target: TypeAlias = "BinaryTarget | TextFile"

_BOM: Final = "\ufeff"
_ENCODINGS: Final = ("utf-8", "utf-8-sig")


def write_text(pieces: Iterable[str], target: Target | None, encoding: str = "utf-8") -> str | None:
    """Write text as it is made.

    Args:
        pieces: The text.
        target: A path, an open file, or ``None`` to get the text.
        encoding: Of a path or a binary file: "utf-8", or "utf-8-sig" to begin with a byte order
            mark.

    Raises:
        ArgumentError: ``target`` or ``encoding`` is something else.
        StorageError: The operating system refused to write the file of a path. What an open file
            raises is passed on.
    """
    one_of("encoding", encoding, _ENCODINGS)
    if target is None:
        return "".join(pieces)
    if not isinstance(target, str | os.PathLike) and _takes_text(target):
        for piece in pieces:
            target.write(piece)  # type: ignore[arg-type]
        return None
    with binary_file(target) as file:
        if encoding == "utf-8-sig":
            file.write(_BOM.encode())
        for piece in pieces:
            file.write(piece.encode())
    return None


@contextmanager
def binary_file(target: Any) -> Iterator[BinaryIO]:
    """Open a path to write to, or take a file that is open.

    The file of a path appears, or takes the place of the one before, when the block ends. If it
    ends with an error, there is no new file.

    Raises:
        ArgumentError: It is neither.
        StorageError: The operating system refused to write the file of a path.
    """
    if isinstance(target, str | os.PathLike):
        path = Path(target)
        with filesystem.writing("write the export", path), _file_of(path) as file:
            yield file
    elif callable(getattr(target, "write", None)) and not _takes_text(target):
        yield target
    else:
        raise ArgumentError(f"expected a path or an open file to write to, got {target!r:.80}")


def _file_of(path: Path) -> Any:
    # A pipe or a device is written to, and not replaced; so is what a link leads to.
    if path.exists() and not path.is_file() and not path.is_dir():
        return path.open("wb")
    return _replacing(path.resolve())


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    unfinished = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.unfinished")
    try:
        with filesystem.create(unfinished) as file:
            yield file
            filesystem.sync_file(file)
        if path.exists():
            shutil.copymode(path, unfinished)
        filesystem.replace(unfinished, path)
    except BaseException:
        filesystem.remove_quietly(unfinished)
        raise


def _takes_text(target: Any) -> bool:
    """Tell whether an open file is one of text."""
    if isinstance(target, io.TextIOBase):
        return True
    if isinstance(target, io.IOBase):
        return False
    try:
        target.write("")
    except TypeError:  # as files of bytes raise it
        return False
    except AttributeError as error:
        raise ArgumentError(
            f"expected a path or an open file to write to, got {target!r:.80}"
        ) from error
    return True
