"""What a process counts about itself, for Prometheus: amounts, times and outcomes, never who or what.

Values of labels come from short lists that stand in the code: read models, route templates, methods, statuses, codes. What
can be looked up when somebody asks is in `infra/gauges.py`.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics

from infra import tracing

REGISTRY = CollectorRegistry(auto_describe=True)
"""All that is counted in this process, whatever house it is of."""
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)


class Folded(msgspec.Struct, frozen=True, array_like=True):
    """A batch that was folded: positions past `after` up to `to`; `began_ns` since 1970."""

    projection: str
    after: int
    to: int
    events: int
    began_ns: int
    seconds: float


class _Others:
    """Who else is told of folds; None where nobody is."""

    tell: Callable[[Folded], None] | None = None


_others = _Others()

disable_created_metrics()  # type: ignore[no-untyped-call]  # when a counter was made is nobody's question
ProcessCollector(registry=REGISTRY)

_REQUESTS = Counter(
    "visitledger_requests",
    "Requests, by method, route template and status.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
_REQUEST_SECONDS = Histogram(
    "visitledger_request_seconds",
    "Seconds from a request's headers to the end of its answer, by method and route template.",
    ("method", "route"),
    buckets=SECONDS,
    registry=REGISTRY,
)
_PROBLEMS = Counter(
    "visitledger_problems",
    "Answers that are problem documents, by status and code; 503 are those who were asked to come back.",
    ("status", "code"),
    registry=REGISTRY,
)
_SYNCS = Counter(
    "visitledger_syncs",
    "Syncs of phones by result: rejected where any fact was, else accepted where any was new, else known.",
    ("result",),
    registry=REGISTRY,
)
_FACTS = Counter(
    "visitledger_facts", "Facts that phones sent, by result: accepted, known, rejected.", ("result",), registry=REGISTRY
)
_GROUP_WISHES = Histogram(
    "visitledger_writer_group_wishes",
    "Commands that the writer decided in one transaction.",
    buckets=SIZES,
    registry=REGISTRY,
)
_GROUP_SECONDS = Histogram(
    "visitledger_writer_group_seconds",
    "Seconds that a group of commands took, its commit included.",
    buckets=SECONDS,
    registry=REGISTRY,
)
_EVENTS_FOLDED = Counter(
    "visitledger_events_folded", "Events folded, by read model.", ("projection",), registry=REGISTRY
)
_FOLD_EVENTS = Histogram(
    "visitledger_fold_events",
    "Events folded in one transaction, by read model.",
    ("projection",),
    buckets=SIZES,
    registry=REGISTRY,
)
_FOLD_SECONDS = Histogram(
    "visitledger_fold_seconds",
    "Seconds that folding a page of events took, its commit included, by read model.",
    ("projection",),
    buckets=SECONDS,
    registry=REGISTRY,
)
_THREAD_ERRORS = Counter(
    "visitledger_thread_errors",
    "Exceptions in a thread beside the requests, by thread and kind of exception.",
    ("thread", "error"),
    registry=REGISTRY,
)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """A request is over. `method` and `route` are one of ours, never as they were sent."""
    _REQUESTS.labels(method, route, str(status)).inc()
    _REQUEST_SECONDS.labels(method, route).observe(seconds)


def problem(status: int, code: str) -> None:
    """An answer is a problem document."""
    _PROBLEMS.labels(str(status), code).inc()


def synced(results: Sequence[str]) -> None:
    """A phone has its answer: one of accepted, known, rejected for each fact."""
    for result in set(results):
        _FACTS.labels(result).inc(results.count(result))
    worst = next((result for result in ("rejected", "accepted") if result in results), "known")
    _SYNCS.labels(worst).inc()


def decided(wishes: int, seconds: float) -> None:
    """The writer has decided a group, or has failed to."""
    _GROUP_WISHES.observe(wishes)
    _GROUP_SECONDS.observe(seconds)


def thread_error(thread: str, error: Exception) -> None:
    """A thread beside the requests met an exception."""
    _THREAD_ERRORS.labels(thread, type(error).__name__).inc()


@contextmanager
def folding(projection: str, after: int, to: int, events: int) -> Iterator[None]:
    """Around a batch's transaction: counts it, and traces it back to the requests that wrote it. A failed one is neither."""
    began_ns, began_s = time.time_ns(), time.perf_counter()
    yield
    folded = Folded(projection, after, to, events, began_ns, time.perf_counter() - began_s)
    count_fold(folded)
    if _others.tell is not None:
        _others.tell(folded)


def count_fold(folded: Folded) -> None:
    """A batch is folded, here or in the process that folds for this one."""
    _EVENTS_FOLDED.labels(folded.projection).inc(folded.events)
    _FOLD_EVENTS.labels(folded.projection).observe(folded.events)
    _FOLD_SECONDS.labels(folded.projection).observe(folded.seconds)
    tracing.folded(folded.projection, folded.after, folded.to, folded.events, folded.began_ns)


def hand_on(tell: Callable[[Folded], None]) -> None:
    """Tell somebody of each fold from now on: the process that this one folds for."""
    _others.tell = tell
