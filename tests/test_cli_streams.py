"""The command line with outputs that take few letters, or that end early."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from searchlib import Article, Index
from tests.stopped_readers import said_to_nobody

TITLE = "Штормы у берега — “naïve” 北京市 \U0001f30a"
RUN = """
import json, sys
from searchlib.__main__ import main
for args in json.loads(sys.argv[1]):
    sys.argv = ["searchlib", *args]
    print("@", *args[:1], flush=True)
    try:
        main()
    except SystemExit as error:
        assert not error.code or error.code == 1 and "wrong" in args, error.code
"""
ENCODINGS = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ascii": {"PYTHONIOENCODING": "ascii:strict"},
    "cp437": {"PYTHONIOENCODING": "cp437"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "utf-8": {"PYTHONIOENCODING": "utf-8"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "Буря.jsonl").write_text(
        json.dumps({"id": "a", "title": TITLE, "body": f"{TITLE} {TITLE}"}) + "\nnonsense\n",
        encoding="utf-8",
    )
    return tmp_path


def output(folder: Path, variables: dict[str, str], *commands: list[str]) -> tuple[bytes, bytes]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(commands)],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert b"Traceback" not in done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_output_never_fails_for_its_encoding(folder: Path, encoding: str) -> None:
    at = ["--index", "индекс"] if encoding != "C" else ["--index", "index"]
    query = (
        json.loads('"\\u0448\\u0442\\u043e\\u0440\\u043c\\u044b OR *"') if at[1] != "index" else "*"
    )
    commands = [
        ["index", "archive", *at],
        ["index", "archive", *at, "--json"],
        ["search", query, *at],
        ["search", query, *at, "--json"],
        ["stats", *at],
        ["stats", *at, "--json"],
        ["check", *at],
        ["check", *at, "--json"],
        ["reindex", at[1], "new"],
        ["reindex", at[1], "newer", "--json"],
        ["search", "(wrong", *at, "--sort", "wrong"],
        ["demo", "archive"],
        ["--help"],
        ["search", "--help"],
    ]
    out, _ = output(folder, ENCODINGS[encoding], *commands)
    codec = {"C": "ascii"}.get(encoding, encoding)
    text = out.decode(codec)
    printed = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert len(printed) == 5
    assert printed[0]["rejected"][0]["path"].endswith("jsonl")
    assert printed[1]["hits"][0]["document"]["title"] == TITLE
    shown = TITLE.encode(codec, "replace").decode(codec)
    assert f" 1. {shown}\n" in text.replace("\r\n", "\n")


def test_letters_that_an_output_can_take_are_not_escaped(folder: Path) -> None:
    commands = ["index", "archive", "--index", "i"], ["search", "*", "--index", "i", "--json"]
    out, _ = output(folder, ENCODINGS["utf-8"], *commands)
    assert TITLE in out.decode()


def test_half_a_character_is_escaped_as_well(folder: Path) -> None:
    """As a command line has it that is no UTF-8."""
    out, _ = output(
        folder,
        ENCODINGS["utf-8"],
        ["index", "archive", "--index", "i"],
        ["search", "\udcff OR *", "--index", "i", "--json"],
        ["search", "\udcff OR *", "--index", "i"],
    )
    (found,) = [json.loads(line) for line in out.splitlines() if line.startswith(b'{"query"')]
    assert found["query"] == "\udcff OR *"


@pytest.fixture
def long_index(tmp_path: Path) -> Path:
    """A folder with an index of articles that are together longer than what a pipe holds."""
    index = Index.create(tmp_path / "index", Article)
    index.add(Article(id=str(n), title="storm", body="a storm " * 500) for n in range(60))
    return tmp_path


SEARCH = ["search", "storm", "--limit", "60", "--chars", "4000", "--index", "index"]


def expect_quiet(said: str) -> None:
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
    assert "Exception ignored" not in said


def test_a_reader_that_stops_early_ends_the_command_quietly(long_index: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "searchlib", *SEARCH],
        cwd=long_index,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()
    expect_quiet(process.stderr.read().decode())
    process.stderr.close()
    process.wait(timeout=100)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="expected a system with fork")
def test_so_it_is_with_every_command(long_index: Path) -> None:
    for name in ("a", "b", "c"):
        (long_index / f"{name}.json").write_text(json.dumps({"title": f"calm {name}"}))
    at = ["--index", "index"]
    searches = said_to_nobody(
        long_index, SEARCH, [*SEARCH, "--json"], warming_up=["search", "calm", *at], characters=1
    )
    others = said_to_nobody(
        long_index,
        *(
            [*command, *at, *options]
            for command in (["stats"], ["check"])
            for options in ([], ["--json"])
        ),
        ["index", "a.json", *at],
        ["index", "b.json", *at, "--json"],
        warming_up=["index", "c.json", *at],
        characters=0,
    )
    assert len(Index.open(long_index / "index")) == 63
    for said in (*searches, *others):
        expect_quiet(said)


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="expected a system with /dev/full")
@pytest.mark.parametrize(
    "args",
    [SEARCH, [*SEARCH, "--json"], ["export", "storm", "--format", "csv", "--index", "index"]],
    ids=" ".join,
)
def test_a_full_disk_is_an_error_in_one_line(long_index: Path, args: list[str]) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "searchlib", *args],
            cwd=long_index,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "Error: could not write: No space left on device\n",
    )


@pytest.mark.skipif(os.name == "nt", reason="expected a shell that closes streams")
@pytest.mark.parametrize(
    "command", ["search storm --json >&-", "kwic storm --csv >&-", "batch - <&- >&- 2>&-"]
)
def test_streams_that_are_closed_are_nobody(long_index: Path, command: str) -> None:
    """As they are where a program is started in the background."""
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m searchlib {command}', sys.executable],
        cwd=long_index,
        env={**os.environ, "SEARCHLIB_INDEX": "index"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "Traceback" not in done.stderr
    assert len(Index.open(long_index / "index")) == 60
