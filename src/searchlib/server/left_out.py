"""What of an address has no effect? Pages say so in notes, and files refuse it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from searchlib.server.problems import Refusal
from searchlib.server.state import LABEL, MATCHES, NAMES, SORTS, TYPOS, number_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from searchlib.server.state import Pairs

    Others = Mapping[str, Collection[str] | None]

_MOST: Final = 5
"""So many remarks does a page have on its address."""
_CHOICES: Final = {"sort": SORTS, "match": MATCHES, "typos": TYPOS, "copies": ("", "0", "1")}


def left_out(pairs: Pairs, fields: Sequence[str], others: Others) -> list[str]:
    """Say what of an address is left out: it is unknown, comes twice, or makes no sense.

    Values that are empty are not: forms send them.

    Args:
        pairs: The parameters.
        fields: The fields of labels.
        others: What the page takes besides a search, and the values of each; ``None`` for any.
    """
    choices = {**dict.fromkeys(NAMES), **_CHOICES, "more": ("", *fields), **others}
    said = [one for name, value in pairs for one in _wrong(name, value, fields, choices)]
    times = Counter(name for name, _ in pairs if name in choices)
    said += [
        f"expected {name} once, got it {count} times; the last one counts"
        for name, count in times.items()
        if count > 1
    ]
    return list(dict.fromkeys(said))[:_MOST]


def left_out_beside(pairs: Pairs, choices: Others) -> list[str]:
    """Say what of an address is left out by a page that shows no search.

    Args:
        pairs: The parameters.
        choices: What the page takes, and the values of each; ``None`` for any.
    """
    said = [one for name, value in pairs for one in _wrong(name, value, None, choices)]
    return list(dict.fromkeys(said))[:_MOST]


def expect_nothing_left_out(pairs: Pairs, fields: Sequence[str], others: Others) -> None:
    """Make sure that all of an address has an effect.

    Raises:
        Refusal: Something has none.
    """
    for said in left_out(pairs, fields, others):
        raise Refusal(400, said)


def _wrong(name: str, value: str, fields: Sequence[str] | None, choices: Others) -> Iterator[str]:
    """Say what is wrong with a parameter, if anything is; labels are none without ``fields``."""
    if fields is not None and name.startswith(LABEL):
        if name.removeprefix(LABEL) not in fields:
            there = ", ".join(f"{LABEL}{field}" for field in fields) or "none"
            yield f"unknown parameter {name[:80]!r}; fields of labels are {there}"
    elif name not in choices:
        yield f"unknown parameter {name[:80]!r}; there are {', '.join(sorted(choices))}"
    elif name in ("page", "size"):
        if value and number_in(value) is None:
            yield f"expected {name} to be a whole number, got {value[:80]!r}"
    else:
        allowed = choices[name]
        if allowed is not None and value not in allowed:
            there = ", ".join(one for one in allowed if one)
            yield f"expected {name} to be one of {there}, got {value[:80]!r}"
