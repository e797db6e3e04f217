"""A user says which key is which field: in the library, on the command line and in a file."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from searchlib import Index, Notice, read_articles
from searchlib.articles import Article
from searchlib.articles.field_keys import FieldMap
from searchlib.articles.inspection import Inspected, inspect
from searchlib.articles.options import load_mapping, parse_mapping
from searchlib.cli.commands import cli
from searchlib.errors import ArgumentError, Problem

ReadAll = Callable[..., list[Article | Problem | Notice]]

RECORD = {
    "kopf": "Harbour reopens",
    "vorspann": "After a year.",
    "inhalt": {"text": "Ships are back."},
    "von": "Ida Blom; Jo Quist",
    "mit": ["Kim"],
    "erschienen": "4 March 2025",
    "title": "A number",
}
MAPPING = {
    "title": "kopf",
    "body": ["vorspann", "inhalt.text"],
    "author": ["von", "mit"],
    "date": "Erschienen",
}


def check(article: object) -> None:
    assert isinstance(article, Article)
    assert article.title == "Harbour reopens"
    assert article.body == "After a year.\n\nShips are back."
    assert article.authors == ["Ida Blom", "Jo Quist", "Kim"]
    assert article.published == date(2025, 3, 4)
    assert article.extra["title"] == "A number"


def test_json(read_all: ReadAll) -> None:
    (article,) = read_all("a.json", json.dumps(RECORD), mapping=MAPPING)
    check(article)
    (article,) = read_all("a.json", json.dumps({"meldungen": [RECORD]}), mapping=MAPPING)
    check(article)


def test_a_table(read_all: ReadAll) -> None:
    (article,) = read_all(
        "a.csv",
        "kopf;vorspann;text;von;mit;erschienen;title\n"
        "Harbour reopens;After a year.;Ships are back.;Ida Blom|Jo Quist;Kim;4 March 2025;A number",
        mapping={**MAPPING, "body": ["vorspann", "text"]},
    )
    check(article)


@pytest.mark.parametrize("form", ["---\n{}---\n", "+++\n{}+++\n"])
def test_front_matter(form: str, read_all: ReadAll) -> None:
    sign = ": " if form.startswith("-") else " = "
    front = {"kopf": "Harbour reopens", "von": "Ida Blom; Jo Quist", "mit": ["Kim"]}
    front |= {"erschienen": "4 March 2025", "title": "A number"}
    lines = "".join(f"{key}{sign}{json.dumps(value)}\n" for key, value in front.items())
    text = form.format(lines) + "# No title\n\nAfter a year.\n\nShips are back.\n"
    mapping = {name: keys for name, keys in MAPPING.items() if name != "body"}
    (article,) = read_all("a.md", text, mapping=mapping)
    assert isinstance(article, Article)
    check(article.model_copy(update={"body": article.body.removeprefix("No title\n\n")}))


def test_the_table_serves_where_a_record_lacks_the_key(read_all: ReadAll) -> None:
    text = '[{"kopf": "A", "text": "a"}, {"title": "B", "text": "b"}, {"kopf": "", "title": "C"}]'
    items = read_all("a.json", text, mapping={"title": "kopf"})
    assert [item.title for item in items if isinstance(item, Article)] == ["A", "B", "C"]


def test_a_chosen_key_is_no_other_field(read_all: ReadAll) -> None:
    (article,) = read_all(
        "a.json", '{"title": "A", "source": "Ida", "by": "QT"}',
        mapping={"authors": "source", "source": "by"},
    )  # fmt: skip
    assert isinstance(article, Article)
    assert (article.authors, article.source, article.extra) == (["Ida"], "QT", {})


def test_of_several_keys_for_one_value_the_others_are_kept(read_all: ReadAll) -> None:
    (article,) = read_all("a.json", '{"k1": "A", "k2": "B"}', mapping={"title": ["k1", "k2"]})
    assert isinstance(article, Article)
    assert (article.title, article.extra) == ("A", {"k2": "B"})


@pytest.mark.parametrize("value", ["a.example/1", "X", "5"])
def test_another_key_is_kept_though_it_has_the_same_value(value: str, read_all: ReadAll) -> None:
    text = json.dumps({"title": "T", "k1": value, "k2": value})
    for name in ("a.json", "a.jsonl"):
        (article,) = read_all(name, text, mapping={"source": ["k1", "k2"]})
        assert isinstance(article, Article)
        assert (article.source, article.extra) == (value, {"k2": value})


def test_a_path_goes_through_lists(read_all: ReadAll) -> None:
    record = {"title": "A", "people": [{"who": {"n": "Ida"}}, {"who": {"n": "Jo"}}, 7]}
    (article,) = read_all("a.json", json.dumps(record), mapping={"authors": "people.who.n"})
    assert isinstance(article, Article)
    assert article.authors == ["Ida", "Jo"]
    assert article.extra == {"people": record["people"]}


@pytest.mark.parametrize(
    "options",
    [
        {"mapping": {"boddy": "x"}},
        {"mapping": {"body": []}},
        {"mapping": {"body": " "}},
        {"mapping": {"body": [7]}},
        {"dates": "ymd"},
        {"dates": True},
    ],
)
def test_arguments_that_are_refused(options: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="expected"):
        read_articles(tmp_path, **options)


def test_the_form_of_the_command_line() -> None:
    assert parse_mapping("body=a+b, author=by,") == {"body": ["a", "b"], "author": ["by"]}
    assert parse_mapping("") == {}
    for text in ("body", "body=", "=x", "body=a+"):
        with pytest.raises(ArgumentError, match="FIELD=KEY"):
            parse_mapping(text)
    assert FieldMap({"author": "a", "byline": "b"}).chosen == {"authors": ("a", "b")}


def test_a_mapping_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('body = "content"\n"authors" = ["by, line", "with"]\n')
    assert load_mapping(path) == {"body": ["content"], "authors": ["by, line", "with"]}
    for text in ("body = 7", "body = [7]", "[body]\nx = 1", "body"):
        path.write_text(text)
        with pytest.raises(ArgumentError, match=r"map\.toml"):
            load_mapping(path)
    with pytest.raises(ArgumentError, match="none"):
        load_mapping(tmp_path / "none.toml")


# ---------------------------------------------------------------- inspect


def test_inspect_tells_which_key_a_field_is_from(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([RECORD, {"x": 1}]))
    article, problem = inspect(path, mapping=MAPPING)
    assert isinstance(article, Inspected)
    check(article.article)
    assert article.keys == {
        "title": "kopf", "body": "vorspann+inhalt.text", "authors": "von+mit",
        "published": "Erschienen",
    }  # fmt: skip
    assert isinstance(problem, Problem)
    assert article.article == next(iter(read_articles(path, mapping=MAPPING)))


def run(*words: object) -> str:
    result = CliRunner().invoke(cli, list(map(str, words)), env={"COLUMNS": "120"})
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text(
        json.dumps([{**RECORD, "erschienen": "07/01/2025"}, {"x": 1}, {"title": "\x1b[31mB"}])
    )
    (tmp_path / "map.toml").write_text('body = "vorspann"\ntitle = "kopf"\n')
    return tmp_path


def test_inspect_at_the_command_line(files: Path) -> None:
    shown = run("inspect", files / "in", "--map", "title=kopf,date=erschienen", "--map",
                "authors=von+mit")  # fmt: skip
    for said in ("a.json:1", "kopf", "Harbour reopens", "von+mit", '["Ida Blom", "Jo',
                 "problem: ", "'x'", "notice: ", "--dates dmy", "2025-07-01"):  # fmt: skip
        assert said in shown
    assert "\x1b" not in shown
    assert "a.json" not in run("inspect", files / "in", "-n", 1).split("a.json:1", 1)[1]


def test_inspect_for_programs(files: Path) -> None:
    first, problem, last, *_ = json.loads(
        run("inspect", files / "in", "--json", "--map-file", files / "map.toml",
            "--map", "date=erschienen,body=vorspann+inhalt.text", "--dates", "dmy")
    )  # fmt: skip
    assert first["fields"]["title"] == {"value": "Harbour reopens", "key": "kopf"}
    assert first["fields"]["body"]["key"] == "vorspann+inhalt.text"
    assert first["fields"]["published"] == {"value": "2025-01-07", "key": "erschienen"}
    assert (first["file"], first["line"], first["record"]) == ("a.json", 1, 1)
    assert first["extra"]["title"] == "A number"
    assert "expected an article" in problem["problem"]
    assert last["fields"]["title"]["value"].endswith("B")


def test_indexing_with_a_mapping(files: Path) -> None:
    options = ["--map", "body=vorspann,title=kopf,date=erschienen", "--dates", "dmy"]
    run("index", files / "in", "--index", files / "index", *options)
    (hit,) = Index.open(files / "index", Article).search("body:year published:2025-01-07")
    assert hit.document.title == "Harbour reopens"


@pytest.mark.parametrize("words", [["--map", "boddy=x"], ["--map", "x"], ["--map-file", "m.toml"]])
def test_what_is_wrong_with_a_mapping_is_said(words: list[str], files: Path) -> None:
    (files / "m.toml").write_text("body = 7")
    words = [str(files / word) if word == "m.toml" else word for word in words]
    result = CliRunner().invoke(cli, ["inspect", str(files / "in"), *words])
    assert result.exit_code == 1
    assert "Error: expected" in result.stderr or "m.toml: expected" in result.stderr


def test_a_key_that_no_record_has_is_told_once(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_text('{"title": "A", "inhalt_x": "one"}\n' * 2)
    mapping = {"body": ["inhalt_y", "z"], "title": ["nobody has it", "title"]}
    *_, notice = found = [*read_articles(tmp_path, mapping=mapping)]
    assert [type(item) for item in found] == [Article] * 4 + [Notice]
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.path) == ("map", None)
    assert "no record has the key 'inhalt_y' or 'z', which was told for body" in notice.message
    assert Notice not in map(type, read_articles(tmp_path, mapping={"body": "INHALT X"}))


def test_a_sync_tells_of_a_key_that_no_record_has_where_all_was_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text('{"title": "A"}')
    with Index.create(tmp_path / "index", Article) as index:
        for count in (1, 0):  # nothing is read at the second time
            report = index.sync(tmp_path / "in", mapping={"body": "x"})
            assert [notice.kind for notice in report.notices] == ["map"] * count


def test_standard_input_with_a_key_that_no_record_has(tmp_path: Path) -> None:
    words = ["index", "-", "--format", "json", "--map", "body=x", "--index", str(tmp_path / "a")]
    result = CliRunner().invoke(cli, words, input='{"title": "A"}')
    assert "no record has the key 'x'" in result.output
