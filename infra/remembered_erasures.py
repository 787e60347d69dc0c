"""Whose erasure was asked for or approved and has not ended: kept in memory by following the log, and asked of its very end."""

from datetime import datetime, timedelta

from domain.event import RecordedEvent
from domain.person.open_erasures import OpenErasure, OpenErasures
from infra.codec import EventCodec
from infra.recorder import LedgerRecorder
from infra.remembered_log import RememberedLog
from infra.remembered_topics import ERASURES

LATE_AFTER = timedelta(hours=1)


class RememberedErasures(RememberedLog):
    """Needs no thread: few ask, and each of them looks first."""

    TOPICS = ERASURES
    NAME = "erasures"

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec) -> None:
        super().__init__(recorder, codec)
        self._open = OpenErasures()

    def at_head(self) -> tuple[int, list[OpenErasure]]:
        """The position of the log's end, and all that are open there. Raises what the store does."""
        self.look()
        with self._one_at_a_time:
            return self.position, self._open.all()

    def late(self, at: datetime) -> int:
        """How many were approved more than an hour before, and are held up by no hold. Raises what the store does."""
        _, found = self.at_head()
        return sum(each.is_approved and not each.open_holds and at - each.since > LATE_AFTER for each in found)

    def _take(self, recorded: RecordedEvent) -> None:
        self._open.take(recorded)
