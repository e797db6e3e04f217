"""Which formats of files do exports have, by name, by the ending of a file, and on the web?"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from searchlib.export.exports import Exports


@frozen(kw_only=True)
class ExportFormat:
    """A format of files.

    Attributes:
        name: What it is called.
        media_type: What a server calls it.
        endings: How names of its files end, the usual one first.
        method: The method of :class:`searchlib.Results` that writes it.
        options: What the method is told for it.
        is_text: Whether it can be shown at a terminal.
    """

    name: str
    media_type: str
    endings: tuple[str, ...]
    method: str
    options: Mapping[str, Any] = field(default_factory=dict)
    is_text: bool = True

    def write(self, results: Exports, target: Any, **options: Any) -> None:
        """Write hits.

        Args:
            results: The results of their search.
            target: A path, or an open binary file.
            options: As of the method.
        """
        getattr(results, self.method)(target, **self.options, **options)


_FORMATS: Final = (
    ExportFormat(
        name="csv", media_type="text/csv; charset=utf-8", endings=(".csv",), method="to_csv"
    ),
    ExportFormat(
        name="tsv",
        media_type="text/tab-separated-values; charset=utf-8",
        endings=(".tsv",),
        method="to_csv",
        options={"delimiter": "\t"},
    ),
    ExportFormat(
        name="jsonl",
        media_type="application/x-ndjson",
        endings=(".jsonl", ".ndjson"),
        method="to_jsonl",
    ),
    ExportFormat(
        name="parquet",
        media_type="application/vnd.apache.parquet",
        endings=(".parquet",),
        method="to_parquet",
        is_text=False,
    ),
    ExportFormat(
        name="arrow",
        media_type="application/vnd.apache.arrow.file",
        endings=(".arrow", ".feather", ".ipc"),
        method="to_ipc",
        is_text=False,
    ),
    ExportFormat(
        name="bibtex",
        media_type="application/x-bibtex; charset=utf-8",
        endings=(".bib",),
        method="to_bibtex",
    ),
    ExportFormat(
        name="ris",
        media_type="application/x-research-info-systems",
        endings=(".ris",),
        method="to_ris",
    ),
)
FORMATS: Final = {one.name: one for one in _FORMATS}
"""All formats by name."""
ENDINGS: Final = {ending: one.name for one in _FORMATS for ending in one.endings}
"""The name of the format of each ending."""
SPREADSHEETS: Final = ("csv", "tsv")
"""Those that spreadsheets read, which could take text for a formula."""
