"""Exceptions that differ between two positions: found, gone, of other minutes, or accepted; each with the events behind it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from api.cell_comparison import Compared, Sides, TooManyClientsError
from api.exceptions import standing_exceptions, told
from api.reading import View, month_period, month_span
from api.visit_filter import VisitFilter, visit_filter
from domain.cell_causes import causes
from domain.cell_scope import Scope, all_month, nearby, with_visits
from domain.compared_reports import MONTH_READS, Narrowed
from domain.evidence import Acknowledgement, DeviceContact, QuarantinedFact
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import StandingException
from domain.facts import Fact, OrderLine, VisitFacts
from domain.ids import VisitId
from domain.local_time import ONE_DAY, Month, local_day
from domain.period.facts import PeriodClosing
from domain.report_cells import ChangedCell, Figures, changed_cells
from domain.rule_changes import RuleChanges
from domain.rulebook.policies import PayPolicies
from domain.supervision.facts import SupervisionSession, TeamMeeting
from domain.visit.concerned import concerned, workers_named
from projections.believed import columns
from projections.fact_changes import FactChanges
from projections.household_reader import HouseholdReader

READS: frozenset[type[Fact]] = MONTH_READS.union(
    [
        Acknowledgement,
        PeriodClosing,
        QuarantinedFact,
        SupervisionSession,
        TeamMeeting,
    ]
)
HEARD_READS = READS.union([DeviceContact])
POLICIES = PayPolicies.__struct_fields__
"""What is longer than ordered, and what is at stake, is told by the rules of pay."""
FIGURES = ("code", "class", "subject_kind", "subject_id", "minutes", "amount", "since", "open", "acknowledged_by")
Found = Mapping[str, StandingException]


class _Around(NamedTuple):
    """What lies around the exceptions that differ."""

    month: Month
    zone: str
    visits: Sequence[VisitFacts]
    """Of both beliefs."""
    clients_of_orders: Mapping[str, str]


def compare_exceptions(sides: Sides, month: Month, of: Narrowed, *, clients_max: int | None = None) -> list[Compared]:
    """The exceptions of a month that differ, by their keys. Raises TooManyClientsError where everybody's are asked for and
    there are more clients than `clients_max`."""
    whose = visit_filter(of.client_id, of.worker_id, of.unit_id)
    if clients_max is not None and whose.is_open:
        view = sides.after
        if len(HouseholdReader(view.db, view.position, month, view.rulebook).clients()) > clients_max:
            raise TooManyClientsError
    before, after = (exceptions_of(view, month, whose) for view in sides)
    cells = changed_cells(_figures(before), _figures(after))
    if not cells:
        return []
    either = {**before, **after}
    return _explained(sides, month, [(cell, either[cell.key[0]]) for cell in cells])


def exceptions_of(view: View, month: Month, whose: VisitFilter) -> Found:
    """The exceptions of a month, open or accepted, by their keys."""
    found = standing_exceptions(view, month_span(view, month), whose)
    return {each.exception.key: each for each in found}


def exception_scope(each: StandingException, visits: Iterable[VisitFacts], around: _Around) -> Scope:
    """What one exception is about."""
    found, month = each.exception, around.month
    theirs = [visit for visit in visits if visit.visit_id in found.visit_ids]
    days = [local_day(visit.stands_at, around.zone) for visit in theirs if visit.stands_at]
    client_id = around.clients_of_orders.get(found.subject_id) if found.subject_kind == "order" else None
    named = {client for visit in theirs for client in concerned(visit)} | ({client_id} if client_id else set())
    bare = Scope(
        clients=frozenset(named | ({found.subject_id} if found.subject_kind == "client" else set())),
        workers=frozenset({found.subject_id} if found.subject_kind == "worker" else ()),
        visits=frozenset(found.visit_ids),
        places=frozenset(visit.planned.unit_id for visit in theirs if visit.planned),
        subjects=frozenset({found.subject_id, found.key}),
        first_on=min(days, default=month.first_on),
        last_on=max(days, default=month.until_on - ONE_DAY),
        zone=around.zone,
    )
    return with_visits(bare, theirs)


def _explained(sides: Sides, month: Month, cells: Sequence[tuple[ChangedCell, StandingException]]) -> list[Compared]:
    """Find the events behind each."""
    around = _around(sides, month, [each for _, each in cells])
    clients = {client for visit in around.visits for client in concerned(visit)} | set(
        around.clients_of_orders.values()
    )
    clients |= {each.exception.subject_id for _, each in cells if each.exception.subject_kind == "client"}
    workers: set[str] = {worker_id for visit in around.visits for worker_id in workers_named(visit)}
    workers |= {each.exception.subject_id for _, each in cells if each.exception.subject_kind == "worker"}
    positions = sides.before.position, sides.after.position
    reader = FactChanges(sides.after.db, *positions, month_period(sides.after, month), HEARD_READS)
    changes = [*reader.everywhere(), *reader.around(sorted(clients), sorted(workers))]
    days = month_span(sides.after, month).days
    rules = RuleChanges(sides.before.rulebook, sides.after.rulebook, days, POLICIES)
    compared = []
    for cell, each in cells:
        scope = exception_scope(each, around.visits, around)
        scopes = [scope, nearby(scope, around.visits, around.zone), all_month(scope, around.visits, month)]
        reads = HEARD_READS if each.exception.code is ExceptionCode.SILENT else READS
        compared.append(Compared(cell, causes(scopes, changes, reads, rules)))
    return compared


def _around(sides: Sides, month: Month, found: Collection[StandingException]) -> _Around:
    visit_ids: set[VisitId] = {visit_id for each in found for visit_id in each.exception.visit_ids}
    visits = [visit for view in sides for visit in view.facts.visits(visit_ids=visit_ids)]
    orders = {each.exception.subject_id for each in found if each.exception.subject_kind == "order"}
    named = columns(OrderLine).order_id.in_(orders)
    lines = [line for view in sides for line in view.facts.facts(OrderLine, named)] if orders else []
    return _Around(month, sides.after.rulebook.zone, visits, {line.order_id: line.client_id for line in lines})


def _figures(found: Found) -> dict[tuple[str, ...], Figures]:
    rows = {key: told(each) for key, each in found.items()}
    return {(key,): {name: row[name] for name in FIGURES} for key, row in rows.items()}
