"""Does an index give back what was put into it, whatever happens to it? A state machine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
)

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from searchlib.index import Index
from searchlib.testing.strategies import documents_of

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject, SearchStrategy
    from pydantic import BaseModel

Documents = Callable[["type[BaseModel]"], "SearchStrategy[Any]"]


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
