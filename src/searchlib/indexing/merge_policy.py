"""Which segments are merged after a commit?

Segments of about the same size are merged when there are enough of them, so that a document is
rewritten once for each tier it rises to, and the number of segments grows with the logarithm of
the index.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searchlib.storage.snapshot import OpenSegment

SEGMENTS_PER_TIER: Final = 8
SMALLEST_TIER: Final = 1_000
"""Segments of fewer documents are all of one tier."""
MOST_DELETED: Final = 0.5
"""A segment of which a larger part is deleted is written anew."""


def to_merge(segments: Iterable[OpenSegment]) -> list[list[OpenSegment]]:
    """Choose groups of segments, each to become one.

    Args:
        segments: All segments of the index.

    Returns:
        The groups, each in the order given; a group of one is a segment with many deletions.
    """
    tiers: dict[int, list[OpenSegment]] = defaultdict(list)
    alone = []
    for segment in segments:
        if segment.live_count < (1 - MOST_DELETED) * segment.entry.doc_count:
            alone.append(segment)
        tiers[_tier(segment.live_count)].append(segment)
    groups = [tier for tier in tiers.values() if len(tier) >= SEGMENTS_PER_TIER]
    grouped = {segment.entry.name for group in groups for segment in group}
    return groups + [[segment] for segment in alone if segment.entry.name not in grouped]


def _tier(doc_count: int) -> int:
    tier = 0
    while doc_count >= SMALLEST_TIER * SEGMENTS_PER_TIER**tier:
        tier += 1
    return tier
