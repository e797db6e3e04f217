"""The synonyms of an index, which its queries are widened by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from searchlib.arguments import LOCK_TIMEOUT, path_of, seconds
from searchlib.errors import ArgumentError, SourceNotFoundError, StorageError, SynonymsError
from searchlib.query.synonym_rules import rules_of
from searchlib.query.synonyms import Synonyms
from searchlib.storage.kept import change_kept, kept_name, read_kept

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from pathlib import Path

    from searchlib.analysis import Languages
    from searchlib.schema.models import DocumentSchema
    from searchlib.search.current import CurrentSearcher
    from searchlib.storage import IndexDirectory


class IndexSynonyms(Mapping[str, tuple[str, ...]]):
    """Which words mean the same, for all queries of an index (docs/synonyms.md).

    A mapping of each entry that finds others to these, as they are written. A word is looked up as
    queries are: in any form, with or without capitals and accents. It is always that of the last
    commit, whichever process made it.
    """

    def __init__(
        self, directory: IndexDirectory, schema: DocumentSchema, current: CurrentSearcher
    ) -> None:
        self._directory = directory
        self._schema = schema
        self._current = current
        self._known: tuple[tuple[str, Languages], Synonyms] | None = None

    @property
    def text(self) -> str:
        """The file of synonyms, as it was loaded; empty if there are none."""
        return read_kept(self._directory, "synonyms").data.decode()

    @property
    def revision(self) -> str:
        """What changes whenever the synonyms do; empty if there are none."""
        return kept_name(self._directory, "synonyms")

    def set(
        self,
        synonyms: str | Mapping[str, Iterable[str]],
        *,
        timeout: float = LOCK_TIMEOUT,
        source: str = "synonyms",
    ) -> None:
        """Put other synonyms in the place of those there are, in one commit.

        Args:
            synonyms: The text of a file of synonyms (docs/synonyms.md); or a mapping of words to
                the words that each of them also finds, but not the other way round.
            timeout: As for :meth:`searchlib.Index.writer`.
            source: The name of the text, for messages.

        Raises:
            SynonymsError: They can't be read; the message says where and why. Nothing has changed.
            ArgumentError: They are something else.
            IndexLockedError: Another writer did not finish in time.
            StorageError: The operating system refused to write; nothing has changed.
        """
        text = synonyms if isinstance(synonyms, str) else _text_of(synonyms)
        self._compiled(text, source)
        change_kept(self._directory, "synonyms", text.encode(), seconds("timeout", timeout))

    def load(self, file: str | os.PathLike[str], *, timeout: float = LOCK_TIMEOUT) -> None:
        """Put the synonyms of a file, in UTF-8, in the place of those there are, in one commit.

        Args:
            file: The file.
            timeout: As for :meth:`searchlib.Index.writer`.

        Raises:
            SourceNotFoundError: There is no such file.
            SynonymsError, IndexLockedError, StorageError: As for :meth:`set`.
        """
        path = path_of(file)
        self.set(_decoded(_read(path), str(path)), timeout=timeout, source=str(path))

    def clear(self, *, timeout: float = LOCK_TIMEOUT) -> None:
        """Remove all synonyms, in one commit.

        Args:
            timeout: As for :meth:`searchlib.Index.writer`.

        Raises:
            IndexLockedError, StorageError: As for :meth:`set`.
        """
        change_kept(self._directory, "synonyms", b"", seconds("timeout", timeout))

    def current(self) -> Synonyms | None:
        """Give what widens queries; ``None`` if there are no synonyms.

        Raises:
            CorruptIndexError: The file of synonyms is damaged.
        """
        self._directory.manifest()
        return self.known()

    def known(self) -> Synonyms | None:
        """Give the same as of the last look at the index, without another one.

        Raises:
            CorruptIndexError: The file of synonyms is damaged.
        """
        entry = self._directory.known_manifest().synonyms
        if entry is None:
            return None
        name, languages = entry.name, self._languages()
        known = self._known
        if known is None or known[0] != (name, languages):
            kept = read_kept(self._directory, "synonyms")
            made = Synonyms(kept.data.decode(), self._schema, languages)
            known = self._known = (kept.name, languages), made
        return known[1]

    def _compiled(self, text: str, source: str) -> Synonyms:
        return Synonyms(text, self._schema, self._languages(), source)

    def _languages(self) -> Languages:
        return self._current.get().snapshot.languages if self._schema.is_mixed else ()

    def __getitem__(self, word: str) -> tuple[str, ...]:
        current = self.current() if isinstance(word, str) else None
        found = () if current is None else current.of_words(word, self._schema.default_fields)
        if not found:
            raise KeyError(word)
        return found

    def __iter__(self) -> Iterator[str]:
        current = self.current()
        rules = () if current is None else current.rules
        words = dict.fromkeys(word for rule in rules for word in rule.words)
        return (word for word in words if word in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"IndexSynonyms({dict(self)!r})"


def _text_of(synonyms: object) -> str:
    if not isinstance(synonyms, Mapping):
        raise ArgumentError(f"expected the text of synonyms or a mapping, got {synonyms!r:.80}")
    for word, others in synonyms.items():
        given = [word] if isinstance(others, str) else [word, *others]
        if isinstance(others, str) or not all(isinstance(one, str) for one in given):
            raise ArgumentError(
                f"expected a word and a list of words, got {word!r}: {others!r:.80}"
            )
    return rules_of(synonyms)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SourceNotFoundError(f"{path}: expected a file of synonyms, got none") from error
    except OSError as error:
        raise StorageError(error.errno, f"could not read synonyms: {error}", str(path)) from error


def _decoded(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        what = f"expected text in UTF-8, got the byte 0x{data[error.start]:02X}"
        raise SynonymsError(what, source, line, column) from error
