"""For tests that run what a program does at its start: the log goes where it went before."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def unchanged_logs() -> Iterator[None]:
    """Whatever the block makes of the log is undone at its end."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        log_in_few_lines()
        root.handlers[:] = handlers
        root.setLevel(level)


def log_in_few_lines() -> None:
    """Log as a program does that has said nothing of logs, but for exceptions: with every variable drawn in a frame, one takes
    two seconds, longer than most tests."""
    structlog.reset_defaults()
    *processors, _ = structlog.get_config()["processors"]
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*processors, renderer])
