"""Are the packages of the extra ``web`` installed?"""

from __future__ import annotations

from importlib import import_module
from typing import Final

from searchlib.errors import MissingExtraError

_PACKAGES: Final = ("starlette", "jinja2", "uvicorn")


def need_web() -> None:
    """Make sure that they are there.

    Raises:
        MissingExtraError: One is not.
    """
    for package in _PACKAGES:
        try:
            import_module(package)
        except ImportError as error:
            raise MissingExtraError(
                f"web pages need the package {package}: pip install 'searchlib[web]'"
            ) from error
