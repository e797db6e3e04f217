"""Makes a home folder for OpenSearch of jars from Maven Central.

A home folder is made once for each state of ``server/`` and each Java, in a folder that git
ignores. Of what Maven brings nothing is run before it has the checksum in ``server/jars.sha256``:

    python -m tests.opensearch.installation --update-checksums    after a change of pom.xml
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER: Final = Path(__file__).parent / "server"
CHECKSUMS: Final = SERVER / "jars.sha256"
HOMES: Final = Path(__file__).parents[2] / "build" / "opensearch"
VERSION: Final = "2.19.6"

_JVM: Final = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xss1m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "-Djna.nosys=true",
    "-Djava.locale.providers=SPI,COMPAT",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dio.netty.allocator.numDirectArenas=0",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
)
_CLASSES: Final = {
    "transport-netty4-client": "org.opensearch.transport.Netty4Plugin",
    "analysis-common": "org.opensearch.analysis.common.CommonAnalysisPlugin",
    "lang-painless": "org.opensearch.painless.PainlessPlugin",
    "lang-expression": "org.opensearch.script.expression.ExpressionPlugin",
    "mapper-extras-client": "org.opensearch.index.mapper.MapperExtrasPlugin",
    "percolator-client": "org.opensearch.percolator.PercolatorPlugin",
    "reindex-client": "org.opensearch.index.reindex.ReindexPlugin",
}
_EXTENDED: Final = {"analysis-common": "lang-painless"}
_NEIGHBOURS: Final = {"lang-painless": ("opensearch-scripting-painless-spi",)}
"""Jars that a module must have beside it: in ``lib/`` they would hide the module's own classes."""


def missing() -> str | None:
    """Say what this machine lacks to run OpenSearch, or nothing."""
    lacking = [name for name in ("java", "javac", "mvn") if shutil.which(name) is None]
    return f"OpenSearch needs Java and Maven: no {' and no '.join(lacking)}" if lacking else None


def home() -> Path:
    """Give the home folder, which is made if it is not there.

    Raises:
        RuntimeError: Maven failed, or a jar has not the checksum it must have.
    """
    HOMES.mkdir(parents=True, exist_ok=True)
    folder = HOMES / _digest()
    with _locked(HOMES / "lock"):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            print(f"Making {folder} (about 40 seconds) ...", file=sys.stderr)  # noqa: T201
            _make(folder)
            (folder / "complete").touch()
    return folder


def command(folder: Path, *options: str) -> list[str]:
    """Compose the command that starts a node of a home folder; settings follow as arguments."""
    archive = _archive(folder)
    return [
        "java",
        *([f"-XX:SharedArchiveFile={archive}"] if archive.exists() else []),
        *_JVM,
        *options,
        f"-Dopensearch.path.home={folder}",
        f"-Dopensearch.path.conf={folder / 'config'}",
        "-cp",
        _class_path(folder),
        "OpenSearchNode",
    ]


def _archive(folder: Path) -> Path:
    """Name the class archive of a home folder: with it, a node starts in half the time."""
    return folder / "classes.jsa"


def _class_path(folder: Path) -> str:
    """List the jars, always in the same order: a class archive is for one class path only."""
    return ":".join(map(str, sorted((folder / "lib").glob("*.jar"))))


def _digest() -> str:
    """Name what a home folder depends on; a class archive is for one Java and one place."""
    digest = hashlib.sha256(str(HOMES).encode())
    digest.update(_run("java", "-version"))
    for path in (Path(__file__), *sorted(SERVER.iterdir())):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time make home folders; the lock ends with its process."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    lib = folder / "lib"
    _download(lib)
    _verify(lib)
    for name, class_name in _CLASSES.items():
        _make_module(folder, name, class_name)
    _compile(folder)
    config = folder / "config"
    config.mkdir()
    (config / "opensearch.yml").touch()
    shutil.copy(SERVER / "log4j2.properties", config)
    (folder / "plugins").mkdir()
    _make_archive(folder)


def _download(lib: Path) -> None:
    goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={lib}")
    _run("mvn", "--batch-mode", "--quiet", "--file", str(SERVER / "pom.xml"), *goal)


def _verify(lib: Path) -> None:
    expected, got = CHECKSUMS.read_text(), _checksums(lib)
    wrong = sorted(set(expected.splitlines()) ^ set(got.splitlines()))
    if wrong:
        shutil.rmtree(lib)
        raise RuntimeError(
            f"expected the jars of {CHECKSUMS.name}, got others:\n" + "\n".join(wrong)
        )


def _checksums(lib: Path) -> str:
    """List jars as ``sha256sum`` does."""
    jars = sorted(lib.glob("*.jar"))
    return "".join(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in jars)


def _make_module(folder: Path, name: str, class_name: str) -> None:
    module = folder / "modules" / name
    module.mkdir(parents=True)
    for jar in (name, *_NEIGHBOURS.get(name, ())):
        (folder / "lib" / f"{jar}-{VERSION}.jar").rename(module / f"{jar}-{VERSION}.jar")
    (module / "plugin-descriptor.properties").write_text(
        f"name={name}\ndescription={name}\nversion={VERSION}\nopensearch.version={VERSION}\n"
        f"java.version=11\nclassname={class_name}\nhas.native.controller=false\n"
        f"extended.plugins={_EXTENDED.get(name, '')}\n"
    )


def _compile(folder: Path) -> None:
    """Put the main class into a jar: a folder on the class path allows no class archive."""
    classes = folder / "classes"
    source = SERVER / "OpenSearchNode.java"
    _run("javac", "-cp", _class_path(folder), "-d", str(classes), str(source))
    with zipfile.ZipFile(folder / "lib" / "opensearch-node.jar", "w") as jar:
        for path in classes.iterdir():
            jar.write(path, path.name)
    shutil.rmtree(classes)


def _make_archive(folder: Path) -> None:
    """Start once, use what tests use, and keep the classes that were loaded."""
    # A cluster makes a home folder unless it is given one.
    from tests.opensearch.cluster import Cluster

    with Cluster(home=folder, options=[f"-XX:ArchiveClassesAtExit={_archive(folder)}"]) as cluster:
        documents = "".join(
            f'{{"index": {{}}}}\n{{"text": "one {i}", "n": {i}}}\n' for i in range(9)
        )
        cluster.request("POST", "/warm/_bulk?refresh=true", documents)
        found = cluster.request(
            "POST",
            "/warm/_search",
            {
                "query": {"bool": {"must": [{"match_phrase": {"text": "one 3"}}]}},
                "aggs": {"n": {"terms": {"field": "n"}}},
            },
        )
        assert found["hits"]["total"]["value"] == 1
        cluster.terminate()


def _run(*command: str) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).decode(errors="replace")
        raise RuntimeError(f"{command[0]} failed:\n{said}")
    return done.stderr


def _update_checksums() -> None:
    lib = HOMES / "checksums"
    shutil.rmtree(lib, ignore_errors=True)
    _download(lib)
    CHECKSUMS.write_text(_checksums(lib))
    shutil.rmtree(lib)


if __name__ == "__main__":
    if sys.argv[1:] == ["--update-checksums"]:
        _update_checksums()
    else:
        print(home())  # noqa: T201
