"""A query of which an archive has nothing leads to one that it has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib import Article, Index
from searchlib.errors import QueryError
from searchlib.query.tree import Not, Phrase, Word, walk
from searchlib.search.edits import edit_distances
from searchlib.search.known_words import KnownWords
from searchlib.search.misspelt import Misspelt
from searchlib.search.typos import with_typos
from tests.tables import each

BODIES = [
    *["The ceasefire in the harbour town holds, the minister said."] * 8,
    *["A storm has damaged the power lines of the valley."] * 6,
    *["The deal on fishing was signed by the ministers, naïve or not."] * 6,
    *["A stork was seen near the fire station."] * 2,
]


@pytest.fixture(scope="module")
def archive() -> Any:
    with Index.in_memory(Article) as index:
        index.add(
            Article(
                id=str(n),
                title=f"Report {n}",
                body=f"{body} linea{n}" if n == 10 else body,
                source="Harbour News" if n % 2 else "Reuters",
            )
            for n, body in enumerate(BODIES)
        )
        yield index


@each(
    ("typed", "meant", "total"),
    [
        ("ceasfire", "ceasefire", 8),  # a letter is missing
        ("ceasefirre", "ceasefire", 8),  # one is there twice
        ("veasefire", "ceasefire", 8),  # the first is wrong
        ("caesefire", "ceasefire", 8),  # two are swapped
        ("caesefrie", "ceasefire", 8),  # twice
        ("cease fire", "ceasefire", 8),  # written as two
        ("thedeal", "the deal", 6),  # written as one
        ("Ministr harbuor", "minister harbour", 8),
        ('"power lnes" storm', '"power lines" storm', 6),
        ("body:strm -ceasefire", "body:storm -ceasefire", 6),
        ("source:Reutres", "source:Reuters", 11),
        ('source:"Harbor News" storm', 'source:"Harbour News" storm', 3),
        ("titel:report", "title:report", 22),
        ("naive naïv", "naive naïve", 6),
        ("nave", "naïve", 6),
        ("strom OR flod", "storm OR flod", 6),
        ("(strom", "(storm)", 6),  # what is open is closed
        ('"power lnes', '"power lines"', 6),
        ("strom linea10", "storm linea10", 1),  # letters of a word with digits stay
        ('valley (strom "power lnes', 'valley (storm "power lines")', 6),
    ],
)
def test_what_is_meant_is_suggested(
    archive: Index[Article], typed: str, meant: str, total: int
) -> None:
    found = archive.suggest(typed)
    assert found is not None
    assert (found.text, found.total) == (meant, total)
    assert archive.count(meant, lenient=True) == total


@each(
    "typed",
    [
        "ceasefire", "storm", "stork", "the ministers", "power lines", "fire station", "STORM",
        "storm OR stork", "2024", "xyzzyplugh", "storm -ceasfire", "*", "storm NOT strk", "",
        "published:2024", "fire", '"', "storm AND", "naive", "source:Reuters",
    ],
)  # fmt: skip
def test_what_is_right_or_hopeless_is_left_alone(archive: Index[Article], typed: str) -> None:
    assert archive.suggest(typed) is None


def test_what_goes_together_is_meant(archive: Index[Article]) -> None:
    """A word that is as near but in other articles is not."""
    for typed, meant in (
        ("damaged stork", None),
        ("damaged sto1rk", None),
        ("seen stonk", "stork"),
    ):
        found = archive.suggest(typed)
        assert (found and found.text) == (meant and f"seen {meant}")
    found = archive.suggest("damaged storn")
    assert found is not None
    assert found.text == "damaged storm"


def test_nothing_is_suggested_that_a_filter_leaves_out(archive: Index[Article]) -> None:
    filtered = archive.suggest("ceasfire", filter={"source": "Reuters"})
    assert filtered is not None
    assert filtered.total == archive.count("ceasefire", filter={"source": "Reuters"}) == 4
    assert archive.suggest("ceasfire", filter="valley") is None
    assert archive.suggest("stork", filter="valley") is None  # it is right, and left out


def test_what_is_changed_is_marked_and_the_rest_is_escaped(archive: Index[Article]) -> None:
    found = archive.suggest("<the>& strom")
    assert found is not None
    assert found.html == "&lt;the&gt;&amp; <em>storm</em>"
    assert found.to_json() == {"text": "<the>& storm", "html": found.html, "total": found.total}


def test_results_suggest_where_there_is_little(archive: Index[Article]) -> None:
    results = archive.search("ceasfire")
    assert results.suggestion is not None
    assert results.suggestion.text == "ceasefire"
    assert results.to_json()["suggestion"]["total"] == 8
    assert archive.search("ceasefire").suggestion is None
    assert archive.search(Word("ceasfire")).suggestion is None
    assert archive.search("stork").to_json()["suggestion"] is None


def test_deleted_articles_are_not_found_by_what_is_suggested() -> None:
    with Index.in_memory(Article) as index:
        index.add([Article(id="1", body="a ceasefire"), Article(id="2", body="a storm")])
        assert index.suggest("ceasfire") is not None
        index.delete("1")
        assert index.suggest("ceasfire") is None
        assert index.suggest("strom") is not None


def test_an_empty_index_suggests_nothing() -> None:
    with Index.in_memory(Article) as index:
        assert index.suggest("ceasfire") is None
        assert index.search("ceasfire", typos="auto").total == 0


def test_a_query_to_suggest_for_is_a_string(archive: Index[Article]) -> None:
    with pytest.raises(QueryError, match="expected a query string, got 3"):
        archive.suggest(3)  # type: ignore[arg-type]


def test_typos_are_allowed_for(archive: Index[Article]) -> None:
    assert archive.search("ceasfire").total == 0
    assert archive.search("ceasfire", typos="auto").total == 8
    exact, similar = archive.search("storm"), archive.search("storm", typos="auto")
    assert (exact.total, similar.total) == (6, 8)  # "stork" as well, behind them
    assert [hit.key for hit in similar[:6]] == [hit.key for hit in exact]
    assert (
        "<mark>ceasefire</mark>"
        in archive.search("ceasfire", typos="auto")[0].snippets["body"].html
    )
    with pytest.raises(QueryError, match="expected typos to be 'off' or 'auto', got 'on'"):
        archive.search("storm", typos="on")  # type: ignore[arg-type]


def words_of(query: Any) -> set[str]:
    return {part.text for part in walk(query) if isinstance(part, Word)}


def test_how_many_typos_a_word_may_have(archive: Index[Article]) -> None:
    misspelt = archive._searcher.words.misspelt
    for typed, found in [
        ("sorm", False),  # four letters
        ("strom", True),
        ("ctorm", False),  # the first letter counts twice
        ("mniiste", False),  # two typos in seven letters
        ("ceasefrie", True),
        ("caesefrie", True),  # two in nine
        ("veasefier", False),  # and the first letter
    ]:
        assert (len(words_of(with_typos(Word(typed), misspelt))) > 1) is found, typed
    untouched = Not(Word("strom")) & Phrase("strom in")
    assert with_typos(untouched, misspelt) == untouched
    assert "storm" in words_of(with_typos(Word("strom") | Word("x"), misspelt))


def test_pages_of_a_search_with_typos_go_on(archive: Index[Article]) -> None:
    first = archive.search("ceasfire", typos="auto", limit=5)
    second = archive.search("ceasfire", typos="auto", limit=5, after=first.next)
    assert len({hit.key for hit in (*first, *second)}) == 8
    with pytest.raises(QueryError):
        archive.search("ceasfire", limit=5, after=first.next)


class Known(KnownWords):
    """Words without an index."""

    def __init__(self, words: list[str]) -> None:
        self.folded = self.words = sorted(set(words))  # type: ignore[misc]
        self.counts = np.arange(1, len(self.words) + 1)  # type: ignore[misc]


LETTERS = st.text("abcdéжя", min_size=3, max_size=7)


@given(st.lists(LETTERS, max_size=30), LETTERS)
def test_all_words_of_two_edits_are_candidates(words: list[str], typed: str) -> None:
    """None is lost by comparing sets of letters first."""
    plain = [word.replace("é", "e") for word in words]
    typed = typed.replace("é", "e")
    found = Misspelt(Known(plain)).candidates(typed, most=100)
    there = sorted(set(plain))
    distances = dict(zip(there, edit_distances(there, typed, 2).tolist(), strict=True))
    for one in found:
        assert one.edits >= distances[one.word] > 0
    missing = {w for w, edits in distances.items() if edits == 1} - {one.word for one in found}
    assert not missing
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_likely_mistakes_come_before_unlikely_ones() -> None:
    known = Known(["alarm", "stop", "storm"])
    known.counts[:] = 1
    found = Misspelt(known).candidates("stom")
    assert [(one.word, one.edits) for one in found] == [("storm", 1), ("stop", 1)]


@each("typed", ["strom)", "strom AND", "strom nofield:x", "(strom\\"])
def test_what_cannot_be_searched_is_not_suggested(archive: Index[Article], typed: str) -> None:
    assert archive.suggest(typed) is None


@given(st.text('strom "(:AND)\\', max_size=12))
def test_a_suggestion_can_be_searched_as_it_is(archive: Index[Article], typed: str) -> None:
    found = archive.suggest(typed)
    assert found is None or archive.count(found.text) == found.total > 0


@each(
    ("typed", "meant"),
    [
        ("dont", "don't"),
        ("doesnt", "doesn't"),
        ("obrien", "o'brien"),
        ("OBRIEN", "o'brien"),
        ("dosn't", "doesn't"),
        ("weve", "we've"),
        ("longterm", "long-term"),
    ],
)
def test_an_apostrophe_that_was_left_out_is_put_in(typed: str, meant: str) -> None:
    with Index.in_memory(Article) as index:
        index.add(
            Article(id=str(n), title=title, body=f"We've said so. {title}")
            for n, title in enumerate(
                ["She doesn't know O’Brien", "They don't say: a long-term plan"] * 3
            )
        )
        found = index.suggest(typed)
        assert found is not None
        assert (found.text, found.total) == (meant, index.count(meant))


def test_an_odd_label_is_suggested_so_that_it_is_found() -> None:
    with Index.in_memory(Article) as index:
        index.add([Article(id="1", title="A storm", body="", source='Harbour "News" \\ Agency')])
        found = index.suggest("source:Harbour")
        assert found is not None
        assert index.count(found.text) == found.total == 1


def test_a_word_that_finds_something_stays_if_what_is_like_it_does_not_go_with_the_rest() -> None:
    with Index.in_memory(Article) as index:
        bodies = ["A painting."] * 150 + ["A storm, said Mayer."] * 2 + ["A storm."] * 30
        bodies += ["The layer of paint."] * 150
        index.add(Article(id=str(n), title="Report", body=body) for n, body in enumerate(bodies))
        alone = index.suggest("mayer")
        assert alone is not None
        assert alone.text == "layer"
        found = index.suggest("strom mayer")
        assert found is not None
        assert (found.text, found.total) == ("storm mayer", 2)
