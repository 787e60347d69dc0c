"""Erasures that were approved and did not end, taken up again: at a server's start and each minute, in a thread.

It does what approving again does, and only where nobody has to look at anything anew: once a hold came after the approval, it
is for people to approve again.
"""

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
from infra.rounds import Rounds

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
        self._rounds = Rounds(NAME, self.take_up, every_s=LOOK_EVERY_S)

    def start(self) -> None:
        """Begin, in a thread, until `close`."""
        self._rounds.start()

    def close(self) -> None:
        """End after the person in hand. Does nothing where there is no thread."""
        self._rounds.close()

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
        if self._rounds.are_ending or history.open_holds or not history.is_unfinished:
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
