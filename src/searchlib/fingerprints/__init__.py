"""Which documents are copies of each other? What is kept of a document to tell, and comparing it.

Functions over arrays that know nothing of files or queries. A document is the set of its shingles
(:mod:`~searchlib.fingerprints.shingles`), of which a fingerprint of 60 bytes is kept
(:mod:`~searchlib.fingerprints.sketches`). From two of these follows how similar the documents are
(:mod:`~searchlib.fingerprints.similarity`), and from all which are copies
(:mod:`~searchlib.fingerprints.pairs`).
"""
