"""Traces: from a request over the writer's group and its append to the folds of what it wrote.

Off unless the environment asks for them; then nothing of OpenTelemetry is imported, and each call here is one comparison.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.spans import Asking, Spans

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
Headers = Sequence[tuple[bytes, bytes]]

_NOT_TRACED = nullcontext()


class _Traced:
    """What makes the spans of this process, as its counters are one for the process; None where nothing is traced."""

    spans: "Spans | None" = None


_traced = _Traced()


def is_wanted(environ: Mapping[str, str]) -> bool:
    """Whether OpenTelemetry's own variables ask for traces: an exporter other than `none`, or a collector's address."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environ.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    return exporter != "none" and bool(exporter or any(environ.get(name) for name in ENDPOINTS))


@contextmanager
def tracing(environ: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Trace until the block ends, if the environment asks for it. Raises `SettingError` where it asks for what is not there."""
    if not is_wanted(environ):
        yield
        return
    with _exported(environ) as spans, into(spans):
        yield


@contextmanager
def into(spans: "Spans") -> Iterator[None]:
    """Let everything in this process be traced by `spans` until the block ends."""
    _traced.spans = spans
    try:
        yield
    finally:
        _traced.spans = None


def request(method: str, headers: Headers) -> "AbstractContextManager[Asking | None]":
    """Around a request: the span that all its others belong to, itself in the caller's trace where `traceparent` says so."""
    return _traced.spans.request(method, headers) if _traced.spans else _NOT_TRACED


def asking() -> "Asking | None":
    """The request that is being served, to be handed to another thread; None where it is not traced."""
    return _traced.spans.asking() if _traced.spans else None


def group(requests: "Sequence[Asking | None]", wishes: int) -> AbstractContextManager[None]:
    """Around the deciding of a group: in the trace of the first request, linked with the others."""
    return _traced.spans.group(requests, wishes) if _traced.spans else _NOT_TRACED


def step(name: str, events: int | None = None) -> AbstractContextManager[None]:
    """Around a part of what is being traced."""
    return _traced.spans.step(name, events) if _traced.spans else _NOT_TRACED


def wrote(positions: Sequence[int]) -> None:
    """The group that is being decided writes these positions: whoever folds them shall find it."""
    if _traced.spans and positions:
        _traced.spans.wrote(positions[0], positions[-1])


def folded(projection: str, after: int, to: int, events: int, began_ns: int) -> None:
    """A batch is folded: a span of its own, linked with the requests that wrote it; none where none was traced."""
    if _traced.spans:
        _traced.spans.folded(projection, after, to, events, began_ns)


def _exported(environ: Mapping[str, str]) -> "AbstractContextManager[Spans]":
    # Only now: it costs a tenth of a second and some memory, which are theirs who trace.
    exported: Callable[[Mapping[str, str]], AbstractContextManager[Spans]] = import_module("infra.spans").exported
    return exported(environ)
