"""Which terms does a word, phrase or pattern stand for in one field?

A query holds words as they are written. Here they become what a field's index has: one or more
positions, and for each of them the alternatives that may stand there. An alternative is a term, or
a pattern of terms (a ``Prefix``, ``Wildcard``, ``Regex``, ``Fuzzy`` or ``Range`` of
:mod:`searchlib.query.tree` whose texts are terms already).
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import replace
from functools import lru_cache
from itertools import chain, product
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Final

from searchlib.analysis import (
    analyze,
    pattern_terms,
    stop_terms,
    terms_of,
    token_pattern,
    tokenize,
)
from searchlib.analysis.terms import without_half_characters
from searchlib.query.begun_words import stems_of_begun
from searchlib.query.similar_stems import stems_of_similar
from searchlib.query.tree import (
    WORD_QUERIES,
    Fuzzy,
    Near,
    Phrase,
    Prefix,
    Query,
    Range,
    Wildcard,
    Word,
)
from searchlib.schema.markers import Keyword, Text
from searchlib.schema.values import flag_text, label_term, text_of

if TYPE_CHECKING:
    from searchlib.schema.models import FieldSpec

Alternatives = tuple[str | Query, ...]
"""Terms, and patterns of terms, of which any may stand at a position."""

ANY_TERM: Final = Wildcard("*")

# A letter that stands for a part of a pattern while its text is split into tokens: one that
# analyzers leave as it is, and that is in no text worth searching.
_STAND_IN: Final = "\ua78f"
_ONE_TOKEN: Final = re.compile(r"(?=[*?]*+[A-Za-z0-9])[A-Za-z0-9*?]++")
_SPECIAL: Final = re.compile(r"\*|\?|\[[^\]]*\]")

_ALL_TRIED, _SOME_TRIED = 2, 5
"""In the place of so many specials of a pattern, the last ones, all letters or some are tried."""

_SHORTEST_SIMILAR: Final = 4
"""How many letters a piece of a similar word has that may be another, unless it is the last one."""

_SOME_LETTERS: Final = "eb"  # to a stemmer, all that counts far from the end is what is a vowel


def field_terms(
    leaf: Query, spec: FieldSpec, *, verbatim: bool = False, gaps: bool = False
) -> list[Alternatives]:
    """Find the terms of a leaf of a query in a text, keyword or key field.

    Args:
        leaf: A ``Word``, ``Phrase``, ``Prefix``, ``Wildcard``, ``Regex``, ``Fuzzy`` or ``Range``.
        spec: The field.
        verbatim: Whether its texts are terms already.
        gaps: Whether a star that is a token of its own at an end of a pattern, as in "covid-*", is
            any word. Else it says nothing.

    Returns:
        The alternatives for each position, in order; none for a text without words.
    """
    if verbatim:
        return _verbatim(leaf)
    if isinstance(spec.marker, Text):
        languages = spec.languages
        if len(languages) == 1:
            row = _in_text(leaf, languages[0])
        else:
            row = _together([_in_text(leaf, language) for language in languages])
        has_stars = not gaps and type(leaf) is not Word and type(leaf) is not Phrase
        return _without_stars_at_ends(row) if has_stars else row
    return [(_in_label(leaf, spec),)]


def _together(rows: list[list[Alternatives]]) -> list[Alternatives]:
    """Put what stands at a position in any of several languages together.

    Texts are cut into tokens in the same way in all languages, so their rows are equally long.
    """
    places = zip(*rows, strict=True)
    return [tuple(dict.fromkeys(chain.from_iterable(terms))) for terms in places]


def stop_word_in(leaf: Query, spec: FieldSpec) -> list[bool]:
    """Tell whether a leaf is a stop word, in each language of a text field that has any.

    Args:
        leaf: As for :func:`field_terms`.
        spec: The field; none but one of text has stop words.
    """
    found = []
    for language in spec.languages:
        stops = stop_terms(language)
        if stops:
            row = _without_stars_at_ends(_in_text(leaf, language))
            found.append(len(row) == 1 and row[0][0] in stops)
    return found


def row_with_gaps(near: Near, spec: FieldSpec, *, verbatim: bool) -> list[Alternatives]:
    """Find the terms of words that follow one another, where any word may stand between some.

    Args:
        near: A ``Near``.
        spec: A text field.
        verbatim: As for :func:`field_terms`.

    Returns:
        The alternatives for each position, among them :data:`ANY_TERM`; none if the parts need
        not follow one another, or there is no such position between two others.
    """
    if (
        not near.ordered
        or near.distance > 1
        or not all(type(p) in WORD_QUERIES for p in near.parts)
    ):
        return []
    if any(isinstance(part, Phrase) and part.slop > 1 for part in near.parts):
        return []
    terms = [
        [(ANY_TERM,)] if _is_star(part) else field_terms(part, spec, verbatim=verbatim, gaps=True)
        for part in near.parts
    ]
    row = _without_stars_at_ends([*chain.from_iterable(terms)])
    return row if (ANY_TERM,) in row else []


def _is_star(part: Query) -> bool:
    return isinstance(part, Wildcard) and {*part.pattern} == {"*"}


def label_of(value: object, spec: FieldSpec) -> str:
    """Find the term of a label in a keyword field, or of a key."""
    if isinstance(spec.marker, Keyword):
        label = label_term(value, spec.marker.lowercase)
        if spec.kind == "bool":
            return flag_text(label)
        named = spec.value_named(label) if spec.members else None
        return label if named is None else label_term(named, spec.marker.lowercase)
    return text_of(value)


def _verbatim(leaf: Query) -> list[Alternatives]:
    match leaf:
        case Word(text=text):
            return [(text,)]
        case Phrase(text=text):
            return [(word,) for word in text.split(" ")]
        case _:
            return [(leaf,)]


def _in_label(leaf: Query, spec: FieldSpec) -> str | Query:
    match leaf:
        case Word(text=text) | Phrase(text=text):
            return label_of(text, spec)
        case Prefix(text=text):
            return Prefix(label_of(text, spec))
        case Wildcard(pattern=pattern):
            return Wildcard(label_of(pattern, spec))
        case Fuzzy(text=text):
            return replace(leaf, text=label_of(text, spec), fields=())
        case Range(low=low, high=high):
            low, high = (None if bound is None else label_of(bound, spec) for bound in (low, high))
            return replace(leaf, low=low, high=high)
        case _:
            return leaf


def _in_text(leaf: Query, language: str | None) -> list[Alternatives]:
    match leaf:
        case Word(text=text) if text.isalnum() and text.isascii():  # one token, as most are
            return [terms_of(language)(text)]
        case Word(text=text) | Phrase(text=text):
            return [*analyze(text, language)]
        case Prefix(text=text) if text.isalnum() and text.isascii():
            return [_begun(text, language)]
        case Prefix(text=text):
            return _pattern(f"{text}*", language)
        case Wildcard(pattern=pattern) if _ONE_TOKEN.fullmatch(pattern):
            return [_pattern_alternatives(pattern, language)]
        case Wildcard(pattern=pattern):
            return _pattern(pattern, language)
        case Fuzzy(text=text):
            tokens = tokenize(text)
            return [
                _similar(token, leaf, language)
                if place == len(tokens) or len(token) >= _SHORTEST_SIMILAR
                else terms_of(language)(token)
                for place, token in enumerate(tokens, 1)
            ]
        case Range(low=low, high=high):
            low, high = (_term_of_bound(bound, language) for bound in (low, high))
            return [(replace(leaf, low=low, high=high),)]
        case _:
            return [(leaf,)]


def _similar(token: str, leaf: Fuzzy, language: str | None) -> Alternatives:
    """Find what a token may have been meant for."""
    texts = terms_of(language)(token)
    stems: tuple[str, ...] = ()
    if leaf.edits:
        [bare] = terms_of(None)(token)
        texts = tuple(dict.fromkeys([*texts, bare]))
        stems = stems_of_similar(bare, language, leaf.prefix_length)
    return (*(replace(leaf, text=text, fields=()) for text in texts), *stems)


def _term_of_bound(bound: Any, language: str | None) -> str | None:
    if bound is None:
        return None
    return pattern_terms(str(bound), language)[0]


def _pattern(pattern: str, language: str | None) -> list[Alternatives]:
    """Find the terms of a text with patterns in it: each is a pattern of the token it is in."""
    text = without_half_characters(pattern.replace(_STAND_IN, ""))
    specials = iter(_SPECIAL.findall(text))
    term_of = terms_of(language)
    found: list[tuple[Alternatives, int, int]] = []
    for match in token_pattern().finditer(_SPECIAL.sub(_STAND_IN, text)):
        first, *rest = match.group().split(_STAND_IN)
        token = first + "".join(next(specials) + text for text in rest)
        terms: Alternatives = _pattern_alternatives(token, language) if rest else term_of(token)
        found.append((terms, *match.span()))
    return _without_needless_stars(found)


def _begun(beginning: str, language: str | None) -> Alternatives:
    """Find the terms of the words that begin with a text."""
    [bare] = pattern_terms(beginning, None)
    return (Prefix(bare), *stems_of_begun(bare, language))


def _pattern_alternatives(pattern: str, language: str | None) -> Alternatives:
    if not pattern.strip("*"):
        return (ANY_TERM,)
    if pattern.endswith("*") and not _SPECIAL.search(pattern[:-1]):
        return _begun(pattern[:-1], language)
    return _stemmed_patterns(pattern, language)


@lru_cache(maxsize=256)
def _stemmed_patterns(pattern: str, language: str | None) -> tuple[Wildcard, ...]:
    """Find patterns of the stems of the words that a pattern stands for.

    A stemmer knows endings of words: that of "driving", but none of "driv?ng". So words are made of
    the pattern, with each letter that may stand in the place of its last specials, and stemmed.
    What stems have in common that differ in these letters alone is a pattern.
    """
    [bare] = pattern_terms(pattern, None)
    found = dict.fromkeys([bare])
    if language is not None:
        found |= dict.fromkeys(pattern_terms(pattern, language))
        for common, stems in _stems_of_words(pattern, language).items():
            found[common if len(stems) > 1 else min(stems)] = None
    # A stemmer may leave no letter, as the French one of "*s", or none behind the last star: with
    # "min*" for "min*s", words with any ending would be found.
    return tuple(
        Wildcard(one) for one in found if one == bare or (one.strip("*?") and one[-1] != "*")
    )


def _stems_of_words(pattern: str, language: str) -> dict[str, set[str]]:
    """Find stems of words that a pattern stands for, by what they have in common."""
    found: dict[str, set[str]] = {}
    after_stars = pattern.rfind("*") + 1
    slots = [*_SPECIAL.finditer(pattern, after_stars)][-_SOME_TRIED:]
    bounds = [slot.start() for slot in slots] + [len(pattern)]
    tails = [pattern[slot.end() : end] for slot, end in zip(slots, bounds[1:], strict=True)]
    specials = [slot.group() for slot in slots]
    choices = [fnmatch.filter(ascii_lowercase, special) for special in specials]
    for place in range(len(choices) - _ALL_TRIED):
        choices[place] = fnmatch.filter(_SOME_LETTERS, specials[place]) or choices[place][:1]
    for letters in product(*choices) if slots else ():
        word, places = pattern[: bounds[0]], []
        for letter, tail in zip(letters, tails, strict=True):
            places.append(len(word))
            word += letter + tail
        for stem in pattern_terms(word, language):
            common = stem
            for place, letter, special in reversed([*zip(places, letters, specials, strict=True)]):
                if common[place : place + 1] == letter:
                    common = common[:place] + special + common[place + 1 :]
            found.setdefault(common, set()).add(stem)
    return found


def _without_needless_stars(found: list[tuple[Alternatives, int, int]]) -> list[Alternatives]:
    """Leave out stars that say nothing, next to a character of an unspaced script.

    Such a character is a token, so that "北*京" is the phrase of both.
    """
    ends = {end for terms, _, end in found if terms != (ANY_TERM,)}
    starts = {start for terms, start, _ in found if terms != (ANY_TERM,)}
    return [
        terms
        for terms, start, end in found
        if terms != (ANY_TERM,) or not (start in ends or end in starts)
    ]


def _without_stars_at_ends(row: list[Alternatives]) -> list[Alternatives]:
    words = [place for place, terms in enumerate(row) if terms != (ANY_TERM,)]
    return row[words[0] : words[-1] + 1] if words else []
