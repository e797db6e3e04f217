"""Which index, on which cluster, and how is it spoken to?

An address says it in one line::

    opensearch://[user:password@]host[:9200][,host[:port]...]/name[?option=value&...]

Options are ``timeout`` (seconds), ``tls``, ``ca`` (a file of certificates), ``verify``, ``api_key``
and ``partial``; of an index that is made, ``shards``, ``replicas`` and ``full_text`` too. What is
secret may stand in the environment instead: ``SEARCHLIB_OPENSEARCH_USER``, ``_PASSWORD`` and
``_API_KEY``.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Self
from urllib.parse import parse_qsl, unquote

from searchlib.backends.opensearch import SCHEME, is_address
from searchlib.errors import ArgumentError
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PORT: Final = 9200
DEFAULT_TIMEOUT: Final = 10.0
ENVIRONMENT: Final = "SEARCHLIB_OPENSEARCH_"

_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?")
_NAME: Final = re.compile(r"(?![-_+.])[^\\/*?\"<>|\s,#:A-Z]{1,200}")
"""What the server takes as the name of an index, short enough to put something behind it."""
_WORDS: Final = {"true": True, "false": False}
_OPTIONS: Final = "timeout, tls, ca, verify, api_key, partial, shards, replicas and full_text"


class Host(NamedTuple):
    """A node of a cluster.

    Attributes:
        name: Its name, or its number.
        port: Where it listens.
    """

    name: str
    port: int

    def __str__(self) -> str:
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"


@frozen(kw_only=True)
class Address:
    """Where an index on a cluster is, and how to speak to it.

    ``str()`` and ``repr()`` give nothing away that is secret.

    Attributes:
        hosts: The nodes to ask, any of which will do.
        index: The name of the index: an alias of the real one.
        timeout: How many seconds each call may take.
        tls: Whether to speak TLS.
        ca: A file with the certificates to trust, if not those of the system.
        verify: Whether to look at the server's certificate.
        partial: Whether to take answers in which a part of the index is missing.
        shards: Into how many parts an index that is made is split; ``None`` for 1, or for as many
            as that has whose place it takes, as with the next two.
        replicas: How many copies of each part there are; ``None`` for one if there is a second
            node for it.
        full_text: Whether other tools can search the texts of an index that is made; ``None`` for
            no.
        user: Who asks.
        password: What proves it.
        api_key: What proves it otherwise.
    """

    hosts: tuple[Host, ...]
    index: str
    timeout: float = DEFAULT_TIMEOUT
    tls: bool = False
    ca: str | None = None
    verify: bool = True
    partial: bool = False
    shards: int | None = None
    replicas: int | None = None
    full_text: bool | None = None
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str, environment: Mapping[str, str] = os.environ) -> Self:
        """Read an address.

        Args:
            text: The address.
            environment: Where what is secret may stand.

        Raises:
            ArgumentError: It is none; the message has nothing of it that may be secret.
        """
        rest, _, query = text.removeprefix(SCHEME).partition("?")
        if not is_address(text):
            _refuse("an address that begins with opensearch://", "another")
        before, slash, index = rest.rpartition("/")
        login, at, hosts = before.rpartition("@")
        if not slash or not _NAME.fullmatch(index):
            _refuse(
                "the name of an index in small letters behind the host", index.rpartition("@")[2]
            )
        return cls(
            hosts=tuple(map(_host, hosts.split(","))),
            index=index,
            **{**(_login(login) if at else _from_environment(environment)), **_options(query)},
        )

    def __str__(self) -> str:
        return f"{SCHEME}{self.place}/{self.index}"

    @property
    def place(self) -> str:
        """The nodes, for messages."""
        return ",".join(map(str, self.hosts))


def _host(text: str) -> Host:
    match = _HOST.fullmatch(text)
    port = int(match[2] or DEFAULT_PORT) if match else 0
    if match is None or not 0 < port < 1 << 16:
        _refuse("host, or host:port, or several with commas", text)
    return Host(match[1].strip("[]"), port)


def _login(login: str) -> dict[str, str]:
    user, colon, password = login.partition(":")
    if not user or not colon:
        _refuse("user:password before the @", "something else")
    return {"user": unquote(user), "password": unquote(password)}


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    names = ("user", "password", "api_key")
    found = {name: environment.get(ENVIRONMENT + name.upper()) for name in names}
    return {name: value for name, value in found.items() if value}


def _options(query: str) -> dict[str, Any]:
    """Read what stands behind the question mark."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        match name:
            case "timeout":
                found[name] = _seconds(value)
            case "tls" | "verify" | "partial" | "full_text":
                found[name] = _flag(name, value)
            case "shards" | "replicas":
                found[name] = _count(name, value)
            case "ca" | "api_key":
                found[name] = value
            case _:
                _refuse(f"the options {_OPTIONS}", name)
    return found


def _seconds(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        _refuse("timeout= with a number of seconds above 0", value)
    return number


def _flag(name: str, value: str) -> bool:
    if value not in _WORDS:
        _refuse(f"{name}=true or {name}=false", value)
    return _WORDS[value]


def _count(name: str, value: str) -> int:
    least = 1 if name == "shards" else 0
    if not (value.isascii() and value.isdigit() and least <= int(value) <= 1024):
        _refuse(f"{name}= with a whole number from {least} to 1024", value)
    return int(value)


def _refuse(expected: str, got: str) -> NoReturn:
    raise ArgumentError(
        f"expected {expected}, got {got!r:.80}; an address is "
        "opensearch://user:password@host:9200/name?timeout=10"
    )
