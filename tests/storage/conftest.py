"""The tests of storage do wait for the disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.conftest import wait_for_the_disk

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="package")
def waiting_for_the_disk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", wait_for_the_disk)
        yield
