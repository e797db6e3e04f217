"""How are the news standards in XML read: NITF, NewsML-G2, NewsML 1 and Reuters' ``newsitem``?

Each file is one article, or a message with several. The text may itself be NITF or HTML inside
NewsML. Name spaces are not looked at: agencies write every version of these standards, and
the names of the elements are the same in all.

ninjs, the same in JSON, needs nothing of its own: its keys are among those of
:data:`searchlib.articles.field_keys.KEYS`.
"""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from searchlib.articles.formats.base import Format
from searchlib.articles.formats.standfirst import add_standfirst
from searchlib.articles.records import Record
from searchlib.articles.xml_stream import paragraphs_of, read_elements, root_name, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

    from pydantic import JsonValue

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

    Values = dict[str, JsonValue]

_ROOTS = frozenset({"nitf", "newsItem", "newsMessage", "NewsML", "newsitem"})
_NO_NEWS = frozenset({"packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"})


def read_news_xml(source: Source) -> Iterator[Item]:
    """Yield the articles of a file in one of the news standards."""
    for element in read_elements(source, {*_READERS, *_NO_NEWS}):
        if element.tag in _NO_NEWS:
            message = f"left out: <{element.tag}>, which points to news and is none"
            yield source.notice(message, "package", source.line)
        else:
            yield Record(_READERS[element.tag](element), source.line)


# ---------------------------------------------------------------- NITF


def _read_nitf(nitf: Element) -> Values:
    published = nitf.find(".//pubdata")
    issued = nitf.find(".//date.issue")
    story_date = nitf.find(".//story.date")
    doc_id = nitf.find(".//doc-id")
    holder = nitf.find(".//doc.copyright")
    titles = _texts(nitf, "hl1") or _texts(nitf, "hedline", "title")
    return {
        "id": ":".join(filter(None, (_get(doc_id, "regsrc"), _get(doc_id, "id-string")))),
        "title": _first(titles),
        "body": _body_of_nitf(nitf, titles[1:]),
        "published": _first([
            _get(published, "date.publication"), _get(issued, "norm"), _get(story_date, "norm"),
            text_of(story_date),
        ]),
        "source": _first([
            _get(published, "name"), *_texts(nitf, "distributor"), _get(holder, "holder")
        ]),
        "authors": [_without_by(text) for text in _bylines(nitf)],
        "dateline": _dateline_of_nitf(nitf),
        "categories": [
            *_gets(nitf, "key-list/keyword", "key"),
            *_gets(nitf, "tobject.subject", "tobject.subject.type"),
            *_texts(nitf, "identified-content/classifier", "identified-content/object.title"),
        ],
        "places": _labels(nitf, "identified-content/location"),
        "url": _get(published, "ex-ref"),
        **{name: value for name, value in _metas(nitf) if value},
    }  # fmt: skip


def _body_of_nitf(nitf: Element, titles: list[str]) -> str:
    contents = nitf.findall(".//body.content") or nitf.findall("body")
    text = "\n\n".join(filter(None, map(paragraphs_of, contents)))
    above = [paragraphs_of(each) for name in ("hl2", "abstract") for each in nitf.iter(name)]
    return add_standfirst(text, *titles, *above)


def _dateline_of_nitf(nitf: Element) -> str:
    dateline = nitf.find(".//dateline")
    text = "" if dateline is None else " ".join((dateline.text or "").split())
    return _first([*_texts(nitf, "dateline/location"), text])


def _bylines(nitf: Element) -> list[str]:
    people = _texts(nitf, "byline/person")
    return people or [byline for byline in _texts(nitf, "byline") if byline]


def _metas(nitf: Element) -> Iterator[tuple[str, str]]:
    for meta in nitf.findall("head/meta"):
        yield f"meta {meta.get('name', '')}", meta.get("content", "")
    for each in [*nitf.findall(".//body.end/*"), *nitf.findall(".//byttl")]:
        yield each.tag, text_of(each)


# ---------------------------------------------------------------- NewsML-G2


def _read_news_item(item: Element) -> Values:
    meta = item.find("contentMeta")
    titles = _texts(item, "contentMeta/headline") or _texts(item, "itemMeta/title")
    record: Values = {
        "id": item.get("guid"),
        "title": _first(titles),
        "published": _first(_texts(
            item, "contentMeta/contentCreated", "itemMeta/firstCreated", "itemMeta/versionCreated"
        )),
        "source": _first([
            *_texts(item, "itemMeta/provider/name", "contentMeta/infoSource/name"),
            *_gets(item, "itemMeta/provider", "literal"),
            *_gets(item, "itemMeta/provider", "qcode"),
        ]),
        "authors": [*dict.fromkeys(
            map(_without_by, _texts(item, "contentMeta/by", "contentMeta/creator/name"))
        )],
        "dateline": _first(_texts(item, "contentMeta/dateline", "contentMeta/located/name")),
        "language": _first([
            *_gets(item, "contentMeta/language", "tag"), *_gets(item, "inlineXML", "lang"),
            item.get("lang", ""),
        ]),
        "slugline": _first(_texts(item, "contentMeta/slugline")),
        "version": item.get("version"),
    }  # fmt: skip
    _add_subjects(record, [] if meta is None else meta.findall("subject"))
    record["categories"] = [*_list(record, "categories"), *_texts(item, "contentMeta/keyword")]
    above = [*titles[1:], *_texts(item, "contentMeta/description")]
    _add_content(record, item.findall("contentSet/*"), above)
    return {name: value for name, value in record.items() if value}


def _add_subjects(record: Values, subjects: list[Element]) -> None:
    for subject in subjects:
        name = _first(_texts(subject, "name")) or subject.get("literal") or subject.get("qcode")
        is_place = subject.get("type", "").endswith((":geoArea", ":poi"))
        key = "places" if is_place else "categories"
        record[key] = [*_list(record, key), name]


def _add_content(record: Values, contents: list[Element], above: list[str]) -> None:
    """Add the text of a story, which may be NITF, HTML or plain; several parts are one text."""
    texts: list[str] = []
    for content in contents:
        nitf = content.find(".//nitf")
        if nitf is not None:
            inner = _read_nitf(nitf)
            texts.append(str(inner.pop("body")))
            record.update({key: inner[key] for key in inner if inner[key] and not record.get(key)})
        else:
            html = content.find(".//body")
            texts.append(paragraphs_of(html) or _other_text(content))
    record["body"] = add_standfirst("\n\n".join(filter(None, texts)), *above)


def _other_text(content: Element) -> str:
    """Give the text of elements that no standard names, or plain text, line by line."""
    if len(content):
        return paragraphs_of(content)
    text = content.text or ""
    if "base64" in content.get("encoding", "").lower():
        text = _decoded(text, content.get("contenttype", ""))
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def _decoded(text: str, kind: str) -> str:
    """Decode a text that was packed for transport; a picture has none."""
    if not kind.startswith("text/"):
        return ""
    try:
        return b64decode(text).decode("utf-8", "replace")
    except ValueError:
        return text


# ---------------------------------------------------------------- NewsML 1 and Reuters


def _read_newsml_1(item: Element) -> Values:
    record: Values = {
        "id": _first(_texts(item, ".//PublicIdentifier")),
        "title": _first(_texts(item, ".//HeadLine", ".//SlugLine")),
        "published": _first(
            _texts(item, ".//DateLineDate", ".//FirstCreated", ".//ThisRevisionCreated")
        ),
        "source": _first(_gets(item, ".//Provider/Party", "FormalName")),
        "authors": [_without_by(text) for text in _texts(item, ".//ByLine")],
        "dateline": _first(_texts(item, ".//DateLine")),
        "language": _first(_gets(item, ".//Language", "FormalName")),
        "categories": [*_texts(item, ".//KeywordLine"), *_gets(item, ".//Subject", "FormalName")],
        "copyright": _first(_texts(item, ".//CopyrightLine")),
    }
    _add_content(record, item.findall(".//DataContent"), _texts(item, ".//SubHeadLine"))
    return {name: value for name, value in record.items() if value}


def _read_reuters(item: Element) -> Values:
    return {
        "id": f"reuters:{number}" if (number := item.get("itemid")) else "",
        "title": _first(_texts(item, "headline", "title")),
        "body": paragraphs_of(item.find("text")),
        "published": item.get("date"),
        "authors": _labels(item, "byline"),
        "dateline": _first(_texts(item, "dateline")),
        "language": item.get("lang"),
        "categories": [*_gets(item, "metadata/codes/code", "code")],
        "copyright": _first(_texts(item, "copyright")),
    }


_READERS: dict[str, Callable[[Element], Values]] = {
    "nitf": _read_nitf,
    "newsItem": _read_news_item,
    "NewsItem": _read_newsml_1,
    "newsitem": _read_reuters,
}

# ---------------------------------------------------------------- what they share


def _labels(element: Element, *paths: str) -> list[JsonValue]:
    """Give the texts at some paths as values of a record."""
    return [*_texts(element, *paths)]


def _texts(element: Element, *paths: str) -> list[str]:
    """Give the texts at some paths, each once; a path that begins with a name begins anywhere."""
    found: list[str] = []
    for path in paths:
        for each in element.findall(path if path.startswith(".") else f".//{path}"):
            text = text_of(each)
            if text and text not in found:
                found.append(text)
    return found


def _gets(element: Element, path: str, attribute: str) -> list[str]:
    each = element.findall(path if path.startswith(".") else f".//{path}")
    return [value for found in each if (value := found.get(attribute, "").strip())]


def _get(element: Element | None, attribute: str) -> str:
    return "" if element is None else element.get(attribute, "").strip()


def _first(texts: list[str]) -> str:
    return next(filter(None, texts), "")


def _list(record: Values, key: str) -> list[JsonValue]:
    value = record.get(key)
    return value if isinstance(value, list) else []


def _without_by(text: str) -> str:
    return text[3:].strip() if text[:3].lower() == "by " else text


NEWS_XML = Format(
    name="news standard",
    endings=(".nitf", ".newsml"),
    read=read_news_xml,
    sniff=lambda head: root_name(head) in _ROOTS,
    has_machine_dates=True,
)
