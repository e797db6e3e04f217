"""The index and its query API."""

import json
import os
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, Field
from whoosh import query as wq

from searchlib import (
    Article,
    Date,
    Index,
    Key,
    Keyword,
    Notice,
    Number,
    Problem,
    SnippetOptions,
    Stored,
    Text,
    read_articles,
)
from searchlib.errors import (
    CorruptIndexError,
    DocumentError,
    IndexExistsError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
    NotAnIndexError,
    QueryError,
    QuerySyntaxError,
    QueryTooCostly,
    SchemaMismatchError,
)
from tests.conftest import ARTICLES, shared_file
from tests.tables import each

Keys = Callable[..., list[str]]


@each(
    ("query", "found"),
    [
        ("talks", {"talks", "strike"}),
        ('"peace talks"', {"talks"}),
        ("talks NOT dockers", {"talks"}),
        ("vienna OR cup", {"talks", "cup"}),
        ("title:talks", {"talks"}),
        ("sanchez", {"cup"}),
        ('"to be or not to be"', {"cup"}),
        ("dock*", {"strike"}),
        ("w?rk", {"strike"}),
        ("categories:english", {"talks", "strike"}),
        ("categories:ENGLISH", {"talks", "strike"}),
        ('source:"harbour news"', {"strike", "cup"}),
        ("source:harbour", set()),
        ('authors:"Ida Blom"', {"cup"}),
        ("id:cup", {"cup"}),
        ("published:2025-03", {"strike"}),
        ("published:2025-03-04", {"strike"}),
        ("published:[2025-02-18 TO 2025-05-25]", {"strike", "cup"}),
        ("published:{2025-02-17 TO 2025-05-25}", {"strike"}),
        ("published:[TO 2025-02-17]", {"talks"}),
        ('document_date:"2025-11-16T18:43"', {"talks"}),
        ("published:*", {"talks", "strike", "cup"}),
        ("*", {"talks", "strike", "cup", "bare"}),
        ("* NOT published:*", {"bare"}),
        ("nonsense", set()),
        (wq.Term("body", "vienna"), {"talks"}),
        (wq.FuzzyTerm("body", "viena"), {"talks"}),
    ],
)
def test_a_query_finds(keys: Keys, query: str, found: set[str]) -> None:
    assert set(keys(query)) == found


def test_any_finds_what_has_one_of_the_words_and_ranks_more_words_first(keys: Keys) -> None:
    assert keys("vienna talks quay minute", match="any") == ["talks", "strike", "cup"]
    assert keys("vienna talks minute NOT quay", match="any") == ["talks", "cup"]
    assert keys("vienna talks categories:business", match="any") == ["strike"]
    assert keys("talks minute published:[2025-03 TO 2025-06]", match="any") == ["cup", "strike"]
    assert keys("zebra published:2025-03", match="any") == []
    assert set(keys("vienna OR categories:business", match="any")) == {"talks", "strike"}
    assert keys("vienna talks quay minute") == []


def test_a_match_in_the_title_counts_for_more(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "i", Article)
    index.add([Article(id="b", title="x", body="storm"), Article(id="t", title="storm", body="x")])
    assert [hit.key for hit in index.search("storm")] == ["t", "b"]


def test_filter_sort_and_pages(index: Index, keys: Keys) -> None:
    assert keys("*", filter="categories:english talks", sort="-published") == ["strike", "talks"]
    assert keys("published:*", sort="published") == ["talks", "strike", "cup"]
    assert keys("published:*", sort=["-published"], offset=1, limit=1) == ["strike"]
    page = index.search("published:*", sort="published", offset=2, limit=5)
    assert (page.total, len(page), page[0].rank) == (3, 1, 3)
    beyond = index.search("published:*", offset=10)
    assert (beyond.total, len(beyond)) == (3, 0)
    assert index.search("published:*", limit=0).total == 3


def test_a_hit_gives_the_document_as_it_was(index: Index) -> None:
    hit = index.search('"peace talks"')[0]
    assert hit.document == ARTICLES[0]
    assert isinstance(hit.document, Article)
    assert (hit.rank, hit.key) == (1, "talks")
    assert hit.score > 0
    assert hit.snippets["title"].html == "<mark>Peace talks</mark> resume in Vienna"
    assert "The <mark>peace talks</mark> had been" in hit.snippets["body"].html


def test_snippets_are_chosen(index: Index) -> None:
    assert set(index.search("talks", snippets=["title"])[0].snippets) == {"title"}
    assert index.search("talks", snippets=False)[0].snippets == {}
    short = index.search("vienna", snippets=SnippetOptions(max_chars=40))[0].snippets["body"]
    assert len(short.text) <= 42
    with pytest.raises(QueryError, match="text fields for snippets, got 'source'"):
        index.search("talks", snippets=["source"])


def test_results_are_json(index: Index) -> None:
    results = json.loads(json.dumps(index.search("vienna").to_json()))
    assert results["total"] == 1
    assert results["hits"][0]["document"]["published"] == "2025-02-17"
    assert results["hits"][0]["snippets"]["title"]["spans"] == [[22, 28]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sort": "title"}, "sortable field, got 'title'; there are id, published, "),
        ({"sort": "nothing"}, "sortable field, got 'nothing'"),
        ({"limit": -1}, "at least 0, or None for all hits, got -1"),
        ({"offset": -1}, "at least 0, got -1"),
    ],
)
def test_a_wrong_option_is_an_error(index: Index, options: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        index.search("talks", **options)  # type: ignore[arg-type]


def test_an_empty_query_is_an_error(index: Index) -> None:
    with pytest.raises(QuerySyntaxError, match="expected a word"):
        index.search("")


def test_adding_replaces_by_key(index: Index, keys: Keys) -> None:
    changed = ARTICLES[1].model_copy(update={"title": "Port open again"})
    report = index.add([changed, Article(id="new", title="New"), Article(id="new", title="Newer")])
    assert (report.added, report.replaced, report.rejected) == (1, 2, [])
    assert len(index) == 5
    assert keys("title:dockers") == []
    assert keys("title:newer") == ["new"]
    assert index.get("strike") == changed


def test_deleting(index: Index, keys: Keys) -> None:
    assert index.delete("cup", "cup", "none") == 1
    assert index.get("cup") is None
    assert "cup" not in index
    assert "talks" in index
    assert keys("cup") == []
    assert len(index) == 3


def test_a_writer_makes_one_commit(index: Index, keys: Keys) -> None:
    with index.writer() as writer:
        writer.add(Article(id="a", title="First"))
        assert writer.delete("a", "cup") == 2
        writer.add({"id": "b", "title": "Second"})
        assert keys("second") == []
    assert keys("first") == []
    assert keys("second") == ["b"]
    assert len(index) == 4


def test_an_exception_in_a_writer_changes_nothing(index: Index) -> None:
    with pytest.raises(RuntimeError, match="stop"), index.writer() as writer:
        writer.delete("cup")
        writer.add(Article(id="a", title="First"))
        raise RuntimeError("stop")
    assert len(index) == 4
    assert index.add(Article(id="a", title="First")).added == 1


def test_notices_are_reported_apart_from_problems(index: Index) -> None:
    notice = Notice("a guess", Path("a.txt"), 3, kind="date")
    report = index.add([notice, {"id": "a", "title": "A"}, Problem("no use"), notice])
    assert (report.added, report.notices) == (1, [notice, notice])
    assert [problem.reason for problem in report.rejected] == ["no use"]
    assert index.add(notice).notices == [notice]
    assert (str(notice), str(Notice("a guess"))) == ("a.txt:3: a guess", "a guess")


def test_what_does_not_validate_is_rejected_and_the_rest_is_added(index: Index) -> None:
    problem = Problem("it is torn", path=Path("torn.txt"), line=3)
    report = index.add(
        [problem, {"id": "x"}, {"id": "y", "title": "Fine"}, 7, {"id": 5, "title": 1}]
    )
    assert report.added == 1
    assert report.rejected[0] is problem
    assert report.rejected[1].key == "x"
    assert "with a title or a body" in report.rejected[1].reason
    assert "got 7" in report.rejected[2].reason
    assert len(report.rejected) == 4
    assert "y" in index


@pytest.mark.parametrize("wrong", ["archive/", b"x", 5])
def test_adding_what_is_no_document_at_all_is_an_error(index: Index, wrong: object) -> None:
    with pytest.raises(DocumentError, match="read files with searchlib.read_articles"):
        index.add(wrong)


def test_progress_is_told(index: Index) -> None:
    told: list[tuple[int, int | None]] = []
    index.add(
        [Article(title=f"Number {n}") for n in range(50)], progress=lambda *at: told.append(at)
    )
    assert told[-1][0] == 50
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_an_index_is_opened_again(index: Index) -> None:
    again = Index.open(index.path)
    assert again.search("vienna")[0].document == ARTICLES[0]
    assert Index.open(str(index.path), Article).get("cup") == ARTICLES[2]


class Book(BaseModel):
    isbn: Annotated[str, Key()]
    title: Annotated[str, Text()]
    blurbs: Annotated[list[str], Text(language="german", default=False)] = Field(
        default_factory=list
    )
    pages: Annotated[int | None, Number(sortable=True)] = None
    price: Annotated[float, Number(sortable=True)] = 0.0
    signed: Annotated[bool, Keyword()] = False
    printed: Annotated[datetime | None, Date(sortable=True)] = None
    shelf: Annotated[dict[str, int], Stored()] = Field(default_factory=dict)


BOOKS = [
    Book(isbn="1", title="Gardens", pages=-5, price=1.5, signed=True, shelf={"a": 1},
         blurbs=["Herrliche Gärten", "Häuser"], printed="2020-01-01T10:00:00+02:00"),
    Book(isbn="2", title="Kitchens", pages=300, price=20, printed="2021-06-01T00:00:00"),
    Book(isbn="3", title="Garden kitchens"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("garden", {"1", "3"}),
        ("blurbs:garten", {"1"}),
        ("blurbs:haus", {"1"}),
        ("pages:300", {"2"}),
        ("pages:[-10 TO 10]", {"1"}),
        ("pages:[10 TO]", {"2"}),
        ("pages:*", {"1", "2"}),
        ("price:[1.2 TO 1.6]", {"1"}),
        ("price:20", {"2"}),
        ("signed:true", {"1"}),
        ("signed:false", {"2", "3"}),
        ('printed:"2020-01-01T08:00"', {"1"}),
    ],
)
def test_any_model_can_be_a_schema(tmp_path: Path, query: str, found: set[str]) -> None:
    index = Index.create(tmp_path / "books", Book)
    index.add(BOOKS)
    assert {hit.key for hit in index.search(query)} == found
    assert all(hit.document in BOOKS for hit in index.search(query))


def test_a_number_that_is_none_is_an_error(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "books", Book)
    with pytest.raises(QuerySyntaxError, match="expected a whole number.*got 'many'"):
        index.search("pages:many")


def test_without_the_model_documents_have_one_made_from_the_schema(tmp_path: Path) -> None:
    Index.create(tmp_path / "books", Book).add(BOOKS)
    index = Index.open(tmp_path / "books")
    book, other = index.get("1"), index.get("3")
    assert book is not None
    assert other is not None
    assert type(book).__name__ == "Book"
    assert (book.title, book.pages, book.shelf) == ("Gardens", -5, {"a": 1})
    assert other.printed is None
    index.add({"isbn": "4", "title": "Cellars"})
    assert [hit.document.title for hit in index.search("cellar")] == ["Cellars"]


def test_another_model_is_refused(index: Index) -> None:
    with pytest.raises(SchemaMismatchError) as caught:
        Index.open(index.path, Book)
    assert "body: str, Text() in the index, missing in" in str(caught.value)


class TestWhatIsNoIndex:
    def test_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(IndexNotFoundError, match="there is no such folder.*Index.create"):
            Index.open(tmp_path / "none")
        with pytest.raises(FileNotFoundError):
            Index.open(tmp_path / "none")

    def test_another_folder(self, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text("x")
        with pytest.raises(NotAnIndexError, match="a folder with 'letter.txt' and without"):
            Index.open(tmp_path)
        with pytest.raises(NotAnIndexError, match="empty folder, got one with 'letter.txt'"):
            Index.create(tmp_path, Article)
        assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text("x")
        with pytest.raises(NotAnIndexError, match="got a file"):
            Index.open(tmp_path / "letter.txt")
        with pytest.raises(NotAnIndexError, match="expected a folder"):
            Index.create(tmp_path / "letter.txt", Article)
        assert (tmp_path / "letter.txt").read_text() == "x"

    def test_one_that_is_there(self, index: Index) -> None:
        with pytest.raises(IndexExistsError, match="Index.open"):
            Index.create(index.path, Article)
        assert len(Index.open(index.path)) == 4

    def test_a_newer_format(self, index: Index) -> None:
        manifest = index.path / "manifest.json"
        body, mark, _ = manifest.read_bytes().partition(b',\n  "checksum": "')
        body = body.replace(b'"version": 4,', b'"version": 999,', 1)
        manifest.write_bytes(body + mark + f'{zlib.crc32(body):08x}"\n}}\n'.encode())
        with pytest.raises(IndexVersionError, match="999.*upgrade"):
            Index.open(index.path)

    def test_a_damaged_manifest(self, index: Index) -> None:
        manifest = index.path / "manifest.json"
        manifest.write_bytes(manifest.read_bytes().replace(b"title", b"titel", 1))
        with pytest.raises(CorruptIndexError, match=r"manifest\.json.*checksum"):
            Index.open(index.path)

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "x"}', "[" * 100_000, "\0"])
    def test_another_manifest(self, index: Index, text: str) -> None:
        (index.path / "manifest.json").write_text(text)
        with pytest.raises((CorruptIndexError, NotAnIndexError), match=r"manifest\.json"):
            Index.open(index.path)


def test_a_second_writer_is_told_who_is_at_work(index: Index) -> None:
    with index.writer():
        second = index.writer(timeout=0.05)
        with pytest.raises(IndexLockedError, match=str(os.getpid())):
            second.__enter__()


def test_stats(index: Index) -> None:
    stats = index.stats()
    assert stats.documents == 4
    assert stats.size > 1000
    assert stats.model == "searchlib.articles.model.Article"
    assert stats.fields["title"] == "str, Text(boost=2.0)"


def test_deleting_what_a_query_matches(index: Index, keys: Keys) -> None:
    with index.writer() as writer:
        writer.add(Article(id="new", title="More talks", categories=["English"]))
        writer.add(Article(id="other", title="Silence"))
        assert writer.delete_by_query("categories:english talks") == 3
    assert set(keys("*")) == {"cup", "bare", "other"}
    assert index.delete_by_query(wq.Term("id", "cup")) == 1
    assert set(keys("*")) == {"bare", "other"}


def test_an_index_shows_the_commits_of_others(index: Index, keys: Keys) -> None:
    Index.open(index.path).add(Article(id="new", title="Fresh talks"))
    assert "new" in keys("talks")
    assert len(index) == 5


def test_hits_outlive_later_commits(index: Index) -> None:
    hits = list(index.search("talks"))
    index.delete("talks", "strike")
    index.optimize()
    assert {hit.key for hit in hits} == {"talks", "strike"}
    assert hits[0].document.id == hits[0].key


def test_a_sound_index_has_no_faults_and_a_damaged_one_says_so(index: Index) -> None:
    assert index.check() == []
    (segment,) = index.path.glob("*.seg")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    assert Index.open(index.path).check() != []


def test_optimize_keeps_what_is_found(index: Index, keys: Keys) -> None:
    index.add(Article(id="late", title="Late talks"))
    index.delete("cup")
    before = keys("talks")
    index.optimize()
    assert keys("talks") == before
    assert len(index) == 4


def test_whoosh_code_runs_over_the_same_documents(index: Index) -> None:
    with index.searcher() as searcher:
        found = searcher.search(wq.Term("body", "vienna"))
        assert len(found) == 1
    with index.reader() as reader:
        assert reader.doc_count() == 4
        assert "vienna" in list(reader.field_terms("body"))


def test_the_article_the_project_began_from(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "i", Article)
    assert index.add(read_articles(shared_file("seed"))).added == 1
    for query in ("peace talks", '"Polish Prime Minister"'):
        article = index.search(query, match="any")[0].document
        assert article.title.startswith("European Leaders meet in Paris")
        assert article.published == date(2025, 2, 17)
        assert article.source == "RKI Network"
        assert article.categories == ["English", "International", "Snippets"]
    snippet = index.search('"Polish Prime Minister"')[0].snippets["body"]
    assert "<mark>Polish Prime Minister</mark> Donald Tusk" in snippet.html


def test_a_lenient_search_notes_what_is_too_costly(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index", Article)
    index.add(Article(id="a", title="Storm"))
    with pytest.raises(QueryTooCostly):
        index.search("*" + "a*" * 300)
    results = index.search("*" + "a*" * 300, lenient=True)
    assert results.total == 0
    assert [note.kind for note in results.notes] == ["limit"]


def test_what_is_deleted_by_a_relative_date_is_reckoned_in_the_zone_of_the_index(
    tmp_path: Path,
) -> None:
    far_ahead = timezone(timedelta(hours=14))
    index = Index.create(tmp_path / "index", Article, zone=far_ahead)
    now = datetime.now(far_ahead)
    tomorrow_there = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    document_date = tomorrow_there.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=1)
    index.add(Article(id="a", title="Storm", document_date=document_date))
    found = index.search("document_date:tomorrow").total
    assert found == index.delete_by_query("document_date:tomorrow") == 1


def test_a_hit_shows_what_is_stored_without_a_model(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "books", Book)
    index.add(BOOKS)
    [hit] = index.search("isbn:1")
    assert hit.stored == hit.document.model_dump(mode="json")
    hit.stored["title"] = "changed"
    assert hit.stored["title"] == hit.document.title
