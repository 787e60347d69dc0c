"""Minutes by worker and day: the smallest read model that is of any use, and the only one that the product lacks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa

from domain.event import RecordedEvent
from domain.ids import FactId
from domain.local_time import minutes_between
from domain.visit.events import VisitCheckedIn, VisitCheckedOut
from projections import bulk
from projections.projection import text

METADATA = sa.MetaData()
OPEN_ARRIVAL = sa.Table(
    "bench_open_arrival",
    METADATA,
    sa.Column("fact_id", text(), primary_key=True),
    sa.Column("arrived_at", text(), nullable=False),
)
MINUTES = sa.Table(
    "bench_minutes",
    METADATA,
    sa.Column("worker_id", text(), primary_key=True),
    sa.Column("day", text(), primary_key=True, comment="UTC"),
    sa.Column("minutes", sa.BigInteger, nullable=False),
)
Day = tuple[str, str]


class MinutesByWorker:
    """Adds up stays. One whose departure comes in a later batch waits in a table."""

    name: ClassVar[str] = "bench_minutes"
    version: ClassVar[int] = 1
    tables: ClassVar[Sequence[sa.Table]] = (OPEN_ARRIVAL, MINUTES)
    kept: ClassVar[Sequence[sa.Table]] = ()

    def fold(self, events: Sequence[RecordedEvent], db: sa.Connection) -> None:
        """Take a batch of events, in log order."""
        arrivals: dict[FactId, datetime] = {}
        departures: list[tuple[FactId, VisitCheckedOut]] = []
        for recorded in events:
            match recorded.event:
                case VisitCheckedIn(stamp=stamp, occurred_at=at) if stamp:
                    arrivals[stamp.id] = at
                case VisitCheckedOut(arrival_fact_id=arrival_id) as departure if arrival_id:
                    departures.append((arrival_id, departure))
        waiting = _waiting(db, [arrival_id for arrival_id, _ in departures if arrival_id not in arrivals])
        added = _added(arrivals | waiting, departures)
        _keep_open(db, arrivals, {arrival_id for arrival_id, _ in departures}, waiting)
        standing = _standing(db, added)
        bulk.upsert(db, MINUTES, [(*day, minutes + standing.get(day, 0)) for day, minutes in added.items()])


def _waiting(db: sa.Connection, arrival_ids: Sequence[FactId]) -> dict[FactId, datetime]:
    if not arrival_ids:
        return {}
    found = db.execute(sa.select(OPEN_ARRIVAL).where(OPEN_ARRIVAL.c.fact_id.in_(arrival_ids)))
    return {fact_id: datetime.fromisoformat(arrived_at) for fact_id, arrived_at in found}


def _added(arrivals: Mapping[FactId, datetime], departures: Iterable[tuple[FactId, VisitCheckedOut]]) -> dict[Day, int]:
    added: dict[Day, int] = {}
    for arrival_id, departure in departures:
        if (arrived_at := arrivals.get(arrival_id)) is not None:
            day = (departure.worker_id, arrived_at.date().isoformat())
            added[day] = added.get(day, 0) + minutes_between(arrived_at, departure.occurred_at)
    return added


def _keep_open(
    db: sa.Connection, arrivals: Mapping[FactId, datetime], departed: set[FactId], waiting: Mapping[FactId, datetime]
) -> None:
    """Remember whose departure is still to come, and forget those who left."""
    if waiting:
        db.execute(OPEN_ARRIVAL.delete().where(OPEN_ARRIVAL.c.fact_id.in_(list(waiting))))
    bulk.insert(db, OPEN_ARRIVAL, [(key, at.isoformat()) for key, at in arrivals.items() if key not in departed])


def _standing(db: sa.Connection, days: Mapping[Day, int]) -> dict[Day, int]:
    """Read what the touched workers have on the touched days, in one query."""
    if not days:
        return {}
    of = MINUTES.c
    workers, dates = {worker_id for worker_id, _ in days}, {day for _, day in days}
    found = db.execute(sa.select(MINUTES).where(of.worker_id.in_(workers), of.day.in_(dates)))
    return {(worker_id, day): minutes for worker_id, day, minutes in found}
