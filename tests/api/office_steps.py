"""The office's decisions as stories: what is decided about one subject after another, and what can no longer be."""

from dataclasses import dataclass

from tests.api.calls import Json
from tests.api.town import ANNA, ASTRID, BROR, CENTRE, GALLO, JANUARY, NILS, ORDER, OUTSIDE, PLAN, STINA, fresh

HOUSEHOLD, SHIFT = fresh("household"), fresh("shift")
MEANING = {"from_on": JANUARY, "name_sv": "Städning", "name_en": "Cleaning", "category": "service"}
SHIFT_TIMES = {"scheduled_start_at": "2026-03-02T07:00:00+01:00", "scheduled_end_at": "2026-03-02T16:00:00+01:00"}


@dataclass(frozen=True)
class Step:
    """One decision in the story of a subject. `refused` is the code when it is decided again, or `instead` is."""

    role: str
    verb: str
    body: Json
    topic: str
    refused: str
    instead: Json | None = None


VISIT = (
    Step("coordinator", "plan", PLAN, "visit.planned", "visit_already_planned"),
    Step(
        "coordinator",
        "reschedule",
        {"scheduled_start_at": "2026-03-02T06:10:00+01:00", "scheduled_end_at": "2026-03-02T06:50:00+01:00"},
        "visit.rescheduled",
        "schedule_backwards",
        {"scheduled_start_at": "2026-03-02T06:10:00+01:00", "scheduled_end_at": "2026-03-02T06:10:00+01:00"},
    ),
    Step("coordinator", "assign", {"worker_id": ANNA}, "visit.worker_assigned", "worker_already_assigned"),
    Step("coordinator", "unassign", {"worker_id": ANNA}, "visit.worker_unassigned", "worker_not_assigned"),
    Step(
        "care_manager",
        "approve-excess",
        {"client_id": ASTRID, "minutes": 15, "reason": "Föll i hallen."},
        "visit.excess_approved",
        "reason_text_missing",
        {"client_id": ASTRID, "minutes": 20, "reason": "EL"},
    ),
    Step(
        "care_manager",
        "approve-extra-visit",
        {"client_id": ASTRID, "minutes": 15, "reason": "Strömavbrott på kvällen."},
        "visit.extra_visit_approved",
        "not_their_visit",
        {"client_id": BROR, "minutes": 20, "reason": "Strömavbrott på kvällen."},
    ),
    Step(
        "coordinator",
        "cancel",
        {
            "cancelled_by": "client",
            "notice_given_at": "2026-03-01T12:00:00Z",
            "reason_codes": ["CLIENT_CHANGED_OR_CANCELLED"],
        },
        "visit.cancelled",
        "visit_already_cancelled",
    ),
)

ORDERS = (
    Step("care_manager", "place", ORDER, "order.placed", "order_already_placed"),
    Step(
        "care_manager",
        "change",
        {
            "effective_from": "2026-02-10",
            "lines": [{"line_id": "1", "service_code": "SHOWER", "frequency": "3/week", "ordered_minutes": 40}],
            "decision": {"reference": "SN 2026-17", "from_on": "2026-02-10"},
            "reason_codes": ["RETROACTIVE_ORDER"],
        },
        "order.changed",
        "order_unchanged",
    ),
    Step(
        "coordinator",
        "report-need-change",
        {"direction": "increased", "noticed_on": "2026-02-20", "service_code": "SHOWER", "note": "Orkar inte själv."},
        "order.need_change_reported",
        "need_change_already_reported",
    ),
    Step(
        "care_manager",
        "suspend",
        {"from_on": "2026-02-24", "reason": "hospital"},
        "order.suspended",
        "order_already_suspended",
    ),
    Step("care_manager", "resume", {"on": "2026-02-27"}, "order.resumed", "order_not_suspended"),
    Step("care_manager", "move", {"provider_id": OUTSIDE, "from_on": "2026-03-01"}, "order.moved", "same_provider"),
    Step("care_manager", "end", {"on": "2026-06-01", "reason": "need_ceased"}, "order.ended", "order_ended"),
)

CLIENT = (
    Step(
        "coordinator",
        "register",
        {
            "unit_id": CENTRE,
            "registered_on": JANUARY,
            "name": "Astrid Ek",
            "personnummer": "19121212-1212",
            "home_position": {"lat": 62.75, "lon": 15},
            "area_type": "sparse",
            "dwelling": "machine_in_home",
        },
        "client.registered",
        "client_already_registered",
    ),
    Step(
        "coordinator", "change-details", {"telephone": "0693-161 00"}, "client.details_changed", "details_missing", {}
    ),
    Step(
        "coordinator",
        "change-unit",
        {"unit_id": GALLO, "from_on": "2026-02-01"},
        "client.unit_changed",
        "client_unit_unchanged",
    ),
    Step(
        "coordinator",
        "join-household",
        {"household_id": HOUSEHOLD, "from_on": "2026-02-01"},
        "client.household_joined",
        "in_household_already",
    ),
    Step(
        "coordinator",
        "leave-household",
        {"household_id": HOUSEHOLD, "on": "2026-02-15"},
        "client.household_left",
        "not_in_household",
    ),
    Step(
        "coordinator",
        "assign-tag",
        {"tag_id": "04:A1", "from_on": "2026-02-01"},
        "client.tag_assigned",
        "tag_assigned_already",
    ),
    Step(
        "coordinator", "retire-tag", {"tag_id": "04:A1", "on": "2026-02-15"}, "client.tag_retired", "tag_not_assigned"
    ),
    Step(
        "coordinator",
        "designate-care-contact",
        {"worker_id": STINA, "from_on": "2026-02-01"},
        "client.care_contact_designated",
        "care_contact_unchanged",
    ),
    Step(
        "coordinator",
        "record-absence",
        {"kind": "hospital_unplanned", "from_at": "2026-02-20T10:00:00+01:00"},
        "client.absent",
        "absent_already",
    ),
    Step("coordinator", "record-return", {"at": "2026-02-24T10:00:00+01:00"}, "client.returned", "not_absent"),
    Step(
        "care_manager",
        "mark-protected-identity",
        {"level": "confidentiality_marking"},
        "client.protected_identity_marked",
        "protection_unchanged",
    ),
    Step("unit_manager", "name-staff", {"subjects": ["ada"]}, "client.staff_named", "staff_named_already"),
    Step("unit_manager", "remove-staff", {"subjects": ["ada"]}, "client.staff_removed", "staff_not_named"),
)

WORKER = (
    Step(
        "unit_manager",
        "register",
        {"registered_on": JANUARY, "name": "Anna Berg", "employee_number": "4711", "title": "USK"},
        "worker.registered",
        "worker_already_registered",
    ),
    Step("unit_manager", "join-unit", {"unit_id": CENTRE, "on": JANUARY}, "worker.unit_joined", "in_unit_already"),
    Step(
        "unit_manager",
        "lend-to-unit",
        {"unit_id": GALLO, "from_on": "2026-03-01", "until_on": "2026-03-08"},
        "worker.lent_to_unit",
        "loan_unchanged",
    ),
    Step(
        "unit_manager",
        "record-absence",
        {"kind": "unplanned", "from_at": "2026-02-20T10:00:00+01:00", "until_at": "2026-02-21T10:00:00+01:00"},
        "worker.absent",
        "absent_already",
    ),
    Step(
        "unit_manager",
        "record-absence",
        {"kind": "planned", "from_at": "2026-02-25T10:00:00+01:00"},
        "worker.absent",
        "absent_already",
    ),
    Step("unit_manager", "record-return", {"at": "2026-02-26T10:00:00+01:00"}, "worker.returned", "not_absent"),
    Step(
        "coordinator",
        "schedule-shift",
        {"shift_id": SHIFT, "unit_id": CENTRE, **SHIFT_TIMES},
        "worker.shift_scheduled",
        "shift_already_scheduled",
    ),
    Step(
        "coordinator",
        "change-shift",
        {"shift_id": SHIFT, "unit_id": GALLO, **SHIFT_TIMES},
        "worker.shift_changed",
        "shift_unchanged",
    ),
    Step(
        "licensed",
        "delegate-health-task",
        {"service_code": "CLEAN", "from_on": "2026-02-01", "delegated_by": NILS},
        "worker.health_task_delegated",
        "delegated_already",
    ),
    Step(
        "licensed",
        "revoke-delegation",
        {"service_code": "CLEAN", "on": "2026-03-01"},
        "worker.delegation_revoked",
        "not_delegated",
    ),
    Step(
        "unit_manager",
        "record-licensed-title",
        {"title": "assistant_nurse", "from_on": "2025-07-01"},
        "worker.licensed_title_recorded",
        "title_recorded_already",
    ),
    Step("unit_manager", "leave-unit", {"unit_id": CENTRE, "on": "2026-04-01"}, "worker.unit_left", "not_in_unit"),
)
