"""Web pages and a JSON API over an index.

:func:`create_app` makes an ASGI application, which any ASGI server runs and any framework mounts.
It takes the extra ``searchlib[web]``. ``searchlib serve`` runs it at the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searchlib.server.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from searchlib.index import Index

__all__ = ["Settings", "create_app"]


def create_app(index: Index[Any], settings: Settings | None = None) -> Starlette:
    """Make the ASGI application of an index.

    The index is only read. It is seen as of its last commit, whichever process made that.

    Args:
        index: The index, of any model; pages are best with :class:`searchlib.Article`.
        settings: How it is shown, and what limits it keeps; by default as of :class:`Settings`.

    Raises:
        MissingExtraError: The extra ``web`` is not installed.
        ArgumentError: The settings name a field that can't be counted, or a theme that is not
            there.
    """
    from searchlib.server.extra import need_web

    need_web()
    from searchlib.server.app import application

    return application(index, settings or Settings())
