"""Similar articles, significant words and hits smoothed over their neighbours, by the facade."""

from __future__ import annotations

import copy
import math
import pickle
import random
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from searchlib import Article, Collapse, Index, Key, Keyword, Results, Text
from searchlib.errors import ArgumentError, NoFingerprintsError, QueryError
from searchlib.indexing import columns
from searchlib.indexing.columns import field_plan
from searchlib.query.tree import Or, Word
from searchlib.search.neighbours import BEST
from searchlib.search.significant import SignificantTerm, log_likelihood
from tests.conftest import examples
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from searchlib.indexing.batch import FieldPlan
    from searchlib.schema.models import DocumentSchema

FERRY = (
    "The ferry to Arrun will not sail before Thursday, the harbour office said. Waves of six "
    "metres were measured off the cape. Two freighters wait in the bay, and the lifeboat went out "
    "twice."
)
ARTICLES = [
    Article(id="wire", title="FERRY STAYS IN PORT", body=FERRY, source="Wire"),
    Article(id="herald", title="No ferry before Thursday", body=FERRY, source="Herald"),
    Article(
        id="lifeboat",
        title="Lifeboat crew honoured",
        body="The lifeboat of Arrun went out in waves of nine metres, said the Harbour office.",
        source="Herald",
    ),
    Article(id="cup", title="Rovers win the cup", body="A late goal won the final.", source="Post"),
    Article(id="bay", title="Freighters leave the bay", body="They sailed.", source="Post"),
    Article(id="empty", title="...", source="Post"),
    Article(id="two words", title="Ferry", body="Not a text but a key.", source="Post"),
]


@pytest.fixture(scope="module")
def index() -> Iterator[Index[Article]]:
    with Index.in_memory(Article) as index:
        index.add(ARTICLES[:4])
        index.add(ARTICLES[4:])
        yield index


def keys(results: Results[Any]) -> list[str]:
    return [hit.key for hit in results]


def test_the_article_and_its_copies_are_left_out(index: Index[Article]) -> None:
    assert keys(index.similar("wire")) == ["lifeboat", "bay", "two words"]
    assert keys(index.similar("herald")) == ["lifeboat", "bay", "two words"]
    assert keys(index.similar("lifeboat"))[:2] == ["wire", "herald"]
    assert keys(index.similar("lifeboat", collapse="copies"))[0] == "wire"
    assert index.similar("lifeboat", collapse=Collapse("copies"))[0].collapsed.keys == ["herald"]


def test_hits_say_what_they_share_as_the_article_writes_it(index: Index[Article]) -> None:
    shared = index.similar("wire")[0].shared
    assert set(shared) == {
        "Arrun",
        "harbour",
        "office",
        "Waves",
        "metres",
        "lifeboat",
        "went",
        "said",
    }
    assert index.similar("wire")[2].shared == ("ferry",)  # not as its title has it
    assert index.search("ferry")[0].shared == ()


def test_results_are_as_of_any_search(index: Index[Article]) -> None:
    found = index.similar("wire")
    assert (found.total, found.next, found.suggestion) == (3, None, None)
    assert "<mark>lifeboat</mark>" in found[0].snippets["body"].html
    assert found[0].document == ARTICLES[2]
    assert keys(index.similar("wire", limit=1, offset=1)) == ["bay"]
    assert index.similar("wire", limit=1, offset=1)[0].rank == 2
    posts = index.similar("wire", limit=None, filter={"source": "Post"})
    assert keys(posts) == ["bay", "two words"]
    assert index.similar("wire", snippets=False)[0].snippets == {}
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)


def test_results_become_values_and_come_back(index: Index[Article]) -> None:
    found = index.similar("wire")
    written = found.to_json()
    assert written["hits"][0]["shared"] == [*found[0].shared]
    assert "shared" not in index.search("ferry").to_json()["hits"][0]
    again = TypeAdapter(Results[Article]).validate_python(written)
    assert [hit.shared for hit in again] == [hit.shared for hit in found]
    assert again == found
    for other in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        assert other == found
        assert other[0].shared == found[0].shared


def test_all_similar_articles_are_exported(index: Index[Article], tmp_path: Path) -> None:
    path = tmp_path / "similar.jsonl"
    index.similar("wire", limit=1).to_jsonl(path)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3


def test_a_text_is_compared_as_an_article_is(index: Index[Article]) -> None:
    assert keys(index.similar("lifeboat crew of Arrun"))[0] == "lifeboat"
    assert set(index.similar("lifeboat crew of Arrun")[0].shared) == {"lifeboat", "crew", "Arrun"}
    assert {"wire", "herald"} <= set(keys(index.similar(FERRY)))  # nothing is left out
    assert keys(index.similar("nothing whatever")) == []
    assert keys(index.similar("two words")) == keys(index.similar("two words"))
    assert "two words" not in keys(index.similar("two words"))  # it is a key


@each("wrong", ["none", "", " ", 7, None])
def test_what_is_neither_key_nor_text(index: Index[Article], wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="expected .* key"):
        index.similar(wrong)


@each(
    "options",
    [
        {"limit": -1}, {"offset": -1}, {"collapse": "title"}, {"filter": {"nothing": "x"}},
        {"snippets": ["source"]},
    ],
)  # fmt: skip
def test_other_arguments_are_checked(index: Index[Article], options: Any) -> None:
    with pytest.raises(QueryError):
        index.similar("wire", **options)


def test_an_article_without_words_is_similar_to_none(index: Index[Article]) -> None:
    assert index.similar("empty").total == 0


def test_what_is_deleted_is_not_similar(tmp_path: Path) -> None:
    with Index.create(tmp_path / "i", Article) as index:
        index.add(ARTICLES)
        index.delete("lifeboat", "herald")
        assert keys(index.similar("wire")) == ["bay", "two words"]


def test_an_index_without_fingerprints_leaves_copies_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(schema: DocumentSchema) -> FieldPlan:
        plan = field_plan(schema)
        return type(plan)(plan.languages, plan.labels, plan.numbers, [])

    monkeypatch.setattr(columns, "field_plan", without)
    monkeypatch.setattr("searchlib.indexing.writer.field_plan", without)
    with Index.create(tmp_path / "i", Article) as index:
        index.add(ARTICLES[:3], workers=0)
        assert keys(index.similar("wire")) == ["herald", "lifeboat"]
        with pytest.raises(NoFingerprintsError):
            index.similar("wire", collapse="copies")


class Numbered(BaseModel):
    number: Annotated[int, Key()]
    paragraphs: Annotated[list[str], Text()] = []


def test_keys_that_are_numbers_and_texts_in_several_parts() -> None:
    with Index.in_memory(Numbered) as index:
        index.add(
            Numbered(number=n, paragraphs=[text, "The end."])
            for n, text in enumerate(["A storm came.", "Storms come.", "Nothing."])
        )
        assert keys(index.similar("0")) == ["1", "2"]
        assert keys(index.similar(0)) == ["1", "2"]
        assert set(index.similar("0")[0].shared) == {"storm", "end"}
        assert keys(index.similar("some storm"))[0] in ("0", "1")


class Part(BaseModel):
    text: Annotated[str, Text()] = ""


class Parted(BaseModel):
    key: Annotated[str, Key()]
    parts: list[Part] = []


def test_texts_of_models_within_a_model() -> None:
    with Index.in_memory(Parted) as index:
        index.add(
            Parted(key=key, parts=[Part(text=text), Part(text="The end.")])
            for key, text in {"a": "A storm came.", "b": "Storms come.", "c": "Nothing."}.items()
        )
        assert keys(index.similar("a")) == ["b", "c"]
        assert {*keys(index.similar("some storm"))} == {"a", "b"}
        assert index.significant("key:a").field == "parts.text"


class Bare(BaseModel):
    key: Annotated[str, Key()]
    tags: Annotated[list[str], Keyword()] = []


def test_a_model_without_text() -> None:
    with Index.in_memory(Bare) as index:
        index.add([Bare(key="a", tags=["x", "y"]), Bare(key="b", tags=["x"])])
        assert index.similar("a").total == 0
        assert index.similar("some text").total == 0
        assert [one.text for one in index.significant("tags:y", field="tags")] == ["y"]
        assert index.search("*", rerank="neighbours").total == 2
        with pytest.raises(QueryError, match="expected a field"):
            index.significant("*")


def test_articles_that_are_each_in_their_own_language() -> None:
    with Index.in_memory(Article, language="auto") as index:
        index.add(
            [
                Article(id="de", title="Stürme", body="Die Häuser der Stadt.", language="de"),
                Article(id="de2", title="Sturm", body="Das Haus in Städten.", language="de"),
                Article(id="en", title="Storms", body="The houses of the town.", language="en"),
            ]
        )
        found = index.similar("de")
        assert keys(found) == ["de2"]
        assert set(found[0].shared) == {"Stürme", "Häuser", "Stadt"}
        assert index.similar("en").total == 0


# Significant words


WORDS = "storm storms flood floods ferry harbour goal cup the".split()  # noqa: SIM905
TAGS = ("Sport", "sport", "Weather", "Sea")


class Item(BaseModel):
    id: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""
    body: Annotated[str, Text()] = ""
    tags: Annotated[list[str], Keyword()] = []


def items(seed: int, count: int = 40) -> list[Item]:
    rng = random.Random(seed)
    return [
        Item(
            id=str(n),
            title=rng.choice(WORDS),
            body=" ".join(rng.choices(WORDS, k=rng.randint(0, 6))),
            tags=rng.sample(TAGS, rng.randint(0, 2)),
        )
        for n in range(count)
    ]


STEMS = {"storms": "storm", "floods": "flood", "ferry": "ferri", "harbour": "harbour"}


def plainly(
    documents: list[Item], found: set[str], field: str
) -> dict[str, tuple[int, int, float]]:
    """Compute the ratio as Dunning writes it: logarithms of likelihoods of binomials."""

    def terms(item: Item) -> set[str]:
        if field == "tags":
            return {tag.lower() for tag in item.tags}
        return {STEMS.get(word, word) for word in getattr(item, field).split()} - {"the"}

    def likelihood(k: int, n: int, p: float) -> float:
        return (k * math.log(p) if k else 0.0) + ((n - k) * math.log(1 - p) if n - k else 0.0)

    counts = Counter(term for item in documents if item.id in found for term in terms(item))
    totals = Counter(term for item in documents for term in terms(item))
    n1, n2 = len(found), len(documents) - len(found)
    ratios = {}
    for term, k1 in counts.items():
        k2 = totals[term] - k1
        if n2 and k1 / n1 > k2 / n2:
            p = totals[term] / len(documents)
            apart = likelihood(k1, n1, k1 / n1) + likelihood(k2, n2, k2 / n2)
            together = likelihood(k1, n1, p) + likelihood(k2, n2, p)
            ratios[term] = (k1, totals[term], 2 * (apart - together))
    return ratios


@settings(max_examples=examples(24), deadline=None)
@given(
    st.integers(0, 1000), st.sampled_from(["title", "body", "tags"]),
    st.sampled_from(["storm", "ferry OR cup", "tags:sea", "nothing", "*"]), st.booleans(),
)  # fmt: skip
def test_counts_and_ratios_are_those_of_all_documents(
    seed: int, field: str, query: str, deletes: bool
) -> None:
    documents = items(seed)
    with Index.in_memory(Item) as index:
        index.add(documents[:25], workers=0)
        index.add(documents[25:], workers=0)
        if deletes:
            index.delete(*(item.id for item in documents[::3]))
            documents = [item for n, item in enumerate(documents) if n % 3]
        found = index.significant(query, field=field, limit=100)
        hits = {hit.key for hit in index.search(query, limit=None)}
    wanted = plainly(documents, hits, field)
    assert (found.found, found.documents, found.field) == (len(hits), len(documents), field)
    assert {
        STEMS.get(one.text.lower(), one.text.lower()): (one.count, one.total) for one in found
    } == {term: of[:2] for term, of in wanted.items()}
    assert [one.score for one in found] == pytest.approx(
        sorted((of[2] for of in wanted.values()), reverse=True)
    )


def test_words_are_written_as_they_are_most_often() -> None:
    with Index.in_memory(Item) as index:
        index.add([Item(id=str(n), body="floods came", tags=["Sport"]) for n in range(3)])
        index.add([Item(id="x", body="a flood came", tags=["sport"]), Item(id="y", body="calm")])
        assert [one.text for one in index.significant("flood", field="body")] == ["came", "floods"]
        assert [one.text for one in index.significant("flood", field="tags")] == ["Sport"]
        assert index.significant("flood").field == "body"
        assert len(index.significant("flood", limit=1)) == 1


def test_a_filter_holds_for_the_hits_alone(index: Index[Article]) -> None:
    found = index.significant("*", field="source", filter={"source": "Post"})
    assert (found.found, found.documents) == (4, 7)
    assert [(one.text, one.count, one.total) for one in found] == [("Post", 4, 4)]
    assert found.to_json()["terms"][0]["score"] == pytest.approx(found.terms[0].score, abs=1e-4)


def test_significant_fields_are_checked(index: Index[Article]) -> None:
    for wrong in ("nothing", "published", "url", 7):
        with pytest.raises(QueryError, match="expected a field of text or labels"):
            index.significant("ferry", field=wrong)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="limit"):
        index.significant("ferry", limit=-1)
    with pytest.raises(QueryError):
        index.significant("(ferry")
    assert index.significant("(ferry", lenient=True).found == 3


def test_a_known_ratio() -> None:
    # What scipy.stats.chi2_contingency gives for 110 of 1,000 and 10 of 9,000.
    found = log_likelihood(np.array([110]), np.array([120]), 1000, 10_000)
    assert found[0] == pytest.approx(450.9704223)
    assert SignificantTerm("a", 1, 2, 3.00001).to_json()["score"] == 3.0


# Smoothed over neighbours


@pytest.fixture(scope="module")
def many() -> Iterator[Index[Item]]:
    rng = random.Random(5)
    topics = [[f"topic{t}word{w}" for w in range(12)] for t in range(6)]
    with Index.in_memory(Item) as index:
        index.add(
            Item(
                id=str(n),
                body=" ".join(
                    [*rng.choices(topics[n % 6], k=8), *rng.choices(["ship", "port", "sea"], k=3)]
                ),
                tags=[TAGS[n % 4]],
            )
            for n in range(300)
        )
        yield index


ANY = Or((Word("ship"), Word("topic1word1"), Word("topic1word2")))


def test_the_best_hundred_change_places_and_no_other(many: Index[Item]) -> None:
    plain = many.search(ANY, limit=None, snippets=False)
    smooth = many.search(ANY, limit=None, snippets=False, rerank="neighbours")
    assert smooth.total == plain.total > BEST
    assert sorted(keys(smooth)[:BEST]) == sorted(keys(plain)[:BEST])
    assert keys(smooth)[:BEST] != keys(plain)[:BEST]
    assert keys(smooth)[BEST:] == keys(plain)[BEST:]
    of_topic = [sum(int(key) % 6 == 1 for key in keys(one)[:50]) for one in (smooth, plain)]
    assert of_topic[0] >= of_topic[1]


@pytest.mark.parametrize("limit", [1, 30, 90])
def test_pages_follow_one_another(many: Index[Item], limit: int) -> None:
    every = keys(many.search(ANY, limit=None, snippets=False, rerank="neighbours"))
    options: dict[str, Any] = {"limit": limit, "snippets": False, "rerank": "neighbours"}
    found: list[str] = []
    after = None
    while len(found) < 120:
        page = many.search(ANY, after=after, **options)
        assert page[0].rank == len(found) + 1
        found += keys(page)
        after = page.next
    assert found == every[: len(found)]
    assert keys(many.search(ANY, offset=95, **options)) == every[95 : 95 + limit]
    with pytest.raises(QueryError, match="another search"):
        many.search(ANY, after=after, limit=limit)


def test_the_last_page_has_no_next(many: Index[Item]) -> None:
    total = many.search(ANY, limit=0, rerank="neighbours").total
    assert many.search(ANY, limit=total, rerank="neighbours").next is None
    assert many.search(ANY, limit=total - 1, rerank="neighbours").next is not None
    assert many.search("nothing", rerank="neighbours").total == 0


def test_smoothed_hits_have_what_is_left_out_for_them(many: Index[Item]) -> None:
    options: dict[str, Any] = {"limit": None, "snippets": False, "collapse": "copies"}
    plain = many.search(ANY, **options)
    smooth = many.search(ANY, rerank="neighbours", **options)
    assert smooth.groups == plain.groups
    left_out = {hit.key: sorted(hit.collapsed.keys) for hit in plain}
    assert {hit.key: sorted(hit.collapsed.keys) for hit in smooth} == left_out
    pickle.loads(pickle.dumps(smooth))


def test_facets_and_exports_go_with_it(many: Index[Item], tmp_path: Path) -> None:
    smooth = many.search(ANY, limit=3, facets=["tags"], rerank="neighbours")
    assert smooth.facets == many.search(ANY, limit=3, facets=["tags"]).facets
    path = tmp_path / "hits.csv"
    smooth.to_csv(path)
    exported = [line.split(",")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert exported == keys(many.search(ANY, limit=None, rerank="neighbours"))


def test_rerank_is_checked(many: Index[Item]) -> None:
    with pytest.raises(QueryError, match="rerank"):
        many.search("ship", rerank="best")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="expected rerank or sort, got both"):
        many.search("ship", rerank="neighbours", sort="tags")


def test_words_are_shown_with_their_apostrophes() -> None:
    texts = [
        "Minister O’Brien didn't pay; the company's ferry",
        "O'Brien didn't see the company of the ferry",
        "A quiet harbour without wind",
    ]
    with Index.in_memory(Article) as index:
        index.add(Article(id=str(n), title=text, body="") for n, text in enumerate(texts))
        (hit,) = index.similar("0")
        assert {*hit.shared} == {"didn't", "O'Brien", "company", "ferry"}
        assert len(hit.shared) == 4  # the two pieces of a name are one
        shown = [one.text for one in index.significant("ferry")]
        assert "didn't" in shown
        assert "didn" not in shown
