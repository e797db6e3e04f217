"""Where do the press databases put title, date and source? One function for each form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from searchlib.articles.dates import read_date, read_date_at_start
from searchlib.articles.text import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import JsonValue

COPYRIGHT = r"(?:copyright\b|©|\(c\)).{0,60}?\b(?:19|20)\d\d\b"
"""The pattern of how a line begins that says whose an article is, and since which year."""

_COPYRIGHT = re.compile(rf"{COPYRIGHT}.*|.*\ball rights reserved\W*", re.IGNORECASE)
_EDITION = re.compile(
    r".{0,30}\b(?:edition|ausgabe|édition|edición|edizione)(?: - \w+)?", re.IGNORECASE
)
_LENGTH = re.compile(r"[\d.,]+ (?:words|wörter|mots|palabras|parole|palavras|woorden)", re.I)
_ADDRESS = re.compile(r"https?://\S+")
_NO_LABEL = re.compile(r"^\w+ : |\s*\(\d+%\)")  # the code of a label, how sure Nexis is of it
_BY = re.compile(r"(?:by|von|par|por|di|door) (.+)", re.IGNORECASE)


@dataclass(slots=True)
class Form:
    """What was read of an article: its fields, and the lines of its text."""

    record: dict[str, JsonValue] = field(default_factory=dict)
    body: list[Line] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        """Add to the text of a field."""
        if name == "byline" and (found := _BY.fullmatch(text)):
            text = found[1]
        before = self.record.get(name)
        self.record[name] = f"{before} {text}".strip() if before else text

    def split(self, name: str, field: str, mark: str) -> None:
        """Make labels of a text: "FLOODS (90%); STORMS (78%)", "cwe : Sport | cath : Rugby"."""
        text = self.record.pop(name, None)
        if isinstance(text, str):
            labels = (_NO_LABEL.sub("", label.strip()) for label in text.split(mark))
            self.record[field] = [label for label in labels if label]

    def settle(self) -> Form:
        """Leave a date to the article only if it can be read: the article is not lost to it."""
        text = self.record.get("published")
        if isinstance(text, str) and not (read_date(text) or read_date_at_start(text)):
            self.record["date (unread)"] = self.record.pop("published")
        self.record = {name: value for name, value in self.record.items() if value}
        return self


# ---------------------------------------------------------------- Factiva, with tags

_TAGS = {
    "HD": "title", "BY": "byline", "PD": "published", "SN": "source", "LA": "language",
    "SE": "section", "NS": "subjects", "RE": "regions", "AN": "id", "CY": "copyright",
    "WC": "length",
}  # fmt: skip
_TAG = re.compile(
    rf"({'|'.join(_TAGS)}|CR|ET|SC|ED|PG|VOL|LP|TD|CT|RF|CLM|ART|CX|CO|IN|IPC|IPD|PUB)(?: (.*))?"
)


def tagged_articles(lines: Sequence[Line]) -> list[int]:
    """Find the lines on which articles with tags begin: the heading, or the section above it."""
    found = [(at, tag[1]) for at, line in enumerate(lines) if (tag := _TAG.fullmatch(line.text))]
    tags = {tag for _, tag in found}
    if not {"HD", "PD"} <= tags or not tags & {"LP", "TD"}:
        return []
    before = ["", *(tag for _, tag in found)]
    return [
        at
        for (at, tag), above in zip(found, before, strict=False)
        if tag == "SE" or (tag == "HD" and above != "SE")
    ]


def _read_tagged(part: Sequence[Line]) -> Form | None:
    if not tagged_articles(part):
        return None
    form, tag = Form(), ""
    for line in part:
        found = _TAG.fullmatch(line.text)
        tag, text = (found[1], found[2] or "") if found else (tag, line.text)
        if tag in ("LP", "TD"):
            form.body.append(line._replace(text=text))
        elif text:
            form.add(_TAGS.get(tag, tag), text)
    form.split("subjects", "categories", "|")
    form.split("regions", "places", "|")
    if "id" in form.record:
        form.record["id"] = str(form.record["id"]).removeprefix("Document ")
    return form.settle()


# ---------------------------------------------------------------- Factiva, as it is shown


def _read_shown(part: Sequence[Line]) -> Form | None:
    """Read title, author, length, date, source, code, language, copyright, and the text."""
    solid = [line for line in part if line.text]
    texts = [line.text for line in solid]
    count = next((at for at, text in enumerate(texts[:8]) if _LENGTH.fullmatch(text)), 0)
    if not count or not read_date("".join(texts[count + 1 : count + 2])):
        return None
    form = Form({"length": texts[count], "published": texts[count + 1]})
    first = count + 2
    for text in texts[:count]:
        form.add("byline" if text is not texts[0] and _BY.fullmatch(text) else "title", text)
    about = texts[first : first + 8]
    end = next((at for at, text in enumerate(about) if _COPYRIGHT.fullmatch(text)), None)
    if end is not None:
        form.record["copyright"] = about[end]
        _read_about(form, about[:end])
        first += end + 1
    form.body = [*part[part.index(solid[first]) :]] if first < len(solid) else []
    return form.settle()


def _read_about(form: Form, about: Sequence[str]) -> None:
    """Read source, code and language, between which time, edition and page may stand."""
    times = [text for text in about if re.fullmatch(r"\d\d?:\d\d.*", text)]
    names = [text for text in about if text not in times]
    form.record["source"] = "".join(names[:1])
    form.record["language"] = "".join(names[1:][-1:])
    form.record["publication"] = ", ".join([*times, *names[1:-1]])


# ---------------------------------------------------------------- Nexis and ProQuest

_LABEL = re.compile(r"(?=[A-ZÀ-Þ])([^\W\d_]+(?:[ /-][^\W\d_]+){0,3}) ?: ?(.*)")
_BODY = frozenset({"body", "full text", "text", "volltext"})
LABELS = {
    "headline": "title", "title": "title", "byline": "byline", "author": "byline",
    "authors": "byline", "dateline": "dateline", "language": "language", "url": "url",
    "language of publication": "language", "document url": "url", "publication title": "source",
    "publication date": "published", "subject": "subjects", "geographic": "regions",
    "location": "regions", "highlight": "highlight", "abstract": "highlight", "section": "section",
    # In German, French, Spanish, Italian and Dutch exports.
    "autor": "byline", "verfasser": "byline", "auteur": "byline", "autore": "byline",
    "überschrift": "title", "titel": "title", "titre": "title", "titular": "title",
    "rubrik": "section", "ressort": "section", "rubrique": "section", "sección": "section",
    "seccion": "section", "sezione": "section", "rubriek": "section",
    "sprache": "language", "langue": "language", "idioma": "language", "lingua": "language",
    "taal": "language", "thema": "subjects", "sujet": "subjects", "sujeto": "subjects",
}  # fmt: skip
# What else looks like a label is a title ("ORLIN: Copper falls"), or text.
_ABOVE = frozenset({
    "length", "series", "type", "distribution", "acc-no", "column", "memo", "page",
    "länge", "longueur", "longitud", "extensión", "lunghezza", "lengte",
})  # fmt: skip
_UNDER = frozenset({
    "load-date", "language", "subject", "geographic", "publication-type", "graphic", "url",
    "document url", "publication title", "publication date", "language of publication",
    "correction-date", "company", "organization", "industry", "person", "copyright", "issn",
    "proquest document id", "document type", "last updated", "database", "publisher",
    "publication subject", "publication info", "location", "journal code", "classification",
    "country of publication", "source type", "place of publication", "links", "ticker",
    "sprache", "zeitungs-code", "publikationstyp", "date-chargement", "langue",
    "type-publication", "code-revue", "fecha-carga", "idioma", "tipo-publicación", "taal",
    "laad-datum", "lingua",
})  # fmt: skip


def read_labelled(
    part: Sequence[Line], labels: Mapping[str, str] = LABELS, *, is_under_title: bool = False
) -> Form | None:
    """Read source, date, edition and headline, lines with labels, the text, more labels.

    Args:
        part: The lines of an article.
        labels: The field of each label, in small letters.
        is_under_title: Whether source, date and headline have been taken off.

    Returns:
        The article, or ``None`` if it has no labels.
    """
    reader = _Labelled(labels, is_under_title)
    for line in part:
        reader.read(line)
    return reader.finish() if reader.has_labels else None


class _Labelled:
    """Reads an article line by line."""

    def __init__(self, labels: Mapping[str, str], is_under_title: bool) -> None:
        self.form = Form()
        self.labels = labels
        self.is_under_title = is_under_title
        self.loose: list[Line] = []  # the lines before the first label
        self.name = ""  # the field that is being read, "" for none
        self.has_labels = self.is_text = False
        self.is_after_blank = True

    def read(self, line: Line) -> None:
        """Take in the next line."""
        found = _LABEL.fullmatch(line.text)
        label, value = (found[1].lower(), found[2]) if found else (line.text.lower(), "")
        if self.is_text and line.text == "Classification":
            self.name = "classification"  # the title of the labels under the text
        elif label in _BODY and not self.is_text and (found or line.text == "Body"):
            self.is_text = self.has_labels = True
            self.name = ""
            self.form.body.append(line._replace(text=value))
        elif found and self._is_label(label, value):
            self.has_labels = True
            self.name = self.labels.get(label, label)
            self.form.add(self.name, value)
        elif line.text:
            self._add(line)
        elif self.is_text:
            self.form.body.append(line)
        self.is_after_blank = not line.text

    def _is_label(self, label: str, value: str) -> bool:
        if self.is_text:
            is_known = label in _UNDER or (
                self.labels.get(label) == "title" and any(value == line.text for line in self.loose)
            )
            return is_known and (self.is_after_blank or bool(self.name))
        return label in self.labels or label in _UNDER or label in _ABOVE

    def _add(self, line: Line) -> None:
        """Take in a line without a label: it goes on with what was before it."""
        if _COPYRIGHT.fullmatch(line.text) and (self.is_after_blank or not self.is_text):
            self.name = "copyright"
            self.form.add(self.name, line.text)
        elif not self.is_text and "url" not in self.form.record and _ADDRESS.fullmatch(line.text):
            self.form.record["url"] = line.text
        elif self.name and not (self.is_after_blank and self.form.record.get(self.name)):
            self.form.add(self.name, line.text)
        elif self.has_labels:
            self.is_text, self.name = True, ""
            self.form.body.append(line)
        else:
            self.name = ""
            self.loose.append(line)

    def finish(self) -> Form:
        """Tell source, date and title among the lines that had no label."""
        lines, form = self.loose, self.form
        at = (
            None
            if self.is_under_title
            else next((at for at, line in enumerate(lines) if read_date_at_start(line.text)), None)
        )
        above = []
        if at is not None:
            form.record.setdefault("published", lines[at].text)
            above, lines = lines[:at], lines[at + 1 :]
            if lines and _EDITION.fullmatch(lines[0].text):
                form.add("edition", lines.pop(0).text)
        if above and "source" not in form.record:
            form.record["source"] = above.pop().text
        lines = [*above, *lines]
        if lines and "title" not in form.record and not self.is_under_title:
            form.record["title"] = lines.pop(0).text
        lines = [line for line in lines if line.text != form.record.get("title")]  # once more
        form.body = [*self._above(lines), *form.body]
        form.split("subjects", "categories", ";")
        form.split("regions", "places", ";")
        section, _, page = str(form.record.get("section", "")).partition(";")
        form.record |= {"section": section, "page": page.strip() or form.record.get("page")}
        return form.settle()

    def _above(self, lines: Sequence[Line]) -> list[Line]:
        """Put lines that are neither, and the summary, above the text."""
        texts = [*(line.text for line in lines), str(self.form.record.pop("highlight", ""))]
        return [Line(0, part) for text in texts if text for part in (text, "")]


FORMS: tuple[Callable[[Sequence[Line]], Form | None], ...] = (
    _read_tagged,
    _read_shown,
    read_labelled,
)
"""How each form is read; ``None`` is returned for an article that has another."""
