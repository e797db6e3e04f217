"""HTML and Markdown are taken out of text; words, and what only looks like a mark, stay."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib.articles.markup import strip_html, strip_markdown
from tests.conftest import examples
from tests.tables import each

HTML = {
    "": "",
    "plain text": "plain text",
    # entities
    "caf&eacute; &amp; bar": "café & bar",
    "the caf&#233;, the caf&#xE9;": "the café, the café",
    "AT&T, R&D; ?a=1&copy=2 &nosuch;": "AT&T, R&D; ?a=1&copy=2 &nosuch;",
    "&#0; &#55296;": "&#0; &#55296;",
    # tags
    "<p>The rink <b>opened</b>": "The rink opened",
    "<P>The rink <B>opened</B></P>": "The rink opened",
    "one<br>two<br/>three</br>": "one\ntwo\nthree",
    "<p>one</p><p>two</p>": "one\n\ntwo",
    "<h2>Head</h2>\nOne\nline\n\nTwo": "Head\n\nOne line\n\nTwo",
    "a <i>word</i>\nand a line": "a word\nand a line",
    "<ul><li>a</li><li>b</li></ul>": "a\n\nb",
    "<a href='x' title=\"a > b\">link</a>": "link",
    "x <!-- <p>no</p> -->y</i>": "x y",
    "<p>a</p><script>if (a < b) {}</script><style>p {}</style>c": "a\n\nc",
    "<![CDATA[<p>inside</p>]]>": "inside",
    "<o:p>Word</o:p>": "Word",
    "&lt;p&gt;twice &amp;amp; again&lt;/p&gt;": "twice & again",
    # no tags
    "if a < b and c > d": "if a < b and c > d",
    "DU PONT CO <DD> and <P>, <B and R International Inc>": (
        "DU PONT CO <DD> and <P>, <B and R International Inc>"
    ),
    "<John> said</b>": "<John> said",
    "see <https://a.example/b>": "see <https://a.example/b>",
    "<a href='open": "<a href='open",
    "<!-- open": "<!-- open",
    "1 <2 and <-- that": "1 <2 and <-- that",
}  # fmt: skip

MARKDOWN = {
    "plain text": "plain text",
    "**7 percent** of *all*": "7 percent of all",
    "__bold__, _it_ and ***both***": "bold, it and both",
    "**bold *in* it**": "bold in it",
    "H**2**O": "H2O",
    "[protected](https://a.example/b_c) text": "protected text",
    "[[email protected]](/cdn-cgi/l/x#y)": "[email protected]",
    '[a](b.html "A title"), ![a dog](dog.png)': "a, a dog",
    "![](dog.png)": "dog.png",
    "`code*x*` and ``b``": "code*x* and b",
    "~~gone~~": "gone",
    r"\*no mark\*": "*no mark*",
    "<https://a.example/_b_> https://a.example/_b_": (
        "https://a.example/_b_ https://a.example/_b_"
    ),
    # no marks
    "snake_case_word": "snake_case_word",
    "2 * 3 * 4 and 2*3*4": "2 * 3 * 4 and 2*3*4",
    "a 5* hotel, a 4* one": "a 5* hotel, a 4* one",
    "**open": "**open",
    "[sic](the minister)": "[sic](the minister)",
    "[a note] (and more)": "[a note] (and more)",
    "~5 and ~6": "~5 and ~6",
}  # fmt: skip


@each("text", HTML)
def test_html(text: str) -> None:
    assert strip_html(text) == HTML[text]


@each("text", MARKDOWN)
def test_markdown(text: str) -> None:
    assert strip_markdown(text) == MARKDOWN[text]


WORDS = st.lists(
    st.sampled_from(["café", "a", "b2", "R&D", "5", "–", "“so”", "x<y", "D.C."]), min_size=1
).map(" ".join)
TAGS = st.sampled_from(
    ["<p>", "</p>", "<br/>", "<b>", "</b>", "<div class='x'>", "</div>", "<!-- c -->", "\n\n", "\n"]
)
MARKS = st.sampled_from(["**", "*", "_", "__", "`", "~~", "[", "](", ")", "!", "\\", ">", "<"])


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


@given(st.lists(WORDS, min_size=1), st.data())
@settings(max_examples=examples(300))
def test_no_word_between_tags_is_lost(texts: list[str], data: st.DataObject) -> None:
    tagged = "".join(f" {text} {data.draw(TAGS)}" for text in texts)
    # Without an end tag a lone <b> is a stock ticker.
    assert words(strip_html(f"{tagged}</p>")) == words(" ".join(texts))


@given(st.lists(WORDS | MARKS).map(" ".join) | st.lists(WORDS | MARKS).map("".join))
@example("*a*")
@example("[a](b.c)d")
@settings(max_examples=examples(400))
def test_markdown_loses_nothing_but_marks_and_targets(text: str) -> None:
    stripped = strip_markdown(text)
    targets = words(" ".join(re.findall(r"\]\(([^)]*)\)?", text)))
    kept = "".join(words(stripped))
    assert all(word in kept for word in words(text) if word not in targets)


@given(st.text() | st.lists(TAGS | MARKS | WORDS).map("".join))
@settings(max_examples=examples(400))
def test_nothing_raises_and_what_is_plain_stays(text: str) -> None:
    strip_markdown(strip_html(text))
    plain = re.sub(r"[&<>*_`~\\\[\]\0]", "", text)
    assert strip_markdown(strip_html(plain)) == plain


@pytest.mark.parametrize(
    "piece",
    [
        "<a",
        "<!--",
        "<a \"<a' ",
        "<script>",
        "[",
        "[](a:",
        "*a ",
        "_a ",
        "`a",
        "<p>",
        "&lt;",
        "[a[b]",
    ],
)
def test_hostile_text_is_read_in_one_go(piece: str) -> None:
    text = piece * 100_000  # quadratic time would take minutes
    assert isinstance(strip_markdown(strip_html(text)), str)
