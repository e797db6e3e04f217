"""The code in the README and the docs runs, and their links lead somewhere.

A block of ``output`` that follows a block of ``python`` is what that code prints. Run with
``SEARCHLIB_UPDATE_DOCS=1`` to write these blocks again.
"""

import io
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib import resources
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import searchlib.query
from searchlib import Results
from searchlib.cli.commands import cli
from tests.tables import each

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
CODE_AND_OUTPUT = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n*^```output\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#]+)")
COMMAND_LINE = re.compile(r"^(?:\$ |.*\| )?(searchlib [a-z].*)")
UPDATE = os.environ.get("SEARCHLIB_UPDATE_DOCS") == "1"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder that has the sample archive as ``archive``."""
    with resources.as_file(resources.files("searchlib") / "sample_archive") as sample:
        shutil.copytree(sample, tmp_path / "archive")
    monkeypatch.chdir(tmp_path)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if f"```{language}\n" in read(page)]


def blocks(page: Path, language: str) -> list[str]:
    return [code for tongue, code in BLOCK.findall(read(page)) if tongue == language]


def run_and_show(text: str, names: dict[str, object], name: str) -> Iterator[tuple[int, int, str]]:
    """Run the code of a page in one go; give the place of each output, and what was printed."""
    for block in CODE_AND_OUTPUT.finditer(text):
        # Empty lines in front, so that a traceback has the line of the page.
        code = "\n" * text.count("\n", 0, block.start("code")) + block["code"]
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, name, "exec", dont_inherit=True), names)
        if block["output"] is not None:
            shown = "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())
            yield block.start("output"), block.end("output"), shown


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("page", pages_with("python"), ids=lambda page: page.name)
def test_python_runs_and_prints_what_the_page_shows(page: Path) -> None:
    text = read(page)
    namespace: dict[str, object] = {"__name__": "__main__"}
    written, at = "", 0
    for start, end, shown in run_and_show(text, namespace, str(page)):
        written, at = f"{written}{text[at:start]}{shown}", end
    written += text[at:]
    if UPDATE:
        page.write_text(written, encoding="utf-8")
    else:
        assert written == text, "SEARCHLIB_UPDATE_DOCS=1 writes the outputs again"
    for found in namespace.values():
        assert not isinstance(found, Results) or found.total  # examples that find something


def test_every_output_follows_code_that_prints_it() -> None:
    for page in PAGES:
        checked = [block for block in CODE_AND_OUTPUT.finditer(read(page)) if block["output"]]
        assert len(checked) == len(blocks(page, "output")), page.name


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("page", pages_with("sh"), ids=lambda page: page.name)
def test_commands_run(page: Path) -> None:
    lines = [line for code in blocks(page, "sh") for line in code.splitlines()]
    for line in lines:
        words = shlex.split(line, comments=True)
        if words[:1] == ["searchlib"]:
            result = CliRunner().invoke(cli, words[1:])
            assert result.exit_code == 0, (line, result.output)


def named_commands(page: Path) -> list[str]:
    """Find all command lines of searchlib: those that are run, that need a server, and inline."""
    lines = [line for _, code in BLOCK.findall(read(page)) for line in code.splitlines()]
    shown = [found[1] for line in lines if (found := COMMAND_LINE.search(line))]
    return shown + re.findall(r"`(searchlib [^`]+)`", read(page))


@each("page", PAGES)
def test_commands_and_options_that_a_page_names_exist(page: Path) -> None:
    for line in named_commands(page):
        name, *args = shlex.split(line, comments=True)[1:]
        if name.startswith("-") or name.isupper():  # `searchlib --version`, `searchlib COMMAND`
            continue
        assert name in cli.commands, line
        command = cli.commands[name]
        commands = [command, *getattr(command, "commands", {}).values()]
        params = [param for one in commands for param in one.params]
        there = {opt for param in params for opt in (*param.opts, *param.secondary_opts)}
        options = {arg.partition("=")[0] for arg in args if arg.startswith("--")}
        assert options <= there | {"--", "--help"}, line


@each("command", cli.commands.values())
def test_every_command_and_option_has_help_and_is_described(command: click.Command) -> None:
    page = read(ROOT / "docs" / "command-line.md")
    assert command.help
    assert f"`searchlib {command.name} " in page
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert max(option.opts, key=len) in page, option.name


def test_the_page_on_queries_names_every_operator_and_every_class() -> None:
    page = read(ROOT / "docs" / "queries.md").replace("\\|", "|")  # as in tables
    operators = "AND OR NOT ANDNOT ANDMAYBE REQUIRE && || ! NEAR/ NEAR( w/ PRE/ TO .. >= <= ~ ^ \\"
    for operator in operators.split():
        assert operator in page
    for name in searchlib.query.__all__:
        assert f"{name}(" in page or f"`{name}`" in page, name


@each("page", PAGES)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(read(page)):
        assert (page.parent / target).exists(), target


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"^make (\w+)", read(ROOT / "README.md"), re.MULTILINE)
    assert commands
    for target in commands:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_page_on_benchmarks_names_each_of_their_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    page = read(ROOT / "docs" / "benchmarks.md")
    for target in re.findall(r"^(bench[\w-]*):", makefile, re.MULTILINE):
        assert f"| `make {target}` |" in page, target


def test_the_readme_names_every_extra() -> None:
    extras = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]["optional-dependencies"]
    table = "".join(
        line for line in read(ROOT / "README.md").splitlines() if line.startswith("| `")
    )
    assert set(re.findall(r"`(\w+)`", table)) >= {*extras} - {"all", "bench", "dev", "examples"}
