"""How many edits make one word of another? For many words at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import ByteArray

    Letters = np.ndarray[tuple[int, int], np.dtype[np.uint32]]


class Costs(NamedTuple):
    """What each kind of edit costs that makes a text of a word.

    Attributes:
        missing: A letter of the word is left out.
        extra: A letter is there that the word does not have.
        replaced: A letter is another.
        swapped: Two neighbours are in each other's place.
    """

    missing: int
    extra: int
    replaced: int
    swapped: int


ONE_EACH: Final = Costs(1, 1, 1, 1)


def edit_distances(words: Sequence[str], text: str, limit: int) -> ByteArray:
    """Count the edits between each word and a text, up to a limit.

    An edit inserts, deletes or replaces a character, or swaps two neighbours of which neither is
    edited again (optimal string alignment, as Whoosh's ``damerau_levenshtein``). Takes
    O(limit · length of text) steps over all words.

    Args:
        words: The words.
        text: What they are compared with.
        limit: The highest number that matters; at most 253.

    Returns:
        The distances, or ``limit + 1`` where there are more. Shape (number of words,), uint8.
    """
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    distances = np.full(len(words), limit + 1, np.uint8)
    near = (np.abs(lengths - len(text)) <= limit).nonzero()[0]
    if len(near):
        letters = letters_of([words[place] for place in near.tolist()], len(text) + limit)
        last_row = table_end(letters, text, limit)
        distances[near] = last_row[lengths.take(near), np.arange(len(near))]
    return distances


def letters_of(words: Sequence[str], width: int) -> Letters:
    """Write words as code points, with 0 for none. Shape (width, number of words)."""
    width = max(width, 1)
    letters = np.array(words, dtype=f"<U{width}").view(np.uint32).reshape(len(words), width)
    return np.ascontiguousarray(letters.T)


def table_end(
    letters: Letters, text: str, limit: int, costs: Costs = ONE_EACH
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Fill the table of distances between beginnings, row by row, near its diagonal.

    Args:
        letters: The words, as of :func:`letters_of`. Shape (width, number of words).
        text: What they are compared with.
        limit: The highest number of edits that matters.
        costs: What each costs. That of ``limit`` + 2 edits must be below 256.

    Returns:
        For each length of a beginning of a word its distance to the text, shape (width + 1,
        number of words). What takes more edits than the limit costs more than any ``limit`` edits.
    """
    width, count = letters.shape
    missing, extra, replaced, swapped_cost = map(np.uint8, costs)
    far = limit * max(costs) + 1
    two_ago = last = row = np.full((width + 1, count), far, np.uint8)
    begun = min(limit, width) + 1
    row[:begun] = (np.arange(begun, dtype=np.uint8) * missing)[:, None]
    codes = [ord(letter) for letter in text]
    for i, code in enumerate(codes, 1):
        two_ago, last, row = last, row, np.full((width + 1, count), far, np.uint8)
        if i <= limit:
            row[0] = i * costs.extra
        for j in range(max(1, i - limit), min(width, i + limit) + 1):
            best = np.minimum(last[j] + extra, row[j - 1] + missing)
            np.minimum(best, last[j - 1] + (letters[j - 1] != code) * replaced, out=best)
            if i > 1 and j > 1:
                swapped = (letters[j - 1] == codes[i - 2]) & (letters[j - 2] == code)
                np.minimum(best, np.where(swapped, two_ago[j - 2] + swapped_cost, far), out=best)
            row[j] = np.minimum(best, far)
    return row
