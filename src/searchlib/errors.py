"""Everything searchlib raises or reports, in one place.

Catch :class:`SearchlibError` to catch all of it. Where Python has a name for the situation the
error is of that class too, so ``except FileNotFoundError`` works as one would expect::

    SearchlibError
    ├── SourceNotFoundError   (FileNotFoundError)  no articles at that path
    ├── IndexNotFoundError    (FileNotFoundError)  no index at that path
    ├── IndexExistsError      (FileExistsError)    there is an index already
    ├── NotAnIndexError       (ValueError)         the path is something else
    ├── IndexVersionError     (ValueError)         made by another searchlib
    │   ├── AnalysisVersionError                   its words are made otherwise: reindex it
    │   └── NoFingerprintsError                    made without fingerprints: reindex it
    ├── CorruptIndexError     (ValueError)         the index is damaged
    ├── IndexLockedError      (TimeoutError)       another writer is at work
    ├── IndexClosedError      (ValueError)         the index, or its writer, was closed
    ├── StorageError          (OSError)            reading or writing failed
    │   └── UncertainCommitError                   it is done, but may not survive a power cut
    ├── SchemaError           (ValueError)         the model can't be a schema
    │   └── SchemaMismatchError                    the index has another schema
    ├── DocumentError         (ValueError)         the document does not fit the schema
    ├── ArgumentError (TypeError, ValueError)      a call was given something else
    ├── SynonymsError         (ValueError)         a file of synonyms can't be read
    ├── MissingExtraError     (ImportError)        an optional part is not installed
    ├── KernelsError          (ImportError)        SEARCHLIB_KERNELS asks for what is not there
    ├── ServerError                                an OpenSearch cluster said no
    │   ├── ServerUnreachableError (ConnectionError)  no node answers
    │   ├── ServerTimeoutError (TimeoutError)      it did not answer in time
    │   ├── ServerBusyError                        it has too much to do
    │   ├── ServerRefusedError (PermissionError)   user, password, key or certificate will not do
    │   ├── ServerConflictError                    somebody else was quicker
    │   └── PartialResultsError                    a part of the index did not answer
    └── QueryError            (ValueError)         the query can't be answered
        ├── QuerySyntaxError                       it can't be read
        ├── QueryTooCostly                         it would take too long
        └── UnsupportedError  (NotImplementedError)  not on OpenSearch, though in a folder

Two things are not raised but reported. A :class:`Problem` is one input among many that could not
be used. A :class:`Notice` is about an input that was used, where something was guessed or left out
of the search: an encoding, the order of day and month, a text under an unknown key.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic looks it up
from typing import TYPE_CHECKING, Any, Final

from searchlib.frozen import frozen

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


class WhooshNames:
    """Says what to write where code written for Whoosh asks for a name that only Whoosh has."""

    __slots__ = ()

    if not TYPE_CHECKING:  # type checkers shall go on to report names that are not there

        def __getattr__(self, name: str) -> object:
            from searchlib.whoosh_compat.hints import missing_name

            told = missing_name(type(self).__name__, name)
            if told is not None:
                raise AttributeError(told)
            return object.__getattribute__(self, name)  # raises what it has just raised


class SearchlibError(Exception):
    """Base class of every error that searchlib raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy an error without its ``__init__``, which may need more than a message."""
        found: Any = super().__reduce__()  # that of an OSError knows of its file, too
        kind, args, *state = found
        return _made_again, (kind, args), *state


def _made_again(kind: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    return kind.__new__(kind, *args)


class SourceNotFoundError(SearchlibError, FileNotFoundError):
    """There is no file or folder of articles at the path given."""


class IndexNotFoundError(SearchlibError, FileNotFoundError):
    """There is no index at the path given."""


class IndexExistsError(SearchlibError, FileExistsError):
    """An index was to be created where there is one already."""


class NotAnIndexError(SearchlibError, ValueError):
    """The path given as an index is something else."""


class IndexVersionError(SearchlibError, ValueError):
    """The index was written in a format newer than this searchlib knows."""


class AnalysisVersionError(IndexVersionError):
    """The words of the index were made in another way than those of queries would be.

    Its documents are intact: ``searchlib reindex OLD NEW`` or :meth:`searchlib.Index.reindex` makes
    a new index of them.
    """


class NoFingerprintsError(IndexVersionError):
    """The index, or a part of it, was made before searchlib kept what tells copies.

    ``searchlib reindex OLD NEW`` or :meth:`searchlib.Index.reindex` makes a new index of its
    documents. It also stands for a model without a default text field, whose documents have no
    copies.
    """


class CorruptIndexError(SearchlibError, ValueError):
    """A file of the index is damaged or missing."""


class IndexLockedError(SearchlibError, TimeoutError):
    """Another writer held the index for longer than this one was willing to wait."""


class IndexClosedError(SearchlibError, ValueError):
    """The index was closed before, as a file can be; or the writer, whose block has ended."""


class StorageError(SearchlibError, OSError):
    """The operating system refused to read or write a file of the index, or of an export."""


class UncertainCommitError(StorageError):
    """A commit is in force, but the system would not say that it survives a loss of power."""


class SchemaError(SearchlibError, ValueError):
    """A model, or a stored schema, can't be mapped to index fields."""


class SchemaMismatchError(SchemaError):
    """The index was made with a model whose fields differ from those of the model given.

    Attributes:
        differences: One sentence for each field that differs.
    """

    def __init__(self, message: str, differences: list[str]) -> None:
        super().__init__(message)
        self.differences = differences


class DocumentError(SearchlibError, ValueError):
    """A document does not fit the schema of the index."""


class ArgumentError(SearchlibError, TypeError, ValueError):
    """An argument of a call is of another type or out of range; the message says what will do."""


class SynonymsError(SearchlibError, ValueError):
    """A file of synonyms can't be read.

    Attributes:
        reason: What was expected, and what came.
        source: The name of the file.
        line: The number of the line, counted from 1; ``None`` if it is about the whole file.
        column: The character in the line, counted from 1, or ``None``.
    """

    def __init__(
        self, reason: str, source: str, line: int | None = None, column: int | None = None
    ) -> None:
        place = source if line is None else f"{source}, line {line}, column {column}"
        super().__init__(f"{place}: {reason}")
        self.reason = reason
        self.source = source
        self.line = line
        self.column = column


class MissingExtraError(SearchlibError, ImportError):
    """A part of searchlib needs a package that is not installed; the message says which."""


class KernelsError(SearchlibError, ImportError):
    """The environment variable ``SEARCHLIB_KERNELS`` asks for kernels that are not there."""


class ServerError(SearchlibError):
    """An OpenSearch cluster could not do, or would not do, what it was asked for.

    What it had acknowledged before stays.
    """


class ServerUnreachableError(ServerError, ConnectionError):
    """No node of the cluster answers, or those that do have lost the others."""


class ServerTimeoutError(ServerError, TimeoutError):
    """The cluster did not answer in time; what was to be written may still be written later."""


class ServerBusyError(ServerError):
    """The cluster has more to do, or less memory, than it can take; try again later."""


class ServerRefusedError(ServerError, PermissionError):
    """The user, the password, the API key or the certificate will not do."""


class ServerConflictError(ServerError):
    """Somebody else has changed the same thing meanwhile; nothing was changed here."""


class PartialResultsError(ServerError):
    """A part of the index did not answer, so documents would be missing without a word.

    ``?partial=true`` in the address takes such answers, which are flagged then.
    """


class QueryError(SearchlibError, ValueError):
    """A query can't be answered."""


class QuerySyntaxError(QueryError):
    """A query string can't be read.

    Attributes:
        query: The query as it was given.
        position: Where reading stopped, in characters from its start, or ``None``.
    """

    def __init__(self, message: str, query: str, position: int | None = None) -> None:
        super().__init__(message)
        self.query = query
        self.position = position


class QueryTooCostly(QueryError):  # noqa: N818 - says what is the matter, as a name should
    """A query would expand to more terms, nest deeper or run longer than is allowed."""


class UnsupportedError(QueryError, NotImplementedError):
    """An index on OpenSearch can't do what one in a folder can; nothing was sent to the server."""


@frozen
class Problem:
    """One input that could not be used, reported in place of the document it should have been.

    Attributes:
        reason: What was expected, what came, and what to do about it.
        path: The file it came from.
        line: The line in that file, counted from 1.
        field: The field that is at fault.
        key: The key of the document, where it has one.
        kind: What it has in common with others that one remark can stand for, or ``None``:
            ``"no reader for .js"``, ``"needs searchlib[html]"``. Reports are grouped by it.
    """

    reason: str
    path: Path | None = None
    line: int | None = None
    field: str | None = None
    key: str | None = None
    kind: str | None = None

    @property
    def where(self) -> str:
        """The place of the problem as ``file:line``, as far as it is known."""
        place = _where(self.path, self.line)
        return place or ("" if self.key is None else f"document {self.key!r}")

    def __str__(self) -> str:
        field = "" if self.field is None else f"{self.field}: "
        where = self.where
        return f"{where}: {field}{self.reason}" if where else f"{field}{self.reason}"


@frozen
class Notice:
    """A remark on an input that was used: what was guessed, or not taken, and how to say it better.

    Attributes:
        message: What was guessed or not taken, and which option settles it.
        path: The file that it is about.
        line: The line in that file, counted from 1.
        kind: What the notice is about, the same word for all notices that one option settles:
            ``"encoding"``, ``"date"`` or ``"text"``, for example. Reports are grouped by it.
    """

    message: str
    path: Path | None = None
    line: int | None = None
    kind: str = ""

    @property
    def where(self) -> str:
        """The place that the notice is about as ``file:line``, as far as it is known."""
        return _where(self.path, self.line)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


def first_line(error: Exception) -> str:
    """Say in a line what is wrong, without what is shown below it: the query, and a mark there."""
    return str(error).partition("\n")[0].removesuffix(":")


def _where(path: Path | None, line: int | None) -> str:
    place = "" if path is None else str(path)
    if line is None:
        return place
    return f"{place}:{line}" if place else f"line {line}"


def explain(error: ValidationError) -> tuple[str | None, str]:
    """Say what pydantic found wrong: the first field at fault, and a sentence on all of them."""
    details = error.errors(include_url=False)
    fields = [".".join(map(str, detail["loc"])) for detail in details]
    reasons = [_reason(detail) for detail in details]
    rest = [f"{field}: {reason}" for field, reason in zip(fields[1:], reasons[1:], strict=True)]
    return fields[0] or None, "; ".join([reasons[0], *rest])


_SEVERAL: Final = ("list_type", "set_type", "frozen_set_type", "tuple_type")


def _reason(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "is missing"
    if detail["type"] == "value_error":  # a model's own words say what came
        return str(detail["ctx"]["error"])
    given = detail["input"]
    told = f"{detail['msg']}, got {_shorten(given)}"
    if detail["type"] in _SEVERAL and isinstance(given, str):  # as Whoosh takes labels
        labels = [label for one in given.split(",") if (label := one.strip())]
        return f"{told}; write {_shorten(labels)}"
    return told


def _shorten(value: object, limit: int = 60) -> str:
    try:
        text = repr(value)
    except Exception:  # of a class that raises anything
        text = f"a value of the class {type(value).__name__}"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
