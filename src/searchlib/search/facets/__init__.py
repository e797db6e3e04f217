"""What do the documents that match have in common? Their labels, dates and numbers, counted.

``requests`` says what can be asked for, ``values`` what comes back, ``counting`` how it is found.
"""

from typing import Final

FACET_SYNTAX: Final = (
    "FIELD, or FIELD:HOW, where commas divide what HOW says. Labels: 20 (so many) or all, "
    "sort=label, prefix=TEXT (at the end). Dates: month (or year, quarter, week, day, hour, auto). "
    "Numbers: 10 (the width of a step). Dates and numbers: ranges such as 2025-01..2025-03, "
    "fill=no (without empty steps), or stats. All: multi (count as if the filter had no condition "
    "on the field), or distinct (count the values)."
)
"""Says to people what the texts may be that :mod:`searchlib.search.facets.texts` reads."""
