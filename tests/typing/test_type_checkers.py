"""Type checkers know which model an index has, find a user's mistakes, and none in the examples."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("program.py")
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
SOURCES = Path(__file__).parents[2] / "src"
MISTAKES = {
    number
    for number, line in enumerate(PROGRAM.read_text(encoding="utf-8").splitlines(), 1)
    if line.endswith("# error")
}
Checker = Callable[..., dict[tuple[str, int], str]]


def mypy(folder: Path, *programs: Path) -> dict[tuple[str, int], str]:
    """Check copies of programs as a user's, without the configuration of this project."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary"]
    copies = [Path(shutil.copy(program, folder)).name for program in programs]
    done = subprocess.run(
        [*command, *copies],
        cwd=folder,
        env={"MYPYPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    lines = [line.split(":", 2) for line in done.stdout.splitlines() if ": error:" in line]
    return {(name, int(number)): what for name, number, what in lines if name in copies}


def pyright(folder: Path, *programs: Path) -> dict[tuple[str, int], str]:
    """Check copies of programs, likewise."""
    beside = str(Path(sys.executable).parent)
    checker = shutil.which("basedpyright", path=beside) or shutil.which("basedpyright")
    if checker is None:
        pytest.skip("basedpyright is not installed: pip install basedpyright")
    copies = [Path(shutil.copy(program, folder)).name for program in programs]
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(SOURCES)]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [checker, "--outputjson", "--pythonpath", sys.executable, *copies],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        (Path(found["file"]).name, found["range"]["start"]["line"] + 1): found["message"]
        for found in json.loads(done.stdout)["generalDiagnostics"]
        if found["severity"] == "error" and not found["rule"].startswith("reportUnknown")
    }


@pytest.mark.parametrize("check", [mypy, pyright])
def test_the_mistakes_are_found_and_no_others(check: Checker, tmp_path: Path) -> None:
    for package in ("django", "fastapi", "flask"):
        pytest.importorskip(package, reason=f"{package} is missing: pip install '.[examples]'")
    found = check(tmp_path, PROGRAM, *EXAMPLES)
    assert found.keys() == {(PROGRAM.name, number) for number in MISTAKES}, found
