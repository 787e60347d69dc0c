"""Who may still decide about a visit that stands in a closed month."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec
import pytest

from domain.aggregate import Aggregate
from domain.client.aggregate import Client
from domain.client.events import ClientRegistered, ClientUnitChanged
from domain.command import Command
from domain.ids import VisitId
from domain.local_time import Month
from domain.office import visits
from domain.office.act import Act
from domain.organisation.aggregate import ORGANISATION_ID, Organisation
from domain.organisation.events import OrganisationProviderRegistered, OrganisationUnitOpened
from domain.organisation.values import UnitKind
from domain.period.aggregate import Basis, Period
from domain.period.errors import PeriodClosedError
from domain.period.values import Accountable, period_id
from domain.rulebook.values import AfterLock
from domain.values import CancelledBy, ReasonCode
from domain.visit.aggregate import Visit
from domain.visit.correction import AttendanceCorrection, ServiceCorrection
from domain.visit.events import AttendanceValues, ServiceValues, VisitCheckedIn, VisitPlanned
from tests.domain.given_facts import ANNA, ASTA, BRACKE, GALLO, MUNICIPAL, SHOWER, clock
from tests.domain.period_samples import BASIS, LOCKS
from tests.scenario import ReadableSealer

A = TypeVar("A", bound=Aggregate[Any])
EVA, ULLA = Act(actor="coordinator/eva"), Act(actor="care_manager/ulla", may_adjust=True)
VISIT = VisitId("visit-1")
APRIL_1 = date(2025, 4, 1)
BEFORE_CLOSING, AFTER_CLOSING = 400, 600
"""The month is closed at position 500."""


class Town:
    """A client of the Bräcke group, until April; and months that are closed."""

    def __init__(self) -> None:
        self._known: dict[tuple[type[Aggregate[Any]], str], Aggregate[Any]] = {}
        organisation = self.look(Organisation, ORGANISATION_ID)
        organisation.record(OrganisationProviderRegistered, provider_id=MUNICIPAL, name="Kommunen", in_house=True)
        for unit in (BRACKE, GALLO):
            organisation.record(
                OrganisationUnitOpened, unit_id=unit, name=unit, provider_id=MUNICIPAL, kind=UnitKind.HOME_CARE_GROUP
            )
        client = self.look(Client, ASTA)
        client.record(ClientRegistered, unit_id=BRACKE, registered_on=date(2025, 1, 1))
        client.record(ClientUnitChanged, unit_id=GALLO, from_on=APRIL_1)

    def look(self, aggregate: type[A], subject_id: str) -> A:
        known = self._known.setdefault((aggregate, subject_id), aggregate(subject_id, sealer=ReadableSealer()))
        assert isinstance(known, aggregate)
        return known

    def close(
        self, accountable: Accountable, month: Month = BASIS.month, after_lock: AfterLock = BASIS.after_lock
    ) -> None:
        basis: Basis = msgspec.structs.replace(BASIS, month=month, accountable=accountable, after_lock=after_lock)
        self.look(Period, period_id(accountable.id, month)).close(basis, at=LOCKS)

    def ask(self, command: Command, visit: Visit) -> None:
        if command.guard is not None:
            command.guard(self.look, visit)


def visit(registered_at: int = BEFORE_CLOSING, at: datetime | None = None) -> Visit:
    """Planned for Asta, with Anna's arrival, learned of at that position."""
    made = Visit(VISIT, sealer=ReadableSealer(), actor="coordinator/eva")
    starts_at = at or clock("08:00")
    made.record(
        VisitPlanned, client_ids=(ASTA,), scheduled_start_at=starts_at, scheduled_end_at=clock("23:00"), unit_id=BRACKE
    )
    made.record(VisitCheckedIn, worker_id=ANNA, occurred_at=starts_at)
    entries = tuple(msgspec.structs.replace(entry, position=registered_at) for entry in made.history.entries)
    made.history.entries = entries
    return made


def withdrawn(act: Act) -> Command:
    becomes = AttendanceValues(worker_id=ANNA, withdrawn=True)
    correction = AttendanceCorrection(becomes=becomes, reason_codes=(ReasonCode.DUPLICATE,))
    return visits.correct_attendance(VISIT, correction, act=act)


def service(act: Act) -> Command:
    becomes = ServiceValues(service_code=SHOWER, worker_id=ANNA, at=clock("08:10"))
    return visits.correct_services(
        VISIT, ServiceCorrection(becomes=becomes, reason_codes=(ReasonCode.WRONG_SERVICE,)), act=act
    )


def reschedule(act: Act, starts_at: datetime) -> Command:
    return visits.reschedule_visit(VISIT, scheduled_start_at=starts_at, scheduled_end_at=clock("23:00"), act=act)


def approve(act: Act) -> Command:
    return visits.approve_visit(VISIT, position=1, minutes=0, known_through=9, act=act)


def cancel(act: Act) -> Command:
    return visits.cancel_visit(VISIT, cancelled_by=CancelledBy.CLIENT, notice_given_at=clock("07:00"), act=act)


DECISIONS: dict[str, Callable[[Act], Command]] = {
    "correct the attendance": withdrawn,
    "correct a service": service,
    "cancel": cancel,
    "reschedule": lambda act: reschedule(act, clock("09:00")),
    "assign": lambda act: visits.assign_worker(VISIT, worker_id=ANNA, act=act),
    "unassign": lambda act: visits.unassign_worker(VISIT, worker_id=ANNA, act=act),
    "approve": approve,
    "withdraw the approval": lambda act: visits.withdraw_approval(
        VISIT, reason_codes=(ReasonCode.DATA_ENTRY_ERROR,), act=act
    ),
}
every_decision = pytest.mark.parametrize("decide", DECISIONS.values(), ids=list(DECISIONS))


@every_decision
@pytest.mark.parametrize(
    "accountable", [Accountable(unit_id=BRACKE), Accountable(provider_id=MUNICIPAL)], ids=["unit", "provider"]
)
def test_the_coordinator_decides_until_the_month_is_closed(
    decide: Callable[[Act], Command], accountable: Accountable
) -> None:
    town = Town()
    town.ask(decide(EVA), visit())
    town.close(accountable)
    with pytest.raises(PeriodClosedError):
        town.ask(decide(EVA), visit())


@every_decision
def test_the_municipality_decides_after_that_too(decide: Callable[[Act], Command]) -> None:
    town = Town()
    town.close(Accountable(unit_id=BRACKE))
    town.ask(decide(ULLA), visit())


def test_another_month_or_another_units_month_forbids_nothing() -> None:
    town = Town()
    town.close(Accountable(unit_id=GALLO))
    town.close(Accountable(unit_id=BRACKE), Month(2025, 2))
    town.ask(cancel(EVA), visit())


def test_the_clients_unit_of_the_day_is_the_one_that_accounts() -> None:
    town = Town()
    in_april = clock("08:00", APRIL_1)
    town.close(Accountable(unit_id=BRACKE), Month(2025, 4))
    town.ask(cancel(EVA), visit(at=in_april))
    town.close(Accountable(unit_id=GALLO), Month(2025, 4))
    with pytest.raises(PeriodClosedError):
        town.ask(cancel(EVA), visit(at=in_april))


def test_nothing_is_planned_or_moved_into_a_closed_month() -> None:
    town = Town()
    town.close(Accountable(unit_id=BRACKE))
    new = Visit(VISIT, sealer=ReadableSealer())
    planned = visits.plan_visit(
        VISIT, client_ids=(ASTA,), scheduled_start_at=clock("08:00"), scheduled_end_at=clock("09:00"), act=EVA
    )
    with pytest.raises(PeriodClosedError):
        town.ask(planned, new)
    in_april = visit(at=clock("08:00", APRIL_1))
    with pytest.raises(PeriodClosedError):
        town.ask(reschedule(EVA, clock("08:00")), in_april)


def test_a_local_midnight_decides_which_month_it_is() -> None:
    town = Town()
    town.close(Accountable(unit_id=BRACKE))
    town.ask(cancel(EVA), visit(at=clock("00:00", APRIL_1)))
    with pytest.raises(PeriodClosedError):
        town.ask(cancel(EVA), visit(at=clock("23:59", date(2025, 3, 31))))


@pytest.mark.parametrize(
    ("registered_at", "after_lock", "is_refused"),
    [
        (BEFORE_CLOSING, AfterLock.NEXT_RUN, True),
        (AFTER_CLOSING, AfterLock.NEXT_RUN, False),
        (AFTER_CLOSING, AfterLock.NOT_PAID, True),
    ],
)
def test_what_came_after_the_closing_is_approved_where_it_is_settled_in_the_next_run(
    registered_at: int, after_lock: AfterLock, is_refused: bool
) -> None:
    town = Town()
    town.close(Accountable(unit_id=BRACKE), after_lock=after_lock)
    if is_refused:
        with pytest.raises(PeriodClosedError):
            town.ask(approve(EVA), visit(registered_at))
    else:
        town.ask(approve(EVA), visit(registered_at))
    with pytest.raises(PeriodClosedError):
        town.ask(withdrawn(EVA), visit(registered_at))
