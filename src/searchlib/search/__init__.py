"""Which documents match a query tree, and which of them are the best?

A tree is compiled into matchers, which know how to evaluate themselves on the arrays of all
segments. ``docs/scoring.md`` says what they compute.
"""
