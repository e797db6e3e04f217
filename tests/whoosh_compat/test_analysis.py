"""The analyzer that code written for Whoosh sees."""

import pytest
from whoosh.fields import TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import QueryParser

from searchlib.errors import SchemaError
from searchlib.whoosh_compat.analysis import WordAnalyzer

TEXT_OF_TWO = "L'Égalité, 1,500 fois"


def test_two_terms_of_a_token_are_two_tokens_at_one_position() -> None:
    tokens = WordAnalyzer("french")(TEXT_OF_TWO, positions=True, chars=True, keeporiginal=True)
    assert [
        (token.text, token.pos, TEXT_OF_TWO[token.startchar : token.endchar]) for token in tokens
    ] == [
        ("l", 0, "L"),
        ("egal", 1, "Égalité"),
        ("egalit", 1, "Égalité"),
        ("1500", 2, "1,500"),
        ("fois", 3, "fois"),
    ]


def test_positions_and_places_begin_where_the_caller_has_it() -> None:
    [token] = WordAnalyzer(None)("resigned", positions=True, chars=True, start_pos=7, start_char=40)
    assert (token.pos, token.startchar, token.endchar) == (7, 40, 48)


def test_a_query_has_the_primary_terms() -> None:
    analyzer = WordAnalyzer("french")
    assert [token.text for token in analyzer(TEXT_OF_TWO, mode="query")] == [
        "l", "egal", "1500", "fois",
    ]  # fmt: skip
    whole = analyzer("Égalité et", mode="query", tokenize=False)
    assert [token.text for token in whole] == ["egalite et"]


def test_a_whoosh_index_finds_by_either_term() -> None:
    schema = Schema(body=TEXT(WordAnalyzer("french"), phrase=True, stored=True))
    index = RamStorage().create_index(schema)
    with index.writer() as writer:
        writer.add_document(body="L'égalité des élèves.Elle est là")
    parser = QueryParser("body", schema)
    with index.searcher() as searcher:
        for query in ("egalite", "égal", '"egalite des eleves elle"', "élèv*"):
            assert len(searcher.search(parser.parse(query))) == 1, query


def test_analyzers_of_a_language_are_equal() -> None:
    assert WordAnalyzer("french") == WordAnalyzer("french") != WordAnalyzer(None)
    assert hash(WordAnalyzer("french")) == hash(WordAnalyzer("french"))
    assert repr(WordAnalyzer("french")) == "WordAnalyzer('french')"
    with pytest.raises(SchemaError, match="klingon"):
        WordAnalyzer("klingon")
