"""Any sequence of changes to folders, against a plain model of which articles the index has."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from searchlib import Article, Index
from tests.conftest import examples

OLD = 1_000_000_000
"""Seconds since 1970: a time of modification that is long ago."""

SHRINK = os.environ.get("SEARCHLIB_NIGHTLY") == "1"
"""Shrinking takes minutes, as each example writes files and waits for the disk."""

TEXTS = [
    f"{one} {two}" for one in ("storm", "flood", "peace") for two in ("talks", "ends", "at sea")
]
texts = st.sampled_from(TEXTS)
ids = st.none() | st.sampled_from(["id1", "id2", "id3"])
names = st.sampled_from(["a.jsonl", "b.jsonl", "sub/a.jsonl", "sub/z.jsonl", "sub.jsonl", "c.txt"])
records = st.tuples(ids, texts)


@dataclass
class File:
    """A file of the model.

    Attributes:
        records: The id, or ``None``, and the text of each of its articles.
        is_broken: Whether nothing of it can be read.
        held: The articles that the index should have of it.
    """

    records: list[tuple[str | None, str]]
    is_broken: bool = False
    held: list[tuple[str | None, str]] = field(default_factory=list)


class Folders(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="searchlib-sync-"))
        self.root = self.base / "archive"
        (self.root / "sub").mkdir(parents=True)
        self.index = Index.create(self.base / "index", Article)
        self.files: dict[str, File] = {}
        self.gone: dict[str, File] = {}  # that the index does not know to be gone
        self.clock = OLD
        self.generation = 0

    def teardown(self) -> None:
        if hasattr(self, "base"):
            shutil.rmtree(self.base)

    def write(self, name: str, *, settled: bool) -> None:
        file = self.files[name]
        path = self.root / name
        if file.is_broken:
            path.write_bytes(b"\0\0\0")
        elif name.endswith(".txt"):
            path.write_text("\n\n".join(text for _, text in file.records))
        else:
            lines = [{"title": text} | ({"id": own} if own else {}) for own, text in file.records]
            path.write_text("\n".join(map(json.dumps, lines)))
        if settled:
            self.clock += 1
            os.utime(path, (self.clock, self.clock))

    @rule(name=names, content=st.lists(records, min_size=1, max_size=4), settled=st.booleans())
    def put(self, name: str, content: list[tuple[str | None, str]], settled: bool) -> None:
        if name.endswith(".txt"):
            content = [(None, content[0][1])]
        known = self.files.get(name) or self.gone.pop(name, None)
        self.files[name] = File(content, held=known.held if known else [])
        self.write(name, settled=settled)

    def some(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.files)))

    @precondition(lambda self: self.files)
    @rule(data=st.data(), text=texts, settled=st.booleans())
    def edit(self, data: st.DataObject, text: str, settled: bool) -> None:
        name = self.some(data)
        file = self.files[name]
        at = data.draw(st.integers(0, len(file.records) - 1))
        file.records = [*file.records]
        file.records[at] = (file.records[at][0], text)
        self.write(name, settled=settled)

    @precondition(lambda self: self.files)
    @rule(data=st.data(), record=records, settled=st.booleans())
    def insert(self, data: st.DataObject, record: tuple[str | None, str], settled: bool) -> None:
        name = self.some(data)
        file = self.files[name]
        if not name.endswith(".txt"):
            at = data.draw(st.integers(0, len(file.records)))
            file.records = [*file.records[:at], record, *file.records[at:]]
            self.write(name, settled=settled)

    @precondition(lambda self: self.files)
    @rule(data=st.data(), settled=st.booleans())
    def cut(self, data: st.DataObject, settled: bool) -> None:
        name = self.some(data)
        file = self.files[name]
        if len(file.records) > 1:
            at = data.draw(st.integers(0, len(file.records) - 1))
            file.records = [*file.records[:at], *file.records[at + 1 :]]
            self.write(name, settled=settled)

    @precondition(lambda self: self.files)
    @rule(data=st.data(), place=names)
    def rename(self, data: st.DataObject, place: str) -> None:
        name = self.some(data)
        if place not in self.files and place.endswith(".txt") == name.endswith(".txt"):
            (self.root / name).rename(self.root / place)
            moved = self.files.pop(name)
            self.gone[name] = moved
            known = self.gone.pop(place, None)
            self.files[place] = File(moved.records, moved.is_broken, known.held if known else [])

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        name = self.some(data)
        (self.root / name).unlink()
        self.gone[name] = self.files.pop(name)

    @precondition(lambda self: self.files)
    @rule(data=st.data(), settled=st.booleans())
    def break_or_mend(self, data: st.DataObject, settled: bool) -> None:
        name = self.some(data)
        self.files[name].is_broken = not self.files[name].is_broken
        self.write(name, settled=settled)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        self.clock += 1
        os.utime(self.root / self.some(data), (self.clock, self.clock))

    @rule(full=st.booleans(), part=st.sampled_from(["", "sub"]))
    def sync(self, full: bool, part: str) -> None:
        seen = [name for name in self.files if name.startswith(part + "/" * bool(part))]
        gone = [name for name in self.gone if name.startswith(part + "/" * bool(part))]
        known = {name for name in seen if self.files[name].held}
        removed = sum(bool(self.gone[name].held) for name in gone)
        for name in seen:
            if not self.files[name].is_broken:
                self.files[name].held = self.files[name].records
        for name in gone:
            del self.gone[name]
        report = self.index.sync(self.root / part, full=full, allow_empty=True)
        assert report.files == len(seen)
        assert report.failed == sum(self.files[name].is_broken for name in seen)
        assert report.failed == len({str(p.path) for p in report.problems})
        assert report.added == sum(not self.files[n].is_broken for n in seen if n not in known)
        assert report.removed == removed
        self.expect_contents()
        again = self.index.sync(self.root / part, allow_empty=True)
        assert (again.added, again.changed, again.removed, again.articles_deleted) == (0, 0, 0, 0)
        assert again.failed == report.failed

    @precondition(lambda self: self.generation < 3)
    @rule()
    def reindex(self) -> None:
        self.generation += 1
        path = self.base / f"index{self.generation}"
        Index.reindex(self.index.path, path, workers=0)
        self.index = Index.open(path, Article)

    @rule()
    def open_again(self) -> None:
        self.index = Index.open(self.index.path, Article)

    def expect_contents(self) -> None:
        """Expect what the files have; of an id that several have, the text of one of them."""
        own: dict[str, set[str]] = {}
        derived: Counter[str] = Counter()
        for name, file in (*self.files.items(), *self.gone.items()):
            is_readable = file.held == file.records and not (file.is_broken or name in self.gone)
            for key, text in file.held:
                if key is None:
                    derived[text] += 1
                else:
                    # What can't be read again has the text that some file had.
                    own.setdefault(key, set()).update([text] if is_readable else TEXTS)
        found: Counter[str] = Counter()
        for hit in self.index.search("*", limit=None, snippets=False):
            if hit.key in own:
                assert hit.document.title in own.pop(hit.key)
            else:
                found[hit.document.title or hit.document.body] += 1
        assert not own
        assert found.keys() == derived.keys()
        assert all(found[text] <= derived[text] for text in found)

    @invariant()
    def each_is_where_it_says(self) -> None:
        if not hasattr(self, "index"):
            return
        assert self.index.check() == []


Folders.TestCase.settings = settings(
    max_examples=examples(80),
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[phase for phase in Phase if phase is not Phase.shrink or SHRINK],
)
TestFolders = Folders.TestCase
