"""How do rows become Arrow's columns, which data frames, databases and Parquet take?"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import DocumentError, MissingExtraError
from searchlib.export.targets import binary_file
from searchlib.schema.codecs import Unfit
from searchlib.schema.json_kinds import kind_of_values
from searchlib.schema.values import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from searchlib.export.rows import Column, RowSource
    from searchlib.export.targets import BinaryFile, BinaryTarget
    from searchlib.schema.fields import Kind
    from searchlib.schema.models import DocumentSchema

_GROUP_BYTES: Final = 32 << 20  # of a row group of Parquet


class _Sink:
    """An open file as pyarrow wants it, of one that may do nothing but write bytes."""

    closed = False

    def __init__(self, file: BinaryFile) -> None:
        self._file = file

    def write(self, data: Any) -> None:
        self._file.write(data if isinstance(data, bytes) else memoryview(data).tobytes())

    def flush(self) -> None:
        """Leave it to whoever has opened the file."""


def library(name: str, extra: str) -> Any:
    """Import a library that only some need.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise MissingExtraError(
            f"this export needs {package}, which is not installed: pip install 'searchlib[{extra}]'"
        ) from error


def record_batches(
    schema: DocumentSchema, columns: Sequence[Column], rows: RowSource
) -> pa.RecordBatchReader:
    """Make a reader of Arrow's record batches, each of which is made when it is asked for.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    pa = library("pyarrow", "arrow")
    kinds = [_kind_of(schema, column) for column in columns]
    fields = [
        pa.field(column.name, _type_of(pa, kind, many=many))
        for column, (kind, many) in zip(columns, kinds, strict=True)
    ]
    made = pa.schema(fields)
    changes = [
        _change_of(kind, many=many, loose=column.loose)
        for column, (kind, many) in zip(columns, kinds, strict=True)
    ]

    def batches() -> Iterator[Any]:
        for batch in rows:
            arrays = [
                _array(pa, field, change, values, _renewed(schema, column))
                for column, field, change, values in zip(
                    columns, fields, changes, zip(*batch, strict=True), strict=True
                )
            ]
            yield pa.record_batch(arrays, schema=made)

    return pa.RecordBatchReader.from_batches(made, batches())


def write_ipc(reader: pa.RecordBatchReader, target: BinaryTarget) -> None:
    """Write record batches as a file of Arrow's IPC format, which is Feather, too."""
    pa = library("pyarrow", "arrow")
    with binary_file(target) as file, pa.ipc.new_file(_Sink(file), reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


def write_parquet(reader: pa.RecordBatchReader, target: BinaryTarget) -> None:
    """Write record batches as a file of Parquet, in groups of about 32 MB."""
    pa, parquet = library("pyarrow", "arrow"), library("pyarrow.parquet", "arrow")
    with (
        binary_file(target) as file,
        parquet.ParquetWriter(_Sink(file), reader.schema, compression="zstd") as writer,
    ):
        pending: list[Any] = []
        for batch in reader:
            pending.append(batch)
            if sum(one.nbytes for one in pending) >= _GROUP_BYTES:
                writer.write_table(pa.Table.from_batches(pending))
                pending = []
        if pending:
            writer.write_table(pa.Table.from_batches(pending))


def _kind_of(schema: DocumentSchema, column: Column) -> tuple[Kind, bool]:
    """Find the type of the values of a column: of stored fields, the model knows it."""
    if column.kind != "json" or column.field is None:
        return column.kind, column.many
    found = schema.model.model_fields.get(column.field)
    return ("json", False) if found is None else kind_of_values(found.annotation)


def _type_of(pa: Any, kind: Kind, *, many: bool) -> Any:
    types = {
        "int": pa.int64,
        "float": pa.float64,
        "bool": pa.bool_,
        "date": pa.date32,
        "datetime": lambda: pa.timestamp("us", tz="UTC"),
    }
    of_one = types.get(kind, pa.string)()
    return pa.list_(of_one) if many else of_one


def _change_of(kind: Kind, *, many: bool, loose: bool) -> Callable[[Any], Any] | None:
    changes: dict[Kind, Callable[[Any], Any]] = {
        "date": date.fromisoformat,
        "datetime": datetime.fromisoformat,
        "json": _json_text,
    }
    if loose:
        changes |= {"str": text_of, "float": float}
    change = changes.get(kind)
    if change is None or not many:
        return change
    return lambda values: [
        None if value is None else change(value)
        for value in (values if isinstance(values, list) else [values])
    ]


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _renewed(schema: DocumentSchema, column: Column) -> Callable[[Any], Any] | None:
    """Find what writes a value as the model does now that an earlier form of it has written."""
    if column.field not in schema.model.model_fields:
        return None
    return partial(schema.codec.again, column.field)


def _array(
    pa: Any,
    field: Any,
    change: Callable[[Any], Any] | None,
    values: Sequence[Any],
    renewed: Callable[[Any], Any] | None,
) -> Any:
    """Make an array of values, which may be older than the type of their field.

    Raises:
        DocumentError: A value is not of the type that the schema says.
    """
    given = values
    try:
        if change is not None:
            values = [None if value is None else change(value) for value in values]
        return pa.array(values, field.type)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        if renewed is not None:
            with suppress(Unfit):
                return _array(pa, field, change, [*map(renewed, given)], None)
        raise DocumentError(
            f"field {field.name!r}: expected values that fit Arrow's type {field.type}: {error}; "
            "leave the field out, or export JSON Lines"
        ) from error
