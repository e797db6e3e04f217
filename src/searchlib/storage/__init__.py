"""How do segments become an index that survives crashes, and that others read meanwhile?

Nothing here knows what is inside a segment: it is a file with a name, a size and a checksum.
"""

from searchlib.storage.directory import IndexDirectory
from searchlib.storage.manifest import (
    CatalogueEntry,
    DeletionsEntry,
    KeptEntry,
    Manifest,
    SegmentEntry,
)
from searchlib.storage.writer import DirectoryWriter

__all__ = [
    "CatalogueEntry",
    "DeletionsEntry",
    "DirectoryWriter",
    "IndexDirectory",
    "KeptEntry",
    "Manifest",
    "SegmentEntry",
]
