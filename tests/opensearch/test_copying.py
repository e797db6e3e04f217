"""Indexes are copied between folders and a real server, are stopped, and go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from searchlib import Article, Index
from searchlib.backends import copying
from searchlib.backends.copying import copy_index
from searchlib.cli.commands import cli
from tests.opensearch.reports import articles, mistake

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 1300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("archive")
    (archive / "storm.txt").write_text("Storm\n\nA storm in the north.\n")
    with Index.create(archive.parent / "news.index", Article) as index:
        index.sync(archive)
        index.add(articles(COUNT))
        return index.path


def test_there_and_back(folder: Path, address: str, tmp_path: Path) -> None:
    there = copy_index(folder, f"{address}?shards=2")
    assert (there.added, there.replaced, there.skipped, there.rejected) == (COUNT + 1, 0, 0, [])
    second = copy_index(address, f"{address}-2")
    back = copy_index(f"{address}-2", tmp_path / "back")
    assert (second.added, back.added) == (COUNT + 1, COUNT + 1)
    with Index.open(folder) as first, Index.open(tmp_path / "back") as last:
        assert [*first] == [*last]
        assert first.schema.to_json() == last.schema.to_json()
    with Index.open(address) as index:
        assert [mistake(index, number, COUNT) for number in range(5)] == [None] * 5
        assert index.sync(folder.parent / "archive0").unchanged == 1
        assert (copy_index(folder, address).skipped, len(index)) == (COUNT + 1, COUNT + 1)


@pytest.mark.parametrize("commits", [False, True])
def test_a_copy_that_was_stopped_goes_on(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch, commits: bool
) -> None:
    """Also where it had not committed: what was sent is there, though no search has seen it."""
    monkeypatch.setattr(copying, "_COMMIT_EVERY", 500 if commits else 10_000)
    monkeypatch.setattr("searchlib.backends.opensearch.writer._BATCH_BYTES", 1000)
    monkeypatch.setattr("searchlib.backends.opensearch.writer.REQUEST_BYTES", 1000)

    def stop(done: int, _: int | None) -> None:
        if done > 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_index(folder, address, progress=stop)
    report = copy_index(folder, address)
    assert report.replaced == 0
    assert 0 < report.skipped < COUNT
    assert report.added + report.skipped == COUNT + 1
    with Index.open(address) as index:
        assert len(index) == COUNT + 1
        assert {one.id for one in index} == {one.id for one in Index.open(folder)}


def test_the_command(folder: Path, address: str) -> None:
    def run(*arguments: str) -> Any:
        done = CliRunner().invoke(cli, ["copy", *arguments])
        assert done.exit_code == 0, done.stderr
        return done.stdout

    host = address.removeprefix("opensearch://")
    secret = f"opensearch://ida:geheim@{host}"
    assert run(str(folder), secret) == f"1,301 articles added to opensearch://{host}\n"
    assert json.loads(run(str(folder), secret, "--json"))["skipped"] == COUNT + 1
    assert json.loads(run(str(folder), secret, "--json", "--overwrite"))["replaced"] == COUNT + 1
