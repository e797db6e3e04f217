"""A signature is what the system says of a file, whichever kernels ask for it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from searchlib.postings import KERNELS
from searchlib.storage.signature import Signature, signature_of, signature_of_path

Look = Callable[[str], Signature]


def _compiled(path: str) -> Signature:
    found: Signature = pytest.importorskip("searchlib.storage.compiled").signature_of_path(path)
    return found


def _reference(path: str) -> Signature:
    return signature_of(os.stat(path))  # noqa: PTH116 - as the library does


@pytest.fixture(params=[_reference, _compiled, signature_of_path])
def look(request: pytest.FixtureRequest) -> Look:
    found: Look = request.param
    return found


@pytest.mark.parametrize("name", ["manifest.json", "Übersicht 東京", "\udcff"])
def test_it_tells_what_the_system_does(tmp_path: Path, look: Look, name: str) -> None:
    path = tmp_path / name
    try:
        path.write_bytes(b"one")
    except OSError:
        pytest.skip("this system has no files of that name")
    assert look(str(path)) == signature_of(path.stat())
    assert look(str(tmp_path))[:2] == (tmp_path.stat().st_dev, tmp_path.stat().st_ino)


def test_another_file_another_content_and_another_time_are_told(tmp_path: Path, look: Look) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    path.write_bytes(b"one")
    seen = [look(str(path))]
    path.write_bytes(b"three")
    seen.append(look(str(path)))
    os.utime(path, ns=(5, 2**31 * 10**9 + 7))
    seen.append(look(str(path)))
    assert seen[-1][3] == 2**31 * 10**9 + 7
    os.utime(path, ns=(5, -3))
    seen.append(look(str(path)))
    assert seen[-1][3] == -3
    other.write_bytes(b"three")
    other.replace(path)
    seen.append(look(str(path)))
    assert len(set(seen)) == 5


def test_errors_are_those_of_the_system(tmp_path: Path, look: Look) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(FileNotFoundError, match="No such file") as missing:
        look(str(tmp_path / "missing"))
    assert missing.value.filename == str(tmp_path / "missing")
    with pytest.raises(NotADirectoryError):
        look(str(file / "manifest.json"))
    with pytest.raises(ValueError, match="null"):
        look("a\0b")


@pytest.mark.skipif(os.name != "posix", reason="the system's paths are others")
def test_the_compiled_one_serves_with_the_compiled_kernels() -> None:
    serves = signature_of_path.__module__
    assert serves.endswith("compiled" if KERNELS == "compiled" else "signature")
