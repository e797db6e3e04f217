"""Adding, replacing, deleting and merging, below the facade."""

import gc
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from whoosh.util.times import datetime_to_long

from searchlib.errors import (
    DocumentError,
    IndexClosedError,
    IndexLockedError,
    Problem,
    StorageError,
)
from searchlib.indexing import merge_policy, pool, writer
from searchlib.indexing.columns import DocumentColumns
from searchlib.indexing.writer import IndexWriter
from searchlib.schema.markers import Date, Key, Keyword, Number, Text
from searchlib.schema.models import DocumentSchema
from searchlib.schema.values import indexed_time
from searchlib.segment.reader import SegmentReader
from searchlib.storage import IndexDirectory
from searchlib.storage.snapshot import Snapshot, check_entry
from tests.conftest import examples


class Note(BaseModel):
    id: Annotated[str, Key()]
    text: Annotated[str | None, Text()] = None
    more: Annotated[list[str], Text(language=None)] = Field(default_factory=list)
    tags: Annotated[list[str], Keyword()] = Field(default_factory=list)
    size: Annotated[int | None, Number()] = None
    share: Annotated[float | None, Number()] = None
    made: Annotated[str, Keyword(lowercase=False)] = "X"


SCHEMA = DocumentSchema.of(Note)


@pytest.fixture
def directory(tmp_path: Path) -> IndexDirectory:
    return IndexDirectory.create(tmp_path / "index", SCHEMA.to_json())


def open_writer(directory: IndexDirectory, **options: Any) -> IndexWriter:
    writer = directory.writer()
    return IndexWriter(SCHEMA, directory, writer, _find_none, **{"workers": 0, **options})


def _find_none(*_: object) -> Any:
    raise AssertionError("nothing is looked for")


def documents(snapshot: Snapshot) -> dict[str, Note]:
    """All documents by their keys, as they are stored."""
    found = {}
    for segment in snapshot.segments:
        for docnum in range(segment.entry.doc_count):
            if not segment.is_deleted(docnum):
                note = SCHEMA.restore(segment.reader.document(docnum))
                assert isinstance(note, Note)
                assert note.id not in found
                assert snapshot.find_key("id", note.id) == (segment, docnum)
                assert snapshot.keys("id")(segment.first + docnum) == note.id
                found[note.id] = note
    return found


def committed(directory: IndexDirectory) -> dict[str, Note]:
    snapshot = Snapshot.open(directory)
    found = documents(snapshot)
    assert snapshot.doc_count == len(found)
    for entry in directory.manifest().segments:
        assert check_entry(directory, entry) == []
    return found


def terms(reader: SegmentReader, field: str) -> list[str]:
    dictionary = reader.inverted(field).terms
    return [term.decode() for term in dictionary.terms(0, len(dictionary))]


def test_every_field_is_indexed_as_its_marker_says(directory: IndexDirectory) -> None:
    with open_writer(directory) as w:
        w.add(Note(id="a", text="The talks", more=["One two", "three"], tags=["Big"], size=-3))
        w.add(Note(id="b", text="Talks. And talks", tags=["big", "Small"], share=0.5))
        w.commit()
    (segment,) = Snapshot.open(directory).segments
    reader = segment.reader
    assert terms(reader, "id") == ["a", "b"]
    assert terms(reader, "text") == ["and", "talk", "the"]
    assert terms(reader, "more") == ["one", "three", "two"]
    assert terms(reader, "tags") == ["big", "small"]
    assert terms(reader, "made") == ["X"]
    text = reader.inverted("text")
    assert text.frequencies(1).tolist() == [1, 2]
    assert text.positions(1)[0].tolist() == [1, 0, 2]
    assert text.lengths.tolist() == [2, 3]
    assert reader.inverted("more").positions(1)[0].tolist() == [102]
    assert reader.numbers("size").values.tolist() == [-3, 0]
    assert reader.numbers("size").present.tolist() == [True, False]
    assert reader.numbers("share").values.tolist() == [0.0, 0.5]


def test_a_document_may_be_changed_after_it_was_added(directory: IndexDirectory) -> None:
    note = Note(id="a", text="first", tags=["one"])
    with open_writer(directory) as w:
        w.add(note)
        note.id, note.text = "b", "second"
        note.tags.append("two")
        w.add(note)
        w.commit()
    assert committed(directory)["a"] == Note(id="a", text="first", tags=["one"])
    (segment,) = Snapshot.open(directory).segments
    tags = segment.reader.inverted("tags")
    assert tags.docnums(0).tolist() == [0, 1]
    assert tags.docnums(1).tolist() == [1]


def test_nothing_changes_without_a_commit(directory: IndexDirectory) -> None:
    with open_writer(directory) as w:
        w.add(Note(id="a"))
    assert committed(directory) == {}
    assert directory.manifest().generation == 0
    with open_writer(directory) as w:
        w.commit()
    assert directory.manifest().generation == 0


def test_the_report_counts(directory: IndexDirectory) -> None:
    with open_writer(directory) as w:
        w.add([Note(id="a"), Note(id="b")])
        w.commit()
    with open_writer(directory) as w:
        w.add([Note(id="b"), Note(id="c"), Note(id="c"), Problem("torn"), {"id": ""}, {"id": 1}])
        assert w.delete("a", "a", "c", "d") == 2
        w.add(Note(id="a"))
        w.commit()
        assert (w.report.added, w.report.replaced, len(w.report.rejected)) == (2, 2, 3)
    assert set(committed(directory)) == {"a", "b"}


def test_documents_that_cannot_be_indexed_are_rejected_alone(directory: IndexDirectory) -> None:
    with open_writer(directory) as w:
        w.add([Note(id="a"), Note(id="b", size=2**63), Note(id="c", size=-(2**63))])
        w.commit()
        (problem,) = w.report.rejected
    assert problem.key == "b"
    assert "size: expected a whole number of at most 64 bits" in problem.reason
    assert set(committed(directory)) == {"a", "c"}


def test_a_writer_takes_nothing_after_its_block(directory: IndexDirectory) -> None:
    with open_writer(directory) as w:
        w.add(Note(id="1", text="A storm."))
        w.commit()
    for use in (
        lambda: w.add(Note(id="2", text="A flood.")),
        lambda: w.delete("1"),
        lambda: w.delete_by_query("storm"),
        w.commit,
        w.optimize,
    ):
        with pytest.raises(IndexClosedError, match="this writer is closed"):
            use()
    assert w.report.added == 1
    assert list(committed(directory)) == ["1"]


def test_what_is_no_document_is_an_error(directory: IndexDirectory) -> None:
    with open_writer(directory) as w, pytest.raises(DocumentError, match="got str"):
        w.add("notes.txt")


def test_a_second_writer_has_to_wait(directory: IndexDirectory) -> None:
    with open_writer(directory), pytest.raises(IndexLockedError):
        directory.writer(timeout=0.05)
    directory.writer().close()


def test_deleting_by_query_sees_what_was_just_added(directory: IndexDirectory) -> None:
    def even(snapshot: Snapshot, query: object) -> Any:
        assert query == "even"
        keys = [*map(snapshot.keys("id"), range(snapshot.doc_count_all))]
        return np.array([docnum for docnum, key in enumerate(keys) if int(key) % 2 == 0])

    with open_writer(directory) as w:
        w.add([Note(id=str(n)) for n in range(10)])
        w.commit()
    with IndexWriter(SCHEMA, directory, directory.writer(), even, workers=0) as w:
        w.add([Note(id=str(n)) for n in range(8, 14)])
        assert w.delete_by_query("even") == 7
        w.add(Note(id="2"))
        w.commit()
    assert set(committed(directory)) == {"1", "2", "3", "5", "7", "9", "11", "13"}


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.sampled_from("abcdefgh"), max_size=6)),
        st.tuples(st.just("delete"), st.lists(st.sampled_from("abcdefgh"), max_size=3)),
        st.tuples(st.sampled_from(["commit", "give up", "optimize"]), st.just([])),
    ),
    max_size=25,
)


@given(OPERATIONS)
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_changes_gives_what_a_dict_would(
    tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, list[str]]]
) -> None:
    path = tmp_path_factory.mktemp("index")
    directory = IndexDirectory.create(path, SCHEMA.to_json())
    expected: dict[str, Note] = {}
    pending: dict[str, Note] = {}
    w = open_writer(directory)
    for number, (operation, keys) in enumerate(operations):
        if operation == "add":
            notes = [Note(id=key, text=f"{key} {number}", size=number) for key in keys]
            w.add(notes)
            pending |= {note.id: note for note in notes}
        elif operation == "delete":
            assert w.delete(*keys) == len(set(keys) & pending.keys())
            for key in keys:
                pending.pop(key, None)
        else:
            if operation == "give up":
                pending = dict(expected)
            else:
                w.commit() if operation == "commit" else w.optimize()
                expected = dict(pending)
            w.__exit__()
            assert committed(directory) == expected
            w = open_writer(directory)
    w.__exit__()
    assert committed(directory) == expected


def test_many_small_commits_are_merged(directory: IndexDirectory) -> None:
    for number in range(40):
        with open_writer(directory) as w:
            w.add(Note(id=str(number), text=f"note {number}"))
            w.delete(str(number - 3))
            w.commit()
    assert len(directory.manifest().segments) < merge_policy.SEGMENTS_PER_TIER
    assert set(committed(directory)) == {"37", "38", "39"}


def test_optimize_leaves_one_segment_without_deleted_documents(directory: IndexDirectory) -> None:
    for start in (0, 5):
        with open_writer(directory) as w:
            w.add([Note(id=str(n)) for n in range(start, start + 6)])
            w.commit()
    with open_writer(directory) as w:
        w.delete("0")
        w.optimize()
    (segment,) = directory.manifest().segments
    assert (segment.doc_count, segment.deletions) == (10, None)
    assert [path.suffix for path in directory.path.iterdir()].count(".seg") <= 1
    assert len(committed(directory)) == 10


def test_a_writer_that_deletes_everything_leaves_no_segment(directory: IndexDirectory) -> None:
    with open_writer(directory) as w:
        w.add(Note(id="a"))
        w.commit()
    with open_writer(directory) as w:
        w.delete("a")
        w.add(Note(id="b"))
        w.delete("b")
        w.commit()
    assert directory.manifest().segments == ()


def test_a_snapshot_survives_what_comes_after(directory: IndexDirectory) -> None:
    with open_writer(directory) as w:
        w.add([Note(id=str(n), text="x") for n in range(5)])
        w.commit()
    before = Snapshot.open(directory)
    with open_writer(directory) as w:
        w.delete("1")
        w.add(Note(id="2", text="y"))
        w.optimize()
    gc.collect()
    assert set(documents(before)) == {"0", "1", "2", "3", "4"}
    assert documents(before)["2"].text == "x"
    after = Snapshot.open(directory, before)
    assert documents(after)["2"].text == "y"


def notes(count: int) -> Iterator[Note]:
    for number in range(count):
        words = " ".join(f"w{(number * step) % 997}" for step in range(1, 200))
        yield Note(id=f"n{number}", text=words, tags=[f"t{number % 7}"], size=number)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have worker processes for little data."""
    monkeypatch.setattr(writer, "_BATCH_BYTES", 20_000)
    monkeypatch.setattr(writer, "_INLINE_BYTES", 40_000)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("memory", [1 << 30, 3_000_000])
def test_workers_index_as_this_process_does(directory: IndexDirectory, memory: int) -> None:
    with open_writer(directory, workers=2, memory=memory) as w:
        w.add(notes(900))
        w.add(Note(id="n5", text="replaced"))
        w.delete("n7")
        w.commit()
        assert (w.report.added, w.report.replaced) == (900, 1)
    expected = {note.id: note for note in notes(900)} | {"n5": Note(id="n5", text="replaced")}
    del expected["n7"]
    assert committed(directory) == expected
    if memory == 1 << 30:  # with less, each process writes many segments, which are merged
        assert len(directory.manifest().segments) > 1
    with open_writer(directory) as w:
        w.optimize()
    assert committed(directory) == expected


@pytest.mark.usefixtures("small_batches")
def test_workers_of_which_none_was_needed_are_stopped(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_MANY_DOCUMENTS", 3)
    with open_writer(directory, workers=2) as w:
        w.add([{"id": 1}, {"id": 2}, Note(id="a", text="kept")])
        assert isinstance(w._pool, pool.WorkerPool)
        processes = [worker._process for worker in w._pool._workers]
        w.commit()
        assert (w.report.added, len(w.report.rejected)) == (1, 2)
    assert all(process.returncode is not None for process in processes)
    assert set(committed(directory)) == {"a"}


@pytest.mark.usefixtures("small_batches")
def test_batches_that_wait_for_a_worker_are_taken_back(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break_workers(monkeypatch, "import time; time.sleep(1)")  # nothing is read until the end
    with open_writer(directory, workers=1) as w:
        w.add(notes(900))
        assert isinstance(w._pool, pool.WorkerPool)
        (worker,) = w._pool._workers
        given = worker.taken
        w.commit()
    assert worker.taken < given - 10
    assert set(committed(directory)) == {note.id for note in notes(900)}


class Dated(BaseModel):
    id: Annotated[str, Key()]
    day: Annotated[date, Date()]
    moment: Annotated[datetime, Date()]


@given(st.dates(), st.datetimes(timezones=st.none() | st.timezones()))
@example(date.min, datetime.min)
@example(date.max, datetime.max)
def test_dates_are_the_numbers_that_queries_ask_for(day: date, moment: datetime) -> None:
    columns = DocumentColumns(DocumentSchema.of(Dated))
    try:
        expected = datetime_to_long(indexed_time(moment))
        # A time that a clock shows twice, or never, does not come back.
        assume(moment.tzinfo is None or moment == moment.astimezone(UTC))
    except OverflowError:
        assume(False)
    columns.append(Dated(id="a", day=day, moment=moment))
    found = columns.batch().columns
    assert found["day"] == [datetime_to_long(indexed_time(day))]
    assert found["moment"] == [expected]


def test_giving_up_stops_the_workers(directory: IndexDirectory) -> None:
    w = open_writer(directory, workers=2)
    w.add(notes(300))
    w.__exit__()
    assert committed(directory) == {}
    assert not [path for path in directory.path.iterdir() if path.suffix == ".seg"]


def _break_workers(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    start = subprocess.Popen

    def broken(command: list[str], **options: Any) -> Any:
        return start([*command[:2], f"{code}; {command[2]}"], **options)

    monkeypatch.setattr(subprocess, "Popen", broken)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os; os._exit(7)", "ended with status 7"),
        (
            "import searchlib.indexing.builder as b; b.write_segment = lambda *a: 1 / 0",
            "ZeroDivisionError",
        ),
        (
            "import os, searchlib.segment.file as f; "
            "f.os.fsync = lambda fd: (_ for _ in ()).throw(OSError(28, 'No space left'))",
            "No space left",
        ),
    ],
)
def test_a_worker_that_fails_is_an_error_and_nothing_changes(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    _break_workers(monkeypatch, code)
    with open_writer(directory, workers=1) as w, pytest.raises(StorageError, match=message):
        _add_and_commit(w)
    assert committed(directory) == {}


def _add_and_commit(w: IndexWriter) -> None:
    w.add(notes(600))
    w.commit()


@pytest.mark.usefixtures("small_batches")
def test_a_worker_that_is_killed_is_an_error(directory: IndexDirectory) -> None:
    with open_writer(directory, workers=1) as w:
        w.add(notes(100))
        assert isinstance(w._pool, pool.WorkerPool)
        os.kill(w._pool._workers[0]._process.pid, signal.SIGKILL)
        with pytest.raises(StorageError, match="ended with status -9"):
            _add_and_commit(w)


def test_tiers() -> None:
    class Segment:
        def __init__(self, name: str, count: int, live: int) -> None:
            self.entry = type("Entry", (), {"name": name, "doc_count": count})
            self.live_count = live

    def groups(sizes: list[tuple[int, int]]) -> list[list[int]]:
        segments = [Segment(str(n), count, live) for n, (count, live) in enumerate(sizes)]
        chosen = merge_policy.to_merge(segments)  # type: ignore[arg-type]
        return [[int(segment.entry.name) for segment in group] for group in chosen]

    assert groups([(10, 10)] * 7) == []
    assert groups([(10, 10)] * 7 + [(200_000, 200_000)]) == []
    assert groups([(10, 10), (200_000, 200_000)] + [(999, 600)] * 7) == [[0, *range(2, 9)]]
    assert groups([(30_000, 10_000), (30_000, 16_000)]) == [[0]]


def test_the_manifest_holds_the_schema(directory: IndexDirectory) -> None:
    schema = directory.manifest().schema
    assert json.loads(json.dumps(schema)) == SCHEMA.to_json()
