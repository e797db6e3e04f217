"""What is to be written here for a name that only Whoosh has?

Objects that stand where code written for Whoosh expects one of its own have these names neither as
attributes nor in ``dir()``; the error that says so gives the line to write. docs/whoosh.md
shows all of it, and a test runs both sides of each line.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Hint(NamedTuple):
    """What to write in the place of a name.

    Attributes:
        why: What is different here.
        write: The lines that do the same, of which one fits; ``...`` stands for arguments.
    """

    why: str
    write: tuple[str, ...]


_KEYED = "a document is an instance of the model or a mapping, and replaces the one with its key"
_DELETING = "documents are deleted by key, or by a filter or query"
_NUMBERS = "numbers of documents change with every commit, keys do not"
_FIELDS = "the fields are those of the model: change it, and index the documents anew for it"
_BLOCK = "the end of the with block commits, and an error in it changes nothing"
_LAST = "every search sees the last commit"
_PAGES = "a page is some of the hits"
_TOTAL = "the number of all hits is always exact"
_LOOK = "how snippets look is said before the search"
_MODEL = "a field is an annotated field of a pydantic model"
_SCHEMA = "this is no schema of Whoosh's, but has one"


def _each(names: str, why: str, *write: str) -> dict[str, Hint]:
    return dict.fromkeys(names.split(), Hint(why, write))


def _marked(name: str, annotation: str) -> dict[str, Hint]:
    return _each(name, _MODEL, annotation)


_WRITING: Final = {
    **_each("add_document update_document", _KEYED, "writer.add({...})"),
    **_each("delete_by_term", _DELETING, "writer.delete(...)", "writer.delete_by_query({...})"),
    **_each("delete_document", _NUMBERS, "writer.delete(...)"),
    **_each("cancel", _BLOCK, "raise ..."),
}

HINTS: Final[dict[str, dict[str, Hint]]] = {
    "Index": {
        **_each("add_document update_document", _KEYED, "index.add({...})"),
        **_each("delete_by_term", _DELETING, "index.delete(...)", "index.delete_by_query({...})"),
        **_each("delete_document", _NUMBERS, "index.delete(...)"),
        **_each("add_field remove_field", _FIELDS, "Index.reindex(...)"),
        **_each("doc_count doc_count_all", "deleted documents do not count", "len(index)"),
        **_each("is_empty", "an index has a length", "len(index) == 0"),
        **_each("refresh", _LAST, "index"),
        **_each("up_to_date latest_generation last_modified", _LAST, "index.revision"),
        **_each("search_page", _PAGES, "index.search(..., limit=..., offset=...)"),
        **_each("find", "search() reads strings", "index.search(...)"),
        **_each("document", "the key says which", "index.get(...)"),
        **_each("documents all_stored_fields", "an index is iterated over", "list(index)"),
        **_each("field_length max_field_length", "its Whoosh reader knows", "index.reader()...."),
    },
    "WriterBlock": {
        **{
            name: Hint(_BLOCK, tuple(f"with index.writer() as writer: {one}" for one in hint.write))
            for name, hint in _WRITING.items()
        },
        **_each("commit", _BLOCK, "with index.writer() as writer: ..."),
        **_each(
            "delete_by_query", _BLOCK,
            "with index.writer() as writer: writer.delete_by_query({...})",
            "index.delete_by_query(...)",
        ),
        **_each("add_field remove_field", _FIELDS, "Index.reindex(...)"),
        **_each("searcher reader", _LAST, "index.searcher()", "index.reader()"),
    },
    "IndexWriter": {
        **_WRITING,
        **_each("add_field remove_field", _FIELDS, "Index.reindex(...)"),
        **_each("searcher reader", _LAST, "index.searcher()", "index.reader()"),
    },
    "Results": {
        **_each("scored_length", "results hold the hits of one page", "len(results)"),
        **_each(
            "has_exact_length estimated_length estimated_min_length", _TOTAL, "results.total"
        ),
        **_each("is_empty", _TOTAL, "results.total == 0"),
        **_each("runtime", "time is in milliseconds", "results.took_ms"),
        **_each("docs", _NUMBERS, "[hit.key for hit in results]"),
        **_each("docnum", _NUMBERS, "results[...].key"),
        **_each("fields", "hits have documents", "results[...].document"),
        **_each("score", "hits have scores", "results[...].score"),
        **_each("facet_names", "facets are a mapping", "list(results.facets)"),
        **_each("filter", "a filter is part of a search", "index.search(..., filter=...)"),
        **_each(
            "extend upgrade upgrade_and_extend", "results are values, which do not change",
            "index.search(...)",
        ),
        **_each("copy", "results are values, which do not change", "copy.copy(results)"),
        **_each("items", "hits have scores", "[(hit.key, hit.score) for hit in results]"),
        **_each("key_terms", "an index finds what sets hits apart", "index.significant(...)"),
        **_each(
            "matched_terms has_matched_terms query_terms", "snippets mark what was found",
            "results[...].snippets[...].html",
        ),
        **_each("pagenum offset", "hits know their rank", "results[0].rank"),
        **_each("pagecount pagelen", _PAGES, "results.total", "len(results)"),
        **_each("is_last_page", "results have a cursor of the next page", "results.next is None"),
        **_each(
            "fragmenter formatter highlighter", _LOOK,
            "index.search(..., snippets=SnippetOptions(...))",
        ),
    },
    "Hit": {
        **_each("highlights", "hits have a snippet of each text field", "hit.snippets[...].html"),
        **_each("fields", "hits have documents", "hit.document.model_dump()"),
        **_each("get", "hits have documents", "hit.document...."),
        **_each(
            "keys items iterkeys itervalues iteritems", "hits have documents",
            "dict(hit.document)",
        ),
        **_each("docnum", _NUMBERS, "hit.key"),
        **_each("pos", "ranks are counted from 1", "hit.rank - 1"),
        **_each("matched_terms", "snippets mark them", "hit.snippets[...].text"),
        **_each("more_like_this", "an index finds articles like one", "index.similar(hit.key)"),
    },
    "DocumentSchema": _each(
        "names items add remove stored_names scorable_names has_scorable_fields", _SCHEMA,
        "index.schema.whoosh",
    ),
    "searchlib": {
        **_each("create_in", "the schema is a model", "searchlib.Index.create(...)"),
        **_each("open_dir", "classes open themselves", "searchlib.Index.open(...)"),
        **_each("exists_in", "one call does both", "searchlib.Index.open_or_create(...)"),
        **_each("Schema", "the schema is a model", "class Page(BaseModel): ..."),
        **_marked("TEXT", "content: Annotated[str, searchlib.Text()]"),
        **_marked("ID", "path: Annotated[str, searchlib.Key()]"),
        **_marked("KEYWORD", "tags: Annotated[list[str], searchlib.Keyword()]"),
        **_marked("NUMERIC", "size: Annotated[int, searchlib.Number(sortable=True)]"),
        **_marked("DATETIME", "day: Annotated[datetime, searchlib.Date(sortable=True)]"),
        **_marked("BOOLEAN", "done: Annotated[bool, searchlib.Keyword()]"),
        **_marked("STORED", "note: Annotated[str, searchlib.Stored()]"),
        **_marked("IDLIST", "codes: Annotated[list[str], searchlib.Keyword(lowercase=False)]"),
        **_each(
            "NGRAM NGRAMWORDS", "queries find parts of words, whatever the field",
            "content: Annotated[str, searchlib.Text()]", "index.search('*part*')",
        ),
        **_each("LockError", "errors have other names", "searchlib.IndexLockedError"),
        **_each("EmptyIndexError", "errors have other names", "searchlib.IndexNotFoundError"),
        **_each(
            "QueryParser MultifieldParser", "an index reads strings", "index.search(...)",
            "index.parse(...)",
        ),
    },
}  # fmt: skip


ARGUMENTS: Final[dict[str, dict[str, Hint]]] = {
    "search": {
        **_each("sortedby", "hits are sorted by fields", "index.search(..., sort=...)"),
        **_each("reverse", "each field has a direction", "index.search(..., sort='-...')"),
        **_each("groupedby maptype", "facets count hits", "index.search(..., facets=[...])"),
        **_each("mask", "a filter also excludes", "index.search(..., filter={...: Not(...)})"),
        **_each("terms", "snippets mark what was found", "results[...].snippets[...].html"),
        **_each("scored", "counting scores nothing", "index.count(...)"),
        **_each("optimize", "rankings are always exact", "index.search(...)"),
        **_each(
            "collapse_limit collapse_order", "groups have their best hits",
            "index.search(..., collapse=Collapse(..., best=...))",
        ),
        **_each("pagenum pagelen", _PAGES, "index.search(..., limit=..., offset=...)"),
    },
    "writer": {
        **_each("procs", "processes are workers", "index.writer(workers=...)"),
        **_each("limitmb", "memory is in bytes", "index.writer(memory=...)"),
        **_each("delay", "a writer waits for another", "index.writer(timeout=...)"),
        **_each(
            "multisegment compound codec", "segments are merged as they need to be",
            "index.writer()",
        ),
    },
}  # fmt: skip
"""The same for arguments of calls of an index."""

_SHOWN: Final = {"WriterBlock": "index.writer() without a with statement"}


def missing_name(owner: str, name: str) -> str | None:
    """Say what to write in the place of a name of Whoosh's; ``None`` if it is none.

    Args:
        owner: The class, or the package, that does not have it.
        name: The name.
    """
    hint = HINTS.get(owner, {}).get(name)
    if hint is None:
        return None
    shown = _SHOWN.get(owner, owner)
    return f"{shown} has no {name!r}: {hint.why}; write {', or '.join(hint.write)}"
