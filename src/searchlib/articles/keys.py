"""Which key does an article without an id of its own get, so that it keeps it when it is edited?

A new article gets the id that its content gives it, so the same article in two files is one. When
its file changes, the articles that stayed the same keep their keys wherever they are in the file
now, and those between two of them keep the keys of those that were there before, in their order. So
an article that is edited in its place keeps its key, though its content would give it another. The
members of an archive are files of their own in this.

Two articles of different content never share a key because of that:

* a key that several files have does not go on to an edited article, as it still belongs to the
  others;
* a new article whose content gives a key that an edited article has gets another, which depends on
  its file as well.
"""

from __future__ import annotations

import hashlib
from array import array
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searchlib.articles.catalogue import KnownArticle

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from searchlib.articles.catalogue import KnownFile


class UsedKeys(NamedTuple):
    """What the keys of a catalogue are used for.

    Attributes:
        shared: The hashes of the keys that more than one file has.
        edited: The keys of articles whose content has changed since they got them.
    """

    shared: frozenset[int]
    edited: frozenset[str]

    @classmethod
    def of(cls, files: Iterable[KnownFile]) -> UsedKeys:
        """Look through a catalogue, with 8 bytes of memory for each key."""
        hashes: array[int] = array("q")
        edited: set[str] = set()
        for known in files:
            hashes.extend({hash(key) for key in known.keys})
            edited.update(
                article.key
                for article in known.articles
                if article.content not in (None, article.key)
            )
        ordered = np.sort(np.frombuffer(hashes, np.int64))
        again = ordered[1:][ordered[1:] == ordered[:-1]]
        return cls(frozenset(again.tolist()), frozenset(edited))

    def is_shared(self, key: str) -> bool:
        """Tell whether several files have a key; once in some 10^18 cases, wrongly so."""
        return hash(key) in self.shared


class KeyGiver:
    """Gives keys to the articles of one sync.

    Args:
        known: Reads the catalogue of the last sync, from its beginning.

    Attributes:
        given: The keys in force by this sync, and the content that each was made for.
    """

    def __init__(self, known: Callable[[], Iterable[KnownFile]]) -> None:
        self.given: dict[str, str | None] = {}
        self._known = known

    @cached_property
    def _used(self) -> UsedKeys:
        return UsedKeys.of(self._known())

    def give(self, own: str, content: str, before: KnownArticle | None, path: str) -> KnownArticle:
        """Choose the key of an article.

        Args:
            own: Its id.
            content: The id that its content gives it; equal to ``own`` if the source gave it none.
            before: The article that it was when its file was read before.
            path: Its file.
        """
        if own != content:
            return KnownArticle(own)
        if before is not None and self._may_keep(before, content):
            return KnownArticle(before.key, content)
        is_taken = content in self._used.edited or self.given.get(content, content) != content
        return KnownArticle(_key_in_file(content, path) if is_taken else content, content)

    def note(self, article: KnownArticle, content: str) -> bool:
        """Remember that a key is in force, and tell whether it was for an article that differs.

        Args:
            article: The key.
            content: The id that its content gives the article.
        """
        before = self.given.get(article.key)
        self.given[article.key] = content
        return before not in (None, content)

    def _may_keep(self, before: KnownArticle, content: str) -> bool:
        if before.content == content:
            return True
        key = before.key
        return not self._used.is_shared(key) and self.given.get(key, content) == content


def carry_over(
    old: Sequence[KnownArticle], contents: Iterable[str], members: Sequence[str] = ()
) -> Iterator[KnownArticle | None]:
    """Find for each article of a file which of its articles it was before.

    Args:
        old: The articles that the file had, in their order.
        contents: The ids that their contents give the articles it has now, in their order; empty
            for a record that can't be used, and none for an article with an id of its own.
        members: Which file inside it each of ``contents`` is in, as :class:`KnownArticle` has it;
            none if it is no archive.

    Returns:
        For each of ``contents``, the old article or ``None``. Linear time.
    """
    derived = [article for article in old if article.content is not None]
    now = list(contents)
    # Catalogues of before do not know the members.
    has_members = any(article.member for article in derived) and bool(members)
    inside = members if has_members else [""] * len(now)
    matches = _match_contents(derived, now)
    queues = _left_over(derived, {at for at in matches if at is not None}, has_members)
    anchors: dict[str, int] = {}
    for match, member in zip(matches, inside, strict=True):
        if match is None:
            match = next(queues.get((member, anchors.get(member, -1)), iter(())), None)
        elif not has_members or derived[match].member == member:
            anchors[member] = match
        yield None if match is None else derived[match]


def _left_over(
    old: Sequence[KnownArticle], matched: Collection[int], has_members: bool
) -> dict[tuple[str, int], Iterator[int]]:
    """List the articles that no content matches, by member and by the match before them there."""
    anchors: dict[str, int] = {}
    waiting: dict[tuple[str, int], list[int]] = {}
    for at, article in enumerate(old):
        member = article.member if has_members else ""
        if at in matched:
            anchors[member] = at
        else:
            waiting.setdefault((member, anchors.get(member, -1)), []).append(at)
    return {place: iter(each) for place, each in waiting.items()}


def _match_contents(old: Sequence[KnownArticle], contents: Sequence[str]) -> list[int | None]:
    """Find the old article of the same content for each, each once."""
    places: dict[str | None, list[int]] = {}
    for at in reversed(range(len(old))):
        places.setdefault(old[at].content, []).append(at)
    return [waiting.pop() if (waiting := places.get(content)) else None for content in contents]


def keep_missing(old: Sequence[KnownArticle], new: Sequence[KnownArticle]) -> list[KnownArticle]:
    """Put the articles that a file has no more among those it has, behind those they stood behind.

    They take the places of records that can't be used.
    """
    present = {article.key for article in new}
    behind: dict[str, list[KnownArticle]] = {}
    anchor = ""
    for article in old:
        if article.key in present and article.key:
            anchor = article.key
        elif article.key:
            behind.setdefault(anchor, []).append(article)
    merged = behind.pop("", [])
    for article in new:
        if article.key:
            merged += [article, *behind.pop(article.key, [])]
    return merged


def _key_in_file(content: str, path: str) -> str:
    """Make a key of an article's content and its file, in 16 hexadecimal digits."""
    said = f"{content}\0{path}".encode(errors="surrogatepass")
    return hashlib.blake2b(said, digest_size=8).hexdigest()
