"""What is sent of a document: the server's own analysis must find our terms at our positions."""

import json
from datetime import UTC, date, datetime
from typing import Annotated, Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from pydantic import BaseModel

from searchlib import Article, Date, Key, Keyword, Number, Text
from searchlib.analysis.batch import BatchAnalyzer
from searchlib.backends.opensearch import documents
from searchlib.backends.opensearch.documents import Source, SourceMaker, SourcePlan
from searchlib.backends.opensearch.mapping import sent_term
from searchlib.indexing.columns import DocumentColumns
from searchlib.schema.models import DocumentSchema
from tests.conftest import examples
from tests.tables import each

Tokens = list[tuple[str, int]]

WORDS = st.sampled_from(
    [
        "storm",
        "Storms",
        "égalité",
        "été",
        "l'État",
        "U.S.",
        "3,000.5",
        "ﷺ",
        "½°C",
        "a|b",
        "日本",
        "...",
        "\n",
    ]
)
TEXTS = st.lists(WORDS | st.text(max_size=6), max_size=8).map(" ".join)


class Note(BaseModel):
    key: Annotated[str, Key()]
    text: Annotated[str, Text()] = ""
    parts: Annotated[list[str], Text(language="french")] = []
    desk: Annotated[str | None, Keyword()] = None
    tags: Annotated[list[str], Keyword(lowercase=False)] = []
    filed: Annotated[date | None, Date()] = None
    pages: Annotated[int | None, Number()] = None
    price: Annotated[float | None, Number()] = None


def sources(
    *documents: BaseModel, first: int = 1, maker: SourceMaker | None = None
) -> list[Source]:
    schema = DocumentSchema.of(type(documents[0]))
    columns = DocumentColumns(schema)
    for document in documents:
        columns.append(document)
    return (maker or SourceMaker(SourcePlan.of(schema))).make(columns.batch(), first)


def shadow(document: BaseModel) -> dict[str, Any]:
    found: dict[str, Any] = sent(sources(document)[0])["searchlib"]
    return found


def sent(source: Source) -> dict[str, Any]:
    assert source.line is not None
    found: dict[str, Any] = json.loads(source.line)
    return found


def as_the_server_reads(sent: str | list[str] | None) -> Tokens:
    """Cut at blanks, and the pieces at bars, which stand at one position; a gap between texts."""
    tokens: Tokens = []
    position = -1
    for text in [sent] if isinstance(sent, str) else sent or []:
        position += 100 if tokens else 0
        for piece in text.split(" "):
            position += 1
            tokens += [(term, position) for term in piece.split("|")]
    return tokens


def as_we_index(language: str, value: str | list[str]) -> Tokens:
    analyzer = BatchAnalyzer(language)
    batch = analyzer.analyze([value])
    terms = [sent_term(analyzer.vocabulary.terms[number]) for number in batch.terms.tolist()]
    return list(zip(terms, batch.positions.tolist(), strict=True))


@settings(max_examples=examples(120), deadline=None)
@given(text=TEXTS, parts=st.lists(TEXTS, max_size=4))
def test_the_server_finds_our_terms_at_our_positions(text: str, parts: list[str]) -> None:
    found = shadow(Note(key="a", text=text, parts=parts)).get("text", {})
    assert as_the_server_reads(found.get("text")) == as_we_index("english", text)
    assert as_the_server_reads(found.get("parts")) == as_we_index("french", parts)


@each(
    ("parts", "expected"),
    [
        ([], None),
        ([""], None),
        (["..."], None),
        (["vent"], "vent"),
        (["vent", "mer"], ["vent", "mer"]),
        (["vent", "", "mer"], ["vent", "mer"]),
        (["égalité"], "egal|egalit"),
        (["l'égalité x"], "l egal|egalit x"),
        (["égalité", "égalité"], ["egal|egalit", "egal|egalit"]),
    ],
)
def test_texts_are_blanks_bars_and_lists(parts: list[str], expected: object) -> None:
    found = shadow(Note(key="a", parts=parts)).get("text", {})
    assert found.get("parts") == expected


def test_a_term_with_a_blank_in_it_stays_one() -> None:
    (term,) = shadow(Note(key="a", text="ﷺ"))["text"]["text"].split(" ")
    assert "\ue000" in term


def test_labels_numbers_groups_and_order() -> None:
    note = Note(
        key="K/1", desk="Foreign Desk", tags=["B", "", "a"], filed=date(2025, 1, 2), pages=-3,
        price=0.1,
    )  # fmt: skip
    assert shadow(note) == {
        "order": 1,
        "label": {"key": "K/1", "desk": "foreign desk", "tags": ["B", "a"]},
        "number": {"filed": 63871372800000000, "pages": -3, "price": 0.1},
        "hour": {"filed": 17742048},
        "group": {"desk": "foreign desk"},
    }


def test_a_document_without_a_label_is_a_group_of_its_own() -> None:
    assert shadow(Note(key="k"))["group"] == {"desk": "\0k"}
    assert shadow(Note(key="k", desk=""))["group"] == {"desk": "\0k"}
    assert "desk" not in shadow(Note(key="k", desk=""))["label"]


def test_the_document_is_sent_as_it_is_stored() -> None:
    article = Article(
        id="a", title="Storm", body="Hello", document_date=datetime(2025, 1, 2, 3, tzinfo=UTC),
        extra={"n": 1.5, "": None},
    )  # fmt: skip
    found = sent(sources(article)[0])
    del found["searchlib"]
    assert found == json.loads(DocumentSchema.of(Article).store(article))
    assert list(found) == list(Article.model_fields)


def test_each_document_has_its_key_its_id_and_its_order() -> None:
    long = "k" * 501
    made = sources(Note(key="a"), Note(key=long), first=7)
    assert [(one.key, one.order) for one in made] == [("a", 7), (long, 8)]
    assert made[0].id == "a"
    assert made[1].id.startswith("sha:")


def test_documents_in_their_own_languages() -> None:
    schema = DocumentSchema.of(Article).in_language("auto")
    columns = DocumentColumns(schema)
    for language in ("fr", "en", None):
        columns.append(Article(id=f"{language}", title="égalité", body="storms", language=language))
    made = SourceMaker(SourcePlan.of(schema)).make(columns.batch(), 1)
    found = [sent(one)["searchlib"] for one in made]
    assert [one["language"] for one in found][:2] == ["french", "english"]
    assert [one["text"]["title"] for one in found][:2] == ["egal|egalit", "egalit"]
    assert "_language" not in found[0]["label"]


def test_words_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_MOST_WORDS", 3)
    maker = SourceMaker(SourcePlan.of(DocumentSchema.of(Note)))
    for number in range(4):
        word = f"word{number}"
        (made,) = sources(Note(key="a", text=f"{word} and storms"), maker=maker)
        assert sent(made)["searchlib"]["text"]["text"] == f"{word} and storm"
