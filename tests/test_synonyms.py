"""Synonyms of an index: kept, changed, used by queries, shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib import (
    ArgumentError,
    Article,
    Index,
    IndexClosedError,
    QueryTooCostly,
    SourceNotFoundError,
    SynonymsError,
)
from searchlib.cli.commands import cli
from searchlib.query import And, Query, Word
from tests.conftest import examples

if TYPE_CHECKING:
    from pathlib import Path

FILE = "# peace\nceasefire, truce, cease fire\nUN => United Nations\n"
TEXTS = {
    "ceasefire": "The ceasefire in the valley.",
    "truce": "A truce was signed in the north.",
    "apart": "Fires cease at noon.",
    "phrase": "They agreed to cease fire.",
    "nations": "The United Nations meet in the valley.",
    "un": "Envoys of the UN meet.",
}


def articles() -> list[Article]:
    return [Article(id=key, title=f"Report {key[:2]}", body=text) for key, text in TEXTS.items()]


@pytest.fixture
def index(tmp_path: Path) -> Index[Article]:
    made = Index.create(tmp_path / "index", Article)
    made.add(articles())
    made.synonyms.set(FILE)
    return made


def found(index: Index[Article], query: str | Query, **options: object) -> set[str]:
    return {hit.key for hit in index.search(query, **options)}  # type: ignore[arg-type]


def test_queries_find_synonyms(index: Index[Article]) -> None:
    assert found(index, "truces") == {"ceasefire", "truce", "phrase"}
    assert found(index, "cease fire") == {"ceasefire", "truce", "apart", "phrase"}
    assert found(index, '"cease fire"') == {"ceasefire", "truce", "phrase"}
    assert found(index, "un") == {"un", "nations"}
    assert found(index, "united nations") == {"nations"}
    assert found(index, "valley truce") == {"ceasefire"}
    assert found(index, "truce -ceasefire") == {"truce", "phrase"}
    assert found(index, "truce NEAR/3 valley") == {"ceasefire"}
    assert index.count("truce") == 3


def test_they_can_be_left_out(index: Index[Article]) -> None:
    assert found(index, "truce", synonyms=False) == {"truce"}
    assert index.count("truce", synonyms=False) == 1
    assert index.search("truce", synonyms=False).notes == ()
    assert index.explain("truce", "ceasefire", synonyms=False).value == 0


def test_they_show_in_notes_snippets_and_explanations(index: Index[Article]) -> None:
    results = index.search("truce")
    assert [note.message for note in results.notes] == ["truce also finds ceasefire, cease fire"]
    marked = {hit.key: hit.snippets["body"].html for hit in results}
    assert marked["phrase"] == "They agreed to <mark>cease fire</mark>."
    assert marked["ceasefire"] == "The <mark>ceasefire</mark> in the valley."
    explanation = index.explain("truce", "ceasefire")
    assert explanation.value == pytest.approx(
        next(h for h in results if h.key == "ceasefire").score
    )
    assert "synonyms (word 'truce' in title, body, word 'ceasefir'" in str(explanation)
    assert "phrase 'ceas' 'fire'" in str(explanation)


def test_filters_and_values_are_left_alone(index: Index[Article]) -> None:
    assert found(index, "report", filter="truce") == {"truce"}
    assert index.trend("truce").series[0].total == 0  # no article has a date
    assert len(index.trend("truce").series[0].notes) == 1


def test_without_synonyms_nothing_changes(index: Index[Article]) -> None:
    before = index.search("truce", synonyms=False)
    index.synonyms.clear()
    after = index.search("truce")
    assert [(hit.key, hit.score) for hit in after] == [(hit.key, hit.score) for hit in before]
    assert after.notes == ()
    assert dict(index.synonyms) == {}
    assert index.synonyms.text == index.synonyms.revision == ""


def test_a_word_and_its_synonyms_score_as_one_word_would() -> None:
    words = ["storm", "gale", "storm", "calm gale gale", "storm gale sea", "sea", "calm sea sea"]
    one, two = Index.in_memory(Article), Index.in_memory(Article)
    one.add(Article(id=str(n), title=text.replace("gale", "storm")) for n, text in enumerate(words))
    two.add(Article(id=str(n), title=text) for n, text in enumerate(words))
    two.synonyms.set("storm, gale")
    for query in ("storm", "gale", "storm sea", "gale^2 OR sea"):
        expected = one.search(query.replace("gale", "storm"))
        results = two.search(query)
        assert [hit.key for hit in results] == [hit.key for hit in expected]
        assert [hit.score for hit in results] == pytest.approx([hit.score for hit in expected])


queries = st.recursive(
    st.sampled_from(["truce", "cease", "fire", "valley", "un", "the", '"cease fire"', "meet*"]),
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(lambda found: f"({' '.join(found)})"),
        st.lists(parts, min_size=2, max_size=3).map(lambda found: f"({' OR '.join(found)})"),
        parts.map(lambda part: f"(report -{part})"),
        parts.map(lambda part: f"({part})^2"),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def searched() -> Index[Article]:
    made = Index.in_memory(Article)
    made.add(articles())
    made.synonyms.set(FILE)
    return made


@settings(max_examples=examples(120))
@given(query=queries, match=st.sampled_from(["all", "any"]))
def test_nothing_is_found_any_less(searched: Index[Article], query: str, match: str) -> None:
    plain = found(searched, query, match=match, synonyms=False)
    assert plain <= found(searched, query, match=match)


def test_every_process_sees_the_last_ones(index: Index[Article]) -> None:
    other = Index.open(index.path)
    index.synonyms.set({"valley": ["north", "noon"]})
    assert dict(other.synonyms) == {"valley": ("north", "noon")}
    assert other.synonyms["Valleys"] == ("north", "noon")
    assert "truce" not in other.synonyms
    assert found(other, "valley") == {"ceasefire", "nations", "truce", "apart"}


def test_they_stay_when_documents_change(index: Index[Article], tmp_path: Path) -> None:
    revision = index.synonyms.revision
    index.add(Article(id="new", title="A truce"))
    index.delete("un")
    index.optimize()
    assert index.synonyms.revision == revision
    Index.reindex(index.path, tmp_path / "new")
    assert Index.open(tmp_path / "new").synonyms.text == FILE
    Index.reindex(index.path)
    assert Index.open(index.path).synonyms.text == FILE


def test_a_file_is_loaded_or_refused_with_its_place(index: Index[Article], tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes("\ufeffnorth, nord\n".encode())
    index.synonyms.load(file)
    assert dict(index.synonyms) == {"north": ("nord",), "nord": ("north",)}
    for content, place in [
        (b"a, b\nc, \xffd", "line 2, column 4: expected text in UTF-8, got the byte 0xFF"),
        (b"a, b\nc", "line 2, column 2: expected another word"),
    ]:
        file.write_bytes(content)
        with pytest.raises(SynonymsError, match=place) as caught:
            index.synonyms.load(str(file))
        assert caught.value.source == str(file)
    with pytest.raises(SourceNotFoundError, match="expected a file of synonyms"):
        index.synonyms.load(tmp_path / "none.txt")
    assert len(index.synonyms) == 2


def test_wrong_calls_are_explained(index: Index[Article]) -> None:
    for wrong in (7, ["a"], {"a": "b"}, {"a": [7]}, None):
        with pytest.raises(ArgumentError, match="expected"):
            index.synonyms.set(wrong)  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        index.synonyms["valley"]
    assert index.synonyms.get("valley") is None
    query: Query = Word("truce")
    for _ in range(5_000):
        query = And((query,))
    with pytest.raises(QueryTooCostly, match="nested less deeply"):
        index.search(query)
    index.close()
    with pytest.raises(IndexClosedError):
        index.synonyms  # noqa: B018


def test_words_are_compared_in_the_language_of_the_field(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="german")
    index.add(Article(id="a", title="Die Waffenruhe in Zürich"))
    index.synonyms.set("Waffenstillstände, Waffenruhen")
    assert found(index, "Waffenstillstand") == {"a"}


def test_documents_in_several_languages(tmp_path: Path) -> None:
    pytest.importorskip("py3langid")
    index = Index.create(tmp_path / "index", Article, language="auto")
    index.add(
        [
            Article(id="en", title="Truce", body="The truce was signed in the morning by them."),
            Article(id="de", title="Die Waffenruhe", body="Die Waffenruhe gilt ab Mittag im Tal."),
        ]
    )
    index.synonyms.set("truces, Waffenruhen")
    assert found(index, "truce") == found(index, "Waffenruhe") == {"en", "de"}


def run(*args: object) -> str:
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == 0, result.output
    return result.output


def test_on_the_command_line(index: Index[Article], tmp_path: Path) -> None:
    assert "UN also finds United Nations\n4 words with synonyms" in run("synonyms", index.path)
    file = tmp_path / "words.txt"
    file.write_text("valley, dale\n")
    assert run("synonyms", index.path, "--load", file).endswith("2 words with synonyms\n")
    shown = run("synonyms", index.path, "--json")
    assert json.loads(shown) == {"valley": ["dale"], "dale": ["valley"]}
    searching = ("search", "dale", "--index", index.path)
    assert "note: dale also finds valley" in run(*searching)
    assert "2 hits" in run(*searching)
    assert "0 hits" in run(*searching, "--no-synonyms")
    assert run("synonyms", index.path, "--clear").endswith("0 words with synonyms\n")
    assert index.synonyms.text == ""
    file.write_text("valley")
    wrong = CliRunner().invoke(cli, ["synonyms", str(index.path), "--load", str(file)])
    assert wrong.exit_code == 1
    assert "line 1, column 7: expected another word" in wrong.output
    both = CliRunner().invoke(cli, ["synonyms", str(index.path), "--clear", "--load", str(file)])
    assert both.exit_code == 2
