"""Runs OpenSearch servers of this machine for tests: start, kill, pause, restart."""

from __future__ import annotations

import json
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from tests.opensearch import installation

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS_TO_START: Final = 90
_SETTINGS: Final = {
    "network.host": "127.0.0.1",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    "script.disable_max_compilations_rate": "true",
    "indices.breaker.total.use_real_memory": "false",
    # A node that does not answer is given up after 3 s in place of 30.
    "cluster.fault_detection.follower_check.timeout": "1s",
    "cluster.fault_detection.follower_check.retry_count": "2",
    "cluster.fault_detection.leader_check.timeout": "1s",
    "cluster.fault_detection.leader_check.retry_count": "2",
    "cluster.publish.timeout": "3s",
}
_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Node:
    """One server: a process, its ports and its folder, which it keeps when started again."""

    def __init__(
        self, name: str, *, cluster: str, folder: Path, port: int, transport_port: int
    ) -> None:
        self.name = name
        self.cluster = cluster
        self.folder = folder
        self.port = port
        self.transport_port = transport_port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for HTTP."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the server said, over all its starts."""
        return self.folder / "log"

    @property
    def running(self) -> bool:
        """Whether the process is there, be it paused."""
        return self._process is not None and self._process.poll() is None

    def start(self, command: Sequence[str]) -> None:
        """Start the process; it ends with this one, as its standard input ends then."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us
            )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, if there is one."""
        if self._process is not None:
            self._process.send_signal(number)

    def wait(self) -> None:
        """Wait for the end of the process."""
        if self._process is not None:
            self._process.wait()
            assert self._process.stdin is not None
            self._process.stdin.close()

    def ready(self, nodes: int, status: str) -> bool:
        """Whether the server answers, sees so many nodes, and has the status at least."""
        query = f"wait_for_nodes=ge({nodes})&wait_for_status={status}&timeout=1s"
        try:
            health = request(self.url, "GET", f"/_cluster/health?{query}", timeout=5)
        except OSError:
            return False
        return not health["timed_out"] and health["cluster_name"] == self.cluster


class Cluster:
    """Servers that form a cluster, in a folder of their own.

    Args:
        nodes: How many.
        folder: Where data and logs are; by default a temporary one that is removed at the end.
        port: The HTTP port of the first node, the next ones counting from there; by default free
            ones. They are below those that the system gives to clients, so that a node that is
            started again finds them free.
        home: The home folder of OpenSearch; by default the one of this repository.
        heap: Memory for the heap of each node, as Java's option ``-Xmx`` has it.
        options: More options for Java.
    """

    def __init__(
        self,
        nodes: int = 1,
        *,
        folder: Path | None = None,
        port: int | None = None,
        home: Path | None = None,
        heap: str = "512m",
        options: Sequence[str] = (),
    ) -> None:
        self._home = home or installation.home()
        self._temporary = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="opensearch-"))
        self._options = [f"-Xms{heap}", f"-Xmx{heap}", *options]
        ports = free_ports(2 * nodes)
        if port is not None:
            ports[:nodes] = range(port, port + nodes)
        self.nodes = [
            Node(
                f"n{i}",
                cluster=str(self.folder).strip("/").replace("/", "-"),
                folder=self.folder / f"n{i}",
                port=ports[i],
                transport_port=ports[nodes + i],
            )
            for i in range(nodes)
        ]

    @property
    def urls(self) -> list[str]:
        """The addresses of all nodes for HTTP."""
        return [node.url for node in self.nodes]

    def address(self, index: str, **options: float) -> str:
        """The address of an index, as ``Index.open`` takes it, with options behind it."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        written = "&".join(f"{name}={value}" for name, value in options.items())
        return f"opensearch://{hosts}/{index}{'?' if written else ''}{written}"

    @property
    def running(self) -> list[Node]:
        """The nodes that have a process."""
        return [node for node in self.nodes if node.running]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def start(self) -> None:
        """Start all nodes that do not run, and wait until they have found each other.

        Raises:
            RuntimeError: A node ended, or takes too long; what it said is in the message.
        """
        for node in self.nodes:
            if not node.running:
                node.start(self._command(node))
        try:
            self.wait_until_ready()
        except BaseException:
            self.close()
            raise

    def wait_until_ready(
        self, *, status: str = "yellow", seconds: float = SECONDS_TO_START
    ) -> None:
        """Wait until every running node sees all of them, and the indexes have the status.

        Raises:
            RuntimeError: A node ended, or takes too long; what it said is in the message.
        """
        nodes = self.running
        until = time.monotonic() + seconds
        for node in nodes:
            while not node.ready(len(nodes), status):
                if not node.running or time.monotonic() > until:
                    what = "takes too long" if node.running else "has ended"
                    raise RuntimeError(f"{node.name} {what}\n{self.logs()}")
                time.sleep(0.05)

    def kill(self, number: int) -> None:
        """End a node at once, as a loss of power would."""
        self.nodes[number].send(signal.SIGKILL)
        self.nodes[number].wait()

    def pause(self, number: int) -> None:
        """Stop a node: its connections stay, and nothing answers."""
        self.nodes[number].send(signal.SIGSTOP)

    def resume(self, number: int) -> None:
        """Let a paused node go on."""
        self.nodes[number].send(signal.SIGCONT)

    def restart(self, number: int, *, wait: bool = True) -> None:
        """Start a node that was killed on the same ports and with the same data."""
        self.nodes[number].start(self._command(self.nodes[number]))
        if wait:
            self.wait_until_ready()

    def restore(self) -> None:
        """Bring all nodes back, whatever was done to them, and wait until nothing is missing."""
        for node in self.running:
            node.send(signal.SIGCONT)
        self.start()
        self.wait_until_ready()

    def clear(self) -> None:
        """Delete all indexes."""
        self.request("DELETE", "/*?expand_wildcards=all&ignore_unavailable=true")

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the first running node, and read its answer as JSON."""
        return request(self.running[0].url, method, path, body)

    def logs(self, lines: int = 20) -> str:
        """The last lines of all nodes' logs."""
        shown = []
        for node in self.nodes:
            said = node.log.read_text(errors="replace") if node.log.exists() else ""
            shown += [
                f"--- {node.name}: {node.log}",
                *(line[:300] for line in said.splitlines()[-lines:]),
            ]
        return "\n".join(shown)

    def terminate(self) -> None:
        """End all nodes in order, so that each closes its data."""
        for node in self.running:
            node.send(signal.SIGTERM)
        for node in self.nodes:
            node.wait()

    def close(self) -> None:
        """End all nodes; a temporary folder is removed."""
        for node in self.nodes:
            node.send(signal.SIGKILL)
        for node in self.nodes:
            node.wait()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _command(self, node: Node) -> list[str]:
        temporary = node.folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        options = [*self._options, f"-Djava.io.tmpdir={temporary}"]
        settings = (f"{name}={value}" for name, value in self._settings(node).items())
        return [*installation.command(self._home, *options), *settings]

    def _settings(self, node: Node) -> dict[str, str]:
        settings = {
            "cluster.name": node.cluster,
            "node.name": node.name,
            "http.port": str(node.port),
            "transport.port": str(node.transport_port),
            "path.home": str(self._home),
            "path.data": str(node.folder / "data"),
            "path.logs": str(node.folder),
            "path.repo": str(self.folder / "snapshots"),
            **_SETTINGS,
        }
        if len(self.nodes) == 1:
            return settings | {"discovery.type": "single-node"}
        seeds = ",".join(f"127.0.0.1:{other.transport_port}" for other in self.nodes)
        names = ",".join(other.name for other in self.nodes)
        return settings | {
            "discovery.seed_hosts": seeds,
            "cluster.initial_cluster_manager_nodes": names,
        }


def request(url: str, method: str, path: str, body: Any = None, *, timeout: float = 30) -> Any:
    """Ask a server, and read its answer as JSON.

    Raises:
        OSError: It can't be reached, or answers with an error.
    """
    data = body if isinstance(body, str) or body is None else json.dumps(body)
    asked = urllib.request.Request(
        url + path,
        method=method,
        data=None if data is None else data.encode(),
        headers={"Content-Type": "application/json"},
    )
    with _DIRECT.open(asked, timeout=timeout) as answer:
        return json.loads(answer.read())


def free_ports(count: int) -> list[int]:
    """Find ports that nobody listens on, below those that the system gives to clients."""
    found: set[int] = set()
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        if is_free(port):
            found.add(port)
    return list(found)


def is_free(port: int) -> bool:
    """Whether nobody listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
