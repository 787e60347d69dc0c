"""Whose identity is protected, and who is named for them: kept in memory by following the log, a moment behind it in every
process, so that a call looks nothing up."""

from datetime import date, datetime, timedelta

from domain.client.protection import Protection, ProtectionEvent
from domain.client.values import ProtectionLevel
from domain.event import RecordedEvent
from domain.ids import ClientId, subject_of
from infra.codec import EventCodec
from infra.recorder import LedgerRecorder
from infra.remembered_log import RememberedLog
from infra.remembered_topics import PROTECTED

NO_DAY = date.min


class ProtectedClients(RememberedLog):
    """Follows the log by itself: a read model that has stopped shows nobody."""

    TOPICS = PROTECTED
    NAME = "protected"

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec) -> None:
        super().__init__(recorder, codec)
        self._known: dict[ClientId, Protection] = {}
        self._said = 0
        """Events taken in: raised after each, so that what was found while one came is not kept."""
        self._at = NO_DAY, self._said, frozenset[ClientId]()
        """What was found last, of which day and at which count."""

    @property
    def is_empty(self) -> bool:
        """Whether nobody ever was protected: then nothing needs to be asked."""
        return not any(each.levels for each in list(self._known.values()))

    def on(self, day: date) -> dict[ClientId, Protection]:
        """The clients whose identity is protected that day, with who is named for each."""
        known = dict(self._known)
        return {each: held for each, held in known.items() if held.level_on(day) is not ProtectionLevel.NONE}

    def at(self, at: datetime) -> frozenset[ClientId]:
        """Whose identity is protected at that hour, wherever on earth: on either day that it may be there."""
        day, said, (found_on, found_at, found) = at.date(), self._said, self._at
        if (found_on, found_at) != (day, said):
            found = frozenset((*self.on(day), *self.on(day + timedelta(days=1))))
            self._at = day, said, found
        return found

    def _take(self, recorded: RecordedEvent) -> None:
        event = recorded.event
        client_id = ClientId(subject_of(event.originator_id))
        held = self._known.get(client_id, Protection())
        if isinstance(event, ProtectionEvent):
            self._known[client_id] = held.after(event)
            self._said += 1
