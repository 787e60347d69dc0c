"""Commands for the writer in tests, and the ledgers they go to."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.command import Command, Unusable
from domain.event import FactStamp
from domain.ids import ClientId, DeviceId, FactId, WorkerId
from domain.ledger import Ledger
from domain.topics import EVENT_CLASSES
from domain.visit.aggregate import Visit
from domain.visit.events import VisitCheckedIn
from infra.codec import EventCodec, mapper_over
from infra.recorder import LedgerRecorder
from tests.scenario import ReadableSealer

EIGHT = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
VISIT = "11111111-1111-4111-8111-111111111111"
OTHER_VISIT = "22222222-2222-4222-8222-222222222222"
ANNA = WorkerId("33333333-3333-4333-8333-333333333333")
KARIN = ClientId("44444444-4444-4444-8444-444444444444")
PHONE = DeviceId("55555555-5555-4555-8555-555555555555")
OTHER_PHONE = DeviceId("66666666-6666-4666-8666-666666666666")
FACT = "77777777-7777-4777-8777-777777777777"


def ledger_over(log: LedgerRecorder) -> Ledger:
    codec = EventCodec(EVENT_CLASSES)
    return Ledger(log=log, mapper=mapper_over(codec), codec=codec, sealer=ReadableSealer())


def check_in(
    fact_id: str = FACT, *, visit: str = VISIT, device: DeviceId = PHONE, content: bytes = b"sent", at: datetime = EIGHT
) -> Command:
    def decide(aggregate: Visit) -> None:
        aggregate.register(VisitCheckedIn, worker_id=ANNA, occurred_at=at)

    return Command(
        aggregate=Visit,
        subject_id=visit,
        decide=decide,
        actor=f"care_worker/{ANNA}",
        stamp=FactStamp(id=FactId(fact_id), digest=b64encode(content).decode(), device_id=device),
        evidence=lambda: evidence(device=device, fact_id=fact_id, content=content),
    )


def evidence(*, device: DeviceId = PHONE, fact_id: str = FACT, content: bytes = b"sent") -> Unusable:
    return Unusable(
        device_id=device,
        worker_id=ANNA,
        actor=f"care_worker/{ANNA}",
        reason="malformed",
        fact_id=fact_id,
        evidence_id=f"{device}:{content.decode()}",
        sealed=lambda: b"sealed:" + content,
    )


def office(decide: Any, *, subject: str = VISIT, expected_version: int | None = None) -> Command:
    return Command(
        aggregate=Visit, subject_id=subject, decide=decide, actor="coordinator/eva", expected_version=expected_version
    )


def plan(visit: Visit) -> None:
    visit.plan(client_ids=(KARIN,), scheduled_start_at=EIGHT, scheduled_end_at=EIGHT + timedelta(minutes=30))


def assign_anna(visit: Visit) -> None:
    visit.assign(worker_id=ANNA)


def topics(log: LedgerRecorder) -> list[str]:
    return [row.topic for row in log.read(0, 1000)]
