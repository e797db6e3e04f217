"""How are patterns compiled that repeat a group and give nothing back?

Before Python 3.11.5 a possessive group, as in ``(?:-[a-z])*+``, keeps what a last try has consumed
that then failed: of "a-b-" also the second "-" (python/cpython issue 106052). There the groups of
our patterns, which can't match in another way, repeat as others do.
"""

from __future__ import annotations

import re
import sys
from typing import Final

_ARE_RIGHT: Final = sys.version_info >= (3, 11, 5)
_POSSESSIVE_GROUP: Final = re.compile(r"(?<!\\)\)(?P<repeat>[*+?]|\{[0-9]*,?[0-9]*\})\+")


def compile_possessive(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Compile a pattern that has possessive groups.

    Args:
        pattern: The pattern. What it matches must not depend on whether its groups are possessive:
            that only saves memory, and tries that are bound to fail.
        flags: As for :func:`re.compile`.
    """
    return re.compile(pattern if _ARE_RIGHT else without_possessive_groups(pattern), flags)


def without_possessive_groups(pattern: str) -> str:
    """Write a pattern without them; single characters may go on giving nothing back."""
    return _POSSESSIVE_GROUP.sub(r")\g<repeat>", pattern)
