"""An index is in a language: words are found in the forms that they have there."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from searchlib import Article, Index
from searchlib.analysis import language_named, languages
from searchlib.cli.commands import cli
from searchlib.errors import SchemaError, SchemaMismatchError
from searchlib.schema.models import DocumentSchema

# A word in a form that only the stemmer of its language leads back to the other.
FORMS = {
    "german": ("Häuser", "haus"),
    "french": ("nationales", "nationaux"),
    "spanish": ("canciones", "canción"),
    "russian": ("выборы", "выборов"),
    "swedish": ("flickorna", "flicka"),
    "italian": ("elezioni", "elezione"),
    "turkish": ("evler", "evlerin"),
    "finnish": ("taloissa", "talot"),
}


def index_of(path: Path, text: str, language: str | None) -> Index[Article]:
    index = Index.create(path / "index", Article, language=language)
    index.add(Article(id="1", title="1", body=text))
    return index


@pytest.mark.parametrize("language", FORMS)
def test_forms_of_a_word_are_one_word(language: str, tmp_path: Path) -> None:
    text, query = FORMS[language]
    index = index_of(tmp_path, f"1 {text} 2", language)
    for opened in (index, Index.open(index.path), Index.open(index.path, Article)):
        (hit,) = opened.search(query)
        assert hit.snippets["body"].html == f"1 <mark>{text}</mark> 2"
        assert type(hit.document) is Article


@pytest.mark.parametrize("language", languages())
def test_every_language_can_be_chosen(language: str, tmp_path: Path) -> None:
    index = index_of(tmp_path, "Zürich 2025", language)
    assert index.search("zurich 2025").total == 1
    assert Index.open(index.path).schema.language == language


@pytest.mark.parametrize("query", ["body:*s", "body:.*s", "body:*?s"])
def test_a_pattern_of_endings_alone_is_not_a_pattern_of_everything(
    query: str, tmp_path: Path
) -> None:
    assert index_of(tmp_path, "le pont", "french").search(query).total == 0


def test_no_language(tmp_path: Path) -> None:
    index = index_of(tmp_path, "The floods", "none")
    assert (index.search("floods").total, index.search("flood").total) == (1, 0)


def test_names_and_codes() -> None:
    names = ["de", "de-AT", "de_CH", "German", " german "]
    assert {language_named(name) for name in names} == {"german"}
    for name in ("xx", "", "klingon"):
        with pytest.raises(SchemaError, match="expected a language"):
            language_named(name)


def test_a_language_that_there_is_not_leaves_no_index(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="expected a language"):
        Index.create(tmp_path / "index", Article, language="klingon")
    assert not (tmp_path / "index").exists()


def test_another_index_keeps_or_changes_the_language(tmp_path: Path) -> None:
    index = index_of(tmp_path, "Häuser", "german")
    Index.reindex(index.path, tmp_path / "same")
    assert Index.open(tmp_path / "same", Article).search("haus").total == 1
    Index.reindex(index.path, tmp_path / "other", language="none")
    assert Index.open(tmp_path / "other", Article).search("haus").total == 0


def test_fields_without_a_stemmer_stay_so_and_other_models_do_not_fit(tmp_path: Path) -> None:
    index = index_of(tmp_path, "Häuser", "german")
    other = type("Other", (Article,), {"__annotations__": {"more": str}})
    with pytest.raises(SchemaMismatchError, match="more"):
        Index.open(index.path, other)
    schema = DocumentSchema.of(Article)
    assert schema.in_language(None) is schema
    assert DocumentSchema.from_json(schema.in_language("de").to_json()).language == "german"
    with pytest.raises(SchemaError, match="language of a schema"):
        DocumentSchema.from_json({**schema.to_json(), "language": 7})


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, words)))


def test_the_language_at_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Neue Häuser am Fluss\n\nDie Häuser sind alt.\n")
    where = ["--index", tmp_path / "index"]
    assert run("index", tmp_path / "in", *where, "--language", "de").exit_code == 0
    assert run("index", tmp_path / "in", *where, "--language", "german").exit_code == 0
    assert run("index", tmp_path / "in", *where).exit_code == 0  # it keeps its language
    assert "Neue Häuser" in run("search", "haus", *where).stdout
    refused = run("index", tmp_path / "in", *where, "--language", "french")
    assert refused.exit_code == 1
    assert "expected an index in french, got one in german" in refused.stderr
    assert "--language french" in refused.stderr
    other = tmp_path / "other"
    assert run("reindex", tmp_path / "index", other, "--language", "none").exit_code == 0
    assert "0 hits" in run("search", "haus", "--index", other, "--match", "all").stdout
    unknown = run("index", tmp_path / "in", "--index", tmp_path / "no", "--language", "klingon")
    assert "such as german or de, or auto or none, got 'klingon'; there are" in unknown.output
    assert (unknown.exit_code, (tmp_path / "no").exists()) == (1, False)
    assert "there are arabic" in unknown.stderr
