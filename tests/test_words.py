"""Words as people write them, from documents to hits and marks; and labels."""

import unicodedata
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel
from whoosh import query as wq

from searchlib import Index, Key, Keyword, Text
from searchlib.analysis import analyze
from searchlib.highlight import FieldText
from searchlib.schema.values import label_term
from tests.highlight_help import highlighter
from tests.tables import each


class Status(str, Enum):  # noqa: UP042 - what people have, and not what StrEnum is
    OPEN = "open"
    SHUT = "Shut"


class Level(StrEnum):
    HIGH = "High"


class Report(BaseModel):
    id: Annotated[str, Key()]
    body: Annotated[str, Text(language="english")] = ""
    summary: Annotated[str, Text(language="french")] = ""
    notes: Annotated[list[str], Text(language="french")] = []
    topics: Annotated[list[str], Keyword()] = []
    exact: Annotated[str | None, Keyword(lowercase=False)] = None
    status: Annotated[Status | None, Keyword()] = None
    past: Annotated[list[Status], Keyword(lowercase=False)] = []
    level: Annotated[Level | None, Keyword()] = None


def keys(path: Path, documents: list[Report], query: str) -> list[str]:
    index = Index.create(path, Report)
    index.add(documents)
    return sorted(hit.key for hit in index.search(query))


BODIES = {
    "accents": "Milošević met Mbappé of Łódź in the Straße",
    "bare": "Milosevic met Mbappe of Lodz in the Strasse",
    "hyphen": "The presi\u00addent spoke at the har\u200bbour\u2060 wall",
    "note": "A wall at the harbour¹ and the _Old Mill_",
    "dots": "He resigned.The cabinet met.Nobody spoke of example.org",
    "groups": "It costs 1,234,567 crowns, or 1.5",
    "plain": "It costs 1234567 crowns, or 3,4",
    "points": "الرَّئِيس مُحَمَّد و שָׁלוֹם",
    "hangul": unicodedata.normalize("NFD", "대통령이 말했다"),
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Milosevic", "accents bare"),
        ("milošević mbappe", "accents bare"),
        ("Łódź", "accents bare"),
        ("STRASSE", "accents bare"),
        ('"of Łodz in"', "accents bare"),
        ("president", "hyphen"),
        ("presi\u00addent", "hyphen"),
        ("har\u200dbour", "hyphen note"),
        ('"harbour wall"', "hyphen"),
        ('"old mill"', "note"),
        ("mill", "note"),
        ("resigned cabinet nobody", "dots"),
        ('"met nobody spoke"', "dots"),
        ("example.org", "dots"),
        ("1234567", "groups plain"),
        ("1,234,567", "groups plain"),
        ('"costs 1,234,567 crowns"', "groups plain"),
        ("567", ""),
        ("محمد", "points"),
        ("שלום", "points"),
        ("대통령", "hangul"),
        (unicodedata.normalize("NFD", "대통령"), "hangul"),
    ],
)
def test_words_find_what_is_the_same_word(tmp_path: Path, query: str, found: str) -> None:
    documents = [Report(id=name, body=body) for name, body in BODIES.items()]
    assert keys(tmp_path / "index", documents, query) == sorted(found.split())


@pytest.mark.parametrize(
    "query", ["summary:egalite", "summary:égal", 'summary:"egalite des eleves"']
)
def test_a_word_with_two_terms_is_found_by_either(tmp_path: Path, query: str) -> None:
    documents = [Report(id="a", summary="L'égalité des élèves"), Report(id="b", summary="Élection")]
    assert keys(tmp_path / "index", documents, query) == ["a"]


def test_fields_count_tokens_not_terms_and_segments_merge(tmp_path: Path) -> None:
    texts = ["L'égalité des élèves déjà créés", "Le plat du jour", "", "Écoles, élèves: l'égalité"]
    texts *= 3
    index = Index.create(tmp_path / "index", Report)
    for number, text in enumerate(texts):
        index.add([Report(id=f"{number}", summary=text, notes=[text, "déjà vu"])])
    index.optimize()
    assert index.check() == []
    reader = index.reader()
    lengths = sorted(len(analyze(text, "french")) for text in texts)
    documents = range(reader.doc_count())
    assert sorted(reader.doc_field_length(number, "summary") for number in documents) == lengths
    assert reader.field_length("notes") == sum(lengths) + 2 * len(texts)
    assert index.search('summary:"égalité des élèves"').total == 3
    assert index.search('summary:"eleves deja"').total == 3
    assert index.search('notes:"eleves deja crees"').total == 3
    assert index.search('notes:"deja vu"').total == len(texts)
    assert index.search('notes:"crees deja"').total == 0  # no phrase reaches into the next text


@each(
    ("text", "query", "marks"),
    [
        ("Mbappé, Mbappe\u0301 and MBAPPE", "mbappe", ["Mbappé", "Mbappe\u0301", "MBAPPE"]),
        ("The presi\u00addent\u200b met pre\u2060sident", "president",
         ["presi\u00addent", "pre\u2060sident"]),
        ("\ufeffHarbour\u200e wall", "harbour", ["Harbour"]),
        ("The harbour¹ wall", "harbour", ["harbour"]),
        ("The harbour¹ wall²", '"harbour wall"', ["harbour¹ wall"]),
        ("_Harbour Gazette_ and __wall__", '"harbour gazette"', ["Harbour Gazette"]),
        ("_Harbour Gazette_ and __wall__", "wall", ["wall"]),
        ("He resigned.The cabinet met.Nobody", "cabinet resigned nobody",
         ["resigned", "cabinet", "Nobody"]),
        ("He resigned.The cabinet met.Nobody", '"met nobody"', ["met.Nobody"]),
        ("Il est tombé.Élection demain", '"tombe election"', ["tombé.Élection"]),
        ("1,234,567 or 1’234’567 or 1\u00a0234\u00a0567", "1234567",
         ["1,234,567", "1’234’567", "1\u00a0234\u00a0567"]),
        ("1234567 and 1.234.567, not 234,567", "1,234,567", ["1234567", "1.234.567"]),
        ("costs 1,234.50 now", '"costs 1234.50"', ["costs 1,234.50"]),
        ("1,2,3 or 12,34", "34 2", ["2", "34"]),
        ("قال مُحَمَّد ثم محمد", "محمد", ["مُحَمَّد", "محمد"]),
        ("אמר שָׁלוֹם", "שלום", ["שָׁלוֹם"]),
        ("Straße, strasse", "STRASSE", ["Straße", "strasse"]),
        (unicodedata.normalize("NFD", "그 대통령"), "대통령",
         [unicodedata.normalize("NFD", "대통령")]),
    ],
)  # fmt: skip
@each("language", ["english", None, "french"])
@each("many", [0, 300])
def test_marks_are_exact_on_the_text_as_it_stands(
    text: str, query: str, marks: list[str], language: str | None, many: int
) -> None:
    text = text + "\n" + "and so on, " * many  # long texts are searched, short ones analysed
    terms = [terms[0] for part in query.strip('"').split() for terms in analyze(part, language)]
    tree: wq.Query = wq.Or([wq.Term("body", term) for term in terms])
    if query[0] == '"' or query == "대통령":
        tree = wq.Phrase("body", terms)
    found = highlighter(tree, language).marks(FieldText(text))
    assert [text[mark.start : mark.end] for mark in found] == marks


@pytest.mark.parametrize("wanted", ["egal", "egalit"])
def test_a_mark_has_the_term_that_counts(wanted: str) -> None:
    text = FieldText("L'égalité. " * 3)
    [*marks] = highlighter(wq.Term("body", wanted), "french").marks(text)
    assert [mark.term for mark in marks] == [wanted] * 3
    both = wq.Or([wq.Term("body", "egalit"), wq.Term("body", "egal")])
    assert {mark.term for mark in highlighter(both, "french").marks(text)} == {"egal"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Élections", unicodedata.normalize("NFD", "élections")),
        ("STRASSE", "Straße"),
        ("Ev\u00adent", "event"),
        ("\ufeffSport\u200b", "sport"),
        ("ΟΔΟΣ", "οδος"),
        ("대통령", unicodedata.normalize("NFD", "대통령")),
        ("ῼ", unicodedata.normalize("NFD", "ῳ")),
    ],
)
def test_labels_that_look_the_same_are(tmp_path: Path, one: str, other: str) -> None:
    assert label_term(one, lowercase=True) == label_term(other, lowercase=True)
    documents = [Report(id="a", topics=[one]), Report(id="b", topics=[other]), Report(id="c")]
    assert keys(tmp_path / "index", documents, f"topics:{one}") == ["a", "b"]


def test_labels_keep_their_accents() -> None:
    assert label_term("Élections", lowercase=True) != label_term("Elections", lowercase=True)


def test_labels_that_keep_their_case_are_canonical(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "É\u200blan")
    assert label_term(decomposed, lowercase=False) == "Élan"
    assert label_term("Straße", lowercase=False) == "Straße"
    documents = [Report(id="a", exact=decomposed), Report(id="b", exact="élan")]
    assert keys(tmp_path / "index", documents, "exact:Élan") == ["a"]


def test_a_label_of_nothing_visible_is_none() -> None:
    assert label_term("\u200b\ufeff", lowercase=True) == ""


def test_members_of_enumerations_are_indexed_by_their_values(tmp_path: Path) -> None:
    documents = [
        Report(id="a", status=Status.OPEN, past=[Status.SHUT], level=Level.HIGH),
        Report(id="b", status=Status.SHUT, past=[Status.OPEN, Status.SHUT]),
    ]
    assert keys(tmp_path / "1", documents, "status:open") == ["a"]
    assert keys(tmp_path / "2", documents, "status:SHUT") == ["b"]
    assert keys(tmp_path / "3", documents, "past:Shut") == ["a", "b"]
    assert keys(tmp_path / "4", documents, "past:open NOT past:shut") == ["b"]
    assert keys(tmp_path / "5", documents, "level:high") == ["a"]


def test_keys_are_exactly_what_they_are(tmp_path: Path) -> None:
    composed, decomposed = "É\u00ad1", unicodedata.normalize("NFD", "É\u00ad1")
    index = Index.create(tmp_path / "index", Report)
    index.add([Report(id=composed), Report(id=decomposed)])
    assert len(index) == 2
    assert [hit.key for hit in index.search(f'id:"{decomposed}"')] == [decomposed]
    index.delete(composed)
    assert [hit.key for hit in index.search("*")] == [decomposed]
