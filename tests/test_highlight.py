"""The right passage, the right marks, and nothing but marks in the html."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as wq

from searchlib import Article, Snippet, SnippetOptions
from searchlib.highlight import Highlighter
from searchlib.queries import QueryReader
from searchlib.schema import DocumentSchema

READER = QueryReader(DocumentSchema.of(Article))


def snippet(query: str | wq.Query, text: str, **options: object) -> Snippet:
    tree = READER.read(query) if isinstance(query, str) else query
    return Highlighter(tree, "body", "english").snippet(text, SnippetOptions(**options))  # type: ignore[arg-type]


def marked(query: str | wq.Query, text: str, **options: object) -> list[str]:
    found = snippet(query, text, **options)
    return [found.text[start:end] for start, end in found.spans]


TEXT = "Peace talks were held; the peace was near. Talks of a talk about peace-talks, he said."


@pytest.mark.parametrize(
    ("query", "marks"),
    [
        ("talk", ["talks", "Talks", "talk", "talks"]),
        ('"peace talks"', ["Peace talks", "peace-talks"]),
        ('"near talks"', ["near. Talks"]),
        ('"peace near"~2', ["peace", "near"]),
        ("peac*", ["Peace", "peace", "peace"]),
        ("ta?k", ["talks", "Talks", "talk", "talks"]),
        ("title:talk", []),
        ("held NOT peace", ["held"]),
        ("held ANDNOT talks", ["held"]),
        ("held ANDMAYBE near", ["held", "near"]),
        (wq.FuzzyTerm("body", "peax"), ["Peace", "peace", "peace"]),
        (wq.Regex("body", "h.l"), ["held"]),
        (wq.TermRange("body", "he", "hell"), ["held", "he"]),
    ],
)
def test_what_was_asked_for_is_marked(query: str | wq.Query, marks: list[str]) -> None:
    assert marked(query, TEXT) == marks


def test_the_html_is_escaped_and_the_marks_can_be_chosen() -> None:
    found = snippet("talks", '<b>Talks</b> & "talks"', before="[", after="]")
    assert found.html == "&lt;b&gt;[Talks]&lt;/b&gt; &amp; &quot;[talks]&quot;"
    assert found.text == '<b>Talks</b> & "talks"'


SENTENCES = (
    "The U.S. delegation arrived first. Mr. J. Smith of the F.A.O. spoke of grain. "
    "Later a ceasefire was mentioned by Gen. Orlov in passing. Nobody answered him. "
    "Then the ceasefire and the grain corridor were agreed on. Everyone went home."
)


def test_the_passage_with_most_different_words_is_chosen_and_begins_with_a_sentence() -> None:
    found = snippet("ceasefire grain", SENTENCES, max_chars=80)
    assert (
        found.text
        == "…Then the ceasefire and the grain corridor were agreed on. Everyone went home."
    )


def test_abbreviations_end_no_sentence() -> None:
    found = snippet("passing", SENTENCES, max_chars=70)
    assert found.text == "…Later a ceasefire was mentioned by Gen. Orlov in passing.…"


def test_without_a_match_the_snippet_is_the_beginning() -> None:
    found = snippet("zebra", SENTENCES, max_chars=40)
    assert found.text == "The U.S. delegation arrived first.…"
    assert found.spans == ()


def test_a_long_sentence_is_cut_between_words_around_the_match() -> None:
    text = "alpha beta " * 60 + "needle " + "gamma delta " * 60
    found = snippet("needle", text, max_chars=60)
    assert [found.text[a:b] for a, b in found.spans] == ["needle"]
    assert set(found.text.strip("…").split()) <= {"alpha", "beta", "needle", "gamma", "delta"}
    assert len(found.text) <= 62


def test_a_snippet_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        SnippetOptions(max_chars=5)


class TextAndMarks(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.marks = "", set[str](), list[tuple[int, int]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.start = len(self.text)

    def handle_endtag(self, tag: str) -> None:
        self.marks.append((self.start, len(self.text)))

    def handle_data(self, data: str) -> None:
        self.text += data


PIECES = st.sampled_from(
    ["peace", "talks", " ", ". ", "\n\n", "<script>", "</mark>", "&amp;", "&", '"', "'", "é", "م",
     "\u202e", "U.S.", "北", "\u0301"]
)  # fmt: skip
ALPHABET = st.characters(exclude_categories=["Cs", "Cc"])  # an HTML parser drops control characters


@given(
    st.one_of(st.text(ALPHABET, max_size=300), st.lists(PIECES, max_size=150).map("".join)),
    st.sampled_from(["peace", '"peace talks"', "peace OR talk", "t*", "北", "é"]),
    st.integers(20, 100),
)
def test_html_text_and_spans_say_the_same(text: str, query: str, max_chars: int) -> None:
    found = snippet(query, text, max_chars=max_chars)
    parsed = TextAndMarks()
    parsed.feed(found.html)
    parsed.close()
    assert parsed.text == found.text
    assert parsed.tags <= {"mark"}
    assert tuple(parsed.marks) == found.spans
    assert found.text.strip("…") in text
    assert len(found.text) <= max_chars + 2
