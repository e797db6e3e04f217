"""Stands between the library and a server, and spoils answers as a cluster in trouble would."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


_PASSED_ON = ("content-type", "content-encoding")


class Asked(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """What is answered in place of the server, or after it was asked."""

    status: int
    body: Any
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody changes it


class Proxy:
    """Passes requests on, but for those that ``fault`` answers; ``change`` edits what comes back.

    Args:
        upstream: The address of a server.
        certificate: A file with a certificate and its key, to be spoken to with TLS.
    """

    def __init__(self, upstream: str, *, certificate: Path | None = None) -> None:
        self.asked: list[Asked] = []
        self.fault: Callable[[Asked], Answer | None] = lambda _: None
        self.change: Callable[[Asked, Any], Any] = lambda _, answer: answer
        self._upstream = urlsplit(upstream).netloc
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def host(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def times(self, count: int, answer: Answer, *, path: str) -> None:
        """Give an answer to so many of the next requests whose path has a part; then no more."""
        left = [count]

        def fault(asked: Asked) -> Answer | None:
            if path not in asked.path or left[0] == 0:
                return None
            left[0] -= 1
            return answer

        self.fault = fault

    def late(self, seconds: float, *, path: str) -> None:
        """Let requests whose path has a part wait."""

        def fault(asked: Asked) -> None:
            if path in asked.path:
                time.sleep(seconds)

        self.fault = fault

    def answer(self, asked: Asked) -> Answer:
        """Answer a request."""
        self.asked.append(asked)
        return self.fault(asked) or self._passed_on(asked)

    def _passed_on(self, asked: Asked) -> Answer:
        upstream = http.client.HTTPConnection(self._upstream, timeout=60)
        try:
            kept = {
                k: v
                for k, v in asked.headers.items()
                if k.lower() in ("content-type", "content-encoding")
            }
            upstream.request(asked.method, asked.path, asked.body, kept)
            came = upstream.getresponse()
            text = came.read()
        finally:
            upstream.close()
        body = self.change(asked, json.loads(text)) if text else None
        return Answer(came.status, body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                given = proxy.answer(Asked(self.command, self.path, dict(self.headers), body))
                text = b"" if given.body is None else json.dumps(given.body).encode()
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # the client has gone, as after a time-out
                    super().handle()

            def log_message(self, *_: object) -> None:
                pass

        return Handler
