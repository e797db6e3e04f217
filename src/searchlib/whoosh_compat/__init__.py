"""How does code written for Whoosh work with our indexes?

Nothing else imports Whoosh. ``fields`` and ``schemas`` make Whoosh's fields of ours and the other
way round; ``queries`` and ``query_objects`` do so with queries, of which ``exact`` has some that
Whoosh gets wrong. ``reader`` lets Whoosh's own searcher, collectors, facets and highlights run over
our segments: ``terms`` and ``numeric`` say what the terms of a field are, ``matcher`` walks the
postings of one, and ``scoring`` is our BM25 as a weighting model of Whoosh.
``migration`` makes one of our indexes from one that Whoosh wrote.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searchlib.whoosh_compat.exact import matches_of
    from searchlib.whoosh_compat.fields import DateField, LabelField, NumberField
    from searchlib.whoosh_compat.migration import migrate
    from searchlib.whoosh_compat.queries import WhooshQuery, from_whoosh
    from searchlib.whoosh_compat.query_objects import to_whoosh
    from searchlib.whoosh_compat.reader import WhooshReader, whoosh_searcher
    from searchlib.whoosh_compat.schemas import schema_from_whoosh
    from searchlib.whoosh_compat.scoring import BM25

__all__ = [
    "BM25",
    "DateField",
    "LabelField",
    "NumberField",
    "WhooshQuery",
    "WhooshReader",
    "from_whoosh",
    "matches_of",
    "migrate",
    "schema_from_whoosh",
    "to_whoosh",
    "whoosh_searcher",
]

# A name is imported when it is first used: most of Whoosh is needed for some of them only.
_HOMES = {
    "BM25": "scoring",
    "DateField": "fields",
    "LabelField": "fields",
    "NumberField": "fields",
    "WhooshQuery": "queries",
    "WhooshReader": "reader",
    "from_whoosh": "queries",
    "matches_of": "exact",
    "migrate": "migration",
    "schema_from_whoosh": "schemas",
    "to_whoosh": "query_objects",
    "whoosh_searcher": "reader",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
