"""Is the package of the extra ``opensearch`` installed?"""

from __future__ import annotations

from searchlib.errors import MissingExtraError


def need_opensearch() -> None:
    """Make sure that it is there.

    Raises:
        MissingExtraError: It is not.
    """
    try:
        import opensearchpy  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "an index on OpenSearch needs the package opensearch-py: "
            "pip install 'searchlib[opensearch]'"
        ) from error
