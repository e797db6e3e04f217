"""Snippets of news, each mark looked at: 500 queries over a third of it, nightly 5,000 over all."""

import fnmatch
import gzip
import itertools
import json
import os
import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest
from whoosh import query as wq

from searchlib import Article, Index, Snippet
from searchlib.whoosh_compat.analysis import WordAnalyzer
from tests.conftest import shared_file

NIGHTLY = os.environ.get("SEARCHLIB_NIGHTLY") == "1"
QUERIES_OF_A_KIND = 500 if NIGHTLY else 25
ANALYZER = WordAnalyzer("english")


class Token(NamedTuple):
    term: str
    start: int
    end: int


class Case(NamedTuple):
    """A query, and in the simplest words what it looks for in the body."""

    query: wq.Query
    terms: frozenset[str] = frozenset()
    pattern: str = ""
    phrase: tuple[str, ...] = ()
    slop: int = 1

    def looks_for(self, term: str) -> bool:
        matches = bool(self.pattern) and fnmatch.fnmatchcase(term, self.pattern)
        return matches or term in self.terms or term in self.phrase

    def occurrences(self, tokens: list[Token]) -> Iterator[list[int]]:
        """Find the places of the phrase in the most obvious way."""

        def further(places: list[int]) -> Iterator[list[int]]:
            if len(places) == len(self.phrase):
                yield places
                return
            for place in range(places[-1] + 1, min(places[-1] + 1 + self.slop, len(tokens))):
                if tokens[place].term == self.phrase[len(places)]:
                    yield from further([*places, place])

        for start, token in enumerate(tokens):
            if token.term == self.phrase[0]:
                yield from further([start])

    def is_in(self, tokens: list[Token]) -> bool:
        if self.phrase:
            return any(self.occurrences(tokens))
        return any(self.looks_for(token.term) for token in tokens)


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Index:
    with gzip.open(shared_file("data", "news21k.jsonl.gz"), "rt", encoding="utf-8") as lines:
        records = map(json.loads, lines if NIGHTLY else itertools.islice(lines, 0, None, 3))
        articles = [Article(id=it["id"], title=it["title"], body=it["body"]) for it in records]
    index = Index.create(Path(tmp_path_factory.mktemp("news")) / "index", Article)
    index.add(articles, workers=0)
    return index


@lru_cache(maxsize=10_000)
def analysed(text: str) -> list[Token]:
    tokens = ANALYZER(text, chars=True)
    return [Token(token.text, token.startchar, token.endchar) for token in tokens]


def cases(bodies: list[str]) -> Iterator[Case]:
    rng = random.Random(20)
    for _ in range(QUERIES_OF_A_KIND):
        terms = [token.term for token in analysed(rng.choice(bodies))]
        at = rng.randrange(len(terms) - 6)
        one, two, three = rng.sample(terms, 3)
        term = [wq.Term("body", word) for word in (one, two, three)]
        pair, more = tuple(terms[at : at + 2]), tuple(terms[at : at + 6 : 2])
        yield Case(term[0], frozenset([one]))
        yield Case(wq.And(term[:2]), frozenset([one, two]))
        yield Case(wq.Or(term), frozenset([one, two, three]))
        yield Case(wq.AndNot(term[0], wq.Term("body", "reuter")), frozenset([one]))
        yield Case(wq.AndMaybe(term[0], wq.Term("title", two)), frozenset([one]))
        yield Case(wq.Phrase("body", list(pair)), phrase=pair)
        yield Case(wq.Phrase("body", terms[at : at + 3]), phrase=tuple(terms[at : at + 3]))
        yield Case(wq.Phrase("body", list(more), slop=3), phrase=more, slop=3)
        yield Case(wq.Prefix("body", one[:4]), pattern=f"{one[:4]}*")
        yield Case(wq.Wildcard("body", f"{one[:2]}?{one[3:]}*"), pattern=f"{one[:2]}?{one[3:]}*")


def placed(snippet: Snippet, body: str) -> Iterator[tuple[int, int]]:
    """Find where the marks of a snippet are in the text that it is of."""
    at = 0
    for piece in snippet.text.split(" … "):
        bare = piece.strip("…")
        shift = body.index(bare) - at - (len(piece) - len(piece.lstrip("…")))
        for start, end in snippet.spans:
            if at <= start < at + len(piece):
                yield start + shift, end + shift
        at += len(piece) + len(" … ")


def test_marks_are_what_was_asked_for(news: Index) -> None:
    found = news.search("*", limit=len(news), snippets=False)[:: 40 if NIGHTLY else 13]
    bodies = [hit.document.body for hit in found]
    bodies = [body for body in bodies if len(analysed(body)) > 20]
    looked_at = 0
    for case in cases(bodies):
        for hit in news.search(case.query):
            body, snippet = hit.document.body, hit.snippets["body"]
            looked_at += 1
            assert bool(snippet.spans) == case.is_in(analysed(body)), case
            for start, end in snippet.spans:
                terms = [token.term for token in analysed(snippet.text[start:end])]
                assert terms, case
                assert all(map(case.looks_for, terms)), (case, terms)
            if case.phrase:
                assert_in_occurrences(case, snippet, body)
    assert looked_at > 60 * QUERIES_OF_A_KIND


def assert_in_occurrences(case: Case, snippet: Snippet, body: str) -> None:
    tokens = analysed(body)
    ways: dict[tuple[int, int], set[Token]] = {}  # "6 000 vs" is in "6,000,000 vs" in two ways
    for places in case.occurrences(tokens):
        ways.setdefault((places[0], places[-1]), set()).update(tokens[place] for place in places)
    found = ways.values()
    for start, end in placed(snippet, body):
        inside = {token for token in tokens if start <= token.start and token.end <= end}
        assert inside, case
        assert any(inside <= occurrence for occurrence in found), (case, body[start:end])
