"""What is looked up when somebody asks for metrics: where the log, the read models and the queue stand."""

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from infra.standing import Lookout
from infra.telemetry import REGISTRY
from infra.writer import GroupWriter

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
PARTS = ("store", "keys", "read_models", "projector")


class Gauges(Collector):
    """The gauges of one house."""

    def __init__(self, lookout: Lookout, writer: GroupWriter) -> None:
        self._lookout, self._writer = lookout, writer
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def text(self) -> bytes:
        """All metrics, in Prometheus' text format: these, and what the process has counted."""
        return generate_latest(self.registry) + generate_latest(REGISTRY)

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: what is not asked for need not be looked up."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look once, and tell."""
        standing = self._lookout.look()
        faulty = {fault.part for fault in standing.faults}
        up = GaugeMetricFamily("visitledger_up", "Whether a part answers, 1 or 0, by part.", labels=["part"])
        for part in PARTS:
            up.add_metric([part], part not in faulty)
        yield up
        yield _gauge("visitledger_log_position", "The log's last position.", standing.position)
        position = _by_projection("visitledger_projection_position", "The last event folded, by read model.")
        events = _by_projection("visitledger_projection_lag_events", "Events not folded yet, by read model.")
        seconds = _by_projection(
            "visitledger_projection_lag_seconds",
            "Age of the first event not folded yet, by read model; 0 where there is none.",
        )
        for name, lag in standing.lags.items():
            position.add_metric([name], lag.position)
            events.add_metric([name], lag.events)
            seconds.add_metric([name], lag.seconds)
        yield from (position, events, seconds)
        yield _gauge(
            "visitledger_parked_streams",
            "Streams that wait because an event cannot be folded.",
            standing.parked_streams,
        )
        yield _gauge("visitledger_writer_queue_wishes", "Commands that wait for the writer.", self._writer.waiting)
        yield _gauge(
            "visitledger_month_clients_due",
            "Clients' months whose kept figures are to be computed anew.",
            standing.clients_due,
        )
        yield _gauge(
            "visitledger_erasures_late",
            "Erasures approved more than an hour ago that have not ended and that no hold stops.",
            standing.erasures_late,
        )


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _by_projection(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=["projection"])
