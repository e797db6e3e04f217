"""How does an export of any length leave the server? In pieces, as fast as they are taken."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from starlette.responses import StreamingResponse

from searchlib.export import formats
from searchlib.export.formats import SPREADSHEETS
from searchlib.server.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from searchlib.export.formats import ExportFormat
    from searchlib.server.work import Work

_PIECE: Final = 64 << 10
_PIECES: Final = 4
"""How many pieces may wait to be sent: a slow reader holds up the export, and no memory."""
_PATIENCE: Final = 60.0
"""For how many seconds a reader may take nothing."""


class Format(NamedTuple):
    """A format of exports: its media type, the ending of its files, and what writes it."""

    media_type: str
    ending: str
    write: Callable[..., None]


def _format(form: ExportFormat) -> Format:
    # A browser downloads a file that a spreadsheet opens, and articles may be of strangers.
    safe: dict[str, Any] = {"safe": True} if form.name in SPREADSHEETS else {}
    return Format(form.media_type, form.endings[0].removeprefix("."), partial(form.write, **safe))


FORMATS: Final = {form.name: _format(form) for form in formats.FORMATS.values()}


def format_named(name: str) -> Format:
    """Find a format.

    Raises:
        Refusal: There is none of the name.
    """
    if name not in FORMATS:
        raise Refusal(400, f"expected format to be one of {', '.join(FORMATS)}, got {name[:40]!r}")
    return FORMATS[name]


async def streamed(
    work: Work, find: Callable[[], Any], form: Format, name: str, **options: Any
) -> StreamingResponse:
    """Answer with an export. What is wrong with the search is raised before anything is sent.

    Args:
        work: Runs it.
        find: Makes what is exported.
        form: How they are written.
        name: The name of the file, without its ending.
        options: What else the format is told.
    """
    results = await work.run(find)
    pieces = _Pieces(asyncio.get_running_loop())
    work.export(lambda: pieces.fill(lambda target: form.write(results, target, **options)))
    first = await pieces.first()
    return StreamingResponse(
        pieces.all(first),
        media_type=form.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{form.ending}"'},
    )


class _Abandoned(Exception):  # noqa: N818 - nothing is wrong: nobody reads any more
    """Nobody reads any more."""


class _Pieces:
    """Bytes on their way from the thread that writes to the loop that sends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[bytes | Exception | None] = asyncio.Queue(_PIECES)
        self._waiting = bytearray()
        self._abandoned = False

    def fill(self, write: Callable[[_Pieces], None]) -> None:
        """Write everything; in the thread."""
        try:
            write(self)
            if self._waiting:
                self._put(bytes(self._waiting))
            self._put(None)
        except _Abandoned:
            pass
        except Exception as error:
            self._put(error)

    def write(self, data: bytes) -> None:
        """Take bytes, as an open file does.

        Raises:
            TypeError: It is text: this is a file of bytes.
        """
        if not isinstance(data, bytes):
            raise TypeError("expected bytes")
        self._waiting += data
        if len(self._waiting) >= _PIECE:
            self._put(bytes(self._waiting))
            self._waiting.clear()

    async def first(self) -> bytes | None:
        """Wait for the first piece.

        Raises:
            SearchlibError: What the export raises before that.
        """
        piece = await self._queue.get()
        if isinstance(piece, Exception):
            raise piece
        return piece

    async def all(self, first: bytes | None) -> AsyncIterator[bytes]:
        """Give all pieces, of which the first was taken already."""
        piece: bytes | Exception | None = first
        try:
            while piece is not None:
                if isinstance(piece, Exception):
                    raise piece  # the reader sees that the end is missing
                yield piece
                piece = await self._queue.get()
        finally:
            self._abandoned = True
            while not self._queue.empty():
                self._queue.get_nowait()

    def _put(self, piece: bytes | Exception | None) -> None:
        if self._abandoned:
            raise _Abandoned
        done = asyncio.run_coroutine_threadsafe(self._queue.put(piece), self._loop)
        try:
            done.result(_PATIENCE)
        except TimeoutError as error:
            done.cancel()
            raise _Abandoned from error
