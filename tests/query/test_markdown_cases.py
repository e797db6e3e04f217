"""Cases in Markdown are read, and written again."""

from pathlib import Path

import pytest

from tests.query.markdown_cases import read_cases, rewrite

FILE = """# Minus

What it does.

```documents
{"id": "a"}
{"id": "b"}
```

## Excludes
```query
storm -flood
```
```tree
And((Word('storm'), Not(Word('flood'))))
```

## Is a hyphen within a word

A remark on it.

```query
  peace-talks
```
```options
match="any", lenient=True
```
```error
wrong
```
```finds
```
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "minus.md"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_sections_are_cases(file: Path) -> None:
    first, second = read_cases(file)
    assert first.heading == "Excludes"
    assert first.query == "storm -flood"
    assert first.options == {}
    assert first.documents == '{"id": "a"}\n{"id": "b"}\n'
    assert second.query == "  peace-talks"
    assert second.options == {"match": "any", "lenient": True}
    assert second.blocks["finds"] == ""


def test_the_same_answers_leave_a_section_as_it_is(file: Path) -> None:
    for case in read_cases(file):
        assert case.answered(case.blocks) == case.source


def test_other_answers_take_the_place_of_those_there(file: Path) -> None:
    first, second = read_cases(file)
    rewrite(first, first.answered({"error": "one\n  two  ", "notes": "three"}))
    rewrite(second, second.answered({"finds": "a b", "tree": "Word('peace-talks')"}))
    again = read_cases(file)
    assert again[0].blocks == {"query": "storm -flood", "error": "one\n  two", "notes": "three"}
    assert list(again[1].blocks.items()) == [
        ("query", "  peace-talks"),
        ("options", 'match="any", lenient=True'),
        ("tree", "Word('peace-talks')"),
        ("finds", "a b"),
    ]
    assert "A remark on it." in again[1].source
    assert file.read_text(encoding="utf-8").startswith(FILE[: FILE.index("## ")])


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("## Excludes\n```query\na\n```\n", "a heading that comes twice"),
        ("## Two\n```query\na\n```\n```query\nb\n```\n", "a block that comes twice"),
        ("## Other\n```query\na\n```\n```tre\nb\n```\n", "expected .*'tree'"),
    ],
)
def test_slips_in_a_file_are_told(file: Path, section: str, message: str) -> None:
    file.write_text(f"{FILE}\n{section}", encoding="utf-8")
    with pytest.raises(AssertionError, match=message):
        [case.blocks for case in read_cases(file)]
