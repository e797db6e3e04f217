"""What a person sees: bars, reports and hits in a terminal."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager, nullcontext
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console
from rich.text import Text

from searchlib.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from rich.progress import Progress

    from searchlib.articles.sync import SyncReport
    from searchlib.highlight import Snippet
    from searchlib.indexing.report import AddReport
    from searchlib.query.notes import Note
    from searchlib.search.hits import Hit
    from searchlib.search.results import Results
    from searchlib.search.suggestions import Suggestion

_INDENT: Final = Text("    ")
_USUAL_WIDTH: Final = 80
_MAX_SHARED: Final = 8
_MAX_KEYS: Final = 5
"""So many keys of what is left out in favour of a hit are shown."""


def terminal(*, errors: bool = False) -> Console:
    """Make a console for what a person reads; lines are wrapped only in a terminal.

    Args:
        errors: Whether it is standard error.
    """
    console = Console(stderr=errors)
    console.soft_wrap = not console.is_terminal
    if console.width < 1:  # COLUMNS=0 says that it is not known
        console.width = _USUAL_WIDTH
    return console


def never_fail_for_encoding() -> None:
    """Let characters that a terminal or a pipe can't take be replaced, not end the command."""
    for stream, errors in (
        (sys.stdin, "replace"), (sys.stdout, "replace"), (sys.stderr, "backslashreplace"),
    ):  # fmt: skip
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)


def print_json(value: object, *, indent: int | None = None) -> None:
    """Print a value as JSON, with escapes where the output can't take a character.

    Args:
        value: The value.
        indent: By how many blanks to indent; without it, everything is on one line.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=indent)
    click.echo(text)


def add_with_bar(index: Index, documents: Iterable[object]) -> AddReport:
    """Add documents to an index, with a bar on standard error."""
    with _bar() as bar:
        reading = bar.add_task("Reading", total=None)
        writing = bar.add_task("Indexing", total=None, visible=False)

        def count() -> Iterator[Any]:
            for document in documents:
                bar.advance(reading)
                yield document

        def progress(done: int, total: int | None) -> None:
            bar.update(writing, completed=done, total=total, visible=True)

        return index.add(count(), progress=progress)


def reindex_with_bar(
    old: Path | str, new: Path | str | None, *, language: str | None = None
) -> AddReport:
    """Index the documents of an index anew, with a bar on standard error."""
    with _bar() as bar:
        task = bar.add_task("Indexing", total=None)
        return Index.reindex(
            old,
            new,
            language=language,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def migrate_with_bar(old: Path, new: Path, **options: Any) -> AddReport:
    """Make a new index from an index of Whoosh, with a bar on standard error."""
    from searchlib.whoosh_compat import migrate

    with _bar() as bar:
        task = bar.add_task("Indexing", total=None)
        return migrate(
            old,
            new,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
            **options,
        )


def sync_with_bar(index: Index, paths: Iterable[Path], **options: Any) -> SyncReport:
    """Synchronise an index with files and folders, with a bar on standard error."""
    with _bar() as bar:
        task = bar.add_task("Files", total=None)
        return index.sync(
            paths,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
            **options,
        )


@contextmanager
def progress_bar(
    task: str, *, writes_output: bool = False
) -> Iterator[Callable[[int, int | None], None] | None]:
    """Show a bar on standard error, and give what moves it; ``None`` if none can be shown.

    Args:
        task: What is being done.
        writes_output: Whether standard output is written meanwhile. In a terminal, that would be
            written into the line of the bar.
    """
    is_in_the_way = writes_output and terminal().is_terminal
    if is_in_the_way or not terminal(errors=True).is_terminal:
        yield None
        return
    with _bar() as bar:
        number = bar.add_task(task, total=None)
        yield lambda done, total: bar.update(number, completed=done, total=total)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    console = terminal(errors=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with nullcontext() if bar.disable else bar:  # rich 13 writes an empty line for one that is not
        yield bar


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Write a number and what it counts: "1 hit", "2,000 hits", "2 copies"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or f'{noun}s'}"


def print_results(
    results: Results,
    console: Console | None = None,
    *,
    relaxed: bool = False,
    tells_more: bool = False,
    collapsed: str = "",
) -> None:
    """Print hits with their titles, where and when they are from, and marked snippets.

    Args:
        results: The hits.
        console: Where to; by default, standard output.
        relaxed: Whether no article has all words of the query, which is said then.
        tells_more: Whether to say how to see the next page.
        collapsed: What they were collapsed by, if they were.
    """
    console = console or terminal()
    if relaxed:
        console.print("[dim]No article has all of the words; these have some of them.[/]\n")
    for hit in results:
        print_under(console, Text(f"{hit.rank:>2}. ", "cyan"), _heading(hit))
        about = _about(hit)
        if about:
            print_under(console, _INDENT, Text(about, "dim"))
        for name, snippet in hit.snippets.items():
            if name != "title":
                print_under(console, _INDENT, _marked(snippet))
        if hit.shared:
            print_under(console, _INDENT, Text(_shared(hit), "dim"))
        if hit.collapsed:
            print_under(console, _INDENT, Text(_left_out(hit, collapsed), "dim"))
        console.print()
    hits = counted(results.total, "hit")
    if 0 < len(results) < results.total:
        hits = f"{len(results):,} of {hits}"
    if results.groups is not None:
        hits = f"{hits} ({counted(results.groups, 'group')})"
    more = (
        f"; the next with --offset {results[-1].rank}" if tells_more and results.next_page else ""
    )
    console.print(f"[bold]{hits}[/] in {results.took_ms:.1f} ms{more}", highlight=False)
    print_notes(results.notes, console)
    if results.suggestion is not None:
        print_suggestion(results.suggestion, console)


def print_suggestion(suggestion: Suggestion, console: Console) -> None:
    """Ask whether another query was meant."""
    found = f" ({counted(suggestion.total, 'hit')})"
    console.print(
        Text("Did you mean ") + Text(printable(suggestion.text), "bold") + Text("?" + found)
    )


def print_notes(notes: Iterable[Note], console: Console) -> None:
    """Print remarks on a query."""
    for note in notes:
        print_under(console, Text("note: ", "yellow"), Text(printable(note.message), "dim"))


def print_under(console: Console, start: Text, text: Text) -> None:
    """Print text behind the start of a line, and what does not fit on it under the text."""
    if not console.is_terminal:
        console.print(start + text)
        return
    lines = text.wrap(console, console.width - start.cell_len)
    for number, line in enumerate(lines):
        line.rstrip()
        console.print((Text(" " * start.cell_len) if number else start) + line)


def _heading(hit: Hit) -> Text:
    title = hit.snippets.get("title")
    shown = _marked(title) if title else Text(f"(untitled: {hit.key})")
    shown.stylize("bold")
    return shown


def _about(hit: Hit) -> str:
    """Join what a reader wants to know of an article besides its text."""
    document = hit.stored
    facts = [
        document.get("published_text") or document.get("published"),
        document.get("source"),
        ", ".join(document.get("categories") or ()),
        _place(document),
        hit.key,
    ]
    return " · ".join(printable(str(fact)) for fact in facts if fact)


def _left_out(hit: Hit, collapsed: str) -> str:
    """Say what is left out in favour of a hit: "+ 3 copies: key, key, key"."""
    count = hit.collapsed.count
    nouns = ("copy", "copies") if collapsed == "copies" else ("more", "more")
    keys = [printable(key) for key in hit.collapsed.keys[:_MAX_KEYS]]
    more = ", …" if count > len(keys) else ""
    return f"+ {counted(count, *nouns)}: {', '.join(keys)}{more}"


def _shared(hit: Hit) -> str:
    """Say what makes a hit similar: "shares: storm, harbour, ferry"."""
    return f"shares: {', '.join(map(printable, hit.shared[:_MAX_SHARED]))}"


def _place(document: dict[str, Any]) -> str:
    """Say where the document was read: ``file:line``."""
    file, line = document.get("file"), document.get("line")
    return f"{file}:{line}" if file and line else file or ""


def _marked(snippet: Snippet) -> Text:
    text = Text("\n".join(map(printable, snippet.text.split("\n"))))
    for start, end in snippet.spans:
        text.stylize("bold black on bright_yellow", start, end)
    return Text(" ").join(line for line in text.split("\n") if line)


def shows(console: Console, characters: str) -> bool:
    """Tell whether a terminal has some characters."""
    try:
        characters.encode(console.encoding)
    except UnicodeEncodeError:
        return False
    return True


def printable(text: str) -> str:
    """Replace control characters one for one: a text must not steer the terminal."""
    return "".join(char if char.isprintable() or char == " " else "\ufffd" for char in text)
