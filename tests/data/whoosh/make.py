"""Writes the indexes beside this file; run it with the Whoosh that is in the name of each::

uv run --no-project --with whoosh==2.7.4 --with setuptools python make.py whoosh-2.7.4
uv run --no-project --with whoosh-reloaded==2.7.5 python make.py whoosh-reloaded-2.7.5
"""

import shutil
import sys
import tempfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from whoosh.analysis import LanguageAnalyzer, StemmingAnalyzer
from whoosh.fields import (
    BOOLEAN,
    DATETIME,
    ID,
    IDLIST,
    KEYWORD,
    NGRAM,
    NUMERIC,
    STORED,
    TEXT,
    Schema,
)
from whoosh.index import create_in

SCHEMA = Schema(
    path=ID(unique=True, stored=True),
    title=TEXT(StemmingAnalyzer(), stored=True, field_boost=2.0),
    content=TEXT(stored=True, sortable=True, vector=True),
    german=TEXT(LanguageAnalyzer("de"), stored=True),
    french=TEXT(lang="fr", stored=True),
    place=ID(stored=True, sortable=True),
    codes=IDLIST(stored=True),
    words=KEYWORD(stored=True),
    tags=KEYWORD(stored=True, commas=True, lowercase=True),
    size=NUMERIC(stored=True, sortable=True),
    ratio=NUMERIC(float, stored=True),
    price=NUMERIC(Decimal, decimal_places=2, stored=True),
    day=DATETIME(stored=True, sortable=True),
    ok=BOOLEAN(stored=True),
    more=STORED(),
    parts=NGRAM(stored=True),
    lost=TEXT(),
)
DOCUMENTS: list[dict[str, Any]] = [
    {
        "path": "/a",
        "title": "Ships in harbours",
        "content": "Harbour and quay",
        "german": "Die Schiffe im Hafen",
        "french": "Les chevaux noirs",
        "place": "New York",
        "codes": "X1 Y2",
        "words": "Two words",
        "tags": "Big Ships, sea",
        "size": -7,
        "ratio": 0.1,
        "price": Decimal("12.30"),
        "day": datetime(2024, 5, 6, 7, 8, 9, 10),
        "ok": True,
        "more": {"a": [1, None, "é"]},
        "parts": "cargo",
        "lost": "not stored",
    },
    {"path": "/gone", "title": "Deleted later"},
    {"path": "/b", "title": "Gone soon", "size": 1},
    {"path": "/c", "title": "Storm \N{SNOWMAN}", "ok": False, "day": datetime(1, 1, 1)},
]


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = create_in(folder, SCHEMA)
        for document in DOCUMENTS:  # a segment each
            writer = index.writer()
            writer.add_document(**document)
            writer.commit(merge=False)
        writer = index.writer()
        writer.delete_by_term("path", "/gone")
        writer.update_document(path="/b", title="Replaced", size=2**31 - 1)
        writer.commit(merge=False)
        index.close()
        shutil.make_archive(str(Path(__file__).parent / name), "zip", folder)


if __name__ == "__main__":
    main(sys.argv[1])
