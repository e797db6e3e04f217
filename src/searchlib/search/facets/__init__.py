"""What do the documents that match have in common? Their labels, dates and numbers, counted.

``requests`` says what can be asked for, ``values`` what comes back, ``counting`` how it is found.
"""
