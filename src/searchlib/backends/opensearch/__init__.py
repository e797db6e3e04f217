"""An index on a cluster of OpenSearch. It is imported where there is one, but for this."""

from typing import Final

SCHEME: Final = "opensearch://"


def is_address(path: object) -> bool:
    """Tell whether what stands where a path may stand is the address of an index on a cluster."""
    return isinstance(path, str) and path.startswith(SCHEME)
