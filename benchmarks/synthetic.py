"""What does an archive of any size look like? Invented news articles, the same for the same seed.

They imitate what matters to a search engine: few words make up most of the text and new ones keep
coming (78,000 different ones in the bodies of 10,000 articles, 905,000 in those of a million), a
rare word that is in an article tends to be there again, some words go together, and articles
differ in length, date, category and typography. Nothing here depends on the machine: the raw bits
of numpy's PCG64 and exactly rounded arithmetic are the same everywhere.

    python -m benchmarks.synthetic 200000 articles.jsonl.gz --seed 1
"""
# ruff: noqa: SIM905 - a list of words is easier to read and to change as text

from __future__ import annotations

import argparse
import gzip
import json
import math
import multiprocessing
import os
from datetime import date, timedelta
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from searchlib.arrays import BoolArray, Float64Array, Int64Array

_BLOCK: Final = 500  # articles made at a time
_PART: Final = 20 * _BLOCK  # articles that a process makes at a time

# The commonest words of English news, with how often each comes in ten thousand words.
_FUNCTION_WORDS: Final = dict(
    item.split(":")
    for item in (
        "the:580 of:285 to:275 and:245 in:225 a:220 said:85 that:95 for:98 on:78 is:80 it:70 "
        "was:66 with:65 by:60 at:55 as:58 from:46 be:45 have:42 are:43 has:42 he:55 an:33 "
        "not:33 will:32 but:35 its:30 his:34 they:30 which:24 had:27 were:25 would:27 this:27 "
        "or:20 who:23 their:22 been:23 more:22 we:22 after:17 about:20 i:25 one:19 up:17 "
        "also:14 than:15 there:15 new:15 other:13 all:14 out:13 year:13 last:13 no:12 when:14 "
        "you:15 two:12 could:11 if:12 over:10 can:11 people:9 some:11 into:10 first:9 what:10 "
        "she:12 her:12 so:9 time:8 only:8 them:8 against:7 before:6 because:6 under:5 between:5 "
        "most:6 while:6 where:6 during:5 such:5 any:6 may:6 made:6 government:6 company:6 "
        "president:6 state:5 years:8 million:7 week:5 per:4"
    ).split()
)

_CONTENT_WORDS: Final = 3_000_000  # more than any archive will use
_KNEE: Final = 3_500  # where frequencies begin to fall faster than 1 / rank
_NUMBERS: Final = 4_000
_NUMBER_SHARE: Final = 0.025
_REPEATED_SHARE: Final = 0.25  # of content words, one that the article has had before
_COLLOCATED_SHARE: Final = 0.06
_TOPICAL_SHARE: Final = 0.3
_TITLE_WORDS: Final = 8
_MEAN_WORDS: Final = 350
_SPREAD: Final = 0.6  # standard deviation of the logarithm of an article's length
_TYPOGRAPHIC_SHARE: Final = 0.22  # of articles with curly quotes and dashes
_ACCENTED_EVERY: Final = 331  # of the rare words one with an accent

_CATEGORIES: Final = (
    "politics world business sport markets health science technology crime courts energy "
    "education culture travel weather transport defence environment housing labour farming media "
    "religion obituaries"
).split()
_SOURCES: Final = (
    "Continental Press,Harbour News Agency,The Morning Ledger,Evening Standard Wire,Capital Post,"
    "Northern Echo,City Desk,Coastal Tribune,The Observer Weekly,Radio Monitor,Market Line,"
    "Island Gazette"
).split(",")
_PLACES: Final = (
    "usa uk france germany japan china india russia brazil canada italy spain mexico egypt kenya "
    "nigeria turkey iran iraq israel greece poland norway sweden chile peru ghana cuba laos nepal"
).split()

# What stands between two words, and how often: first as typed, then as printed.
_SEPARATORS: Final = (
    (" ", 0.868, " "),
    (", ", 0.060, ", "),
    (". ", 0.030, ". "),
    (".\n\n", 0.018, ".\n\n"),
    ("-", 0.006, "-"),
    ("'s ", 0.008, "’s "),
    (' "', 0.004, " “"),
    ('," ', 0.003, ",” "),
    (" -- ", 0.002, " — "),
    (" (", 0.0005, " ("),
    (") ", 0.0005, ") "),
)
_ENDS_SENTENCE: Final = np.array([". " in typed or "\n" in typed for typed, *_ in _SEPARATORS])

_SYLLABLES: Final = (
    "ba be bo ca co cu da de di do fa fi fo ga go gra ha he hu ja jo ka ki la le li lo lu ma me mi "
    "mo mu na ne ni no pa pe pi po pra ra re ri ro ru sa se si so sta su ta te ti to tra tu va ve "
    "vi vo wa we win yo za ban bel bor can cor dan den der fer gan hal han kel lan lin man mar men "
    "mon nal nor pan pel per pol ran ren ron sal san ser sol tan ten ter tor val ven ver vin wal "
    "wen wor zan bri cla dro fre glo"
).split()
_SUFFIXES: Final = ("", "", "", "", "", "s", "ed", "ing")
_ACCENTED: Final = str.maketrans("aeioucn", "áéíöüçñ")


def generate(count: int, seed: int = 1, first: int = 0) -> Iterator[dict[str, Any]]:
    """Invent articles. An article depends on its number and the seed alone.

    Args:
        count: How many.
        seed: Any whole number from 0 on.
        first: The number of the first one.

    Yields:
        Articles with ``id``, ``title``, ``body``, ``published`` (as in "2019-05-31"),
        ``categories``, ``source`` and ``places``: about 2,000 characters or 350 words each.
    """
    words, shares = _words(), _content_shares()
    number, start = divmod(first, _BLOCK)
    blocks = range(number, -(-(first + count) // _BLOCK))
    articles = (_block(seed, number, words, shares) for number in blocks)
    yield from islice(chain.from_iterable(articles), start, start + count)


def generate_lines(count: int, seed: int = 1) -> Iterator[bytes]:
    """Invent many articles in as many processes as there are CPUs.

    Yields:
        The articles of :func:`generate` in their order as JSON, one on each line, many at a time.
    """
    parts = [(min(_PART, count - first), seed, first) for first in range(0, count, _PART)]
    processes = min(os.cpu_count() or 1, len(parts))
    if processes < 2:
        yield from map(_lines, parts)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(_lines, parts)


def _lines(part: tuple[int, int, int]) -> bytes:
    articles = generate(*part)
    return b"".join(
        json.dumps(article, ensure_ascii=False).encode() + b"\n" for article in articles
    )


class _Random:
    """Numbers drawn in a way that no version of numpy will change."""

    def __init__(self, *seed: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(seed))

    def uniform(self, size: int) -> Float64Array:
        """Draw from [0, 1)."""
        bits: Any = self._bits.random_raw(size)
        return np.asarray(bits >> np.uint64(11), dtype=np.float64) * 2.0**-53

    def normal(self, size: int) -> Float64Array:
        """Draw from (nearly) the normal distribution: a sum of 12 needs no logarithm."""
        draws: Float64Array = self.uniform(12 * size).reshape(size, 12).sum(axis=1) - 6.0
        return draws

    def whole(self, size: int, end: int) -> Int64Array:
        """Draw whole numbers below ``end``."""
        return (self.uniform(size) * end).astype(np.int64)

    def choice(self, size: int, shares: Float64Array) -> Int64Array:
        """Draw by shares, given as their running sum."""
        drawn: Int64Array = np.searchsorted(shares, self.uniform(size) * shares[-1], side="right")
        return drawn


def _running(weights: Any) -> Float64Array:
    return np.cumsum(np.asarray(weights, dtype=np.float64))


@cache
def _content_shares() -> Float64Array:
    """Sum up frequencies: Zipf and Mandelbrot's law up to the knee, a steeper fall after it."""
    rank = np.arange(_CONTENT_WORDS, dtype=np.float64)
    beyond = np.maximum(rank / _KNEE, 1.0)
    # Square roots are exactly rounded on every machine, which powers are not.
    return _running(1.0 / ((rank + 30.0) * np.sqrt(beyond) * np.sqrt(np.sqrt(beyond))))


class _Words(dict[int, str]):
    """The text of a word by its number, times two, plus one for a capital letter.

    Numbers count through function words, then numerals, then content words by rank.
    """

    first_content: Final = len(_FUNCTION_WORDS) + _NUMBERS

    def __missing__(self, key: int) -> str:
        number, capital = divmod(key, 2)
        word = self[key - 1].capitalize() if capital else self._spell(number)
        self[key] = word
        return word

    def _spell(self, number: int) -> str:
        if number < len(_FUNCTION_WORDS):
            return list(_FUNCTION_WORDS)[number]
        if number < self.first_content:
            return _numeral(number - len(_FUNCTION_WORDS))
        return _invented(number - self.first_content)


@cache
def _words() -> _Words:
    return _Words()


def _numeral(number: int) -> str:
    if number < 100:
        return str(number + 1)
    if number < 150:
        return str(1975 + number - 100)
    if number < 1500:
        return f"{number % 90}.{number % 7}"
    return f"{number % 600 + 1},{number:03}"[:7]


def _invented(rank: int) -> str:
    """Make a pronounceable word, of which three in eight are another form of a neighbour."""
    form = rank % len(_SUFFIXES)
    rest = rank - form + form % 5
    syllables: list[str] = []
    while rest or len(syllables) < 2:
        rest, syllable = divmod(rest, len(_SYLLABLES))
        syllables.append(_SYLLABLES[(syllable * 37 + 11 * len(syllables)) % len(_SYLLABLES)])
    word = "".join(syllables) + _SUFFIXES[form]
    if rank > _KNEE and rank % _ACCENTED_EVERY == 0:
        return word.translate(_ACCENTED)
    return word


def _block(
    seed: int, number: int, words: _Words, content_shares: Float64Array
) -> Iterator[dict[str, Any]]:
    random = _Random(seed, number)
    lengths = _lengths(random)
    topics = random.choice(_BLOCK, _zipf_shares(len(_CATEGORIES)))
    tokens = _tokens(random, lengths, topics, content_shares)
    separators = random.choice(len(tokens), _running([share for _, share, _ in _SEPARATORS]))
    capital = random.uniform(len(tokens)) < 0.06
    capital[1:] |= _ENDS_SENTENCE[separators[:-1]]
    keys = (tokens * 2 + capital).tolist()
    facts = _facts(random, topics)
    printed = (random.uniform(_BLOCK) < _TYPOGRAPHIC_SHARE).tolist()
    start = 0
    for index, end in enumerate(np.cumsum(lengths).tolist()):
        between = _PRINTED if printed[index] else _TYPED
        headline = map(words.__getitem__, [key | 1 for key in keys[start : start + _TITLE_WORDS]])
        start += _TITLE_WORDS
        body = [""] * (2 * (end - start))
        keys[start] |= 1
        body[::2] = map(words.__getitem__, keys[start:end])
        body[1::2] = map(between.__getitem__, separators[start:end].tolist())
        body[-1] = "."
        start = end
        yield {
            "id": f"s{seed}-{number * _BLOCK + index:08d}",
            "title": " ".join(headline),
            "body": "".join(body),
            **next(facts),
        }


_TYPED: Final = [typed for typed, _, _ in _SEPARATORS]
_PRINTED: Final = [printed for _, _, printed in _SEPARATORS]


def _lengths(random: _Random) -> Int64Array:
    """Draw the number of words of each article, of log-normal distribution, and of its title."""
    shift = -_SPREAD * _SPREAD / 2
    draws = random.normal(_BLOCK).tolist()
    words = [round(_MEAN_WORDS * math.exp(_SPREAD * draw + shift)) for draw in draws]
    return np.array([max(count, 12) + _TITLE_WORDS for count in words], dtype=np.int64)


def _zipf_shares(count: int) -> Float64Array:
    return _running(1.0 / (np.arange(count) + 2.0))


def _tokens(
    random: _Random, lengths: Int64Array, topics: Int64Array, content_shares: Float64Array
) -> Int64Array:
    """Draw the words of articles one after another, as numbers for :class:`_Words`."""
    size = int(lengths.sum())
    content = random.uniform(size) >= _FUNCTION_SHARE + _NUMBER_SHARE
    tokens = np.zeros(size, dtype=np.int64)
    drawn = random.choice(int(content.sum()), content_shares)
    tokens[content] = _Words.first_content + drawn
    _make_topical(random, tokens, np.repeat(topics, lengths))
    _repeat_words(random, tokens, content, lengths)
    _collocate(random, tokens, content)
    other = np.flatnonzero(~content)
    is_number = random.uniform(len(other)) < _NUMBER_SHARE / (_FUNCTION_SHARE + _NUMBER_SHARE)
    function = random.choice(len(other), _FUNCTION_SHARES)
    squared = random.uniform(len(other)) * random.uniform(len(other))  # small ones are commoner
    numbers = len(_FUNCTION_WORDS) + (squared * _NUMBERS).astype(np.int64)
    tokens[other] = np.where(is_number, numbers, function)
    return tokens


_FUNCTION_SHARES: Final = _running(list(map(int, _FUNCTION_WORDS.values())))
_FUNCTION_SHARE: Final = float(_FUNCTION_SHARES[-1]) / 10_000


def _make_topical(random: _Random, tokens: Int64Array, topics: Int64Array) -> None:
    """Move some words to the nearest one that belongs to the topic, in place."""
    rank = tokens - _Words.first_content
    chosen = (rank > 200) & (random.uniform(len(tokens)) < _TOPICAL_SHARE)
    topical = rank - rank % len(_CATEGORIES) + topics
    tokens[chosen] = _Words.first_content + topical[chosen]


def _repeat_words(
    random: _Random, tokens: Int64Array, content: BoolArray, lengths: Int64Array
) -> None:
    """Put in place of some content words an earlier one of the same article, in place."""
    place = np.arange(len(tokens))
    start = np.repeat(np.cumsum(lengths) - lengths, lengths)
    earlier = start + (random.uniform(len(tokens)) * (place - start)).astype(np.int64)
    repeated = content & content[earlier] & (random.uniform(len(tokens)) < 2 * _REPEATED_SHARE)
    source = np.where(repeated, earlier, place)
    while not np.array_equal(source[source], source):  # an earlier one may itself be repeated
        source = source[source]
    tokens[:] = tokens[source]


def _collocate(random: _Random, tokens: Int64Array, content: BoolArray) -> None:
    """Let some words be followed by the word that goes with them, in place."""
    first = np.flatnonzero(content[:-1] & (random.uniform(len(tokens) - 1) < _COLLOCATED_SHARE))
    rank = tokens[first] - _Words.first_content
    tokens[first + 1] = _Words.first_content + (rank * 31 + 17) % _KNEE
    content[first + 1] = True


def _facts(random: _Random, topics: Int64Array) -> Iterator[dict[str, Any]]:
    """Draw what is known of each article besides its text."""
    days = random.whole(_BLOCK, 3652).tolist()
    sources = random.choice(_BLOCK, _zipf_shares(len(_SOURCES))).tolist()
    more = random.choice(2 * _BLOCK, _zipf_shares(len(_CATEGORIES))).reshape(_BLOCK, 2).tolist()
    where = random.choice(2 * _BLOCK, _zipf_shares(len(_PLACES))).reshape(_BLOCK, 2).tolist()
    how_many = random.whole(2 * _BLOCK, 3).reshape(_BLOCK, 2).tolist()
    for index, topic in enumerate(topics.tolist()):
        others, places = how_many[index]
        categories = dict.fromkeys([topic, *more[index][:others]])
        yield {
            "published": (date(2015, 1, 1) + timedelta(days[index])).isoformat(),
            "categories": [_CATEGORIES[category] for category in categories],
            "source": _SOURCES[sources[index]],
            "places": [_PLACES[place] for place in dict.fromkeys(where[index][:places])],
        }


def main() -> None:
    """Write articles to a file, one as JSON on each line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthetic", description=__doc__)
    parser.add_argument("count", type=int, help="how many articles")
    parser.add_argument("file", type=Path, help="where to, as .jsonl or .jsonl.gz")
    parser.add_argument("--seed", type=int, default=1, help="other articles for another number")
    given = parser.parse_args()
    compressed = given.file.suffix == ".gz"
    with gzip.open(given.file, "wb", 1) if compressed else given.file.open("wb") as file:
        for lines in generate_lines(given.count, given.seed):
            file.write(lines)


if __name__ == "__main__":
    main()
