"""Damage to any file of an index is found, and is never worse than an error that says so."""

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Annotated

import pytest
from pydantic import BaseModel

from searchlib import Index, Key, Keyword, Number, Text
from searchlib.errors import CorruptIndexError, SearchlibError
from searchlib.schema.models import DocumentSchema
from searchlib.segment.file import SegmentFile

NIGHTLY = os.environ.get("SEARCHLIB_NIGHTLY") == "1"
STRIDE = 1 if NIGHTLY else 29
"""An index with a damaged byte is also used, for every so many bytes."""
MEMORY = 256 << 20
"""What using an index of some kilobytes may take beside the program, in bytes of address space."""
QUERIES = [
    "text:peace", "tal*", '"in peace"', "tags:one", "size:2", "size:[0 TO 5]",
    "t?lks OR war NOT in", "peace~1", "*",
]  # fmt: skip


class Small(BaseModel):
    id: Annotated[str, Key()]
    text: Annotated[str, Text(language=None)] = ""
    tags: Annotated[list[str], Keyword()] = []
    size: Annotated[int | None, Number(sortable=True)] = None


DOCUMENTS = [
    Small(id="a", text="peace talks", tags=["one"], size=2),
    Small(id="b", text="war and peace and rest in peace", tags=["one", "two"], size=-7),
    Small(id="c"),
    Small(id="d", text="talks of talks", tags=["two"]),
]
DELETED = "c"
KEPT = [document for document in DOCUMENTS if document.id != DELETED]


def make(path: Path) -> Path:
    index = Index.create(path, Small)
    index.add(DOCUMENTS)
    index.delete(DELETED)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small index with deletions."""
    return make(tmp_path / "index")


def files(path: Path) -> list[Path]:
    found = sorted(file for file in path.iterdir() if file.name != "write.lock")
    assert {file.suffix for file in found} == {".json", ".seg", ".del"}
    return found


def flips(path: Path, seed: int) -> Iterator[str]:
    """Flip one bit in each byte of each file, one after another, and say where."""
    random = Random(seed)
    for file in files(path):
        whole = file.read_bytes()
        with file.open("r+b", buffering=0) as writable:
            for place, byte in enumerate(whole):
                os.pwrite(writable.fileno(), bytes([byte ^ 1 << random.randrange(8)]), place)
                yield f"{file.name} at {place}, seed {seed}"
                os.pwrite(writable.fileno(), bytes([byte]), place)


def is_found(path: Path) -> bool:
    try:
        return bool(Index.open(path, Small).check())
    except SearchlibError:
        return True


@pytest.fixture
def _one_look_at_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same model for thousands of damaged indexes: to look at it is half the time."""
    monkeypatch.setattr(DocumentSchema, "of", functools.cache(DocumentSchema.of))


@pytest.mark.usefixtures("_one_look_at_the_model")
def test_each_flipped_byte_is_found(path: Path) -> None:
    assert not is_found(path)
    assert [where for where in flips(path, 0) if not is_found(path)] == []
    assert not is_found(path)


@pytest.mark.usefixtures("_one_look_at_the_model")
def test_each_lost_end_is_found(path: Path) -> None:
    missed = []
    for file in files(path):
        whole = file.read_bytes()
        for size in reversed(range(0, len(whole), 1 if NIGHTLY else 3)):
            os.truncate(file, size)
            if not is_found(path):
                missed.append((file.name, size))
        file.write_bytes(whole)
    assert missed == []


@pytest.mark.parametrize("tail", [b"\0", b"\n", b"}", bytes(4096)])
def test_each_added_end_is_found(path: Path, tail: bytes) -> None:
    for file in files(path):
        whole = file.read_bytes()
        for more in (tail, whole):
            file.write_bytes(whole + more)
            assert is_found(path)
        file.write_bytes(whole)
    assert not is_found(path)


def use(path: Path) -> None:
    """Do what users do, and expect results or an error of ours from each thing."""
    try:
        index = Index.open(path, Small)
    except SearchlibError:
        return
    for query in QUERIES:
        with contextlib.suppress(SearchlibError):
            for hit in index.search(query, limit=5):
                hit.snippets  # noqa: B018 - reads the document
        with contextlib.suppress(SearchlibError):
            for hit in index.search(query, limit=5, sort="-size"):
                hit.key  # noqa: B018
    for document in DOCUMENTS:
        with contextlib.suppress(SearchlibError):
            index.get(document.id)


def change(path: Path) -> None:
    """Expect that damage is not merged into a file whose checksums would be right."""
    copy = path.with_name("copy")
    shutil.copytree(path, copy)
    with contextlib.suppress(SearchlibError):
        index = Index.open(copy, Small)
        index.delete_by_query("tags:nothing OR talkz")
        index.add(Small(id="c"), workers=0)
        index.delete("c")
        index.optimize()
        assert index.check() == []
        assert [hit.document for hit in index.search("*")] == KEPT
    shutil.rmtree(copy)


def try_each(path: str, seed: int) -> None:
    """Use an index with each damage, in a process with little memory."""
    import resource

    make(Path(path))
    use(Path(path))
    change(Path(path))
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    wrong = []
    for number, where in enumerate(flips(Path(path), seed)):
        if number % STRIDE == seed % STRIDE:
            for what in (use, change):
                try:
                    what(Path(path))
                except Exception as error:
                    wrong.append(f"{where}: {what.__name__}: {_describe(error)}")
    print(json.dumps(wrong))  # noqa: T201


def _describe(error: Exception) -> str:
    import traceback

    places = [f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(error.__traceback__)]
    return f"{error!r} at {', '.join(places[-4:])}"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="expected a system with /proc")
def test_a_damaged_index_gives_results_or_errors_of_ours(tmp_path: Path) -> None:
    code = "import sys; from tests.test_damaged_index import try_each; try_each(sys.argv[1], 1)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path / "index")],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        text=True,
        timeout=3600,
    )
    assert json.loads(done.stdout) == []


def damage(path: Path, section: str, place: int, byte: int) -> None:
    """Overwrite a byte of a section."""
    (file,) = path.glob("*.seg")
    with file.open("r+b") as writable:
        writable.seek(SegmentFile(file).sections[section].offset + place)
        writable.write(bytes([byte]))


def test_a_damaged_key_is_no_unicode_error(path: Path) -> None:
    damage(path, "id.terms", 1, 0xB1)
    hit = Index.open(path, Small).search("war")[0]
    damaged = Index.open(path, Small).search("talks", sort="size")[0]
    assert hit.key == "b"
    with pytest.raises(CorruptIndexError, match="UTF-8"):
        damaged.key  # noqa: B018


@pytest.mark.parametrize("write", [Index.optimize, lambda index: index.add(KEPT[:1])])
def test_damage_is_not_merged_into_a_sound_segment(
    path: Path, write: Callable[[Index], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchlib.indexing.merge_policy.SEGMENTS_PER_TIER", 2)
    damage(path, "text.positions.1", 0, 3)
    generation = Index.open(path, Small).stats().generation
    with pytest.raises(CorruptIndexError, match="text.positions"):
        write(Index.open(path, Small))
    index = Index.open(path, Small)
    assert index.stats().generation == generation
    assert len(index.check()) == 1


class Labelled(BaseModel):
    id: Annotated[str, Key()]
    labels: Annotated[list[str], Keyword()]


def test_labels_that_are_damaged_are_counted_or_are_an_error_of_ours(tmp_path: Path) -> None:
    names = ["arts", "sport", "world"]
    with Index.create(tmp_path / "index", Labelled) as index:
        for part in "ab":
            index.add({"id": f"{part}{n}", "labels": [names[n], names[n - 1]]} for n in range(3))
    file = min((tmp_path / "index").glob("*.seg"))
    sound = file.read_bytes()
    at = sound.index(b"arts\xffsport")
    outcomes = set[str]()
    for place in range(at - 2, at + 18):
        for change in (0x01, 0x20, 0x80, 0xFF):
            damaged = bytearray(sound)
            damaged[place] ^= change
            file.write_bytes(damaged)
            try:
                with Index.open(tmp_path / "index", Labelled) as index:
                    list(index.search("*", facets=["labels"]).facets["labels"])
                outcomes.add("counted")
            except SearchlibError as error:
                outcomes.add(type(error).__name__)
    assert outcomes == {"counted", "CorruptIndexError"}
