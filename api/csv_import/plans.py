"""Plans: each row makes its visit what the file says; a complete file calls off what it does not hold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from api.csv_import.cells import Cells, ServiceCell
from api.csv_import.faults import BadCellError
from api.csv_import.mapping import Columns
from api.csv_import.report import Fate, ImportReport, MissingVisit, RowResult, report
from api.csv_import.running import COMMANDS_MAX, Asked, ImportJob, carry_out, decide, facts_now, rejected
from api.csv_import.table import RawRow
from api.reading import Span
from domain.command import Accepted, Command, Outcome, Refused
from domain.facts import PlannedVisit
from domain.ids import UnitId, VisitId, WorkerId, stream_of
from domain.import_plan import PlanRow, Steps, import_visit, missing_visits
from domain.office.act import Act
from domain.office.visits import cancel_visit
from domain.values import CancelledBy, PlannedService, VisitKind
from domain.visit.events import VisitPlanned

PLAN_COLUMNS = Columns(
    names=("key", "client", "start", "end", "unit", "kind", "services", "workers"),
    required=("key", "client", "start", "end"),
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """The file holds all visits of the unit in these days. `agreed` are the visits that somebody has seen on the list and
    wants called off; None: all that are missing."""

    unit_id: UnitId
    days: Span
    agreed: Collection[str] | None = None


def import_plans(job: ImportJob, complete: Completeness | None = None) -> ImportReport:
    """Take in a file of plans. Raises `UnusableFileError`, `Problem` and the writer's errors."""
    table = job.table(PLAN_COLUMNS)
    asked, results = list[Asked](), list[RowResult]()
    for row in table.rows:
        try:
            asked.append(_asked(job, row))
        except BadCellError as fault:
            results.append(rejected(row, fault))
    missing = _missing(job, table.rows, complete) if complete else []
    decided = carry_out(job, asked)
    held = "bad_rows" if results else ""
    return report(job.digest, [*results, *decided], _called_off(job, missing, held), stored=not job.rehearsal)


def _asked(job: ImportJob, row: RawRow) -> Asked:
    if row.fault is not None:
        raise row.fault
    visit_id = VisitId(job.id(row.cells["key"]))
    told: list[Steps] = []
    command = import_visit(
        visit_id,
        _plan_row(Cells(row, job.mapping)),
        at=job.house.clock(),
        origin=job.origin,
        tell=told.append,  # once for each time the writer had to decide: the last one counts
        act=Act(actor=job.actor, reach=job.reach),
    )
    return Asked((command,), lambda outcomes: _result(row, visit_id, outcomes[0], told))


def _plan_row(cells: Cells) -> PlanRow:
    clients = cells.clients()
    unit_id = cells.optional_id("unit")
    services = tuple(map(_planned, cells.services(clients)))
    return PlanRow(
        client_ids=clients,
        starts_at=cells.instant("start"),
        ends_at=cells.instant("end"),
        unit_id=UnitId(unit_id) if unit_id else None,
        kind=cells.word("kind", VisitKind),
        services=services or None,
        worker_ids=tuple(map(WorkerId, cells.ids("workers"))) if cells.has("workers") else None,
    )


def _planned(service: ServiceCell) -> PlannedService:
    """A planned service says how long, and for whom."""
    if service.minutes is None:
        raise BadCellError("services", "minutes_missing")
    if service.client_id is None:
        raise BadCellError("services", "client_missing")
    return PlannedService(service.code, service.client_id, service.minutes)


def _result(row: RawRow, visit_id: VisitId, outcome: Outcome, told: Sequence[Steps]) -> RowResult:
    match outcome:
        case Accepted(position=position, changed=changed):
            return RowResult(
                line=row.line,
                status="accepted" if changed else "known",
                visit_id=visit_id,
                changes=told[-1].changes,
                position=position if changed else None,
            )
        case Refused(error=error):
            return RowResult(line=row.line, status="rejected", code=error.code)
        case _:
            raise AssertionError("a plan without a stamp is decided, or refused")


def _missing(job: ImportJob, rows: Sequence[RawRow], complete: Completeness) -> list[PlannedVisit]:
    """The visits to call off: only those that this exporter planned, for of others its files say nothing."""
    in_file = {VisitId(job.id(row.cells["key"])) for row in rows if row.cells.get("key")}
    period = complete.days.period
    with facts_now(job.house, job.reach) as facts:
        visits = facts.visits(period, unit_id=complete.unit_id)
    found = missing_visits(visits, unit_id=complete.unit_id, period=period, in_file=in_file)
    return [
        plan
        for plan in found
        if (complete.agreed is None or plan.visit_id in complete.agreed) and _is_ours(job, plan.visit_id)
    ]


def _is_ours(job: ImportJob, visit_id: VisitId) -> bool:
    rows = job.house.log.read_stream(stream_of("visit", visit_id))
    plans = [each.event for each in job.house.codec.decode_rows(rows) if isinstance(each.event, VisitPlanned)]
    return bool(plans) and plans[-1].origin.startswith(f"{job.source}/")


def _called_off(job: ImportJob, missing: Sequence[PlannedVisit], held: str) -> list[MissingVisit]:
    """Cancel them, in a rehearsal only on trial. A file with rows that cannot be read is not complete: then none is."""
    if held:
        return [_told(plan, "kept", code=held) for plan in missing]
    told: list[MissingVisit] = []
    for first in range(0, len(missing), COMMANDS_MAX):
        some = missing[first : first + COMMANDS_MAX]
        outcomes = decide(job, [_cancellation(job, plan) for plan in some])
        told += [_call_off_told(job, plan, outcome) for plan, outcome in zip(some, outcomes, strict=True)]
    return told


def _cancellation(job: ImportJob, plan: PlannedVisit) -> Command:
    return cancel_visit(
        plan.visit_id,
        cancelled_by=CancelledBy.PROVIDER,
        notice_given_at=job.house.clock(),
        origin=job.origin,
        act=Act(actor=job.actor, reach=job.reach),
    )


def _call_off_told(job: ImportJob, plan: PlannedVisit, outcome: Outcome) -> MissingVisit:
    match outcome:
        case Accepted():
            return _told(plan, "to_cancel") if job.rehearsal else _told(plan, "cancelled", position=outcome.position)
        case Refused(error=error):
            return _told(plan, "kept", code=error.code)
        case _:
            raise AssertionError("a cancellation without a stamp is decided, or refused")


def _told(plan: PlannedVisit, status: Fate, *, code: str = "", position: int | None = None) -> MissingVisit:
    return MissingVisit(
        visit_id=plan.visit_id,
        client_id=plan.client_ids[0],
        starts_at=plan.starts_at,
        status=status,
        code=code,
        position=position,
    )
