"""How are results taken elsewhere? The methods of :class:`searchlib.Results` for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from searchlib.arguments import expect_function, one_of
from searchlib.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from searchlib.export.rows import Column, HitRows, RowSource, WhichHits
    from searchlib.export.targets import BinaryTarget, Target

    Fields: TypeAlias = "str | Sequence[str] | None"
    Roles: TypeAlias = "Mapping[str, str] | None"
    Progress: TypeAlias = "Callable[[int, int], None] | None"


class Exports:
    """What :class:`searchlib.Results` does to take hits elsewhere; it is that and nothing else.

    Every method takes **all hits of the search**, in its order and without a ceiling, and not only
    the page that was asked for. They are found once more, over the commit that was searched, and
    read in batches. Methods have these arguments in common:

    - ``target``: a path, an open file, or ``None`` to get the text itself. The file of a path
      appears when it is complete: an export that fails or is stopped leaves what was there.
    - ``fields``: the columns: names of fields, and "rank", "score", "key" (the key of the
      document) and "snippet" (the text of the snippet that has most of the query) where no
      field has that name. By default all fields of the model.
    - ``hits``: "all", or "page" for the hits of this page alone.
    - ``progress``: is called from time to time with the number of hits done, and of all.

    They raise an ``ArgumentError`` for an argument that is something else, a ``StorageError`` if
    the file of a path can't be written, a ``MissingExtraError`` that says what to install, and a
    ``CorruptIndexError`` if a segment is damaged.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        _rows: HitRows | None

    # fmt: off
    @overload
    def to_csv(
        self, target: None = None, *, fields: Fields = ..., safe: bool = ..., header: bool = ...,
        delimiter: str = ..., separator: str | None = ..., encoding: str = ...,
        hits: WhichHits = ..., progress: Progress = ...,
    ) -> str: ...
    @overload
    def to_csv(
        self, target: Target, *, fields: Fields = ..., safe: bool = ..., header: bool = ...,
        delimiter: str = ..., separator: str | None = ..., encoding: str = ...,
        hits: WhichHits = ..., progress: Progress = ...,
    ) -> None: ...
    # fmt: on
    def to_csv(
        self,
        target: Target | None = None,
        *,
        fields: Fields = None,
        safe: bool = False,
        header: bool = True,
        delimiter: str = ",",
        separator: str | None = "; ",
        encoding: str = "utf-8",
        hits: WhichHits = "all",
        progress: Progress = None,
    ) -> str | None:
        r"""Write all hits of the search as CSV, by RFC 4180.

        Args:
            target: A path, an open file, or ``None`` to get the text.
            fields: The columns; by default all fields of the model.
            safe: Whether text that a spreadsheet would take for a formula, because it begins with
                ``=``, ``+``, ``-``, ``@``, a tab or a line break, gets a ``'`` before it. Numbers
                stay numbers. Say so for articles of strangers that people open in Excel.
            header: Whether the first line has the names of the columns.
            delimiter: The character between cells; ``"\t"`` for TSV.
            separator: What stands between the values of a list; ``None`` to write lists as JSON.
                Objects are always JSON.
            encoding: Of paths and binary files: "utf-8", or "utf-8-sig" with the byte order mark
                that Excel wants.
            hits: "all" hits of the search, or those of the "page".
            progress: Called from time to time with the number of hits done, and of all.

        Returns:
            The CSV if there is no target.

        Raises:
            ArgumentError, StorageError, CorruptIndexError: As :class:`Exports` says.
        """
        from searchlib.export.csv_text import CsvOptions, csv_text
        from searchlib.export.targets import write_text

        options = CsvOptions(safe=safe, header=header, delimiter=delimiter, separator=separator)
        columns = self._columns(fields)
        rows = self._selected(columns, hits, progress)
        return write_text(csv_text(columns, rows, options), target, encoding)

    # fmt: off
    @overload
    def to_jsonl(
        self, target: None = None, *, fields: Fields = ...,
        hits: WhichHits = ..., progress: Progress = ...,
    ) -> str: ...
    @overload
    def to_jsonl(
        self, target: Target, *, fields: Fields = ...,
        hits: WhichHits = ..., progress: Progress = ...,
    ) -> None: ...
    # fmt: on
    def to_jsonl(
        self,
        target: Target | None = None,
        *,
        fields: Fields = None,
        hits: WhichHits = "all",
        progress: Progress = None,
    ) -> str | None:
        """Write all hits of the search as JSON Lines: an object on a line each, in UTF-8.

        Args:
            target: A path, an open file, or ``None`` to get the text.
            fields: The columns; by default all fields of the model.
            hits: "all" hits of the search, or those of the "page".
            progress: Called from time to time with the number of hits done, and of all.

        Returns:
            The lines if there is no target.

        Raises:
            ArgumentError, StorageError, CorruptIndexError: As :class:`Exports` says.
        """
        from searchlib.export.json_lines import json_lines
        from searchlib.export.targets import write_text

        columns = self._columns(fields)
        return write_text(json_lines(columns, self._selected(columns, hits, progress)), target)

    # fmt: off
    @overload
    def to_bibtex(
        self, target: None = None, *, fields: Roles = ...,
        hits: WhichHits = ..., progress: Progress = ...,
    ) -> str: ...
    @overload
    def to_bibtex(
        self, target: Target, *, fields: Roles = ...,
        hits: WhichHits = ..., progress: Progress = ...,
    ) -> None: ...
    # fmt: on
    def to_bibtex(
        self,
        target: Target | None = None,
        *,
        fields: Roles = None,
        hits: WhichHits = "all",
        progress: Progress = None,
    ) -> str | None:
        """Write all hits of the search as a bibliography for BibTeX and biblatex.

        Args:
            target: A path, an open file, or ``None`` to get the text.
            fields: Which field is what: ``{"title": "headline", "source": "paper"}``. The keys are
                "title", "authors", "date", "date_until", "source", "url", "keywords", "place",
                "language" and "abstract". Those of an ``Article``, and of fields with such names,
                are known.
            hits: "all" hits of the search, or those of the "page".
            progress: Called from time to time with the number of hits done, and of all.

        Returns:
            The bibliography if there is no target.

        Raises:
            ArgumentError, StorageError, CorruptIndexError: As :class:`Exports` says. The first
                also if no field is known to be the title.
        """
        from searchlib.export.bibtex import bibtex
        from searchlib.export.references import references
        from searchlib.export.targets import write_text

        columns, made = references(self._origin.schema, fields)
        return write_text(bibtex(made(self._selected(columns, hits, progress))), target)

    # fmt: off
    @overload
    def to_ris(
        self, target: None = None, *, fields: Roles = ...,
        hits: WhichHits = ..., progress: Progress = ...,
    ) -> str: ...
    @overload
    def to_ris(
        self, target: Target, *, fields: Roles = ...,
        hits: WhichHits = ..., progress: Progress = ...,
    ) -> None: ...
    # fmt: on
    def to_ris(
        self,
        target: Target | None = None,
        *,
        fields: Roles = None,
        hits: WhichHits = "all",
        progress: Progress = None,
    ) -> str | None:
        """Write all hits of the search as RIS, which Zotero, EndNote and others read.

        Args:
            target: A path, an open file, or ``None`` to get the text.
            fields: As for :meth:`to_bibtex`.
            hits: "all" hits of the search, or those of the "page".
            progress: Called from time to time with the number of hits done, and of all.

        Returns:
            The records if there is no target.

        Raises:
            ArgumentError, StorageError, CorruptIndexError: As :meth:`to_bibtex`.
        """
        from searchlib.export.references import references
        from searchlib.export.ris import ris
        from searchlib.export.targets import write_text

        columns, made = references(self._origin.schema, fields)
        return write_text(ris(made(self._selected(columns, hits, progress))), target)

    def to_arrow(
        self, *, fields: Fields = None, hits: WhichHits = "all", progress: Progress = None
    ) -> pa.Table:
        """Make an Arrow table of all hits, with the types of the model. It takes the extra "arrow".

        Dates are ``date32``, dates with a time ``timestamp[us, tz=UTC]`` (one without a zone is
        taken for UTC, as it is in the index), lists are lists, and objects are text in JSON.

        Args:
            fields: The columns; by default all fields of the model.
            hits: "all" hits of the search, or those of the "page".
            progress: Called from time to time with the number of hits done, and of all.

        Raises:
            ArgumentError, MissingExtraError, CorruptIndexError: As :class:`Exports` says.
            DocumentError: A value does not fit the type of its column.
        """
        return self._reader(fields, hits, progress).read_all()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Give all hits to whatever takes Arrow's streams, such as pyarrow and DuckDB.

        Record batches are made one at a time.

        Args:
            requested_schema: A schema in a capsule, to cast to.

        Raises:
            MissingExtraError, CorruptIndexError, DocumentError: As :meth:`to_arrow`.
        """
        return self._reader(None, "all", None).__arrow_c_stream__(requested_schema)

    def to_parquet(
        self,
        target: BinaryTarget,
        *,
        fields: Fields = None,
        hits: WhichHits = "all",
        progress: Progress = None,
    ) -> None:
        """Write all hits as Parquet, compressed with zstd. It takes the extra "arrow".

        Args:
            target: A path, or an open binary file.
            fields: The columns; by default all fields of the model.
            hits: "all" hits of the search, or those of the "page".
            progress: Called from time to time with the number of hits done, and of all.

        Raises:
            ArgumentError, StorageError, MissingExtraError, CorruptIndexError: As
                :class:`Exports` says.
            DocumentError: As :meth:`to_arrow`.
        """
        from searchlib.export.arrow import write_parquet

        write_parquet(self._reader(fields, hits, progress), target)

    def to_ipc(
        self,
        target: BinaryTarget,
        *,
        fields: Fields = None,
        hits: WhichHits = "all",
        progress: Progress = None,
    ) -> None:
        """Write all hits as a file of Arrow's IPC format (Feather). It takes the extra "arrow".

        Args:
            target: A path, or an open binary file.
            fields: The columns; by default all fields of the model.
            hits: "all" hits of the search, or those of the "page".
            progress: Called from time to time with the number of hits done, and of all.

        Raises:
            ArgumentError, StorageError, MissingExtraError, CorruptIndexError: As
                :class:`Exports` says.
            DocumentError: As :meth:`to_arrow`.
        """
        from searchlib.export.arrow import write_ipc

        write_ipc(self._reader(fields, hits, progress), target)

    def to_pandas(
        self, *, fields: Fields = None, hits: WhichHits = "all", progress: Progress = None
    ) -> pd.DataFrame:
        """Make a data frame of all hits. It takes the extra "pandas".

        Dates become ``datetime64``, so that frames can be grouped by month.

        Args:
            fields: The columns; by default all fields of the model.
            hits: "all" hits of the search, or those of the "page".
            progress: Called from time to time with the number of hits done, and of all.

        Raises:
            ArgumentError, MissingExtraError, CorruptIndexError: As :class:`Exports` says.
            DocumentError: As :meth:`to_arrow`.
        """
        from searchlib.export.arrow import library

        library("pandas", "pandas")
        table: Any = self._reader(fields, hits, progress).read_all()
        return table.to_pandas(date_as_object=False)

    def to_polars(
        self, *, fields: Fields = None, hits: WhichHits = "all", progress: Progress = None
    ) -> pl.DataFrame:
        """Make a data frame of polars of all hits. It takes the extra "polars".

        Args:
            fields: The columns; by default all fields of the model.
            hits: "all" hits of the search, or those of the "page".
            progress: Called from time to time with the number of hits done, and of all.

        Raises:
            ArgumentError, MissingExtraError, CorruptIndexError: As :class:`Exports` says.
            DocumentError: As :meth:`to_arrow`.
        """
        from searchlib.export.arrow import library

        polars = library("polars", "polars")
        frame: pl.DataFrame = polars.from_arrow(
            self.to_arrow(fields=fields, hits=hits, progress=progress)
        )
        return frame

    def _reader(self, fields: Fields, hits: WhichHits, progress: Progress) -> pa.RecordBatchReader:
        from searchlib.export.arrow import record_batches

        columns = self._columns(fields)
        rows = self._selected(columns, hits, progress)
        return record_batches(self._origin.schema, columns, rows)

    def _columns(self, fields: Fields) -> list[Column]:
        from searchlib.export.rows import columns_of

        return columns_of(self._origin.schema, fields)

    def _selected(
        self, columns: Sequence[Column], hits: WhichHits, progress: Progress
    ) -> RowSource:
        from searchlib.export.rows import CountedRows

        one_of("hits", hits, ("all", "page"))
        expect_function("progress", progress)
        rows = self._origin.select(columns, page_only=hits == "page")
        return rows if progress is None else CountedRows(rows, progress)

    @property
    def _origin(self) -> HitRows:
        if self._rows is None:
            raise ArgumentError(
                "expected results of a search to export, got some that were made by hand, read "
                "from JSON or pickled"
            )
        return self._rows
