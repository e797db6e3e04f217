"""The synonyms of an index, which its queries are widened by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from searchlib.arguments import LOCK_TIMEOUT, path_of, seconds
from searchlib.errors import ArgumentError, SourceNotFoundError, StorageError, SynonymsError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from pathlib import Path

    from searchlib.analysis import Languages
    from searchlib.backends.base import Backend
    from searchlib.query.synonyms import Synonyms


class IndexSynonyms(Mapping[str, tuple[str, ...]]):
    """Which words mean the same, for all queries of an index (docs/synonyms.md).

    A mapping of each entry that finds others to these, as they are written. A word is looked up as
    queries are: in any form, with or without capitals and accents. It is always that of the last
    change, whichever process made it.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._kept = backend.synonyms
        self._schema = backend.schema
        self._known: tuple[tuple[str, Languages], Synonyms] | None = None

    @property
    def text(self) -> str:
        """The file of synonyms, as it was loaded; empty if there are none."""
        self._kept.look()
        return self._kept.read().data.decode()

    @property
    def revision(self) -> str:
        """What changes whenever the synonyms do; empty if there are none."""
        return self._kept.look()

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
            UnsupportedError: They are too large for an index on a server.
            ServerError: The server did not take them.
        """
        text = synonyms if isinstance(synonyms, str) else _text_of(synonyms)
        self._compiled(text, source)
        self._kept.change(text.encode(), seconds("timeout", timeout))

    def load(self, file: str | os.PathLike[str], *, timeout: float = LOCK_TIMEOUT) -> None:
        """Put the synonyms of a file, in UTF-8, in the place of those there are, in one commit.

        Args:
            file: The file.
            timeout: As for :meth:`searchlib.Index.writer`.

        Raises:
            SourceNotFoundError: There is no such file.
            SynonymsError, IndexLockedError, StorageError, UnsupportedError, ServerError: As for
                :meth:`set`.
        """
        path = path_of(file, of="a file of synonyms")
        self.set(_decoded(_read(path), str(path)), timeout=timeout, source=str(path))

    def clear(self, *, timeout: float = LOCK_TIMEOUT) -> None:
        """Remove all synonyms, in one commit.

        Args:
            timeout: As for :meth:`searchlib.Index.writer`.

        Raises:
            IndexLockedError, StorageError, ServerError: As for :meth:`set`.
        """
        self._kept.change(b"", seconds("timeout", timeout))

    def current(self) -> Synonyms | None:
        """Give what widens queries; ``None`` if there are no synonyms.

        Raises:
            CorruptIndexError: The file of synonyms is damaged.
        """
        self._backend.look()
        self._kept.look()
        return self.known()

    def known(self) -> Synonyms | None:
        """Give the same as of the last look at the index, without another one.

        Raises:
            CorruptIndexError: The file of synonyms is damaged.
        """
        name = self._kept.known()
        if not name:
            return None
        languages, known = self._backend.languages(), self._known
        if known is None or known[0] != (name, languages):
            from searchlib.query.synonyms import Synonyms

            kept = self._kept.read()
            made = Synonyms(kept.data.decode(), self._schema, languages)
            known = self._known = (kept.name, languages), made
        return known[1]

    def _compiled(self, text: str, source: str) -> Synonyms:
        from searchlib.query.synonyms import Synonyms

        self._backend.look()
        return Synonyms(text, self._schema, self._backend.languages(), source)

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
    from searchlib.query.synonym_rules import rules_of

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
