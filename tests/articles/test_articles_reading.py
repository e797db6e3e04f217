"""Paths in, articles out: walking, unpacking, limits, and what can't be read."""

import bz2
import gzip
import os
import random
import socket
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from searchlib.articles import Article, read_articles
from searchlib.articles import source as source_module
from searchlib.articles.source import RECORD_LIMIT
from searchlib.errors import Notice, Problem, SourceNotFoundError
from tests.tables import each

Read = Callable[..., list[Article | Problem]]


def write(path: Path, content: str | bytes = "{title}\n\nText.\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.format(title=f"Of {path.name}").encode()
    path.write_bytes(content)
    return path


def titles(*paths: str | Path) -> list[str]:
    return [item.title for item in read_articles(list(paths)) if isinstance(item, Article)]


def problems(*paths: str | Path) -> list[Problem]:
    return [item for item in read_articles(list(paths)) if isinstance(item, Problem)]


def test_folders_are_walked_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ["b/2.txt", "b/10.txt", "a.txt", "c.md", "b.txt", "B/1.txt", "b/a/z.txt"]:
        write(tmp_path / name, "# {title}\n\nText.")
    expected = ["Of 1.txt", "Of a.txt", "Of 10.txt", "Of 2.txt", "Of z.txt", "Of b.txt", "Of c.md"]
    assert titles(tmp_path) == expected
    assert titles(tmp_path) == expected


def test_paths_of_every_kind(tmp_path: Path) -> None:
    one, two = write(tmp_path / "1.txt"), write(tmp_path / "2.txt")
    for paths in (one, str(one), [one], (str(one),), iter([one])):
        assert [item.title for item in read_articles(paths) if isinstance(item, Article)]
    assert titles(two, one, two) == ["Of 2.txt", "Of 1.txt", "Of 2.txt"]
    assert list(read_articles([])) == []


def test_hidden_files_are_passed_over_unless_they_are_named(tmp_path: Path) -> None:
    hidden = write(tmp_path / ".hidden.txt")
    write(tmp_path / ".git" / "a.txt")
    write(tmp_path / "a.txt")
    assert titles(tmp_path) == ["Of a.txt"]
    assert problems(tmp_path) == []
    assert titles(hidden) == ["Of .hidden.txt"]


def test_links_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path / "a" / "1.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    (tmp_path / "z").symlink_to(tmp_path / "a")
    assert titles(tmp_path) == ["Of 1.txt"]
    assert problems(tmp_path) == []


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "nowhere.txt").symlink_to(tmp_path / "missing")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    found = problems(tmp_path)
    assert [problem.path and problem.path.name for problem in found] == ["loop.txt", "nowhere.txt"]
    assert "can't be read" in found[0].reason


@pytest.mark.parametrize("path", ["missing.txt", "missing/", "", "a\0b", "x" * 5000])
def test_a_path_that_does_not_exist_is_an_error_at_once(path: str, tmp_path: Path) -> None:
    there = write(tmp_path / "a.txt")
    with pytest.raises(SourceNotFoundError, match="check the path"):
        read_articles([there, path])
    with pytest.raises(FileNotFoundError):
        read_articles(path)


def test_a_path_through_a_file(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        read_articles(write(tmp_path / "a.txt") / "b.txt")


def test_a_file_that_goes_away(tmp_path: Path) -> None:
    gone, there = write(tmp_path / "a.txt"), write(tmp_path / "b.txt")
    items = read_articles([gone, there])
    gone.unlink()
    assert [type(item) for item in items] == [Problem, Article]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_what_we_may_not_read(tmp_path: Path) -> None:
    write(tmp_path / "a.txt").chmod(0)
    (write(tmp_path / "b" / "c.txt").parent).chmod(0)
    write(tmp_path / "z.txt")
    items = list(read_articles([tmp_path, tmp_path / "b" / "c.txt"]))
    (tmp_path / "b").chmod(0o700)
    assert [type(item) for item in items] == [Problem, Problem, Article, Problem]


def test_an_error_while_reading_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    first, second = write(tmp_path / "a.txt"), write(tmp_path / "b.txt")
    monkeypatch.setattr(Path, "open", fail)
    found = problems(first, second)
    assert len(found) == 2
    assert "Permission denied" in found[0].reason


def test_an_empty_folder(tmp_path: Path) -> None:
    write(tmp_path / ".hidden")
    (tmp_path / "inner").mkdir()
    (problem,) = problems(tmp_path)
    assert problem.path == tmp_path
    assert ".jsonl" in problem.reason


def test_pipes_and_sockets_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with socket.socket(socket.AF_UNIX) as server:
        cwd = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket must be short
        try:
            server.bind("b.txt")
        finally:
            os.chdir(cwd)
        found = problems(tmp_path, tmp_path / "a.txt")
    assert ["pipe" in problem.reason for problem in found] == [True, True, True]


@pytest.mark.parametrize(
    ("name", "ending", "advice"),
    [
        ("a.xyz", ".xyz", "convert it to"),
        ("a", "a name without an ending", "let its name end in what it is"),
        ("a.gz", "a name without an ending", "let its name end in what it is"),
        ("a.XYZ.gz", ".xyz", "convert it to"),
        ("a.xyz.bz2", ".xyz", "convert it to"),
        ("a.doc", ".doc", "soffice"),
        ("a.png", ".png", "ocrmypdf"),
        ("txt", "a name without an ending", "let its name end in what it is"),
    ],
)
def test_a_file_without_a_reader_is_a_problem(
    name: str, ending: str, advice: str, read: Read
) -> None:
    packed = {".gz": gzip.compress(b"Text."), ".bz2": bz2.compress(b"Text.")}
    (problem,) = read(name, packed.get(Path(name).suffix, b"Text."))
    assert isinstance(problem, Problem)
    assert problem.reason.startswith(f"no reader for {ending}; ")
    assert advice in problem.reason
    assert problem.kind == f"no reader for {ending}"


@each("name", ["a.txt", "a.md", "a.markdown", "a.jsonl", "a.ndjson", "a.json"])
@each("content", ["", " \n\n", "\ufeff", "\r\n\f\n"])
def test_an_empty_file_is_a_problem(name: str, content: str, read: Read) -> None:
    for packed in (False, True):
        data = gzip.compress(content.encode()) if packed else content.encode()
        (problem,) = read(name + ".gz" * packed, data)
        assert isinstance(problem, Problem)
        is_odd_json = "json" in name and "\f" in content
        assert is_odd_json or "is empty" in problem.reason


CONTENT = {
    "a.txt": "A title\n\nText.\n",
    "a.md": "# A title\n\nText.\n",
    "a.jsonl": '{"title": "A title", "body": "Text."}\n',
    "a.json": '[{"title": "A title", "body": "Text."}]',
}


@pytest.mark.parametrize("name", CONTENT)
def test_gzip(name: str, read: Read) -> None:
    data = CONTENT[name].encode()
    for packed in (
        gzip.compress(data),
        gzip.compress(data[:5]) + gzip.compress(data[5:]) + b"\0" * 8,
        gzip.compress(CONTENT[name].encode("utf-16")),
    ):
        (item,) = read(f"{name}.GZ" if len(packed) % 2 else f"{name}.gz", packed)
        assert isinstance(item, Article), str(item)
        assert (item.title, item.body) == ("A title", "Text.")


def _archive(count: int = 1000) -> bytes:
    words = [f"word{number}" for number in range(500)]
    draw = random.Random(1)
    return b"".join(
        b'{"id": %d, "body": "%s"}\n' % (number, " ".join(draw.choices(words, k=40)).encode())
        for number in range(count)
    )


@pytest.mark.parametrize("harm", ["cut", "overwritten", "checksum", "garbage after", "no gzip"])
def test_damaged_gzip_gives_what_can_be_read_and_then_a_problem(harm: str, read: Read) -> None:
    packed = bytearray(gzip.compress(_archive()))
    if harm == "cut":
        del packed[len(packed) // 2 :]
    elif harm == "overwritten":
        middle = len(packed) // 2
        packed[middle : middle + 200] = b"\xff" * 200
    elif harm == "checksum":
        packed[-6] ^= 0xFF
    elif harm == "garbage after":
        packed += b"garbage"
    else:
        packed[:] = _archive()
    items = read("a.jsonl.gz", bytes(packed))
    last = items[-1]
    assert isinstance(last, Problem)
    assert "damaged" in last.reason
    good = sum(isinstance(item, Article) for item in items)
    assert good == {"checksum": 1000, "garbage after": 1000, "no gzip": 0}.get(harm, good)
    if harm in ("cut", "overwritten"):
        assert 250 < good < 900
        assert last.line is not None


def test_damaged_gzip_of_text(read: Read) -> None:
    text = "A title\n\n" + "".join(f"Tällä rivillä on numero {n}.\n\n" for n in range(5000))
    packed = gzip.compress(text.encode())
    items = read("a.txt.gz", packed[: len(packed) * 2 // 3])
    assert [type(item) for item in items] == [Article, Problem]
    assert isinstance(items[0], Article)
    assert items[0].title == "A title"
    assert "ä" in items[0].body
    assert "Ã" not in items[0].body


def test_damaged_utf16(read: Read) -> None:
    items = read("a.txt", "A title\n\nText.\n".encode("utf-16") + b"\x00\xd8a")
    assert [type(item) for item in items] == [Article, Problem]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.json"])
def test_binary_files(name: str, read: Read) -> None:
    (problem,) = read(name, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert isinstance(problem, Problem)
    assert "looks binary" in problem.reason
    assert problem.line == 3


def test_a_record_has_a_limit(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "RECORD_LIMIT", 1000)
    line = '{{"title": "a", "body": "{}"}}\n'.format
    fits = line("x" * (1000 - len(line(""))))
    assert len(fits) == 1000
    items = read("a.jsonl", fits + line("x" * 100_000) + line("b") + line("x" * 2000).rstrip())
    assert [type(item) for item in items] == [Article, Problem, Article, Problem]
    large = items[1]
    assert isinstance(large, Problem)
    assert large.line == 2
    assert "JSON Lines" in large.reason
    for name in ("a.txt", "a.json", "a.md"):
        assert isinstance(read(name, "x" * 1001)[0], Problem)
    assert isinstance(read("b.txt", "x" * 1000)[0], Article)


def test_a_gzip_bomb_is_not_unpacked_into_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "a.txt.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as file:
        for _ in range(RECORD_LIMIT // (1 << 22) * 3):
            file.write(b" " * (1 << 22))
    tracemalloc.start()
    (problem,) = problems(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "at most 64 MiB" in problem.reason
    assert peak < RECORD_LIMIT * 1.2


def test_reading_is_lazy(tmp_path: Path) -> None:
    archive = tmp_path / "a.jsonl"
    archive.write_bytes(_archive(6000))
    tracemalloc.start()
    for _ in read_articles(archive):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000 < archive.stat().st_size


def test_files_are_closed(tmp_path: Path) -> None:
    paths = [write(tmp_path / "a.txt"), write(tmp_path / "b.jsonl", _archive(3))]
    iterator = read_articles(paths)
    next(iterator)
    next(iterator)
    del iterator  # an open file would be a ResourceWarning, which is an error in the tests


def test_the_surface() -> None:
    from searchlib import articles

    assert articles.__all__ == sorted(articles.__all__)
    assert {"Article", "read_articles"} <= set(articles.__all__)


def test_what_only_some_files_need_is_imported_for_them_only(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{{"title": "a", "date": "17 Feb 2025"}}')
    code = (
        "import sys; from searchlib.articles import read_articles;"
        "list(read_articles(sys.argv[1]));"
        "sys.exit(str([name for name in ('yaml', 'dateutil.parser') if name in sys.modules] or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == ""


def places(*paths: Path, root: Path | None = None) -> list[tuple[str | None, int | None]]:
    items = read_articles(paths, root=root)
    return [(item.file, item.line) for item in items if isinstance(item, Article)]


def test_an_article_knows_its_file_relative_to_what_was_read(tmp_path: Path) -> None:
    one = write(tmp_path / "a" / "1.txt")
    two = write(tmp_path / "a" / "b" / "2.txt")
    three = write(tmp_path / "c" / "3.txt")
    assert places(tmp_path) == [("a/1.txt", 1), ("a/b/2.txt", 1), ("c/3.txt", 1)]
    assert places(tmp_path / "a") == [("1.txt", 1), ("b/2.txt", 1)]
    assert places(two) == [("2.txt", 1)]
    assert places(one, three) == [("a/1.txt", 1), ("c/3.txt", 1)]
    assert places(one.parent, two.parent) == [("1.txt", 1), ("b/2.txt", 1), ("b/2.txt", 1)]
    assert places(two, root=tmp_path) == [("a/b/2.txt", 1)]


def test_the_file_does_not_depend_on_how_its_path_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a" / "b" / "1.txt")
    monkeypatch.chdir(tmp_path / "a")
    assert {*places(Path("../a"), Path(), Path("b/../"))} == {("b/1.txt", 1)}


@pytest.mark.skipif(os.name != "posix", reason="only there names are bytes")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xff.txt")
    write(tmp_path / name, b"Text.")
    (article,) = read_articles(tmp_path)
    assert isinstance(article, Article)
    assert article.file == "a\ufffd.txt"
    assert Article.model_validate_json(article.model_dump_json()) == article


def test_an_article_knows_its_place_in_the_file(tmp_path: Path) -> None:
    header = "## {}\n\nPublished on February 17, 2025\n\nCategory: a\n\nText.\n\n".format
    write(tmp_path / "1.txt", "\n\n" + header("One") + header("Two"))
    write(tmp_path / "2.jsonl", b'\n{"title": "a"}\n7\n{"title": "b"}')
    write(tmp_path / "3.json", b'[{"title": "a"}, {"title": "b"},\n{"title": "c"}]')
    write(tmp_path / "4.md", b"---\ntitle: a\n---\nText")
    items = [item for item in read_articles(tmp_path) if isinstance(item, Article)]
    found = [(item.file, item.line, item.record) for item in items]
    assert found == [
        ("1.txt", 3, 1), ("1.txt", 11, 2), ("2.jsonl", 2, 1), ("2.jsonl", 4, 3),
        ("3.json", 1, 1), ("3.json", 1, 2), ("3.json", 2, 3), ("4.md", 1, 1),
    ]  # fmt: skip


def test_the_place_makes_no_difference_to_the_id(tmp_path: Path) -> None:
    write(tmp_path / "a" / "1.txt", b"A title\n\nText.")
    write(tmp_path / "2.md", b"\n# A title\n\nText.")
    assert len({item.id for item in read_articles(tmp_path) if isinstance(item, Article)}) == 1


def test_no_record_says_where_it_was_read(read: Read) -> None:
    record = '{"title": "a", "file": "b.txt", "line": 7, "record": 8}'
    (article,) = read("a.jsonl", record)
    assert isinstance(article, Article)
    assert (article.file, article.line, article.record) == ("a.jsonl", 1, 1)
    assert article.extra == {"file": "b.txt", "line": 7, "record": 8}


@pytest.mark.parametrize("parts", ["Storm_files", "Storm-Dateien", "Storm_fichiers"])
def test_the_parts_of_a_saved_page_are_left_out_with_a_notice(tmp_path: Path, parts: str) -> None:
    write(tmp_path / "Storm.htm", b"")
    write(tmp_path / parts / "frame.txt")
    write(tmp_path / "Other_files" / "a.txt")  # there is no Other.html
    items = list(read_articles(tmp_path))
    (notice,) = [item for item in items if isinstance(item, Notice)]
    assert notice.path == tmp_path / parts
    assert [item.file for item in items if isinstance(item, Article)] == ["Other_files/a.txt"]


def test_a_text_of_lines_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchlib.articles.text.LINE_LIMIT", 100)
    for name, line in (("a.txt", "a\n"), ("a.md", "\n"), ("b.txt", "\f")):
        (tmp_path / name).write_text("Title\n" + line * 100)
        (problem,) = problems(tmp_path / name)
        assert problem.reason == "expected a text of at most 100 lines, got more; split it"
