"""Synonyms of an index on a server: kept, changed, used by queries, carried along."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from searchlib import Article, Index, SynonymsError
from searchlib.cli.commands import cli
from searchlib.errors import ArgumentError, UnsupportedError
from tests.opensearch.proxy import Proxy
from tests.opensearch.test_like_a_folder import Grown, Piece
from tests.opensearch.test_lists_and_lines import LETTERS, Letter
from tests.test_synonyms import FILE, articles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.opensearch.cluster import Cluster

QUERIES = [
    "truces", "cease fire", '"cease fire"', "un", "united nations", "valley truce", "meet",
    "truce -ceasefire", "truce NEAR/3 valley", "truce^2 OR meet", "title:truce",
    "(truce OR un) meet", "-truce", '"cease fire talks"', "report AND NOT truce",
    "body:truce AND the",
]  # fmt: skip


@pytest.fixture(scope="module")
def pair(opensearch: Cluster) -> Iterator[tuple[Index[Article], Index[Article]]]:
    """The same documents and synonyms in memory and on a server; tests leave both as they are."""
    opensearch.request("DELETE", "/synonyms*")
    with Index.in_memory(Article) as local:
        local.add(articles())
        local.synonyms.set(FILE)
        with Index.create(opensearch.address("synonyms"), Article) as made:
            made.add(articles())
            made.synonyms.set(FILE)
        with Index.open(opensearch.address("synonyms"), Article) as server:
            yield local, server
    opensearch.request("DELETE", "/synonyms*")


@pytest.fixture
def index(address: str) -> Iterator[Index[Article]]:
    with Index.create(address, Article) as made:
        made.add(articles())
        made.synonyms.set(FILE)
        yield made


def shown(found: Any) -> Any:
    hits = {hit.key: {name: one.html for name, one in hit.snippets.items()} for hit in found}
    return found.total, found.notes, hits


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("match", ["all", "any"])
def test_they_find_note_and_mark_the_same(pair: Any, query: str, match: Any) -> None:
    here, there = (shown(index.search(query, match=match)) for index in pair)
    assert there == here
    here, there = (shown(index.search(query, match=match, synonyms=False)) for index in pair)
    assert there == here


def test_lists_lines_counts_and_explanations_use_them(pair: Any) -> None:
    local, server = pair
    rows = [[(row.total, row.notes) for row in one.search_many(QUERIES)] for one in pair]
    assert rows[1] == rows[0]
    assert [*server.concordance("truce")] == [*local.concordance("truce")]
    assert server.count("truce") == 3
    assert server.count("truce", synonyms=False) == 1
    hit = next(one for one in server.search("truce") if one.key == "ceasefire")
    assert server.explain("truce", "ceasefire").value == pytest.approx(hit.score, rel=1e-5)
    assert server.explain("truce", "ceasefire", synonyms=False).value == 0
    assert server.search("report", filter="truce").total == 1


def test_a_rare_word_counts_no_more_than_its_synonym(address: str) -> None:
    with Index.create(address, Article) as index:
        words = ["storm"] * 20 + ["gale", "calm"]
        index.add(Article(id=str(n), title=f"{word} at sea") for n, word in enumerate(words))
        index.synonyms.set("storm, gale, strong breeze")
        for query in ("gale", "title:storm", "storm sea"):
            scores = {hit.score for hit in index.search(query, limit=None)}
            assert (len(scores), index.count(query)) == (1, 21)


def test_they_are_a_mapping(pair: Any) -> None:
    local, server = pair
    assert dict(server.synonyms) == dict(local.synonyms)
    assert server.synonyms["Truces"] == ("ceasefire", "cease fire")
    assert server.synonyms.text == FILE
    assert "valley" not in server.synonyms


def test_they_are_changed_and_removed(index: Index[Article]) -> None:
    other = Index.open(index.address, Article)
    revisions = {index.synonyms.revision}
    index.synonyms.set({"valley": ["north", "noon"]})
    assert index.count("valley") == 4
    assert other.synonyms["Valleys"] == ("north", "noon")  # which looks, so searches know it
    assert other.count("valley") == 4
    revisions |= {index.synonyms.revision, other.synonyms.revision}
    assert len(revisions) == 2
    with pytest.raises(SynonymsError, match="line 2, column 2"):
        index.synonyms.set("a, b\nc")
    with pytest.raises(ArgumentError):
        index.synonyms.set(7)  # type: ignore[arg-type]
    with pytest.raises(UnsupportedError, match="at most 1,000,000 bytes"):
        index.synonyms.set("".join(f"word{n}, other{n}\n" for n in range(60_000)))
    assert index.count("valley") == 4
    index.synonyms.clear()
    assert (index.count("valley"), index.synonyms.text, index.synonyms.revision) == (2, "", "")


def test_they_stay_when_documents_and_models_change(address: str) -> None:
    with Index.create(address, Piece) as index:
        index.synonyms.set("storm, gale")
        index.add(Piece(id="1", title="A storm"))
    with Index.open(address, Grown) as grown:
        grown.add(Grown(id="2", title="A gale", weight=9))
        assert {hit.key for hit in grown.search("gale")} == {"1", "2"}
        grown.synonyms.set("storm, gale, tempest")
    with Index.open(address) as found:
        assert "weight" in found.schema.fields
        assert found.count("tempest weight:9") == 1


def test_copies_and_new_indexes_have_them(index: Index[Article], tmp_path: Path) -> None:
    address = index.address
    Index.reindex(address)
    Index.reindex(address, tmp_path / "new")
    Index.reindex(tmp_path / "new", f"{address}-2")
    for source, target in ((address, tmp_path / "copy"), (tmp_path / "copy", f"{address}-3")):
        done = CliRunner().invoke(cli, ["copy", str(source), str(target)])
        assert done.exit_code == 0, done.stderr
    for place in (address, tmp_path / "new", f"{address}-2", tmp_path / "copy", f"{address}-3"):
        with Index.open(place) as opened:
            assert opened.synonyms.text == FILE
            assert opened.count("truce") == 3
    with Index.open(f"{address}-3") as own:
        own.synonyms.set("own, proper")
        CliRunner().invoke(cli, ["copy", address, f"{address}-3"])
        assert own.synonyms.text == "own, proper"


def test_no_search_asks_for_them(index: Index[Article], opensearch: Cluster) -> None:
    with Proxy(opensearch.nodes[0].url) as proxy:
        name = index.address.rpartition("/")[2]
        with Index.open(f"opensearch://{proxy.host}/{name}", Article) as opened:
            assert [one.method for one in proxy.asked] == ["GET"]
            proxy.asked.clear()
            assert opened.count("truce") == 3
            assert len(proxy.asked) == 1


def test_documents_in_several_languages(address: str) -> None:
    with Index.create(address, Letter) as index:
        index.synonyms.set("storms, Stürme, tempest")
        index.add(LETTERS)
        assert {hit.key for hit in index.search("tempest")} == {"en", "de"}
        assert index.synonyms["tempest"] == ("storms", "Stürme")


def test_the_command(index: Index[Article], tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["synonyms", *arguments])
        assert done.exit_code == 0, done.stderr
        return done.stdout

    file = tmp_path / "words.txt"
    file.write_text("valley, dale\n")
    host = index.address.removeprefix("opensearch://")
    shown = run(f"opensearch://ida:geheim@{host}", "--load", str(file))
    assert " ".join(shown.split()) == f"{index.address}: 2 words with synonyms"
    assert json.loads(run(index.address, "--json")) == {"valley": ["dale"], "dale": ["valley"]}
    assert run(index.address, "--clear").endswith("0 words with synonyms\n")
