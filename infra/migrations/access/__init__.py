"""The access log's tables."""
