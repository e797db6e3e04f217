"""An index of articles in several languages: each is found and marked as its language has it."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel

from searchlib import Article, Index
from searchlib.analysis import detection, language_meant
from searchlib.analysis.batch import BatchAnalyzer, MixedAnalyzer
from searchlib.cli.commands import cli
from searchlib.errors import MissingExtraError, SchemaError
from searchlib.query.field_terms import field_terms
from searchlib.query.tree import Fuzzy, Phrase, Prefix, Query, Range, Wildcard, Word
from searchlib.schema.markers import Key, Text
from searchlib.schema.models import FieldSpec
from tests.tables import each

ARTICLES = {
    "en": ("English", "Mayor Köhler said on Tuesday that the old bridges will be repaired."),
    "de": ("Deutsch", "Die alten Brücken werden repariert, sagte Köhler am Dienstag im Rathaus."),
    "fr": ("fr-FR", "Les élections nationales auront lieu mardi, a dit le maire Köhler."),
    "es": ("español", "Las canciones del puente viejo: el alcalde habló el martes en la plaza."),
    "ru": ("rus", "Во вторник мэр говорил о старых мостах и о новых выборах в городе."),
    "sv": ("sv_SE", "Flickorna sprang över de gamla broarna på tisdagen, sade borgmästaren."),
    "zh": ("zh", "市长周二说旧桥将被修复。"),
}


def article(key: str, text: str, language: str | None = None) -> Article:
    return Article(id=key, title=key, body=text, language=language)


@pytest.fixture
def no_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "find_spec", lambda _: None)


@pytest.fixture(scope="module", params=["field", "detector"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Index[Article]:
    """One article in each language, each in a segment of its own."""
    index = Index.create(tmp_path_factory.mktemp("mixed") / "index", Article, language="auto")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "detector":
            pytest.importorskip("py3langid")
        else:
            patch.setattr(detection, "find_spec", lambda _: None)
        for key, (language, text) in ARTICLES.items():
            index.add(article(key, text, language if request.param == "field" else None))
    return index


def marked(index: Index[Article], query: str) -> dict[str, list[str]]:
    """Give what is marked in the body of each hit, by its key."""
    return {
        hit.key: [
            piece.split("</mark>")[0] for piece in hit.snippets["body"].html.split("<mark>")[1:]
        ]
        for hit in index.search(query)
    }


EVERYWHERE = {
    "bridge": {"en": ["bridges"]},
    "brücke": {"de": ["Brücken"]},
    "Brucke": {"de": ["Brücken"]},
    "nationaux": {"fr": ["nationales"]},
    "canción": {"es": ["canciones"]},
    "cancion": {"es": ["canciones"]},
    "выборы": {"ru": ["выборах"]},
    "flicka": {"sv": ["Flickorna"]},
    "桥": {"zh": ["桥"]},
    "Köhler": {"en": ["Köhler"], "de": ["Köhler"], "fr": ["Köhler"]},
    "köhler": {"en": ["Köhler"], "de": ["Köhler"], "fr": ["Köhler"]},
    "kohler": {"en": ["Köhler"], "de": ["Köhler"], "fr": ["Köhler"]},
    '"alte Brücke"': {"de": ["alten Brücken"]},
    '"old bridge"': {"en": ["old bridges"]},
    '"bridge old"': {},
    '"旧桥"': {"zh": ["旧桥"]},
    "flick*": {"sv": ["Flickorna"]},
    "brück*": {"de": ["Brücken"]},
    "br?dges": {"en": ["bridges"]},
    "/br.ck/": {"de": ["Brücken"]},
    "bridgs~": {"en": ["bridges"]},
    "old NEAR/2 repair": {},
    "old NEAR/5 repair": {"en": ["old", "repaired"]},
    "alt NEAR/3 repariert": {"de": ["alten", "repariert"]},
    '"alte brück*"': {"de": ["alten Brücken"]},
    "the bridge": {"en": ["bridges"]},
    "die Brücke": {"de": ["Brücken"]},
    "bridge -mayor": {},
    "brücke OR мосты": {"de": ["Brücken"], "ru": ["мостах"]},
    "body:broarnas": {"sv": ["broarna"]},
    "bridge brücke": {},
}


@each("query", EVERYWHERE)
def test_a_word_is_looked_for_as_each_language_writes_it(query: str, index: Index[Article]) -> None:
    assert marked(index, query) == EVERYWHERE[query]


def test_merging_opening_and_another_index_keep_the_languages(
    index: Index[Article], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index.open(shutil.copytree(index.path, tmp_path / "index"), Article)
    names = ["english", "french", "german", "none", "russian", "spanish", "swedish"]
    assert (index.stats().languages, index.stats().segments > 1) == (names, True)
    index.optimize()
    assert (index.stats().languages, index.stats().segments) == (names, 1)
    monkeypatch.setattr(detection, "find_spec", lambda _: None)
    report = Index.reindex(index.path, tmp_path / "new")
    assert report.added == len(ARTICLES)
    for path in (index.path, tmp_path / "new"):
        for opened in (Index.open(path), Index.open(path, Article)):
            assert opened.schema.language == "auto"
            assert opened.stats().languages == names
            for query, found in EVERYWHERE.items():
                assert marked(opened, query) == found, query


@pytest.mark.usefixtures("no_detector")
def test_a_language_that_is_added_later_changes_queries_at_once(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="auto")
    assert index.search("anything").total == 0
    index.add(article("en", "Two houses burned.", "en"))
    assert marked(index, "house") == {"en": ["houses"]}
    assert index.search("haus").total == 0
    index.add([article("de", "Zwei Häuser brannten.", "de"), article("x", "Häuser", "Klingon")])
    assert marked(index, "haus") == {"de": ["Häuser"]}
    assert marked(index, "Häuser") == {"de": ["Häuser"], "x": ["Häuser"]}
    assert index.stats().languages == ["english", "german", "none"]


@pytest.mark.usefixtures("no_detector")
def test_languages_of_one_batch_and_of_worker_processes(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="auto")
    languages = {"en": "The houses burned", "de": "Die Häuser brannten", "fr": "Les chevaux"}
    articles = [
        article(f"{number}-{code}", f"{text} {number} " + "word " * 40, code)
        for number in range(1500)
        for code, text in languages.items()
    ]
    assert index.add(articles, workers=1).added == len(articles)
    assert index.search("house").total == index.search("haus").total == 1500
    assert index.search("cheval").total == 1500
    assert marked(index, "haus 77") == {"77-de": ["Häuser", "77"]}


@pytest.mark.usefixtures("no_detector")
def test_a_stop_word_is_left_out_if_it_is_one_in_all_languages(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="auto")
    index.add(
        [
            article("en", "Many die in floods on Monday", "en"),
            article("both", "The die is cast", "en"),
            article("de", "Die Flut kam, die Dämme brachen", "de"),
            article("sv", "Det kom en flod i dag", "sv"),
        ]
    )
    assert {*marked(index, "die")} == {"en", "both", "de"}  # alone it is looked for
    assert marked(index, "die flut") == {"de": ["Flut"]}
    assert marked(index, "flood die") == {"en": ["die", "floods"]}
    assert {*marked(index, "die cast")} == {"both"}
    assert marked(index, "on flod") == {"sv": ["flod"]}  # "on" says nothing in English alone
    assert marked(index, '"die dämme"') == {"de": ["die Dämme"]}
    # No article must have it, but those that have it are the better ones.
    index.add(article("no", "Many floods on Monday", "en"))
    assert [hit.key for hit in index.search("die flood")] == ["en", "no"]


@pytest.mark.usefixtures("no_detector")
def test_stop_words_of_all_languages_say_nothing(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="auto")
    index.add([article("de", "Haus in Berlin", "de"), article("en", "a house", "en")])
    assert marked(index, "in haus") == {"de": ["Haus"]}
    assert index.explain("in haus", "de").value == index.explain("haus", "de").value


def test_what_an_article_says_counts_even_if_it_is_wrong(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="auto")
    index.add(article("1", "Die alten Häuser am Fluss sind verkauft worden.", "English"))
    assert index.stats().languages == ["english"]
    assert marked(index, "Häuser") == {"1": ["Häuser"]}
    assert index.search("haus").total == 0


@pytest.mark.usefixtures("no_detector")
def test_an_article_is_replaced_by_one_in_another_language(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="auto")
    index.add(article("1", "Häuser", "de"))
    index.add(article("1", "houses", "en"))
    index.optimize()
    assert index.stats().languages == ["english"]
    assert (index.search("haus").total, index.search("house").total) == (0, 1)


def test_explanations_name_the_terms_of_all_languages(index: Index[Article]) -> None:
    explained = index.explain("nationales", "fr")
    assert explained.value == index.search("nationales")[0].score > 0
    assert "'national'" in str(explained)


@pytest.mark.usefixtures("no_detector")
def test_words_of_another_language_within_a_text(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="auto")
    index.add(
        [
            article("de", "Der Slogan „Houses for all“ hing an den Häusern", "de"),
            article("en", "The newspaper Süddeutsche Zeitung reports", "en"),
        ]
    )
    assert marked(index, "Houses") == {"de": ["Houses"]}
    assert marked(index, '"Süddeutsche Zeitung"') == {"en": ["Süddeutsche Zeitung"]}
    assert marked(index, "zeitung") == {"en": ["Zeitung"]}


class Report(BaseModel):
    number: Annotated[str, Key()]
    heading: Annotated[str, Text(language="auto")]
    notes: Annotated[list[str], Text(language="auto", default=False)] = []
    code: Annotated[str, Text(language=None)] = ""
    summary: Annotated[str, Text(language="french")] = ""
    language: list[str] | None = None


@pytest.mark.usefixtures("no_detector")
def test_models_of_ones_own(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Report)
    index.add([
        Report(number="1", heading="Häuser", notes=["Flüsse", "Bäume"], code="houses",
               summary="nationales", language=["und", "de"]),
        Report(number="2", heading="houses", language=["de-CH", "en"]),
    ])  # fmt: skip
    assert index.search("baum").total == 0
    assert index.search("notes:baum").total == 1
    assert index.search("haus").total == index.search("nationaux").total == 1
    assert index.search("code:house").total == 0
    (hit,) = Index.open(index.path, Report).search('notes:"fluss baum"~101')
    assert hit.snippets["notes"].html == "<mark>Flüsse</mark>\n\n<mark>Bäume</mark>"
    with pytest.raises(SchemaError, match="expected a language"):
        Index.create(tmp_path / "no", type("M", (Report,), {
            "__annotations__": {"more": Annotated[str, Text(language="Auto")]}, "more": ""
        }))  # fmt: skip


# Without a detector


@pytest.mark.usefixtures("no_detector")
def test_without_a_detector_one_notice_says_what_to_do(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="auto")
    report = index.add([
        article("1", "The houses"), article("2", "The houses", "Klingon"),
        article("3", "The houses", "en"),
    ])  # fmt: skip
    (notice,) = report.notices
    assert (notice.kind, "searchlib[languages]" in notice.message) == ("language", True)
    assert {*marked(index, "houses")} == {"1", "2", "3"}
    assert {*marked(index, "house")} == {"3"}


@pytest.mark.usefixtures("no_detector")
def test_no_notice_where_no_text_is_looked_at(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article, language="auto")
    assert index.add(article("1", "The houses", "en")).notices == []
    other = Index.create(tmp_path / "other", Article, language="german")
    assert other.add(article("1", "The houses")).notices == []


@pytest.mark.usefixtures("no_detector")
def test_a_sync_reports_the_notice(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(3):
        (tmp_path / "in" / f"{number}.txt").write_text("Neue Häuser\n\nDie Häuser sind alt.\n")
    index = Index.create(tmp_path / "index", Article, language="auto")
    assert [notice.kind for notice in index.sync(tmp_path / "in").notices] == ["language"]


# With one


def test_texts_that_tell_no_language() -> None:
    pytest.importorskip("py3langid")
    for text in ("", "NATO", "2025", "3-2 (1-1)", "Obama"):
        assert detection.detect_language(text) is None, text
    assert detection.detect_language("市议会周二投票决定关闭旧桥进行维修。") is None
    assert detection.detect_language("THE COUNCIL VOTED ON TUESDAY") == "english"
    assert detection.detect_language("Stadtrat stimmt für die Sperrung \ud800") == "german"


def test_a_missing_detector_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    detection._identifier.cache_clear()
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    with pytest.raises(MissingExtraError, match=r"searchlib\[languages\]"):
        detection.detect_language("The old bridges")


# Names of languages

SPELLINGS = {
    "german": ["de", "DE", "deu", "ger", "German", "Deutsch", "de-AT", "de_CH", "german (Austria)"],
    "french": ["fr", "fra", "fre", "français", "Francais", "FRANÇAIS", "fr-CA"],
    "english": ["en", "eng", "English", "en_US", "English, British", "en-GB"],
    "spanish": ["es", "español", "Castellano", "es-419"],
    "russian": ["ru", "русский", "Russian"],
    "norwegian": ["no", "nb-NO", "nn", "bokmål", "Norsk"],
    "arabic": ["ar", "العربية"],
    None: ["", " ", "zh", "Chinese", "Klingon", "und", "-", "x", "porter", "denmark"],
}


@each("language", SPELLINGS)
def test_a_language_is_known_in_whatever_spelling(language: str | None) -> None:
    assert {language_meant(text) for text in SPELLINGS[language]} == {language}


@given(st.text())
def test_any_text_may_stand_for_a_language(text: str) -> None:
    language_meant(text)


# Terms

TEXTS = st.text("aeiouäéбdrngs .-'’½9*?桥", max_size=30)
LANGUAGES = ("english", "german", "french", "russian", "swedish", "turkish", None)


@given(st.lists(st.tuples(TEXTS | st.none() | st.lists(TEXTS), st.sampled_from(LANGUAGES))))
def test_the_terms_of_a_document_are_those_of_its_language(
    documents: list[tuple[str | list[str] | None, str | None]],
) -> None:
    mixed = MixedAnalyzer()
    found = mixed.analyze([text for text, _ in documents], [one for _, one in documents])
    ends = np.cumsum(found.counts)
    for place, (text, language) in enumerate(documents):
        alone = BatchAnalyzer(language)
        expected = alone.analyze([text])
        part = slice(ends[place] - found.counts[place], ends[place])
        terms = [mixed.vocabulary.terms[number] for number in found.terms[part]]
        assert terms == [alone.vocabulary.terms[number] for number in expected.terms]
        assert found.positions[part].tolist() == expected.positions.tolist()
        assert found.lengths[place] == expected.lengths[0]


def leaves(text: str) -> list[Query]:
    ranges = [Range("body", text, "z"), Range("body", None, text)]
    return [Word(text), Phrase(text), Prefix(text), Wildcard(text), Fuzzy(text), *ranges]


@given(TEXTS)
@example("*s")
@example(".*s")
def test_the_alternatives_of_a_position_are_those_of_each_language(text: str) -> None:
    marker = Text(language="auto")
    several = FieldSpec("body", marker, "str", found=LANGUAGES)
    for leaf in leaves(text):
        together = field_terms(leaf, several)
        alone = [
            field_terms(leaf, FieldSpec("body", marker, "str", found=(language,)))
            for language in LANGUAGES
        ]
        assert {len(row) for row in alone} == {len(together)}
        for place, alternatives in enumerate(together):
            assert {*alternatives} == {one for row in alone for one in row[place]}


# The command line


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, words)))


@pytest.mark.usefixtures("no_detector")
def test_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, language, text in [("a", "de", "Alte Häuser"), ("b", "en", "Old houses")]:
        (tmp_path / "in" / f"{name}.json").write_text(
            f'{{"id": "{name}", "title": "{text}", "body": "", "language": "{language}"}}',
            "utf-8",
        )
    (tmp_path / "in" / "c.txt").write_text("Nouveaux chevaux\n\nLes chevaux sont ici.\n")
    where = ["--index", tmp_path / "index"]
    indexed = run("index", tmp_path / "in", *where, "--language", "auto")
    assert (indexed.exit_code, indexed.stderr.count("searchlib[languages]")) == (0, 1)
    assert run("index", tmp_path / "in", *where, "--language", "auto").exit_code == 0
    assert "Alte Häuser" in run("search", "haus", *where).stdout
    assert "Old houses" in run("search", "house", *where).stdout
    assert "languages: english, german, none" in run("stats", *where).stdout
    assert '"german"' in run("stats", *where, "--json").stdout
    refused = run("index", tmp_path / "in", *where, "--language", "german")
    assert (refused.exit_code, "got one in auto" in refused.stderr) == (1, True)
    german = tmp_path / "german"
    assert run("reindex", tmp_path / "index", german, "--language", "german").exit_code == 0
    assert "languages:" not in run("stats", "--index", german).stdout
    assert run("reindex", german, tmp_path / "auto", "--language", "auto").exit_code == 0
    assert "Old houses" in run("search", "house", "--index", tmp_path / "auto").stdout
