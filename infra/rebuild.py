"""A read model built anew beside the one that serves, held against it, and put in its place.

Whatever ends it, it goes on where it stood: its place is committed with each batch, and each further step finds out what is
done already.
"""

import threading
import time
from dataclasses import dataclass, replace
from functools import partial

import sqlalchemy as sa
import structlog

from infra.build_comparison import Comparison, compare_builds
from infra.build_filling import Filling, RebuildEndedError, Told, is_in, patiently, target_in
from infra.build_parts import BuildParts
from infra.build_switch import NoPriorError, TablesBusyError, drop_build, live_held, put_in_place
from infra.build_tables import are_there, create, missing_indexes
from infra.codec import EventCodec
from infra.follower import REBUILDING, check_place
from infra.parts import Part
from infra.read_database import snapshot, writing
from infra.rebuild_lock import rebuilding_alone
from infra.recorder import LedgerRecorder
from infra.settings import Settings
from projections import bulk
from projections.builds import BESIDE, PRIOR, of_build
from projections.parked import park, parked_of, parked_streams
from projections.projection import Projection, begin, place_of, version_standing

LAST_EVENTS_MAX = 500
"""So few events may be lacking when the live place is held: they are folded while the live fold waits."""
PAUSE_FIRST_S, PAUSE_LONGEST_S = 0.05, 2.0
INDEXING, COMPARING, SWITCHING = "indexing", "comparing", "switching"

log = structlog.get_logger(__name__)


def not_told(_what: str, _done: int, _of: int) -> None:
    """For those who want no progress."""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild came to. `events` were folded by this run, in `seconds`; `comparison` is None where nothing of this log
    served."""

    position: int
    events: int
    seconds: float
    comparison: Comparison | None


class Rebuild:
    """Builds one read model beside, in the caller's thread; others may fold into the live one and read it meanwhile."""

    def __init__(
        self,
        recorder: LedgerRecorder,
        codec: EventCodec,
        engine: sa.Engine,
        projection: Projection,
        *,
        told: Told = not_told,
        stopping: threading.Event | None = None,
        settings: Settings | None = None,
    ) -> None:
        """With `settings`, other processes that open the same ledger by them help to fill a long one."""
        self._recorder = recorder
        self._engine = engine
        self._beside = of_build(engine, BESIDE)
        self._projection = projection
        self._told = told
        self._stopping = stopping or threading.Event()
        self._filling = partial(Filling, recorder, codec, engine, projection, told=told, stopping=self._stopping)

        def open_part(part: Part) -> Filling:
            return self._filling(BESIDE, part=part)

        self._parts = BuildParts(recorder, engine, projection, open_part, settings, self._stopping)

    def run(self, *, check_only: bool = False, anew: bool = False, leave_parked: bool = False) -> Rebuilt:
        """Build, compare, switch. `check_only`: compare, and drop what was built. `anew`: also where there is something to go
        on from. `leave_parked`: what waits in the live build goes on waiting, where otherwise nothing is left out.

        Raises `RebuildRunningError`, `RebuildStoppedError`, `RebuildEndedError`; nothing that serves is touched then.
        """
        with rebuilding_alone(self._engine):
            began_s = time.monotonic()
            filling = self._filling(BESIDE)
            patiently(partial(self._prepare, filling, anew, check_only, leave_parked), self._stopping)
            self._parts.fill(filling, self._target)
            filling.fill(self._target)
            patiently(self._index, self._stopping)
            comparison = patiently(partial(self._compare, filling), self._stopping)
            if check_only:
                drop_build(self._engine, self._projection, BESIDE)
                position = filling.position
            else:
                same_rows = comparison is not None and comparison.proves_same(self._projection)
                position = self._switch(BESIDE, filling, same_rows=same_rows)
            return Rebuilt(position, filling.events, time.monotonic() - began_s, comparison)

    def roll_back(self) -> int:
        """Put the prior build back and keep the live one in its stead; gives the position it stands at. One of this version is
        caught up beside first, so that nobody sees less than before.

        Raises `NoPriorError`, `NotThisLogError`, `RebuildRunningError`; where an event cannot be folded into the prior build
        `RebuildStoppedError`, and `RebuildEndedError`: what serves is not touched then."""
        with rebuilding_alone(self._engine):
            with of_build(self._engine, PRIOR).connect() as db:
                found = version_standing(db, self._projection)
            if found is None:
                raise NoPriorError(self._projection.name)
            version, place = found
            check_place(place, self._recorder)
            if version != self._projection.version:
                return self._switch(PRIOR, None, same_rows=False)
            filling = self._filling(PRIOR)
            filling.open()
            return self._switch(PRIOR, filling, same_rows=False)

    def _prepare(self, filling: Filling, anew: bool, check_only: bool, leave_parked: bool) -> None:
        """Find the build that was begun, or begin one: the prior build goes then, and leaves room."""
        if not anew:
            self._parts.mend()
        if anew or not self._is_begun(leave_parked):
            if not check_only:
                drop_build(self._engine, self._projection, PRIOR)
            drop_build(self._engine, self._projection, BESIDE)
            with writing(self._beside, tables=True) as db:
                create(db, self._projection.tables, indexes=False)
                begin(db, self._projection, *self._recorder.identity(), status=REBUILDING)
        if leave_parked:
            with writing(self._beside) as db:
                self._leave_parked(db)
        with writing(self._engine) as db:
            if version_standing(db, self._projection) is None:
                begin(db, self._projection, *self._recorder.identity(), status=REBUILDING)
        filling.open()

    def _is_begun(self, leave_parked: bool) -> bool:
        """Whether there is a build to go on with: of this log, whole, and with nothing left out that should be in it."""
        with self._beside.connect() as db:
            place = place_of(db, self._projection)
            is_whole = leave_parked or not parked_streams(db, self._projection.name)
            return (
                is_whole
                and place is not None
                and is_in(self._recorder, place)
                and are_there(db, self._projection.tables)
            )

    def _leave_parked(self, db: sa.Connection) -> None:
        """Let wait what waits in the live build, as far as it is not folded yet."""
        place, waiting = place_of(db, self._projection), parked_streams(db, self._projection.name)
        for each in parked_of(db, self._projection.name):
            if each.stream not in waiting and place is not None and each.position > place.position:
                park(db, each)

    def _target(self) -> int:
        with self._engine.connect() as db:
            return target_in(db, self._recorder, self._projection)

    def _index(self) -> None:
        """Make the indexes, each in a transaction of its own; those that are there already are not made again."""
        tables = self._projection.tables
        with self._beside.connect() as db:
            missing = missing_indexes(db, tables)
        for number, lacking in enumerate(missing, start=1):
            for index in lacking:
                with writing(self._beside) as db:
                    index.create(db)
            self._told(INDEXING, number, len(tables))
        with writing(self._beside) as db:
            bulk.gather_statistics(db, tables)

    def _compare(self, filling: Filling) -> Comparison | None:
        """Compare with the live build as it stands now: in one snapshot, with the new one brought to the same position."""
        with snapshot(self._engine) as live:
            found = version_standing(live, self._projection)
            if found is None or not is_in(self._recorder, found[1]):
                return None
            version, place = found
            filling.fill(lambda: place.position)
            comparison = Comparison(place.position, version)
            if filling.position > place.position:
                return comparison

            def told(done: int, of: int) -> None:
                self._told(COMPARING, done, of)
                filling.rest()

            return replace(comparison, tables=compare_builds(self._projection, live, self._engine, told))

    def _switch(self, build: str, filling: Filling | None, *, same_rows: bool) -> int:
        """Switch, and try it again until nobody reads for too long; gives the position that serves then."""
        pause_s, tries = PAUSE_FIRST_S, 0
        while True:
            self._told(SWITCHING, tries := tries + 1, 0)
            if filling:
                filling.fill(self._target, lacking_max=LAST_EVENTS_MAX)
            try:
                return self._switch_once(build, filling, same_rows=same_rows)
            except TablesBusyError:
                log.info("rebuild_waits_for_readers", projection=self._projection.name)
            if self._stopping.wait(pause_s):
                raise RebuildEndedError
            pause_s = min(2 * pause_s, PAUSE_LONGEST_S)

    def _switch_once(self, build: str, filling: Filling | None, *, same_rows: bool) -> int:
        """Hold the live place, fold the last events, and switch, in one transaction."""
        with live_held(self._engine, self._projection) as db:
            if filling:
                filling.finish(db, target_in(db, self._recorder, self._projection))
            same_rows = same_rows and not parked_streams(db, self._projection.name)  # parked since they were compared
            put_in_place(db, self._projection, build, same_rows=same_rows)
            found = version_standing(db, self._projection)
            assert found is not None
            return found[1].position
