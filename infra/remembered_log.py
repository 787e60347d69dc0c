"""What a process keeps in memory of the log by itself, a moment behind it, so that a call looks nothing up."""

import threading
from abc import ABC, abstractmethod

from domain.event import RecordedEvent
from infra.codec import EventCodec
from infra.recorder import LedgerRecorder
from infra.rounds import Rounds

LOOK_EVERY_S = 1.0
POSITIONS_AT_ONCE = 100_000


class RememberedLog(ABC):
    """Takes in the events of a few topics, in a thread. It asks no read model: one that has stopped changes nothing here."""

    TOPICS: tuple[str, ...]
    NAME: str
    """Of its thread, in metrics and the log."""

    def __init__(self, recorder: LedgerRecorder, codec: EventCodec) -> None:
        self._recorder, self._codec = recorder, codec
        self._one_at_a_time = threading.Lock()
        self._rounds = Rounds(self.NAME, self.look, every_s=LOOK_EVERY_S)
        self.position = 0
        """The last one looked at."""

    def start(self) -> None:
        """Take in what there is, and go on looking in a thread. Raises what the store does."""
        self.look()
        self._rounds.start(after_s=LOOK_EVERY_S)

    def close(self) -> None:
        """End the thread. Does nothing where there is none."""
        self._rounds.close()

    def look(self) -> None:
        """Take in what was decided since the last look. Raises what the store does."""
        with self._one_at_a_time:
            head, _ = self._recorder.head()
            while self.position < head:
                upto = min(head, self.position + POSITIONS_AT_ONCE)
                rows = self._recorder.read(self.position, POSITIONS_AT_ONCE, upto=upto, topics=self.TOPICS)
                for recorded in self._codec.decode_rows(rows):
                    self._take(recorded)
                self.position = upto

    @abstractmethod
    def _take(self, recorded: RecordedEvent) -> None: ...
