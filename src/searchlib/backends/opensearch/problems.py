"""What does an error of the server, or of the way to it, mean to who uses an index?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import (
    IndexExistsError,
    IndexLockedError,
    IndexNotFoundError,
    PartialResultsError,
    QueryTooCostly,
    SearchlibError,
    ServerBusyError,
    ServerConflictError,
    ServerError,
    ServerRefusedError,
    ServerTimeoutError,
    ServerUnreachableError,
)

if TYPE_CHECKING:
    from searchlib.backends.opensearch.address import Address

_BUSY: Final = ("circuit_breaking_exception", "rejected_execution_exception")
_TOO_MUCH: Final = (
    "too_many_clauses",
    "too_many_nested_clauses",
    "too_complex_to_determinize_exception",
)
_LOST: Final = (
    "node_disconnected_exception",
    "node_not_connected_exception",
    "node_closed_exception",
)
"""What a node says of another that has just gone."""
_NO_SHARDS: Final = ("no_shard_available_action_exception", "search_phase_execution_exception")


class MomentGoneError(ServerError):
    """A point in time is not held any more."""


def explained(error: Exception, address: Address) -> SearchlibError:
    """Say in an error of ours what one of opensearch-py is about.

    Args:
        error: The error.
        address: Who was asked.
    """
    from opensearchpy import exceptions as theirs

    place = address.place
    if isinstance(error, theirs.SSLError):
        return ServerRefusedError(
            f"{place}: expected a certificate that can be trusted, got {_cause(error)}; give the "
            "file of the authority that signed it: ?ca=/path/ca.pem"
        )
    if isinstance(error, theirs.ConnectionTimeout):
        return ServerTimeoutError(
            f"{place}: expected an answer within {address.timeout:g} s, got none; try again, or "
            "wait longer: ?timeout=60. What was to be written may still be written. If it goes on "
            "after nodes were lost, see docs/opensearch.md, 'When something fails'"
        )
    if isinstance(error, theirs.ConnectionError):
        other = "without ?tls=true" if address.tls else "with ?tls=true"
        return ServerUnreachableError(
            f"{place}: expected a server of OpenSearch, got {_cause(error)}; check host and port, "
            f"whether it runs, and whether it wants to be spoken to {other}"
        )
    if isinstance(error, theirs.TransportError) and isinstance(error.status_code, int):
        return refusal(error.status_code, error.info, address)
    return strange(error, address)


def refusal(status: int, info: object, address: Address) -> SearchlibError:
    """Say in an error of ours why the server did not do what it was asked for.

    Args:
        status: The status of HTTP.
        info: The answer; also the part of one that is about one document.
        address: Who was asked.
    """
    kind, reason = reason_of(info)
    where, told = str(address), f"{kind}: {reason}" if kind else reason
    if kind == "cluster_block_exception" and "index write (api)" in reason:
        return IndexLockedError(
            f"{where}: expected an index that takes changes, got one that is being indexed anew; "
            "try again later. If that was stopped halfway, do it again: searchlib reindex"
        )
    if kind == "cluster_block_exception":
        return ServerUnreachableError(
            f"{where}: expected a cluster that takes requests, got {told}; see whether enough of "
            "its nodes run, and whether their disks are full: GET _cluster/health"
        )
    if status == 429 or kind in _BUSY:
        return ServerBusyError(
            f"{where}: expected a server with time and memory to spare, got {told}; try again "
            "later, ask for less at once, or give the cluster more memory"
        )
    if status in (401, 403):
        return ServerRefusedError(
            f"{where}: expected a user who may do this, got {told}; give user and password, or an "
            "API key, in the address or the environment (SEARCHLIB_OPENSEARCH_USER, _PASSWORD)"
        )
    if "search_context_missing_exception" in str(info):
        return MomentGoneError(f"{where}: expected a point in time that is held, got {told}")
    if kind in _TOO_MUCH or "maxClauseCount" in reason:
        return QueryTooCostly(
            f"{where}: expected a query that stands for fewer terms and parts, got {told}"
        )
    if kind == "index_not_found_exception":
        return IndexNotFoundError(
            f"{where}: there is no such index; check the name, or make one with Index.create"
        )
    if kind == "resource_already_exists_exception":
        return IndexExistsError(f"{where}: there is an index already; open it, or delete it")
    if status == 409:
        return ServerConflictError(
            f"{where}: expected nobody else to write the same, got {told}; try again"
        )
    if kind in _NO_SHARDS and status >= 500:
        return partial(address, told)
    if status in (502, 503, 504) or kind in _LOST:
        return ServerUnreachableError(
            f"{where}: expected a cluster whose nodes know each other, got {told}; see whether "
            "enough of them run: GET _cluster/health"
        )
    return ServerError(f"{where}: expected the server to do it, got status {status}, {told}")


def partial(address: Address, told: str) -> PartialResultsError:
    """Say that a part of an index did not answer."""
    return PartialResultsError(
        f"{address}: expected an answer of all parts of the index, got {told}; see which nodes "
        "are gone (GET _cluster/health), or take what there is with ?partial=true"
    )


def strange(answer: object, address: Address) -> ServerError:
    """Say that what answered is no OpenSearch."""
    return ServerError(
        f"{address.place}: expected an answer of OpenSearch, got {answer!r:.80}; check host and "
        "port"
    )


def reason_of(info: object) -> tuple[str, str]:
    """Find the class of an error of the server, and what it says."""
    error: Any = info.get("error", info) if isinstance(info, dict) else info
    if not isinstance(error, dict):
        return "", str(error)[:300] or "no reason"
    causes = error.get("root_cause") or [error]
    inner = causes[0] if isinstance(causes[0], dict) else error
    caused = inner.get("caused_by")
    more = f": {caused.get('reason')}" if isinstance(caused, dict) else ""
    return str(error.get("type", "")), f"{inner.get('reason') or error.get('reason')}{more}"[:500]


def _cause(error: Exception) -> str:
    """Say what went wrong on the way, without the address of an object in memory."""
    text = str(error.args[1] if len(error.args) > 1 else error)
    return text.rpartition(": ")[2].strip("'\")( ")[:200] or type(error).__name__
