"""When does something in a folder change?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from searchlib.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FIRST_WAIT_MS: Final = 1000


def watch_files(paths: Sequence[Path], index_path: Path | str) -> Iterator[None]:
    """Wait for changes of files under some paths, until Ctrl-C.

    Args:
        paths: The files and folders.
        index_path: The index; changes of its files do not count.

    Returns:
        An item for each time that something has changed, and one when the first change would be
        noticed, since something may have changed before that.

    Raises:
        MissingExtraError: The package for it is not installed.
    """
    try:
        import watchfiles
    except ImportError as error:
        raise MissingExtraError(
            "--watch needs watchfiles, which is not installed: pip install 'searchlib[watch]'"
        ) from error

    own = Path(index_path).resolve()

    def counts(_: watchfiles.Change, name: str) -> bool:
        return not Path(name).is_relative_to(own)

    changes = watchfiles.watch(
        *paths,
        watch_filter=counts,
        yield_on_timeout=True,
        rust_timeout=_FIRST_WAIT_MS,
        raise_interrupt=False,
    )
    return (None for number, change in enumerate(changes) if change or not number)
