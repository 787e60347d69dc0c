"""What the office decides, each with the thing in the path; and where somebody is named beside, in the body.

Every one names a version that nothing has, so that whoever reaches the thing is refused for that, and nothing is stored.
"""

from collections.abc import Iterator

from tests.access.cast import Things
from tests.access.question import THERE, Of, Question, about, always, at, both, new, with_unit
from tests.api.calls import Json
from tests.api.office_steps import HOUSEHOLD, SHIFT, SHIFT_TIMES
from tests.api.town import ANNA, BRACKE, CENTRE, GALLO, NILS, PLAN

ALREADY = {"reason_codes": ["DUPLICATE"]}
TIMES = {"scheduled_start_at": PLAN["scheduled_start_at"], "scheduled_end_at": PLAN["scheduled_end_at"]}


def _correction(thing: Things) -> Json:
    return {
        "worker_id": thing.worker,
        "client_ids": [thing.client],
        "arrived_at": "2026-03-02T06:00:00+01:00",
        "departed_at": "2026-03-02T06:15:00+01:00",
        "reason_codes": ["FORGOT_DEPARTURE"],
    }


def _service(thing: Things) -> Json:
    return {
        "service_code": "SHOWER",
        "worker_id": thing.worker,
        "client_id": thing.client,
        "at": "2026-03-02T06:00:00+01:00",
        "reason_codes": ["FORGOT_DEPARTURE"],
    }


def planned(thing: Things) -> Json:
    return {**PLAN, "client_ids": [thing.client], "services": [], "unit_id": None}


def _placed(thing: Things) -> Json:
    lines = [{"line_id": "1", "service_code": "SHOWER", "frequency": "2/week", "ordered_minutes": 40}]
    return {
        "client_id": thing.client,
        "provider_id": BRACKE,
        "legal_basis": "SoL",
        "minute_control": "flexible",
        "starts_on": "2026-02-01",
        "lines": lines,
    }


def decisions() -> Iterator[Question]:
    """The thing in the path; those that name somebody else too, in the body."""
    beyond = {"minutes": 15, "reason": "Föll i hallen."}
    visit: tuple[tuple[str, str, Of, str], ...] = (
        ("reschedule", "visit.plan", always(TIMES), ""),
        (
            "cancel",
            "visit.plan",
            always({"cancelled_by": "client", "notice_given_at": "2026-03-01T12:00:00Z", "reason_codes": []}),
            "",
        ),
        ("assign", "visit.plan", at("worker_id", "worker"), "worker"),
        ("unassign", "visit.plan", always({"worker_id": ANNA}), ""),
        ("correct-attendance", "visit.correct", _correction, "client"),
        ("correct-services", "visit.correct", _service, "client"),
        ("approve", "visit.approve", always({"position": 1, "minutes": 40}), ""),
        ("withdraw-approval", "visit.approve", always(ALREADY), ""),
        ("approve-excess", "visit.approve_excess", both(beyond, at("client_id", "client")), ""),
        ("approve-extra-visit", "visit.approve_excess", both(beyond, at("client_id", "client")), ""),
    )
    for verb, action, body, named in visit:
        yield from _about("/v1/visits/{visit_id}/" + verb, action, "visit", "visit_id", body, named)
    plan = "/v1/visits/{visit_id}/plan"
    taken = at("visit_id", "visit")
    yield Question(plan, "visit.plan", "visit", taken, planned, creates=True, relations=THERE)
    yield Question(plan, "visit.plan", "client", new("visit_id"), planned, where="body")
    yield Question(
        plan,
        "visit.plan",
        "unit",
        new("visit_id"),
        with_unit({**PLAN, "client_ids": [], "services": []}),
        where="body",
    )
    order: tuple[tuple[str, Json], ...] = (
        ("change", {"effective_from": "2026-02-10", "lines": _placed_lines(), "reason_codes": ["RETROACTIVE_ORDER"]}),
        ("suspend", {"from_on": "2026-02-24", "reason": "hospital"}),
        ("resume", {"on": "2026-02-27"}),
        ("move", {"provider_id": BRACKE, "from_on": "2026-03-01"}),
        ("end", {"on": "2026-06-01", "reason": "need_ceased"}),
    )
    for verb, sent in order:
        yield from _about("/v1/orders/{order_id}/" + verb, "order.decide", "order", "order_id", always(sent))
    need = {"direction": "increased", "noticed_on": "2026-02-20"}
    yield from _about(
        "/v1/orders/{order_id}/report-need-change", "order.report_need_change", "order", "order_id", always(need)
    )
    place = "/v1/orders/{order_id}/place"
    ordered = at("order_id", "order")
    yield Question(place, "order.decide", "order", ordered, _placed, creates=True, relations=THERE)
    yield Question(place, "order.decide", "client", new("order_id"), _placed, where="body")
    yield from _of_clients()
    yield from _of_workers()
    yield from _of_others()
    yield from _of_erasure()


def _placed_lines() -> list[Json]:
    return [{"line_id": "1", "service_code": "SHOWER", "frequency": "3/week", "ordered_minutes": 40}]


def _of_clients() -> Iterator[Question]:
    client: tuple[tuple[str, Json], ...] = (
        ("change-details", {"telephone": "0693-161 00"}),
        ("change-unit", {"unit_id": GALLO, "from_on": "2026-03-02"}),
        ("join-household", {"household_id": HOUSEHOLD, "from_on": "2026-02-01"}),
        ("leave-household", {"household_id": HOUSEHOLD, "on": "2026-02-15"}),
        ("assign-tag", {"tag_id": "04:A1", "from_on": "2026-02-01"}),
        ("retire-tag", {"tag_id": "04:A1", "on": "2026-02-15"}),
        ("record-absence", {"kind": "hospital_unplanned", "from_at": "2026-02-20T10:00:00+01:00"}),
        ("record-return", {"at": "2026-02-24T10:00:00+01:00"}),
        ("mark-protected-identity", {"level": "confidentiality_marking"}),
    )
    for verb, sent in client:
        yield from _about("/v1/clients/{client_id}/" + verb, "client.change", "client", "client_id", always(sent))
    for verb in ("name-staff", "remove-staff"):
        route = "/v1/clients/{client_id}/" + verb
        yield from _about(route, "client.name_staff", "client", "client_id", always({"subjects": ["nobody"]}))
    contact = "/v1/clients/{client_id}/designate-care-contact"
    named = both({"from_on": "2026-02-01"}, at("worker_id", "worker"))
    yield from _about(contact, "client.change", "client", "client_id", named, "worker")
    register = "/v1/clients/{client_id}/register"
    yield Question(
        register,
        "client.register",
        "client",
        at("client_id", "client"),
        always({"unit_id": CENTRE, "registered_on": "2026-01-01"}),
        creates=True,
        also_unit=CENTRE,
    )
    yield Question(
        register,
        "client.register",
        "unit",
        new("client_id"),
        with_unit({"registered_on": "2026-01-01"}),
        where="body",
    )


def _of_workers() -> Iterator[Question]:
    worker: tuple[tuple[str, str, Json], ...] = (
        ("leave-unit", "worker.change", {"unit_id": CENTRE, "on": "2026-04-01"}),
        ("lend-to-unit", "worker.change", {"unit_id": GALLO, "from_on": "2026-03-01", "until_on": "2026-03-08"}),
        ("record-absence", "worker.change", {"kind": "planned", "from_at": "2026-02-25T10:00:00+01:00"}),
        ("record-return", "worker.change", {"at": "2026-02-26T10:00:00+01:00"}),
        ("revoke-delegation", "worker.delegate", {"service_code": "CLEAN", "on": "2026-03-01"}),
        ("record-licensed-title", "worker.change", {"title": "assistant_nurse", "from_on": "2025-07-01"}),
        (
            "delegate-health-task",
            "worker.delegate",
            {"service_code": "CLEAN", "from_on": "2026-02-01", "delegated_by": NILS},
        ),
    )
    for verb, action, sent in worker:
        yield from _about("/v1/workers/{worker_id}/" + verb, action, "worker", "worker_id", always(sent))
    of_unit: tuple[tuple[str, str, Json], ...] = (
        ("join-unit", "worker.change", {"on": "2026-01-01"}),
        ("schedule-shift", "worker.schedule", {"shift_id": SHIFT, **SHIFT_TIMES}),
        ("change-shift", "worker.schedule", {"shift_id": SHIFT, **SHIFT_TIMES}),
    )
    for verb, action, sent in of_unit:
        route = "/v1/workers/{worker_id}/" + verb
        in_centre = always({**sent, "unit_id": CENTRE})
        path = at("worker_id", "worker")
        yield Question(route, action, "worker", path, in_centre, also_unit=CENTRE)
        in_theirs = with_unit(sent)
        yield Question(route, action, "unit", path, in_theirs, where="body", is_of_own=True, needs_own="worker")
    register = "/v1/workers/{worker_id}/register"
    sent = {"registered_on": "2026-01-01"}
    yield Question(register, "worker.register", "worker", at("worker_id", "worker"), always(sent), creates=True)


def _of_others() -> Iterator[Question]:
    register, device = "/v1/devices/{device_id}/register", at("device_id", "device")
    yield Question(
        register, "device.change", "device", device, always({"unit_id": CENTRE}), creates=True, also_unit=CENTRE
    )
    drawn = new("device_id")
    yield Question(register, "device.change", "unit", drawn, at("unit_id", "unit"), where="body")
    yield Question(
        register,
        "device.change",
        "worker",
        drawn,
        both({"unit_id": CENTRE}, at("worker_id", "worker")),
        where="body",
        also_unit=CENTRE,
    )
    yield from _about(
        "/v1/devices/{device_id}/revoke", "device.change", "device", "device_id", always({"reason": "lost"})
    )
    held = {"unit_id": CENTRE, "on": "2026-02-03", "worker_ids": [], "minutes": 30, "supervisor_id": NILS}
    occasions: tuple[tuple[str, Json], ...] = (
        ("hold", held),
        ("cancel", {"unit_id": CENTRE, "on": "2026-02-03", "reason": "supervisor_away"}),
        ("plan-team-meeting", {"unit_id": CENTRE, "on": "2026-02-03"}),
    )
    for verb, sent in occasions:
        route = "/v1/supervision/{occasion_id}/" + verb
        yield Question(
            route,
            "supervision.register",
            "supervision",
            at("occasion_id", "supervision"),
            always(sent),
            creates=True,
            also_unit=CENTRE,
        )
        yield Question(
            route,
            "supervision.register",
            "unit",
            new("occasion_id"),
            with_unit(sent),
            where="body",
        )
    yield Question(
        "/v1/supervision/{occasion_id}/hold",
        "supervision.register",
        "worker",
        new("occasion_id"),
        lambda thing: {**held, "worker_ids": [thing.worker]},
        where="body",
        also_unit=CENTRE,
    )
    yield from _about(
        "/v1/supervision/{occasion_id}/withdraw", "supervision.register", "supervision", "occasion_id", always(ALREADY)
    )
    for kind in ("visit", "order", "client", "worker", "device", "supervision"):
        yield Question(
            "/v1/exceptions/{kind}/{subject_id}/acknowledge",
            "exception.acknowledge",
            kind,
            about(kind, "kind", "subject_id"),
            _acknowledged(kind),
        )
    for verb, sent in (("close", {}), ("reopen", {"reason": "error_in_basis"}), ("confirm-reopening", {})):
        route = "/v1/periods/{accountable_id}/{month}/" + verb
        yield Question(
            route,
            "period.close",
            "unit",
            both({"month": "2026-02"}, at("accountable_id", "unit")),
            always(sent),
        )


def _of_erasure() -> Iterator[Question]:
    held = {"hold_id": "0b5c1f0e-7d0a-4c57-9c64-5a3f6b1f2d10"}
    decided: tuple[tuple[str, str, Json], ...] = (
        ("place-hold", "hold.change", {**held, "reason": "lex_sarah"}),
        ("lift-hold", "hold.change", held),
        ("request-erasure", "erasure.request", {"reason": "retention_over"}),
        ("withdraw-erasure-request", "erasure.request", {}),
        ("approve-erasure", "erasure.approve", {}),
    )
    for verb, action, sent in decided:
        for kind in ("client", "worker"):
            route = "/v1/persons/{person_kind}/{person_id}/" + verb
            yield Question(route, action, kind, about(kind, "person_kind", "person_id"), always(sent))


def _about(route: str, action: str, kind: str, name: str, body: Of, named: str = "") -> Iterator[Question]:
    """The thing in the path; and where somebody is named, the first unit's own in the path and somebody of the thing's."""
    path = at(name, kind)
    yield Question(route, action, kind, path, body)
    if named:
        yield Question(route, action, named, path, body, where="body", is_of_own=True, needs_own=kind)


def _acknowledged(kind: str) -> Of:
    known = {"position": 1, "reason_codes": ["FORGOT_DEPARTURE"]}
    return lambda thing: {**known, "key": f"MANUAL|{kind}/{getattr(thing, kind)}|x"}
