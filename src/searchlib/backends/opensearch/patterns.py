"""How does OpenSearch write patterns of terms? Wildcards and regular expressions, translated.

Python's regular expressions are matched from the beginning of a term; Lucene's match all of it, and
know less. What they do not know is refused.
"""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, Final

from searchlib.backends.opensearch.nodes import NOTHING, Node
from searchlib.errors import QueryTooCostly, UnsupportedError
from searchlib.query.leaves import MAX_EDITS
from searchlib.query.regexes import compiled_regex, expect_length
from searchlib.query.tree import Fuzzy, Prefix, Query, Range, Regex, Wildcard

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SIMILAR: Final = 1000
"""For how many terms a word with typos may stand, on each shard."""

_SPECIAL: Final = re.compile(r"([^\w])", re.ASCII)
_SPECIAL_OR_NOT: Final = re.compile(r"\[(?P<not>!?)(?P<letters>[^\]]+)\]|.", re.DOTALL)
_BEGINNINGS: Final = ((codes.AT, codes.AT_BEGINNING), (codes.AT, codes.AT_BEGINNING_STRING))
_ENDS: Final = ((codes.AT, codes.AT_END), (codes.AT, codes.AT_END_STRING))


def pattern_node(path: str, pattern: str | Query) -> Node:
    """Write a term, or a pattern of terms.

    Args:
        path: The field of the server.
        pattern: A pattern whose texts are terms already.

    Raises:
        UnsupportedError: It has something that OpenSearch does not know.
        QueryTooCostly, QuerySyntaxError: As for an index in a folder.
    """
    match pattern:
        case str():
            return {"term": {path: {"value": pattern}}}
        case Prefix(text=text):
            return {"prefix": {path: {"value": text}}}
        case Wildcard(pattern=text) if "[" not in text:
            expect_length(text)
            return {"wildcard": {path: {"value": text.replace("\\", "\\\\")}}}
        case Wildcard(pattern=text):
            expect_length(text)
            return _regexp(path, _SPECIAL_OR_NOT.sub(_piece_of_wildcard, text))
        case Regex(pattern=text):
            return _regex(path, text)
        case Fuzzy():
            return _fuzzy(path, pattern)
        case Range(low=low, high=high):
            bounds = {
                "gte" if pattern.include_low else "gt": low,
                "lte" if pattern.include_high else "lt": high,
            }
            there = {name: bound for name, bound in bounds.items() if bound is not None}
            return {"range": {path: there}} if there else {"exists": {"field": path}}
        case _:
            raise TypeError(f"expected a pattern of terms, got {pattern!r}")


def _fuzzy(path: str, query: Fuzzy) -> Node:
    if query.edits > MAX_EDITS:
        raise QueryTooCostly(
            f"expected at most {MAX_EDITS} edits of {query.text!r}, got {query.edits}"
        )
    if not query.edits:
        return {"term": {path: {"value": query.text}}}
    return {
        "fuzzy": {
            path: {
                "value": query.text,
                "fuzziness": query.edits,
                "prefix_length": query.prefix_length,
                "max_expansions": MOST_SIMILAR,
                "transpositions": True,
                "rewrite": "constant_score",
            }
        }
    }


def _piece_of_wildcard(found: re.Match[str]) -> str:
    """Write a star, a question mark, a set of letters or a letter as an expression has it."""
    piece = found.group()
    if piece in ("*", "?"):
        return ".*" if piece == "*" else "."
    if len(piece) == 1:
        return _letter(ord(piece))
    letters = "".join(one if one == "-" else _letter(ord(one)) for one in found["letters"])
    return f"[{'^' if found['not'] else ''}{letters}]"


def _regex(path: str, pattern: str) -> Node:
    tree = compiled_regex(pattern).tree
    written, ends = _written(list(tree), pattern, top=True)
    value = written if ends else f"{written}.*"
    return _regexp(path, value, ignores_case=bool(tree.state.flags & re.IGNORECASE))


def _regexp(path: str, value: str, *, ignores_case: bool = False) -> Node:
    said = {"value": value, "flags": "NONE", "case_insensitive": ignores_case}
    return {"regexp": {path: said}} if value else NOTHING


def _written(tree: list[tuple[Any, Any]], pattern: str, *, top: bool) -> tuple[str, bool]:
    """Write an expression, and tell whether it ends where the term does."""
    ends = top and bool(tree) and tree[-1] in _ENDS
    parts = tree[:-1] if ends else tree
    parts = parts[1:] if top and parts and parts[0] in _BEGINNINGS else parts
    return "".join(_one(operation, argument, pattern) for operation, argument in parts), ends


def _one(operation: Any, argument: Any, pattern: str) -> str:
    match operation:
        case codes.LITERAL:
            return _letter(argument)
        case codes.NOT_LITERAL:
            return f"[^{_letter(argument)}]"
        case codes.ANY:
            return "."
        case codes.IN:
            return _set(argument, pattern)
        case codes.BRANCH:
            return f"({'|'.join(_inner(part, pattern) for part in argument[1])})"
        case codes.SUBPATTERN:
            return f"({_inner(argument[-1], pattern)})"
        case codes.MAX_REPEAT | codes.MIN_REPEAT:
            least, most, part = argument
            end = "" if most is codes.MAXREPEAT else most
            return f"({_inner(part, pattern)}){{{least},{end}}}"
        case _:
            raise _unknown(pattern, str(operation).lower())


def _inner(part: Iterable[tuple[Any, Any]], pattern: str) -> str:
    return _written(list(part), pattern, top=False)[0]


def _set(items: list[tuple[Any, Any]], pattern: str) -> str:
    negated = items[0][0] is codes.NEGATE
    written = []
    for operation, argument in items[negated:]:
        if operation is codes.LITERAL:
            written.append(_letter(argument))
        elif operation is codes.RANGE:
            written.append(f"{_letter(argument[0])}-{_letter(argument[1])}")
        elif (operation, argument) == (codes.CATEGORY, codes.CATEGORY_DIGIT):
            written.append("0-9")
        else:
            raise _unknown(pattern, "a class of letters such as \\w")
    return f"[{'^' if negated else ''}{''.join(written)}]"


def _letter(code: int) -> str:
    letter = chr(code)
    return _SPECIAL.sub(r"\\\1", letter) if letter.isascii() else letter


def _unknown(pattern: str, what: str) -> UnsupportedError:
    return UnsupportedError(
        f"expected a regular expression of letters, ., [...], |, (), *, +, ? and {{}} for "
        f"OpenSearch, got {pattern!r} with {what}"
    )
