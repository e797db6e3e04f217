"""Which files have changed since they were last read, and what becomes of their articles?

The catalogue of the last sync and the walk through the folders are in the same order, so one pass
over both tells which files are new, changed, unchanged and gone, whatever their number. A file is
unchanged if its size and time of modification are as they were, or else if its digest is.

An article goes when no file has it any more. What is lost by one file and held by another, which
need not have changed, is read again from there, in a second pass that is rarely needed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from searchlib.articles.catalogue import UNUSABLE, KnownFile, member_of, place_of, read_known
from searchlib.articles.found_files import FoundFile, absolute_of, digest_of, is_in, outermost
from searchlib.articles.keys import KeyGiver, carry_over, keep_missing
from searchlib.articles.model import content_id
from searchlib.articles.options import DEFAULTS
from searchlib.articles.paths import find_paths, root_of
from searchlib.articles.walking import complain, walk
from searchlib.errors import Notice, Problem, SourceNotFoundError
from searchlib.indexing.report import Alert  # noqa: TC001 - pydantic looks it up

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator

    from searchlib.articles.catalogue import KnownArticle
    from searchlib.articles.model import Article
    from searchlib.articles.options import ReadOptions
    from searchlib.indexing.writer import IndexWriter, Progress

_PROGRESS_STEP: Final = 100
_NO_FILES: Final = (
    "{}: expected files of articles in this folder, got none at all; nothing was changed. Check "
    "the path, and whether its disk is there. If the files are gone for good, allow_empty=True "
    "(--allow-empty) deletes their articles"
)


@dataclass(slots=True)
class SyncReport:
    """What a sync found and did.

    Attributes:
        added: How many files are new in the index.
        changed: How many files were known, had changed and were read again.
        removed: How many files were known and are gone.
        unchanged: How many files are as they were.
        failed: How many files could not be used at all; the articles that the index has of them
            stay.
        problems: What could not be used, also in unchanged files.
        notices: Remarks on what was read.
        articles_added: How many articles are new in the index.
        articles_replaced: How many articles took the place of one with the same key.
        articles_deleted: How many articles were deleted, as no file has them any more.
        alerts: The saved queries that match new and replaced articles, once they are committed.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    articles_added: int = 0
    articles_replaced: int = 0
    articles_deleted: int = 0
    alerts: list[Alert] = field(default_factory=list)

    @property
    def files(self) -> int:
        """How many files there are."""
        return self.added + self.changed + self.unchanged + self.failed


class Sync:
    """One comparison of folders with an index, and the changes that follow from it.

    Args:
        writer: Takes the changes, none of which is in force before it commits.
        fit: Makes a document of the index of an article.
        options: How files are read; those that were read with others are read again.
        full: Whether unchanged files are read again too.
        progress: Called with the number of files done.
    """

    def __init__(
        self,
        writer: IndexWriter[Any],
        fit: Callable[[Article], object],
        options: ReadOptions = DEFAULTS,
        *,
        full: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.report = SyncReport()
        self._writer = writer
        self._fit = fit
        self._options = options
        self._reading = options.fingerprint
        self._full = full
        self._progress = progress
        self._keys = KeyGiver(self._known)
        self._told = 0  # of what the writer has rejected
        self._lost: set[str] = set()  # keys that a file had and has no more
        self._outdated: set[str] = set()  # files whose lines in the old catalogue do not count
        self._blocked: set[str] = set()  # where nobody can look

    def run(
        self, paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], *, allow_empty: bool
    ) -> SyncReport:
        """Compare, and give the changes to the writer.

        Args:
            paths: The files and folders.
            allow_empty: Whether a folder may be without any file.

        Raises:
            SourceNotFoundError: One of the paths does not exist, or is a folder without files.
            CorruptIndexError: The catalogue is damaged.
            StorageError: The operating system refused to write.
        """
        found = find_paths(paths)
        roots = outermost(found)
        files = self._find(roots, root_of(found), allow_empty=allow_empty)
        with self._writer.new_catalogue() as catalogue:
            for known in self._pass_over(files, roots):
                catalogue.append(known.line or known.to_line())
        taken = self._writer.report
        self.report.problems += taken.rejected[self._told :]  # of a server, which takes its time
        self.report.articles_added = taken.added
        self.report.articles_replaced = taken.replaced
        self.report.notices += taken.notices
        if not self.report.unchanged:  # else what has the keys may be in files that were not read
            self.report.notices += self._options.notices()
        self._settle_lost()
        if self._progress is not None:
            self._progress(self.report.files, self.report.files)
        return self.report

    def _known(self) -> Iterator[KnownFile]:
        """Read the catalogue of the last sync."""
        return read_known(self._writer.read_catalogue())

    def _find(
        self, roots: dict[str, Path], root: Path | None, *, allow_empty: bool
    ) -> Iterator[FoundFile]:
        """Yield the files under the roots in order, and report what can't be looked into."""
        for absolute, path in roots.items():
            is_empty = True
            for item in walk(path, self._options.left_out):
                if isinstance(item, Notice):
                    self.report.notices.append(item)
                    continue
                is_empty = False
                if isinstance(item, Problem):
                    self._block(item)
                else:
                    size, mtime_ns = item.status.st_size, item.status.st_mtime_ns
                    yield FoundFile(item.path, absolute_of(item.path), root, size, mtime_ns)
            if is_empty and not allow_empty:
                raise SourceNotFoundError(_NO_FILES.format(absolute))

    def _block(self, problem: Problem) -> None:
        self.report.problems.append(problem)
        if problem.path is not None:
            self._blocked.add(absolute_of(problem.path))

    def _pass_over(self, files: Iterator[FoundFile], roots: Collection[str]) -> Iterator[KnownFile]:
        """Yield the new catalogue: go through the old one and the files, both in order."""
        waiting = self._known()
        known = next(waiting, None)
        for found in files:
            if known is not None and known.path != found.absolute:
                place = place_of(found.absolute)
                while known is not None and place_of(known.path) < place:
                    yield from self._missing(known, roots)
                    known = next(waiting, None)
            if known is not None and known.path == found.absolute:
                yield from self._compare(known, found)
                known = next(waiting, None)
            else:
                yield from self._read(found, None)
            if self._progress is not None and self.report.files % _PROGRESS_STEP == 0:
                self._progress(self.report.files, None)
        while known is not None:
            yield from self._missing(known, roots)
            known = next(waiting, None)

    def _missing(self, known: KnownFile, roots: Collection[str]) -> Iterator[KnownFile]:
        """Decide on a file that was not found: it is gone, or nobody looked, or nobody could."""
        if not is_in(known.path, roots) or is_in(known.path, self._blocked):
            yield known
            return
        self.report.removed += 1
        self._outdated.add(known.path)
        self._lost.update(known.keys)

    def _compare(self, known: KnownFile, found: FoundFile) -> Iterator[KnownFile]:
        is_same = known.reading == self._reading and not self._full
        if is_same and (known.size, known.mtime_ns) == (found.size, found.mtime_ns):
            yield self._unchanged(known, found)
        else:
            yield from self._read(found, known, may_be_same=is_same)

    def _unchanged(self, known: KnownFile, found: FoundFile) -> KnownFile:
        self.report.unchanged += 1
        if known.problem_count:
            self.report.problems.extend(known.kept_problems(found.path))
        return known

    def _read(
        self, found: FoundFile, old: KnownFile | None, *, may_be_same: bool = False
    ) -> Iterator[KnownFile]:
        """Read a file that is new, or has changed unless its digest is the same.

        Yields its line of the catalogue: the old one if the file can't be used, and none if it
        could never be.
        """
        mtime_ns = found.settled_time()  # now: what changes from here on has another
        try:
            digest = digest_of(found.path)
        except OSError as error:
            yield from self._failed([Problem(complain(error), found.path)], old)
            return
        if old is not None and may_be_same and digest == old.digest:
            yield self._unchanged(replace(old, size=found.size, mtime_ns=mtime_ns, line=b""), found)
            return
        file = old.file if old is not None and not self._full else found.file
        new = KnownFile(found.absolute, file, found.size, mtime_ns, digest, self._reading)
        problems = self._take_all(found.path, new, old)
        if problems and not new.keys:
            yield from self._failed(problems, old)
            return
        new.keep_problems(problems, found.path)
        self.report.problems += problems
        new.tolerated = new.problem_count
        if old is None:
            self.report.added += 1
        else:
            self.report.changed += 1
            self._replace(old, new)
        yield new

    def _failed(self, problems: list[Problem], old: KnownFile | None) -> Iterator[KnownFile]:
        self.report.failed += 1
        self.report.problems += problems
        if old is not None:
            yield old

    def _take_all(self, path: Path, new: KnownFile, old: KnownFile | None) -> list[Problem]:
        """Give the articles of a file to the writer, and note them in its line."""
        problems: list[Problem] = []
        before = self._carried(path, new.file, old)
        for item in read_file(path, new.file, self._options):
            if isinstance(item, Problem):
                problems.append(item)
                new.articles.append(UNUSABLE._replace(member=_member(item, path, new.file)))
                next(before, None)
            elif isinstance(item, Notice):
                self.report.notices.append(item)
            else:
                problems += self._take(item, path, new, before)
        return problems

    def _carried(
        self, path: Path, file: str, old: KnownFile | None
    ) -> Iterator[KnownArticle | None]:
        """Tell for each article without an id of its own which one of the old file it was.

        This reads the file once more, so that its articles need not be in memory together.
        """
        if old is None or not old.has_derived:
            return iter(())
        found = [*_contents(read_file(path, file, self._options), path, file)]
        contents, members = zip(*found, strict=True) if found else ((), ())
        return carry_over(old.articles, contents, members)

    def _take(
        self,
        article: Article,
        path: Path,
        new: KnownFile,
        before: Iterator[KnownArticle | None],
    ) -> list[Problem]:
        """Give one article to the writer, with its key, and return what it does not like."""
        content = content_id(article)
        carried = next(before, None) if article.id == content else None
        known = self._keys.give(article.id, content, carried, new.path)
        if known.content is not None:
            known = known._replace(member=_member(article, path, new.file))
        problems = self._add(article, known.key, path)
        if not problems:
            new.articles.append(known)
            if self._keys.note(known, content):
                self.report.notices.append(_notice_of_id(article, path))
        return problems

    def _add(self, article: Article, key: str, path: Path) -> list[Problem]:
        if key != article.id:
            article = article.model_copy(update={"id": key})
        rejected = self._writer.report.rejected
        count = len(rejected)
        self._writer.add([self._fit(article)])
        self._told = len(rejected)
        return [replace(problem, path=path, line=article.line) for problem in rejected[count:]]

    def _replace(self, old: KnownFile, new: KnownFile) -> None:
        """Let the articles go that a changed file does not have any more.

        If more of its records than before can't be used, those may be what is missing, so the
        articles stay until the file is mended.
        """
        self._outdated.add(old.path)
        missing = set(old.keys).difference(new.keys)
        if missing and new.problem_count > old.tolerated:
            new.articles = keep_missing(old.articles, new.articles)
            new.tolerated = old.tolerated
            self._keys.given.update(dict.fromkeys(missing))
        else:
            self._lost |= missing

    def _settle_lost(self) -> None:
        """Delete the articles that no file has any more; read the others where they still are."""
        self._lost -= self._keys.given.keys()
        if self._lost:
            for known in self._known():
                if known.path not in self._outdated:
                    self._read_lost(known)
        self.report.articles_deleted = self._writer.delete(*self._lost)

    def _read_lost(self, known: KnownFile) -> None:
        held = {
            article.content or article.key: article.key
            for article in known.articles
            if article.key in self._lost
        }
        if not held:
            return
        path = Path(known.path)
        for item in read_file(path, known.file, self._options):
            if not isinstance(item, Problem | Notice) and item.id in held:
                self._add(item, held[item.id], path)
        self._lost.difference_update(held.values())


def read_file(path: Path, name: str, options: ReadOptions) -> Iterator[Article | Problem | Notice]:
    """Read a file; the readers are imported for the first one, as most syncs find nothing new."""
    from searchlib.articles import reading

    return reading.read_file(path, name, options)


def _contents(
    items: Iterable[Article | Problem | Notice], path: Path, file: str
) -> Iterator[tuple[str, str]]:
    """Give the ids that their contents give articles without another, and their members.

    The id is "" for a problem.
    """
    for item in items:
        if isinstance(item, Problem):
            yield UNUSABLE.key, _member(item, path, file)
        elif not isinstance(item, Notice) and item.id == (content := content_id(item)):
            yield content, _member(item, path, file)


def _notice_of_id(article: Article, path: Path) -> Notice:
    return Notice(
        f"has the id {article.id!r:.80} of another article, and takes its place; if they are two "
        "articles, tell which key is the id: --map id=KEY",
        path,
        article.line,
        "id",
    )


def _member(item: Article | Problem, path: Path, file: str) -> str:
    """Make a digest of the name of the file that something was read from, inside another."""
    if isinstance(item, Problem):
        name = member_of(item.path, path)
    else:
        name = "" if item.file in (None, file) else str(item.file).removeprefix(f"{file}/")
    said = name.encode(errors="surrogatepass")
    return hashlib.blake2b(said, digest_size=4).hexdigest() if name else ""
