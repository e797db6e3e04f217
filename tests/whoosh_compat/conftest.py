"""The same reports in an index of ours and in one of Whoosh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from searchlib.whoosh_compat.reader import WhooshReader, whoosh_searcher
from searchlib.whoosh_compat.scoring import BM25
from tests.oracle import oracle_index, oracle_searcher
from tests.whoosh_compat.reports import DELETED, REPORTS, SCHEMA, make_snapshot

if TYPE_CHECKING:
    from whoosh.searching import Searcher


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> WhooshReader:
    path = tmp_path_factory.mktemp("index")
    batches = [REPORTS[:40], REPORTS[40:41], REPORTS[41:]]
    return WhooshReader(make_snapshot(path, SCHEMA, batches, DELETED), SCHEMA)


@pytest.fixture(scope="module")
def searcher(reader: WhooshReader) -> Searcher:
    return whoosh_searcher(reader)


@pytest.fixture(scope="module")
def oracle() -> Searcher:
    return oracle_searcher(oracle_index(SCHEMA, REPORTS, DELETED).reader(), BM25())
