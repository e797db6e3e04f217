"""What a notebook shows of results: marks, and nothing that an article could slip in."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel

from searchlib import Article, Distinct, Index, Key, Keyword, SnippetOptions, Terms, Text

if TYPE_CHECKING:
    from pathlib import Path


class Reader(HTMLParser):
    """Collects the tags, their attributes, and the text of the cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.cells: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.cells and data != "\n":
            self.cells[-1] += data


def test_hostile_articles_are_shown_as_text(hostile: Index[Article]) -> None:
    read = Reader(hostile.search("storm OR storms OR id:rich", limit=None)._repr_html_())
    assert read.tags <= {"p", "b", "table", "tr", "th", "td", "mark", "br"}
    assert read.attributes == {"style"}
    assert "<script>alert('storm')</script>" in read.cells
    assert '<b onload="x">' in read.cells
    assert "=HYPERLINK" in read.text


def test_the_table_has_what_a_reader_wants(index: Index[Article]) -> None:
    html = index.search("peace", limit=1)._repr_html_()
    read = Reader(html)
    assert read.cells[:6] == ["rank", "score", "title", "published", "source", "snippet"]
    hit = index.search("peace")[0]
    assert read.cells[6] == "1"
    assert read.cells[8] == hit.document.title
    assert hit.snippets["body"].html in html
    assert "<b>2 hits</b>, 1 shown" in html


def test_facets_are_tables_of_counts_without_markup() -> None:
    index = Index.in_memory(Article)
    labels = ["<script>", "<script>", "AP", None]
    index.add(Article(id=str(n), body="storm", source=label) for n, label in enumerate(labels))
    results = index.search(
        "storm", limit=0, facets={"<b>": Terms("source", size=1), "n": Distinct("source")}
    )
    read = Reader(results._repr_html_())
    assert read.tags == {"p", "b", "table", "tr", "th", "td"}
    assert read.cells[:8] == ["<b>", "count", "<script>", "2", "(other)", "1", "(missing)", "1"]
    distinct = dict(zip(read.cells[8::2], read.cells[9::2], strict=True))
    assert distinct == {"n": "count", "total": "4", "missing": "1", "count": "2"}
    many = Index.in_memory(Article)
    many.add(Article(id=str(n), body="storm", source=f"paper {n}") for n in range(105))
    found = many.search("storm", limit=0, facets=[Terms("source", size=200)])
    assert Reader(found._repr_html_()).cells[-2:] == ["(other)", "5"]


def test_a_hit_alone(index: Index[Article]) -> None:
    hit = index.search("peace")[0]
    read = Reader(hit._repr_html_())
    assert len(read.cells) == 12
    assert read.cells[8] == hit.document.title


def test_notes_are_told_and_escaped(index: Index[Article]) -> None:
    results = index.search("peace <b>(", lenient=True)
    assert results.notes
    assert Reader(results._repr_html_()).text.count("note: ") == len(results.notes)
    assert "note: <" not in results._repr_html_()


def test_half_characters_of_a_query_are_escaped(index: Index[Article]) -> None:
    results = index.search("(\udcff", lenient=True)
    assert results.notes
    assert results._repr_html_().encode()


def test_nothing_found(index: Index[Article]) -> None:
    assert index.search("unheard")._repr_html_() == "<p><b>0 hits</b></p>"


def test_a_million_hits_are_not_all_shown(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article)
    index.add(Article(id=str(number), title="Storm") for number in range(120))
    html = index.search("storm", limit=None)._repr_html_()
    assert html.count("<tr>") == 101
    assert "<b>120 hits</b>, 100 shown" in html


def test_marks_of_ones_own(index: Index[Article]) -> None:
    options = SnippetOptions(before='<em class="hit">', after="</em>")
    html = index.search("peace", snippets=options)._repr_html_()
    assert '<em class="hit">Peace</em> talks resume' in html


def test_without_snippets_the_title_is_plain(index: Index[Article]) -> None:
    html = index.search("id:bare", snippets=False)._repr_html_()
    assert "Nothing but a headline &lt;b&gt;here&lt;/b&gt;" in html


class Report(BaseModel):
    number: Annotated[str, Key()]
    text: Annotated[str, Text()] = ""
    source: Annotated[list[str], Keyword()] = []


def test_other_models_show_their_keys(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Report)
    index.add(Report(number="<7>", text="a storm", source=["a", "<b>"]))
    read = Reader(index.search("storm")._repr_html_())
    assert read.cells[:5] == ["rank", "score", "title", "source", "snippet"]
    assert read.cells[7:] == ["<7>", "a, <b>", "a storm"]
