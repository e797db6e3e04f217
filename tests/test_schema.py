"""One schema in three forms: model, Whoosh schema, JSON."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from whoosh import fields as whoosh_fields
from whoosh.analysis import StemmingAnalyzer
from whoosh.util.times import datetime_to_long

from searchlib.articles.model import Article
from searchlib.errors import DocumentError, SchemaError, SchemaMismatchError
from searchlib.schema.markers import Date, Key, Keyword, Number, Stored, Text
from searchlib.schema.models import DocumentSchema
from searchlib.schema.values import microseconds
from searchlib.whoosh_compat import schema_from_whoosh
from tests.tables import each


class Desk(StrEnum):
    CITY = "city"
    WORLD = "world"


class Report(BaseModel):
    number: Annotated[str, Key()]
    title: Annotated[str, Text(boost=3)]
    notes: Annotated[list[str], Text(language=None, default=False)] = Field(default_factory=list)
    desk: Annotated[Desk | None, Keyword(facet=True)] = None
    kind: Annotated[Literal["a", "b"], Keyword(lowercase=False)] = "a"
    urgent: Annotated[bool, Keyword()] = False
    words: Annotated[int | None, Number(sortable=True)] = None
    weight: Annotated[float, Number()] = 0.0
    filed: Annotated[datetime | None, Date()] = None
    day: Annotated[date | None, Date(sortable=True)] = None
    other: dict[str, int] = Field(default_factory=dict)


def test_a_model_is_read_field_by_field() -> None:
    schema = DocumentSchema.of(Report)
    assert {name: spec.describe() for name, spec in schema.fields.items()} == {
        "number": "str, Key()",
        "title": "str, Text(boost=3.0)",
        "notes": "list[str], Text(language=None, default=False)",
        "desk": "str, Keyword(facet=True)",
        "kind": "str, Keyword(lowercase=False)",
        "urgent": "bool, Keyword()",
        "words": "int, Number(sortable=True)",
        "weight": "float, Number()",
        "filed": "datetime, Date()",
        "day": "date, Date(sortable=True)",
        "other": "json, Stored()",
    }
    assert schema.key.name == "number"
    assert schema.default_fields == {"title": 3.0}


@pytest.mark.parametrize("model", [Report, Article])
def test_every_form_gives_the_others(model: type[BaseModel]) -> None:
    schema = DocumentSchema.of(model)
    from_json = DocumentSchema.from_json(json.loads(json.dumps(schema.to_json())))
    from_whoosh = schema_from_whoosh(schema.whoosh)
    from_made_model = DocumentSchema.of(from_json.model)
    for other in (from_json, from_whoosh, from_made_model):
        assert schema.differences(other) == []
        assert other.fingerprint == schema.fingerprint


def test_a_schema_of_whoosh_itself_is_read() -> None:
    schema = schema_from_whoosh(
        whoosh_fields.Schema(
            path=whoosh_fields.ID(unique=True),
            body=whoosh_fields.TEXT(analyzer=StemmingAnalyzer(), field_boost=1.5),
            plain=whoosh_fields.TEXT,
            tags=whoosh_fields.KEYWORD(lowercase=True),
            when=whoosh_fields.DATETIME(sortable=True),
            size=whoosh_fields.NUMERIC(float),
            seen=whoosh_fields.BOOLEAN,
            blob=whoosh_fields.STORED,
        )
    )
    assert {name: spec.describe() for name, spec in schema.fields.items()} == {
        "blob": "json, Stored()",
        "body": "str, Text(boost=1.5)",
        "path": "str, Key()",
        "plain": "str, Text(language=None)",
        "seen": "bool, Keyword()",
        "size": "float, Number()",
        "tags": "list[str], Keyword()",
        "when": "datetime, Date(sortable=True)",
    }


def test_a_field_whoosh_has_and_we_have_not_is_an_error() -> None:
    schema = whoosh_fields.Schema(path=whoosh_fields.ID(unique=True), n=whoosh_fields.NGRAM)
    with pytest.raises(SchemaError, match=r"'n'.*got NGRAM"):
        schema_from_whoosh(schema)


def test_the_order_of_fields_does_not_matter_to_the_fingerprint() -> None:
    spec = DocumentSchema.of(Report).to_json()
    turned = {**spec, "fields": spec["fields"][::-1]}
    assert DocumentSchema.from_json(turned).fingerprint == DocumentSchema.of(Report).fingerprint


def test_another_model_is_told_apart_by_the_fields_that_differ() -> None:
    class Changed(BaseModel):
        number: Annotated[str, Key()]
        title: Annotated[str, Text(language=None)]
        added: Annotated[str, Stored()]

    schema = DocumentSchema.of(Report)
    with pytest.raises(SchemaMismatchError) as caught:
        schema.expect(DocumentSchema.of(Changed))
    differences = caught.value.differences
    assert differences[0].startswith(
        "title: str, Text(boost=3.0) in the index, str, Text(language=None) in "
    )
    assert any(
        line.startswith("words: int, Number(sortable=True) in the index, missing")
        for line in differences
    )
    assert any(line.startswith("added: missing in the index") for line in differences)
    assert "number" not in " ".join(line.split(":")[0] for line in differences)
    assert "Index.reindex(path, model=" in str(caught.value)


def _model(**annotations: Any) -> type[BaseModel]:
    return type("Made", (BaseModel,), {"__annotations__": annotations, "__module__": __name__})


@each(
    ("annotations", "message"),
    [
        ({"a": str}, "just one field marked Key.*got none"),
        ({"a": Annotated[str, Key()], "b": Annotated[str, Key()]}, "just one field.*got a, b"),
        ({"a": Annotated[float, Key()]}, "'a'.*goes with str or int"),
        ({"a": Annotated[str, Key()], "b": Annotated[str, Date()]}, "'b'.*date or datetime"),
        ({"a": Annotated[str, Key()], "b": Annotated[int, Text()]}, "'b'.*goes with str"),
        ({"a": Annotated[str, Key()], "b": Annotated[str, Text]}, r"'b'.*expected Text\(\)"),
        ({"a": Annotated[str, Key()], "b": Annotated[list[int], Number()]}, "'b'.*one value"),
        ({"a": Annotated[str, Key(), Text()]}, "'a'.*one marker, got 2"),
        ({"a": Annotated[str, Key()], "b": Annotated[str, Text(boost=0)]}, "'b'.*boost above 0"),
        ({"a": Annotated[str, Key()], "b": Annotated[str, Text(language="kl")]}, "language.*'kl'"),
    ],
)
def test_a_model_that_makes_no_schema_is_explained(
    annotations: dict[str, Any], message: str
) -> None:
    with pytest.raises(SchemaError, match=message):
        DocumentSchema.of(_model(**annotations))


@each(
    "spec",
    [
        None,
        {},
        {"schema": 2, "model": "m", "fields": []},
        {"schema": 1, "model": "m", "fields": {}},
        {"schema": 1, "model": 1, "fields": []},
        {"schema": 1, "model": "m", "fields": [{"name": "a"}]},
        {"schema": 1, "model": "m", "fields": [
            {"name": "a", "index": "pickle", "type": "str", "many": False}]},
        {"schema": 1, "model": "m", "fields": [
            {"name": "a", "index": "key", "type": "os.system", "many": False}]},
        {"schema": 1, "model": "m", "fields": [
            {"name": "a", "index": "key", "type": "str", "many": False, "run": "x",
             "binding": ["run"]}]},
        {"schema": 1, "model": "m", "fields": [
            {"name": "a", "index": "keyword", "type": "str", "many": False,
             "lowercase": "yes", "facet": False}]},
    ],
)  # fmt: skip
def test_a_stored_schema_is_not_trusted(spec: Any) -> None:
    with pytest.raises(SchemaError):
        DocumentSchema.from_json(spec)


def test_documents_come_back_as_they_were() -> None:
    schema = DocumentSchema.of(Report)
    report = Report(
        number="1", title="A", desk=Desk.CITY, filed=datetime(2025, 1, 2, 3), other={"x": 1}
    )
    assert schema.restore(schema.store(report)) == report


def test_a_model_with_aliases_is_stored_by_its_own_names() -> None:
    class Aliased(BaseModel):
        number: Annotated[str, Key()] = Field(alias="no")

    schema = DocumentSchema.of(Aliased)
    document = schema.validate({"no": "7"})
    assert schema.store(document) == b'{"number":"7"}'
    assert schema.restore(schema.store(document)) == document


def test_validation_says_what_is_wrong() -> None:
    schema = DocumentSchema.of(Report)
    with pytest.raises(DocumentError, match=r"words: .*integer.*got 'many'"):
        schema.validate({"number": "1", "title": "A", "words": "many"})
    with pytest.raises(DocumentError, match="title: is missing"):
        schema.validate({"number": "1"})
    with pytest.raises(DocumentError, match="number: expected a key that is not empty"):
        schema.validate({"number": "", "title": "A"})
    with pytest.raises(DocumentError, match="got 5"):
        schema.validate(5)


@given(st.datetimes())
def test_microseconds_are_those_of_whoosh(moment: datetime) -> None:
    assert microseconds(moment) == datetime_to_long(moment)
    midnight = datetime(moment.year, moment.month, moment.day)
    assert microseconds(moment.date()) == datetime_to_long(midnight)


def test_microseconds_are_counted_in_utc() -> None:
    noon = datetime(2025, 2, 17, 12, 30, 1, 5)
    assert microseconds(noon.replace(tzinfo=UTC)) == microseconds(noon)
    later = noon.replace(tzinfo=timezone(timedelta(hours=-8)))
    assert microseconds(later) == microseconds(noon) + 8 * 3_600_000_000
    assert microseconds(date.min) == 0


@pytest.mark.parametrize("boost", ["x", None, 10**400])
def test_a_boost_that_is_no_number_is_refused_where_it_is_given(boost: Any) -> None:
    with pytest.raises(SchemaError, match="expected a boost above 0, got"):
        Text(boost=boost)
