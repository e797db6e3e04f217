"""How do bytes get onto the disk and stay there?

Whatever writes a file of the index does so through this module, and names it in the call
(``filesystem.replace(...)``), so that a test can make any single step fail. The functions raise
``OSError`` as it comes; :func:`explaining` turns it into a :class:`StorageError`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import time
from typing import TYPE_CHECKING, BinaryIO, Final

from searchlib.errors import SearchlibError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Windows refuses to replace a file while a reader has it open, which is for microseconds.
_REPLACE_ATTEMPTS: Final = 50 if sys.platform == "win32" else 1
_REPLACE_PAUSE: Final = 0.01

_REMEDIES: Final = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "free some space, then try again"),
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM, errno.EROFS), "check the permissions of the folder and its disk"
    ),
    errno.ENAMETOOLONG: "choose a shorter name",
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), "raise the limit of open files (ulimit -n)"),
}


def create(path: Path) -> BinaryIO:
    """Open a file that must not exist yet for writing."""
    return path.open("xb")


def write(file: BinaryIO, data: bytes | memoryview) -> None:
    """Write bytes at the end of a file."""
    file.write(data)


def sync_file(file: BinaryIO) -> None:
    """Wait until everything written to an open file would survive a loss of power."""
    file.flush()
    _sync(file.fileno())


def sync_path(path: Path) -> None:
    """Do the same for a file that another process may have written."""
    # Windows flushes only what is open for writing.
    flags = os.O_RDWR if sys.platform == "win32" else os.O_RDONLY
    with _descriptor(path, flags) as descriptor:
        _sync(descriptor)


def sync_directory(path: Path) -> None:
    """Wait until the names in a folder would survive a loss of power, where that can be had.

    Windows has no such call, and some network filesystems refuse it.
    """
    if sys.platform != "win32":
        with _descriptor(path, os.O_RDONLY) as descriptor:
            try:
                _sync(descriptor)
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                    raise


def write_file(path: Path, data: bytes) -> None:
    """Make a file of these bytes that would survive a loss of power, or none at all."""
    try:
        with create(path) as file:
            write(file, data)
            sync_file(file)
    except FileExistsError:
        raise
    except BaseException:
        remove_quietly(path)
        raise


def open_lock(path: Path) -> BinaryIO:
    """Open a file for reading and writing without buffers; make it where there is none."""
    # Python's descriptors are not inherited by the programs that it starts.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    return os.fdopen(descriptor, "r+b", buffering=0)


def make_directory(path: Path) -> None:
    """Make a folder whose parent exists, and that would survive a loss of power."""
    path.mkdir()
    sync_directory(path.parent)


def replace(source: Path, target: Path) -> None:
    """Give a file the name of another, which goes: both at once, or neither."""
    for attempts_left in reversed(range(_REPLACE_ATTEMPTS)):
        try:
            source.replace(target)
            return
        except PermissionError:
            if not attempts_left:
                raise
            time.sleep(_REPLACE_PAUSE)


def move_directory(source: Path, target: Path) -> None:
    """Give a folder the name of one that is not there, so that it would survive a loss of power."""
    source.rename(target)
    sync_directory(target.parent)


def remove(path: Path) -> None:
    """Remove a file; on POSIX, those who have it open keep it."""
    path.unlink()


def remove_quietly(path: Path) -> None:
    """Remove a file if that is possible."""
    with contextlib.suppress(OSError):
        remove(path)


@contextlib.contextmanager
def explaining(action: str, path: Path) -> Iterator[None]:
    """Turn an ``OSError`` of the body into a :class:`StorageError` that says what to do.

    Args:
        action: What could not be done, as in "could not ...".
        path: The file or folder that is named where the error names none.
    """
    try:
        yield
    except SearchlibError:
        raise
    except OSError as error:
        raise storage_error(error, action, path) from error


@contextlib.contextmanager
def writing(action: str, path: Path) -> Iterator[None]:
    """Explain as :func:`explaining` does, where the body writes a file that a caller has named.

    What is in the way of the file is told before the body does its work. Other errors name that
    file, and not the one beside it that gets its name in the end.
    """
    try:
        _expect_place(action, path)
        yield
    except SearchlibError:
        raise
    except OSError as error:
        nameless = OSError(error.errno, error.strerror or str(error))
        raise storage_error(nameless, action, path) from error


def _expect_place(action: str, path: Path) -> None:
    """Make sure that a file can have a path.

    Raises:
        StorageError: The folder is not there, or something else is.
    """
    place = path.resolve()
    if place.is_dir():
        said = "a folder has this name; name a file in it"
        raise StorageError(errno.EISDIR, f"could not {action}: {said}", str(path))
    try:
        is_folder = stat.S_ISDIR(place.parent.stat().st_mode)
    except FileNotFoundError as error:
        said = f"there is no folder {str(place.parent)!r}; make it, or name a file elsewhere"
        raise StorageError(errno.ENOENT, f"could not {action}: {said}", str(path)) from error
    except NotADirectoryError:
        is_folder = False
    if not is_folder:
        said = f"{str(place.parent)!r} is no folder; name a file elsewhere"
        raise StorageError(errno.ENOTDIR, f"could not {action}: {said}", str(path))


def storage_error(error: OSError, action: str, path: Path) -> StorageError:
    """Make the :class:`StorageError` for an ``OSError``: the same errno, and a remedy."""
    code = error.errno or errno.EIO
    reason = error.strerror or str(error)
    remedy = _REMEDIES.get(code, "check the disk, then try again")
    return StorageError(
        code, f"could not {action}: {reason}; {remedy}", error.filename or str(path)
    )


@contextlib.contextmanager
def _descriptor(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        # There, fsync leaves the data in the drive's own cache. Not every filesystem has the call.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)
