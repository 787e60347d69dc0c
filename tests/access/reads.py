"""What is read: one by one, as a cell, as a list, as a table to keep, with a filter, and page by page."""

from collections.abc import Iterator

from tests.access.cast import Relation
from tests.access.question import Of, Question, about, always, at, both
from tests.api.calls import Json

MARCH = {"month": "2026-03"}
EVERYBODY = {"age_min": "0", "visits_per_day_min": "0", "window": "00:00-23:59"}


def reads() -> Iterator[Question]:
    objects = (
        ("/v1/visits/{visit_id}", "read.visits", "visit", "visit_id"),
        ("/v1/orders/{order_id}", "read.orders", "order", "order_id"),
        ("/v1/clients/{client_id}", "read.people", "client", "client_id"),
        ("/v1/workers/{worker_id}", "read.workers", "worker", "worker_id"),
        ("/v1/devices/{device_id}", "device.change", "device", "device_id"),
        ("/v1/supervision/{occasion_id}", "read.supervision", "supervision", "occasion_id"),
    )
    for route, action, kind, name in objects:
        yield Question(route, action, kind, at(name, kind))
    month = {"month": "2026-02"}
    for part in ("", "/draft", "/statement"):
        yield Question(
            "/v1/periods/{accountable_id}/{month}" + part,
            "read.periods",
            "unit",
            both(month, at("accountable_id", "unit")),
        )
    asked = {"report": "performed-time", **MARCH}
    yield Question("/v1/exports", "export.reports", body=always(asked))
    for part in ("", "/file"):
        drawn = {"export_id": "7c1d5f0a-1f39-4a53-9a63-51c0de7b0f11"}
        yield Question(
            "/v1/exports/{export_id}" + part, "export.reports", "visit", always(drawn), relations=(Relation.ABSENT,)
        )
    yield Question("/v1/workers/{worker_id}/schedule", "read.reports", "worker", at("worker_id", "worker"))
    for kind in ("visit", "order", "client", "worker", "device", "unit", "supervision"):
        yield Question(
            "/v1/audit/{entity_kind}/{entity_id}",
            "read.history",
            kind,
            about(kind, "entity_kind", "entity_id"),
        )
    for kind in ("client", "worker"):
        for part in ("holds", "erasure"):
            route = "/v1/persons/{person_kind}/{person_id}/" + part
            yield Question(route, f"read.{part}", kind, about(kind, "person_kind", "person_id"))
    extract = "/v1/clients/{client_id}/access-extract"
    yield Question(extract, "read.access_extract", "client", at("client_id", "client"))
    cells: tuple[tuple[str, str, Of], ...] = (
        ("performed-time", "client", at("client_id", "client")),
        ("performed-time", "visit", at("visit_id", "visit")),
        ("performed-time", "worker", at("worker_id", "worker")),
        ("reimbursement", "client", at("client_id", "client")),
        ("reconciliation", "client", both({"legal_basis": "SoL"}, at("client_id", "client"))),
        ("exceptions", "visit", at("key", "key")),
    )
    for report, kind, cell in cells:
        yield Question(
            "/v1/reports/{report}/explain",
            "read.history",
            kind,
            always({"report": report}),
            params=both(MARCH, cell),
            where="cell",
            relations=tuple(each for each in Relation if each not in _not_taken_apart(kind)),
        )


def _not_taken_apart(kind: str) -> set[Relation]:
    """A worker's cell holds everybody they visited, so that who may not be told of all of them is told nothing."""
    return {Relation.LONG_AGO, *((Relation.PROTECTED,) if kind == "worker" else ())}


UNNAMED = frozenset(
    (
        "/v1/access-log/review",
        "/v1/client-time",
        "/v1/registration-quality",
        "/v1/client-counts",
        "/v1/budget-basis",
        "/v1/organisation",
    )
)
"""Lists of units and nobody in them. In every other one whoever is reached must stand."""
NO_TABLE = frozenset(("/v1/events", "/v1/quarantine", "/v1/persons/erasures"))
"""Lists that are told as JSON only."""
LISTS: tuple[tuple[str, str, Json, tuple[str, ...]], ...] = (
    ("/v1/performed-time", "read.reports", {**MARCH, "group_by": "client"}, ("client", "worker", "unit")),
    ("/v1/performed-time", "read.reports", {**MARCH, "group_by": "visit"}, ()),
    ("/v1/performed-time", "read.reports", {**MARCH, "group_by": "worker"}, ()),
    ("/v1/exceptions", "read.reports", {**MARCH, "state": "all"}, ("client", "worker", "unit")),
    ("/v1/reconciliation", "read.figures", MARCH, ("client", "unit")),
    ("/v1/reconciliation", "read.figures", {**MARCH, "level": "client"}, ()),
    ("/v1/reimbursement", "read.figures", MARCH, ("client", "unit")),
    ("/v1/client-fees", "read.figures", MARCH, ("client",)),
    ("/v1/continuity", "read.figures", {"from": "2026-03-02", "period_days": "1", "level": "client", **EVERYBODY}, ()),
    ("/v1/client-time", "read.figures", MARCH, ()),
    ("/v1/registration-quality", "read.figures", MARCH, ()),
    ("/v1/client-counts", "read.figures", {"level": "unit"}, ()),
    ("/v1/supervision-basis", "read.figures", {"month": "2026-02", "level": "occasion"}, ()),
    ("/v1/budget-basis", "read.figures", {"last": "2026-03", "months": "1"}, ()),
    ("/v1/register-basis", "read.figures", MARCH, ()),
    ("/v1/order-lag", "read.figures", MARCH, ()),
    ("/v1/periods", "read.periods", {}, ("accountable",)),
    ("/v1/events", "read.events", {}, ()),
    ("/v1/quarantine", "read.quarantine", {}, ()),
    ("/v1/persons/erasures", "read.erasure", {}, ()),
    ("/v1/access-log/review", "read.access_log", MARCH, ()),
    (
        "/v1/rulebooks/compare",
        "read.comparisons",
        {"before": "adopted", "after": "adopted", "period": "2026-03"},
        (),
    ),
    (
        "/v1/reports/compare",
        "read.history",
        {**MARCH, "report": "performed-time", "group_by": "client", "from": "1"},
        ("client", "worker", "unit"),
    ),
    ("/v1/reports/compare", "read.history", {**MARCH, "report": "exceptions", "from": "1"}, ()),
)


def lists() -> Iterator[Question]:
    for route, action, params, filters in LISTS:
        formats = ({},) if route in NO_TABLE else ({}, {"format": "csv"})
        for form in formats:
            yield Question(route, action, params=always({**params, **form}), where="export" if form else "list")
        for kind in filters:
            is_unit = kind == "accountable"
            yield Question(
                route,
                action,
                "unit" if is_unit else kind,
                params=both(params, at(f"{kind}_id", "unit" if is_unit else kind)),
                where="filter",
            )
        if "month" in params and "report" not in params and route != "/v1/access-log/review":  # which is told whole
            yield Question(route, action, params=always({**params, "limit": "1"}), where="cursor")
