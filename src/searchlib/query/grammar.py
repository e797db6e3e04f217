"""How do the pieces of a query string belong together? Operators, brackets and fields.

From the tightest to the loosest, ``NEAR/n``, ``NOT``, ``AND``, ``OR``, ``ANDNOT``, ``ANDMAYBE`` and
``REQUIRE`` join what stands beside them; what no operator joins is joined last.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from searchlib.query import hints
from searchlib.query.joins import (
    ANY,
    NOTHING,
    Clause,
    all_of,
    any_words_of,
    boosted,
    can_stand_near,
    common_fields,
    excluded,
    operated,
)
from searchlib.query.leaves import LeafReader
from searchlib.query.lexer import BEHIND_NAME, Token, hide_escapes, tokens
from searchlib.query.tree import Near, Query

if TYPE_CHECKING:
    from searchlib.query.tree import Span
    from searchlib.schema.models import FieldSpec

MAX_NESTING: Final = 20
"""How deeply brackets and NOTs may be nested.

OpenSearch has the same limit. Operators make up to eight levels of a tree for one of brackets, so
that a tree is nested less than 200 deep: it can be written as JSON, and whatever walks it ends
before Python's stack does.
"""

MAX_PIECES: Final = 4_000
"""How many words, operators, quotes and brackets a query may have.

20,000 characters of plain text have fewer. It keeps the time for any string below 50 ms.
"""

NEAR_DISTANCE: Final = 10
"""How close the words of ``NEAR(...)`` are that says no distance; SQLite's FTS5 has the same."""

_POWERS: Final = {
    "AND": 5,
    "&&": 5,
    "OR": 4,
    "||": 4,
    "|": 4,
    "ANDNOT": 3,
    "ANDMAYBE": 2,
    "REQUIRE": 1,
}
_ENDS: Final = frozenset({"close", "end"})
_LEAVES: Final = frozenset({"plain", "word", "phrase", "quoted", "range", "regex"})
_ATTACHED: Final = frozenset({"operator", "within", "boost"})
_BEFORE_SIGNS: Final = frozenset({"field", "compare", "open", "operator"})
_LOOKS_LIKE_OPERATOR: Final = frozenset(hints.LOOKS_LIKE_OPERATOR)
_WITH_DISTANCE: Final = re.compile(r"(.*),(\d{1,6})")


class Reading(LeafReader):
    """One query string, as far as it is read.

    Args:
        text: The string.
        names: The fields.
        clock: What relative dates are reckoned from.
        lenient: Whether nothing is raised.
    """

    __slots__ = (
        "_any", "_at", "_chained", "_depth", "_has_or", "_spec", "_tokens", "_too_deep",
    )  # fmt: skip

    def whole(self, *, any_word: bool) -> Query:
        """Read all of it.

        Args:
            any_word: Whether any of the words will do that no operator joins.
        """
        self._at = self._depth = 0
        self._chained = 0  # how often words near each other were taken for a part of others
        self._too_deep = False
        self._spec: FieldSpec | None = None  # the field that what comes next is looked for in
        self._tokens = self._pieces()
        self._any = any_word
        self._has_or = any_word and any(
            token.kind == "operator" and token.text in ANY for token in self._tokens
        )
        clauses = self._clauses()
        while (token := self._peek()).kind == "close":  # a bracket that closes nothing
            self._problem("expected a ( before this )", token, "it is left out")
            self._at += 1
            clauses += self._clauses()
        query = self._joined(clauses, (0, len(self._text)))
        if query is NOTHING:
            self.problem(
                f"expected a word to look for, got {self._text[:80]!r}",
                (0, len(self._text)),
                instead="nothing is found",
            )
        return query

    def _pieces(self) -> list[Token]:
        """Find the pieces of the string, as many as are read."""
        text = hide_escapes(self._text)
        found = tokens(text, self._names.bare, self._names.is_meant, MAX_PIECES)
        if len(found) > MAX_PIECES + 1:
            self.limit(
                f"expected a query of at most {MAX_PIECES} words, operators and brackets, got more",
                (found[MAX_PIECES].start, len(text)),
                instead="the rest is left out",
            )
            del found[MAX_PIECES:-1]
        if text[-1:] == "\\":
            self.problem(
                "expected a character behind this backslash",
                (len(text) - 1, len(text)),
                instead="it is left out",
            )
        return found

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _at_end(self) -> bool:
        """Tell whether there is nothing more in these brackets."""
        return self._tokens[self._at].kind in _ENDS

    def _problem(self, expected: str, token: Token, instead: str, kind: str = "syntax") -> None:
        self.problem(expected, (token.start, token.end), instead=instead, kind=kind)

    def _clauses(self) -> list[Clause]:
        """Read up to a closing bracket, or the end."""
        clauses, pieces = [], self._tokens
        while (kind := (token := pieces[self._at]).kind) not in _ENDS:
            after, required = pieces[self._at + 1].kind, False
            if kind in _LEAVES and after not in _ATTACHED:  # as most are
                self._at += 1
                query = self._leaf(token, self._spec)
            elif (
                kind == "field" and after in _LEAVES and pieces[self._at + 2].kind not in _ATTACHED
            ):
                self._at += 1
                query = self._in_field(token)
            else:
                required = kind == "prefix" and token.text == "+"
                query = self._expression(1)
            clauses.append((query, required))
        return clauses

    def _joined(self, clauses: list[Clause], span: Span) -> Query:
        if len(clauses) == 1:
            return clauses[0][0]
        if not self._any:
            return all_of([query for query, _ in clauses], span)
        is_free = _is_anything if self._has_or else self._is_free_text
        return any_words_of(clauses, is_free, span)

    def _is_free_text(self, leaf: Query) -> bool:
        """Tell whether a leaf is looked for in text."""
        names = getattr(leaf, "fields", ()) or [getattr(leaf, "field", None)]
        return all(name is None or self._names.is_text(self._names.specs[name]) for name in names)

    def _expression(self, power: int) -> Query:
        """Read parts that operators join which bind at least as tightly as this power."""
        begin = self._at
        left = self._first()
        while (operator := self._operator(power)) is not None:
            parts = [left]
            this = _POWERS[operator.text]
            while (same := self._operator(this)) is not None and _POWERS[same.text] == this:
                self._at += 1
                if self._operand_follows(same):
                    parts.append(self._expression(this + 1))
            span = (self._tokens[begin].start, self._tokens[self._at - 1].end)
            left = operated(operator.text, parts, span)
        return left

    def _operator(self, power: int) -> Token | None:
        """Give the operator that comes next, if it binds at least as tightly as this power."""
        token = self._peek()
        if token.kind != "operator" or _POWERS.get(token.text, 0) < power:
            return None
        return token

    def _first(self) -> Query:
        """Read what must stand on the left of an operator."""
        while (token := self._peek()).kind == "operator" and token.text != "NOT":
            self._problem(f"expected a word before {token.text}", token, "it is left out")
            self._at += 1
        return self._unary()

    def _operand_follows(self, operator: Token) -> bool:
        """Make sure that something follows an operator."""
        if self._at_end():
            self._problem(f"expected a word after {operator.text}", operator, "it is left out")
            return False
        return True

    def _unary(self) -> Query:
        """Read a part with what excludes or requires it before it."""
        token = self._peek()
        if token.kind == "plain" and self._tokens[self._at + 1].kind != "within":
            self._at += 1  # as most are
            return self._leaf(token, self._spec)
        if token.kind == "prefix" and (value := self._signed_value()) is not None:
            return self.word(value, self._spec)
        if token.kind == "prefix" and token.text == "+":
            self._at += 1
            return self._unary()
        if token.kind != "prefix" and token.text != "NOT":
            return self._proximity()
        self._at += 1
        if not self._operand_follows(token) or not self._deeper(token):
            return NOTHING
        part = self._unary()
        self._depth -= 1
        return excluded(part, (token.start, self._tokens[self._at - 1].end))

    def _deeper(self, token: Token) -> bool:
        """Go one level down, if that is not too deep."""
        if self._depth >= MAX_NESTING:
            self._report_depth(token)
            return False
        self._depth += 1
        return True

    def _report_depth(self, token: Token) -> None:
        if not self._too_deep:
            self._too_deep = True
            self.limit(
                f"expected at most {MAX_NESTING} nested brackets or NOTs, got more",
                (token.start, token.end),
                instead="what is nested more deeply is read without them",
            )

    def _proximity(self) -> Query:
        """Read parts that must stand close together."""
        begin = self._at
        left = first_part = self._primary()
        while (first := self._peek()).kind == "within":
            parts = [left]
            while (token := self._peek()).kind == "within" and token.text == first.text:
                self._at += 1
                if self._operand_follows(token):
                    parts.append(self._primary())
            if left is not first_part:
                if self._chained >= MAX_NESTING:
                    self._report_depth(first)
                    return left
                self._chained += 1
            name, _, distance = first.text.partition("/")
            span = (self._tokens[begin].start, self._tokens[self._at - 1].end)
            ordered = name.upper() == "PRE"
            left = self._near(parts, max(int(distance), 1), first, span, ordered=ordered)
        return left

    def _near(
        self, parts: list[Query], distance: int, token: Token, span: Span, *, ordered: bool = False
    ) -> Query:
        if len(parts) > 1 and all(map(can_stand_near, parts)):
            near = Near(tuple(parts), distance, ordered, span=span)
            if self._have_places(common_fields(near)):
                hints.at_crowded(near, token, self)
                return near
        self._problem(
            "expected words, phrases or patterns, all of them in the same field of text, for "
            f"{token.text.rstrip('(')}",
            token,
            "both are looked for anywhere",
        )
        return all_of(parts, span)

    def _have_places(self, names: tuple[str, ...] | None) -> bool:
        """Tell whether there is a field, and the words of all of them have places."""
        specs = self._names.specs
        return names is None or (bool(names) and all(self._names.is_text(specs[n]) for n in names))

    def _primary(self) -> Query:
        """Read a part that no operator takes apart."""
        token = self._peek()
        if token.kind in _ENDS:
            return NOTHING
        self._at += 1
        match token.kind:
            case "open":
                return self._bracketed(token)
            case "near":
                return self._called_near(token)
            case "field":
                return self._in_field(token)
            case "within":
                hints.at_proximity(token, self)
                return self._leaf(token, self._spec)
            case "unclosed":
                self._problem('expected a second " to end the phrase', token, "it is left out")
                return NOTHING
            case "operator":
                expected = f"expected a word before {token.text}"
                if token.text == "NOT":
                    expected = "expected a word, phrase or bracket in the place of this NOT"
                self._problem(expected, token, "it is left out")
                return NOTHING
            case "compare" if self._spec is not None and not self._names.is_text(self._spec):
                return self.compared(token, self._value_token(), self._spec)
            case "prefix" | "boost" | "compare":
                return NOTHING
            case _:
                return self._leaf(token, self._spec)

    def _leaf(self, token: Token, spec: FieldSpec | None) -> Query:
        """Read what is one piece, which was taken, with the factor behind it."""
        match token.kind:
            case "plain" | "word" | "within":
                # Told here, as in deep brackets a call for each word takes long.
                if token.text in _LOOKS_LIKE_OPERATOR or token.text[-1:].isdecimal():
                    hints.at_operator(self._tokens, self._at - 1, self)
                if spec is not None and spec.name in self._names.values:
                    hints.at_longer_value(self._tokens, self._at, spec, self._clock, self)
                return self.word(token, spec)
            case "phrase":
                query = self.phrase(token, spec)
            case "quoted":
                query = self.quoted(token, spec)
            case "range":
                query = self.range(token, spec)
            case _:
                query = self.regex(token, self._text, spec)
        return self._with_boost(query, token)

    def _with_boost(self, query: Query, first: Token) -> Query:
        """Apply the factor that stands behind a part, if there is one."""
        token = self._peek()
        if token.kind != "boost" or token.start != self._tokens[self._at - 1].end:
            return query
        self._at += 1
        return boosted(query, float(token.text[1:]), (first.start, token.end))

    def _bracketed(self, opening: Token) -> Query:
        """Read what stands in brackets."""
        if not self._deeper(opening):
            return NOTHING
        clauses = self._clauses()
        self._depth -= 1
        self._close(opening)
        group = self._joined(clauses, (opening.start, self._tokens[self._at - 1].end))
        return self._with_boost(group, opening)

    def _close(self, opening: Token) -> None:
        """Take the bracket that closes another."""
        token = self._peek()
        if token.kind == "end":
            self._problem("expected a ) for this (", opening, "it is read to the end")
            return
        if self._tokens[self._at - 1] is opening:
            self._problem("expected a word before )", token, "the brackets are left out")
        self._at += 1

    def _called_near(self, opening: Token) -> Query:
        """Read ``NEAR(a b c, 5)``."""
        if not self._deeper(opening):
            return NOTHING
        parts: list[Query] = []
        distance = NEAR_DISTANCE
        while self._peek().kind not in _ENDS:
            distance = self._distance_at_end() or distance
            if parts and self._takes_operator():
                continue
            part = NOTHING if self._at_end() else self._unary()
            if part is not NOTHING:
                parts.append(part)
        self._depth -= 1
        self._close(opening)
        span = (opening.start, self._tokens[self._at - 1].end)
        return self._with_boost(self._near(parts, distance, opening, span), opening)

    def _takes_operator(self) -> bool:
        """Tell whether an operator comes next, which no ``NEAR(...)`` has; it is reported."""
        token = self._peek()
        if token.kind != "operator" or token.text == "NOT":
            return False
        expected = "expected words, phrases or patterns with nothing between them in NEAR(...)"
        if token.text in ANY:
            expected += ", or alternatives in brackets of their own: NEAR((a OR b) c)"
        self._problem(expected, token, "it is left out")
        self._at += 1
        return True

    def _distance_at_end(self) -> int | None:
        """Take the distance that stands behind a comma, if it comes next, and a bracket then."""
        last = self._peek()
        if self._tokens[self._at + 1].kind not in _ENDS or not last.text[-1:].isdecimal():
            return None
        if last.text.isdecimal() and self._tokens[self._at - 1].text.endswith(","):
            self._at += 1
            return max(int(last.text[:6]), 1)
        found = _WITH_DISTANCE.fullmatch(last.text) if last.kind == "word" else None
        if found is None:
            return None
        self._tokens[self._at] = replace(last, text=found[1], end=last.start + len(found[1]))
        self._at += not found[1]
        return max(int(found[2]), 1)

    def _in_field(self, token: Token) -> Query:
        """Read what is looked for in a field."""
        name = token.text.rstrip(BEHIND_NAME)
        spec = self._names.specs.get(name)
        following = self._tokens[self._at]
        fits = following.kind == "plain" or (
            following.kind in _LEAVES and self._depth < MAX_NESTING
        )
        if fits and spec is not None:  # as most are
            self._at += 1
            return self._leaf(following, spec)
        if spec is None:
            self._report_field(name, token)
        if self._at_end():
            expected = f"expected what to look for in {name!r}, behind the colon"
            self._problem(expected, token, "it is left out", kind="field")
            return NOTHING
        if not self._deeper(token):
            return NOTHING
        before, self._spec = self._spec, spec
        query = self._behind_field(spec)
        self._spec = before
        self._depth -= 1
        return query

    def _report_field(self, name: str, token: Token) -> None:
        if not self.is_full:  # to find what may be meant takes long
            explained = self._names.explain(name)
            self._problem(explained, token, "it is looked for everywhere", kind="field")

    def _behind_field(self, spec: FieldSpec | None) -> Query:
        """Read what stands behind the colon of a field, and is no plain word."""
        token = self._peek()
        if token.kind == "compare" and spec is not None:
            self._at += 1
            return self.compared(token, self._value_token(), spec)
        return self._unary() if token.kind == "prefix" else self._primary()

    def _signed_value(self) -> Token | None:
        """Take a value with its sign as one word; ``None`` if it excludes, as in ``(5 -3)``."""
        sign, value = self._tokens[self._at : self._at + 2]
        if (
            sign.text == "!"
            or self._tokens[self._at - 1].kind not in _BEFORE_SIGNS
            or value.kind not in ("plain", "word")
            or not self._names.is_signed(self._spec, value.text)
        ):
            return None
        self._at += 2
        text = ("+" if sign.text == "+" else "-") + value.text
        return Token("word", text, sign.start, value.end)

    def _value_token(self) -> Token | None:
        """Take a value, with a sign before it, as one word; ``None`` if there is none."""
        sign = self._peek()
        if sign.kind == "prefix":
            return self._signed_value()
        if sign.kind not in ("plain", "word", "phrase", "quoted"):
            return None
        self._at += 1
        quoted = sign.kind in ("phrase", "quoted")
        return Token("word", sign.text[1:-1] if quoted else sign.text, sign.start, sign.end)


def _is_anything(_: Query) -> bool:
    """Take all leaves for alternatives: an OR says that it is meant so."""
    return True
