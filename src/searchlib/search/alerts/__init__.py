"""Which saved queries match new documents?"""
