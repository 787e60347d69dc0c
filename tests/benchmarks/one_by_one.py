"""`runner` and `runner_facts`: our projector against the event library's way, one event and its tracking row in a commit.

On PostgreSQL the base is the library's own runner, over a log of its own. On SQLite its runner cannot follow a log, so the
base is what the runner would do with each event. The fold, the tables and how durably they are written are the same on both
sides; the tracking row is written by the library.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from threading import Event

import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection as LibraryProjection
from eventsourcing.projection import ProjectionRunner
from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore, SQLiteTrackingRecorder
from eventsourcing.utils import get_topic
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from api.bootstrap import House
from domain.event import DomainEvent, RecordedEvent
from domain.log import NewRow
from infra.codec import LedgerMapper
from infra.event_codec import event_codec
from infra.follower import Follower
from infra.read_database import writing
from projections.facts import Facts
from projections.projection import Projection
from tests.benchmarks.bench import Bench
from tests.benchmarks.folding import fold_slice
from tests.benchmarks.measuring import Contest, Slice, speed
from tests.benchmarks.minutes import MinutesByWorker
from tests.benchmarks.replaying import EVENTS, fill
from tests.benchmarks.stores import POSTGRESQL

RECORDED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""The library's events do not say when they were recorded."""
SLICE_MAX_S = 120.0

Supply = Iterator[Sequence[NewRow]]
Track = Callable[[sa.Connection, Tracking], None]


@contextmanager
def runner(bench: Bench) -> Iterator[Contest]:
    """The small read model of `fold`."""
    with contest_of(bench, MinutesByWorker()) as contest:
        yield contest


@contextmanager
def runner_facts(bench: Bench) -> Iterator[Contest]:
    """The bitemporal facts as shipped."""
    with contest_of(bench, Facts()) as contest:
        yield contest


@contextmanager
def contest_of(bench: Bench, projection: Projection) -> Iterator[Contest]:
    """Ours folds the whole log anew in each slice; the base goes on with the next few hundred events of the same log."""
    rows = bench.stock().rows[: bench.sizes.folded_events]
    with ExitStack() as stack:
        house, other = (stack.enter_context(bench.stores.house(bench.store)) for _ in range(2))
        fill(house, rows)
        Follower(projection, other.read_database).restart(other.log)
        at_once = bench.sizes.one_by_one_events
        supply = (rows[start : start + at_once] for start in range(0, len(rows), at_once))
        open_base = runner_slice if bench.store == POSTGRESQL else loop_slice
        base = stack.enter_context(open_base(other, projection, supply))
        yield Contest(EVENTS, fold_slice(house, (projection,), len(rows)), base)


@contextmanager
def loop_slice(house: House, projection: Projection, supply: Supply) -> Iterator[Slice]:
    """Decode, fold and track one event after the other."""
    recorder = SQLiteTrackingRecorder(SQLiteDatastore(str(house.settings.data_dir / "read.db")))
    recorder.create_table()
    positions = count(1)

    def track(db: sa.Connection, tracking: Tracking) -> None:
        connection = db.connection.driver_connection
        assert connection is not None
        recorder._insert_tracking(SQLiteCursor(connection.cursor()), tracking)

    def measured() -> float:
        rows = next(supply)

        def work() -> None:
            for row in rows:
                event = house.codec.decode_event(row.topic, row.state)
                take(house.read_database, projection, event, Tracking("bench", next(positions)), track)

        return speed(len(rows), work)

    with closing(recorder.datastore):
        yield measured


@contextmanager
def runner_slice(house: House, projection: Projection, supply: Supply) -> Iterator[Slice]:
    """Let the library's runner follow. It is started before, and finds all events of a slice when its gate opens."""
    gate, done, last = Event(), Event(), 0

    class View(PostgresTrackingRecorder):
        """The library's tracking, with the fold in its transaction."""

        def fold(self, event: DomainEvent, tracking: Tracking) -> None:
            take(house.read_database, projection, event, tracking, self._track)

        def _track(self, db: sa.Connection, tracking: Tracking) -> None:
            connection = db.connection.driver_connection
            assert isinstance(connection, Connection)
            with connection.cursor(row_factory=dict_row) as cursor:
                self._insert_tracking(cursor, tracking)

    class OneByOne(LibraryProjection[View]):
        """The library's projection over it."""

        name = "bench"

        def process_event(self, domain_event: DomainEvent, tracking: Tracking) -> None:
            gate.wait()
            self.view.fold(domain_event, tracking)
            if tracking.notification_id == last:
                done.set()

    def measured() -> float:
        nonlocal last
        rows = next(supply)
        gate.clear()
        done.clear()
        last += len(rows)
        following.app.recorder.insert_events([StoredEvent(*row) for row in rows])

        def work() -> None:
            gate.set()
            assert done.wait(SLICE_MAX_S), "the library's runner did not come to the end"

        return speed(len(rows), work)

    with ProjectionRunner(
        application_class=LibraryLog, projection_class=OneByOne, view_class=View, env=_environment(house)
    ) as following:
        yield measured
        gate.set()


class BenchMapper(LedgerMapper):
    """Our codec, by the library's name for it."""

    codec = event_codec()


class LibraryLog(Application[str]):
    """The library's own log, in its own table."""


def take(engine: sa.Engine, projection: Projection, event: DomainEvent, tracking: Tracking, track: Track) -> None:
    """Fold one event and track it, in a transaction of its own."""
    with writing(engine) as db:
        projection.fold([RecordedEvent(tracking.notification_id, RECORDED_AT, event)], db)
        track(db, tracking)


def _environment(house: House) -> dict[str, str]:
    address = {name: str(value) for name, value in conninfo_to_dict(house.settings.store_url).items()}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": address["dbname"],
        "POSTGRES_HOST": address["host"],
        "POSTGRES_USER": address["user"],
        "POSTGRES_PASSWORD": "none",
        "ORIGINATOR_ID_TYPE": "text",
        "MAPPER_TOPIC": get_topic(BenchMapper),
    }
