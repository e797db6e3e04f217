"""Which field does a key of a record belong to?

Records come from JSON, CSV, front matter, feeds, and from the labels of an archive export. Their
keys are looked up in :data:`KEYS` without regard to case, spaces, hyphens and underscores
(``publishedAt``, ``published_at`` and ``Published at`` are one key). Where two keys of a record
mean the same field, the first in the table wins; only the categories of all keys are put together.

A :class:`FieldMap` comes before the table: there a user says which keys are meant.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from searchlib.articles.conversion import is_missing
from searchlib.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import JsonValue

    Record: TypeAlias = Mapping[str, JsonValue]

FieldKeys: TypeAlias = "Mapping[str, str | Iterable[str]]"
"""The key, or the keys, of each field: ``{"body": "content", "authors": ["by", "with"]}``."""

_WEAK_BODY: Final = (
    "standfirst", "lead_paragraph", "description", "description_text", "summary", "abstract",
    "excerpt", "trail_text", "teaser", "snippet", "lead", "intro", "deck", "dek",
    "short_description", "extract", "subtitle", "subheadline", "vorspann", "zusammenfassung",
    "chapo", "chapeau", "résumé", "entradilla", "resumen", "resumo", "sommario", "abstract_note",
    "hlead",
)  # fmt: skip
"""Keys of a text that is the body only if there is no longer one."""

_TEXT_ONLY: Final = ("article", "document", "story")
"""Keys that mean the body only if they hold a text: an object there is an article itself."""

_WEAK_DATE: Final = (
    "version_created", "first_created", "posted", "posted_at", "datetime", "timestamp",
    "created_at", "date_created", "created", "created_utc", "date_gmt", "seendate",
    "content_created", "@timestamp", "time_added", "creation_date",
)  # fmt: skip
"""Keys of a date that is the day of publication only if there is no other, and it can be read."""

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "id": (
        "id", "_id", "uuid", "guid", "article_id", "doc_id", "document_id", "post_id", "story_id",
        "identifier", "uri",
    ),
    "title": (
        "title", "headline", "headlines", "web_title", "post_title", "article_title", "hed",
        "headline_text", "title_text", "resolved_title", "heading", "titel", "überschrift",
        "ueberschrift", "schlagzeile", "titre", "titulo", "título", "titular", "titolo", "kop",
        "otsikko", "tittel",
        "tytuł", "заголовок", "название", "标题", "標題", "見出し", "タイトル", "제목",
    ),
    "body": (
        "body", "text", "content", "article_body", "maintext", "main_text", "full_text",
        "body_text", "bodies", "article_text", "content_text", "text_content", "plain_text",
        "raw_text", "article_content", "post_content", "story_text", "selftext", "content_elements",
        "body_html", "content_html", "body_xhtml", "html", "paragraphs", "blocks", "contents",
        "inhalt", "volltext", "texte", "contenu", "texto", "contenido", "cuerpo", "conteudo",
        "conteúdo", "testo", "contenuto", "tekst", "teksti", "treść", "текст", "содержание",
        "正文", "内容", "內容", "本文", "본문", "내용", "ocr_text", "ocr_eng", *_TEXT_ONLY,
        *_WEAK_BODY,
    ),
    "published": (
        "published", "date", "published_at", "published_on", "pubdate", "publication_date",
        "publish_date", "date_published", "date_publish", "date_of_publication", "publish_time",
        "published_time", "published_date", "publication_time", "publication_datetime",
        "first_published", "first_published_at", "first_publication_date", "web_publication_date",
        "display_date", "issued", "posted_on", "post_date", "date_posted", "datum",
        "dato", "erscheinungsdatum", "veröffentlicht", "veröffentlichungsdatum",
        "date_de_publication", "fecha", "fecha_de_publicacion", "fecha_de_publicación",
        "data_de_publicacao", "data_de_publicação", "data_di_pubblicazione", "data_publikacji",
        "дата", "дата_публикации", "日期", "发布时间", "發布時間", "日付", "날짜", *_WEAK_DATE,
    ),
    "published_last": ("published_last",),
    "published_text": ("published_text",),
    "document_date": ("document_date",),
    "categories": (
        "categories", "category", "tags", "topics", "keywords", "sections",
        "tag", "topic", "keyword", "section", "section_name", "subjects", "subject",
        "article_section", "manual_tags", "ressort", "rubrique", "catégorie", "catégories",
        "kategorie", "kategorien", "seccion", "sección", "categoria", "categoría", "categorias",
        "categorías", "sezione", "рубрика", "категория",
    ),
    "source": (
        "source", "publisher", "source_name", "site_name", "publication", "newspaper", "outlet",
        "agency", "provider", "source_domain", "infosource", "infosources", "quelle", "fuente",
        "fonte", "bron", "zeitung", "источник", "container_title", "publication_title", "pubtitle",
        "media_name", "hostname", "domain",
    ),
    "dateline": ("dateline", "located"),
    "places": ("places", "place", "locations", "location"),
    "authors": (
        "authors", "author", "byline", "bylines", "creator", "creators", "writer", "by",
        "authors_byline", "autor", "autorin", "autoren", "verfasser", "auteur", "auteurs",
        "autores", "autora", "autore", "autori", "автор", "авторы", "作者", "著者", "저자",
    ),
    "language": (
        "language", "lang", "language_code", "in_language", "langcode", "sprache", "langue",
        "idioma",
    ),
    "url": (
        "url", "link", "href", "web_url", "article_url", "permalink", "canonical_url", "post_url",
        "resolved_url", "given_url", "requested_url", "warc_target_uri", "page_url", "canonical",
        "document_url", "alternate", "loc",
    ),
}  # fmt: skip
"""The keys that are understood, for each field of an article; the first one wins."""

DATE_FIELDS: Final = ("published", "document_date")
LIST_FIELDS: Final = frozenset({"categories", "places", "authors"})

_PREFIX: Final = re.compile(r"(?:dc|dcterms|dublin core|og|schema|prism)[:.]\s*", re.IGNORECASE)
"""Of vocabularies: ``dcterms:title``."""

_LONGEST: Final = 64  # characters of a key that is looked up


def squeeze(key: str) -> str:
    """Write a key as keys are compared: in small letters, without blanks, hyphens, underscores."""
    return re.sub(r"[\s_-]+", "", key).lower()


_PLACES: Final = {
    squeeze(key): (field, rank) for field, keys in KEYS.items() for rank, key in enumerate(keys)
}
_WEAK_RANKS: Final = {
    "body": len(KEYS["body"]) - len(_WEAK_BODY),
    "published": len(KEYS["published"]) - len(_WEAK_DATE),
}
FIRST_TEXT_ONLY: Final = _WEAK_RANKS["body"] - len(_TEXT_ONLY)
"""The rank of the first key of a body that must be a text; hardly a key has such a rank."""


@lru_cache(maxsize=1024)
def find_field(key: str) -> tuple[str, int] | None:
    """Find the field that a key stands for, and the key's rank among those that do."""
    if len(key) > _LONGEST:
        return None
    return _PLACES.get(squeeze(key)) or _PLACES.get(squeeze(_PREFIX.sub("", key, count=1)))


def is_weak(key: str) -> bool:
    """Whether a key means its field only if the value fits: ``created`` may be no date at all."""
    field, rank = find_field(key) or ("", 0)
    return rank >= _WEAK_RANKS.get(field, len(_PLACES))


def needs_text(place: tuple[str, int]) -> bool:
    """Whether a key, by its field and rank, means its field only if it holds a text."""
    return place[0] == "body" and FIRST_TEXT_ONLY <= place[1] < _WEAK_RANKS["body"]


def has_field(record: Record, field: str) -> bool:
    """Whether a key of a record means a field and has a value for it, by the table alone."""
    return BY_TABLE.has(record, field)


class FieldMap:
    """Which keys mean which field: a user's choice, and behind it :data:`KEYS`.

    Args:
        mapping: The key or keys of each field. A field may be called by any name that it has in
            the table ("author" is "authors"). A key of an object inside a record is written with
            dots: ``headline.main``. Of several keys, texts are joined to the body and labels to
            one list, in this order; of another field the first that has a value counts.

    Attributes:
        chosen: The keys by field.
        unseen: The fields of which no record has had any of the keys so far.

    Raises:
        ArgumentError: A field is unknown, or a key is no text.
    """

    def __init__(self, mapping: FieldKeys | None = None) -> None:
        self.chosen: dict[str, tuple[str, ...]] = {}
        for name, keys in (mapping or {}).items():
            field = _field_named(name)
            several = (keys,) if isinstance(keys, str) else tuple(keys)
            if not several or not all(isinstance(key, str) and key.strip() for key in several):
                raise ArgumentError(f"expected the key of the field {name!r}, got {keys!r:.80}")
            self.chosen[field] = (*self.chosen.get(field, ()), *several)
        self.unseen = {*self.chosen}

    @cached_property
    def squeezed(self) -> dict[str, str]:
        """The field of each key that is chosen, as keys are compared."""
        return {squeeze(key): field for field, keys in self.chosen.items() for key in keys}

    def field_of(self, key: str) -> str | None:
        """Find the field that a user chose a key for."""
        return self.squeezed.get(squeeze(key)) if self.chosen else None

    def find(self, key: str) -> tuple[str, int] | None:
        """Find the field and the rank of a key, which is not one that the user chose."""
        return None if self.chosen and self.field_of(key) is not None else find_field(key)

    def knows(self, key: str) -> bool:
        """Whether a key means a field, by choice or by the table."""
        return self.field_of(key) is not None or find_field(key) is not None

    def values(self, record: Record, field: str) -> list[tuple[str, JsonValue]]:
        """Find the values of the keys that a user chose for a field."""
        looked_up = ((key, look_up(record, key)) for key in self.chosen.get(field, ()))
        found = [(key, value) for key, value in looked_up if not is_missing(value)]
        if found:
            self.unseen.discard(field)
        return found

    def has(self, record: Record, field: str) -> bool:
        """Whether a record has a value for a field; of "text" for a body that is no summary."""
        wanted = "body" if field == "text" else field
        if self.chosen and self.values(record, wanted):
            return True
        end = _WEAK_RANKS["body"] if field == "text" else len(_PLACES)
        find = self.find if self.chosen else find_field
        for key, value in record.items():
            place = find(key)
            if place is None or place[0] != wanted or place[1] >= end:
                continue
            is_other = isinstance(value, bool) or (type(value) is not str and needs_text(place))
            if not (is_other or is_missing(value)):
                return True
        return False


BY_TABLE: Final = FieldMap()
"""No choice but the table's."""


def look_up(record: Record, key: str) -> JsonValue:
    """Find the value of a key, whatever its case and spelling, or of a path with dots."""
    if key in record:
        return record[key]
    wanted = squeeze(key)
    for name, value in record.items():
        if len(name) <= _LONGEST and squeeze(name) == wanted:
            return value
    head, dot, rest = key.partition(".")
    return _inside(look_up(record, head), rest) if dot and head else None


def _inside(value: JsonValue, key: str) -> JsonValue:
    if isinstance(value, dict):
        return look_up(value, key)
    if isinstance(value, list):
        found = [look_up(item, key) for item in value if isinstance(item, dict)]
        return [item for item in found if not is_missing(item)]
    return None


def _field_named(name: str) -> str:
    field = name if name in KEYS else (find_field(name) or ("",))[0]
    if not field:
        raise ArgumentError(f"expected a field of an article ({', '.join(KEYS)}), got {name!r:.80}")
    return field
