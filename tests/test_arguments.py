"""What is no query, no number and no key is an error of ours that says what is expected."""

from __future__ import annotations

import ast
import inspect
import math
from datetime import date, datetime
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from searchlib import Article, Date, Index, Key, Number, SnippetOptions
from searchlib.backends.copying import copy_index
from searchlib.cli.commands import cli
from searchlib.errors import ArgumentError, QueryError, SearchlibError
from searchlib.query import Not, Or, Range, Term
from searchlib.whoosh_compat.hints import ARGUMENTS
from tests.conftest import ARTICLES
from tests.tables import each

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from whoosh.query import Query


class Numbers(BaseModel):
    id: Annotated[str, Key()]
    count: Annotated[int | None, Number()] = None
    rate: Annotated[float | None, Number()] = None
    day: Annotated[date | None, Date()] = None
    moment: Annotated[datetime | None, Date()] = None


SEARCHED = ("lenient", "synonyms")
NO_NUMBERS: list[Any] = ["5", -1, True, False, 5.0, math.nan, [5], b"5"]


@pytest.mark.parametrize("query", [None, 5, b"storm", ["storm"], {"storm": 1}, Article])
def test_what_is_no_query_is_an_error_that_shows_it(index: Index, query: Any) -> None:
    def delete() -> None:
        with index.writer() as writer:
            writer.delete_by_query(query)

    calls: list[Any] = [lambda: index.search(query), lambda: index.search(query, match="any")]
    if not isinstance(query, dict):  # as a filter it names fields
        calls += [lambda: index.delete_by_query(query), delete]
    for call in calls:
        with pytest.raises(QueryError, match="expected a query as a string") as caught:
            call()
        assert repr(query)[:60] in str(caught.value)
    if query is not None and not isinstance(query, dict | list):
        with pytest.raises(QueryError, match="expected a query as a string"):
            index.search("peace", filter=query)
    assert len(index) == len(ARTICLES)


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_what_is_no_number_of_hits_is_an_error(index: Index, name: str, value: Any) -> None:
    with pytest.raises(QueryError, match=f"expected {name} to be a whole number of at least 0"):
        index.search("peace", **{name: value})
    with pytest.raises(QueryError, match="offset"):
        index.search("peace", offset=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("sort", [None, "-published"])
@pytest.mark.parametrize("snippets", [True, False])
def test_without_a_limit_all_hits_come(tmp_path: Path, sort: str | None, snippets: bool) -> None:
    index = Index.create(tmp_path / "index", Article)
    assert list(index.search("storm", limit=None)) == []
    index.add(Article(id=f"{n:02}", title="storm " * (30 - n)) for n in range(25))
    index.delete("07")
    every = index.search("storm", limit=None, sort=sort, snippets=snippets)
    assert len(every) == every.total == 24
    assert [hit.rank for hit in every] == list(range(1, 25))
    rest = index.search("storm", limit=None, offset=20, sort=sort)
    assert [hit.key for hit in rest] == [hit.key for hit in every][20:]
    assert [hit.rank for hit in rest] == [21, 22, 23, 24]
    assert list(index.search("storm", limit=None, offset=100)) == []
    for query in ("storm*", "title:storm OR storm", "*", "NOT flood", "storm NOT flood"):
        assert len(index.search(query, limit=None, sort=sort)) == 24


def test_numbers_may_be_large_or_of_numpy(index: Index) -> None:
    huge: Any = 10**30
    assert len(index.search("peace", limit=huge)) == 2
    assert list(index.search("peace", limit=huge, offset=huge)) == []
    assert len(index.search("peace", limit=np.int64(1))) == 1  # type: ignore[arg-type]
    assert list(index.search("peace", limit=0)) == []
    assert index.search("peace", limit=0).total == 2


@pytest.mark.parametrize("match", ["or", "ALL", "Any", "", None, True, 1, ["all"]])
def test_another_way_to_match_lists_those_there_are(index: Index, match: Any) -> None:
    with pytest.raises(QueryError, match="expected match to be 'all' or 'any', got"):
        index.search("peace", match=match)


@pytest.mark.parametrize(
    "names", [5, [5], ["published", None], b"published", True, {"a": 1}.items()]
)
def test_what_is_no_name_of_a_field_is_an_error(index: Index, names: Any) -> None:
    with pytest.raises(QueryError, match="sort"):
        index.search("peace", sort=names)
    if names is not True:
        with pytest.raises(QueryError, match="snippets"):
            index.search("peace", snippets=names)
    with pytest.raises(QueryError, match="snippets"):
        index.search("peace", snippets=SnippetOptions(fields=names))


def test_none_is_no_choice_of_snippets_but_an_order(index: Index) -> None:
    assert len(index.search("peace", sort=None)) == len(index.search("peace", sort=[])) == 2
    with pytest.raises(QueryError, match="snippets"):
        index.search("peace", snippets=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [17, None, b"talks", ["talks"], ("talks", "cup"), {"talks"}])
def test_what_is_no_key_is_an_error_and_deletes_nothing(index: Index, key: Any) -> None:
    def write() -> None:
        with index.writer() as writer:
            writer.delete("talks", key)

    for call in (
        lambda: index.get(key),
        lambda: key in index,
        lambda: index.delete(key),
        lambda: index.delete("talks", key),
        write,
    ):
        with pytest.raises(ArgumentError, match="key of a document as a string") as caught:
            call()
        assert isinstance(caught.value, SearchlibError)
        assert isinstance(caught.value, TypeError)
        assert repr(key) in str(caught.value)
    assert len(index) == len(ARTICLES)


def test_to_delete_without_keys_is_an_error(index: Index) -> None:
    generation = index.stats().generation
    with pytest.raises(ArgumentError, match="expected the keys"):
        index.delete()
    assert index.stats().generation == generation
    with index.writer() as writer:
        assert writer.delete() == 0  # among other changes there may be none to make


@pytest.mark.parametrize("key", ["", "unknown", "\ud800", "ключ", "a" * 100_000])
def test_a_key_that_no_document_has_is_not_found(index: Index, key: str) -> None:
    assert index.get(key) is None
    assert key not in index
    assert index.delete(key) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("workers", value) for value in NO_NUMBERS],
        *[("memory", value) for value in (*NO_NUMBERS, 0)],
        *[("timeout", value) for value in ("5", -1, -0.5, True, math.nan, None, [5])],
    ],
    ids=repr,
)
def test_what_is_no_number_for_a_writer_is_an_error(index: Index, name: str, value: Any) -> None:
    def write() -> None:
        with index.writer(**{name: value}) as writer:
            writer.delete("talks")

    with pytest.raises(ArgumentError, match=f"expected {name} to be a"):
        write()
    if name == "workers":
        with pytest.raises(ArgumentError, match="workers"):
            index.add(ARTICLES, workers=value)
        with pytest.raises(ArgumentError, match="workers"):
            Index.reindex(index.path, index.path.with_name("new"), workers=value)
        assert not index.path.with_name("new").exists()
    assert len(index) == len(ARTICLES)
    assert index.delete("talks") == 1  # the lock is free


@pytest.mark.parametrize("timeout", [0, 0.0, 1, math.inf])
def test_a_writer_may_wait_for_any_time(index: Index, timeout: float) -> None:
    with index.writer(workers=0, memory=1, timeout=timeout) as writer:
        writer.add(Article(id="one", title="one more"))
    assert len(index) == len(ARTICLES) + 1


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_what_is_no_size_of_a_cache_is_an_error(index: Index, tmp_path: Path, value: Any) -> None:
    with pytest.raises(ArgumentError, match="expected cache to be a whole number"):
        Index.open(index.path, cache=value)
    with pytest.raises(ArgumentError, match="expected cache to be a whole number"):
        Index.create(tmp_path / "other", Article, cache=value)
    assert not (tmp_path / "other").exists()


def test_a_query_of_whoosh_is_still_a_query(index: Index) -> None:
    from whoosh.query import Term

    query: Query = Term("title", "talk")
    assert index.search(query, limit=None).total == 1


@pytest.mark.parametrize("path", [None, 5, b"news.index", ["news.index"], True])
def test_what_is_no_path_is_an_error_that_shows_it(index: Index, tmp_path: Path, path: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: Index.open(path),
        lambda: Index.create(path, Article),
        lambda: Index.reindex(path, tmp_path / "new"),
    ]
    if path is not None:  # which stands for the place of the old index
        calls.append(lambda: Index.reindex(index.path, path))
    for call in calls:
        with pytest.raises(ArgumentError, match="expected the path of an index"):
            call()


@pytest.mark.parametrize(
    ("field", "number"),
    [
        *product(["count", "rate", "day", "moment"], [10**400, -(10**400)]),
        *product(["count", "day", "moment"], [2**63, -(2**63) - 1, 2**64]),
    ],
)
def test_a_number_of_more_than_64_bits_is_an_error(tmp_path: Path, field: str, number: int) -> None:
    index = Index.create(tmp_path / "index", Numbers)
    index.add(Numbers(id="a", count=5, rate=2.5, day=date(2025, 5, 1)))
    for query in (
        Term(field, number),
        Range(field, number),
        Range(field, None, number),
        Or((Term(field, 5), Term(field, number))),
        Not(Term(field, number)),
    ):
        with pytest.raises(QueryError, match=f"{field}.*of at most 64 bits"):
            index.search(query)
    for largest in (2**63 - 1, -(2**63)):
        assert index.search(Term(field, largest)).total == 0


FLAGS: list[tuple[str, Callable[..., object]]] = [
    *[(name, lambda index, **flag: index.search("talks", **flag)) for name in SEARCHED],
    *[(name, lambda index, **flag: index.count("talks", **flag)) for name in SEARCHED],
    *[(name, lambda index, **flag: index.explain("talks", "talks", **flag)) for name in SEARCHED],
    ("lenient", lambda index, **flag: index.search(Term("title", "x"), **flag)),
    ("lenient", lambda index, **flag: index.trend("talks", **flag)),
    ("lenient", lambda index, **flag: index.parse("talks", **flag)),
    ("lenient", lambda index, **flag: index.parse_with_notes("talks", **flag)),
    ("lenient", lambda index, **flag: index.parse_filter({}, **flag)),
    ("lenient", lambda index, **flag: index.significant("talks", **flag)),
    ("lenient", lambda index, **flag: index.concordance("talks", **flag)),
    ("lenient", lambda index, **flag: index.search_many(["talks"], **flag)),
    ("phrases", lambda index, **flag: index.search_many(["talks"], **flag)),
    ("strict", lambda index, **flag: index.add(Article(title="new"), **flag)),
    ("full", lambda index, **flag: index.sync(index.path.parent, **flag)),
    ("allow_empty", lambda index, **flag: index.sync(index.path.parent, **flag)),
    ("replace", lambda index, **flag: index.alerts.add("new", "talks", **flag)),
    ("replace", lambda index, **flag: index.alerts.add_many({"new": "talks"}, **flag)),
    ("safe", lambda index, **flag: index.search("talks").to_csv(**flag)),
    ("header", lambda index, **flag: index.search("talks").to_csv(**flag)),
    ("safe", lambda index, **flag: index.concordance("talks").to_csv(**flag)),
    ("safe", lambda index, **flag: index.trend("talks").to_csv(**flag)),
    ("safe", lambda index, **flag: index.trend("talks").save(index.path / "x.json", **flag)),
    ("share", lambda index, **flag: index.trend("talks").save(index.path / "x.csv", **flag)),
    ("overwrite", lambda index, **flag: copy_index(index.path, index.path.with_name("x"), **flag)),
]


@pytest.mark.parametrize("value", ["no", "yes", 0, 1, None], ids=repr)
def test_flags_are_true_or_false_and_nothing_else(index: Index, value: Any) -> None:
    for name, call in FLAGS:
        with pytest.raises(SearchlibError, match=f"expected {name} to be True or False, got "):
            call(index, **{name: value})
    assert len(index) == len(ARTICLES)
    assert not index.alerts
    assert not index.path.with_name("x").exists()


FUNCTIONS: list[tuple[str, Callable[..., object]]] = [
    ("progress", lambda index, **one: index.add(Article(title="new"), **one)),
    ("on_alert", lambda index, **one: index.add(Article(title="new"), **one)),
    ("progress", lambda index, **one: index.sync(index.path.parent, **one)),
    ("on_alert", lambda index, **one: index.sync(index.path.parent, **one)),
    ("progress", lambda index, **one: Index.reindex(index.path, **one)),
    ("progress", lambda index, **one: copy_index(index.path, index.path.with_name("x"), **one)),
    ("progress", lambda index, **one: index.search("talks").to_csv(**one)),
    ("progress", lambda index, **one: index.search("talks").to_csv(index.path / "x.csv", **one)),
    ("progress", lambda index, **one: index.search("talks").to_jsonl(**one)),
    ("progress", lambda index, **one: index.search("talks").to_bibtex(**one)),
    ("progress", lambda index, **one: index.concordance("talks").to_csv(**one)),
    ("progress", lambda index, **one: index.concordance("talks").to_jsonl(**one)),
]


@pytest.mark.parametrize("value", [3, "print", [print]], ids=repr)
def test_what_can_not_be_called_is_refused_before_anything_is_done(
    index: Index, value: Any
) -> None:
    generation = index.stats().generation
    for name, call in FUNCTIONS:
        with pytest.raises(ArgumentError, match=f"expected {name} to be a function or None, got"):
            call(index, **{name: value})
    with index.writer() as writer, pytest.raises(ArgumentError, match="progress"):
        writer.add(Article(title="new"), value)
    assert index.stats().generation == generation
    assert not (index.path / "x.csv").exists()


@pytest.mark.parametrize("key", [3, None, ["talks"]])
def test_only_deleting_is_told_how_to_take_several_keys(index: Index, key: Any) -> None:
    for call in (index.get, index.copies, index.similar, lambda key: index.explain("x", key)):
        with pytest.raises(ArgumentError, match="expected the key of a document") as caught:
            call(key)
        assert "delete" not in str(caught.value)
    with pytest.raises(ArgumentError, match=r"one by one: delete\(\*keys\)"):
        index.delete(key)


@pytest.mark.parametrize("queries", [3, None, "talks"])
def test_what_is_no_list_of_queries_is_an_error(index: Index, queries: Any) -> None:
    with pytest.raises(QueryError, match=r"expected (several|a list of) queries, got"):
        index.search_many(queries)


@each(
    ("zone", "remedy"),
    [
        ("Berlin", "; write 'Europe/Berlin'"),
        ("new york", "; write 'America/New_York'"),
        ("europe/berlin ", "; write 'Europe/Berlin'"),
        ("Buenos_Aires", "; write 'America/Argentina/Buenos_Aires' or 'America/Buenos_Aires'"),
        ("Nowhere", ""),
        ("", ""),
        ("../Berlin", ""),
        (3, ""),
    ],
)
def test_a_zone_that_is_a_city_alone_is_written_in_full(zone: Any, remedy: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Index.in_memory(Article, zone=zone)
    assert str(caught.value).endswith(f"got {zone!r}{remedy}")


@each(("call", "name"), [(call, name) for call, hints in ARGUMENTS.items() for name in hints])
def test_an_argument_that_only_whoosh_has_says_what_to_write(
    index: Index, call: str, name: str
) -> None:
    given = ("storm",) if call == "search" else ()
    with pytest.raises(ArgumentError, match=rf"^{call}\(\) has no {name}=: .*; write ") as caught:
        getattr(index, call)(*given, **{name: 1, "unknown": 2})
    assert isinstance(caught.value, TypeError)
    assert name not in inspect.signature(getattr(Index, call)).parameters
    for line in ARGUMENTS[call][name].write:
        ast.parse(line.replace("{...", "{0"))


def test_an_argument_that_nobody_has_is_an_error_of_python(index: Index) -> None:
    for call in (lambda: index.search("storm", limt=1), lambda: index.writer(wrkers=1)):  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="unexpected keyword argument") as caught:
            call()
        assert not isinstance(caught.value, SearchlibError)
    assert index.search(query="storm", limit=1) is not None


@each(
    ("options", "expected"),
    [
        ({"max_chars": "50"}, "max_chars to be a whole number of at least 20, got '50'"),
        ({"max_passages": 1.5}, "max_passages to be a whole number"),
        ({"before": 5}, "before to be a text, got 5"),
        ({"ellipsis": None}, "ellipsis to be a text, got None"),
    ],
)
def test_snippets_that_can_not_be_written_are_an_error(
    options: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ArgumentError, match=expected):
        SnippetOptions(**options)


def test_no_name_is_not_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for call in (Index.open, Index.create, Index.open_or_create):
        with pytest.raises(ArgumentError, match="expected the path of an index, got ''"):
            call("", Article)
    for command in (
        ["search", "*", "--index", ""], ["serve", "--index", ""], ["index", ""], ["inspect", ""],
    ):  # fmt: skip
        done = CliRunner().invoke(cli, command)
        assert done.exit_code == 2
        assert "got ''; write ." in done.stderr
    assert not [*tmp_path.iterdir()]
    assert len(Index.create(".", Article)) == 0


@each("path", ["\0", "a\0b", "half a \ud800"])
def test_names_that_no_file_can_have(path: str) -> None:
    for call in (Index.open, Index.create):
        with pytest.raises(ArgumentError, match="no file can have such a name"):
            call(path, Article)
