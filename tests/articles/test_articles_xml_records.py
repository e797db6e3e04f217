"""Records in XML of any kind, collections in SGML, and exports of wikis."""

from collections.abc import Callable
from datetime import date

import pytest

from searchlib.articles import Article
from searchlib.errors import Notice, Problem
from tests.tables import each

Read = Callable[..., list[Article | Problem]]
ReadAll = Callable[..., list[Article | Problem | Notice]]

RECORDS = {
    "elements": (
        "<articles><title>All</title><article><title>Fog</title><date>2025-03-04</date><tags><tag>"
        "sea</tag><tag>air</tag></tags><body><p>It <b>is</b> thick.</p><p>So.</p></body></article>"
        "<article><title>Bread</title><body><![CDATA[<p>Back</p>]]></body></article></articles>"
    ),
    "German": (
        "<meldungen><meldung><Überschrift>Fog</Überschrift><Datum>4.3.2025</Datum><tags>sea; air"
        "</tags><Inhalt><p>It is thick.</p><p>So.</p></Inhalt></meldung><meldung><Überschrift>"
        "Bread</Überschrift><Inhalt>Back</Inhalt></meldung></meldungen>"
    ),
    "mysqldump": (
        "<mysqldump><database name='x'><table_data name='news'><row><field name='title'>Fog</field>"
        "<field name='content'>It is thick.\n\nSo.</field><field name='tags'>sea; air</field>"
        "<field name='pubdate'>2025-03-04</field></row><row><field name='title'>Bread</field>"
        "<field name='content'>Back</field></row></table_data></database></mysqldump>"
    ),
    "Solr": (
        "<response><lst name='h'><int name='status'>0</int></lst><result><doc><str name='title'>"
        "Fog</str><arr name='tags'><str>sea</str><str>air</str></arr><str name='text'>It is thick."
        "\n\nSo.</str><date name='date'>2025-03-04</date></doc><doc><str name='title'>Bread</str>"
        "<str name='text'>Back</str></doc></result></response>"
    ),
    "attributes": (
        "<posts><row Title='Fog' Body='&lt;p&gt;It is thick.&lt;/p&gt;&lt;p&gt;So.' "
        "CreationDate='2025-03-04' Tags='sea; air'/><row Title='Bread' Body='Back'/></posts>"
    ),
    "nested": (
        "<x:export xmlns:x='y' date='2025-03-09'><x:item><x:head><x:title>Fog</x:title><x:date>"
        "2025-03-04</x:date><x:tags>sea; air</x:tags></x:head><x:content><x:text>It is thick.\n\n"
        "So.</x:text></x:content></x:item><x:item><x:head><x:title>Bread</x:title></x:head>"
        "<x:content><x:text>Back</x:text></x:content></x:item></x:export>"
    ),
}  # fmt: skip


@each("above", ["<?xml version='1.0' encoding='UTF-8'?>\n", "", "\ufeff"])
@each("kind", RECORDS)
def test_records(kind: str, above: str, read_all: ReadAll) -> None:
    one, two = read_all("a.xml", above + RECORDS[kind])
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert (one.title, one.body) == ("Fog", "It is thick.\n\nSo.")
    assert (one.published, one.categories) == (date(2025, 3, 4), ["sea", "air"])
    assert (two.title, two.body, two.published) == ("Bread", "Back", None)


def test_one_record_and_its_head(read: Read) -> None:
    text = (
        "<TEI><teiHeader><fileDesc><titleStmt><title>Fog</title><author>Ida Blom</author>"
        "</titleStmt></fileDesc></teiHeader><text><body><p>It is thick.</p></body></text></TEI>"
    )
    (article,) = read("a.xml", text)
    assert isinstance(article, Article)
    assert (article.title, article.body, article.authors) == ("Fog", "It is thick.", ["Ida Blom"])


def test_a_record_has_a_text_and_not_only_a_summary(read: Read) -> None:
    text = (
        "<article><front><article-meta><article-title>Fog</article-title><pub-date><day>4</day>"
        "<month>3</month><year>2025</year></pub-date><abstract><p>Thick.</p></abstract>"
        "</article-meta></front><body><sec><p>It is thick.</p></sec></body></article>"
    )
    (article,) = read("a.xml", text)
    assert isinstance(article, Article)
    assert (article.title, article.body) == ("Fog", "It is thick.")
    assert article.published == date(2025, 3, 4)


def test_a_large_first_record_hides_no_others(read: Read) -> None:
    long = "Words and more. " * 6000  # beyond what is looked at
    article = "<a><title>T{}</title><text>{}</text></a>"
    text = f"<all date='2025-03-04'>{article.format(1, long)}{article.format(2, 'Short.')}</all>"
    found = read("a.xml", text)
    assert [item.title for item in found if isinstance(item, Article)] == ["T1", "T2"]


def test_a_name_that_is_told(read_all: ReadAll) -> None:
    text = "<a><b><kopf>Fog</kopf><absatz>Thick.</absatz></b><b><kopf>Sun</kopf></b></a>"
    (problem,) = read_all("a.xml", text)
    assert isinstance(problem, Problem)
    assert "--map" in problem.reason
    one, two = read_all("a.xml", text, mapping={"title": "kopf", "body": "absatz"})
    assert isinstance(one, Article)
    assert (one.title, one.body) == ("Fog", "Thick.")
    assert isinstance(two, Article)


@pytest.mark.parametrize(
    "text",
    ["<a/>", "<a><b>1</b><b>2</b></a>", "<urlset><url><lastmod>2025</lastmod></url></urlset>"],
)
def test_other_xml_says_what_was_expected(text: str, read: Read) -> None:
    (problem,) = read("a.xml", text)
    assert isinstance(problem, Problem)
    assert "expected" in problem.reason


def test_declarations_are_refused(read: Read) -> None:
    text = (
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha">]>'
        "<a><b><title>&x;</title><body>B</body></b></a>"
    )
    (problem,) = read("a.xml", text)
    assert isinstance(problem, Problem)
    assert "refused" in problem.reason


REUTERS = """<!DOCTYPE lewis SYSTEM "lewis.dtd">
<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" OLDID="5544" NEWID="1">
<DATE>26-FEB-1987 15:01:01.79</DATE>
<TOPICS><D>cocoa</D><D>sugar</D></TOPICS><PLACES><D>orlin</D></PLACES>
<UNKNOWN>&#5;&#22;f0704</UNKNOWN>
<TEXT>&#2;
<TITLE>COCOA & SUGAR RISE</TITLE>
<DATELINE>    ORLIN, Feb 26 - </DATELINE><BODY>Showers in the
zone, R&D at &lt;XYZ> said.
    Dry weather.
&#3;</BODY></TEXT>
</REUTERS>
<REUTERS TOPICS="NO" NEWID="2">
<DATE>26-FEB-1987 15:02:20.00</DATE>
<TEXT TYPE="UNPROC">&#2;
BRIEF: ALL IN ONE
&#3;</TEXT>
</REUTERS>
"""


@pytest.mark.parametrize("name", ["reut2-000.sgm", "reuters.txt", "reuters", "reuters.xml"])
def test_reuters(name: str, read_all: ReadAll) -> None:
    one, two = read_all(name, REUTERS.encode("latin-1"))
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert (one.id, one.title, one.line) == ("reuters:1", "COCOA & SUGAR RISE", 2)
    assert one.body == "Showers in the zone, R&D at <XYZ> said.\n\nDry weather."
    assert (one.published, one.categories, one.places) == (
        date(1987, 2, 26), ["cocoa", "sugar"], ["orlin"],
    )  # fmt: skip
    assert (two.id, two.body, two.line) == ("reuters:2", "BRIEF: ALL IN ONE", 13)


TREC = {
    "AQUAINT": (
        "<DOC>\n<DOCNO> APW19980604.0001 </DOCNO>\n<BODY>\n<HEADLINE> Fog </HEADLINE>\n<TEXT>\n"
        "<P> It is thick. </P>\n<P> AT&T says so. </P>\n</TEXT>\n</BODY>\n</DOC>\n"
    ),
    "Gigaword": (
        '<DOC id="AFP_ENG_19980604.0001" type="story" >\n<HEADLINE>\nFog\n</HEADLINE>\n<TEXT>\n'
        "<P>\nIt is\nthick.\n</P>\n<P>\nAT&amp;T says so.\n</P>\n</TEXT>\n</DOC>\n"
    ),
    "FT": (
        "<DOC>\n<DOCNO>FT911-3</DOCNO>\n<DATE>980604\n</DATE>\n<HEADLINE>\nFog\n</HEADLINE>\n<TEXT>"
        "\nIt is thick.\n\nAT&T says so.\n</TEXT>\n</DOC>\n"
    ),
    "LA Times": (
        "<DOC>\n<DOCNO> LA1 </DOCNO>\n<DATE><P>June 4, 1998, Thursday, Home Edition</P></DATE>\n"
        "<HEADLINE><P>Fog</P></HEADLINE>\n<TEXT>\n<P>It is thick.</P>\n<P>AT&T says so.</P>\n"
        "</TEXT>\n</DOC>\n"
    ),
}


@pytest.mark.parametrize("kind", TREC)
def test_collections_of_trec(kind: str, read_all: ReadAll) -> None:
    second = "<DOC>\n<DOCNO>2</DOCNO>\n<TEXT>\nCut off.\n</TEXT>\n"
    one, two = read_all("a.txt", TREC[kind] + second)
    assert isinstance(one, Article)
    assert (one.title, one.body) == ("Fog", "It is thick.\n\nAT&T says so.")
    assert one.published == date(1998, 6, 4)
    assert isinstance(two, Article)
    assert (two.id, two.body) == ("2", "Cut off.")
    assert two.line == TREC[kind].count("\n") + 1


def test_what_only_begins_like_a_collection(read: Read) -> None:
    (problem,) = read("a.sgm", "<!DOCTYPE lewis SYSTEM 'x'>\n")
    assert isinstance(problem, Problem)


WIKI = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11">
<siteinfo><sitename>Orlin Wiki</sitename></siteinfo>
<page><title>Fog</title><ns>0</ns><id>12</id>
<revision><timestamp>2025-03-01T10:00:00Z</timestamp><text>Old.</text></revision>
<revision><timestamp>2025-03-06T10:00:00Z</timestamp><text>{{date|March 4, 2025}}
{{box|{{x}}|y}}[[File:a.jpg|thumb|The [[sea]]]]

'''It''' is [[fog|thick]] at [[Orlin]].&lt;ref name="a"&gt;Post&lt;/ref&gt;

== Sources ==
* [https://x.example/1 The Post]
[[Category:Orlin]]</text></revision></page>
<page><title>Talk:Fog</title><ns>1</ns><id>13</id><revision><text>Hm.</text></revision></page>
<page><title>F</title><ns>0</ns><revision><text>#REDIRECT [[Fog]]</text></revision></page>
</mediawiki>"""


def test_a_wiki(read_all: ReadAll) -> None:
    article, notice = read_all("a.xml", WIKI)
    assert isinstance(article, Article)
    assert (article.title, article.source, article.categories) == ("Fog", "Orlin Wiki", ["Orlin"])
    assert article.body.split() == [
        "The",
        "sea",
        "It",
        "is",
        "thick",
        "at",
        "Orlin.",
        "Sources",
        "The",
        "Post",
    ]
    assert (article.published, article.id) == (date(2025, 3, 4), "Orlin Wiki:12")
    assert isinstance(notice, Notice)
    assert "1 redirect" in notice.message


@pytest.mark.parametrize("depth", [21, 190, 16000])
def test_elements_without_end_are_not_looked_at_without_end(depth: int, read: Read) -> None:
    (problem,) = read("a.xml", "<?xml version='1.0'?>" + "<a>" * depth)
    assert isinstance(problem, Problem)
