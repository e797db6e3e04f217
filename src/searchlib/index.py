"""The index: where documents go in and hits come out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from whoosh.query import Query

from searchlib.errors import (
    CorruptIndexError,
    DocumentError,
    IndexExistsError,
    IndexNotFoundError,
    IndexVersionError,
    NotAnIndexError,
    Problem,
    QueryError,
    SchemaError,
)
from searchlib.fields import Date, Number, Text
from searchlib.highlight import Highlighter, Snippet, SnippetOptions
from searchlib.queries import Match, QueryReader
from searchlib.results import Hit, Results
from searchlib.schema import DocumentSchema
from searchlib.whoosh_store import WhooshStore

if TYPE_CHECKING:
    from pydantic import BaseModel
    from whoosh.reading import IndexReader
    from whoosh.searching import Searcher

    from searchlib.schema import FieldSpec

Progress = Callable[[int, int | None], None]
"""Called now and then with the number of documents done, and of all where that is known."""

FORMAT_VERSION: Final = 1
_MANIFEST: Final = "manifest.json"
_STORE: Final = "store"


@dataclass(slots=True)
class AddReport:
    """What became of the documents that were added.

    Attributes:
        added: How many are new in the index.
        replaced: How many took the place of one with the same key.
        rejected: The problems in place of those that could not be used.
    """

    added: int = 0
    replaced: int = 0
    rejected: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What an index holds.

    Attributes:
        path: The folder of the index.
        documents: The number of documents.
        size: The size of its files, in bytes.
        model: The name of the model it was made with.
        fields: How each field is indexed.
    """

    path: Path
    documents: int
    size: int
    model: str
    fields: dict[str, str]


class IndexWriter:
    """Collects changes that become one commit: all of them, or none.

    Made by :meth:`Index.writer`.

    Attributes:
        report: What has become of the documents added so far.
    """

    def __init__(self, schema: DocumentSchema, store: WhooshStore) -> None:
        self._schema = schema
        self._store = store
        self._changes: dict[str, BaseModel | None] = {}
        self._keys: set[str] | None = None
        self.report = AddReport()

    def add(self, documents: object) -> None:
        """Add documents; one whose key is in the index takes the place of the one there.

        Args:
            documents: A document, or an iterable of them: instances of the model, mappings of its
                fields, or problems, which are passed on to the report. A document that does not
                fit the model is rejected with a problem, and the others are added.
        """
        for document in _each(documents):
            if isinstance(document, Problem):
                self.report.rejected.append(document)
                continue
            try:
                valid = self._schema.validate(document)
            except DocumentError as error:
                key = _key_of(document, self._schema.key.name)
                self.report.rejected.append(Problem(str(error), key=key))
            else:
                self._put(getattr(valid, self._schema.key.name), valid)

    def _put(self, key: str, document: BaseModel) -> None:
        if self._has(key):
            self.report.replaced += 1
        else:
            self.report.added += 1
        self._changes[key] = document

    def delete(self, *keys: str) -> int:
        """Delete the documents with these keys, and return how many there were."""
        there = [key for key in dict.fromkeys(keys) if self._has(key)]
        self._changes.update(dict.fromkeys(there))
        return len(there)

    def _has(self, key: str) -> bool:
        if key in self._changes:
            return self._changes[key] is not None
        if self._keys is None:
            self._keys = self._store.keys()
        return key in self._keys

    def commit(self, progress: Progress | None = None) -> None:
        """Make all changes so far part of the index."""
        total = len(self._changes)
        self._store.apply(self._changes, lambda done: progress(done, total) if progress else None)
        self._changes = {}


class Index:
    """A searchable collection of documents in a folder.

    Make one with :meth:`create` or :meth:`open`. Its documents are instances of one pydantic
    model, whose fields say by markers (:mod:`searchlib.fields`) how they are searched.

    Attributes:
        path: The folder.
        schema: The fields of the documents, and how each is indexed.
    """

    def __init__(self, path: Path, schema: DocumentSchema, store: WhooshStore) -> None:
        self.path: Final = path
        self.schema: Final = schema
        self._store = store
        self._queries = QueryReader(schema)

    @classmethod
    def create(cls, path: str | Path, model: type[BaseModel]) -> Self:
        """Make an empty index.

        Args:
            path: Where: a folder that is empty, or that does not exist yet.
            model: What the documents are.

        Raises:
            IndexExistsError: There is an index already.
            NotAnIndexError: There is something else.
            SchemaError: The model can't be a schema.
        """
        path = Path(path)
        schema = DocumentSchema.of(model)
        if (path / _MANIFEST).is_file():
            raise IndexExistsError(
                f"{path}: there is an index already; open it with Index.open, or delete the folder"
            )
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise NotAnIndexError(
                f"{path}: expected an empty folder or none, got "
                f"{'a folder with other files' if path.is_dir() else 'a file'}"
            )
        store = WhooshStore.create(path / _STORE, schema)
        manifest = {
            "format": "searchlib index",
            "version": FORMAT_VERSION,
            "schema": schema.to_json(),
        }
        temporary = path / f"{_MANIFEST}.new"
        temporary.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        temporary.replace(path / _MANIFEST)
        return cls(path, schema, store)

    @classmethod
    def open(cls, path: str | Path, model: type[BaseModel] | None = None) -> Self:
        """Open an index that is there.

        Args:
            path: The folder of the index.
            model: What its documents are. Without one they are :class:`searchlib.Article` where
                the index was made with that, else instances of a model made from the schema that
                the index keeps; a model named in an index is never imported.

        Raises:
            IndexNotFoundError: There is nothing.
            NotAnIndexError: There is something else.
            IndexVersionError: It was made by a newer searchlib.
            CorruptIndexError: It is damaged.
            SchemaMismatchError: Its fields differ from those of the model.
        """
        path = Path(path)
        schema = DocumentSchema.from_json(_read_manifest(path)["schema"], model)
        if model is not None:
            schema.expect(DocumentSchema.of(model))
        else:
            schema = _shipped(schema) or schema
        return cls(path, schema, WhooshStore(path / _STORE, schema))

    def add(self, documents: object, progress: Progress | None = None) -> AddReport:
        """Add documents in one commit; one whose key is in the index takes the place of that.

        Args:
            documents: As for :meth:`IndexWriter.add`; what :func:`searchlib.read_articles` gives
                can be passed as it is.
            progress: Called now and then.

        Returns:
            How many were added and replaced, and a problem for each that was rejected.

        Raises:
            IndexLockedError: Another writer is at work.
        """
        writer = IndexWriter(self.schema, self._store)
        writer.add(documents)
        writer.commit(progress)
        return writer.report

    def delete(self, *keys: str) -> int:
        """Delete the documents with these keys in one commit, and return how many there were."""
        with self.writer() as writer:
            return writer.delete(*keys)

    @contextmanager
    def writer(self) -> Iterator[IndexWriter]:
        """Collect several changes into one commit.

        The commit is made when the block ends; an exception inside it changes nothing.

        Raises:
            IndexLockedError: Another writer is at work.
        """
        writer = IndexWriter(self.schema, self._store)
        yield writer
        writer.commit()

    def search(
        self,
        query: str | Query,
        *,
        limit: int = 10,
        offset: int = 0,
        match: Match = "all",
        filter: str | Query | None = None,  # noqa: A002 - Whoosh's name for it
        sort: str | Sequence[str] | None = None,
        snippets: bool | Sequence[str] | SnippetOptions = True,
    ) -> Results:
        """Find documents, best first.

        Args:
            query: A string in Whoosh's default query language, or a query object of Whoosh's.
            limit: How many hits to return at most.
            offset: How many of the best to leave out: 10 for the second page of ten.
            match: Whether words that no operator joins must all be there ("all"), or any of them
                ("any", for sentences). Has no bearing on a query object.
            filter: A second query that hits must match, without a part in the score.
            sort: Names of fields to sort by instead of by score, the first one first; "-" before
                a name for the largest first. Dates and numbers marked ``sortable``.
            snippets: Whether hits have snippets, for which fields, or how they look.

        Raises:
            QuerySyntaxError: A query string is empty or can't be read.
            QueryTooCostly: A query would take too long.
            QueryError: A field to sort by or to show can't be, or a number is negative.
        """
        began = time.perf_counter()
        if limit < 0 or offset < 0:
            raise QueryError(f"expected no negative limit or offset, got {limit} and {offset}")
        tree = self._read(query, match)
        chosen = None if filter is None else self._read(filter, "all")
        found, total = self._store.search(tree, offset + limit, chosen, self._sorting(sort))
        snippets_of = self._snippet_maker(tree, snippets)
        hits = tuple(
            Hit(rank, match.score, match.key, self._loader(match.stored), snippets_of)
            for rank, match in enumerate(found[offset:], offset + 1)
        )
        return Results(hits, total, (time.perf_counter() - began) * 1000)

    def _read(self, query: str | Query, match: Match) -> Query:
        return query if isinstance(query, Query) else self._queries.read(query, match)

    def _loader(self, stored: bytes) -> Callable[[], BaseModel]:
        return lambda: self.schema.restore(stored)

    def _sorting(self, sort: str | Sequence[str] | None) -> list[tuple[str, bool]]:
        names = [sort] if isinstance(sort, str) else list(sort or ())
        chosen = []
        for name in names:
            spec = self.schema.fields.get(name.removeprefix("-"))
            if spec is None or not getattr(spec.marker, "sortable", False):
                sortable = [
                    field.name
                    for field in self.schema.fields.values()
                    if isinstance(field.marker, Date | Number) and field.marker.sortable
                ]
                there = ", ".join(sortable) or "none"
                raise QueryError(f"expected a sortable field, got {name!r}; there are {there}")
            chosen.append((spec.name, name.startswith("-")))
        return chosen

    def _snippet_maker(
        self, query: Query, snippets: bool | Sequence[str] | SnippetOptions
    ) -> Callable[[BaseModel], dict[str, Snippet]]:
        options = snippets if isinstance(snippets, SnippetOptions) else SnippetOptions()
        highlighters = {
            spec.name: Highlighter(query, spec.name, _language(spec))
            for spec in self._snippet_fields(snippets)
        }

        def make(document: BaseModel) -> dict[str, Snippet]:
            texts = {name: _text(getattr(document, name)) for name in highlighters}
            return {
                name: highlighters[name].snippet(text, options)
                for name, text in texts.items()
                if text
            }

        return make

    def _snippet_fields(
        self, snippets: bool | Sequence[str] | SnippetOptions
    ) -> Sequence[FieldSpec]:
        if snippets is False:
            return []
        text_fields = {
            name: spec for name, spec in self.schema.fields.items() if isinstance(spec.marker, Text)
        }
        if snippets is True or isinstance(snippets, SnippetOptions):
            return list(text_fields.values())
        for name in [snippets] if isinstance(snippets, str) else snippets:
            if name not in text_fields:
                there = ", ".join(text_fields)
                raise QueryError(
                    f"expected text fields for snippets, got {name!r}; there are {there}"
                )
        return [text_fields[name] for name in snippets]

    def get(self, key: str) -> Any:
        """Find the document with a key, or ``None``."""
        stored = self._store.get(key)
        return None if stored is None else self.schema.restore(stored)

    def __contains__(self, key: str) -> bool:
        return self._store.get(key) is not None

    def __len__(self) -> int:
        return len(self._store)

    def stats(self) -> IndexStats:
        """Say what the index holds."""
        return IndexStats(
            path=self.path,
            documents=len(self),
            size=sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file()),
            model=self.schema.model_name,
            fields={name: spec.describe() for name, spec in self.schema.fields.items()},
        )

    def optimize(self) -> None:
        """Merge what several commits have written, so that searches are as fast as can be."""
        self._store.optimize()

    def reader(self) -> IndexReader:
        """Open a Whoosh reader on the last commit, for code written for Whoosh."""
        return self._store.reader()

    def searcher(self) -> Searcher:
        """Open a Whoosh searcher on the last commit, for code written for Whoosh."""
        return self._store.searcher()

    def __repr__(self) -> str:
        return f"Index({str(self.path)!r}, {self.schema.model_name})"


def _each(documents: object) -> Iterable[object]:
    """Look at one document as at an iterable of one."""
    from pydantic import BaseModel

    if isinstance(documents, BaseModel | dict | Problem):
        return [documents]
    if isinstance(documents, str | bytes) or not isinstance(documents, Iterable):
        raise DocumentError(
            f"expected a document or an iterable of documents, got {type(documents).__name__}; "
            "read files with searchlib.read_articles(path)"
        )
    return documents


def _key_of(document: object, name: str) -> str | None:
    key = document.get(name) if isinstance(document, dict) else getattr(document, name, None)
    return key if isinstance(key, str) else None


def _text(value: Any) -> str:
    return "\n\n".join(value) if isinstance(value, list) else value or ""


def _language(spec: FieldSpec) -> str | None:
    return spec.marker.language if isinstance(spec.marker, Text) else None


def _shipped(schema: DocumentSchema) -> DocumentSchema | None:
    """Find the schema of the model that ships, where the stored one is the same."""
    from searchlib.articles import Article

    ours = DocumentSchema.of(Article)
    return ours if ours.fingerprint == schema.fingerprint else None


def _read_manifest(path: Path) -> dict[str, Any]:
    """Read what an index says of itself.

    Raises:
        IndexNotFoundError: There is nothing.
        NotAnIndexError: There is something else.
        IndexVersionError: It was made by a newer searchlib.
        CorruptIndexError: It is damaged.
    """
    if not path.exists():
        raise IndexNotFoundError(f"{path}: no index here; make one with Index.create")
    if not (path / _MANIFEST).is_file():
        kind = "a folder without a manifest" if path.is_dir() else "a file"
        raise NotAnIndexError(f"{path}: expected the folder of an index, got {kind}")
    try:
        manifest = json.loads((path / _MANIFEST).read_bytes())
        version = manifest["version"]
        if manifest["format"] != "searchlib index" or not isinstance(version, int):
            raise ValueError("it is not the manifest of an index")
        if version > FORMAT_VERSION:
            raise IndexVersionError(
                f"{path}: expected an index of format {FORMAT_VERSION} or older, got format "
                f"{version}; a newer searchlib made it, so upgrade to read it"
            )
        if not isinstance(manifest["schema"], dict):
            raise SchemaError("it has no schema")
    except IndexVersionError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptIndexError(f"{path / _MANIFEST}: can't be read: {error}") from error
    return dict(manifest)
