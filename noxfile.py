"""The versions that searchlib promises: of Python, of what it depends on, and of itself.

::

    nox                    everything
    nox -s tests-3.12      the test suite on one Python
    nox -s lowest          the same on the lowest versions that pyproject.toml declares
    nox -s engine          the tests of the engine on the newer Pythons, and on lowest versions
    nox -s freethreaded    the same without a GIL, where there is a Python that can do without
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
    *(
        f"tests/test_{name}.py"
        for name in ("facade", "generations", "index", "schema", "shared_by_threads", "threads")
    ),
]
PYTEST = ("pytest", "-n", "auto", "--dist", "worksteal")
FREE_THREADED = next(filter(shutil.which, ["python3.14t", "python3.13t"]), None)
nox.options.default_venv_backend = "uv"

# pyenv's own commands work only for the versions that are switched on; the rest are in folders.
for _version in PYTHONS:
    for _found in sorted(Path.home().glob(f".pyenv/versions/{_version}.*/bin")):
        os.environ["PATH"] = f"{_found}{os.pathsep}{os.environ['PATH']}"


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run all tests."""
    session.install(".[dev]")
    session.run(*PYTEST, *session.posargs)


@nox.session(python=PYTHONS)
def engine(session: nox.Session) -> None:
    """Run the tests of the engine: on the lowest versions with the oldest Python.

    The newer Pythons have the newest versions.
    """
    lowest_versions = ["--resolution=lowest-direct"] if session.python == PYTHONS[0] else []
    session.install(*lowest_versions, ".[cli]", *_test_tools("hypothesis", "pytest"))
    session.run(*PYTEST, *ENGINE, *session.posargs)


@nox.session(python=FREE_THREADED)
def freethreaded(session: nox.Session) -> None:
    """Run the tests of the engine without a GIL, though PyStemmer asks for one."""
    if FREE_THREADED is None:
        session.skip("expected python3.14t or python3.13t")
    # Their newest versions may have to be compiled, which takes long.
    wheels = (f"--only-binary={name}" for name in ("hypothesis", "numpy", "pydantic-core"))
    session.install(*wheels, ".[cli]", "hypothesis", *_test_tools("pytest"))
    session.run(*PYTEST, *ENGINE, *session.posargs, env={"PYTHON_GIL": "0"})


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Run all other tests on the lowest versions; extras may need higher ones of the core's."""
    session.install("--resolution=lowest-direct", ".[all,examples]", *_test_tools(""))
    session.run("uv", "pip", "list", external=True)
    rest = (f"--ignore={path}" for path in ENGINE)
    session.run(*PYTEST, "tests", *rest, *session.posargs)


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


def _test_tools(*beginnings: str) -> list[str]:
    """Find what tests need besides, by how the names of the packages begin."""
    dev = nox.project.load_toml("pyproject.toml")["project"]["optional-dependencies"]["dev"]
    return [tool for tool in dev if tool.startswith(beginnings) and "searchlib" not in tool]


def _built(session: nox.Session, *kinds: str) -> Path:
    folder = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    options = (*kinds, f"--python={session.python}", f"--out-dir={folder}")
    session.run("uv", "build", "--quiet", *options, external=True)
    return next(folder.glob("*.tar.gz" if kinds else "*.whl"))
