"""Where does a summary or a subtitle go, that stands apart from the text of an article?

Above the text, where it is searched, unless the text begins with the same words, as is usual.
"""

from __future__ import annotations

from searchlib.articles.markup import strip_html

_COMPARED = 120  # letters: summaries end in "[…]", "Read more" and the like


def add_standfirst(body: str, *texts: str) -> str:
    """Put texts above a body that does not have them.

    Args:
        body: The text of an article, with or without tags.
        texts: What may belong above it.
    """
    if not any(texts):
        return body
    letters = _letters(body)
    new = [text for text in texts if text and _letters(text)[:_COMPARED] not in letters]
    return "\n\n".join(filter(None, [*dict.fromkeys(new), body]))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, strip_html(text)))
