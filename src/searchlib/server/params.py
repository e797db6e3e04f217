"""Which parameters has a call of the API? One definition reads them and describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from searchlib.server.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.server.settings import Settings
    from searchlib.server.state import Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A parameter of a call.

    Attributes:
        name: Its name.
        says: What it means.
        kind: The type of its value.
        many: Whether it may be given several times.
        default: Its value if it is not given.
        least: The lowest number.
        most: The highest number, or the most characters of a text.
        choices: The texts that it may be.
        required: Whether it must be given.
    """

    name: str
    says: str
    kind: Literal["string", "integer", "boolean"] = "string"
    many: bool = False
    default: Any = None
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    required: bool = False

    def to_json(self) -> dict[str, Any]:
        """Describe it as OpenAPI does."""
        one = self._schema()
        schema = {"type": "array", "items": one, "maxItems": MOST_VALUES} if self.many else one
        if self.required and self.many:
            schema["minItems"] = 1
        return {
            "name": self.name,
            "in": "query",
            "description": self.says,
            "required": self.required,
            "schema": schema,
        }

    def read(self, texts: Sequence[str]) -> Any:
        """Read what was given.

        Raises:
            Refusal: It is something else.
        """
        if not texts:
            if self.required:
                raise Refusal(400, f"expected the parameter {self.name}: {self.says}")
            return [] if self.many else self.default
        if self.many:
            if len(texts) > MOST_VALUES:
                raise Refusal(400, f"expected {self.name} at most {MOST_VALUES} times")
            return [self._value(text) for text in texts]
        if len(texts) > 1:
            raise Refusal(400, f"expected {self.name} once, got it {len(texts)} times")
        return self._value(texts[0])

    def _value(self, text: str) -> Any:
        match self.kind:
            case "integer":
                return self._number(text)
            case "boolean":
                if text not in ("true", "false"):
                    raise self._unfit("true or false", text)
                return text == "true"
            case _:
                if self.choices and text not in self.choices:
                    raise self._unfit(f"one of {', '.join(self.choices)}", text)
                if self.most is not None and len(text) > self.most:
                    raise self._unfit(f"at most {self.most:,} characters", text)
                if self.least is not None and len(text) < self.least:
                    raise self._unfit(f"at least {self.least} characters", text)
                return text

    def _number(self, text: str) -> int:
        bounds = f"a whole number from {self.least} to {self.most}"
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
            raise self._unfit(bounds, text)
        number = int(text)
        if self.least is not None and number < self.least:
            raise self._unfit(bounds, text)
        if self.most is not None and number > self.most:
            raise self._unfit(bounds, text)
        return number

    def _unfit(self, expected: str, text: str) -> Refusal:
        return Refusal(400, f"expected {self.name} to be {expected}, got {text[:80]!r}")

    def _schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": self.kind}
        least, most = (
            ("minLength", "maxLength") if self.kind == "string" else ("minimum", "maximum")
        )
        if self.least is not None:
            schema[least] = self.least
        if self.most is not None:
            schema[most] = self.most
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.default is not None:
            schema["default"] = self.default
        return schema


MOST_VALUES = 50
"""How often a parameter may be given."""


def read_params(params: Sequence[Param], pairs: Pairs) -> dict[str, Any]:
    """Read the parameters of a call.

    Raises:
        Refusal: One is unknown, missing, or something else.
    """
    known = {param.name for param in params}
    for name, _ in pairs:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise Refusal(400, f"unknown parameter {name[:80]!r}; there are {there}")
    return {
        param.name: param.read([value for name, value in pairs if name == param.name])
        for param in params
    }


def filter_param(settings: Settings) -> Param:
    """Describe what narrows the hits."""
    return Param(
        name="filter",
        says="What hits must match besides: FIELD=VALUE, FIELD!=VALUE, FIELD>=VALUE, "
        "FIELD=FROM..TO, or a query.",
        many=True,
        most=settings.max_query,
    )


def part_params(settings: Settings) -> tuple[Param, Param]:
    """Describe which of the hits are wanted."""
    most = settings.max_page_size
    return (
        Param(name="limit", says="How many hits.", kind="integer", default=10, least=0, most=most),
        Param(
            name="offset",
            says="How many of the best hits to skip.",
            kind="integer",
            default=0,
            least=0,
            most=settings.max_offset,
        ),
    )


CHARS: Final = Param(
    name="chars",
    says="How long a snippet may be.",
    kind="integer",
    default=240,
    least=20,
    most=5000,
)
