"""For tests that run what a program does at its start: the log goes where it went before."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def unchanged_logs() -> Iterator[None]:
    """Whatever the block makes of the log is undone at its end."""
    root = logging.getLogger()
    handlers, level, before = list(root.handlers), root.level, structlog.get_config()
    try:
        yield
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)
