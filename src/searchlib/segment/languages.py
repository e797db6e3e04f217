"""How does a segment say which language each of its documents is in?"""

from typing import Final

LANGUAGE_FIELD: Final = "_language"
"""The labels that say which language the texts of each document were analysed in, in an index of
documents in several. No field of a schema has such a name."""
UNSTEMMED: Final = "none"
"""The label of documents whose words are not stemmed."""
