"""Which language is a text in, where nothing says so?

py3langid looks at the letters that stand together. It was chosen among five that need no network:
docs/architecture.md has the figures.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Final

from searchlib.analysis.language_names import language_meant

MISSING: Final = (
    "expected articles that name their language, or a detector, which is not installed: articles "
    "without a language that is known are indexed without stemming, so only the forms of words "
    "that stand in them are found; pip install 'searchlib[languages]', then index again"
)
"""What to tell where a text needs a detector, and :func:`can_detect` says that there is none."""

LOOKED_AT: Final = 1000
"""Characters of a text: more of them change nothing, and take longer."""
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
        One of :func:`searchlib.analysis.languages`, or ``None``: the text is too short to tell, it
        is in a language without a stemmer, or there is no detector.
    """
    if not can_detect():
        return None
    with _ONE_AT_A_TIME:
        code, _ = _identifier().classify(text[:LOOKED_AT])
    return language_meant(code)


_ONE_AT_A_TIME: Final = threading.Lock()


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(
        MODEL_FILE, norm_probs=True, min_confidence=_SURE_ENOUGH
    )
