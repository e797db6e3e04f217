"""A folder as an archivist has it: every file of every format, and exactly what is read of it.

The files are in ``tests/cases/archive``. What is no text is made here (:data:`MADE`), so that it
can be read in a review. ``SEARCHLIB_UPDATE_CASES=1`` writes what is expected again.
"""

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from searchlib.articles import Article, read_articles
from searchlib.errors import Notice, Problem

CASES = Path(__file__).parents[1] / "cases" / "archive"
EXPECTED = CASES.with_name("archive.json")
UPDATE = os.environ.get("SEARCHLIB_UPDATE_CASES") == "1"

MADE: dict[str, Callable[[], bytes]] = {
    "packed/lines.jsonl.gz": lambda: gzip.compress((CASES / "data/lines.jsonl").read_bytes()),
    "packed/lamp.html.gz": lambda: gzip.compress((CASES / "web/lamp.html").read_bytes()),
    "packed/quiet.xml": lambda: (CASES / "wire/quiet.xml").read_text("utf-8").encode("utf-16"),
    "packed/cut.txt.gz": lambda: gzip.compress(b"Cut\n\n" + bytes(range(32, 127)) * 50)[:-30],
}
"""Files that are made, by their names: those that are packed or binary."""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = shutil.copytree(CASES, tmp_path / "archive")
    for name, make in MADE.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(make())
    return folder


def describe(item: Article | Problem | Notice, archive: Path) -> dict[str, object]:
    """All that was read, by the names of fields; what is empty is left out."""
    if isinstance(item, Article):
        fields = item.model_dump(mode="json")
        return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
    file = item.path.relative_to(archive).as_posix() if item.path else ""
    said = item.reason if isinstance(item, Problem) else item.message
    return {type(item).__name__.lower(): said, "file": file, "line": item.line, "kind": item.kind}


def test_every_file_is_read_as_what_it_is(archive: Path) -> None:
    found: dict[str, list[dict[str, object]]] = {}
    for item in read_articles(archive):
        said = describe(item, archive)
        found.setdefault(str(said.pop("file")), []).append(said)
    if UPDATE:
        EXPECTED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    expected = json.loads(EXPECTED.read_text("utf-8"))
    assert found.keys() == expected.keys()
    for file, items in found.items():
        assert items == expected[file], file


def test_the_folder_is_as_large_as_it_should_be() -> None:
    files = [path for path in CASES.rglob("*") if path.is_file()]
    assert len(files) + len(MADE) >= 60


def test_no_article_is_markup(archive: Path) -> None:
    for item in read_articles(archive):
        if isinstance(item, Article):
            said = f"{item.title}\n{item.body}"
            assert not any(mark in said for mark in ("<p>", "</", "<?xml", "{\\rtf", "&amp;")), item


def test_every_file_is_in_what_is_read(archive: Path) -> None:
    files = {path for path in archive.rglob("*") if path.is_file()}
    named = {
        archive / (item.file or "") if isinstance(item, Article) else item.path
        for item in read_articles(archive)
    }
    left = {file for file in files if not {file, *file.parents} & named}
    assert left == set()
