"""What does every request have to be, and what does every response carry?"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders

from searchlib.server.problems import Refusal
from searchlib.server.settings import ANY_HOST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from searchlib.server.settings import Settings

MOST_ADDRESS: Final = 16_384
"""How many bytes the address of a request may have."""

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Safety:
    """Refuses requests for other hosts, without the token, or with too long an address.

    Args:
        app: The application behind it.
        settings: The hosts and the token.
        refuse: Makes the response to a request that is refused.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        refuse: Callable[[Request, Exception], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._hosts = {host.lower() for host in settings.hosts}
        self._token = settings.token
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        try:
            self._check(scope)
        except Refusal as refusal:
            from starlette.requests import Request

            response = await self._refuse(Request(scope), refusal)
            await response(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = _without_port(headers.get("host", "")).lower()
        if ANY_HOST not in self._hosts and host not in self._hosts:
            raise Refusal(
                421,
                "The server does not answer for this host name.",
                hint="searchlib serve --allow-host NAME names the hosts that it answers for.",
            )
        if len(scope["path"]) + len(scope.get("query_string", b"")) > MOST_ADDRESS:
            raise Refusal(414, f"expected an address of at most {MOST_ADDRESS:,} bytes")
        if self._token is not None and not _carries(headers.get("authorization", ""), self._token):
            raise Refusal(
                401,
                "The server expects a token.",
                hint="Send it as a bearer token, or as the password.",
                headers={"WWW-Authenticate": 'Basic realm="archive", charset="UTF-8"'},
            )


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _carries(authorization: str, token: str) -> bool:
    """Tell whether a request has the token, without telling by the time how much of it is right."""
    scheme, _, value = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            given = value.strip().encode("latin-1")  # as it came
        case "basic":
            try:
                given = base64.b64decode(value, validate=True).partition(b":")[2]
            except binascii.Error:
                return False
        case _:
            return False
    return hmac.compare_digest(given, token.encode())
