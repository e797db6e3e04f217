"""How many edits make one word of another? For many words at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.arrays import ByteArray


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
        letters = _letters([words[place] for place in near.tolist()], len(text) + limit)
        last_row = _last_row(letters, text, limit)
        distances[near] = last_row[lengths.take(near), np.arange(len(near))]
    return distances


def _letters(words: Sequence[str], width: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint32]]:
    """Write words as code points, with 0 for none. Shape (width, number of words)."""
    letters = np.array(words, dtype=f"<U{max(width, 1)}").view(np.uint32).reshape(len(words), -1)
    return np.ascontiguousarray(letters.T)


def _last_row(
    letters: np.ndarray[tuple[int, int], np.dtype[np.uint32]], text: str, limit: int
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Fill the table of distances between beginnings, row by row, near its diagonal.

    Returns:
        For each length of a beginning of a word its distance to the text, shape (width + 1,
        number of words). What is further from the diagonal than the limit is beyond it.
    """
    width, count = letters.shape
    far = limit + 1
    two_ago = last = row = np.full((width + 1, count), far, np.uint8)
    row[: far + 1] = np.arange(min(far, width) + 1, dtype=np.uint8)[:, None]
    codes = [ord(letter) for letter in text]
    for i, code in enumerate(codes, 1):
        two_ago, last, row = last, row, np.full((width + 1, count), far, np.uint8)
        if i <= limit:
            row[0] = i
        for j in range(max(1, i - limit), min(width, i + limit) + 1):
            best = np.minimum(last[j], row[j - 1]) + np.uint8(1)
            np.minimum(best, last[j - 1] + (letters[j - 1] != code), out=best)
            if i > 1 and j > 1:
                swapped = (letters[j - 1] == codes[i - 2]) & (letters[j - 2] == code)
                np.minimum(best, np.where(swapped, two_ago[j - 2] + 1, far), out=best)
            row[j] = np.minimum(best, far)
    return row
