"""How fast do articles get to a server of OpenSearch, beside opensearch-py's own helper?

Three ways, in turns, each a process of its own over the same articles of an index in a folder:

- ``searchlib copy``, which reads the articles, analyses them, and sends both;
- ``helpers.parallel_bulk`` of the same sources, which were made before and are not reckoned;
- ``helpers.parallel_bulk`` of the articles alone, which the server analyses: English, and labels.

At last a copy is killed halfway and goes on. All articles are counted before a time is told. The
server runs on the same machine (see tests/opensearch), so its work is part of each time.

    make bench-opensearch                                       # 200,000 invented articles
    make bench-opensearch OPTIONS="--dataset synthetic:20000"
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.datasets import find_corpus
from benchmarks.runs import Run, carry_out, default_output, make_parser
from searchlib import Article, Index, read_articles
from searchlib.backends.copying import copy_index
from searchlib.backends.opensearch.address import Address
from searchlib.backends.opensearch.client import Client
from searchlib.backends.opensearch.documents import SourceMaker, SourcePlan
from searchlib.backends.opensearch.making import create_index
from searchlib.indexing.columns import DocumentColumns
from searchlib.schema.models import DocumentSchema

if TYPE_CHECKING:
    from collections.abc import Iterator

COPY: Final = "searchlib copy"
SOURCES: Final = "parallel_bulk, same sources"
ARTICLES: Final = "parallel_bulk, articles alone"
WAYS: Final = (COPY, SOURCES, ARTICLES)
GOAL: Final = 0.8
"""How many articles are copied in the time in which the helper sends one of the same sources."""
TURNS: Final = 2
_THREADS: Final = 4
_CHUNK: Final = 500
_BATCH: Final = 1000
_SCHEMA: Final = DocumentSchema.of(Article)
_LABELS: Final = ("source", "dateline", "language", "categories", "places", "authors")
_PLAIN: Final = {
    "settings": {"index": {"number_of_shards": 1, "refresh_interval": "-1"}},
    "mappings": {
        "dynamic": False,
        "properties": {
            **{name: {"type": "text", "analyzer": "english"} for name in ("title", "body")},
            **{name: {"type": "keyword"} for name in _LABELS},
            "published": {"type": "date"},
        },
    },
}


class OpenSearchRun(Run):
    """One run over one dataset."""

    def measure(self) -> None:
        """Copy all articles in each way, and once with a break."""
        from tests.opensearch.cluster import Cluster

        corpus = find_corpus(self.options.dataset, self.options.cache)
        self.found |= {"dataset": self.options.dataset, "ways": {}}
        with tempfile.TemporaryDirectory(prefix="searchlib-opensearch-") as folder:
            index, sources = Path(folder) / "index", Path(folder) / "sources.jsonl"
            self.say("indexing")
            Index.create(index, Article).add(read_articles(corpus))
            self.found["articles"] = write_sources(index, sources)
            with Cluster() as cluster:
                address = f"{cluster.address('news')}?timeout=60"
                for turn in range(self.options.turns):
                    for way in WAYS:
                        self.say(f"{way}, turn {turn + 1}")
                        cluster.clear()
                        self._keep(way, measure_apart(way, index, sources, address))
                self.say("a copy that is killed")
                cluster.clear()
                self.found["resumed"] = resume(index, address, self.found["articles"])
        self.finish()

    def _keep(self, way: str, found: dict[str, Any]) -> None:
        """Keep the fastest turn of each way."""
        before = self.found["ways"].get(way)
        if before is None or found["seconds"] < before["seconds"]:
            self.found["ways"][way] = found
        self.save()


def write_sources(index: Path, path: Path) -> int:
    """Write what is sent of each article, and count them."""
    maker, columns, count = SourceMaker(SourcePlan.of(_SCHEMA)), DocumentColumns(_SCHEMA), 0
    with path.open("wb") as file:

        def write() -> None:
            for source in maker.make(columns.batch(), count):
                file.write(json.dumps(source.id).encode() + b"\t" + (source.line or b"") + b"\n")

        for article in Index.open(index, Article):
            columns.append(article)
            count += 1
            if count % _BATCH == 0:
                write()
        if len(columns):
            write()
    return count


def measure_apart(way: str, index: Path, sources: Path, address: str) -> dict[str, Any]:
    """Measure a way in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.opensearch", "--measure", way]
    done = subprocess.run(
        [*command, str(index), str(sources), address], stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(way: str, index: Path, sources: Path, address: str) -> dict[str, Any]:
    """Send all articles in one way, and count them on the server.

    Raises:
        AssertionError: The server has not all of them.
    """
    client = Client(Address.parse(address))
    server, own, began = _cpu_of_server(client), _own_cpu(), time.perf_counter()
    if way == COPY:
        copy_index(index, address)
    else:
        send_by_helper(way, index, sources, client)
    seconds = time.perf_counter() - began
    found = {
        "seconds": round(seconds, 3),
        "cpu_seconds": round(_own_cpu() - own, 3),
        "server_cpu_seconds": round(_cpu_of_server(client) - server, 3),
    }
    expected, count = len(Index.open(index)), client.count()
    assert count == expected, f"{way}: expected {expected} articles, got {count}"
    size = client.stats()["_all"]["primaries"]["store"]["size_in_bytes"]
    return {"articles": count, **found, "bytes": size}


def send_by_helper(way: str, index: Path, sources: Path, client: Client) -> None:
    """Send articles as opensearch-py does."""
    from opensearchpy import OpenSearch, helpers

    name = client.address.index
    if way == SOURCES:
        create_index(client, _SCHEMA)
    else:
        client.create_index(name, _PLAIN)
    documents = _read_sources(sources) if way == SOURCES else _read_articles(index)
    actions = ({"_index": name, "_id": key, "_source": source} for key, source in documents)
    host = client.address.hosts[0]
    theirs = OpenSearch(hosts=[{"host": host.name, "port": host.port}], timeout=60)
    for is_done, result in helpers.parallel_bulk(
        theirs, actions, thread_count=_THREADS, chunk_size=_CHUNK
    ):
        assert is_done, result
    client.refresh()


def _read_sources(path: Path) -> Iterator[tuple[str, Any]]:
    with path.open("rb") as file:
        for line in file:
            key, _, source = line.partition(b"\t")
            yield json.loads(key), json.loads(source)


def _read_articles(index: Path) -> Iterator[tuple[str, Any]]:
    for article in Index.open(index, Article):
        yield article.id, json.loads(_SCHEMA.store(article))


def _own_cpu() -> float:
    """Tell how much CPU time this process has taken, and those that it has started and ended."""
    return sum(os.times()[:4])


def _cpu_of_server(client: Client) -> float:
    """Tell how much CPU time the server has taken since it started, in seconds."""
    nodes = client.request("GET", "/_nodes/stats/process")["nodes"].values()
    return float(sum(node["process"]["cpu"]["total_in_millis"] for node in nodes) / 1000)


def resume(index: Path, address: str, count: int) -> dict[str, Any]:
    """Kill a copy when the server has half of the articles, and do it again.

    Raises:
        AssertionError: Articles are missing, or there twice.
    """
    client, began = Client(Address.parse(address)), time.perf_counter()
    command = [sys.executable, "-m", "searchlib", "copy", str(index), address, "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as first:
        while first.poll() is None and _written(client) < count / 2:
            time.sleep(0.2)
        first.kill()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    report, seconds = json.loads(done.stdout), time.perf_counter() - began
    assert client.count() == report["skipped"] + report["added"] + report["replaced"] == count
    return {"seconds": round(seconds, 3), "skipped": report["skipped"], "added": report["added"]}


def _written(client: Client) -> int:
    """Tell how many documents the server has taken, which no search may have seen yet."""
    if not client.exists():
        return 0
    primaries = client.stats()["_all"]["primaries"]  # of an index that is just made there are none
    return int(primaries["indexing"]["index_total"]) if primaries else 0


def main(arguments: list[str] | None = None) -> int:
    """Measure; the status is 1 if the goal was missed."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["--measure"]:
        print(json.dumps(measure(given[1], Path(given[2]), Path(given[3]), given[4])))
        return 0
    parser = make_parser("benchmarks.opensearch", __doc__)
    parser.add_argument("--dataset", default="synthetic:200000", help="as for benchmarks.peers")
    parser.add_argument("--turns", type=int, default=TURNS, help="how often each way is measured")
    options = parser.parse_args(given)
    options.engines = []
    options.output = options.output or default_output("opensearch")
    command = f'make bench-opensearch OPTIONS="--dataset {options.dataset}"'
    run = OpenSearchRun("opensearch", command, options)
    return carry_out(run) or (0 if is_met(run.found) else 1)


def is_met(run: dict[str, Any]) -> bool:
    """Tell whether the goal was met."""
    ways = run["ways"]
    return bool(ways[SOURCES]["seconds"] / ways[COPY]["seconds"] >= GOAL)


if __name__ == "__main__":
    sys.exit(main())
