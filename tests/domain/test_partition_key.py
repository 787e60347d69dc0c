"""The events of one stream stay in order outside: its key is given by its first event, for good."""

from datetime import date

import pytest

from domain.client.events import ClientHouseholdJoined
from domain.event import DomainEvent
from domain.ids import HouseholdId
from domain.order.events import OrderPlaced
from domain.order.values import LegalBasis, MinuteControl
from domain.partition_key import needs_first_event, partition_key
from domain.values import NotPerformedReason
from domain.visit.events import (
    VisitCheckedIn,
    VisitNotPerformed,
    VisitPlanned,
    VisitServicePerformed,
    VisitWorkerAssigned,
)
from domain.worker.events import WorkerUnitJoined
from tests.projections.telling import ANNA, ASTA, BRACKE, BROR, EVA, MUNICIPAL, SHOWER, Said, at, recorded

YEAR = date(2025, 1, 1)
PLAN = {"scheduled_start_at": at(9), "scheduled_end_at": at(10)}
SEEN = {"worker_id": ANNA, "occurred_at": at(9)}


def first(stream: str, event_class: type[DomainEvent], **fields: object) -> DomainEvent:
    """The event that a stream begins with."""
    return recorded([Said(stream, event_class, EVA, "", fields)])[0].event


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (first("visit/1", VisitPlanned, client_ids=(ASTA, BROR), **PLAN), "client/asta"),
        (first("visit/1", VisitCheckedIn, client_ids=(BROR,), **SEEN), "client/bror"),
        (first("visit/1", VisitServicePerformed, service_code=SHOWER, client_id=ASTA, **SEEN), "client/asta"),
        (
            first("visit/1", VisitNotPerformed, reason=NotPerformedReason.HOSPITAL, client_ids=(ASTA,), **SEEN),
            "client/asta",
        ),
        (first("visit/1", VisitCheckedIn, **SEEN), "visit/1"),
        (first("visit/1", VisitWorkerAssigned, worker_id=ANNA), "visit/1"),
    ],
)
def test_a_visit_goes_with_the_client_that_its_first_event_names_first(event: DomainEvent, key: str) -> None:
    assert partition_key(event) == key


def test_an_order_goes_with_its_client_and_so_does_the_clients_own_stream() -> None:
    control = MinuteControl.FLEXIBLE
    basis = {"legal_basis": LegalBasis.SOL, "minute_control": control, "provider_id": MUNICIPAL, "starts_on": YEAR}
    assert partition_key(first("order/1", OrderPlaced, client_id=ASTA, lines=(), **basis)) == "client/asta"
    joined = first("client/asta", ClientHouseholdJoined, household_id=HouseholdId("farm"), from_on=YEAR)
    assert partition_key(joined) == "client/asta"


def test_a_stream_of_no_clients_goes_by_its_own_name() -> None:
    assert partition_key(first("worker/anna", WorkerUnitJoined, unit_id=BRACKE, on=YEAR)) == "worker/anna"


def test_only_visits_and_orders_are_asked_for_their_first_event() -> None:
    kinds = (
        "visit",
        "order",
        "client",
        "worker",
        "device",
        "organisation",
        "exception",
        "supervision",
        "period",
        "admission",
        "person",
    )
    assert [kind for kind in kinds if needs_first_event(f"{kind}/1")] == ["visit", "order"]
