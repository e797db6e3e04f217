"""Encodings: told, marked, or guessed; and files put together from several."""

import gzip
import json
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchlib.articles import Article, read_articles
from searchlib.articles.encoding import (
    TextDecoder,
    guess_encoding,
    known_encoding,
    unmarked_utf16,
)
from searchlib.articles.oddities import count_oddities
from searchlib.articles.text import UnusableError
from searchlib.errors import ArgumentError, Notice, Problem
from tests.conftest import examples
from tests.tables import each

Item = Article | Problem | Notice
ReadAll = Callable[..., list[Item]]

RUSSIAN = (
    "Паром снова ходит\n\nПосле зимнего перерыва паром вернулся на линию. Билеты продают на "
    "пристани, сообщила служба порта.\n"
)
CHINESE = "渡轮恢复运营\n\n冬季停航之后，渡轮重新开始运营。港务局表示，船票在码头出售。\n"
JAPANESE = (
    "フェリーが運航を再開\n\n冬の休航の後、フェリーは運航を再開した。切符は桟橋で売られる。\n"
)
TEXTS = {
    "cp1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "iso-8859-5": RUSSIAN,
    "gbk": CHINESE,
    "gb18030": CHINESE,
    "big5": "渡輪恢復營運\n\n冬季停航之後，渡輪重新開始營運。港務局表示，船票在碼頭出售。\n",
    "shift_jis": JAPANESE,
    "euc-jp": JAPANESE,
    "iso2022_jp": JAPANESE,
    "euc-kr": "여객선 운항 재개\n\n겨울 휴항이 끝나고 여객선이 다시 운항을 시작했다.\n",
    "iso-8859-2": "Prom znów pływa\n\nPo zimowej przerwie prom wrócił na trasę. Bilety można kupić "
    "na przystani, poinformował zarząd portu, a żegluga potrwa do końca października.\n",
    "cp1250": "Přívoz znovu jezdí\n\nPo zimní přestávce se přívoz vrátil na trať. Lístky se "
    "prodávají na nábřeží, oznámila správa přístavu, a žádné zpoždění už nečeká.\n",
    "cp850": "Fähre fährt wieder\n\nNach der Pause im Winter fährt sie wieder über den Fluss. "
    "Karten gibt es am Kai für fünf Mark, hieß es.\n",
    "cp1252": "Färjan går igen\n\nEfter vinteruppehållet är färjan åter på linjen. Biljetter säljs "
    "på kajen, säger hamnen – och de är ”billiga”.\n",
    "iso-8859-15": "Le bac reprend\n\nAprès la trêve d'hiver, le bac a repris. Le billet coûte "
    "cinq € à l'embarcadère, précise la société du port.\n",
    "cp1253": "Το πλοίο ξαναφεύγει\n\nΜετά τη χειμερινή διακοπή το πλοίο επέστρεψε στη γραμμή. "
    "Τα εισιτήρια πωλούνται στην προβλήτα.\n",
    "cp1254": "Feribot yeniden çalışıyor\n\nKış arasından sonra feribot hatta döndü. Biletler "
    "iskelede satılıyor, liman idaresi açıkladı, geç kalınmayacağı söylendi.\n",
    "cp1256": "العبارة تعود للعمل\n\nبعد توقف الشتاء عادت العبارة إلى الخط. تباع التذاكر.\n",
    "cp1257": "Keltas vėl plaukia\n\nPo žiemos pertraukos keltas grįžo į liniją. Bilietai "
    "parduodami prieplaukoje, pranešė uosto valdyba, ir šįmet jų užteks.\n",
}  # fmt: skip


@pytest.fixture
def read_all(tmp_path: Path) -> ReadAll:
    """Write a file and read all that it gives."""

    def write_and_read(name: str, data: bytes) -> list[Item]:
        path = tmp_path / name
        path.write_bytes(data)
        return list(read_articles(path))

    return write_and_read


def split(items: Iterable[Item]) -> tuple[list[Article], list[Notice]]:
    """The articles and the notices among what was read; there must be no problems."""
    found = list(items)
    assert not [str(item) for item in found if isinstance(item, Problem)]
    articles = [item for item in found if isinstance(item, Article)]
    return articles, [item for item in found if isinstance(item, Notice)]


def said(text: str) -> tuple[str, str]:
    title, _, body = text.strip().partition("\n\n")
    return title, body


@each("encoding", TEXTS)
def test_text_is_read_right_and_the_guess_is_told(encoding: str, read_all: ReadAll) -> None:
    (article,), (notice,) = split(read_all("a.txt", TEXTS[encoding].encode(encoding)))
    assert (article.title, article.body) == said(TEXTS[encoding])
    assert (notice.kind, notice.line) == ("encoding", 3 if encoding == "iso-8859-15" else 1)
    assert notice.path is not None
    assert "--encoding" in notice.message


# Texts whose letters are nearly the same in two encodings: a few symbols in words tell.
ALIKE = [
    ("Škola v Ostravě otevřela hřiště. Žáci se těší, říká ťuhýk.", ["cp1250", "iso8859-2"]),
    ("Příliš žluťoučký kůň úpěl ďábelské ódy v přístavu.", ["cp1250", "iso8859-2"]),
    ("Święta w Łodzi były spokojne, mówią służby.", ["cp1250", "iso8859-2"]),
    ("Ścieżki rowerowe w Łomży", ["cp1250", "iso8859-2"]),
    ("Šest župana tražilo je više novca za ceste i škole.", ["cp1250", "iso8859-2"]),
    ("Ľudia čakajú, že ceny potravín klesnú. Šéf hovorí nie.", ["cp1250", "iso8859-2"]),
    ("Пожар на складе в Туле потушен", ["cp1251", "koi8-r", "iso8859-5"]),
    ("Паром снова ходит, сообщила служба порта.", ["cp1251", "koi8-r", "iso8859-5", "cp866"]),
    ("Άνοιξε το λιμάνι του Πειραιά", ["cp1253", "iso8859-7"]),
    ("Bakan, sağanak yağış beklendiğini açıkladı.", ["cp1254", "iso8859-9"]),
    ("L'été dernier", ["cp1252", "iso8859-1", "iso8859-15", "mac-roman"]),
    ("Ça va être dur, où que l'on aille", ["cp1252", "iso8859-15", "mac-roman"]),
    ("Ärger über Müll in Köln", ["cp1252", "iso8859-1", "mac-roman"]),
    ("Sää lämpenee", ["cp1252", "iso8859-15", "mac-roman"]),
    ("The company’s results", ["cp1252", "mac-roman"]),
    ("He paid £500 for the résumé", ["cp1252", "iso8859-15"]),
    ("北京下雪，市民欢迎。", ["gbk", "gb18030"]),
    ("大阪の火事、三人けが", ["shift_jis", "euc-jp"]),
    ("서울에 눈이 내렸다", ["euc-kr", "cp949"]),
]


@each("count", [1, 8])
@each(("text", "encoding"), [(t, each) for t, most in ALIKE for each in most])
def test_encodings_that_are_nearly_alike(text: str, encoding: str, count: int) -> None:
    said = f"{text}\n\n" * count
    assert TextDecoder().decode(said.encode(encoding)) == said


@each(
    "text",
    [
        "®lu»oučký", "MŸnchen", "Sהה", "D隝", "wod± i", "W¹¿", "£omża", "Ł500", "caf\x8e", "©kola",
        "пРАВДА",
    ],
)  # fmt: skip
def test_what_is_odd(text: str) -> None:
    assert count_oddities(f"Ärger über {text} am Öresund") > 0


@each(
    "text",
    [
        "»Wort« – «Да», „tak”", "¿Qué? ¡Sí!", "£500, €5, 20 °C, § 5, ±3, ½ kg", "Nike® und ©AFP",
        "l’été, col·lecció, Ärzt\xadin", "ÄRGER ÜBER MÜLL", "iPhone, McDonald’s", "µm und 5 m²",
        "新しい、街。東京", "O’Neill–Müller", "Élysée",
    ],
)  # fmt: skip
def test_what_is_not_odd(text: str) -> None:
    assert count_oddities(text) == 0


@each("encoding", TEXTS)
@each("name", ["a.txt", "a.md", "a.txt.gz"])
def test_an_encoding_that_is_told_is_no_guess(encoding: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    data = TEXTS[encoding].encode(encoding)
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    (article,), notices = split(read_articles(path, encoding=encoding))
    text = f"{article.title}\n\n{article.body}".strip()
    assert text == TEXTS[encoding].strip()
    assert notices == []


@pytest.mark.parametrize("encoding", ["cp1251", "gbk", "shift_jis", "iso-8859-2", "cp1252"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_json_in_other_encodings(encoding: str, name: str, read_all: ReadAll) -> None:
    title, body = said(TEXTS[encoding])
    record = json.dumps({"title": title, "body": body, "path": "C:\\news"}, ensure_ascii=False)
    lines = [record] * 3
    data = "\n".join(lines) if name == "a.jsonl" else "[" + ",".join(lines) + "]"
    articles, notices = split(read_all(name, data.encode(encoding)))
    assert [(article.title, article.body) for article in articles] == [(title, body)] * 3
    assert [article.extra for article in articles] == [{"path": "C:\\news"}] * 3
    assert [notice.kind for notice in notices] == ["encoding"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_what_is_marked_or_utf8_is_no_guess(
    encoding: str, read_all: ReadAll, tmp_path: Path
) -> None:
    data = RUSSIAN.encode(encoding)
    (article,), notices = split(read_all("a.txt", data))
    assert (article.title, notices) == ("Паром снова ходит", [])
    # Nor does an encoding that is told for a folder change it.
    (article,), notices = split(read_articles(tmp_path / "a.txt", encoding="cp1251"))
    assert article.title == "Паром снова ходит"
    assert [notice.kind for notice in notices] == ["encoding"] * encoding.startswith("utf-8")


UNMARKED = [
    "Ferry runs again\n\nTickets are sold on the quay.\n",
    "Паром снова ходит\n\nБилеты продают на пристани, сообщила служба порта.\n",
    "港が再開した\n\n船は月曜日から夜も運航していると港湾局が発表した。 1 2\n",
    "الميناء يفتح من جديد\n\nتبحر السفن منذ يوم الاثنين ليلا أيضا.\n",
]


@each("text", UNMARKED)
@each("encoding", ["utf-16-le", "utf-16-be"])
@each("told", [None, "cp1251"])
def test_utf16_without_a_mark(text: str, encoding: str, told: str | None, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    (article,), (notice,) = split(read_articles(tmp_path / "a.txt", encoding=told))
    assert (article.title, article.body) == said(text)
    assert "UTF-16" in notice.message
    (article,), _ = split(read_articles(tmp_path / "a.txt", encoding=encoding))
    assert (article.title, article.body) == said(text)


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_records_in_utf16_without_a_mark(ending: str, read_all: ReadAll) -> None:
    text = "title,text\nÄ,ü\n" if ending == "csv" else '{"title": "Ä", "text": "ü"}\n'
    (article,), _ = split(read_all(f"a.{ending}", text.encode("utf-16-le")))
    assert (article.title, article.body) == ("Ä", "ü")


@each(
    "data",
    [
        b"Ferry runs again, said the port\0. It sails at noon.",
        b"F\xe4hre f\xe4hrt wieder, sagte der Hafen\0. Sie f\xe4hrt am Mittag.",
        b"\0",
        b"\0\0\0\0",
        b"ab\0cde",
        b"one\0two\0a three\0",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0",
        bytes(range(256)),
        bytes([1, 0, 2, 0, 3, 0, 4, 0]),
    ],
)
def test_what_has_a_zero_byte_and_is_not_in_utf16(data: bytes) -> None:
    assert unmarked_utf16(data) is None


def test_utf8_that_is_told_is_taken_strictly(read_all: ReadAll, tmp_path: Path) -> None:
    data = b'{"title": "Z\xc3\xbcrich"}\n{"title": "Z\xfcrich"}\n'
    assert [item.title for item in split(read_all("a.jsonl", data))[0]] == ["Zürich", "Zürich"]
    items = list(read_articles(tmp_path / "a.jsonl", encoding="utf-8"))
    assert isinstance(items[-1], Problem)
    assert "damaged" in items[-1].reason


@pytest.mark.parametrize(
    "name", ["", "latin-99", "base64", "rot13", "idna", "unicode_escape", "a\0"]
)
def test_an_unknown_encoding_is_an_error_at_once(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="name of an encoding such as 'cp1251'"):
        read_articles(tmp_path, encoding=name)
    assert known_encoding("Windows-1251") == "cp1251"


def test_lines_of_utf8_stay_so_among_others() -> None:
    decoder = TextDecoder()
    lines = ["Żółw".encode(), b"plain", "Паром снова ходит".encode("cp1251"), "日本".encode()]
    text = decoder.decode(b"\n".join(lines))
    assert text == "Żółw\nplain\nПаром снова ходит\n日本"
    assert (decoder.guessed, decoder.line) == ("cp1251", 3)


def test_a_stray_byte_does_not_spoil_its_line() -> None:
    data = "Zürich, Малага ".encode() + b"\x93so\x94"
    assert TextDecoder().decode(data) == "Zürich, Малага “so”"
    with pytest.raises(UnusableError, match="looks binary"):
        TextDecoder().decode("Zürich ".encode() + b"\x81")


@each(
    "words",
    ["Zürich is far", "Hélène Kerbrat", "På fredag öppnar", "naïve résumé", "Ça va très bien",
     "the café’s owner", "El niño está aquí"],
)  # fmt: skip
def test_a_few_words_are_western(words: str) -> None:
    assert guess_encoding(words.encode("cp1252")) == "cp1252"


def test_byte_order_marks_where_files_were_put_together(read_all: ReadAll) -> None:
    mark, line = b"\xef\xbb\xbf", b'{"title": "%s"}'
    parts = [mark + line % b"a" + b"\n", mark + line % b"b" + b"\r\n", mark + line % b"c"]
    joined = b"".join(parts) + mark + line % b"d"  # after a file without an end of line
    for name, data in (
        ("a.jsonl", joined),
        ("a.json", joined),
        ("b.jsonl.gz", b"".join(map(gzip.compress, [*parts, mark + line % b"d"]))),
        ("c.json", mark + b"[" + line % b"a" + b"]\n" + mark + b"[" + line % b"b" + b"]"),
    ):
        titles = [article.title for article in split(read_all(name, data))[0]]
        assert titles == ["a", "b", "c", "d"][: 2 if name == "c.json" else 4]


@given(st.text(st.characters(codec="cp1251"), min_size=1), st.sampled_from(["cp1251", "utf-16"]))
@settings(max_examples=examples(200))
def test_no_character_is_lost_in_an_encoding_that_is_told(text: str, encoding: str) -> None:
    record = json.dumps({"title": "a", "x": f"<Паром {text}>"}, ensure_ascii=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        path.write_bytes(record.encode(encoding))
        (article,), _ = split(read_articles(path, encoding=encoding))
    assert article.extra["x"] == f"<Паром {text}>"


@given(st.lists(st.binary(max_size=30), max_size=8))
@settings(max_examples=examples(400))
def test_whatever_is_decoded_is_text_or_an_error(lines: list[bytes]) -> None:
    data = b"\n".join(lines)
    try:
        text = TextDecoder().decode(data)
    except UnusableError:
        return
    text.encode()  # no half characters
    ascii_words = re.findall(rb"[A-Za-z]{2,}", re.sub(rb"[\x80-\xff].|\x1b.*", b" ", data))
    assert all(word.decode() in text for word in ascii_words)
