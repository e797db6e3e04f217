"""Whatever is read: nothing raises, and no word of a text is lost.

Failures that hypothesis found are kept at the end under names of their own.
"""

import gzip
import json
import math
import re
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchlib.articles import Article, read_articles
from searchlib.articles.encoding import TextDecoder
from searchlib.articles.field_keys import DATE_FIELDS, KEYS, find_field
from searchlib.articles.formats.registry import BY_ENDING
from searchlib.articles.paragraphs import to_body
from searchlib.articles.text import split_lines
from searchlib.errors import Notice, Problem
from tests.articles.conftest import without_place
from tests.conftest import examples

quick = settings(max_examples=examples(60))


def read(name: str, content: bytes) -> list[Article | Problem]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        return [item for item in read_articles(path) if not isinstance(item, Notice)]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def said(item: Article | Problem) -> Article | Problem:
    return without_place(item) if isinstance(item, Article) else item


def everything(article: Article) -> str:
    """All that an article says, in any field."""
    lists = [*article.categories, *article.places, *article.authors]
    single = [
        article.id,
        article.published_text,
        article.source,
        article.dateline,
        article.language,
        article.url,
    ]
    known = [article.title, article.body, *filter(None, single), *lists]
    return "\n".join([*known, json.dumps(article.extra, ensure_ascii=False)])


# ---------------------------------------------------------------- nothing raises

PIECES = st.sampled_from(
    [
        # text
        b"word ", b"Gen.", b"U.S.\n", b"- ", b"## ", b"# T\n", b"**", b"==\n", b"---\n", b"``\n",
        b"PARIS \xe2\x80\x93 The", b"\n", b"\n\n", b"\r", b"\r\n", b"\f", b"\xe2\x80\xa8",
        # labels
        b"Published on ", b"February 17, 2025\n", b"Document Date: ", b"Category: ,a - ,b\n",
        b"Show on website: ", b"https://a.example/", b"Title: t\n",
        # front matter
        b"+++\n", b"date: 2025-02-30\n", b"a: [1]\n", b"&a ", b"*a", b"!!set ", b": ", b"=", b"'",
        # JSON
        b'{"title": "a"', b', "body": ', b'"x"', b"}", b"[", b"]", b",", b"NaN", b'"\\ud800"',
        b'"date":', b'"id":', b"null", b"true", b"-", b"9" * 50,
        # encodings
        b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0", b"\x81", b"\x93", b"\xc3", b"\x1f\x8b",
    ]
)  # fmt: skip
CONTENTS = st.binary(max_size=200) | st.lists(PIECES, max_size=25).map(b"".join)


@given(st.sampled_from(sorted(BY_ENDING)), CONTENTS, st.sampled_from(["", "gz", "gz name only"]))
@settings(max_examples=examples(400))
def test_no_bytes_raise(ending: str, content: bytes, packing: str) -> None:
    packed = gzip.compress(content) if packing == "gz" else content
    items = read(f"a{ending}.gz" if packing else f"a{ending}", packed)
    assert items
    for item in items:
        assert isinstance(item, (Article, Problem))
        if isinstance(item, Article):
            assert Article.model_validate_json(item.model_dump_json()) == item
        else:
            assert item.path is not None
            str(item).encode()


@given(CONTENTS.filter(lambda data: len(data) > 20), st.data())
@settings(max_examples=examples(100))
def test_no_damage_to_gzip_raises(content: bytes, data: st.DataObject) -> None:
    packed = bytearray(gzip.compress(content))
    cut = data.draw(st.integers(0, len(packed)))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(0, 255))
    for ending in (".txt.gz", ".jsonl.gz"):
        assert read(f"a{ending}", bytes(packed[:cut]))


# ---------------------------------------------------------------- no word is lost

TEXTS = st.text(max_size=200) | st.lists(
    PIECES.map(lambda piece: piece.decode("utf-8", "ignore").replace("\0", "")), max_size=25
).map("".join)


@given(TEXTS)
@example("a\ufeffb")
@quick
def test_paragraphs_hold_every_word_in_order(text: str) -> None:
    decoded = TextDecoder().decode(text.replace("\0", "").encode("utf-8", "ignore"))
    body = to_body(split_lines(decoded))
    assert words(body) == words(decoded.removeprefix("\ufeff"))
    assert "\n" not in body.replace("\n\n", "")


WORD = st.sampled_from(
    ["the", "Minister", "Paris", "said", "U.S.", "Gen.", "2025", "1.", "EU-wide", "cut-", "“so”",
     "(but", "Tusk)", "and,", "—", "end.", "what?", "首相", "رئيس", "Sánchez", "a", "10\xa0000"]
)  # fmt: skip
PROSE = st.lists(WORD, min_size=1, max_size=25).map(" ".join)
WRAPPED = st.lists(PROSE, min_size=1, max_size=4).map("\n".join)
LABELS_IN_PROSE = st.sampled_from(
    [
        "Category: five hurricanes", "Category five hurricanes", "Published on Monday, they said.",
        "Published on the first", "Document Date: unknown", "Show on website: they did",
        "**Category:** five", "Source: the minister", "Tags: one, two", "Title: none",
    ]
)  # fmt: skip
HEADINGS = st.one_of(
    PROSE.map("## {}".format), PROSE.map("**{}**".format), st.just("---"), st.just("# ENDS")
)
ITEMS = st.builds("{} {}".format, st.sampled_from(["-", "*", "1.", "(a)", "•"]), PROSE)
FIRST = PROSE | WRAPPED | LABELS_IN_PROSE.filter(lambda text: not text.startswith(("S", "T")))
PARAGRAPHS = st.tuples(
    FIRST.map(lambda paragraph: [paragraph]),
    # Headings and labels together may rightly begin another article.
    st.lists(PROSE | WRAPPED | ITEMS | LABELS_IN_PROSE, max_size=7)
    | st.lists(PROSE | WRAPPED | ITEMS | HEADINGS, max_size=7),
).map(lambda parts: parts[0] + parts[1])
NAMES = st.lists(
    st.sampled_from(["Alpha", "Beta", "Gamma", "Delta", "Omega"]), min_size=5, max_size=12
)
HEADER = [
    "Published on February 17, 2025",
    "Document Date: Sun, Nov 16 2025 06:43:04 pm",
    "Category: ,English,Snippets",
    "Show on website: Click Here",
]


@st.composite
def exports(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """An export of one article with a complete header; its title and its paragraphs."""
    title, paragraphs = " ".join(draw(NAMES)), draw(PARAGRAPHS)
    mark = draw(st.sampled_from(["## {}", "{}", "# **{}**", "**{}**"]))
    source = draw(st.sampled_from(["## **Quay Times**", "**Quay Times**"]))
    head = [mark.format(title), *draw(st.permutations(HEADER)), source]
    break_ = draw(st.sampled_from(["\n\n", "\n \n\n", "\r\n\r\n", "\n\f\n"]))
    return break_.join([*head, *paragraphs]), title, paragraphs


@given(exports())
@settings(max_examples=examples(150))
def test_an_export_holds_every_word_in_order(made: tuple[str, str, list[str]]) -> None:
    text, title, paragraphs = made
    items = read("a.txt", text.encode())
    assert [type(item) for item in items] == [Article]
    (article,) = items
    assert isinstance(article, Article)
    assert article.title == title
    assert article.source == "Quay Times"
    assert words(article.body) == words("\n".join(paragraphs))


@given(st.lists(exports(), min_size=2, max_size=4))
@quick
def test_exports_in_one_file_are_read_as_they_are_in_files_of_their_own(
    made: list[tuple[str, str, list[str]]],
) -> None:
    # The last paragraph is prose, for of two headings in a row either could be the next title.
    texts = [text.replace("\r", "") + "\n\nIt ended.\n" for text, _, _ in made]
    apart = [item for text in texts for item in read("a.txt", text.encode())]
    together = read("a.txt", "\n".join(texts).encode())
    assert list(map(said, together)) == list(map(said, apart))


LOOSE = st.sampled_from(
    [
        "{} {}.", "{} {}", "{}", "## {}", "# **{} {}**", "**{}**", "- {}", "{} and\n{}", "{},",
        "Category: {}, {}", "Category {} {}", "Source: {}", "Title: {}", "Location: {}", "Date: {}",
        "Published on February 17, 2025", "Document Date: 2025-02-03", "Tags: {}", "---",
    ]
)  # fmt: skip


@given(st.lists(LOOSE, min_size=1, max_size=12), st.sampled_from([".txt", ".md"]))
@settings(max_examples=examples(400))
def test_every_word_is_somewhere_in_what_is_read(templates: list[str], ending: str) -> None:
    lines = [line.format(f"Alpha{at}", f"beta{at}") for at, line in enumerate(templates)]
    items = read(f"a{ending}", "\n\n".join(lines).encode())
    said = " ".join(everything(item) for item in items if isinstance(item, Article))
    expected = set(re.findall(r"\b(?:Alpha|beta)\d+", "\n".join(lines)))
    assert expected <= set(words(said)) or any(isinstance(item, Problem) for item in items)


KEY_NAMES = [key for keys in KEYS.values() for key in keys]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*KEY_NAMES, "x", "extra"]) | st.text(), VALUES, max_size=6))
@settings(max_examples=examples(150))
def test_every_object_is_an_article_or_a_problem(record: dict[str, object]) -> None:
    item, *others = read("a.jsonl", json.dumps(record).encode())
    is_flat = not any(isinstance(value, (list, dict)) for value in record.values())
    assert not (others and is_flat)  # what is not may be the envelope of several articles
    if isinstance(item, Article):
        assert Article.model_validate_json(item.model_dump_json()) == item
    if isinstance(item, Article) and is_flat:
        unknown = {key for key in record if find_field(key) is None} - {"extra"}
        kept = {key.strip(): value for key, value in item.extra.items()}
        assert {key.strip() for key in unknown} <= kept.keys()
        for key in unknown:
            value = record[key]
            if not isinstance(value, str):
                is_none = isinstance(value, float) and not math.isfinite(value)  # it is no JSON
                assert kept[key.strip()] == (None if is_none else value)


DATES = {*DATE_FIELDS, "published_last"}
TEXT_KEYS = [key for field, keys in KEYS.items() if field not in DATES for key in keys]


@given(
    st.dictionaries(
        st.sampled_from(TEXT_KEYS), st.lists(WORD, min_size=1).map(" ".join), min_size=1
    )
)
@quick
def test_every_text_of_a_record_is_in_the_article(record: dict[str, str]) -> None:
    item = read("a.json", json.dumps([record], indent=1).encode())[0]
    if isinstance(item, Problem):
        assert "title or a body" in item.reason
        return
    said = words(everything(item))
    assert {word for text in record.values() for word in words(text)} <= set(said)


# ---------------------------------------------------------------- found by hypothesis


def test_a_heading_between_rules_is_no_comment_of_front_matter() -> None:
    (item,) = read("a.md", b"---\n\n## Alpha\n\nTitle: Beta\n\n---\n")
    assert isinstance(item, Article)
    assert words(item.body) == ["Alpha", "Title", "Beta"]


def test_labels_and_a_title_in_prose_are_no_header() -> None:
    lines = ["Category: five hurricanes", "Published on the first", "Title: none"]
    header = ["## Alpha", *HEADER, "**Quay Times**"]
    (item,) = read("a.txt", "\n\n".join([*header, "Text.", *lines, "It ended."]).encode())
    assert isinstance(item, Article)
    assert item.body == "\n\n".join(["Text.", *lines, "It ended."])


def test_keys_that_differ_in_white_space_are_not_merged() -> None:
    (item,) = read("a.jsonl", b'{"title": "a", "x": {" y": 1, "y ": 2}}')
    assert isinstance(item, Problem)
    assert "white space" in item.reason
