"""A program of a user's, which type checkers read and nothing runs.

Each line marked ``# error`` is a mistake that a checker must find; it must find no other.
"""

from typing import Annotated, Any, assert_type

from pydantic import BaseModel, TypeAdapter

from searchlib import (
    AddReport,
    Article,
    Explanation,
    Hit,
    Index,
    Key,
    Results,
    Scoring,
    Text,
    read_articles,
)


class Shelf(BaseModel):
    number: Annotated[int, Key()]


class Book(BaseModel):
    isbn: Annotated[str, Key()]
    title: Annotated[str, Text()] = ""
    pages: int = 0


def of_books(path: str) -> None:
    index = Index.create(path, Book, scoring=Scoring(k1=0.9))
    assert_type(index, Index[Book])
    assert_type(index.add(Book(isbn="1")), AddReport)
    index.add([Book(isbn="2"), {"isbn": "3"}])
    index.add({"isbn": "4"})
    results = index.search("garden")
    assert_type(results, Results[Book])
    assert_type(results[0], Hit[Book])
    assert_type(results.hits[0], Hit[Book])
    assert_type(results.to_csv(fields=["title"], safe=True), str)
    results.to_jsonl("books.jsonl", hits="page")
    assert_type(results.model_dump(mode="json", by_alias=True), dict[str, Any])
    assert_type(TypeAdapter(Results[Book]).validate_json("{}"), Results[Book])
    results.model_dump(mode="yaml")  # error
    results.to_csv(fields=3)  # error
    results.to_ris(hits="some")  # error
    for hit in results:
        assert_type(hit.document, Book)
        print(hit.document.pages + 1, hit.document.title.upper())
    assert_type(index.get("1"), Book | None)
    assert_type(index.explain("garden", "1"), Explanation)
    with index.writer() as writer:
        writer.add(Book(isbn="5"))
        writer.add(Article(title="no book"))  # error


def of_shelves(path: str) -> None:
    with Index.open_or_create(path, Shelf) as index:
        assert_type(index.get(7), Shelf | None)
        assert_type(index.get_many([7, "8"]), list[Shelf | None])
        assert_type(index.update(7, number=7), Shelf)
        print(7 in index, index.delete(7, 8), index.explain("a", 7), index.similar(7))
        index.get(None)  # error
        index.delete([7])  # error


def of_mistakes(path: str) -> None:
    index = Index.open(path, Book)
    assert_type(index, Index[Book])
    index.add(42)  # error
    index.add("a title")  # error
    index.add(Article(title="no book"))  # error
    index.add([Article(title="no book")])  # error
    for hit in index.search("garden"):
        print(hit.document.chapters)  # error
        print(hit.document.pages.upper())  # error
    print(index.get("1").title)  # error
    Index.open(path, str)  # error
    Index.open(path, Book, scoring="bm25")  # error
    index.search("garden", sort=3)  # error
    wrong: Results[Article] = index.search("garden")  # error
    print(wrong)


def of_articles(path: str) -> None:
    with_news = Index.create(path, Article)
    with_news.add(read_articles("archive"))
    print([hit.document.title for hit in with_news.search("storm")])


def of_whatever_is_there(path: str) -> Index:
    index = Index.open(path)
    assert_type(index, Index[Any])
    index.add({"isbn": "1"})
    print(index.search("garden")[0].document.anything)
    return index


def show(results: Results[BaseModel]) -> None:
    print(*results)


def show_books(index: Index[Book]) -> None:
    show(index.search("garden"))  # a page of books is one of models
