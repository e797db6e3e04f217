"""The versions that searchlib promises: of Python, of what it depends on, and of itself.

::

    nox                    everything
    nox -s tests-3.12      the test suite on one Python
    nox -s lowest          the same on the lowest versions that pyproject.toml declares
    nox -s bare            wheel and sdist, each in an environment that has nothing else
"""

import os
import shutil
from pathlib import Path

import nox

PYTHONS = ["3.11", "3.12", "3.13"]
ENGINE = [  # what needs no extra but the command line
    *(
        f"tests/{name}"
        for name in ("analysis", "postings", "query", "search", "segment", "storage")
    ),
    *(f"tests/test_{name}.py" for name in ("facade", "generations", "index", "schema", "threads")),
]
nox.options.default_venv_backend = "uv"

# pyenv's own commands work only for the versions that are switched on; the rest are in folders.
for _version in PYTHONS:
    for _found in sorted(Path.home().glob(f".pyenv/versions/{_version}.*/bin")):
        os.environ["PATH"] = f"{_found}{os.pathsep}{os.environ['PATH']}"


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run all tests."""
    session.install(".[dev]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session(python=PYTHONS[0])
@nox.parametrize("extras", ["cli", "all,examples"])
def lowest(session: nox.Session, extras: str) -> None:
    """Run each test once on the lowest versions: those of the engine without other extras.

    Extras may need higher versions of what the core needs.
    """
    session.install("--resolution=lowest-direct", f".[{extras}]", *_test_tools())
    session.run("uv", "pip", "list", external=True)
    chosen = ENGINE if extras == "cli" else ["tests", *(f"--ignore={path}" for path in ENGINE)]
    session.run("pytest", "-n", "auto", *chosen, *session.posargs)


@nox.session(python=PYTHONS)
@nox.parametrize("kernels", ["compiled", "numpy"])
def bare(session: nox.Session, kernels: str) -> None:
    """Install searchlib with what it cannot do without, and try it.

    With a compiler, the wheel is installed that is made of the sdist; without one, the sdist.
    """
    env = {} if kernels == "compiled" else {"CC": "false"}
    dist = _built(session) if kernels == "compiled" else _built(session, "--sdist")
    smoke = ("python", "-W", "error", str(Path("tests/bare/smoke.py").resolve()), kernels)
    session.chdir(session.create_tmp())  # where no source of searchlib is
    session.install(str(dist), env=env)
    session.run(*smoke)
    session.install(f"searchlib[cli] @ {dist.as_uri()}", env=env)
    session.run(*smoke, "cli")


def _test_tools() -> list[str]:
    dev = nox.project.load_toml("pyproject.toml")["project"]["optional-dependencies"]["dev"]
    return [tool for tool in dev if not tool.startswith("searchlib")]


def _built(session: nox.Session, *kinds: str) -> Path:
    folder = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    options = (*kinds, f"--python={session.python}", f"--out-dir={folder}")
    session.run("uv", "build", "--quiet", *options, external=True)
    return next(folder.glob("*.tar.gz" if kinds else "*.whl"))
