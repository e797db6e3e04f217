"""How are mails read: a single one (``.eml``), and a mailbox of them (``.mbox``)?

Subject, sender and date become title, authors and date; the id of a mail is the id of the article,
so the same mail in two mailboxes is one article. Of a text that is sent in two forms, the plain one
is taken, unless it is but a remark that there is another. Attachments are named in ``extra``; a
mail that is attached is a source of its own.

Header fields are read by the older of the two policies of :mod:`email`: the newer takes quadratic
time for fields that are long.
"""

from __future__ import annotations

import io
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses
from typing import TYPE_CHECKING, Any, Final

from searchlib.articles.conversion import split_list
from searchlib.articles.encoding import TextDecoder
from searchlib.articles.formats.base import Format, guarded
from searchlib.articles.formats.plain import add_text
from searchlib.articles.markup import strip_html
from searchlib.articles.records import Record
from searchlib.articles.source import too_large
from searchlib.articles.text import UnusableError, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from searchlib.articles.source import Source
    from searchlib.errors import Notice, Problem

_LONGEST_FIELD: Final = 20_000
_NESTING: Final = 50  # parts in one another, and mails
# The line above each mail of a mailbox. It has a date ("From the pier at 10:30" has none), or in
# collections of newsgroups nothing but a number.
_SENT: Final = re.compile(
    rb"From \S.{0,200}?(?:\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b|\d{4}-\d\d-\d\d|"
    rb"\b\d\d? [A-Z][a-z]{2} \d{4}\b).{0,60}?\d\d:\d\d|From -?\d{6,20}\s*$"
)
_QUOTED_SENT: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_SOFT_BREAK: Final = re.compile(r"(?<=[^-\s]) \n(?=\S)")
_SIGNATURE: Final = re.compile(r"^-- ?$", re.MULTILINE)  # a paragraph of its own
_FIELD: Final = re.compile(rb"([A-Za-z][A-Za-z0-9-]*):[ \t]")
_TYPICAL: Final = frozenset(
    [b"received", b"return-path", b"message-id", b"mime-version", b"delivered-to", b"subject"]
)
# Texts that are none to read: dates and cards for programs, tables, headers of mails.
_NO_PROSE: Final = frozenset({
    "text/calendar", "text/css", "text/csv", "text/directory", "text/javascript", "text/vcard",
    "text/rfc822-headers", "text/tab-separated-values", "text/x-amp-html", "text/x-vcard",
    "text/xml",
})  # fmt: skip
_REMARK: Final = 200
"""Fewer characters may be a remark that the mail can only be read as HTML."""
_KEPT: Final = {
    "to": "To", "cc": "Cc", "reply_to": "Reply-To", "list": "List-Id",
    "organization": "Organization",
}  # fmt: skip
_TOPICS: Final = ("Keywords", "Newsgroups")


def read_mail(source: Source) -> Iterator[Record | Problem | Notice | Source]:
    """Yield the article of a mail, and the mails that are attached to it."""
    data = source.read()
    if data.strip():
        source.line = 1
        yield from _read_message(data, source, "")


def read_mailbox(source: Source) -> Iterator[Record | Problem | Notice | Source]:
    """Yield the articles of a mailbox, one mail in memory at a time."""
    for number, (line, data) in enumerate(_messages(source), 1):
        source.line = line
        if data is None:
            yield source.problem(too_large("mail"), line)
            continue
        try:
            yield from _read_message(data, source, f"{number}.")
        except UnusableError as error:
            yield source.problem(str(error), line)


def _messages(source: Source) -> Iterator[tuple[int, bytes | None]]:
    """Split a mailbox, and give the line that each mail begins on; ``None`` for one too large."""
    parts: list[bytes] = []
    size = number = first = 0
    is_blank = True
    while line := source.stream.readline(source.limit):
        number += 1
        if is_blank and _SENT.match(line):
            if first:
                yield first, _joined(parts, size, source.limit)
            parts, size, first = [], 0, number
        elif not first and line.strip():
            raise UnusableError(
                "expected a mailbox, whose first line is 'From SENDER DATE', got another; call a "
                "single mail .eml",
                number,
            )
        else:
            size += len(line)
            if size <= source.limit:
                parts.append(line)
        is_blank = not line.strip()
    if first:
        yield first, _joined(parts, size, source.limit)


def _joined(parts: list[bytes], size: int, limit: int) -> bytes | None:
    return _QUOTED_SENT.sub(rb"\1", b"".join(parts)) if size <= limit else None


def _read_message(
    data: bytes, source: Source, prefix: str
) -> Iterator[Record | Problem | Notice | Source]:
    with guarded("a mail"):
        message = BytesParser(_Part, policy=compat32).parsebytes(data)
        reader = _Reader(source)
        reader.read(message)
        record = _to_record(message, reader)
    yield Record(record, source.line)
    if reader.decoder.guessed is not None:
        yield source.notice(
            f"a text was read as {reader.decoder.guessed}, a guess: the mail tells no encoding "
            "that fits it",
            "encoding",
            source.line,
        )
    for number, attached in enumerate(reader.mails, 1):
        yield source.inner(f"{prefix}{number}.eml", io.BytesIO(attached.as_bytes()).read)


class _Part(Message):
    """A part that may not nest without end: the parser looks for all open boundaries in each line.

    The parser attaches a part to the one around it before it reads what is in it.
    """

    depth = 0

    def attach(self, payload: Any) -> None:
        """Take in a part.

        Raises:
            UnusableError: It nests too deep.
        """
        payload.depth = self.depth + 1
        if payload.depth > _NESTING:
            raise UnusableError(f"expected a mail of at most {_NESTING} parts in one another")
        super().attach(payload)


class _Reader:
    """Collects the texts of a mail, and what is attached to it."""

    def __init__(self, source: Source) -> None:
        self.encoding = source.encoding
        self.decoder = TextDecoder()
        self.texts: list[str] = []
        self.has_html = False
        self.attachments: list[JsonValue] = []
        self.mails: list[Message] = []

    def read(self, part: Message) -> None:
        """Read a part, and those in it.

        Raises:
            UnusableError: It can't be read by anyone without a key.
        """
        kind = part.get_content_type()
        if kind == "multipart/encrypted" or "pkcs7-mime" in kind:
            raise UnusableError("the mail is encrypted; decrypt it, and read it again")
        if kind == "message/rfc822":
            self.mails += _parts(part)
        elif part.is_multipart():
            inner = _parts(part)
            chosen = (
                [self._preferred(inner)] if kind == "multipart/alternative" and inner else inner
            )
            for each in chosen:
                self.read(each)
        elif _is_prose(part, kind):
            self.texts.append(self._text(part))
            self.has_html = self.has_html or kind == "text/html"
        else:
            self.attachments.append(
                _decoded(str(part.get_filename() or ""))[:_LONGEST_FIELD] or kind
            )

    def _preferred(self, parts: list[Message]) -> Message:
        """Choose one of several forms of a text: plain text, else the last, which is the best."""
        texts = [part for part in parts if part.get_content_type() not in _NO_PROSE]
        plain = next((part for part in texts if _has_plain_text(part)), None)
        best = texts[-1] if texts else parts[-1]
        if plain is None or best is plain or best.get_content_type() != "text/html":
            return plain or best
        text = self._text(plain)
        is_remark = len(text) < _REMARK and 3 * len(text) < len(strip_html(self._text(best)))
        return best if is_remark else plain

    def _text(self, part: Message) -> str:
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        text = _decode(data, part.get_content_charset() or self.encoding)
        if text is None:
            text = self.decoder.decode(data)
        text = text.replace("\r\n", "\n")
        if str(part.get_param("format", "")).lower() == "flowed":
            text = _SOFT_BREAK.sub(" ", text)
        return _SIGNATURE.sub("", text)


def _parts(part: Message) -> list[Message]:
    payload: object = part.get_payload()
    return payload if isinstance(payload, list) else []


def _has_plain_text(part: Message) -> bool:
    return part.get_content_type() == "text/plain" and bool(str(part.get_payload()).strip())


def _is_prose(part: Message, kind: str) -> bool:
    """Whether a part is text to read, and no file that was sent with it.

    One that says it has parts, but has none, has lost the marks between them.
    """
    if part.get_content_disposition() == "attachment" or part.is_multipart():
        return False
    return kind.startswith("multipart/") or (kind.startswith("text/") and kind not in _NO_PROSE)


def _decode(data: bytes, charset: str | None) -> str | None:
    try:
        return None if charset is None or b"\0" in data else data.decode(charset)
    except (LookupError, UnicodeError):
        return None


def _to_record(message: Message, reader: _Reader) -> dict[str, JsonValue]:
    senders = _addresses(message, "From")
    record: dict[str, JsonValue] = {
        "id": _field(message, "Message-ID").strip("<> "),
        "title": _field(message, "Subject"),
        "date": _field(message, "Date"),
        "authors": [name or address for name, address in senders],
        "categories": [label for name in _TOPICS for label in split_list(_field(message, name))],
        "language": _field(message, "Content-Language"),
        "from": [f"{name} <{address}>" if name else address for name, address in senders],
        **{key: _field(message, name) for key, name in _KEPT.items()},
        "attachments": reader.attachments,
    }
    known = {key: value for key, value in record.items() if value}
    text = "\n\n".join(reader.texts)
    if reader.has_html:  # its tags are taken out with those of all texts
        return {**known, "body": text}
    return add_text(known, split_lines(text))


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    pairs = getaddresses([_raw(message, name)])
    return [(_decoded(name).strip(), address) for name, address in pairs if name or address]


def _field(message: Message, name: str) -> str:
    return " ".join(_decoded(_raw(message, name)).split())


def _raw(message: Message, name: str) -> str:
    """Take a field as it is written; bytes that should not be in it are UTF-8 or a guess."""
    fields = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    # A field goes on in the next line: the blanks there are part of it, the end of the line is not.
    text = next(fields, "")[:_LONGEST_FIELD].replace("\r", "").replace("\n", "")
    return text if text.isascii() else _guess(text.encode("utf-8", "surrogateescape"))


def _decoded(text: str) -> str:
    """Decode a header field, in which words beyond ASCII look like ``=?utf-8?q?caf=C3?=``."""
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        pieces = [(text, None)]
    return "".join(
        piece if isinstance(piece, str) else _decode(piece, charset) or _guess(piece)
        for piece, charset in pieces
    )


def _guess(data: bytes) -> str:
    try:
        return TextDecoder().decode(data)
    except UnusableError:
        return data.decode("ascii", "replace")


def _looks_like_mail(head: bytes) -> bool:
    """Whether text begins with the header of a mail."""
    names = set()
    for line in head[:8192].splitlines():
        found = _FIELD.match(line)
        if found:
            names.add(found[1].lower())
        elif not line[:1].isspace():
            break
    return b"from" in names and b"date" in names and bool(names & _TYPICAL)


MAIL: Final = Format(
    name="mail",
    endings=(".eml",),
    read=read_mail,
    guess=_looks_like_mail,
    has_machine_dates=True,
)
MAILBOX: Final = Format(
    name="mailbox",
    endings=(".mbox",),
    read=read_mailbox,
    sniff=lambda head: _SENT.match(head) is not None and _looks_like_mail(head.partition(b"\n")[2]),
    has_machine_dates=True,
)
