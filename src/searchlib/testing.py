"""Does an index give back what was put into it? Tests of your own models, by hypothesis.

.. code-block:: python

    from searchlib.testing import round_trip_machine

    TestReport = round_trip_machine(Report).TestCase

It needs the package ``hypothesis``.
"""

from __future__ import annotations

import tempfile
import types
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

import pydantic
from hypothesis import provisional, reject
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import BaseModel, ValidationError

from searchlib.index import Index
from searchlib.schema.annotations import MOMENTS, is_alias, unwrapped

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject, SearchStrategy

Model = TypeVar("Model", bound=BaseModel)
Documents = Callable[["type[BaseModel]"], "SearchStrategy[Any]"]

_LISTS: Final[dict[Any, Any]] = {list: st.lists, set: st.sets, frozenset: st.frozensets}
_NATIVE: Final = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
_JSON: Final = st.recursive(
    _NATIVE,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
_KNOWN: Final[dict[Any, Any]] = {
    Any: _JSON,
    object: _JSON,
    pydantic.JsonValue: _JSON,
    str: st.text(max_size=20) | st.sampled_from(["a", "b", " A storm! "]),
    datetime: st.datetimes() | st.datetimes(timezones=st.timezones()),
    Path: st.text("ab./", min_size=1).map(Path),
    pydantic.HttpUrl: provisional.urls(),
    pydantic.AnyUrl: provisional.urls(),
    pydantic.AwareDatetime: st.datetimes(timezones=st.timezones()),
    pydantic.NaiveDatetime: st.datetimes(),
}


def documents_of(model: type[Model]) -> SearchStrategy[Model]:
    """Make documents of a model: whatever its types allow, where its validators allow it, too.

    Args:
        model: The model.
    """
    fields = {
        name: _values(
            Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
        )
        for name, info in model.model_fields.items()
    }
    needed = {name for name, info in model.model_fields.items() if info.is_required()}
    given = st.fixed_dictionaries(
        {name: fields[name] for name in needed},
        optional={name: fields[name] for name in fields if name not in needed},
    )
    return given.map(lambda values: _made(model, values))


def round_trip_machine(
    model: type[BaseModel] | SearchStrategy[type[BaseModel]],
    *,
    later: Sequence[type[BaseModel]] = (),
    documents: Documents = documents_of,
) -> type[RuleBasedStateMachine]:
    """Make a state machine that adds, replaces and deletes documents, and looks at all of them.

    In between it merges, opens the index again, indexes it anew, and lets the model grow. What the
    index has taken must come back equal each time.

    Args:
        model: The model of the documents, or a strategy that makes models.
        later: The models that it grows to, one after another, without being indexed anew.
        documents: Makes the documents of a model.
    """
    models = model if isinstance(model, st.SearchStrategy) else st.just(model)

    class RoundTrips(_RoundTrips):
        _later = tuple(later)
        _documents = staticmethod(documents)

        @initialize(chosen=models)
        def create(self, chosen: type[BaseModel]) -> None:
            """Create the index."""
            self.index = Index.create(self.path, chosen)

    return RoundTrips


class _RoundTrips(RuleBasedStateMachine):
    """What :func:`round_trip_machine` makes for one model."""

    _later: tuple[type[BaseModel], ...]
    _documents: Documents

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "index"
        self.index: Index[Any]
        self.grown = 0
        self.expected: dict[str, BaseModel] = {}

    @property
    def model(self) -> type[BaseModel]:
        """The model as it is now."""
        return self.index.schema.model

    @rule(data=st.data())
    def add(self, data: DataObject) -> None:
        """Add some documents; some may take the place of others, and some be rejected."""
        several = st.lists(
            self._documents(self.model), max_size=4, unique_by=self.index.schema.key_of
        )
        batch = data.draw(several)
        report = self.index.add(batch, workers=0)
        rejected = {problem.key for problem in report.rejected}
        assert report.added + report.replaced + len(report.rejected) == len(batch)
        for document in batch:
            key = self.index.schema.key_of(document)
            if key and key not in rejected:
                self.expected[key] = document

    @precondition(lambda self: self.expected)
    @rule(data=st.data())
    def delete(self, data: DataObject) -> None:
        """Delete a document."""
        key = data.draw(st.sampled_from(sorted(self.expected)))
        assert self.index.delete(key) == 1
        del self.expected[key]

    @rule()
    def merge(self) -> None:
        """Make all segments one."""
        self.index.optimize()

    @rule()
    def open_again(self) -> None:
        """Open the index as another process would."""
        self.index = Index.open(self.path, self.model)

    @rule()
    def index_anew(self) -> None:
        """Index all documents anew, in their place."""
        assert Index.reindex(self.path, model=self.model, workers=0).rejected == []

    @precondition(lambda self: self.grown < len(self._later))
    @rule()
    def grow(self) -> None:
        """Open the index with the next model."""
        model = self._later[self.grown]
        self.grown += 1
        self.index = Index.open(self.path, model)
        self.expected = {key: _as(model, one) for key, one in self.expected.items()}

    @invariant()
    def all_come_back(self) -> None:
        """Compare all documents with what was added."""
        if not hasattr(self, "index"):
            return
        found = {
            hit.key: hit.document for hit in self.index.search("*", limit=None, snippets=False)
        }
        assert found == self.expected
        assert len(self.index) == len(self.expected)
        for key, document in self.expected.items():
            assert self.index.get(key) == document
            assert type(found[key]) is type(document)

    def teardown(self) -> None:
        """Remove the index."""
        self._folder.cleanup()


def _as(model: type[BaseModel], document: BaseModel) -> BaseModel:
    """Say how a document of an earlier model reads: what is new has its default."""
    values = dict(document)
    fields = model.model_fields.items()
    return model.model_construct(
        **{
            name: values.get(name, info.get_default(call_default_factory=True))
            for name, info in fields
        }
    )


def _made(model: type[Model], values: dict[str, Any]) -> Model:
    try:
        return model.model_validate(values, by_alias=False, by_name=True)
    except ValidationError:
        reject()


def _values(annotation: Any) -> SearchStrategy[Any]:
    """Make values of a type."""
    bare = unwrapped(annotation)
    origin, args = get_origin(bare), get_args(bare)
    if bare in _KNOWN:
        return _KNOWN[bare]  # type: ignore[no-any-return]
    if is_alias(bare):
        return _values(bare.__value__)
    if origin in (Union, types.UnionType):
        return st.one_of([_values(arg) for arg in args])
    if origin is Literal:
        return st.sampled_from(args)
    if origin in _LISTS:
        return _LISTS[origin](_values(args[0]), max_size=3)  # type: ignore[no-any-return]
    if origin is tuple and args[-1] is not Ellipsis:
        return st.tuples(*map(_values, args))
    if origin is tuple:
        return st.lists(_values(args[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(_values(args[0]), _values(args[1]), max_size=3)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return st.deferred(lambda: documents_of(bare))
    return st.from_type(MOMENTS.get(bare, bare) if isinstance(bare, type) else annotation)
