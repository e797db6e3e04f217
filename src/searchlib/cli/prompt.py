"""The prompt of the demo: queries, and commands that begin with a colon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from searchlib.cli.showing import print_article
from searchlib.cli.terminal import print_results, printable
from searchlib.errors import QueryError
from searchlib.index.helpful import search_helpfully
from searchlib.search.order import sortable_fields
from searchlib.search.ranking_texts import sorts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from searchlib.index import Index
    from searchlib.query.parser import Match
    from searchlib.search.order import Sort

_PAGE: Final = 5
_HELP: Final = """\
  storm -flood         a query: best hits first
  "peace talks"        a phrase
  published:2025-03    a span of time; source:, categories: and other fields likewise
  :more                the next hits
  :show N              the whole article of hit N
  :sort FIELD          sort by a field, :sort -published for newest first, :sort for best first
  :help                this
  :quit                the end, as an empty line"""
_NO_EDITING: Final = (
    "Arrow keys and history need the module readline, which this Python does not have "
    "(on Windows: pip install pyreadline3)."
)
_BARE: Final = {"help": ":help", "quit": ":quit", "exit": ":quit", "?": ":help"}


class Prompt:
    """Answers queries and commands until an empty line, ``:quit`` or the end of the input.

    Args:
        index: Where to search.
        console: Where to print.
        ask: Asks for a line.
    """

    def __init__(
        self, index: Index, console: Console, ask: Callable[[str], str] | None = None
    ) -> None:
        self._index = index
        self._console = console
        self._ask = ask or _line_editor(console)
        self._query = ""
        self._match: Match | None = None
        self._sort: list[Sort] = []
        self._after: str | None = None
        self._shown = self._total = 0
        self._documents: dict[int, dict[str, Any]] = {}  # of the last query, by rank
        self._commands: dict[str, Callable[[str], None]] = {
            ":more": self._more,
            ":show": self._show,
            ":sort": self._sort_by,
            ":help": self._help,
        }

    def run(self) -> None:
        """Go on until the end."""
        self._say("Your turn. :help lists the commands; an empty line ends the demo.")
        while True:
            try:
                line = self._ask("search> ").strip()
            except (EOFError, KeyboardInterrupt):
                self._console.print()
                return
            if line in ("", ":quit", ":q"):
                return
            try:
                self._answer(line)
            except QueryError as error:
                self._console.print(Text(str(error), "red"))

    def _answer(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if line.lower() in _BARE:
            command = _BARE[line.lower()]
            self._say(f'{command} is the command; "{line}" in quotes searches for the word.')
        elif not word.startswith(":"):
            self._search(line)
        elif word in self._commands:
            self._commands[word](rest.strip())
        else:
            self._say(f"There is no command {printable(word)}; :help lists them.")

    def _search(self, query: str) -> None:
        self._query, self._match, self._shown, self._documents = query, None, 0, {}
        self._after = None
        self._next_page()

    def _next_page(self) -> None:
        results, self._match = search_helpfully(
            self._index,
            self._query,
            self._match,
            limit=_PAGE,
            after=self._after,
            sort=self._sort,
        )
        print_results(results, self._console, relaxed=self._match == "any" and not self._shown)
        self._total, self._after = results.total, results.next
        self._documents |= {hit.rank: hit.stored for hit in results}
        self._shown += len(results)
        left = self._total - self._shown
        if self._after is not None:
            self._say(f":more shows the next {min(left, _PAGE)}; :show N shows a whole article.")

    def _more(self, _: str) -> None:
        if not self._query:
            self._say("First type a query.")
        elif self._after is None:
            self._say("These were all.")
        else:
            self._next_page()

    def _show(self, number: str) -> None:
        document = self._documents.get(int(number)) if number.isdecimal() else None
        if document is None:
            last = f"1 to {self._shown}" if self._shown else "none yet: first type a query"
            self._say(f"Expected the number of a hit that was shown ({last}).")
        else:
            print_article(self._console, document)

    def _sort_by(self, field: str) -> None:
        sort = sorts_of([field] if field else [])
        self._index.search("*", limit=0, sort=sort)  # an error, if that can't be
        self._sort = sort
        if self._query:
            self._search(self._query)
        fields = ", ".join(sortable_fields(self._index.schema))
        best_first = f"Best first. Fields to sort by: {fields}."
        self._say(f"Sorted by {field}." if field else best_first)

    def _help(self, _: str) -> None:
        self._console.print(Text(_HELP))

    def _say(self, text: str) -> None:
        self._console.print(Text(text, "dim"))


def _line_editor(console: Console) -> Callable[[str], str]:
    """Give ``input``, which has arrow keys and history once readline is imported."""
    try:
        import readline  # noqa: F401
    except ImportError:
        console.print(Text(_NO_EDITING, "dim"))
    return input
