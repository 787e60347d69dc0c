"""The key database's tables."""
