"""A shop under load: is each answer right, and does memory stay what it was, over many commits?

::

    make soak                     two minutes
    make soak OPTIONS="--seconds 3600 --commits 10000"

Two workers serve ``examples/fastapi_app.py``, ``examples/writer_process.py`` writes what they put
into the queue, and threads of this process ask, change and check every answer. It ends with an
error if an answer is wrong, a request fails, or a worker's memory grows.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from searchlib import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = ROOT / "examples"
PRODUCTS: Final = 5_000
WORDS: Final = 97
BRANDS: Final = 7
ROUND: Final = 20
"""How many products are replaced at a time: all or none of them must be seen."""
GROWTH: Final = 1.1
"""A process may need so much more in the last quarter of the time than in the second."""
ROOM: Final = 8 << 20
"""And so many bytes: what Python and malloc need for themselves."""


@dataclass
class Run:
    """What all threads share.

    Attributes:
        port: Where the workers listen.
        done: Whether to stop.
        milliseconds: How long each request took.
        errors: What was wrong.
    """

    port: int
    done: threading.Event = field(default_factory=threading.Event)
    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def repeat(self, ask: Callable[[Client, random.Random], None], seed: int) -> None:
        """Ask again and again, in a thread."""
        with closing(Client(self)) as client:
            chance = random.Random(seed)
            while not self.done.is_set():
                try:
                    ask(client, chance)
                except Exception as error:
                    self.errors.append(f"{ask.__name__}: {type(error).__name__}: {error}")
                    self.done.set()


class Client:
    """One connection to a worker."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._connection = http.client.HTTPConnection("127.0.0.1", run.port, timeout=60)

    def close(self) -> None:
        """End the connection; the next request opens another, perhaps to the other worker."""
        self._connection.close()

    def ask(self, method: str, path: str, body: object = None, **parameters: Any) -> Any:
        """Send a request, and give what is in the answer."""
        began = time.perf_counter()
        text = None if body is None else json.dumps(body)
        headers = {"Content-Type": "application/json"}
        url = f"{path}?{urlencode(parameters, doseq=True)}"
        self._connection.request(method, url, text, headers)
        answer = self._connection.getresponse()
        found = answer.read()
        assert answer.status < 300, f"{method} {url}: {answer.status} {found[:200]!r}"
        self._run.milliseconds.append((time.perf_counter() - began) * 1000)
        return json.loads(found) if found else None


def product(number: int) -> dict[str, Any]:
    """Make a product, from which it is plain what each search must find."""
    name, brand = f"word{number % WORDS} lamp", f"Brand ({number % BRANDS})"
    return {"sku": f"p{number}", "name": name, "brand": brand, "price": number}


def numbers(word: int, brand: int | None, low: int) -> list[int]:
    """Find what a search must find."""
    there = range(low, PRODUCTS)
    return [n for n in there if n % WORDS == word and (brand is None or n % BRANDS == brand)]


def search(client: Client, chance: random.Random) -> None:
    """Search with a filter, in an order, and count brands."""
    word, brand = chance.randrange(WORDS), chance.choice([None, *range(BRANDS)])
    low = chance.randrange(PRODUCTS)
    brands = {} if brand is None else {"brand": f"Brand ({brand})"}
    found = client.ask(
        "GET", "/search", q=f"word{word}", min_price=low, sort="price", limit=100, **brands
    )
    expected = [f"p{number}" for number in numbers(word, brand, low)]
    assert [hit["key"] for hit in found["hits"]] == expected, (word, brand, low)
    counts = {one["label"]: one["count"] for one in found["facets"]["brand"]["values"]}
    every = [f"Brand ({number % BRANDS})" for number in numbers(word, None, low)]
    assert counts == {label: every.count(label) for label in every}, (word, brand, low)


def turn_pages(client: Client, chance: random.Random) -> None:
    """Turn pages, while commits are made."""
    word = chance.randrange(WORDS)
    keys: list[str] = []
    asked: dict[str, Any] | None = {"q": f"word{word}", "sort": "-price", "limit": 20}
    while asked:
        page = client.ask("GET", "/search", **asked)
        keys += [hit["key"] for hit in page["hits"]]
        asked = {**asked, "after": page["next"]} if page["next"] else None
    assert keys == [f"p{number}" for number in reversed(numbers(word, None, 0))], word


def see_whole_rounds(client: Client, _: random.Random) -> None:
    """See a commit as a whole, or not at all."""
    page = client.ask("GET", "/search", q="round", limit=100)
    prices = {hit["document"]["price"] for hit in page["hits"]}
    assert (page["total"], len(page["hits"]), len(prices)) in {(ROUND, ROUND, 1), (0, 0, 0)}, page


def change(client: Client, chance: random.Random) -> None:
    """Change a product in one worker, and see it in whichever serves the next connection."""
    sku = f"own-{threading.get_ident()}"
    if not getattr(client, "added", False):
        client.ask("POST", "/products", [{"sku": sku, "name": "mine"}])
        _wait(lambda: client.ask("GET", "/search", q=f"sku:{sku}")["total"] == 1)
        client.added = True  # type: ignore[attr-defined]
    price = chance.randrange(10**6)
    assert client.ask("PATCH", f"/products/{sku}", {"price": price})["price"] == price
    client.close()
    assert client.ask("GET", f"/products/{sku}")["price"] == price
    time.sleep(0.5)


def write_rounds(client: Client, _: random.Random) -> None:
    """Have products replaced by the writer, and wait until that is seen."""
    number = client.__dict__.setdefault("number", 0)
    products = [{"sku": f"r{n}", "name": "round", "price": number} for n in range(ROUND)]
    client.ask("POST", "/products", products)
    _wait(lambda: _price_of_round(client) == number)
    client.__dict__["number"] = number + 1


def _price_of_round(client: Client) -> float | None:
    found = client.ask("GET", "/search", q="round", limit=1)["hits"]
    return found[0]["document"]["price"] if found else None


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not until():
        assert time.monotonic() < end, "a change is not seen after 30 seconds"
        time.sleep(0.05)


def memory_of(pid: int) -> tuple[int, int]:
    """Measure what a process has for itself, in bytes; and count the deleted files it maps."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    own = next(line for line in rollup.splitlines() if line.startswith("Private_Dirty"))
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    gone = {line.split()[5] for line in maps if line.endswith("(deleted)") and ".seg" in line}
    return int(own.split()[1]) << 10, len(gone)


def children(pid: int) -> Iterator[int]:
    """Find the workers of a server."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split():
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
            yield int(child)


def started(stack: ExitStack, path: Path, port: int) -> dict[str, int]:
    """Start two workers and a writer, and give their process numbers."""
    folders = f"{EXAMPLES}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    env = {**os.environ, "SHOP_INDEX": str(path), "PYTHONPATH": folders, "SHOP_TIMEOUT": "30"}
    serve = [
        *("-m", "uvicorn", "fastapi_app:app", "--workers", "2", "--port", str(port)),
        *("--log-level", "warning"),
    ]
    processes = []
    for command in (serve, [str(EXAMPLES / "writer_process.py"), str(path)]):
        process = subprocess.Popen([sys.executable, *command], cwd=EXAMPLES, env=env)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        processes.append(process)
    with closing(Client(Run(port))) as client:
        _wait(lambda: _answers(client) and len([*children(processes[0].pid)]) == 2)
    workers = {f"worker {n}": pid for n, pid in enumerate(children(processes[0].pid), 1)}
    return {**workers, "writer": processes[1].pid}


def _answers(client: Client) -> bool:
    try:
        return bool(client.ask("GET", "/search", limit=1)["total"])
    except OSError:
        client.close()
        return False


def soak(seconds: float, commits: int, threads: int, room: int = ROOM) -> list[str]:
    """Run, and print figures.

    Args:
        seconds: How long at least.
        commits: Over how many commits at least.
        threads: How many threads ask.
        room: By how many bytes a process may grow besides.

    Returns:
        What was wrong.
    """
    with ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "shop.index"
        sys.path.insert(0, str(EXAMPLES))
        from fastapi_app import Product  # type: ignore[import-not-found, unused-ignore]

        index = stack.enter_context(Index.create(path, Product))
        index.add(map(product, range(PRODUCTS)))
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            run = Run(free.getsockname()[1])
        pids = started(stack, path, run.port)
        roles = [write_rounds, change, change, see_whole_rounds, turn_pages]
        asking = [*roles, *[search] * (threads - len(roles))][:threads]
        workers = [
            threading.Thread(target=run.repeat, args=(ask, seed)) for seed, ask in enumerate(asking)
        ]
        for worker in workers:
            worker.start()
        samples = watch(run, index, pids, seconds, commits)
        for worker in workers:
            worker.join()
        return [*run.errors, *report(run, index, samples, room)]


Samples = dict[str, list[tuple[int, int]]]


def watch(
    run: Run, index: Index[Any], pids: dict[str, int], seconds: float, commits: int
) -> Samples:
    """Measure processes until it is time to end."""
    began, first = time.monotonic(), index.stats().generation
    samples: Samples = {name: [] for name in pids}
    while not run.done.is_set():
        for name, pid in pids.items():
            samples[name].append(memory_of(pid))
        run.done.wait(min(1.0, seconds / 20))
        made = index.stats().generation - first
        if time.monotonic() - began >= seconds and made >= commits:
            run.done.set()
    print(f"{time.monotonic() - began:.0f} s, {made} commits", end=", ")
    return samples


def report(run: Run, index: Index[Any], samples: Samples, room: int) -> Iterator[str]:
    """Print figures, and give what is wrong with them."""
    times = sorted(run.milliseconds)
    print(
        f"{len(times)} requests, {len(run.errors)} errors; median {times[len(times) // 2]:.1f} ms, "
        f"99%: {times[len(times) * 99 // 100]:.1f} ms; {index.stats().segments} segments at the end"
    )
    for name, found in samples.items():
        own = [memory for memory, _ in found]
        quarter = max(len(own) // 4, 1)
        parts = [statistics.median(own[n * quarter : (n + 1) * quarter] or own) for n in range(4)]
        shown = " -> ".join(f"{part / (1 << 20):.1f}" for part in parts)
        print(f"{name}: {shown} MiB of its own in each quarter, {found[-1][1]} old files open")
        if parts[3] > parts[1] * GROWTH + room:
            yield f"{name}: expected the same memory in the last quarter, got {shown} MiB"
    problems = [str(problem) for problem in index.check()]
    yield from problems


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--threads", type=int, default=16)
    wrong = soak(**vars(parser.parse_args()))
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
