"""When a process traces, and that its spans arrive where OpenTelemetry's own variables say."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infra import tracing
from infra.setting_values import SettingError

COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.mark.parametrize(
    ("environment", "is_wanted"),
    [
        ({}, False),
        ({COLLECTOR: "http://collector:4318"}, True),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", COLLECTOR: "http://collector:4318"}, False),
        ({"OTEL_SDK_DISABLED": "true", COLLECTOR: "http://collector:4318"}, False),
    ],
)
def test_traces_are_off_unless_the_environment_asks_for_them(environment: dict[str, str], is_wanted: bool) -> None:
    assert tracing.is_wanted(environment) == is_wanted


def test_what_is_not_traced_costs_nothing_and_knows_of_no_request() -> None:
    with tracing.tracing({}), tracing.request("GET", ()) as asking:
        assert asking is tracing.asking() is None
        assert tracing.step("append") is tracing.group([None], 1)


def test_an_exporter_that_is_not_there_is_said_so() -> None:
    with (
        pytest.raises(SettingError, match="otlp, console or none"),
        tracing.tracing({"OTEL_TRACES_EXPORTER": "carrier-pigeon"}),
    ):
        pass


@contextmanager
def collector(received: list[bytes]) -> Iterator[str]:
    """Something that takes traces over HTTP. Gives its address."""

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.path.encode() + self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Taker) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_spans_reach_a_collector_before_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    received: list[bytes] = []
    with collector(received) as address:
        monkeypatch.setenv(COLLECTOR, address)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        with tracing.tracing(), tracing.request("GET", ()) as asking:
            assert asking is not None
            asking.answered("/v1/visits/{visit_id}", 200)
    [sent] = received
    assert sent.startswith(b"/v1/traces")
    assert b"visitledger" in sent
    assert b"GET /v1/visits/{visit_id}" in sent
