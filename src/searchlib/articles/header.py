"""Where does an article begin, in a file that may hold several?

A header is a run of lines, blank ones and rules aside, that are a title, labels with their values
(:mod:`searchlib.articles.labels`) and a source in bold, in any order:

* The **title** is a heading, a line in bold, or a plain line right before the first label. Of
  several before the first label the one with the highest rank is it, then the first. It may go
  on in the next line. A heading *after* the labels is the title only if there is none before,
  and a plain line only if there are more labels after it (or, at the start of the file, if it
  looks like one in all respects). There may also be a label "Title:".
* The **source** is a short line in bold that is not the title.
* A **label** counts once; when the same one comes again the header is over. Whatever else ends
  the header too: a list item, a paragraph, a second heading. A short unknown line between two
  labels does not, and goes to the body like everything that is no title, source or label.

Body text may look like any of these, so a run must prove that it is a header:

* At the start of the file it needs a date that can be read, or one of the archive's own date
  labels, or two labels of which one is the archive's own, or is that of the title. It may lack one.
* Anywhere else it begins a new article only if it has a title *and* a readable date, or a title
  and two labels of which one is the archive's own. A title that comes after labels, or has no
  heading or bold marks, needs the readable date *and* the two labels; a plain one must stand
  alone on its line, right before the labels. One under a label ("Title:") does, too, if the file
  begins with such a header, and the same labels follow, a readable date among them.

So a body line such as "Category: five hurricanes" is never taken out of the text that it is in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from searchlib.articles.dateline import find_dateline
from searchlib.articles.labels import Label, read_label
from searchlib.articles.paragraphs import Kind, ends_sentence, is_cut, read_marks, starts_lower

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.articles.text import Line

TITLE_LIMIT = 200
"""Characters of the longest line that is taken for a title without a mark that says so."""

_SHORT = 60  # characters of the longest source, and of the longest unknown line between labels
_NAME_WORDS = 4
_MOST_BEFORE_LABELS = 4  # lines: title, source, subtitle and one to spare
_MOST_LINES = 40


@dataclass(slots=True)
class Header:
    """What a header says, and where it stands.

    Attributes:
        start: Index of its first line in the lines of the file.
        end: Index after its last line.
        title: The title, or "".
        source: The source in bold.
        labels: The labels, with the number of the line that each stands on.
        leftover: Lines that are none of these; they belong to the body.
        has_title_label: Whether the title has a label.
    """

    start: int
    end: int
    title: str = ""
    source: str | None = None
    labels: dict[Label, int] = field(default_factory=dict)
    leftover: list[Line] = field(default_factory=list)
    has_title_label: bool = False


def find_headers(lines: Sequence[Line]) -> list[Header]:
    """Find every header in the lines of a file, in their order."""
    everything = [_Solid(index, line) for index, line in enumerate(lines) if line.text]
    solid = [item for item in everything if item.kind is not Kind.RULE]
    headers: list[Header] = []
    at = 0
    while at < len(solid):
        attempt = _Attempt(solid, at, headers[0] if headers else None)
        if attempt.run():
            at = attempt.at
            attempt.header.end = solid[at].index if at < len(solid) else len(lines)
            headers.append(attempt.header)
        else:
            at += 1
    return headers


def is_title_like(text: str) -> bool:
    """Whether a line without marks can be a title: short, no list item and not a sentence.

    A question mark or an exclamation mark at its end does no harm, a full stop does.
    """
    if len(text) > TITLE_LIMIT or read_marks(text).kind is Kind.ITEM:
        return False
    return text.endswith(("?", "!")) or not (ends_sentence(text) or text.endswith((",", ";")))


def looks_like_title(text: str, following: str, *, is_alone: bool) -> bool:
    """Whether a plain paragraph at the head of a text is its title, by what comes after it.

    A small letter below it goes on with it only where a page break follows each line, and the next
    one is cut off, too. Else it is that of a name or a quotation: "eBay", "de Gaulle".

    Args:
        text: The paragraph, which is one line.
        following: The first line of the next one, without its marks.
        is_alone: Whether that is all of it.
    """
    is_cut_too = is_alone and not ends_sentence(following)
    is_broken = is_cut(text, following if is_cut_too else "")
    return is_title_like(text) and not is_broken and find_dateline(text) is None


class _Solid:
    """A line that is not blank; what it says of itself is worked out when it is asked for."""

    def __init__(self, index: int, line: Line) -> None:
        self.index = index
        self.line = line
        self.marked = read_marks(line.text)

    @property
    def kind(self) -> Kind:
        return self.marked.kind

    @property
    def text(self) -> str:
        return self.marked.text

    @property
    def is_title_by_marks(self) -> bool:
        return self.kind in (Kind.HEADING, Kind.BOLD)

    @property
    def is_name(self) -> bool:
        """Whether it looks more like a source ("**RKI Network**") than like a title."""
        is_short = len(self.text.split()) <= _NAME_WORDS
        return self.kind is Kind.BOLD and is_short and _is_source_like(self.text)

    @property
    def likeness_to_source(self) -> int:
        return _is_source_like(self.text) + self.is_name

    @property
    def rank(self) -> tuple[int, bool]:
        """How much speaks for its being a title; the lowest rank is the best."""
        return 8 if self.is_name else self.marked.level, self.kind is not Kind.HEADING

    @cached_property
    def label(self) -> Label | None:
        return read_label(self.line.text)


class _Attempt:
    """An attempt to read a header that begins with a given line."""

    def __init__(self, solid: Sequence[_Solid], at: int, first: Header | None = None) -> None:
        self.first = first
        self.solid = solid
        self.at = at
        self.header = Header(solid[at].index, solid[at].index)
        self.is_file_start = at == 0
        self.is_doubtful = False  # only strong evidence will do
        self.is_title_late = False  # it came after labels
        self.bolds: list[_Solid] = []  # lines in bold, while it is open which is the title

    def run(self) -> bool:
        """Read as far as the header goes; whether it proves to be one."""
        if not (self._may_begin() and self._read_before_labels() and self._read_labels()):
            return False
        self._settle_bolds()
        self.header.leftover.sort()
        if not self.header.title and self.is_file_start:
            self._read_plain_title()
        return self._is_proved()

    def _may_begin(self) -> bool:
        item = self.solid[self.at]
        if self.is_file_start or item.is_title_by_marks or item.label:
            return True
        return item.kind is Kind.TEXT and self._next_label() is not None

    # Before the first label: the title, and what may stand around it.

    def _read_before_labels(self) -> bool:
        before: list[_Solid] = []
        while self._label(is_first=not before) is None:
            before.append(self.solid[self.at])
            self.at += 1
            if self.at == len(self.solid) or len(before) > _MOST_BEFORE_LABELS:
                return False
        return not before or self._read_title(before)

    def _read_title(self, before: Sequence[_Solid]) -> bool:
        place = min(range(len(before)), key=lambda at: before[at].rank)
        title, rest = before[place], before[place + 1 :]
        is_all_marked = all(item.is_title_by_marks for item in before[:place])
        if place and not (self.is_file_start and is_all_marked):
            return False  # the title is yet to come: the header begins there
        if not title.is_title_by_marks and not self._accept_plain(title, rest):
            return False
        self.header.leftover += [item.line for item in before[:place] if not item.is_name]
        self.bolds += [item for item in before[:place] if item.is_name]
        if len(before) == 1 and title.is_name and self.is_file_start:
            self.bolds.append(title)  # the source, if a better title comes
            return True
        self.header.title = title.text
        is_title = True
        for previous, item in zip(before[place:], rest, strict=False):
            is_title = is_title and self._goes_on(previous, item)
            if is_title:
                self.header.title += f" {item.text}"
            elif not self._accept_below_title(item):
                return False
        return True

    def _accept_plain(self, title: _Solid, rest: Sequence[_Solid]) -> bool:
        """Whether a line without marks may be the title, as far as it and its place tell."""
        if title.kind is not Kind.TEXT:
            return False
        self.is_doubtful = not self.is_file_start or bool(rest) or not is_title_like(title.text)
        if self.is_file_start:
            return True
        above = self.solid[self.at - len(rest) - 2]
        return not rest and is_title_like(title.text) and title.index > above.index + 1

    def _goes_on(self, previous: _Solid, item: _Solid) -> bool:
        """Whether the title goes on in a line: the very next one, or one in lower case."""
        is_wrapped = item.index == previous.index + 1 or starts_lower(item.text)
        is_fit = item.kind is Kind.TEXT and not ends_sentence(self.header.title)
        return is_wrapped and is_fit and is_title_like(f"{self.header.title} {item.text}")

    def _accept_below_title(self, item: _Solid) -> bool:
        if item.kind is not Kind.BOLD or not self._accept_source(item):
            self.header.leftover.append(item.line)
        return item.is_title_by_marks or (self.is_file_start and item.kind is Kind.TEXT)

    # From the first label on.

    def _read_labels(self) -> bool:
        end = min(len(self.solid), self.at + _MOST_LINES)
        while self.at < end:
            label = self._label(is_first=False)
            if label is None:
                if not self._accept_other(self.solid[self.at]):
                    break
            elif self._is_known(label):
                # Labels, a title, the same labels again: the first belong to what went before.
                return not self.is_title_late or self.is_file_start
            elif self.is_title_late and label.is_readable and not self.is_file_start:
                return False
            elif label.field == "title":
                if self.header.title:
                    break
                self.header.title = label.value
                self.header.has_title_label = True
                self.is_doubtful = not self.is_file_start
            else:
                self.header.labels[label] = self.solid[self.at].line.number
            self.at += 1
        return True

    def _label(self, is_first: bool) -> Label | None:
        label = self.solid[self.at].label
        return label if label and label.is_plausible(is_first) else None

    def _next_label(self) -> Label | None:
        following = self.solid[self.at + 1 : self.at + 2]
        label = following[0].label if following else None
        if label is None or self._is_known(label) or not label.is_plausible(is_first=False):
            return None
        return label

    def _is_known(self, label: Label) -> bool:
        return any(label.name == known.name for known in self.header.labels)

    def _accept_other(self, item: _Solid) -> bool:
        """Take in a line that is no label, if it can stand between them or after them."""
        if item.kind is Kind.BOLD:
            return self._accept_source(item) if self.header.title else self._hold(item)
        if item.kind is Kind.HEADING and not self.header.title:
            self.header.title, self.is_title_late = item.text, True
            self.is_doubtful = not self.is_file_start
            return True
        label = self._next_label() if item.kind is Kind.TEXT else None
        if item.kind is Kind.TEXT and not self.header.title and is_title_like(item.text):
            is_title = label is not None or self._is_source_next()
            self.header.title = item.text if is_title else ""
            self.is_title_late = self.is_doubtful = is_title
            return is_title
        if label is None or ends_sentence(item.text):
            return False
        if len(item.text) > _SHORT or not (label.is_own or label.is_readable):
            return False
        self.header.leftover.append(item.line)
        return True

    def _is_source_next(self) -> bool:
        following = self.solid[self.at + 1 : self.at + 2]
        is_bold = bool(following) and following[0].kind is Kind.BOLD
        return is_bold and not self.bolds and _is_source_like(following[0].text)

    def _accept_source(self, item: _Solid) -> bool:
        if self.header.source is not None or not _is_source_like(item.text):
            return False
        self.header.source = item.text
        return True

    def _hold(self, item: _Solid) -> bool:
        if len(self.bolds) == 2 or not is_title_like(item.text):
            return False
        self.bolds.append(item)
        return True

    # When all is read.

    def _settle_bolds(self) -> None:
        """Decide which of the bold lines after the labels is the title, and which the source."""
        bolds = self.bolds
        if len(bolds) == 2 and bolds[0].likeness_to_source > bolds[1].likeness_to_source:
            bolds.reverse()
        is_early = bool(bolds) and bolds[0].index == self.header.start
        if not self.header.title and (len(bolds) == 2 or is_early):
            self.header.title = bolds.pop(0).text
        for item in bolds:
            if self._accept_source(item):
                continue
            if self.header.title:
                self.header.leftover.append(item.line)
            else:
                self.header.title = item.text

    def _read_plain_title(self) -> None:
        """Take the plain line after the labels for the title, if all speaks for it."""
        if self.at + 1 >= len(self.solid):
            return
        item, *below = self.solid[self.at : self.at + 3]
        is_alone = below[0].index > item.index + 1
        is_next_alone = [each.index for each in below[1:]] != [below[0].index + 1]
        if (
            item.kind is Kind.TEXT
            and is_alone
            and looks_like_title(item.text, below[0].text, is_alone=is_next_alone)
        ):
            self.header.title = item.text
            self.at += 1

    def _is_proved(self) -> bool:
        labels = self.header.labels
        has_date = any(label.is_readable for label in labels)
        has_own = any(label.is_own for label in labels)
        has_two = len(labels) > 1 and has_own
        if self.is_doubtful:
            return has_date and (has_two or self._is_like_first())
        if self.is_file_start:
            is_titled = self.header.has_title_label and bool(labels)
            is_dated = any(label.is_own and label.is_date for label in labels)
            return has_date or has_two or is_titled or is_dated
        return bool(self.header.title) and (has_date or has_two)

    def _is_like_first(self) -> bool:
        """Whether the file begins with a header of the same labels, also for the title."""
        if self.first is None or not (self.first.has_title_label and self.header.has_title_label):
            return False
        return {label.name for label in self.first.labels} == {
            label.name for label in self.header.labels
        }


def _is_source_like(text: str) -> bool:
    is_name = not ends_sentence(text) or (text.endswith(".") and len(text.split()) <= 4)
    return len(text) <= _SHORT and is_name
