"""Archives: members of all formats, names that lie, bombs; and streams without a name."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.articles import Article, read_articles, read_stream, unpacking
from searchlib.errors import ArgumentError, Notice, Problem
from tests.articles.conftest import only_articles
from tests.conftest import examples
from tests.tables import each

Read = Callable[..., list[Article | Problem]]

MEMBERS = {
    "2024/ferry.txt": b"Ferry sails\n\nThe ferry sails at noon.\n",
    "2024/more.jsonl": b'{"title": "A"}\n{"title": "B"}\n',
    "a.md": b"# Marked\n\nText.\n",
    "packed.json.gz": gzip.compress(b'[{"title": "Packed"}]'),
    "table.csv": b"title;body\nRow;Text\n",
}
TITLES = {
    "2024/ferry.txt": ["Ferry sails"],
    "2024/more.jsonl": ["A", "B"],
    "a.md": ["Marked"],
    "packed.json.gz": ["Packed"],
    "table.csv": ["Row"],
}


def zipped(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(members: Mapping[str, bytes], mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


ARCHIVES = {
    "a.zip": zipped(MEMBERS),
    "a.tar": tarred(MEMBERS),
    "a.tar.gz": tarred(MEMBERS, "w:gz"),
    "a.tgz": tarred(MEMBERS, "w:gz"),
    "a.tar.bz2": tarred(MEMBERS, "w:bz2"),
    "a.tar.xz": tarred(MEMBERS, "w:xz"),
    "a.tar.zst": zstandard.compress(tarred(MEMBERS)),
    "zip in disguise.txt": zipped(MEMBERS),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_members_are_read_by_their_own_formats(name: str, read: Read) -> None:
    articles = only_articles(read(name, ARCHIVES[name]))
    found: dict[str, list[str]] = {}
    for article in articles:
        assert article.file is not None
        found.setdefault(article.file, []).append(article.title)
    assert found == {f"{name}/{member}": titles for member, titles in TITLES.items()}
    assert list(found) == sorted(found)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zstandard.compress
}  # fmt: skip


@pytest.mark.parametrize("ending", PACKERS)
def test_packed_files(ending: str, read: Read) -> None:
    pack, data = PACKERS[ending], MEMBERS["2024/more.jsonl"]
    joined = pack(data) + pack(b'{"title": "C"}\n')  # streams one after another
    for name in (f"a.jsonl{ending}", f"A.JSONL{ending.upper()}", "packed without saying so.jsonl"):
        articles = only_articles(read(name, joined))
        assert [article.title for article in articles] == ["A", "B", "C"]


@pytest.mark.parametrize("ending", PACKERS)
def test_packed_files_that_are_cut(ending: str, read: Read) -> None:
    lines = b"".join(b'{"title": "%s"}\n' % os.urandom(120).hex().encode() for _ in range(5_000))
    packed = PACKERS[ending](lines)
    *items, last = read(f"a.jsonl{ending}", packed[: len(packed) * 4 // 5])
    assert isinstance(last, Problem)
    assert "damaged" in last.reason
    assert 1000 < sum(isinstance(item, Article) for item in items) < 5_000


def test_a_cut_zip_is_not_taken_for_one_that_is_in_it(read: Read) -> None:
    whole = zipped({"a.txt": b"Lost.", "b.zip": zipped({"c.txt": b"Found."}), "d.txt": b"Lost."})
    for part in (b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"):
        end = whole.rindex(part)
        (problem,) = read("a.zip", whole[:end])
        assert isinstance(problem, Problem)
        assert "get a sound copy" in problem.reason


def test_a_zip_behind_a_program_that_unpacks_it(read: Read) -> None:
    (article,) = only_articles(read("a.zip", b"MZ\0\1" * 50 + zipped({"a.txt": b"Found."})))
    assert (article.body, article.file) == ("Found.", "a.zip/a.txt")


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_hidden_members_are_passed_over(pack: Callable[..., bytes], read: Read) -> None:
    hidden = {".a.txt": b"No.", "b/.git/c.txt": b"No.", "__MACOSX/._a.txt": b"\0", "a.txt": b"Yes."}
    articles = only_articles(read("a.zip", pack(hidden)))
    assert [article.body for article in articles] == ["Yes."]


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["/etc/a.txt", "../a.txt", "b/../../a.txt", "C:\\a.txt"])
def test_members_that_claim_to_stand_outside(
    name: str, pack: Callable[..., bytes], read: Read
) -> None:
    problem, article = sorted(read("a.zip", pack({name: b"No.", "z.txt": b"Yes."})), key=type_name)[
        ::-1
    ]
    assert isinstance(article, Article)
    assert isinstance(problem, Problem)
    assert "outside of the archive" in problem.reason
    assert problem.path is not None
    assert f"a.zip/{name.strip('/')}".replace("\\", "/") in problem.path.as_posix()


def type_name(item: object) -> str:
    return type(item).__name__


def test_links_and_encrypted_members_are_problems(read: Read) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"{kind!r}.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    items = read("a.tar", file.getvalue())
    assert ["not followed" in str(item) for item in items] == [True, True, True]
    data = bytearray(zipped({"a.txt": b"Text."}))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + offset] |= 1
    (problem,) = read("a.zip", bytes(data))
    assert isinstance(problem, Problem)
    assert problem.path is not None
    assert problem.path.parts[-2:] == ("a.zip", "a.txt")
    assert "encrypted" in problem.reason


def test_archives_in_archives(read: Read) -> None:
    inner = {"a.zip": zipped({"b.txt": b"Inner."}), "c.tar.gz": tarred({"d.txt": b"Too."}, "w:gz")}
    for pack in (zipped, tarred):
        articles = only_articles(read("a.zip", pack(inner)))
        assert [article.file for article in articles] == [
            "a.zip/a.zip/b.txt",
            "a.zip/c.tar.gz/d.txt",
        ]
    data = b"Deep."
    for _ in range(10):
        data = zipped({"a.zip": data})
    (problem,) = read("a.zip", data)
    assert "one in another" in str(problem)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 or so", b"\0" * 10_240])
def test_what_is_no_archive(name: str, content: bytes, read: Read) -> None:
    if name == "a.tar.gz":
        content = gzip.compress(content)
    (problem,) = read(name, content)
    assert isinstance(problem, Problem)


def test_a_member_with_a_wrong_checksum(read: Read) -> None:
    data = zipped({"a.txt": b"Text. " * 1000, "b.txt": b"Fine."})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        crc = archive.getinfo("a.txt").CRC.to_bytes(4, "little")
    items = read("a.zip", data.replace(crc, b"\0\1\2\3"))
    assert [type(item) for item in items] == [Problem, Article]
    assert "damaged" in str(items[0])


def bomb(size: int, *, mode: str) -> bytes:
    if mode == "zip":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(4):
                archive.writestr(f"{number}.jsonl", (b" " * 1023 + b"\n") * (size >> 10))
        return file.getvalue()
    if mode == "nested":
        return zipped({"a.zip": bomb(size, mode="zip")})
    return tarred(
        {f"{number}.jsonl": (b" " * 1023 + b"\n") * (size >> 10) for number in range(4)},
        f"w:{mode}",
    )


@pytest.mark.parametrize("mode", ["zip", "nested", "gz", "bz2", "xz"])
def test_bombs_are_defused(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "UNPACKED_LIMIT", 1 << 20)
    path = tmp_path / ("a.zip" if mode in ("zip", "nested") else f"a.tar.{mode}")
    path.write_bytes(bomb(4 << 20, mode=mode))
    tracemalloc.start()
    items = list(read_articles(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert items
    assert any("times its size" in str(item) for item in items)
    assert peak < 12 << 20  # xz takes 8 MiB for itself


def test_a_tar_with_an_endless_name_is_not_held(tmp_path: Path) -> None:
    info = tarfile.TarInfo("long")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 32
    path = tmp_path / "a.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(info.tobuf())
        for _ in range(32):
            file.write(b"x" * (1 << 20))
    tracemalloc.start()
    (problem,) = read_articles(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(problem, Problem)
    assert peak < 8 << 20


# ---------------------------------------------------------------- streams without a name


STREAMS = {
    "lines": (b'{"title": "A"}\n{"title": "B"}\n', ["A", "B"]),
    "array": (b'[{"title": "A"}]', ["A"]),
    "empty array": (b"\xef\xbb\xbf\n [ \n]", []),
    "text": (b"Ferry sails\n\nIt sails.\n", ["Ferry sails"]),
    "front matter": (b"---\ntitle: A\n---\nText.\n", ["A"]),
    "heading": (b"# Marked\n\nText.\n", ["Marked"]),
    "table": (b"title\tbody\tdate\nA\tText\t2025-03-04\n", ["A"]),
    "gzip": (gzip.compress(b'{"title": "A"}'), ["A"]),
    "zip": (zipped({"a.txt": b"A\n\nText."}), ["A"]),
    "tar.xz": (tarred({"a.txt": b"A\n\nText."}, "w:xz"), ["A"]),
    "nothing": (b"", []),
}


@each("kind", STREAMS)
def test_the_format_of_a_stream_is_told_from_its_beginning(kind: str) -> None:
    data, titles = STREAMS[kind]
    items = [item for item in read_stream(io.BytesIO(data)) if not isinstance(item, Notice)]
    assert [item.title for item in items if isinstance(item, Article)] == titles
    if not titles:
        assert ["is empty" in str(item) for item in items] == [True]


def test_the_format_and_encoding_of_a_stream_can_be_told() -> None:
    data = "title,body\nПаром,Текст\n".encode("cp1251")
    (article,) = read_stream(io.BytesIO(data), format="csv", encoding="cp1251", name="feed")
    assert isinstance(article, Article)
    assert (article.title, article.file, article.line) == ("Паром", "feed", 2)
    with pytest.raises(ArgumentError, match="expected one of the formats .*jsonl.*, got 'docs'"):
        read_stream(io.BytesIO(data), format="docs")


# ---------------------------------------------------------------- whatever comes


@given(st.sampled_from(sorted(ARCHIVES)), st.data())
@settings(max_examples=examples(160))
def test_no_damage_to_an_archive_raises(name: str, data: st.DataObject) -> None:
    content = bytearray(ARCHIVES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(1, len(content))) :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        items = list(read_articles(path))
    assert items
    assert all(isinstance(item, (Article, Problem, Notice)) for item in items)


@pytest.mark.parametrize("ending", [".odt", ".xlsx", ".epub", ".pptx", ".pages"])
def test_the_parts_of_a_document_are_no_articles(ending: str, read: Read) -> None:
    members = {"mimetype": b"application/x", "content.xml": b"<a/>", "a.html": b"<p>Text</p>"}
    (problem,) = read(f"a{ending}", zipped(members))
    assert isinstance(problem, Problem)
    assert f"no reader for {ending}; convert it with" in problem.reason
