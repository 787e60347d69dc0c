"""Whose identity is protected, and who is named for them: kept in memory by following the log, a moment behind it in every
process, so that a call looks nothing up."""

import threading
from datetime import date, datetime, timedelta

import structlog

from domain.client.events import ClientProtectedIdentityMarked, ClientStaffNamed, ClientStaffRemoved
from domain.client.protection import Protection, ProtectionEvent
from domain.client.values import ProtectionLevel
from domain.event import DomainEvent
from domain.ids import ClientId, subject_of
from infra import telemetry
from infra.codec import EventCodec
from infra.recorder import LedgerRecorder

TOPICS = tuple(each.TOPIC for each in (ClientProtectedIdentityMarked, ClientStaffNamed, ClientStaffRemoved))
LOOK_EVERY_S = 1.0
POSITIONS_AT_ONCE = 100_000

log = structlog.get_logger(__name__)


class ProtectedClients:
    """Follows the log by itself: a read model that has stopped shows nobody."""

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec) -> None:
        self._recorder, self._codec = recorder, codec
        self._known: dict[ClientId, Protection] = {}
        self._one_at_a_time = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.position = 0
        """The last one looked at."""

    def start(self) -> None:
        """Find out who is protected, and go on looking in a thread. Raises what the store does."""
        self.look()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._follow, name="protected", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. Does nothing where there is none."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody ever was protected: then nothing needs to be asked."""
        return not any(each.levels for each in self._known.values())

    def on(self, day: date) -> dict[ClientId, Protection]:
        """The clients whose identity is protected that day, with who is named for each."""
        known = dict(self._known)
        return {each: held for each, held in known.items() if held.level_on(day) is not ProtectionLevel.NONE}

    def is_protected_at(self, client_id: str, at: datetime) -> bool:
        """Whether a client's identity is protected at that hour, wherever on earth: on either day that it may be there."""
        held = self._known.get(ClientId(client_id))
        days = (at.date(), at.date() + timedelta(days=1))
        return held is not None and any(held.level_on(day) is not ProtectionLevel.NONE for day in days)

    def look(self) -> None:
        """Take in what was decided since the last look. Raises what the store does."""
        with self._one_at_a_time:
            head, _ = self._recorder.head()
            while self.position < head:
                upto = min(head, self.position + POSITIONS_AT_ONCE)
                rows = self._recorder.read(self.position, POSITIONS_AT_ONCE, upto=upto, topics=TOPICS)
                for recorded in self._codec.decode_rows(rows):
                    self._take(recorded.event)
                self.position = upto

    def _take(self, event: DomainEvent) -> None:
        client_id = ClientId(subject_of(event.originator_id))
        held = self._known.get(client_id, Protection())
        if isinstance(event, ProtectionEvent):
            self._known[client_id] = held.after(event)

    def _follow(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                self.look()
            except Exception as error:  # a store that is away, or a fault of ours: it must not end who looks
                log.warning("protected_unknown", exc_info=error)
                telemetry.thread_error("protected", error)
