"""What is a format: which files are of it, and who reads them?"""

from __future__ import annotations

from contextlib import contextmanager
from traceback import walk_tb
from typing import TYPE_CHECKING, Final, TypeAlias

from searchlib.articles.text import UnusableError
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from searchlib.articles.records import Item
    from searchlib.articles.source import Source

Reader: TypeAlias = "Callable[[Source], Iterator[Item]]"
"""Yields what is in a file: records, from which articles are made, problems and notices. Before it
yields a record or a problem it sets ``source.line`` to the line that the record begins on, if it
knows. A source that it yields, a file inside the file, is
read before the reader goes on."""


def never(_: bytes) -> bool:
    """Recognise nothing: what is in the files of a format looks like any text."""
    return False


@frozen(kw_only=True)
class Format:
    """A format of files.

    Attributes:
        name: What a file of it is called in messages: "web page".
        endings: The endings of names, in small letters and with their dot.
        read: The reader. A library that is not installed is imported here at the latest, and its
            :class:`ImportError` becomes a problem that names the extra.
        sniff: Tells from the first bytes of a file that it is of this format for certain,
            whatever its name is.
        guess: Tells from the first bytes of a file of text (``.txt``), or of one whose name has no
            ending, that it looks like this format.
        extra: The extra of searchlib that the reader needs.
        has_machine_dates: Whether programs wrote its dates. Nobody can correct one that can't be
            read: it costs no article.
    """

    name: str
    endings: tuple[str, ...]
    read: Reader
    sniff: Callable[[bytes], bool] = never
    guess: Callable[[bytes], bool] = never
    extra: str | None = None
    has_machine_dates: bool = False


_MISTAKES: Final = (NameError, TypeError, AttributeError, AssertionError, NotImplementedError)


def _is_raised_here(error: Exception) -> bool:
    """Whether an error was raised in a line of searchlib, and not in one of a library."""
    *_, (frame, _line) = walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__", "")).startswith("searchlib.")


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """Turn whatever a library raises for a file that it can't read into an :class:`UnusableError`.

    Files that nobody trusts make libraries raise errors of every kind, also a ``TypeError``, so
    all are caught. But a mistake of our own, in a line of ours, is no fault of the file: it is
    raised.

    Args:
        name: What was expected: "a web page".
    """
    try:
        yield
    except (UnusableError, ImportError, OSError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, _MISTAKES) and _is_raised_here(error):
            raise
        what = " ".join(str(error).split())[:200] or type(error).__name__
        raise UnusableError(
            f"expected {name}, got what can't be read as one ({what}); check that the file is whole"
        ) from error
