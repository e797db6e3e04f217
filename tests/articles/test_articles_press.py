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


EUROPRESSE = """Le Courrier d'Orlin (site web)

Économie, mardi 4 mars 2025 - 12:30 +01:00 312 mots, p. 5

Le port rouvre ses portes

Ida Blom

ORLIN – Les navires sont de retour.

© 2025 Le Courrier d'Orlin. Tous droits réservés. Le présent document est protégé par les lois.

Certificat émis le 5 mars 2025 à Orlin à des fins de visualisation personnelle et temporaire.

news·20250304·OC·8_12345

Orlin Soir
mercredi 5 mars 2025
Le pain revient
Le pain est de retour.
news·20250305·OS·0007
"""
GENIOS = """Orliner Post vom 04.03.2025, Nr. 53, S. 5 / Wirtschaft

Le port rouvre ses portes

Les navires sont de retour.

Quelle: Orliner Post vom 04.03.2025, Nr. 53, S. 5
Ressort: Wirtschaft
Autor: Ida Blom
Dokumentnummer: 202503041234
Dauerhafte Adresse des Dokuments:
https://www.example.net/document/OP__123
Alle Rechte vorbehalten: (c) Orliner Post
© GBI-Genios Deutsche Wirtschaftsdatenbank GmbH

Le pain revient

Le pain est de retour.

Quelle: Abendblatt Orlin, Nr. 54 vom 05.03.2025
Dokumentnummer: 77
© 2025 GBI-Genios Deutsche Wirtschaftsdatenbank GmbH
"""
EBSCO = """Record: 1

Title:
Le port rouvre ses portes
Authors:
Ida Blom
Source:
Orlin Post, The. 03/04/2025, p5.
Subject Terms:
HARBORS
SHIPS
Accession Number:
2W6112
Database:
Newspaper Source Plus

Les navires sont de retour.

Record: 2

Title: Le pain revient
Source: Orlin Evening, Mar 5, 2025, p2
Abstract: Le pain est de retour.
Accession Number: 2W6113
Database: Newspaper Source Plus
"""
GALE = """Le port rouvre ses portes

Author: Ida Blom
Date: Mar. 4, 2025
From: Orlin Post
Document Type: Article
Full Text:

Les navires sont de retour.

Copyright: COPYRIGHT 2025 Orlin Media Ltd.

Source Citation (MLA 9th Edition)
"Le port." Orlin Post, 4 Mar. 2025, p. 5.
Gale Document Number: GALE|A123456789

Le pain revient

Date: Mar. 5, 2025
From: Orlin Post
Full Text:
Le pain est de retour.
Gale Document Number: GALE|A123456790
"""
NEWSBANK = """Le port rouvre ses portes

Orlin Post, The (Orlin, OR) - March 4, 2025
Author/Byline: Ida Blom
Section: Local
Page: B1

Les navires sont de retour.

Record Number: 1A2B3C4D5E6F
Copyright (c) 2025 The Orlin Post

Le pain revient
Orlin Post, The (Orlin, OR) - March 5, 2025

Le pain est de retour.

Record Number: 1A2B3C4D5E70
Copyright 2025, The Orlin Post, All Rights Reserved.
"""
BASES = {
    "europresse": (EUROPRESSE, "Le Courrier d'Orlin (site web)", ["Économie"], "OC·8_12345"),
    "genios": (GENIOS, "Orliner Post", ["Wirtschaft"], "202503041234"),
    "ebsco": (EBSCO, "Orlin Post, The", ["HARBORS", "SHIPS"], "2W6112"),
    "gale": (GALE, "Orlin Post", [], "GALE|A123456789"),
    "newsbank": (NEWSBANK, "Orlin Post, The (Orlin, OR)", ["Local"], "1A2B3C4D5E6F"),
}


@pytest.mark.parametrize("base", BASES)
def test_other_bases(base: str, read_all: Callable[..., list[Article | Problem | Notice]]) -> None:
    text, source, categories, number = BASES[base]
    one, two = read_all("a.txt", text)
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert (one.title, one.source) == ("Le port rouvre ses portes", source)
    assert one.body.removeprefix("ORLIN – ") == "Les navires sont de retour."
    assert (one.authors, one.categories) == (["Ida Blom"], categories)
    assert (one.published, two.published) == (date(2025, 3, 4), date(2025, 3, 5))
    assert one.id.endswith(number)
    assert (two.title, two.body) == ("Le pain revient", "Le pain est de retour.")


@pytest.mark.parametrize("base", BASES)
def test_other_bases_in_rich_text_and_cut(base: str, read: Read) -> None:
    text = BASES[base][0]
    encoded = "".join(f"\\u{ord(c)}?" if ord(c) > 127 else c for c in text)
    rich = read("a.rtf", "{\\rtf1\\ansi " + encoded.replace("\n", "\\par\n") + "}")
    assert [item.title for item in rich if isinstance(item, Article)] == [
        "Le port rouvre ses portes", "Le pain revient",
    ]  # fmt: skip
    for end in range(0, len(text), 61):  # whatever is missing, nothing but articles and problems
        assert read("b.txt", text[:end])


def test_the_page_of_europresse(read: Read) -> None:
    article = (
        "<article><header><div><span class=DocPublicationName>Orlin Soir</span>, no. 250</div>"
        "<div><span class=DocHeader>Ville, mercredi {0} mars 2025 20 mots, p. 2</span></div>"
        "</header><div class=titreArticle><p class=titreArticleVisu>Titre {0}</p></div><section>"
        "<div class=docOcurrContainer><p>Le <mark>pain</mark> {0}.</p></div></section><footer>"
        "<span class=publiC-lblNodoc>news·2025030{0}·OS·1_{0}</span></footer></article>"
    )
    page = "<html><body>" + article.format(4) + article.format(5) + "</body></html>"
    found = read("a.html", page)
    assert [item.title for item in found if isinstance(item, Article)] == ["Titre 4", "Titre 5"]
    first = found[0]
    assert isinstance(first, Article)
    assert (first.body, first.published) == ("Le pain 4.", date(2025, 3, 4))
    assert (first.source, first.categories) == ("Orlin Soir, no. 250", ["Ville"])


@pytest.mark.parametrize(
    "text",
    [
        "Fog\n\nIt is thick.\n\n© 2025 Orlin Post\n\nBread\n\nIt is back.\n\n© 2025 Orlin Post\n",
        "Fog\n\n12 words\n\nIt is thick.\n\nBread\n\n9 words\n\nIt is back.\n",
        "Fog\n\nIt is thick.\n\nLoad-Date: May 4\n\nBread\n\nIt is back.\n\nLoad-Date: May 5\n",
    ],
)
def test_several_articles_are_never_silently_one(
    text: str, read_all: Callable[..., list[Article | Problem | Notice]]
) -> None:
    items = read_all("a.txt", text)
    notices = [item for item in items if isinstance(item, Notice)]
    assert [notice.kind for notice in notices] == ["several"]


def test_a_page_of_several_articles_says_so(
    read_all: Callable[..., list[Article | Problem | Notice]],
) -> None:
    article = f"<article><h2>Fog</h2><p>{'It is thick. ' * 60}</p></article>"
    for count in (1, 2):
        items = read_all("a.html", f"<html><body>{article * count}</body></html>")
        kinds = [item.kind for item in items if isinstance(item, Notice)]
        assert kinds == ["several"] * (count - 1)


@pytest.mark.parametrize(
    "text",
    [
        "Fog\n\nIt is thick.\n\n© 2025 Orlin Post\n",
        "Fog\n\nQ: Is it thick?\n\nA: It is.\n\nQ: How?\n\nA: So.\n",
        "Title: Fog\nDate: 2025-03-04\n\nIt is thick.\n",
    ],
)
def test_one_article_is_one(
    text: str, read_all: Callable[..., list[Article | Problem | Notice]]
) -> None:
    assert [type(item) for item in read_all("a.txt", text)] == [Article]
