"""XML that is refused, broken or odd, and news in it."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from searchlib.articles import Article, read_articles
from searchlib.articles import source as source_module
from searchlib.articles.formats.registry import choose
from searchlib.articles.xml_stream import DEPTH_LIMIT, root_name
from searchlib.errors import Notice, Problem
from tests.tables import each

Read = Callable[..., list[Article | Problem]]
ReadOne = Callable[..., Article]

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE {{0}} [<!ENTITY a0 "ha">{LAUGHS}]><{{0}}>&a9;</{{0}}>',
    "external entity": '<!DOCTYPE {0} [<!ENTITY a SYSTEM "{1}">]><{0}>&a;</{0}>',
    "parameter entity": '<!DOCTYPE {0} [<!ENTITY % a SYSTEM "{1}"> %a;]><{0}>x</{0}>',
    "default attribute": '<!DOCTYPE {0} [<!ATTLIST {0} id CDATA "x">]><{0}>x</{0}>',
    "in UTF-16": '<!DOCTYPE {0} [<!ENTITY a "ha">]><{0}>&a;</{0}>',
}


@each("kind", HOSTILE)
@each("root", ["nitf", "newsItem", "NewsML", "rss", "feed"])
def test_declarations_are_refused(kind: str, root: str, read: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    text = '<?xml version="1.0"?>' + HOSTILE[kind].format(root, secret.as_uri())
    items = read("a.xml", text.encode("utf-16" if kind == "in UTF-16" else "utf-8"))
    assert [type(item) for item in items] == [Problem]
    assert "secret" not in str(items)
    if "ENTITY" in text:
        assert "refused" in str(items[0])


def test_a_document_type_that_names_a_dtd_is_passed_over(read_one: ReadOne) -> None:
    doctype = '<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.4//EN" "http://dtd.invalid/nitf.dtd">'
    body = (
        "<body><body.content><p>The caf&eacute; &amp; the &unknown; bar</p></body.content></body>"
    )
    article = read_one("a.xml", f"<?xml version='1.0'?>{doctype}<nitf>{body}</nitf>")
    assert article.body == "The café & the &unknown; bar"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<nitf>\n<p>", 2), ("<nitf>\n</p></nitf>", 2), ("<nitf/>\n<nitf/>", 2),
        ("<nitf>&nbsp;</nitf>", 1), ("<nitf a=b/>", 1),
    ],
)  # fmt: skip
def test_broken_xml_is_a_problem_with_its_line(text: str, line: int, read: Read) -> None:
    problem = read("a.nitf", text)[-1]
    assert isinstance(problem, Problem)
    assert problem.line == line


@pytest.mark.parametrize("above", ["", "\n", " \n\n", "\ufeff", "\ufeff\n"])
def test_blank_lines_above_the_declaration(above: str, read_one: ReadOne) -> None:
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    article = read_one("a.xml", f"{above}{declaration}<nitf><body><p>Text.</p></body></nitf>")
    assert article.body == "Text."
    assert article.line == above.count("\n") + 2


def test_what_stands_before_the_damage_is_read(read: Read) -> None:
    item = "<newsItem><contentSet><inlineData>{}</inlineData></contentSet></newsItem>"
    items = read(
        "a.xml", f"<newsMessage>{item.format('One')}{item.format('Two')}<oops></newsMessage>"
    )
    assert [getattr(item, "body", None) for item in items] == ["One", "Two", None]


def test_depth_has_a_limit(read: Read) -> None:
    fits = DEPTH_LIMIT - 3
    for depth, kind in ((fits, Article), (fits + 1, Problem), (100_000, Problem)):
        text = "<a>" * depth + "x" + "</a>" * depth
        (item,) = read("a.nitf", f"<nitf><body><body.content>{text}</body.content></body></nitf>")
        assert isinstance(item, kind), str(item)


@pytest.mark.parametrize(
    "inner", ["{}", "<p>{}</p>", "<a b='{}'/>", "<a/>{}", "<!--{}-->", "<a b={}"]
)
def test_an_element_has_a_limit(inner: str, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "RECORD_LIMIT", 10_000)
    (item,) = read("a.nitf", f"<nitf>{inner.format('x' * 20_000)}</nitf>")
    assert isinstance(item, Problem)


def test_a_large_export_is_read_item_by_item(tmp_path: Path) -> None:
    item = (
        "<item><title>Item {}</title><content:encoded><![CDATA[" + "A paragraph. " * 1500
        + "]]></content:encoded><wp:post_type>post</wp:post_type></item>\n"
    )  # fmt: skip
    export = tmp_path / "export.xml"
    with export.open("w") as file:
        file.write(
            '<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
        )
        file.writelines(item.format(number) for number in range(2000))
        file.write("</channel></rss>")
    tracemalloc.start()
    count = sum(isinstance(item, Article) for item in read_articles(export))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 2000
    assert peak < 10_000_000 < export.stat().st_size


@each(
    ("head", "root"),
    [
        ("<a>", "a"), ("  <a b='c'>", "a"), ("<?xml version='1.0'?>\n<!-- <b> -->\n<n:a>", "a"),
        ("\ufeff<a/>", "a"), ("<!DOCTYPE html>", "html"), ("<!doctype\nnitf SYSTEM 'a'>", "nitf"),
        ("a <b>", ""), ("", ""), ("<!--", ""), ("<", ""), ("< a>", ""), ("&lt;a>", ""),
    ],
)  # fmt: skip
def test_root_name(head: str, root: str) -> None:
    assert root_name(head.encode()) == root


@each(
    ("head", "ending", "name"),
    [
        ("%PDF-1.4", ".rtf", "PDF"),
        ("{\\rtf1 a}", ".txt", "Rich Text file"),
        ("<!DOCTYPE html><p>", ".json", "web page"),
        ("<html>", "", "web page"),
        ("<p>a</p>", ".txt", "web page"),
        ("<p>a</p>", ".md", "Markdown"),
        ("<div>a</div>", ".xyz", None),
        ("<rss version='2.0'>", ".html", "feed"),
        ("<feed>", ".txt", "feed"),
        ("<?xml version='1.0'?><svg>", ".svg", "XML"),
        ("<?xml version='1.0'?><html>", ".xml", "web page"),
        ("<nitf>", ".txt", "news standard"),
        ('{"version": "https://jsonfeed.org/version/1"}', ".json", "JSON Feed"),
        ('{"title": "jsonfeed.org"}', ".json", "JSON"),
        ('{"title": "a"}', ".txt", "JSON"),
        ('[\n {"title": "a"}', ".txt", "JSON"),
        ('{"version": 3}', ".map", None),
        ("{a brace}", ".txt", "text"),
        ("[1] A note", ".txt", "text"),
        ("1 < 2", ".txt", "text"),
        ("<nick> hello\n<other> hi", ".txt", "text"),
        ("<DOC>\n<TEXT>A.</TEXT>\n</DOC>", ".txt", "XML"),
        ("", ".txt", "text"),
        ("A text", ".jpg", None),
    ],
)
def test_a_format_is_chosen_by_content_and_name(head: str, ending: str, name: str | None) -> None:
    chosen = choose(ending, head.encode())
    assert (chosen and chosen.name) == name


def test_other_xml_is_a_problem_of_its_kind(read: Read) -> None:
    for name, text, kind in [
        ("a.xml", "<?xml version='1.0'?><catalog/>", "no reader for XML of <catalog>"),
        ("a.xml", "no XML", "no reader for XML without an element"),
        ("a.txt", "<?xml version='1.0'?><catalog/>", "no reader for XML of <catalog>"),
        ("a.svg", "<?xml version='1.0'?><svg/>", "no reader for XML of <svg>"),
    ]:
        (problem,) = read(name, text)
        assert isinstance(problem, Problem)
        assert problem.kind == kind


def test_what_points_to_news_is_left_out_with_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        "<newsMessage><itemSet><packageItem guid='a'/>\n<conceptItem/><newsItem><contentSet>"
        "<inlineData>A.</inlineData></contentSet></newsItem></itemSet></newsMessage>"
    )
    items = list(read_articles(path))
    assert [type(item) for item in items] == [Notice, Notice, Article]
    assert {item.kind for item in items if isinstance(item, Notice)} == {"package"}


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1252", "“café”"), ("iso-8859-1", "“café”"), ("windows-1251", "Мост закрыт"),
        ("shift_jis", "首相が語る"), ("gb2312", "大坝通过测试"), ("big5", "大壩通過測試"),
        ("koi8-r", "Мост"), ("utf-16", "Мост"), ("utf-8", "Мост"), ("no-such-encoding", "Мост"),
    ],
)  # fmt: skip
def test_the_encoding_that_a_document_declares(encoding: str, text: str, read_one: ReadOne) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><nitf><body><p>{text}</p></body></nitf>'
    page = f'<html><meta charset="{encoding}"><title>A</title><body><p>{text}</p></body></html>'
    real = {"iso-8859-1": "cp1252", "no-such-encoding": "utf-8"}.get(encoding, encoding)
    assert read_one("a.xml", xml.encode(real)).body == text
    assert text in read_one("a.html", page.encode(real)).body
