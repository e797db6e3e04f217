"""Cases in Markdown: what they look like, and how they are written again with other answers.

A file has a title, documents for the cases that search (JSON lines in a block named
``documents``), and a section for each case. A section has a heading, a remark perhaps, and fenced
blocks one below the other::

    ## What a minus does
    ```query
    storm -flood
    ```
    ```tree
    And((Word('storm'), Not(Word('flood'))))
    ```

``query`` and ``options`` say what is asked; the other blocks are the answers.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS: Final = ("query", "options")
ANSWERS: Final = ("tree", "error", "notes", "finds")

_SECTION: Final = re.compile(r"^(?=## )", re.MULTILINE)
_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Case:
    """One section of a file.

    Attributes:
        path: The file.
        source: The section as it stands in the file.
        documents: The block of documents of the file, empty if it has none.
    """

    path: Path
    source: str
    documents: str

    @property
    def heading(self) -> str:
        return self.source.split("\n", 1)[0].removeprefix("## ").strip()

    @property
    def blocks(self) -> dict[str, str]:
        """The blocks by name, without the end of their last line."""
        found = _BLOCK.findall(self.source)
        names = [name for name, _ in found]
        assert len(set(names)) == len(names), f"{self.heading}: a block that comes twice"
        assert set(names) <= {*QUESTIONS, *ANSWERS}, f"{self.heading}: expected {ANSWERS}"
        return {name: text.removesuffix("\n") for name, text in found}

    @property
    def query(self) -> str:
        return self.blocks["query"]

    @property
    def options(self) -> dict[str, Any]:
        """The options, which are written as in a call: ``match="any", lenient=True``."""
        call = ast.parse(f"f({self.blocks.get('options', '')})", mode="eval").body
        assert isinstance(call, ast.Call)
        return {
            option.arg: ast.literal_eval(option.value) for option in call.keywords if option.arg
        }

    def answered(self, answers: dict[str, str]) -> str:
        """Write the section with these answers in place of those that it has."""
        head = self.source[: self.source.index("```")].rstrip("\n")
        gap = "\n\n" if "\n" in head else "\n"  # a remark stands apart from the blocks
        questions = {name: text for name, text in self.blocks.items() if name in QUESTIONS}
        ordered = {name: answers[name] for name in ANSWERS if name in answers}
        blocks = [_block(name, text) for name, text in (questions | ordered).items()]
        return f"{head}{gap}{''.join(blocks)}"


def _block(name: str, text: str) -> str:
    lines = [line.rstrip() if name not in QUESTIONS else line for line in text.split("\n")]
    return "\n".join([f"```{name}", *(lines if text else []), "```", ""])


def read_cases(path: Path) -> list[Case]:
    """Read the cases of a file."""
    title, *sections = _SECTION.split(path.read_text(encoding="utf-8"))
    documents = dict(_BLOCK.findall(title)).get("documents", "")
    cases = [Case(path, section.rstrip("\n") + "\n", documents) for section in sections]
    headings = [case.heading for case in cases]
    assert len(set(headings)) == len(headings), f"{path}: a heading that comes twice"
    return cases


def rewrite(case: Case, section: str) -> None:
    """Put a section into the file in place of the one that a case was read from."""
    text = case.path.read_text(encoding="utf-8")
    assert text.count(case.source) == 1
    case.path.write_text(text.replace(case.source, section), encoding="utf-8")
