"""Which documents match a query tree, and which of them are the best?

A Whoosh query is compiled into nodes of our own, which know how to evaluate themselves on the
arrays of a segment. ``docs/scoring.md`` says what they compute.
"""
