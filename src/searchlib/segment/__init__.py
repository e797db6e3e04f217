"""What is one immutable segment: its format, writer, reader, merge and stored documents?"""
