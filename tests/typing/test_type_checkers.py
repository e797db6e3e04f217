"""Type checkers know which model an index has, and find a user's mistakes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("program.py")
SOURCES = Path(__file__).parents[2] / "src"
MISTAKES = {
    number
    for number, line in enumerate(PROGRAM.read_text(encoding="utf-8").splitlines(), 1)
    if line.endswith("# error")
}


def test_mypy_finds_the_mistakes_and_no_others(tmp_path: Path) -> None:
    program = tmp_path / "program.py"  # as a user's, without the configuration of this project
    shutil.copy(PROGRAM, program)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", program.name]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"MYPYPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stdout.splitlines() if line.startswith("program.py")]
    found = {int(line.split(":")[1]) for line in ours if ": error:" in line}
    assert found == MISTAKES, done.stdout + done.stderr


def test_pyright_finds_the_mistakes_and_no_others(tmp_path: Path) -> None:
    beside = str(Path(sys.executable).parent)
    checker = shutil.which("basedpyright", path=beside) or shutil.which("basedpyright")
    if checker is None:
        pytest.skip("basedpyright is not installed: pip install basedpyright")
    program = tmp_path / "program.py"
    shutil.copy(PROGRAM, program)
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(SOURCES)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [checker, "--outputjson", "--pythonpath", sys.executable, program.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    found = {
        problem["range"]["start"]["line"] + 1
        for problem in report["generalDiagnostics"]
        if problem["severity"] == "error" and not problem["rule"].startswith("reportUnknown")
    }
    assert found == MISTAKES, done.stdout
