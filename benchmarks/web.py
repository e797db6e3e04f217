"""What does a page of results cost: the server, the network, the browser?

    python -m benchmarks.web --index news.index
    python -m benchmarks.web --index news.index --seconds 30     # needs wrk, and chromium

The page has ten snippets, the timeline, and the facets named by ``--facet`` (three by default).
Pages are asked for through the whole application in this process, so the time is that of the server
without the sockets; the CPU time of the process stands beside the time on the clock, as other
programs disturb it less. The load comes from wrk with 32 connections to two workers, for pages and
for a bare page of Starlette with as many bytes. The browser is that of the system.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus
from urllib.request import urlopen

from benchmarks.queries import draw_queries
from searchlib import Article, Index
from searchlib.server import Settings, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.applications import Starlette

_SAMPLE: Final = 400
_QUERIES: Final = 200
_KINDS: Final = ("word", "and2", "or3", "phrase2")
_BARE_SIZE: Final = "SEARCHLIB_BARE_SIZE"
_PORT: Final = 8765


def addresses(index: Index[Article], seed: int) -> list[str]:
    """Draw searches from the words of articles, four kinds in turns."""
    found = index.search("*", limit=_SAMPLE, offset=1000, snippets=False)
    articles = [hit.document for hit in found]
    drawn = draw_queries(articles, _KINDS, _QUERIES // len(_KINDS), seed)
    texts = [_text(query.form, query.words) for kind in _KINDS for query in drawn[kind]]
    random.Random(seed).shuffle(texts)
    return [f"/search?q={quote_plus(text)}" for text in texts]


def _text(form: str, words: Sequence[str]) -> str:
    match form:
        case "or":
            return " OR ".join(words)
        case "phrase":
            return f'"{" ".join(words)}"'
        case _:
            return " ".join(words)


async def _ask(app: Starlette, address: str) -> int:
    """Send a request through the application, and give the number of bytes of the page."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": query.encode(), "headers": [(b"host", b"localhost")], "scheme": "http",
        "http_version": "1.1", "server": ("localhost", 80), "client": ("localhost", 1),
    }  # fmt: skip
    sent = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        assert message.get("status", 200) == 200, message
        sent.extend(message.get("body", b""))

    await app(scope, receive, send)
    return len(sent)


async def server_times(app: Starlette, asked: Sequence[str]) -> dict[str, Any]:
    """Time pages one after another; the best of three rounds counts for each."""
    await _ask(app, asked[0])
    rounds: list[list[tuple[float, float]]] = []
    sizes: list[int] = []
    for _ in range(3):
        times = []
        for address in asked:
            clock, cpu = time.perf_counter(), time.process_time()
            sizes.append(await _ask(app, address))
            times.append((time.perf_counter() - clock, time.process_time() - cpu))
        rounds.append(times)
    best = [tuple(map(min, zip(*each, strict=True))) for each in zip(*rounds, strict=True)]
    clocks, cpus = (sorted(one[place] * 1000 for one in best) for place in (0, 1))
    return {
        "pages": len(asked),
        "server_ms_median": round(statistics.median(clocks), 2),
        "server_ms_p99": round(clocks[int(len(clocks) * 0.99)], 2),
        "cpu_ms_median": round(statistics.median(cpus), 2),
        "cpu_ms_p99": round(cpus[int(len(cpus) * 0.99)], 2),
        "bytes_median": int(statistics.median(sizes)),
        "bytes_most": max(sizes),
    }


@contextmanager
def running(*command: str, **environment: str) -> Iterator[int]:
    """Run a server until it answers; stop it at the end. Gives the number of its process."""
    with subprocess.Popen(
        [sys.executable, "-m", *command], env={**os.environ, **environment}
    ) as it:
        try:
            for _ in range(600):
                try:
                    urlopen(f"http://127.0.0.1:{_PORT}/robots.txt").close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield it.pid
        finally:
            it.terminate()
            it.wait(30)


def load(asked: Sequence[str], seconds: int) -> dict[str, Any]:
    """Let wrk ask for pages over 32 connections."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        paths = ",".join(json.dumps(address) for address in asked)
        script.write(f"local paths = {{{paths}}}\nlocal at = 0\n")
        script.write("request = function() at = at % #paths + 1; ")
        script.write('return wrk.format("GET", paths[at]) end')
        script.flush()
        command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "--timeout=20s", "--latency", "-s",
                   script.name, f"http://127.0.0.1:{_PORT}"]  # fmt: skip
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    errors = re.findall(r"(?:Socket errors|Non-2xx).*", said)

    def figure(name: str) -> str:
        found = re.search(rf"{name}\s+(\S+)", said)
        assert found is not None, said
        return found[1]

    return {
        "per_second": float(figure("Requests/sec:")),
        "p50": figure("50%"),
        "p99": figure("99%"),
        "errors": errors,
    }


def memory_of(pid: int) -> int:
    """Tell the private memory of a process and its children, in MB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = Path(f"/proc/{pid}/smaps_rollup").read_text()
    private = sum(map(int, re.findall(r"Private_\w+:\s+(\d+)", own))) // 1024
    return private + sum(memory_of(int(child)) for child in children)


def first_paints(asked: Sequence[str]) -> dict[str, Any] | None:
    """Let a browser show pages, and ask it when it has painted first."""
    from tests.browser.running import browser_at, find_browser

    path = find_browser()
    if path is None:
        return None
    times = []
    with browser_at(path) as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        for address in asked:
            page.goto(f"http://127.0.0.1:{_PORT}{address}")
            times.append(page.evaluate(_FIRST_PAINT))
    times.sort()
    return {
        "pages": len(times),
        "ms_median": round(statistics.median(times)),
        "ms_most": round(times[-1]),
    }


_FIRST_PAINT: Final = """() => new Promise(done => new PerformanceObserver(seen => {
    const one = seen.getEntriesByName('first-contentful-paint')[0];
    if (one) done(one.startTime);
}).observe({type: 'paint', buffered: true}))"""


def bare() -> Starlette:
    """Make an application that sends as many bytes, and does nothing for them."""
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    text = "x" * int(os.environ[_BARE_SIZE])

    async def page(_: Any) -> HTMLResponse:
        return HTMLResponse(text)

    return Starlette(routes=[Route("/search", page), Route("/robots.txt", page)])


def main() -> None:
    """Measure, and print it as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--facet", action="append", default=[])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    facets = options.facet or ["categories", "source", "places"]
    index = Index.open(options.index, Article)
    asked = addresses(index, options.seed)
    found: dict[str, Any] = {"articles": len(index), "load_average": os.getloadavg()}
    app = create_app(index, Settings(facets=tuple(facets)))
    found["server"] = asyncio.run(server_times(app, asked))
    serve = [
        "searchlib",
        "serve",
        "--index",
        str(options.index),
        "--workers",
        "2",
        "--port",
        str(_PORT),
    ]
    with running(*serve, *(f"--facet={name}" for name in facets)) as pid:
        found["first_paint"] = first_paints(asked[:40])
        if shutil.which("wrk"):
            load(asked, 2)
            before = memory_of(pid)
            found["load"] = load(asked, options.seconds)
            found["load"]["memory_mb"] = [before, memory_of(pid)]
    if shutil.which("wrk"):
        size = str(found["server"]["bytes_median"])
        command = ["uvicorn", "--factory", "benchmarks.web:bare", "--workers", "2", "--port",
                   str(_PORT), "--log-level", "warning", "--no-access-log"]  # fmt: skip
        with running(*command, **{_BARE_SIZE: size}):
            found["bare"] = load(asked, options.seconds)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
