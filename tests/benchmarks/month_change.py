"""`changed_fact_ms`: from an event to the figures of the client's month that it changed, beside a whole month's facts."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

import sqlalchemy as sa

from domain.detectors.hour import moment_of
from domain.event import RecordedEvent
from domain.facts import PlannedVisit
from domain.household_month import HouseholdMonth
from domain.ids import ClientId, ServiceCode, VisitId, stream_of
from domain.rulebook.rulebook import Rulebook
from domain.values import PlannedService
from domain.visit.concerned import ClientVisit
from domain.visit.events import VisitPlanned
from infra.process import sparing_the_collector
from infra.read_database import open_engine, writing
from projections.fact_reader import FactReader
from projections.fact_tables import FACT_TABLES
from projections.facts import SUBJECT_HISTORY, Facts
from projections.household_reader import HouseholdReader
from tests.benchmarks.month_people import MONTH

CHANGES, WARM_UP = 30, 3
AFTER_ALL = 1_000_000_000
"""A position behind everything in the store."""
AT = datetime(MONTH.year, MONTH.number + 1, 3, tzinfo=UTC)
MS = 1_000


def changed_fact_ms(url: str, rulebook: Rulebook) -> float:
    """Plan a visit more for each of some clients, and compute all figures of the client's month: the median of how long both
    take together, committed, in a process that spares the collector as a server does. The visits are taken out again."""
    engine = open_engine(url)
    with engine.connect() as db:
        clients = HouseholdReader(db, AFTER_ALL, MONTH, rulebook).clients()
    spread = clients[:: max(1, len(clients) // (CHANGES + WARM_UP))][: CHANGES + WARM_UP]
    with sparing_the_collector():
        spent = [_change(engine, rulebook, client_id) for client_id in spread]
    engine.dispose()
    return median(spent[WARM_UP:]) * MS


def _change(engine: sa.Engine, rulebook: Rulebook, client_id: ClientId) -> float:
    planned = _planned(client_id)
    began = time.perf_counter()
    with writing(engine) as db:
        Facts().fold([RecordedEvent(AFTER_ALL, AT, planned)], db)
    with engine.connect() as db:
        figures = figures_of(HouseholdReader(db, AFTER_ALL, MONTH, rulebook), client_id)
    spent = time.perf_counter() - began
    visit_id = VisitId(f"change-{client_id}")
    assert visit_id in {visit.visit_id for visit in figures.visits}, "the change was not seen"
    _forget(engine, visit_id, planned.originator_id)
    return spent


def figures_of(reader: HouseholdReader, client_id: ClientId) -> HouseholdMonth:
    """Compute every figure of a client's month, with those who hang together with the client."""
    together = [each for group in reader.around([client_id]) for each in group]
    moment = moment_of(AT, FactReader(reader.db, reader.as_of).device_contacts())
    figures = reader.household_month(together, moment)
    every: Sequence[object] = (figures.performed, figures.exceptions, figures.pay, figures.compared, figures.continuity)
    assert all(each is not None for each in every)
    return figures


def _planned(client_id: ClientId) -> VisitPlanned:
    starts_at = datetime(MONTH.year, MONTH.number, 12, 13, tzinfo=UTC)
    return VisitPlanned(
        originator_id=stream_of("visit", f"change-{client_id}"),
        originator_version=1,
        actor="planner/bench",
        client_ids=(client_id,),
        scheduled_start_at=starts_at,
        scheduled_end_at=starts_at + timedelta(minutes=15),
        services=(PlannedService(ServiceCode("CHECK"), client_id, 15),),
    )


def _forget(engine: sa.Engine, visit_id: VisitId, subject: str) -> None:
    with writing(engine) as db:
        for fact_class in (PlannedVisit, ClientVisit):
            table = FACT_TABLES[fact_class].table
            db.execute(table.delete().where(table.c.visit_id == visit_id))
        db.execute(SUBJECT_HISTORY.delete().where(SUBJECT_HISTORY.c.subject == subject))
