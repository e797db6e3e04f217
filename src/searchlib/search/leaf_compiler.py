"""What is to be done for a leaf of a query: a word, phrase, pattern or value?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from searchlib.analysis import stop_terms, terms_of
from searchlib.errors import QueryError, QueryTooCostly
from searchlib.postings import MAX_WORDS, WordPostings
from searchlib.query.field_terms import (
    ANY_TERM,
    field_terms,
    label_of,
    row_with_gaps,
)
from searchlib.query.joins import alternatives, common_fields, counted_parts
from searchlib.query.tree import (
    Exists,
    Fuzzy,
    Near,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Regex,
    Term,
    Wildcard,
    Word,
)
from searchlib.schema.markers import Date, Number, Text
from searchlib.search.boolean import Disjunction
from searchlib.search.constant import MatchAll
from searchlib.search.expansion import expansion, term_bytes
from searchlib.search.leaf_fields import LeafFields, is_everything, says_nothing
from searchlib.search.matcher import Matcher, MatchNone
from searchlib.search.multiterm import MultiTermMatcher
from searchlib.search.near import AnyPlaces, NearMatcher, NearPlaces, PhrasePlaces, PlacesInField
from searchlib.search.phrase_matchers import (
    ExactPhrase,
    ExactPhraseMatcher,
    PhraseInField,
    PhraseMatcher,
    sum_of_idfs,
)
from searchlib.search.positions import AnyOfTerms, terms_in_segments
from searchlib.search.ranges import RangeMatcher
from searchlib.search.term_matchers import FieldWord, TermMatcher, WordMatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from searchlib.query.field_terms import Alternatives
    from searchlib.query.field_values import Clock
    from searchlib.schema.models import DocumentSchema, FieldSpec
    from searchlib.search.index_view import IndexView
    from searchlib.search.leaf_fields import FieldGroup, Fields
    from searchlib.search.near import Places
    from searchlib.search.positions import Positions
    from searchlib.search.term_matchers import Terms
    from searchlib.search.term_postings import TermLookup, TermPostings

    _WordsOf = Callable[[Query, FieldSpec], list[Positions | None]]
    _Row = tuple[FieldGroup, list[Alternatives]]
    _Phrase = ExactPhrase | list[PhraseInField]

MAX_PLACED_TERMS: Final = 4096
"""For how many terms of a segment's field a pattern may stand within a phrase."""

_Leaf = Word | Phrase | Prefix | Wildcard | Regex | Fuzzy | Range


class LeafCompiler(LeafFields):
    """Makes matchers of the leaves of queries.

    Args:
        index: Where terms are looked up.
        lookup: Looks a term of a field up.
        schema: The fields.
        clock: What relative dates are reckoned from.
    """

    def __init__(
        self, index: IndexView, lookup: TermLookup, schema: DocumentSchema, clock: Clock
    ) -> None:
        super().__init__(schema, clock)
        self._index = index
        self._lookup = lookup
        self._searched: Final = tuple(schema.default_fields.items())  # searches may differ in it

    def word(
        self, word: Word, boost: float, *, keep_stop_words: bool, verbatim: bool
    ) -> Matcher | None:
        """Make the matcher of a word; ``None`` if it says nothing, as a stop word."""
        written = (word.text, word.fields or self._searched, keep_stop_words, verbatim)
        matcher: Matcher | None = self._index.nodes.get(written)
        if matcher is None:
            matcher = self._new_word(word, 1.0, keep_stop_words, verbatim)
            if type(matcher) is WordMatcher:  # which has no value, such as "today", in it
                self._index.keep(written, matcher)
        if type(matcher) is WordMatcher:
            return matcher.boosted(boost)
        return matcher if boost == 1.0 else self._new_word(word, boost, keep_stop_words, verbatim)

    def _new_word(
        self, word: Word, boost: float, keep_stop_words: bool, verbatim: bool
    ) -> Matcher | None:
        text = word.text
        usual = None if word.fields or keep_stop_words or verbatim else self.default_group
        if usual is not None and text.isalnum() and text.isascii():
            return self._plain_word(text, usual, boost)
        fields: Fields = ()
        terms: Terms = ()
        others: list[Matcher] = []
        rows: list[_Row] = []
        for group in self.groups(word):
            if group.is_value:
                others += self._values(word, group, boost, verbatim)
                continue
            elements = field_terms(word, group.spec, verbatim=verbatim)
            if len(elements) > 1:
                rows.append((group, elements))
            elif elements and (
                keep_stop_words or verbatim or not says_nothing(word, group.spec, elements[0])
            ):
                texts = tuple(map(term_bytes, elements[0]))
                if isinstance(group.spec.marker, Text):
                    fields += group.fields
                    terms += (texts,) * len(group.fields)
                else:
                    others += [self._label(name, texts[0], boost) for name, _ in group.fields]
        parts = [self._word(fields, terms, boost), *others] if fields else others
        if rows:
            parts.append(self._phrase_matcher(self._phrase(rows, word), 1, boost))
        return self._any(parts) if parts else None

    def _plain_word(self, text: str, group: FieldGroup, boost: float) -> WordMatcher | None:
        """Make the same of a word of one term, as most are, in fewer steps."""
        [language] = group.spec.languages
        [term] = terms_of(language)(text)
        if term in stop_terms(language):
            return None
        texts = (term.encode(),)
        found = self._index.word_finder(group.fields).find(texts * len(group.fields))
        terms = (texts,) * len(group.fields)
        return WordMatcher(self._index, found, self, group.fields, terms, boost)

    def _values(self, word: Word, group: FieldGroup, boost: float, verbatim: bool) -> list[Matcher]:
        """Make the matchers of a word that is looked for in date or number fields."""
        return [
            self.term(Term(name, word.text), boost * factor, verbatim=verbatim)
            for name, factor in group.fields
        ]

    def _any(self, parts: Sequence[Matcher]) -> Matcher:
        if len(parts) == 1:
            return parts[0]
        return Disjunction(self._index, parts) if parts else MatchNone(self._index)

    def _label(self, field: str, text: bytes, boost: float) -> TermMatcher:
        """Make the matcher of a label or key, or find the one that was made before."""
        key = (field, text, boost)
        matcher: TermMatcher | None = self._index.nodes.get(key)
        if matcher is None:
            matcher = TermMatcher(self._index, self._lookup(field, text), boost)
            self._index.keep(key, matcher)
        return matcher

    def _word(self, fields: Fields, terms: Terms, boost: float) -> WordMatcher:
        """Make the matcher of a word of text fields."""
        found = self._postings(fields, terms)
        return WordMatcher(self._index, found, self, fields, terms, boost)

    def _postings(self, fields: Fields, terms: Terms) -> WordPostings:
        """Find the postings of a word in all its fields."""
        if max(map(len, terms)) == 1:
            return self._index.word_finder(fields).find([some[0] for some in terms])
        scoring = self._index.scoring
        words = self.words_in(fields, terms)
        found = [one for word in words for one in word.term.in_field(word.boost)]
        return WordPostings(found, scoring.k1, scoring.b)

    def words_in(self, fields: Fields, terms: Terms) -> list[FieldWord]:
        """Look up a word in each of its fields.

        Args:
            fields: Text fields.
            terms: The terms that stand for it in each.
        """
        return [
            FieldWord(name, self._term_of(name, some), factor)
            for (name, factor), some in zip(fields, terms, strict=True)
        ]

    def _term_of(self, field: str, texts: tuple[bytes, ...]) -> TermPostings | AnyOfTerms:
        if len(texts) == 1:
            return self._lookup(field, texts[0])
        return AnyOfTerms(
            self._index, field, terms_in_segments(self._index, field, expansion(texts))
        )

    def phrase(
        self, phrase: Phrase, boost: float, *, keep_stop_words: bool, verbatim: bool
    ) -> Matcher | None:
        """Make the matcher of a phrase; ``None`` if it says nothing."""
        written = ("phrase", phrase.text, phrase.slop, phrase.fields or self._searched, verbatim)
        found: _Phrase | None = self._index.nodes.get(written)
        if found is None:
            rows = self._rows(phrase, verbatim)
            found = self._phrase(rows, phrase, phrase.slop) if rows else []
            self._index.keep(written, found)
        if found:
            return self._phrase_matcher(found, phrase.slop, boost)
        word = Word(phrase.text, phrase.fields)
        return self.word(word, boost, keep_stop_words=keep_stop_words, verbatim=verbatim)

    def _rows(self, phrase: Phrase, verbatim: bool) -> list[_Row]:
        """Find what a phrase is in each group of fields; nothing for a single word."""
        found = []
        for group in self.groups(phrase):
            self.expect_text(group.spec, phrase)
            elements = field_terms(phrase, group.spec, verbatim=verbatim)
            if len(elements) > 1:
                found.append((group, elements))
        return found

    def _phrase(self, rows: Sequence[_Row], query: Query, slop: int = 1) -> _Phrase:
        """Find the words of a phrase: in all fields, where that can be, or else in each."""
        if slop == 1 and (places := _common_places(rows)):
            fields = tuple(field for group, _ in rows for field in group.fields)
            finder = self._index.word_finder(fields)
            words = [finder.find(_terms_at(place, rows)) for place in places]
            return ExactPhrase(fields, finder, words, places, rows[0][1])
        return [
            PhraseInField(name, [self._position(name, one, query) for one in elements], factor)
            for group, elements in rows
            for name, factor in group.fields
        ]

    def _phrase_matcher(self, found: _Phrase, slop: int, boost: float) -> Matcher:
        if isinstance(found, ExactPhrase):
            return ExactPhraseMatcher(self._index, found, boost)
        return PhraseMatcher(self._index, found, slop, boost)

    def _position(self, field: str, alternatives: Alternatives, query: Query) -> Positions | None:
        """Find what may stand at a position of a phrase; ``None`` for any word."""
        if len(alternatives) == 1 and isinstance(alternatives[0], str):
            return self._lookup(field, term_bytes(alternatives[0]))
        if alternatives == (ANY_TERM,):
            return None
        found = terms_in_segments(self._index, field, expansion(alternatives))
        if any(len(some.ordinals) > MAX_PLACED_TERMS for some in found):
            raise QueryTooCostly(
                f"expected the pattern of {query!r} to stand for at most {MAX_PLACED_TERMS:,} "
                "terms beside other words, got more; begin it with more letters"
            )
        return AnyOfTerms(self._index, field, found)

    def pattern(
        self, leaf: Prefix | Wildcard | Regex | Fuzzy, boost: float, *, verbatim: bool
    ) -> Matcher | None:
        """Make the matcher of a pattern; ``None`` if it says nothing."""
        parts: list[Matcher] = []
        fields: Fields = ()
        terms: Terms = ()
        rows: list[_Row] = []
        for group in self.groups(leaf):
            if group.is_value:
                name = group.spec.name
                raise QueryError(f"expected a text or label field for {leaf!r}, got {name!r}")
            elements = field_terms(leaf, group.spec, verbatim=verbatim)
            if len(elements) > 1:
                rows.append((group, elements))
            elif elements and {*map(type, elements[0])} == {str}:
                # A star beside it said nothing.
                texts = tuple(map(term_bytes, elements[0]))
                fields += group.fields
                terms += (texts,) * len(group.fields)
            elif elements:
                parts += self._patterns(group.fields, elements[0], boost, leaf)
        if fields:
            parts.append(self._word(fields, terms, boost))
        if rows:
            parts.append(self._phrase_matcher(self._phrase(rows, leaf), 1, boost))
        return self._any(parts) if parts else None

    def _patterns(
        self,
        fields: Fields,
        alternatives: Alternatives,
        boost: float,
        leaf: Query,
    ) -> list[Matcher]:
        """Make the matchers of documents that have any term of some patterns, for each field."""
        if any(map(is_everything, alternatives)):
            return [MatchAll(self._index, name, boost * factor) for name, factor in fields]
        find = expansion(alternatives)
        return [
            MultiTermMatcher(self._index, name, find, boost * factor, leaf)
            for name, factor in fields
        ]

    def term(self, query: Term, boost: float, *, verbatim: bool = False) -> Matcher:
        """Make the matcher of a value: a label, key, number or date."""
        spec = self.spec(query.field)
        if isinstance(spec.marker, Date | Number):
            return self._between(query, spec, boost)
        if isinstance(spec.marker, Text):
            word = Word(str(query.value), (spec.name,))
            found = self.word(word, boost, keep_stop_words=True, verbatim=verbatim)
            return MatchNone(self._index) if found is None else found
        label = str(query.value) if verbatim else label_of(query.value, spec)
        return self._label(spec.name, term_bytes(label), boost)

    def range(self, query: Range, boost: float, *, verbatim: bool) -> Matcher:
        """Make the matcher of the values, or terms, from one to another."""
        spec = self.spec(query.field)
        if isinstance(spec.marker, Date | Number):
            return self._between(query, spec, boost)
        if query.low is None and query.high is None:
            return MatchAll(self._index, spec.name, boost)
        [alternatives] = field_terms(query, spec, verbatim=verbatim)
        [matcher] = self._patterns(((spec.name, 1.0),), alternatives, boost, query)
        return matcher

    def _between(self, query: Term | Range, spec: FieldSpec, boost: float) -> Matcher:
        return RangeMatcher(self._index, spec.name, self.bounds(query, spec), boost, query)

    def exists(self, query: Exists, boost: float) -> Matcher:
        """Make the matcher of all documents that have something in a field."""
        return MatchAll(self._index, self.spec(query.field).name, boost)

    def near(self, query: Near, boost: float, *, verbatim: bool) -> Matcher | None:
        """Make the matcher of what stands close together; ``None`` if it says nothing."""
        names = common_fields(query)
        fields = self.default_specs if names is None else [(self.spec(n), 1.0) for n in names]
        if not fields:
            raise QueryError(f"expected parts in the same field, got {query!r}")

        @cache  # for the places and for the idf: looking for the terms of patterns takes long
        def words_of(leaf: Query, spec: FieldSpec) -> list[Positions | None]:
            return self._words(leaf, spec, verbatim)

        found = []
        for spec, factor in fields:
            self.expect_text(spec, query)
            places = self._any_places(query, spec, words_of, verbatim)
            if places is not None:
                found.append(PlacesInField(spec.name, places, factor))
        if not found:
            return None
        idf = self._idf(query, [spec for spec, _ in fields], words_of)
        return NearMatcher(self._index, found, idf, boost, query)

    def _idf(self, query: Query, specs: Sequence[FieldSpec], words_of: _WordsOf) -> float:
        """Find how much it tells that something is there, in any of some fields.

        The words of phrases, and what stands close together, are added up; of several things any
        of which may be there, the one that tells least counts.
        """
        match query:
            case Near(parts=parts):
                return sum(self._idf(part, specs, words_of) for part in parts)
            case Or(parts=parts):
                return min((self._idf(part, specs, words_of) for part in parts), default=0.0)
            case _:
                return sum_of_idfs(self._index, [words_of(query, spec) for spec in specs])

    def _words(self, query: Query, spec: FieldSpec, verbatim: bool) -> list[Positions | None]:
        """Find what stands at each position of a word, phrase or pattern in a field."""
        elements = field_terms(query, spec, verbatim=verbatim)
        if elements == [(ANY_TERM,)]:
            return []
        return [self._position(spec.name, one, query) for one in elements]

    def _any_places(
        self, near: Near, spec: FieldSpec, words_of: _WordsOf, verbatim: bool
    ) -> Places | None:
        found = alternatives(near, lambda leaf: bool(words_of(leaf, spec)))
        return self._places(Or(tuple(found)), spec, words_of, verbatim)

    def _places(
        self, query: Query, spec: FieldSpec, words_of: _WordsOf, verbatim: bool
    ) -> Places | None:
        """Find where something is in a field; ``None`` if it says nothing."""
        match query:
            case Near():
                return self._near_places(query, spec, words_of, verbatim)
            case Or(parts=parts):
                found = [self._places(part, spec, words_of, verbatim) for part in parts]
                there = [places for places in found if places is not None]
                return AnyPlaces(there, self._index.doc_count) if there else None
            case Word() | Phrase() | Prefix() | Wildcard() | Regex() | Fuzzy():
                words = words_of(query, spec)
                slop = query.slop if isinstance(query, Phrase) else 1
                return PhrasePlaces(self._index, words, slop) if words else None
            case _:
                raise QueryError(
                    "expected words, phrases, patterns, or any of such close together, "
                    f"got {query!r}"
                )

    def _near_places(
        self, query: Near, spec: FieldSpec, words_of: _WordsOf, verbatim: bool
    ) -> Places | None:
        row = row_with_gaps(query, spec, verbatim=verbatim)
        if row:
            words = [self._position(spec.name, one, query) for one in row]
            return PhrasePlaces(self._index, words, 1)
        parts = counted_parts(query)
        places_of = {
            part: self._places(part, spec, words_of, verbatim) for part, _ in dict.fromkeys(parts)
        }
        found = [(places_of[part], count) for part, count in parts]
        there = [(places, count) for places, count in found if places is not None]
        if not there:
            return None
        if len(there) == 1 and there[0][1] == 1:
            return there[0][0]
        return NearPlaces(
            [places for places, _ in there],
            [count for _, count in there],
            query.distance,
            ordered=query.ordered,
        )


def _common_places(rows: Sequence[_Row]) -> list[int]:
    """Find the places of a phrase at which single terms stand, if they are those of all rows.

    Nothing where any term of several may stand at one, or where there are too many.
    """
    found: list[list[int]] = []
    for _, elements in rows:
        places = []
        for place, one in enumerate(elements):
            if len(one) == 1 and isinstance(one[0], str):
                places.append(place)
            elif one != (ANY_TERM,):
                return []
        found.append(places)
    common = found[0]
    return common if len(common) <= MAX_WORDS and found.count(common) == len(found) else []


def _terms_at(place: int, rows: Sequence[_Row]) -> list[bytes]:
    """Give the term that stands at a place of a phrase, for each field."""
    found: list[bytes] = []
    for group, elements in rows:
        found += [term_bytes(elements[place][0])] * len(group.fields)
    return found
