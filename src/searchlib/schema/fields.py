"""What is a field of a schema? Its name, its marker and the type of its values, also as JSON."""

from __future__ import annotations

from dataclasses import asdict, field, fields
from typing import TYPE_CHECKING, Any, Final, Literal, Self, get_args

from searchlib.analysis import terms_of
from searchlib.errors import SchemaError
from searchlib.frozen import frozen
from searchlib.schema.markers import AUTO, Date, Key, Keyword, Marker, Number, Stored, Text
from searchlib.schema.values import known_by_text

if TYPE_CHECKING:
    from searchlib.analysis import Languages

Kind = Literal["str", "int", "float", "decimal", "bool", "date", "datetime", "json"]
"""The type of a field's values, as far as the index knows it."""

MARKERS: Final[dict[str, type[Marker]]] = {
    "key": Key, "text": Text, "keyword": Keyword, "date": Date, "number": Number, "stored": Stored,
}  # fmt: skip
NAMES: Final = {marker: name for name, marker in MARKERS.items()}
KINDS: Final[dict[type[Marker], tuple[Kind, ...]]] = {
    Key: ("str", "int"),
    Text: ("str",),
    Keyword: ("str", "bool", "int"),
    Date: ("date", "datetime"),
    Number: ("int", "float", "decimal"),
}
"""The types that go with each marker; any goes with that which is not here."""

BINDING: Final[dict[type[Marker], tuple[str, ...]]] = {
    Text: ("language",),
    Keyword: ("lowercase",),
}
"""The options that change what is written of a document: an index keeps them until it is made anew.

A stored field names those of its options (``"binding"``), so that an earlier searchlib knows which
of those that it does not know it may ignore.
"""


_MOST_TOLD: Final = 10


@frozen
class FieldSpec:
    """One field: its name, how it is indexed, and what it holds.

    Attributes:
        name: The name in the model, in queries and in results; of a field of a nested model with
            the names of those around it and dots.
        marker: How it is indexed.
        kind: The type of its values.
        many: Whether it holds a list of them.
        found: The languages of its texts in an index, where each document is in its own.
        members: The names of the members of an enumeration, and the texts of their values, for
            queries: ``level:HIGH``. They change nothing that is written of a document.
        loose: Whether documents may have more in it than what ``kind`` and ``many`` say: numbers
            and bools beside text, whole numbers beside decimals, one value in the place of a list.
        languages: The languages that a word of a query is looked for in; none but for text.
    """

    name: str
    marker: Marker
    kind: Kind
    many: bool = False
    found: Languages = ()
    members: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    loose: bool = field(default=False, compare=False)
    languages: Languages = field(init=False, compare=False)

    def __post_init__(self) -> None:
        languages: Languages = ()
        if isinstance(self.marker, Text):
            language = None if self.marker.language == AUTO else self.marker.language
            languages = self.found or (language,)
        object.__setattr__(self, "languages", languages)

    @property
    def is_nested(self) -> bool:
        """Whether it is a field of a model in a field."""
        return "." in self.name

    @property
    def is_mixed(self) -> bool:
        """Whether it holds texts that are each analysed in their own language."""
        return isinstance(self.marker, Text) and self.marker.language == AUTO

    @property
    def column_kind(self) -> Kind:
        """The type of its values where they stand in a column of numbers: decimals are floats."""
        return "float" if self.kind == "decimal" else self.kind

    @property
    def label_types(self) -> tuple[type, ...]:
        """Of what types, besides text, a label or a key may be."""
        match self.kind:
            case "bool":
                return (bool,)
            case "int":
                return (int,)
            case _:
                return (*known_by_text(), *((int, bool) if self.loose else ()))

    def value_named(self, text: str) -> str | None:
        """Find the value of the member of an enumeration with a name.

        Case makes no difference, but where it does for the labels of the field. There is none for
        a text that is a value itself.
        """
        is_exact = isinstance(self.marker, Keyword) and not self.marker.lowercase
        fold = str if is_exact else str.casefold
        written = fold(text)
        if any(written == fold(value) for _, value in self.members):
            return None
        return next((value for name, value in self.members if fold(name) == written), None)

    def names_told(self, text: str) -> str:
        """Say which names an enumeration has, unless a text is one of them or a value."""
        known = {one.casefold() for member in self.members for one in member}
        if not known or text.casefold() in known:
            return ""
        names = [name for name, _ in self.members]
        more = ", ..." if len(names) > _MOST_TOLD else ""
        return f"there is {', '.join(names[:_MOST_TOLD])}{more}"

    def to_json(self) -> dict[str, Any]:
        """Write the field as an object of JSON."""
        head = {"name": self.name, "index": NAMES[type(self.marker)]}
        binding = BINDING.get(type(self.marker))
        tail: dict[str, Any] = {"binding": list(binding)} if binding else {}
        if self.members:
            tail["members"] = dict(self.members)
        if self.loose:
            tail["loose"] = True
        return {**head, "type": self.kind, "many": self.many, **asdict(self.marker), **tail}

    @classmethod
    def from_json(cls, spec: dict[str, Any]) -> Self:
        """Read a field from an object of JSON.

        An option that is not there has its default. One that this searchlib does not know is
        ignored, unless the field says that it changes what is written of a document.

        Raises:
            SchemaError: It is not the specification of a field, or one of a later searchlib whose
                documents are written in another way.
        """
        match spec:
            case {"name": str(name), "index": str(index), "type": kind, "many": bool(many), **rest}:
                marker = MARKERS.get(index)
                if marker and kind in get_args(Kind):
                    options = _options(rest, marker)
                    members = rest.get("members", {})
                    if options is not None and isinstance(members, dict):
                        named = tuple((str(one), str(value)) for one, value in members.items())
                        loose = rest.get("loose") is True
                        return cls(name, marker(**options), kind, many, (), named, loose)
        raise SchemaError(f"expected the specification of a field, got {spec!r:.200}")

    def describe(self) -> str:
        """Write the field as it would stand in a model."""
        given = [
            f"{field.name}={getattr(self.marker, field.name)!r}"
            for field in fields(self.marker)
            if getattr(self.marker, field.name) != field.default
        ]
        kind = f"list[{self.kind}]" if self.many else self.kind
        return f"{kind}, {type(self.marker).__name__}({', '.join(given)})"


def _options(given: dict[str, Any], marker: type[Marker]) -> dict[str, Any] | None:
    """Take the options of a marker that are known, or ``None`` if one is of another type.

    Raises:
        SchemaError: One that is not known changes what is written.
    """
    binding = given.get("binding", [])
    known = {field.name: field for field in fields(marker)}
    later = [name for name in binding if name not in known] if isinstance(binding, list) else []
    if later:
        raise SchemaError(
            f"expected options of {marker.__name__}() that this searchlib knows, got {later[0]!r}, "
            "which changes how documents are written: upgrade searchlib to use the index"
        )
    options = {name: value for name, value in given.items() if name in known}
    for name, value in options.items():
        may_be_none = marker is Text and name == "language" and value is None
        if type(value) is not type(known[name].default) and not may_be_none:
            return None
    return options


def check(spec: FieldSpec) -> None:
    """Make sure that a field can be what it says.

    Raises:
        SchemaError: Its name or an option can't be used, or it has several values where the index
            has one.
    """
    marker = spec.marker
    for name in spec.name.split("."):
        if name.startswith("_") or not name.isidentifier():
            raise SchemaError(f"expected a field name that queries can use, got {spec.name!r}")
    if isinstance(marker, Text):
        terms_of(None if marker.language == AUTO else marker.language)
        if not 0 < marker.boost < float("inf"):
            raise SchemaError(f"field {spec.name!r}: expected a boost above 0, got {marker.boost}")
    if spec.many and isinstance(marker, Key | Date | Number):
        raise SchemaError(
            f"field {spec.name!r}: expected one value for {type(marker).__name__}(), got a list; "
            "mark the list Stored(), or numbers Keyword()"
        )
