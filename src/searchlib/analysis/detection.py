"""Which language is a text in, where nothing says so?

py3langid looks at the letters that stand together. It was chosen among five that need no network:
docs/architecture.md has the figures.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Final

from searchlib.analysis.language_names import language_meant
from searchlib.errors import MissingExtraError

MISSING: Final = (
    "expected articles that name their language, or a detector, which is not installed: articles "
    "without a language that is known are indexed without stemming, so only the forms of words "
    "that stand in them are found; pip install 'searchlib[languages]', then make the index again: "
    "searchlib reindex OLD NEW"
)
"""What to tell where a text needs a detector, and :func:`can_detect` says that there is none."""

LOOKED_AT: Final = 250
"""Characters of a text: enough for a sentence or two. More take longer, in proportion."""
_SURE_ENOUGH: Final = 0.2
"""A probability: names and numbers alone are below it, and titles of three words above."""


def can_detect() -> bool:
    """Tell whether a detector is installed."""
    return find_spec("py3langid") is not None


def detect_language(text: str) -> str | None:
    """Find the language to stem a text in.

    Args:
        text: The text; its beginning decides.

    Returns:
        One of :func:`searchlib.analysis.languages`, or ``None``: the text is too short to tell, or
        it is in a language without a stemmer.

    Raises:
        MissingExtraError: There is no detector.
    """
    code, _ = _identifier().classify(text[:LOOKED_AT])
    return language_meant(code)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError as error:
        raise MissingExtraError(
            "detecting languages needs py3langid, which is not installed: "
            "pip install 'searchlib[languages]'"
        ) from error
    return LanguageIdentifier.from_model_file(
        MODEL_FILE, norm_probs=True, min_confidence=_SURE_ENOUGH
    )
