"""Spans by OpenTelemetry. What they say is a route template, a status, counts and log positions, and nothing else.

A read model is folded later and for many requests at once, so a fold has a trace of its own, linked with theirs: the process
remembers for a while which requests wrote which positions.
"""

import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from itertools import chain, islice

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import Link, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from infra.setting_values import SettingError
from infra.tracing import Headers

SERVICE = "visitledger"
GROUPS_REMEMBERED = 2_000
LINKS_MAX = 100
FIRST_SERVER_ERROR = 500
_CALLERS_TRACE = frozenset({b"traceparent", b"tracestate"})
_PROPAGATOR = TraceContextTextMapPropagator()
_OTLP = "opentelemetry.exporter.otlp.proto.http.trace_exporter"

_asking: ContextVar["Asking | None"] = ContextVar("asking", default=None)
_group: ContextVar[tuple[trace.SpanContext, ...]] = ContextVar("group", default=())


class Asking:
    """A request that is traced."""

    def __init__(self, span: trace.Span, method: str) -> None:
        self.span, self._method = span, method
        self.context = span.get_span_context()

    @property
    def trace_id(self) -> str:
        """The trace's name, for the log."""
        return trace.format_trace_id(self.context.trace_id)

    def answered(self, route: str, status: int) -> None:
        """Say what became of it."""
        self.span.update_name(f"{self._method} {route}".rstrip())
        self.span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= FIRST_SERVER_ERROR:
            self.span.set_status(Status(StatusCode.ERROR))


class Spans:
    """Makes spans of one provider, and remembers which requests wrote which positions."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer(SERVICE)
        self._written: deque[tuple[int, int, tuple[trace.SpanContext, ...]]] = deque(maxlen=GROUPS_REMEMBERED)

    @contextmanager
    def request(self, method: str, headers: Headers) -> Iterator[Asking | None]:
        """Around a request."""
        sent = {name.decode(): value.decode("latin-1") for name, value in headers if name in _CALLERS_TRACE}
        span = self._tracer.start_span(
            method, _PROPAGATOR.extract(sent), SpanKind.SERVER, {"http.request.method": method}
        )
        asking = Asking(span, method) if span.is_recording() else None
        token = _asking.set(asking)
        try:
            with _current(span):
                yield asking
        finally:
            _asking.reset(token)
            span.end()

    def asking(self) -> Asking | None:
        """The request that is being served."""
        return _asking.get()

    @contextmanager
    def group(self, requests: Sequence[Asking | None], wishes: int) -> Iterator[None]:
        """Around the deciding of a group."""
        traced = [asking for asking in requests if asking is not None]
        if not traced:
            yield
            return
        first, *others = traced
        span = self._tracer.start_span(
            "writer group",
            trace.set_span_in_context(first.span),
            attributes={"visitledger.wishes": wishes, "visitledger.submissions": len(requests)},
            links=[Link(other.context) for other in others[:LINKS_MAX]],
        )
        for other in others:
            if other.span.is_recording():  # else its caller has gone
                other.span.add_link(span.get_span_context())
        token = _group.set(tuple(asking.context for asking in traced))
        try:
            with _current(span):
                yield
        finally:
            _group.reset(token)
            span.end()

    @contextmanager
    def step(self, name: str, events: int | None) -> Iterator[None]:
        """Around a part of what is being traced."""
        if not trace.get_current_span().is_recording():
            yield
            return
        span = self._tracer.start_span(name, attributes={} if events is None else {"visitledger.events": events})
        try:
            with _current(span):
                yield
        finally:
            span.end()

    def wrote(self, first: int, last: int) -> None:
        """The group that is being decided writes these positions. Told before they are committed, so that no fold is faster."""
        if requests := _group.get():
            self._written.append((first, last, requests))

    def folded(self, projection: str, after: int, to: int, events: int, began_ns: int) -> None:
        """A batch is folded."""
        wrote = (requests for first, last, requests in list(self._written) if last > after and first <= to)
        if links := [Link(request) for request in islice(chain.from_iterable(wrote), LINKS_MAX)]:
            attributes: dict[str, str | int] = {
                "visitledger.projection": projection,
                "visitledger.events": events,
                "visitledger.after": after,
                "visitledger.position": to,
            }
            span = self._tracer.start_span(
                f"fold {projection}",
                trace.set_span_in_context(trace.INVALID_SPAN),
                attributes=attributes,
                links=links,
                start_time=began_ns,
            )
            span.end()


@contextmanager
def exported(environ: Mapping[str, str]) -> Iterator[Spans]:
    """Spans that go where the environment says, sampled as it says; what is left of them goes there at the end.

    Raises `SettingError` for an exporter that is not there.
    """
    resource = Resource.create({} if environ.get("OTEL_SERVICE_NAME") else {"service.name": SERVICE})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(_exporter(environ.get("OTEL_TRACES_EXPORTER") or "otlp")))
    try:
        yield Spans(provider)
    finally:
        provider.shutdown()


def _exporter(name: str) -> SpanExporter:
    match name.strip().lower():
        case "console":
            return ConsoleSpanExporter(out=sys.stderr)
        case "otlp":
            return _otlp()
        case _:
            raise SettingError("OTEL_TRACES_EXPORTER takes otlp, console or none.")


def _otlp() -> SpanExporter:
    try:
        exporter: SpanExporter = import_module(_OTLP).OTLPSpanExporter()
    except ImportError:
        raise SettingError("Traces over OTLP need the package's extra: pip install 'visit-ledger[otlp]'.") from None
    return exporter


@contextmanager
def _current(span: trace.Span) -> Iterator[None]:
    # Without what went wrong: an exception's text may hold what was sent.
    with trace.use_span(span, record_exception=False, set_status_on_exception=False):
        yield
