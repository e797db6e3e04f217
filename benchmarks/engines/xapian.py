"""Xapian, an engine written in C++, through the Python binding that Debian packages."""

from __future__ import annotations

import json
import sys
import time
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import TYPE_CHECKING, Any, ClassVar, Final

from benchmarks.engines.base import TITLE_BOOST, Found, Search
from benchmarks.queries import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from benchmarks.queries import Query
    from searchlib import Article

_SYSTEM_PACKAGES: Final = "/usr/lib/python3/dist-packages"
_REMEDY: Final = (
    "expected Xapian's Python binding: apt-get install python3-xapian, and make the environment "
    "with a Python of the same version as /usr/bin/python3"
)


def _import_xapian() -> Any:
    """Import the binding, from Debian's packages too where this Python is of Debian's version.

    Raises:
        ImportError: It is not there, or not for this Python.
    """
    try:
        import xapian
    except ImportError:
        spec = PathFinder.find_spec("xapian", [_SYSTEM_PACKAGES])
        if spec is None or spec.loader is None:
            raise ImportError(f"{_REMEDY}; there is none in {_SYSTEM_PACKAGES}") from None
        xapian = sys.modules["xapian"] = module_from_spec(spec)
        try:
            spec.loader.exec_module(xapian)
        except ImportError as error:
            del sys.modules["xapian"]
            raise ImportError(f"{_REMEDY}; this is {sys.executable}") from error
    return xapian


xapian: Final = _import_xapian()

_ID, _PUBLISHED = range(2)  # slots of values
_PREFIXES: Final = {
    "categories": "XCAT", "places": "XPLACE", "authors": "XAUTHOR",
    "source": "XSOURCE", "dateline": "XDATELINE", "language": "XLANG",
}  # fmt: skip
_LONGEST_LABEL: Final = 200  # bytes; a term may have 245
_TITLE_GAP: Final = 100  # positions between title and body, so that no phrase spans both
_SNIPPET_BYTES: Final = 200


class XapianEngine:
    """Title and body stemmed with positions under the same terms, labels as boolean terms."""

    kinds: ClassVar = frozenset(KINDS) - {"wildcard"}
    differences: ClassVar = (
        "Title and body are one list of postings, in which a word of the title counts twice.",
        "All of its words are stemmed, also those of phrases, as searchlib does it; its own way is "
        "to keep them unstemmed besides.",
        "It keeps accents, and joins acronyms and numbers by rules of its own.",
        "It has no wildcards inside words.",
        "It is asked for the exact number of hits, for which it looks at all of them; left to "
        "estimate it, it answers OR queries in a third to half of the time.",
        "Its binding is Debian's, for the version of Xapian that Debian has.",
        "An article that was added twice would be there twice: add_document looks for no key.",
    )
    agreement: ClassVar = 0.9
    threads: ClassVar = False
    hits_only: ClassVar = False

    _database: Any
    _parser: Any

    def versions(self) -> dict[str, str]:
        return {"Xapian": str(xapian.version_string())}

    def index(self, articles: Iterable[Article], path: Path) -> float:
        began = time.perf_counter()
        database = xapian.WritableDatabase(str(path), xapian.DB_CREATE_OR_OPEN)
        generator = xapian.TermGenerator()
        generator.set_stemmer(xapian.Stem("english"))
        generator.set_stemming_strategy(xapian.TermGenerator.STEM_ALL)
        for article in articles:
            database.add_document(_document(article, generator))
        database.commit()
        seconds = time.perf_counter() - began
        database.close()
        return seconds

    def open(self, path: Path) -> None:
        self._database = xapian.Database(str(path))
        parser = self._parser = xapian.QueryParser()
        parser.set_database(self._database)
        parser.set_stemmer(xapian.Stem("english"))
        parser.set_stemming_strategy(xapian.QueryParser.STEM_ALL)
        for field, prefix in _PREFIXES.items():
            parser.add_boolean_prefix(field, prefix)
        parser.add_rangeprocessor(xapian.DateRangeProcessor(_PUBLISHED, "published:"))

    def segments(self) -> int:
        return 1

    def prepare(self, query: Query, read_ids: bool) -> Search:
        text = _text(query)
        flags = xapian.QueryParser.FLAG_DEFAULT | xapian.QueryParser.FLAG_WILDCARD
        enquire = xapian.Enquire(self._database)
        everything = self._database.get_doccount()
        parse = self._parser.parse_query
        stemmer = xapian.Stem("english")

        def search() -> Any:
            enquire.set_query(parse(text, flags))
            return enquire.get_mset(0, query.limit, everything)

        def run() -> Found:
            found = search()
            ids = [hit.document.get_value(_ID).decode() for hit in found] if read_ids else []
            return Found(found.get_matches_estimated(), ids, [])

        def run_with_snippets() -> Found:
            found = search()
            ids, shown = [], []
            for hit in found:
                document = hit.document
                ids.append(document.get_value(_ID).decode())
                body = json.loads(document.get_data())["body"]
                shown.append(found.snippet(body, _SNIPPET_BYTES, stemmer).decode())
            return Found(found.get_matches_estimated(), ids, shown)

        return run_with_snippets if query.kind == "snippets" else run


def _document(article: Article, generator: Any) -> Any:
    document = xapian.Document()
    generator.set_document(document)
    generator.set_termpos(0)
    generator.index_text(article.title, int(TITLE_BOOST))
    generator.increase_termpos(_TITLE_GAP)
    generator.index_text(article.body)
    document.add_boolean_term(f"Q{article.id}"[:_LONGEST_LABEL])
    for field, prefix in _PREFIXES.items():
        for label in _labels(getattr(article, field)):
            document.add_boolean_term(f"{prefix}{label.lower()}"[:_LONGEST_LABEL])
    document.add_value(_ID, article.id)
    if article.published is not None:
        document.add_value(_PUBLISHED, _day(article.published))
    document.set_data(article.model_dump_json(exclude_defaults=True))
    return document


def _labels(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _text(query: Query) -> str:
    match query.form:
        case "or":
            return " OR ".join(query.words)
        case "phrase":
            return f'"{" ".join(query.words)}"'
        case "prefix":
            return f"{query.words[0]}*"
    text = " AND ".join(query.words)
    if query.category is not None:
        text += f" categories:{query.category.lower()}"
    if query.days is not None:
        text += f" published:{query.days[0]}..{query.days[1]}"
    return text
