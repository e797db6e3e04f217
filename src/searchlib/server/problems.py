"""What is a request told that can't be answered? Problem details by RFC 9457, or a page."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from searchlib.errors import (
    ArgumentError,
    DocumentError,
    MissingExtraError,
    NoFingerprintsError,
    QueryError,
    QuerySyntaxError,
    SearchlibError,
    first_line,
)

logger = logging.getLogger("searchlib.server")


class Refusal(Exception):  # noqa: N818 - says what it is: the request is refused
    """A request that is not answered, and why.

    Attributes:
        status: The status of the response.
        detail: What was expected, and what came.
        hint: What to do about it.
        position: Where in the query, in characters from its start.
        retry_after: After how many seconds the same request may be answered.
        headers: Further headers of the response.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        hint: str = "",
        position: int | None = None,
        retry_after: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.hint = hint
        self.position = position
        self.retry_after = retry_after
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)

    @property
    def title(self) -> str:
        """The phrase of the status."""
        return HTTPStatus(self.status).phrase

    def to_json(self) -> dict[str, Any]:
        """Write it as problem details."""
        known = {"hint": self.hint or None, "position": self.position}
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **{name: value for name, value in known.items() if value is not None},
        }


def no_article(key: str) -> Refusal:
    """Tell that no article has a key."""
    return Refusal(404, f"There is no article with the key {key[:80]!r}.")


def refusal_of(error: Exception) -> Refusal:
    """Tell what a request is told of an error. Nothing about files of the server is."""
    match error:
        case Refusal():
            return error
        case QuerySyntaxError():
            return Refusal(
                400,
                first_line(error),
                hint="Add lenient=true to have any query read as well as possible.",
                position=error.position,
            )
        case MissingExtraError():
            return Refusal(501, first_line(error))
        case QueryError() | ArgumentError() | DocumentError() | NoFingerprintsError():
            return Refusal(400, first_line(error))
        case SearchlibError() | OSError():
            logger.error("The index can't be searched.", exc_info=error)
            return Refusal(
                503,
                "The index can't be searched at the moment.",
                hint="The log of the server says why.",
                retry_after=5,
            )
        case _:
            logger.error("A request failed.", exc_info=error)
            return Refusal(500, "The server failed to answer.", hint="Its log says why.")
