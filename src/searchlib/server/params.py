"""Which parameters has a call of the API? One definition reads them and describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from searchlib.frozen import frozen
from searchlib.search.neighbours import RERANKS
from searchlib.search.ranking_texts import fields_of, ranking_of
from searchlib.search.typos import TYPOS
from searchlib.server.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.server.settings import Settings
    from searchlib.server.state import Pairs


@frozen(kw_only=True)
class Param:
    """A parameter of a call.

    Attributes:
        name: Its name.
        says: What it means.
        kind: The type of its value.
        many: Whether it may be given several times.
        default: Its value if it is not given.
        least: The lowest number, or the fewest characters of a text: 1, if it is not said.
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
                if not text and self._fewest:
                    raise Refusal(400, f"expected a value for {self.name}: {self.says}")
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

    @property
    def _fewest(self) -> int | None:
        """The lowest number, or the fewest characters: a text that is empty says nothing."""
        is_text = self.kind == "string" and not self.choices
        return 1 if self.least is None and is_text else self.least

    def _unfit(self, expected: str, text: str) -> Refusal:
        return Refusal(400, f"expected {self.name} to be {expected}, got {text[:80]!r}")

    def _schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": self.kind}
        least, most = (
            ("minLength", "maxLength") if self.kind == "string" else ("minimum", "maximum")
        )
        if self._fewest is not None:
            schema[least] = self._fewest
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


_WORDS: Final = (
    Param(
        name="typos",
        says="Whether words also find words like them: one typo from 5 letters on, two from 9.",
        choices=TYPOS,
        default="off",
    ),
    Param(
        name="synonyms",
        says="Whether words also find their synonyms, if the index has some.",
        kind="boolean",
        default=True,
    ),
)
"""What words also stand for."""


def matching_in(values: dict[str, Any]) -> dict[str, Any]:
    """Give what :func:`hit_params` describes to a search.

    Raises:
        QueryError: A field or a weight can't be read.
    """
    return {"fields": fields_of(values["fields"]), **_words_in(values)}


def _words_in(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("typos", "synonyms")}


def hit_params(settings: Settings, searched: str = "fields") -> tuple[Param, ...]:
    """Describe what besides the query decides which hits there are.

    Args:
        settings: The limits.
        searched: What the parameter is called that says where to search.
    """
    return (
        Param(
            name=searched,
            says="Where to search if the query names no field: names with commas between them, "
            "each with a weight behind ^ or without: title^3,body.",
            most=settings.max_query,
        ),
        *_WORDS,
    )


COLLAPSE: Final = Param(
    name="collapse",
    says='One hit of each group: "copies", or a field with one label for each article.',
    most=200,
)
RANKING: Final = (
    Param(
        name="sort",
        says="Fields to sort by, with commas between them, with - before one for the highest "
        "first; or score.",
        many=True,
        most=200,
    ),
    Param(
        name="missing",
        says="With sort: where articles come that have no value to sort by; last by default.",
        choices=("last", "first"),
    ),
    Param(
        name="recency",
        says="Let new articles count for more: FIELD:HALF-LIFE[:WEIGHT], such as published:30d.",
        many=True,
        most=200,
    ),
    COLLAPSE,
    Param(
        name="best",
        says="With collapse: how many of each group are hits; 1 by default.",
        kind="integer",
        least=1,
        most=100,
    ),
    Param(
        name="rerank",
        says="Smooth the scores of the best hundred hits over those most like them.",
        choices=RERANKS,
    ),
)
"""What decides the scores of hits, and their order."""


def ranking_in(values: dict[str, Any], searched: str = "fields") -> dict[str, Any]:
    """Give what :func:`hit_params` and :data:`RANKING` describe to a search.

    Raises:
        QueryError: A value is something else, or has no effect without another.
    """
    ranking = ranking_of(
        sorts=values["sort"],
        missing=values["missing"],
        recencies=values["recency"],
        searched=values[searched],
        collapse=values["collapse"],
        best=values["best"],
    )
    return {**ranking, **_words_in(values), "rerank": values["rerank"]}


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
