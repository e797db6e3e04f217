"""How is an index shown on the web, and what may a request ask for?"""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from searchlib.arguments import whole_number
from searchlib.errors import ArgumentError
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
"""The names of this machine for itself."""
ANY_HOST: Final = "*"
_HOST: Final = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?|\[[0-9a-f:.]+\]", re.IGNORECASE)


@frozen(kw_only=True)
class Settings:
    """How an index is shown, and what limits are kept.

    Attributes:
        title: The name of the archive, at the head of every page.
        hosts: The host names that requests may be for, without ports; ``"*"`` for any. A page of
            somebody else can let a browser ask a local server under a name of its own, so only
            the names of this machine are allowed by default.
        token: What requests must carry, as a bearer token, or as the password that a browser asks
            for; ``None`` for none.
        facets: The fields of labels that results are counted by, in order, perhaps with how, as
            ``--facet`` of a search has them: ``"source"``, ``"places:20,sort=label"``. ``None`` for
            those that the model marks ``Keyword(facet=True)`` and that hold anything, at most six.
        theme: A file of CSS that is loaded behind the own style, read once.
        page_size: How many hits a page has.
        max_page_size: How many a request may ask for at most.
        max_query: How many characters a query may have.
        max_offset: How many hits can be skipped; behind them only cursors go on.
        threads: How many searches run at the same time.
        waiting: How many more may wait for them; further ones are told to come back.
        exports: How many exports run at the same time.
        time_limit: How many seconds a request may take before it is given up.

    Raises:
        ArgumentError: A number is too low, the token is empty, or a host is no name of one.
    """

    title: str = "News archive"
    hosts: tuple[str, ...] = LOOPBACK
    token: str | None = None
    facets: tuple[str, ...] | None = None
    theme: Path | None = None
    page_size: int = 10
    max_page_size: int = 100
    max_query: int = 2000
    max_offset: int = 10_000
    threads: int = 4
    waiting: int = 60
    exports: int = 2
    time_limit: float = 10.0

    def __post_init__(self) -> None:
        _expect_hosts(self.hosts)
        for name in ("page_size", "max_page_size", "max_query", "threads", "exports"):
            whole_number(name, getattr(self, name), 1)
        for name in ("max_offset", "waiting"):
            whole_number(name, getattr(self, name), 0)
        if self.token is not None and not self.token.strip():
            raise ArgumentError("expected a token of some characters, or None for no token")
        if not self.time_limit > 0:
            raise ArgumentError(f"expected a time limit above 0 s, got {self.time_limit!r}")


def _expect_hosts(hosts: Any) -> None:
    """Make sure that requests can be for these hosts: other names would refuse all of them.

    Raises:
        ArgumentError: One of them is no name of a host.
    """
    if isinstance(hosts, str):
        raise ArgumentError(
            f"expected hosts to be several names, got {hosts!r:.80}; write ({hosts!r},)"
        )
    for host in hosts:
        if host != ANY_HOST and not (isinstance(host, str) and _HOST.fullmatch(host)):
            meant = _meant(host) if isinstance(host, str) else ""
            raise ArgumentError(
                "expected hosts (--allow-host) to be names without a scheme, port or path, got "
                f"{host!r:.80}; write {meant or 'one such as news.example or [::1], or * for any'}"
            )


def _meant(host: str) -> str:
    """Find the name of a host, as requests have it, in an address; "" if there is none."""
    text = host.strip()
    with suppress(ValueError):
        return f"[{IPv6Address(text)}]"
    with suppress(ValueError):  # UnicodeError is one
        name = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        name = f"[{name}]" if ":" in name else name.encode("idna").decode()
        return name if _HOST.fullmatch(name) else ""
    return ""
