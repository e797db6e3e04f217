"""Where the documents of an index are: in a folder, or on a cluster of OpenSearch."""
