"""Logs: one JSON object a line on standard error, or readable lines where a person looks on. Never personal data.

Fields are let through by name, not kept out: what a careless call adds is left out until somebody has thought about it. Of
an error, our own words are told; what a driver or a library says of one may repeat a value, so only its kind and place are.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePath
from typing import TextIO

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

from domain.errors import DomainError

_NAMES = """
    timestamp level event logger template left_out
    method route status ms request_id role position trace_id
    error why at code seconds submissions projection
    events page epoch version topic group partition partitions behind found needed serves_at tables head copy calls
"""
_FIRST = ("timestamp", "level", "event")
FIELDS = frozenset(_NAMES.split())
"""What a line may say: times, counts, places in the log or the code, names of our own. No person, subject or text of theirs."""
LEVELS = ("debug", "info", "warning", "error", "critical")
TEXT_MAX = 1_000
FRAMES_MAX = 8
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,63}")
_OWN_WORDS = ("infra.", "projections.")
"""Where exceptions are made whose texts name places in the log and the code. Those of rules say no more than their code."""


def configure_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Let everything this process logs, by structlog or by the standard library, go one way. For the start of a program."""
    number = logging.getLevelNamesMapping()[level.upper()]
    is_read_by_people = (stream or sys.stderr).isatty()
    renderer = structlog.dev.ConsoleRenderer() if is_read_by_people else _as_json
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            tell_error,
            only_known,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: _Lines(stream),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [handler for handler in root.handlers if not isinstance(handler, _FromLibraries)] + [
        _FromLibraries()
    ]
    root.setLevel(max(number, logging.WARNING))


def tell_error(_: WrappedLogger, __: str, fields: EventDict) -> EventDict:
    """Say of an exception what it is, what caused it and where it was, each on one line and without values."""
    found = fields.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        chain = list(_chain(error))
        fields["error"] = " < ".join(type(each).__name__ for each in chain)
        fields["at"] = "; ".join(map(places, chain))
        fields["why"] = said_by(error)
    return fields


def said_by(error: BaseException) -> str:
    """What an error says where the words are ours; else what kind it is."""
    is_ours = isinstance(error, DomainError) or type(error).__module__.startswith(_OWN_WORDS)
    return str(error) if is_ours else type(error).__name__


def places(error: BaseException) -> str:
    """Where an error came from, innermost first, on one line."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    return " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def only_known(_: WrappedLogger, __: str, fields: EventDict) -> EventDict:
    """Let through the fields that are known, with plain values; name the others in `left_out`."""
    kept = {name: _plain(value) for name, value in fields.items() if name in FIELDS}
    if not _EVENT.fullmatch(str(fields.get("event"))):  # a text put together, and not the name of what happened
        kept["event"] = "unnamed"
    if left_out := sorted(name for name in fields if name not in FIELDS):
        kept["left_out"] = " ".join(left_out)
    return kept


def _chain(error: BaseException) -> Iterator[BaseException]:
    told: BaseException | None = error
    while told is not None:
        yield told
        told = told.__cause__ or (None if told.__suppress_context__ else told.__context__)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value[:TEXT_MAX] if isinstance(value, str) else type(value).__name__


def _as_json(_: WrappedLogger, __: str, fields: EventDict) -> str:
    first = {name: fields[name] for name in _FIRST if name in fields}
    return msgspec.json.encode({**first, **fields}).decode()


class _Lines:
    """Writes lines to a stream, or to whatever standard error is by then."""

    _one_at_a_time = threading.Lock()

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write a line. One that cannot be written harms nobody."""
        stream = self._stream or sys.stderr
        with self._one_at_a_time, suppress(OSError, ValueError):
            stream.write(f"{line}\n")
            stream.flush()

    debug = info = warning = error = critical = msg


class _FromLibraries(logging.Handler):
    """What libraries log by the standard library: which one, where, and its template without the values put into it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand it on. The web server's own lines name no caller, so they are told in full."""
        level = min(record.levelno // 10 * 10, logging.CRITICAL)
        told = record.getMessage() if record.name.startswith("uvicorn.") else str(record.msg) if record.args else ""
        structlog.get_logger().log(
            level or logging.DEBUG,
            "library",
            logger=record.name,
            template="".join(told.splitlines()[:1]),
            at=f"{record.filename}:{record.lineno}",
            exc_info=record.exc_info,
        )
