"""Which fields has a document, and how is each indexed?"""
