"""A program that tries what is installed, in an environment where pytest is not.

Its arguments are the kernels that there should be, and ``cli`` if the command line is there.
"""

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel

from searchlib import Article, Index, Key, Number, Text, read_articles
from searchlib.postings import KERNELS


class Book(BaseModel):
    isbn: Annotated[str, Key()]
    title: Annotated[str, Text()]
    pages: Annotated[int, Number(sortable=True)] = 0


def try_library(folder: Path) -> None:
    with Index.create(folder / "books.index", Book) as books:
        books.add([Book(isbn="1", title="A garden in winter", pages=90), {"isbn": "2"}])
        books.add(Book(isbn="3", title="Gardens", pages=120))
        results = books.search("gardening pages:>=100")
        assert [hit.key for hit in results] == ["3"]
        assert results[0].snippets["title"].html == "<mark>Gardens</mark>"
        assert pickle.loads(pickle.dumps(books)).get("1") == books.get("1")
        assert books.check() == []
    texts = folder / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text("Storm over the bay\n\nIt blew all night.", encoding="utf-8")
    with Index.in_memory(Article) as news:
        news.add(read_articles(texts))
        assert news.count("storms") == 1


def run(*arguments: str) -> str:
    command = [sys.executable, "-W", "error", "-m", "searchlib", *arguments]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def try_command_line(kernels: str, folder: Path) -> None:
    assert kernels in run("--version")
    assert "peace" in run("demo").lower()
    index = str(folder / "news.index")
    assert "1" in run("index", str(folder / "texts"), "--index", index)
    assert "Storm over the bay" in run("search", "storms", "--index", index)


def main(kernels: str, *more: str) -> None:
    assert kernels == KERNELS, f"expected {kernels} kernels, got {KERNELS}"
    with tempfile.TemporaryDirectory() as folder:
        try_library(Path(folder))
        if more:
            try_command_line(kernels, Path(folder))
        else:
            assert "pip install 'searchlib[cli]'" in run("--version")
    print(f"searchlib works on Python {sys.version.split()[0]} with {kernels} kernels")


if __name__ == "__main__":
    main(*sys.argv[1:])
