"""The code in the README and the docs runs, and their links lead somewhere."""

import re
import shlex
import shutil
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchlib import Results
from searchlib.cli.commands import cli

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#]+)")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder that has the sample archive as ``archive``."""
    with resources.as_file(resources.files("searchlib") / "sample_archive") as sample:
        shutil.copytree(sample, tmp_path / "archive")
    monkeypatch.chdir(tmp_path)


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if f"```{language}\n" in page.read_text(encoding="utf-8")]


def blocks(page: Path, language: str) -> list[str]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [code for tongue, code in found if tongue == language]


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("page", pages_with("python"), ids=lambda page: page.name)
def test_python_runs(page: Path) -> None:
    names: dict[str, object] = {}
    for code in blocks(page, "python"):
        exec(
            compile(code, str(page), "exec", dont_inherit=True), names
        )  # as a reader would, in one go
    for found in names.values():
        assert not isinstance(found, Results) or found.total  # examples that find something


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("page", pages_with("sh"), ids=lambda page: page.name)
def test_commands_run(page: Path) -> None:
    lines = [line for code in blocks(page, "sh") for line in code.splitlines()]
    for line in lines:
        words = shlex.split(line, comments=True)
        if words[:1] == ["searchlib"]:
            result = CliRunner().invoke(cli, words[1:])
            assert result.exit_code == 0, (line, result.output)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(
        r"^make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert commands
    for target in commands:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
