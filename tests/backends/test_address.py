"""Addresses of indexes on a cluster: what they say, what they hide, and what they can't be."""

from __future__ import annotations

import pickle

import pytest

from searchlib.backends.opensearch import is_address
from searchlib.backends.opensearch.address import Address, Host
from searchlib.errors import ArgumentError
from tests.tables import each


def parse(text: str, **environment: str) -> Address:
    return Address.parse(text, environment)


def test_a_short_address_has_the_defaults() -> None:
    address = parse("opensearch://search.example.org/news")
    assert address == Address(hosts=(Host("search.example.org", 9200),), index="news")
    assert (address.timeout, address.tls, address.verify, address.partial) == (
        10,
        False,
        True,
        False,
    )
    assert (address.shards, address.replicas, address.full_text) == (None, None, None)


def test_a_long_address_has_everything() -> None:
    address = parse(
        "opensearch://desk:s%40crt%2F@a:9201,[::1]:9202,10.0.0.3/news?timeout=2.5&tls=true"
        "&ca=/etc/ca.pem&verify=false&partial=true&shards=3&replicas=0&full_text=true"
    )
    assert address.hosts == (Host("a", 9201), Host("::1", 9202), Host("10.0.0.3", 9200))
    assert (address.user, address.password, address.api_key) == ("desk", "s@crt/", None)
    assert (address.timeout, address.tls, address.ca, address.verify) == (
        2.5, True, "/etc/ca.pem", False,
    )  # fmt: skip
    assert (address.partial, address.shards, address.replicas, address.full_text) == (
        True, 3, 0, True,
    )  # fmt: skip


def test_nothing_secret_is_shown() -> None:
    secrets = ["geheim", "schluessel"]
    address = parse(f"opensearch://desk:{secrets[0]}@host:1/news?api_key={secrets[1]}")
    for shown in (str(address), repr(address), address.place, f"{address}"):
        assert not any(secret in shown for secret in secrets)
    assert str(address) == "opensearch://host:1/news"
    assert str(parse("opensearch://[::1]/news")) == "opensearch://[::1]:9200/news"
    assert pickle.loads(pickle.dumps(address)) == address


def test_secrets_come_from_the_environment_where_the_address_has_none() -> None:
    given = {
        "SEARCHLIB_OPENSEARCH_USER": "desk",
        "SEARCHLIB_OPENSEARCH_PASSWORD": "geheim",
        "SEARCHLIB_OPENSEARCH_API_KEY": "key",
    }
    address = parse("opensearch://host/news", **given)
    assert (address.user, address.password, address.api_key) == ("desk", "geheim", "key")
    own = parse("opensearch://me:mine@host/news", **given)
    assert (own.user, own.password, own.api_key) == ("me", "mine", None)
    assert parse("opensearch://host/news?api_key=other", **given).api_key == "other"


@each(
    ("text", "expected"),
    [
        ("opensearch://host", "the name of an index"),
        ("opensearch://host/", "the name of an index"),
        ("opensearch://host/News", "the name of an index"),
        ("opensearch://host/a,b", "the name of an index"),
        ("opensearch://host/_all", "the name of an index"),
        ("opensearch://host/..", "the name of an index"),
        ("opensearch://host/a*", "the name of an index"),
        ("opensearch://host/" + "n" * 201, "the name of an index"),
        ("opensearch:///news", "host"),
        ("opensearch://host:0/news", "host"),
        ("opensearch://host:65536/news", "host"),
        ("opensearch://host:9200,/news", "host"),
        ("opensearch://ho st/news", "host"),
        ("opensearch://user@host/news", "user:password"),
        ("opensearch://:password@host/news", "user:password"),
        ("opensearch://host/news?timeout=0", "timeout="),
        ("opensearch://host/news?timeout=soon", "timeout="),
        ("opensearch://host/news?timeout=inf", "timeout="),
        ("opensearch://host/news?timeout=nan", "timeout="),
        ("opensearch://host/news?tls=yes", "tls=true"),
        ("opensearch://host/news?verify=", "verify=true"),
        ("opensearch://host/news?shards=0", "from 1"),
        ("opensearch://host/news?replicas=-1", "from 0"),
        ("opensearch://host/news?colour=red", "the options"),
        ("http://host/news", "opensearch://"),
    ],
)  # fmt: skip
def test_what_is_no_address(text: str, expected: str) -> None:
    with pytest.raises(ArgumentError, match=expected):
        parse(text)


def test_an_error_does_not_show_the_password() -> None:
    for text in ("opensearch://desk:geheim@host", "opensearch://desk:geheim@/news"):
        with pytest.raises(ArgumentError) as caught:
            parse(text)
        assert "geheim" not in str(caught.value)


def test_what_is_taken_for_an_address() -> None:
    assert is_address("opensearch://host/news")
    assert not is_address("news.index")
    assert not is_address(7)
