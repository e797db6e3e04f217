"""On the language that both read, the parser and Whoosh's own make the same tree of a string.

Whoosh is given the fields of ``searchlib.whoosh_compat``, searches the default ones where none is
named, with their boosts, and takes patterns of labels as the fields do. Where the two differ on
purpose, so that these are left out here:

- ``-x``, ``!x``, ``+x``, ``&&``, ``||``, ``|``, ``x~1``, ``NEAR``, ``w/5``, ``>=``, ``..``,
  ``/x/``, backslashes and ``title: x`` mean nothing, or something else, to Whoosh's parser.
- A ``?`` at the end of a word is punctuation here, a pattern for one character there.
- A pattern in a word that is split into several tokens, or within a phrase, is a pattern of its
  token here; Whoosh looks for it among whole terms, where it is not.
- A ``*`` alone is every document here, and there every document with a default field.
- A range without a field has the same score in all default fields here, and there the boosts.
- ``NOT NOT x`` scores nothing here, and is ``x`` there.
- ``a^2 OR b`` boosts ``a`` alone here, and there both where ``a`` is looked for in several fields;
  likewise of boosted groups.
- A boost behind single quotes is one here, and there it makes the quotes characters.
- Stop words stay in trees, and say nothing when these are compiled.
- Unpaired quotes and brackets, operators without operands, unknown fields, and what is no date or
  number are errors here, and there something that was not asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.qparser import MultifieldPlugin
from whoosh.qparser import QueryParser as WhooshParser
from whoosh.qparser.syntax import AndGroup, OrGroup

from searchlib.query import And, AndMaybe, Boost, Not, Or, Query, Require, Verbatim
from searchlib.query.parser import QueryParser
from searchlib.schema.models import DocumentSchema
from searchlib.whoosh_compat import LabelField, from_whoosh, to_whoosh
from tests.conftest import examples
from tests.query.small_index import Report

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = DocumentSchema.of(Report)
PARSER = QueryParser(SCHEMA)


class LabelAwareParser(WhooshParser):
    """Whoosh's parser, but a pattern stays a pattern in a field that is matched as a whole."""

    def term_query(
        self, fieldname: str, text: str, termclass: Any, *arguments: Any, **options: Any
    ) -> Any:
        field = SCHEMA.whoosh[fieldname]
        if isinstance(field, LabelField) and issubclass(termclass, q.Prefix | q.Wildcard):
            return termclass(fieldname, field.term(text), boost=options.get("boost", 1.0))
        parse: Any = super().term_query
        return parse(fieldname, text, termclass, *arguments, **options)


def whoosh_parser(group: type[AndGroup] | type[OrGroup]) -> WhooshParser:
    parser = LabelAwareParser(None, SCHEMA.whoosh, group=group)
    boosts = SCHEMA.default_fields
    parser.add_plugin(  # type: ignore[no-untyped-call]
        MultifieldPlugin(list(boosts), fieldboosts=boosts)
    )
    return parser


ALL, ANY = whoosh_parser(AndGroup), whoosh_parser(OrGroup)


def ours(text: str, match: str = "all") -> Query:
    made = to_whoosh(PARSER.parse(text, match).query, SCHEMA)  # type: ignore[arg-type]
    return plain(from_whoosh(made, SCHEMA))


def theirs(text: str, parser: WhooshParser = ALL) -> Query:
    return plain(from_whoosh(parser.parse(text, normalize=False), SCHEMA))


def plain(query: Query, factor: float = 1.0) -> Query:
    """Write a tree in the one way of several that mean the same.

    Boosts are those of leaves, groups in groups of the same kind are one, and groups of one part
    are that part.
    """
    match query:
        case Verbatim(part=part):
            return plain(part, factor)
        case Boost(part=part, factor=inner):
            return plain(part, factor * inner)
        case And(parts=parts):
            return joined(And, (plain(part, factor) for part in parts))
        case Or(parts=parts):
            return joined(Or, (plain(part, factor) for part in parts))
        case Not(part=part):
            return Not(plain(part))
        case AndMaybe(part=part, optional=optional):
            first: Any = plain(part, factor)
            rest = [plain(one, factor) for one in optional]
            while type(first) is AndMaybe:
                first, rest = first.part, [*first.optional, *rest]
            return AndMaybe(first, (joined(Or, rest),))
        case Require(part=part, conditions=conditions):
            first = plain(part, factor)
            rest = [plain(one) for one in conditions]
            while type(first) is Require:
                first, rest = first.part, [*first.conditions, *rest]
            return Require(first, (joined(And, rest),))
        case _:
            return query if factor == 1.0 else Boost(query, factor)


def joined(kind: type[And | Or], parts: Iterable[Query]) -> Query:
    found: list[Query] = []
    for part in parts:
        found += part.children() if isinstance(part, kind) else [part]
    return found[0] if len(found) == 1 else kind(tuple(found))


# Without accents: with them a word has two terms in French, which Whoosh's parser does not know.
WORDS = ["storm", "flood", "Peace", "talks", "the", "to", "la", "cote", "Sanchez", "2025", "3.5"]
SPLIT = ["peace-talks", "O'Brien", "R&D", "北京", "U.S.", "12:30", "a/b", "and", "or", "not"]
DATES = ["2025", "2025-02", "2025-02-17", "20250217", "'2025-02-17 18:30'"]
words = st.sampled_from([*WORDS, *SPLIT])
phrases = st.lists(words, min_size=1, max_size=3).map(" ".join)
slops = st.sampled_from(["", "", "~1", "~3"])
# Nor does it know of endings: "p?a?e" also stands for stems without the last letter.
patterns = st.sampled_from(["sto*", "f*d", "fl?od", "*ood", "t?lk*", "st[ou]rm*", "p?a?k"])
opening, closing = st.sampled_from("[{"), st.sampled_from("]}")


def ranges(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    low, high = values.map("{} ".format) | st.just(""), values.map(" {}".format) | st.just("")
    inside = st.builds("{}TO{}".format, low, high).filter(lambda text: text != "TO")
    return st.builds("{}{}{}".format, opening, inside, closing)


texts = st.one_of(
    words,
    words,
    st.builds('"{}"{}'.format, phrases, slops),
    patterns,
)
quoted = phrases.map("'{}'".format).filter(lambda text: "O'" not in text)
values = st.one_of(
    st.sampled_from(["categories:", "source:", "id:"]).flatmap(
        lambda field: st.sampled_from(
            ["Weather", '"Harbour News"', "'Meridian Wire'", "storm", "a-b", "a*", "W?ath*"]
        ).map(field.__add__)
    ),
    ranges(st.sampled_from(["a", "storm", "tal"])).map("title:{}".format),
    ranges(st.sampled_from(["a", "weather", "x y"])).map("categories:{}".format),
    ranges(st.sampled_from(["1", "2.5", "-3", "1e3"])).map("price:{}".format),
    ranges(st.sampled_from(["1", "-3", "1234"])).map("pages:{}".format),
    ranges(st.sampled_from(DATES)).map("published:{}".format),
    st.sampled_from(["1.5", "-2", "10"]).map("price:{}".format),
    st.sampled_from(["4", "12", "-7"]).map("pages:{}".format),
    st.sampled_from(DATES).map("published:{}".format),
)
named = st.sampled_from(["title:", "body:", "note:", "summary:"])
fields = st.just("") | named
boosts = st.sampled_from(["", "", "", "^2", "^0.5", "^.25"])
leaves = st.one_of(
    st.builds("{}{}".format, fields, texts | quoted),
    st.builds("{}{}{}".format, named, texts, boosts),
    values,
)


def groups(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        several.map(" ".join),
        several.map(" AND ".join),
        several.map(" OR ".join),
        st.builds("{} {} {}".format, parts, st.sampled_from(["ANDMAYBE", "REQUIRE"]), parts),
        st.builds("{} ANDNOT {}".format, parts, leaves),
        leaves.map("NOT {}".format),
        st.builds("{}({})".format, fields, parts),
        st.builds("NOT ({})".format, parts),
    )


parts = st.recursive(leaves, groups, max_leaves=6)
strings = parts | st.builds("{}({}){}".format, fields, parts, boosts)


@given(strings)
@example("storm^2")
@example("flood storm^2")
@example("flood (peace OR talks)^2.5")
@example('title:"peace talks"~3^2 OR storm')
@example("a OR b AND NOT c d ANDNOT e ANDMAYBE f REQUIRE g")
@example("a REQUIRE b ANDMAYBE c ANDNOT d ANDNOT (e OR f) AND g")
@settings(max_examples=examples(800))
def test_both_parsers_make_the_same_tree(text: str) -> None:
    assert ours(text) == theirs(text)


@given(st.lists(texts | quoted, min_size=1, max_size=4).map(" ".join))
@settings(max_examples=examples(200))
@example("storm")
def test_both_parsers_make_the_same_tree_of_any_words(text: str) -> None:
    assert ours(text, "any") == theirs(text, ANY)
