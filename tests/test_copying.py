"""Indexes are copied from folder to folder; the rest is in tests/opensearch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from searchlib import Article, Index, Key, Text
from searchlib.backends import copying
from searchlib.backends.copying import copy_index
from searchlib.cli.commands import cli
from searchlib.errors import IndexLockedError, IndexNotFoundError, SchemaMismatchError
from tests.conftest import ARTICLES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "storm.txt").write_text("Storm\n\nA storm in the north.\n")
    with Index.create(tmp_path / "source", Article, language="german") as index:
        index.add(ARTICLES)
        index.sync(archive)
        return index.path


def copy(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["copy", *map(str, arguments)])
    return done.exit_code, done.stdout


def title(index: Index[Any], key: str) -> str | None:
    found = index.get(key)
    return None if found is None else found.title


def test_a_copy_is_the_same_index(source: Path, tmp_path: Path) -> None:
    calls: list[tuple[int, int | None]] = []
    target = tmp_path / "target"
    report = copy_index(source, target, progress=lambda *done: calls.append(done))
    count = len(ARTICLES) + 1
    assert (report.added, report.replaced, report.skipped, report.rejected) == (count, 0, 0, [])
    assert calls == [(count, count)]
    with Index.open(source) as one, Index.open(target, Article) as other:
        assert [*one] == [*other]
        assert other.schema.to_json() == one.schema.to_json()
        assert other.sync(tmp_path / "archive").unchanged == 1


def test_what_is_there_is_left_as_it_is_or_overwritten(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    copy_index(source, target)
    key = ARTICLES[0].id
    with Index.open(target) as index:
        index.update(key, title="Changed")
        index.delete(ARTICLES[1].id)
        report = copy_index(source, target)
        assert (report.added, report.replaced, report.skipped) == (1, 0, len(ARTICLES))
        assert title(index, key) == "Changed"
        report = copy_index(source, target, overwrite=True)
        assert (report.added, report.replaced, report.skipped) == (0, len(ARTICLES) + 1, 0)
        assert title(index, key) == ARTICLES[0].title


def test_a_copy_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    monkeypatch.setattr(copying, "_BLOCK", 10)
    monkeypatch.setattr(copying, "_COMMIT_EVERY", 40)
    with Index.create(source, Article) as index:
        index.add(Article(id=f"{n}", title=f"t{n}", body="") for n in range(100))

    def stop(done: int, _: int | None) -> None:
        if done == 70:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_index(source, target, progress=stop)
    with Index.open(target) as index:
        assert len(index) == 40
    report = copy_index(source, target)
    assert (report.added, report.skipped) == (60, 40)
    with Index.open(target) as index:
        assert [one.id for one in index] == [f"{n}" for n in range(100)]


def test_documents_that_do_not_fit_a_later_model_are_problems(tmp_path: Path) -> None:
    class Note(BaseModel):
        key: Annotated[str, Key()]
        text: Annotated[str, Text()]

    class Other(BaseModel):
        key: Annotated[str, Key()]
        text: Annotated[list[str], Text()]

    Index.create(tmp_path / "source", Note).add({"key": "a", "text": "storm"})
    Index.create(tmp_path / "same", Note)
    Index.create(tmp_path / "other", Other)
    assert copy_index(tmp_path / "source", tmp_path / "same").added == 1
    with pytest.raises(SchemaMismatchError, match="text"):
        copy_index(tmp_path / "source", tmp_path / "other")


def test_what_is_not_there_or_locked(source: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError):
        copy_index(tmp_path / "nowhere", tmp_path / "target")
    assert not (tmp_path / "target").exists()
    index = Index.create(tmp_path / "locked", Article, language="german")
    with index.writer(), pytest.raises(IndexLockedError):
        copy_index(source, tmp_path / "locked", timeout=0)


def test_the_command(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    count = len(ARTICLES) + 1
    assert copy(source, target) == (0, f"{count} articles added to {target}\n")
    code, out = copy(source, target, "--json")
    expected: dict[str, Any] = {"added": 0, "replaced": 0, "skipped": count}
    lists: dict[str, Any] = {"rejected": [], "notices": [], "alerts": []}
    assert (code, json.loads(out)) == (0, {**expected, **lists})
    assert copy(source, target)[1] == f"0 articles added to {target}, {count} skipped\n"
    assert copy(source, target, "--overwrite")[1].startswith(
        f"0 articles added to {target}, {count} replaced"
    )
    assert copy(tmp_path / "nowhere", target)[0] == 1
