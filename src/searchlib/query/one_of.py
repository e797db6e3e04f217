"""What do words that mean the same ask for together?"""

from __future__ import annotations

from searchlib.frozen import frozen
from searchlib.query.tree import Or


@frozen
class OneOf(Or):
    """Words and phrases that mean the same, which count as one word that is where any of them is.

    It is made when a query is evaluated, and has no JSON form.
    """
