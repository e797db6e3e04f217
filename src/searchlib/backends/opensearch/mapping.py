"""Which fields has an index on a cluster, and how are they told which model it is of?

A document is stored as it is, under the names of its fields. What is searched stands beside it in
an object ``searchlib``, which is indexed but not stored: terms as searchlib makes them, labels,
numbers. So a word means the same as in an index in a folder. Other tools read the document, and
search its labels, dates and numbers under their own names.

``_meta`` of the mapping has the schema, the synonyms, the version of the analysis and that of this
layout.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from searchlib.analysis import ANALYSIS_VERSION, POSITION_GAP, has_second_terms
from searchlib.errors import (
    AnalysisVersionError,
    IndexVersionError,
    NotAnIndexError,
    SchemaError,
)
from searchlib.frozen import frozen
from searchlib.schema.markers import Date, Key, Keyword, Number, Stored, Text
from searchlib.schema.places import objects_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from searchlib.backends.opensearch.address import Address
    from searchlib.schema.fields import FieldSpec
    from searchlib.schema.models import DocumentSchema

Json = dict[str, Any]

FORMAT: Final = 1
"""The version of this layout."""
ROOT: Final = "searchlib"
ALL: Final = "searchlib.all"
"""The terms of all fields that a query searches when it names none, as often as boosts say."""
ORDER: Final = "searchlib.order"
"""A number that rises with each document that is added."""
LANGUAGE: Final = "searchlib.language"
"""The language of a document, in an index of documents in several."""
KEY: Final = "searchlib.key"
"""The key of a document: another name for the labels of the key field."""
ANALYZER: Final = "searchlib_terms"
SIMILARITY: Final = "searchlib"
MOST_BOOST: Final = 8
"""How often a term stands in :data:`ALL` at most."""

_META: Final = "searchlib"
_TEXTS, _LABELS, _NUMBERS, _GROUPS, _HOURS = "text", "label", "number", "group", "hour"
_MOST_ID: Final = 500
"""The longest key, in bytes, that is the id of its document; the server takes 512."""
_MOST_TERM: Final = 8000
"""The longest term, in bytes, that is sent as it is; Lucene takes 32,766."""
_KEPT_OF_TERM: Final = 1000
_NATURAL: Final = 8000
_LONGEST_TOKEN: Final = 1 << 20

# No term has private characters, so these can stand for what would end a term on the server.
_BLANK, _BAR, _CUT = "\ue000", "\ue001", "\ue002"


def text_field(name: str) -> str:
    """Name the field with the terms of a text field."""
    return _shadow(_TEXTS, name)


def is_text(path: str) -> bool:
    """Tell whether a field of the server is one of terms."""
    return path == ALL or path.startswith(f"{ROOT}.{_TEXTS}.")


def label_field(name: str) -> str:
    """Name the field with the labels of a keyword or key field, as the index knows them."""
    return _shadow(_LABELS, name)


def number_field(name: str) -> str:
    """Name the field with the numbers of a number or date field."""
    return _shadow(_NUMBERS, name)


def hour_field(name: str) -> str:
    """Name the field with the hours from the year 1 on of a date field.

    The server counts by numbers that it takes for floats, in which microseconds have no room.
    """
    return _shadow(_HOURS, name)


def group_field(name: str) -> str:
    """Name the field with the one label of a keyword field, or what stands for none."""
    return _shadow(_GROUPS, name)


def _shadow(kind: str, name: str) -> str:
    return f"{ROOT}.{kind}.{inner_name(name)}"


def inner_name(name: str) -> str:
    """Write the name of a field without dots, which would make objects of it."""
    return name.replace(".", "::")


def document_id(key: str) -> str:
    """Give the id of the document with a key: the key, or where that can't be an id a hash of it.

    That is a key that is too long, empty, or has half characters.
    """
    data = key.encode("utf-8", "surrogatepass")
    is_id = 0 < len(data) <= _MOST_ID and len(data.decode("utf-8", "replace")) == len(key)
    return key if is_id else f"sha:{sha256(data).hexdigest()}"


def sent_term(term: str) -> str:
    """Write a term of a text so that the server takes it for one.

    A blank and a bar would end it: the compatibility form of a single character can hold them.
    """
    if term.isalnum() and len(term) < _KEPT_OF_TERM:
        return term
    kept = "".join(_BLANK if one.isspace() else _BAR if one == "|" else one for one in term)
    return sent_label(kept)


def sent_label(label: str) -> str:
    """Write a label so that the server takes it: cut, with a hash, where it is too long."""
    if len(label) <= _KEPT_OF_TERM:
        return label
    data = label.encode("utf-8", "surrogatepass")
    if len(data) <= _MOST_TERM:
        return label
    return f"{label[:_KEPT_OF_TERM]}{_CUT}{sha256(data).hexdigest()}"


def mapping_of(
    schema: DocumentSchema,
    *,
    shards: int | None = None,
    replicas: int | None = None,
    full_text: bool | None = None,
) -> Json:
    """Write what makes an index for the documents of a schema: settings and mappings.

    Args:
        schema: The fields.
        shards: Into how many parts the index is split; ``None`` for 1.
        replicas: How many copies of each there are; ``None`` for one, if there is a second node.
        full_text: Whether other tools can search the texts too, under the names of their fields.

    Raises:
        SchemaError: A field has the name that is kept for searchlib.
    """
    copies: Json = (
        {"auto_expand_replicas": "0-1"} if replicas is None else {"number_of_replicas": replicas}
    )
    index = {"number_of_shards": shards or 1, **copies, "refresh_interval": "-1"}
    settings = {"index": {**index, "analysis": _ANALYSIS, "similarity": _SIMILARITIES}}
    return {"settings": settings, "mappings": mappings_of(schema, full_text=bool(full_text))}


_BLANKS, _GAPS, _SECOND = "searchlib_blanks", "searchlib_gaps", "searchlib_second_terms"
_ANALYSIS: Final[Json] = {
    "tokenizer": {_BLANKS: {"type": "whitespace", "max_token_length": _LONGEST_TOKEN}},
    "filter": {
        _GAPS: {"type": "stop", "stopwords": ["|"]},
        _SECOND: {
            "type": "pattern_capture",
            "patterns": ["([^|]+)"],
            "preserve_original": False,
        },
    },
    "analyzer": {
        ANALYZER: {"type": "custom", "tokenizer": _BLANKS, "filter": [_GAPS, _SECOND]},
        # What is indexed has no gaps, and in most languages no second terms: a filter that finds
        # none takes a third of the time of the server.
        _BLANKS: {"type": "custom", "tokenizer": _BLANKS},
        _SECOND: {"type": "custom", "tokenizer": _BLANKS, "filter": [_SECOND]},
    },
}
_SIMILARITIES: Final[Json] = {SIMILARITY: {"type": "BM25", "k1": 1.2, "b": 0.6}}


def mappings_of(schema: DocumentSchema, *, full_text: bool = False, synonyms: str = "") -> Json:
    """Write the fields alone, as they can be put to an index that has grown; see `mapping_of`.

    Raises:
        SchemaError: A field has the name that is kept for searchlib.
    """
    _expect_free(schema)
    specs = schema.fields.values()
    natural: Json = {}
    objects = objects_of(schema.model)
    for spec in specs:
        field = _natural(spec, full_text)
        if field and all(outer in objects for outer in _around(spec.name)):
            _place(natural, spec.name.split("."), field)
    return {
        "dynamic": False,
        "_meta": Meta("", schema.to_json(), ANALYSIS_VERSION, full_text, synonyms).written(),
        "_source": {"excludes": [ROOT]},
        "properties": {**natural, ROOT: {"dynamic": False, "properties": _shadows(schema)}},
    }


def _expect_free(schema: DocumentSchema) -> None:
    if ROOT in schema.fields or ROOT in schema.model.model_fields:
        raise SchemaError(
            f"expected no field of the name {ROOT!r}, which an index on OpenSearch keeps for its "
            f"own, got one in {schema.model_name}; give it another name"
        )


def _shadows(schema: DocumentSchema) -> Json:
    kinds: dict[str, Json] = {_TEXTS: {}, _LABELS: {}, _NUMBERS: {}, _GROUPS: {}, _HOURS: {}}
    times = repetitions(schema)
    for spec in schema.fields.values():
        name = inner_name(spec.name)
        match spec.marker:
            case Text():
                kinds[_TEXTS][name] = _text(spec.marker.language, times.get(spec.name, 0))
            case Key() | Keyword():
                kinds[_LABELS][name] = {"type": "keyword"}
                if isinstance(spec.marker, Keyword) and not spec.many:
                    kinds[_GROUPS][name] = {"type": "keyword"}
            case Date() | Number():
                kind = "double" if spec.column_kind == "float" else "long"
                kinds[_NUMBERS][name] = {"type": kind}
                if isinstance(spec.marker, Date):
                    kinds[_HOURS][name] = {"type": "long"}
    objects = {kind: {"properties": fields} for kind, fields in kinds.items() if fields}
    language = {"language": {"type": "keyword"}} if schema.is_mixed else {}
    return {
        **objects,
        "all": {**_terms(*_languages(schema)), "index_options": "freqs"},
        "order": {"type": "long"},
        "key": {"type": "alias", "path": label_field(schema.key.name)},
        **language,
    }


def _text(language: str | None, times: int) -> Json:
    """Write a field of terms, which stand in the one field for all as often as said, too."""
    copied = {"copy_to": [ALL] * times} if times else {}
    options = {"index_options": "positions", "position_increment_gap": POSITION_GAP}
    return {**_terms(language), **options, **copied}


def _terms(*languages: str | None) -> Json:
    """Write what all fields of terms have in common."""
    analyzer = _SECOND if any(map(has_second_terms, languages)) else _BLANKS
    return {
        "type": "text",
        "analyzer": analyzer,
        "search_analyzer": ANALYZER,
        "similarity": SIMILARITY,
    }


def _languages(schema: DocumentSchema) -> list[str | None]:
    """List the languages of the texts; "auto" is one that may have second terms."""
    markers = (spec.marker for spec in schema.fields.values())
    return [marker.language for marker in markers if isinstance(marker, Text)]


def repetitions(schema: DocumentSchema) -> dict[str, int]:
    """Find how often the terms of each default field stand in :data:`ALL`."""
    boosts = schema.default_fields
    lowest = min(boosts.values(), default=1.0)
    return {name: min(MOST_BOOST, max(1, round(boost / lowest))) for name, boost in boosts.items()}


def _around(name: str) -> list[str]:
    """Name the fields that a field is in."""
    steps = name.split(".")
    return [".".join(steps[:count]) for count in range(1, len(steps))]


def _place(properties: Json, names: Sequence[str], field: Json) -> None:
    """Put a field into the object that it is in."""
    *outer, name = names
    for one in outer:
        properties = properties.setdefault(one, {"properties": {}})["properties"]
    properties[name] = field


def _natural(spec: FieldSpec, full_text: bool) -> Json | None:
    """Write the field that other tools use; ``None`` for none."""
    match spec.marker:
        case Key() | Keyword():
            return {"type": "keyword", "ignore_above": _NATURAL}
        case Date():
            return {"type": "date", "ignore_malformed": True}
        case Number():
            kind = "double" if spec.column_kind == "float" else "long"
            return {"type": kind, "ignore_malformed": True}
        case Text():
            return {"type": "text"} if full_text else None
        case Stored():
            return None


@frozen
class Meta:
    """What an index says of itself.

    Attributes:
        index: The real name of the index.
        schema: Its schema, as JSON.
        analysis: The version of the analysis that made its terms.
        full_text: Whether other tools can search its texts.
        synonyms: The file of synonyms.
    """

    index: str
    schema: Json
    analysis: int
    full_text: bool
    synonyms: str = ""

    def written(self) -> Json:
        """Write it as it stands in ``_meta`` of the mapping, which is changed as a whole."""
        meta = {"format": FORMAT, "analysis": self.analysis, "schema": self.schema}
        synonyms = {"synonyms": self.synonyms} if self.synonyms else {}
        return {_META: {**meta, "full_text": self.full_text, **synonyms}}


def read_meta(mappings: Mapping[str, Json], address: Address) -> Meta:
    """Read what an index says of itself.

    Args:
        mappings: The mappings of all indexes that its name stands for, by their real names.
        address: The index, for messages.

    Raises:
        NotAnIndexError: It was not made by searchlib.
        IndexVersionError: It was made by a newer searchlib.
    """
    if len(mappings) != 1:
        names = ", ".join(sorted(mappings)) or "none"
        raise NotAnIndexError(f"{address}: expected the name of one index, got that of {names}")
    ((index, mapping),) = mappings.items()
    match mapping.get("_meta", {}).get(_META):
        case {"format": int(version), "analysis": int(analysis), "schema": dict(schema), **rest}:
            if version <= FORMAT:
                full_text, synonyms = bool(rest.get("full_text")), str(rest.get("synonyms", ""))
                return Meta(index, schema, analysis, full_text, synonyms)
            raise IndexVersionError(
                f"{address}: expected an index of version {FORMAT} or older, got version "
                f"{version}; upgrade searchlib to read it"
            )
    raise NotAnIndexError(
        f"{address}: expected an index that searchlib has made, got one of something else; "
        "choose another name"
    )


def expect_analysis(meta: Meta, address: Address) -> None:
    """Make sure that the terms of an index are made as those of queries are.

    Raises:
        AnalysisVersionError: They are not.
    """
    if meta.analysis != ANALYSIS_VERSION:
        other = "a newer" if meta.analysis > ANALYSIS_VERSION else "an older"
        raise AnalysisVersionError(
            f"{address}: expected an index of analysis {ANALYSIS_VERSION}, got one of analysis "
            f"{meta.analysis}, made by {other} searchlib: words would not be found in it; index "
            "its documents anew with searchlib reindex (in Python: Index.reindex)"
        )
