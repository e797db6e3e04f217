"""Where in a text is what the query asked for? Stored text and query to snippets.

The text is analysed again, as it was when it was indexed, so nothing is kept on disk for snippets.

``texts`` has a text in the form that is searched, ``wanted`` what of a query counts in a field,
``needles`` what a text is searched for to find it. ``words`` says where in a text its words are,
``occurrences`` which of them stand as the query wants them, ``sentences`` and ``passages`` which
part of the text shows them best, ``snippet`` how that is written.
"""

from searchlib.highlight.highlighter import Highlighter
from searchlib.highlight.snippet import Snippet, SnippetOptions
from searchlib.highlight.texts import FieldText

__all__ = ["FieldText", "Highlighter", "Snippet", "SnippetOptions"]
