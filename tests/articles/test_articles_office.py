"""PDF and Word documents: text, paragraphs, properties, and files that mean harm."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.articles import Article, read_articles
from searchlib.articles.formats import pdf, word
from searchlib.errors import Notice, Problem
from tests.articles.conftest import only_articles
from tests.conftest import examples

docx = pytest.importorskip("docx")
pytest.importorskip("pypdfium2")

Read = Callable[..., list[Article | Problem]]
ReadOne = Callable[..., Article]

INFO = "/Title (Ferry sails) /Author (Ida Blom; Jo Quist) /CreationDate (D:20250304101112+01'00')"


def make_pdf(pages: Sequence[Sequence[tuple[int, str]]], info: str = "") -> bytes:
    """Write a PDF of pages of lines, each at its height."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = b"".join(
            b"1 0 0 1 72 %d Tm <%s> Tj\n" % (height, text.encode("cp1252").hex().encode())
            for height, text in lines
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * number)
        )
        text = b"BT /F1 12 Tf\n" + shown + b"ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
    objects.append(f"<< {info} >>".encode("latin-1"))
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R /Info %d 0 R >>\n"
        b"startxref\n%d\n%%%%EOF" % (size + 1, table, size + 1, size, len(out))
    )


PAGES = [
    [
        (720, "Ferry sails"),
        (690, "The ferry sails at noon, the har-"),
        (676, "bour said on Monday. Café owners"),
        (662, "are glad."),
        (634, "A second paragraph begins here and"),
        (620, "goes on to the next page, where"),
    ],
    [(720, "it ends.")],
]
BODY = (
    "The ferry sails at noon, the harbour said on Monday. Café owners are glad.\n\n"
    "A second paragraph begins here and goes on to the next page, where it ends."
)


@pytest.mark.parametrize("name", ["a.pdf", "a.PDF.gz", "a.txt"])
def test_a_pdf(name: str, read_one: ReadOne) -> None:
    import gzip

    data = make_pdf(PAGES, INFO)
    article = read_one(name, gzip.compress(data) if name.endswith("gz") else data)
    assert (article.title, article.body) == ("Ferry sails", BODY)
    assert article.authors == ["Ida Blom", "Jo Quist"]
    assert article.published == date(2025, 3, 4)


@pytest.mark.parametrize("made_up", ["", "untitled", "Microsoft Word - x.doc", "final2.indd"])
def test_the_first_line_is_the_title_where_none_is_told(made_up: str, read_one: ReadOne) -> None:
    article = read_one("a.pdf", make_pdf(PAGES, f"/Title ({made_up})"))
    assert (article.title, article.body) == ("Ferry sails", BODY)
    assert article.extra == ({"title (properties)": made_up} if made_up else {})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("D:20250304", date(2025, 3, 4)),
        ("D:20250304101112Z", date(2025, 3, 4)),
        ("D:20250304101112-08'00", date(2025, 3, 4)),
        ("D:2025", date(2025, 1, 1)),
        ("D:202503", date(2025, 3, 1)),
        ("Tue Mar 4 10:11:12 2025", date(2025, 3, 4)),
        ("D:20250304259999", date(2025, 3, 4)),
        ("yesterday", None),
        ("D:20251399", None),
    ],
)
def test_dates_of_a_pdf(text: str, day: date | None, read_one: ReadOne) -> None:
    article = read_one("a.pdf", make_pdf(PAGES, f"/CreationDate ({text})"))
    assert article.published == day
    if day is None:
        assert article.extra["date"] == text


@pytest.mark.parametrize("written", ["nonsense", "2025-13-01T00:00:00Z", "", "0000-00-00", "2025"])
def test_dates_of_a_word_document(written: str, tmp_path: Path) -> None:
    data = saved(document("The ferry sails."))
    part = "docProps/core.xml"
    data = changed(data, b"2025-03-04T10:11:00Z", written.encode(), part)
    (tmp_path / "a.docx").write_bytes(data)
    article, *notices = read_articles(tmp_path / "a.docx")
    assert isinstance(article, Article)
    is_year = written == "2025"
    assert article.published == (date(2025, 1, 1) if is_year else None)
    assert article.published_text == ("2025" if is_year else None)
    assert article.extra.get("date", "") == ("" if is_year else written)
    assert len(notices) == (written in ("nonsense", "2025-13-01T00:00:00Z"))


def test_a_pdf_without_text(read: Read) -> None:
    (problem,) = read("a.pdf", make_pdf([[]]))
    assert "ocrmypdf" in str(problem)


def test_a_pdf_has_limits(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PAGE_LIMIT", 1)
    (problem,) = read("a.pdf", make_pdf(PAGES))
    assert "pages" in str(problem)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
@pytest.mark.parametrize("data", [b"", b"not a document", b"%PDF-1.7\n", b"PK\x03\x04 nor this"])
def test_what_is_no_document(name: str, data: bytes, read: Read) -> None:
    (problem,) = read(name, data)
    assert isinstance(problem, Problem)


def test_a_page_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(make_pdf(PAGES).replace(b"/Kids [4 0 R 6 0 R]", b"/Kids [4 0 R 3 0 R]"))
    items = list(read_articles(path))
    assert isinstance(items[0], Article)
    assert "noon" in items[0].body
    assert [item.kind for item in items if isinstance(item, Notice)] in ([], ["pages"])


# ---------------------------------------------------------------- Word


def saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def document(*paragraphs: str, **properties: object) -> object:
    made = docx.Document()
    made.core_properties.created = datetime(2025, 3, 4, 10, 11)
    for name, value in {"author": "", **properties}.items():
        setattr(made.core_properties, name, value)
    for text in paragraphs:
        made.add_paragraph(text)
    return made


@pytest.mark.parametrize("name", ["a.docx", "a.zip"])
def test_a_word_document(name: str, read_one: ReadOne) -> None:
    made = document(
        "PARIS – The ferry sails at noon, the harbour said.", "Short", "- and a dash", "End.",
        title="Ferry sails", author="Ida Blom;Jo Quist", keywords="Sea, Port", subject="x",
    )  # fmt: skip
    article = read_one(name, saved(made))
    assert article.title == "Ferry sails"
    assert article.authors == ["Ida Blom", "Jo Quist"]
    assert article.published == date(2025, 3, 4)
    assert article.categories == ["Sea", "Port"]
    assert article.dateline == "PARIS"
    assert [line.lstrip("- ") for line in article.body.split("\n\n")] == [
        "PARIS – The ferry sails at noon, the harbour said.", "Short", "and a dash", "End.",
    ]  # fmt: skip


def test_a_byline_and_a_date_come_before_the_properties(read_one: ReadOne) -> None:
    text = ("Harbour reopens", "By Ida Blom", "1 March 2025", "The harbour reopened on Monday.")
    article = read_one("a.docx", saved(document(*text, author="A typist", title="Untitled")))
    assert (article.title, article.authors) == ("Harbour reopens", ["Ida Blom"])
    assert (article.published, article.body) == (
        date(2025, 3, 1),
        "The harbour reopened on Monday.",
    )
    assert article.extra["authors (properties)"] == ["A typist"]
    assert "date (properties)" in article.extra
    other = saved(document(*text, title="Another title"))
    assert read_one("b.docx", other).title == "Another title"


def test_the_title_of_a_word_document(read_one: ReadOne) -> None:
    made = docx.Document()
    made.add_paragraph("Local")
    made.add_paragraph("Ferry sails", style="Title")
    made.add_paragraph("It sails at noon, they say, for the first time this year.")
    assert read_one("a.docx", saved(made)).title == "Ferry sails"
    assert (
        read_one("b.docx", saved(document("Ferry sails", "It sails at noon."))).title
        == "Ferry sails"
    )


def test_every_text_of_a_word_document(read_one: ReadOne) -> None:
    made = document("First.")
    made.add_table(1, 2).cell(0, 1).text = "In a table."  # type: ignore[attr-defined]
    data = saved(made)
    more = (
        b"<w:p><w:ins w:id='1'><w:r><w:t>Inserted.</w:t></w:r></w:ins>"
        b"<w:del w:id='2'><w:r><w:delText>Deleted.</w:delText></w:r></w:del></w:p>"
        b"<w:sdt><w:sdtContent><w:p><w:r><w:t>Controlled</w:t><w:br/><w:t>text.</w:t></w:r></w:p>"
        b"</w:sdtContent></w:sdt>"
    )
    article = read_one("a.docx", changed(data, b"<w:sectPr", more + b"<w:sectPr"))
    words = article.body.split()
    for word_ in ("First.", "table.", "Inserted.", "Controlled", "text."):
        assert words.count(word_) == 1
    assert "Deleted." not in words


def changed(data: bytes, old: bytes, new: bytes, name: str = "word/document.xml") -> bytes:
    """Replace a piece of the XML of a document."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.infolist():
            content = before.read(part)
            if part.filename == name:
                assert old in content
                content = content.replace(old, new, 1)
            after.writestr(part.filename, content)
    return file.getvalue()


def test_entities_are_not_resolved(read: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("The secret.")
    data = saved(document("First.", "Second."))
    bombs = (
        b"<!DOCTYPE d [<!ENTITY x SYSTEM '%s'>]>" % secret.as_uri().encode(),
        b"<!DOCTYPE d [<!ENTITY a 'ha'>"
        + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 50) for n in range(9))
        + b"<!ENTITY x '&j;'>]>",
    )
    for bomb in bombs:
        attack = changed(changed(data, b"<w:document", bomb + b"<w:document"), b"First.", b"&x;")
        (item,) = read("a.docx", attack)
        assert "secret" not in repr(item)
        assert len(repr(item)) < 10_000


def test_a_word_document_has_limits(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(document("Text."))
    monkeypatch.setattr(word, "PART_LIMIT", 1000)
    (problem,) = read("a.docx", data)
    assert "unpacked" in str(problem)


@given(st.sampled_from([make_pdf(PAGES, INFO), saved(document("A.", "B. " * 50))]), st.data())
@settings(max_examples=examples(160))
def test_no_damage_to_a_document_raises(content: bytes, data: st.DataObject) -> None:
    harmed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 5))):
        harmed[data.draw(st.integers(0, len(harmed) - 1))] = data.draw(st.integers(0, 255))
    del harmed[data.draw(st.integers(1, len(harmed))) :]
    name = "a.pdf" if content.startswith(b"%PDF") else "a.docx"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(harmed)
        items = list(read_articles(path))
    assert items
    assert all(isinstance(item, (Article, Problem, Notice)) for item in items)


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=10), min_size=1, max_size=5))
@settings(max_examples=examples(60))
def test_no_word_of_a_word_document_is_lost(paragraphs: list[list[str]]) -> None:
    made = document(*map(" ".join, paragraphs), title="Ferry")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.docx")
        path.write_bytes(saved(made))
        (article,) = only_articles(read_articles(path))
    assert article.body.split() == [each for words in paragraphs for each in words]
