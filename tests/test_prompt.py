"""The prompt of the demo."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from searchlib import Article, Index
from searchlib.cli.prompt import Prompt

if TYPE_CHECKING:
    from pathlib import Path

Ask = Callable[..., str]


@pytest.fixture
def talk(tmp_path: Path) -> Ask:
    """Type lines at the prompt, and see what is printed."""
    index = Index.create(tmp_path / "index", Article)
    days = [date(2025, 3, number) for number in range(1, 13)]
    index.add(
        Article(title=f"Storm {day.day}", body=f"A storm of day {day.day}.", published=day)
        for day in days
    )
    index.add(Article(id="quit", title="Quit", body="They quit; help came."))

    def type_lines(*lines: str) -> str:
        file = StringIO()
        console = Console(file=file, width=100, color_system=None)
        waiting = iter(lines)

        def ask(_: str) -> str:
            try:
                return next(waiting)
            except StopIteration:
                raise EOFError from None

        Prompt(index, console, ask).run()
        assert next(waiting, None) is None or lines[-1] == "never"
        return file.getvalue()

    return type_lines


def test_a_query_and_the_next_pages(talk: Ask) -> None:
    said = talk("storm", ":more", ":more", ":more")
    assert "5 of 12 hits" in said
    assert ":more shows the next 5" in said
    assert ":more shows the next 2" in said
    assert "\n12. Storm" in said
    assert said.count("Storm ") == 12
    assert "These were all." in said


def test_more_of_nothing(talk: Ask) -> None:
    assert "First type a query." in talk(":more")
    assert "These were all." in talk("zebra", ":more")


def test_the_next_page_of_a_query_that_was_relaxed(talk: Ask) -> None:
    said = talk("storm zebra", ":more")
    assert said.count("No article has all of the words") == 1
    assert "\n10. Storm" in said


def test_a_whole_article(talk: Ask) -> None:
    said = talk(":sort published", "storm", ":more", ":show 7", ":show 11", ":show x", ":show")
    assert "A storm of day 7." in said.partition("published: 2025-03-07")[2]
    assert said.count("Expected the number of a hit that was shown (1 to 10)") == 3
    assert "none yet" in talk(":show 1")


def test_sorting(talk: Ask) -> None:
    said = talk("storm", ":sort -published", ":sort title", ":more", ":sort")
    _, newest = said.split("hits in", 1)
    assert newest.index("Storm 12") < newest.index("Storm 11")
    assert "Sorted by -published." in said
    assert "expected a sortable field" in said.replace("\n", " ")
    assert "\n 6. Storm 7" in said  # the field that can't be sorted by changed nothing
    assert "Fields to sort by: id, published, " in said.replace("\n", " ")
    assert "expected a sortable field" in talk(":sort nothing").replace("\n", " ")


@pytest.mark.parametrize("end", ["", ":quit", ":q", "  "])
def test_the_end(talk: Ask, end: str) -> None:
    assert "hits in" not in talk(end, "never")


@pytest.mark.parametrize("word", ["help", "quit", "exit", "HELP", "?"])
def test_commands_without_their_colon_get_a_hint(talk: Ask, word: str) -> None:
    said = talk(word)
    assert "is the command" in said
    assert "hit" not in said
    assert "1 hit" in talk('"quit"')


def test_help_and_what_there_is_not(talk: Ask) -> None:
    said = talk(":help", ":nothing", "(wrong")
    for command in (":more", ":show N", ":sort FIELD", ":quit"):
        assert command in said
    assert "There is no command :nothing" in said
    assert "expected a )" in said


def test_without_readline_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, index: Index
) -> None:
    monkeypatch.setitem(sys.modules, "readline", None)
    file = StringIO()
    Prompt(index, Console(file=file, width=200))
    assert "need the module readline" in file.getvalue()


class Terminal:
    """A program that runs in a terminal."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._unread = ""

    def read_until(self, text: str) -> str:
        """Read what is printed up to a text; wait for it a minute at most."""
        while text not in self._unread:
            ready, _, _ = select.select([self.descriptor], [], [], 60)
            assert ready, self._unread
            self._unread += os.read(self.descriptor, 4096).decode(errors="replace")
        said, _, self._unread = self._unread.partition(text)
        return said

    def type(self, keys: bytes) -> None:
        os.write(self.descriptor, keys)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Terminal]:
    """Run the demo in a terminal."""
    pty = pytest.importorskip("pty")
    (tmp_path / "a.txt").write_text("Storm\n\nA storm in the north.\n")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "searchlib", "demo", str(tmp_path)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    yield Terminal(ours)
    process.kill()
    process.wait()
    os.close(ours)


@pytest.mark.skipif(os.name != "posix", reason="expected a system with terminals")
def test_arrow_keys_bring_back_what_was_typed(demo: Terminal) -> None:
    pytest.importorskip("readline")
    demo.read_until("search> ")
    demo.type(b"storm\r")
    demo.read_until("1 hit")
    demo.read_until("search> ")
    demo.type(b"\x1b[A\r")
    said = demo.read_until("1 hit")
    assert "^[[A" not in said
    assert said.startswith("storm")
    demo.type(b":quit\r")
