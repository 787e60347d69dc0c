"""A month's facts in the order they are computed in: every table is read once, from its beginning to its end, and comes
sorted by batch.

Facts lie where the days have put them, so a client's are scattered over all pages of a month. Looked up batch by batch, each
page is fetched a hundred times; read so, once.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from domain.facts import (
    Attendance,
    Fact,
    VisitFacts,
)
from domain.ids import ClientId, WorkerId
from domain.values import Period
from domain.visit.concerned import ClientVisit
from projections import bulk
from projections.among import among
from projections.asked import Rows, pages
from projections.believed import ROWS_AT_ONCE, believed, columns, holds_in
from projections.fact_tables import table_of
from projections.projection import text
from projections.visit_reader import OF_VISITS, OfVisit, on_days_of, whole_visits

TEMPORARY: Mapping[str, Any] = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}

_PASSING = sa.MetaData()
"""Tables of the transaction that reads, gone with it."""
_CLIENTS = sa.Table(
    "client_in_batch",
    _PASSING,
    sa.Column("client_id", text(), primary_key=True),
    sa.Column("batch", sa.Integer, nullable=False),
    **TEMPORARY,
)
_VISITS = sa.Table(
    "visit_in_batch",
    _PASSING,
    sa.Column("visit_id", text(), nullable=False),
    sa.Column("batch", sa.Integer, nullable=False),
    **TEMPORARY,
)


def stream_visits(
    db: sa.Connection, as_of: int, period: Period, batches: Sequence[Collection[ClientId]]
) -> Iterator[list[VisitFacts]]:
    """Give the visits of each batch of clients in turn, as `visits_of` finds them. One that concerns clients of several batches
    is in each. The transaction must not end meanwhile."""
    _PASSING.create_all(db, checkfirst=False)
    numbered = [(client_id, number) for number, batch in enumerate(batches) for client_id in batch]
    bulk.insert(db, _CLIENTS, numbered)
    c = columns(ClientVisit)
    found = sa.select(c.visit_id, _CLIENTS.c.batch).join(_CLIENTS, _CLIENTS.c.client_id == c.client_id)
    found = found.where(believed(ClientVisit, as_of), on_days_of(period)).distinct()
    db.execute(_VISITS.insert().from_select(["visit_id", "batch"], found))
    bulk.gather_statistics(db, [_VISITS])
    streams = {fact_class: _Sorted(db, fact_class, _of_visits(fact_class, as_of)) for fact_class in OF_VISITS}
    for number in range(len(batches)):

        def facts(fact_class: type[OfVisit], number: int = number) -> list[OfVisit]:
            return table_of(fact_class).facts(streams[fact_class].up_to(number))

        yield whole_visits(facts)
    _PASSING.drop_all(db, checkfirst=False)


def stream_stays(
    db: sa.Connection, as_of: int, period: Period, groups: Sequence[Sequence[WorkerId]]
) -> Iterator[list[Attendance]]:
    """Give the stays of each group of workers in turn; the groups, and the workers in them, in the order of their ids."""
    source, worker_id = table_of(Attendance), columns(Attendance).worker_id
    query = sa.select(*source.own_columns, worker_id.label("sorted_by")).order_by(worker_id)
    known = among(worker_id, [each for group in groups for each in group])
    stays = _Sorted(db, Attendance, query.where(believed(Attendance, as_of), holds_in(Attendance, period), known))
    for group in groups:
        yield source.facts(stays.up_to(group[-1]))


def _of_visits(fact_class: type[Fact], as_of: int) -> sa.Select[Any]:
    source = table_of(fact_class)
    of_visit = _VISITS.c.visit_id == source.table.c.visit_id
    query = sa.select(*source.own_columns, _VISITS.c.batch).join_from(source.table, _VISITS, of_visit)
    return query.where(believed(fact_class, as_of)).order_by(_VISITS.c.batch)


class _Sorted:
    """Rows on their way, sorted by their last column."""

    def __init__(self, db: sa.Connection, fact_class: type[Fact], query: sa.Select[Any]) -> None:
        self._pages = pages(db, query, ROWS_AT_ONCE, f"{fact_class.__name__} in turn")
        self._waiting: Rows = ()

    def up_to(self, last: Any) -> Rows:
        """The rows not given yet, up to those of `last`: asked for in turn, they are its own."""
        given = list[Sequence[Any]]()
        for rows in chain([self._waiting], self._pages):
            if rows and rows[-1][-1] > last:
                until = bisect_right(rows, last, key=itemgetter(-1))
                self._waiting = rows[until:]
                return [*given, *rows[:until]]
            given += rows
        self._waiting = ()
        return given
