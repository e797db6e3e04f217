"""What the errors of a server, and of the way to it, become."""

from __future__ import annotations

from typing import Any

import pytest

from searchlib import errors
from searchlib.backends.opensearch.address import Address
from searchlib.backends.opensearch.problems import explained, reason_of, refusal
from tests.tables import each

theirs = pytest.importorskip(
    "opensearchpy", reason="the extra opensearch is not installed"
).exceptions
ADDRESS = Address.parse("opensearch://desk:geheim@host:9201/news", {})


@each(
    ("error", "expected"),
    [
        (theirs.ConnectionError("N/A", "refused", OSError()), errors.ServerUnreachableError),
        (theirs.ConnectionTimeout("TIMEOUT", "slow", OSError()), errors.ServerTimeoutError),
        (theirs.SSLError("N/A", "self-signed", OSError()), errors.ServerRefusedError),
        (theirs.SerializationError("<html>"), errors.ServerError),
        (theirs.AuthenticationException(401, "x", "Unauthorized"), errors.ServerRefusedError),
        (theirs.AuthorizationException(403, "x", {}), errors.ServerRefusedError),
        (theirs.TransportError(429, "x", {}), errors.ServerBusyError),
        (theirs.TransportError(503, "x", {}), errors.ServerUnreachableError),
        (theirs.ConflictError(409, "x", {}), errors.ServerConflictError),
        (theirs.RequestError(400, "x", {}), errors.ServerError),
    ],
)
def test_each_error_has_a_class(error: Exception, expected: type[Exception]) -> None:
    made = explained(error, ADDRESS)
    assert type(made) is expected
    assert "host:9201" in str(made)
    assert "geheim" not in str(made)


def info(kind: str, reason: str = "so it is") -> dict[str, Any]:
    return {"error": {"type": kind, "reason": reason, "root_cause": []}}


@each(
    ("status", "kind", "expected"),
    [
        (404, "index_not_found_exception", errors.IndexNotFoundError),
        (400, "resource_already_exists_exception", errors.IndexExistsError),
        (403, "cluster_block_exception", errors.ServerUnreachableError),
        (503, "cluster_block_exception", errors.ServerUnreachableError),
        (503, "search_phase_execution_exception", errors.PartialResultsError),
        (400, "search_phase_execution_exception", errors.ServerError),
        (500, "circuit_breaking_exception", errors.ServerBusyError),
        (404, "resource_not_found_exception", errors.ServerError),
    ],
)
def test_the_servers_own_class_tells_more_than_the_status(
    status: int, kind: str, expected: type[Exception]
) -> None:
    made = refusal(status, info(kind), ADDRESS)
    assert type(made) is expected
    assert isinstance(made, errors.SearchlibError)


def test_errors_are_those_of_python_too() -> None:
    assert isinstance(explained(theirs.ConnectionError("N/A", "x", OSError()), ADDRESS), OSError)
    assert issubclass(errors.ServerTimeoutError, TimeoutError)
    assert issubclass(errors.ServerRefusedError, PermissionError)
    assert issubclass(errors.UnsupportedError, errors.QueryError)


def test_the_reason_is_that_of_the_root() -> None:
    nested = {
        "error": {
            "type": "mapper_parsing_exception",
            "reason": "failed to parse",
            "root_cause": [
                {"reason": "field [n]", "caused_by": {"reason": "no number"}},
            ],
        }
    }
    assert reason_of(nested) == ("mapper_parsing_exception", "field [n]: no number")
    assert reason_of("Unauthorized") == ("", "Unauthorized")
    assert reason_of("") == ("", "no reason")
    assert reason_of({"error": "no handler"}) == ("", "no handler")
