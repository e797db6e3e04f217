"""Exports of press databases: where they are cut, and what only looks like a part of their form."""

from collections.abc import Callable
from datetime import date

import pytest

from searchlib.articles import Article
from searchlib.errors import Notice, Problem

Read = Callable[..., list[Article | Problem]]


def nexis(*above: str, text: str = "The text.", date: str = "March 4, 2025 Tuesday") -> str:
    lines = ["1 of 1 DOCUMENTS", "The Orlin Post", date, *above, "LENGTH: 2 words", text]
    return "\n\n".join(lines)


@pytest.fixture
def read_nexis(read: Read) -> Callable[..., Article]:
    def read_part(*above: str, **others: str) -> Article:
        (article,) = read("a.txt", nexis(*above, **others))
        assert isinstance(article, Article), str(article)
        return article

    return read_part


ReadNexis = Callable[..., Article]


@pytest.mark.parametrize(
    "title",
    [
        "Ferries run at night",
        "Cup final ends in tears",
        "A new edition of the atlas is out",
        "Copyright law passes",
        "ORLIN: Copper falls",
        "Analysis: Copper falls",
        "Two of three documents are forged",
    ],
)
def test_titles(title: str, read_nexis: ReadNexis) -> None:
    for above in ([title], ["Final Edition", title], ["Copyright 2025 Orlin Post", title]):
        article = read_nexis(*above)
        assert article.title == title
        assert article.body == "The text."
        assert article.source == "The Orlin Post"
        assert article.published == date(2025, 3, 4)


@pytest.mark.parametrize(
    "line",
    [
        "Subject to change: all of it.", "He said: no.", "BREAKING: It burns.", "Body of water",
        "Copyright is a right.", "1 of 3 documents was forged, he said.", "Length: two metres",
        "Document 1 of 3, he said, was forged.", "End of document, he said.", "IN the north",
        "Title: another book", "Update: it ended well.", "Thema: Wasser", "Page 1 of 2, he said.",
        "https://x.example/1",
    ],
)  # fmt: skip
def test_text_that_looks_like_a_part_of_the_form(line: str, read_nexis: ReadNexis) -> None:
    article = read_nexis("A title", text=f"The text.\n\n{line}\n\nIt ended.")
    assert article.body == f"The text.\n\n{line}\n\nIt ended."


@pytest.mark.parametrize("when", ["soon", "The day after", "Winter 2025"])
def test_a_date_that_can_not_be_read_loses_no_article(when: str, read_nexis: ReadNexis) -> None:
    article = read_nexis("A title", date=when)
    assert article.published is None or article.published.year == 2025
    assert when in f"{article.title}\n{article.body}" or article.published


@pytest.mark.parametrize(
    "mark",
    [
        "{} of 12 DOCUMENTS", "{} of 12 documents", "Document {} of 12", "{} von 12 DOKUMENTEN",
        "Dokument {} von 12", "{} de 12 DOCUMENTS", "Documento {} de 12", "Documento {} di 12",
    ],
)  # fmt: skip
def test_marks_above_articles(mark: str, read: Read) -> None:
    parts = [f"{mark.format(number)}\n\nTitle {number}\n\nText.\n" for number in range(1, 13)]
    found = read("a.txt", "\n\n".join(parts))
    assert [item.title for item in found if isinstance(item, Article)] == [
        f"Title {number}" for number in range(1, 13)
    ]


def test_the_number_of_a_document_is_its_id(read: Read) -> None:
    text = "A title\n12 words\n4 March 2025\nPost\nP\nEnglish\n(c) 2025 Post\n\nText.\n\n"
    one, two = (f"{text}Document POST00002025030{n}el340000{n}\n\n" for n in (1, 2))
    found = read("a.txt", one + two)
    assert [item.id for item in found if isinstance(item, Article)] == [
        "POST000020250301el3400001", "POST000020250302el3400002",
    ]  # fmt: skip


def test_an_export_in_rich_text(read: Read) -> None:
    lines = nexis("A title").replace("\n", "\\par\n")
    (article,) = read("a.rtf", "{\\rtf1\\ansi " + lines + "}")
    assert isinstance(article, Article)
    assert (article.title, article.source) == ("A title", "The Orlin Post")


@pytest.mark.parametrize("text", ["End of Document\n", "1 of 2 DOCUMENTS\n", "_" * 30])
def test_marks_that_part_nothing(text: str, read: Read) -> None:
    assert len(read("a.txt", text * 3)) == 1  # an article of them, or a problem


@pytest.mark.parametrize(
    ("byline", "length", "section", "language"),
    [
        ("AUTOR: Von Ida Blom", "LÄNGE: 2 Wörter", "RUBRIK: Politik; S. 3", "SPRACHE: DEUTSCH"),
        ("AUTEUR : Ida Blom", "LONGUEUR : 2 mots", "RUBRIQUE : Politik; p. 3", "LANGUE : DEUTSCH"),
        ("AUTOR: Ida Blom", "LONGITUD: 2 palabras", "SECCIÓN: Politik; 3", "IDIOMA: DEUTSCH"),
        ("BYLINE: Door Ida Blom", "LENGTE: 2 woorden", "RUBRIEK: Politik; 3", "TAAL: DEUTSCH"),
    ],
)
def test_labels_in_other_languages(
    byline: str, length: str, section: str, language: str, read: Read
) -> None:
    lines = ["1 von 1 DOKUMENTEN", "Die Post", "4. März 2025", "Hafen öffnet", section, byline]
    (article,) = read("a.txt", "\n\n".join([*lines, length, "Der Text.", language]))
    assert isinstance(article, Article)
    assert (article.title, article.source, article.body) == (
        "Hafen öffnet",
        "Die Post",
        "Der Text.",
    )
    assert (article.authors, article.published) == (["Ida Blom"], date(2025, 3, 4))
    assert (article.categories, article.language) == (["Politik"], "DEUTSCH")


def test_pages_and_titles_twice_of_nexis_uni(read: Read) -> None:
    head = (
        "Page 1 of 2\nHarbour reopens\n\nHarbour reopens\nThe Orlin Post\nMarch 4, 2025 Tuesday\n"
    )
    text = f"{head}\nSection: NEWS; Pg. 3\nLength: 2 words\nBody\n\nThe text.\n\nEnd of Document\n"
    (article,) = read("a.txt", text)
    assert isinstance(article, Article)
    assert (article.title, article.body) == ("Harbour reopens", "The text.")
    assert (article.categories, article.extra["page"]) == (["NEWS"], "Pg. 3")


def test_the_address_and_the_title_of_proquest(read: Read) -> None:
    head = "Document 1 of 1\n\nFog\n\nAuthor: Blom, Ida\n\nhttps://search.example/1\n"
    text = f"{head}\nAbstract: In short.\n\nFull text: It is thick.\n\nTitle: Fog\n\nISSN: 1\n"
    (article,) = read("a.txt", text)
    assert isinstance(article, Article)
    assert (article.title, article.body) == ("Fog", "In short.\n\nIt is thick.")
    assert (article.url, article.authors) == ("https://search.example/1", ["Blom, Ida"])


def test_the_summary_of_a_search_in_factiva(
    read_all: Callable[..., list[Article | Problem | Notice]],
) -> None:
    text = "A title\n12 words\n4 March 2025\nPost\nP\nEnglish\n(c) 2025 Post\n\nText.\n\n"
    under = "Document POST000020250301el3400001\n\nSearch Summary\nText\tfog\n"
    article, notice = read_all("a.txt", text + under)
    assert isinstance(article, Article)
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.line) == ("press", 13)
