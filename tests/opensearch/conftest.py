"""Servers of OpenSearch; tests are skipped where Java or Maven is missing."""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.opensearch.cluster import Cluster
from tests.opensearch.installation import missing

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


@pytest.fixture(scope="session")
def opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One node, which all tests share."""
    with _running(1, tmp_path_factory) as cluster:
        yield cluster


@pytest.fixture
def address(opensearch: Cluster) -> Iterator[str]:
    """The address of an index on the one node, which is deleted afterwards."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    yield opensearch.address(name)
    opensearch.request("DELETE", f"/{name}*")


@pytest.fixture(scope="session")
def three_nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes for tests that only read; the others take ``cluster``."""
    with _running(3, tmp_path_factory) as cluster:
        yield cluster


@pytest.fixture
def cluster(three_nodes: Cluster) -> Iterator[Cluster]:
    """Three nodes to do anything to: afterwards all run again, without indexes.

    Copies of their parts are not waited for: after the loss of two nodes the server may take long.
    """
    yield three_nodes
    three_nodes.restore()
    three_nodes.clear()


@contextmanager
def _running(nodes: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Run servers whose logs are kept as long as pytest keeps its temporary folders."""
    if (reason := missing()) is not None:
        pytest.skip(reason)
    if "PYTEST_XDIST_WORKER" in os.environ:
        pytest.skip("each worker would start servers of its own: run make test-opensearch")
    with Cluster(nodes, folder=tmp_path_factory.mktemp(f"opensearch-{nodes}-")) as cluster:
        yield cluster
    for node in cluster.nodes:
        shutil.rmtree(node.folder / "data")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the servers said."""
    report = yield
    if report.failed:
        used = {id(one): one for one in vars(item).get("funcargs", {}).values()}
        clusters = [one for one in used.values() if isinstance(one, Cluster)]
        report.sections += [("OpenSearch", cluster.logs()) for cluster in clusters]
    return report
