"""Snippets of hits: which fields, from which documents, made of what."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel
from whoosh import query as wq

from searchlib import Index, SnippetOptions
from searchlib.errors import QueryError
from searchlib.schema.markers import Key, Keyword, Stored, Text


class Report(BaseModel):
    number: Annotated[str, Key()]
    headline: Annotated[str, Text()] = ""
    paragraphs: Annotated[list[str], Text()] = []
    remark: Annotated[str | None, Text(language=None)] = None
    tags: Annotated[list[str], Keyword()] = []
    raw: Annotated[dict[str, str], Stored()] = {}


LONG = "Ministers argued over the ceasefire all day long. "


@pytest.fixture
def reports(tmp_path: Path) -> Index:
    index = Index.create(tmp_path / "index", Report)
    index.add(
        [
            Report(
                number="1",
                headline=LONG * 8 + "Talks failed.",
                paragraphs=["Peace", "talks failed.", "The peace talks go on."],
                tags=["talks"],
                raw={"body": "talks"},
            ),
            Report(number="2", remark="TALKS about Ministers", paragraphs=[LONG * 9]),
        ]
        + [Report(number=str(n), headline=LONG) for n in range(3, 20)]
    )
    return index


def test_each_text_field_that_is_not_empty_has_a_snippet(reports: Index) -> None:
    first, second = sorted(reports.search("talks"), key=lambda hit: hit.key)
    assert first.snippets.keys() == {"headline", "paragraphs"}
    assert second.snippets.keys() == {"paragraphs", "remark"}
    assert second.snippets["remark"].html == "<mark>TALKS</mark> about Ministers"
    assert second.snippets["paragraphs"].spans == ()


def test_phrases_stay_within_a_value_of_a_list(reports: Index) -> None:
    (hit,) = reports.search('"peace talks"')
    assert hit.snippets["paragraphs"].html == (
        "Peace\n\ntalks failed.\n\nThe <mark>peace talks</mark> go on."
    )


def test_passages_are_chosen_by_the_rarity_of_terms_in_the_whole_index(reports: Index) -> None:
    options = SnippetOptions(max_chars=80, max_passages=1, fields=["headline"])
    query = wq.Or([wq.Term("headline", "ceasefir"), wq.Term("headline", "talk")])
    hit = next(hit for hit in reports.search(query, snippets=options) if hit.key == "1")
    assert "<mark>Talks</mark> failed." in hit.snippets["headline"].html


def test_no_model_is_made_for_snippets(reports: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    hit = reports.search('"peace talks"')[0]
    monkeypatch.setattr(reports.schema, "restore", None)
    assert hit.snippets["paragraphs"].spans


def test_fields_and_whole_fields_are_chosen_with_the_options(reports: Index) -> None:
    options = SnippetOptions(max_chars=60, fields=["headline"], whole=["headline"])
    hit = next(hit for hit in reports.search("talks", snippets=options) if hit.key == "1")
    assert hit.snippets.keys() == {"headline"}
    assert hit.snippets["headline"].text == LONG * 8 + "Talks failed."
    for wrong in (SnippetOptions(fields=["tags"]), SnippetOptions(whole="tags"), "tags", ["tags"]):
        with pytest.raises(QueryError, match="text fields for snippets, got 'tags'"):
            reports.search("talks", snippets=wrong)


def test_a_query_of_a_kind_that_only_whoosh_evaluates_has_snippets(reports: Index) -> None:
    near = wq.SpanNear(wq.Term("paragraphs", "peac"), wq.Term("paragraphs", "talk"))
    (hit,) = reports.search(near)
    assert hit.snippets["paragraphs"].html.endswith("The <mark>peace talks</mark> go on.")


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("storm", {"headline": ["Storms"], "paragraphs": ["storm"]}),
        ("headline:storm", {"headline": ["Storms"], "paragraphs": []}),
        ("headline:storm flood", {"headline": ["Storms", "floods"], "paragraphs": ["flood"]}),
        ("storm tags:weather", {"headline": ["Storms"], "paragraphs": ["storm"]}),
        ("paragraphs:storm floods", {"headline": ["floods"], "paragraphs": ["flood", "storm"]}),
    ],
)
def test_each_field_has_marks_of_what_is_looked_for_in_it(
    tmp_path: Path, query: str, marked: dict[str, list[str]]
) -> None:
    index = Index.create(tmp_path / "index", Report)
    headline, text = "Storms and floods", "A flood, then a storm"
    index.add([Report(number="1", headline=headline, paragraphs=[text], tags=["weather"])])
    (hit,) = index.search(query)
    found = {
        name: [snippet.text[start:end] for start, end in snippet.spans]
        for name, snippet in hit.snippets.items()
    }
    assert found == marked
