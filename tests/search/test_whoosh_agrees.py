"""Whoosh's own matchers over its own index find the same documents, where they are right.

Left out are DisjunctionMax and Require, and AndNot, whose matcher overlooks documents of an Or,
and FuzzyTerm, which counts edits in two ways and fails where the prefix is longer than the word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q

from tests.conftest import examples
from tests.oracle import oracle_index
from tests.search.corpora import Archive, Item, WhooshExecutor, some_documents
from tests.search.queries import (
    boosts,
    default_words,
    expanded_terms,
    fields,
    labels,
    phrases,
    terms,
    texts,
    words,
)

if TYPE_CHECKING:
    from whoosh.searching import Searcher

leaves = st.one_of(
    default_words, terms, labels, phrases, expanded_terms,
    st.builds(q.TermRange, fields, words, words, st.booleans(), st.booleans(), boosts),
    st.builds(q.Every, st.none() | texts, boosts),
)  # fmt: skip


def groups(trees: st.SearchStrategy[q.Query]) -> st.SearchStrategy[q.Query]:
    lists = st.lists(trees, min_size=1, max_size=4)
    return st.one_of(
        st.builds(q.And, lists, boosts),
        st.builds(q.Or, lists, boosts),
        st.builds(q.Not, trees),
        st.builds(q.AndMaybe, trees, trees),
        st.builds(q.ConstantScoreQuery, trees),
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    documents = some_documents(60, seed=5)
    batches = [documents[:25], documents[25:]]
    return Archive(tmp_path_factory.mktemp("whoosh"), batches, range(2, 60, 7))


@pytest.fixture(scope="module")
def searcher(archive: Archive) -> Searcher:
    items = [
        Item(
            id=document.id,
            title=" ".join(document.title),
            body=" ".join(document.body),
            tags=sorted(document.tags),
        )
        for document in archive.documents
    ]
    deleted = [archive.documents[docnum].id for docnum in archive.brute_force.deleted]
    return oracle_index(archive.schema, items, deleted).searcher()


@settings(max_examples=examples(300))
@given(query=st.recursive(leaves, groups, max_leaves=6))
def test_the_same_documents_match(archive: Archive, searcher: Searcher, query: q.Query) -> None:
    executor = WhooshExecutor(archive.snapshot, archive.schema)
    expected = searcher.search(query, limit=None, optimize=False).docs()
    # Its Not also finds a deleted document, where that is the last that the inner query misses,
    # and Not within Not the last of all.
    ignored = archive.brute_force.deleted | {len(archive.documents) - 1}
    assert set(executor.matching(query).tolist()) - ignored == set(expected) - ignored
