"""Query trees of all kinds, for hypothesis to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from whoosh import query as q

from tests.search.corpora import DAYS, TAGS, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

boosts = st.sampled_from([1.0, 1.0, 2.0, 0.5])
words = st.sampled_from([*WORDS[:-1], "unknown"])
texts = st.sampled_from(["title", "body"])
fields = st.sampled_from(["title", "body", "tags"])
flags = st.booleans()
days = st.none() | st.sampled_from([*DAYS, 2, 5.5])
weights = st.none() | st.sampled_from([-1.5, -1.0, 0, 0.5, 2.0, float("inf"), float("-inf")])
patterns = st.text("ab?*ж", min_size=1, max_size=4) | st.sampled_from(
    ["*a*b", "t*k*", "a?", "?", "*", "*ж", "[ab]*", "a[!b]*d", "b*c?", "*b*b*", "t?l*g"]
)
regexes = st.sampled_from(["a.", "ab?c", ".*c", "(talk|bc)s?", "[a-c]{2}", "^b", "b$", "t.*k", "ж"])

default_words = st.builds(
    lambda word: q.Or([q.Term("title", word, boost=2.0), q.Term("body", word)]), words
)
terms = st.builds(q.Term, texts, words, boosts)
labels = st.builds(q.Term, st.just("tags"), st.sampled_from([*TAGS, "unknown"]), boosts)
phrases = st.builds(
    q.Phrase, texts, st.lists(words, min_size=1, max_size=3), st.sampled_from([1, 1, 2, 3]), boosts
)
default_phrases = st.builds(
    lambda words, slop, boost: q.Or(
        [q.Phrase("title", words, slop, boost), q.Phrase("body", words, slop)]
    ),
    st.lists(words, min_size=2, max_size=3),
    st.sampled_from([1, 1, 2]),
    boosts,
)
ranges = st.one_of(
    st.builds(q.NumericRange, st.just("day"), days, days, flags, flags, boosts),
    st.builds(q.NumericRange, st.just("weight"), weights, weights, flags, flags, boosts),
    st.builds(q.TermRange, fields, st.none() | words, st.none() | words, flags, flags, boosts),
)
fuzzy_terms = st.builds(q.FuzzyTerm, fields, words, boosts, st.integers(0, 2), st.integers(0, 2))
expanded_terms = st.one_of(
    st.builds(q.Prefix, fields, st.text("abtж", min_size=1, max_size=2), boosts),
    st.builds(q.Wildcard, fields, patterns, boosts),
    st.builds(q.Regex, fields, regexes, boosts),
    st.builds(q.Variations, fields, words, boosts),
)
leaves = st.one_of(
    default_words,
    default_words,
    terms,
    labels,
    phrases,
    default_phrases,
    ranges,
    expanded_terms,
    fuzzy_terms,
    st.builds(q.Term, st.just("day"), st.sampled_from(DAYS), boosts),
    st.builds(q.Every, st.sampled_from([None, "title", "tags", "day", "id"]), boosts),
    st.just(q.NullQuery),
)


def groups(trees: st.SearchStrategy[q.Query]) -> st.SearchStrategy[q.Query]:
    lists = st.lists(trees, max_size=4)
    pairs: list[Callable[[q.Query, q.Query], q.Query]] = [q.AndNot, q.AndMaybe, q.Require]
    return st.one_of(
        st.builds(q.And, lists, boosts),
        st.builds(q.Or, lists, boosts),
        st.builds(q.DisjunctionMax, lists, boosts, st.sampled_from([0.0, 0.3])),
        st.builds(q.Not, trees),
        *(st.builds(pair, trees, trees) for pair in pairs),
        st.builds(q.ConstantScoreQuery, trees, st.sampled_from([1.0, 0.25])),
    )


trees = st.recursive(leaves, groups, max_leaves=8)
word_trees = st.one_of(
    st.builds(q.Or, st.lists(default_words | terms | phrases, min_size=1, max_size=12)),
    st.builds(
        q.And, st.lists(default_words | terms | phrases | default_phrases, min_size=1, max_size=4)
    ),
    default_words,
    default_phrases,
    terms,
)
