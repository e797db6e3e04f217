"""A server of one query a line over TCP, with asyncio: searches run in threads.

::

    python asyncio_app.py news.index 8080

A search takes a millisecond or a hundred. In the event loop, all other connections would wait.
"""

import asyncio
import json
import sys
from asyncio import StreamReader, StreamWriter
from functools import partial

from searchlib import Article, Index, QueryError


def answer(index: Index[Article], query: str) -> dict[str, object]:
    """Search, and read all that is shown of the hits: in the thread, not in the event loop."""
    try:
        return index.search(query, limit=10).to_json()
    except QueryError as error:
        return {"error": str(error)}


async def serve(index: Index[Article], reader: StreamReader, writer: StreamWriter) -> None:
    """Answer each line of a connection with a line of JSON."""
    while line := await reader.readline():
        query = line.decode("utf-8", "replace").strip()
        found = await asyncio.to_thread(answer, index, query)
        writer.write(json.dumps(found).encode() + b"\n")
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def main(path: str, port: int) -> None:
    """Serve until the program is interrupted."""
    with Index.open(path, Article) as index:
        server = await asyncio.start_server(partial(serve, index), "127.0.0.1", port)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
