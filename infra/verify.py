"""Proof that the read models follow from the log: everything is folded again, elsewhere, and compared row by row.

The register of facts is compared in the same way with the stamps that the events themselves carry.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from infra.codec import EventCodec
from infra.fact_register import REGISTER, FactRegister, registered
from infra.follower import Follower, NotThisLogError, check_place, place_at
from infra.projector import Progress
from infra.read_database import create_tables, open_engine, snapshot
from infra.recorder import LedgerRecorder
from infra.table_difference import DIFFERENCES_MAX, Difference, Kind, compare, differences, rows_of
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

    The server may go on meanwhile: each read model is compared as it stands at one position, in one snapshot.
    """
    stages: list[Callable[[_Again], list[Difference]]] = [
        partial(_verify_projection, each, live) for each in projections
    ]
    stages.append(_verify_register)
    found: list[Difference] = []
    with _fresh_database() as fresh:
        for number, stage in enumerate(stages):
            found += stage(_Again(recorder, codec, fresh, _of_stage(progress, number, len(stages))))
    return found


class _Again:
    """Folds the log into a fresh database, up to any position."""

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec, engine: sa.Engine, progress: Progress) -> None:
        self.recorder = recorder
        self.engine = engine
        self._codec = codec
        self._progress = progress

    def fold(self, follower: Follower, upto: int) -> None:
        """Fold what the follower lacks, up to a position."""
        identity = self.recorder.identity()
        while rows := self.recorder.read(follower.position, PAGE_EVENTS, upto=upto):
            follower.fold(self._codec.decode_rows(rows), place_at(identity, rows[-1]))
            self._progress(follower.position, upto)


def _verify_projection(projection: Projection, live: sa.Engine, again: _Again) -> list[Difference]:
    follower = Follower(projection, again.engine)
    follower.restart(again.recorder)
    with live.connect() as db:
        standing = place_of(db, projection)
    again.fold(follower, standing.position if standing else 0)
    with snapshot(live) as db:
        place = place_of(db, projection)
        if place is None:
            return [_misplaced(projection, Kind.MISSING)]
        try:
            check_place(place, again.recorder)
        except NotThisLogError:
            return [_misplaced(projection, Kind.OTHER)]
        again.fold(follower, place.position)
        with again.engine.connect() as fresh:
            return [difference for table in projection.tables for difference in differences(table, db, fresh)]


def _verify_register(again: _Again) -> list[Difference]:
    head, _ = again.recorder.head()
    follower = Follower(FactRegister(), again.engine)
    follower.restart(again.recorder)
    again.fold(follower, head)
    with again.engine.connect() as fresh, closing(rows_of(fresh, REGISTER)) as right:
        return list(islice(compare(REGISTER, registered(again.recorder, head), right), DIFFERENCES_MAX))


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
