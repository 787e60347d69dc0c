"""A build filled by several processes side by side, each with one part of the log, until all have come equally far.

Only on PostgreSQL, where those who write do not hold each other up; and only until somebody writes to the log, who needs the
machine more.
"""

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress

import sqlalchemy as sa

from infra.build_filling import Filling, is_in
from infra.filling_helper import Helper
from infra.parts import Part
from infra.read_database import writing
from infra.recorder import LedgerRecorder
from infra.settings import Settings
from projections.builds import BESIDE, of_build
from projections.projection import LogPlace, PartsApartError, Projection, divide, forget, places_of, unite

PARTS_FROM_EVENTS = 50_000
"""[A] Where fewer are lacking, one process has folded them by the time that another is ready."""
PARTS_MAX = 4
"""[A] The database works for each of them, too."""

OpenPart = Callable[[Part], Filling]


class BuildParts:
    """The parts of the build beside. `settings` are what helpers open the same ledger by; None: nobody helps."""

    def __init__(
        self,
        recorder: LedgerRecorder,
        engine: sa.Engine,
        projection: Projection,
        open_part: OpenPart,
        settings: Settings | None,
        stopping: threading.Event,
    ) -> None:
        self._recorder, self._beside, self._projection = recorder, of_build(engine, BESIDE), projection
        self._open_part, self._stopping = open_part, stopping
        self._settings = settings if settings is not None and settings.on_postgresql else None

    def mend(self) -> None:
        """Bring together what a rebuild has left in parts that was ended. Raises as `Filling.fill` does."""
        places = self._places()
        if not places:
            return
        if all(is_in(self._recorder, place) for place in places):
            self._complete(len(places), _furthest(places))
        else:
            with writing(self._beside) as db:
                forget(db, self._projection)

    def fill(self, filling: Filling, target: Callable[[], int]) -> None:
        """Fill with help while much is lacking and nobody writes, and leave what is lacking then. Raises as `Filling.fill`."""
        of = min(PARTS_MAX, len(os.sched_getaffinity(0)))
        if self._settings is None or of == 1 or target() - filling.position < PARTS_FROM_EVENTS:
            return
        with ExitStack() as stack:
            others = [Part(number, of) for number in range(2, of + 1)]
            helpers = [
                stack.enter_context(closing(Helper(self._settings, self._projection, BESIDE, part))) for part in others
            ]
            while not all(each.is_ready for each in helpers):
                if not filling.fill_on(target) or filling.others_write:
                    return
            upto = target()
            with writing(self._beside) as db:
                divide(db, self._projection, of)
            for helper in helpers:
                helper.begin(upto)
            filling.events += self._fill_part(Part(1, of), upto) + sum(each.wait(self._stopping) for each in helpers)
        filling.events += self._complete(of, upto)
        filling.open()

    def _complete(self, of: int, upto: int) -> int:
        """Bring all parts to one position, those of helpers that were ended too, and make them one. Gives the events folded.

        A helper whose rebuild was killed has a batch in hand, with which it may go beyond: then to where that has come."""
        events = 0
        while True:
            events += sum(self._fill_part(Part(number, of), upto) for number in range(1, of + 1))
            with suppress(PartsApartError), writing(self._beside) as db:
                unite(db, self._projection)
                return events
            upto = _furthest(self._places())

    def _places(self) -> list[LogPlace]:
        """Where the parts stand."""
        with self._beside.connect() as db:
            return [place for part, place in places_of(db, self._projection).items() if part]

    def _fill_part(self, part: Part, upto: int) -> int:
        filling = self._open_part(part)
        filling.open()
        filling.fill(lambda: upto)
        return filling.events


def _furthest(places: Sequence[LogPlace]) -> int:
    return max(place.position for place in places)
