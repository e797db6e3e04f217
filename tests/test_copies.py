"""Articles that are nearly the same are copies: listed, and collapsed to one hit."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pytest
from benchmarks.copies import analyse, exact_pairs
from benchmarks.edits import Editor
from pydantic import BaseModel

from searchlib import Article, Copy, Index, Key, Keyword
from searchlib.errors import ArgumentError, NoFingerprintsError
from searchlib.fingerprints.pairs import NearPairs
from searchlib.fingerprints.similarity import COPY
from searchlib.fingerprints.sketches import Fingerprints
from searchlib.indexing import columns
from searchlib.indexing.columns import field_plan
from searchlib.search.copies import near_copies

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.indexing.batch import FieldPlan
    from searchlib.schema.models import DocumentSchema

WORDS = [f"word{number}" for number in range(3000)]


def written(seed: int, count: int = 120) -> str:
    rng = random.Random(seed)
    sentences = [" ".join(rng.choices(WORDS, k=10)) + "." for _ in range(count // 10)]
    return " ".join(sentences)


def article(key: str, body: str, title: str = "Storm") -> Article:
    return Article(id=key, title=title, body=body)


def groups_of(index: Index) -> set[frozenset[str]]:
    """Collapse everything, and give the groups of more than one."""
    hits = index.search("*", collapse="copies", limit=None, snippets=False)
    assert hits.total == len(index)
    assert hits.groups == len(hits)
    return {frozenset([hit.key, *hit.collapsed.keys]) for hit in hits if hit.collapsed}


@pytest.fixture
def empty(tmp_path: Path) -> Index:
    return Index.create(tmp_path / "news.index", Article)


def test_copies_are_found_the_most_similar_first(empty: Index) -> None:
    body = written(1)
    words = body.split()
    empty.add(
        [
            article("original", body),
            article("same", body),
            article("headline", body, "Gale closes the ports of the north"),
            article("cut", " ".join(words[:108])),
            article("half", " ".join(words[:60])),
            article("other", written(2)),
        ]
    )
    first, *rest = empty.copies("original")
    assert first == Copy("same", 1.0)
    assert [copy.key for copy in rest] == ["headline", "cut"]
    assert 1 > rest[0].similarity > rest[1].similarity >= COPY
    assert rest[1].similarity == pytest.approx(107 / 119)  # 106 of 118 runs, and the title
    assert [copy.key for copy in empty.copies("cut")] == ["original", "same", "headline"]
    assert empty.copies("half") == empty.copies("other") == []
    assert groups_of(empty) == {frozenset(["original", "same", "headline", "cut"])}


def test_copies_of_an_unknown_key_are_an_error(empty: Index) -> None:
    with pytest.raises(ArgumentError, match="expected the key of a document"):
        empty.copies("nowhere")


def test_the_best_ranked_of_copies_is_the_hit(empty: Index) -> None:
    body = written(3)
    empty.add([article("plain", body, "News"), article("better", body), article("x", "News", "")])
    word = body.split()[0]
    (hit,) = empty.search(f"{word} OR storm", collapse="copies")
    assert (hit.key, hit.collapsed.keys) == ("better", ["plain"])
    (hit,) = empty.search(f"{word} title:news", collapse="copies")  # the better one does not match
    assert (hit.key, hit.collapsed.count) == ("plain", 0)


def test_short_texts_are_copies_only_if_they_are_equal(empty: Index) -> None:
    texts = [
        "Storm",
        "Storm north",
        "Storm north sea",
        "Gale north",
        "Storm!",
        "storms NORTH",
        "...",
    ]
    empty.add([article(f"s{number}", text, "") for number, text in enumerate(texts)])
    assert groups_of(empty) == {frozenset(["s0", "s4"]), frozenset(["s1", "s5"])}
    assert [copy.key for copy in empty.copies("s1")] == ["s5"]


def test_texts_without_words_are_on_their_own(empty: Index) -> None:
    empty.add([article("a", "...", ""), article("b", "...", ""), article("c", "!?", "—")])
    assert groups_of(empty) == set()


def test_texts_without_spaces(empty: Index) -> None:
    rng = random.Random(4)
    text = "".join(chr(rng.randrange(0x4E00, 0x5E00)) for _ in range(200))
    other = "".join(chr(rng.randrange(0x4E00, 0x5E00)) for _ in range(200))
    edited = text[:100] + "北京" + text[104:]
    empty.add([article("a", text), article("b", edited), article("c", other)])
    assert groups_of(empty) == {frozenset("ab")}
    assert [copy.key for copy in empty.copies("b")] == ["a"]


def test_pages_with_the_same_boilerplate_are_not_chained(empty: Index) -> None:
    boilerplate = written(5, 60)
    empty.add([article(f"p{n}", f"{boilerplate} {written(100 + n, 60)}") for n in range(12)])
    assert groups_of(empty) == set()


def test_a_chain_of_edits_is_not_one_group(empty: Index) -> None:
    words, new = written(6, 400).split(), written(7, 400).split()
    steps = [new[: 30 * n] + words[30 * n :] for n in range(10)]
    empty.add([article(f"step{n}", " ".join(step)) for n, step in enumerate(steps)])
    assert {copy.key for copy in empty.copies("step3")} == {"step2", "step4"}
    expected = [frozenset([f"step{n}", f"step{n + 1}"]) for n in range(0, 10, 2)]
    assert groups_of(empty) == set(expected)


def test_groups_are_those_of_exact_similarity(tmp_path: Path) -> None:
    rng = random.Random(8)
    originals = [article(f"o{n}", written(200 + n, rng.randint(60, 300))) for n in range(150)]
    editor = Editor(originals, seed=9)
    copies = [editor.copy(rng.choice(originals), f"c{n}") for n in range(300)]
    _, sets = analyse([*originals, *copies])
    keys = [one.id for one in [*originals, *copies]]
    exact = {frozenset((keys[a], keys[b])) for a, b in exact_pairs(sets, COPY)}
    index = Index.create(tmp_path / "i", Article)
    index.add(originals)
    index.add(copies)
    found = {frozenset((key, copy.key)) for key in keys for copy in index.copies(key)}
    assert found <= exact
    assert len(found) >= 0.98 * len(exact) > 100
    near = {
        frozenset((key, other)) for group in groups_of(index) for key in group for other in group
    }
    together = {pair for pair in near if len(pair) == 2}
    assert len(together & exact) >= 0.7 * len(together)


def test_later_commits_merges_and_deletions_change_groups_as_a_new_index_would(
    tmp_path: Path,
) -> None:
    rng = random.Random(10)
    originals = [article(f"o{n}", written(400 + n)) for n in range(40)]
    editor = Editor(originals, seed=11)
    articles = [*originals, *(editor.copy(rng.choice(originals), f"c{n}") for n in range(80))]
    rng.shuffle(articles)
    index = Index.create(tmp_path / "grown", Article)
    groups_of(index)
    for start in range(0, 120, 30):
        index.add(articles[start : start + 30])
        groups_of(index)  # what is known is carried on
        index.delete(articles[start].id)
    with index.writer() as writer:
        writer.optimize()
    kept = [one for one in articles if one.id in index]
    whole = Index.create(tmp_path / "whole", Article)
    whole.add(kept)
    assert index.stats().segments == 1
    assert groups_of(index) == groups_of(whole) == groups_of(Index.open(index.path, Article))
    assert len(kept) == 116
    assert index.copies(kept[3].id) == whole.copies(kept[3].id)


def test_a_leader_that_is_deleted_leaves_its_copies_together(empty: Index) -> None:
    body = written(12)
    empty.add([article(key, body) for key in "abc"])
    assert groups_of(empty) == {frozenset("abc")}
    empty.delete("a")
    assert groups_of(empty) == {frozenset("bc")}
    assert [copy.key for copy in empty.copies("b")] == ["c"]
    empty.delete("b")
    assert groups_of(empty) == set()
    assert empty.copies("c") == []


def test_articles_that_are_each_in_their_own_language(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "i", Article, language="auto")
    body = (
        "Die Häuser der Städte standen unter Wasser, und die Feuerwehren pumpten Keller leer. " * 2
    )
    index.add(
        [
            Article(id="a", title="Hochwasser", body=body, language="de"),
            Article(id="b", title="Flut", body=body, language="de"),
            Article(id="c", title="Storm", body=written(13), language="en"),
        ]
    )
    assert groups_of(index) == {frozenset("ab")}
    assert [copy.key for copy in index.copies("a")] == ["b"]


def test_workers_make_the_same_fingerprints(tmp_path: Path) -> None:
    articles = [article(f"{n}", written(600 + n % 7), f"Title {n % 7}") for n in range(60)]
    found = []
    for workers in (0, 2):
        index = Index.create(tmp_path / str(workers), Article)
        with index.writer(workers=workers) as writer:
            writer.add(articles)
            if workers:
                writer._pool = writer._make_pool(workers)
            writer.optimize()
        found.append(groups_of(index))
    assert found[0] == found[1]
    assert len(found[0]) == 7


def without_fingerprints(schema: DocumentSchema) -> FieldPlan:
    plan = field_plan(schema)
    return type(plan)(plan.languages, plan.labels, plan.numbers, [])


def test_an_index_made_before_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = written(14)
    with monkeypatch.context() as patch:
        patch.setattr("searchlib.indexing.writer.field_plan", without_fingerprints)
        old = Index.create(tmp_path / "old", Article)
        old.add([article("a", body), article("b", body)])
    old.add(article("c", body))  # some segments have them, and that is not enough
    for lenient in (False, True):
        with pytest.raises(NoFingerprintsError, match="searchlib reindex"):
            old.search("storm", collapse="copies", lenient=lenient)
    with pytest.raises(NoFingerprintsError, match="searchlib reindex"):
        old.copies("a")
    assert old.search("storm", collapse="source").total == 3
    Index.reindex(tmp_path / "old", tmp_path / "new")
    new: Index = Index.open(tmp_path / "new")
    assert groups_of(new) == {frozenset("abc")}
    assert columns.field_plan is field_plan


class Labelled(BaseModel):
    id: Annotated[str, Key()]
    label: Annotated[str, Keyword()]


def test_documents_without_text_fields_have_no_copies(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "i", Labelled)
    index.add([Labelled(id="1", label="a"), Labelled(id="2", label="a")])
    memory = Index.in_memory(Labelled)
    memory.add(Labelled(id="1", label="a"))
    for one in (index, memory):
        with pytest.raises(NoFingerprintsError, match="model with a default text") as of_one:
            one.copies("1")
        with pytest.raises(NoFingerprintsError, match="model with a default text") as of_all:
            one.search("*", collapse="copies")
        for told in (str(of_one.value), str(of_all.value)):
            assert "reindex" not in told
            assert "/" not in told
    assert index.search("label:a", collapse="label").groups == 1


def test_near_copies_are_what_groups_are_made_of(empty: Index) -> None:
    originals = [article(f"a{n}", written(n, 60)) for n in range(12)]
    copies = [made for _, made in Editor(originals, 2).copies(originals, 24)]
    empty.add(originals)
    empty.add(copies)
    empty.delete("a3")
    searcher = empty._searcher
    prints = Fingerprints.joined(
        [found for one in searcher.snapshot.segments if (found := one.reader.fingerprints())]
    )
    live = searcher._index.live
    assert live is not None
    pairs = NearPairs.none().of(prints, np.arange(len(prints), dtype=np.uint64))
    wanted: dict[int, set[int]] = {docnum: set() for docnum in range(len(prints))}
    for left, right in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True):
        wanted[left].add(right)
        wanted[right].add(left)
    assert sum(map(len, wanted.values())) > 10
    for docnum, others in wanted.items():
        found = near_copies(searcher.snapshot, live, docnum).tolist()
        assert found == sorted(other for other in others if live[other])
