"""Which files in the folder are the index's own?

A file is named ``segment-<generation>-<16 random hexadecimal digits>.seg``: the generation that
it was written for is for people to read, the digits make sure that no name is ever used twice. A
counter would not do: the workers of a writer that was killed may still be writing when the next
one counts, and a reader would find another file under the name that it read in a manifest.

Whoever writes such a file may keep temporary files next to it, named like it with something
between dots and ``.tmp`` behind: ``segment-....seg.terms.tmp``.
"""

from __future__ import annotations

import os
import re
from typing import Final

MANIFEST: Final = "manifest.json"
LOCK: Final = "write.lock"

_STEM: Final = "[0-9]{8,19}-[0-9a-f]{16}"
_SEGMENT: Final = re.compile(rf"segment-{_STEM}\.seg")
_DELETIONS: Final = re.compile(rf"deletions-{_STEM}\.del")
_CATALOGUE: Final = re.compile(rf"catalogue-{_STEM}\.jsonl")
_KEPT: Final = re.compile(rf"(synonyms|alerts)-{_STEM}\.txt")
_MANIFEST: Final = re.compile(rf"manifest-{_STEM}\.json")
_TEMPORARY: Final = re.compile(r"(?:\.[A-Za-z0-9_-]+)*\.tmp")


def new_segment(generation: int) -> str:
    """Make a name for a segment that no file has, had or will have."""
    return f"segment-{_new_stem(generation)}.seg"


def new_deletions(generation: int) -> str:
    """Make a name for the deletions of a segment."""
    return f"deletions-{_new_stem(generation)}.del"


def new_catalogue(generation: int) -> str:
    """Make a name for the catalogue of the files that the documents come from."""
    return f"catalogue-{_new_stem(generation)}.jsonl"


def new_kept(kind: str, generation: int) -> str:
    """Make a name for what an index keeps besides documents: its "synonyms", or "alerts"."""
    return f"{kind}-{_new_stem(generation)}.txt"


def new_manifest(generation: int) -> str:
    """Make a name for a manifest that is being written."""
    return f"manifest-{_new_stem(generation)}.json.tmp"


def new_beside(name: str) -> str:
    """Make a name for the folder in which an index is made that will get this name."""
    return f".{name}-{os.urandom(8).hex()}.tmp"


def is_segment(name: str) -> bool:
    """Tell whether a name was made by :func:`new_segment`; such a name leads to no other folder."""
    return _SEGMENT.fullmatch(name) is not None


def is_deletions(name: str) -> bool:
    """Tell whether a name was made by :func:`new_deletions`."""
    return _DELETIONS.fullmatch(name) is not None


def is_catalogue(name: str) -> bool:
    """Tell whether a name was made by :func:`new_catalogue`."""
    return _CATALOGUE.fullmatch(name) is not None


def kept_kind(name: str) -> str | None:
    """Give the kind that :func:`new_kept` made a name for; ``None`` for any other name."""
    found = _KEPT.fullmatch(name)
    return None if found is None else found[1]


def is_left_by_create(name: str) -> bool:
    """Tell whether the making of an index that came to no end can have left such a file."""
    return name == LOCK or (_MANIFEST.match(name) is not None and owner(name) is not None)


def owner(name: str) -> str | None:
    """Give the name of the file that a file is or belongs to; ``None`` if it is not ours.

    ``segment-....seg`` is its own owner, and that of ``segment-....seg.terms.tmp``. The manifest
    and the lock file have none: they stay for as long as the index does.
    """
    for pattern in (_SEGMENT, _DELETIONS, _CATALOGUE, _KEPT, _MANIFEST):
        if found := pattern.match(name):
            rest = name[found.end() :]
            return found[0] if not rest or _TEMPORARY.fullmatch(rest) else None
    return None


def _new_stem(generation: int) -> str:
    return f"{generation:08}-{os.urandom(8).hex()}"
