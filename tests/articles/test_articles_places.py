"""From a hit back to its file: at the library, on the screen, in JSON, in a query."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchlib import Article, Index, read_articles
from searchlib.cli.commands import cli


@pytest.fixture
def index(tmp_path: Path) -> Index[Article]:
    folder = tmp_path / "archive"
    for name in ("2023/a.txt", "2024/b.txt", "2024/03/c.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Storm of {name}\n\nIt blew.")
    (folder / "2024.jsonl").write_text('{"title": "Calm"}\n\n{"title": "A storm of wires"}\n')
    index = Index.create(tmp_path / "index", Article)
    index.add(read_articles(folder))
    return index


def files(index: Index[Article], query: str) -> list[str]:
    return sorted(hit.document.file or "" for hit in index.search(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("file:2024/*", ["2024/03/c.txt", "2024/b.txt"]),
        ("file:2024/03/*", ["2024/03/c.txt"]),
        ("file:2024/b.txt", ["2024/b.txt"]),
        ('file:"2024.jsonl"', ["2024.jsonl", "2024.jsonl"]),
        ("storm file:*.jsonl", ["2024.jsonl"]),
        ("storm -file:2024*", ["2023/a.txt"]),
        ("c.txt", ["2024/03/c.txt"]),  # of the title: the name of a file is no text
    ],
)
def test_files_are_searched_for(index: Index[Article], query: str, expected: list[str]) -> None:
    assert files(index, query) == expected


def test_a_hit_leads_to_its_file_and_line(index: Index[Article]) -> None:
    run = CliRunner().invoke(cli, ["search", "wires", "--index", str(index.path)])
    assert "2024.jsonl:3" in run.stdout
    run = CliRunner().invoke(cli, ["search", "wires", "--index", str(index.path), "--json"])
    document = json.loads(run.stdout)["hits"][0]["document"]
    assert (document["file"], document["line"], document["record"]) == ("2024.jsonl", 3, 2)
