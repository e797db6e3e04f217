"""Which files make up the index, as of its last commit?

``manifest.json`` is JSON that a person can read, in ASCII, and the one file of an index that is
ever replaced::

    {
      "format": "searchlib index",
      "version": 4,
      "generation": 7,
      "schema": {...},
      "segments": [
        {
          "name": "segment-00000005-9f86d081884c7d65.seg",
          "doc_count": 20000,
          "size": 41234567,
          "checksum": 305419896,
          "deletions": {
            "name": "deletions-00000007-60303ae22b998861.del",
            "count": 12,
            "checksum": 2596069104
          }
        }
      ],
      "analysis": 1,
      "catalogue": {
        "name": "catalogue-00000007-2c26b46b68ffc68f.jsonl",
        "size": 3456789,
        "checksum": 1985229328
      },
      "synonyms": {
        "name": "synonyms-00000006-fcde2b2edba56bf4.txt",
        "size": 123,
        "checksum": 3421780262
      },
      "alerts": null,
      "checksum": "89abcdef"
    }

The last member is the CRC-32 of all bytes before its comma, in eight hexadecimal digits, and is
looked at before anything else. "catalogue" is ``null`` if nothing was ever synchronised, as are
"synonyms" and "alerts" if there are none. Every later version keeps "format", "version" and this
last line, so that an older searchlib can tell a newer index from a damaged one. Version 1 had no
"analysis": there was but one. Versions 1 and 2 had no "catalogue", and the first three neither
"synonyms" nor "alerts".
"""

from __future__ import annotations

import errno
import json
import math
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar
from zlib import crc32

from searchlib.errors import CorruptIndexError, IndexVersionError, NotAnIndexError, StorageError
from searchlib.frozen import frozen
from searchlib.storage import names

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = "searchlib index"
VERSION: Final = 4
MAX_BYTES: Final = 8 << 20
"""The longest manifest that is read or written; it has room for some 30,000 segments."""

_MAX_DOC_COUNT: Final = 2**31 - 1
_MAX_INTEGER: Final = 2**63 - 1
_MAX_CRC: Final = 2**32 - 1
_KEPT: Final = ("synonyms", "alerts")
_ABSENT: Final = {1: ("analysis", "catalogue", *_KEPT), 2: ("catalogue", *_KEPT), 3: _KEPT}
"""The members that manifests of older versions do not have."""
_CHECKSUM_KEY: Final = b',\n  "checksum": "'
_TAIL_LENGTH: Final = len(_CHECKSUM_KEY) + len('01234567"\n}\n')

T = TypeVar("T")


@frozen
class DeletionsEntry:
    """The file that says which documents of a segment are deleted.

    Attributes:
        name: The name of the file.
        count: How many documents are deleted; at least 1.
        checksum: The CRC-32 in that file.
    """

    name: str
    count: int
    checksum: int

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and names.is_deletions(self.name)):
            raise ValueError(f"expected the name of a deletions file, got {self.name!r:.80}")
        _expect_integer("count of deletions", self.count, 1, _MAX_DOC_COUNT)
        _expect_integer("checksum", self.checksum, 0, _MAX_CRC)


@frozen
class SegmentEntry:
    """One segment of the index.

    Attributes:
        name: The name of its file.
        doc_count: The number of its documents, the deleted ones included.
        size: The length of the file in bytes.
        checksum: A CRC-32 that identifies its contents, taken of what the segment sees fit.
        deletions: Which documents are deleted; ``None`` if all are alive.
    """

    name: str
    doc_count: int
    size: int
    checksum: int
    deletions: DeletionsEntry | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and names.is_segment(self.name)):
            raise ValueError(f"expected the name of a segment file, got {self.name!r:.80}")
        _expect_integer("doc_count", self.doc_count, 0, _MAX_DOC_COUNT)
        _expect_integer("size", self.size, 0, _MAX_INTEGER)
        _expect_integer("checksum", self.checksum, 0, _MAX_CRC)
        _expect_integer("count of deletions", self.deleted_count, 0, self.doc_count)

    @property
    def deleted_count(self) -> int:
        """The number of documents that are deleted."""
        return 0 if self.deletions is None else self.deletions.count

    @property
    def live_count(self) -> int:
        """The number of documents that are not."""
        return self.doc_count - self.deleted_count


@frozen
class CatalogueEntry:
    """The file that says which files the documents of the index come from.

    Attributes:
        name: The name of the file.
        size: Its length in bytes.
        checksum: The CRC-32 of its contents.
    """

    name: str
    size: int
    checksum: int

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and names.is_catalogue(self.name)):
            raise ValueError(f"expected the name of a catalogue, got {self.name!r:.80}")
        _expect_integer("size", self.size, 0, _MAX_INTEGER)
        _expect_integer("checksum", self.checksum, 0, _MAX_CRC)


@frozen
class KeptEntry:
    """A file with what the index keeps besides documents: its synonyms, or its saved queries.

    Attributes:
        name: The name of the file.
        size: Its length in bytes.
        checksum: The CRC-32 of its contents.
    """

    name: str
    size: int
    checksum: int

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and names.kept_kind(self.name)):
            raise ValueError(f"expected the name of a kept file, got {self.name!r:.80}")
        _expect_integer("size", self.size, 0, _MAX_INTEGER)
        _expect_integer("checksum", self.checksum, 0, _MAX_CRC)


@frozen
class Manifest:
    """The state of the index after one commit.

    Attributes:
        generation: 0 for a new index, and one more with each commit.
        schema: The schema as JSON; it passes through here unread.
        segments: In the order of their documents.
        analysis: The version of the analysis that made the terms of all segments.
        catalogue: The files that were synchronised; ``None`` if none ever was.
        synonyms: The synonyms of the index; ``None`` if it has none.
        alerts: Its saved queries; ``None`` if it has none.
    """

    generation: int
    schema: dict[str, Any]
    segments: tuple[SegmentEntry, ...] = ()
    analysis: int = 1
    catalogue: CatalogueEntry | None = None
    synonyms: KeptEntry | None = None
    alerts: KeptEntry | None = None

    def __post_init__(self) -> None:
        _expect_integer("generation", self.generation, 0, _MAX_INTEGER)
        _expect_integer("analysis", self.analysis, 1, _MAX_INTEGER)
        if not isinstance(self.schema, dict):
            raise ValueError(f"expected a schema as an object, got {self.schema!r:.80}")
        for kind, kept in self.kept.items():
            if names.kept_kind(kept.name) != kind:
                raise ValueError(f"expected the name of a file of {kind}, got {kept.name!r:.80}")
        listed = [name for entry in self.segments for name in _files(entry)]
        if len(set(listed)) != len(listed):
            twice = next(name for name in listed if listed.count(name) > 1)
            raise ValueError(f"expected each file once, got {twice} twice")

    @property
    def kept(self) -> dict[str, KeptEntry]:
        """What the index keeps besides documents, by its kind."""
        found = ((kind, getattr(self, kind)) for kind in _KEPT)
        return {kind: entry for kind, entry in found if entry is not None}

    @property
    def files(self) -> frozenset[str]:
        """The names of all files that the index consists of, but for the manifest."""
        found = {name for entry in self.segments for name in _files(entry)}
        found.update(entry.name for entry in self.kept.values())
        return frozenset(found if self.catalogue is None else {*found, self.catalogue.name})


def encode(manifest: Manifest) -> bytes:
    """Write a manifest as the bytes of its file.

    Raises:
        StorageError: It would be longer than :data:`MAX_BYTES`.
        TypeError: The schema is not JSON.
        ValueError: The schema is not JSON.
    """
    head = {"format": FORMAT, "version": VERSION}
    text = json.dumps(head | _as_object(manifest), indent=2, allow_nan=False, default=_as_object)
    body = text.removesuffix("\n}").encode("ascii")
    data = body + _tail(body)
    if len(data) > MAX_BYTES:
        raise StorageError(
            errno.EFBIG,
            f"expected a manifest of at most {MAX_BYTES} bytes, got {len(data)}; "
            "merge segments, or use a smaller schema",
        )
    return data


def decode(data: bytes, path: Path) -> Manifest:
    """Read a manifest from the bytes of its file.

    Args:
        data: The bytes; of a longer file, more than :data:`MAX_BYTES` of them.
        path: The file, for messages.

    Raises:
        CorruptIndexError: They are not as they were written.
        NotAnIndexError: They were not written by searchlib.
        IndexVersionError: They were written by a newer searchlib.
    """
    if len(data) > MAX_BYTES:
        raise _corrupt(path, f"expected at most {MAX_BYTES} bytes, got more")
    body = data[:-_TAIL_LENGTH]
    if data != body + _tail(body):
        if _is_foreign(data):
            raise NotAnIndexError(f"{path}: expected the manifest of an index, got another file")
        raise _corrupt(path, "the checksum does not match")
    try:
        document = json.loads(
            data,
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
        _expect_version(document, path)
        return _manifest(document)
    except RecursionError as error:
        raise _corrupt(path, "it is nested too deeply") from error
    except IndexVersionError:
        raise
    except ValueError as error:
        raise _corrupt(path, str(error)) from error


def _as_object(entry: Any) -> dict[str, Any]:
    """Give the fields of a manifest or of an entry: `asdict` would copy the schema."""
    return {each.name: getattr(entry, each.name) for each in fields(entry)}


def _tail(body: bytes) -> bytes:
    return _CHECKSUM_KEY + f'{crc32(body):08x}"\n}}\n'.encode("ascii")


def _is_foreign(data: bytes) -> bool:
    """Tell whether a file that fails its checksum is none of ours, rather than damaged.

    Damage to one place leaves the head or the tail; a crash of the system may leave zeros.
    """
    marks = FORMAT.encode("ascii"), _CHECKSUM_KEY
    return bool(data.strip(b"\0")) and not any(mark in data for mark in marks)


def _expect_version(document: object, path: Path) -> None:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"expected the format {FORMAT!r}")
    version: Any = document.get("version")
    _expect_integer("version", version, 1, _MAX_INTEGER)
    if version > VERSION:
        raise IndexVersionError(
            f"{path}: expected an index of version {VERSION} or older, got version {version}; "
            "upgrade searchlib to read it"
        )


def _manifest(document: dict[str, Any]) -> Manifest:
    absent = _ABSENT.get(document["version"], ())
    members = [field.name for field in fields(Manifest) if field.name not in absent]
    expected = ["format", "version", *members, "checksum"]
    if list(document) != expected or not isinstance(document["segments"], list):
        raise ValueError(f"expected the members {', '.join(expected)}")
    given = {name: document[name] for name in members}
    given["segments"] = tuple(map(_segment, document["segments"]))
    if given.get("catalogue") is not None:
        given["catalogue"] = _build(CatalogueEntry, given["catalogue"])
    for kind in _KEPT:
        if given.get(kind) is not None:
            given[kind] = _build(KeptEntry, given[kind])
    return Manifest(**given)


def _segment(given: object) -> SegmentEntry:
    if isinstance(given, dict) and given.get("deletions") is not None:
        given = {**given, "deletions": _build(DeletionsEntry, given["deletions"])}
    return _build(SegmentEntry, given)


def _build(kind: type[T], given: object) -> T:
    expected = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    if not isinstance(given, dict) or list(given) != expected:
        raise ValueError(f"expected an object of {', '.join(expected)}, got {given!r:.80}")
    return kind(**given)


def _files(entry: SegmentEntry) -> list[str]:
    return [entry.name] if entry.deletions is None else [entry.name, entry.deletions.name]


def _expect_integer(what: str, value: object, least: int, most: int) -> None:
    # A bool is an int by Python's reckoning, but not by JSON's.
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{what}: expected an integer from {least} to {most}, got {value!r:.80}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("expected each member of an object once")
    return made


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"expected a number that fits a float, got {text:.80}")
    return number


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"expected JSON, got {text}")


def _corrupt(path: Path, reason: str) -> CorruptIndexError:
    return CorruptIndexError(
        f"{path}: the manifest is damaged: {reason}; "
        "restore the index from a backup, or index the documents again"
    )
