"""Which events the audit trail finds for whom."""

import sqlalchemy as sa

from projections.audit_trail import AuditTrail, audit_positions
from projections.projection import FOREVER
from tests.projections.folding import contents, cut, emptied, fold
from tests.projections.story import STORY

TRAIL = AuditTrail()


def topics(
    db: sa.Connection, kind: str, entity_id: str, *, after: int = 0, limit: int = 100, as_of: int = FOREVER
) -> list[str]:
    positions = audit_positions(db, kind, entity_id, after=after, limit=limit, as_of=as_of)
    return [STORY[position - 1].event.TOPIC for position in positions]


def test_an_entity_is_found_in_its_own_events_and_in_those_that_name_it(read_database: sa.Engine) -> None:
    fold(read_database, TRAIL, STORY)
    with read_database.connect() as db:
        assert topics(db, "visit", "in-vain") == [
            "visit.planned",
            "visit.worker_assigned",
            "visit.worker_unassigned",
            "visit.not_performed",
            "visit.cancelled",
        ]
        assert topics(db, "unit", "gallo") == ["visit.planned", "client.unit_changed", "worker.lent_to_unit"]
        assert topics(db, "worker", "nurse") == ["worker.health_task_delegated"]
        assert topics(db, "provider", "private") == ["order.moved", "organisation.rulebook_adopted"]
        assert "device.heard_from" in topics(db, "device", "phone-1")
        assert "visit.checked_in" in topics(db, "device", "phone-1")


def test_a_client_is_found_in_plans_services_corrections_and_notes(read_database: sa.Engine) -> None:
    fold(read_database, TRAIL, STORY)
    with read_database.connect() as db:
        assert set(topics(db, "client", "bror")) == {
            "visit.planned",
            "visit.checked_in",
            "visit.service_declined",
            "visit.services_corrected",
            "visit.extra_visit_approved",
            "visit.note_added",
            "order.placed",
            "exception.acknowledged",
        }


def test_an_acknowledged_exception_belongs_to_what_it_is_about(read_database: sa.Engine) -> None:
    fold(read_database, TRAIL, STORY)
    with read_database.connect() as db:
        assert topics(db, "visit", "unplanned-night")[-1] == "exception.acknowledged"


def test_pages_follow_one_another_and_end_at_the_position_asked_for(read_database: sa.Engine) -> None:
    fold(read_database, TRAIL, STORY)
    with read_database.connect() as db:
        whole = audit_positions(db, "client", "asta", after=0, limit=100, as_of=FOREVER)
        first = audit_positions(db, "client", "asta", after=0, limit=3, as_of=FOREVER)
        assert first == whole[:3]
        assert audit_positions(db, "client", "asta", after=first[-1], limit=100, as_of=FOREVER) == whole[3:]
        assert audit_positions(db, "client", "asta", after=0, limit=100, as_of=whole[4]) == whole[:5]


def test_the_size_of_the_batches_makes_no_difference(read_database: sa.Engine) -> None:
    fold(read_database, TRAIL, STORY)
    at_once = contents(read_database, TRAIL)
    fold(emptied(read_database, TRAIL), TRAIL, *cut(STORY, [1, 2, 3, 5, 8, 13]))
    assert contents(read_database, TRAIL) == at_once
