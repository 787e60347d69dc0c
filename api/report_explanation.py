"""`/v1/reports/{report}/explain`: what stands behind one cell of a report."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Header, Query, Response

from api.asked_reports import ReportName, as_text, named
from api.dependencies import allowed
from api.exception_comparison import POLICIES, exceptions_of
from api.exceptions import told
from api.explained_cell import CellTeller
from api.month_parts import parts_of
from api.problems import Problem, documented
from api.reached import require_reached, visits_reached, workers_reached
from api.reading import Span, View, ViewDep, month_named, month_period, month_span
from api.rendering import Told
from api.strict_route import FieldError
from api.versioned import versioned_router
from api.visit_filter import Id, visit_filter
from api.whose import people_in
from domain.access.whose import named_in
from domain.compared_reports import Narrowed
from domain.explanation import ExplainedPart, counted_with, explained_parts, rules_in_force
from domain.facts import VisitFacts
from domain.ids import ClientId, VisitId, WorkerId
from domain.local_time import Month, local_day
from domain.report_cells import CellReport, Figures, Key, Piece
from domain.visit.concerned import concerned

router = versioned_router(
    prefix="/v1/reports",
    tags=["reports"],
    dependencies=[Depends(allowed("read.history"))],
    responses=documented(
        "unauthenticated",
        "forbidden",
        "purpose_required",
        "not_found",
        "missing_field",
        "unknown_field",
        "too_wide",
        "not_yet_visible",
    ),
)

PARTS_MAX = 500
"""A client's month has some hundred visits, a worker's two hundred."""
NO_VISIT = VisitId("")
KEY_MAX = 4_000
Code = Annotated[str | None, Query(max_length=60)]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class _Cell(msgspec.Struct, frozen=True):
    """A cell found, with all that the view has of it."""

    figures: Figures
    parts: Sequence[ExplainedPart]
    clients: Collection[ClientId]
    workers: Collection[str]
    days: Collection[date]
    policies: Sequence[str]
    alarms: Mapping[VisitId, Sequence[VisitId]] = {}


async def cell_named(
    client_id: Id = None,
    worker_id: Id = None,
    visit_id: Id = None,
    client_unit_id: Id = None,
    worker_unit_id: Id = None,
    unit_id: Id = None,
    provider_id: Id = None,
    service_code: Code = None,
    legal_basis: Code = None,
    kind: Code = None,
    band: Code = None,
    withheld: Code = None,
    rulebook_version: Code = None,
    day: Annotated[date | None, Query(description="YYYY-MM-DD")] = None,
    key: Annotated[str | None, Query(max_length=KEY_MAX, description="Of an exception.")] = None,
) -> Mapping[str, str]:
    """What names the cell: the columns of the report by which its rows are told apart, an empty one where a row has none."""
    given = {
        "client_id": client_id,
        "worker_id": worker_id,
        "visit_id": visit_id,
        "client_unit_id": client_unit_id,
        "worker_unit_id": worker_unit_id,
        "unit_id": unit_id,
        "provider_id": provider_id,
        "service_code": service_code,
        "legal_basis": legal_basis,
        "kind": kind,
        "band": band,
        "withheld": withheld,
        "rulebook_version": rulebook_version,
        "day": day,
        "key": key,
    }
    return {name: str(value) for name, value in given.items() if value is not None}


@router.get("/{report}/explain", response_class=Response)
def get_explanation(
    view: ViewDep,
    report: ReportName,
    month: Annotated[str, Query(description="YYYY-MM", max_length=7)],
    cell: Annotated[Mapping[str, str], Depends(cell_named)],
    accept_language: Annotated[str, Header()] = "en",
) -> Response:
    """One cell taken apart: its figures, the rules in force, what was ordered, who was away, and for each visit what it adds,
    the plan, the stays, the services and every event, corrections with both values. The parts add up to the cell."""
    wanted = month_named(month)
    require_reached(view, client_id=cell.get("client_id"), worker_id=cell.get("worker_id"))
    found = _exception(view, wanted, cell) if report is ReportName.EXCEPTIONS else _figure(view, report, wanted, cell)
    for client_id in found.clients:
        require_reached(view, client_id=client_id or None)
        if not view.reach.tells(client_id):
            raise Problem("not_found")
    teller = CellTeller(view, accept_language)
    told = view.about(found.days) | {"report": report, "cell": cell} | _told(view, wanted, found, teller)
    whose = people_in(view.db, named_in(told) | teller.mentioned | {("client", each) for each in found.clients})
    return Told(_ENCODER.encode(told), whose=whose)


class _Found(msgspec.Struct):
    """A cell as the report computes it, and the pieces that it is made of; with the alarms counted in other visits."""

    figures: Figures | None
    pieces: list[Piece] = []
    alarms: dict[VisitId, list[VisitId]] = {}


def _find(view: View, report: CellReport, key: Key, month: Month, clients: Collection[ClientId]) -> _Found:
    """Look for a cell in some clients' month."""
    found, summaries = _Found(None), []
    for part in parts_of(view, month, clients):
        summaries.append(report.summary(part))
        found.pieces += [piece for piece in report.pieces(part) if as_text(piece.key) == key]
        found.alarms |= counted_with(part.visits, context=part.context, rulebook=part.rulebook)
    found.figures = {as_text(each): figures for each, figures in report.rows(summaries).items()}.get(key)
    return found


def _figure(view: View, name: ReportName, month: Month, cell: Mapping[str, str]) -> _Cell:
    """Find a cell of a report of minutes. Raises 404 where the report has none like it, 422 where it is too wide."""
    if name is ReportName.RECONCILIATION and "legal_basis" not in cell:
        raise Problem("missing_field", errors=[FieldError("/query/legal_basis", "missing_field")])
    report, key = named(name, cell, Narrowed(reach=view.reach))
    found = _find(view, report, key, month, _clients(view, month, cell))
    if found.figures is None:
        raise Problem("not_found")
    parts = explained_parts(found.pieces, report.adds)
    if len(parts) > PARTS_MAX:
        raise Problem("too_wide")
    visits = view.facts.visits(visit_ids={part.visit_id for part in parts if part.visit_id})
    clients = {piece.client_id for piece in found.pieces} | _hidden_in(view, visits)
    days = {part.day for part in parts} or set(month_span(view, month).days)
    return _Cell(found.figures, parts, clients, _workers(visits), days, report.policies, found.alarms)


def _exception(view: View, month: Month, cell: Mapping[str, str]) -> _Cell:
    """Find an exception by its key, among those of its visits' client or of everybody."""
    if cell.keys() - {"client_id"} != {"key"}:
        raise Problem("missing_field", errors=[FieldError("/query/key", "missing_field")])
    found = exceptions_of(view, month, visit_filter(cell.get("client_id"))).get(cell["key"])
    if found is None:
        raise Problem("not_found")
    visits = view.facts.visits(visit_ids=found.exception.visit_ids)
    parts = [_whole(visit, view) for visit in visits]
    clients = {client for visit in visits for client in concerned(visit)}
    days = {part.day for part in parts} or set(month_span(view, month).days)
    return _Cell(told(found), parts, clients, _workers(visits), days, POLICIES)


def _clients(view: View, month: Month, cell: Mapping[str, str]) -> set[ClientId]:
    """Whose month the cell lies in. Raises 422 `too_wide` where it names neither client, visit nor worker."""
    if client_id := cell.get("client_id"):
        return {ClientId(client_id)}
    if visit_id := cell.get("visit_id"):
        # One out of reach is left here: to compute its clients' month first would tell by the time that it is there.
        visits = visits_reached(view, view.facts.visits(visit_ids=[VisitId(visit_id)]))
    elif worker_id := cell.get("worker_id"):
        visits = view.facts.visits(month_period(view, month), worker_id=WorkerId(worker_id))
    else:
        raise Problem("too_wide")
    return {client for visit in visits for client in concerned(visit)}


def _told(view: View, month: Month, cell: _Cell, teller: CellTeller) -> dict[str, Any]:
    """The explanation, in the order in which it is read."""
    whole, days = month_period(view, month), Span(min(cell.days), max(cell.days), view.rulebook.zone).period
    people = [*cell.clients, *workers_reached(view, cell.workers)]
    return {
        "figures": cell.figures,
        "rules": teller.rules(rules_in_force(view.rulebook, cell.days, cell.policies)),
        "orders": teller.orders(cell.clients, whole),
        "absences": teller.absences(people, days),
        "memberships": teller.memberships(people, days),
        "parts": [teller.part(part, cell.alarms.get(part.visit_id or NO_VISIT, ())) for part in cell.parts],
    }


def _whole(visit: VisitFacts, view: View) -> ExplainedPart:
    stands_at = visit.stands_at or view.at
    return ExplainedPart(local_day(stands_at, view.rulebook.zone), visit.visit_id, {}, ())


def _hidden_in(view: View, visits: Collection[VisitFacts]) -> set[ClientId]:
    """The clients of some visits of whom nothing may be told."""
    return {client for visit in visits for client in concerned(visit) if not view.reach.tells(client)}


def _workers(visits: Collection[VisitFacts]) -> set[str]:
    return {stay.worker_id for visit in visits for stay in visit.attendances}
