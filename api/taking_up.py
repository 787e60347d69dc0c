"""Erasures that were approved and did not end, taken up again: at a server's start and each minute, in a thread.

It does what approving again does, and only where nobody has to look at anything anew: once a hold came after the approval, it
is for people to approve again.
"""

import threading
from datetime import timedelta

import structlog

from api.bootstrap import House
from api.erasing import do_what_follows, person_at
from domain.command import Accepted
from domain.office.act import Act
from domain.office.persons import complete_erasure
from domain.person.open_erasures import OpenErasure
from infra import telemetry
from infra.lease import lease_of

LOOK_EVERY_S = 60.0
LEFT_ALONE = timedelta(minutes=1)
"""For so long an erasure is its approver's to end: two who end it at once would each count a part of what was taken away."""
ACT = Act(actor="server/erasures")
NAME = "erasures"

log = structlog.get_logger(__name__)


class TakingUp:
    """The thread of one server. Of several servers one at a time does it."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in a thread, until `close`."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name=NAME, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End after the person in hand. Does nothing where there is no thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def take_up(self) -> int:
        """End those that can be, unless another server does, and say how many. Raises what the store does."""
        if not self._due():
            return 0
        lease = lease_of(self._house.read_database, NAME)
        try:
            return sum(self._end(each) for each in self._due()) if lease.take() else 0
        finally:
            lease.release()

    def _due(self) -> list[OpenErasure]:
        """What waits for nobody, as the log stands now."""
        _, found = self._house.erasures.at_head()
        now = self._house.clock()
        return [each for each in found if each.goes_on and now - each.since >= LEFT_ALONE]

    def _end(self, erasure: OpenErasure) -> bool:
        """Do what follows, and say so in the log. What fails is left to the next look."""
        history = person_at(self._house, erasure.person_id).history
        if self._stopping.is_set() or history.open_holds or not history.is_unfinished:
            return False
        try:
            followed = do_what_follows(self._house, erasure.person_id, erasure.position)
            command = complete_erasure(erasure.person_id, followed=followed, act=ACT)
            (outcome,) = self._house.writer.write([command])
        except Exception as error:  # of the keys, a file or the store: the others are ended nevertheless
            log.warning("erasure_incomplete", position=erasure.position, exc_info=error)
            telemetry.thread_error(NAME, error)
            return False
        is_ended = isinstance(outcome, Accepted) and outcome.changed
        if is_ended:
            log.info("erasure_taken_up", position=erasure.position)
        return is_ended

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.take_up()
            except Exception as error:  # of the store: the next look may do
                log.warning("erasures_unknown", exc_info=error)
                telemetry.thread_error(NAME, error)
            self._stopping.wait(LOOK_EVERY_S)
