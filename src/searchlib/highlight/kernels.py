"""Which of the functions over texts serve: the compiled ones, or those that they are tested by?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.postings.choice import KERNELS

if TYPE_CHECKING or KERNELS == "numpy":
    from searchlib.highlight.passages import choose, opening
    from searchlib.highlight.runs import add_words, searched_form
    from searchlib.highlight.writing import written
else:
    from searchlib.highlight.compiled import add_words, choose, opening, searched_form, written

__all__ = ["add_words", "choose", "opening", "searched_form", "written"]
