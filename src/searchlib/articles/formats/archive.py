"""How are the files in an archive read: ``.zip`` and ``.tar``, the latter packed or not?

Each member is a source of its own, and read by its own format; its name is that of the archive, a
slash, and its own. Nothing is written to a place that a member names. Hidden members are passed
over, as hidden files in a folder are. A member that is encrypted, a link, or named as if it stood
outside of the archive is a problem. What all members unpack to is limited
(:class:`searchlib.articles.unpacking.Budget`), and so is nesting.
"""

from __future__ import annotations

import stat
import tarfile
import zipfile
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Final, Self

from searchlib.articles.formats.base import Format
from searchlib.articles.text import UnusableError
from searchlib.articles.unpacking import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.articles.source import Source
    from searchlib.errors import Problem

MEMBER_LIMIT: Final = 1_000_000
"""The most members that an archive may have."""
_HEADER_LIMIT: Final = 1 << 20  # what stands before a member of a tar archive, its long name too
_ENCRYPTED: Final = 1
_ENDS: Final = frozenset({"EOFHeaderError", "EmptyHeaderError"})
_OUTSIDE: Final = "is named as if it stood outside of the archive; unpack it, and read the folder"
_LINK: Final = (
    "is a link or a device, which is not followed; unpack the archive, and read the folder"
)


def read_zip(source: Source) -> Iterator[Source | Problem]:
    """Yield the members of a zip archive in the order of their names."""
    with source.seekable() as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise UnusableError(
                f"expected a zip archive, got what can't be read as one ({error}); get a sound copy"
            ) from None
        with archive:
            members = archive.infolist()
            if _is_tail(file, members):
                raise UnusableError(
                    "expected a zip archive, got one that begins with files that are not in its "
                    "directory: it may be cut short; get a sound copy"
                )
            if len(members) > MEMBER_LIMIT:
                raise UnusableError(_too_many())
            for member in sorted(members, key=lambda member: member.filename):
                name = _name_of(member.filename)
                if not member.is_dir() and not _is_hidden(name):
                    yield _open_zipped(archive, member, name, source)


def _is_tail(file: IO[bytes], members: list[zipfile.ZipInfo]) -> bool:
    """Whether the directory is that of an archive in the file, whose own has been cut off.

    An archive may stand behind a program that unpacks it, but not behind a member of another.
    """
    file.seek(0)
    first = min((member.header_offset for member in members), default=0)
    return first > 0 and file.read(4) == b"PK\x03\x04"


def _open_zipped(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, source: Source
) -> Source | Problem:
    if member.flag_bits & _ENCRYPTED:
        return _problem(source, name, "is encrypted; unpack it with its password")
    if stat.S_ISLNK(member.external_attr >> 16):
        return _problem(source, name, _LINK)
    if _is_outside(name):
        return _problem(source, name, _OUTSIDE)
    try:
        return source.inner(name, archive.open(member).read)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        return _problem(source, name, f"can't be unpacked ({error}); get a sound copy of it")


def read_tar(source: Source) -> Iterator[Source | Problem]:
    """Yield the members of a tar archive in the order that they have in it."""
    stream = _Guarded(source)
    try:
        with tarfile.open(  # type: ignore[call-overload]
            fileobj=stream, mode="r|", bufsize=CHUNK, tarinfo=_Member
        ) as archive:
            count = 0
            while member := archive.next():
                archive.members.clear()  # which else keeps them all
                count += 1
                if count > MEMBER_LIMIT:
                    raise UnusableError(_too_many())
                stream.header_left = None
                yield from _open_tarred(archive, member, source)
                stream.header_left = _HEADER_LIMIT
    except (tarfile.TarError, ValueError, OverflowError) as error:
        if isinstance(error, UnusableError):
            raise
        raise UnusableError(
            f"expected a tar archive, got what can't be read as one ({error}); its members up to "
            "that place were read; get a sound copy"
        ) from None


def _open_tarred(
    archive: tarfile.TarFile, member: tarfile.TarInfo, source: Source
) -> Iterator[Source | Problem]:
    name = _name_of(member.name)
    if member.isdir():
        return
    content = archive.extractfile(member) if member.isreg() else None
    if content is None:
        if not _is_hidden(name):
            yield _problem(source, name, _LINK)
        return
    if _is_outside(name):
        yield _problem(source, name, _OUTSIDE)
    elif not _is_hidden(name):
        yield source.inner(name, content.read)
    read = source.budget.charged(content.read)
    while read(CHUNK):  # what a reader left of it is no header of the next
        pass


class _Member(tarfile.TarInfo):
    """A member whose header must be sound: tarfile takes one that is not for the end."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """Read the next header.

        Raises:
            ReadError: It is cut or damaged.
        """
        try:
            return super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            if type(error).__name__ in _ENDS:
                raise
            raise tarfile.ReadError(f"a damaged header: {error}") from None


class _Guarded:
    """Gives tarfile the bytes of an archive, but no endless header, which it would hold whole."""

    def __init__(self, source: Source) -> None:
        self._stream = source.stream
        self.header_left: int | None = _HEADER_LIMIT

    def read(self, size: int) -> bytes:
        if self.header_left is not None:
            self.header_left -= size
            if self.header_left < -CHUNK:
                raise UnusableError(
                    f"expected a member whose name has at most {_HEADER_LIMIT >> 20} MiB, got a "
                    "longer one; get a sound copy"
                )
        return self._stream.read(size)


def _name_of(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./").replace("\0", "\ufffd")


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") and part != ".." for part in parts) or parts[:1] == (
        "__MACOSX",
    )


def _is_outside(name: str) -> bool:
    return name.startswith("/") or name[1:2] == ":" or ".." in name.split("/")


def _problem(source: Source, name: str, reason: str) -> Problem:
    member = source.inner(name, lambda _: b"")
    return member.problem(f"the file in the archive {reason}")


def _too_many() -> str:
    return f"expected an archive of at most {MEMBER_LIMIT:,} files, got more; unpack it"


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


ZIP: Final = Format(
    name="zip archive",
    endings=(".zip",),
    read=read_zip,
    sniff=lambda head: head.startswith((b"PK\x03\x04", b"PK\x05\x06")),
)
TAR: Final = Format(
    name="tar archive",
    endings=(".tar", ".tgz", ".tbz", ".tbz2", ".txz"),
    read=read_tar,
    sniff=_is_tar,
)
