"""Is an argument what a call expects? If not, the error says what is, and what came."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable
from datetime import UTC, tzinfo
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import ArgumentError, SearchlibError

if TYPE_CHECKING:
    from collections.abc import Collection

ONE_BY_ONE: Final = "several keys are passed one by one: delete(*keys)"
LOCK_TIMEOUT: Final = 10.0
"""For how many seconds a call waits for another writer to finish, if it does not say."""


def whole_number(
    name: str,
    value: Any,
    least: int,
    *,
    instead: str = "",
    error: type[SearchlibError] = ArgumentError,
) -> int:
    """Take a whole number.

    Args:
        name: What the call calls it.
        value: What came.
        least: The lowest that will do.
        instead: What else may be passed, and its meaning, for the message.
        error: The class of the error.

    Raises:
        SearchlibError: It is something else, or lower. A bool is no number here.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        other = f", or {instead}" if instead else ""
        raise error(
            f"expected {name} to be a whole number of at least {least}{other}, got {value!r:.80}"
        )
    return number


def cache_size(value: Any) -> int | None:
    """Take the size of a cache, in bytes, or ``None`` for the default.

    Raises:
        ArgumentError: It is something else.
    """
    instead = "None for a part of the machine's memory"
    return None if value is None else whole_number("cache", value, 0, instead=instead)


def seconds(name: str, value: Any) -> float:
    """Take a span of time in seconds, 0 or more, infinity too.

    Raises:
        ArgumentError: It is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise ArgumentError(
            f"expected {name} to be a number of seconds of at least 0 (math.inf for no limit), "
            f"got {value!r:.80}"
        )
    return value


def one_of(
    name: str,
    value: Any,
    choices: Collection[str],
    *,
    error: type[SearchlibError] = ArgumentError,
) -> str:
    """Take one of some words.

    Raises:
        SearchlibError: It is another, or no word.
    """
    if not isinstance(value, str) or value not in choices:
        listed = " or ".join(map(repr, choices))
        raise error(f"expected {name} to be {listed}, got {value!r:.80}")
    return value


def flag(name: str, value: Any, *, error: type[SearchlibError] = ArgumentError) -> bool:
    """Take True or False; nothing else stands for them.

    Raises:
        SearchlibError: It is something else.
    """
    if not isinstance(value, bool):
        raise error(f"expected {name} to be True or False, got {value!r:.80}")
    return value


def expect_function(name: str, value: object) -> None:
    """Make sure that what is to be called now and then can be, before anything is done.

    Raises:
        ArgumentError: It is neither a function nor ``None``.
    """
    if value is not None and not callable(value):
        raise ArgumentError(f"expected {name} to be a function or None, got {value!r:.80}")


def path_of(value: Any, *, of: str = "an index") -> Path:
    """Take a path.

    Args:
        value: What was given.
        of: What the path is to be of.

    Raises:
        ArgumentError: It is no path.
    """
    if not isinstance(value, str | os.PathLike):
        raise ArgumentError(f"expected the path of {of}, got {value!r:.80}")
    if value == "":  # which pathlib takes for the folder that the program is in
        raise ArgumentError(f"expected the path of {of}, got ''")
    try:
        is_path = b"\0" not in os.fsencode(value)
    except UnicodeEncodeError:  # half a character
        is_path = False
    if not is_path:
        raise ArgumentError(
            f"expected the path of {of}, got {value!r:.80}: no file can have such a name"
        )
    return Path(value)


def names_of(name: str, value: Any, *, error: type[SearchlibError] = ArgumentError) -> list[str]:
    """Take the name of a field, or several.

    Raises:
        SearchlibError: It is something else.
    """
    names = [value] if isinstance(value, str) else value
    names = list(names) if isinstance(names, Iterable) else [None]
    if not all(isinstance(one, str) for one in names):
        raise error(f"expected {name} to be a field's name or a list of names, got {value!r:.80}")
    return names


def key_of(value: Any, types: tuple[type, ...] = (), *, hint: str = "") -> str:
    """Take the key of a document: its text, or what is known by it.

    Args:
        value: The key; of an enumeration, its member.
        types: What keys of the index may be, besides text.
        hint: What the call takes besides, for the message.

    Returns:
        Its text.

    Raises:
        ArgumentError: It is something else.
    """
    key = value.value if isinstance(value, Enum) else value
    if not isinstance(key, (str, *types)) or (isinstance(key, bool) and bool not in types):
        raise ArgumentError(
            f"expected the key of a document as a string, got {value!r:.80} "
            f"({type(value).__name__}){hint and f'; {hint}'}"
        )
    if isinstance(key, bool):
        return str(key).lower()
    return str.__str__(key) if isinstance(key, str) else str(key)


def zone_of(zone: Any) -> tzinfo:
    """Take a time zone, or its name in the IANA database ("Europe/Berlin").

    Raises:
        ArgumentError: It is neither.
    """
    if isinstance(zone, tzinfo):
        return zone
    if isinstance(zone, str) and zone == "UTC":  # which takes no database
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(zone)
    except (TypeError, ValueError, OSError, ZoneInfoNotFoundError) as error:
        like = _zones_like(zone) if isinstance(zone, str) else []
        raise ArgumentError(
            "expected a time zone such as datetime.UTC, ZoneInfo('Europe/Berlin') or its name, "
            f"got {zone!r:.80}{'; write ' if like else ''}{' or '.join(map(repr, like))}"
        ) from error


def _zones_like(name: str) -> list[str]:
    """Find the zones that a city alone, or a name in other letters, may stand for."""
    from zoneinfo import available_timezones

    meant = name.strip().casefold().replace(" ", "_")
    return sorted(
        zone
        for zone in available_timezones()
        if meant in (zone.casefold(), zone.casefold().rpartition("/")[2])
    )
