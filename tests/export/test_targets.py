"""Where an export goes, and what is left of one that fails."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from searchlib.errors import ArgumentError, StorageError
from searchlib.search import all_hits
from searchlib.storage import filesystem

if TYPE_CHECKING:
    from searchlib import Index, Results


@pytest.fixture
def results(many: Index) -> Results:
    return many.search("storm")


def expected(results: Results) -> str:
    return results.to_csv(fields="id")


@pytest.mark.parametrize("as_text", [True, False])
def test_a_path(results: Results, tmp_path: Path, as_text: bool) -> None:
    path = tmp_path / "hits.csv"
    results.to_csv(str(path) if as_text else path, fields="id")
    assert path.read_bytes() == expected(results).encode()
    assert {each.name for each in tmp_path.iterdir()} == {"hits.csv", "many.index"}


def test_open_files(results: Results, tmp_path: Path) -> None:
    text, data = io.StringIO(newline=""), io.BytesIO()
    results.to_csv(text, fields="id")
    results.to_csv(data, fields="id")
    assert text.getvalue() == expected(results)
    assert data.getvalue() == expected(results).encode()
    with tempfile.TemporaryFile() as file:
        results.to_csv(file, fields="id")
        file.seek(0)
        assert file.read() == data.getvalue()
    with (tmp_path / "a").open("w", newline="", encoding="utf-16") as named:
        results.to_csv(named, fields="id")
    assert (tmp_path / "a").read_bytes().decode("utf-16") == expected(results)


def test_whatever_has_write(results: Results) -> None:
    class OfText:
        got = ""

        def write(self, text: str) -> None:
            self.got += text

    class OfBytes:
        got = b""

        def write(self, data: bytes) -> None:
            self.got += data

    text, data = OfText(), OfBytes()
    results.to_csv(text, fields="id")
    results.to_csv(data, fields="id")
    assert text.got.encode() == data.got == expected(results).encode()


def test_a_byte_order_mark(results: Results, tmp_path: Path) -> None:
    results.to_csv(tmp_path / "a.csv", fields="id", encoding="utf-8-sig")
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbf" + expected(results).encode()
    assert results.to_csv(fields="id", encoding="utf-8-sig") == expected(results)


@pytest.mark.parametrize("target", [3, object(), [], True])
@pytest.mark.parametrize("method", ["to_csv", "to_bibtex", "to_parquet"])
def test_something_else_is_an_error(results: Results, method: str, target: Any) -> None:
    with pytest.raises(ArgumentError, match="expected a path or an open file to write to, got"):
        getattr(results, method)(target)


@pytest.mark.parametrize("method", ["to_ipc", "to_parquet"])
def test_what_is_no_text_is_written_to_what_does_nothing_but_write(
    results: Results, tmp_path: Path, method: str
) -> None:
    pytest.importorskip("pyarrow", reason="the extra arrow is not installed")

    class OfBytes:
        got = b""

        def write(self, data: bytes) -> None:
            self.got += data  # nothing but bytes

    data, path = OfBytes(), tmp_path / "hits"
    getattr(results, method)(data)
    getattr(results, method)(path)
    assert data.got == path.read_bytes()


def test_text_files_take_no_parquet(results: Results) -> None:
    with pytest.raises(ArgumentError, match="expected a path or an open file"):
        results.to_parquet(io.StringIO())  # type: ignore[arg-type]


@pytest.mark.parametrize("before", [None, "old"])
@pytest.mark.parametrize("method", ["to_csv", "to_jsonl", "to_ris", "to_ipc", "to_parquet"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError("damaged")])
def test_an_export_that_ends_early_leaves_what_was_there(
    results: Results,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    before: str | None,
    error: Any,
) -> None:
    monkeypatch.setattr(all_hits, "BATCH", 8)
    path = tmp_path / "hits"
    if before:
        path.write_text(before)

    def fail(done: int, _: int) -> None:
        if done:
            raise error

    with pytest.raises((KeyboardInterrupt, ValueError)):
        getattr(results, method)(path, progress=fail)
    assert (path.read_text() if path.exists() else None) == before
    assert {each.name for each in tmp_path.iterdir()} <= {"hits", "many.index"}


@pytest.mark.parametrize("step", ["create", "sync_file", "replace"])
def test_a_refusal_of_the_system_is_a_storage_error(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(filesystem, step, refuse)
    with pytest.raises(StorageError, match="could not write the export: No space left") as raised:
        results.to_csv(tmp_path / "hits.csv")
    assert raised.value.errno == 28
    assert raised.value.filename == str(tmp_path / "hits.csv")
    assert {each.name for each in tmp_path.iterdir()} == {"many.index"}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such links and paths")
def test_folders_that_are_not_there_and_folders(results: Results, tmp_path: Path) -> None:
    def refused(path: Path) -> str:
        with pytest.raises(StorageError, match="could not write the export") as raised:
            results.to_csv(path)
        assert raised.value.filename == str(path)
        assert "unfinished" not in str(raised.value)
        return str(raised.value)

    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere" / "hits.csv")
    assert f"there is no folder '{tmp_path}/nowhere/at/all'" in refused(
        tmp_path / "nowhere" / "at" / "all" / "hits.csv"
    )
    assert f"there is no folder '{tmp_path}/elsewhere'" in refused(tmp_path / "link")
    assert "a folder has this name; name a file in it" in refused(tmp_path)
    assert f"'{tmp_path}/file' is no folder" in refused(tmp_path / "file" / "hits.csv")
    assert f"'{tmp_path}/file/at' is no folder" in refused(tmp_path / "file" / "at" / "hits.csv")
    assert "choose a shorter name" in refused(tmp_path / ("a" * 300))
    assert {each.name for each in tmp_path.iterdir()} == {"many.index", "file", "link"}


def test_a_folder_in_the_way_is_told_before_the_work(results: Results, tmp_path: Path) -> None:
    done: list[int] = []
    with pytest.raises(StorageError, match="a folder has this name"):
        results.to_csv(tmp_path, progress=lambda count, _: done.append(count))
    assert done == []


def test_what_an_open_file_raises_is_passed_on(results: Results) -> None:
    class Closed:
        def write(self, text: str) -> None:
            if text:
                raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        results.to_csv(Closed())


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such links and modes")
def test_a_link_stays_and_modes_too(results: Results, tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    results.to_csv(link, fields="id")
    assert link.is_symlink()
    assert real.read_bytes() == expected(results).encode()
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such devices")
def test_devices_and_pipes_are_written_to_and_not_replaced(
    results: Results, tmp_path: Path
) -> None:
    results.to_csv("/dev/null")
    assert Path("/dev/null").is_char_device()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    results.to_csv(pipe, fields="id")
    reader.join(10)
    assert got == [expected(results).encode()]
    assert pipe.is_fifo()
