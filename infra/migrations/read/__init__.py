"""The engine's own tables beside the read models."""
