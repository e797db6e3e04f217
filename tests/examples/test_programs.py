"""The examples without a framework: threads, and asyncio."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.examples.conftest import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from searchlib import Article, Index
    from tests.examples.conftest import Load


def test_threads_answer_in_the_order_of_the_questions(load: Load, index: Index[Article]) -> None:
    queries = ["talks", "goal", "(talks", "nothing"] * 20
    answers = list(load("thread_pool").answers(index, queries))
    assert len(answers) == len(queries)
    assert answers[:2] == [
        "talks: 2 found: Peace talks resume in Vienna; Dockers strike closes the port",
        "goal: 1 found: Late goal wins the cup",
    ]
    assert answers[2].startswith("(talks: expected a )")
    assert answers[3] == "nothing: 1 found: Nothing but a headline <b>here</b>"
    assert answers[4:] == answers[:4] * 19


def test_the_thread_pool_is_a_program(index: Index[Article], tmp_path: Path) -> None:
    (tmp_path / "queries.txt").write_text("cup\npeace\n", encoding="utf-8")
    command = [EXAMPLES / "thread_pool.py", index.path, tmp_path / "queries.txt"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["cup", "peace"]


def test_connections_are_answered_side_by_side(load: Load, index: Index[Article]) -> None:
    app = load("asyncio_app")

    async def ask(port: int, queries: list[str]) -> list[dict[str, Any]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answers = []
        for query in queries:
            writer.write(f"{query}\n".encode())
            answers.append(json.loads(await reader.readline()))
        writer.close()
        await writer.wait_closed()
        return answers

    async def run() -> list[list[dict[str, Any]]]:
        server = await asyncio.start_server(partial(app.serve, index), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.gather(*(ask(port, ["talks", "cup", "(talks"]) for _ in range(8)))

    for talks, cup, wrong in asyncio.run(run()):
        assert [hit["key"] for hit in talks["hits"]] == ["talks", "strike"]
        assert cup["hits"][0]["document"]["title"] == "Late goal wins the cup"
        assert wrong["error"].startswith("expected a )")


def test_the_event_loop_goes_on_while_a_search_takes_long(
    load: Load, index: Index[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search waits for what only the event loop does."""
    app, real, free = load("asyncio_app"), type(index).search, threading.Event()

    def slow(index: Index[Article], query: str, **options: Any) -> Any:
        assert free.wait(60)
        return real(index, query, **options)

    async def run() -> None:
        server = await asyncio.start_server(partial(app.serve, index), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"cup\n")
            asyncio.get_running_loop().call_later(0.2, free.set)
            assert json.loads(await reader.readline())["total"] == 1
            writer.close()
            await writer.wait_closed()

    monkeypatch.setattr(type(index), "search", slow)
    asyncio.run(run())
