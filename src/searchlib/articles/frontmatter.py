"""What stands above the text of a Markdown file, between two fences?

``---`` fences hold YAML, ``+++`` fences hold TOML; JSON needs none. It must be a table of keys and
values. Scalars in YAML are read as in JSON: numbers, ``true``, ``false`` and ``null`` are what they
seem to be and everything else is text, so that dates keep their spelling for
:mod:`searchlib.articles.dates` and the language ``no`` is not ``False``. A number that would change
its spelling, such as 1.10, is text too. Anchors and aliases are
refused, since a few lines of them can unfold to gigabytes.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from datetime import date, time
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from searchlib.articles.text import UnusableError

if TYPE_CHECKING:
    from collections.abc import Hashable

    import yaml
    from pydantic import JsonValue
    from yaml.nodes import MappingNode, Node, ScalarNode

FRONT_MATTER_LIMIT = 64 * 1024
"""The most characters that front matter may have."""

_FIRST = 100  # characters in which a text begins
_OPENING = re.compile(r"(?:[ \t]*\n){0,20}(---|\+\+\+)[ \t]*\n")
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
}
# A rule at the head of a text is no fence: a key, a comment or the other fence must follow, on the
# next line, for to YAML a heading would be a comment, and lost.
_BEGINS_TABLE = re.compile(r"(?:#[^\n]*\n\s*)*(?:[\"']?[\w.-][^\n]*?[:=]|[\[{]|---|\+\+\+)")


class FrontMatter(NamedTuple):
    """Front matter and what comes after it.

    Attributes:
        values: The keys and values, as JSON has them.
        text: The text below the second fence.
        line: The number of the line that this text begins on.
    """

    values: dict[str, JsonValue]
    text: str
    line: int


def split_front_matter(text: str) -> FrontMatter | None:
    """Read the front matter of a text, or return ``None`` if it has none.

    Raises:
        UnusableError: It has some that can't be read.
    """
    opening = _OPENING.match(text)
    if opening is None and text[:_FIRST].lstrip()[:1] == "{":
        return _split_json(text)
    closing = opening and _CLOSING[opening[1]].search(text, opening.end())
    if not opening or not closing or not _BEGINS_TABLE.match(text, opening.end()):
        return None
    block = text[opening.end() : closing.start()]
    if len(block) > FRONT_MATTER_LIMIT:
        raise UnusableError(
            f"expected front matter of at most {FRONT_MATTER_LIMIT >> 10} KiB, got "
            f"{len(block) >> 10}; put what is long into the text",
            1,
        )
    above = text.count("\n", 0, opening.end())  # lines, with that of the fence
    table = _read_yaml(block, above) if opening[1] == "---" else _read_toml(block)
    if not isinstance(table, dict):
        return None  # prose between two rules
    line = text.count("\n", 0, closing.end()) + 1
    return FrontMatter(table, text[closing.end() :], line)


def _split_json(text: str) -> FrontMatter | None:
    """Split off an object of JSON that begins a text and ends with its line."""
    begin = len(text) - len(text.lstrip())
    try:
        table, end = json.JSONDecoder().raw_decode(text[: begin + FRONT_MATTER_LIMIT], begin)
        values = _to_json(table)
    except (ValueError, RecursionError):
        return None  # a text that begins with a brace
    line_end = text.find("\n", end)
    if not isinstance(values, dict) or not values or line_end < 0 or text[end:line_end].strip():
        return None
    return FrontMatter(values, text[line_end + 1 :], text.count("\n", 0, line_end + 1) + 1)


def _read_toml(block: str) -> JsonValue:
    try:
        return _to_json(tomllib.loads(block))
    except (ValueError, RecursionError) as error:
        raise UnusableError(_complain("TOML", error), 1) from None


def _read_yaml(block: str, above: int) -> JsonValue:
    try:
        import yaml
    except ImportError:
        raise UnusableError(
            "front matter in YAML needs PyYAML, which is not installed: "
            "pip install 'searchlib[markdown]'",
            1,
        ) from None
    try:
        return _to_json(_loader()(block).get_single_data())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = above if mark is None else mark.line + above + 1
        raise UnusableError(_complain("YAML", error.problem), line) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnusableError(_complain("YAML", error), 1) from None


@cache
def _loader() -> type[yaml.SafeLoader]:
    """Make the YAML loader when it is first needed: PyYAML is an optional extra."""
    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {}  # noqa: RUF012 - as PyYAML declares it

        def compose_node(self, parent: Node | None, index: int) -> Node | None:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
                reason = "anchors, aliases and tags are not allowed; write the value out"
                raise yaml.MarkedYAMLError(problem=reason, problem_mark=event.start_mark)
            return super().compose_node(parent, index)

        def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
            mapping = super().construct_mapping(node, deep)
            if len(mapping) < len(node.value):
                reason = "a key occurs twice; remove one"
                raise yaml.MarkedYAMLError(problem=reason, problem_mark=node.start_mark)
            return mapping

    def construct_float(loader: Loader, node: ScalarNode) -> float | str:
        number = loader.construct_yaml_float(node)
        return number if str(number) == node.value else node.value

    Loader.add_constructor("tag:yaml.org,2002:float", construct_float)
    for kind, pattern, first in _SCALARS:
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(pattern), first)
    return Loader


_SCALARS = (
    ("null", r"(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?$", list("-0123456789")),
)


def _to_json(value: object) -> JsonValue:
    """Turn what YAML and TOML have into what JSON has; dates become text again."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)  # TOML has nan and inf
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, list):
        return [_to_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _to_json(item) for key, item in value.items()}
    raise ValueError(f"{value!r} can't be stored as JSON")


def _complain(language: str, error: object) -> str:
    what = "it nests too deep" if isinstance(error, RecursionError) else error
    return f"expected front matter in {language}, got what can't be read: {what}"
