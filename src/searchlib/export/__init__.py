"""Hits as CSV, JSON Lines, Arrow, Parquet, data frames, BibTeX and RIS, and in notebooks.

``rows`` says which columns there are and what gives the rows. ``csv_text``, ``json_lines``,
``arrow``, ``bibtex`` and ``ris`` write rows, ``references`` says which field is the title of a
bibliography, ``targets`` where all of it goes. ``exports`` has the methods of
:class:`searchlib.Results`. Rows come in batches, so that no export needs memory for all of them.
"""

from searchlib.export.exports import Exports

__all__ = ["Exports"]
