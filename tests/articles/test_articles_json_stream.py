"""JSON of any size is read value by value, and means what it means as a whole."""

import json
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib.articles import Article, read_articles
from searchlib.articles import source as source_module
from searchlib.articles.formats.json_records import _Values
from searchlib.articles.json_decoding import JsonDecoder, find_unfit
from searchlib.articles.source import open_source
from searchlib.articles.text import UnusableError
from searchlib.errors import Notice, Problem
from tests.conftest import examples

SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(['"', "\\", "\ud7ff", "é", "日本", '{"a": [1, 2]}', "x" * 100])
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=15,
)


def values(data: bytes, piece: int) -> list[tuple[object, int]]:
    """All values in a file that is read in pieces of so many bytes."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(source_module, "_PIECE", piece)
        path = Path(folder, "a.json")
        path.write_bytes(data)
        with open_source(path) as source:
            return list(_Values(source, JsonDecoder(source)))


@given(st.lists(JSON, max_size=5), st.sampled_from([None, 1]), st.booleans(), st.integers(1, 60))
@example(items=[1e50, -1, 1.5e-7], indent=None, ascii_only=True, piece=1)
@example(items=["\ufeff", {"\ufeff": 1}], indent=None, ascii_only=False, piece=1)
@settings(max_examples=examples(200))
def test_pieces_of_any_size_give_the_same_values(
    items: list[object], indent: int | None, ascii_only: bool, piece: int
) -> None:
    text = json.dumps(items, indent=indent, ensure_ascii=ascii_only)
    read = values(text.encode(), piece)
    assert [value for value, _ in read] == items
    assert [line for _, line in read] == [line for _, line in values(text.encode(), 1 << 20)]


DEEP = 30_000  # more than any Python reads
BROKEN = [
    '[{"title": "a"}, {"title": "b"',
    '[{"title": "a"},\n {"title": "b"} {"x": 1}]',
    '[{"title": "a"}, tru]',
    '[{"title": "a"}, {"b": "\\x"}]',
    '[{"title": "a"},,]',
    '[{"title": "a"}, "abc',
    "[" * DEEP,
]


@pytest.mark.parametrize("text", BROKEN)
def test_pieces_of_any_size_give_the_same_errors(text: str) -> None:
    said = set()
    for piece in (1, 2, 3, 7, 20, 1 << 20):
        with pytest.raises(UnusableError) as caught:
            values(text.encode(), piece)
        said.add((str(caught.value), caught.value.line))
    assert len(said) == 1, said


UNFIT = [
    '{"x": 1, "x": 2}',
    '{"n": [1e999, 1, {}]}',
    "1e999",
    "9" * 5000,
    '{"x": "\x01, \\"]}", "y": ["\\\\"]}',
    "[" * DEEP + '"]", "\\"]"' + "]" * DEEP,
]


@pytest.mark.parametrize("text", UNFIT)
def test_pieces_of_any_size_skip_the_same_values(text: str) -> None:
    for piece in (1, 2, 3, 7, 20, 1 << 20):
        if piece < 20 and len(text) > DEEP:
            continue
        found = values(f'[{{"title": "a"}},\n{text},\n{{"title": "b"}}]'.encode(), piece)
        (first, _), (bad, line), (last, end) = found
        assert (first, last) == ({"title": "a"}, {"title": "b"})
        assert find_unfit(bad) is not None
        assert (line, end) == (2, 3)


def _array(path: Path, count: int) -> Path:
    record = json.dumps({"title": "Ferry", "body": "The ferry sails. " * 60})
    with path.open("w") as file:
        file.write("[")
        for number in range(count):
            file.write((", " if number else "") + record)
        file.write("]")
    return path


def test_an_array_larger_than_a_record_may_be_is_streamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "RECORD_LIMIT", 1 << 20)
    path = _array(tmp_path / "a.json", 12_000)
    assert path.stat().st_size > 12 << 20
    tracemalloc.start()
    count = sum(isinstance(item, Article) for item in read_articles(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 12_000
    assert peak < 10 << 20


@pytest.mark.parametrize(
    "text",
    ['[{"title": "a"}, {"body": "' + "x" * 5000, '[{"title": "a"}, {"x": "' + "y " * 3000 + '"}]',
     '[{"title": "a"}, [' + "1, " * 3000],
)  # fmt: skip
def test_a_value_has_a_limit(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "RECORD_LIMIT", 1000)
    monkeypatch.setattr(source_module, "_PIECE", 100)
    path = tmp_path / "a.json"
    path.write_text(text)
    article, problem = read_articles(path)
    assert isinstance(article, Article)
    assert isinstance(problem, Problem)
    assert "larger one" in problem.reason


@pytest.mark.parametrize("large", ['"%s"', '{"body": "%s"}', '[["%s"], 1]', '{"a": {"b": "%s"}}'])
def test_a_value_beyond_the_limit_is_skipped(
    large: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "RECORD_LIMIT", 1000)
    monkeypatch.setattr(source_module, "_PIECE", 100)
    path = tmp_path / "a.json"
    path.write_text('[{"title": "a"}, ' + large % ("y ]} " * 1000) + ', {"title": "b"}]')
    first, problem, last = read_articles(path)
    assert isinstance(first, Article)
    assert isinstance(problem, Problem)
    assert "larger one" in problem.reason
    assert isinstance(last, Article)
    assert last.title == "b"


def test_the_rest_of_a_broken_array_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[\n{"title": "a"},\n{"title": "b"},\n{"title" "c"},\n{"title": "d"}]')
    items = [item for item in read_articles(path) if not isinstance(item, Notice)]
    assert [type(item) for item in items] == [Article, Article, Problem]
    assert isinstance(items[-1], Problem)
    assert items[-1].line == 4
    assert "rest of the file" in items[-1].reason
