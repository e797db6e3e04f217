"""How does Whoosh read our segments? With its own Searcher, collectors, facets and highlights.

``reader`` is the way in; ``terms`` and ``numeric`` say what the terms of a field are, ``matcher``
walks the postings of one, and ``scoring`` is our BM25 as a weighting model of Whoosh.
"""
