"""Which kernels serve can be told, and chosen by an environment variable."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from searchlib.errors import KernelsError
from searchlib.postings import KERNELS, choice

BUILT = find_spec("searchlib.postings.compiled") is not None


def run(kernels: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, choice.VARIABLE: kernels},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("kernels", ["numpy", *(["compiled"] if BUILT else [])])
def test_the_variable_chooses_and_the_version_names_them(kernels: str) -> None:
    assert choice.choose(kernels) == kernels
    assert f"(kernels: {kernels})" in run(kernels, "-m", "searchlib", "--version").stdout


def test_the_best_there_are_serve_where_nothing_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choice.choose(None) == choice.choose("") == ("compiled" if BUILT else "numpy")
    monkeypatch.setattr(choice, "_is_built", lambda _: False)
    assert choice.choose(None) == "numpy"
    with pytest.raises(KernelsError, match=r"expected compiled kernels.*C compiler"):
        choice.choose("compiled")


def test_other_kernels_are_an_error_and_no_traceback() -> None:
    done = run("fast", "-m", "searchlib", "--version")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: expected numpy or compiled in SEARCHLIB_KERNELS")
    assert "Traceback" not in done.stderr


def test_a_big_endian_machine_has_those_in_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "byteorder", "big")
    assert choice.choose(None) == "numpy"


def test_kernels_are_what_was_chosen() -> None:
    assert choice.choose(os.environ.get(choice.VARIABLE)) == KERNELS
