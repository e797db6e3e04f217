"""The versions that searchlib promises: of Python, of what it depends on, and of itself.

::

    nox                    everything
    nox -s tests-3.12      the test suite on one Python
    nox -s lowest          the same on the lowest versions that pyproject.toml declares
    nox -s engine          the tests of the engine on the newer Pythons, and on lowest versions
    nox -s selection       some tests of each part, on the oldest Python and on the newest
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
# Searchlib's code is the same on all versions. What differs is below it: how Python tells types and
# collects garbage, what the kernels are compiled for, what numpy and pydantic make of arrays and
# models, what click prints. So of each part those modules are here that go all the way through it,
# and run where most differs: on the oldest Python with the lowest versions, and on the newest.
SELECTION = [
    *(f"tests/analysis/test_{name}.py" for name in ("scripts", "terms", "tokens")),
    *(
        f"tests/articles/test_articles_{name}.py"
        for name in ("dates", "export", "lenient_json", "table")
    ),
    *(f"tests/query/test_{name}.py" for name in ("dates", "query_cases", "regressions", "tree")),
    *(f"tests/{name}/test_kernels.py" for name in ("fingerprints", "highlight")),
    "tests/postings/test_top.py",
    *(f"tests/search/test_{name}.py" for name in ("collapse", "facets", "hits", "similar")),
    *(f"tests/search/test_{name}.py" for name in ("ranking_is_exact", "whoosh_agrees")),
    *(f"tests/segment/test_segment_{name}.py" for name in ("merge", "roundtrip")),
    *(f"tests/storage/test_{name}.py" for name in ("commit", "directory", "manifest")),
    *(f"tests/test_{name}.py" for name in ("cli", "cli_facets", "facade", "generations")),
    *(f"tests/test_{name}.py" for name in ("highlight", "index", "model_types", "order")),
    *(f"tests/test_{name}.py" for name in ("round_trips", "schema", "shared_by_threads")),
    *(f"tests/test_{name}.py" for name in ("threads", "values")),
]
FORMATS = [  # what needs an extra
    *(
        f"tests/articles/test_articles_{name}.py"
        for name in ("archive", "mail", "markdown", "web", "xml")
    ),
]
PYTEST = ("pytest", "-n", "auto", "--dist", "worksteal")
FREE_THREADED = next(filter(shutil.which, ["python3.14t", "python3.13t"]), None)
_wheels: dict[str, Path] = {}
nox.options.default_venv_backend = "uv"

# pyenv's own commands work only for the versions that are switched on; the rest are in folders.
for _version in PYTHONS:
    for _found in sorted(Path.home().glob(f".pyenv/versions/{_version}.*/bin")):
        os.environ["PATH"] = f"{_found}{os.pathsep}{os.environ['PATH']}"


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run all tests."""
    session.install(f"searchlib[dev] @ {_wheel(session).as_uri()}")
    session.run(*PYTEST, *session.posargs)


@nox.session(python=PYTHONS)
def engine(session: nox.Session) -> None:
    """Run the tests of the engine: on the lowest versions with the oldest Python.

    The newer Pythons have the newest versions.
    """
    lowest_versions = _lowest_versions() if session.python == PYTHONS[0] else []
    wheel = f"searchlib[cli] @ {_wheel(session).as_uri()}"
    session.install(*lowest_versions, wheel, *_test_tools("hypothesis", "pytest"))
    session.run(*PYTEST, *ENGINE, *session.posargs)


@nox.session(python=[PYTHONS[0], PYTHONS[-1]])
def selection(session: nox.Session) -> None:
    """Run some tests of each part: on the lowest versions with the oldest Python.

    Extras may need higher versions of the core's than the lowest, so these have none.
    """
    oldest = session.python == PYTHONS[0]
    extras = "cli" if oldest else "cli,feeds,html,markdown,office"
    wheel = f"searchlib[{extras}] @ {_wheel(session).as_uri()}"
    lowest_versions = _lowest_versions() if oldest else []
    session.install(*lowest_versions, wheel, *_test_tools("hypothesis", "pytest"))
    session.run(*PYTEST, *SELECTION, *([] if oldest else FORMATS), *session.posargs)


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
    dist = _wheel(session) if kernels == "compiled" else _built(session, "--sdist")
    smoke = ("python", "-W", "error", str(Path("tests/bare/smoke.py").resolve()), kernels)
    session.chdir(session.create_tmp())  # where no source of searchlib is
    session.install(str(dist), env=env)
    session.run(*smoke)
    session.install(f"searchlib[cli] @ {dist.as_uri()}", env=env)
    session.run(*smoke, "cli")


def _lowest_versions() -> list[str]:
    """Ask for the lowest versions of what a wheel needs with the command line.

    uv takes the lowest of what it is asked for, to which what a wheel needs does not belong.
    """
    project = nox.project.load_toml("pyproject.toml")["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["cli"]]
    return ["--resolution=lowest-direct", *needed]


def _test_tools(*beginnings: str) -> list[str]:
    """Find what tests need besides, by how the names of the packages begin."""
    dev = nox.project.load_toml("pyproject.toml")["project"]["optional-dependencies"]["dev"]
    return [tool for tool in dev if tool.startswith(beginnings) and "searchlib" not in tool]


def _wheel(session: nox.Session) -> Path:
    """Build the wheel for a Python, once for all sessions: to compile it takes a minute."""
    python = str(session.python)
    if python not in _wheels:
        _wheels[python] = _built(session)
    return _wheels[python]


def _built(session: nox.Session, *kinds: str) -> Path:
    folder = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    options = (*kinds, f"--python={session.python}", f"--out-dir={folder}")
    session.run("uv", "build", "--quiet", *options, external=True)
    return next(folder.glob("*.tar.gz" if kinds else "*.whl"))
