"""Indexes that earlier versions have written are opened, or refused in words and reindexed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from searchlib import Article, Index
from searchlib.analysis import ANALYSIS_VERSION
from searchlib.errors import AnalysisVersionError
from searchlib.segment.file import FORMAT_VERSION

INDEXES = sorted((Path(__file__).parent / "data" / "indexes").iterdir())


@pytest.fixture(params=INDEXES, ids=lambda path: path.name)
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an index of an earlier version."""
    return Path(shutil.copytree(request.param, tmp_path / "index"))


def test_there_is_an_index_of_each_version_of_each_part() -> None:
    each = (map(int, path.name.split("-")[1::2]) for path in INDEXES)
    manifests, segments, analyses = map(set, zip(*each, strict=True))
    assert manifests == {1, 2, 3, 4}
    assert segments >= {4, 5, FORMAT_VERSION}
    assert analyses == set(range(1, ANALYSIS_VERSION + 1))


def test_an_earlier_index_is_opened_or_refused_in_words(earlier: Path) -> None:
    analysis = json.loads((earlier / "manifest.json").read_text()).get("analysis", 1)
    if analysis != ANALYSIS_VERSION:
        with pytest.raises(AnalysisVersionError, match="searchlib reindex"):
            Index.open(earlier)
        assert Index.reindex(earlier).rejected == []
    for index in (Index.open(earlier), Index.open(earlier, Article)):
        assert {hit.key for hit in index.search("*")} >= {"talks", "strike"}
        found = index.search('"peace talks" published:2025-02')[0].document
        assert isinstance(found, Article)
        assert found.title == "Peace talks resume in Vienna"
        assert "cup" not in index
        assert index.check() == []
    index.add(Article(id="new", title="More talks", file="a.txt"))
    index.optimize()
    assert {hit.key for hit in Index.open(earlier).search("talks")} >= {"talks", "new"}
    assert Index.open(earlier, Article).search("file:a.txt").total == 1


@pytest.mark.parametrize(
    "of", ["manifest-4-segment-5-analysis-2", "manifest-4-segment-6-analysis-3"]
)
def test_synonyms_and_saved_queries_of_an_earlier_index_are_read(of: str, tmp_path: Path) -> None:
    [kept] = [path for path in INDEXES if path.name == of]
    path = shutil.copytree(kept, tmp_path / "index")
    if not of.endswith(f"-{ANALYSIS_VERSION}"):
        assert Index.reindex(path).rejected == []
    index = Index.open(path, Article)
    assert dict(index.synonyms)["truce"] == ("ceasefire", "cease fire")
    assert [str(saved) for saved in index.alerts.values()] == ['"peace talks" -strike', "quay pay"]
    alerts = index.add(Article(id="new", title="Peace talks about a quay")).alerts
    assert [alert.name for alert in alerts] == ["peace", "any"]
