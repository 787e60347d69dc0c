"""Proof that the read models follow from the log: everything is folded again, elsewhere, and compared row by row.

The log itself is checked too: its order, its streams, its statements, and the register of facts against the stamps that the
events themselves carry.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from infra.batch import read_batch
from infra.codec import EventCodec
from infra.follower import Follower, NotThisLogError, check_place
from infra.intake import Intake
from infra.log_check import check_log
from infra.projector import Progress
from infra.read_database import create_tables, open_engine, snapshot, writing
from infra.recorder import LedgerRecorder
from infra.table_difference import Difference, Kind, differences
from projections.parked import FOLD_FAILED, PARKED_STREAM, Parked, all_parked, park, parked_of
from projections.projection import PROJECTION_POSITION, Projection, place_of
from projections.read_models import READ_MODELS

PAGE_EVENTS = 2_000


def verify(
    recorder: LedgerRecorder,
    codec: EventCodec,
    live: sa.Engine,
    progress: Progress | None = None,
    *,
    projections: Sequence[Projection] = READ_MODELS,
) -> list[Difference]:
    """Fold the whole log again and name every row that is not what it should be: at most 100 of each table.

    What is parked is left out here as it is there, and named as such. Raises `EventFailedError` at any other event that
    cannot be folded.

    The server may go on meanwhile: each read model is compared as it stands at one position, in one snapshot.
    """
    stages: list[Callable[[_Again], list[Difference]]] = [
        partial(_verify_projection, each, live) for each in projections
    ]
    stages.append(partial(_verify_log, live))
    found: list[Difference] = []
    with _fresh_database() as fresh:
        for number, stage in enumerate(stages):
            found += stage(_Again(recorder, codec, fresh, _of_stage(progress, number, len(stages))))
    return found


class _Again:
    """Folds the log into a fresh database, up to any position. Raises `EventFailedError` where an event cannot be folded."""

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec, engine: sa.Engine, progress: Progress) -> None:
        self.recorder = recorder
        self.engine = engine
        self.codec = codec
        self.progress = progress
        self._intake = Intake(threading.Event())

    def begin(self, follower: Follower, parked: Sequence[Parked] = ()) -> None:
        """Start at zero, and leave out what is parked where it is verified."""
        follower.restart(self.recorder)
        with writing(self.engine) as db:
            for each in parked:
                park(db, each._replace(projection=follower.projection.name))

    def fold(self, follower: Follower, upto: int) -> None:
        """Fold what the follower lacks, up to a position."""
        identity = self.recorder.identity()
        while rows := self.recorder.read(follower.position, PAGE_EVENTS, upto=upto):
            batch = read_batch(self.codec, identity, follower.position, rows)
            self._intake.take_all(follower, batch)
            self.progress(follower.position, upto)


def _verify_projection(projection: Projection, live: sa.Engine, again: _Again) -> list[Difference]:
    follower = Follower(projection, again.engine)
    with live.connect() as db:
        standing, parked = place_of(db, projection), parked_of(db, projection.name)
    again.begin(follower, parked)
    again.fold(follower, standing.position if standing else 0)
    with snapshot(live) as db:
        place = place_of(db, projection)
        if place is None:
            return [_misplaced(projection, Kind.MISSING)]
        try:
            check_place(place, again.recorder)
        except NotThisLogError:
            return [_misplaced(projection, Kind.OTHER)]
        if parked != (parked := parked_of(db, projection.name)):  # somebody has parked or released one meanwhile
            again.begin(follower, parked)
        again.fold(follower, place.position)
        with again.engine.connect() as fresh:
            found = [difference for table in projection.tables for difference in differences(table, db, fresh)]
    return [*(Difference(PARKED_STREAM.name, (each.projection, each.stream), Kind.PARKED) for each in parked), *found]


def _verify_log(live: sa.Engine, again: _Again) -> list[Difference]:
    """Also what the events do not say of themselves: their order, and the statements and the register beside them.

    Streams that wait because they cannot be read are left out.
    """
    with live.connect() as db:
        unread = {each.stream: each.position for each in reversed(all_parked(db)) if each.code != FOLD_FAILED}
    return check_log(again.recorder, again.codec, again.engine, again.progress, unread=unread).found


def _misplaced(projection: Projection, kind: Kind) -> Difference:
    return Difference(PROJECTION_POSITION.name, (projection.name, projection.version), kind)


@contextmanager
def _fresh_database() -> Iterator[sa.Engine]:
    with TemporaryDirectory(prefix="ledger-verify-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'again.db'}")
        try:
            create_tables(engine)
            yield engine
        finally:
            engine.dispose()


def _of_stage(progress: Progress | None, number: int, stages: int) -> Progress:
    """Tell of one of several passes over the log as of a part of the whole."""

    def tell(position: int, upto: int) -> None:
        if progress is not None:
            progress(number * upto + position, stages * upto)

    return tell
