"""The servers that the other tests run on: they start, end, and come back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.opensearch import installation
from tests.opensearch.cluster import Cluster, is_free

if TYPE_CHECKING:
    from pathlib import Path


def count(cluster: Cluster, index: str) -> int:
    found: int = cluster.request("GET", f"/{index}/_count")["count"]
    return found


def test_one_node_keeps_documents(opensearch: Cluster, address: str) -> None:
    index = address.rpartition("/")[2]
    opensearch.request("PUT", f"/{index}/_doc/1?refresh=true", {"title": "storm"})
    assert count(opensearch, index) == 1


def test_nodes_end_with_the_program_that_started_them(opensearch: Cluster, tmp_path: Path) -> None:
    assert len(opensearch.running) == 1  # the home folder is there
    script = (
        "import pathlib, sys, time\n"
        "from tests.opensearch.cluster import Cluster\n"
        "cluster = Cluster(folder=pathlib.Path(sys.argv[1]))\n"
        "cluster.start()\n"
        "print(cluster.nodes[0].port, flush=True)\n"
        "time.sleep(600)\n"
    )
    command = (sys.executable, "-c", script, str(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        port = int(program.stdout.readline())
        assert not is_free(port)
        program.kill()
    until = time.monotonic() + 60
    while not is_free(port):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_node_that_can_not_start_is_an_error_with_its_log(
    opensearch: Cluster, tmp_path: Path
) -> None:
    port = opensearch.nodes[0].port
    with pytest.raises(RuntimeError, match=rf"n0 has ended(?s:.*)BindHttpException.*{port}"):
        Cluster(folder=tmp_path, port=port).start()


@pytest.mark.cluster
def test_three_nodes_are_one_cluster(three_nodes: Cluster) -> None:
    for node in three_nodes.nodes:
        assert node.ready(3, "green")
        assert not node.ready(4, "green")


@pytest.mark.cluster
def test_a_killed_node_comes_back_with_its_data(cluster: Cluster) -> None:
    cluster.request("PUT", "/kept", {"settings": {"number_of_replicas": 1}})
    cluster.request("PUT", "/kept/_doc/1?refresh=true", {"title": "storm"})
    cluster.wait_until_ready(status="green")
    urls = cluster.urls
    cluster.kill(0)
    assert [node.name for node in cluster.running] == ["n1", "n2"]
    assert count(cluster, "kept") == 1
    cluster.restart(0)
    assert cluster.nodes[0].ready(3, "yellow")
    cluster.wait_until_ready(status="green")
    for number in (0, 1, 2):
        cluster.kill(number)
    assert cluster.running == []
    cluster.restore()
    assert count(cluster, "kept") == 1
    assert cluster.urls == urls


@pytest.mark.cluster
def test_a_paused_node_is_given_up_and_taken_back(cluster: Cluster) -> None:
    cluster.pause(2)
    until = time.monotonic() + 60
    while cluster.request("GET", "/_cluster/health")["number_of_nodes"] == 3:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert not cluster.nodes[2].ready(1, "red")
    cluster.resume(2)
    cluster.wait_until_ready()
    assert cluster.nodes[2].ready(3, "yellow")


def test_the_cluster_runs_until_ctrl_c(opensearch: Cluster) -> None:
    assert opensearch.running
    port = next(p for p in range(9300, 9900) if is_free(p))
    command = (sys.executable, "-m", "tests.opensearch", "--port", str(port))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == f"OpenSearch runs at http://127.0.0.1:{port}\n"
        taken = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        assert taken.returncode == 1
        assert f"got {port}, which is taken" in taken.stderr
        os.kill(program.pid, signal.SIGINT)
        assert program.wait() == 0
    assert is_free(port)


class TestHome:
    """How a home folder is made, without Maven."""

    @pytest.fixture
    def made(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
        if (reason := installation.missing()) is not None:
            pytest.skip(reason)
        made: list[Path] = []

        def make(folder: Path) -> None:
            folder.mkdir()
            (folder / "part").touch(exist_ok=False)
            time.sleep(0.05)
            made.append(folder)

        monkeypatch.setattr(installation, "HOMES", tmp_path / "homes")
        monkeypatch.setattr(installation, "_make", make)
        return made

    def test_it_is_made_once(self, made: list[Path]) -> None:
        threads = [threading.Thread(target=installation.home) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == [installation.home()]

    def test_half_of_one_is_made_anew(self, made: list[Path]) -> None:
        folder = installation.home()
        (folder / "complete").unlink()
        assert installation.home() == folder
        assert made == [folder, folder]

    @pytest.mark.parametrize("change", ["other", "more", "fewer"])
    def test_jars_have_checksums(
        self, change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lib = tmp_path / "lib"
        lib.mkdir()
        for name in ("a.jar", "b.jar"):
            (lib / name).write_text(name)
        expected = tmp_path / "jars.sha256"
        expected.write_text(installation._checksums(lib))
        monkeypatch.setattr(installation, "CHECKSUMS", expected)
        installation._verify(lib)
        if change == "fewer":
            (lib / "b.jar").unlink()
        else:
            (lib / ("b.jar" if change == "other" else "c.jar")).write_text("else")
        with pytest.raises(RuntimeError, match="c.jar" if change == "more" else "b.jar"):
            installation._verify(lib)
        assert not lib.exists()

    def test_what_is_missing_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        assert (
            installation.missing()
            == "OpenSearch needs Java and Maven: no java and no javac and no mvn"
        )
