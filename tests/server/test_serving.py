"""The command: it serves, says what it does, and stops when it is told to."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from click.testing import CliRunner

import searchlib.server.extra
from searchlib.cli.commands import cli
from searchlib.errors import MissingExtraError
from searchlib.server import create_app, running
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from searchlib import Index


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[httpx.Client, list[str]]]:
    """Run the command until the block ends; give a client for it, and then what it said."""
    said: list[str] = []
    port = free_port()
    command = [sys.executable, "-m", "searchlib", "serve", "--port", str(port), *arguments]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    with process, httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        try:
            for _ in range(600):
                assert process.poll() is None, process.stderr and process.stderr.read()
                try:
                    client.get("/robots.txt")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield client, said
        finally:
            process.send_signal(signal.SIGTERM)
            said.append(process.communicate(timeout=100)[1])


def test_the_sample_archive_is_served_by_one_command() -> None:
    with serving("--demo") as (client, said):
        page = client.get("/")
        assert "Sample archive" in page.text
        assert "63 articles" in re.sub("<.*?>", "", page.text)
        assert client.get("/api/search?q=storm").json()["total"] > 5
    assert "Serving 63 articles on http://127.0.0.1:" in said[0]
    assert "Traceback" not in said[0]


def test_several_workers_share_the_index_and_see_commits(index: Index, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret\n")
    arguments = ["--index", str(index.path), "--workers", "2", "--token-file", str(token)]
    with serving(*arguments) as (client, said):
        assert client.get("/api/health").status_code == 401
        client.headers["authorization"] = "Bearer secret"
        assert client.get("/api/health").json()["documents"] == 4
        index.delete("cup")
        for _ in range(8):
            fresh = httpx.get(
                f"{client.base_url}/api/health", headers=client.headers, trust_env=False
            )
            assert fresh.json()["documents"] == 3
    assert "Traceback" not in said[0]


def test_binding_to_the_network_says_what_that_means(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    def serve(app: object, index: Index, settings: Any, **options: Any) -> None:
        given.update(options, app=app, settings=settings, index=index)

    monkeypatch.setattr(running, "expect_free", lambda *_: None)
    monkeypatch.setattr(running, "serve", serve)
    arguments = ["serve", "--index", str(index.path), "--host", "0.0.0.0"]
    said = " ".join(CliRunner().invoke(cli, arguments).stderr.split())
    assert "Whoever can reach 0.0.0.0 over the network can reach the server." in said
    assert "no token is asked for" in said
    assert "--allow-host" in said
    done = CliRunner().invoke(
        cli, [*arguments, "--allow-host", "news.example"], env={"SEARCHLIB_TOKEN": "secret"}
    )
    said = " ".join(done.stderr.split())
    assert "no token" not in said
    assert "any host name" not in said
    assert given["settings"].token == "secret"
    assert given["settings"].hosts == ("news.example", "localhost", "127.0.0.1", "[::1]")
    quiet = CliRunner().invoke(cli, ["serve", "--index", str(index.path)])
    assert "network" not in quiet.stderr


def test_mistakes_of_the_command(index: Index) -> None:
    done = CliRunner().invoke(cli, ["serve", "--demo", "--workers", "2"])
    assert done.exit_code == 2
    done = CliRunner().invoke(cli, ["serve", "--index", str(index.path), "--facet", "title"])
    assert done.exit_code == 1
    assert "fields of labels" in done.stderr
    assert "Serving" not in done.stderr


@each(
    ("arguments", "said"),
    [
        (["--facet", "title", "--workers", "2"], "expected facets to name fields of labels"),
        (["--facet", "source:many"], "expected"),
        (["--token-file", "binary"], "expected --token-file in UTF-8, got 'binary'"),
        (["--token-file", "empty"], "expected a token in 'empty'"),
        (["--allow-host", "http://x"], "got 'http://x'; write x"),
        (["--host", "http://x"], "expected --host to be an address of this machine"),
        (["--host", ""], "expected --host to be an address of this machine"),
        (["--host", "192.0.2.1"], "expected 192.0.2.1, port 8000, to be free"),  # of no machine
    ],
)
@each("demo", [False, True])
def test_what_is_wrong_is_said_instead_of_serving(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str],
    said: str, demo: bool,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "empty").write_text(" \n")
    if demo and "--workers" in arguments:
        arguments = arguments[:2]
    place = ["--demo"] if demo else ["--index", str(index.path)]
    done = CliRunner().invoke(cli, ["serve", *place, *arguments])
    assert (done.exit_code, "Serving" in done.stderr) == (1, False)
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_that_is_taken_is_an_error_before_anything_is_served(
    index: Index, host: str, workers: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        arguments = ["serve", "--index", str(index.path), "--host", host, "--port", port]
        done = CliRunner().invoke(cli, [*arguments, "--workers", workers])
    assert (done.exit_code, "Serving" in done.stderr) == (1, False)
    said = " ".join(done.stderr.split())
    assert f"expected {host}, port {port}, to be free to listen on" in said
    assert "--port and --host name others" in said


def test_the_missing_extra_is_named(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(searchlib.server.extra, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"pip install 'searchlib\[web\]'"):
        create_app(index)


def test_the_demo_names_the_page() -> None:
    done = CliRunner().invoke(cli, ["demo"])
    assert done.output.rstrip().endswith("searchlib serve --demo --open")
