"""How is the application run at the command line? By uvicorn, in one process or in several."""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import socket
import threading
import webbrowser
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from searchlib.errors import ArgumentError
from searchlib.index import Index
from searchlib.server import create_app
from searchlib.server.settings import ANY_HOST, LOOPBACK, Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

_ENVIRONMENT: Final = "SEARCHLIB_SERVE"
"""Tells worker processes what to serve."""
_GRACE: Final = 10
"""How many seconds requests have to end when the server is stopped."""
_UNTIL_IT_LISTENS: Final = 1.0


def is_loopback(host: str) -> bool:
    """Tell whether only programs of this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def allowed_hosts(host: str, named: tuple[str, ...]) -> tuple[str, ...]:
    """Tell which host names requests may be for.

    Args:
        host: The address that the server is bound to.
        named: The names that were given.
    """
    if named:
        return (*named, *LOOPBACK)
    return LOOPBACK if is_loopback(host) else (ANY_HOST,)


def address_of(host: str, port: int) -> str:
    """Write the address of the first page, for a browser on this machine."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - it is shown
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def expect_free(host: str, port: int) -> None:
    """Make sure that a server can listen on a port, before anybody is told that it does.

    Raises:
        ArgumentError: The address is not one of this machine, or something listens there already.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        refused = [no for one in found if (no := _refusal(one)) is not None]
    except (OSError, UnicodeError) as error:
        raise ArgumentError(
            f"expected --host to be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for "
            f"all of them, got {host!r:.80}: {getattr(error, 'strerror', None) or error}"
        ) from error
    taken = [error for error in refused if error.errno == errno.EADDRINUSE]
    if taken or len(refused) == len(found):  # one family of addresses is enough
        first = (taken or refused)[0]
        raise ArgumentError(
            f"expected {host}, port {port}, to be free to listen on, got: "
            f"{os.strerror(first.errno or 0)}; --port and --host name others"
        ) from first


def _refusal(found: tuple[Any, ...]) -> OSError | None:
    family, _, _, _, address = found
    try:
        socket.create_server(address, family=family).close()
    except OSError as error:
        return error
    return None


def serve(
    app: Starlette,
    index: Index[Any],
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int = 1,
    zone: str = "UTC",
    log: bool = False,
    open_browser: bool = False,
) -> None:
    """Serve an index until the process is told to end. Requests that run come to their end.

    Args:
        app: The application, if one process serves it.
        index: Its index; several workers open it anew, each for itself.
        settings: How it is shown.
        host: The address to bind to.
        port: The port.
        workers: How many processes.
        zone: The time zone that workers open the index with.
        log: Whether every request is logged.
        open_browser: Whether to open the first page in a browser.
    """
    if open_browser:
        opening = threading.Timer(_UNTIL_IT_LISTENS, webbrowser.open, [address_of(host, port)])
        opening.daemon = True
        opening.start()
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "log_level": "warning",
        "access_log": log,
        "server_header": False,
        "timeout_graceful_shutdown": _GRACE,
    }
    if log:
        options["log_level"] = "info"
    if workers == 1:
        uvicorn.run(app, **options)
        return
    given = asdict(settings) | {"theme": settings.theme and str(settings.theme.absolute())}
    os.environ[_ENVIRONMENT] = json.dumps(
        {"index": index.location, "zone": zone, "settings": given}
    )
    uvicorn.run("searchlib.server.running:app_of_worker", factory=True, workers=workers, **options)


def app_of_worker() -> Starlette:
    """Make the application of a worker process, which shares the mapped files of the index."""
    given = json.loads(os.environ[_ENVIRONMENT])
    known: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one
        for name, one in given["settings"].items()
    }
    known["theme"] = known["theme"] and Path(known["theme"])
    return create_app(Index.open(given["index"], zone=given["zone"]), Settings(**known))
