"""How do Europresse, Genios (WISO), EBSCO, Gale and NewsBank write an article?

Each has a line that all its articles have and nothing else has: a number above or under the
article, which :mod:`searchlib.articles.formats.press` cuts by. What the rest looks like is told
here, by that line: the labels of one base are ordinary words in another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from searchlib.articles.dates import read_date
from searchlib.articles.formats.press_forms import COPYRIGHT, LABELS, Form, read_labelled
from searchlib.articles.paragraphs import ends_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from searchlib.articles.text import Line

ABOVE: Final = re.compile(r"Record: \d+")
"""What stands above an article of EBSCO."""

UNDER: Final = re.compile(
    r"(?P<europresse>[a-z]{2,6}·(?P<day>\d{8})·[\w.]{1,12}·[\w·.+-]{1,60})"
    r"|Gale Document Number:? ?(?P<gale>GALE ?\| ?[A-Z]{1,3}\d{4,})"
    r"|Record (?:Number|ID): ?(?P<newsbank>[\w*.:-]{6,60})"
    r"|(?P<genios>(?:©|\(c\)) ?(?:\d{4} )?(?:by )?GBI-Genios .{0,80})",
    re.IGNORECASE,
)
"""What stands under an article of the others."""

AFTER: Final = re.compile(
    rf"{COPYRIGHT}.{{0,120}}|OpenURL Link|https?://\S+"
    r"|(?:Tous droits réservés|All rights reserved)\W*",
    re.IGNORECASE,
)
"""What may stand under that line, and still belongs to the article above."""

_DAY: Final = re.compile(r"(?:\d{1,2}(?:er)? \w{3,10}\.? \d{4}|\w{3,10}\.? \d{1,2}, \d{4})")
_NUMBERS: Final = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d\d-\d\d")
_LEGAL: Final = re.compile(
    r"©.*|Certificat émis le .*|Le présent document est protégé .*|Tous droits réservés.*"
    r"|Ce (?:certificat|document) .{0,60}(?:visualisation|émis|usage) .*",
    re.IGNORECASE,
)
_BY: Final = re.compile(r"(?:par|by|von) (.+)", re.IGNORECASE)
_NAME: Final = re.compile(r"[^\W\d_]+(?:[ .'’-]{1,2}[^\W\d_]+){1,3}(?:(?:,| et) [^\d,]{3,40}){0,3}")
_GENIOS: Final = re.compile(
    r"(?P<source>[^,]{2,80}?),? (?:Nr\. ?\S{1,8} )?vom (?P<date>\d{1,2}\.\d{1,2}\.\d{4}).*"
)
_GENIOS_LABELS: Final = {
    "issn": "issn", "ressort": "section", "rubrik": "section", "autor": "byline",
    "dokumentnummer": "id", "dauerhafte adresse des dokuments": "url", "quelle": "source",
    "alle rechte vorbehalten": "copyright", "schlagwörter": "subjects", "region": "regions",
    "ausgabe": "edition", "seite": "page",
}  # fmt: skip


def read_europresse(lines: Sequence[Line], number: re.Match[str]) -> Form:
    """Read source, section and date, title, author, and the text."""
    form = Form({"id": number["europresse"], "published": _iso(number["day"])})
    rest = [line for line in lines if not _LEGAL.fullmatch(line.text)]
    form.record["copyright"] = "".join(
        [line.text.partition(".")[0] for line in lines if line.text.startswith("©")][:1]
    )
    texts = _take(rest, 4)
    at = next((at for at, text in enumerate(texts) if _DAY.search(text)), None)
    if at is not None:
        form.record["source"] = " ".join(texts[:at])
        _read_issue(form, texts[at])
        _take_off(rest, at + 1)
    title = _take_off(rest, 1)
    form.record["title"] = "".join(title)
    below = "".join(_take(rest, 1))
    found = _BY.fullmatch(below)
    if found or (_NAME.fullmatch(below) and below.istitle() and not ends_sentence(below)):
        form.record["byline"] = found[1] if found else below
        _take_off(rest, 1)
    form.body = rest
    return form.settle()


def _read_issue(form: Form, text: str) -> None:
    """Read "Économie, mardi 4 mars 2025 1234 mots, p. 5": section, day and page."""
    day = _DAY.search(text)
    before = text[: day.start()] if day else ""
    section, comma, _ = before.rpartition(",")
    form.record |= {"section": section.strip() if comma else "", "issue": text}
    if day and "published" not in form.record:
        form.record["published"] = day[0]


def read_genios(lines: Sequence[Line], _: re.Match[str]) -> Form:
    """Read the issue, title and text, and the labels under them, from "Quelle:" on."""
    at = next((at for at, line in enumerate(lines) if line.text.startswith("Quelle:")), len(lines))
    form, name = Form(), ""
    for line in lines[at:]:
        label, colon, value = line.text.partition(":")
        if colon and label.lower() in _GENIOS_LABELS:
            name = _GENIOS_LABELS[label.lower()]
            form.add(name, value.strip())
        elif line.text and name:
            form.add(name, line.text)
    rest = [*lines[:at]]
    first = "".join(_take(rest, 1))
    issue = _GENIOS.fullmatch(str(form.record.get("source", "")))
    if (above := _GENIOS.fullmatch(first)) is not None:
        _take_off(rest, 1)
    if issue := issue or above:
        form.record |= {
            "source": issue["source"], "published": issue["date"], "issue": issue[0],
        }  # fmt: skip
    form.record.setdefault("title", "".join(_take_off(rest, 1)))
    form.split("subjects", "categories", ";")
    form.split("regions", "places", ";")
    form.body = rest
    return form.settle()


_EBSCO_LABELS: Final = LABELS | {
    "authors": "byline", "source": "source", "subject terms": "subjects", "subjects": "subjects",
    "geographic terms": "regions", "accession number": "id", "abstract": "highlight",
    "document type": "document type", "database": "database", "people": "people",
    "company/entity": "company", "naics/industry codes": "industry", "section": "section",
    "full text word count": "length", "publication type": "publication type",
    "persistent link to this record": "url", "reviews & products": "products",
    "author affiliations": "affiliations", "copyright": "copyright", "publication": "publication",
}  # fmt: skip
_GALE_LABELS: Final = LABELS | {
    "date": "published", "from": "source", "publisher": "publisher", "publication": "source",
    "document type": "document type", "length": "length", "author": "byline",
    "authors": "byline", "copyright": "copyright",
    "content level": "level", "lexile measure": "lexile", "article": "kind",
}  # fmt: skip
_LISTS: Final = ("subject terms:", "subjects:", "geographic terms:", "authors:")
_CITATION: Final = "Source Citation"
_NEWSBANK_LABELS: Final = LABELS | {
    "author/byline": "byline", "authors": "byline", "edition": "edition", "page": "page",
    "section": "section", "readability": "readability", "column": "column",
    "publication": "source", "date": "published", "location": "regions", "memo": "memo",
    "index terms": "subjects", "correction": "correction", "dateline": "dateline",
    "estimated printed pages": "pages", "caption": "caption",
}  # fmt: skip


def read_ebsco(lines: Sequence[Line], _: re.Match[str] | None = None) -> Form | None:
    """Read labels, with their values on the same line or below, and the text under them."""
    form = _with_issue(read_labelled(_separated(lines), _EBSCO_LABELS))
    date = read_date(str(form.record.get("published", "")), "mdy") if form else None
    if form is not None and date is not None:
        form.record["published"] = date.isoformat()[:10]  # as EBSCO has it, everywhere
    return form


def _separated(lines: Sequence[Line]) -> list[Line]:
    """Put marks between subjects that stand one to a line."""
    found: list[Line] = []
    is_list = False
    for line in lines:
        label = line.text.lower()
        is_list = label in _LISTS or (is_list and bool(line.text) and not label.endswith(":"))
        is_label = label in _LISTS or not is_list
        found.append(line if is_label else line._replace(text=f"{line.text};"))
    return found


def read_gale(lines: Sequence[Line], number: re.Match[str]) -> Form | None:
    """Read the title, labels, and the text below "Full Text:"."""
    texts = [line.text for line in lines]
    end = next((at for at, text in enumerate(texts) if text.startswith(_CITATION)), len(lines))
    form = _with_issue(read_labelled(lines[:end], _GALE_LABELS))
    if form is not None:
        citation = " ".join(filter(None, texts[end + 1 :]))
        form.record |= {"id": number["gale"].replace(" ", ""), "citation": citation}
        form.settle()
    return form


def read_newsbank(lines: Sequence[Line], number: re.Match[str]) -> Form | None:
    """Read the title, source and date on one line, labels, and the text."""
    rest, texts = [*lines], _take(lines, 3)
    at = next((at for at, text in enumerate(texts) if " - " in text and _find_day(text)), None)
    if at is None:
        form = read_labelled(lines, _NEWSBANK_LABELS)
    else:
        title = texts[0] if at else ""
        _take_off(rest, at + 1)
        found = read_labelled(rest, _NEWSBANK_LABELS, is_under_title=True)
        form = found or Form(body=rest)
        source, _, _ = texts[at].rpartition(" - ")
        form.record |= {
            "title": title, "source": source.strip(), "published": _find_day(texts[at]),
            "issue": texts[at],
        }  # fmt: skip
    if form is not None:
        form.record["id"] = number["newsbank"]
        form.settle()
    return form


def _with_issue(form: Form | None) -> Form | None:
    """Cut the date and the page off a source: "Orlin Post, The. 03/04/2025, p5."."""
    source = str(form.record.get("source", "")) if form else ""
    found = _NUMBERS.search(source) or _DAY.search(source)
    if form is not None and found and found.start() > 2:
        form.record |= {
            "source": source[: found.start()].strip(" .,;("), "published": found[0],
            "issue": source,
        }  # fmt: skip
    return form


def _find_day(text: str) -> str:
    found = _DAY.search(text) or _NUMBERS.search(text)
    return found[0] if found and read_date(found[0]) else ""


def _iso(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _take(lines: Sequence[Line], count: int) -> list[str]:
    return [line.text for line in lines if line.text][:count]


def _take_off(lines: list[Line], count: int) -> list[str]:
    """Take so many lines off the head of a list, and the blank ones before them."""
    taken: list[str] = []
    while lines and len(taken) < count:
        line = lines.pop(0)
        if line.text:
            taken.append(line.text)
    return taken


BASES: Final[Mapping[str, Callable[[Sequence[Line], re.Match[str]], Form | None]]] = {
    "europresse": read_europresse,
    "gale": read_gale,
    "newsbank": read_newsbank,
    "genios": read_genios,
}
"""The form of each base, by the group of :data:`UNDER` that its line is."""
