"""How fast we are, beside the same work done at the bottom without our code. What each name means: docs/performance.md."""
