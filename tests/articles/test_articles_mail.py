"""Mails and mailboxes: texts in several forms, encodings, attachments, and where a mail begins."""

import gzip
import tempfile
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.header import Header
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.articles import Article, read_articles
from searchlib.articles import source as source_module
from searchlib.errors import Notice, Problem
from tests.articles.conftest import only_articles
from tests.conftest import examples
from tests.tables import each

Read = Callable[..., list[Article | Problem]]
ReadOne = Callable[..., Article]


def mail(text: str = "The ferry sails at noon.\n", **fields: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = fields.pop("From", "Ida Blom <ida@quay.example>")
    message["Date"] = "Tue, 04 Mar 2025 22:30:00 +0100"
    message["Subject"] = fields.pop("Subject", "Ferry sails")
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def test_the_fields_of_a_mail(read_one: ReadOne) -> None:
    message = mail(Message_ID="<17@quay.example>", To="Jo <jo@quay.example>", List_Id="news.quay")
    article = read_one("a.eml", message.as_bytes())
    assert (article.id, article.title) == ("17@quay.example", "Ferry sails")
    assert article.body == "The ferry sails at noon."
    assert article.published == date(2025, 3, 4)
    assert article.document_date is not None
    assert article.document_date.astimezone(UTC) == datetime(2025, 3, 4, 21, 30, tzinfo=UTC)
    assert article.authors == ["Ida Blom"]
    assert article.extra == {
        "from": ["Ida Blom <ida@quay.example>"], "to": "Jo <jo@quay.example>", "list": "news.quay"
    }  # fmt: skip


def test_names_and_subjects_beyond_ascii(read_one: ReadOne) -> None:
    message = mail(
        Subject="Fähre fährt – wieder", From='"Bäcker, Ida" <ida@quay.example>, x@y.example'
    )
    article = read_one("a.eml", message.as_bytes())
    assert article.title == "Fähre fährt – wieder"
    assert article.authors == ["Bäcker, Ida", "x@y.example"]
    raw = b"From: x@y.example\nSubject: F\xc3\xa4hre\n\nText.\n"  # against the rules, but common
    assert read_one("b.eml", raw).title == "Fähre"
    raw = b"From: x@y.example\nSubject: F\xe4hre geht\n\nText.\n"
    assert read_one("c.eml", raw).title == "Fähre geht"


@each("charset", ["utf-8", "iso-8859-1", "cp1252", "koi8-r", "gb2312", "iso-2022-jp"])
@each("transfer", ["8bit", "base64", "quoted-printable"])
def test_encodings_that_a_mail_tells(charset: str, transfer: str, read_one: ReadOne) -> None:
    text = {"koi8-r": "Паром", "gb2312": "渡轮", "iso-2022-jp": "フェリー"}.get(charset, "Fähre")
    message = mail()
    message.set_content(
        f"{text}\n", charset=charset, cte="base64" if "2022" in charset else transfer
    )
    assert read_one("a.eml", message.as_bytes()).body == text


def test_a_subject_that_goes_on_in_the_next_line(read_one: ReadOne) -> None:
    raw = (
        b"From: x@y.example\nSubject: =?utf-8?q?F=C3=A4hre?=\n =?utf-8?q?n_fahren?=\n wieder\n\n.\n"
    )
    assert read_one("a.eml", raw).title == "Fähren fahren wieder"


def test_an_encoding_that_a_mail_does_not_tell_is_guessed(tmp_path: Path) -> None:
    text = "Паром снова ходит. Билеты продают на пристани, сообщила служба порта."
    data = b"From: x@y.example\nSubject: Ferry\nContent-Type: text/plain; charset=%s\n\n%s\n"
    for charset in (b"x-unknown", b"us-ascii", b"utf-8"):
        (tmp_path / "a.eml").write_bytes(data % (charset, text.encode("cp1251")))
        article, notice = read_articles(tmp_path / "a.eml")
        assert isinstance(article, Article)
        assert article.body == text
        assert isinstance(notice, Notice)
        assert notice.kind == "encoding"


def test_plain_text_is_preferred(read_one: ReadOne) -> None:
    message = mail("The plain text.\n")
    message.add_alternative("<p>The <b>marked</b> text.</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Tägliches.pdf")
    message.add_attachment("Not the text.\n", filename="notes.txt")
    article = read_one("a.eml", message.as_bytes())
    assert article.body == "The plain text."
    assert article.extra["attachments"] == ["Tägliches.pdf", "notes.txt"]


@pytest.mark.parametrize("plain", [None, "", " \n"])
def test_the_html_is_taken_where_there_is_no_plain_text(
    plain: str | None, read_one: ReadOne
) -> None:
    message = mail(plain or "")
    if plain is None:
        message.set_content("<p>The marked text.</p>", subtype="html")
    else:
        message.add_alternative("<p>The marked text.</p>", subtype="html")
    assert "The marked text." in read_one("a.eml", message.as_bytes()).body


def test_parts_in_parts_and_texts_in_turn(read_one: ReadOne) -> None:
    inner = mail("First text.\n")
    inner.add_alternative("<p>First text.</p>", subtype="html")
    inner.make_mixed()
    second = EmailMessage()
    second.set_content("Second text.\n")
    inner.attach(second)
    assert read_one("a.eml", inner.as_bytes()).body == "First text.\n\nSecond text."


def test_lines_that_flow(read_one: ReadOne) -> None:
    data = (
        b"From: x@y.example\nSubject: Ferry\nContent-Type: text/plain; format=flowed\n\n"
        b"The ferry sails \nat noon.\nA new line.\n-- \nIda\n"
    )
    assert read_one("a.eml", data).body == "The ferry sails at noon. A new line.\n\nIda"


def test_a_mail_that_is_attached_is_an_article(read: Read) -> None:
    message = mail("See below.\n", Subject="Forward")
    message.add_attachment(mail(Subject="Inner"))
    articles = only_articles(read("a.eml", message.as_bytes()))
    assert [article.title for article in articles] == ["Forward", "Inner"]
    assert [article.file for article in articles] == ["a.eml", "a.eml/1.eml"]


def test_an_encrypted_mail_is_a_problem(read: Read) -> None:
    data = (
        b'From: x@y.example\nContent-Type: multipart/encrypted; boundary="b"\n\n--b\n\nx\n--b--\n'
    )
    (problem,) = read("a.eml", data)
    assert "encrypted" in str(problem)


BOX = b"""From ida@quay.example Tue Mar  4 22:30:00 2025
From: Ida Blom <ida@quay.example>
Date: Tue, 4 Mar 2025 22:30:00 +0100 (CET)
Subject: First

From the pier it sailed.

From here on nothing is a mail.

>From Ida with love.

From - Wed Mar 05 08:00:00 2025
From: Jo <jo@quay.example>
Date: Wed, 5 Mar 2025 08:00:00 GMT
Subject: Second

Text.
"""


@pytest.mark.parametrize("name", ["a.mbox", "Inbox.txt", "a.mbox.gz"])
def test_a_mailbox(name: str, read: Read) -> None:
    data = gzip.compress(BOX) if name.endswith("gz") else BOX
    first, second = only_articles(read(name, data))
    assert [first.title, second.title] == ["First", "Second"]
    assert "From the pier" in first.body
    assert "nothing is a mail" in first.body
    assert "\n\nFrom Ida with love." in first.body
    assert [(each.line, each.record) for each in (first, second)] == [(1, 1), (12, 2)]
    assert [each.published for each in (first, second)] == [date(2025, 3, 4), date(2025, 3, 5)]


def test_a_mail_in_a_mailbox_has_a_limit(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "RECORD_LIMIT", 2000)
    large = BOX.replace(b"Text.", b"Text.\n" * 1000)
    items = read("a.mbox", large + b"\n" + BOX)
    assert [type(item) for item in items] == [Article, Problem, Article, Article]
    assert isinstance(items[1], Problem)
    assert items[1].line == 12


def test_what_is_no_mailbox(read: Read) -> None:
    (problem,) = read("a.mbox", b"Dear Sir,\n\nFrom Ida.\n")
    assert "From SENDER DATE" in str(problem)
    (problem,) = read("b.mbox", b"\n\n")
    assert "is empty" in str(problem)


def test_a_mail_in_a_text_file_is_a_mail(read_one: ReadOne) -> None:
    assert read_one("a.txt", mail().as_bytes()).title == "Ferry sails"
    prose = read_one("b.txt", b"From: the pier\n\nThe ferry sails at noon, and Date: is a word.\n")
    assert prose.authors == []


HOSTILE = {
    "subject": b"Subject: " + b"=?utf-8?q?" * 25_000,
    "sender": b"From: " + b"(" * 125_000,
    "senders": b"From: " + b'"a, ' * 50_000,
    "date": b"Date: " + b"1 " * 125_000,
    "fields": b"X: y\n" * 12_500,
    "parts": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1000)
    ),
    "boundary": b'Content-Type: multipart/mixed; boundary="x"\n\n' + b"--x\n\n" * 10_000,
    "type": b"Content-Type: text/plain; charset=" + b'"' * 75_000,
    "base64": b"Content-Transfer-Encoding: base64\n\n" + b"=" * 250_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_mails_take_neither_time_nor_memory(kind: str, tmp_path: Path) -> None:
    # In quadratic time it would take minutes.
    path = tmp_path / "a.eml"
    path.write_bytes(HOSTILE[kind] + b"\nSubject: Ferry\n\nText.\n")
    tracemalloc.start()
    items = list(read_articles(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert items
    assert peak < 50 << 20


def test_parts_nest_to_a_limit(tmp_path: Path) -> None:
    # Each line would be compared with the boundary of each part around it.
    def nested(depth: int) -> bytes:
        heads = (
            b'Content-Type: multipart/mixed; boundary="b%d-"\n\n--b%d-\n' % (n, n)
            for n in range(depth)
        )
        return b"Subject: Ferry\n" + b"".join(heads) + b"\nThe ferry sails.\n"

    path = tmp_path / "a.eml"
    path.write_bytes(nested(50))
    (article,) = read_articles(path)
    assert isinstance(article, Article)
    assert article.body == "The ferry sails."
    path.write_bytes(nested(51) + b"\n" * 1_000_000)
    (problem,) = read_articles(path)
    assert isinstance(problem, Problem)
    assert "50 parts in one another" in problem.reason


PIECES = st.sampled_from(
    [
        b"From ", b"x@y.example Tue Mar  4 22:30:00 2025\n", b"From: ", b"Ida <i@x>",
        b"\n", b"\n\n",
        b"Subject: ", b"=?utf-8?q?caf=C3?=", b"Date: ", b"Tue, 4 Mar 2025", b"text ", b">From ",
        b'Content-Type: multipart/alternative; boundary="b"\n', b"--b\n", b"--b--\n", b"\xff",
        b"\0",
        b"Content-Type: text/plain; charset=x\n", b"Content-Type: message/rfc822\n", b"=E4",
        b"Content-Type: text/html\n", b"Content-Transfer-Encoding: quoted-printable\n", b"<p>",
        b"Content-Transfer-Encoding: base64\n", b"Content-Disposition: attachment\n",
        b"Message-ID: <",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map(b"".join), st.sampled_from(["a.eml", "a.mbox"]))
@settings(max_examples=examples(400))
def test_whatever_comes_gives_articles_and_problems(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        items = list(read_articles(path))
    assert items
    assert all(isinstance(item, (Article, Problem, Notice)) for item in items)


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@given(st.lists(WORDS, min_size=1, max_size=20), st.lists(WORDS, min_size=1, max_size=5))
@settings(max_examples=examples(120))
def test_no_word_is_lost(body: list[str], subject: list[str]) -> None:
    message = mail(" ".join(body) + "\n", Subject="here")
    # EmailMessage itself loses blanks where it folds a subject of several alphabets.
    header = Header(" ".join(subject), "utf-8").encode().encode()
    data = message.as_bytes().replace(b"Subject: here", b"Subject: " + header)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.eml")
        path.write_bytes(data)
        (article,) = only_articles(read_articles(path))
    assert article.title.split() == subject
    assert article.body.split() == body


HEADER = b"From: ida@example.org\nSubject: Ferry\nDate: Tue, 4 Mar 2025 22:30:00 +0100\n"


def in_parts(kind: str, *parts: tuple[str, str]) -> bytes:
    written = "".join(f"--B\nContent-Type: {name}\n\n{text}\n" for name, text in parts)
    return HEADER + f"Content-Type: multipart/{kind}; boundary=B\n\n{written}--B--\n".encode()


LONG = "<p>The ferry sails at noon today, the harbour said.</p>" * 5
FORMS = [
    ([("text/plain", "Please read this mail as HTML."), ("text/html", LONG)], "ferry sails"),
    ([("text/plain", "The ferry is late."), ("text/html", "<p>The ferry is late.</p>")], "is late"),
    ([("text/plain", "It is late. " * 30), ("text/html", LONG)], "is late"),
    ([("text/html", LONG), ("text/calendar", "BEGIN:VCALENDAR")], "ferry sails"),
    ([("text/plain", "Noon."), ("text/calendar", "BEGIN:VCALENDAR" * 20)], "Noon."),
    ([("text/plain", " "), ("text/html", LONG), ("text/x-amp-html", "<p>amp</p>")], "ferry sails"),
    ([("text/markdown", "At *noon*")], "At noon"),
]


@pytest.mark.parametrize(("parts", "text"), FORMS)
def test_the_form_with_the_text_is_chosen(
    parts: list[tuple[str, str]], text: str, tmp_path: Path
) -> None:
    (tmp_path / "a.eml").write_bytes(in_parts("alternative", *parts))
    (article,) = only_articles(read_articles(tmp_path / "a.eml"))
    assert text in article.body


@pytest.mark.parametrize("boundary", ["", "; boundary=B", '; boundary="'])
def test_a_mail_whose_parts_are_not_marked_is_text(boundary: str, tmp_path: Path) -> None:
    data = HEADER + f"Content-Type: multipart/mixed{boundary}\n\nIt sails at noon.\n".encode()
    (tmp_path / "a.eml").write_bytes(data)
    (article,) = only_articles(read_articles(tmp_path / "a.eml"))
    assert (article.title, article.body) == ("Ferry", "It sails at noon.")


@pytest.mark.parametrize("kind", ["text/enriched", "text/markdown", "text/x-anything", "text"])
def test_every_kind_of_prose_is_read(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(HEADER + f"Content-Type: {kind}\n\nAt noon.\n".encode())
    (article,) = only_articles(read_articles(tmp_path / "a.eml"))
    assert (article.body, article.extra.get("attachments")) == ("At noon.", None)


SENT_LINES = {
    "From ida@example.org Tue Mar  4 22:30:00 2025": True,
    "From - Tue Mar 04 22:30:00 2025": True,
    "From ida at example.org  Tue Mar  4 22:30:00 2025": True,
    "From ida@example.org 2025-03-04 22:30:00": True,
    "From ida@example.org 4 Mar 2025 22:30:00 +0100": True,
    "From -7216520123": True,
    "From 7216520123456": True,
    "From -7216520123 it sails": False,
    "From 2025": False,
    "From the pier at 10:30 the ferry sails": False,
    "From 2025 on, it sails at 10:30": False,
    "From Monday on it sails": False,
}


@pytest.mark.parametrize("line", SENT_LINES)
def test_what_parts_the_mails_of_a_mailbox(line: str, tmp_path: Path) -> None:
    sent = b"From ida@example.org Tue Mar  4 22:30:00 2025\n"
    data = sent + HEADER + f"\nOne.\n\n{line}\n".encode() + HEADER + b"\nTwo.\n"
    (tmp_path / "a.mbox").write_bytes(data)
    articles = only_articles(read_articles(tmp_path / "a.mbox"))
    assert len(articles) == 1 + SENT_LINES[line]
    assert line in articles[0].body or SENT_LINES[line]


def test_a_mailbox_of_newsgroups(read: Read) -> None:
    one = b"From -7216520123\n" + HEADER + b"\nOne.\n\n"
    articles = only_articles(read("clari.world.mbox", one + one.replace(b"One", b"Two")))
    assert [article.body for article in articles] == ["One.", "Two."]


@pytest.mark.parametrize("name", ["1041", "1741082472.M1P2.host:2,S", "mail.bak", "3.14"])
def test_a_mail_needs_no_ending(name: str, tmp_path: Path) -> None:
    data = HEADER + b"\nAt noon.\n"
    (tmp_path / name).write_bytes(data)
    (article,) = only_articles(read_articles(tmp_path / name))
    assert (article.title, article.body) == ("Ferry", "At noon.")


def test_what_a_mail_is_about(tmp_path: Path) -> None:
    data = HEADER + b"Keywords: ships, sea\nNewsgroups: sci.space,news.orlin\n\nAt noon.\n"
    (tmp_path / "a.eml").write_bytes(data)
    (article,) = only_articles(read_articles(tmp_path / "a.eml"))
    assert article.categories == ["ships", "sea", "sci.space", "news.orlin"]


def test_a_byte_order_mark_is_no_part_of_a_subject(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"Subject: \xef\xbb\xbfFloods\n\nThe river rose.\n")
    (article,) = read_articles(path)
    assert isinstance(article, Article)
    assert article.title == "Floods"
