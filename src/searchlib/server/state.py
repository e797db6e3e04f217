"""What does a person look at? All of it is in the address, so that back and sharing work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from searchlib.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Pairs = list[tuple[str, str]]
"""The parameters of an address, in order: a name may come several times."""

LABEL: Final = "f."
"""What stands before the name of a field whose label is chosen: a field may be called ``q``."""
SORTS: Final = ("", "neighbours", "newest", "oldest")
MATCHES: Final = ("", "all", "any")
TYPOS: Final = ("", "off", "auto")
NAMES: Final = (
    "q", "from", "to", "sort", "match", "typos", "size", "copies", "more", "page", "after",
)  # fmt: skip
"""The parameters of a search, besides those of labels."""


@frozen
class SearchState:
    """A search as the address of its page has it.

    Attributes:
        q: The query as typed.
        labels: The chosen labels: the field, and the label, which is empty for none at all.
        since: The first day, month or year.
        until: The last one.
        sort: "newest", "oldest", "neighbours" for the best first by topic, or empty for the best
            first.
        size: How many hits a page has; 0 for as many as usual.
        page: Which page, from 1.
        after: The cursor behind which the page begins, or empty.
        match: "all" words or "any"; empty for all, or any where nothing has all.
        typos: Whether words also find words like them.
        copies: Whether copies of an article are hits of their own.
        more: The field of which many labels are shown.
    """

    q: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    since: str = ""
    until: str = ""
    sort: str = ""
    size: int = 0
    page: int = 1
    after: str = ""
    match: str = ""
    typos: bool = False
    copies: bool = False
    more: str = ""

    @classmethod
    def read(cls, pairs: Pairs, fields: Sequence[str]) -> SearchState:
        """Read an address. What makes no sense is left out, as links of others may be old.

        Args:
            pairs: The parameters.
            fields: The fields of labels.
        """
        given = dict(pairs)
        return cls(
            q=" ".join(given.get("q", "").split()),
            labels=_labels(pairs, fields),
            since=given.get("from", "").strip(),
            until=given.get("to", "").strip(),
            sort=_one_of(given.get("sort", ""), SORTS),
            size=_number(given.get("size", ""), 0),
            page=max(_number(given.get("page", ""), 1), 1),
            after=given.get("after", ""),
            match=_one_of(given.get("match", ""), MATCHES),
            typos=given.get("typos") == "auto",
            copies=given.get("copies") == "1",
            more=_one_of(given.get("more", ""), ("", *fields)),
        )

    def with_label(self, field: str, label: str) -> SearchState:
        """Choose a label, or take the choice back."""
        one = (field, label)
        if one in self.labels:
            return self.changed(labels=tuple(other for other in self.labels if other != one))
        return self.changed(labels=(*self.labels, one))

    def changed(self, **changes: Any) -> SearchState:
        """Change something; the search begins with its first page again."""
        return replace(self, **{"page": 1, "after": "", **changes})

    def pairs(self) -> Pairs:
        """Write the parameters of the address; what is as usual is left out."""
        values = {
            "q": self.q,
            "from": self.since,
            "to": self.until,
            "sort": self.sort,
            "match": self.match,
            "size": str(self.size or ""),
            "typos": "auto" if self.typos else "",
            "copies": "1" if self.copies else "",
            "more": self.more,
            "page": str(self.page) if self.page > 1 else "",
            "after": self.after,
        }
        head = [(name, value) for name, value in values.items() if value]
        return [*head, *((f"{LABEL}{field}", label) for field, label in self.labels)]

    def query_string(self) -> str:
        """Write what stands behind the question mark of the address."""
        return urlencode(self.pairs())

    def spanning_prefix(self) -> str:
        """Write the address up to the dates, which stand behind it: for many links of one page."""
        return _and(self.changed(since="", until="").query_string())

    def labelled_prefix(self, field: str) -> str:
        """Write the address up to one more label of a field: for many links of one page."""
        return f"{_and(self.changed().query_string())}{urlencode({f'{LABEL}{field}': ''})}"

    @property
    def is_filtered(self) -> bool:
        """Whether labels or dates are chosen."""
        return bool(self.labels or self.since or self.until)


def asks_for_results(pairs: Pairs) -> bool:
    """Tell whether an address says anything of a search; what others add to links does not."""
    return any(value and (name in NAMES or name.startswith(LABEL)) for name, value in pairs)


def _and(query_string: str) -> str:
    return f"{query_string}&" if query_string else ""


def _labels(pairs: Iterable[tuple[str, str]], fields: Sequence[str]) -> tuple[Any, ...]:
    chosen = ((name.removeprefix(LABEL), value) for name, value in pairs if name.startswith(LABEL))
    return tuple(dict.fromkeys(one for one in chosen if one[0] in fields))


def _one_of(value: str, allowed: Sequence[str]) -> str:
    return value if value in allowed else ""


def number_in(text: str) -> int | None:
    """Read a number as addresses have it; ``None`` if it is something else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def _number(text: str, default: int) -> int:
    number = number_in(text)
    return default if number is None else number
