"""The part of the facade with what an index keeps besides its documents."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from searchlib.errors import QueryTooCostly
from searchlib.index.reads import Reads
from searchlib.index.synonyms import IndexSynonyms
from searchlib.schema.typing import M

if TYPE_CHECKING:
    from searchlib.index.alerts import IndexAlerts
    from searchlib.query.parser import ParsedQuery, QueryParser
    from searchlib.schema.models import DocumentSchema


class Keeps(Reads[M]):
    """What an :class:`searchlib.Index` keeps besides documents; it is that and nothing else."""

    _parser: QueryParser

    @property
    def synonyms(self) -> IndexSynonyms:
        """Which words mean the same: a mapping, with ``set``, ``load`` and ``clear``."""
        self._backend  # noqa: B018 - looked at for its error
        return self._synonyms

    @property
    def kept_revision(self) -> str:
        """What changes whenever synonyms or saved queries do."""
        alerts = self.alerts.revision if self.in_folder else ""  # a server keeps none
        return f"{self.synonyms.revision} {alerts}"

    @property
    def alerts(self) -> IndexAlerts[M]:
        """Saved queries: a mapping, with ``add``, ``remove`` and ``match``.

        Raises:
            UnsupportedError: The index is on a server.
        """
        self._local  # noqa: B018 - looked at for its error
        return self._alerts

    @cached_property
    def _synonyms(self) -> IndexSynonyms:
        return IndexSynonyms(self._backend)

    @cached_property
    def _alerts(self) -> IndexAlerts[M]:
        from searchlib.index.alerts import IndexAlerts

        local = self._local
        return IndexAlerts(
            local.directory, self.schema, local.current, self._synonyms, self._parser, self._clock
        )

    def close(self) -> None:
        """Let go of the files of the index, and of what was made to use them."""
        super().close()
        for made in ("_synonyms", "_alerts"):
            self.__dict__.pop(made, None)

    def _with_synonyms(self, parsed: ParsedQuery, schema: DocumentSchema) -> ParsedQuery:
        """Let the words of a query also find their synonyms, with notes on these.

        Args:
            parsed: The query.
            schema: The fields, as the search looks into them.

        Raises:
            QueryTooCostly: It is nested too deeply.
            CorruptIndexError: The file of synonyms is damaged.
        """
        synonyms = self._synonyms.known()
        if synonyms is None:
            return parsed
        try:
            widened, notes = synonyms.widen(parsed.query, schema.default_fields)
        except RecursionError as error:
            raise QueryTooCostly("expected a query that is nested less deeply") from error
        return replace(parsed, query=widened, notes=(*parsed.notes, *notes))
