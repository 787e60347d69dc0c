"""What those who run the ledger see: ready or not, metrics, the log, traces; and nobody's personal data in any of it."""

import json
import math
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from api import health
from api.bootstrap import House, build
from api.problems import install
from domain.log import NewRow
from infra import intake, tracing
from infra.setting_values import SettingError
from infra.settings import Settings
from infra.spans import Spans
from tests.api.conftest import StillClock, people_of
from tests.api.phones import CANARY, events, send, settle
from tests.api.town import ANNA, CENTRE, JANUARY, Town, fact, fresh

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}")
FORGED = "/v1/visits/19700101-9802/Astrid-Hemlig"
CALLERS_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def shared_metrics(town: Town) -> str:
    answer = town.call("admin").get("/metrics")
    assert answer.status_code == 200
    text: str = answer.text
    return text


def value_of(text: str, sample: str) -> float:
    """A sample's value; 0 where nothing was counted yet."""
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def speak_of_astrid(town: Town) -> str:
    """Send a canary wherever something can be sent, and give the visit that was told of."""
    visit_id, phone = fresh("visit"), town.call("care_worker", subject=ANNA)
    facts = [fact("check_in", visit_id, "06:00"), fact("note", visit_id, "06:00", text=CANARY)]
    facts[0]["payload"][CANARY] = CANARY
    for _ in range(2):
        assert send(phone, facts, app_version="1.2").status_code == 200
    assert send(phone, [fact(CANARY, visit_id, "06:00")]).status_code == 200
    body = {"unit_id": CENTRE, "registered_on": JANUARY, "address": CANARY}
    town.call().decide(f"/v1/clients/{fresh('client')}/register", body)
    client = town.call().client
    for method in ("GET", "BREW", CANARY.upper()):
        assert client.request(method, f"{FORGED}?name={CANARY}", headers={"User-Agent": CANARY}).status_code in (
            404,
            405,
        )
    return visit_id


def test_a_server_that_can_serve_is_alive_and_ready_for_anybody(shared_house: House, shared_client: TestClient) -> None:
    settle(shared_house)
    assert shared_client.get("/healthz").json() == {"status": "ok"}
    position = shared_house.log.head()[0]
    ready = {
        "status": "ready",
        "position": position,
        "lag_events": 0,
        "queued": 0,
        "parked_streams": 0,
        "rebuilding": [],
    }
    assert shared_client.get("/readyz").json() == ready


def client_over(house: House) -> TestClient:
    """A caller of these routes alone: the whole app takes long to answer for the first time."""
    app = FastAPI()
    app.state.house = house
    app.include_router(health.router)
    install(app)
    return TestClient(app)


def test_a_server_whose_projector_has_stopped_says_what_is_wrong(
    tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lets anybody read its metrics, and allows no lag."""
    monkeypatch.setattr(intake, "AGAIN_AFTER_S", (0.0, 0.0))
    house = build(Settings(data_dir=tmp_path, metrics="open", ready_lag_max=0), clock=clock)
    strange = [NewRow(f"visit/strange-{number}", 1, "visit.from_the_future", b"{}") for number in range(30)]
    house.log.append(strange)
    with closing(house):
        house.start()
        house.projector.wait_until(len(strange), 5)
        client = client_over(house)
        answer, metrics = client.get("/readyz"), client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.json()["errors"] == [
        {"pointer": "/projector", "code": "projector_stopped"},
        {"pointer": "/read_models", "code": "behind"},
    ]
    assert 'visitledger_up{part="projector"} 0.0' in metrics.text
    assert value_of(metrics.text, 'visitledger_thread_errors_total{error="EventFailedError",thread="projector"}') >= 1


def test_metrics_are_for_administrators_where_the_setting_does_not_say_otherwise(
    shared_house: House, shared_town: Town, shared_client: TestClient
) -> None:
    assert shared_client.get("/metrics").status_code == 401
    assert shared_town.call("auditor").get("/metrics").status_code == 403
    assert shared_town.call("admin").get("/metrics").headers["content-type"].startswith("text/plain; version=0.0.4")
    off = replace(shared_house, settings=replace(shared_house.settings, metrics="off"))
    assert people_of(off, client_over(off))("admin").get("/metrics").status_code == 404


def test_metrics_count_what_happened_and_name_nobody(shared_town: Town) -> None:
    before = shared_metrics(shared_town)
    speak_of_astrid(shared_town)
    after = shared_metrics(shared_town)
    grown = {
        'visitledger_facts_total{result="accepted"}': 2,
        'visitledger_facts_total{result="known"}': 2,
        'visitledger_facts_total{result="rejected"}': 1,
        'visitledger_syncs_total{result="known"}': 1,
        'visitledger_requests_total{method="POST",route="/v1/sync",status="200"}': 3,
        'visitledger_request_seconds_count{method="POST",route="/v1/sync"}': 3,
        'visitledger_requests_total{method="other",route="none",status="404"}': 2,
        "visitledger_writer_group_wishes_count": 4,
    }
    assert {sample: value_of(after, sample) - value_of(before, sample) for sample in grown} == grown
    assert [text for text in texts_of(after) if "Astrid" in text or "9802" in text or UUID.search(text)] == []


def texts_of(metrics: str) -> list[str]:
    """Everything but the figures, in whose decimals any four digits may come by chance."""
    lines = [line if line.startswith("#") else line.rpartition(" ") for line in metrics.splitlines()]
    assert all(math.isfinite(float(line[2])) for line in lines if isinstance(line, tuple))
    return [line if isinstance(line, str) else line[0] for line in lines]


def test_a_request_is_told_in_one_line_that_names_nobody(shared_town: Town) -> None:
    with capture_logs() as lines:
        speak_of_astrid(shared_town)
        shared_town.call().client.get("/healthz")
    told = [line for line in lines if line["event"] == "request"]
    assert len(told) == len(lines)
    first, probe = told[0], told[-1]
    assert (first["method"], first["route"], first["status"], first["role"]) == ("POST", "/v1/sync", 200, "care_worker")
    assert first["position"] > 0
    assert {"ms", "request_id"} <= set(first)
    assert (first["log_level"], probe["log_level"]) == ("info", "debug")
    assert "Astrid" not in json.dumps(told)
    assert ANNA not in json.dumps(told)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Where a process that traces puts its spans."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with tracing.into(Spans(provider)):
        yield exporter
    provider.shutdown()


def trace_of(span: ReadableSpan) -> str:
    return f"{span.context.trace_id:032x}"


def test_a_trace_leads_from_the_callers_over_the_writer_to_the_folds(
    shared_house: House, shared_town: Town, spans: InMemorySpanExporter
) -> None:
    visit_id, phone = fresh("visit"), shared_town.call("care_worker", subject=ANNA)
    body = {"device_id": fresh("phone"), "device_time": "2026-03-02T08:00:00+01:00"}
    sent = json.dumps(body | {"facts": [fact("note", visit_id, "06:00", text=CANARY)]}).encode()
    assert phone.send("/v1/sync", sent, traceparent=f"00-{CALLERS_TRACE}-00f067aa0ba902b7-01").status_code == 200
    settle(shared_house)
    speak_of_astrid(shared_town)
    found = {span.name: span for span in reversed(spans.get_finished_spans())}
    request, group, append, fold = (found[name] for name in ("POST /v1/sync", "writer group", "append", "fold facts"))
    assert {trace_of(span) for span in (request, group, append, found["commit"])} == {CALLERS_TRACE}
    assert (group.parent, append.parent) == (request.context, group.context)
    assert trace_of(fold) != CALLERS_TRACE
    assert [link.context for link in fold.links] == [request.context]
    later = [span for span in spans.get_finished_spans() if span.name == "fold facts" and span is not fold]
    assert later
    assert all(link.context != request.context for span in later for link in span.links)
    [recorded] = events(shared_house, visit_id)
    assert recorded.originator_version == 1
    text = "".join(span.to_json() for span in spans.get_finished_spans())
    assert CANARY not in text
    assert "Astrid" not in text
    assert ANNA not in text


def test_settings_of_operation_say_what_they_take() -> None:
    given = {"VISITLEDGER_METRICS": "open", "VISITLEDGER_READY_LAG_MAX": "500", "VISITLEDGER_LOG_LEVEL": "warning"}
    settings = Settings.from_environment(given)
    assert (settings.metrics, settings.ready_lag_max, settings.log_level) == ("open", 500, "warning")
    for name in given:
        with pytest.raises(SettingError, match=f"{name} takes"):
            Settings.from_environment({name: "-1"})
