"""Runs a cluster for whoever wants to try it: ``make opensearch``.

    python -m tests.opensearch [--nodes 1] [--port 9200]

What is indexed is kept in ``build/opensearch/`` for the next time.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.opensearch.cluster import Cluster, is_free
from tests.opensearch.installation import HOMES, missing


def main() -> str | None:
    """Run until Ctrl-C, or say why not."""
    parser = argparse.ArgumentParser(prog="make opensearch")
    parser.add_argument("--nodes", type=int, default=1, help="how many (default: 1)")
    parser.add_argument("--port", type=int, default=9200, help="of the first (default: 9200)")
    options = parser.parse_args()
    if (reason := missing()) is not None:
        return reason
    ports = range(options.port, options.port + options.nodes)
    if taken := [port for port in ports if not is_free(port)]:
        return f"expected free ports, got {taken[0]}, which is taken: choose with --port"
    try:
        _run(options.nodes, options.port)
    except RuntimeError as error:
        return str(error)
    return None


def _run(nodes: int, port: int) -> None:
    ended = threading.Event()
    with Cluster(nodes, folder=HOMES / f"data-of-{nodes}", port=port) as cluster:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        print("OpenSearch runs at " + ", ".join(cluster.urls))  # noqa: T201
        print(f'Index.open("{cluster.address("news")}", Article)')  # noqa: T201
        print("Ctrl-C ends it.", flush=True)  # noqa: T201
        ended.wait()
        cluster.terminate()


if __name__ == "__main__":
    sys.exit(main())
