"""Every route with what is asked of it. A route without an entry fails the suite."""

from collections.abc import Iterator

from tests.access.cast import Relation, Things, number_of
from tests.access.decisions import decisions, planned
from tests.access.question import Of, Question, always
from tests.access.reads import lists, reads
from tests.api.calls import Json
from tests.api.office_steps import MEANING
from tests.api.town import BRACKE, CENTRE, fresh

NO_VERSION = 999


def _batches() -> Iterator[Question]:
    def items(of: Of) -> Of:
        return lambda thing: {"items": [{"key": fresh("key"), "version": NO_VERSION, **of(thing)}]}

    plan = items(lambda thing: {**planned(thing), "visit_id": fresh("v")})
    yield Question("/v1/visits/plan", "visit.plan", "client", body=plan, where="batch")
    assign = "/v1/visits/assign"
    by_visit = items(lambda thing: {"visit_id": thing.visit, "worker_id": thing.worker})
    yield Question(assign, "visit.plan", "visit", body=by_visit, where="batch")
    approve = items(lambda thing: {"visit_id": thing.visit, "position": 1, "minutes": 40})
    yield Question("/v1/visits/approve", "visit.approve", "visit", body=approve, where="batch")


def _found() -> Iterator[Question]:
    def number(thing: Things) -> Json:
        return {"personnummer": number_of(thing.client)}

    yield Question("/v1/clients/find", "read.people", "client", body=number, where="body")


def _imports() -> Iterator[Question]:
    times = "2026-03-02T06:00+01:00,2026-03-02T06:40+01:00"
    plans, stays = "key,client,start,end,unit,workers\n", "key,client,worker,arrived,departed\n"
    asked = {"source": "matrix", "dry_run": "true"}
    route = "/v1/imports/plans"
    wanted: tuple[tuple[str, Of], ...] = (
        ("client", lambda thing: f"{plans}k,{thing.client},{times},,\n"),
        ("unit", lambda thing: f"{plans}k,OWN,{times},{thing.unit},\n"),
        ("worker", lambda thing: f"{plans}k,OWN,{times},,{thing.worker}\n"),
    )
    for kind, content in wanted:
        needs = "" if kind == "client" else "client"
        yield Question(route, "import", kind, csv=content, params=always(asked), where="file", needs_own=needs)
    days = {"from": "2026-03-02", "to": "2026-03-02", "complete": "true"}
    yield Question(
        route,
        "import",
        "unit",
        csv=lambda _: f"{plans}k,OWN,{times},,\n",
        params=lambda thing: {**asked, **days, "unit": thing.unit},
        where="filter",
    )
    yield Question(
        "/v1/imports/registrations",
        "import",
        "client",
        csv=lambda thing: f"{stays}k,{thing.client},{thing.worker},{times}\n",
        params=always(asked),
        where="file",
        relations=(
            Relation.OTHER_UNIT,
            Relation.OTHER_PROVIDER,
            Relation.FORMER,
            Relation.PROTECTED,
            Relation.ABSENT,
        ),
    )


def _of_no_person() -> Iterator[Question]:
    """Of no person: the table's answer for the role is all there is to it."""
    yield Question("/v1/organisation", "read.organisation", where="list")
    for route in ("/v1/rulebooks/schema", "/v1/rulebooks", "/v1/rulebooks/{edition}"):
        yield Question(route, "read.rulebooks", path=always({"edition": "default-1"}))
    changes: tuple[tuple[str, Json, Json], ...] = (
        ("/v1/providers/{provider_id}/register", {"provider_id": BRACKE}, {"name": "Norrhem AB", "in_house": False}),
        ("/v1/units/{unit_id}/open", {"unit_id": CENTRE}, {"name": "Kälarne", "provider_id": BRACKE}),
        ("/v1/service-codes/{service_code}/define", {"service_code": "CLEAN"}, MEANING),
        ("/v1/service-codes/{service_code}/change", {"service_code": "CLEAN"}, MEANING),
    )
    for route, path, sent in changes:
        yield Question(route, "organisation.change", path=always(path), body=always(sent))
    yield Question("/v1/rulebooks/check", "rulebook.check", body=always({}))
    yield Question("/v1/rulebooks/adopt", "rulebook.adopt", body=always({}))
    yield Question("/v1/sync", "sync", body=always({}))
    yield Question("/v1/admission", "admission.change")
    yield Question("/v1/admission/withdraw", "admission.change", body=always({"subject": "nobody", "reason": "left"}))
    yield Question("/v1/admission/restore", "admission.change", body=always({"subject": "nobody"}))


QUESTIONS: tuple[Question, ...] = (
    *decisions(),
    *_batches(),
    *_imports(),
    *_found(),
    *reads(),
    *lists(),
    *_of_no_person(),
)
