"""What several test modules share."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from searchlib import Article, Index

# What is compiled is kept, even where that is switched off: programs that tests start take half the
# time then, and so does it to collect the tests once more.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

NIGHTLY = os.environ.get("SEARCHLIB_NIGHTLY") == "1"
# How long it takes is not tested. The nightly run draws new examples each time; on any other
# occasion they are few, and the same for the same code, so that a failure is of the change at hand.
settings.register_profile(
    "searchlib", deadline=None, max_examples=200 if NIGHTLY else 25, derandomize=not NIGHTLY
)
settings.load_profile("searchlib")


def examples(count: int) -> int:
    """Take so many examples in the nightly run, and a quarter of them on any other occasion."""
    return count if NIGHTLY else count // 4


wait_for_the_disk = os.fsync
SHARED = Path(os.environ.get("SEARCHLIB_SHARED", Path(__file__).parents[2] / "shared"))

ARTICLES = [
    Article(
        id="talks",
        title="Peace talks resume in Vienna",
        body="Envoys of both sides met in Vienna on Monday. The peace talks had been broken off in "
        "March.\n\nA ceasefire is not in sight, said Prime Minister Ana Korvac.",
        published="2025-02-17",
        document_date="2025-11-16T18:43:04",
        categories=["English", "International"],
        source="Meridian Wire",
        dateline="VIENNA",
    ),
    Article(
        id="strike",
        title="Dockers strike closes the port",
        body="Work stopped at midnight. The union wants talks about pay, and peace at the quay.",
        published="2025-03-04",
        categories=["English", "Business"],
        source="Harbour News",
    ),
    Article(
        id="cup",
        title="Late goal wins the cup",
        body="It was to be or not to be for the visitors. Sánchez scored in the last minute.",
        published="2025-05-25",
        categories=["Sport"],
        source="Harbour News",
        authors=["Ida Blom"],
    ),
    Article(id="bare", title="Nothing but a headline <b>here</b>"),
]


def pytest_collection_finish() -> None:
    """Spare the collector a look at ten thousand tests whenever it looks at everything."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def no_waiting_for_the_disk() -> Iterator[None]:
    """No power is lost here. Tests of what is asked of the disk put their own in its place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def index_to_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of four articles that nobody changes: a copy takes a tenth of the time."""
    made = Index.create(tmp_path_factory.mktemp("four") / "news.index", Article)
    made.add(ARTICLES)
    return made.path


@pytest.fixture
def index(index_to_copy: Path, tmp_path: Path) -> Index:
    """An index of four articles."""
    return Index.open(shutil.copytree(index_to_copy, tmp_path / "news.index"), Article)


@pytest.fixture
def keys(index: Index) -> Callable[..., list[str]]:
    """Search the index of four articles for keys."""

    def search(query: str, **options: object) -> list[str]:
        return [hit.key for hit in index.search(query, **options)]  # type: ignore[arg-type]

    return search


def shared_file(*parts: str) -> Path:
    """Find a file of the shared data, or skip the test where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared data are not there: {path}")
    return path
