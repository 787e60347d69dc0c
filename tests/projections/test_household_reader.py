"""What a month's figures are read from."""

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
import sqlalchemy as sa

from domain.deviation.cause import Cause
from domain.deviation.grounds import EVERYTHING_OVER
from domain.facts import Absence, Fact, OrderLine, Person, VisitFacts
from domain.household_month import HouseholdMonth
from domain.ids import ClientId
from domain.local_time import Month
from domain.pay.lines import PayKind
from domain.reconciliation import Level
from projections.fact_tables import FACT_TABLES
from projections.household_reader import HouseholdReader
from projections.projection import FOREVER
from tests.domain.given_facts import ANNA, ASTA, BROR, but, client_visits_of, clock, order, plan
from tests.domain.pay.made import CATALOGUE, MORNING, made
from tests.domain.pay.rulebooks import SOLNA

MARCH, APRIL = Month(2025, 3), Month(2025, 4)
MARCH_ON = date(2025, 3, 5)
LEFT_ON = date(2025, 3, 28)
DAILY: OrderLine = order(ASTA, MORNING, 30, "1/day")
GONE = Absence(
    person_kind="client",
    person_id=ASTA,
    kind="hospital_unplanned",
    from_at=clock("15:00", LEFT_ON),
    until_at=None,
)


def facts_of(visit: VisitFacts) -> Iterable[Fact]:
    told = (*visit.attendances, *visit.services)
    return (*(but(fact, visit_id=visit.visit_id) for fact in told), *client_visits_of(visit))


def write(engine: sa.Engine, facts: Iterable[Fact]) -> None:
    with engine.begin() as db:
        for fact in facts:
            table = FACT_TABLES[type(fact)]
            names = [column.name for column in table.table.columns]
            db.execute(table.table.insert().values(dict(zip(names, *table.rows([(fact, 1, FOREVER)]), strict=True))))


def april(engine: sa.Engine, facts: Iterable[Fact]) -> HouseholdMonth:
    write(engine, facts)
    with engine.connect() as db:
        return HouseholdReader(db, 1, APRIL, SOLNA).household_month([ASTA])


def test_an_absence_that_began_the_month_before_is_counted_from_the_first_visit_that_was_missed(
    read_database: sa.Engine,
) -> None:
    """Asta left after the visit of the 28th: the 29th is day 1, the 2nd of April day 5."""
    person = Person(kind="client", person_id=ASTA, registered_on=LEFT_ON)
    told = [DAILY, GONE, person, *CATALOGUE, *facts_of(made("08:00", 30, MORNING, day=LEFT_ON))]
    month = april(read_database, told)
    paid = [line.day for line in month.pay if line.kind is PayKind.ABSENCE and line.amount]
    assert paid == [APRIL.first_on, APRIL.first_on + timedelta(days=1)]
    assert month.visits == []


def test_an_assigned_worker_who_never_came_is_known_though_nobody_met_them(read_database: sa.Engine) -> None:
    """Computed alone, a client's missed visit has the same cause as among everybody's."""
    gone = Absence(
        person_kind="worker", person_id=ANNA, kind="sick", from_at=clock("06:00", APRIL.first_on), until_at=None
    )
    planned = plan(clock("08:00", APRIL.first_on), clock("08:30", APRIL.first_on), (MORNING, 30, ASTA), workers=(ANNA,))
    told = [DAILY, gone, planned, *CATALOGUE, *client_visits_of(VisitFacts(visit_id=planned.visit_id, planned=planned))]
    [row] = april(read_database, told).compared.rows(Level.CLIENT)
    assert row.causes[Cause.STAFF_ABSENT] == -30


def test_batches_read_in_one_go_have_the_visits_that_each_has_by_itself(read_database: sa.Engine) -> None:
    """Asta and Bror share a visit; whoever asks for them apart gets it twice. Cesar has none."""
    shared = made("08:00", 30, MORNING, day=LEFT_ON)
    shared = msgspec.structs.replace(
        shared, visit_id="shared", attendances=[but(shared.attendances[0], client_ids=(ASTA, BROR))]
    )
    own = [made("10:00", 45, MORNING, day=day, client=client) for day in (MARCH_ON, LEFT_ON) for client in (ASTA, BROR)]
    batches = [[BROR], [ClientId("cesar")], [ASTA]]
    write(read_database, [fact for visit in (shared, *own) for fact in facts_of(visit)])
    with read_database.connect() as db:
        reader = HouseholdReader(db, 1, MARCH, SOLNA)
        apart = [reader.household_month(batch).visits for batch in batches]
        for _ in range(2):
            in_one_go = reader.household_months(batches, EVERYTHING_OVER, frozenset())
            assert [month.visits for month in in_one_go] == apart
    assert [len(visits) for visits in apart] == [3, 0, 3]
