"""How do documents become segments: in batches, by several processes, replaced by key?"""
