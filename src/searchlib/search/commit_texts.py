"""What does a commit tell of its documents and terms to what compares texts?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.search.copies import near_copies
from searchlib.search.similar import ComparedDocument, TermWeight

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from searchlib.schema.models import DocumentSchema
    from searchlib.search.document_cache import DocumentCache
    from searchlib.search.index_view import IndexView
    from searchlib.search.term_matchers import WordMatcher
    from searchlib.storage.snapshot import Snapshot


class CommitTexts:
    """The texts of a commit; see :class:`searchlib.search.similar.KnownTexts`.

    Args:
        snapshot: The commit.
        index: The same, as evaluation sees it.
        schema: Its fields.
        shown: Its documents.
        word_of: Makes the matcher of a term.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        index: IndexView,
        schema: DocumentSchema,
        shown: DocumentCache,
        word_of: Callable[[str], WordMatcher | None],
    ) -> None:
        self._snapshot = snapshot
        self._index = index
        self._schema = schema
        self._shown = shown
        self._word_of = word_of

    @property
    def average_lengths(self) -> Mapping[str, float]:
        """The mean length of each default field."""
        return {name: self._index.average_length(name) for name in self._schema.default_fields}

    def document(self, key: str) -> ComparedDocument | None:
        """Read the document with a key, if there is one; its copies are told by fingerprints.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        snapshot, name = self._snapshot, self._schema.key.name
        found = snapshot.find_key(name, key)
        if found is None:
            return None
        docnum = found[0].first + found[1]
        language = snapshot.language_of(docnum) if self._schema.is_mixed else None
        copies = near_copies(snapshot, self._index.live, docnum).tolist()
        keys = (key, *map(snapshot.keys(name), copies))
        return ComparedDocument(self._shown[docnum].values, language, keys)

    def weights(self, terms: Collection[str]) -> Mapping[str, TermWeight]:
        """Tell what is known of terms.

        Raises:
            CorruptIndexError: A segment is damaged.
        """
        words = ((term, self._word_of(term)) for term in terms)
        return {
            term: TermWeight(word.doc_frequency, word.idf, word.informs, word.informs)
            for term, word in words
            if word is not None
        }
